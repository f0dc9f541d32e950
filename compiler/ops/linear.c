/*
 * linear: y[n, k] = b[k] + sum over c of x[n, c] * w[k, c]; x (N, C), w (K, C), b (K) -> y (N, K).
 * Gradient, from the parts: dx = dy w, dw = dy^T x, db = sum of dy over n.
 */
#include "common.h"

typedef struct Linear {
    int features;
    bool bias;
    Init init, bias_init;
} Linear;

static const AttrDef attrs[] = {
    ATTR_FIRST(Linear, features, ATTR_INT, NULL, 1, 1 << 24, "columns of the result"),
    ATTR(Linear, bias, ATTR_BOOL, "true", 0, 1, "add a trained number per column"),
    ATTR(Linear, init, ATTR_INIT, "he_normal", 0, 0, "first values of the weight"),
    ATTR(Linear, bias_init, ATTR_INIT, "constant 0", 0, 0, "first values of the bias"),
};

static Shape weight_shape(const Node *n)
{
    Shape x = n->in[0]->shape;
    if (x.rank != 2)
        user_error(n, "input must be (N, C), got %s; flatten it first", text_of(x).text);
    return shape_of(2, ATTRS_OF(n, Linear)->features, x.dim[1]);
}

static Init weight_init(const Node *n)
{
    return ATTRS_OF(n, Linear)->init;
}

static void weight_fans(const Node *n, int *fan_in, int *fan_out)
{
    Shape w = weight_shape(n);
    *fan_in = w.dim[1];
    *fan_out = w.dim[0];
}

static Shape bias_shape(const Node *n)
{
    const Linear *a = ATTRS_OF(n, Linear);
    return a->bias ? shape_of(1, a->features) : (Shape){.rank = -1};
}

static Init bias_init(const Node *n)
{
    return ATTRS_OF(n, Linear)->bias_init;
}

static const ParamDef params[] = {
    {"weight", true, weight_shape, weight_init, weight_fans},
    {"bias", true, bias_shape, bias_init, NULL},
};

static Shape infer(const Node *n)
{
    Shape wanted = weight_shape(n), x = n->in[0]->shape, w = n->in[1]->shape;
    if (w.rank == 2 && w.dim[1] != x.dim[1])
        user_error(n, "input has %d features but the weight was made for %d (input %s, weight %s)",
                   x.dim[1], w.dim[1], text_of(x).text, text_of(w).text);
    check_input_shape(n, 1, wanted, "the weight");
    if (n->n_in == 3)
        check_input_shape(n, 2, shape_of(1, wanted.dim[0]), "the bias");
    return shape_of(2, x.dim[0], wanted.dim[0]);
}

static Node *lower(Graph *g, Node *n)
{
    Node *y = add_node(g, &op_matmul, NULL, 2, n->in);
    return n->n_in == 3 ? ADD(y, make_per_channel(g, n->in[2], 2)) : y;
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    int n_k = n->shape.dim[1], n_c = n->in[0]->shape.dim[1];
    for (int b = 0; b < n->shape.dim[0]; b++)
        for (int k = 0; k < n_k; k++) {
            double sum = n->n_in == 3 ? in[2][k] : 0;
            for (int c = 0; c < n_c; c++)
                sum += in[0][(long)b * n_c + c] * in[1][(long)k * n_c + c];
            out[(long)b * n_k + k] = sum;
        }
}

static double flops(const Node *n)
{
    return 2.0 * count_elements(n->shape) * n->in[0]->shape.dim[1];
}

const OpDef op_linear = {
    .name = "linear",
    .kind = COMPOSITE,
    .is_public = true,
    .inputs = "x",
    .summary = "fully connected layer",
    .doc = "y[n, k] = bias[k] + sum over c of x[n, c] * weight[k, c]; (N, C) gives (N, features).\n"
           "weight (features, C), bias (features). Images are flattened first.",
    .example = "linear { 5 }(v)",
    ATTRS(Linear, attrs),
    .params = params,
    .n_params = COUNT_OF(params),
    .infer = infer,
    .lower = lower,
    .eval = eval,
    .flops = flops,
};
