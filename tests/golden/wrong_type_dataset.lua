local digits = dataset.mnist {}
local net = sequential {
    flatten {},
    linear { 10 },
}
local logits = net(digits)
return model { loss = cross_entropy(logits, digits.label) }
