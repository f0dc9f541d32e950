/*
 * argmax: y[n, 0] = the c of the largest x[n, c], the first if several are; axis 1 of (N, C) or
 * (N, C, H, W) stays with size 1. No gradient.
 */
#include "common.h"

static Shape infer(const Node *n)
{
    check_channels(n);
    return keep_axes(n->in[0]->shape, 2);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    Span s = span_of(n->in[0]->shape, 1);
    for (long o = 0; o < s.outer; o++)
        for (long i = 0; i < s.inner; i++)
            out[o * s.inner + i] =
                (double)first_maximum(in[0] + o * s.length * s.inner + i, s.length, s.inner);
}

static double flops(const Node *n)
{
    return (double)count_elements(n->in[0]->shape);
}

const OpDef op_argmax = {
    .name = "argmax",
    .kind = ROW,
    .is_public = true,
    .inputs = "x",
    .summary = "number of the largest entry along axis 1",
    .doc = "y = the first c at which x[n, c] is largest; (N, C) gives (N, 1), (N, C, H, W) gives\n"
           "(N, 1, H, W). No gradient.",
    .example = "argmax(v)",
    .infer = infer,
    .eval = eval,
    .flops = flops,
};
