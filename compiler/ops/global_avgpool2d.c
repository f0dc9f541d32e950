/*
 * global_avgpool2d: y[n, c] = mean of x[n, c, h, w] over h and w; (N, C, H, W) -> (N, C)
 * (Lin, Chen & Yan, "Network in network", 2013). Gradient, from the parts: dx = dy / (H W).
 */
#include "common.h"

enum { AXES_H_W = 1 << 2 | 1 << 3 };

static Shape infer(const Node *n)
{
    Shape x = n->in[0]->shape;
    if (x.rank != 4)
        user_error(n, "input must be images (N, C, H, W), got %s", text_of(x).text);
    return shape_of(2, x.dim[0], x.dim[1]);
}

static Node *lower(Graph *g, Node *n)
{
    return make_reshape(g, mean_over(g, n->in[0], AXES_H_W), n->shape);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    eval_over(e, n->in[0]->shape, false, AXES_H_W, true, in[0], out);
}

const OpDef op_global_avgpool2d = {
    .name = "global_avgpool2d",
    .kind = COMPOSITE,
    .is_public = true,
    .inputs = "x",
    .summary = "mean of each channel's image",
    .doc = "y[n, c] = mean of x[n, c, h, w] over h and w; (N, C, H, W) gives (N, C).\n"
           "dx = dy / (H * W).",
    .example = "global_avgpool2d(x)",
    .infer = infer,
    .lower = lower,
    .eval = eval,
};
