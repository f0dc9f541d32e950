/*
 * loop: kernels without an anchor. One nest of loops over the domain computes pointwise results,
 * stores them, and accumulates reductions; a long reduction is cut into a fixed number of parts
 * whose partial results are added in order, so that the sums are the same at any thread count.
 */
#include "emit/loop.h"

#include "attrs.h"
#include "layout.h"
#include <string.h>

/* ---- What the kernel consists of ---- */

bool is_member_of(const Kernel *k, const Node *n)
{
    for (int m = 0; m < k->n_members; m++)
        if (k->members[m] == n)
            return true;
    return false;
}

/* n is, or is computed from, a reduction of this kernel. */
bool is_finished_after(const Kernel *k, const Node *n)
{
    if (!is_member_of(k, n))
        return false;
    if (n->op->kind == REDUCTION)
        return true;
    for (int i = 0; i < n->n_in; i++)
        if (is_finished_after(k, n->in[i]))
            return true;
    return false;
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
                      : format_string(p->e->arena, "(%s + L <= %d ? L : %d)", s.outer[s.lane],
                                      extent, extent % p->e->lanes);
    return s;
}

static void open_level(LoopPrinter *p, int i)
{
    const Level *l = &p->nest.level[i];
    if (i == p->nest.kept && p->k->parts > 1)
        line(p->e, "for (int %s = part * %d / %d; %s < (part + 1) * %d / %d; %s++) {", l->var,
             l->extent, p->k->parts, l->var, l->extent, p->k->parts, l->var);
    else
        line(p->e, "for (int %s = 0; %s < %d; %s++) {", l->var, l->var, l->extent, l->var);
}

void open_levels(LoopPrinter *p, int from, int to)
{
    for (int i = from; i < to; i++)
        open_level(p, i);
}

void close_braces(Emitter *e, int n)
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
    if (!is_member_of(p->k, n) || n->op->kind == REDUCTION)
        return n->op->kind == REDUCTION && is_member_of(p->k, n);
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
            bool deeper =
                depth_of(p, p->k->members[i]) > depth || p->k->members[i]->op->kind == REDUCTION;
            if (deeper && depth_of(p, n) <= depth && n->op != &op_constant && !needs_window(p, n) &&
                !is_finished_after(p->k, n))
                value(&p->hoisted, n);
        }
}

/* ---- The point itself ---- */

/* Everything is read before anything is written: results may take over the memory of operands. */
void print_point(LoopPrinter *p, Scope *s)
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

/* ---- The kernel ---- */

static void print_flat(LoopPrinter *p)
{
    Emitter *e = p->e;
    long vectors = p->k->domain_layout->size / e->lanes;
    Site site = {.domain = p->k->domain, .flat = vectors == 1 ? "0" : "i", .lane = 0};
    if (vectors == 1) {
        line(e, "{");
    } else {
        open_shared_loops(e, p->k, &(SharedLoop){"block", vectors}, 1);
        line(e, "const long i = block * (long)L;");
    }
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

/* Levels that threads share: all that is kept and the parts; without reductions one long one, or
 * two. */
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
    SharedLoop loop[2 * MAX_RANK + 1];
    for (int i = 0; i < shared; i++)
        loop[i] = cut && i == nest->kept ? (SharedLoop){"part", p->k->parts}
                                         : (SharedLoop){nest->level[i].var, nest->level[i].extent};
    int outer = bare ? 1 : open_shared_loops(e, p->k, loop, shared);
    open_brace_if(e, bare);
    if (p->n_reductions) {
        hoist(p, nest->kept);
        declare_sums(p);
    }
    for (int i = p->n_reductions ? nest->kept : shared; i < nest->n; i++) {
        hoist(p, i);
        open_level(p, i);
    }
    bool lone =
        p->n_reductions && nest->n == nest->kept; /* no loop keeps the point's names apart */
    open_brace_if(e, lone);
    print_body(p);
    close_braces(e, nest->n - (p->n_reductions ? nest->kept : shared) + lone);
    if (cut)
        print_part(p);
    else if (p->n_reductions)
        print_whole(p);
    close_braces(e, outer);
    if (cut)
        print_merge(p);
}

void emit_loop(Emitter *e, const Kernel *k)
{
    LoopPrinter p = {.e = e, .k = k, .nest = make_nest(k)};
    for (int i = 0; i < k->n_members; i++)
        if (k->members[i]->op->kind == REDUCTION) {
            if (p.n_reductions == MOST_REDUCTIONS)
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
}
