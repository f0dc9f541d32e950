local digits = dataset.mnist {}
local net = sequential {
    flatten {},
    linear { 10, name = "a.b" },
}
local logits = net(digits.image)
return model { loss = cross_entropy(logits, digits.label) }
