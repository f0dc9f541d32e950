/*
 * matmul: y = x w^T: y[n, k] = sum over c of x[n, c] * w[k, c]; x (N, C), w (K, C) -> y (N, K).
 * Gradient: dx = dy w = matmul(dy, transpose(w)), dw = dy^T x = matmul_dw(x, dy).
 */
#include "common.h"

static Shape infer(const Node *n)
{
    Shape x = n->in[0]->shape, w = n->in[1]->shape;
    if (x.rank != 2 || w.rank != 2 || x.dim[1] != w.dim[1])
        user_error(n, "shapes %s and %s do not fit; they must be (N, C) and (K, C)",
                   text_of(x).text, text_of(w).text);
    return shape_of(2, x.dim[0], w.dim[0]);
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Node *x = n->in[0], *w = n->in[1];
    if (x->op != &op_input && x->op != &op_stop_gradient)
        dx[0] = add_node(g, &op_matmul, NULL, 2, (Node *[]){dy, make_unary(g, &op_transpose, w)});
    dx[1] = add_node(g, &op_matmul_dw, NULL, 2, (Node *[]){x, dy});
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    long n_k = n->shape.dim[1], n_c = n->in[0]->shape.dim[1];
    for (long i = 0; i < count_elements(n->shape); i++) {
        const double *x = in[0] + i / n_k * n_c, *w = in[1] + i % n_k * n_c;
        out[i] = 0;
        for (long c = 0; c < n_c; c++)
            out[i] += x[c] * w[c];
    }
}

static double flops(const Node *n)
{
    return 2.0 * count_elements(n->shape) * n->in[0]->shape.dim[1];
}

const OpDef op_matmul = {
    .name = "matmul",
    .kind = MATMUL,
    .inputs = "x, w",
    .summary = "matrix product x w^T",
    .doc = "y[n, k] = sum over c of x[n, c] * w[k, c]; (N, C) and (K, C) give (N, K).",
    .infer = infer,
    .grad = grad,
    .eval = eval,
    .flops = flops,
};
