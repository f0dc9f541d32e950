/*
 * model: what a model file says, as the compiler's stages read it. dsl.c makes one from Lua.
 */
#ifndef MODEL_H
#define MODEL_H

#include "ir.h"

enum { MAX_STREAMS = 8, MAX_RULES = 16, MAX_SLOTS = 4 };

/* A use of a data set: dataset.mnist { valid = 10000 }. */
typedef struct Stream {
    const char *dataset;
    int train, valid; /* images to use, images held out; 0 = all, -1 = the set's default */
    int channels, height, width, classes;
    bool normalize;
    Loc loc;
} Stream;

/* Learning-rate rule, in the order written. Epochs count from 1. */
typedef struct Rule {
    bool is_decay; /* lr *= value for each epoch >= epoch; otherwise lr = value from epoch on */
    int epoch;
    double value;
} Rule;

/* What an optimiser's update formula may read; all tensors have the shape of the weights. */
typedef struct UpdateTerms {
    Node *weight, *gradient;
    Node *slot[MAX_SLOTS];       /* in: state before the step; out: after it */
    Node *lr;                    /* scalar, learning rate of this step */
    Node *correction[MAX_SLOTS]; /* scalars, 1 / (1 - beta[i]^t), t counting from 1 */
} UpdateTerms;

/* An optimiser: a row of optim.def. */
typedef struct OptimDef {
    const char *name, *summary, *doc;
    const AttrDef *attrs;
    int n_attrs;
    size_t attrs_size;
    int n_slots;
    const char *slots[MAX_SLOTS]; /* names of the state arrays, each starting at zero */
    /* The betas whose bias correction the formula reads, from the attributes; returns how many. */
    int (*betas)(const void *attrs, double *beta);
    /* The new weight, as graph over `terms`; replaces terms->slot[i] by the new states. */
    Node *(*update)(Graph *g, const void *attrs, UpdateTerms *terms);
} OptimDef;

/* Every optimiser's attribute struct begins with these. */
typedef struct OptimBase {
    double lr;
    double lr_decay;     /* lr / (1 + lr_decay * t) */
    double weight_decay; /* adds weight_decay * w to the gradient of weights (not of biases and
                            batchnorm parameters) */
} OptimBase;

extern const OptimDef *const optim_table[];
extern const int optim_count;

/* Work of updating n parameters; every array is read, all but the gradient are written. */
double update_flops(const OptimDef *o, long n);
double update_bytes(const OptimDef *o, long n, int element_size);

typedef struct Model {
    const char *name; /* an identifier */
    const char *file; /* as given on the command line */
    Graph *graph;     /* as the author wrote it; outputs: loss, metrics, named tensors */
    Stream streams[MAX_STREAMS];
    int n_streams;
    const OptimDef *optimizer;
    const void *optimizer_attrs; /* begins with OptimBase */
    Rule rules[MAX_RULES];
    int n_rules;
    int batch, epochs;
    const char *keep;
} Model;

/*
 * Runs the model file in a sandbox (no io, os, load; bounded instructions and memory) and returns
 * what it describes. batch > 0 overrides the file's. user_error() with FILE:LINE for every mistake.
 */
Model *load_model(Arena *arena, const char *path, int batch);

#endif
