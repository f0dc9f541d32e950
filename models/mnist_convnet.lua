-- MNIST, a small convolutional net: two stages of convolution, batch normalisation, ReLU and pooling.
local digits = dataset.mnist { valid = 10000 }

local net = sequential {
    conv2d { 32, kernel = 5 }, batchnorm {}, relu {}, maxpool2d { 2 },
    conv2d { 64, kernel = 3 }, batchnorm {}, relu {}, maxpool2d { 2 },
    flatten {},
    linear { 100 }, batchnorm {}, relu {}, dropout { 0.5 },
    linear { 10 },
}

local logits = net(digits.image)

return model {
    batch     = 100,
    loss      = cross_entropy(logits, digits.label),
    metrics   = { accuracy = accuracy(logits, digits.label) },
    outputs   = { probability = softmax(logits) },
    optimizer = adam { lr = 2e-3 },
    schedule  = { { from = 3, decay = 0.4 } },
    epochs    = 5,
    keep      = "best valid accuracy",
}
