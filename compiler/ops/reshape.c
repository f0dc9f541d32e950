/*
 * reshape: the same elements in the same row-major order under another shape; one size may be -1
 * and follows from the others. Gradient: dx = dy reshaped back.
 */
#include "common.h"

#include <string.h>

static const AttrDef attrs[] = {
    ATTR_FIRST(Target, shape, ATTR_SHAPE, NULL, -1, 1 << 30,
               "sizes of the result, batch included; one may be -1"),
};

static Shape infer(const Node *n)
{
    Shape x = n->in[0]->shape, y = ATTRS_OF(n, Target)->shape;
    long known = 1, count = count_elements(x);
    int open = -1;
    for (int a = 0; a < y.rank; a++) {
        if (y.dim[a] == -1 && open >= 0)
            user_error(n, "shape %s leaves more than one size open", text_of(y).text);
        if (y.dim[a] == 0 || y.dim[a] < -1)
            user_error(n, "shape %s has a size of %d", text_of(y).text, y.dim[a]);
        if (y.dim[a] == -1)
            open = a;
        else if (known <= count)
            known *= y.dim[a];
    }
    if (open >= 0 ? count % known : count != known)
        user_error(n, "shape %s has %ld elements, which do not fill %s", text_of(x).text, count,
                   text_of(y).text);
    if (open >= 0)
        y.dim[open] = (int)(count / known);
    return y;
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    dx[0] = make_reshape(g, dy, n->in[0]->shape);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    memcpy(out, in[0], sizeof *out * (size_t)count_elements(n->shape));
}

const OpDef op_reshape = {
    .name = "reshape",
    .kind = MOVEMENT,
    .is_public = true,
    .inputs = "x",
    .summary = "the same elements under another shape",
    .doc = "y has the elements of x in the same row-major order. One size may be -1 and follows\n"
           "from the others. dx = dy, reshaped back.",
    .example = "reshape(v, { shape = { 3, 2, 2 } })",
    ATTRS(Target, attrs),
    .infer = infer,
    .grad = grad,
    .eval = eval,
};
