/*
 * flip_weight: y[c, k, r, s] = w[k, c, R-1-r, S-1-s]; (K, C, R, S) -> (C, K, R, S): the weight with
 * which a convolution at stride 1 carries dy back to dx. No gradient: it is only in gradients.
 */
#include "common.h"

static Shape infer(const Node *n)
{
    Shape w = n->in[0]->shape;
    if (w.rank != 4)
        user_error(n, "weight must be (K, C, R, S), got %s", text_of(w).text);
    return shape_of(4, w.dim[1], w.dim[0], w.dim[2], w.dim[3]);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    Shape w = n->in[0]->shape;
    int n_k = w.dim[0], n_c = w.dim[1], taps = w.dim[2] * w.dim[3];
    for (long k = 0; k < n_k; k++)
        for (long c = 0; c < n_c; c++)
            for (int t = 0; t < taps; t++)
                out[(c * n_k + k) * taps + t] = in[0][(k * n_c + c) * taps + taps - 1 - t];
}

const OpDef op_flip_weight = {
    .name = "flip_weight",
    .kind = MOVEMENT,
    .inputs = "w",
    .summary = "a convolution's weight, turned for its gradient",
    .doc = "y[c, k, r, s] = w[k, c, R-1-r, S-1-s].",
    .infer = infer,
    .eval = eval,
};
