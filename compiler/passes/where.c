/*
 * where: the first half of fusion. For every node: is it computed by a kernel of its own, absorbed
 * into the kernel of an anchor, or recomputed in each of its readers?
 *
 * Does: 1. a chain of pointwise nodes after an anchor, each the only reader of the one before, is
 *          absorbed into the anchor's kernel; in inference a pooling after a convolution too;
 *       2. channel statistics of what a convolution stores join its kernel;
 *       3. a pointwise node is recomputed in its readers, if all of them can (pointwise, reductions,
 *          windows) and it is cheap or has one reader;
 *       4. the gradient of a pooling with disjoint windows is recomputed likewise: its readers' loops
 *          walk window by window.
 * Requires: a laid-out graph of primitives.
 * Ensures: whatever a contraction, a row operator or a movement reads is stored.
 */
#include "passes/fusion.h"

#include "attrs.h"
#include "layout.h"
#include "passes/pass.h"

bool is_generated(const Node *n)
{
    return n->op->kind == SOURCE && n->op != &op_parameter && n->op != &op_input;
}

/* ---- Facts about the graph ---- */

static void list_users(Fusion *f)
{
    Graph *g = f->graph;
    int *count = count_users(g);
    for (int i = 0; i < g->n_nodes; i++)
        f->users[i] = NEW_ARRAY(g->arena, Node *, count[i]);
    for (int i = 0; i < g->n_nodes; i++)
        for (int k = 0; k < g->nodes[i]->n_in; k++) {
            int id = g->nodes[i]->in[k]->id;
            if (f->n_users[id] == 0 || f->users[id][f->n_users[id] - 1] != g->nodes[i])
                f->users[id][f->n_users[id]++] = g->nodes[i];
        }
}

static void find_views(Fusion *f)
{
    Graph *g = f->graph;
    for (int i = 0; i < g->n_nodes; i++) {
        Node *n = g->nodes[i];
        const Node *from = n->n_in ? n->in[0] : NULL;
        f->is_view[i] = (n->op == &op_reshape || n->op == &op_relayout) && !is_generated(from) &&
                        is_alias(n->shape, n->layout, from->shape, from->layout);
        f->program->root[i] = f->is_view[i] ? f->program->root[from->id] : n;
    }
    for (int i = 0; i < g->n_outputs; i++)
        f->is_output[f->program->root[g->outputs[i].value->id]->id] = true;
}

/* A training node belongs to the first phase that needs it; so do all nodes under it. */
static void find_phases(Fusion *f)
{
    Graph *g = f->graph;
    for (int i = 0; i < g->n_nodes; i++)
        f->phase[i] = PG_UPDATE;
    for (int i = 0; i < g->n_outputs; i++) {
        const Output *o = &g->outputs[i];
        pg_phase phase = o->kind == OUT_GRADIENT ? PG_BACKWARD
                         : o->kind == OUT_STATE  ? PG_UPDATE
                                                 : PG_FORWARD;
        f->phase[o->value->id] = MIN(f->phase[o->value->id], phase);
    }
    for (int i = g->n_nodes - 1; i >= 0; i--)
        for (int k = 0; k < g->nodes[i]->n_in; k++)
            f->phase[g->nodes[i]->in[k]->id] = MIN(f->phase[g->nodes[i]->in[k]->id], f->phase[i]);
}

/* An inference node is computed once, by prepare(), if only weights lie under it. */
static void find_prepared(Fusion *f)
{
    Graph *g = f->graph;
    for (int i = 0; i < g->n_nodes; i++) {
        const Node *n = g->nodes[i];
        bool weights = n->op == &op_parameter || n->op == &op_constant || n->n_in > 0;
        for (int k = 0; k < n->n_in; k++)
            weights &= f->phase[n->in[k]->id] == PG_PREPARE;
        f->phase[i] = weights ? PG_PREPARE : PG_INFER;
    }
}

/* ---- 1, 2: what joins an anchor's kernel ---- */

static bool takes_epilogue(const Node *n)
{
    if (n->op->kind == CONV)
        return ATTRS_OF(n, Conv2d)->groups == 1;
    return n->op->kind == MATMUL || n->op->kind == POOL || n->op->kind == REDUCTION;
}

static bool disjoint_windows(const Node *n)
{
    const Pool2d *a = ATTRS_OF(n, Pool2d);
    int sh = a->stride.h ? a->stride.h : a->kernel.h, sw = a->stride.w ? a->stride.w : a->kernel.w;
    return sh == a->kernel.h && sw == a->kernel.w && a->pad.h == 0 && a->pad.w == 0;
}

/* May `next`, the only reader of `last`, be computed while the anchor's result is at hand? */
static bool may_absorb(const Fusion *f, const Node *anchor, const Node *last, const Node *next)
{
    if (f->phase[next->id] != f->phase[anchor->id] || f->is_view[next->id])
        return false;
    if (next->op->kind == POINTWISE)
        return same_shape(next->shape, last->shape) && next->layout->form == last->layout->form;
    return next->op->kind == POOL && f->graph->mode == INFER && anchor->op->kind == CONV &&
           last->layout->block[1] > 1 && disjoint_windows(next) && !f->tail[anchor->id];
}

static void absorb_chain(Fusion *f, Node *anchor)
{
    Node *last = anchor;
    while (f->n_users[last->id] == 1 && !f->is_output[last->id]) {
        Node *next = f->users[last->id][0];
        if (f->anchor[next->id] || !may_absorb(f, anchor, last, next))
            break;
        f->anchor[next->id] = anchor;
        if (next->op->kind == POOL)
            f->tail[anchor->id] = next; /* one pooling at the most */
        last = next;
    }
    f->tail[anchor->id] = last;
}

static void absorb_statistics(Fusion *f, Node *anchor)
{
    Node *last = f->tail[anchor->id];
    for (int i = 0; i < f->n_users[last->id]; i++) {
        Node *user = f->users[last->id][i];
        bool is_statistic = user->op == &op_channel_mean || user->op == &op_channel_variance;
        if (is_statistic && f->phase[user->id] == f->phase[anchor->id])
            f->anchor[user->id] = anchor;
    }
}

/* ---- 3, 4: what is recomputed by its readers ---- */

/* Operations per element of n if everything pointwise under it is recomputed with it. */
static double *find_costs(const Fusion *f)
{
    Graph *g = f->graph;
    double *cost = NEW_ARRAY(g->arena, double, g->n_nodes);
    for (int i = 0; i < g->n_nodes; i++) {
        const Node *n = g->nodes[i];
        cost[i] = n->op->cost;
        for (int k = 0; n->op->kind == POINTWISE && k < n->n_in; k++) {
            const Node *in = n->in[k];
            if (in->op->kind == POINTWISE &&
                4 * count_elements(in->shape) >= count_elements(n->shape))
                cost[i] += cost[in->id];
        }
    }
    return cost;
}

/* window[n]: the pooling gradient that n would drag into its readers' loops. */
static void find_windows(Fusion *f)
{
    Graph *g = f->graph;
    for (int i = 0; i < g->n_nodes; i++) {
        Node *n = g->nodes[i];
        if (n->op->kind == POOL_GRAD && disjoint_windows(n) && n->layout->block[1] > 1)
            f->window[i] = n;
        for (int k = 0; n->op->kind == POINTWISE && k < n->n_in; k++) {
            Node *in = n->in[k];
            if (f->window[in->id] && same_shape(in->shape, n->shape) && !f->window[i])
                f->window[i] = f->window[in->id];
        }
    }
}

/* Can `user` compute n where it reads it? */
static bool takes_inline(const Fusion *f, const Node *n, const Node *user)
{
    if (f->is_view[user->id] || f->is_output[f->program->root[n->id]->id])
        return false;
    if (f->phase[n->id] == PG_PREPARE && f->phase[user->id] != PG_PREPARE)
        return false;
    bool is_loop = (user->op->kind == POINTWISE || user->op->kind == REDUCTION) &&
                   !(f->anchor[user->id] && f->anchor[user->id]->op->kind != REDUCTION);
    if (f->window[n->id])
        return is_loop &&
               same_shape(user->op->kind == REDUCTION ? n->shape : user->shape, n->shape) &&
               (!f->window[user->id] || f->window[user->id] == f->window[n->id]);
    bool is_statistic = user->op->kind == REDUCTION && f->anchor[user->id];
    return user->op->kind == POINTWISE || (user->op->kind == REDUCTION && !is_statistic) ||
           user->op->kind == POOL || (user->op->kind == POOL_GRAD && f->inlined[user->id]);
}

static bool should_inline(const Fusion *f, const Node *n, const double *cost)
{
    bool pointwise = n->op->kind == POINTWISE && !f->anchor[n->id];
    bool windowed = n->op->kind == POOL_GRAD && f->window[n->id] == n;
    if (!(pointwise || windowed) || f->n_users[n->id] == 0 || f->is_output[n->id])
        return false;
    if (f->n_users[n->id] > 1 && cost[n->id] > CHEAP)
        return false;
    for (int i = 0; i < f->n_users[n->id]; i++)
        if (!takes_inline(f, n, f->users[n->id][i]))
            return false;
    return true;
}

/* Once n is stored, its readers no longer depend on the windows under it. */
static void settle_windows(Fusion *f)
{
    Graph *g = f->graph;
    for (int i = 0; i < g->n_nodes; i++) {
        Node *n = g->nodes[i];
        if (n->op->kind == POOL_GRAD) {
            f->window[i] = f->inlined[i] ? n : NULL;
            continue;
        }
        f->window[i] = NULL;
        for (int k = 0; k < n->n_in; k++) {
            Node *in = n->in[k];
            bool passes = n->op->kind == POINTWISE || n->op->kind == REDUCTION;
            if (passes && f->inlined[in->id] && f->window[in->id])
                f->window[i] = f->window[in->id];
        }
    }
}

void decide_places(Fusion *f)
{
    Graph *g = f->graph;
    list_users(f);
    find_views(f);
    if (g->mode == TRAIN)
        find_phases(f);
    else
        find_prepared(f);
    for (int i = 0; i < g->n_nodes; i++)
        f->tail[i] = NULL;
    if (!f->on)
        return;
    for (int i = 0; i < g->n_nodes; i++)
        if (takes_epilogue(g->nodes[i]) && !f->anchor[i])
            absorb_chain(f, g->nodes[i]);
    for (int i = 0; i < g->n_nodes; i++)
        if (g->nodes[i]->op->kind == CONV && f->tail[i] && f->tail[i]->layout->block[1] > 1)
            absorb_statistics(f, g->nodes[i]);
    double *cost = find_costs(f);
    find_windows(f);
    for (int i = g->n_nodes - 1; i >= 0; i--)
        f->inlined[i] = should_inline(f, g->nodes[i], cost);
    settle_windows(f);
}
