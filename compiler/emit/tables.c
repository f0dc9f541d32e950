/*
 * tables: what the generated file tells the runtime about the model, as constant tables of pg.h.
 */
#include "emit/emit.h"

#include "attrs.h"
#include <stdio.h>
#include <string.h>

static const char *const phase_names[] = {"PG_PREPARE", "PG_FORWARD", "PG_BACKWARD", "PG_UPDATE",
                                          "PG_INFER"};
static const char *const init_names[] = {
    "PG_INIT_CONSTANT",      "PG_INIT_UNIFORM",    "PG_INIT_NORMAL",   "PG_INIT_XAVIER_UNIFORM",
    "PG_INIT_XAVIER_NORMAL", "PG_INIT_HE_UNIFORM", "PG_INIT_HE_NORMAL"};

static const char *int_list(Emitter *e, const int *v, int n)
{
    Buffer b = {0};
    for (int i = 0; i < n; i++)
        print_to(&b, i ? ", %d" : "%d", v[i]);
    const char *text = copy_string(e->arena, n ? b.text : "0");
    free_buffer(&b);
    return text;
}

static const char *long_list(Emitter *e, const long *v, int n)
{
    Buffer b = {0};
    for (int i = 0; i < n; i++)
        print_to(&b, i ? ", %ld" : "%ld", v[i]);
    const char *text = copy_string(e->arena, n ? b.text : "0");
    free_buffer(&b);
    return text;
}

/* {"net.1.weight", 4, {32, 1, 5, 5}, ...}: a pg_tensor. */
static const char *tensor(Emitter *e, const char *name, const Node *n, const char *data)
{
    int block[MAX_RANK];
    for (int a = 0; a < n->shape.rank; a++)
        block[a] = MAX(n->layout->block[a], 1);
    return format_string(e->arena, "{\"%s\", %d, {%s}, {%s}, {%s}, {%s}, %ld, %s}", name,
                         n->shape.rank, int_list(e, n->shape.dim, n->shape.rank),
                         int_list(e, block, n->shape.rank),
                         long_list(e, n->layout->outer, n->shape.rank),
                         long_list(e, n->layout->inner, n->shape.rank), n->layout->size, data);
}

/* A C string literal with quotes and backslashes escaped. */
static const char *quoted(Emitter *e, const char *s)
{
    Buffer b = {0};
    print_to(&b, "\"");
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            print_to(&b, "\\%c", *s);
        else if ((unsigned char)*s < ' ' || *s == '?')
            print_to(&b, "\\%03o", (unsigned char)*s);
        else
            print_to(&b, "%c", *s);
    }
    print_to(&b, "\"");
    const char *text = copy_string(e->arena, b.text);
    free_buffer(&b);
    return text;
}

static void print_streams(Emitter *e, const Model *m)
{
    line(e, "static const pg_stream streams[] = {");
    for (int i = 0; i < m->n_streams; i++) {
        const Stream *s = &m->streams[i];
        line(e, "{\"%s\", %d, %d, %d, %d, %d, %d, %s},", s->dataset, s->train, s->valid,
             s->channels, s->height, s->width, s->classes, s->normalize ? "true" : "false");
    }
    line(e, "};");
}

static int print_inputs(Emitter *e, const Compiled *c)
{
    const Graph *g = c->train->graph;
    int n = 0;
    e->program = c->train;
    line(e, "static const pg_input inputs[] = {");
    for (int i = 0; i < g->n_nodes; i++) {
        const Node *node = g->nodes[i];
        if (node->op != &op_input)
            continue;
        const Input *in = ATTRS_OF(node, Input);
        const char *name = tensor_name(e, node);
        line(e, "{%s, (void **)&input_%s, %d, '%c'},", tensor(e, name, node, "NULL"), name,
             in->stream, in->field[0]);
        n++;
    }
    line(e, "};");
    return n;
}

static void print_parameters(Emitter *e, const Compiled *c)
{
    const ParameterTable *t = c->parameters;
    line(e, "static const pg_parameter parameter_table[] = {");
    for (int i = 0; i < t->n; i++) {
        const Node *n = t->parameter[i];
        const Parameter *a = ATTRS_OF(n, Parameter);
        const char *at = upper_case(e->arena, tensor_name(e, n));
        line(e, "{%s,", tensor(e, n->name, n, format_string(e->arena, "parameters + %s", at)));
        line(e, "  %s, %s, %.17g, %.17g, %d, %d},",
             i < t->n_trained ? format_string(e->arena, "gradients + %s", at) : "NULL",
             init_names[a->init.kind], a->init.a, a->init.b, a->fan_in, a->fan_out);
    }
    line(e, "};");
}

static void print_slots(Emitter *e, const Compiled *c)
{
    const OptimDef *o = c->model->optimizer;
    if (o->n_slots == 0)
        return;
    line(e, "static const pg_slot slots[] = {");
    for (int i = 0; i < o->n_slots; i++)
        line(e, "{\"%s\", %ld, slot_%s},", o->slots[i], c->parameters->trained_size, o->slots[i]);
    line(e, "};");
}

static int print_scalars(Emitter *e, const Compiled *c)
{
    const Graph *g = c->train->graph;
    int n = 0;
    line(e, "static const pg_scalar scalars[] = {");
    for (int i = 0; i < g->n_outputs; i++) {
        const Output *o = &g->outputs[i];
        if (o->kind != OUT_LOSS && o->kind != OUT_METRIC)
            continue;
        line(e, "{\"%s\", train_%s, infer_%s},", o->name, o->name, o->name);
        n++;
    }
    line(e, "};");
    return n;
}

static int print_outputs(Emitter *e, const Compiled *c)
{
    const Graph *g = c->infer->graph;
    int n = 0;
    e->program = c->infer;
    for (int i = 0; i < g->n_outputs; i++) {
        const Output *o = &g->outputs[i];
        if (o->kind != OUT_TENSOR)
            continue;
        if (n++ == 0)
            line(e, "static const pg_tensor outputs[] = {");
        line(e, "%s,", tensor(e, o->name, o->value, tensor_address(e, o->value)));
    }
    if (n)
        line(e, "};");
    return n;
}

/* What kernels store, and the kernels themselves, training first. */
static void print_results(Emitter *e, Program *p)
{
    e->program = p;
    for (int i = 0; i < p->n_kernels; i++)
        for (int j = 0; j < p->kernels[i]->n_results; j++) {
            const Node *n = p->kernels[i]->results[j];
            line(e, "%s,", tensor(e, n->name ? n->name : n->op->name, n, tensor_address(e, n)));
        }
}

static void print_kernels(Emitter *e, Program *p, int *first)
{
    e->program = p;
    for (int i = 0; i < p->n_kernels; i++) {
        const Kernel *k = p->kernels[i];
        const Node *n = k->anchor ? k->anchor : k->results[0];
        const char *source =
            n->loc.file ? format_string(e->arena, "%s:%d", base_name(n->loc.file), n->loc.line)
                        : "";
        line(e, "{\"%s\", \"%s\", %s, %s, %.0f, %.0f, %s, %d, %d},", k->name, fused_names(e, k),
             quoted(e, source), phase_names[k->phase], k->flops, k->bytes, k->name, *first,
             k->n_results);
        *first += k->n_results;
    }
}

static int print_all_kernels(Emitter *e, const Compiled *c)
{
    int first = 0, n = c->train->n_kernels + c->infer->n_kernels;
    const OptimDef *o = c->model->optimizer;
    line(e, "static const pg_tensor tensors[] = {");
    print_results(e, c->train);
    print_results(e, c->infer);
    line(e, "};");
    gap(e);
    line(e, "static const pg_kernel kernels[] = {");
    print_kernels(e, c->train, &first);
    if (c->parameters->trained_size) {
        line(e, "{\"%s\", \"%s\", \"\", PG_UPDATE, %.0f, %.0f, optimize, 0, 0},", o->name, o->name,
             update_flops(o, c->parameters->trained_size),
             update_bytes(o, c->parameters->trained_size, c->is_double ? 8 : 4));
        n++;
    }
    print_kernels(e, c->infer, &first);
    line(e, "};");
    return n;
}

static int print_rules(Emitter *e, const Model *m)
{
    if (m->n_rules == 0)
        return 0;
    line(e, "static const pg_rule rules[] = {");
    for (int i = 0; i < m->n_rules; i++)
        line(e, "{%s, %d, %.17g},", m->rules[i].is_decay ? "PG_RULE_DECAY" : "PG_RULE_SET",
             m->rules[i].epoch, m->rules[i].value);
    line(e, "};");
    return m->n_rules;
}

/* A copy of the graph whose nodes name the model file without its folder. */
static const Graph *without_folders(const Graph *g)
{
    Graph *copy = NEW(g->arena, Graph);
    *copy = *g;
    copy->nodes = NEW_ARRAY(g->arena, Node *, g->n_nodes);
    for (int i = 0; i < g->n_nodes; i++) {
        copy->nodes[i] = NEW(g->arena, Node);
        *copy->nodes[i] = *g->nodes[i];
        if (copy->nodes[i]->loc.file)
            copy->nodes[i]->loc.file = base_name(copy->nodes[i]->loc.file);
    }
    return copy;
}

static void print_text(Emitter *e, const Graph *g)
{
    Buffer b = {0};
    print_graph(&b, without_folders(g));
    line(e,
         "/* The graph as its author wrote it; selftest differentiates and evaluates it anew. */");
    line(e, "static const char text[] =");
    for (char *row = strtok(b.text, "\n"); row; row = strtok(NULL, "\n")) {
        const char *q = quoted(e, row);
        line(e, "    %.*s\\n\"", (int)strlen(q) - 1, q);
    }
    line(e, "    \"\";");
    free_buffer(&b);
}

void emit_tables(Emitter *e, const Compiled *c)
{
    const Model *m = c->model;
    const OptimBase *base = m->optimizer_attrs;
    print_streams(e, m);
    int n_inputs = print_inputs(e, c);
    print_parameters(e, c);
    print_slots(e, c);
    int n_scalars = print_scalars(e, c), n_outputs = print_outputs(e, c);
    int n_kernels = print_all_kernels(e, c), n_rules = print_rules(e, m);
    gap(e);
    print_text(e, m->graph);
    gap(e);
    long arena = MAX(c->train->arena_size, c->infer->arena_size);
    long bound = MAX(c->train->lower_bound, c->infer->lower_bound);
    line(e, "static const pg_model model = {");
    line(e, ".name = \"%s\",", m->name);
    line(e, ".source = %s,", quoted(e, base_name(m->file)));
    line(e, ".compiler = \"perigee %s\",", c->version);
    line(e, ".is_double = %s,", c->is_double ? "true" : "false");
    line(e, ".is_fused = %s,", c->is_fused ? "true" : "false");
    line(e, ".batch = %d,", m->batch);
    line(e, ".streams = streams,");
    line(e, ".n_streams = %d,", m->n_streams);
    line(e, ".inputs = inputs,");
    line(e, ".n_inputs = %d,", n_inputs);
    line(e, ".parameters = parameter_table,");
    line(e, ".n_parameters = %d,", c->parameters->n);
    line(e, ".slots = %s,", m->optimizer->n_slots ? "slots" : "NULL");
    line(e, ".n_slots = %d,", m->optimizer->n_slots);
    line(e, ".scalars = scalars,");
    line(e, ".n_scalars = %d,", n_scalars);
    line(e, ".outputs = %s,", n_outputs ? "outputs" : "NULL");
    line(e, ".n_outputs = %d,", n_outputs);
    line(e, ".kernels = kernels,");
    line(e, ".n_kernels = %d,", n_kernels);
    line(e, ".tensors = tensors,");
    line(e, ".arena = arena,");
    line(e, ".arena_bytes = %ldL * sizeof(real),", arena);
    line(e, ".arena_lower_bound = %ldL * sizeof(real),", bound);
    line(e, ".optimizer = \"%s\",", m->optimizer->name);
    line(e, ".lr = %.17g,", base->lr);
    line(e, ".lr_decay = %.17g,", base->lr_decay);
    line(e, ".rules = %s,", n_rules ? "rules" : "NULL");
    line(e, ".n_rules = %d,", n_rules);
    line(e, ".epochs = %d,", m->epochs);
    line(e, ".keep = %s,", quoted(e, m->keep));
    line(e, ".text = text,");
    line(e, ".clock = &clock,");
    line(e, ".prepare = prepare,");
    line(e, ".infer = infer,");
    line(e, ".forward = forward,");
    line(e, ".backward = backward,");
    line(e, ".update = update,");
    line(e, "};");
}
