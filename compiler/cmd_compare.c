/*
 * perigee compare: what fusion is worth on a model: times of the fused and of the unfused trainer,
 * whole steps and kernel by kernel. compare.c measures.
 */
#include "compare.h"

#include <stdio.h>
#include <string.h>

enum { KEY_JSON = 256, KEY_THREADS, KEY_ROUNDS, KEY_SECONDS, KEY_KEEP, KEY_DATA };

static const struct argp_option options[] = {
    {"threads", KEY_THREADS, "T", 0, "number of threads (default: OpenMP's choice)", 0},
    {"rounds", KEY_ROUNDS, "N", 0, "runs of each trainer, in turn; medians count (default: 3)", 0},
    {"seconds", KEY_SECONDS, "S", 0, "time to measure in a run (default: 2)", 0},
    {"data", KEY_DATA, "FOLDER", 0, "folder with the data set's official files", 0},
    {"keep", KEY_KEEP, "DIR", 0, "leave both trainers in DIR/fused and DIR/unfused", 0},
    {"json", KEY_JSON, NULL, 0, "print one JSON object", 0},
    {0},
};

static const struct argp_child children[] = {
    {&model_argp, 0, NULL, 0}, {&clang_argp, 0, NULL, 0}, {0}};

static error_t parse(int key, char *text, struct argp_state *state)
{
    CompareOptions *o = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        for (int i = 0; children[i].argp; i++)
            state->child_inputs[i] = &o->build;
        return 0;
    case KEY_THREADS:
        o->threads = whole_option(state, "--threads", text, 1, 1024);
        return 0;
    case KEY_ROUNDS:
        o->rounds = whole_option(state, "--rounds", text, 1, 1000);
        return 0;
    case KEY_SECONDS:
        o->seconds = real_option(state, "--seconds", text, 0, 3600);
        return 0;
    case KEY_DATA:
        o->data = text;
        return 0;
    case KEY_KEEP:
        o->keep = text;
        return 0;
    case KEY_JSON:
        o->json = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- Text ---- */

enum { NAME = 28 };

static const char *ratio_text(Arena *arena, double unfused, double fused)
{
    return fused > 0 ? format_string(arena, "%.2f", unfused / fused) : "-";
}

static void print_step(Arena *arena, const char *name, double fused, double unfused)
{
    printf("%-*s %10s %10s %6s\n", NAME, name, time_text(arena, fused), time_text(arena, unfused),
           ratio_text(arena, unfused, fused));
}

static void print_kernel(Arena *arena, const Comparison *c, int i)
{
    double fused = c->fused.time[i], unfused = c->unfused_time[i];
    int indent =
        printf("%-*s %10s %10s %6s %4d  ", NAME, cut_text(arena, c->fused.row[i].name, NAME),
               time_text(arena, fused), time_text(arena, unfused),
               c->replaces[i] ? ratio_text(arena, unfused, fused) : "-", c->replaces[i]);
    print_wrapped(c->fused.row[i].fuses, indent);
}

static void print_phase(Arena *arena, const Comparison *c, pg_phase phase)
{
    double fused = 0, unfused = 0;
    int n = 0;
    for (int i = 0; i < c->fused.n_rows; i++) {
        if (c->fused.row[i].phase != phase)
            continue;
        if (n++ == 0)
            printf("\n%-*s %10s %10s %6s %4s  %s\n", NAME, phase_name(phase), "fused", "unfused",
                   "ratio", "of", "fuses");
        print_kernel(arena, c, i);
        fused += c->fused.time[i];
        unfused += c->unfused_time[i];
    }
    if (n > 1)
        print_step(arena, "sum", fused, unfused);
}

static void print_text(Arena *arena, const Comparison *c, const CompareOptions *o)
{
    static const pg_phase order[] = {PG_FORWARD, PG_BACKWARD, PG_UPDATE, PG_PREPARE, PG_INFER};
    printf("%s: batch %d, %s, %d thread%s, median of %d round%s\n\n", c->model, c->batch,
           o->build.is_double ? "f64" : "f32", c->fused.threads, c->fused.threads == 1 ? "" : "s",
           o->rounds, o->rounds == 1 ? "" : "s");
    printf("%-*s %10s %10s %6s\n", NAME, "", "fused", "unfused", "ratio");
    print_step(arena, "training step", c->fused.train_step, c->unfused.train_step);
    print_step(arena, "inference step", c->fused.infer_step, c->unfused.infer_step);
    printf("\nKernel by kernel; `of` is how many unfused kernels the fused one replaces. What "
           "several\n"
           "fused kernels compute again counts for the first of them.\n");
    for (int i = 0; i < COUNT_OF(order); i++)
        print_phase(arena, c, order[i]);
    if (c->n_left_over)
        printf("\n%d unfused kernels, %s, have no counterpart\n", c->n_left_over,
               time_text(arena, c->left_over));
}

/* ---- JSON ---- */

static json_t *json_steps(double train, double infer)
{
    return json_pack("{s:o, s:o}", "train_step", json_figure(train), "infer_step",
                     json_figure(infer));
}

static json_t *json_kernel(const Comparison *c, int i)
{
    const KernelRow *k = &c->fused.row[i];
    bool known = c->replaces[i] && c->fused.time[i] > 0;
    return json_pack("{s:o, s:o, s:s, s:i, s:o, s:o, s:o}", "name", json_text(k->name), "fuses",
                     json_text(k->fuses), "phase", phase_name(k->phase), "replaces", c->replaces[i],
                     "fused_seconds", json_figure(c->fused.time[i]), "unfused_seconds",
                     json_figure(c->unfused_time[i]), "ratio",
                     known ? json_figure(c->unfused_time[i] / c->fused.time[i]) : json_null());
}

static json_t *json_comparison(const Comparison *c)
{
    const Variant *f = &c->fused, *u = &c->unfused;
    json_t *kernels = json_array();
    for (int i = 0; i < f->n_rows; i++)
        json_array_append_new(kernels, json_kernel(c, i));
    return json_pack("{s:o, s:i, s:i, s:o, s:o, s:o, s:o}", "model", json_text(c->model), "batch",
                     c->batch, "threads", f->threads, "fused",
                     json_steps(f->train_step, f->infer_step), "unfused",
                     json_steps(u->train_step, u->infer_step), "ratio",
                     json_steps(u->train_step / f->train_step, u->infer_step / f->infer_step),
                     "kernels", kernels);
}

/* ---- */

static int compare_in(const char *folder, void *data)
{
    const CompareOptions *o = data;
    Arena *arena = new_arena();
    Comparison c = compare_variants(arena, o, folder);
    if (o->json)
        print_json(json_comparison(&c));
    else
        print_text(arena, &c, o);
    free_arena(arena);
    return finish_output();
}

int command_compare(int argc, char **argv)
{
    static const struct argp argp = {
        options,  parse, NULL, "Builds the fused and the unfused trainer and times them in turn.",
        children, NULL,  NULL};
    CompareOptions o = {.rounds = 3, .seconds = 2};
    parse_options(&argp, "perigee compare", argc, argv, &o);
    return o.keep ? compare_in(o.keep, &o) : run_in_temporary_folder(compare_in, &o);
}
