local digits = dataset.mnist {}
local net = sequential {
    linear { 20 },
    stop_gradient,
    linear { 10 },
}
local logits = net(flatten(digits.image))
return model { loss = cross_entropy(logits, digits.label) }
