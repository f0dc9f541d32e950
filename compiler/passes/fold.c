/*
 * fold: in inference, a per-channel factor after a convolution moves into its weight.
 *
 * Does: conv2d(x, w) * s = conv2d(x, w * s) and matmul likewise, when s depends on parameters alone
 *       and varies only along the channels; the same through an added bias:
 *       (conv2d(x, w) + b) * s = conv2d(x, w * s) + b * s. So batch normalisation leaves one addition.
 * Requires: an INFER graph of primitives. (A TRAIN graph is returned as it is.)
 * Ensures: the products depend on parameters alone: they are computed once, by prepare().
 */
#include "passes/pass.h"

/* from_weights[id]: no data input under this node. */
static bool *find_weight_only(const Graph *g)
{
    bool *only = NEW_ARRAY(g->arena, bool, g->n_nodes);
    for (int i = 0; i < g->n_nodes; i++) {
        only[i] = g->nodes[i]->op == &op_parameter || g->nodes[i]->op == &op_constant;
        for (int k = 0; k < g->nodes[i]->n_in; k++)
            only[i] = (k == 0 || only[i]) && only[g->nodes[i]->in[k]->id];
    }
    return only;
}

/* (1, K) or (1, K, 1, 1): one value for each channel. */
static bool is_per_channel(const Node *s, int channels)
{
    return s->shape.rank >= 2 && s->shape.dim[1] == channels &&
           count_elements(s->shape) == channels;
}

static bool is_contraction(const Node *n)
{
    return n->op == &op_conv2d || n->op == &op_matmul;
}

/* contraction(x, w * s), s given along the channels of the result. */
static Node *scale_weight(Graph *g, const Node *n, Node *s)
{
    Shape along_filters = {n->in[1]->shape.rank, {s->shape.dim[1], 1, 1, 1}};
    Node *in[2] = {n->in[0], MUL(n->in[1], make_reshape(g, s, along_filters))};
    return add_node(g, n->op, n->attrs, 2, in);
}

/* The parts of n = contraction * s or (contraction + b) * s; false if it is neither. */
static bool match(const Node *n, const bool *only, const int *users, Node **contraction, Node **b,
                  Node **s)
{
    if (n->op != &op_mul)
        return false;
    for (int i = 0; i < 2; i++) {
        Node *x = n->in[i];
        *s = n->in[1 - i];
        *b = NULL;
        if (!only[(*s)->id] || users[x->id] != 1 || x->shape.rank < 2 ||
            !is_per_channel(*s, x->shape.dim[1]))
            continue;
        if (x->op == &op_add && only[x->in[1]->id] && is_contraction(x->in[0]) &&
            users[x->in[0]->id] == 1 && is_per_channel(x->in[1], x->shape.dim[1])) {
            *b = x->in[1];
            x = x->in[0];
        }
        *contraction = x;
        if (is_contraction(x))
            return true;
    }
    return false;
}

Graph *fold(Graph *old)
{
    if (old->mode != INFER)
        return old;
    old = simplify(old); /* so that reader counts are true */
    bool *only = find_weight_only(old);
    int *users = count_users(old);
    bool changed = false;
    Rebuild r = start_rebuild(old);
    Graph *g = r.graph;
    for (int i = 0; i < old->n_nodes; i++) {
        Node *contraction, *b, *s;
        g->current = old->nodes[i];
        if (!match(old->nodes[i], only, users, &contraction, &b, &s)) {
            carry_node(&r, old->nodes[i]);
            continue;
        }
        Node mapped = *contraction;
        mapped.in = map_inputs(&r, contraction);
        Node *factor = r.map[s->id];
        Node *scaled = scale_weight(g, &mapped, factor);
        r.map[i] = b ? ADD(scaled, MUL(r.map[b->id], factor)) : scaled;
        changed = true;
    }
    return changed ? finish_rebuild(&r) : old;
}
