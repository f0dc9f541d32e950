/*
 * optimizer: the update of all trained parameters as one pass over memory. Weights, gradients and
 * the optimiser's states are arrays of one layout, so a single flat loop serves every parameter;
 * the formula is graph, made by the optimiser's row.
 */
#include "emit/emit.h"

#include "attrs.h"
#include "build.h"
#include "layout.h"
#include "passes/pass.h"
#include <string.h>

enum { WORTH_A_FORK = 16384 }; /* elements below which one thread is quicker */

static Node *add_array(Graph *g, const char *name, Shape shape)
{
    g->current = &(Node){.name = copy_string(g->arena, name)};
    return add_node(g, &op_parameter, &(Parameter){.shape = shape}, 0, NULL);
}

typedef struct Formula {
    Graph *graph;
    UpdateTerms terms; /* after: the new states */
    Node *weight;      /* the new weights */
    Node *slot[MAX_SLOTS];
    int n_betas;
    double beta[MAX_SLOTS];
} Formula;

static const char *correction_name(Graph *g, int i)
{
    return format_string(g->arena, "correction%d", i + 1);
}

static Formula make_formula(Arena *arena, const Compiled *c, bool decays)
{
    const OptimDef *o = c->model->optimizer;
    const OptimBase *base = c->model->optimizer_attrs;
    Formula f = {.graph = new_graph(arena, TRAIN, 1)};
    Graph *g = f.graph;
    Shape all = shape_of(1, 1 << 20); /* any size: the loop is printed with bounds of its own */
    g->lanes = c->lanes;
    f.terms.weight = add_array(g, "weight", all);
    f.terms.gradient = add_array(g, "gradient", all);
    for (int i = 0; i < o->n_slots; i++)
        f.terms.slot[i] = add_array(g, o->slots[i], all);
    memcpy(f.slot, f.terms.slot, sizeof f.slot);
    f.terms.lr = add_array(g, "lr", shape_of(0));
    f.n_betas = o->betas(c->model->optimizer_attrs, f.beta);
    for (int i = 0; i < f.n_betas; i++)
        f.terms.correction[i] = add_array(g, correction_name(g, i), shape_of(0));
    UpdateTerms terms = f.terms;
    g->current = NULL;
    if (decays)
        terms.gradient = ADD(terms.gradient, make_scaled(g, terms.weight, base->weight_decay));
    f.weight = o->update(g, c->model->optimizer_attrs, &terms);
    add_output(g, OUT_STATE, "weight", f.weight, f.terms.weight);
    for (int i = 0; i < o->n_slots; i++)
        add_output(g, OUT_STATE, o->slots[i], terms.slot[i], f.slot[i]);
    return f;
}

/* Pointwise all through: lay out, fuse, and there is one loop. */
static Program *make_program(Formula *f)
{
    f->graph = lay_out(simplify(expand(f->graph)));
    Program *p = fuse(f->graph, true);
    if (p->n_kernels != 1)
        bug("the optimiser's update falls into %d kernels", p->n_kernels);
    p->place = NEW_ARRAY(p->arena, Place, f->graph->n_nodes);
    return p;
}

static void print_signature(Emitter *e, const Compiled *c, const Formula *f, const char *name)
{
    const OptimDef *o = c->model->optimizer;
    Buffer b = {0};
    for (int i = 0; i < o->n_slots; i++)
        print_to(&b, ", real *restrict %s",
                 strlen(o->slots[i]) < 3 ? format_string(e->arena, "t_%s", o->slots[i])
                                         : o->slots[i]);
    for (int i = 0; i < f->n_betas; i++)
        print_to(&b, ", const real *%s", correction_name(f->graph, i));
    line(e, "/* %s, elements from ... to - 1 of all arrays: %s */", name, o->summary);
    line(e,
         "static void %s(long from, long to, real *restrict weight, const real *restrict "
         "gradient%s,",
         name, b.text ? b.text : "");
    line(e, "    const real *t_lr)");
    free_buffer(&b);
}

static void print_function(Emitter *e, const Compiled *c, const char *name, bool decays)
{
    Formula f = make_formula(e->arena, c, decays);
    Program *p = make_program(&f);
    e->program = p;
    print_signature(e, c, &f, name);
    line(e, "{");
    bool is_long = c->parameters->trained_size >= WORTH_A_FORK;
    line(e, is_long ? "PARALLEL_FOR (block, (to - from) / L) {"
                    : "for (long block = 0; block < (to - from) / L; block++) {");
    line(e, "const long i = from + block * L;");
    Site site = {.domain = p->kernels[0]->domain, .flat = "i"};
    Scope s = open_scope(e, p->kernels[0], &site);
    const char *v[1 + MAX_SLOTS];
    for (int i = 0; i < f.graph->n_outputs; i++)
        v[i] = value(&s, f.graph->outputs[i].value);
    for (int i = 0; i < f.graph->n_outputs; i++)
        line(e, "st(%s + i, %s);", pointer_name(e, f.graph->outputs[i].target), bare(e, v[i]));
    line(e, "}");
    line(e, "}");
    gap(e);
}

static bool has_decay(const Compiled *c)
{
    return ((const OptimBase *)c->model->optimizer_attrs)->weight_decay != 0 &&
           c->parameters->decayed_size > 0;
}

void emit_optimizer(Emitter *e, const Compiled *c)
{
    const char *name = c->model->optimizer->name;
    bool rest = c->parameters->trained_size > (has_decay(c) ? c->parameters->decayed_size : 0);
    if (has_decay(c))
        print_function(e, c, format_string(e->arena, "%s_with_decay", name), true);
    if (rest)
        print_function(e, c, name, false);
}

static void print_call(Emitter *e, const Compiled *c, const char *name, long from, long to)
{
    const OptimDef *o = c->model->optimizer;
    double beta[MAX_SLOTS];
    int betas = o->betas(c->model->optimizer_attrs, beta);
    if (from == to)
        return;
    Buffer b = {0};
    for (int i = 0; i < o->n_slots; i++)
        print_to(&b, ", slot_%s", o->slots[i]);
    for (int i = 0; i < betas; i++)
        print_to(&b, ", &correction%d", i + 1);
    line(e, "%s(%ld, %ld, parameters, gradients%s, &lr);", name, from, to, b.text ? b.text : "");
    free_buffer(&b);
}

void emit_update_calls(Emitter *e, const Compiled *c)
{
    const OptimDef *o = c->model->optimizer;
    const ParameterTable *t = c->parameters;
    double beta[MAX_SLOTS];
    int betas = o->betas(c->model->optimizer_attrs, beta);
    if (t->trained_size == 0)
        return;
    line(e, "const real lr = (real)clock.lr;");
    for (int i = 0; i < betas; i++)
        line(e, "const real correction%d = (real)(1 / (1 - pow(%.17g, clock.step + 1.0)));", i + 1,
             beta[i]);
    long decayed = has_decay(c) ? t->decayed_size : 0;
    print_call(e, c, format_string(e->arena, "%s_with_decay", o->name), 0, decayed);
    print_call(e, c, o->name, decayed, t->trained_size);
}
