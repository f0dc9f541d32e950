/*
 * row: operators along axis 1, one row of channels at a time.
 *
 *     softmax:     y_i = exp(x_i - m) / sum_j exp(x_j - m),  m = max_j x_j
 *     log_softmax: y_i = x_i - m - log(sum_j exp(x_j - m))
 *     argmax:      the first i with x_i = m
 */
#include "emit/emit.h"

#include "layout.h"

typedef struct RowPrinter {
    Emitter *e;
    const Kernel *k;
    const Node *x, *y;
    int channels, blocks;
    Site site;
} RowPrinter;

/* for each vector of the row: opens the loop, returns the loaded x with the lanes past the end
 * masked. */
static Scope open_blocks(RowPrinter *p)
{
    Emitter *e = p->e;
    line(e, "for (int c = 0; c < %d; c++) {", p->blocks);
    int rest = p->channels % e->lanes;
    if (p->blocks > 1 && rest)
        line(e, "const int lanes = c < %d ? L : %d;", p->blocks - 1, rest);
    else
        line(e, "const int lanes = %s;", rest ? format_string(e->arena, "%d", rest) : "L");
    return open_scope(e, p->k, &p->site);
}

static const char *masked(RowPrinter *p, const char *v, const char *others)
{
    return p->channels % p->e->lanes
               ? format_string(p->e->arena, "first_lanes(%s, lanes, %s)", v, others)
               : v;
}

static void print_max(RowPrinter *p)
{
    line(p->e, "vec most = splat(-INFINITY);");
    Scope s = open_blocks(p);
    line(p->e, "(void)lanes;");
    line(p->e, "most = vmax(most, %s);", masked(p, value(&s, p->k->anchor->in[0]), "-INFINITY"));
    line(p->e, "}");
    line(p->e, "const vec highest = splat(max_lanes(most));");
}

static void print_sum(RowPrinter *p)
{
    line(p->e, "vec sum = splat(0);");
    Scope s = open_blocks(p);
    line(p->e, "(void)lanes;");
    const char *v = value(&s, p->k->anchor->in[0]);
    line(p->e, "sum += %s;", masked(p, format_string(p->e->arena, "vexp(%s - highest)", v), "0"));
    line(p->e, "}");
}

static void print_softmax(RowPrinter *p)
{
    Emitter *e = p->e;
    bool is_log = p->y->op == &op_log_softmax;
    print_max(p);
    print_sum(p);
    if (is_log)
        line(e, "const vec shift = highest + vlog(splat(sum_lanes(sum)));");
    else
        line(e, "const vec share = splat(1) / splat(sum_lanes(sum));");
    Scope s = open_blocks(p);
    line(e, "(void)lanes;");
    const char *v = value(&s, p->k->anchor->in[0]);
    store(&s, p->k->results[0],
          is_log ? format_string(e->arena, "%s - shift", v)
                 : format_string(e->arena, "vexp(%s - highest) * share", v));
    line(e, "}");
}

static void print_argmax(RowPrinter *p)
{
    Emitter *e = p->e;
    print_max(p);
    line(e, "real first = 0;");
    line(e, "for (int c = %d; c >= 0; c--) {", p->blocks - 1);
    Scope s = open_scope(e, p->k, &p->site);
    const char *v = value(&s, p->k->anchor->in[0]);
    line(e, "for (int i = %d < L ? %d : L - 1; i >= 0; i--) {", p->channels, p->channels - 1);
    line(e, "if (c * L + i < %d && %s[i] == highest[0])", p->channels, v);
    line(e, "    first = (real)(c * L + i);");
    line(e, "}");
    line(e, "}");
    Site one = p->site;
    one.lane = -1;
    one.outer[1] = NULL;
    one.count = NULL;
    Scope after = open_scope(e, p->k, &one);
    store(&after, p->k->results[0], "splat(first)");
}

void emit_row(Emitter *e, const Kernel *k)
{
    RowPrinter p = {.e = e, .k = k, .x = k->anchor->in[0], .y = k->anchor};
    Shape s = p.x->shape;
    p.channels = s.dim[1];
    p.blocks = (p.channels + e->lanes - 1) / e->lanes;
    p.site =
        (Site){.domain = s, .lane = 1, .outer = {"n", "c", "h", "w"}, .block = {1, e->lanes, 1, 1}};
    if (p.x->layout->block[1] <= 1)
        p.site.count = format_string(e->arena, "%d", p.channels);
    declare_tensors(e, k);
    int braces =
        open_shared_loops(e, k, (SharedLoop[]){{"n", s.dim[0]}, {"h", s.dim[2]}, {"w", s.dim[3]}},
                          s.rank == 4 ? 3 : 1);
    if (p.y->op == &op_argmax)
        print_argmax(&p);
    else
        print_softmax(&p);
    while (braces-- > 0)
        line(e, "}");
}
