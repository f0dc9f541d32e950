/*
 * attrs: the attribute structs that more than one file reads. An operator whose attributes nobody
 * else needs keeps its struct in its own file.
 */
#ifndef ATTRS_H
#define ATTRS_H

#include "ir.h"

typedef struct Input {
    int stream;        /* which data stream */
    const char *field; /* "image" or "label" */
    Shape shape;       /* with the batch in front */
} Input;

typedef struct Parameter {
    Shape shape;
    Init init;
    bool trained; /* false: a saved state */
    int fan_in, fan_out;
} Parameter;

typedef struct Constant {
    double value;
    Shape shape;
} Constant;

typedef struct Iota {
    Shape shape;
    int axis; /* value = coordinate along this axis */
} Iota;

/* Which examples of the batch count, along axis 0 of `shape`: 0 or 1, or 0 or N / valid for means.
 */
typedef struct Mask {
    Shape shape;
    bool mean;
} Mask;

/* keep_mask, normal_noise: fresh random numbers each step, recomputed from the counter wherever
 * used. */
typedef struct Random {
    Shape shape;
    double p;   /* keep_mask: probability of dropping; normal_noise: standard deviation */
    int stream; /* keys the generator */
} Random;

typedef struct Axes {
    int axes; /* bit a set: axis a is reduced */
} Axes;

typedef struct Conv2d {
    int filters;
    Pair kernel, stride, pad, dilation;
    int groups;
    bool bias;
    Init init, bias_init;
    Shape shape; /* conv2d_dx: of dx; conv2d_dw: of dw. Otherwise rank 0 */
} Conv2d;

typedef struct Pool2d {
    Pair kernel, stride, pad;
    Shape shape; /* gradients: of dx */
} Pool2d;

typedef struct Slice {
    int axis, from, to; /* elements from .. to - 1 of the axis, counted from 0 */
} Slice;

typedef struct Pad {
    int axis, before, after;
} Pad;

typedef struct Concat {
    int axis;
} Concat;

typedef struct Relayout {
    int form; /* of struct Layout */
} Relayout;

typedef struct Target { /* reshape, broadcast */
    Shape shape;
} Target;

#endif
