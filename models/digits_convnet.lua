-- The built-in procedural digits (nothing to download), a convolutional net of two stages.
local digits = dataset.digits {}

local net = sequential {
    conv2d { 16, kernel = 5 }, batchnorm {}, relu {}, maxpool2d { 2 },
    conv2d { 32, kernel = 3 }, batchnorm {}, relu {}, maxpool2d { 2 },
    flatten {}, linear { 10 },
}

local logits = net(digits.image)

return model {
    batch     = 100,
    loss      = cross_entropy(logits, digits.label),
    metrics   = { accuracy = accuracy(logits, digits.label) },
    outputs   = { probability = softmax(logits) },
    optimizer = adam { lr = 2e-3 },
    schedule  = { { from = 4, decay = 0.5 } },
    epochs    = 8,
    keep      = "best valid accuracy",
}
