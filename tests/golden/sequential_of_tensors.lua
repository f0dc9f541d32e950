local digits = dataset.mnist {}
local net = sequential {
    flatten(digits.image),
    linear { 10 },
}
local logits = net(digits.image)
return model { loss = cross_entropy(logits, digits.label) }
