/*
 * avgpool2d_grad: dx[p] = sum of dy / (kernel area) over the windows that hold p.
 * dy (N, C, OH, OW) -> dx (N, C, H, W). No gradient of its own.
 */
#include "window.h"

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Pool2d, kernel, ATTR_PAIR),
    ATTR_HIDDEN(Pool2d, stride, ATTR_PAIR),
    ATTR_HIDDEN(Pool2d, pad, ATTR_PAIR),
    ATTR_HIDDEN(Pool2d, shape, ATTR_SHAPE),
};

static void add_to_window(Window w, int width, double share, double *plane)
{
    for (int h = w.top; h < w.bottom; h++)
        for (int i = w.left; i < w.right; i++)
            plane[(long)h * width + i] += share;
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    const Pool2d *a = ATTRS_OF(n, Pool2d);
    Shape x = n->shape, y = n->in[0]->shape;
    for (long i = 0; i < count_elements(x); i++)
        out[i] = 0;
    for (long i = 0; i < count_elements(y); i++) {
        double *plane = out + i / ((long)y.dim[2] * y.dim[3]) * x.dim[2] * x.dim[3];
        Window w = window_at(a, x, (int)(i / y.dim[3] % y.dim[2]), (int)(i % y.dim[3]));
        add_to_window(w, x.dim[3], in[0][i] / (a->kernel.h * a->kernel.w), plane);
    }
}

const OpDef op_avgpool2d_grad = {
    .name = "avgpool2d_grad",
    .kind = POOL_GRAD,
    .inputs = "dy",
    .summary = "gradient of avgpool2d",
    .doc = "dx[p] = sum of dy / (kernel area) over the windows that hold p.",
    ATTRS(Pool2d, attrs),
    .infer = infer_pool_grad,
    .eval = eval,
    .flops = flops_of_pool,
};
