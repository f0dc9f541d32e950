/*
 * build: short names for making nodes. See build.h.
 */
#include "build.h"

#include "attrs.h"
#include <string.h>

Node *make_constant(Graph *g, double value)
{
    return add_node(g, &op_constant, &(Constant){value, shape_of(0)}, 0, NULL);
}

Node *make_unary(Graph *g, const OpDef *op, Node *x)
{
    return add_node(g, op, NULL, 1, &x);
}

/* x with ones put in front of its shape until it has the rank. */
static Node *raise_rank(Graph *g, Node *x, int rank)
{
    if (x->shape.rank >= rank)
        return x;
    Shape s = {.rank = rank};
    int ones = rank - x->shape.rank;
    for (int a = 0; a < rank; a++)
        s.dim[a] = a < ones ? 1 : x->shape.dim[a - ones];
    return make_reshape(g, x, s);
}

Node *make_binary(Graph *g, const OpDef *op, Node *a, Node *b)
{
    int rank = MAX(a->shape.rank, b->shape.rank);
    Node *in[2] = {raise_rank(g, a, rank), raise_rank(g, b, rank)};
    return add_node(g, op, NULL, 2, in);
}

Node *make_scaled(Graph *g, Node *x, double factor)
{
    return factor == 1 ? x : MUL(x, make_constant(g, factor));
}

Node *make_shifted(Graph *g, Node *x, double term)
{
    return term == 0 ? x : ADD(x, make_constant(g, term));
}

Node *make_where(Graph *g, const OpDef *op, Node *a, Node *b, Node *yes, Node *no)
{
    Node *in[4] = {a, b, yes, no};
    int rank = 0;
    for (int i = 0; i < 4; i++)
        rank = MAX(rank, in[i]->shape.rank);
    for (int i = 0; i < 4; i++)
        in[i] = raise_rank(g, in[i], rank);
    return add_node(g, op, NULL, 4, in);
}

Node *make_reshape(Graph *g, Node *x, Shape shape)
{
    return same_shape(x->shape, shape) ? x : add_node(g, &op_reshape, &(Target){shape}, 1, &x);
}

Node *make_broadcast(Graph *g, Node *x, Shape shape)
{
    x = raise_rank(g, x, shape.rank);
    return same_shape(x->shape, shape) ? x : add_node(g, &op_broadcast, &(Target){shape}, 1, &x);
}

Node *make_reduce_sum(Graph *g, Node *x, unsigned axes)
{
    unsigned used = 0;
    for (int a = 0; a < x->shape.rank; a++)
        if (axes >> a & 1 && x->shape.dim[a] > 1)
            used |= 1u << a;
    return used ? add_node(g, &op_reduce_sum, &(Axes){(int)used}, 1, &x) : x;
}

Node *make_unbroadcast(Graph *g, Node *dy, Shape shape)
{
    unsigned axes = 0;
    int ones = dy->shape.rank - shape.rank;
    for (int a = 0; a < dy->shape.rank; a++)
        if (a < ones || shape.dim[a - ones] == 1)
            axes |= 1u << a;
    return make_reshape(g, make_reduce_sum(g, dy, axes), shape);
}

Node *make_per_channel(Graph *g, Node *v, int rank)
{
    Shape s = {rank, {1, 1, 1, 1}};
    s.dim[1] = v->shape.dim[0];
    return make_reshape(g, v, s);
}

int take_stream(Graph *g)
{
    return g->next_stream++;
}
