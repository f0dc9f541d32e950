/*
 * file: the order of the generated file. Banner, memory map, storage, one function for each kernel,
 * the optimiser, the lists of calls (forward, backward, update, prepare, infer), the tables,
 * main().
 */
#include "emit/emit.h"

#include "attrs.h"
#include <ctype.h>
#include <string.h>

static void print_banner(Emitter *e, const Compiled *c)
{
    const Model *m = c->model;
    directive(e, "/*");
    directive(e, " * %s: a trainer generated from %s by perigee %s. Do not edit.", m->name,
              base_name(m->file), c->version);
    directive(e, " *");
    directive(e, " * command     %s", c->command);
    directive(e, " * batch       %d", m->batch);
    directive(e, " * parameters  %ld elements, of them %ld trained", c->parameters->size,
              c->parameters->trained_size);
    directive(e, " * training    %d kernels, arena %ld elements (lower bound %ld)",
              c->train->n_kernels, c->train->arena_size, c->train->lower_bound);
    directive(e, " * inference   %d kernels, arena %ld elements (lower bound %ld)",
              c->infer->n_kernels, c->infer->arena_size, c->infer->lower_bound);
    directive(e, " */");
    directive(e, "#define PG_LANES %d", c->lanes);
    if (c->is_double)
        directive(e, "#define PG_DOUBLE");
    directive(e, "#include \"pg.h\"");
    directive(e, "#include \"pg_vec.h\"");
    gap(e);
}

/* ---- Memory map ---- */

static void print_parameter_map(Emitter *e, const ParameterTable *t)
{
    line(e, "/* Parameters, in elements from the start; gradients lie alike. */");
    line(e, "enum {");
    for (int i = 0; i < t->n; i++)
        line(e, "%s = %ld, /* %s */", upper_case(e->arena, tensor_name(e, t->parameter[i])),
             t->offset[i], shape_text(e->arena, t->parameter[i]->shape));
    line(e, "};");
    gap(e);
}

static void print_arena_map(Emitter *e, Program *p, const char *prefix, const char *title)
{
    e->program = p;
    bool any = false;
    for (int i = 0; i < p->graph->n_nodes; i++) {
        const Node *n = p->graph->nodes[i];
        const Place *place = &p->place[i];
        if (!p->home[i] || (place->region != IN_ARENA && place->region != IN_PREPARED))
            continue;
        if (!any) {
            line(e, "/* %s: where activations lie in the arena, and from which kernel to which. */",
                 title);
            line(e, "enum {");
            any = true;
        }
        const char *life =
            place->region == IN_PREPARED
                ? "kept"
                : format_string(e->arena, "kernels %d to %d", place->first + 1, place->last + 1);
        line(e, "%s%s = %ld, /* %s, %s */", prefix, upper_case(e->arena, tensor_name(e, n)),
             place->offset, shape_text(e->arena, n->shape), life);
    }
    if (any) {
        line(e, "};");
        gap(e);
    }
}

static void print_array(Emitter *e, const char *name, long size)
{
    line(e, "static real %s[%ld] __attribute__((aligned(64)));", name, size + e->lanes);
}

static void print_storage(Emitter *e, const Compiled *c)
{
    const Graph *g = c->train->graph;
    print_array(e, "parameters", c->parameters->size);
    print_array(e, "gradients", c->parameters->trained_size);
    for (int i = 0; i < c->model->optimizer->n_slots; i++)
        print_array(e, format_string(e->arena, "slot_%s", c->model->optimizer->slots[i]),
                    c->parameters->trained_size);
    print_array(e, "arena", MAX(c->train->arena_size, c->infer->arena_size));
    if (c->infer->prepared_size)
        print_array(e, "prepared", c->infer->prepared_size);
    for (int i = 0; i < g->n_outputs; i++)
        if (g->outputs[i].kind == OUT_LOSS || g->outputs[i].kind == OUT_METRIC)
            line(e, "static real train_%s[L], infer_%s[L];", g->outputs[i].name,
                 g->outputs[i].name);
    e->program = c->train;
    for (int i = 0; i < g->n_nodes; i++)
        if (g->nodes[i]->op == &op_input)
            line(e, "static const real *input_%s; /* %s */", tensor_name(e, g->nodes[i]),
                 shape_text(e->arena, g->nodes[i]->shape));
    line(e, "static pg_clock clock;");
    gap(e);
}

/* ---- Kernels ---- */

typedef void (*Printer)(Emitter *e, const Kernel *k);

static Printer body_of(const Kernel *k)
{
    if (!k->anchor)
        return emit_loop;
    bool grouped = (k->anchor->op->kind == CONV || k->anchor->op->kind == CONV_DW) &&
                   ATTRS_OF(k->anchor, Conv2d)->groups > 1;
    switch (k->anchor->op->kind) {
    case CONV:
        return grouped ? emit_plain : emit_conv;
    case CONV_DW:
        return grouped ? emit_plain : emit_conv_dw;
    case MATMUL:
        return emit_matmul;
    case MATMUL_DW:
        return emit_matmul_dw;
    case POOL:
        return emit_pool;
    case POOL_GRAD:
        return emit_pool_grad;
    case ROW:
        return emit_row;
    default:
        return emit_plain;
    }
}

/* The static functions a kernel calls, printed before it. */
static Printer helpers_of(Printer body)
{
    if (body == emit_conv)
        return emit_conv_tile;
    if (body == emit_conv_dw)
        return emit_conv_dw_tile;
    if (body == emit_matmul)
        return emit_matmul_tile;
    return body == emit_matmul_dw ? emit_matmul_dw_tile : NULL;
}

static void print_heading(Emitter *e, const Kernel *k)
{
    const Node *n = k->anchor ? k->anchor : k->results[0];
    directive(e, "/*");
    directive(e, " * %s", fused_names(e, k));
    if (n->loc.file)
        directive(e, " * %s:%d%s%s", base_name(n->loc.file), n->loc.line, n->name ? "  " : "",
                  n->name ? n->name : "");
    directive(e, " * %.3g MFLOP, %.3g MB", k->flops / 1e6, k->bytes / 1e6);
    directive(e, " */");
}

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Does the identifier occur in the text more than once, other than as a function's name? */
static bool occurs_twice(const char *text, const char *word, size_t length)
{
    int n = 0;
    for (const char *c = text; (c = strstr(c, word)); c += length)
        n += !is_word_char(c[length]) && c[length] != '(' && (c == text || !is_word_char(c[-1]));
    return n > 1;
}

/* A function declares all tensors of its kernel; takes out the lines of those it does not use. */
static void drop_unused_pointers(Emitter *e, size_t from)
{
    char *text = copy_string(e->arena, e->out.text + from);
    e->out.size = from;
    for (char *row = text, *next; *row; row = next) {
        next = strchr(row, '\n') + 1;
        const char *declared = strstr(row, "real *");
        const char *equals = strstr(row, " = ");
        bool is_pointer = declared && equals && declared < equals && equals < next &&
                          strstr(row, "/* (") && strstr(row, "/* (") < next;
        if (is_pointer) {
            const char *name = equals;
            while (is_word_char(name[-1]))
                name--;
            const char *word = format_string(e->arena, "%.*s", (int)(equals - name), name);
            if (!occurs_twice(text, word, strlen(word)))
                continue;
        }
        print_to(&e->out, "%.*s", (int)(next - row), row);
    }
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
            line(e, "memset(%s + %ld, 0, %ld * sizeof(real)); /* padding */", tensor_address(e, n),
                 count, n->layout->size - count);
    }
}

static void print_kernel(Emitter *e, const Kernel *k)
{
    Printer body = body_of(k), helpers = helpers_of(body);
    size_t start = e->out.size;
    if (helpers) {
        helpers(e, k);
        drop_unused_pointers(e, start);
        gap(e);
    }
    print_heading(e, k);
    start = e->out.size;
    line(e, "static void %s(void)", k->name);
    line(e, "{");
    body(e, k);
    clear_padding(e, k);
    line(e, "}");
    drop_unused_pointers(e, start);
    gap(e);
}

static void print_kernels(Emitter *e, Program *p)
{
    e->program = p;
    for (int i = 0; i < p->n_kernels; i++)
        print_kernel(e, p->kernels[i]);
}

/* ---- Lists of calls ---- */

static void print_calls(Emitter *e, const Program *p, pg_phase phase)
{
    for (int i = 0; i < p->n_kernels; i++)
        if (p->kernels[i]->phase == phase)
            line(e, "%s();", p->kernels[i]->name);
}

static void print_list(Emitter *e, const Program *p, pg_phase phase, const char *name)
{
    line(e, "static void %s(void)", name);
    line(e, "{");
    print_calls(e, p, phase);
    line(e, "}");
    gap(e);
}

static void print_lists(Emitter *e, const Compiled *c)
{
    print_list(e, c->train, PG_FORWARD, "forward");
    print_list(e, c->train, PG_BACKWARD, "backward");
    if (c->parameters->trained_size) {
        line(e, "static void optimize(void)");
        line(e, "{");
        emit_update_calls(e, c);
        line(e, "}");
        gap(e);
    }
    line(e, "static void update(void)");
    line(e, "{");
    print_calls(e, c->train, PG_UPDATE);
    if (c->parameters->trained_size)
        line(e, "optimize();");
    line(e, "}");
    gap(e);
    print_list(e, c->infer, PG_PREPARE, "prepare");
    print_list(e, c->infer, PG_INFER, "infer");
}

void emit_file(Buffer *out, Arena *arena, const Compiled *c)
{
    Emitter e = {.arena = arena,
                 .model = c->model,
                 .parameters = c->parameters,
                 .program = c->train,
                 .is_double = c->is_double,
                 .is_fused = c->is_fused,
                 .lanes = c->lanes,
                 .registers = c->registers};
    print_banner(&e, c);
    print_parameter_map(&e, c->parameters);
    print_arena_map(&e, c->train, "", "Training");
    print_arena_map(&e, c->infer, "INFER_", "Inference");
    print_storage(&e, c);
    print_kernels(&e, c->train);
    emit_optimizer(&e, c);
    print_kernels(&e, c->infer);
    print_lists(&e, c);
    emit_tables(&e, c);
    gap(&e);
    line(&e, "int main(int argc, char **argv)");
    line(&e, "{");
    line(&e, "return pg_main(&model, argc, argv);");
    line(&e, "}");
    *out = e.out;
}
