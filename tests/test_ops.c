/*
 * ops: every row of the operator table says what it must, and its example is right: the gradient
 * check of `selftest` passes on it (max relative error 1e-6, floor 1e-5 (1 + |loss|), for several
 * seeds), a composite has the value of what it is lowered to, and every later pass keeps loss and
 * gradients. All in double precision, by the reference interpreter.
 */
#include "selftest.h"

#include "attrs.h"
#include "dsl.h"
#include "passes/pass.h"
#include "reference.h"
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ROWS = 200, BATCH = 3, CLASSES = 4, SEEDS = 5 };

/* Indices of all rows. */
static struct criterion_test_params all_rows(void)
{
    static int rows[MAX_ROWS];
    for (int i = 0; i < op_count; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, (size_t)op_count);
}

/* Indices of the rows that have an example. */
static struct criterion_test_params example_rows(void)
{
    static int rows[MAX_ROWS];
    size_t n = 0;
    for (int i = 0; i < op_count; i++)
        if (op_table[i]->example)
            rows[n++] = i;
    return cr_make_param_array(int, rows, n);
}

/* ---- What a row says ---- */

static bool is_line(const char *s)
{
    return s && *s && !strchr(s, '\n') && s[strlen(s) - 1] != '.';
}

static void check_attribute(const OpDef *op, const AttrDef *a)
{
    cr_expect(is_identifier(a->name), "%s", op->name);
    cr_expect(a->offset < op->attrs_size, "%s.%s lies outside of the struct", op->name, a->name);
    cr_expect(a->kind == ATTR_CHOICE ? a->choices != NULL : !a->choices, "%s.%s", op->name, a->name);
    if (!a->doc) { /* set by passes, not by authors */
        cr_expect(a->fallback && !*a->fallback, "%s.%s has no doc", op->name, a->name);
        return;
    }
    cr_expect(is_line(a->doc), "%s.%s: doc '%s'", op->name, a->name, a->doc);
    Arena *arena = new_arena();
    void *attrs = arena_alloc(arena, op->attrs_size);
    if (a->fallback)
        cr_expect(parse_attr(arena, a, attrs, a->fallback), "%s.%s: default '%s' does not parse",
                  op->name, a->name, a->fallback);
    free_arena(arena);
}

ParameterizedTestParameters(ops, row_is_complete)
{
    return all_rows();
}

ParameterizedTest(int *row, ops, row_is_complete)
{
    const OpDef *op = op_table[*row];
    cr_expect(eq(ptr, (void *)find_op(op->name), (void *)op));
    cr_expect(is_line(op->summary), "%s: summary", op->name);
    cr_expect(ne(ptr, (void *)op->infer, NULL), "%s: no shape rule", op->name);
    for (int i = 0; i < op->n_attrs; i++)
        check_attribute(op, &op->attrs[i]);
    for (int i = 0; i < op->n_params; i++)
        cr_expect(op->params[i].name && op->params[i].shape && op->params[i].init, "%s", op->name);
    if (op->kind == POINTWISE)
        cr_expect(op->apply && (op->expr || op == &op_broadcast || op == &op_stop_gradient),
                  "%s: a pointwise operator needs `apply` and `expr`", op->name);
    if (op->kind == COMPOSITE)
        cr_expect(op->lower || op->expand, "%s: nothing lowers it", op->name);
    if (!op->is_public)
        return;
    cr_expect(op->doc && strlen(op->doc) > 20, "%s: doc", op->name);
    cr_expect(op->inputs && *op->inputs, "%s: inputs", op->name);
    cr_expect(op->example && *op->example, "%s: example", op->name);
}

Test(ops, rows_are_named_once)
{
    cr_assert(le(int, op_count, (int)MAX_ROWS));
    for (int i = 0; i < op_count; i++)
        for (int k = 0; k < i; k++)
            cr_expect(ne(str, (char *)op_table[i]->name, (char *)op_table[k]->name));
    cr_expect(eq(ptr, (void *)find_op("frobnicate"), NULL));
}

/* ---- Examples ---- */

/* Operators whose gradient is nothing by definition: beside them, the loss needs another term. */
static bool has_no_gradient(const OpDef *op)
{
    return op == &op_stop_gradient || op == &op_argmax || op == &op_accuracy;
}

/* Deterministic: two loads are the same graph. */
static Graph *load_example(Arena *arena, const OpDef *op, Mode mode)
{
    const char *more = has_no_gradient(op) ? " + mean(v)" : "";
    Graph *g = load_expression(arena, format_string(arena, "%s%s", op->example, more));
    g->mode = mode;
    g->lanes = 16;
    g->element_size = 8;
    return g;
}

static bool mentions(const Graph *g, const OpDef *op)
{
    for (int i = 0; i < g->n_nodes; i++)
        if (g->nodes[i]->op == op)
            return true;
    return false;
}

static bool is_state(const Node *n)
{
    return !ATTRS_OF(n, Parameter)->trained;
}

/* Normal numbers, the same for a parameter in every graph; variances positive; labels in range. */
static void fill_sources(Eval *e)
{
    for (int i = 0; i < e->graph->n_nodes; i++) {
        const Node *n = e->graph->nodes[i];
        uint32_t key = 0;
        for (const char *c = n->name ? n->name : ""; *c; c++)
            key = key * 31 + (unsigned char)*c;
        for (long k = 0; k < count_elements(n->shape); k++) {
            double x = pg_philox(1, key, 0, (uint64_t)k).word[0] * 0x1p-31 - 1;
            if (n->op == &op_parameter)
                value_of(e, n)[k] = is_state(n) ? 0.5 + fabs(x) : 2 * x;
            else if (n->op == &op_input)
                value_of(e, n)[k] = (double)(k % CLASSES);
        }
    }
}

static Eval *evaluate_graph(Arena *arena, const Graph *g)
{
    Eval *e = new_eval(arena, g);
    e->seed = 7;
    fill_sources(e);
    evaluate(e);
    return e;
}

static const Output *find_output(const Graph *g, const Output *like)
{
    for (int i = 0; i < g->n_outputs; i++)
        if (g->outputs[i].kind == like->kind && !strcmp(g->outputs[i].name, like->name))
            return &g->outputs[i];
    return NULL;
}

/* Whether everything that graph a leaves behind, graph b leaves behind as well. */
static void expect_same(const Eval *a, const Eval *b, const char *what)
{
    for (int i = 0; i < a->graph->n_outputs; i++) {
        const Output *o = &a->graph->outputs[i], *p = find_output(b->graph, o);
        cr_assert(ne(ptr, (void *)p, NULL), "%s: output %s is lost", what, o->name);
        const double *x = value_of(a, o->value), *y = value_of(b, p->value);
        cr_assert(eq(int, (int)count_elements(o->value->shape),
                     (int)count_elements(p->value->shape)));
        for (long k = 0; k < count_elements(o->value->shape); k++)
            cr_assert(fabs(x[k] - y[k]) <= 1e-11 * (1 + fabs(x[k])), "%s: %s[%ld]: %.17g, %.17g",
                      what, o->name, k, x[k], y[k]);
    }
}

ParameterizedTestParameters(ops, example_uses_its_operator)
{
    return example_rows();
}

ParameterizedTest(int *row, ops, example_uses_its_operator)
{
    Arena *arena = new_arena();
    const OpDef *op = op_table[*row];
    Graph *g = load_example(arena, op, TRAIN);
    verify_graph(g, "example");
    cr_expect(mentions(g, op), "%s: example '%s'", op->name, op->example);
    free_arena(arena);
}

/* Random operators have no value before their stream is known, that is before they are lowered. */
static bool can_evaluate(const Graph *g)
{
    for (int i = 0; i < g->n_nodes; i++)
        if (!g->nodes[i]->op->apply && !g->nodes[i]->op->eval)
            return false;
    return true;
}

static void check_lowering(const OpDef *op, Mode mode)
{
    Arena *arena = new_arena();
    Graph *author = load_example(arena, op, mode);
    Graph *lowered = run_passes_until(author, &(PassOptions){0}, "lower");
    Eval *e = evaluate_graph(arena, lowered);
    const char *what = format_string(arena, "%s, %s", op->name, mode == TRAIN ? "train" : "infer");
    if (can_evaluate(author))
        expect_same(evaluate_graph(arena, author), e, what);
    Graph *expanded = run_passes_until(load_example(arena, op, mode), &(PassOptions){0}, "expand");
    for (int i = 0; i < expanded->n_nodes; i++)
        cr_expect(ne(int, (int)expanded->nodes[i]->op->kind, COMPOSITE), "%s: %s is left", what,
                  expanded->nodes[i]->op->name);
    expect_same(e, evaluate_graph(arena, expanded), what);
    free_arena(arena);
}

ParameterizedTestParameters(ops, composite_equals_lowered)
{
    return example_rows();
}

ParameterizedTest(int *row, ops, composite_equals_lowered)
{
    check_lowering(op_table[*row], TRAIN);
    check_lowering(op_table[*row], INFER);
}

/* Passes after `expand` change how, not what. */
static void check_passes(const OpDef *op, Mode mode)
{
    static const char *const later[] = {"fold", "simplify", "layout"};
    Arena *arena = new_arena();
    Graph *g = run_passes_until(load_example(arena, op, mode), &(PassOptions){0}, "expand");
    Eval *reference = evaluate_graph(arena, g);
    for (int i = 0; i < COUNT_OF(later); i++) {
        g = run_passes_until(load_example(arena, op, mode), &(PassOptions){0}, later[i]);
        expect_same(reference, evaluate_graph(arena, g),
                    format_string(arena, "%s after %s", op->name, later[i]));
    }
    free_arena(arena);
}

ParameterizedTestParameters(ops, passes_keep_values)
{
    return example_rows();
}

ParameterizedTest(int *row, ops, passes_keep_values)
{
    check_passes(op_table[*row], TRAIN);
    check_passes(op_table[*row], INFER);
}

/* What is printed reads back as the same graph, so a trainer can carry every operator. */
ParameterizedTestParameters(ops, text_round_trip)
{
    return example_rows();
}

ParameterizedTest(int *row, ops, text_round_trip)
{
    static const char *const stages[] = {"inputs", "lower", "expand"};
    for (int i = 0; i < COUNT_OF(stages); i++) {
        Arena *arena = new_arena();
        Buffer once = {0}, twice = {0};
        Graph *g = load_example(arena, op_table[*row], TRAIN);
        print_graph(&once, run_passes_until(g, &(PassOptions){0}, stages[i]));
        print_graph(&twice, parse_graph(arena, once.text, "text"));
        cr_expect(eq(str, twice.text, once.text));
        free_buffer(&once);
        free_buffer(&twice);
        free_arena(arena);
    }
}

/* ---- Gradients: the check of `selftest`, on a model that is nothing but the example ---- */

/* A row-major tensor of doubles. */
static pg_tensor plain_tensor(const Node *n)
{
    pg_tensor t = {.name = n->name, .rank = n->shape.rank, .size = count_elements(n->shape)};
    long step = 1;
    for (int a = n->shape.rank - 1; a >= 0; a--) {
        t.dim[a] = n->shape.dim[a];
        t.block[a] = 1;
        t.outer[a] = step;
        step *= n->shape.dim[a];
    }
    return t;
}

typedef struct ExampleModel {
    pg_model model;
    pg_parameter parameter[MAX_ROWS];
    pg_input input[2];
    void *slot[2];
    pg_stream stream;
    pg_clock clock;
} ExampleModel;

static void add_source(ExampleModel *m, const Node *n)
{
    if (n->op == &op_parameter) {
        const Parameter *a = ATTRS_OF(n, Parameter);
        pg_parameter *p = &m->parameter[m->model.n_parameters++];
        size_t count = (size_t)count_elements(n->shape);
        *p = (pg_parameter){.value = plain_tensor(n), .init = PG_INIT_NORMAL, .b = 0.7};
        p->value.data = pg_allocate(count, sizeof(double));
        if (a->trained)
            p->gradient = pg_allocate(count, sizeof(double));
    } else if (n->op == &op_input) {
        int i = m->model.n_inputs++;
        m->input[i] = (pg_input){plain_tensor(n), &m->slot[i], 0, ATTRS_OF(n, Input)->field[0]};
    }
}

static void fill_model(ExampleModel *m, const Graph *g, const char *text)
{
    *m = (ExampleModel){.stream = {"idx", 0, 0, 1, 1, 1, CLASSES, false}};
    m->model = (pg_model){.name = "example", .is_double = true, .batch = BATCH, .text = text};
    m->model.streams = &m->stream;
    m->model.n_streams = 1;
    m->model.inputs = m->input;
    m->model.parameters = m->parameter;
    m->model.clock = &m->clock;
    for (int i = 0; i < g->n_nodes; i++)
        add_source(m, g->nodes[i]);
}

ParameterizedTestParameters(ops, gradient)
{
    return example_rows();
}

ParameterizedTest(int *row, ops, gradient)
{
    static ExampleModel m;
    Arena *arena = new_arena();
    Buffer text = {0};
    Graph *g = load_example(arena, op_table[*row], TRAIN);
    print_graph(&text, g);
    fill_model(&m, g, text.text);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        pg_options options = {.seed = seed, .quiet = true};
        Selftest t = {&m.model, &options, NULL, 0};
        t.data = pg_open_data(&m.model, &options, PG_NEED_TRAIN | PG_NEED_FEW);
        cr_assert(ne(ptr, t.data, NULL));
        pg_check_gradient(&t);
        cr_expect(eq(int, t.failures, 0), "%s, seed %d: example '%s'", op_table[*row]->name,
                  (int)seed, op_table[*row]->example);
        pg_close_data(t.data);
    }
    free_buffer(&text);
    free_arena(arena);
}

/* mean(r (r + 1)) with r = v + 2 v, of which the first counts as a constant. */
Test(ops, nothing_passes_stop_gradient)
{
    Arena *arena = new_arena();
    Graph *g = load_expression(arena, "stop_gradient(v) + v * 2");
    Eval *e = evaluate_graph(arena, run_passes_until(g, &(PassOptions){0}, "expand"));
    const Node *v = pg_parameter_of(e->graph, "v");
    const double *dv = value_of(e, pg_output_of(e->graph, OUT_GRADIENT, "v")->value);
    for (long k = 0; k < count_elements(v->shape); k++) {
        double r = 3 * value_of(e, v)[k];
        cr_expect(epsilon_eq(dbl, dv[k], 2 * (2 * r + 1) / 12, 1e-12));
    }
    free_arena(arena);
}

Test(ops, a_parameter_without_gradient_is_an_error)
{
    Arena *arena = new_arena();
    CatchPoint point;
    push_catch(&point);
    if (setjmp(point.jump) == 0) {
        run_passes(load_expression(arena, "stop_gradient(v)"), &(PassOptions){0});
        cr_fatal("stop_gradient(v) was differentiated");
    }
    cr_expect(eq(str, point.message,
                 "example:1: model: parameter v has no gradient: the loss does not depend on it"));
    free_arena(arena);
}
