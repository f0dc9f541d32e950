/*
 * pass: what all passes over graphs share. A pass is Graph *pass(const Graph *), in a file of its
 * own that opens with Does / Requires / Ensures. The driver (pass.c) runs the table in passes.def.
 */
#ifndef PASS_H
#define PASS_H

#include "build.h"
#include "ir.h"

/* What the driver is asked to print on the way. */
typedef struct PassOptions {
    const char *dump_after; /* name of a pass, "all", or NULL */
    bool time_passes;
} PassOptions;

#define PASS(function, name, doc) Graph *function(Graph *g);
#include "passes.def"
#undef PASS

/* Runs every pass on g, verifying, dumping and timing between them. */
Graph *run_passes(Graph *g, const PassOptions *options);
/* Runs the passes up to and including the named one. */
Graph *run_passes_until(Graph *g, const PassOptions *options, const char *last);

/*
 * Rebuilding: a pass makes an empty graph and carries nodes over one by one. map[id] is the new
 * node for the old one.
 */
typedef struct Rebuild {
    const Graph *old;
    Graph *graph;
    Node **map;
} Rebuild;

Rebuild start_rebuild(const Graph *old);
/* The new nodes for n's inputs, in an array of the arena. */
Node **map_inputs(const Rebuild *r, const Node *n);
/* n copied with mapped inputs; line and name kept. */
Node *carry_node(Rebuild *r, const Node *n);
/* Carries the outputs over and returns the new graph. */
Graph *finish_rebuild(Rebuild *r);

/* users[id]: how many inputs and outputs read node id. */
int *count_users(const Graph *g);

#endif
