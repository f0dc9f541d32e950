/*
 * relu: y = max(x, 0), any shape (Nair & Hinton, ICML 2010).
 * Gradient: dx = dy where y > 0, 0 elsewhere. It reads the result, so that x may be overwritten.
 */
#include "common.h"

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    return choose(branch, x[0] > 0) ? x[0] : 0;
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Node *zero = make_constant(g, 0);
    dx[0] = make_where(g, &op_where_gt, n, zero, dy, zero);
}

const OpDef op_relu = {
    .name = "relu",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "x",
    .summary = "rectifier: max(x, 0)",
    .doc = "y = max(x, 0), element by element. dx = dy where y > 0 and 0 elsewhere.",
    .example = "relu(x)",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "vmax($1, splat(0))",
    .cost = 1,
};
