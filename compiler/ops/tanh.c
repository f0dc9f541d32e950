/*
 * tanh: y = (e^x - e^-x) / (e^x + e^-x), any shape.
 * Gradient: dx = dy * (1 - y * y), from the result.
 */
#include "common.h"

#include <math.h>

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    (void)branch;
    return tanh(x[0]);
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    dx[0] = MUL(dy, SUB(make_constant(g, 1), MUL(n, n)));
}

const OpDef op_tanh = {
    .name = "tanh",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "x",
    .summary = "hyperbolic tangent",
    .doc = "y = tanh(x), element by element, between -1 and 1. dx = dy * (1 - y^2).",
    .example = "tanh(v)",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "vtanh($1)",
    .cost = 20,
};
