/*
 * cross_entropy: y = mean over the batch of -log_softmax(logits)[n, label[n]], a scalar.
 * logits (N, C), label (N). Gradient: dlogits = (softmax(logits) - onehot(label)) * dy / N, which
 * neither overflows nor cancels; none to the label (Bishop, "Pattern recognition", 4.109).
 */
#include "common.h"

static Shape infer(const Node *n)
{
    check_labels(n);
    return shape_of(0);
}

/* yes (N, C) where the class is the label, no elsewhere. */
static Node *where_label(Graph *g, Node *n, Node *yes, Node *no)
{
    Iota classes = {shape_of(2, 1, n->in[0]->shape.dim[1]), 1};
    Node *class = add_node(g, &op_iota, &classes, 0, NULL);
    return make_where(g, &op_where_eq, class, label_column(g, n->in[1]), yes, no);
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Node *p = make_unary(g, &op_exp, make_unary(g, &op_log_softmax, n->in[0]));
    Node *difference = where_label(g, n, make_shifted(g, p, -1), p);
    dx[0] = MUL(difference, make_scaled(g, dy, 1.0 / n->in[0]->shape.dim[0]));
}

static Node *expand(Graph *g, Node *n)
{
    Node *log_p = make_unary(g, &op_log_softmax, n->in[0]);
    Node *picked = make_reduce_sum(g, where_label(g, n, log_p, make_constant(g, 0)), 2);
    return NEG(make_reshape(g, mean_over(g, picked, 3), n->shape));
}

/* -log_softmax(x)[label] of one row; a label that is no class costs nothing, as in expand. */
static double row_loss(const double *x, int classes, double label)
{
    double y[classes];
    eval_softmax(shape_of(2, 1, classes), x, y, true);
    for (int c = 0; c < classes; c++)
        if (c == label)
            return -y[c];
    return 0;
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    int batch = n->in[0]->shape.dim[0], classes = n->in[0]->shape.dim[1];
    bool weighted = e->mode == INFER && (n->in[0]->batched || n->in[1]->batched);
    *out = 0;
    for (int i = 0; i < batch; i++) {
        double weight = weighted ? example_weight(e, i, batch, true) : 1;
        *out += weight * row_loss(in[0] + (long)i * classes, classes, in[1][i]) / batch;
    }
}

const OpDef op_cross_entropy = {
    .name = "cross_entropy",
    .kind = COMPOSITE,
    .is_public = true,
    .inputs = "logits, label",
    .summary = "mean of -log probability of the labelled class, a loss",
    .doc = "y = mean over the batch of -log_softmax(logits)[n, label[n]], a scalar.\n"
           "logits (N, C) are scores before any softmax, label (N) holds 0 .. C - 1.\n"
           "dlogits = (softmax(logits) - onehot(label)) * dy / N.",
    .example = "cross_entropy(v, label)",
    .infer = infer,
    .grad = grad,
    .expand = expand,
    .eval = eval,
};
