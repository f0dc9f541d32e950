-- MNIST, a multi-layer perceptron with one hidden layer: 784-256-10.
local digits = dataset.mnist { valid = 10000 }

local net = sequential {
    flatten {},
    linear { 256 }, relu {},
    linear { 10 },
}

local logits = net(digits.image)

return model {
    batch     = 100,
    loss      = cross_entropy(logits, digits.label),
    metrics   = { accuracy = accuracy(logits, digits.label) },
    outputs   = { probability = softmax(logits) },
    optimizer = adam { lr = 2e-3 },
    schedule  = { { from = 3, decay = 0.5 } },
    epochs    = 5,
    keep      = "best valid accuracy",
}
