/*
 * nest: see nest.h.
 */
#include "nest.h"

#include "attrs.h"
#include "layout.h"

static const char *const activation_vars[] = {"n", "c", "h", "w"};
static const char *const weight_vars[] = {"k", "c", "r", "s"};
static const char *const inner_vars[] = {"kk", "cc", "rr", "ss"};

static unsigned reduced_axes(const Kernel *k)
{
    unsigned axes = 0;
    for (int i = 0; i < k->n_members; i++)
        for (int a = 0; k->members[i]->op->kind == REDUCTION && a < k->domain.rank; a++)
            if (k->members[i]->shape.dim[a] != k->domain.dim[a])
                axes |= 1u << a;
    return axes;
}

static bool has_moments(const Kernel *k)
{
    for (int i = 0; i < k->n_members; i++)
        if (k->members[i]->op == &op_channel_mean || k->members[i]->op == &op_channel_variance)
            return true;
    return false;
}

static int divide_up(int n, int by)
{
    return (n + by - 1) / by;
}

static void add_level(Nest *nest, Level l)
{
    if (l.extent > 1)
        nest->level[nest->n++] = l;
}

static void add_axis(Nest *nest, const Kernel *k, int a, unsigned reduced)
{
    const Layout *l = k->domain_layout;
    int block = MAX(l->block[a], 1), lanes = k->lanes;
    int window = a == 2 ? nest->window_h : a == 3 ? nest->window_w : 1;
    bool is_lane = a == nest->lane;
    int step = is_lane && block == 1 ? lanes : block * window;
    Level outer = {a,
                   false,
                   divide_up(k->domain.dim[a], step),
                   reduced >> a & 1,
                   l->outer[a],
                   l->form == WEIGHT ? weight_vars[a] : activation_vars[a]};
    add_level(nest, outer);
    if (block == 1)
        return;
    if (is_lane && block <= lanes)
        return;
    Level inner = {a,
                   true,
                   is_lane ? block / lanes : block,
                   reduced >> a & 1,
                   l->inner[a] * (is_lane ? lanes : 1),
                   inner_vars[a]};
    add_level(nest, inner);
}

/* Kept before reduced; among equals, long strides outside. Ties keep the author's order. */
static bool goes_before(const Level *a, const Level *b)
{
    if (a->is_reduced != b->is_reduced)
        return b->is_reduced;
    return a->stride > b->stride;
}

static void sort_levels(Nest *nest)
{
    for (int i = 1; i < nest->n; i++)
        for (int j = i; j > 0 && goes_before(&nest->level[j], &nest->level[j - 1]); j--) {
            Level l = nest->level[j];
            nest->level[j] = nest->level[j - 1];
            nest->level[j - 1] = l;
        }
}

/* The longest reduced level goes first, where it can be cut into parts. */
static void lead_with_longest(Nest *nest)
{
    int longest = nest->kept;
    for (int i = nest->kept; i < nest->n; i++)
        if (nest->level[i].extent > 2 * nest->level[longest].extent)
            longest = i;
    for (; longest > nest->kept; longest--) {
        Level l = nest->level[longest];
        nest->level[longest] = nest->level[longest - 1];
        nest->level[longest - 1] = l;
    }
}

Nest make_nest(const Kernel *k)
{
    Nest nest = {.lane = lane_axis(k->domain, k->domain_layout), .window_h = 1, .window_w = 1};
    unsigned reduced = reduced_axes(k);
    if (k->window) {
        const Pool2d *a = ATTRS_OF(k->window, Pool2d);
        nest.window_h = a->kernel.h;
        nest.window_w = a->kernel.w;
    }
    if (nest.lane >= 0 && reduced >> nest.lane & 1 && has_moments(k))
        nest.lane = -1; /* shifted moments are not merged across lanes */
    for (int a = 0; a < k->domain.rank; a++)
        add_axis(&nest, k, a, reduced);
    sort_levels(&nest);
    while (nest.kept < nest.n && !nest.level[nest.kept].is_reduced)
        nest.kept++;
    if (nest.kept < nest.n)
        lead_with_longest(&nest);
    return nest;
}

long count_units(const Nest *nest)
{
    long units = 1;
    for (int i = 0; i < nest->kept; i++)
        units *= nest->level[i].extent;
    return units;
}
