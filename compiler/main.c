/*
 * perigee: compiles a model file to a trainer. This file is the table of contents of the program:
 * each subcommand is a function in a cmd_*.c file; compile_model() in pipeline.c is the pipeline.
 */
#include "driver.h"

#include <stdio.h>
#include <string.h>

typedef struct Command {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
} Command;

static const Command commands[] = {
    {"build", "compile a model file to C and a trainer binary", command_build},
    {"show", "layers, kernels before and after fusion, memory plan", command_show},
    {"compare", "time the fused against the unfused trainer", command_compare},
    {"ops", "the operators, from their table", command_ops},
    {"datasets", "the data sets, from their table", command_datasets},
    {"optimizers", "the optimisers, from their table", command_optimizers},
};

static void print_usage(FILE *to)
{
    fprintf(to, "usage: perigee COMMAND [OPTION...]\n\n");
    for (int i = 0; i < COUNT_OF(commands); i++)
        fprintf(to, "  %-12s %s\n", commands[i].name, commands[i].summary);
    fprintf(
        to,
        "\n`perigee COMMAND --help` explains a command; `perigee --version` prints the version.\n");
}

int main(int argc, char **argv)
{
    const char *names[COUNT_OF(commands)];
    if (argc < 2) {
        print_usage(stderr);
        return 2;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
        print_usage(stdout);
        return 0;
    }
    if (!strcmp(argv[1], "--version")) {
        printf("perigee %s\n", PERIGEE_VERSION);
        return 0;
    }
    for (int i = 0; i < COUNT_OF(commands); i++) {
        names[i] = commands[i].name;
        if (!strcmp(argv[1], commands[i].name))
            return commands[i].run(argc - 1, argv + 1);
    }
    const char *nearest = nearest_name(argv[1], names, COUNT_OF(commands));
    fprintf(stderr, "perigee: unknown command '%s'%s%s%s\n", argv[1],
            nearest ? ", did you mean '" : "", nearest ? nearest : "",
            nearest ? "'?" : "; see perigee --help");
    return 2;
}
