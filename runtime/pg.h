/*
 * The one header that generated code sees: what a compiled model tells the runtime about itself.
 * The generated C fills one `pg_model` with constants and hands it to pg_main(), which is the whole
 * trainer: train, eval, predict, bench, selftest, info.
 *
 * All tensors of a model have one element type, float or double (`pg_model.is_double`). Class
 * labels are whole numbers held in that type.
 */
#ifndef PG_H
#define PG_H

#include "rng.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PG_MAX_RANK = 4 };

/*
 * A tensor in memory. Element (i0, i1, ...) of the author's row-major view lives at
 * sum over axes a of (i[a] / block[a]) * outer[a] + (i[a] % block[a]) * inner[a].
 * Padding elements exist where blocks do not divide a dimension; they hold zeros in parameters and
 * anything at all in activations.
 */
typedef struct pg_tensor {
    const char *name; /* dotted, e.g. "net.1.weight" */
    int rank;         /* 0 to 4 */
    int dim[PG_MAX_RANK];
    int block[PG_MAX_RANK];
    long outer[PG_MAX_RANK], inner[PG_MAX_RANK];
    long size;  /* elements in memory, padding included */
    void *data; /* float * or double *; for inputs see pg_input.slot */
} pg_tensor;

typedef enum pg_init_kind {
    PG_INIT_CONSTANT,       /* a */
    PG_INIT_UNIFORM,        /* U(a, b) */
    PG_INIT_NORMAL,         /* mean a, standard deviation b */
    PG_INIT_XAVIER_UNIFORM, /* U(-r, r), r = sqrt(6 / (fan_in + fan_out)); Glorot & Bengio 2010 */
    PG_INIT_XAVIER_NORMAL,  /* std = sqrt(2 / (fan_in + fan_out)) */
    PG_INIT_HE_UNIFORM,     /* U(-r, r), r = sqrt(6 / fan_in); He et al. 2015 */
    PG_INIT_HE_NORMAL,      /* std = sqrt(2 / fan_in) */
} pg_init_kind;

/* A trained parameter, or a state that is saved with them (running statistics: gradient NULL). */
typedef struct pg_parameter {
    pg_tensor value;
    void *gradient; /* same layout as value; NULL when it is not trained */
    pg_init_kind init;
    double a, b;
    int fan_in, fan_out;
} pg_parameter;

/* Optimiser state: flat, starts at zero, not part of the weights file. */
typedef struct pg_slot {
    const char *name;
    long size;
    void *data;
} pg_slot;

/* A data stream of the model: which set, and how it is split. One batch of it feeds a step. */
typedef struct pg_stream {
    const char *dataset; /* a row of data.def: "mnist", "digits", "idx" */
    int train;           /* use only the first so many training images; 0 = all */
    int valid; /* images held out of the training set for validation; -1 = the set's default */
    int channels, height, width, classes; /* what the model was compiled for */
    bool normalize; /* subtract the set's mean and divide by its standard deviation */
} pg_stream;

/* One field of a stream, as an input of the model: field 'i' = image scaled to [0, 1], 'l' = label.
 */
typedef struct pg_input {
    pg_tensor tensor; /* data is NULL: the runtime owns the buffers */
    void **slot;      /* generated code reads the batch through this pointer */
    int stream;       /* index into pg_model.streams */
    char field;
} pg_input;

/* What the generated code reads about "now"; the runtime writes it before each call. */
typedef struct pg_clock {
    uint64_t seed;
    uint32_t step; /* optimiser steps done so far; keys the random numbers of this step */
    int valid;     /* examples of this batch that count (inference; the last batch may be short) */
    double lr;     /* learning rate of this step */
} pg_clock;

typedef enum pg_phase { PG_PREPARE, PG_FORWARD, PG_BACKWARD, PG_UPDATE, PG_INFER } pg_phase;

typedef struct pg_kernel {
    const char *name;
    const char *fuses;  /* the operators in it: "conv2d + bias + moments" */
    const char *source; /* "model.lua:7" */
    pg_phase phase;
    double flops, bytes; /* of one call */
    void (*run)(void);
    int first_result, results; /* tensors it writes: pg_model.tensors[first_result ...] */
} pg_kernel;

/* A scalar that a step leaves behind: loss first, then the metrics. Mean over the batch. */
typedef struct pg_scalar {
    const char *name; /* "loss", "accuracy" */
    const void *train, *infer;
} pg_scalar;

/* Learning-rate schedule, in the order written. Epochs count from 1. */
typedef struct pg_rule {
    enum {
        PG_RULE_SET,
        PG_RULE_DECAY
    } kind; /* lr = value from `epoch` on | lr *= value for each epoch >= `epoch` */
    int epoch;
    double value;
} pg_rule;

typedef struct pg_model {
    const char *name;     /* an identifier */
    const char *source;   /* file name of the model */
    const char *compiler; /* version of perigee */
    bool is_double, is_fused;
    int batch;

    const pg_stream *streams;
    int n_streams;
    const pg_input *inputs;
    int n_inputs;
    const pg_parameter *parameters; /* trained ones and saved states */
    int n_parameters;
    const pg_slot *slots;
    int n_slots;
    const pg_scalar *scalars; /* scalars[0] is the loss */
    int n_scalars;
    const pg_tensor *outputs; /* named outputs of infer() */
    int n_outputs;
    const pg_kernel *kernels;
    int n_kernels;
    const pg_tensor *tensors; /* what kernels write, for finding the first that went bad */

    void *arena; /* activations; its content may be lost between calls */
    size_t arena_bytes, arena_lower_bound;

    const char *optimizer; /* "adam", for info */
    double lr, lr_decay;   /* lr of step t = schedule(epoch) / (1 + lr_decay * t) */
    const pg_rule *rules;
    int n_rules;
    int epochs;
    const char
        *keep; /* "last" | "best valid accuracy" | "best valid loss" ... : which weights are kept */
    const char
        *text; /* the graph as written (the compiler's textual form), for info and selftest */

    pg_clock *clock;
    void (*prepare)(
        void); /* what inference derives from the weights alone; call after they changed */
    void (*infer)(void);    /* loss, metrics and outputs in inference mode */
    void (*forward)(void);  /* loss and metrics in training mode */
    void (*backward)(void); /* gradients; needs the arena as forward left it */
    void (*update)(void);   /* optimiser and running statistics */
} pg_model;

/* The trainer's main(): parses the command line, runs one subcommand, returns the exit status. */
int pg_main(const pg_model *model, int argc, char **argv);

#endif
