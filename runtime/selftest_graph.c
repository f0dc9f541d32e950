/*
 * From the model's text to graphs, and from the model's memory to the values of their sources.
 */
#include "selftest.h"

#include "attrs.h"
#include "passes/pass.h"
#include <string.h>

Graph *pg_author_graph(const pg_model *model, Arena *arena, Mode mode)
{
    Graph *g = parse_graph(arena, model->text, "text");
    g->mode = mode;
    return g;
}

/* ---- Another batch ---- */

static void set_batch(Shape *s, int old, int batch)
{
    if (s->rank > 0 && s->dim[0] == old)
        s->dim[0] = batch;
}

/* n in the new graph, its shape inferred anew from the smaller inputs. */
static Node *resize_node(Rebuild *r, const Node *n, int batch)
{
    const OpDef *op = n->op;
    void *attrs = arena_alloc(r->graph->arena, op->attrs_size + 1);
    if (op->attrs_size)
        memcpy(attrs, n->attrs, op->attrs_size);
    if (n->batched && op == &op_input)
        set_batch(&((Input *)attrs)->shape, r->old->batch, batch);
    if (n->batched && (op == &op_reshape || op == &op_broadcast))
        set_batch(&((Target *)attrs)->shape, r->old->batch, batch);
    r->graph->current = (Node *)n;
    return add_node(r->graph, op, attrs, n->n_in, map_inputs(r, n));
}

static Graph *resize_graph(Graph *g, int batch)
{
    Rebuild r = start_rebuild(g);
    r.graph->batch = batch;
    for (int i = 0; i < g->n_nodes; i++)
        r.map[i] = resize_node(&r, g->nodes[i], batch);
    return finish_rebuild(&r);
}

Graph *pg_with_batch(Graph *g, int batch)
{
    CatchPoint caught;
    if (batch >= g->batch)
        return g;
    push_catch(&caught);
    if (setjmp(caught.jump))
        return g; /* a model that mixes examples: its shapes hold for its own batch alone */
    Graph *small = resize_graph(g, batch);
    pop_catch(&caught);
    return small;
}

double pg_forward_flops(const Graph *g)
{
    double flops = 0;
    for (int i = 0; i < g->n_nodes; i++) {
        const Node *n = g->nodes[i];
        double cost = n->op->cost > 4 ? n->op->cost : 4; /* the interpreter is slow at pointwise */
        flops += n->op->flops ? n->op->flops(n) : cost * (double)count_elements(n->shape);
    }
    return flops;
}

/* ---- Values ---- */

static const pg_parameter *find_parameter(const pg_model *model, const Node *n)
{
    for (int i = 0; i < model->n_parameters; i++)
        if (n->name && !strcmp(model->parameters[i].value.name, n->name))
            return &model->parameters[i];
    error_at(n->loc, "parameter", "%s is in the graph but not in the program",
             n->name ? n->name : "?");
}

static const pg_input *find_input(const pg_model *model, const Node *n)
{
    const Input *a = ATTRS_OF(n, Input);
    for (int i = 0; i < model->n_inputs; i++)
        if (model->inputs[i].stream == a->stream && model->inputs[i].field == a->field[0])
            return &model->inputs[i];
    error_at(n->loc, "input", "%s of stream %d is in the graph but not in the program", a->field,
             a->stream);
}

static void take_values(const pg_model *model, const pg_tensor *t, const void *data, const Node *n,
                        double *value)
{
    long count = count_elements(n->shape);
    if (count > pg_count(t))
        error_at(n->loc, n->op->name, "%s is larger in the graph than in the program", t->name);
    for (long i = 0; i < count; i++)
        value[i] = pg_get(t, data, model->is_double, i);
}

Eval *pg_start_eval(const Selftest *t, Arena *arena, const Graph *g)
{
    const pg_model *model = t->model;
    Eval *e = new_eval(arena, g);
    e->seed = model->clock->seed;
    e->step = model->clock->step;
    e->valid = model->clock->valid < g->batch ? model->clock->valid : g->batch;
    for (int i = 0; i < g->n_nodes; i++) {
        const Node *n = g->nodes[i];
        if (n->op == &op_parameter) {
            const pg_tensor *p = &find_parameter(model, n)->value;
            take_values(model, p, p->data, n, value_of(e, n));
        } else if (n->op == &op_input) {
            const pg_input *input = find_input(model, n);
            take_values(model, &input->tensor, *input->slot, n, value_of(e, n));
        }
    }
    return e;
}

const Output *pg_output_of(const Graph *g, OutputKind kind, const char *name)
{
    for (int i = 0; i < g->n_outputs; i++) {
        const Output *o = &g->outputs[i];
        const char *own = o->target ? o->target->name : o->name;
        if (o->kind == kind && (!name || !strcmp(own, name)))
            return o;
    }
    error_at((Loc){0}, NULL, "output %s is in the program but not in the graph", name ? name : "");
}

const Node *pg_parameter_of(const Graph *g, const char *name)
{
    for (int i = 0; i < g->n_nodes; i++)
        if (g->nodes[i]->op == &op_parameter && g->nodes[i]->name &&
            !strcmp(g->nodes[i]->name, name))
            return g->nodes[i];
    error_at((Loc){0}, NULL, "parameter %s is in the program but not in the graph", name);
}
