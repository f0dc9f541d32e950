/*
 * loop_windows: loops that walk an image window by window, because they read the gradient of a
 * pooling with disjoint windows. The gradient is not stored: each window finds its first maximum
 * again, as the pooling did, and hands its slope to that pixel.
 */
#include "emit/loop.h"

#include "attrs.h"
#include <string.h>

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

void print_windows(LoopPrinter *p)
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
