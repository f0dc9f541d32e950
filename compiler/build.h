/*
 * build: short names for making nodes, used by gradients, lowerings and optimisers. Binary
 * operators broadcast: where ranks differ, ones are put in front of the shorter shape.
 */
#ifndef BUILD_H
#define BUILD_H

#include "ir.h"

Node *make_constant(Graph *g, double value); /* shape () */
Node *make_unary(Graph *g, const OpDef *op, Node *x);
Node *make_binary(Graph *g, const OpDef *op, Node *a, Node *b);
Node *make_scaled(Graph *g, Node *x, double factor); /* factor * x */
Node *make_shifted(Graph *g, Node *x, double term);  /* x + term */
Node *make_where(Graph *g, const OpDef *op, Node *a, Node *b, Node *yes, Node *no);
Node *make_reshape(Graph *g, Node *x, Shape shape);
Node *make_broadcast(Graph *g, Node *x, Shape shape);
/* Sum over the axes in the bit mask; reduced axes stay with size 1. */
Node *make_reduce_sum(Graph *g, Node *x, unsigned axes);
/* The sum of dy over whatever axes `shape` was broadcast along, reshaped to `shape`. */
Node *make_unbroadcast(Graph *g, Node *dy, Shape shape);
/* (C) as (1, C, 1, 1): per-channel values beside a tensor of this rank. */
Node *make_per_channel(Graph *g, Node *v, int rank);
/* A stream number for counter-based random numbers, different for every call. */
int take_stream(Graph *g);

#define ADD(a, b) make_binary(g, &op_add, a, b)
#define SUB(a, b) make_binary(g, &op_sub, a, b)
#define MUL(a, b) make_binary(g, &op_mul, a, b)
#define DIV(a, b) make_binary(g, &op_div, a, b)
#define NEG(a) make_unary(g, &op_neg, a)

#endif
