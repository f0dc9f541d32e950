/*
 * lower, expand: composites become other operators.
 *
 * Does: calls the operator's `lower` (before differentiation) or `expand` (after it), again and again
 *       on what comes out, until nothing composite of that kind is left.
 * Requires: mode and batch of the graph are set.
 * Ensures: after lower, every node on the way to the loss has a gradient rule or needs none; after
 *          expand, no COMPOSITE is left. States that a lowering updates are outputs of the graph.
 */
#include "passes/pass.h"

typedef Node *(*Rule)(Graph *g, Node *n);

static Rule lower_rule(const OpDef *op)
{
    return op->lower;
}

static Rule expand_rule(const OpDef *op)
{
    return op->expand;
}

/*
 * Rebuilds g with every rule applied once. A rule appends its nodes to the new graph; if one of
 * them has a rule too, another round follows.
 */
static Graph *round_of(const Graph *g, Rule (*rule_of)(const OpDef *), bool *changed)
{
    Rebuild r = start_rebuild(g);
    *changed = false;
    for (int i = 0; i < g->n_nodes; i++) {
        Node *n = g->nodes[i];
        Rule rule = rule_of(n->op);
        Node *lowered = NULL;
        if (rule) {
            Node mapped = *n;
            mapped.in = map_inputs(&r, n);
            r.graph->current = n;
            lowered = rule(r.graph, &mapped);
        }
        if (lowered) {
            if (!same_shape(lowered->shape, n->shape))
                bug("%s lowers to another shape", n->op->name);
            r.map[i] = lowered;
            *changed = true;
        } else {
            carry_node(&r, n);
        }
    }
    return finish_rebuild(&r);
}

static Graph *until_done(Graph *g, Rule (*rule_of)(const OpDef *))
{
    bool changed = true;
    for (int rounds = 0; changed; rounds++) {
        Graph *next = round_of(g, rule_of, &changed);
        if (changed)
            g = next;
        if (rounds > 50)
            bug("lowering does not end");
    }
    return g;
}

Graph *lower(Graph *g)
{
    return until_done(g, lower_rule);
}

Graph *expand(Graph *g)
{
    return until_done(g, expand_rule);
}
