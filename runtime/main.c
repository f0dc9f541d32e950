/*
 * The trainer's command line: a table of subcommands, a table of options that says which command
 * takes which, and pg_main(), which the generated main() calls. Exit status 0: done, 1: an error,
 * 2: wrong usage.
 */
#include "internal.h"
#include <argp.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { TRAIN = 1, EVAL = 2, PREDICT = 4, BENCH = 8, SELFTEST = 16, INFO = 32 };

typedef struct Command {
    unsigned bit;
    const char *name, *doc;
    int (*run)(const pg_model *model, const pg_options *options);
} Command;

static const Command commands[] = {
    {TRAIN, "train", "Train the model; write weights and metrics to a folder.", pg_train},
    {EVAL, "eval", "Compute loss and metrics of trained weights over a split.", pg_eval},
    {PREDICT, "predict", "Print what trained weights say of single images.", pg_predict},
    {BENCH, "bench", "Time training step, inference step and every kernel.", pg_bench},
    {SELFTEST, "selftest", "Check gradients, kernels and memory plan.", pg_selftest},
    {INFO, "info", "Describe the model: shapes, parameters, memory, schedule.", pg_info},
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

typedef struct Option {
    unsigned commands;
    struct argp_option argp;
} Option;

/* Keys above 255 give an option a long name only. */
enum {
    DATA = 256,
    EPOCHS,
    SEED,
    THREADS,
    OUT,
    STEPS,
    QUIET,
    LR,
    WEIGHTS,
    SPLIT,
    JSON,
    COUNT,
    SECONDS
};

static const Option options_table[] = {
    {TRAIN | EVAL | PREDICT | BENCH,
     {"data", DATA, "FOLDER", 0, "folder with the data set's official files", 0}},
    {TRAIN, {"epochs", EPOCHS, "N", 0, "train N epochs (default: the model's)", 0}},
    {TRAIN, {"steps", STEPS, "N", 0, "train N steps in total", 0}},
    {TRAIN | BENCH | SELFTEST, {"seed", SEED, "S", 0, "seed of all random numbers (default 1)", 0}},
    {TRAIN, {"lr", LR, "X", 0, "learning rate (default: the model's)", 0}},
    {TRAIN, {"out", OUT, "RUN", 0, "output folder (default: runs/NAME of the model)", 0}},
    {TRAIN, {"weights", WEIGHTS, "FILE", 0, "start from these weights (safetensors)", 0}},
    {EVAL | PREDICT, {"weights", WEIGHTS, "FILE", 0, "trained weights (safetensors); required", 0}},
    {EVAL | PREDICT, {"split", SPLIT, "SPLIT", 0, "train, valid or test (default test)", 0}},
    {PREDICT, {"count", COUNT, "N", 0, "number of images (default 10)", 0}},
    {BENCH, {"seconds", SECONDS, "S", 0, "time to measure for (default 3)", 0}},
    {EVAL | BENCH, {"json", JSON, NULL, 0, "print one JSON object", 0}},
    {TRAIN | EVAL | PREDICT | BENCH | SELFTEST,
     {"threads", THREADS, "T", 0, "number of threads (default: OpenMP's choice)", 0}},
    {TRAIN | EVAL | PREDICT | SELFTEST, {"quiet", QUIET, NULL, 0, "print errors only", 0}},
};
enum { N_OPTIONS = sizeof options_table / sizeof options_table[0] };

/* A whole number in [low, high]; anything else is wrong usage and ends the program. */
static long long whole(const struct argp_state *state, const char *text, long long low,
                       long long high)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || value < low || value > high)
        argp_error(state, "'%s' is not a whole number from %lld to %lld", text, low, high);
    return value;
}

static double real(const struct argp_state *state, const char *text, double low)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !isfinite(value) || value < low)
        argp_error(state, "'%s' is not a number of at least %g", text, low);
    return value;
}

static pg_split split_named(const struct argp_state *state, const char *text)
{
    for (int s = 0; s < PG_SPLITS; s++)
        if (!strcmp(text, pg_split_name((pg_split)s)))
            return (pg_split)s;
    argp_error(state, "'%s' is not a split: want train, valid or test", text);
    return PG_TEST;
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
    pg_options *o = state->input;
    /* One option a line. */
    /* clang-format off */
    switch (key) {
    case DATA: o->data = text; return 0;
    case OUT: o->out = text; return 0;
    case WEIGHTS: o->weights = text; return 0;
    case QUIET: o->quiet = true; return 0;
    case JSON: o->json = true; return 0;
    case LR: o->lr = real(state, text, 0); return 0;
    case SECONDS: o->seconds = real(state, text, 0); return 0;
    case SPLIT: o->split = split_named(state, text); return 0;
    case SEED: o->seed = (uint64_t)whole(state, text, 0, INT64_MAX); return 0;
    case EPOCHS: o->epochs = (int)whole(state, text, 0, 1000000); return 0;
    case STEPS: o->steps = (long)whole(state, text, 0, UINT32_MAX); return 0;
    case THREADS: o->threads = (int)whole(state, text, 1, 1024); return 0;
    case COUNT: o->count = (int)whole(state, text, 1, INT_MAX); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
    /* clang-format on */
}

static int run_command(const pg_model *model, const Command *command, int argc, char **argv)
{
    struct argp_option rows[N_OPTIONS + 1] = {{0}};
    char name[300];
    int n = 0;
    pg_options options = {.split = PG_TEST,
                          .seed = 1,
                          .epochs = -1,
                          .steps = -1,
                          .count = 10,
                          .lr = NAN,
                          .seconds = 3};
    for (int i = 0; i < N_OPTIONS; i++)
        if (options_table[i].commands & command->bit)
            rows[n++] = options_table[i].argp;
    const struct argp argp = {rows, parse_option, "", command->doc, NULL, NULL, NULL};
    snprintf(name, sizeof name, "%s %s", program_invocation_short_name, command->name);
    argv[0] = name;
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (command->bit != INFO)
        pg_start_threads(options.threads);
    int status = command->run(model, &options);
    if (fflush(stdout) || ferror(stdout)) {
        pg_fail("cannot write to standard output: %s", strerror(errno));
        return 1;
    }
    return status;
}

typedef struct TopLevel {
    const pg_model *model;
    const Command *command;
    int first; /* index of the command's name in argv */
} TopLevel;

static error_t parse_top(int key, char *text, struct argp_state *state)
{
    TopLevel *top = state->input;
    if (key == 'V') {
        printf("%s (perigee %s)\n", top->model->name, top->model->compiler);
        exit(0);
    }
    if (key == ARGP_KEY_NO_ARGS)
        argp_error(state, "a command is missing");
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    for (int i = 0; i < N_COMMANDS; i++)
        if (!strcmp(text, commands[i].name))
            top->command = &commands[i];
    if (!top->command)
        argp_error(state, "unknown command '%s'", text);
    top->first = state->next - 1;
    state->next = state->argc; /* the rest is the command's own */
    return 0;
}

/* "COMMAND..." of --help, from the table. */
static char *help_text(const pg_model *model)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fprintf(out, "Trainer of the model %s, compiled by %s.\v", model->name,
            model->compiler);
    fprintf(out, "Commands (each explains itself with --help):\n");
    for (int i = 0; i < N_COMMANDS; i++)
        fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].doc);
    fprintf(out, "\nExit status: 0 done, 1 an error, 2 wrong usage.");
    return fclose(out) ? NULL : text;
}

int pg_main(const pg_model *model, int argc, char **argv)
{
    static const struct argp_option rows[] = {
        {"version", 'V', NULL, 0, "print model and compiler version", 0}, {0}};
    TopLevel top = {model, NULL, 0};
    char *help = help_text(model);
    const struct argp argp = {rows, parse_top, "COMMAND [OPTION...]", help, NULL, NULL, NULL};
    argp_err_exit_status = 2;
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit shall be an error of write(), with a message */
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &top);
    free(help);
    return run_command(model, top.command, argc - top.first, argv + top.first);
}
