/*
 * reference: the interpreter that every other way of computing is compared with. Node by node, in
 * double precision, on row-major arrays. See reference.h.
 */
#include "reference.h"

#include <stdlib.h>

Eval *new_eval(Arena *arena, const Graph *g)
{
    Eval *e = NEW(arena, Eval);
    e->graph = g;
    e->value = NEW_ARRAY(arena, double *, g->n_nodes);
    e->branch = NEW_ARRAY(arena, int *, g->n_nodes);
    for (int i = 0; i < g->n_nodes; i++)
        e->value[i] = NEW_ARRAY(arena, double, count_elements(g->nodes[i]->shape));
    e->valid = g->batch;
    e->mode = g->mode;
    return e;
}

double *value_of(const Eval *e, const Node *n)
{
    return e->value[n->id];
}

/* How far to go in x for one step along each axis of y; 0 where x is broadcast. */
static void broadcast_steps(Shape x, Shape y, long *step)
{
    long size = 1;
    for (int a = y.rank - 1, b = x.rank - 1; a >= 0; a--, b--) {
        int dim = b >= 0 ? x.dim[b] : 1;
        step[a] = dim == 1 ? 0 : size;
        size *= dim;
    }
}

/* Element i of y takes its operand from element result of x. */
static long broadcast_index(Shape y, const long *step, long i)
{
    long index = 0;
    for (int a = y.rank - 1; a >= 0; a--) {
        index += i % y.dim[a] * step[a];
        i /= y.dim[a];
    }
    return index;
}

enum { MAX_OPERANDS = 8, NOT_CHOSEN = -1 };

/* Whether apply() at these operands asks choose(): only then are branches kept. */
static bool is_piecewise(const Node *n, const double *operands)
{
    int taken = NOT_CHOSEN;
    Branch probe = {false, &taken};
    n->op->apply(operands, n->attrs, &probe);
    return taken != NOT_CHOSEN;
}

static void record_branches(Eval *e, const Node *n, const double *operands)
{
    if (!e->branch[n->id] && is_piecewise(n, operands))
        e->branch[n->id] = NEW_ARRAY(e->graph->arena, int, count_elements(n->shape));
}

static void eval_pointwise(Eval *e, const Node *n, const double *const *in, double *out)
{
    long step[MAX_OPERANDS][MAX_RANK], size = count_elements(n->shape);
    double x[MAX_OPERANDS];
    if (n->n_in > MAX_OPERANDS)
        bug("%s has %d operands", n->op->name, n->n_in);
    for (int k = 0; k < n->n_in; k++)
        broadcast_steps(n->in[k]->shape, n->shape, step[k]);
    for (long i = 0; i < size; i++) {
        for (int k = 0; k < n->n_in; k++)
            x[k] = in[k][broadcast_index(n->shape, step[k], i)];
        if (i == 0 && !e->replay)
            record_branches(e, n, x);
        int *kept = e->branch[n->id], unused;
        Branch branch = {e->replay && kept, kept ? kept + i : &unused};
        out[i] = n->op->apply(x, n->attrs, &branch);
    }
}

static void eval_node(Eval *e, const Node *n)
{
    const double *in[n->n_in + 1];
    for (int k = 0; k < n->n_in; k++)
        in[k] = e->value[n->in[k]->id];
    if (n->op->apply)
        eval_pointwise(e, n, in, e->value[n->id]);
    else if (n->op->eval)
        n->op->eval(e, n, in, e->value[n->id]);
    else
        bug("the reference interpreter cannot evaluate '%s' before it is lowered", n->op->name);
}

void evaluate(Eval *e)
{
    evaluate_from(e, NULL);
}

static bool any_stale(const Node *n, const bool *stale)
{
    for (int k = 0; k < n->n_in; k++)
        if (stale[n->in[k]->id])
            return true;
    return false;
}

void evaluate_from(Eval *e, const Node *changed)
{
    const Graph *g = e->graph;
    bool *stale = calloc((size_t)g->n_nodes + 1, sizeof(bool));
    if (!stale)
        bug("out of memory");
    for (int i = 0; i < g->n_nodes; i++) {
        const Node *n = g->nodes[i];
        stale[i] = !changed || n == changed || any_stale(n, stale);
        if (stale[i] && n != changed)
            eval_node(e, n);
    }
    free(stale);
}
