local digits = dataset.mnist {}
local conv = conv2d { 32, kernel = 5 }
local features = conv(digits.image)
local again = conv(features)
local logits = linear { 10 } (flatten(again))
return model { loss = cross_entropy(logits, digits.label) }
