local digits = dataset.mnist {}
local net = sequential {
    flatten {},
    linear { 10 },
}
local logits = net(digits.image)
return model { loss = cross_entropy(logit, digits.label) }
