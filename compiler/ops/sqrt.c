/*
 * sqrt: y = square root of x, any shape.
 * Gradient: dx = dy * 0.5 / y, from the result; infinite at x = 0.
 */
#include "common.h"

#include <math.h>

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    (void)branch;
    return sqrt(x[0]);
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    dx[0] = DIV(make_scaled(g, dy, 0.5), n);
}

const OpDef op_sqrt = {
    .name = "sqrt",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "x",
    .summary = "square root",
    .doc = "y = sqrt(x), element by element, for x >= 0. dx = dy * 0.5 / y, infinite at 0:\n"
           "add a small number first when x can be 0.",
    .example = "sqrt(exp(v))",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "vsqrt($1)",
    .cost = 4,
};
