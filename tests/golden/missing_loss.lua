local digits = dataset.mnist {}
local logits = linear { 10 } (flatten(digits.image))
return model {
}
