/*
 * maxpool2d: y[n, c, oh, ow] = largest x in the window at (oh * stride - pad, ow * stride - pad);
 * padding counts as minus infinity. (N, C, H, W) -> (N, C, OH, OW), OH = floor((H + 2 pad - kernel)
 * / stride) + 1. Gradient: dy goes to the first maximum, row by row, of its window
 * (maxpool2d_grad).
 */
#include "window.h"

static const AttrDef attrs[] = {
    ATTR_FIRST(Pool2d, kernel, ATTR_PAIR, NULL, 1, 1024, "size of the window"),
    ATTR(Pool2d, stride, ATTR_PAIR, "0", 0, 1024, "step of the window; 0 = the kernel"),
    ATTR(Pool2d, pad, ATTR_PAIR, "0", 0, 512, "border on each side, at most half the kernel"),
    ATTR_HIDDEN(Pool2d, shape, ATTR_SHAPE),
};

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Pool2d a = pool_grad_attrs(n);
    dx[0] = add_node(g, &op_maxpool2d_grad, &a, 2, (Node *[]){n->in[0], dy});
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    const Pool2d *a = ATTRS_OF(n, Pool2d);
    Shape x = n->in[0]->shape, y = n->shape;
    for (long i = 0; i < count_elements(y); i++) {
        const double *plane = in[0] + i / ((long)y.dim[2] * y.dim[3]) * x.dim[2] * x.dim[3];
        int oh = (int)(i / y.dim[3] % y.dim[2]), ow = (int)(i % y.dim[3]);
        Branch branch = branch_at(e, n, i);
        out[i] = plane[choose(&branch, window_maximum(a, x, plane, oh, ow))];
    }
}

const OpDef op_maxpool2d = {
    .name = "maxpool2d",
    .kind = POOL,
    .is_public = true,
    .inputs = "x",
    .summary = "largest value of each window",
    .doc = "y[n, c, oh, ow] = largest x in the window at (oh * stride - pad, ow * stride - pad).\n"
           "(N, C, H, W) gives (N, C, OH, OW), OH = floor((H + 2 * pad - kernel) / stride) + 1.\n"
           "Padding never wins. dy goes to the first maximum of each window, row by row.",
    .example = "maxpool2d { 2 }(x)",
    ATTRS(Pool2d, attrs),
    .infer = infer_pool,
    .grad = grad,
    .eval = eval,
    .flops = flops_of_pool,
};
