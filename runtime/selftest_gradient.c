/*
 * Gradient check: the derivative of the loss that the compiler found, against centred differences
 * of the loss, all in double precision and by the reference interpreter. Along d, from f at four
 * points (Abramowitz & Stegun 25.3.6; the error is of the order h^4):
 *
 *     (-f(2h) + 8 f(h) - 8 f(-h) + f(-2h)) / 12 h
 *
 * Every trained parameter is moved along one random direction of +-1 in all its elements and, where
 * the time allows, along two single elements. Piecewise operators replay the pieces of the point
 * itself, stop_gradient its value there. A model that is too large for this is checked at a smaller
 * batch. Error: |a - n| / max(|a|, |n|, floor), floor = 1e-5 (1 + |loss|).
 */
#include "selftest.h"

#include "attrs.h"
#include "passes/pass.h"
#include <math.h>
#include <stdlib.h>

enum { DIRECTIONS = 3, EVALUATIONS = 5, SMALLEST_BATCH = 4 };
static const double limit = 1e-6, floor_scale = 1e-5;
static const double wanted_flops = 3e9, most_flops = 2e10; /* about as many seconds as 1e9s */

typedef struct Check {
    Selftest *test;
    Eval *gradient; /* of the differentiated graph */
    Eval *loss;     /* of the forward graph */
    int directions; /* for each parameter */
    Worst worst;
} Check;

/* ---- Cost ---- */

static int count_trained(const pg_model *model)
{
    int n = 0;
    for (int i = 0; i < model->n_parameters; i++)
        n += model->parameters[i].gradient != NULL;
    return n;
}

static Graph *choose_batch(const Selftest *t, Graph *g, int *directions)
{
    double evaluations = (double)count_trained(t->model) * EVALUATIONS * DIRECTIONS / 2;
    double work = pg_forward_flops(g) * evaluations;
    int batch = (int)fmax(SMALLEST_BATCH, g->batch * wanted_flops / work);
    Graph *small = pg_with_batch(g, batch);
    *directions = work * small->batch / g->batch > most_flops ? 1 : DIRECTIONS;
    return small;
}

/* ---- The two graphs ---- */

/* g with every stop_gradient made a source: constants, as its gradient has it. */
static Graph *freeze(const Graph *g, Node **frozen)
{
    Rebuild r = start_rebuild(g);
    for (int i = 0; i < g->n_nodes; i++) {
        const Node *n = g->nodes[i];
        if (n->op == &op_stop_gradient) {
            r.graph->current = (Node *)n;
            r.map[i] = frozen[i] = add_node(r.graph, &op_constant, &(Constant){0}, 0, NULL);
            frozen[i]->shape = n->shape;
        } else {
            carry_node(&r, n);
        }
    }
    return finish_rebuild(&r);
}

/* Values of all nodes of the frozen graph from an evaluation of the one it was made of. */
static Eval *start_frozen(const Selftest *t, Arena *arena, const Graph *g)
{
    Node **frozen = NEW_ARRAY(arena, Node *, g->n_nodes);
    Graph *loss = freeze(g, frozen);
    Eval *base = pg_start_eval(t, arena, g), *e = pg_start_eval(t, arena, loss);
    evaluate(base);
    evaluate(e);
    for (int i = 0; i < g->n_nodes; i++) {
        for (long k = 0; frozen[i] && k < count_elements(g->nodes[i]->shape); k++)
            value_of(e, frozen[i])[k] = value_of(base, g->nodes[i])[k];
        if (frozen[i])
            evaluate_from(e, frozen[i]);
    }
    e->replay = true;
    return e;
}

/* ---- Differences ---- */

/* d[i] of direction k: +-1 everywhere, or 1 at a single element. */
static void choose_direction(const Check *c, int parameter, int k, long count, double *d)
{
    uint32_t stream = PG_STREAM_SELFTEST + (uint32_t)parameter;
    uint64_t seed = c->test->options->seed;
    long one = pg_philox(seed, stream, (uint32_t)k, 0).word[1] % count;
    for (long i = 0; i < count; i++) {
        int sign = pg_philox(seed, stream, (uint32_t)k, (uint64_t)i).word[0] & 1 ? 1 : -1;
        d[i] = k == 0 ? sign : i == one;
    }
}

static double loss_at(const Check *c, const Node *p, const double *start, const double *d, double h)
{
    double *value = value_of(c->loss, p);
    for (long i = 0; i < count_elements(p->shape); i++)
        value[i] = start[i] + h * d[i];
    evaluate_from(c->loss, p);
    return value_of(c->loss, pg_output_of(c->loss->graph, OUT_LOSS, NULL)->value)[0];
}

/* How far to go: sums over a row of weights should move by a few thousandths, whatever its length.
 */
static double step_for(const Node *p, int direction)
{
    double row = p->shape.rank > 1 ? (double)count_elements(p->shape) / p->shape.dim[0] : 1;
    return direction == 0 ? fmin(1e-3, 3e-3 / sqrt(row)) : 1e-3;
}

static double difference(const Check *c, const Node *p, const double *start, const double *d,
                         double h)
{
    static const int at[] = {-2, -1, 1, 2};
    double f[4];
    for (int i = 0; i < 4; i++)
        f[i] = loss_at(c, p, start, d, at[i] * h);
    loss_at(c, p, start, d, 0);
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
}

static double slope_error(const Check *c, double analytic, double numeric)
{
    const Graph *g = c->gradient->graph;
    double loss = value_of(c->gradient, pg_output_of(g, OUT_LOSS, NULL)->value)[0];
    double scale = fmax(fabs(analytic), fabs(numeric));
    return fabs(analytic - numeric) / fmax(scale, floor_scale * (1 + fabs(loss)));
}

/* A loss that bends sharply gets a second, shorter step: a wrong gradient is wrong at every step.
 */
static double check_direction(const Check *c, const Node *p, const double *start, const double *d,
                              double h)
{
    const Output *o = pg_output_of(c->gradient->graph, OUT_GRADIENT, p->name);
    const double *gradient = value_of(c->gradient, o->value);
    double analytic = 0;
    for (long i = 0; i < count_elements(p->shape); i++)
        analytic += gradient[i] * d[i];
    double error = slope_error(c, analytic, difference(c, p, start, d, h));
    if (error < limit / 4)
        return error;
    return fmin(error, slope_error(c, analytic, difference(c, p, start, d, h / 8)));
}

static void check_parameter(Check *c, int parameter)
{
    const char *name = c->test->model->parameters[parameter].value.name;
    const Node *p = pg_parameter_of(c->loss->graph, name);
    long count = count_elements(p->shape);
    double *start = pg_allocate((size_t)count, sizeof *start);
    double *d = pg_allocate((size_t)count, sizeof *d);
    for (long i = 0; i < count; i++)
        start[i] = value_of(c->loss, p)[i];
    for (int k = 0; k < c->directions; k++) {
        choose_direction(c, parameter, k, count, d);
        pg_note_error(&c->worst, check_direction(c, p, start, d, step_for(p, k)), name);
    }
    free(start);
    free(d);
}

void pg_check_gradient(Selftest *t)
{
    Arena *arena = new_arena();
    Check c = {.test = t};
    char detail[80];
    pg_reset_model(t);
    Graph *author = choose_batch(t, pg_author_graph(t->model, arena, TRAIN), &c.directions);
    Graph *lowered = run_passes_until(author, &(PassOptions){0}, "lower");
    c.loss = start_frozen(t, arena, lowered);
    c.gradient = pg_start_eval(t, arena, expand(differentiate(lowered)));
    evaluate(c.gradient);
    for (int i = 0; i < t->model->n_parameters; i++)
        if (t->model->parameters[i].gradient)
            check_parameter(&c, i);
    snprintf(detail, sizeof detail, "%d parameters, %d directions each, batch %d",
             count_trained(t->model), c.directions, author->batch);
    pg_report_check(t, "gradient", detail, c.worst, limit);
    free_arena(arena);
}
