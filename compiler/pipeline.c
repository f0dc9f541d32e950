/*
 * pipeline: from a model file to the C text and the trainer.
 *
 *     load -> (training, inference) -> passes -> fuse -> choose -> schedule -> plan -> emit -> clang
 */
#include "driver.h"

#include "attrs.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* used[id]: an output needs the node, or it is a trained parameter: one without a use is a mistake
 * to report. */
static bool *find_used(const Graph *g)
{
    bool *used = NEW_ARRAY(g->arena, bool, g->n_nodes);
    for (int i = 0; i < g->n_outputs; i++)
        used[g->outputs[i].value->id] = true;
    for (int i = g->n_nodes - 1; i >= 0; i--) {
        used[i] |= g->nodes[i]->op == &op_parameter && ATTRS_OF(g->nodes[i], Parameter)->trained;
        for (int k = 0; used[i] && k < g->nodes[i]->n_in; k++)
            used[g->nodes[i]->in[k]->id] = true;
    }
    return used;
}

/* The author's graph without what nothing reads. */
static Graph *drop_unused(const Graph *author)
{
    Rebuild r = start_rebuild(author);
    bool *used = find_used(author);
    for (int i = 0; i < author->n_nodes; i++)
        if (used[i])
            carry_node(&r, author->nodes[i]);
    return finish_rebuild(&r);
}

/* The author's graph once more, for one mode and element type. */
static Graph *start_graph(const Graph *author, Mode mode, int lanes, bool is_double)
{
    Rebuild r = start_rebuild(author);
    r.graph->mode = mode;
    r.graph->lanes = lanes;
    r.graph->element_size = is_double ? 8 : 4;
    for (int i = 0; i < author->n_nodes; i++)
        carry_node(&r, author->nodes[i]);
    Graph *g = finish_rebuild(&r);
    int kept = 0;
    for (int i = 0; i < g->n_outputs; i++) /* named outputs are for inference */
        if (mode == INFER || g->outputs[i].kind != OUT_TENSOR)
            g->outputs[kept++] = g->outputs[i];
    g->n_outputs = kept;
    return g;
}

static Program *make_program(Graph *g, const BuildOptions *options, const ParameterTable *t)
{
    g = run_passes(g, &options->passes);
    Program *p = fuse(g, !options->no_fuse);
    choose_kernels(p);
    schedule(p);
    plan_memory(p, t);
    return p;
}

Compilation compile_model(Arena *arena, const BuildOptions *options)
{
    Compilation c = {.arena = arena};
    const TargetDef *target = find_target(options->target);
    Compiled *out = &c.compiled;
    c.model = load_model(arena, options->model, options->batch);
    c.model->graph = drop_unused(c.model->graph);
    out->model = c.model;
    out->is_double = options->is_double;
    out->is_fused = !options->no_fuse;
    out->lanes = target->vector_bytes / (options->is_double ? 8 : 4);
    out->registers = target->registers;
    out->version = PERIGEE_VERSION;
    out->command = options->command;
    Graph *author = start_graph(c.model->graph, TRAIN, out->lanes, options->is_double);
    out->parameters = place_parameters(pack_weights(author));
    Graph *train = start_graph(c.model->graph, TRAIN, out->lanes, options->is_double);
    Graph *infer = start_graph(c.model->graph, INFER, out->lanes, options->is_double);
    out->train = make_program(train, options, out->parameters);
    out->infer = make_program(infer, options, out->parameters);
    return c;
}

void write_file(Arena *arena, const char *path, const char *text, size_t size)
{
    const char *temporary = format_string(arena, "%s.part", path);
    FILE *f = fopen(temporary, "wb");
    bool ok = f && fwrite(text, 1, size, f) == size;
    if (f)
        ok &= fclose(f) == 0;
    if (!ok || rename(temporary, path) != 0) {
        int reason = errno;
        unlink(temporary);
        error_at((Loc){0}, "perigee", "cannot write %s: %s", path, strerror(reason));
    }
}

/* mkdir -p */
static void make_folder(Arena *arena, const char *path)
{
    char *copy = copy_string(arena, path);
    for (char *c = copy + 1; *c; c++)
        if (*c == '/') {
            *c = '\0';
            mkdir(copy, 0777);
            *c = '/';
        }
    if (mkdir(copy, 0777) != 0 && errno != EEXIST)
        error_at((Loc){0}, "perigee", "cannot create folder %s: %s", path, strerror(errno));
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

const char *build_trainer(Arena *arena, const BuildOptions *options)
{
    double start = now();
    Compilation c = compile_model(arena, options);
    Buffer text = {0};
    emit_file(&text, arena, &c.compiled);
    make_folder(arena, options->out);
    const char *binary = format_string(arena, "%s/%s", options->out, c.model->name);
    const char *source = format_string(arena, "%s.c", binary);
    unlink(binary); /* an older one would not be of this source */
    write_file(arena, source, text.text, text.size);
    free_buffer(&text);
    double emitted = now();
    if (!options->emit_only)
        run_clang(arena, options, source, binary);
    if (options->passes.time_passes)
        fprintf(stderr, "%-14s %8.3f ms\n%-14s %8.3f ms\n", "all passes", (emitted - start) * 1e3,
                "clang", (now() - emitted) * 1e3);
    return binary;
}
