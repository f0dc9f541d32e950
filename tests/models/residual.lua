-- Blocks written as Lua functions: a dense block, squeeze-and-excitation gates, an autoencoder's loss, tied weights; 1x1
-- bottlenecks of odd widths; batch 5.
local set = dataset.idx { channels = 10, height = 8, width = 8, classes = 17 }

local function dense_block(x, growth, layers)
    for _ = 1, layers do
        local y = conv2d { growth, kernel = 3, pad = 1, bias = false } (relu(batchnorm {} (x)))
        x = concat(x, y, { axis = 1 })
    end
    return x
end

local function gate(x, channels, squeezed)
    local s = sigmoid(linear { channels } (relu(linear { squeezed } (flatten(global_avgpool2d(x))))))
    return x * reshape(s, { shape = { 5, channels, 1, 1 } })
end

local x = dense_block(conv2d { 7, kernel = 1 } (set.image), 5, 2)
x = gate(x, 17, 3)
local down = relu(batchnorm {} (conv2d { 33, kernel = 3, stride = 2, pad = 1 } (x)))
local mix = conv2d { 33, kernel = 1, groups = 3 }
local y = relu(mix(down) + down)
y = relu(mix(y) + y * 0.5)
local shortest = avgpool2d { 2 } (x)
local code = linear { 5 } (flatten(maxpool2d { 2 } (y)))
local decoded = reshape(linear { 640 } (tanh(code)), { shape = { 5, 10, 8, 8 } })
local logits = linear { 17 } (concat(code, flatten(global_avgpool2d(shortest)), { axis = 1 }))

return model {
    batch = 5,
    loss = cross_entropy(logits, set.label) + mse(sigmoid(decoded), set.image) + 1e-3 * sum(abs(code)),
    metrics = { accuracy = accuracy(logits, set.label), error = mse(sigmoid(decoded), set.image) },
    outputs = { probability = softmax(logits), decoded = sigmoid(decoded), code = code },
    optimizer = momentum { lr = 1e-2, momentum = 0.8, weight_decay = 1e-3 },
    keep = "best valid accuracy",
}
