/*
 * perigee build: a model file to NAME.c and the trainer NAME.
 */
#include "driver.h"

#include <string.h>

enum { KEY_EMIT_ONLY = 256 };

static const struct argp_option options[] = {
    {"output", 'o', "DIR", 0, "folder for NAME.c and the trainer NAME (default: .)", 0},
    {"emit-only", KEY_EMIT_ONLY, 0, 0, "write the C source, do not run clang", 0},
    {0},
};

static const struct argp_child children[] = {
    {&model_argp, 0, NULL, 0}, {&passes_argp, 0, NULL, 0}, {&clang_argp, 0, NULL, 0}, {0}};

static error_t parse(int key, char *text, struct argp_state *state)
{
    BuildOptions *o = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        for (int i = 0; children[i].argp; i++)
            state->child_inputs[i] = o;
        return 0;
    case 'o':
        o->out = text;
        return 0;
    case KEY_EMIT_ONLY:
        o->emit_only = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* "perigee build model.lua --no-fuse": what made the file, without folders. */
static const char *command_text(Arena *arena, const BuildOptions *o)
{
    return format_string(arena, "perigee build %s%s%s%s", base_name(o->model),
                         o->no_fuse ? " --no-fuse" : "", o->is_double ? " --dtype f64" : "",
                         o->batch ? format_string(arena, " --batch %d", o->batch) : "");
}

int command_build(int argc, char **argv)
{
    static const struct argp argp = {
        options,  parse, NULL, "Compiles a model file to C source and a standalone trainer.",
        children, NULL,  NULL};
    BuildOptions o = {.out = "."};
    parse_options(&argp, "perigee build", argc, argv, &o);
    Arena *arena = new_arena();
    o.command = command_text(arena, &o);
    build_trainer(arena, &o);
    free_arena(arena);
    return 0;
}
