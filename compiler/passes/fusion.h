/*
 * fusion: what the two halves of fuse() share: where.c decides for every node where it is computed,
 * kernels.c builds kernels from that.
 */
#ifndef FUSION_H
#define FUSION_H

#include "program.h"

typedef struct Fusion {
    Program *program;
    Graph *graph;
    bool on;       /* false: --no-fuse */
    Node ***users; /* by node */
    int *n_users;
    bool *is_output; /* by node: memory that outlives the step's kernels */
    bool *is_view;   /* a reshape without a copy */
    bool *inlined;   /* recomputed in every reader */
    Node **anchor;   /* by node: absorbed into this anchor's kernel */
    Node **tail;     /* by anchor: the last node of its chain, the one that is stored */
    Node **window;   /* by node: the pooling gradient whose windows its loop has to walk */
    pg_phase *phase; /* by node: when its value is first needed */
    bool *seen;       /* by kernel: scratch of a search */
} Fusion;

enum { CHEAP = 10 }; /* operations per element up to which computing twice beats storing */

/* Fills all of the above. */
void decide_places(Fusion *f);
/* Makes kernels out of the decisions, merges what may be merged. */
void build_kernels(Fusion *f);

#endif
