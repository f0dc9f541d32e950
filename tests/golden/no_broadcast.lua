local digits = dataset.mnist {}
local a = linear { 10 } (flatten(digits.image))
local b = linear { 5 } (flatten(digits.image))
return model { loss = cross_entropy(a + b, digits.label) }
