local digits = dataset.mnist {}
local net = sequential {
    flatten {},
    linear { 20, name = "head" },
    linear { 10, name = "head" },
}
local logits = net(digits.image)
return model { loss = cross_entropy(logits, digits.label) }
