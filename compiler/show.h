/*
 * show: the three faces of `perigee show`: text, JSON, drawing.
 */
#ifndef SHOW_H
#define SHOW_H

#include "facts.h"
#include "report.h"

/* A tensor, or the partial sums of a kernel, in the arena. Offsets and sizes in bytes. */
typedef struct TensorRow {
    const char *name;
    Shape shape; /* rank -1: partial sums */
    long offset, size;
    int first, last; /* kernels between which it is live; last = n_kernels: read after the step */
    const char *shares; /* the tensor whose memory it takes over, or NULL */
} TensorRow;

/* The arena of a program, in order of birth. */
TensorRow *list_tensors(Arena *arena, const Program *p, int *n);

/* Memory in bytes. */
typedef struct MemoryFacts {
    double peak, lower_bound, ratio;
} MemoryFacts;

MemoryFacts memory_facts(const Program *p);

void show_text(Arena *arena, const Facts *f, bool memory);
json_t *show_json(Arena *arena, const Facts *f, bool memory);
/* The kernel graph as an SVG file. */
void draw_kernels(Buffer *out, Arena *arena, const Facts *f);

#endif
