/*
 * plan_memory: a place for every stored tensor.
 *
 * Does: parameters, gradients, inputs and scalars have regions of their own; what inference derives
 *       from the weights is kept apart from activations. Everything else shares one arena: a tensor
 *       occupies it from the kernel that stores it to the last that reads it. A loop's result takes
 *       over the memory of an operand that dies there and is read at the same point. Several packings
 *       are tried (first fit in different orders), the lowest is kept.
 * Requires: schedule().
 * Ensures: no two tensors that are live at the same time overlap. lower_bound = the largest sum of
 *          live elements over all kernels: no packing can be smaller.
 */
#include "attrs.h"
#include "program.h"

#include <stdlib.h>
#include <string.h>

/* ---- Parameters ---- */

static bool is_trained(const Node *n)
{
    return ATTRS_OF(n, Parameter)->trained;
}

/* Weight decay is for weights, not for biases or batchnorm's scales. */
static bool is_decayed(const Node *n)
{
    return is_trained(n) && n->shape.rank >= 2;
}

static void add_parameters(ParameterTable *t, const Graph *g, bool trained, bool decayed)
{
    for (int i = 0; i < g->n_nodes; i++) {
        Node *n = g->nodes[i];
        if (n->op != &op_parameter || is_trained(n) != trained || is_decayed(n) != decayed)
            continue;
        t->parameter[t->n] = n;
        t->offset[t->n++] = t->size;
        t->size += (n->layout->size + 15) / 16 * 16;
        t->n_trained += trained;
    }
}

ParameterTable *place_parameters(const Graph *g)
{
    ParameterTable *t = NEW(g->arena, ParameterTable);
    t->parameter = NEW_ARRAY(g->arena, Node *, g->n_nodes);
    t->offset = NEW_ARRAY(g->arena, long, g->n_nodes);
    add_parameters(t, g, true, true);
    t->decayed_size = t->size;
    add_parameters(t, g, true, false);
    t->trained_size = t->size;
    add_parameters(t, g, false, false);
    return t;
}

int find_parameter(const ParameterTable *t, const char *name)
{
    for (int i = 0; i < t->n; i++)
        if (!strcmp(t->parameter[i]->name, name))
            return i;
    bug("no parameter %s", name);
}

/* ---- Regions ---- */

static void place_outputs(Program *p, const ParameterTable *t)
{
    int scalars = 0;
    for (int i = 0; i < p->graph->n_outputs; i++) {
        const Output *o = &p->graph->outputs[i];
        Place *place = &p->place[p->root[o->value->id]->id];
        switch (o->kind) {
        case OUT_LOSS:
        case OUT_METRIC:
            *place = (Place){.region = IN_SCALARS, .offset = (long)scalars++ * p->graph->lanes};
            break;
        case OUT_GRADIENT:
            *place =
                (Place){.region = IN_GRADIENTS, .offset = t->offset[find_parameter(t, o->name)]};
            break;
        case OUT_STATE:
            *place = (Place){.region = IN_PARAMETERS,
                             .offset = t->offset[find_parameter(t, o->target->name)]};
            break;
        case OUT_TENSOR:
            place->last = p->n_kernels; /* read after the last kernel */
            break;
        }
    }
}

static void place_sources(Program *p, const ParameterTable *t)
{
    for (int i = 0; i < p->graph->n_nodes; i++) {
        const Node *n = p->graph->nodes[i];
        if (n->op == &op_parameter)
            p->place[i] =
                (Place){.region = IN_PARAMETERS, .offset = t->offset[find_parameter(t, n->name)]};
        if (n->op == &op_input)
            p->place[i] = (Place){.region = IN_INPUT, .offset = i};
    }
}

static void place_prepared(Program *p)
{
    for (int i = 0; i < p->n_kernels; i++) {
        Kernel *k = p->kernels[i];
        for (int j = 0; k->phase == PG_PREPARE && j < k->n_results; j++) {
            Place *place = &p->place[k->results[j]->id];
            if (place->region != IN_ARENA || place->last)
                continue;
            *place = (Place){.region = IN_PREPARED, .offset = p->prepared_size};
            p->prepared_size += k->results[j]->layout->size;
        }
    }
}

/* ---- Live intervals ---- */

static void find_lives(Program *p)
{
    for (int i = 0; i < p->n_kernels; i++) {
        Kernel *k = p->kernels[i];
        p->scratch[i] = (Place){.size = k->scratch, .first = i, .last = i};
        for (int j = 0; j < k->n_results; j++) {
            Place *place = &p->place[k->results[j]->id];
            place->size = k->results[j]->layout->size;
            place->first = i;
            place->last = MAX(place->last, i);
        }
        for (int j = 0; j < k->n_operands; j++) {
            Place *place = &p->place[p->root[k->operands[j]->id]->id];
            place->last = MAX(place->last, i);
        }
    }
}

/* May result r of loop k take over the memory of operand o? */
static bool may_share(const Program *p, const Kernel *k, const Node *r, const Node *o)
{
    const Place *place = &p->place[o->id];
    return p->root[o->id] == o && p->home[o->id] && place->region == IN_ARENA &&
           place->last == k->id && place->size == p->place[r->id].size &&
           same_shape(o->shape, k->domain) && o->layout->form == r->layout->form;
}

static bool is_taken(const Program *p, const Kernel *k, const Node *o)
{
    for (int i = 0; i < k->n_results; i++)
        if (p->place[k->results[i]->id].shares == o)
            return true;
    return false;
}

static void share_in_place(Program *p, const Kernel *k)
{
    for (int i = 0; i < k->n_results && !k->anchor; i++) {
        Node *r = k->results[i];
        if (r->op->kind != POINTWISE || !same_shape(r->shape, k->domain) ||
            p->place[r->id].region != IN_ARENA)
            continue;
        for (int j = 0; j < k->n_operands && !p->place[r->id].shares; j++)
            if (may_share(p, k, r, k->operands[j]) && !is_taken(p, k, k->operands[j]))
                p->place[r->id].shares = k->operands[j];
    }
}

/* ---- Packing ---- */

typedef struct Block {
    Place *place; /* the first tensor of a chain that shares memory */
    int first, last;
    long size, offset;
} Block;

typedef struct Packing {
    Block *block;
    int n;
} Packing;

static Packing list_blocks(Program *p)
{
    Packing k = {NEW_ARRAY(p->arena, Block, p->graph->n_nodes + p->n_kernels), 0};
    for (int i = 0; i < p->graph->n_nodes; i++) {
        Place *place = &p->place[i];
        if (p->home[i] && place->region == IN_ARENA && !place->shares)
            k.block[k.n++] = (Block){place, place->first, place->last, place->size, 0};
    }
    for (int i = 0; i < p->n_kernels; i++)
        if (p->scratch[i].size)
            k.block[k.n++] = (Block){&p->scratch[i], i, i, p->scratch[i].size, 0};
    return k;
}

/* A chain lives from its first tensor's birth to its last tensor's end. */
static void lengthen_chains(Program *p, Packing *k)
{
    for (int i = 0; i < p->graph->n_nodes; i++) {
        const Node *n = p->graph->nodes[i];
        if (!p->place[i].shares)
            continue;
        while (p->place[n->id].shares)
            n = p->place[n->id].shares;
        for (int j = 0; j < k->n; j++)
            if (k->block[j].place == &p->place[n->id])
                k->block[j].last = MAX(k->block[j].last, p->place[i].last);
    }
}

static long find_lower_bound(const Program *p, const Packing *k)
{
    long most = 0;
    for (int t = 0; t < p->n_kernels; t++) {
        long live = 0;
        for (int i = 0; i < k->n; i++)
            if (k->block[i].first <= t && t <= k->block[i].last)
                live += k->block[i].size;
        most = MAX(most, live);
    }
    return most;
}

static int by_offset(const void *a, const void *b)
{
    long x = (*(Block *const *)a)->offset, y = (*(Block *const *)b)->offset;
    return (x > y) - (x < y);
}

/* First fit: each block at the lowest offset that is free for all of its life. Returns the peak. */
static long first_fit(Block *const *order, int n, Block **beside)
{
    long peak = 0;
    for (int i = 0; i < n; i++) {
        int m = 0;
        for (int j = 0; j < i; j++)
            if (order[j]->first <= order[i]->last && order[i]->first <= order[j]->last)
                beside[m++] = order[j];
        qsort(beside, (size_t)m, sizeof *beside, by_offset);
        long at = 0;
        for (int j = 0; j < m && beside[j]->offset < at + order[i]->size; j++)
            at = MAX(at, beside[j]->offset + beside[j]->size);
        order[i]->offset = at;
        peak = MAX(peak, at + order[i]->size);
    }
    return peak;
}

static long key_of(const Block *b, int rule)
{
    long life = b->last - b->first + 1;
    switch (rule) {
    case 0:
        return -b->size;
    case 1:
        return -life;
    case 2:
        return b->first;
    case 3:
        return -b->size * life;
    default:
        return -b->last;
    }
}

enum { RULES = 5, SHUFFLES = 300 };

static void sort_by_rule(Block **order, int n, int rule)
{
    for (int i = 1; i < n; i++) /* insertion sort: stable, and n is small */
        for (int j = i; j > 0 && key_of(order[j], rule) < key_of(order[j - 1], rule); j--) {
            Block *b = order[j];
            order[j] = order[j - 1];
            order[j - 1] = b;
        }
}

/* Tries the rules, then random exchanges in the best order; stops at the lower bound. */
static long pack(Program *p, Packing *k, long lower_bound)
{
    Block **order = NEW_ARRAY(p->arena, Block *, k->n),
          **beside = NEW_ARRAY(p->arena, Block *, k->n);
    Block **best = NEW_ARRAY(p->arena, Block *, k->n);
    long best_peak = -1;
    unsigned random = 1;
    for (int i = 0; i < k->n; i++)
        order[i] = &k->block[i];
    for (int round = 0; round < RULES + SHUFFLES && best_peak != lower_bound; round++) {
        if (round < RULES) {
            sort_by_rule(order, k->n, round);
        } else if (k->n > 1) {
            memcpy(order, best, sizeof *order * (size_t)k->n);
            for (int swaps = 0; swaps < 2; swaps++) {
                int i = (int)((random = random * 1664525u + 1013904223u) >> 8) % k->n;
                int j = (int)((random = random * 1664525u + 1013904223u) >> 8) % k->n;
                Block *b = order[i];
                order[i] = order[j];
                order[j] = b;
            }
        }
        long peak = first_fit(order, k->n, beside);
        if (best_peak < 0 || peak < best_peak) {
            best_peak = peak;
            memcpy(best, order, sizeof *best * (size_t)k->n);
        }
    }
    return k->n ? first_fit(best, k->n, beside) : 0;
}

static void settle(Program *p, Packing *k)
{
    for (int i = 0; i < k->n; i++)
        k->block[i].place->offset = k->block[i].offset;
    for (int i = 0; i < p->n_kernels; i++) /* in order: a chain's first tensor is placed before */
        for (int j = 0; j < p->kernels[i]->n_results; j++) {
            Place *place = &p->place[p->kernels[i]->results[j]->id];
            if (place->shares)
                place->offset = p->place[place->shares->id].offset;
        }
}

void plan_memory(Program *p, const ParameterTable *t)
{
    p->place = NEW_ARRAY(p->arena, Place, p->graph->n_nodes);
    p->scratch = NEW_ARRAY(p->arena, Place, p->n_kernels);
    place_sources(p, t);
    place_outputs(p, t);
    place_prepared(p);
    find_lives(p);
    for (int i = 0; i < p->n_kernels; i++)
        share_in_place(p, p->kernels[i]);
    Packing k = list_blocks(p);
    lengthen_chains(p, &k);
    p->lower_bound = find_lower_bound(p, &k);
    p->arena_size = pack(p, &k, p->lower_bound);
    settle(p, &k);
}
