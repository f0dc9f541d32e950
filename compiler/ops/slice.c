/*
 * slice: the elements from .. to - 1 along one axis, counted from 0.
 * Gradient: dx = dy with zeros put back around it (pad).
 */
#include "common.h"

#include <string.h>

static const AttrDef attrs[] = {
    ATTR(Slice, axis, ATTR_INT, "1", 0, MAX_RANK - 1, "the axis to cut, counted from 0"),
    ATTR(Slice, from, ATTR_INT, "0", 0, 1 << 30, "first element, counted from 0"),
    ATTR(Slice, to, ATTR_INT, NULL, 1, 1 << 30, "one after the last element"),
};

static Shape infer(const Node *n)
{
    const Slice *a = ATTRS_OF(n, Slice);
    Shape x = n->in[0]->shape;
    check_axis(n, a->axis);
    if (a->from < 0 || a->from >= a->to || a->to > x.dim[a->axis])
        user_error(n, "elements %d to %d are not within axis %d of shape %s, which allows 0 to %d",
                   a->from, a->to, a->axis, text_of(x).text, x.dim[a->axis]);
    x.dim[a->axis] = a->to - a->from;
    return x;
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    const Slice *a = ATTRS_OF(n, Slice);
    Pad pad = {a->axis, a->from, n->in[0]->shape.dim[a->axis] - a->to};
    dx[0] = add_node(g, &op_pad, &pad, 1, &dy);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    const Slice *a = ATTRS_OF(n, Slice);
    Span x = span_of(n->in[0]->shape, a->axis), y = span_of(n->shape, a->axis);
    for (long o = 0; o < y.outer; o++)
        memcpy(out + o * y.length * y.inner, in[0] + (o * x.length + a->from) * x.inner,
               sizeof *out * (size_t)(y.length * y.inner));
}

const OpDef op_slice = {
    .name = "slice",
    .kind = MOVEMENT,
    .is_public = true,
    .inputs = "x",
    .summary = "part of a tensor along one axis",
    .doc = "y = the elements from .. to - 1 of x along the axis, counted from 0.\n"
           "dx = dy with zeros around it.",
    .example = "slice(v, { axis = 1, from = 1, to = 3 })",
    ATTRS(Slice, attrs),
    .infer = infer,
    .grad = grad,
    .eval = eval,
};
