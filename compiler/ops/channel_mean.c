/*
 * channel_mean: y[c] = sum of x[n, c, h, w] / M over all axes but 1, of M elements.
 * x is (N, C) or (N, C, H, W), y (1, C) or (1, C, 1, 1).
 * No gradient: normalize, its only user, has the dependence in its own.
 */
#include "common.h"

static Shape infer(const Node *n)
{
    check_channels(n);
    return keep_axes(n->in[0]->shape, all_but_channels(n->in[0]->shape.rank));
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    eval_moments(n->in[0]->shape, in[0], out, NULL);
}

static double flops(const Node *n)
{
    return 1.0 * count_elements(n->in[0]->shape);
}

const OpDef op_channel_mean = {
    .name = "channel_mean",
    .kind = REDUCTION,
    .inputs = "x",
    .summary = "mean of each channel",
    .doc = "y[c] = sum of x[n, c, h, w] / M, shape (1, C) or (1, C, 1, 1).\n"
           "Its gradient is part of normalize.",
    .infer = infer,
    .eval = eval,
    .flops = flops,
};
