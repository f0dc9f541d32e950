/*
 * conv2d_dx: dx[n, c, h, w] = sum of w[k, c, r, s] * dy[n, k, oh, ow] over all taps and windows
 * with oh * stride + r * dilation - pad = h, and the same for w. dy (N, K, OH, OW), w (K, C /
 * groups, R, S)
 * -> dx, of the shape of the attribute. The transposed convolution; no gradient of its own.
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
    Shape dy = n->in[0]->shape;
    if (a->shape.rank != 4 || !same_shape(dy, conv_shape(a->shape, a)))
        user_error(n, "gradient %s does not belong to an input of shape %s", text_of(dy).text,
                   text_of(a->shape).text);
    Shape wanted = shape_of(4, a->filters, a->shape.dim[1] / a->groups, a->kernel.h, a->kernel.w);
    check_input_shape(n, 1, wanted, "the weight");
    return a->shape;
}

static void add_row(ConvRow r, const double *dy, const double *w, double *dx)
{
    for (int i = 0; i < r.count; i++)
        dx[r.x + (long)i * r.step] += w[r.w] * dy[r.y + i];
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    for (long i = 0; i < count_elements(n->shape); i++)
        out[i] = 0;
    each_conv_row(ATTRS_OF(n, Conv2d), n->shape, n->in[1]->shape, n->in[0]->shape, in[0], in[1],
                  out, add_row);
}

static double flops(const Node *n)
{
    return conv_flops(n->in[0]->shape, n->in[1]->shape);
}

const OpDef op_conv2d_dx = {
    .name = "conv2d_dx",
    .kind = CONV_DX,
    .inputs = "dy, w",
    .summary = "gradient of conv2d to its input",
    .doc =
        "dx[n, c, h, w] = sum of weight[k, c, r, s] * dy[n, k, oh, ow] over the windows and taps\n"
        "that read x[n, c, h, w].",
    ATTRS(Conv2d, attrs),
    .infer = infer,
    .eval = eval,
    .flops = flops,
};
