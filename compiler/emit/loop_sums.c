/*
 * loop_sums: the reductions of a loop. Long ones are cut into a fixed number of parts, whose sums
 * are added in order, so that they are the same at any thread count.
 *
 * Means and variances are gathered in one pass, shifted by the first element of the part (so that
 * nothing cancels when |mean| >> deviation), and merged by Chan's formula (Chan, Golub & LeVeque
 * 1979).
 */
#include "emit/loop.h"

#include "layout.h"
#include <string.h>

static bool is_moment(const Node *n)
{
    return n->op == &op_channel_mean || n->op == &op_channel_variance;
}

/* The accumulator of reduction i is that of the first reduction with the same meaning. */
static int accumulator_of(const LoopPrinter *p, int i)
{
    for (int j = 0; j < i; j++)
        if (is_moment(p->reduction[i]) && is_moment(p->reduction[j]) &&
            p->reduction[i]->in[0] == p->reduction[j]->in[0])
            return j;
    return i;
}

/* Where a finished reduction is stored: reduced axes have no coordinate. */
static Site kept_site(const Site *inner, Shape shape)
{
    Site s = *inner;
    for (int a = 0; a < s.domain.rank; a++)
        if (shape.dim[a] != s.domain.dim[a]) {
            s.outer[a] = s.inner[a] = NULL;
            if (a == s.lane) {
                s.lane = -1;
                s.count = NULL;
            }
        }
    return s;
}

/* ---- Accumulating ---- */

/* A mean alone needs no squares. */
static bool needs_squares(const LoopPrinter *p, int i)
{
    for (int j = i; j < p->n_reductions; j++)
        if (p->reduction[j]->op == &op_channel_variance && accumulator_of(p, j) == i)
            return true;
    return false;
}

static void print_zero_sums(LoopPrinter *p)
{
    for (int i = 0; i < p->n_reductions; i++) {
        if (accumulator_of(p, i) != i)
            continue;
        line(p->e, "vec sum%d = splat(0);", i);
        if (is_moment(p->reduction[i]))
            line(p->e, "vec shift%d;", i);
        if (needs_squares(p, i))
            line(p->e, "vec squares%d = splat(0);", i);
    }
}

/* The first element of the part, by which moments are shifted. */
static void take_shifts(LoopPrinter *p)
{
    bool any = false;
    for (int i = 0; i < p->n_reductions; i++)
        any |= is_moment(p->reduction[i]);
    if (!any)
        return;
    line(p->e, "{");
    for (int i = p->nest.kept; i < p->nest.n; i++) {
        const Level *l = &p->nest.level[i];
        if (i == p->nest.kept && p->k->parts > 1)
            line(p->e, "const int %s = part * %d / %d;", l->var, l->extent, p->k->parts);
        else
            line(p->e, "const int %s = 0;", l->var);
    }
    Scope s = open_inner_scope(&p->hoisted);
    for (int i = 0; i < p->n_reductions; i++)
        if (is_moment(p->reduction[i]) && accumulator_of(p, i) == i)
            line(p->e, "shift%d = %s;", i, value(&s, p->reduction[i]->in[0]));
    line(p->e, "}");
}

void declare_sums(LoopPrinter *p)
{
    print_zero_sums(p);
    take_shifts(p);
}

/* Lanes past the end of the lane axis must not be added up. */
static const char *masked(LoopPrinter *p, const Node *r, const char *v)
{
    int lane = p->site.lane;
    if (lane < 0 || r->shape.dim[lane] == p->k->domain.dim[lane] ||
        p->k->domain.dim[lane] % p->e->lanes == 0)
        return v;
    const char *n = p->site.count;
    if (!n) {
        const char *c = p->site.outer[lane];
        n = c ? format_string(p->e->arena, "%d - %s * L", p->k->domain.dim[lane], c)
              : format_string(p->e->arena, "%d", p->k->domain.dim[lane]);
    }
    return format_string(p->e->arena, "first_lanes(%s, %s, 0)", v, n);
}

void accumulate(LoopPrinter *p, Scope *s)
{
    for (int i = 0; i < p->n_reductions; i++) {
        Node *r = p->reduction[i];
        if (accumulator_of(p, i) != i)
            continue;
        const char *v = value(s, r->in[0]);
        if (is_moment(r)) {
            line(p->e, "const vec d%d = %s - shift%d;", i, v, i);
            line(p->e, "sum%d += d%d;", i, i);
            if (needs_squares(p, i))
                line(p->e, "squares%d += d%d * d%d;", i, i, i);
        } else {
            line(p->e, "sum%d += %s;", i, bare(p->e, masked(p, r, v)));
        }
    }
}

/* ---- Finishing reductions ---- */

static long reduced_count(const LoopPrinter *p, const Node *r)
{
    return count_elements(p->k->domain) / count_elements(r->shape);
}

/* All sums of a loop have one shape (see sums_agree). Stores what depends on finished sums; names[i] is the C value of reduction i. */
static void print_finish(LoopPrinter *p, const char *const *names)
{
    Scope s = open_inner_scope(&p->hoisted);
    s.site = kept_site(&p->site, p->reduction[0]->shape);
    for (int i = 0; i < p->n_reductions; i++)
        s.name[p->reduction[i]->id] = names[i];
    for (int i = 0; i < p->k->n_results; i++)
        if (is_finished_after(p->k, p->k->results[i]))
            store(&s, p->k->results[i], value(&s, p->k->results[i]));
}

static bool reduces_lanes(const LoopPrinter *p)
{
    int lane = p->site.lane;
    return lane >= 0 && p->reduction[0]->shape.dim[lane] != p->k->domain.dim[lane];
}

/* The accumulators hold the whole sums: name what the reductions yield. */
void print_whole(LoopPrinter *p)
{
    const char *names[MOST_REDUCTIONS];
    for (int i = 0; i < p->n_reductions; i++) {
        const Node *r = p->reduction[i];
        int a = accumulator_of(p, i);
        double count = (double)reduced_count(p, r);
        const char *share = literal(p->e, 1 / count);
        if (r->op == &op_channel_mean)
            names[i] = format_string(p->e->arena, "shift%d + sum%d * splat(%s)", a, a, share);
        else if (r->op == &op_channel_variance)
            names[i] = format_string(
                p->e->arena, "vmax(squares%d - sum%d * sum%d * splat(%s), splat(0)) * splat(%s)", a,
                a, a, share, share);
        else
            names[i] = format_string(p->e->arena,
                                     reduces_lanes(p) ? "splat(sum_lanes(sum%d))" : "sum%d", a);
        const char *name = format_string(p->e->arena, "whole%d", i);
        line(p->e, "const vec %s = %s;", name, names[i]);
        names[i] = name;
    }
    print_finish(p, names);
}

/* "((n * 4 + c) * 8 + part) * 2": the place of this part's vectors in the scratch. */
static const char *scratch_index(const LoopPrinter *p, const char *part)
{
    Buffer b = {0};
    print_to(&b, "0");
    for (int i = 0; i < p->nest.kept; i++) {
        const Level *l = &p->nest.level[i];
        char *before = copy_string(p->e->arena, b.text);
        b.size = 0;
        if (!strcmp(before, "0"))
            print_to(&b, "%s", l->var);
        else
            print_to(&b, "(%s) * %d + %s", before, l->extent, l->var);
    }
    const char *unit = copy_string(p->e->arena, b.text);
    free_buffer(&b);
    return format_string(p->e->arena, "((%s) * %d + %s) * %d", unit, p->k->parts, part,
                         2 * p->n_reductions);
}

void print_part(LoopPrinter *p)
{
    Emitter *e = p->e;
    line(e, "real *mine = scratch + (%s) * L;", scratch_index(p, "part"));
    for (int i = 0; i < p->n_reductions; i++) {
        if (accumulator_of(p, i) != i)
            continue;
        if (is_moment(p->reduction[i])) {
            const Level *cut = &p->nest.level[p->nest.kept];
            long rest = reduced_count(p, p->reduction[i]) / cut->extent;
            line(e,
                 "const vec share%d = splat(1 / (real)(((part + 1) * %d / %d - part * %d / %d) * "
                 "%ld));",
                 i, cut->extent, p->k->parts, cut->extent, p->k->parts, rest);
            line(e, "st(mine + %d * L, shift%d + sum%d * share%d);", 2 * i, i, i, i);
            if (needs_squares(p, i))
                line(e, "st(mine + %d * L, squares%d - sum%d * sum%d * share%d);", 2 * i + 1, i, i,
                     i, i);
        } else {
            line(e, "st(mine + %d * L, sum%d);", 2 * i, i);
        }
    }
}

static void merge_moments(LoopPrinter *p, int i, long rest, const Level *cut)
{
    Emitter *e = p->e;
    line(e, "vec mean%d = splat(0);", i);
    if (needs_squares(p, i))
        line(e, "vec squares%d = splat(0);", i);
    line(e, "for (int part = 0, seen = 0; part < %d; part++) {", p->k->parts);
    line(e, "const real *its = scratch + (%s) * L;", scratch_index(p, "part"));
    line(e, "const int more = ((part + 1) * %d / %d - part * %d / %d) * %ld;", cut->extent,
         p->k->parts, cut->extent, p->k->parts, rest);
    line(e,
         "const vec apart = ld(its + %d * L) - mean%d, share = splat((real)more / (real)(seen + "
         "more));",
         2 * i, i);
    if (needs_squares(p, i))
        line(e, "squares%d += ld(its + %d * L) + apart * apart * splat((real)seen) * share;", i,
             2 * i + 1);
    line(e, "mean%d += apart * share;", i);
    line(e, "seen += more;");
    line(e, "}");
}

static void merge_sums(LoopPrinter *p, int i)
{
    Emitter *e = p->e;
    line(e, "vec sum%d = splat(0);", i);
    line(e, "for (int part = 0; part < %d; part++)", p->k->parts);
    print_to(&e->out, "%*ssum%d += ld(scratch + (%s + %d) * L);\n", 4 * (e->indent + 1), "", i,
             scratch_index(p, "part"), 2 * i);
}

/* Adds the parts up, in order, on one thread. */
void print_merge(LoopPrinter *p)
{
    Emitter *e = p->e;
    const Level *cut = &p->nest.level[p->nest.kept];
    const char *names[MOST_REDUCTIONS];
    p->hoisted = open_scope(e, p->k, &p->site);
    open_levels(p, 0, p->nest.kept);
    if (p->nest.kept == 0)
        line(e, "{");
    for (int i = 0; i < p->n_reductions; i++) {
        const Node *r = p->reduction[i];
        int a = accumulator_of(p, i);
        long rest = reduced_count(p, r) / cut->extent;
        if (a == i && is_moment(r))
            merge_moments(p, i, rest, cut);
        else if (a == i)
            merge_sums(p, i);
        if (r->op == &op_channel_mean)
            names[i] = format_string(e->arena, "mean%d", a);
        else if (r->op == &op_channel_variance)
            names[i] = format_string(e->arena, "(squares%d * splat(%s))", a,
                                     literal(e, 1 / (double)reduced_count(p, r)));
        else
            names[i] =
                format_string(e->arena, reduces_lanes(p) ? "splat(sum_lanes(sum%d))" : "sum%d", a);
    }
    print_finish(p, names);
    close_braces(e, p->nest.kept ? p->nest.kept : 1);
}
