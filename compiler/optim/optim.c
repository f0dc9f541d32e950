/*
 * optim: the table of optimisers, from the rows of optim.def.
 */
#include "optim/optim.h"

#define OPTIMIZER(name) extern const OptimDef optim_##name;
#include "optim.def"
#undef OPTIMIZER

const OptimDef *const optim_table[] = {
#define OPTIMIZER(name) &optim_##name,
#include "optim.def"
#undef OPTIMIZER
};

const int optim_count = COUNT_OF(optim_table);

double update_flops(const OptimDef *o, long n)
{
    return (double)n * (4 + 6 * o->n_slots);
}

double update_bytes(const OptimDef *o, long n, int element_size)
{
    return (double)n * element_size * (3 + 2 * o->n_slots);
}
