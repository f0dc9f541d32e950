local digits = dataset.mnist {}
local logits = linear { 10 } (flatten(digits.image))
local first = model {
    loss = cross_entropy(logits, digits.label),
}
return model { loss = cross_entropy(logits, digits.label) }
