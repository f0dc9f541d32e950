/*
 * mul: y = a * b; shapes broadcast.
 * Gradient: da = dy * b, db = dy * a, summed over broadcast axes.
 */
#include "common.h"

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    (void)branch;
    return x[0] * x[1];
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    dx[0] = make_unbroadcast(g, MUL(dy, n->in[1]), n->in[0]->shape);
    dx[1] = make_unbroadcast(g, MUL(dy, n->in[0]), n->in[1]->shape);
}

const OpDef op_mul = {
    .name = "mul",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "a, b",
    .summary = "a * b",
    .doc = "y = a * b, element by element. Shapes broadcast as in NumPy. da = dy * b, db = dy * a.",
    .example = "v * w",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "$1 * $2",
    .cost = 1,
};
