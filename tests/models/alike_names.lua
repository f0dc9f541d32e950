-- Names that become alike in C.
local d = dataset.digits {}
local net = sequential { linear{12}, relu{} }
local net_1 = linear{12}
local x = flatten(d.image)
local l = linear{10}(net(x)+net_1(x))
return model { batch=5, loss = cross_entropy(l, d.label), optimizer=sgd{} }
