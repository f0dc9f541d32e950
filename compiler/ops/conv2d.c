/*
 * conv2d: y[n, k, oh, ow] = b[k] + sum over c, r, s of w[k, c, r, s] * x[n, c', oh * stride +
 * r * dilation - pad, ...]; x (N, C, H, W), w (K, C / groups, R, S), b (K) -> y (N, K, OH, OW),
 * OH = floor((H + 2 pad - dilation (R - 1) - 1) / stride) + 1. Cross-correlation, as in PyTorch.
 * Gradient: dw = conv2d_dw(x, dy); dx = conv2d_dx(dy, w), which at stride 1 is again a convolution,
 * with flip_weight(w) and pad' = dilation (R - 1) - pad (Dumoulin & Visin, 2016, section 4).
 */
#include "window.h"

static const AttrDef attrs[] = {
    ATTR_FIRST(Conv2d, filters, ATTR_INT, NULL, 1, 1 << 20, "channels of the result"),
    ATTR(Conv2d, kernel, ATTR_PAIR, NULL, 1, 1024, "size of the window"),
    ATTR(Conv2d, stride, ATTR_PAIR, "1", 1, 1024, "step of the window"),
    ATTR(Conv2d, pad, ATTR_PAIR, "0", 0, 1024, "border of zeros on each side"),
    ATTR(Conv2d, dilation, ATTR_PAIR, "1", 1, 1024, "distance between the taps of the window"),
    ATTR(Conv2d, groups, ATTR_INT, "1", 1, 1 << 20,
         "independent groups of channels; must divide both channel counts"),
    ATTR(Conv2d, bias, ATTR_BOOL, "true", 0, 1, "add a trained number per channel"),
    ATTR(Conv2d, init, ATTR_INIT, "he_normal", 0, 0, "first values of the weight"),
    ATTR(Conv2d, bias_init, ATTR_INIT, "constant 0", 0, 0, "first values of the bias"),
    ATTR_HIDDEN(Conv2d, shape, ATTR_SHAPE),
};

/* ---- Parameters ---- */

static void check_groups(const Node *n)
{
    const Conv2d *a = ATTRS_OF(n, Conv2d);
    Shape x = n->in[0]->shape;
    if (x.rank != 4)
        user_error(n, "input must be images (N, C, H, W), got %s; reshape it first",
                   text_of(x).text);
    if (x.dim[1] % a->groups || a->filters % a->groups)
        user_error(n,
                   "groups = %d must divide the %d channels of input %s and the %d filters; use a "
                   "common divisor",
                   a->groups, x.dim[1], text_of(x).text, a->filters);
}

static Shape weight_shape(const Node *n)
{
    const Conv2d *a = ATTRS_OF(n, Conv2d);
    check_groups(n);
    return shape_of(4, a->filters, n->in[0]->shape.dim[1] / a->groups, a->kernel.h, a->kernel.w);
}

static Init weight_init(const Node *n)
{
    return ATTRS_OF(n, Conv2d)->init;
}

static void weight_fans(const Node *n, int *fan_in, int *fan_out)
{
    Shape w = weight_shape(n);
    *fan_in = w.dim[1] * w.dim[2] * w.dim[3];
    *fan_out = w.dim[0] * w.dim[2] * w.dim[3];
}

static Shape bias_shape(const Node *n)
{
    const Conv2d *a = ATTRS_OF(n, Conv2d);
    return a->bias ? shape_of(1, a->filters) : (Shape){.rank = -1};
}

static Init bias_init(const Node *n)
{
    return ATTRS_OF(n, Conv2d)->bias_init;
}

static const ParamDef params[] = {
    {"weight", true, weight_shape, weight_init, weight_fans},
    {"bias", true, bias_shape, bias_init, NULL},
};

/* ---- Shape ---- */

static void check_weight(const Node *n)
{
    Shape wanted = weight_shape(n), w = n->in[1]->shape;
    int groups = ATTRS_OF(n, Conv2d)->groups;
    if (w.rank == 4 && w.dim[1] != wanted.dim[1])
        user_error(n, "input has %d channels but the weight was made for %d (input %s, weight %s)",
                   n->in[0]->shape.dim[1], w.dim[1] * groups, text_of(n->in[0]->shape).text,
                   text_of(w).text);
    check_input_shape(n, 1, wanted, "the weight");
    if (n->n_in == 3)
        check_input_shape(n, 2, shape_of(1, wanted.dim[0]), "the bias");
}

static int pad_for(int size, int kernel, int dilation)
{
    return MAX(0, (dilation * (kernel - 1) + 1 - size + 1) / 2);
}

static void check_kernel(const Node *n)
{
    const Conv2d *a = ATTRS_OF(n, Conv2d);
    Shape x = n->in[0]->shape;
    Pair reach = {a->dilation.h * (a->kernel.h - 1) + 1, a->dilation.w * (a->kernel.w - 1) + 1};
    Pair padded = {x.dim[2] + 2 * a->pad.h, x.dim[3] + 2 * a->pad.w};
    bool dilated = a->dilation.h > 1 || a->dilation.w > 1;
    if (reach.h > padded.h || reach.w > padded.w)
        user_error(n,
                   "%s %dx%d is larger than the padded input %dx%d (input %s); use a smaller "
                   "kernel or pad = %d",
                   dilated ? "dilated kernel" : "kernel", reach.h, reach.w, padded.h, padded.w,
                   text_of(x).text,
                   MAX(pad_for(x.dim[2], a->kernel.h, a->dilation.h),
                       pad_for(x.dim[3], a->kernel.w, a->dilation.w)));
}

static Shape infer(const Node *n)
{
    check_weight(n);
    check_kernel(n);
    return conv_shape(n->in[0]->shape, ATTRS_OF(n, Conv2d));
}

/* ---- Meaning ---- */

/* The bias apart, so that it can be fused or folded like any other pointwise operator. */
static Node *lower(Graph *g, Node *n)
{
    if (n->n_in < 3)
        return NULL;
    Conv2d a = *ATTRS_OF(n, Conv2d);
    a.bias = false;
    return ADD(add_node(g, &op_conv2d, &a, 2, n->in), make_per_channel(g, n->in[2], 4));
}

/* dx as a convolution of dy, at stride 1. */
static Node *convolve_back(Graph *g, Node *n, Node *dy, Pair pad)
{
    Conv2d a = *ATTRS_OF(n, Conv2d);
    a.filters = n->in[0]->shape.dim[1];
    a.pad = pad;
    return add_node(g, &op_conv2d, &a, 2, (Node *[]){dy, make_unary(g, &op_flip_weight, n->in[1])});
}

static Node *input_gradient(Graph *g, Node *n, Node *dy)
{
    Conv2d a = *ATTRS_OF(n, Conv2d);
    Pair pad = {a.dilation.h * (a.kernel.h - 1) - a.pad.h,
                a.dilation.w * (a.kernel.w - 1) - a.pad.w};
    if (a.stride.h == 1 && a.stride.w == 1 && a.groups == 1 && pad.h >= 0 && pad.w >= 0)
        return convolve_back(g, n, dy, pad);
    a.shape = n->in[0]->shape;
    return add_node(g, &op_conv2d_dx, &a, 2, (Node *[]){dy, n->in[1]});
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Conv2d a = *ATTRS_OF(n, Conv2d);
    const OpDef *from = n->in[0]->op;
    if (from != &op_input && from != &op_stop_gradient)
        dx[0] = input_gradient(g, n, dy);
    a.shape = n->in[1]->shape;
    dx[1] = add_node(g, &op_conv2d_dw, &a, 2, (Node *[]){n->in[0], dy});
}

static void add_row(ConvRow r, const double *x, const double *w, double *y)
{
    for (int i = 0; i < r.count; i++)
        y[r.y + i] += w[r.w] * x[r.x + (long)i * r.step];
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    Span y = span_of(n->shape, 1);
    for (long i = 0; i < y.outer * y.length * y.inner; i++)
        out[i] = n->n_in == 3 ? in[2][i / y.inner % y.length] : 0;
    each_conv_row(ATTRS_OF(n, Conv2d), n->in[0]->shape, n->in[1]->shape, n->shape, in[0], in[1],
                  out, add_row);
}

static double flops(const Node *n)
{
    return conv_flops(n->shape, n->in[1]->shape);
}

const OpDef op_conv2d = {
    .name = "conv2d",
    .kind = CONV,
    .is_public = true,
    .inputs = "x",
    .summary = "convolution of images with trained filters",
    .doc =
        "y[n, k, oh, ow] = bias[k] + sum over c, r, s of weight[k, c, r, s] *\n"
        "    x[n, c, oh * stride + r * dilation - pad, ow * stride + s * dilation - pad]\n"
        "(N, C, H, W) gives (N, filters, OH, OW),\n"
        "OH = floor((H + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1.\n"
        "weight (filters, C / groups, R, S), bias (filters). With groups, each group of filters\n"
        "sees only its own C / groups channels. Outside the image x counts as 0.",
    .example = "conv2d { 3, kernel = 3, pad = 1, stride = 2 }(x)",
    ATTRS(Conv2d, attrs),
    .params = params,
    .n_params = COUNT_OF(params),
    .infer = infer,
    .grad = grad,
    .lower = lower,
    .eval = eval,
    .flops = flops,
};
