/*
 * verify: what every pass may rely on. Run by the driver after each pass; a violation is our bug.
 */
#include "ir.h"

static void verify_node(const Graph *g, const Node *n, int id, const char *after)
{
    if (n->id != id)
        bug("after %s: node %%%d stands at place %d", after, n->id, id);
    for (int i = 0; i < n->n_in; i++)
        if (n->in[i]->id >= id || g->nodes[n->in[i]->id] != n->in[i])
            bug("after %s: %%%d (%s) reads %%%d, which is not before it", after, id, n->op->name,
                n->in[i]->id);
    Shape fresh = n->op->infer(n);
    if (!same_shape(fresh, n->shape))
        bug("after %s: %%%d (%s) has shape %s, inference says %s", after, id, n->op->name,
            shape_text(g->arena, n->shape), shape_text(g->arena, fresh));
}

void verify_graph(const Graph *g, const char *after)
{
    for (int i = 0; i < g->n_nodes; i++)
        verify_node(g, g->nodes[i], i, after);
    for (int i = 0; i < g->n_outputs; i++) {
        const Output *o = &g->outputs[i];
        if (g->nodes[o->value->id] != o->value ||
            (o->target && g->nodes[o->target->id] != o->target))
            bug("after %s: output %s is not in the graph", after, o->name);
        if (o->kind == OUT_GRADIENT && !same_shape(o->value->shape, o->target->shape))
            bug("after %s: gradient %s has shape %s, its parameter %s", after, o->name,
                shape_text(g->arena, o->value->shape), shape_text(g->arena, o->target->shape));
    }
}
