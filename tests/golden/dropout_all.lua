local digits = dataset.mnist {}
local net = sequential {
    flatten {},
    dropout { 1 },
    linear { 10 },
}
local logits = net(digits.image)
return model { loss = cross_entropy(logits, digits.label) }
