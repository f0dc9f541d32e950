/*
 * conv: convolution forward; at stride 1 also backward to its input (with the weight flipped).
 *
 *     y[n][k][h][w] = sum over c, r, s of x[n][c][h*sh - ph + r*dh][w*sw - pw + s*dw] *
 * f[k][c][r][s]
 *
 * A register tile holds TILE columns of one output row for KV vectors of filters; each x is
 * broadcast once per tap and multiplied by all of them. Rows outside the image are clipped by loop
 * bounds, columns outside it are pruned when the unrolled tile is compiled, so that no halo is
 * stored. Then the epilogue: whatever pointwise program follows, the statistics of each finished
 * row while it is in cache, or a pooling over rows kept in a small buffer.
 */
#include "emit/emit.h"

#include "attrs.h"
#include "layout.h"

typedef struct ConvPrinter {
    Emitter *e;
    const Kernel *k;
    const Node *x, *f, *y; /* y: the anchor */
    const Conv2d *a;
    int filter_vectors; /* vectors of filters in all */
    int kv;             /* in a tile */
    int tiles;          /* along a row */
    int tile;           /* columns of the widest */
} ConvPrinter;

static ConvPrinter new_printer(Emitter *e, const Kernel *k)
{
    ConvPrinter p = {.e = e, .k = k, .y = k->anchor, .a = ATTRS_OF(k->anchor, Conv2d)};
    p.x = p.y->in[0];
    p.f = p.y->in[1];
    int filters = p.y->shape.dim[1], columns = p.y->shape.dim[3];
    p.filter_vectors = (filters + e->lanes - 1) / e->lanes;
    p.kv = filter_block(filters, e->lanes) / e->lanes;
    int most = (e->registers - 6) / p.kv;
    p.tiles = (columns + most - 1) / most;
    p.tile = (columns + p.tiles - 1) / p.tiles;
    return p;
}

static void print_sizes(const ConvPrinter *p)
{
    Emitter *e = p->e;
    long outer, inner;
    axis_strides(p->x->layout, p->x->shape, 1, MAX(p->x->layout->block[1], 1), &outer, &inner);
    int block = p->f->layout->block[1];
    if (p->x->layout->block[1] <= 1)
        outer = inner * block;
    line(e, "enum { C = %d, H = %d, W = %d, R = %d, S = %d, TILE = %d, KV = %d };",
         p->x->shape.dim[1], p->x->shape.dim[2], p->x->shape.dim[3], p->f->shape.dim[2],
         p->f->shape.dim[3], p->tile, p->kv);
    line(e,
         "enum { STRIDE_H = %d, STRIDE_W = %d, PAD_H = %d, PAD_W = %d, STEP_H = %d, STEP_W = %d };",
         p->a->stride.h, p->a->stride.w, p->a->pad.h, p->a->pad.w, p->a->dilation.h,
         p->a->dilation.w);
    line(e, "enum { X_IMAGE = %ld, X_BLOCK = %ld, X_CHANNEL = %ld, X_ROW = %ld, X_COLUMN = %ld };",
         p->x->shape.dim[0] > 1 ? p->x->layout->outer[0] : 0, outer, inner,
         p->x->shape.dim[2] > 1 ? p->x->layout->outer[2] : 0,
         p->x->shape.dim[3] > 1 ? p->x->layout->outer[3] : 0);
    line(e, "enum { BLOCK = %d, F_GROUP = %ld, F_BLOCK = %ld, F_ROW = %ld };", block,
         p->f->layout->outer[0], p->f->layout->outer[1], p->f->layout->outer[2]);
}

static Site output_site(const ConvPrinter *p, const char *h)
{
    Site s = {.domain = p->y->shape, .lane = 1, .block = {1, p->e->lanes, 1, 1}};
    s.outer[0] = "n";
    s.outer[1] = p->kv == 1 ? "group" : "group * KV + k";
    s.outer[2] = h;
    s.outer[3] = "w0 + i";
    if (p->y->layout->block[1] <= 1)
        s.count = format_string(p->e->arena, "%d", p->y->shape.dim[1]);
    return s;
}

/* The last node before the pooling, or of the whole chain: what a tile leaves behind. */
static Node *tile_result(const ConvPrinter *p)
{
    return p->k->pool ? p->k->pool->in[0] : p->k->results[0];
}

static void print_multiply(const ConvPrinter *p)
{
    Emitter *e = p->e;
    (void)p;
    line(e, "UNROLL for (int s = 0; s < S; s++) {");
    line(e, "vec f[KV];");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    line(e, "    f[k] = ld(fp + (s * KV + k) * L);");
    line(e, "UNROLL for (int i = 0; i < width; i++) {");
    line(e, "const int column = (w0 + i) * STRIDE_W - PAD_W + s * STEP_W;");
    line(e, "if (column < 0 || column >= W)");
    line(e, "    continue;");
    line(e, "const vec b = splat(xp[column * X_COLUMN]);");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    line(e, "    acc[i][k] += b * f[k];");
    line(e, "}");
    line(e, "}");
}

static void print_epilogue(const ConvPrinter *p)
{
    Emitter *e = p->e;
    Node *last = tile_result(p);
    line(e, "UNROLL for (int i = 0; i < width; i++) {");
    line(e, "UNROLL for (int k = 0; k < kv; k++) {");
    Site site = output_site(p, "h");
    Scope s = open_scope(e, p->k, &site);
    s.name[p->y->id] = "acc[i][k]";
    const char *v = value(&s, last);
    if (p->k->pool)
        line(e, "st(row + ((w0 + i) * KV + k) * L, %s);", v);
    else
        store(&s, last, v);
    line(e, "}");
    line(e, "}");
}

void emit_conv_tile(Emitter *e, const Kernel *k)
{
    ConvPrinter p = new_printer(e, k);
    line(e, "/* Columns w0 ... w0 + width - 1 of row h, kv vectors of filters. */");
    line(e,
         "INLINE void %s_tile(const int w0, const int width, const int kv, int n, int group, int "
         "h%s)",
         k->name, k->pool ? ", real *restrict row" : "");
    line(e, "{");
    print_sizes(&p);
    declare_tensors(e, k);
    line(e, "const int low = PAD_H - h * STRIDE_H, high = H + low;");
    line(e, "const int r0 = low > 0 ? (low + STEP_H - 1) / STEP_H : 0;");
    line(e, "const int r1 = high < (R - 1) * STEP_H + 1 ? (high + STEP_H - 1) / STEP_H : R;");
    line(e, "vec acc[TILE][KV];");
    line(e, "UNROLL for (int i = 0; i < width; i++) {");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    line(e, "    acc[i][k] = splat(0);");
    line(e, "}");
    line(e, "for (int cb = 0; cb * BLOCK < C; cb++) {");
    line(e, "const int channels = C %% BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C %% BLOCK;");
    line(e, "for (int r = r0; r < r1; r++) {");
    line(e, "const real *xp = %s + (long)n * X_IMAGE + cb * X_BLOCK + (r * STEP_H - low) * X_ROW;",
         pointer_name(e, p.x));
    line(e, "const real *fp = %s + group * (long)F_GROUP + cb * F_BLOCK + r * F_ROW;",
         pointer_name(e, p.f));
    line(e, "NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += S * KV * L) {");
    print_multiply(&p);
    line(e, "}");
    line(e, "}");
    line(e, "}");
    print_epilogue(&p);
    line(e, "}");
}

/* Calls of the tile function that make up one row. */
static void print_row(const ConvPrinter *p, const char *h, const char *kv, const char *extra)
{
    int columns = p->y->shape.dim[3];
    for (int t = 0; t < p->tiles; t++) {
        int from = t * columns / p->tiles, to = (t + 1) * columns / p->tiles;
        line(p->e, "%s_tile(%d, %d, %s, n, group, %s%s);", p->k->name, from, to - from, kv, h,
             extra);
    }
}

/* ---- Statistics ---- */

static bool has_statistics(const Kernel *k)
{
    return k->n_results > 1;
}

static void print_row_statistics(const ConvPrinter *p, const char *kv)
{
    Emitter *e = p->e;
    long column = p->y->layout->outer[3], block = p->y->layout->outer[1];
    line(e, "UNROLL for (int k = 0; k < %s; k++) {", kv);
    Site site = output_site(p, "h");
    site.outer[3] = NULL;
    line(e, "const real *row = %s + %s;", pointer_name(e, p->k->results[0]),
         offset_at(e, &site, p->y->shape, p->y->layout));
    (void)block;
    line(e, "if (h == 0)");
    line(e, "    shift[k] = ld(row);");
    line(e, "for (int w = 0; w < %d; w++) {", p->y->shape.dim[3]);
    line(e, "const vec d = ld(row + w * %ld) - shift[k];", column);
    line(e, "sum[k] += d;");
    line(e, "squares[k] += d * d;");
    line(e, "}");
    line(e, "}");
}

static void print_image_statistics(const ConvPrinter *p, const char *kv)
{
    Emitter *e = p->e;
    double pixels = (double)p->y->shape.dim[2] * p->y->shape.dim[3];
    const char *share = literal(e, 1 / pixels);
    line(e, "UNROLL for (int k = 0; k < %s; k++) {", kv);
    line(e, "real *mine = scratch + ((long)n * %d + group * %d + k) * 2 * L;", p->filter_vectors,
         p->kv);
    line(e, "st(mine, shift[k] + sum[k] * splat(%s));", share);
    line(e, "st(mine + L, squares[k] - sum[k] * sum[k] * splat(%s));", share);
    line(e, "}");
}

static void print_merge(const ConvPrinter *p)
{
    Emitter *e = p->e;
    double count = (double)count_elements(p->y->shape) / p->y->shape.dim[1];
    line(e, "for (int c = 0; c < %d; c++) {", p->filter_vectors);
    line(e, "vec mean = splat(0), squares = splat(0);");
    line(e, "for (int n = 0; n < %d; n++) {", p->y->shape.dim[0]);
    line(e, "const real *its = scratch + ((long)n * %d + c) * 2 * L;", p->filter_vectors);
    line(e, "const vec apart = ld(its) - mean, share = splat(1 / (real)(n + 1));");
    line(e, "squares += ld(its + L) + apart * apart * splat((real)n * %d) * share;",
         p->y->shape.dim[2] * p->y->shape.dim[3]);
    line(e, "mean += apart * share;");
    line(e, "}");
    for (int i = 1; i < p->k->n_results; i++) {
        const Node *r = p->k->results[i];
        Site site = {
            .domain = p->y->shape, .lane = 1, .outer = {NULL, "c"}, .block = {1, e->lanes, 1, 1}};
        Scope s = open_scope(e, p->k, &site);
        store(&s, (Node *)r,
              r->op == &op_channel_mean
                  ? "mean"
                  : format_string(e->arena, "squares * splat(%s)", literal(e, 1 / count)));
    }
    line(e, "}");
}

/* ---- Pooling over a buffer of rows ---- */

static void print_pool(const ConvPrinter *p, const char *kv)
{
    Emitter *e = p->e;
    const Pool2d *pool = ATTRS_OF(p->k->pool, Pool2d);
    bool is_max = p->k->pool->op == &op_maxpool2d;
    line(e, "for (int w = 0; w < %d; w++) {", p->k->pool->shape.dim[3]);
    line(e, "UNROLL for (int k = 0; k < %s; k++) {", kv);
    line(e, "vec pooled = splat(%s);", is_max ? "-INFINITY" : "0");
    line(e, "UNROLL for (int i = 0; i < %d; i++) {", pool->kernel.h);
    line(e, "UNROLL for (int j = 0; j < %d; j++) {", pool->kernel.w);
    line(e, "const vec v = ld(rows[i] + ((w * %d + j) * %d + k) * L);", pool->kernel.w, p->kv);
    line(e, is_max ? "pooled = vmax(pooled, v);" : "pooled += v;");
    line(e, "}");
    line(e, "}");
    if (!is_max)
        line(e, "pooled *= splat(%s);", literal(e, 1.0 / (pool->kernel.h * pool->kernel.w)));
    Site site = output_site(p, "h");
    site.domain = p->k->pool->shape;
    site.outer[3] = "w";
    if (p->kv > 1)
        site.outer[1] = format_string(e->arena, "group * %d + k", p->kv);
    Scope s = open_scope(e, p->k, &site);
    s.name[p->k->pool->id] = "pooled";
    store(&s, p->k->results[0], value(&s, p->k->results[0]));
    line(e, "}");
    line(e, "}");
}

static void print_pooled_rows(const ConvPrinter *p, const char *kv)
{
    Emitter *e = p->e;
    const Pool2d *pool = ATTRS_OF(p->k->pool, Pool2d);
    line(e, "real rows[%d][%d * %d * L];", pool->kernel.h, p->y->shape.dim[3], p->kv);
    line(e, "for (int h = 0; h < %d; h++) {", p->k->pool->shape.dim[2]);
    line(e, "for (int i = 0; i < %d; i++) {", pool->kernel.h);
    print_row(p, format_string(e->arena, "h * %d + i", pool->kernel.h), kv, ", rows[i]");
    line(e, "}");
    print_pool(p, kv);
    line(e, "}");
}

/* ---- The kernel ---- */

/* All rows of image n for one group of filters. */
static void print_image(const ConvPrinter *p, const char *kv)
{
    Emitter *e = p->e;
    if (p->k->pool) {
        print_pooled_rows(p, kv);
        return;
    }
    bool statistics = has_statistics(p->k);
    if (statistics)
        line(e, "vec shift[KV], sum[KV] = {0}, squares[KV] = {0};");
    line(e, "for (int h = 0; h < %d; h++) {", p->y->shape.dim[2]);
    print_row(p, "h", kv, "");
    if (statistics)
        print_row_statistics(p, kv);
    line(e, "}");
    if (statistics)
        print_image_statistics(p, kv);
}

void emit_conv(Emitter *e, const Kernel *k)
{
    ConvPrinter p = new_printer(e, k);
    int groups = (p.filter_vectors + p.kv - 1) / p.kv;
    line(e, "enum { KV = %d };", p.kv);
    declare_tensors(e, k);
    if (k->scratch)
        line(e, "real *restrict scratch = arena + %ld;", e->program->scratch[k->id].offset);
    int braces =
        open_shared_loops(e, k, (SharedLoop[]){{"n", p.y->shape.dim[0]}, {"group", groups}}, 2);
    if (p.filter_vectors % p.kv) { /* the last group is narrower */
        line(e, "if (group < %d) {", groups - 1);
        print_image(&p, format_string(e->arena, "%d", p.kv));
        line(e, "} else {");
        print_image(&p, format_string(e->arena, "%d", p.filter_vectors % p.kv));
        line(e, "}");
    } else {
        print_image(&p, format_string(e->arena, "%d", p.kv));
    }
    while (braces-- > 0)
        line(e, "}");
    if (has_statistics(k))
        print_merge(&p);
}
