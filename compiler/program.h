/*
 * program: a graph cut into kernels, in the order they run, with a place in memory for every tensor.
 * Made by fuse() from a laid-out graph; finished by schedule() and plan_memory(); printed by emit.
 *
 * A kernel is an anchor (a contraction, a window, a row operator, a movement, or none) with the
 * pointwise program before and after it. Kernels without an anchor are loops over a domain that store
 * pointwise results, accumulate reductions, or both.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "ir.h"
#include "model.h"
#include "pg.h"

typedef struct Kernel {
    int id;           /* index in the program: the order of execution once scheduled */
    const char *name; /* C identifier */
    pg_phase phase;
    Node *anchor; /* NULL: a loop */
    Node *pool;   /* a window that follows the anchor (inference), or NULL */
    Node *window; /* loops: the pooling gradient whose windows the loop walks, or NULL */
    int lanes;    /* of the target's vectors */
    Shape domain; /* loops: what they run over */
    const Layout *domain_layout;
    Node **members; /* all nodes computed inside, inputs before users */
    int n_members;
    Node **results; /* those that are stored */
    int n_results;
    Node **operands; /* stored tensors that are read, each once */
    int n_operands;
    long scratch; /* elements of private memory (partial sums) */
    int parts;    /* in how many parts a reduced range is cut; fixed by shape, never by threads */
    bool is_parallel; /* worth more than one thread */
    double flops, bytes;
} Kernel;

/* Where a stored tensor lives. */
typedef enum Region {
    IN_ARENA,
    IN_PARAMETERS,
    IN_GRADIENTS,
    IN_INPUT,
    IN_SCALARS,
    IN_PREPARED
} Region;

typedef struct Place {
    Region region;
    long offset; /* elements from the start of the region; inputs: node id of the input */
    long size;
    int first, last;    /* kernels between which it is live (arena) */
    const Node *shares; /* in place: the operand whose memory it takes over, or NULL */
} Place;

typedef struct Program {
    Arena *arena;
    Graph *graph;
    Kernel **kernels;
    int n_kernels;
    Kernel **home; /* by node: the kernel that stores it; NULL if computed where it is read */
    const Node *
        *root;      /* by node: the stored node whose memory it is (itself, or through reshapes) */
    Place *place;   /* by node, valid for stored roots */
    Place *scratch; /* by kernel */
    long arena_size, lower_bound; /* elements */
    long prepared_size;
} Program;

/* Where parameters, gradients and slots lie: one table for training and inference. */
typedef struct ParameterTable {
    Node **parameter; /* of the author's graph: decayed weights, other trained ones, saved states */
    long *offset;     /* elements */
    int n, n_trained;
    long decayed_size, trained_size,
        size; /* elements; [0, trained_size) is what the optimiser updates */
} ParameterTable;

ParameterTable *place_parameters(const Graph *g);
/* The entry with this dotted name; bug() if there is none. */
int find_parameter(const ParameterTable *t, const char *name);

/* Cuts g into kernels: fused, or one kernel per node. */
Program *fuse(Graph *g, bool is_fused);
/* Fixes what each kernel needs to be printed: name, parts of reductions, scratch, cost. */
void choose_kernels(Program *p);
/* Floating-point operations of one node: its operator's own count, or its cost per element. */
double node_flops(const Node *n);
/* Orders the kernels: phase by phase, low in memory. */
void schedule(Program *p);
/* Gives every stored tensor its place. */
void plan_memory(Program *p, const ParameterTable *parameters);

/* Computed at each use instead of stored. */
bool is_inlined(const Program *p, const Node *n);
/* Made from nothing but numbers: constant, iota, masks, noise. */
bool is_generated(const Node *n);

#endif
