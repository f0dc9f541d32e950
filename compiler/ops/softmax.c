/*
 * softmax: y[n, c] = e^x[n, c] / sum over k of e^x[n, k], along axis 1 of (N, C) or (N, C, H, W).
 * The maximum is subtracted first, so that nothing overflows.
 * Gradient: dx = y * (dy - sum over k of dy[k] * y[k]).
 */
#include "common.h"

static Shape infer(const Node *n)
{
    check_channels(n);
    return n->in[0]->shape;
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Node *mean = make_reduce_sum(g, MUL(dy, n), 2);
    dx[0] = MUL(n, SUB(dy, mean));
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    eval_softmax(n->shape, in[0], out, false);
}

static double flops(const Node *n)
{
    return 24.0 * count_elements(n->shape);
}

const OpDef op_softmax = {
    .name = "softmax",
    .kind = ROW,
    .is_public = true,
    .inputs = "x",
    .summary = "probabilities from scores, along axis 1",
    .doc =
        "y[n, c] = e^x[n, c] / sum over k of e^x[n, k], for (N, C) or (N, C, H, W).\n"
        "dx = y * (dy - sum over k of dy[k] * y[k]). For a loss, use cross_entropy on the scores.",
    .example = "softmax(v)",
    .infer = infer,
    .grad = grad,
    .eval = eval,
    .flops = flops,
};
