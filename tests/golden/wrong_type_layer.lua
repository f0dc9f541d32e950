local digits = dataset.mnist {}
local logits = flatten(linear { 10 })
return model { loss = cross_entropy(logits, digits.label) }
