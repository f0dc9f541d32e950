/*
 * layers: a model as its author wrote it, a row for every node, with what each owns and costs.
 */
#ifndef LAYERS_H
#define LAYERS_H

#include "ir.h"

/* A node of the author's graph. */
typedef struct LayerRow {
    const Node *node;
    const char *name; /* of the layer, or of the output that this node is; NULL: it has none */
    long parameters;  /* trained ones that no earlier row has counted */
    bool shares;      /* its parameters are those of an earlier row */
    double flops;     /* forward, in training */
} LayerRow;

typedef struct Layers {
    LayerRow *row;
    int n;
    long parameters, states; /* numbers the author sees, without padding */
    double flops;            /* sum of the rows */
} Layers;

Layers list_layers(const Graph *author);

/* Numbers in the model file, and what the language makes of them on the way to an operator. */
bool is_number(const Node *n);

#endif
