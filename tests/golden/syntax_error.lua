local digits = dataset.mnist {}
local net = sequential { conv2d { 32, kernel = 5 }, flatten {} linear { 10 } }
