/*
 * avgpool2d: y[n, c, oh, ow] = sum of x in the window at (oh * stride - pad, ow * stride - pad),
 * divided by the whole window's area; padding counts as 0, as in PyTorch (count_include_pad).
 * (N, C, H, W) -> (N, C, OH, OW). Gradient: dy / area to every element of the window
 * (avgpool2d_grad).
 */
#include "window.h"

static const AttrDef attrs[] = {
    ATTR_FIRST(Pool2d, kernel, ATTR_PAIR, NULL, 1, 1024, "size of the window"),
    ATTR(Pool2d, stride, ATTR_PAIR, "0", 0, 1024, "step of the window; 0 = the kernel"),
    ATTR(Pool2d, pad, ATTR_PAIR, "0", 0, 512,
         "border of zeros on each side, at most half the kernel"),
    ATTR_HIDDEN(Pool2d, shape, ATTR_SHAPE),
};

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Pool2d a = pool_grad_attrs(n);
    dx[0] = add_node(g, &op_avgpool2d_grad, &a, 1, &dy);
}

static double window_sum(Window w, int width, const double *plane)
{
    double sum = 0;
    for (int h = w.top; h < w.bottom; h++)
        for (int i = w.left; i < w.right; i++)
            sum += plane[(long)h * width + i];
    return sum;
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    const Pool2d *a = ATTRS_OF(n, Pool2d);
    Shape x = n->in[0]->shape, y = n->shape;
    for (long i = 0; i < count_elements(y); i++) {
        const double *plane = in[0] + i / ((long)y.dim[2] * y.dim[3]) * x.dim[2] * x.dim[3];
        Window w = window_at(a, x, (int)(i / y.dim[3] % y.dim[2]), (int)(i % y.dim[3]));
        out[i] = window_sum(w, x.dim[3], plane) / (a->kernel.h * a->kernel.w);
    }
}

const OpDef op_avgpool2d = {
    .name = "avgpool2d",
    .kind = POOL,
    .is_public = true,
    .inputs = "x",
    .summary = "mean of each window",
    .doc = "y[n, c, oh, ow] = mean of x in the window at (oh * stride - pad, ow * stride - pad).\n"
           "(N, C, H, W) gives (N, C, OH, OW), OH = floor((H + 2 * pad - kernel) / stride) + 1.\n"
           "Padding counts as zeros. Every element of a window gets dy / (kernel area).",
    .example = "avgpool2d { 2 }(x)",
    ATTRS(Pool2d, attrs),
    .infer = infer_pool,
    .grad = grad,
    .eval = eval,
    .flops = flops_of_pool,
};
