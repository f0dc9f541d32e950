/*
 * mse: y = mean of (a - b)^2 over all elements, a scalar; a and b of one shape.
 * Gradient, from the parts: da = -db = 2 (a - b) dy / count.
 */
#include "common.h"

static Shape infer(const Node *n)
{
    check_input_shape(n, 1, n->in[0]->shape, "the target");
    return shape_of(0);
}

static Node *lower(Graph *g, Node *n)
{
    Node *square = make_unary(g, &op_square, SUB(n->in[0], n->in[1]));
    return make_reshape(g, mean_over(g, square, all_axes(square->shape.rank)), n->shape);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    Shape x = n->in[0]->shape;
    bool weighted = e->mode == INFER && (n->in[0]->batched || n->in[1]->batched);
    long count = count_elements(x), example = weighted ? count / x.dim[0] : 1;
    *out = 0;
    for (long i = 0; i < count; i++) {
        double d = in[0][i] - in[1][i];
        *out += weighted ? d * d * example_weight(e, (int)(i / example), x.dim[0], true) : d * d;
    }
    *out /= (double)count;
}

const OpDef op_mse = {
    .name = "mse",
    .kind = COMPOSITE,
    .is_public = true,
    .inputs = "a, b",
    .summary = "mean squared error, a loss",
    .doc = "y = mean of (a - b)^2 over all elements, a scalar. a and b have the same shape.\n"
           "da = -db = 2 * (a - b) * dy / count.",
    .example = "mse(v, w)",
    .infer = infer,
    .lower = lower,
    .eval = eval,
};
