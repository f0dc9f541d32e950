/*
 * matmul: y[n][k] = sum over c of x[n][c] * f[k][c], the forward of linear and, with the weight
 * transposed, its gradient to the input; and dw[k][c] = sum over n of dy[n][k] * x[n][c].
 *
 * Forward: a register tile holds TILE rows for KV vectors of features; the packed weight is one
 * stream. Weight gradient: a tile holds TILE inputs for KV vectors of features, and both operands
 * are streams over the batch.
 */
#include "emit/emit.h"

#include "attrs.h"
#include "layout.h"

typedef struct MatmulPrinter {
    Emitter *e;
    const Kernel *k;
    const Node *x, *f, *y;
    int vectors, kv, groups; /* of features */
    int rows, tile, tiles;
} MatmulPrinter;

static MatmulPrinter new_printer(Emitter *e, const Kernel *k)
{
    MatmulPrinter p = {.e = e, .k = k, .y = k->anchor};
    p.x = p.y->in[0];
    p.f = p.y->in[1];
    int features = p.y->shape.dim[1];
    p.vectors = (features + e->lanes - 1) / e->lanes;
    p.kv = filter_block(features, e->lanes) / e->lanes;
    p.groups = (p.vectors + p.kv - 1) / p.kv;
    p.rows = p.y->shape.dim[0];
    int most = (e->registers - 6) / p.kv;
    p.tiles = (p.rows + most - 1) / most;
    p.tile = (p.rows + p.tiles - 1) / p.tiles;
    return p;
}

/* Steps of x: row, block of channels, channel in a block. */
static void x_steps(const Node *x, int block, long *row, long *outer, long *inner)
{
    *row = x->shape.dim[0] > 1 ? x->layout->outer[0] : 0;
    axis_strides(x->layout, x->shape, 1, block, outer, inner);
}

static Site output_site(const MatmulPrinter *p)
{
    Site s = {.domain = p->y->shape, .lane = 1, .block = {1, p->e->lanes, 1, 1}};
    s.outer[0] = "n0 + i";
    s.outer[1] = p->kv == 1 ? "group" : "group * KV + k";
    if (p->y->layout->block[1] <= 1)
        s.count = format_string(p->e->arena, "%d", p->y->shape.dim[1]);
    return s;
}

void emit_matmul_tile(Emitter *e, const Kernel *k)
{
    MatmulPrinter p = new_printer(e, k);
    int block = p.f->layout->block[1];
    long row, outer, inner;
    x_steps(p.x, block, &row, &outer, &inner);
    line(e, "/* Rows n0 ... n0 + rows - 1, kv vectors of features. */");
    line(e, "INLINE void %s_tile(int n0, const int rows, const int kv, int group)", k->name);
    line(e, "{");
    line(e, "enum { C = %d, TILE = %d, KV = %d, BLOCK = %d };", p.x->shape.dim[1], p.tile, p.kv,
         block);
    line(e, "enum { X_ROW = %ld, X_BLOCK = %ld, X_CHANNEL = %ld, F_GROUP = %ld };", row, outer,
         inner, p.f->layout->outer[0]);
    declare_tensors(e, k);
    line(e, "const real *fp = %s + group * (long)F_GROUP;", pointer_name(e, p.f));
    line(e, "vec acc[TILE][KV];");
    line(e, "UNROLL for (int i = 0; i < rows; i++) {");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    line(e, "    acc[i][k] = splat(0);");
    line(e, "}");
    line(e, "for (int cb = 0; cb * BLOCK < C; cb++) {");
    line(e, "const real *xp = %s + n0 * X_ROW + cb * X_BLOCK;", pointer_name(e, p.x));
    line(e, "const int channels = C %% BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C %% BLOCK;");
    line(e, "NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += KV * L) {");
    line(e, "vec f[KV];");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    line(e, "    f[k] = ld(fp + k * L);");
    line(e, "UNROLL for (int i = 0; i < rows; i++) {");
    line(e, "const vec b = splat(xp[i * X_ROW]);");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    line(e, "    acc[i][k] += b * f[k];");
    line(e, "}");
    line(e, "}");
    line(e, "}");
    line(e, "UNROLL for (int i = 0; i < rows; i++) {");
    line(e, "UNROLL for (int k = 0; k < kv; k++) {");
    Site site = output_site(&p);
    Scope s = open_scope(e, k, &site);
    s.name[p.y->id] = "acc[i][k]";
    store(&s, k->results[0], value(&s, k->results[0]));
    line(e, "}");
    line(e, "}");
    line(e, "}");
}

/* `if (group < last) CALL(kv); else CALL(rest);`, where the last group is narrower. */
static void call_by_group(Emitter *e, int groups, int vectors, int kv, const char *format)
{
    const char *wide = format_string(e->arena, "%d", kv);
    if (vectors % kv == 0) {
        line(e, format, wide);
        return;
    }
    line(e, "if (group < %d)", groups - 1);
    print_to(&e->out, "    ");
    line(e, format, wide);
    line(e, "else");
    print_to(&e->out, "    ");
    line(e, format, format_string(e->arena, "%d", vectors % kv));
}

void emit_matmul(Emitter *e, const Kernel *k)
{
    MatmulPrinter p = new_printer(e, k);
    int braces = open_shared_loops(e, k, (SharedLoop[]){{"group", p.groups}, {"tile", p.tiles}}, 2);
    line(e, "const int n0 = tile * %d / %d, rows = (tile + 1) * %d / %d - n0;", p.rows, p.tiles,
         p.rows, p.tiles);
    if (p.rows % p.tiles) {
        line(e, "if (rows == %d) {", p.tile);
        call_by_group(e, p.groups, p.vectors, p.kv,
                      format_string(e->arena, "%s_tile(n0, %d, %%s, group);", k->name, p.tile));
        line(e, "} else {");
        call_by_group(e, p.groups, p.vectors, p.kv,
                      format_string(e->arena, "%s_tile(n0, %d, %%s, group);", k->name, p.tile - 1));
        line(e, "}");
    } else {
        line(e, "(void)rows;");
        call_by_group(e, p.groups, p.vectors, p.kv,
                      format_string(e->arena, "%s_tile(n0, %d, %%s, group);", k->name, p.tile));
    }
    while (braces-- > 0)
        line(e, "}");
}

/* ---- Weight gradient ---- */

enum { DW_TILE = 8 };

static MatmulPrinter new_dw_printer(Emitter *e, const Kernel *k)
{
    MatmulPrinter p = {.e = e, .k = k, .y = k->anchor};
    p.x = p.y->in[0];
    p.f = p.y->in[1]; /* dy */
    int features = p.y->shape.dim[0];
    p.vectors = (features + e->lanes - 1) / e->lanes;
    p.kv = filter_block(features, e->lanes) / e->lanes;
    p.groups = (p.vectors + p.kv - 1) / p.kv;
    p.rows = p.y->shape.dim[1];                                /* inputs */
    p.tile = MIN(p.rows, MIN(DW_TILE, p.y->layout->block[1])); /* inside one block of inputs */
    p.tiles = (p.rows + p.tile - 1) / p.tile;
    return p;
}

void emit_matmul_dw_tile(Emitter *e, const Kernel *k)
{
    MatmulPrinter p = new_dw_printer(e, k);
    long row, outer, inner, dy_row, dy_outer, dy_inner;
    int block = p.y->layout->block[1];
    x_steps(p.x, block, &row, &outer, &inner);
    x_steps(p.f, e->lanes, &dy_row, &dy_outer, &dy_inner);
    int features = p.y->shape.dim[0], last = features % e->lanes;
    line(e, "/* Inputs c0 ... c0 + inputs - 1, kv vectors of features, summed over the batch. */");
    line(e, "INLINE void %s_tile(int c0, const int inputs, const int kv, int group)", k->name);
    line(e, "{");
    line(e, "enum { N = %d, TILE = %d, KV = %d, BLOCK = %d };", p.x->shape.dim[0], p.tile, p.kv,
         block);
    line(e, "enum { X_ROW = %ld, X_BLOCK = %ld, X_CHANNEL = %ld, DY_ROW = %ld, DY_BLOCK = %ld };",
         row, outer, inner, dy_row, dy_outer);
    declare_tensors(e, k);
    line(e, "const real *xp = %s + c0 / BLOCK * X_BLOCK + c0 %% BLOCK * X_CHANNEL;",
         pointer_name(e, p.x));
    line(e, "const real *dp = %s + group * KV * (long)DY_BLOCK;", pointer_name(e, p.f));
    line(e, "vec acc[TILE][KV];");
    line(e, "UNROLL for (int i = 0; i < inputs; i++) {");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    line(e, "    acc[i][k] = splat(0);");
    line(e, "}");
    line(e, "NO_UNROLL for (int n = 0; n < N; n++, xp += X_ROW, dp += DY_ROW) {");
    line(e, "vec d[KV];");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    if (p.f->layout->block[1] > 1)
        line(e, "    d[k] = ld(dp + k * DY_BLOCK);");
    else
        line(e, "    d[k] = ld_strided(dp, %ld, %d);", dy_inner, features);
    line(e, "UNROLL for (int i = 0; i < inputs; i++) {");
    line(e, "const vec b = splat(xp[i * X_CHANNEL]);");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    line(e, "    acc[i][k] += b * d[k];");
    line(e, "}");
    line(e, "}");
    line(e, "real *out = %s + group * %ldL + c0 / BLOCK * %ldL + c0 %% BLOCK * KV * L;",
         pointer_name(e, p.y), p.y->layout->outer[0], p.y->layout->outer[1]);
    line(e, "UNROLL for (int i = 0; i < inputs; i++) {");
    line(e, "UNROLL for (int k = 0; k < kv; k++)");
    if (last) /* padding stays zero in weights */
        line(e,
             "    st(out + (i * KV + k) * L, group * KV + k < %d ? acc[i][k] : "
             "first_lanes(acc[i][k], %d, 0));",
             p.vectors - 1, last);
    else
        line(e, "    st(out + (i * KV + k) * L, acc[i][k]);");
    line(e, "}");
    line(e, "}");
}

/* Tiles of inputs do not straddle the blocks of x: they advance inside each block. */
void emit_matmul_dw(Emitter *e, const Kernel *k)
{
    MatmulPrinter p = new_dw_printer(e, k);
    int rest = p.rows % p.tile;
    declare_tensors(e, k);
    clear_weight_padding(e, p.y);
    int braces = open_shared_loops(e, k, (SharedLoop[]){{"group", p.groups}, {"tile", p.tiles}}, 2);
    if (rest) {
        line(e, "if (tile < %d) {", p.tiles - 1);
        call_by_group(e, p.groups, p.vectors, p.kv,
                      format_string(e->arena, "%s_tile(tile * %d, %d, %%s, group);", k->name,
                                    p.tile, p.tile));
        line(e, "} else {");
        call_by_group(
            e, p.groups, p.vectors, p.kv,
            format_string(e->arena, "%s_tile(tile * %d, %d, %%s, group);", k->name, p.tile, rest));
        line(e, "}");
    } else {
        call_by_group(e, p.groups, p.vectors, p.kv,
                      format_string(e->arena, "%s_tile(tile * %d, %d, %%s, group);", k->name,
                                    p.tile, p.tile));
    }
    while (braces-- > 0)
        line(e, "}");
}
