/*
 * loop: kernels without an anchor. One nest of loops over the domain computes pointwise results,
 * stores them, and accumulates reductions; a long reduction is cut into a fixed number of parts whose
 * partial results are added in order, so that the sums are the same at any thread count.
 *
 * Means and variances are gathered in one pass, shifted by the first element of the part (so that
 * nothing cancels when |mean| >> deviation), and merged by Chan's formula (Chan, Golub & LeVeque 1979).
 */
#include "emit/emit.h"

#include "attrs.h"
#include "layout.h"
#include "nest.h"
#include <string.h>

typedef struct LoopPrinter {
    Emitter *e;
    const Kernel *k;
    Nest nest;
    Site site;          /* inside all loops */
    Node *reduction[16]; /* members that are reductions */
    int n_reductions;
    Scope hoisted;       /* values that inner loops do not change */
} LoopPrinter;

/* ---- What the kernel consists of ---- */

static bool is_member(const Kernel *k, const Node *n)
{
    for (int m = 0; m < k->n_members; m++)
        if (k->members[m] == n)
            return true;
    return false;
}

/* n is, or is computed from, a reduction of this kernel. */
static bool is_finished_after(const Kernel *k, const Node *n)
{
    if (!is_member(k, n))
        return false;
    if (n->op->kind == REDUCTION)
        return true;
    for (int i = 0; i < n->n_in; i++)
        if (is_finished_after(k, n->in[i]))
            return true;
    return false;
}

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

/* One index serves every tensor: all have the domain's shape and layout, or are scalars. */
static bool is_flat(const Kernel *k)
{
    for (int i = 0; i < k->n_members; i++) {
        const Node *n = k->members[i];
        if (n->op->kind == REDUCTION || n->op->kind == POOL_GRAD)
            return false;
        if (is_generated(n) && n->op != &op_constant)
            return false;
    }
    for (int i = 0; i < k->n_operands + k->n_results; i++) {
        const Node *n = i < k->n_operands ? k->operands[i] : k->results[i - k->n_operands];
        bool full = same_shape(n->shape, k->domain) && n->layout->form == k->domain_layout->form;
        if (!full && (count_elements(n->shape) > 1 || i >= k->n_operands))
            return false;
    }
    return true;
}

/* ---- Sites and loops ---- */

static const char *window_position(LoopPrinter *p, const Level *l)
{
    int size = l->axis == 2 ? p->nest.window_h : p->nest.window_w;
    return format_string(p->e->arena, "%s * %d + %s", l->var, size, l->axis == 2 ? "i" : "j");
}

/* A window axis with a single window has no loop, but still a position inside it. */
static void add_lone_windows(LoopPrinter *p, Site *s)
{
    for (int a = 2; p->k->window && a < 4; a++)
        if (!s->outer[a] && p->k->domain.dim[a] > 1)
            s->outer[a] = a == 2 ? "i" : "j";
}

static Site inner_site(LoopPrinter *p)
{
    Site s = {.domain = p->k->domain, .lane = p->nest.lane};
    for (int a = 0; a < s.domain.rank; a++)
        s.block[a] = MAX(p->k->domain_layout->block[a], 1);
    for (int i = 0; i < p->nest.n; i++) {
        const Level *l = &p->nest.level[i];
        bool is_lane = l->axis == s.lane, plain = s.block[l->axis] == 1;
        const char *at = l->var;
        if (p->k->window && (l->axis == 2 || l->axis == 3))
            at = window_position(p, l);
        if (l->is_inner)
            s.inner[l->axis] = is_lane ? format_string(p->e->arena, "%s * L", l->var) : at;
        else
            s.outer[l->axis] = is_lane && plain ? format_string(p->e->arena, "%s * L", l->var) : at;
    }
    add_lone_windows(p, &s);
    int extent = s.lane >= 0 ? s.domain.dim[s.lane] : 0;
    if (s.lane >= 0 && s.block[s.lane] == 1 && extent % p->e->lanes)
        s.count = extent < p->e->lanes
                      ? format_string(p->e->arena, "%d", extent)
                      : format_string(p->e->arena, "(%s + L <= %d ? L : %d)", s.outer[s.lane], extent,
                                      extent % p->e->lanes);
    return s;
}

/* Where a finished reduction is stored: reduced axes have no coordinate. */
static Site kept_site(const LoopPrinter *p, const Site *inner, Shape shape)
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
    (void)p;
    return s;
}

static void open_level(LoopPrinter *p, int i)
{
    const Level *l = &p->nest.level[i];
    if (i == p->nest.kept && p->k->parts > 1)
        line(p->e, "for (int %s = part * %d / %d; %s < (part + 1) * %d / %d; %s++) {", l->var, l->extent,
             p->k->parts, l->var, l->extent, p->k->parts, l->var);
    else
        line(p->e, "for (int %s = 0; %s < %d; %s++) {", l->var, l->var, l->extent, l->var);
}

static void open_levels(LoopPrinter *p, int from, int to)
{
    for (int i = from; i < to; i++)
        open_level(p, i);
}

static void close_braces(Emitter *e, int n)
{
    while (n-- > 0)
        line(e, "}");
}

/* ---- What inner loops do not change ---- */

/* How many levels have to be open before n is known. */
static int depth_of(const LoopPrinter *p, const Node *n)
{
    for (int i = p->nest.n; i > 0; i--)
        if (n->shape.dim[p->nest.level[i - 1].axis] > 1)
            return i;
    return 0;
}

static bool needs_window(const LoopPrinter *p, const Node *n)
{
    if (!is_member(p->k, n) || n->op->kind == REDUCTION)
        return n->op->kind == REDUCTION && is_member(p->k, n);
    if (n->op->kind == POOL_GRAD)
        return true;
    for (int i = 0; i < n->n_in; i++)
        if (needs_window(p, n->in[i]))
            return true;
    return false;
}

/* Computes what depends on the first `depth` levels alone and is read by something deeper. */
static void hoist(LoopPrinter *p, int depth)
{
    if (depth == p->nest.n)
        return;
    for (int i = 0; i < p->k->n_members; i++)
        for (int j = 0; j < p->k->members[i]->n_in; j++) {
            Node *n = p->k->members[i]->in[j];
            bool deeper = depth_of(p, p->k->members[i]) > depth || p->k->members[i]->op->kind == REDUCTION;
            if (deeper && depth_of(p, n) <= depth && n->op != &op_constant && !needs_window(p, n) &&
                !is_finished_after(p->k, n))
                value(&p->hoisted, n);
        }
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

static void zero_accumulators(LoopPrinter *p)
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

static void accumulate(LoopPrinter *p, Scope *s)
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

/* ---- The point itself ---- */

/* Everything is read before anything is written: results may take over the memory of operands. */
static void print_point(LoopPrinter *p, Scope *s)
{
    for (int i = 0; i < p->k->n_results; i++)
        if (!is_finished_after(p->k, p->k->results[i]))
            value(s, p->k->results[i]);
    for (int i = 0; i < p->n_reductions; i++)
        value(s, p->reduction[i]->in[0]);
    for (int i = 0; i < p->k->n_results; i++)
        if (!is_finished_after(p->k, p->k->results[i]))
            store(s, p->k->results[i], value(s, p->k->results[i]));
    accumulate(p, s);
}

/* `for i, j` over the pixels of a window; pixels outside the image are passed over. */
static int open_window(LoopPrinter *p)
{
    const Nest *nest = &p->nest;
    line(p->e, "UNROLL for (int i = 0; i < %d; i++) {", nest->window_h);
    line(p->e, "UNROLL for (int j = 0; j < %d; j++) {", nest->window_w);
    for (int a = 2; a < 4; a++) {
        int size = a == 2 ? nest->window_h : nest->window_w;
        if (p->k->domain.dim[a] % size) {
            line(p->e, "if (%s >= %d)", p->site.outer[a], p->k->domain.dim[a]);
            print_to(&p->e->out, "%*scontinue;\n", 4 * (p->e->indent + 1), "");
        }
    }
    return 2;
}

/* Where the window is in the pooled image. */
static Site pooled_site(const LoopPrinter *p, const Node *dy)
{
    Site s = p->site;
    s.domain = dy->shape;
    for (int i = 0; i < p->nest.n; i++)
        if (p->nest.level[i].axis >= 2)
            s.outer[p->nest.level[i].axis] = p->nest.level[i].var;
    for (int a = 2; a < 4; a++)
        if (s.outer[a] && (!strcmp(s.outer[a], "i") || !strcmp(s.outer[a], "j")))
            s.outer[a] = NULL;
    return s;
}

/* The last rows and columns may belong to no window. */
static const char *window_exists(LoopPrinter *p, const Node *dy)
{
    const char *condition = NULL;
    for (int i = 0; i < p->nest.n; i++) {
        const Level *l = &p->nest.level[i];
        if (l->axis < 2 || l->extent == dy->shape.dim[l->axis])
            continue;
        const char *c = format_string(p->e->arena, "%s < %d", l->var, dy->shape.dim[l->axis]);
        condition = condition ? format_string(p->e->arena, "%s && %s", condition, c) : c;
    }
    return condition;
}

/* Finds the first maximum of the window, as the pooling did. */
static void print_search(LoopPrinter *p, Node *x)
{
    Emitter *e = p->e;
    line(e, "vec best = splat(-INFINITY), which = splat(-1);");
    int braces = open_window(p);
    Scope s = open_inner_scope(&p->hoisted);
    const char *v = format_string(e->arena, "x");
    line(e, "const vec x = %s;", bare(e, value(&s, x)));
    line(e, "which = vgt(%s, best, splat((real)(i * %d + j)), which);", v, p->nest.window_w);
    line(e, "best = vmax(best, %s);", v);
    close_braces(e, braces);
}

static void print_window_gradient(LoopPrinter *p)
{
    Emitter *e = p->e;
    Node *grad = p->k->window;
    bool is_max = grad->op == &op_maxpool2d_grad;
    Node *dy = grad->in[is_max ? 1 : 0];
    const char *exists = window_exists(p, dy);
    if (is_max)
        print_search(p, grad->in[0]);
    if (exists) {
        line(e, "vec slope = splat(0);");
        line(e, "if (%s) {", exists);
    }
    Site pooled = pooled_site(p, dy);
    Scope s = open_inner_scope(&p->hoisted);
    s.site = pooled;
    const char *v = bare(e, value(&s, dy));
    double share = 1.0 / (p->nest.window_h * p->nest.window_w);
    if (!is_max)
        v = format_string(e->arena, "(%s) * splat(%s)", v, literal(e, share));
    line(e, exists ? "slope = %s;" : "const vec slope = %s;", v);
    if (exists)
        line(e, "}");
}

static void print_windows(LoopPrinter *p)
{
    print_window_gradient(p);
    int braces = open_window(p);
    Scope s = open_inner_scope(&p->hoisted);
    s.name[p->k->window->id] =
        p->k->window->op == &op_maxpool2d_grad
            ? format_string(p->e->arena, "veq(which, splat((real)(i * %d + j)), slope, splat(0))",
                            p->nest.window_w)
            : "slope";
    print_point(p, &s);
    close_braces(p->e, braces);
}

/* ---- Finishing reductions ---- */

static long reduced_count(const LoopPrinter *p, const Node *r)
{
    return count_elements(p->k->domain) / count_elements(r->shape);
}

/* Stores what depends on finished sums; names[i] is the C value of reduction i. */
static void print_finish(LoopPrinter *p, const char *const *names)
{
    Scope s = open_inner_scope(&p->hoisted);
    s.site = kept_site(p, &p->site, p->reduction[0]->shape);
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
static void print_whole(LoopPrinter *p)
{
    const char *names[16];
    for (int i = 0; i < p->n_reductions; i++) {
        const Node *r = p->reduction[i];
        int a = accumulator_of(p, i);
        double count = (double)reduced_count(p, r);
        const char *share = literal(p->e, 1 / count);
        if (r->op == &op_channel_mean)
            names[i] = format_string(p->e->arena, "shift%d + sum%d * splat(%s)", a, a, share);
        else if (r->op == &op_channel_variance)
            names[i] = format_string(p->e->arena,
                                     "vmax(squares%d - sum%d * sum%d * splat(%s), splat(0)) * splat(%s)",
                                     a, a, a, share, share);
        else
            names[i] = format_string(p->e->arena, reduces_lanes(p) ? "splat(sum_lanes(sum%d))" : "sum%d", a);
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

static void print_part(LoopPrinter *p)
{
    Emitter *e = p->e;
    line(e, "real *mine = scratch + (%s) * L;", scratch_index(p, "part"));
    for (int i = 0; i < p->n_reductions; i++) {
        if (accumulator_of(p, i) != i)
            continue;
        if (is_moment(p->reduction[i])) {
            const Level *cut = &p->nest.level[p->nest.kept];
            long rest = reduced_count(p, p->reduction[i]) / cut->extent;
            line(e, "const vec share%d = splat(1 / (real)(((part + 1) * %d / %d - part * %d / %d) * %ld));",
                 i, cut->extent, p->k->parts, cut->extent, p->k->parts, rest);
            line(e, "st(mine + %d * L, shift%d + sum%d * share%d);", 2 * i, i, i, i);
            if (needs_squares(p, i))
                line(e, "st(mine + %d * L, squares%d - sum%d * sum%d * share%d);", 2 * i + 1, i, i, i, i);
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
    line(e, "const int more = ((part + 1) * %d / %d - part * %d / %d) * %ld;", cut->extent, p->k->parts,
         cut->extent, p->k->parts, rest);
    line(e, "const vec apart = ld(its + %d * L) - mean%d, share = splat((real)more / (real)(seen + more));",
         2 * i, i);
    if (needs_squares(p, i))
        line(e, "squares%d += ld(its + %d * L) + apart * apart * splat((real)seen) * share;", i, 2 * i + 1);
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
static void print_merge(LoopPrinter *p)
{
    Emitter *e = p->e;
    const Level *cut = &p->nest.level[p->nest.kept];
    const char *names[16];
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
            names[i] = format_string(e->arena, reduces_lanes(p) ? "splat(sum_lanes(sum%d))" : "sum%d", a);
    }
    print_finish(p, names);
    close_braces(e, p->nest.kept ? p->nest.kept : 1);
}

/* ---- The kernel ---- */

static void print_flat(LoopPrinter *p)
{
    Emitter *e = p->e;
    parallel_for(e, p->k, 1);
    line(e, "for (long i = 0; i < %ld; i += L) {", p->k->domain_layout->size);
    Site site = {.domain = p->k->domain, .flat = "i", .lane = 0};
    Scope s = open_scope(e, p->k, &site);
    print_point(p, &s);
    line(e, "}");
}

static void print_body(LoopPrinter *p)
{
    if (p->k->window) {
        print_windows(p);
        return;
    }
    Scope s = open_inner_scope(&p->hoisted);
    print_point(p, &s);
}

/* Levels that threads share: all that is kept and the parts; without reductions one long one, or two. */
static int shared_levels(const LoopPrinter *p)
{
    if (p->n_reductions)
        return p->nest.kept + (p->k->parts > 1);
    if (p->nest.n && p->nest.level[0].extent >= 32)
        return 1;
    return MIN(2, p->nest.n);
}

static void open_brace_if(Emitter *e, bool wanted)
{
    if (wanted)
        line(e, "{");
}

static void print_nest(LoopPrinter *p)
{
    Emitter *e = p->e;
    const Nest *nest = &p->nest;
    int shared = shared_levels(p);
    bool cut = p->k->parts > 1, bare = shared == 0;
    p->hoisted = open_scope(e, p->k, &p->site);
    p->hoisted.must_name = true;
    if (!bare)
        parallel_for(e, p->k, shared);
    open_levels(p, 0, cut ? nest->kept : shared);
    if (cut)
        line(e, "for (int part = 0; part < %d; part++) {", p->k->parts);
    open_brace_if(e, bare);
    if (p->n_reductions) {
        hoist(p, nest->kept);
        zero_accumulators(p);
        take_shifts(p);
    }
    for (int i = p->n_reductions ? nest->kept : shared; i < nest->n; i++) {
        hoist(p, i);
        open_level(p, i);
    }
    bool lone = p->n_reductions && nest->n == nest->kept; /* no loop keeps the point's names apart */
    open_brace_if(e, lone);
    print_body(p);
    close_braces(e, nest->n - nest->kept + lone);
    if (cut)
        print_part(p);
    else if (p->n_reductions)
        print_whole(p);
    close_braces(e, nest->kept + cut + bare);
    if (cut)
        print_merge(p);
}

/*
 * Padding of parameters, and so of their gradients, holds zeros; that of the activations they are
 * computed from may hold anything.
 */
static void clear_padding(Emitter *e, const Kernel *k)
{
    for (int i = 0; i < k->n_results; i++) {
        const Node *n = k->results[i];
        Region region = e->program->place[n->id].region;
        long count = count_elements(n->shape);
        if ((region == IN_GRADIENTS || region == IN_PARAMETERS) && n->layout->form == STANDARD &&
            n->layout->size > count)
            line(e, "memset(%s + %ld, 0, %ld * sizeof(real)); /* padding */", pointer_name(e, n), count,
                 n->layout->size - count);
    }
}

void emit_loop(Emitter *e, const Kernel *k)
{
    LoopPrinter p = {.e = e, .k = k, .nest = make_nest(k)};
    for (int i = 0; i < k->n_members; i++)
        if (k->members[i]->op->kind == REDUCTION) {
            if (p.n_reductions == COUNT_OF(p.reduction))
                bug("too many reductions in one loop");
            p.reduction[p.n_reductions++] = k->members[i];
        }
    declare_tensors(e, k);
    if (k->scratch)
        line(e, "real *restrict scratch = arena + %ld;", e->program->scratch[k->id].offset);
    if (is_flat(k)) {
        print_flat(&p);
    } else {
        p.site = inner_site(&p);
        print_nest(&p);
    }
    clear_padding(e, k);
}
