/*
 * transpose: y[b, a] = x[a, b]; (A, B) -> (B, A). Made by the gradient of matmul.
 * Gradient: dx = dy transposed.
 */
#include "common.h"

static Shape infer(const Node *n)
{
    Shape x = n->in[0]->shape;
    if (x.rank != 2)
        user_error(n, "input must be a matrix, got %s", text_of(x).text);
    return shape_of(2, x.dim[1], x.dim[0]);
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    (void)n;
    dx[0] = make_unary(g, &op_transpose, dy);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    long rows = n->shape.dim[0], columns = n->shape.dim[1];
    for (long b = 0; b < rows; b++)
        for (long a = 0; a < columns; a++)
            out[b * columns + a] = in[0][a * rows + b];
}

const OpDef op_transpose = {
    .name = "transpose",
    .kind = MOVEMENT,
    .inputs = "x",
    .summary = "a matrix with its axes swapped",
    .doc = "y[b, a] = x[a, b]. dx = dy transposed.",
    .infer = infer,
    .grad = grad,
    .eval = eval,
};
