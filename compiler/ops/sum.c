/*
 * sum: y = sum of x over some axes, which are dropped, or stay with size 1 if `keep`.
 * Gradient, from the parts: dx = dy, repeated.
 * In inference the examples of a short last batch that do not count are left out.
 */
#include "common.h"

static const AttrDef attrs[] = {
    ATTR_FIRST(Over, axes, ATTR_AXES, "all", 0, 0, "axes to reduce, counted from 0"),
    ATTR(Over, keep, ATTR_BOOL, "false", 0, 1, "leave reduced axes with size 1"),
};

static Node *lower(Graph *g, Node *n)
{
    return make_reshape(g, sum_over(g, n->in[0], axes_over(n)), n->shape);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    const Node *x = n->in[0];
    eval_over(e, x->shape, x->batched, axes_over(n), false, in[0], out);
}

const OpDef op_sum = {
    .name = "sum",
    .kind = COMPOSITE,
    .is_public = true,
    .inputs = "x",
    .summary = "sum over all axes or some",
    .doc = "y = sum of x over the axes, which are dropped, or stay with size 1 if keep = true.\n"
           "Without axes the result is a scalar. dx = dy, repeated.",
    .example = "sum(v, { axes = 1 })",
    ATTRS(Over, attrs),
    .infer = infer_over,
    .lower = lower,
    .eval = eval,
};
