/*
 * abs: y = |x|, any shape.
 * Gradient: dx = dy where x > 0, -dy elsewhere.
 */
#include "common.h"

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    return choose(branch, x[0] > 0) ? x[0] : -x[0];
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    dx[0] = make_where(g, &op_where_gt, n->in[0], make_constant(g, 0), dy, NEG(dy));
}

const OpDef op_abs = {
    .name = "abs",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "x",
    .summary = "absolute value",
    .doc = "y = |x|, element by element. dx = dy where x > 0 and -dy elsewhere.",
    .example = "abs(v)",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "vabs($1)",
    .cost = 1,
};
