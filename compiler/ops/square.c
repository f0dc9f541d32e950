/*
 * square: y = x * x, any shape.
 * Gradient: dx = 2 * x * dy.
 */
#include "common.h"

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    (void)branch;
    return x[0] * x[0];
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    dx[0] = make_scaled(g, MUL(dy, n->in[0]), 2);
}

const OpDef op_square = {
    .name = "square",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "x",
    .summary = "x * x",
    .doc = "y = x^2, element by element. dx = 2 * x * dy.",
    .example = "square(v)",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "$1 * $1",
    .cost = 1,
};
