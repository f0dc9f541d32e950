local digits = dataset.mnist {}
local logits = linear { 10 } (flatten(digits.image))
return model {
    loss = { cross_entropy(logits, digits.label), { square(logits), weight = 0.1 } },
}
