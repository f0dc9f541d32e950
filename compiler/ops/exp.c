/*
 * exp: y = e^x, any shape.
 * Gradient: dx = dy * y, from the result, so x need not be kept.
 */
#include "common.h"

#include <math.h>

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    (void)branch;
    return exp(x[0]);
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    dx[0] = MUL(dy, n);
}

const OpDef op_exp = {
    .name = "exp",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "x",
    .summary = "e to the power x",
    .doc = "y = e^x, element by element. dx = dy * y.",
    .example = "exp(v)",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "vexp($1)",
    .cost = 20,
};
