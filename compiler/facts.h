/*
 * facts: what a compilation can tell about a model, in rows ready to be shown: layers as the author
 * wrote them, kernels as they run. Read by `perigee show` and `perigee compare`.
 */
#ifndef FACTS_H
#define FACTS_H

#include "driver.h"
#include "layers.h"

/* A kernel, or the optimiser's update, in the order in which a trainer lists them. */
typedef struct KernelRow {
    const Program *program; /* NULL: the optimiser */
    const Kernel *kernel;   /* likewise */
    const char *name;
    const char *fuses;  /* "conv2d + add + relu" */
    const char *source; /* "model.lua:7", or "" */
    const char *lines;  /* of the model file, of everything in it: "5, 6" */
    pg_phase phase;
    double flops, bytes;
    bool is_parallel;
} KernelRow;

/* Kernels that only change the layout of what they read. */
typedef struct Conversions {
    int count;
    double bytes;
    const char *ops; /* "2 reshape, 1 transpose" */
} Conversions;

typedef struct ProgramFacts {
    int nodes;           /* that compute something */
    int fused, unfused;  /* kernels, with and without fusion */
    double flops, bytes; /* of one step; training: with the optimiser */
    Conversions conversions;
} ProgramFacts;

typedef struct Facts {
    const Compilation *compilation;
    Layers layers;
    KernelRow *kernel;
    int n_kernels;
    ProgramFacts train, infer;
} Facts;

Facts gather_facts(Arena *arena, const Compilation *c);

/* The kernels of training, the optimiser, the kernels of inference. */
KernelRow *list_kernel_rows(Arena *arena, const Compiled *c, int *n);

/* "forward", "backward", ... */
const char *phase_name(pg_phase phase);
/* Belongs to a step of training, or to an inference; preparing inference is neither. */
bool is_training_phase(pg_phase phase);

#endif
