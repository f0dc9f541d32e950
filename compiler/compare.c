/*
 * compare: builds a model twice, runs both trainers in alternation, and finds which unfused kernels
 * each fused kernel replaces.
 */
#include "compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Building ---- */

static BuildOptions options_of(Arena *arena, const CompareOptions *o, const char *folder,
                               bool fused)
{
    BuildOptions build = o->build;
    build.no_fuse = !fused;
    build.out = format_string(arena, "%s/%s", folder, fused ? "fused" : "unfused");
    build.command = fused ? "perigee compare" : "perigee compare (not fused)";
    return build;
}

static Variant describe_variant(Arena *arena, const BuildOptions *build)
{
    Variant v = {.compilation = compile_model(arena, build)};
    v.row = list_kernel_rows(arena, &v.compilation.compiled, &v.n_rows);
    v.time = NEW_ARRAY(arena, double, v.n_rows);
    return v;
}

/* ---- Running ---- */

/* Times of one variant: samples[i][round] for i = training step, inference step, kernels... */
typedef struct Samples {
    const char *binary;
    double **value;
} Samples;

static Samples new_samples(Arena *arena, const char *binary, const Variant *v, int rounds)
{
    Samples s = {binary, NEW_ARRAY(arena, double *, v->n_rows + 2)};
    for (int i = 0; i < v->n_rows + 2; i++)
        s.value[i] = NEW_ARRAY(arena, double, rounds);
    return s;
}

static char *run_bench(Arena *arena, const CompareOptions *o, const char *binary)
{
    char *argv[12] = {(char *)binary, (char *)"bench", (char *)"--json", (char *)"--seconds"};
    int n = 4;
    argv[n++] = format_string(arena, "%g", o->seconds);
    if (o->threads) {
        argv[n++] = (char *)"--threads";
        argv[n++] = format_string(arena, "%d", o->threads);
    }
    if (o->data) {
        argv[n++] = (char *)"--data";
        argv[n++] = (char *)o->data;
    }
    char *text = run_and_read(arena, argv);
    if (!text)
        error_at((Loc){0}, "perigee", "%s bench failed", base_name(binary));
    return text;
}

/* The kernels of the report, in our order: bug() if the trainer lists others. */
static void read_kernels(const json_t *list, const Variant *v, Samples *s, int round)
{
    const char *name;
    if ((int)json_array_size(list) != v->n_rows)
        bug("the trainer has %d kernels, not %d", (int)json_array_size(list), v->n_rows);
    for (int i = 0; i < v->n_rows; i++) {
        json_t *kernel = json_array_get(list, (size_t)i);
        if (json_unpack(kernel, "{s:s, s:F}", "name", &name, "seconds", &s->value[i + 2][round]) !=
                0 ||
            strcmp(name, v->row[i].name))
            bug("kernel %d of the trainer is not %s", i, v->row[i].name);
    }
}

static void run_round(Arena *arena, const CompareOptions *o, Variant *v, Samples *s, int round)
{
    json_error_t error;
    json_t *kernels, *root = json_loads(run_bench(arena, o, s->binary), 0, &error);
    if (!root || json_unpack(root, "{s:i, s:{s:F}, s:{s:F}, s:o}", "threads", &v->threads,
                             "train_step", "seconds", &s->value[0][round], "infer_step", "seconds",
                             &s->value[1][round], "kernels", &kernels) != 0)
        bug("cannot read what bench printed: %s", root ? "a key is missing" : error.text);
    read_kernels(kernels, v, s, round);
    json_decref(root);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void take_medians(Variant *v, const Samples *s, int rounds)
{
    v->train_step = median(s->value[0], rounds);
    v->infer_step = median(s->value[1], rounds);
    for (int i = 0; i < v->n_rows; i++)
        v->time[i] = median(s->value[i + 2], rounds);
}

/* One line on a terminal, nothing elsewhere. */
static void show_progress(const char *format, int a, int b)
{
    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r\033[K");
    fprintf(stderr, format, a, b);
    fflush(stderr);
}

/* Fused first in one round, unfused first in the next, so that a drift of the clock hits both. */
static void run_rounds(Arena *arena, const CompareOptions *o, Comparison *c, Samples *fused,
                       Samples *unfused)
{
    for (int round = 0; round < o->rounds; round++) {
        show_progress("timing, round %d of %d", round + 1, o->rounds);
        if (round % 2)
            run_round(arena, o, &c->unfused, unfused, round);
        run_round(arena, o, &c->fused, fused, round);
        if (round % 2 == 0)
            run_round(arena, o, &c->unfused, unfused, round);
    }
    show_progress("", 0, 0);
}

/* ---- Which kernels replace which ---- */

/*
 * Both programs cut the same graph, node for node: the passes before fusion do not depend on it. So
 * the unfused kernel that stores node i is replaced by the first fused kernel that computes node i.
 */
static void check_graphs(const Graph *a, const Graph *b)
{
    if (a->n_nodes != b->n_nodes)
        bug("fused and unfused graphs have %d and %d nodes", a->n_nodes, b->n_nodes);
    for (int i = 0; i < a->n_nodes; i++)
        if (a->nodes[i]->op != b->nodes[i]->op ||
            !same_shape(a->nodes[i]->shape, b->nodes[i]->shape))
            bug("node %d differs between fused and unfused", i);
}

static bool computes(const Kernel *k, int id)
{
    for (int i = 0; i < k->n_members; i++)
        if (k->members[i]->id == id)
            return true;
    return false;
}

/* The row of the fused variant that does the work of `u`, or -1. */
static int find_replacement(const Variant *fused, const KernelRow *u)
{
    bool train = is_training_phase(u->phase);
    for (int i = 0; i < fused->n_rows; i++) {
        const KernelRow *f = &fused->row[i];
        if (is_training_phase(f->phase) != train)
            continue;
        bool both_optimize = !u->kernel && !f->kernel;
        if (both_optimize ||
            (u->kernel && f->kernel && computes(f->kernel, u->kernel->results[0]->id)))
            return i;
    }
    return -1;
}

static void match_kernels(Arena *arena, Comparison *c)
{
    check_graphs(c->fused.compilation.compiled.train->graph,
                 c->unfused.compilation.compiled.train->graph);
    check_graphs(c->fused.compilation.compiled.infer->graph,
                 c->unfused.compilation.compiled.infer->graph);
    c->unfused_time = NEW_ARRAY(arena, double, c->fused.n_rows);
    c->replaces = NEW_ARRAY(arena, int, c->fused.n_rows);
    for (int i = 0; i < c->unfused.n_rows; i++) {
        int at = find_replacement(&c->fused, &c->unfused.row[i]);
        *(at < 0 ? &c->left_over : &c->unfused_time[at]) += c->unfused.time[i];
        *(at < 0 ? &c->n_left_over : &c->replaces[at]) += 1;
    }
}

Comparison compare_variants(Arena *arena, const CompareOptions *o, const char *folder)
{
    BuildOptions fused = options_of(arena, o, folder, true),
                 unfused = options_of(arena, o, folder, false);
    Comparison c = {.fused = describe_variant(arena, &fused),
                    .unfused = describe_variant(arena, &unfused)};
    c.model = c.fused.compilation.model->name;
    c.batch = c.fused.compilation.model->batch;
    show_progress("compiling %d of %d", 1, 2);
    Samples f = new_samples(arena, build_trainer(arena, &fused), &c.fused, o->rounds);
    show_progress("compiling %d of %d", 2, 2);
    Samples u = new_samples(arena, build_trainer(arena, &unfused), &c.unfused, o->rounds);
    run_rounds(arena, o, &c, &f, &u);
    take_medians(&c.fused, &f, o->rounds);
    take_medians(&c.unfused, &u, o->rounds);
    match_kernels(arena, &c);
    return c;
}
