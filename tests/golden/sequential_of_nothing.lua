local digits = dataset.mnist {}
local net = sequential {
    flatten {},
    function(x) x:relu() end,
    linear { 10 },
}
local logits = net(digits.image)
return model { loss = cross_entropy(logits, digits.label) }
