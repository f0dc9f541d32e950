/*
 * sigmoid: y = 1 / (1 + e^-x), any shape.
 * Gradient: dx = dy * y * (1 - y), from the result; equal to dy / (e^(x/2) + e^(-x/2))^2.
 */
#include "common.h"

#include <math.h>

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    (void)branch;
    return 1 / (1 + exp(-x[0]));
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    dx[0] = MUL(dy, MUL(n, SUB(make_constant(g, 1), n)));
}

const OpDef op_sigmoid = {
    .name = "sigmoid",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "x",
    .summary = "logistic function",
    .doc = "y = 1 / (1 + e^-x), element by element, between 0 and 1.\n"
           "dx = dy * y * (1 - y) = dy / (e^(x/2) + e^(-x/2))^2.",
    .example = "sigmoid(v)",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "vsigmoid($1)",
    .cost = 20,
};
