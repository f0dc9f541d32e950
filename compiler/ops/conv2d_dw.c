/*
 * conv2d_dw: dw[k, c, r, s] = sum over n, oh, ow of dy[n, k, oh, ow] * x[n, c', oh * stride +
 * r * dilation - pad, ...]; x (N, C, H, W), dy (N, K, OH, OW) -> dw (K, C / groups, R, S).
 * No gradient of its own.
 */
#include "window.h"

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Conv2d, filters, ATTR_INT),   ATTR_HIDDEN(Conv2d, kernel, ATTR_PAIR),
    ATTR_HIDDEN(Conv2d, stride, ATTR_PAIR),   ATTR_HIDDEN(Conv2d, pad, ATTR_PAIR),
    ATTR_HIDDEN(Conv2d, dilation, ATTR_PAIR), ATTR_HIDDEN(Conv2d, groups, ATTR_INT),
    ATTR_HIDDEN(Conv2d, shape, ATTR_SHAPE),
};

static Shape infer(const Node *n)
{
    const Conv2d *a = ATTRS_OF(n, Conv2d);
    Shape x = n->in[0]->shape;
    if (x.rank != 4)
        user_error(n, "input must be images (N, C, H, W), got %s", text_of(x).text);
    check_input_shape(n, 1, conv_shape(x, a), "the gradient");
    Shape w = shape_of(4, a->filters, x.dim[1] / a->groups, a->kernel.h, a->kernel.w);
    if (!same_shape(a->shape, w))
        user_error(n, "input %s needs a weight of shape %s, not %s", text_of(x).text,
                   text_of(w).text, text_of(a->shape).text);
    return a->shape;
}

static void add_row(ConvRow r, const double *x, const double *dy, double *dw)
{
    double sum = 0;
    for (int i = 0; i < r.count; i++)
        sum += x[r.x + (long)i * r.step] * dy[r.y + i];
    dw[r.w] += sum;
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    for (long i = 0; i < count_elements(n->shape); i++)
        out[i] = 0;
    each_conv_row(ATTRS_OF(n, Conv2d), n->in[0]->shape, n->shape, n->in[1]->shape, in[0], in[1],
                  out, add_row);
}

static double flops(const Node *n)
{
    return conv_flops(n->in[1]->shape, n->shape);
}

const OpDef op_conv2d_dw = {
    .name = "conv2d_dw",
    .kind = CONV_DW,
    .inputs = "x, dy",
    .summary = "gradient of conv2d to its weight",
    .doc = "dw[k, c, r, s] = sum of dy[n, k, oh, ow] * x over the elements that tap (r, s) reads.",
    ATTRS(Conv2d, attrs),
    .infer = infer,
    .eval = eval,
    .flops = flops,
};
