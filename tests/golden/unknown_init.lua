local digits = dataset.mnist {}
local net = sequential {
    flatten {},
    linear { 10, init = "kaiming" },
}
local logits = net(digits.image)
return model { loss = cross_entropy(logits, digits.label) }
