/*
 * simplify: the small rewrites.
 *
 * Does: drops nodes nobody reads; computes constants; removes neutral operations (x * 1, x + 0,
 *       reshape to the same shape, reshape of a reshape); merges nodes that compute the same; knows
 *       sums that are zero by construction.
 * Requires: no composites.
 * Ensures: every node is reachable from an output; no two nodes are the same.
 */
#include "passes/pass.h"

#include "attrs.h"
#include "reference.h"
#include <string.h>

static bool is_constant(const Node *n, double *value)
{
    if (n->op != &op_constant)
        return false;
    *value = ATTRS_OF(n, Constant)->value;
    return true;
}

static Node *make_uniform(Graph *g, double value, Shape shape)
{
    return add_node(g, &op_constant, &(Constant){value, shape}, 0, NULL);
}

/* The value of a pointwise node whose inputs are all uniform. */
static Node *fold_constant(Graph *g, const Node *n)
{
    double x[4];
    if (n->op->kind != POINTWISE || n->n_in > 4 || n->op == &op_broadcast)
        return NULL;
    for (int i = 0; i < n->n_in; i++)
        if (!is_constant(n->in[i], &x[i]))
            return NULL;
    int taken;
    return make_uniform(g, n->op->apply(x, n->attrs, &(Branch){false, &taken}), n->shape);
}

/* x where op(x, neutral) = x; NULL otherwise. Never changes the shape. */
static Node *drop_neutral(const Node *n)
{
    const OpDef *op = n->op;
    double v;
    if (op == &op_mul || op == &op_add) {
        double neutral = op == &op_mul;
        for (int i = 0; i < 2; i++)
            if (is_constant(n->in[i], &v) && v == neutral &&
                same_shape(n->in[1 - i]->shape, n->shape))
                return n->in[1 - i];
    }
    if ((op == &op_sub || op == &op_div) && is_constant(n->in[1], &v) && v == (op == &op_div) &&
        same_shape(n->in[0]->shape, n->shape))
        return n->in[0];
    if (op == &op_stop_gradient)
        return n->in[0];
    return NULL;
}

static Node *simplify_reshape(Graph *g, const Node *n)
{
    if (n->op != &op_reshape && n->op != &op_broadcast)
        return NULL;
    if (same_shape(n->shape, n->in[0]->shape))
        return n->in[0];
    double v;
    if (is_constant(n->in[0], &v))
        return make_uniform(g, v, n->shape);
    if (n->in[0]->op == n->op)
        return add_node(g, n->op, &(Target){n->shape}, 1, n->in[0]->in);
    return NULL;
}

/* Pointwise operators broadcast by themselves: f(broadcast(x), y) = f(x, y) if the shape stays. */
static void see_through_broadcasts(Node *n)
{
    if (n->op->kind != POINTWISE || n->op == &op_broadcast)
        return;
    for (int i = 0; i < n->n_in; i++) {
        Node *kept = n->in[i];
        if (kept->op != &op_broadcast || kept->in[0]->shape.rank != n->shape.rank)
            continue;
        n->in[i] = kept->in[0];
        Shape all = n->in[0]->shape;
        for (int k = 1; k < n->n_in; k++)
            broadcast_shapes(all, n->in[k]->shape, &all);
        if (!same_shape(all, n->shape))
            n->in[i] = kept;
    }
}

/* ---- Common subexpressions ---- */

/* Nodes by what they compute: "op(inputs){attributes}", in an open hash table. */
typedef struct Table {
    Node **node;
    const char **key;
    unsigned mask;
} Table;

static Table new_table(Arena *arena, int n)
{
    unsigned size = 64;
    while (size < 4u * (unsigned)n)
        size *= 2;
    return (Table){NEW_ARRAY(arena, Node *, size), NEW_ARRAY(arena, const char *, size), size - 1};
}

static const char *key_of(Arena *arena, const Node *n)
{
    Buffer b = {0};
    print_to(&b, "%s(", n->op->name);
    for (int i = 0; i < n->n_in; i++)
        print_to(&b, "%d,", n->in[i]->id);
    for (int i = 0; i < n->op->n_attrs; i++) {
        print_to(&b, "|");
        print_attr(&b, &n->op->attrs[i], n->attrs);
    }
    char *key = copy_string(arena, b.text);
    free_buffer(&b);
    return key;
}

/* The place of the key: its node is there, or NULL where it may go. */
static unsigned find_place(const Table *t, const char *key)
{
    unsigned i = 2166136261u;
    for (const char *c = key; *c; c++)
        i = (i ^ (unsigned char)*c) * 16777619u;
    while (t->key[i & t->mask] && strcmp(t->key[i & t->mask], key))
        i++;
    return i & t->mask;
}

/* The node of g that computes what n does: an earlier one, or n itself, appended. */
static Node *merge_or_append(Graph *g, Table *t, const Node *n)
{
    if (n->op == &op_parameter || n->op == &op_input)
        return copy_node(g, n, n->in);
    const char *key = key_of(g->arena, n);
    unsigned place = find_place(t, key);
    if (!t->key[place]) {
        t->key[place] = key;
        t->node[place] = copy_node(g, n, n->in);
    }
    return t->node[place];
}

/* ---- The walk ---- */

static bool *find_live(const Graph *g)
{
    bool *live = NEW_ARRAY(g->arena, bool, g->n_nodes);
    for (int i = 0; i < g->n_outputs; i++) {
        live[g->outputs[i].value->id] = true;
        if (g->outputs[i].target)
            live[g->outputs[i].target->id] = true;
    }
    for (int i = g->n_nodes - 1; i >= 0; i--)
        for (int k = 0; live[i] && k < g->nodes[i]->n_in; k++)
            live[g->nodes[i]->in[k]->id] = true;
    return live;
}

/*
 * The gradient of a normalisation sums to zero in every channel. The sum is what the bias of a
 * convolution before it receives: exactly 0, and not the rounding errors of adding everything up.
 */
static Node *fold_centred_sum(Graph *g, const Node *n)
{
    if (n->op != &op_reduce_sum || !n->in[0]->is_centred)
        return NULL;
    Shape x = n->in[0]->shape;
    for (int a = 0; a < x.rank; a++)
        if ((a == 1) != (n->shape.dim[a] == x.dim[a]) && x.dim[a] > 1)
            return NULL;
    return make_uniform(g, 0, n->shape);
}

/* The simplest node of the new graph that has n's value, or NULL; n's inputs are mapped already. */
static Node *rewrite(Graph *g, const Node *n)
{
    Node *s = drop_neutral(n);
    if (!s)
        s = simplify_reshape(g, n);
    if (!s)
        s = fold_constant(g, n);
    if (!s)
        s = fold_centred_sum(g, n);
    return s;
}

static Graph *sweep(const Graph *old)
{
    Rebuild r = start_rebuild(old);
    bool *live = find_live(old);
    Table table = new_table(old->arena, 2 * old->n_nodes);
    for (int i = 0; i < old->n_nodes; i++) {
        if (!live[i])
            continue;
        Node mapped = *old->nodes[i];
        mapped.in = map_inputs(&r, &mapped);
        see_through_broadcasts(&mapped);
        r.graph->current = old->nodes[i];
        Node *simpler = rewrite(r.graph, &mapped);
        r.map[i] = simpler ? simpler : merge_or_append(r.graph, &table, &mapped);
    }
    return finish_rebuild(&r);
}

/* Rewrites leave new nodes and dead ones behind; sweep until the graph stops shrinking. */
Graph *simplify(Graph *g)
{
    for (int rounds = 0; rounds < 20; rounds++) {
        int before = g->n_nodes;
        Graph *next = sweep(g);
        bool done = next->n_nodes == before;
        g = next;
        if (done && rounds > 0)
            break;
    }
    return g;
}
