/*
 * perigee show: what the compiler makes of a model file: layers, kernels, memory. facts.c finds
 * out, show_text.c, show_json.c and show_svg.c print.
 */
#include "show.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEY_JSON = 256, KEY_SVG, KEY_MEMORY };

typedef struct ShowOptions {
    BuildOptions build;
    const char *svg;
    bool json, memory;
} ShowOptions;

static const struct argp_option options[] = {
    {"memory", KEY_MEMORY, NULL, 0, "list every tensor of the memory plan", 0},
    {"json", KEY_JSON, NULL, 0, "print one JSON object", 0},
    {"svg", KEY_SVG, "FILE", 0, "draw the kernels and what they hand on", 0},
    {0},
};

static const struct argp_child children[] = {
    {&model_argp, 0, NULL, 0}, {&passes_argp, 0, NULL, 0}, {0}};

static error_t parse(int key, char *text, struct argp_state *state)
{
    ShowOptions *o = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        for (int i = 0; children[i].argp; i++)
            state->child_inputs[i] = &o->build;
        return 0;
    case KEY_MEMORY:
        o->memory = true;
        return 0;
    case KEY_JSON:
        o->json = true;
        return 0;
    case KEY_SVG:
        o->svg = text;
        return 0;
    case ARGP_KEY_END:
        if (o->json && o->build.passes.dump_after)
            argp_error(state, "--json and --dump-after cannot share the output");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- Memory, for text and JSON ---- */

MemoryFacts memory_facts(const Program *p)
{
    double bytes = p->graph->element_size;
    return (MemoryFacts){bytes * (double)p->arena_size, bytes * (double)p->lower_bound,
                         p->lower_bound ? (double)p->arena_size / (double)p->lower_bound : 1};
}

static TensorRow tensor_row(Emitter *e, const Program *p, const Node *n)
{
    const Place *place = &p->place[n->id];
    long bytes = p->graph->element_size;
    return (TensorRow){.name = tensor_name(e, n),
                       .shape = n->shape,
                       .offset = place->offset * bytes,
                       .size = place->size * bytes,
                       .first = place->first,
                       .last = place->last,
                       .shares = place->shares ? tensor_name(e, place->shares) : NULL};
}

TensorRow *list_tensors(Arena *arena, const Program *p, int *n)
{
    Emitter e = {.arena = arena, .program = (Program *)p};
    TensorRow *row = NEW_ARRAY(arena, TensorRow, p->graph->n_nodes + p->n_kernels);
    long bytes = p->graph->element_size;
    *n = 0;
    for (int i = 0; i < p->n_kernels; i++) {
        const Kernel *k = p->kernels[i];
        for (int j = 0; j < k->n_results; j++)
            if (p->place[k->results[j]->id].region == IN_ARENA)
                row[(*n)++] = tensor_row(&e, p, k->results[j]);
        if (p->scratch[i].size)
            row[(*n)++] = (TensorRow){.name = format_string(arena, "partial sums of %s", k->name),
                                      .shape = {.rank = -1},
                                      .offset = p->scratch[i].offset * bytes,
                                      .size = p->scratch[i].size * bytes,
                                      .first = i,
                                      .last = i};
    }
    return row;
}

static void save_drawing(Arena *arena, const Facts *f, const char *path)
{
    Buffer b = {0};
    draw_kernels(&b, arena, f);
    write_file(arena, path, b.text, b.size);
    free_buffer(&b);
}

int command_show(int argc, char **argv)
{
    static const struct argp argp = {
        options,  parse,
        NULL,     "Shows layers, kernels before and after fusion, and the memory plan.",
        children, NULL,
        NULL};
    ShowOptions o = {.build.command = "perigee show"};
    parse_options(&argp, "perigee show", argc, argv, &o);
    Arena *arena = new_arena();
    Compilation c = compile_model(arena, &o.build);
    Facts facts = gather_facts(arena, &c);
    if (o.svg)
        save_drawing(arena, &facts, o.svg);
    if (o.json)
        print_json(show_json(arena, &facts, o.memory));
    else
        show_text(arena, &facts, o.memory);
    free_arena(arena);
    return finish_output();
}
