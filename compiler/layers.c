/*
 * layers: the author's graph as rows; see layers.h.
 */
#include "layers.h"
#include "program.h"

#include "attrs.h"
#include "passes/pass.h"

bool is_number(const Node *n)
{
    if (n->op == &op_constant)
        return true;
    for (int i = 0; i < n->n_in; i++)
        if (!is_number(n->in[i]))
            return false;
    return n->n_in > 0 && n->op->kind == MOVEMENT;
}

/* ---- Work of one layer: lower a graph that holds nothing else ---- */

/* Takes the place of input i: a parameter stays one, anything else arrives as data. */
static Node *stand_in(Graph *g, const Node *n, int i)
{
    if (n->op == &op_parameter || n->op == &op_constant)
        return copy_node(g, n, NULL);
    g->current = &(Node){.name = n->name, .loc = n->loc};
    Node *input = add_node(g, &op_input, &(Input){i, "image", n->shape}, 0, NULL);
    g->current = NULL;
    return input;
}

/* n alone, its result the only output that is left. */
static Graph *isolate(const Graph *author, const Node *n)
{
    Graph *g = new_graph(author->arena, TRAIN, author->batch);
    Node **in = NEW_ARRAY(g->arena, Node *, n->n_in);
    for (int i = 0; i < n->n_in; i++)
        for (int j = 0; j <= i && !in[i]; j++)
            in[i] = j < i ? (n->in[j] == n->in[i] ? in[j] : NULL) : stand_in(g, n->in[i], i);
    add_output(g, OUT_TENSOR, "y", copy_node(g, n, in), NULL);
    g = expand(lower(g));
    for (int i = g->n_outputs - 1; i >= 0; i--) /* running statistics belong to the update */
        if (g->outputs[i].kind != OUT_TENSOR)
            g->outputs[i] = g->outputs[--g->n_outputs];
    return simplify(g);
}

static double layer_flops(const Graph *author, const Node *n)
{
    double flops = 0;
    if (n->op->kind == SOURCE)
        return 0;
    Graph *g = isolate(author, n);
    for (int i = 0; i < g->n_nodes; i++)
        flops += node_flops(g->nodes[i]);
    return flops;
}

/* ---- Layers ---- */

static const char *name_of(const Graph *g, const Node *n)
{
    for (int i = 0; i < g->n_outputs && !n->name; i++)
        if (g->outputs[i].value == n)
            return g->outputs[i].name;
    return n->name;
}

static bool is_owned(const Node *n, int i)
{
    return n->in[i]->op == &op_parameter && n->op->n_params > 0;
}

static void count_owned(LayerRow *row, bool *counted)
{
    const Node *n = row->node;
    for (int i = 0; i < n->n_in; i++) {
        if (!is_owned(n, i) || !ATTRS_OF(n->in[i], Parameter)->trained)
            continue;
        row->shares |= counted[n->in[i]->id];
        row->parameters += counted[n->in[i]->id] ? 0 : count_elements(n->in[i]->shape);
        counted[n->in[i]->id] = true;
    }
}

Layers list_layers(const Graph *g)
{
    bool *counted = NEW_ARRAY(g->arena, bool, g->n_nodes);
    Layers l = {.row = NEW_ARRAY(g->arena, LayerRow, g->n_nodes)};
    for (int i = 0; i < g->n_nodes; i++) {
        const Node *n = g->nodes[i];
        if (n->op == &op_parameter) {
            bool trained = ATTRS_OF(n, Parameter)->trained;
            *(trained ? &l.parameters : &l.states) += count_elements(n->shape);
        }
        if (n->op == &op_parameter || is_number(n))
            continue;
        LayerRow *row = &l.row[l.n++];
        *row = (LayerRow){.node = n, .name = name_of(g, n), .flops = layer_flops(g, n)};
        count_owned(row, counted);
        l.flops += row->flops;
    }
    return l;
}
