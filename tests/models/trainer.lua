-- What test_trainer.c trains: small, and with everything that is random or has a state.
local set = dataset.idx { height = 8, width = 6, classes = 5, valid = 20, normalize = true }

local net = sequential {
    conv2d { 8, kernel = 3 }, batchnorm {}, relu {}, gaussian_noise { 0.1 },
    flatten {}, linear { 40 }, relu {}, dropout { 0.3 },
    linear { 5 },
}

local logits = net(set.image)

return model {
    batch = 10,
    loss = cross_entropy(logits, set.label),
    metrics = { accuracy = accuracy(logits, set.label) },
    outputs = { probability = softmax(logits) },
    optimizer = adam { lr = 1e-2, weight_decay = 1e-4 },
    epochs = 2,
    keep = "best valid loss",
}
