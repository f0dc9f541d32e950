-- Every pointwise and row operator, on ranks 2 and 4, with every way of broadcasting; 5 channels, batch 7.
local set = dataset.idx { channels = 5, height = 3, width = 4, classes = 3 }

local function tally(r) return mean((r + 1) * r) end

local x = conv2d { 5, kernel = 1 } (set.image)
local a = linear { 17 } (flatten(set.image))
local b = linear { 17 } (flatten(set.image * set.image))
local row = linear { 1 } (a)
local plane = mean(x, { axes = { 0, 1 }, keep = true })
local channel = mean(x, { axes = { 0, 2, 3 }, keep = true })

local function unary(v)
    return tally(exp(v * 0.3)) + tally(log(square(v) + 0.5)) + tally(sqrt(v * v + 1)) + tally(abs(v))
        + tally(relu(v - 0.1)) + tally(v:leaky_relu { 0.2 }) + tally(tanh(v)) + tally(sigmoid(3 * v))
        + tally(-v) + tally(2 / (v * v + 1)) + tally(square(v) - v / 3) + tally(softmax(v))
        + tally(log_softmax(v) * 0.1)
end

local mixed = tally(maximum(a, b)) + tally(minimum(a, 0.25)) + tally(a / (square(b) + 1)) + tally(a * row)
    + tally(maximum(row, b) - a) + tally(x * channel + plane) + tally(minimum(x, channel))
    + tally(plane / (channel * channel + 1)) + tally(x - stop_gradient(x * x)) + tally(row * row)

local loss = unary(a) + unary(x) + unary(row) + mixed
    + cross_entropy(a, set.label) + mse(tanh(a), sigmoid(b)) + mse(x, relu(x) * 0.5)

return model {
    batch = 7,
    loss = loss,
    metrics = { accuracy = accuracy(a, set.label), level = mean(x) },
    outputs = { probability = softmax(a), image = tanh(x), row = row, plane = plane },
    optimizer = sgd { lr = 1e-3 },
}
