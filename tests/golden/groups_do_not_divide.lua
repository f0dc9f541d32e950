local digits = dataset.mnist {}
local net = sequential {
    conv2d { 8, kernel = 3, groups = 2 },
    flatten {},
    linear { 10 },
}
local logits = net(digits.image)
return model { loss = cross_entropy(logits, digits.label) }
