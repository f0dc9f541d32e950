/*
 * The judge that travels with the binary: what the files of `selftest` share. Generated kernels are
 * compared with the reference interpreter of the compiler, which evaluates the graph that the model
 * carries as text (pg_model.text).
 *
 *     selftest.c           the checks in order, and the report
 *     selftest_graph.c     from the text to graphs, from the model's memory to their values
 *     selftest_gradient.c  the graph's gradients against finite differences
 *     selftest_fused.c     generated kernels against the reference
 *     selftest_kinks.c     decisions that rounding may take either way
 *     selftest_replay.c    the same bits with a poisoned arena and with other numbers of threads
 */
#ifndef PG_SELFTEST_H
#define PG_SELFTEST_H

#include "internal.h"
#include "reference.h"

typedef struct Selftest {
    const pg_model *model;
    const pg_options *options;
    pg_data *data;
    int failures;
} Selftest;

/* The worst figure of a check and where it is from; starts as {0}. */
typedef struct Worst {
    double error;
    const char *name;
} Worst;

/* Keeps the larger error; one that is not a number is infinite. */
void pg_note_error(Worst *worst, double error, const char *name);
/* One line of the report; detail may be "". */
void pg_report_check(Selftest *t, const char *check, const char *detail, Worst worst, double limit);

/* The checks, each in a file of its own. They leave through error_at() when the text is no graph.
 */
void pg_check_gradient(Selftest *t);
void pg_check_fused(Selftest *t);
void pg_check_replay(Selftest *t);

/* Initial parameters, the first training batch, a clock at step 0. */
void pg_reset_model(const Selftest *t);

/* ---- selftest_graph.c ---- */

/* The author's graph. */
Graph *pg_author_graph(const pg_model *model, Arena *arena, Mode mode);
/* The same for another batch size; g itself when its shapes cannot follow. */
Graph *pg_with_batch(Graph *g, int batch);
double pg_forward_flops(const Graph *g);
/* An evaluation of g on the model's parameters and inputs (the first examples, for a small batch).
 */
Eval *pg_start_eval(const Selftest *t, Arena *arena, const Graph *g);
/* The output of this kind and name (NULL: any), or bug(). */
const Output *pg_output_of(const Graph *g, OutputKind kind, const char *name);
const Node *pg_parameter_of(const Graph *g, const char *name);

/* ---- selftest_kinks.c ---- */

/* A decision of the backward pass that lies within rounding. */
typedef struct Kink {
    const Node *node;  /* where_gt or maxpool2d_grad */
    long element;      /* of the result; of dy for pooling */
    long best, second; /* pooling: elements of the result */
    double margin;     /* relative to the size of what is compared */
    bool flipped;      /* taken the other way */
} Kink;

/* The `most` closest decisions of e's graph, in order of evaluation; returns how many there are. */
int pg_find_kinks(const Eval *e, Kink *kinks, int most);
/* Takes the decision the other way, or back again, and evaluates what depends on it. */
void pg_flip_kink(Eval *e, Kink *kink);

#endif
