/*
 * normalize: y = xhat * gamma + beta, xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + eps);
 * x (N, C) or (N, C, H, W), all others (1, C) or (1, C, 1, 1). Batch normalisation in training.
 * Gradient (Ioffe & Szegedy, ICML 2015, folded into one pair of sums, M elements per channel):
 * dbeta = sum dy, dgamma = sum dy xhat, dx = gamma rstd (dy - dbeta / M - xhat dgamma / M).
 * That mean and variance depend on x is inside dx: they get no gradient of their own.
 */
#include "common.h"

static const AttrDef attrs[] = {
    {"affine", ATTR_CHOICE, offsetof(Normalize, affine), "", 0, 0, "affine|shift|none", NULL,
     false},
    ATTR_HIDDEN(Normalize, eps, ATTR_REAL),
};

/* Input numbers; -1: absent. */
static int gamma_at(const Node *n)
{
    return ATTRS_OF(n, Normalize)->affine == AFFINE ? 3 : -1;
}

static int beta_at(const Node *n)
{
    return ATTRS_OF(n, Normalize)->affine == NO_AFFINE ? -1 : n->n_in - 1;
}

static Shape infer(const Node *n)
{
    Shape x = n->in[0]->shape;
    check_channels(n);
    if (n->n_in != 5 - ATTRS_OF(n, Normalize)->affine)
        bug("normalize has %d inputs", n->n_in);
    for (int i = 1; i < n->n_in; i++)
        check_input_shape(n, i, keep_axes(x, all_but_channels(x.rank)), "a channel's value");
    return x;
}

static Node *inverse_deviation(Graph *g, const Node *n)
{
    Node *variance = make_shifted(g, n->in[2], ATTRS_OF(n, Normalize)->eps);
    return make_unary(g, &op_rsqrt, variance);
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Shape x = n->in[0]->shape;
    unsigned axes = all_but_channels(x.rank);
    int gamma = gamma_at(n), beta = beta_at(n);
    double count = (double)count_elements(x) / x.dim[1];
    Node *rstd = inverse_deviation(g, n), *xhat = MUL(SUB(n->in[0], n->in[1]), rstd);
    Node *dbeta = make_reduce_sum(g, dy, axes), *dgamma = make_reduce_sum(g, MUL(dy, xhat), axes);
    Node *mean_part = make_scaled(g, dbeta, 1 / count);
    Node *variance_part = MUL(xhat, make_scaled(g, dgamma, 1 / count));
    Node *scale = gamma > 0 ? MUL(n->in[gamma], rstd) : rstd;
    dx[0] = MUL(scale, SUB(SUB(dy, mean_part), variance_part));
    dx[0]->is_centred = true;
    if (gamma > 0)
        dx[gamma] = dgamma;
    if (beta > 0)
        dx[beta] = dbeta;
}

static Node *expand(Graph *g, Node *n)
{
    Node *y = MUL(SUB(n->in[0], n->in[1]), inverse_deviation(g, n));
    if (gamma_at(n) > 0)
        y = MUL(y, n->in[gamma_at(n)]);
    if (beta_at(n) > 0)
        y = ADD(y, n->in[beta_at(n)]);
    return y;
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    const double *gamma = gamma_at(n) > 0 ? in[gamma_at(n)] : NULL;
    const double *beta = beta_at(n) > 0 ? in[beta_at(n)] : NULL;
    eval_normalize(n->shape, ATTRS_OF(n, Normalize)->eps, in[0], in[1], in[2], gamma, beta, out);
}

const OpDef op_normalize = {
    .name = "normalize",
    .kind = COMPOSITE,
    .inputs = "...",
    .summary = "batch normalisation with the batch's statistics given",
    .doc = "y = (x - mean) / sqrt(variance + eps) * gamma + beta, per channel. Inputs: x, mean,\n"
           "variance, gamma (affine), beta (affine or shift).",
    ATTRS(Normalize, attrs),
    .infer = infer,
    .grad = grad,
    .expand = expand,
    .eval = eval,
};
