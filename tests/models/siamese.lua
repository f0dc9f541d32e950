-- Two streams through shared layers, two losses, a stopped gradient, dropout and noise switched per application, a second
-- head; batch 7.
local left = dataset.idx { channels = 1, height = 10, width = 10, classes = 3 }
local right = dataset.idx { channels = 1, height = 10, width = 10, classes = 3 }

local conv = conv2d { 10, kernel = 3 }
local norm = batchnorm { affine = "shift" }
local encoder = sequential {
    conv, norm, relu {}, maxpool2d { 2 },
    conv2d { 17, kernel = 3, bias = false }, batchnorm { affine = "none" }, leaky_relu { 0.1 },
    flatten {}, dropout { 0.5 }, linear { 33 }, gaussian_noise { 0.1 }, tanh {},
}
local head = linear { 3 }

local p, q = encoder(left.image), encoder(right.image)
local clean = tanh(linear { 33 } (flatten(relu(norm(conv(left.image))))))
local distance = mse(p, stop_gradient(q)) + mse(q, stop_gradient(clean)) * 0.5
local own, other = head(p), head(q)
local together = cross_entropy(own, left.label) + 0.3 * cross_entropy(other, right.label)
local agree = mean(softmax(own) * softmax(other))

return model {
    batch = 7,
    loss = together + 0.1 * distance - agree * 0.2 + mean(square(clean)),
    metrics = { accuracy = accuracy(own, left.label), distance = distance },
    outputs = { left = softmax(own), right = softmax(other), code = p },
    optimizer = adam { lr = 1e-3, weight_decay = 1e-4 },
    schedule = { { epoch = 2, lr = 5e-4 }, { from = 3, decay = 0.9 } },
}
