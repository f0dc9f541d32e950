/*
 * pad: x with zeros before and after it along one axis. The gradient of slice.
 * Gradient: dx = the slice of dy where x lies.
 */
#include "common.h"

#include <string.h>

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Pad, axis, ATTR_INT),
    ATTR_HIDDEN(Pad, before, ATTR_INT),
    ATTR_HIDDEN(Pad, after, ATTR_INT),
};

static Shape infer(const Node *n)
{
    const Pad *a = ATTRS_OF(n, Pad);
    Shape x = n->in[0]->shape;
    check_axis(n, a->axis);
    if (a->before < 0 || a->after < 0)
        user_error(n, "cannot pad shape %s by %d and %d", text_of(x).text, a->before, a->after);
    x.dim[a->axis] += a->before + a->after;
    return x;
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    const Pad *a = ATTRS_OF(n, Pad);
    Slice slice = {a->axis, a->before, a->before + n->in[0]->shape.dim[a->axis]};
    dx[0] = add_node(g, &op_slice, &slice, 1, &dy);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    const Pad *a = ATTRS_OF(n, Pad);
    Span x = span_of(n->in[0]->shape, a->axis), y = span_of(n->shape, a->axis);
    for (long i = 0; i < count_elements(n->shape); i++)
        out[i] = 0;
    for (long o = 0; o < x.outer; o++)
        memcpy(out + (o * y.length + a->before) * y.inner, in[0] + o * x.length * x.inner,
               sizeof *out * (size_t)(x.length * x.inner));
}

const OpDef op_pad = {
    .name = "pad",
    .kind = MOVEMENT,
    .inputs = "x",
    .summary = "zeros before and after along one axis",
    .doc = "y = x with zeros around it along the axis. dx = the part of dy where x lies.",
    ATTRS(Pad, attrs),
    .infer = infer,
    .grad = grad,
    .eval = eval,
};
