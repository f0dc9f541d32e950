/*
 * choose_kernels: what each kernel needs to be printed.
 *
 * Does: names it, counts its work, decides whether it is worth more than one thread, and in how many
 *       parts a long reduction is cut so that threads have something to share. All of it follows from
 *       shapes alone: the same partial sums are formed and added in the same order at any thread count.
 * Requires: fuse().
 * Ensures: parts >= 1; scratch holds the partial results.
 */
#include "attrs.h"
#include "layout.h"
#include "nest.h"
#include "program.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    WORTH_A_FORK = 30000, /* operations or elements moved below which one thread is quicker */
    ENOUGH_UNITS = 32,    /* independent units of work that keep many threads busy */
};

/* ---- Names ---- */

static void append_word(char *name, size_t room, const char *word)
{
    size_t n = strlen(name);
    if (n && n + 1 < room)
        name[n++] = '_';
    for (; *word && n + 1 < room; word++)
        name[n++] = isalnum((unsigned char)*word) ? *word : '_';
    name[n] = '\0';
}

/* "net_1_conv2d": the layer and the operator that says most about the kernel. */
static const char *kernel_name(const Program *p, const Kernel *k)
{
    const Node *n = k->anchor ? k->anchor : k->results[0];
    char name[128] = "";
    append_word(name, sizeof name,
                n->name ? n->name : "apply"); /* "tanh" alone is the C library's */
    append_word(name, sizeof name, n->op->name);
    if (k->phase == PG_INFER || k->phase == PG_PREPARE)
        append_word(name, sizeof name, k->phase == PG_INFER ? "infer" : "prepare");
    else if (k->phase == PG_BACKWARD || k->phase == PG_UPDATE)
        append_word(name, sizeof name, k->phase == PG_BACKWARD ? "back" : "update");
    return copy_string(p->arena, name);
}

static void make_unique(Program *p)
{
    for (int i = 0; i < p->n_kernels; i++) {
        const char *base = p->kernels[i]->name;
        int count = 1;
        for (int j = 0; j < i; j++)
            if (!strcmp(p->kernels[j]->name, p->kernels[i]->name)) {
                p->kernels[i]->name = format_string(p->arena, "%s_%d", base, ++count);
                j = -1;
            }
    }
}

/* ---- Work ---- */

double node_flops(const Node *n)
{
    if (n->op->flops)
        return n->op->flops(n);
    return n->op->kind == POINTWISE ? (double)count_elements(n->shape) * n->op->cost : 0;
}

static void count_work(const Program *p, Kernel *k)
{
    double element = p->graph->element_size;
    for (int i = 0; i < k->n_members; i++)
        k->flops += node_flops(k->members[i]);
    for (int i = 0; i < k->n_operands; i++)
        k->bytes += element * (double)count_elements(k->operands[i]->shape);
    for (int i = 0; i < k->n_results; i++)
        k->bytes += element * (double)count_elements(k->results[i]->shape);
    k->is_parallel = k->flops + k->bytes / element > WORTH_A_FORK;
}

/* ---- Partial sums ---- */

static const Node *first_reduction(const Kernel *k)
{
    for (int i = 0; i < k->n_members; i++)
        if (k->members[i]->op->kind == REDUCTION)
            return k->members[i];
    return NULL;
}

static int count_reductions(const Kernel *k)
{
    int n = 0;
    for (int i = 0; i < k->n_members; i++)
        n += k->members[i]->op->kind == REDUCTION;
    return n;
}

/* A loop's reduction is cut along the first level of its nest that it reduces. */
static void cut_loop(Kernel *k, int lanes)
{
    Nest nest = make_nest(k);
    long units = count_units(&nest);
    long wanted = (ENOUGH_UNITS + units - 1) / units;
    int extent = nest.kept < nest.n ? nest.level[nest.kept].extent : 1;
    k->parts = k->is_parallel ? (int)MAX(1, MIN(extent, wanted)) : 1;
    k->scratch = k->parts > 1 ? units * k->parts * count_reductions(k) * 2 * lanes : 0;
}

/* Statistics beside a convolution: one part for each image. */
static void cut_statistics(Kernel *k, const Node *r, int lanes)
{
    k->parts = k->anchor->shape.dim[0];
    k->scratch = (long)k->parts * ((r->shape.dim[1] + lanes - 1) / lanes) * 2 * lanes;
}

/* The gradient of a weight: parts of the batch where the weight alone has too few tiles. */
static void cut_weight_gradient(Kernel *k, int lanes)
{
    const Node *n = k->anchor;
    int batch = n->in[0]->shape.dim[0];
    long tiles =
        n->layout->size / MAX(n->layout->outer[2] ? n->layout->outer[2] : n->layout->size, 1);
    int wanted = (int)MIN(8, (16 + tiles - 1) / tiles);
    bool can_cut = k->is_parallel && n->op->kind == CONV_DW &&
                   !has_untouched_padding(n->shape, n->layout, lanes);
    k->parts = can_cut ? MAX(1, MIN(batch, wanted)) : 1;
    k->scratch = k->parts > 1 ? k->parts * n->layout->size : 0;
}

static void cut_into_parts(const Program *p, Kernel *k)
{
    const Node *r = first_reduction(k);
    k->parts = 1;
    if (!k->anchor && r)
        cut_loop(k, p->graph->lanes);
    else if (k->anchor && r)
        cut_statistics(k, r, p->graph->lanes);
    else if (k->anchor && (k->anchor->op->kind == CONV_DW || k->anchor->op->kind == MATMUL_DW))
        cut_weight_gradient(k, p->graph->lanes);
}

void choose_kernels(Program *p)
{
    for (int i = 0; i < p->n_kernels; i++) {
        Kernel *k = p->kernels[i];
        k->name = kernel_name(p, k);
        count_work(p, k);
        cut_into_parts(p, k);
    }
    make_unique(p);
}
