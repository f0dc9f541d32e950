-- The same elements elsewhere: concat and slice on every axis, reshape, reductions over every choice of axes; batch 3.
local set = dataset.idx { channels = 3, height = 5, width = 6, classes = 10 }

local function tally(r) return mean((r + 1) * r) end

local a = conv2d { 5, kernel = 3, pad = 1 } (set.image)
local b = relu(conv2d { 17, kernel = 1 } (set.image))
local both = concat(a, b, set.image, { axis = 1 })
local cut = slice(both, { axis = 1, from = 3, to = 20 })
local one = slice(b, { axis = 1, from = 16, to = 17 })
local rows = slice(a, { axis = 2, from = 1, to = 4 })
local columns = slice(b, { axis = 3, from = 2, to = 5 })
local tall = concat(rows, a, { axis = 2 })
local broad = concat(a, slice(b, { axis = 1, from = 0, to = 5 }), { axis = 3 })
local pairs_of = concat(slice(a, { axis = 0, from = 0, to = 2 }), a, { axis = 0 })

local flat = flatten(tanh(a))
local v = linear { 33 } (flat)
local w = linear { 10 } (relu(v))
local beside = concat(v, w, { axis = 1 })
local middle = slice(beside, { axis = 1, from = 30, to = 35 })
local cube = reshape(v, { shape = { 3, 3, 11 } })
local images = reshape(linear { 32 } (w), { shape = { 3, 2, 4, 4 } })
local folded = reshape(both, { shape = { 15, 5, 30 } })

local loss = tally(conv2d { 4, kernel = 3 } (both)) + tally(conv2d { 3, kernel = 2 } (cut)) + tally(one)
    + tally(conv2d { 7, kernel = 2 } (tall)) + tally(columns) + tally(relu(broad)) + tally(pairs_of)
    + tally(middle) + tally(cube * 2) + tally(conv2d { 16, kernel = 3 } (images)) + tally(tanh(folded))
    + tally(sum(a, { axes = 1 })) + tally(sum(b, { axes = { 2, 3 } }) * 0.1) + tally(mean(both, { axes = 0 }))
    + tally(mean(a, { axes = 3, keep = true }) * a) + tally(sum(v, { axes = 0 })) + tally(mean(cube, { axes = 2 }))
    + tally(mean(b, { axes = { 0, 1 } })) + sum(square(w)) * 0.1 + tally(sum(cube, { axes = { 0, 2 } }) * 0.1)

return model {
    batch = 3,
    loss = loss + cross_entropy(linear { 10 } (beside), set.label),
    outputs = { cut = cut, tall = tall, cube = cube, sums = sum(a, { axes = { 2, 3 } }), folded = folded },
    optimizer = sgd { lr = 1e-4, weight_decay = 0.1 },
}
