/*
 * pack_weights, lay_out: where every tensor lives.
 *
 * Does: pack_weights marks the parameters that convolutions and linear layers read as weights, on the
 *       author's graph, so that training and inference agree. lay_out gives every node a layout:
 *       WEIGHT for weights, their gradients and whatever is computed from them point by point;
 *       STANDARD for the rest. Where a reader wants the other form, it puts in a relayout.
 * Requires: lay_out: a graph of primitives.
 * Ensures: every node has a layout; contractions read weights in WEIGHT form and all else in STANDARD;
 *          gradients and new states have the layout of what they belong to.
 */
#include "passes/pass.h"

#include "attrs.h"
#include "layout.h"

static const Layout *new_layout(Graph *g, int form, Shape shape)
{
    Layout *l = NEW(g->arena, Layout);
    *l = layout_of_form(form, shape, g->lanes);
    return l;
}

static bool reads_weight(const Node *n, int input)
{
    const OpDef *op = n->op;
    if (op == &op_flip_weight || op == &op_transpose)
        return true;
    return input == 1 &&
           (op == &op_linear || op->kind == CONV || op->kind == CONV_DX || op->kind == MATMUL);
}

Graph *pack_weights(Graph *old)
{
    Rebuild r = start_rebuild(old);
    for (int i = 0; i < old->n_nodes; i++)
        carry_node(&r, old->nodes[i]);
    Graph *g = finish_rebuild(&r);
    for (int i = 0; i < g->n_nodes; i++)
        if (g->nodes[i]->op == &op_parameter)
            g->nodes[i]->layout = new_layout(g, STANDARD, g->nodes[i]->shape);
    for (int i = 0; i < g->n_nodes; i++)
        for (int k = 0; k < g->nodes[i]->n_in; k++)
            if (g->nodes[i]->in[k]->op == &op_parameter && reads_weight(g->nodes[i], k))
                g->nodes[i]->in[k]->layout = new_layout(g, WEIGHT, g->nodes[i]->in[k]->shape);
    return g;
}

/* Made on the spot wherever it is read, so it has no place in memory to agree on. */
static bool is_placeless(const Node *n)
{
    return count_elements(n->shape) == 1 ||
           (n->op->kind == SOURCE && n->op != &op_parameter && n->op != &op_input);
}

static Node *in_form(Graph *g, Node *n, int form)
{
    if ((int)n->layout->form == form || is_placeless(n))
        return n;
    Node *copy = add_node(g, &op_relayout, &(Relayout){form}, 1, &n);
    copy->layout = new_layout(g, form, copy->shape);
    return copy;
}

/* Point by point, weights stay weights. */
static int pointwise_form(const Node *n)
{
    for (int k = 0; k < n->n_in; k++)
        if (n->in[k]->layout->form == WEIGHT && !is_placeless(n->in[k]))
            return WEIGHT;
    return STANDARD;
}

static int result_form(const Node *n)
{
    if (n->op->kind == CONV_DW || n->op->kind == MATMUL_DW || n->op == &op_flip_weight ||
        n->op == &op_transpose)
        return WEIGHT;
    return n->op->kind == POINTWISE ? pointwise_form(n) : STANDARD;
}

static int input_form(const Node *n, int k, int form)
{
    if (n->op->kind == POINTWISE)
        return form;
    if (n->op->kind == MOVEMENT && n->op != &op_flip_weight && n->op != &op_transpose)
        return (int)n->in[k]->layout->form; /* movements read any layout */
    return reads_weight(n, k) ? WEIGHT : STANDARD;
}

static void place(Rebuild *r, const Node *n)
{
    Graph *g = r->graph;
    Node mapped = *n;
    mapped.in = map_inputs(r, n);
    int form = result_form(&mapped);
    g->current = (Node *)n;
    for (int k = 0; k < n->n_in; k++)
        mapped.in[k] = in_form(g, mapped.in[k], input_form(&mapped, k, form));
    Node *placed = copy_node(g, &mapped, mapped.in);
    if (!placed->layout)
        placed->layout = new_layout(g, form, placed->shape);
    if (placed->layout->size > INT32_MAX)
        user_error(
            n,
            "the result %s takes %ld elements in memory, padding included; at most %d are possible",
            shape_text(g->arena, n->shape), placed->layout->size, INT32_MAX);
    r->map[n->id] = placed;
}

/* The node whose memory n shows through reshapes that need no copy. */
static const Node *behind_views(const Node *n)
{
    while ((n->op == &op_reshape || n->op == &op_relayout) &&
           is_alias(n->shape, n->layout, n->in[0]->shape, n->in[0]->layout))
        n = n->in[0];
    return n;
}

/*
 * An output has memory of its own to be written to. Where its value is memory already taken (a
 * parameter, an input, another output), a copy is made.
 */
static Node *own_memory(Graph *g, Node *value, bool *taken)
{
    const Node *root = behind_views(value);
    if (root->op->kind != SOURCE && !taken[root->id]) {
        taken[root->id] = true;
        return value;
    }
    Node *copy = add_node(g, &op_broadcast, &(Target){value->shape}, 1, &value);
    copy->layout = value->layout;
    return copy;
}

Graph *lay_out(Graph *old)
{
    Rebuild r = start_rebuild(old);
    for (int i = 0; i < old->n_nodes; i++)
        place(&r, old->nodes[i]);
    Graph *g = finish_rebuild(&r);
    bool *taken = NEW_ARRAY(g->arena, bool, 2 * g->n_nodes + 3 * g->n_outputs);
    for (int i = 0; i < g->n_outputs; i++) {
        Output *o = &g->outputs[i];
        g->current = o->value;
        o->value = in_form(g, o->value, o->target ? (int)o->target->layout->form : STANDARD);
        o->value = own_memory(g, o->value, taken);
    }
    g->current = NULL;
    return g;
}
