/*
 * log_softmax: y[n, c] = x[n, c] - ln sum over k of e^x[n, k], along axis 1 of (N, C) or
 * (N, C, H, W). The maximum is subtracted first, so that nothing overflows.
 * Gradient: dx = dy - e^y * sum over k of dy[k].
 */
#include "common.h"

static Shape infer(const Node *n)
{
    check_channels(n);
    return n->in[0]->shape;
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Node *probability = make_unary(g, &op_exp, n);
    dx[0] = SUB(dy, MUL(probability, make_reduce_sum(g, dy, 2)));
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    eval_softmax(n->shape, in[0], out, true);
}

static double flops(const Node *n)
{
    return 24.0 * count_elements(n->shape);
}

const OpDef op_log_softmax = {
    .name = "log_softmax",
    .kind = ROW,
    .is_public = true,
    .inputs = "x",
    .summary = "logarithm of softmax, along axis 1",
    .doc = "y[n, c] = x[n, c] - ln sum over k of e^x[n, k], for (N, C) or (N, C, H, W).\n"
           "dx = dy - e^y * sum over k of dy[k].",
    .example = "log_softmax(v)",
    .infer = infer,
    .grad = grad,
    .eval = eval,
    .flops = flops,
};
