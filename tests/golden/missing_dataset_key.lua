local digits = dataset.idx { width = 32, classes = 10 }
local net = sequential {
    flatten {},
    linear { 10 },
}
local logits = net(digits.image)
return model { loss = cross_entropy(logits, digits.label) }
