-- Batch normalisation of every kind, on ranks 2 and 4, on the input itself, on 1x1 images, twice in a row, shared, before and
-- after pooling; channels 1, 3, 5, 10, 17, 33; batch 10.
local set = dataset.idx { channels = 3, height = 6, width = 5, classes = 3, normalize = true }
local x = set.image

local function tally(r) return mean((r + 1) * r) end

local raw = batchnorm {} (x)
local one = batchnorm { affine = "none" } (conv2d { 1, kernel = 3 } (raw))
local five = relu(batchnorm { affine = "shift" } (conv2d { 5, kernel = 2, bias = false } (x)))
local twice = batchnorm { momentum = 0.5 } (batchnorm { eps = 1e-2 } (conv2d { 17, kernel = 3, pad = 1 } (x)))
local tiny = batchnorm {} (conv2d { 33, kernel = { 6, 5 } } (x))
local shared = batchnorm {}
local deep = shared(conv2d { 10, kernel = 3 } (shared(conv2d { 10, kernel = 1 } (five))))
local pooled = batchnorm {} (maxpool2d { 2 } (leaky_relu(twice, { 0.2 })))
local averaged = tanh(batchnorm { affine = "shift" } (avgpool2d { 2, stride = 1 } (twice)))
local joined = batchnorm {} (concat(relu(twice), raw, { axis = 1 }))
local vector = batchnorm {} (linear { 33 } (flatten(relu(pooled))))
local plain = batchnorm { affine = "none" } (linear { 5, bias = false } (relu(vector)))
local narrow = batchnorm { affine = "shift" } (linear { 1 } (relu(vector)))
local residual = relu(batchnorm {} (conv2d { 17, kernel = 3, pad = 1 } (relu(twice))) + twice)
local logits = linear { 3 } (concat(plain, dropout { 0.3 } (vector), { axis = 1 }))

return model {
    batch = 10,
    loss = cross_entropy(logits, set.label) + tally(one) + tally(tanh(tiny)) + tally(tanh(deep)) + tally(averaged)
        + tally(relu(joined)) + tally(sigmoid(narrow)) + tally(global_avgpool2d(residual)),
    metrics = { accuracy = accuracy(logits, set.label) },
    outputs = { probability = softmax(logits), deep = deep, residual = residual, tiny = tiny },
    optimizer = adam {},
}
