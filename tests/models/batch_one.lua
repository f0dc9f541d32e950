-- One example a batch: statistics over a single row, sums that reduce nothing.
local d = dataset.digits {}
local h = linear{33}(flatten(d.image))
local bn = batchnorm{}(h)
local l = linear{10}(bn)
return model { batch=1, loss = cross_entropy(l, d.label)+0.01*mean(h), optimizer=sgd{lr=0.01} }
