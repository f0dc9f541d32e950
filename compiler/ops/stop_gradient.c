/*
 * stop_gradient: y = x, any shape.
 * Gradient: none; what lies before it is a constant to the loss.
 */
#include "common.h"

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    (void)branch;
    return x[0];
}

const OpDef op_stop_gradient = {
    .name = "stop_gradient",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "x",
    .summary = "x, through which no gradient flows",
    .doc = "y = x. No gradient reaches x: what computes it is held constant for the loss.",
    .example = "stop_gradient(v)",
    .infer = infer_pointwise,
    .apply = apply,
    .expr = "$1",
    .cost = 1,
};
