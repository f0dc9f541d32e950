/*
 * iota: y[i0, i1, ...] = the coordinate along one axis. Class numbers, to compare labels with.
 * No inputs, no gradient. The name is APL's.
 */
#include "common.h"

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Iota, shape, ATTR_SHAPE),
    ATTR_HIDDEN(Iota, axis, ATTR_INT),
};

static Shape infer(const Node *n)
{
    const Iota *a = ATTRS_OF(n, Iota);
    if (a->axis < 0 || a->axis >= a->shape.rank)
        user_error(n, "there is no axis %d in shape %s", a->axis, text_of(a->shape).text);
    return a->shape;
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e, (void)in;
    Span s = span_of(n->shape, ATTRS_OF(n, Iota)->axis);
    for (long i = 0; i < s.outer * s.length * s.inner; i++)
        out[i] = (double)(i / s.inner % s.length);
}

const OpDef op_iota = {
    .name = "iota",
    .kind = SOURCE,
    .inputs = "",
    .summary = "the coordinate along an axis",
    .doc = "y[i0, i1, ...] = the coordinate along the axis, counted from 0.",
    ATTRS(Iota, attrs),
    .infer = infer,
    .eval = eval,
    .cost = 1,
};
