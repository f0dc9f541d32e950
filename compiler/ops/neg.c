/*
 * neg: y = -x, any shape.
 * Gradient: dx = -dy.
 */
#include "common.h"

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    (void)branch;
    return -x[0];
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    (void)n;
    dx[0] = NEG(dy);
}

const OpDef op_neg = {
    .name = "neg",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "x",
    .summary = "-x",
    .doc = "y = -x, element by element.",
    .example = "neg(v)",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "-$1",
    .cost = 1,
};
