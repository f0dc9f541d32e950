/*
 * log: y = ln x, any shape. Not a number for negative x, minus infinity at 0.
 * Gradient: dx = dy / x.
 */
#include "common.h"

#include <math.h>

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    (void)branch;
    return log(x[0]);
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    dx[0] = DIV(dy, n->in[0]);
}

const OpDef op_log = {
    .name = "log",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "x",
    .summary = "natural logarithm",
    .doc = "y = ln x, element by element, for x > 0. dx = dy / x.",
    .example = "log(exp(v))",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "vlog($1)",
    .cost = 20,
};
