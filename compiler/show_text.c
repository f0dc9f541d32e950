/*
 * show_text: the tables of `perigee show`, 100 columns wide.
 */
#include "show.h"

#include <stdio.h>
#include <string.h>

enum { NAME = 30, SHAPE = 20 };

static const char *const dash = "-";

static void print_heading(const Facts *f)
{
    const Compiled *c = &f->compilation->compiled;
    const Model *m = c->model;
    printf("%s: %s, batch %d, %s in vectors of %d, %s, %s\n", m->name, m->file, m->batch,
           c->is_double ? "f64" : "f32", c->lanes, c->is_fused ? "fused" : "not fused",
           m->optimizer->name);
}

/* ---- Layers ---- */

static const char *parameters_text(Arena *arena, const LayerRow *row)
{
    if (row->shares)
        return "shared";
    return row->parameters ? grouped_text(arena, row->parameters) : dash;
}

static void print_layers(Arena *arena, const Facts *f)
{
    printf("\n%-*s %-17s %-*s %12s %10s %5s\n", NAME, "layer", "operator", SHAPE, "result",
           "parameters", "FLOPs", "line");
    for (int i = 0; i < f->layers.n; i++) {
        const LayerRow *row = &f->layers.row[i];
        const Node *n = row->node;
        printf("%-*s %-17s %-*s %12s %10s %5d\n", NAME,
               cut_text(arena, row->name ? row->name : dash, NAME), n->op->name, SHAPE,
               n->shape.rank ? shape_text(arena, n->shape) : "a number",
               parameters_text(arena, row), row->flops ? count_text(arena, row->flops) : dash,
               n->loc.line);
    }
    printf("%-*s %-17s %-*s %12s %10s\n", NAME, "total", "", SHAPE, "",
           grouped_text(arena, f->layers.parameters), count_text(arena, f->layers.flops));
}

static void print_work(Arena *arena, const Facts *f)
{
    printf("\n%s trained parameter%s", grouped_text(arena, f->layers.parameters),
           f->layers.parameters == 1 ? "" : "s");
    if (f->layers.states)
        printf(" and %s numbers of running statistics", grouped_text(arena, f->layers.states));
    printf("\nforward %s, training step %s, inference step %s\n",
           flops_text(arena, f->layers.flops), flops_text(arena, f->train.flops),
           flops_text(arena, f->infer.flops));
}

/* ---- Kernels ---- */

static void print_counts(Arena *arena, const char *name, const ProgramFacts *p)
{
    const char *conversions =
        p->conversions.count
            ? format_string(arena, "%d, %s (%s)", p->conversions.count,
                            bytes_text(arena, p->conversions.bytes), p->conversions.ops)
            : "none";
    int indent = printf("%-13s %6d %8d %6d %10s   ", name, p->nodes, p->unfused, p->fused,
                        bytes_text(arena, p->bytes));
    print_wrapped(conversions, indent);
}

static void print_fusion(Arena *arena, const Facts *f)
{
    printf("\n%-13s %6s %8s %6s %10s   %s\n", "kernels", "nodes", "unfused", "fused", "traffic",
           "conversions of layout or shape");
    print_counts(arena, "training step", &f->train);
    print_counts(arena, "inference", &f->infer);
}

static const char *phase_title(pg_phase phase)
{
    return phase == PG_PREPARE ? "prepare, once after the weights changed" : phase_name(phase);
}

/* "what it fuses" stands below where the name is too long to leave it room. */
static void print_kernel(Arena *arena, const KernelRow *k)
{
    const char *number = k->kernel ? format_string(arena, "%d", k->kernel->id) : "";
    int indent =
        printf("%3s %-*s %9.3f %8.3f %-3s %-8s ", number, NAME, cut_text(arena, k->name, NAME),
               k->flops / 1e6, k->bytes / 1e6, k->is_parallel ? "all" : "one", k->lines);
    print_wrapped(k->fuses, indent);
}

static void print_kernels(Arena *arena, const Facts *f)
{
    static const pg_phase order[] = {PG_FORWARD, PG_BACKWARD, PG_UPDATE, PG_PREPARE, PG_INFER};
    for (int p = 0; p < COUNT_OF(order); p++) {
        bool any = false;
        for (int i = 0; i < f->n_kernels; i++) {
            if (f->kernel[i].phase != order[p])
                continue;
            if (!any)
                printf("\n%s\n%3s %-*s %9s %8s %-3s %-8s %s\n", phase_title(order[p]), "#", NAME,
                       "kernel", "MFLOP", "MB", "thr", "lines", "fuses");
            print_kernel(arena, &f->kernel[i]);
            any = true;
        }
    }
}

/* ---- Memory ---- */

static void print_arena(Arena *arena, const char *name, const Program *p)
{
    MemoryFacts m = memory_facts(p);
    printf("%-22s %12s %12s %7.3f\n", name, bytes_text(arena, m.peak),
           bytes_text(arena, m.lower_bound), m.ratio);
}

static void print_region(Arena *arena, const char *name, double bytes, const char *note)
{
    printf("%-22s %12s%s%s\n", name, bytes_text(arena, bytes), *note ? "   " : "", note);
}

static const char *slots_text(Arena *arena, const OptimDef *o)
{
    const char *text = o->name;
    for (int i = 0; i < o->n_slots; i++)
        text = format_string(arena, "%s%s %s", text, i ? "," : ":", o->slots[i]);
    return text;
}

static void print_memory(Arena *arena, const Facts *f)
{
    const Compiled *c = &f->compilation->compiled;
    const ParameterTable *t = c->parameters;
    double bytes = c->is_double ? 8 : 4;
    printf("\n%-22s %12s %12s %7s\n", "memory", "peak", "lower bound", "ratio");
    print_arena(arena, "arena, training", c->train);
    print_arena(arena, "arena, inference", c->infer);
    print_region(arena, "parameters", bytes * (double)t->size,
                 "padding and running statistics included");
    print_region(arena, "gradients", bytes * (double)t->trained_size, "");
    print_region(arena, "optimiser state",
                 bytes * (double)t->trained_size * c->model->optimizer->n_slots,
                 slots_text(arena, c->model->optimizer));
    if (c->infer->prepared_size)
        print_region(arena, "prepared weights", bytes * (double)c->infer->prepared_size,
                     "inference");
}

static void print_tensor(Arena *arena, const TensorRow *t, int n_kernels)
{
    const char *last = t->last == n_kernels ? "end" : format_string(arena, "%d", t->last);
    printf("%-30s %-*s %11ld %11ld %4d %4s%s\n", cut_text(arena, t->name, 30), SHAPE,
           t->shape.rank < 0 ? "" : shape_text(arena, t->shape), t->offset, t->size, t->first, last,
           t->shares ? "  in place" : "");
}

static void print_tensors(Arena *arena, const char *name, const Program *p)
{
    int n;
    TensorRow *row = list_tensors(arena, p, &n);
    printf("\n%-30s %-*s %11s %11s %9s\n", name, SHAPE, "shape", "offset", "bytes", "live # to");
    for (int i = 0; i < n; i++)
        print_tensor(arena, &row[i], p->n_kernels);
}

void show_text(Arena *arena, const Facts *f, bool memory)
{
    print_heading(f);
    print_layers(arena, f);
    print_work(arena, f);
    print_fusion(arena, f);
    print_kernels(arena, f);
    print_memory(arena, f);
    if (!memory)
        return;
    print_tensors(arena, "arena, training", f->compilation->compiled.train);
    print_tensors(arena, "arena, inference", f->compilation->compiled.infer);
}
