/*
 * plain: kernels printed element by element, for what moves elements from layout to layout, and for
 * the rare convolutions that have no tile of their own (groups; backward to the input at a stride).
 */
#include "emit/emit.h"

#include "attrs.h"
#include "layout.h"
#include <string.h>

static const char *const vars[MAX_RANK] = {"a", "b", "c", "d"};

/* Offset of the element with these coordinates (C expressions). */
static const char *element(Emitter *e, const Node *n, const char *const *at)
{
    Buffer b = {0};
    const Layout *l = n->layout;
    for (int a = 0; a < n->shape.rank; a++) {
        if (n->shape.dim[a] == 1)
            continue;
        if (b.size)
            print_to(&b, " + ");
        if (is_linear_axis(l, a))
            print_to(&b, "(%s) * %ldL", at[a], l->block[a] <= 1 ? l->outer[a] : l->inner[a]);
        else
            print_to(&b, "(%s) / %d * %ldL + (%s) %% %d * %ldL", at[a], l->block[a], l->outer[a],
                     at[a], l->block[a], l->inner[a]);
    }
    const char *text = b.size ? copy_string(e->arena, b.text) : "0";
    free_buffer(&b);
    return text;
}

/* for a, b, c, d over the shape; returns how many braces were opened. */
static int open_elements(Emitter *e, const Kernel *k, Shape s)
{
    int shared = MIN(2, s.rank);
    SharedLoop loop[2] = {{vars[0], s.dim[0]}, {vars[1], s.dim[1]}};
    int braces = open_shared_loops(e, k, loop, shared);
    for (int a = shared; a < s.rank; a++, braces++)
        line(e, "for (int %s = 0; %s < %d; %s++) {", vars[a], vars[a], s.dim[a], vars[a]);
    if (s.rank == 0)
        line(e, "{");
    return MAX(1, braces);
}

static void close(Emitter *e, int n)
{
    while (n-- > 0)
        line(e, "}");
}

/* The input's coordinates for row-major element number `i` of it. */
static void split_index(Emitter *e, Shape s, const char *index, const char **at)
{
    long stride = 1;
    for (int a = s.rank - 1; a >= 0; a--) {
        at[a] = stride == 1 ? index : format_string(e->arena, "%s / %ld", index, stride);
        if (a > 0)
            at[a] = format_string(e->arena, "%s %% %d", at[a], s.dim[a]);
        stride *= s.dim[a];
    }
}

static const char *join_index(Emitter *e, Shape s)
{
    const char *index = s.rank ? vars[0] : "0";
    for (int a = 1; a < s.rank; a++)
        index = format_string(e->arena, a == 1 ? "%s * %d + %s" : "(%s) * %d + %s", index, s.dim[a],
                              vars[a]);
    return index;
}

/* Coordinates in x of element (a, b, c, d) of the movement's result. */
static void source_coordinates(Emitter *e, const Node *n, const char **at)
{
    memcpy(at, vars, sizeof vars);
    if (n->op == &op_slice) {
        const Slice *s = ATTRS_OF(n, Slice);
        at[s->axis] = format_string(e->arena, "%s + %d", vars[s->axis], s->from);
    } else if (n->op == &op_transpose || n->op == &op_flip_weight) {
        at[0] = vars[1];
        at[1] = vars[0];
        for (int a = 2; a < n->shape.rank; a++)
            at[a] = format_string(e->arena, "%d - %s", n->shape.dim[a] - 1, vars[a]);
    } else if (n->op == &op_reshape) {
        line(e, "const int i = %s;", join_index(e, n->shape));
        split_index(e, n->in[0]->shape, "i", at);
    }
}

static void print_move(Emitter *e, const Kernel *k)
{
    const Node *n = k->anchor;
    const char *at[MAX_RANK];
    int braces = open_elements(e, k, n->shape);
    source_coordinates(e, n, at);
    line(e, "%s[%s] = %s[%s];", pointer_name(e, n), element(e, n, vars), pointer_name(e, n->in[0]),
         element(e, n->in[0], at));
    close(e, braces);
}

static void print_pad(Emitter *e, const Kernel *k)
{
    const Node *n = k->anchor;
    const Pad *p = ATTRS_OF(n, Pad);
    const char *at[MAX_RANK], *v = vars[p->axis];
    int braces = open_elements(e, k, n->shape);
    memcpy(at, vars, sizeof vars);
    at[p->axis] = format_string(e->arena, "%s - %d", v, p->before);
    line(e, "const bool inside = %s >= %d && %s < %d;", v, p->before, v,
         p->before + n->in[0]->shape.dim[p->axis]);
    line(e, "%s[%s] = inside ? %s[%s] : 0;", pointer_name(e, n), element(e, n, vars),
         pointer_name(e, n->in[0]), element(e, n->in[0], at));
    close(e, braces);
}

static void print_concat(Emitter *e, const Kernel *k)
{
    const Node *n = k->anchor;
    int axis = ATTRS_OF(n, Concat)->axis, from = 0;
    for (int i = 0; i < n->n_in; i++) {
        const char *at[MAX_RANK];
        memcpy(at, vars, sizeof vars);
        at[axis] = format_string(e->arena, "%s + %d", vars[axis], from);
        int braces = open_elements(e, k, n->in[i]->shape);
        line(e, "%s[%s] = %s[%s];", pointer_name(e, n), element(e, n, at),
             pointer_name(e, n->in[i]), element(e, n->in[i], vars));
        close(e, braces);
        from += n->in[i]->shape.dim[axis];
    }
}

/* ---- Convolutions, any stride, dilation and groups ---- */

static const char *tap(Emitter *e, const char *out, int stride, int pad, const char *k,
                       int dilation)
{
    return format_string(e->arena, "%s * %d - %d + %s * %d", out, stride, pad, k, dilation);
}

static void print_conv(Emitter *e, const Kernel *k)
{
    const Node *y = k->anchor, *x = y->in[0], *f = y->in[1];
    const Conv2d *a = ATTRS_OF(y, Conv2d);
    int per_group = f->shape.dim[1], filters = y->shape.dim[1] / a->groups;
    int braces = open_elements(e, k, y->shape);
    line(e, "real sum = 0;");
    line(e, "for (int i = 0; i < %d; i++) {", per_group);
    line(e, "for (int r = 0; r < %d; r++) {", f->shape.dim[2]);
    line(e, "for (int s = 0; s < %d; s++) {", f->shape.dim[3]);
    line(e, "const int h = %s, w = %s;", tap(e, "c", a->stride.h, a->pad.h, "r", a->dilation.h),
         tap(e, "d", a->stride.w, a->pad.w, "s", a->dilation.w));
    line(e, "if (h < 0 || h >= %d || w < 0 || w >= %d)", x->shape.dim[2], x->shape.dim[3]);
    line(e, "    continue;");
    const char *at_x[] = {"a", format_string(e->arena, "b / %d * %d + i", filters, per_group), "h",
                          "w"};
    const char *at_f[] = {"b", "i", "r", "s"};
    line(e, "sum += %s[%s] * %s[%s];", pointer_name(e, x), element(e, x, at_x), pointer_name(e, f),
         element(e, f, at_f));
    close(e, 3);
    line(e, "%s[%s] = sum;", pointer_name(e, y), element(e, y, vars));
    close(e, braces);
}

/* dx gathers: every output pixel whose window covers it, through every tap that leads there. */
static void print_conv_dx(Emitter *e, const Kernel *k)
{
    const Node *dx = k->anchor, *dy = dx->in[0], *f = dx->in[1];
    const Conv2d *a = ATTRS_OF(dx, Conv2d);
    int per_group = f->shape.dim[1], filters = f->shape.dim[0] / a->groups;
    int braces = open_elements(e, k, dx->shape);
    line(e, "real sum = 0;");
    line(e, "for (int r = 0; r < %d; r++) {", f->shape.dim[2]);
    line(e, "for (int s = 0; s < %d; s++) {", f->shape.dim[3]);
    line(e, "const int h = c + %d - r * %d, w = d + %d - s * %d;", a->pad.h, a->dilation.h,
         a->pad.w, a->dilation.w);
    line(e, "if (h < 0 || h %% %d || h / %d >= %d || w < 0 || w %% %d || w / %d >= %d)",
         a->stride.h, a->stride.h, dy->shape.dim[2], a->stride.w, a->stride.w, dy->shape.dim[3]);
    line(e, "    continue;");
    line(e, "for (int i = 0; i < %d; i++) {", filters);
    const char *filter = format_string(e->arena, "(b / %d * %d + i)", per_group, filters);
    const char *at_dy[] = {"a", filter, format_string(e->arena, "h / %d", a->stride.h),
                           format_string(e->arena, "w / %d", a->stride.w)};
    const char *at_f[] = {filter, format_string(e->arena, "b %% %d", per_group), "r", "s"};
    line(e, "sum += %s[%s] * %s[%s];", pointer_name(e, dy), element(e, dy, at_dy),
         pointer_name(e, f), element(e, f, at_f));
    close(e, 3);
    line(e, "%s[%s] = sum;", pointer_name(e, dx), element(e, dx, vars));
    close(e, braces);
}

static void print_conv_dw(Emitter *e, const Kernel *k)
{
    const Node *dw = k->anchor, *x = dw->in[0], *dy = dw->in[1];
    const Conv2d *a = ATTRS_OF(dw, Conv2d);
    int per_group = dw->shape.dim[1], filters = dw->shape.dim[0] / a->groups;
    if (dw->layout->size > count_elements(dw->shape) &&
        e->program->place[dw->id].region == IN_ARENA)
        line(e, "memset(%s, 0, %ld * sizeof(real)); /* its padding */", pointer_name(e, dw),
             dw->layout->size);
    int braces = open_elements(e, k, dw->shape);
    line(e, "real sum = 0;");
    line(e, "for (int n = 0; n < %d; n++) {", x->shape.dim[0]);
    line(e, "for (int i = 0; i < %d; i++) {", dy->shape.dim[2]);
    line(e, "for (int j = 0; j < %d; j++) {", dy->shape.dim[3]);
    line(e, "const int h = %s, w = %s;", tap(e, "i", a->stride.h, a->pad.h, "c", a->dilation.h),
         tap(e, "j", a->stride.w, a->pad.w, "d", a->dilation.w));
    line(e, "if (h < 0 || h >= %d || w < 0 || w >= %d)", x->shape.dim[2], x->shape.dim[3]);
    line(e, "    continue;");
    const char *at_x[] = {"n", format_string(e->arena, "a / %d * %d + b", filters, per_group), "h",
                          "w"};
    const char *at_dy[] = {"n", "a", "i", "j"};
    line(e, "sum += %s[%s] * %s[%s];", pointer_name(e, x), element(e, x, at_x), pointer_name(e, dy),
         element(e, dy, at_dy));
    close(e, 3);
    line(e, "%s[%s] = sum;", pointer_name(e, dw), element(e, dw, vars));
    close(e, braces);
}

void emit_plain(Emitter *e, const Kernel *k)
{
    declare_tensors(e, k);
    switch (k->anchor->op->kind) {
    case CONV:
        print_conv(e, k);
        break;
    case CONV_DX:
        print_conv_dx(e, k);
        break;
    case CONV_DW:
        print_conv_dw(e, k);
        break;
    default:
        if (k->anchor->op == &op_pad)
            print_pad(e, k);
        else if (k->anchor->op == &op_concat)
            print_concat(e, k);
        else
            print_move(e, k);
    }
}
