local digits = dataset.mnist {}
local x = digits.image:reshape { 100, 28, 27 }
local logits = linear { 10 } (flatten(x))
return model { batch = 100, loss = cross_entropy(logits, digits.label) }
