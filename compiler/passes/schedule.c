/*
 * schedule: the order in which kernels run.
 *
 * Does: phase by phase (forward, backward, update; or prepare, infer), runs next the kernel that
 *       frees most and allocates least, so that weight gradients and last readers come early; keeps
 *       the plain order of the graph if that peaks lower.
 * Requires: fuse().
 * Ensures: every kernel comes after the kernels whose results it reads; kernel ids are the order.
 */
#include "program.h"

#include <string.h>

typedef struct Ready {
    Program *p;
    bool *done;
    int *readers_left; /* by root node */
} Ready;

static Kernel *writer_of(const Program *p, const Node *n)
{
    return p->home[p->root[n->id]->id];
}

static bool is_ready(const Ready *r, const Kernel *k)
{
    for (int i = 0; i < k->n_operands; i++) {
        const Kernel *w = writer_of(r->p, k->operands[i]);
        if (w && !r->done[w->id])
            return false;
    }
    return true;
}

/* Bytes live after the kernel minus bytes live before. */
static long growth(const Ready *r, const Kernel *k)
{
    long change = 0;
    for (int i = 0; i < k->n_results; i++)
        change += r->readers_left[k->results[i]->id] ? k->results[i]->layout->size : 0;
    for (int i = 0; i < k->n_operands; i++) {
        const Node *root = r->p->root[k->operands[i]->id];
        if (r->p->home[root->id] && r->readers_left[root->id] == 1)
            change -= root->layout->size;
    }
    return change;
}

static int *count_readers(const Program *p)
{
    int *n = NEW_ARRAY(p->arena, int, p->graph->n_nodes);
    for (int i = 0; i < p->n_kernels; i++)
        for (int j = 0; j < p->kernels[i]->n_operands; j++)
            n[p->root[p->kernels[i]->operands[j]->id]->id]++;
    return n;
}

static void finish(Ready *r, const Kernel *k)
{
    r->done[k->id] = true;
    for (int i = 0; i < k->n_operands; i++)
        r->readers_left[r->p->root[k->operands[i]->id]->id]--;
}

static int first_node(const Kernel *k)
{
    return k->results[0]->id;
}

/* Ready kernels of the earliest open phase, by growth (if greedy), then in the graph's order. */
static Kernel *pick(const Ready *r, bool greedy)
{
    Kernel *best = NULL;
    long best_growth = 0;
    for (int i = 0; i < r->p->n_kernels; i++) {
        Kernel *k = r->p->kernels[i];
        if (r->done[k->id] || !is_ready(r, k) || (best && k->phase > best->phase))
            continue;
        long g = greedy ? growth(r, k) : 0;
        if (!best || k->phase < best->phase || g < best_growth ||
            (g == best_growth && first_node(k) < first_node(best))) {
            best = k;
            best_growth = g;
        }
    }
    if (!best)
        bug("kernels wait for each other");
    return best;
}

static Kernel **order_kernels(Program *p, bool greedy, long *peak)
{
    Kernel **order = NEW_ARRAY(p->arena, Kernel *, p->n_kernels);
    Ready r = {p, NEW_ARRAY(p->arena, bool, p->n_kernels), count_readers(p)};
    long live = 0;
    *peak = 0;
    for (int i = 0; i < p->n_kernels; i++) {
        Kernel *k = pick(&r, greedy);
        long results = k->scratch;
        for (int j = 0; j < k->n_results; j++)
            results += k->results[j]->layout->size;
        *peak = MAX(*peak, live + results);
        live += growth(&r, k);
        finish(&r, k);
        order[i] = k;
    }
    return order;
}

void schedule(Program *p)
{
    long peak[2];
    Kernel **plain = order_kernels(p, false, &peak[0]);
    Kernel **greedy = order_kernels(p, true, &peak[1]);
    memcpy(p->kernels, peak[1] < peak[0] ? greedy : plain, sizeof(Kernel *) * (size_t)p->n_kernels);
    for (int i = 0; i < p->n_kernels; i++)
        p->kernels[i]->id = i;
}
