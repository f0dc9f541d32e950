local digits = dataset.mnist {}
local logits = linear(flatten(digits.image), { 10 })
return model { loss = cross_entropy(logits, digits.label) }
