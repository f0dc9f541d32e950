local digits = dataset.mnist { vald = 1000 }
local net = sequential {
    flatten {},
    linear { 10 },
}
local logits = net(digits.image)
return model { loss = cross_entropy(logits, digits.label) }
