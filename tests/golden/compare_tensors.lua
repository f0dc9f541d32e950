local digits = dataset.mnist {}
local logits = linear { 10 } (flatten(digits.image))
if logits > 0 then logits = relu(logits) end
return model { loss = cross_entropy(logits, digits.label) }
