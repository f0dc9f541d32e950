/*
 * flatten_inputs: a data input that is only ever flattened arrives flat.
 *
 * Does: gives an input image whose every reader is a flatten (or the same reshape to two dimensions)
 *       the shape (N, C * H * W), so that the loader writes it where the first layer reads it.
 * Requires: nothing; runs on the author's graph, so that both modes decide alike.
 * Ensures: the same values.
 */
#include "passes/pass.h"

#include "attrs.h"

/* The two-dimensional shape that all readers of n ask for, or rank 0. */
static Shape find_flat_shape(const Graph *g, const Node *n)
{
    Shape flat = {0};
    for (int i = 0; i < g->n_nodes; i++)
        for (int k = 0; k < g->nodes[i]->n_in; k++) {
            const Node *user = g->nodes[i];
            if (user->in[k] != n)
                continue;
            bool flattens = user->op == &op_flatten || user->op == &op_reshape;
            if (!flattens || user->shape.rank != 2 || user->shape.dim[0] != n->shape.dim[0])
                return (Shape){0};
            flat = user->shape;
        }
    for (int i = 0; i < g->n_outputs; i++)
        if (g->outputs[i].value == n)
            return (Shape){0};
    return flat;
}

Graph *flatten_inputs(Graph *old)
{
    Rebuild r = start_rebuild(old);
    bool changed = false;
    for (int i = 0; i < old->n_nodes; i++) {
        const Node *n = old->nodes[i];
        Shape flat = n->op == &op_input && n->shape.rank > 2 ? find_flat_shape(old, n) : (Shape){0};
        if (flat.rank == 2) {
            Input attrs = *ATTRS_OF(n, Input);
            attrs.shape = flat;
            r.graph->current = (Node *)n;
            r.map[i] = add_node(r.graph, &op_input, &attrs, 0, NULL);
            changed = true;
        } else {
            carry_node(&r, n);
        }
    }
    return changed ? finish_rebuild(&r) : old;
}
