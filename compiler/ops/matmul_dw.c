/*
 * matmul_dw: dw = dy^T x: dw[k, c] = sum over n of dy[n, k] * x[n, c]; x (N, C), dy (N, K) ->
 * dw (K, C). The gradient of matmul to its weight. No gradient of its own.
 */
#include "common.h"

static Shape infer(const Node *n)
{
    Shape x = n->in[0]->shape, dy = n->in[1]->shape;
    if (x.rank != 2 || dy.rank != 2 || x.dim[0] != dy.dim[0])
        user_error(n, "shapes %s and %s do not fit; they must be (N, C) and (N, K)",
                   text_of(x).text, text_of(dy).text);
    return shape_of(2, dy.dim[1], x.dim[1]);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    long n_k = n->shape.dim[0], n_c = n->shape.dim[1], batch = n->in[0]->shape.dim[0];
    for (long i = 0; i < n_k * n_c; i++)
        out[i] = 0;
    for (long b = 0; b < batch; b++)
        for (long k = 0; k < n_k; k++)
            for (long c = 0; c < n_c; c++)
                out[k * n_c + c] += in[1][b * n_k + k] * in[0][b * n_c + c];
}

static double flops(const Node *n)
{
    return 2.0 * count_elements(n->shape) * n->in[0]->shape.dim[0];
}

const OpDef op_matmul_dw = {
    .name = "matmul_dw",
    .kind = MATMUL_DW,
    .inputs = "x, dy",
    .summary = "gradient of matmul to its weight",
    .doc = "dw[k, c] = sum over n of dy[n, k] * x[n, c].",
    .infer = infer,
    .eval = eval,
    .flops = flops,
};
