-- The smallest of everything: one example of one pixel, one channel, one class, scalars as parameters' shapes.
local set = dataset.idx { channels = 1, height = 1, width = 1, classes = 1 }
local x = set.image

local y = conv2d { 1, kernel = 1 } (x)
local z = conv2d { 33, kernel = 3, pad = 1 } (relu(y + 0.5))
local pooled = maxpool2d { 1 } (z) * avgpool2d { 3, stride = 1, pad = 1 } (y)
local flat = flatten(concat(pooled, y, x, { axis = 1 }))
local one = linear { 1 } (flat)
local seventeen = linear { 17, bias = false } (one)
local logits = linear { 1 } (dropout { 0.2 } (tanh(seventeen)))

return model {
    batch = 1,
    loss = cross_entropy(logits, set.label) + square(sum(one) - 1) + mean(square(seventeen)) + sum(logits) * sum(y)
        + mean(bias {} (seventeen) * bias {} (one)),
    metrics = { accuracy = accuracy(logits, set.label) },
    outputs = { logits = logits, pixel = y, level = mean(z) },
    optimizer = sgd { lr = 0.1 },
}
