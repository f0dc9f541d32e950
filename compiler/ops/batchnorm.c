/*
 * batchnorm: y = (x - mean) / sqrt(variance + eps) * weight + bias, per channel (axis 1); x (N, C)
 * or (N, C, H, W), parameters and statistics (C). Training takes mean and biased variance of the
 * batch and moves the running ones towards them (variance then unbiased, as in PyTorch); inference
 * takes the running ones and is one multiplication and one addition. Gradient: of normalize.
 * Source: Ioffe & Szegedy, ICML 2015.
 */
#include "common.h"

#include "pg.h"

typedef struct BatchNorm {
    int affine;
    double momentum, eps;
} BatchNorm;

static const AttrDef attrs[] = {
    ATTR_ONE_OF(BatchNorm, affine, "affine", "affine|shift|none",
                "trained after normalising: weight and bias, bias alone, or nothing"),
    ATTR(BatchNorm, momentum, ATTR_REAL, "0.1", 0, 1,
         "how far running statistics move to the batch's in a step"),
    ATTR(BatchNorm, eps, ATTR_REAL, "1e-5", 1e-12, 1, "added to the variance"),
};

/* ---- Parameters ---- */

static const Shape absent = {.rank = -1};

static Shape statistic_shape(const Node *n)
{
    return shape_of(1, check_channels(n));
}

static Shape weight_shape(const Node *n)
{
    return ATTRS_OF(n, BatchNorm)->affine == AFFINE ? statistic_shape(n) : absent;
}

static Shape bias_shape(const Node *n)
{
    return ATTRS_OF(n, BatchNorm)->affine == NO_AFFINE ? absent : statistic_shape(n);
}

static Init zeros(const Node *n)
{
    (void)n;
    return (Init){PG_INIT_CONSTANT, 0, 0};
}

static Init ones(const Node *n)
{
    (void)n;
    return (Init){PG_INIT_CONSTANT, 1, 0};
}

static const ParamDef params[] = {
    {"weight", true, weight_shape, ones, NULL},
    {"bias", true, bias_shape, zeros, NULL},
    {"running_mean", false, statistic_shape, zeros, NULL},
    {"running_var", false, statistic_shape, ones, NULL},
};

/* Which input is what; -1: absent. */
typedef struct Places {
    int gamma, beta, mean, variance;
} Places;

static Places places(const Node *n)
{
    int affine = ATTRS_OF(n, BatchNorm)->affine, last = n->n_in - 1;
    return (Places){affine == AFFINE ? 1 : -1, affine == NO_AFFINE ? -1 : last - 2, last - 1, last};
}

static Shape infer(const Node *n)
{
    check_channel_parameters(n);
    return n->in[0]->shape;
}

/* ---- Training ---- */

/*
 * running <- (1 - momentum) running + momentum * factor * statistic, when the step ends. A layer that
 * is applied twice moves its statistics twice.
 */
static void track(Graph *g, Node *running, Node *statistic, double momentum, double factor)
{
    Output *earlier = find_state(g, running);
    Node *now = earlier ? earlier->value : running;
    Node *news = make_scaled(g, make_reshape(g, statistic, running->shape), momentum * factor);
    Node *next = ADD(make_scaled(g, now, 1 - momentum), news);
    if (earlier)
        earlier->value = next;
    else
        add_output(g, OUT_STATE, running->name, next, running);
}

static Node *lower_train(Graph *g, Node *n)
{
    const BatchNorm *a = ATTRS_OF(n, BatchNorm);
    Places at = places(n);
    Node *x = n->in[0], *mean = make_unary(g, &op_channel_mean, x);
    Node *variance = make_unary(g, &op_channel_variance, x), *in[5] = {x, mean, variance};
    double count = (double)count_elements(x->shape) / x->shape.dim[1];
    int n_in = 3;
    if (at.gamma > 0)
        in[n_in++] = make_per_channel(g, n->in[at.gamma], x->shape.rank);
    if (at.beta > 0)
        in[n_in++] = make_per_channel(g, n->in[at.beta], x->shape.rank);
    track(g, n->in[at.mean], mean, a->momentum, 1);
    track(g, n->in[at.variance], variance, a->momentum, count / MAX(count - 1, 1));
    return add_node(g, &op_normalize, &(Normalize){a->affine, a->eps}, n_in, in);
}

/* ---- Inference ---- */

/* x * scale + shift, so that both can go into the convolution before it. */
static Node *lower_infer(Graph *g, Node *n)
{
    Places at = places(n);
    Node *variance = make_shifted(g, n->in[at.variance], ATTRS_OF(n, BatchNorm)->eps);
    Node *scale = make_unary(g, &op_rsqrt, variance);
    if (at.gamma > 0)
        scale = MUL(n->in[at.gamma], scale);
    Node *shift = MUL(n->in[at.mean], scale);
    shift = at.beta > 0 ? SUB(n->in[at.beta], shift) : NEG(shift);
    int rank = n->shape.rank;
    return ADD(MUL(n->in[0], make_per_channel(g, scale, rank)), make_per_channel(g, shift, rank));
}

static Node *lower(Graph *g, Node *n)
{
    return g->mode == TRAIN ? lower_train(g, n) : lower_infer(g, n);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    Shape x = n->shape;
    Places at = places(n);
    double batch_mean[x.dim[1]], batch_variance[x.dim[1]];
    const double *mean = in[at.mean], *variance = in[at.variance];
    if (e->mode == TRAIN) {
        eval_moments(x, in[0], batch_mean, batch_variance);
        mean = batch_mean;
        variance = batch_variance;
    }
    eval_normalize(x, ATTRS_OF(n, BatchNorm)->eps, in[0], mean, variance,
                   at.gamma > 0 ? in[at.gamma] : NULL, at.beta > 0 ? in[at.beta] : NULL, out);
}

const OpDef op_batchnorm = {
    .name = "batchnorm",
    .kind = COMPOSITE,
    .is_public = true,
    .inputs = "x",
    .summary = "batch normalisation of each channel",
    .doc =
        "y = (x - mean) / sqrt(variance + eps) * weight + bias for each channel, axis 1 of (N, C)\n"
        "or (N, C, H, W). Training uses mean and variance of the batch, and moves running_mean\n"
        "and running_var towards them; inference uses the running ones.\n"
        "The gradient goes through the batch's statistics too (Ioffe & Szegedy, 2015).",
    .example = "batchnorm {}(x)",
    ATTRS(BatchNorm, attrs),
    .params = params,
    .n_params = COUNT_OF(params),
    .infer = infer,
    .lower = lower,
    .eval = eval,
};
