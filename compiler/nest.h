/*
 * nest: the loops that walk a loop kernel's domain in the order of its memory. Levels whose axis is
 * kept by the kernel's reductions come first, reduced ones after them; the lane axis advances by whole
 * vectors.
 */
#ifndef NEST_H
#define NEST_H

#include "program.h"

typedef struct Level {
    int axis;
    bool is_inner; /* runs inside a block of the axis */
    int extent;    /* iterations */
    bool is_reduced;
    long stride;     /* in memory, for the order */
    const char *var; /* C name of the counter */
} Level;

typedef struct Nest {
    Level level[2 * MAX_RANK];
    int n, kept;            /* the first `kept` levels are not reduced */
    int lane;               /* axis along which vectors lie; -1: none */
    int window_h, window_w; /* counters of axes 2 and 3 count windows of this size; 1 otherwise */
} Nest;

Nest make_nest(const Kernel *k);
/* Iterations of the kept levels: how many results, in vectors. */
long count_units(const Nest *nest);

#endif
