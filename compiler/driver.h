/*
 * driver: what the subcommands of `perigee` share: options, the pipeline from a model file to C
 * text, and clang.
 */
#ifndef DRIVER_H
#define DRIVER_H

#include "emit/emit.h"
#include "passes/pass.h"
#include "target.h"
#include <argp.h>

typedef struct BuildOptions {
    const char *model;  /* path of the model file */
    const char *out;    /* folder to write to */
    const char *cc;     /* clang to use; NULL: the first found */
    const char *target; /* a name from target.def; NULL: this machine */
    int batch;          /* 0: the model's own */
    bool no_fuse, is_double, emit_only;
    PassOptions passes;
    const char *command; /* for the banner */
} BuildOptions;

/* All stages up to the C text. Everything lives in the arena. */
typedef struct Compilation {
    Arena *arena;
    Model *model;
    Compiled compiled;
} Compilation;

Compilation compile_model(Arena *arena, const BuildOptions *options);

/* compile_model(), NAME.c and NAME written to options->out; returns the path of the binary. */
const char *build_trainer(Arena *arena, const BuildOptions *options);

/* Compiles source to binary; a message and exit status 1 if clang is missing or fails. */
void run_clang(Arena *arena, const BuildOptions *options, const char *source, const char *binary);

/* Writes text to path through a temporary file, so that no half-written file has the name. */
void write_file(Arena *arena, const char *path, const char *text, size_t size);

/* Runs argv and returns its standard output, or NULL if it failed. */
char *run_and_read(Arena *arena, char *const *argv);

/*
 * Runs work(folder, data) in a process of its own with a fresh folder under TMPDIR, which is
 * removed however that ends: done, an error, a bug, a signal. Returns the exit status.
 */
int run_in_temporary_folder(int (*work)(const char *folder, void *data), void *data);

/* ---- Options (options.c): parsers that subcommands share; the input of each is a BuildOptions
 * ---- */

extern const struct argp model_argp;  /* MODEL.lua --batch --dtype */
extern const struct argp passes_argp; /* --no-fuse --dump-after --time-passes */
extern const struct argp clang_argp;  /* --cc */

/* argp_parse() with exit status 2 for wrong usage; command is "perigee build". */
void parse_options(const struct argp *argp, const char *command, int argc, char **argv,
                   void *input);
/* A whole number, or a real one, in [low, high]; anything else is wrong usage. */
int whole_option(struct argp_state *state, const char *option, const char *text, int low, int high);
double real_option(struct argp_state *state, const char *option, const char *text, double low,
                   double high);

/* ---- Subcommands ---- */

int command_build(int argc, char **argv);
int command_show(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_ops(int argc, char **argv);
int command_datasets(int argc, char **argv);
int command_optimizers(int argc, char **argv);

#endif
