/*
 * common: what several operator files share: shape rules and their messages, index arithmetic of
 * the reference evaluation, and sums that know about a short last batch. An operator of its own
 * never lives here.
 */
#ifndef OPS_COMMON_H
#define OPS_COMMON_H

#include "../attrs.h"
#include "../build.h"
#include "../reference.h"

/* ---- Shapes, as types and as words ---- */

typedef struct ShapeText {
    char text[64];
} ShapeText;

/* For messages, where there is no arena: user_error(n, "got %s", text_of(shape).text). */
ShapeText text_of(Shape s);

unsigned all_axes(int rank);
unsigned all_but_channels(int rank); /* every axis but 1 */
/* s with the axes in the mask set to size 1, or taken away. */
Shape keep_axes(Shape s, unsigned axes);
Shape drop_axes(Shape s, unsigned axes);

/* The shape all inputs broadcast to; user_error() naming the two that do not fit. */
Shape infer_pointwise(const Node *n);
/* Channels (axis 1) of input 0, which must be (N, C) or (N, C, H, W). */
int check_channels(const Node *n);
/* The same, and user_error() unless every other input holds one value a channel: shape (C). */
void check_channel_parameters(const Node *n);
/* user_error() unless input i has this shape; `what` says what input i is. */
void check_input_shape(const Node *n, int i, Shape wanted, const char *what);
/* user_error() unless the inputs are scores (N, C) and labels (N). */
void check_labels(const Node *n);
/* Labels (N) as (N, 1), to stand beside scores. */
Node *label_column(Graph *g, Node *label);
/* user_error() unless the axis is one of input 0's. */
void check_axis(const Node *n, int axis);

/* ---- sum, mean: the public reductions ---- */

typedef struct Over {
    int axes; /* bits; all four: every axis, whatever the rank */
    bool keep;
} Over;

unsigned axes_over(const Node *n); /* the bits for input 0, checked */
Shape infer_over(const Node *n);

/*
 * Sum and mean over the axes in the mask, which stay with size 1. In inference, where the last
 * batch may be short, a sum over the batch leaves out the examples that do not count.
 */
Node *sum_over(Graph *g, Node *x, unsigned axes);
Node *mean_over(Graph *g, Node *x, unsigned axes);

/* The factor of example `index` of `batch` in such a sum or mean when evaluating. */
double example_weight(const Eval *e, int index, int batch, bool mean);

/* Reference: out = the sum of x (or its mean) over the axes, `batched` as of x. */
void eval_over(const Eval *e, Shape x, bool batched, unsigned axes, bool mean, const double *in,
               double *out);

/* ---- Index arithmetic ---- */

/* Where element i of x goes when the axes in the mask shrink to 1: an index into keep_axes(x). */
long reduced_index(Shape x, unsigned axes, long i);

/* A tensor seen as (outer, length, inner) around one axis: element ((o * length + k) * inner + i).
 */
typedef struct Span {
    long outer, length, inner;
} Span;

Span span_of(Shape s, int axis);

/* out = rows of x along axis 1, softmaxed, or the logarithm of that. Subtracts the maximum first.
 */
void eval_softmax(Shape x, const double *in, double *out, bool logarithm);

/* The first largest of `length` numbers that stand `step` apart. */
long first_maximum(const double *x, long length, long step);

/* Where element i of node n keeps the piece it took, for choose(). */
Branch branch_at(Eval *e, const Node *n, long i);

/* ---- Layers that act only in training: attribute `when` = "train|always|never" ---- */

bool is_active(const Graph *g, int when);

/* ---- Batch normalisation: its two operators agree on this ---- */

enum { AFFINE, SHIFT, NO_AFFINE }; /* "affine|shift|none" */

typedef struct Normalize {
    int affine;
    double eps;
} Normalize;

/* y = (x - mean) / sqrt(variance + eps) * gamma + beta per channel; gamma, beta may be NULL. */
void eval_normalize(Shape x, double eps, const double *in, const double *mean,
                    const double *variance, const double *gamma, const double *beta, double *out);
/* Mean and biased variance of each channel; either result may be NULL. */
void eval_moments(Shape x, const double *in, double *mean, double *variance);

#endif
