local digits = dataset.mnist {}
local a = conv2d { 4, kernel = 3 } (digits.image)
local b = conv2d { 4, kernel = 5 } (digits.image)
local logits = linear { 10 } (flatten(concat(a, b)))
return model { loss = cross_entropy(logits, digits.label) }
