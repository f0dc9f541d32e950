/*
 * pool: maximum and average over windows, and their gradients where the gradient is not folded into
 * the loop that reads it (overlapping windows, or no fusion).
 *
 *     y[n][c][h][w] = max or mean over i, j of x[n][c][h*sh - ph + i][w*sw - pw + j]
 */
#include "emit/emit.h"

#include "attrs.h"
#include "layout.h"

typedef struct PoolPrinter {
    Emitter *e;
    const Kernel *k;
    const Node *x, *y; /* image side, pooled side */
    Pair kernel, stride, pad;
    bool is_max;
} PoolPrinter;

static PoolPrinter new_printer(Emitter *e, const Kernel *k, const Node *x, const Node *y)
{
    const Pool2d *a = ATTRS_OF(k->anchor, Pool2d);
    PoolPrinter p = {
        .e = e, .k = k, .x = x, .y = y, .kernel = a->kernel, .stride = a->stride, .pad = a->pad};
    p.stride.h = a->stride.h ? a->stride.h : a->kernel.h;
    p.stride.w = a->stride.w ? a->stride.w : a->kernel.w;
    p.is_max = k->anchor->op == &op_maxpool2d || k->anchor->op == &op_maxpool2d_grad;
    return p;
}

/* Blocked tensors: a vector of channels; few channels: one element at a time. */
static Site site_of(const PoolPrinter *p, const Node *n, const char *h, const char *w)
{
    bool blocked = n->layout->block[1] > 1;
    Site s = {.domain = n->shape,
              .lane = blocked ? 1 : -1,
              .outer = {"n", "c", h, w},
              .block = {1, 1, 1, 1}};
    s.block[1] = blocked ? p->e->lanes : 1;
    return s;
}

static Site image_site(const PoolPrinter *p)
{
    Arena *a = p->e->arena;
    const char *h = format_string(a, "h * %d + i", p->stride.h),
               *w = format_string(a, "w * %d + j", p->stride.w);
    if (p->pad.h)
        h = format_string(a, "%s - %d", h, p->pad.h);
    if (p->pad.w)
        w = format_string(a, "%s - %d", w, p->pad.w);
    return site_of(p, p->x, h, w);
}

/* for n, c: the units that threads share. Returns the number of braces. */
static int open_planes(const PoolPrinter *p)
{
    int block = p->x->layout->block[1] > 1 ? p->e->lanes : 1;
    int blocks = (p->x->shape.dim[1] + block - 1) / block;
    return open_shared_loops(p->e, p->k, (SharedLoop[]){{"n", p->x->shape.dim[0]}, {"c", blocks}},
                             2);
}

static void open_windows(const PoolPrinter *p)
{
    line(p->e, "for (int h = 0; h < %d; h++) {", p->y->shape.dim[2]);
    line(p->e, "for (int w = 0; w < %d; w++) {", p->y->shape.dim[3]);
}

/* for i, j over a window, without the pixels outside the image. */
static void open_window(const PoolPrinter *p, const Site *image)
{
    Emitter *e = p->e;
    line(e, "UNROLL for (int i = 0; i < %d; i++) {", p->kernel.h);
    line(e, "UNROLL for (int j = 0; j < %d; j++) {", p->kernel.w);
    if (p->pad.h || p->pad.w) {
        line(e, "if (%s < 0 || %s >= %d || %s < 0 || %s >= %d)", image->outer[2], image->outer[2],
             p->x->shape.dim[2], image->outer[3], image->outer[3], p->x->shape.dim[3]);
        line(e, "    continue;");
    }
}

static void close(const PoolPrinter *p, int n)
{
    while (n-- > 0)
        line(p->e, "}");
}

static bool varies_in_plane(const Node *n)
{
    return n->shape.rank == 4 && n->shape.dim[2] * n->shape.dim[3] > 1;
}

/* What the pixels of a plane share, computed once for it. */
static Scope hoist_channel_values(const PoolPrinter *p, const Site *site)
{
    Scope s = open_scope(p->e, p->k, site);
    s.must_name = true;
    for (int i = 0; i < p->k->n_members; i++)
        for (int j = 0; j < p->k->members[i]->n_in; j++) {
            Node *n = p->k->members[i]->in[j];
            if (varies_in_plane(p->k->members[i]) && !varies_in_plane(n) && n->op != &op_constant)
                value(&s, n);
        }
    return s;
}

void emit_pool(Emitter *e, const Kernel *k)
{
    PoolPrinter p = new_printer(e, k, k->anchor->in[0], k->anchor);
    Site image = image_site(&p), pooled = site_of(&p, p.y, "h", "w");
    declare_tensors(e, k);
    int planes = open_planes(&p);
    Scope plane = hoist_channel_values(&p, &pooled);
    open_windows(&p);
    line(e, "vec pooled = splat(%s);", p.is_max ? "-INFINITY" : "0");
    open_window(&p, &image);
    Scope inside = open_inner_scope(&plane);
    inside.site = image;
    const char *v = bare(e, value(&inside, k->anchor->in[0]));
    line(e, p.is_max ? "pooled = vmax(pooled, %s);" : "pooled += %s;", v);
    close(&p, 2);
    if (!p.is_max)
        line(e, "pooled *= splat(%s);", literal(e, 1.0 / (p.kernel.h * p.kernel.w)));
    Scope after = open_inner_scope(&plane);
    after.name[k->anchor->id] = "pooled";
    store(&after, k->results[0], value(&after, k->results[0]));
    close(&p, 2 + planes);
}

static const char *pixel_address(const PoolPrinter *p, const Site *image)
{
    return format_string(p->e->arena, "%s + %s", pointer_name(p->e, p->k->results[0]),
                         offset_at(p->e, image, p->x->shape, p->x->layout));
}

static void print_clear(const PoolPrinter *p)
{
    Emitter *e = p->e;
    Site s = site_of(p, p->x, "h", "w");
    line(e, "for (int h = 0; h < %d; h++) {", p->x->shape.dim[2]);
    line(e, "for (int w = 0; w < %d; w++) {", p->x->shape.dim[3]);
    Scope scope = open_scope(e, p->k, &s);
    store(&scope, p->k->results[0], "splat(0)");
    close(p, 2);
}

static void print_search(const PoolPrinter *p, const Site *image, Node *x)
{
    Emitter *e = p->e;
    line(e, "vec best = splat(-INFINITY), which = splat(-1);");
    open_window(p, image);
    Scope s = open_scope(e, p->k, image);
    const char *v = value(&s, x);
    line(e, "which = vgt(%s, best, splat((real)(i * %d + j)), which);", v, p->kernel.w);
    line(e, "best = vmax(best, %s);", v);
    close(p, 2);
}

/* Each window adds to its pixels; a plane belongs to one thread, so the order of sums is fixed. */
void emit_pool_grad(Emitter *e, const Kernel *k)
{
    bool is_max = k->anchor->op == &op_maxpool2d_grad;
    Node *dy = k->anchor->in[is_max ? 1 : 0];
    PoolPrinter p = new_printer(e, k, k->anchor, dy);
    Site image = image_site(&p), pooled = site_of(&p, dy, "h", "w");
    declare_tensors(e, k);
    int planes = open_planes(&p);
    print_clear(&p);
    open_windows(&p);
    if (is_max)
        print_search(&p, &image, k->anchor->in[0]);
    Scope s = open_scope(e, k, &pooled);
    const char *slope = value(&s, dy);
    if (!is_max)
        line(e, "const vec share = %s * splat(%s);", slope,
             literal(e, 1.0 / (p.kernel.h * p.kernel.w)));
    open_window(&p, &image);
    const char *at = pixel_address(&p, &image);
    const char *add =
        is_max ? format_string(e->arena, "veq(which, splat((real)(i * %d + j)), %s, splat(0))",
                               p.kernel.w, slope)
               : "share";
    if (image.lane >= 0)
        line(e, "st(%s, ld(%s) + %s);", at, at, add);
    else
        line(e, "*(%s) += (%s)[0];", at, add);
    close(&p, 4 + planes);
}
