/*
 * options: the options that several subcommands share, as argp children. A parent hands its
 * BuildOptions to each of them on ARGP_KEY_INIT.
 */
#include "driver.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_BATCH = 1000, KEY_DTYPE, KEY_NO_FUSE, KEY_DUMP, KEY_TIME, KEY_CC, KEY_TARGET };

void parse_options(const struct argp *argp, const char *command, int argc, char **argv, void *input)
{
    argv[0] = (char *)command;
    argp_err_exit_status = 2;
    argp_parse(argp, argc, argv, 0, NULL, input);
}

int whole_option(struct argp_state *state, const char *option, const char *text, int low, int high)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < low || value > high)
        argp_error(state, "%s is a number from %d to %d, not '%s'", option, low, high, text);
    return (int)value;
}

double real_option(struct argp_state *state, const char *option, const char *text, double low,
                   double high)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= low && value <= high))
        argp_error(state, "%s is a number from %g to %g, not '%s'", option, low, high, text);
    return value;
}

/* ---- MODEL.lua --batch --dtype --target ---- */

static const struct argp_option model_rows[] = {
    {"batch", KEY_BATCH, "N", 0, "examples in a batch, instead of the model's own", 0},
    {"dtype", KEY_DTYPE, "f32|f64", 0, "element type (default: f32)", 0},
    {"target", KEY_TARGET, "NAME", 0, "processor to compile for (default: native, this one)", 0},
    {0},
};

static void check_target(struct argp_state *state, const char *name)
{
    char known[200] = "native";
    if (find_target(name))
        return;
    for (int i = 0; i < target_count; i++) {
        strncat(known, ", ", sizeof known - strlen(known) - 1);
        strncat(known, targets[i].name, sizeof known - strlen(known) - 1);
    }
    argp_error(state, "there is no target '%s'; there are: %s", name, known);
}

static error_t parse_model(int key, char *text, struct argp_state *state)
{
    BuildOptions *o = state->input;
    switch (key) {
    case KEY_BATCH:
        o->batch = whole_option(state, "--batch", text, 1, 65536);
        return 0;
    case KEY_DTYPE:
        if (strcmp(text, "f32") && strcmp(text, "f64"))
            argp_error(state, "--dtype is f32 or f64, not '%s'", text);
        o->is_double = !strcmp(text, "f64");
        return 0;
    case KEY_TARGET:
        check_target(state, text);
        o->target = text;
        return 0;
    case ARGP_KEY_ARG:
        if (o->model)
            argp_error(state, "one model file at a time");
        o->model = text;
        return 0;
    case ARGP_KEY_END:
        if (!o->model)
            argp_error(state, "which model file?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp model_argp = {model_rows, parse_model, "MODEL.lua", NULL, NULL, NULL, NULL};

/* ---- --no-fuse --dump-after --time-passes ---- */

static const struct argp_option passes_rows[] = {
    {"no-fuse", KEY_NO_FUSE, NULL, 0, "one kernel per operator, for comparison", 0},
    {"dump-after", KEY_DUMP, "PASS", 0, "print the graph after this pass (or all)", 1},
    {"time-passes", KEY_TIME, NULL, 0, "print how long each pass took", 1},
    {0},
};

static const char *const pass_names[] = {
#define PASS(function, name, doc) name,
#include "passes.def"
#undef PASS
    "all",
};

static void check_pass(struct argp_state *state, const char *name)
{
    char known[200] = "";
    for (int i = 0; i < COUNT_OF(pass_names); i++) {
        if (!strcmp(name, pass_names[i]))
            return;
        strncat(known, i ? ", " : "", sizeof known - strlen(known) - 1);
        strncat(known, pass_names[i], sizeof known - strlen(known) - 1);
    }
    argp_error(state, "there is no pass '%s'; there are: %s", name, known);
}

static error_t parse_passes(int key, char *text, struct argp_state *state)
{
    BuildOptions *o = state->input;
    switch (key) {
    case KEY_NO_FUSE:
        o->no_fuse = true;
        return 0;
    case KEY_DUMP:
        check_pass(state, text);
        o->passes.dump_after = text;
        return 0;
    case KEY_TIME:
        o->passes.time_passes = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp passes_argp = {passes_rows, parse_passes, NULL, NULL, NULL, NULL, NULL};

/* ---- --cc ---- */

static const struct argp_option clang_rows[] = {
    {"cc", KEY_CC, "CLANG", 0, "clang to compile with (default: clang-19, then clang)", 0},
    {0},
};

static error_t parse_clang(int key, char *text, struct argp_state *state)
{
    BuildOptions *o = state->input;
    if (key != KEY_CC)
        return ARGP_ERR_UNKNOWN;
    o->cc = text;
    return 0;
}

const struct argp clang_argp = {clang_rows, parse_clang, NULL, NULL, NULL, NULL, NULL};
