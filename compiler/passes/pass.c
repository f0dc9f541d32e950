/*
 * pass: the driver. It alone verifies, dumps and times; passes do their work and nothing else.
 */
#include "passes/pass.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

typedef struct PassRow {
    Graph *(*run)(Graph *);
    const char *name, *doc;
} PassRow;

static const PassRow rows[] = {
#define PASS(function, name, doc) {function, name, doc},
#include "passes.def"
#undef PASS
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void dump(const Graph *g, const char *name, bool changed)
{
    Buffer b = {0};
    print_graph(&b, g);
    printf("# after %s%s\n%s", name, changed ? "" : " (unchanged)", b.text);
    free_buffer(&b);
}

static bool wanted(const char *asked, const char *name)
{
    return asked && (!strcmp(asked, name) || !strcmp(asked, "all"));
}

Graph *run_passes_until(Graph *g, const PassOptions *options, const char *last)
{
    for (int i = 0; i < COUNT_OF(rows); i++) {
        double start = now();
        Graph *next = rows[i].run(g);
        double seconds = now() - start;
        verify_graph(next, rows[i].name);
        if (options->time_passes)
            fprintf(stderr, "%-14s %8.3f ms  %s\n", rows[i].name, seconds * 1e3,
                    next == g ? "unchanged" : "");
        if (wanted(options->dump_after, rows[i].name))
            dump(next, rows[i].name, next != g);
        g = next;
        if (last && !strcmp(rows[i].name, last))
            break;
    }
    return g;
}

Graph *run_passes(Graph *g, const PassOptions *options)
{
    return run_passes_until(g, options, NULL);
}

Rebuild start_rebuild(const Graph *old)
{
    Graph *g = new_graph(old->arena, old->mode, old->batch);
    g->next_stream = old->next_stream;
    g->lanes = old->lanes;
    g->element_size = old->element_size;
    return (Rebuild){old, g, NEW_ARRAY(old->arena, Node *, old->n_nodes)};
}

Node **map_inputs(const Rebuild *r, const Node *n)
{
    Node **in = NEW_ARRAY(r->graph->arena, Node *, n->n_in);
    for (int i = 0; i < n->n_in; i++)
        in[i] = r->map[n->in[i]->id];
    return in;
}

Node *carry_node(Rebuild *r, const Node *n)
{
    return r->map[n->id] = copy_node(r->graph, n, map_inputs(r, n));
}

Graph *finish_rebuild(Rebuild *r)
{
    for (int i = 0; i < r->old->n_outputs; i++) {
        const Output *o = &r->old->outputs[i];
        add_output(r->graph, o->kind, o->name, r->map[o->value->id],
                   o->target ? r->map[o->target->id] : NULL);
    }
    r->graph->current = NULL;
    return r->graph;
}

int *count_users(const Graph *g)
{
    int *users = NEW_ARRAY(g->arena, int, g->n_nodes);
    for (int i = 0; i < g->n_nodes; i++)
        for (int k = 0; k < g->nodes[i]->n_in; k++)
            users[g->nodes[i]->in[k]->id]++;
    for (int i = 0; i < g->n_outputs; i++)
        users[g->outputs[i].value->id]++;
    return users;
}
