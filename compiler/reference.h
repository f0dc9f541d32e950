/*
 * reference: the judge. Evaluates any graph, composite or primitive, node by node in double
 * precision on row-major arrays, as naively as the formula stands in the operator's file.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "ir.h"

struct Eval {
    const Graph *graph;
    double **value; /* by node id: row-major */
    int **branch;   /* by node id: the pieces taken, one per element; NULL until needed */
    bool replay;    /* take the recorded pieces again instead of deciding anew */
    uint64_t seed;  /* random numbers of this step */
    unsigned step;
    int valid; /* examples of the batch that count */
    Mode mode;
};

Eval *new_eval(Arena *arena, const Graph *g);
/* Where to put the value of an input, parameter or state before evaluate(). */
double *value_of(const Eval *e, const Node *n);
void evaluate(Eval *e);
/* Evaluates only what depends on `changed` (all of it if NULL). */
void evaluate_from(Eval *e, const Node *changed);

/*
 * Piecewise operators (relu, maximum, max pooling) ask here which piece holds. A gradient is that
 * of the piece the point lies on, so finite differences of the same piece are what it must equal:
 * they replay the recorded choice, and no kink can blur the comparison.
 */
static inline int choose(Branch *b, int piece)
{
    if (b->replay)
        return *b->taken;
    return *b->taken = piece;
}

#endif
