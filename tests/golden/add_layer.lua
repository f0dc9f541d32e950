local digits = dataset.mnist {}
local layer = linear { 10 }
local logits = flatten(digits.image) + layer
return model { loss = cross_entropy(logits, digits.label) }
