local digits = dataset.minst {}
local net = sequential {
    flatten {},
    linear { 10 },
}
local logits = net(digits.image)
return model { loss = cross_entropy(logits, digits.label) }
