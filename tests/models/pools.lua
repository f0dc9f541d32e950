-- Windows: overlapping, odd, padded, oblong, larger steps than windows, global; batch 1, and behind every sort of producer.
local set = dataset.idx { channels = 3, height = 13, width = 9, classes = 4 }
local x = set.image

local function tally(r) return mean((r + 1) * r) end

local c = conv2d { 10, kernel = 3, pad = 1 } (x)
local d = conv2d { 17, kernel = 3 } (x)
local n = batchnorm {} (conv2d { 5, kernel = 2 } (x))

local loss = tally(maxpool2d { 2 } (relu(c))) + tally(maxpool2d { 3, stride = 2 } (d))
    + tally(maxpool2d { 3, stride = 1, pad = 1 } (c)) + tally(maxpool2d { { 2, 3 }, stride = { 1, 2 } } (tanh(d)))
    + tally(maxpool2d { 2, stride = 3 } (n)) + tally(maxpool2d { 5, stride = 2, pad = 2 } (relu(n)))
    + tally(avgpool2d { 2 } (c)) + tally(avgpool2d { 3, stride = 2 } (relu(d)))
    + tally(avgpool2d { 3, stride = 1, pad = 1 } (n)) + tally(avgpool2d { { 3, 2 }, stride = { 2, 3 } } (x * c:mean()))
    + tally(global_avgpool2d(relu(c))) + tally(global_avgpool2d(d)) + tally(maxpool2d { { 13, 9 } } (c))
    + tally(maxpool2d { 2 } (maxpool2d { 2 } (relu(d)))) + tally(avgpool2d { 2 } (maxpool2d { 2, stride = 1 } (n)))

local features = maxpool2d { 2 } (relu(batchnorm {} (conv2d { 33, kernel = 3 } (x))))
local logits = linear { 4 } (global_avgpool2d(features))

return model {
    batch = 1,
    loss = loss + cross_entropy(logits, set.label),
    metrics = { accuracy = accuracy(logits, set.label) },
    outputs = { pooled = maxpool2d { 3, stride = 2 } (d), mean = global_avgpool2d(c), features = features },
    optimizer = nesterov { lr = 1e-3 },
}
