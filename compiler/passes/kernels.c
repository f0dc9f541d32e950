/*
 * kernels: the second half of fusion. Builds kernels from the decisions of where.c and merges loops
 * over the same domain.
 *
 * Does: one kernel for every stored node; loops that share a domain and what they read or compute are
 *       merged, so that one pass over memory serves them all.
 * Requires: decide_places().
 * Ensures: every stored node has one kernel; there is an order of kernels in which everything is
 *          stored before it is read.
 */
#include "passes/fusion.h"

#include <string.h>

/* ---- Making kernels ---- */

static bool is_stored(const Fusion *f, const Node *n)
{
    if (n->op->kind == SOURCE || f->is_view[n->id] || f->inlined[n->id])
        return false;
    Node *anchor = f->anchor[n->id];
    if (anchor && n->op->kind == REDUCTION)
        return true; /* a statistic beside the anchor's result */
    if (anchor)
        return f->tail[anchor->id] == n;
    return !f->tail[n->id] || f->tail[n->id] == n;
}

static bool is_loop_node(const Node *n)
{
    return n->op->kind == POINTWISE || n->op->kind == REDUCTION;
}

static void add_unique(Node **list, int *n, Node *node)
{
    for (int i = 0; i < *n; i++)
        if (list[i] == node)
            return;
    list[(*n)++] = node;
}

static bool has_node(Node *const *list, int n, const Node *node)
{
    for (int i = 0; i < n; i++)
        if (list[i] == node)
            return true;
    return false;
}

static void visit(Program *p, Kernel *k, Node *n)
{
    if (has_node(k->members, k->n_members, n))
        return;
    bool elsewhere = !is_generated(n) && (n->op->kind == SOURCE || p->root[n->id] != n ||
                                          (p->home[n->id] && p->home[n->id] != k));
    if (elsewhere) {
        add_unique(k->operands, &k->n_operands, n);
        return;
    }
    for (int i = 0; i < n->n_in; i++)
        visit(p, k, n->in[i]);
    k->members[k->n_members++] = n;
}

/* Members and operands of k, from its results. */
static void collect(Program *p, Kernel *k)
{
    if (!k->members) {
        k->members = NEW_ARRAY(p->arena, Node *, p->graph->n_nodes);
        k->operands = NEW_ARRAY(p->arena, Node *, p->graph->n_nodes);
    }
    k->n_members = k->n_operands = 0;
    for (int i = 0; i < k->n_results; i++)
        visit(p, k, k->results[i]);
}

/* The node whose shape a loop runs over: what a reduction reads, or the pointwise node itself. */
static const Node *domain_node(const Fusion *f, const Node *n)
{
    if (n->op->kind == POINTWISE && f->anchor[n->id])
        n = f->anchor[n->id]; /* finishes a reduction */
    return n->op->kind == REDUCTION ? n->in[0] : n;
}

static Kernel *new_kernel(Fusion *f, Node *n)
{
    Program *p = f->program;
    Kernel *k = NEW(p->arena, Kernel);
    Node *anchor = f->anchor[n->id] ? f->anchor[n->id] : n;
    k->phase = f->phase[n->id];
    k->lanes = p->graph->lanes;
    k->results = NEW_ARRAY(p->arena, Node *, p->graph->n_nodes);
    k->results[k->n_results++] = n;
    if (is_loop_node(anchor)) {
        const Node *d = domain_node(f, n);
        k->domain = d->shape;
        k->domain_layout = d->layout;
        k->window = f->window[anchor->id];
    } else {
        k->anchor = anchor;
        for (int i = 0; i < p->graph->n_nodes; i++)
            if (f->anchor[i] == anchor && p->graph->nodes[i]->op->kind == POOL)
                k->pool = p->graph->nodes[i];
    }
    return k;
}

static void make_kernels(Fusion *f)
{
    Program *p = f->program;
    p->kernels = NEW_ARRAY(p->arena, Kernel *, p->graph->n_nodes);
    for (int i = 0; i < p->graph->n_nodes; i++) {
        Node *n = p->graph->nodes[i];
        if (!is_stored(f, n))
            continue;
        Node *anchor = f->anchor[i];
        bool joins = anchor && n->op->kind == REDUCTION;
        Kernel *k = joins ? p->home[f->tail[anchor->id]->id] : new_kernel(f, n);
        if (joins)
            k->results[k->n_results++] = n;
        else
            p->kernels[p->n_kernels++] = k;
        p->home[i] = k;
    }
    for (int i = 0; i < p->n_kernels; i++)
        collect(p, p->kernels[i]);
}

/* ---- Merging loops ---- */

static bool reads(const Program *p, const Kernel *reader, const Kernel *writer)
{
    for (int i = 0; i < reader->n_operands; i++)
        if (p->home[p->root[reader->operands[i]->id]->id] == writer)
            return true;
    return false;
}

/* Does `to` depend on `from` through at least one kernel between them? */
static bool reaches_through(const Program *p, const Kernel *from, const Kernel *to, bool *seen)
{
    for (int i = 0; i < to->n_operands; i++) {
        const Kernel *k = p->home[p->root[to->operands[i]->id]->id];
        if (!k || k == from || seen[k->id])
            continue;
        seen[k->id] = true;
        if (reads(p, k, from) || reaches_through(p, from, k, seen))
            return true;
    }
    return false;
}

enum { MOST_SUMS = 8, MOST_OPERANDS = 24 }; /* more would not stay in registers */

static int count_reductions(const Kernel *k)
{
    int n = 0;
    for (int i = 0; i < k->n_members; i++)
        n += k->members[i]->op->kind == REDUCTION;
    return n;
}

/* The later loop may read what the earlier stores point by point, but not its sums. */
static bool reads_unfinished(const Program *p, const Kernel *first, const Kernel *second)
{
    for (int i = 0; i < second->n_operands; i++) {
        const Node *n = second->operands[i];
        if (p->home[p->root[n->id]->id] != first)
            continue;
        bool point_by_point =
            p->root[n->id] == n && n->op->kind == POINTWISE && same_shape(n->shape, first->domain);
        if (!point_by_point)
            return true;
    }
    return false;
}

/* Both read, or one reads what the other computes, some tensor of the domain's size. */
static bool share_traffic(const Program *p, const Kernel *a, const Kernel *b)
{
    if (reads(p, b, a))
        return true;
    for (int i = 0; i < a->n_operands; i++)
        if (same_shape(a->operands[i]->shape, a->domain) &&
            has_node(b->operands, b->n_operands, a->operands[i]))
            return true;
    return false;
}

static const Node *first_reduction(const Kernel *k)
{
    for (int i = 0; i < k->n_members; i++)
        if (k->members[i]->op->kind == REDUCTION)
            return k->members[i];
    return NULL;
}

/* All sums of one loop have one shape. */
static bool sums_agree(const Kernel *a, const Kernel *b)
{
    const Node *x = first_reduction(a), *y = first_reduction(b);
    return !x || !y ||
           (same_shape(x->shape, y->shape) &&
            count_reductions(a) + count_reductions(b) <= MOST_SUMS);
}

static bool may_merge(const Fusion *f, const Kernel *a, const Kernel *b)
{
    const Program *p = f->program;
    if (a->anchor || b->anchor || a->phase != b->phase || !same_shape(a->domain, b->domain) ||
        a->domain_layout->form != b->domain_layout->form)
        return false;
    if (a->window && b->window && a->window != b->window)
        return false;
    if (!sums_agree(a, b) || a->n_operands + b->n_operands > MOST_OPERANDS)
        return false;
    if (!share_traffic(p, a, b) || reads_unfinished(p, a, b) || reads(p, a, b))
        return false;
    memset(f->seen, 0, sizeof *f->seen * (size_t)p->n_kernels);
    if (reaches_through(p, a, b, f->seen))
        return false;
    memset(f->seen, 0, sizeof *f->seen * (size_t)p->n_kernels);
    return !reaches_through(p, b, a, f->seen);
}

static void number_kernels(Program *p)
{
    for (int i = 0; i < p->n_kernels; i++)
        p->kernels[i]->id = i;
}

static void merge(Fusion *f, int into, int from)
{
    Program *p = f->program;
    Kernel *a = p->kernels[into], *b = p->kernels[from];
    for (int i = 0; i < b->n_results; i++) {
        a->results[a->n_results++] = b->results[i];
        p->home[b->results[i]->id] = a;
    }
    if (b->window)
        a->window = b->window;
    memmove(&p->kernels[from], &p->kernels[from + 1],
            sizeof(Kernel *) * (size_t)(p->n_kernels - from - 1));
    p->n_kernels--;
    number_kernels(p);
    collect(p, a);
}

/* Every loop takes in what later loops it can; true if any did. */
static bool merge_loops(Fusion *f)
{
    Program *p = f->program;
    bool any = false;
    for (int i = 0; i < p->n_kernels; i++)
        for (int j = i + 1; j < p->n_kernels; j++)
            if (may_merge(f, p->kernels[i], p->kernels[j])) {
                merge(f, i, j);
                any = true;
                j = i;
            }
    return any;
}

static bool is_read_elsewhere(const Fusion *f, const Kernel *k, const Node *n)
{
    const Program *p = f->program;
    for (int i = 0; i < p->n_kernels; i++)
        for (int j = 0; p->kernels[i] != k && j < p->kernels[i]->n_operands; j++)
            if (p->root[p->kernels[i]->operands[j]->id] == n)
                return true;
    return f->is_output[n->id];
}

/* After merging, some results are read by nobody but their own kernel: they need no memory. */
static void drop_private_results(Fusion *f, Kernel *k)
{
    int kept = 0;
    for (int i = 0; i < k->n_results; i++) {
        Node *n = k->results[i];
        if (k->anchor || n->op->kind != POINTWISE || is_read_elsewhere(f, k, n))
            k->results[kept++] = n;
        else
            f->program->home[n->id] = NULL;
    }
    k->n_results = kept;
    collect(f->program, k);
}

void build_kernels(Fusion *f)
{
    make_kernels(f);
    number_kernels(f->program);
    while (f->on && merge_loops(f))
        ;
    for (int i = 0; f->on && i < f->program->n_kernels; i++)
        drop_private_results(f, f->program->kernels[i]);
    number_kernels(f->program);
}

bool is_inlined(const Program *p, const Node *n)
{
    return !p->home[n->id] && p->root[n->id] == n && n->op->kind != SOURCE;
}

Program *fuse(Graph *g, bool is_fused)
{
    Arena *a = g->arena;
    int n = g->n_nodes;
    Program *p = NEW(a, Program);
    *p = (Program){.arena = a,
                   .graph = g,
                   .home = NEW_ARRAY(a, Kernel *, n),
                   .root = NEW_ARRAY(a, const Node *, n)};
    Fusion f = {.program = p,
                .graph = g,
                .on = is_fused,
                .users = NEW_ARRAY(a, Node **, n),
                .n_users = NEW_ARRAY(a, int, n),
                .is_output = NEW_ARRAY(a, bool, n),
                .is_view = NEW_ARRAY(a, bool, n),
                .inlined = NEW_ARRAY(a, bool, n),
                .anchor = NEW_ARRAY(a, Node *, n),
                .tail = NEW_ARRAY(a, Node *, n),
                .window = NEW_ARRAY(a, Node *, n),
                .phase = NEW_ARRAY(a, pg_phase, n),
                .seen = NEW_ARRAY(a, bool, n)};
    decide_places(&f);
    build_kernels(&f);
    return p;
}
