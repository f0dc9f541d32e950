/*
 * accuracy: y = share of the batch whose largest score is the labelled one, a scalar.
 * logits (N, C), label (N). The first of equal scores counts as the largest. No gradient.
 */
#include "common.h"

static Shape infer(const Node *n)
{
    check_labels(n);
    return shape_of(0);
}

static Node *lower(Graph *g, Node *n)
{
    Node *guess = make_unary(g, &op_argmax, n->in[0]);
    Node *right = make_where(g, &op_where_eq, guess, label_column(g, n->in[1]), make_constant(g, 1),
                             make_constant(g, 0));
    return make_reshape(g, mean_over(g, right, 3), n->shape);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    int batch = n->in[0]->shape.dim[0], classes = n->in[0]->shape.dim[1];
    bool weighted = e->mode == INFER && (n->in[0]->batched || n->in[1]->batched);
    *out = 0;
    for (int i = 0; i < batch; i++)
        if (first_maximum(in[0] + (long)i * classes, classes, 1) == in[1][i])
            *out += (weighted ? example_weight(e, i, batch, true) : 1) / batch;
}

const OpDef op_accuracy = {
    .name = "accuracy",
    .kind = COMPOSITE,
    .is_public = true,
    .inputs = "logits, label",
    .summary = "share of the batch that is classified rightly, a metric",
    .doc = "y = mean over the batch of (argmax(logits)[n] = label[n] ? 1 : 0), a scalar.\n"
           "logits (N, C), label (N). No gradient.",
    .example = "accuracy(v, label)",
    .infer = infer,
    .lower = lower,
    .eval = eval,
};
