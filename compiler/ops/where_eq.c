/*
 * where_eq: y = yes where a = b, no elsewhere; all four broadcast.
 * Gradient: dy goes to the branch that was taken; a and b only decide and get none.
 */
#include "common.h"

static double apply(const double *x, const void *attrs, Branch *branch)
{
    (void)attrs;
    return choose(branch, x[0] == x[1]) ? x[2] : x[3];
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Node *a = n->in[0], *b = n->in[1], *zero = make_constant(g, 0);
    Node *yes = make_where(g, n->op, a, b, dy, zero), *no = make_where(g, n->op, a, b, zero, dy);
    dx[2] = make_unbroadcast(g, yes, n->in[2]->shape);
    dx[3] = make_unbroadcast(g, no, n->in[3]->shape);
}

const OpDef op_where_eq = {
    .name = "where_eq",
    .kind = POINTWISE,
    .inputs = "a, b, yes, no",
    .summary = "yes where a = b, else no",
    .doc = "y = yes where a = b and no elsewhere. The four shapes broadcast.\n"
           "dy goes to the one that was taken, nothing to a and b.",
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "veq($1, $2, $3, $4)",
    .cost = 1,
};
