/*
 * bias: y = x + b, one trained number per channel (axis 1); x (N, C) or (N, C, H, W), b (C).
 * Gradient, from the parts: dx = dy, db = sum of dy over all axes but 1.
 */
#include "common.h"

typedef struct Bias {
    Init init;
} Bias;

static const AttrDef attrs[] = {
    ATTR(Bias, init, ATTR_INIT, "constant 0", 0, 0, "first values"),
};

static Shape bias_shape(const Node *n)
{
    return shape_of(1, check_channels(n));
}

static Init bias_init(const Node *n)
{
    return ATTRS_OF(n, Bias)->init;
}

static const ParamDef params[] = {
    {"bias", true, bias_shape, bias_init, NULL},
};

static Shape infer(const Node *n)
{
    check_channel_parameters(n);
    return n->in[0]->shape;
}

static Node *lower(Graph *g, Node *n)
{
    return ADD(n->in[0], make_per_channel(g, n->in[1], n->shape.rank));
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    Span s = span_of(n->shape, 1);
    for (long i = 0; i < s.outer * s.length * s.inner; i++)
        out[i] = in[0][i] + in[1][i / s.inner % s.length];
}

const OpDef op_bias = {
    .name = "bias",
    .kind = COMPOSITE,
    .is_public = true,
    .inputs = "x",
    .summary = "a trained number added to each channel",
    .doc = "y = x + bias[c] for each channel c, axis 1 of (N, C) or (N, C, H, W). bias (C).",
    .example = "bias {}(x)",
    ATTRS(Bias, attrs),
    .params = params,
    .n_params = COUNT_OF(params),
    .infer = infer,
    .lower = lower,
    .eval = eval,
};
