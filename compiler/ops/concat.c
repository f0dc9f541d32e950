/*
 * concat: tensors one after another along one axis, all other axes equal. Any number of inputs.
 * Gradient: each input gets its slice of dy.
 */
#include "common.h"

#include <string.h>

static const AttrDef attrs[] = {
    ATTR(Concat, axis, ATTR_INT, "1", 0, MAX_RANK - 1, "the axis to join along, counted from 0"),
};

static Shape infer(const Node *n)
{
    int axis = ATTRS_OF(n, Concat)->axis;
    if (n->n_in < 1)
        user_error(n, "needs at least one tensor");
    check_axis(n, axis);
    Shape y = n->in[0]->shape;
    for (int i = 1; i < n->n_in; i++) {
        Shape x = n->in[i]->shape, like = n->in[0]->shape;
        if (x.rank == like.rank)
            like.dim[axis] = x.dim[axis];
        if (!same_shape(x, like))
            user_error(n,
                       "shapes %s and %s differ in more than axis %d, along which they are joined",
                       text_of(n->in[0]->shape).text, text_of(x).text, axis);
        y.dim[axis] += x.dim[axis];
    }
    return y;
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Slice slice = {ATTRS_OF(n, Concat)->axis, 0, 0};
    for (int i = 0; i < n->n_in; i++) {
        slice.from = slice.to;
        slice.to += n->in[i]->shape.dim[slice.axis];
        dx[i] = add_node(g, &op_slice, &slice, 1, &dy);
    }
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    int axis = ATTRS_OF(n, Concat)->axis;
    Span y = span_of(n->shape, axis);
    for (long o = 0; o < y.outer; o++)
        for (int i = 0; i < n->n_in; i++) {
            size_t length = (size_t)(n->in[i]->shape.dim[axis] * y.inner);
            memcpy(out, in[i] + (size_t)o * length, sizeof *out * length);
            out += length;
        }
}

const OpDef op_concat = {
    .name = "concat",
    .kind = MOVEMENT,
    .is_public = true,
    .inputs = "...",
    .summary = "tensors joined along one axis",
    .doc = "y = the inputs one after another along the axis; all other sizes are equal.\n"
           "Each input gets its part of dy.",
    .example = "concat(v, w, { axis = 1 })",
    ATTRS(Concat, attrs),
    .infer = infer,
    .grad = grad,
    .eval = eval,
};
