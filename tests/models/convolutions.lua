-- Convolutions of every kind on awkward sizes: stride, padding, dilation, groups, 1x1, oblong kernels; channels 3, 1, 5,
-- 10, 17, 33; batch 3.
local set = dataset.idx { channels = 3, height = 11, width = 7, classes = 5 }
local x = set.image

local function tally(r) return mean((r + 1) * r) end

local ten = conv2d { 10, kernel = 3, pad = 1 } (x)
local odd = conv2d { 17, kernel = { 3, 1 }, pad = { 1, 0 } } (relu(ten))
local wide = conv2d { 33, kernel = 1 } (relu(odd))
local strided = conv2d { 17, kernel = 3, stride = 2 } (relu(wide))
local strided_pad = conv2d { 16, kernel = { 5, 3 }, stride = { 3, 2 }, pad = { 2, 1 } } (ten)
local skipping = conv2d { 5, kernel = 1, stride = 2 } (odd)
local dilated = conv2d { 10, kernel = 3, dilation = 2, pad = 2, bias = false } (ten)
local dilated_odd = conv2d { 1, kernel = { 2, 3 }, dilation = { 3, 1 } } (odd)
local grouped = conv2d { 20, kernel = 3, groups = 5, pad = 1 } (ten)
local depthwise = conv2d { 17, kernel = 3, groups = 17, pad = 1, bias = false } (odd)
local grouped_stride = conv2d { 6, kernel = 3, groups = 2, stride = 2, pad = 1 } (dilated)
local whole = conv2d { 33, kernel = { 11, 7 } } (ten)
local single = conv2d { 1, kernel = 2 } (x)
local from_single = conv2d { 3, kernel = 4, pad = 3 } (single)
local late = conv2d { 32, kernel = 1 } (conv2d { 48, kernel = 1 } (whole))

local logits = linear { 5 } (flatten(relu(strided)))

return model {
    batch = 3,
    loss = cross_entropy(logits, set.label) + tally(strided_pad) + tally(skipping) + tally(dilated)
        + tally(dilated_odd) + tally(grouped) + tally(tanh(depthwise)) + tally(grouped_stride) + tally(whole)
        + tally(from_single) + tally(late) + tally(relu(wide)),
    metrics = { accuracy = accuracy(logits, set.label) },
    outputs = { grouped = grouped, dilated = dilated_odd, strided = strided_pad, late = late },
    optimizer = momentum { lr = 1e-3 },
}
