local digits = dataset.mnist {}
local net = {}
local logits = net.first(digits.image)
