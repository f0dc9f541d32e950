/*
 * conv_dw: the gradient of a convolution's weight.
 *
 *     dw[k][c][r][s] = sum over n, h, w of dy[n][k][h][w] * x[n][c][h*sh - ph + r*dh][w*sw - pw +
 * s*dw]
 *
 * A register tile holds TILE channels, all S taps of one filter row, KV vectors of filters; dy is a
 * stream of vectors, every x is broadcast. Threads own disjoint tiles. Where the weight has too few
 * tiles, the batch is cut into a fixed number of parts whose sums are added in order.
 */
#include "emit/emit.h"

#include "attrs.h"
#include "layout.h"

typedef struct DwPrinter {
    Emitter *e;
    const Kernel *k;
    const Node *x, *dy, *dw;
    const Conv2d *a;
    int vectors, kv, groups;
    int channels, tile, tiles;
} DwPrinter;

static DwPrinter new_printer(Emitter *e, const Kernel *k)
{
    DwPrinter p = {.e = e, .k = k, .dw = k->anchor, .a = ATTRS_OF(k->anchor, Conv2d)};
    p.x = p.dw->in[0];
    p.dy = p.dw->in[1];
    int filters = p.dw->shape.dim[0];
    p.vectors = (filters + e->lanes - 1) / e->lanes;
    p.kv = filter_block(filters, e->lanes) / e->lanes;
    p.groups = (p.vectors + p.kv - 1) / p.kv;
    p.channels = p.dw->shape.dim[1];
    int most = (e->registers - 6) / (p.kv * p.dw->shape.dim[3]);
    int block = p.x->layout->block[1]; /* a tile lies inside one block of channels */
    p.tile = 1;
    while (2 * p.tile <= most && 2 * p.tile <= (block > 1 ? MIN(block, p.channels) : p.channels))
        p.tile *= 2;
    p.tiles = (p.channels + p.tile - 1) / p.tile;
    return p;
}

static void print_sizes(const DwPrinter *p)
{
    Emitter *e = p->e;
    long outer, inner, dy_outer, dy_inner;
    int block = MAX(p->x->layout->block[1], 1);
    axis_strides(p->x->layout, p->x->shape, 1, block, &outer, &inner);
    axis_strides(p->dy->layout, p->dy->shape, 1, e->lanes, &dy_outer, &dy_inner);
    const Layout *l = p->x->layout, *d = p->dy->layout;
    const int *x = p->x->shape.dim, *y = p->dy->shape.dim;
    line(e, "enum { H = %d, W = %d, R = %d, S = %d, TILE = %d, KV = %d };", x[2], x[3],
         p->dw->shape.dim[2], p->dw->shape.dim[3], p->tile, p->kv);
    line(e,
         "enum { STRIDE_H = %d, STRIDE_W = %d, PAD_H = %d, PAD_W = %d, STEP_H = %d, STEP_W = %d };",
         p->a->stride.h, p->a->stride.w, p->a->pad.h, p->a->pad.w, p->a->dilation.h,
         p->a->dilation.w);
    line(e, "enum { X_IMAGE = %ld, X_CHANNEL = %ld, X_ROW = %ld, X_COLUMN = %ld };",
         x[0] > 1 ? l->outer[0] : 0, block > 1 ? inner : outer, x[2] > 1 ? l->outer[2] : 0,
         x[3] > 1 ? l->outer[3] : 0);
    line(e, "enum { DY_IMAGE = %ld, DY_BLOCK = %ld, DY_ROW = %ld, DY_COLUMN = %ld };",
         y[0] > 1 ? d->outer[0] : 0, dy_outer, y[2] > 1 ? d->outer[2] : 0,
         y[3] > 1 ? d->outer[3] : 0);
}

static void print_pixel(const DwPrinter *p)
{
    Emitter *e = p->e;
    long outer, lane;
    axis_strides(p->dy->layout, p->dy->shape, 1, e->lanes, &outer, &lane);
    line(e, "/* One pixel's contribution; taps outside the image are left out if checked. */");
    line(e, "INLINE void %s_pixel(vec acc[%d][%d][%d], const real *xp, const real *dp, int w,",
         p->k->name, p->tile, p->dw->shape.dim[3], p->kv);
    line(e, "    const bool checked, const int channels, const int kv)");
    line(e, "{");
    print_sizes(p);
    line(e, "vec d[KV];");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    if (p->dy->layout->block[1] > 1)
        line(e, "    d[k] = ld(dp + k * DY_BLOCK + w * DY_COLUMN);");
    else
        line(e, "    d[k] = ld_strided(dp + w * DY_COLUMN, %ld, %d);", lane, p->dy->shape.dim[1]);
    line(e, "UNROLL for (int s = 0; s < S; s++) {");
    line(e, "const int column = w * STRIDE_W - PAD_W + s * STEP_W;");
    line(e, "if (checked && (column < 0 || column >= W))");
    line(e, "    continue;");
    line(e, "UNROLL for (int c = 0; c < channels; c++) {");
    line(e, "const vec b = splat(xp[column * X_COLUMN + c * X_CHANNEL]);");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    line(e, "    acc[c][s][k] += b * d[k];");
    line(e, "}");
    line(e, "}");
    line(e, "}");
    gap(e);
}

/* Output columns whose taps all lie inside the image: [from, to). */
static void safe_columns(const DwPrinter *p, int *from, int *to)
{
    int columns = p->dy->shape.dim[3], s = p->dw->shape.dim[3];
    int room = p->x->shape.dim[3] - 1 + p->a->pad.w - (s - 1) * p->a->dilation.w;
    *from = MIN(columns, (p->a->pad.w + p->a->stride.w - 1) / p->a->stride.w);
    *to = room < 0 ? *from : MAX(*from, MIN(columns, room / p->a->stride.w + 1));
}

static void print_columns(const DwPrinter *p, int from, int to, const char *checked)
{
    if (from == to)
        return;
    line(p->e, "NO_UNROLL for (int w = %d; w < %d; w++)", from, to);
    line(p->e, "    %s_pixel(acc, xp, dp, w, %s, channels, kv);", p->k->name, checked);
}

static void print_images(const DwPrinter *p)
{
    Emitter *e = p->e;
    int from, to, columns = p->dy->shape.dim[3], block = MAX(p->x->layout->block[1], 1);
    long outer, inner;
    axis_strides(p->x->layout, p->x->shape, 1, block, &outer, &inner);
    safe_columns(p, &from, &to);
    line(e, "for (int n = from; n < to; n++) {");
    line(e, "for (int h = 0; h < %d; h++) {", p->dy->shape.dim[2]);
    line(e, "const int row = h * STRIDE_H - PAD_H + r * STEP_H;");
    line(e, "if (row < 0 || row >= H)");
    line(e, "    continue;");
    if (block > 1)
        line(e, "const real *xp = %s + (long)n * X_IMAGE + c0 / %d * %ld + c0 %% %d + row * X_ROW;",
             pointer_name(e, p->x), block, outer, block);
    else
        line(e, "const real *xp = %s + (long)n * X_IMAGE + c0 * X_CHANNEL + row * X_ROW;",
             pointer_name(e, p->x));
    line(e, "const real *dp = %s + (long)n * DY_IMAGE + group * KV * (long)DY_BLOCK + h * DY_ROW;",
         pointer_name(e, p->dy));
    print_columns(p, 0, from, "true");
    print_columns(p, from, to, "false");
    print_columns(p, to, columns, "true");
    line(e, "}");
    line(e, "}");
}

static void print_tile_store(const DwPrinter *p)
{
    Emitter *e = p->e;
    const Layout *l = p->dw->layout;
    int last = p->dw->shape.dim[0] % e->lanes;
    line(e, "real *to_dw = out + group * %ldL + c0 / %d * %ldL + r * %ldL + c0 %% %d * %ldL;",
         l->outer[0], l->block[1], l->outer[1], l->outer[2], l->block[1], l->inner[1]);
    line(e, "UNROLL for (int c = 0; c < channels; c++) {");
    line(e, "UNROLL for (int s = 0; s < S; s++) {");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    if (last) /* padding stays zero in weights */
        line(e,
             "    st(to_dw + c * %ld + (s * KV + k) * L, group * KV + k < %d ? acc[c][s][k] : "
             "first_lanes(acc[c][s][k], %d, 0));",
             l->inner[1], p->vectors - 1, last);
    else
        line(e, "    st(to_dw + c * %ld + (s * KV + k) * L, acc[c][s][k]);", l->inner[1]);
    line(e, "}");
    line(e, "}");
}

void emit_conv_dw_tile(Emitter *e, const Kernel *k)
{
    DwPrinter p = new_printer(e, k);
    print_pixel(&p);
    line(e, "/* Channels c0 ..., filter row r, kv vectors of filters, summed over images from ... "
            "to - 1. */");
    line(e, "INLINE void %s_tile(real *out, int from, int to, int group, int c0, int r,", k->name);
    line(e, "    const int channels, const int kv)");
    line(e, "{");
    print_sizes(&p);
    declare_tensors(e, k);
    line(e, "vec acc[TILE][S][KV];");
    line(e, "UNROLL for (int c = 0; c < channels; c++) {");
    line(e, "UNROLL for (int s = 0; s < S; s++) {");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    line(e, "    acc[c][s][k] = splat(0);");
    line(e, "}");
    line(e, "}");
    print_images(&p);
    print_tile_store(&p);
    line(e, "}");
}

static void print_call(const DwPrinter *p, int channels, int kv)
{
    line(p->e, "%s_tile(out, from, to, group, tile * %d, r, %d, %d);", p->k->name, p->tile,
         channels, kv);
}

/* One call for each width of the tile: the last channels and the last filters may be fewer. */
static void print_calls(const DwPrinter *p, int channels)
{
    Emitter *e = p->e;
    if (p->vectors % p->kv == 0) {
        print_call(p, channels, p->kv);
        return;
    }
    line(e, "if (group < %d) {", p->groups - 1);
    print_call(p, channels, p->kv);
    line(e, "} else {");
    print_call(p, channels, p->vectors % p->kv);
    line(e, "}");
}

static void print_sum_of_parts(const DwPrinter *p)
{
    Emitter *e = p->e;
    long size = p->dw->layout->size;
    open_shared_loops(e, p->k, &(SharedLoop){"block", size / e->lanes}, 1);
    line(e, "const long i = block * (long)L;");
    line(e, "vec sum = ld(scratch + i);");
    line(e, "for (int part = 1; part < %d; part++)", p->k->parts);
    line(e, "    sum += ld(scratch + part * %ldL + i);", size);
    line(e, "st(%s + i, sum);", pointer_name(e, p->dw));
    line(e, "}");
}

void clear_weight_padding(Emitter *e, const Node *dw)
{
    if (has_untouched_padding(dw->shape, dw->layout, e->lanes) &&
        e->program->place[dw->id].region == IN_ARENA)
        line(e, "memset(%s, 0, %ld * sizeof(real)); /* its padding */", pointer_name(e, dw),
             dw->layout->size);
}

void emit_conv_dw(Emitter *e, const Kernel *k)
{
    DwPrinter p = new_printer(e, k);
    int batch = p.x->shape.dim[0], rest = p.channels % p.tile;
    declare_tensors(e, k);
    clear_weight_padding(e, p.dw);
    if (k->scratch)
        line(e, "real *restrict scratch = arena + %ld;", e->program->scratch[k->id].offset);
    int braces = open_shared_loops(
        e, k,
        (SharedLoop[]){
            {"part", k->parts}, {"group", p.groups}, {"tile", p.tiles}, {"r", p.dw->shape.dim[2]}},
        4);
    line(e, "const int from = part * %d / %d, to = (part + 1) * %d / %d;", batch, k->parts, batch,
         k->parts);
    if (k->parts > 1)
        line(e, "real *out = scratch + part * %ldL;", p.dw->layout->size);
    else
        line(e, "real *out = %s;", pointer_name(e, p.dw));
    if (rest) {
        line(e, "if (tile < %d) {", p.tiles - 1);
        print_calls(&p, p.tile);
        line(e, "} else {");
        print_calls(&p, rest);
        line(e, "}");
    } else {
        print_calls(&p, p.tile);
    }
    while (braces-- > 0)
        line(e, "}");
    if (k->parts > 1)
        print_sum_of_parts(&p);
}
