local digits = dataset.mnist {}
local x = digits.image
while true do x = x + 1 end
