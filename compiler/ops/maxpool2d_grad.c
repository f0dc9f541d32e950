/*
 * maxpool2d_grad: dx[p] = sum of dy over the windows whose first maximum, row by row, is p.
 * x (N, C, H, W), dy (N, C, OH, OW) -> dx (N, C, H, W). No gradient of its own.
 */
#include "window.h"

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Pool2d, kernel, ATTR_PAIR),
    ATTR_HIDDEN(Pool2d, stride, ATTR_PAIR),
    ATTR_HIDDEN(Pool2d, pad, ATTR_PAIR),
    ATTR_HIDDEN(Pool2d, shape, ATTR_SHAPE),
};

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    const Pool2d *a = ATTRS_OF(n, Pool2d);
    Shape x = n->shape, y = n->in[1]->shape;
    for (long i = 0; i < count_elements(x); i++)
        out[i] = 0;
    for (long i = 0; i < count_elements(y); i++) {
        long plane = i / ((long)y.dim[2] * y.dim[3]) * x.dim[2] * x.dim[3];
        int oh = (int)(i / y.dim[3] % y.dim[2]), ow = (int)(i % y.dim[3]);
        out[plane + window_maximum(a, x, in[0] + plane, oh, ow)] += in[1][i];
    }
}

const OpDef op_maxpool2d_grad = {
    .name = "maxpool2d_grad",
    .kind = POOL_GRAD,
    .inputs = "x, dy",
    .summary = "gradient of maxpool2d",
    .doc = "dx[p] = sum of dy over the windows whose first maximum, row by row, is p.",
    ATTRS(Pool2d, attrs),
    .infer = infer_pool_grad,
    .eval = eval,
    .flops = flops_of_pool,
};
