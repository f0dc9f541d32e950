/*
 * flatten: (N, ...) -> (N, the product of the rest), the same elements in the same order.
 * Gradient, from the parts: dx = dy reshaped back.
 */
#include "common.h"

#include <string.h>

static Shape infer(const Node *n)
{
    Shape x = n->in[0]->shape;
    if (x.rank < 1)
        user_error(n, "a scalar has no batch axis to keep");
    return shape_of(2, x.dim[0], (int)(count_elements(x) / x.dim[0]));
}

static Node *lower(Graph *g, Node *n)
{
    return make_reshape(g, n->in[0], n->shape);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    memcpy(out, in[0], sizeof *out * (size_t)count_elements(n->shape));
}

const OpDef op_flatten = {
    .name = "flatten",
    .kind = COMPOSITE,
    .is_public = true,
    .inputs = "x",
    .summary = "images to rows: (N, C, H, W) to (N, C * H * W)",
    .doc = "y has the elements of x in the same order, all axes but the batch made one.",
    .example = "flatten(x)",
    .infer = infer,
    .lower = lower,
    .eval = eval,
};
