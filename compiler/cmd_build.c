/*
 * perigee build: a model file to NAME.c and the trainer NAME.
 */
#include "driver.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_NO_FUSE = 256, KEY_DTYPE, KEY_BATCH, KEY_CC, KEY_EMIT_ONLY, KEY_DUMP, KEY_TIME };

static const struct argp_option options[] = {
    {"output", 'o', "DIR", 0, "folder for NAME.c and the trainer NAME (default: .)", 0},
    {"no-fuse", KEY_NO_FUSE, 0, 0, "one kernel per operator, for comparison", 0},
    {"dtype", KEY_DTYPE, "f32|f64", 0, "element type (default: f32)", 0},
    {"batch", KEY_BATCH, "N", 0, "examples in a batch, instead of the model's own", 0},
    {"cc", KEY_CC, "CLANG", 0, "clang to compile with (default: clang-19, then clang)", 0},
    {"emit-only", KEY_EMIT_ONLY, 0, 0, "write the C source, do not run clang", 0},
    {"dump-after", KEY_DUMP, "PASS", 0, "print the graph after this pass (or all)", 1},
    {"time-passes", KEY_TIME, 0, 0, "print how long each pass took", 1},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    BuildOptions *o = state->input;
    switch (key) {
    case 'o':
        o->out = arg;
        break;
    case KEY_NO_FUSE:
        o->no_fuse = true;
        break;
    case KEY_DTYPE:
        if (strcmp(arg, "f32") && strcmp(arg, "f64"))
            argp_error(state, "--dtype is f32 or f64, not '%s'", arg);
        o->is_double = !strcmp(arg, "f64");
        break;
    case KEY_BATCH:
        o->batch = atoi(arg);
        if (o->batch < 1 || o->batch > 65536)
            argp_error(state, "--batch is a number from 1 to 65536, not '%s'", arg);
        break;
    case KEY_CC:
        o->cc = arg;
        break;
    case KEY_EMIT_ONLY:
        o->emit_only = true;
        break;
    case KEY_DUMP:
        o->passes.dump_after = arg;
        break;
    case KEY_TIME:
        o->passes.time_passes = true;
        break;
    case ARGP_KEY_ARG:
        if (o->model)
            argp_error(state, "one model file at a time");
        o->model = arg;
        break;
    case ARGP_KEY_END:
        if (!o->model)
            argp_error(state, "which model file?");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* "perigee build model.lua --no-fuse": what made the file, without folders. */
static const char *command_text(Arena *arena, const BuildOptions *o)
{
    const char *slash = strrchr(o->model, '/');
    return format_string(arena, "perigee build %s%s%s%s", slash ? slash + 1 : o->model,
                         o->no_fuse ? " --no-fuse" : "", o->is_double ? " --dtype f64" : "",
                         o->batch ? format_string(arena, " --batch %d", o->batch) : "");
}

int command_build(int argc, char **argv)
{
    static const struct argp argp = {options, parse, "MODEL.lua",
                                     "Compiles a model file to C source and a standalone trainer.", 0, 0, 0};
    BuildOptions o = {.out = "."};
    argv[0] = (char *)"perigee build";
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, 0, &o);
    Arena *arena = new_arena();
    o.command = command_text(arena, &o);
    build_trainer(arena, &o);
    free_arena(arena);
    return 0;
}
