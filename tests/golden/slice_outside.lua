local digits = dataset.mnist {}
local x = digits.image:slice { axis = 2, from = 20, to = 30 }
local logits = linear { 10 } (flatten(x))
return model { loss = cross_entropy(logits, digits.label) }
