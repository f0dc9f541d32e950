/*
 * facts: gathers what facts.h describes.
 */
#include "facts.h"

#include <string.h>

const char *phase_name(pg_phase phase)
{
    static const char *const names[] = {"prepare", "forward", "backward", "update", "infer"};
    return names[phase];
}

bool is_training_phase(pg_phase phase)
{
    return phase == PG_FORWARD || phase == PG_BACKWARD || phase == PG_UPDATE;
}

/* ---- Kernels ---- */

/* "5, 6": the lines that the nodes of a kernel come from, three at the most. */
static const char *lines_text(Arena *arena, const Kernel *k)
{
    int line[3], n = 0;
    bool more = false;
    for (int i = 0; i < k->n_members; i++) {
        int at = 0, l = k->members[i]->loc.line;
        while (at < n && line[at] < l)
            at++;
        if (l == 0 || is_number(k->members[i]) || (at < n && line[at] == l))
            continue;
        more |= n == COUNT_OF(line);
        if (at == COUNT_OF(line))
            continue;
        n = MIN(n + 1, COUNT_OF(line));
        memmove(line + at + 1, line + at, sizeof *line * (size_t)(n - at - 1));
        line[at] = l;
    }
    char text[64] = "";
    for (int i = 0; i < n; i++)
        strcat(text, format_string(arena, i ? ",%d" : "%d", line[i]));
    return copy_string(arena, more ? strcat(text, ",..") : text);
}

static KernelRow kernel_row(Arena *arena, const Program *p, const Kernel *k)
{
    Emitter e = {.arena = arena, .program = (Program *)p};
    const Node *n = k->anchor ? k->anchor : k->results[0];
    return (KernelRow){
        .program = p,
        .kernel = k,
        .name = k->name,
        .fuses = fused_names(&e, k),
        .source =
            n->loc.file ? format_string(arena, "%s:%d", base_name(n->loc.file), n->loc.line) : "",
        .lines = lines_text(arena, k),
        .phase = k->phase,
        .flops = k->flops,
        .bytes = k->bytes,
        .is_parallel = k->is_parallel};
}

/* The update of all parameters in one pass; costs as emit/tables.c tells them to the trainer. */
static KernelRow optimizer_row(const Compiled *c)
{
    const OptimDef *o = c->model->optimizer;
    long n = c->parameters->trained_size;
    return (KernelRow){.name = o->name,
                       .fuses = o->name,
                       .source = "",
                       .lines = "",
                       .phase = PG_UPDATE,
                       .flops = update_flops(o, n),
                       .bytes = update_bytes(o, n, c->is_double ? 8 : 4),
                       .is_parallel = true};
}

KernelRow *list_kernel_rows(Arena *arena, const Compiled *c, int *n)
{
    KernelRow *row = NEW_ARRAY(arena, KernelRow, c->train->n_kernels + c->infer->n_kernels + 1);
    *n = 0;
    for (int i = 0; i < c->train->n_kernels; i++)
        row[(*n)++] = kernel_row(arena, c->train, c->train->kernels[i]);
    if (c->parameters->trained_size)
        row[(*n)++] = optimizer_row(c);
    for (int i = 0; i < c->infer->n_kernels; i++)
        row[(*n)++] = kernel_row(arena, c->infer, c->infer->kernels[i]);
    return row;
}

/* ---- Programs ---- */

static Conversions count_conversions(Arena *arena, const Program *p)
{
    const OpDef *const ops[] = {&op_reshape, &op_relayout, &op_transpose, &op_flip_weight};
    int count[COUNT_OF(ops)] = {0};
    Conversions c = {.ops = ""};
    for (int i = 0; i < p->n_kernels; i++)
        for (int j = 0; j < COUNT_OF(ops); j++)
            if (p->kernels[i]->anchor && p->kernels[i]->anchor->op == ops[j]) {
                count[j]++;
                c.count++;
                c.bytes += p->kernels[i]->bytes;
            }
    for (int j = 0; j < COUNT_OF(ops); j++)
        if (count[j])
            c.ops = format_string(arena, "%s%s%d %s", c.ops, *c.ops ? ", " : "", count[j],
                                  ops[j]->name);
    return c;
}

static ProgramFacts program_facts(Arena *arena, const Compiled *c, const Program *p)
{
    ProgramFacts f = {.conversions = count_conversions(arena, p)};
    Graph *g = p->graph;
    for (int i = 0; i < g->n_nodes; i++)
        f.nodes += g->nodes[i]->op->kind != SOURCE;
    f.fused = c->is_fused ? p->n_kernels : fuse(g, true)->n_kernels;
    f.unfused = c->is_fused ? fuse(g, false)->n_kernels : p->n_kernels;
    return f;
}

static void add_work(Facts *f)
{
    for (int i = 0; i < f->n_kernels; i++) {
        const KernelRow *k = &f->kernel[i];
        if (k->phase == PG_PREPARE)
            continue;
        ProgramFacts *p = is_training_phase(k->phase) ? &f->train : &f->infer;
        p->flops += k->flops;
        p->bytes += k->bytes;
    }
}

Facts gather_facts(Arena *arena, const Compilation *c)
{
    Facts f = {.compilation = c};
    f.kernel = list_kernel_rows(arena, &c->compiled, &f.n_kernels);
    f.train = program_facts(arena, &c->compiled, c->compiled.train);
    f.infer = program_facts(arena, &c->compiled, c->compiled.infer);
    add_work(&f);
    f.layers = list_layers(c->model->graph);
    return f;
}
