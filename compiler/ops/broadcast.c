/*
 * broadcast: x repeated along its axes of size 1 until it has the target shape.
 * Gradient: dx = dy summed over those axes.
 */
#include "common.h"

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Target, shape, ATTR_SHAPE),
};

static Shape infer(const Node *n)
{
    Shape x = n->in[0]->shape, target = ATTRS_OF(n, Target)->shape, both;
    if (x.rank != target.rank || !broadcast_shapes(x, target, &both) || !same_shape(both, target))
        user_error(n,
                   "shape %s does not broadcast to %s; its axes must be equal to the target's or 1",
                   text_of(x).text, text_of(target).text);
    return target;
}

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    (void)branch;
    return x[0];
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    dx[0] = make_unbroadcast(g, dy, n->in[0]->shape);
}

const OpDef op_broadcast = {
    .name = "broadcast",
    .kind = POINTWISE,
    .inputs = "x",
    .summary = "x repeated to a larger shape",
    .doc = "y = x, repeated along axes of size 1. The ranks are equal. dx = sum of dy over those "
           "axes.",
    ATTRS(Target, attrs),
    .infer = infer,
    .grad = grad,
    .apply = apply,
    .expr = "$1",
    .cost = 1,
};
