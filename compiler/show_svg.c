/*
 * show_svg: the kernels of a model as a drawing. One column for each phase, kernels in the order in
 * which they run, a line for every tensor that one kernel stores and another reads; the thicker the
 * more bytes. Weights are not drawn.
 */
#include "show.h"

#include <math.h>
#include <string.h>

enum {
    BOX_WIDTH = 310,
    COLUMN_GAP = 170,
    ROW_GAP = 20,
    MARGIN = 40,
    LEFT = 120,      /* room for the lines beside the first column */
    TEXT_WIDTH = 52, /* characters in a line of a box */
    MAX_LINES = 4,
};

typedef enum Look { CONTRACTION, WINDOW, REDUCE, POINT, ALONG_ROWS, MOVE, OPTIMIZER, DATA } Look;

static const struct {
    const char *fill, *edge, *what;
} looks[] = {
    [CONTRACTION] = {"#fde3c8", "#d9822b", "convolution, matrix product"},
    [WINDOW] = {"#d5efe9", "#2a9d8f", "pooling window"},
    [REDUCE] = {"#dcefd3", "#5a9e3f", "reduction"},
    [POINT] = {"#dbe8fb", "#3f78c5", "pointwise"},
    [ALONG_ROWS] = {"#eadcf6", "#8e5bbd", "along rows"},
    [MOVE] = {"#ececec", "#8a8a8a", "moves elements"},
    [OPTIMIZER] = {"#fbf0bf", "#b99b12", "optimiser"},
    [DATA] = {"#ffffff", "#555555", "data"},
};

typedef struct Box {
    const KernelRow *kernel; /* NULL: an input */
    const Node *input;
    const char *line[MAX_LINES]; /* what it fuses */
    int n_lines, x, y, height, column;
} Box;

typedef struct Drawing {
    Buffer *out;
    Arena *arena;
    const Facts *facts;
    Box *box;
    int n_boxes, width, height;
    double most_bytes;
} Drawing;

/* ---- Words ---- */

static const char *escaped(Arena *arena, const char *text)
{
    Buffer b = {0};
    print_to(&b, "%s", "");
    for (; *text; text++) {
        const char *name = *text == '<'   ? "&lt;"
                           : *text == '>' ? "&gt;"
                           : *text == '&' ? "&amp;"
                                          : NULL;
        if (name)
            print_to(&b, "%s", name);
        else
            print_to(&b, "%c", (unsigned char)*text < ' ' ? ' ' : *text);
    }
    const char *copy = copy_string(arena, b.text);
    free_buffer(&b);
    return copy;
}

static void write_at(const Drawing *d, int x, int y, const char *class, const char *text)
{
    print_to(d->out, "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n", x, y, class,
             escaped(d->arena, text));
}

/* Cuts text into at most MAX_LINES lines at its spaces. */
static void break_lines(Arena *arena, Box *b, const char *text)
{
    while (*text && b->n_lines < MAX_LINES) {
        int n = (int)strlen(text);
        if (n > TEXT_WIDTH)
            for (n = TEXT_WIDTH; n > 1 && text[n] != ' '; n--)
                ;
        bool cut = b->n_lines == MAX_LINES - 1 && text[n];
        b->line[b->n_lines++] = format_string(arena, "%.*s%s", n, text, cut ? " ..." : "");
        text += n + strspn(text + n, " ");
    }
}

/* ---- Placing ---- */

static Box *add_box(Drawing *d, int column)
{
    Box *b = &d->box[d->n_boxes++];
    *b = (Box){.column = column, .x = LEFT + column * (BOX_WIDTH + COLUMN_GAP)};
    return b;
}

static void settle(Box *b, int *y)
{
    b->y = *y;
    b->height = b->kernel ? 44 + 13 * b->n_lines : 30;
    *y += b->height + ROW_GAP;
}

/* The kernels of a phase below each other; returns where the column ends. */
static int place_column(Drawing *d, pg_phase phase, int column, int y)
{
    const Compiled *c = &d->facts->compilation->compiled;
    const Graph *g = phase == PG_FORWARD ? c->train->graph
                     : phase == PG_INFER ? c->infer->graph
                                         : NULL;
    for (int i = 0; g && i < g->n_nodes; i++)
        if (g->nodes[i]->op == &op_input) {
            Box *b = add_box(d, column);
            b->input = g->nodes[i];
            settle(b, &y);
        }
    for (int i = 0; i < d->facts->n_kernels; i++) {
        const KernelRow *k = &d->facts->kernel[i];
        if (k->phase != phase)
            continue;
        Box *b = add_box(d, column);
        b->kernel = k;
        break_lines(d->arena, b, k->fuses);
        settle(b, &y);
    }
    return y;
}

/* ---- Boxes ---- */

static Look look_of(const Box *b)
{
    const Kernel *k = b->kernel ? b->kernel->kernel : NULL;
    if (!k)
        return b->kernel ? OPTIMIZER : DATA;
    OpKind kind = k->anchor ? k->anchor->op->kind : POINTWISE;
    for (int i = 0; i < k->n_members && !k->anchor; i++)
        if (k->members[i]->op->kind == REDUCTION)
            kind = REDUCTION;
    switch (kind) {
    case CONV:
    case CONV_DX:
    case CONV_DW:
    case MATMUL:
    case MATMUL_DW:
        return CONTRACTION;
    case POOL:
    case POOL_GRAD:
        return WINDOW;
    case REDUCTION:
        return REDUCE;
    case ROW:
        return ALONG_ROWS;
    case MOVEMENT:
        return MOVE;
    default:
        return POINT;
    }
}

static void draw_frame(const Drawing *d, int x, int y, int width, int height, Look look)
{
    print_to(d->out,
             "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\" fill=\"%s\" "
             "stroke=\"%s\"/>\n",
             x, y, width, height, look == DATA ? height / 2 : 5, looks[look].fill,
             looks[look].edge);
}

static void draw_kernel(const Drawing *d, const Box *b)
{
    const KernelRow *k = b->kernel;
    int y = b->y + 17;
    write_at(d, b->x + 9, y, "name", cut_text(d->arena, k->name, 42));
    for (int i = 0; i < b->n_lines; i++)
        write_at(d, b->x + 9, y += 13 + 2 * (i == 0), "fuses", b->line[i]);
    const char *cost = format_string(
        d->arena, "%s, %s%s%s%s", flops_text(d->arena, k->flops), bytes_text(d->arena, k->bytes),
        k->is_parallel ? "" : ", one thread", *k->lines ? ", line " : "", k->lines);
    write_at(d, b->x + 9, y + 14, "cost", cost);
}

static void draw_box(const Drawing *d, const Box *b)
{
    draw_frame(d, b->x, b->y, BOX_WIDTH, b->height, look_of(b));
    if (b->kernel) {
        draw_kernel(d, b);
        return;
    }
    const char *name = b->input->name ? b->input->name : "input";
    write_at(d, b->x + 16, b->y + 19, "name",
             format_string(d->arena, "%s %s", name, shape_text(d->arena, b->input->shape)));
}

/* ---- Lines ---- */

/* The box whose kernel stores n (which is a root), or that is the input n. */
static const Box *find_box(const Drawing *d, const Program *p, const Node *n)
{
    for (int i = 0; i < d->n_boxes; i++) {
        const Box *b = &d->box[i];
        if (b->input == n ||
            (b->kernel && b->kernel->kernel && b->kernel->kernel == p->home[n->id]))
            return b;
    }
    return NULL;
}

static double tensor_bytes(const Program *p, const Node *n)
{
    return (double)count_elements(n->shape) * p->graph->element_size;
}

static void draw_path(const Drawing *d, const Box *from, const Box *to)
{
    int x = from->x, y = from->y + from->height / 2, x2 = to->x, y2 = to->y + to->height / 2;
    int reach = MIN(28 + (y2 - y) / 14, LEFT - 20);
    if (from->column != to->column)
        print_to(d->out, "M%d %d C%d %d %d %d %d %d", x + BOX_WIDTH, y,
                 x + BOX_WIDTH + COLUMN_GAP / 2, y, x2 - COLUMN_GAP / 2, y2, x2 - 5, y2);
    else if (to == from + 1)
        print_to(d->out, "M%d %d L%d %d", x + BOX_WIDTH / 2, from->y + from->height,
                 x2 + BOX_WIDTH / 2, to->y - 5);
    else
        print_to(d->out, "M%d %d C%d %d %d %d %d %d", x, y, x - reach, y, x2 - reach, y2, x2 - 5,
                 y2);
}

static void draw_line(const Drawing *d, const Box *from, const Box *to, const Program *p,
                      const Node *n)
{
    double bytes = tensor_bytes(p, n);
    double width = 0.8 + 3.2 * sqrt(bytes / MAX(d->most_bytes, 1));
    bool crosses = from->column != to->column;
    print_to(d->out, "<path class=\"%s\" stroke-width=\"%.1f\" d=\"", crosses ? "far" : "near",
             width);
    draw_path(d, from, to);
    print_to(d->out, "\"><title>%s %s, %s</title></path>\n", n->op->name,
             shape_text(d->arena, n->shape), bytes_text(d->arena, bytes));
}

static void draw_lines_to(const Drawing *d, const Box *to)
{
    const Program *p = to->kernel->program;
    const Kernel *k = to->kernel->kernel;
    for (int i = 0; i < k->n_operands; i++) {
        const Node *root = p->root[k->operands[i]->id];
        const Box *from = find_box(d, p, root);
        if (from && from != to)
            draw_line(d, from, to, p, root);
    }
}

/* Gradients go to the optimiser. */
static void draw_lines_to_optimizer(const Drawing *d, const Box *to)
{
    const Program *p = d->facts->compilation->compiled.train;
    for (int i = 0; i < p->graph->n_outputs; i++) {
        const Output *o = &p->graph->outputs[i];
        const Box *from = o->kind == OUT_GRADIENT ? find_box(d, p, p->root[o->value->id]) : NULL;
        if (from)
            draw_line(d, from, to, p, o->value);
    }
}

/* ---- The page ---- */

static void open_page(const Drawing *d)
{
    print_to(
        d->out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
        "viewBox=\"0 0 %d %d\">\n"
        "<style>\n"
        "text { font-family: \"DejaVu Sans\", Verdana, Arial, sans-serif; fill: #222 }\n"
        ".title { font-size: 20px; font-weight: bold } .phase { font-size: 15px; font-weight: bold "
        "}\n"
        ".name { font-size: 12px; font-weight: bold } .fuses { font-size: 10px; fill: #333 }\n"
        ".cost, .note { font-size: 10px; fill: #666 }\n"
        "path { fill: none; marker-end: url(#arrow) }\n"
        ".near { stroke: #666 } .far { stroke: #8fa8c8; opacity: 0.75 }\n"
        "</style>\n"
        "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"3\" refY=\"4\" markerWidth=\"8\" "
        "markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
        "<path d=\"M0 0 L8 4 L0 8 z\" style=\"fill:#555;stroke:none;marker-end:none\"/>"
        "</marker></defs>\n"
        "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
        d->width, d->height, d->width, d->height);
}

static void draw_heading(const Drawing *d)
{
    const Compiled *c = &d->facts->compilation->compiled;
    write_at(d, MARGIN, 40, "title",
             format_string(d->arena, "%s, batch %d, %s", c->model->name, c->model->batch,
                           c->is_fused ? "fused" : "not fused"));
    for (int i = 0, x = MARGIN; i < COUNT_OF(looks); i++) {
        draw_frame(d, x, 56, 22, 14, (Look)i);
        write_at(d, x + 28, 67, "note", looks[i].what);
        x += 48 + 6 * (int)strlen(looks[i].what);
    }
    write_at(d, MARGIN, 88, "note",
             "Kernels run from top to bottom, phase after phase. Lines are tensors that one kernel "
             "stores and "
             "another reads, thicker with more bytes; weights are not drawn.");
}

static void head_column(const Drawing *d, const char *title, int column, int y)
{
    write_at(d, LEFT + column * (BOX_WIDTH + COLUMN_GAP), y, "phase", title);
}

static void measure(Drawing *d, int bottom)
{
    d->height = bottom + MARGIN;
    d->width = LEFT + 3 * BOX_WIDTH + 2 * COLUMN_GAP + MARGIN;
    for (int i = 0; i < d->n_boxes; i++) {
        const KernelRow *k = d->box[i].kernel;
        for (int j = 0; k && k->kernel && j < k->kernel->n_results; j++)
            d->most_bytes = MAX(d->most_bytes, tensor_bytes(k->program, k->kernel->results[j]));
    }
}

void draw_kernels(Buffer *out, Arena *arena, const Facts *f)
{
    const Compiled *c = &f->compilation->compiled;
    Drawing d = {.out = out, .arena = arena, .facts = f};
    d.box =
        NEW_ARRAY(arena, Box, f->n_kernels + c->train->graph->n_nodes + c->infer->graph->n_nodes);
    int top = 140, forward = place_column(&d, PG_FORWARD, 0, top);
    int backward = place_column(&d, PG_BACKWARD, 1, top),
        update = place_column(&d, PG_UPDATE, 2, top);
    int second = MAX(forward, MAX(backward, update)) + 60;
    int prepare = place_column(&d, PG_PREPARE, 0, second), column = prepare > second;
    int infer = place_column(&d, PG_INFER, column, second);
    measure(&d, MAX(prepare, infer));
    open_page(&d);
    draw_heading(&d);
    head_column(&d, "Training: forward", 0, top - 14);
    head_column(&d, "Training: backward", 1, top - 14);
    head_column(&d, "Training: update", 2, top - 14);
    if (column)
        head_column(&d, "Inference: prepared once", 0, second - 14);
    head_column(&d, "Inference", column, second - 14);
    for (int i = 0; i < d.n_boxes; i++)
        if (d.box[i].kernel)
            (d.box[i].kernel->kernel ? draw_lines_to : draw_lines_to_optimizer)(&d, &d.box[i]);
    for (int i = 0; i < d.n_boxes; i++)
        draw_box(&d, &d.box[i]);
    print_to(out, "</svg>\n");
}
