/*
 * compare: fused against unfused, in numbers. compare.c builds and times both trainers,
 * cmd_compare.c asks for it and prints.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include "facts.h"
#include "report.h"

typedef struct CompareOptions {
    BuildOptions build;
    const char *keep;    /* folder for both trainers; NULL: temporary */
    const char *data;    /* --data of the trainers, or NULL */
    int rounds, threads; /* threads 0: OpenMP's choice */
    double seconds;      /* of each run */
    bool json;
} CompareOptions;

/* One variant: its kernels, and what `bench` said, each a median of the rounds, in seconds. */
typedef struct Variant {
    Compilation compilation;
    KernelRow *row;
    int n_rows;
    int threads;
    double train_step, infer_step;
    double *time; /* by row */
} Variant;

typedef struct Comparison {
    const char *model;
    int batch;
    Variant fused, unfused;
    double *unfused_time; /* by row of fused: the sum over the unfused kernels that it replaces */
    int *replaces;        /* by row of fused: how many these are */
    double left_over;     /* time of unfused kernels that no fused kernel replaces */
    int n_left_over;
} Comparison;

/* Builds both trainers into `folder` and runs them in turn. */
Comparison compare_variants(Arena *arena, const CompareOptions *options, const char *folder);

#endif
