/*
 * maximum: y = the larger of a and b; shapes broadcast.
 * Gradient: dy goes to the one that was taken; to b where they are equal.
 */
#include "common.h"

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    return choose(branch, x[0] > x[1]) ? x[0] : x[1];
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Node *a = n->in[0], *b = n->in[1], *zero = make_constant(g, 0);
    dx[0] = make_unbroadcast(g, make_where(g, &op_where_gt, a, b, dy, zero), n->in[0]->shape);
    dx[1] = make_unbroadcast(g, make_where(g, &op_where_gt, a, b, zero, dy), n->in[1]->shape);
}

const OpDef op_maximum = {
    .name = "maximum",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "a, b",
    .summary = "the larger of a and b",
    .doc = "y = max(a, b), element by element. Shapes broadcast as in NumPy.\n"
           "dy goes to the larger one, to b where both are equal.",
    .example = "maximum(v, w)",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "vmax($1, $2)",
    .cost = 1,
};
