/*
 * rsqrt: y = 1 / sqrt(x), any shape. Made by batch normalisation.
 * Gradient: dx = -0.5 * dy * y^3, from the result.
 */
#include "common.h"

#include <math.h>

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    (void)branch;
    return 1 / sqrt(x[0]);
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Node *cube = MUL(MUL(n, n), n);
    dx[0] = make_scaled(g, MUL(dy, cube), -0.5);
}

const OpDef op_rsqrt = {
    .name = "rsqrt",
    .kind = POINTWISE,
    .inputs = "x",
    .summary = "1 / sqrt(x)",
    .doc = "y = 1 / sqrt(x), element by element, for x > 0. dx = -0.5 * dy * y^3.",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "splat(1) / vsqrt($1)",
    .cost = 4,
};
