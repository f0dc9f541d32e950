/*
 * differentiate: reverse-mode gradient, as more graph.
 *
 * Does: walks from the loss backwards, asks every operator for the gradients of its inputs, adds up
 *       where a value is used more than once, and makes the gradient of each trained parameter an
 *       output.
 * Requires: a TRAIN graph with one scalar OUT_LOSS; lowered.
 * Ensures: one OUT_GRADIENT for each trained parameter, of the parameter's shape. An INFER graph is
 *          returned as it is.
 */
#include "passes/pass.h"

#include "attrs.h"

static const Output *find_loss(const Graph *g)
{
    for (int i = 0; i < g->n_outputs; i++)
        if (g->outputs[i].kind == OUT_LOSS)
            return &g->outputs[i];
    bug("a training graph without a loss");
}

static bool is_trained(const Node *n)
{
    return n->op == &op_parameter && ATTRS_OF(n, Parameter)->trained;
}

/* needs[id]: a trained parameter lies under this node, so its gradient is wanted. */
static bool *find_needs(const Graph *g)
{
    bool *needs = NEW_ARRAY(g->arena, bool, g->n_nodes);
    for (int i = 0; i < g->n_nodes; i++) {
        const Node *n = g->nodes[i];
        needs[i] = is_trained(n);
        for (int k = 0; k < n->n_in && n->op != &op_stop_gradient; k++)
            needs[i] |= needs[n->in[k]->id];
    }
    return needs;
}

static void add_gradient(Graph *g, Node **gradient, const Node *n, Node *term)
{
    Node *sum = gradient[n->id];
    if (!same_shape(term->shape, n->shape))
        bug("gradient of %s has shape %s, the value has %s", n->op->name,
            shape_text(g->arena, term->shape), shape_text(g->arena, n->shape));
    gradient[n->id] = sum ? ADD(sum, term) : term;
}

static void back_through(Graph *g, Node *n, const bool *needs, Node **gradient)
{
    Node **dx = NEW_ARRAY(g->arena, Node *, n->n_in);
    g->current = n;
    if (!n->op->grad)
        return; /* argmax and the like: constant almost everywhere */
    n->op->grad(g, n, gradient[n->id], dx);
    for (int k = 0; k < n->n_in; k++)
        if (dx[k] && needs[n->in[k]->id])
            add_gradient(g, gradient, n->in[k], dx[k]);
}

static void give_outputs(Graph *g, int n_forward, Node **gradient)
{
    for (int i = 0; i < n_forward; i++) {
        Node *n = g->nodes[i];
        if (!is_trained(n))
            continue;
        if (!gradient[i])
            error_at(n->loc, "model",
                     "parameter %s has no gradient: the loss does not depend on it", n->name);
        add_output(g, OUT_GRADIENT, n->name, gradient[i], n);
    }
}

Graph *differentiate(Graph *old)
{
    if (old->mode != TRAIN)
        return old;
    Rebuild r = start_rebuild(old);
    for (int i = 0; i < old->n_nodes; i++)
        carry_node(&r, old->nodes[i]);
    Graph *g = finish_rebuild(&r);
    int n_forward = g->n_nodes;
    bool *needs = find_needs(g);
    Node **gradient = NEW_ARRAY(g->arena, Node *, n_forward);
    Node *loss = find_loss(g)->value;
    g->current = loss;
    gradient[loss->id] = make_constant(g, 1);
    for (int i = loss->id; i >= 0; i--)
        if (gradient[i] && needs[i] && g->nodes[i]->n_in > 0)
            back_through(g, g->nodes[i], needs, gradient);
    give_outputs(g, n_forward, gradient);
    g->current = NULL;
    return g;
}
