/*
 * reduce_sum: y = sum of x over some axes, which stay with size 1.
 * Gradient: dx = dy repeated along them.
 */
#include "common.h"

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Axes, axes, ATTR_AXES),
};

static Shape infer(const Node *n)
{
    Shape x = n->in[0]->shape;
    unsigned axes = (unsigned)ATTRS_OF(n, Axes)->axes;
    if (axes & ~all_axes(x.rank))
        user_error(n, "shape %s does not have all the axes to be summed", text_of(x).text);
    return keep_axes(x, axes);
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    dx[0] = make_broadcast(g, dy, n->in[0]->shape);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    eval_over(e, n->in[0]->shape, false, (unsigned)ATTRS_OF(n, Axes)->axes, false, in[0], out);
}

static double flops(const Node *n)
{
    return (double)count_elements(n->in[0]->shape);
}

const OpDef op_reduce_sum = {
    .name = "reduce_sum",
    .kind = REDUCTION,
    .inputs = "x",
    .summary = "sum over axes that stay with size 1",
    .doc = "y = sum of x over the axes, each of which becomes 1. dx = dy repeated along them.",
    ATTRS(Axes, attrs),
    .infer = infer,
    .grad = grad,
    .eval = eval,
    .flops = flops,
};
