/*
 * text: a graph as lines that a person can read and parse_graph() can read back:
 *
 *     graph train batch 100 streams 1
 *     %2 = conv2d(%0, %1) {filters=32, kernel=5 5} "net.1" @mnist.lua:4 : (100, 32, 24, 24)
 *     loss loss = %7
 *     gradient net.1.weight = %9 of %1
 */
#include "ir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const mode_names[] = {"train", "infer"};
static const char *const output_names[] = {"loss", "metric", "output", "gradient", "state"};

static void print_node(Buffer *b, const Graph *g, const Node *n)
{
    print_to(b, "%%%d = %s(", n->id, n->op->name);
    for (int i = 0; i < n->n_in; i++)
        print_to(b, i ? ", %%%d" : "%%%d", n->in[i]->id);
    print_to(b, ")");
    for (int i = 0; i < n->op->n_attrs; i++) {
        print_to(b, i ? ", %s=" : " {%s=", n->op->attrs[i].name);
        print_attr(b, &n->op->attrs[i], n->attrs);
    }
    print_to(b, n->op->n_attrs ? "}" : "");
    if (n->name)
        print_to(b, " \"%s\"", n->name);
    if (n->loc.file)
        print_to(b, " @%s:%d", n->loc.file, n->loc.line);
    print_to(b, " : %s\n", shape_text(g->arena, n->shape));
}

void print_graph(Buffer *b, const Graph *g)
{
    print_to(b, "graph %s batch %d streams %d\n", mode_names[g->mode], g->batch, g->next_stream);
    for (int i = 0; i < g->n_nodes; i++)
        print_node(b, g, g->nodes[i]);
    for (int i = 0; i < g->n_outputs; i++) {
        const Output *o = &g->outputs[i];
        print_to(b, "%s %s = %%%d", output_names[o->kind], o->name, o->value->id);
        print_to(b, o->target ? " of %%%d\n" : "\n", o->target ? o->target->id : 0);
    }
}

/* ---- Reading ---- */

typedef struct Reader {
    Graph *graph;
    const char *at; /* rest of the current line */
    Loc loc;        /* of the text itself, for errors */
} Reader;

static bool accept(Reader *r, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(r->at, word, n))
        return false;
    r->at += n;
    return true;
}

static void expect(Reader *r, const char *word)
{
    if (!accept(r, word))
        error_at(r->loc, NULL, "expected '%s' before '%s'", word, r->at);
}

/* The text up to one of the characters in `stop`. */
static char *take_until(Reader *r, const char *stop)
{
    size_t n = strcspn(r->at, stop);
    char *word = arena_alloc(r->graph->arena, n + 1);
    memcpy(word, r->at, n);
    r->at += n;
    return word;
}

static int take_number(Reader *r)
{
    char *end;
    long v = strtol(r->at, &end, 10);
    if (end == r->at || v < 0 || v > INT32_MAX)
        error_at(r->loc, NULL, "expected a number before '%s'", r->at);
    r->at = end;
    return (int)v;
}

static Node *take_node(Reader *r)
{
    expect(r, "%");
    int id = take_number(r);
    if (id >= r->graph->n_nodes)
        error_at(r->loc, NULL, "%%%d is not defined yet", id);
    return r->graph->nodes[id];
}

static void read_attrs(Reader *r, const OpDef *op, void *attrs)
{
    set_default_attrs(op, attrs);
    if (!accept(r, " {"))
        return;
    do {
        const char *name = take_until(r, "=");
        expect(r, "=");
        const char *value = take_until(r, ",}");
        const AttrDef *def = NULL;
        for (int i = 0; i < op->n_attrs; i++)
            if (!strcmp(op->attrs[i].name, name))
                def = &op->attrs[i];
        if (!def || !parse_attr(r->graph->arena, def, attrs, value))
            error_at(r->loc, op->name, "bad attribute %s=%s", name, value);
    } while (accept(r, ", "));
    expect(r, "}");
}

/* Tensors that the operator's list of inputs names; "..." stands for one or more. */
static int count_tensors(const OpDef *op)
{
    int n = *op->inputs != '\0';
    for (const char *c = op->inputs; *c; c++)
        n += *c == ',';
    return n;
}

/* Shape rules read their inputs without counting them: that is done here, once for all. */
static void check_arity(Reader *r, const OpDef *op, void *attrs, Node **in, int n_in)
{
    int wanted = count_tensors(op);
    bool is_open = !strcmp(op->inputs, "...");
    Node n = {.op = op, .attrs = attrs, .in = in, .n_in = n_in, .loc = r->loc};
    for (int i = 0; n_in >= wanted && i < op->n_params; i++)
        wanted += op->params[i].shape(&n).rank >= 0;
    if (is_open ? n_in < wanted : n_in != wanted)
        error_at(r->loc, op->name, "has %d inputs, wants %d", n_in, wanted);
}

static void read_node(Reader *r)
{
    Graph *g = r->graph;
    if (take_number(r) != g->n_nodes)
        error_at(r->loc, NULL, "nodes must be numbered in order");
    expect(r, " = ");
    const OpDef *op = find_op(take_until(r, "("));
    if (!op)
        error_at(r->loc, NULL, "unknown operator");
    Node *in[256];
    int n_in = 0;
    expect(r, "(");
    while (!accept(r, ")")) {
        if (n_in == COUNT_OF(in))
            error_at(r->loc, op->name, "too many inputs");
        in[n_in++] = take_node(r);
        accept(r, ", ");
    }
    void *attrs = arena_alloc(g->arena, op->attrs_size);
    read_attrs(r, op, attrs);
    check_arity(r, op, attrs, in, n_in);
    Node *at = &(Node){0};
    if (accept(r, " \"")) {
        at->name = take_until(r, "\"");
        expect(r, "\"");
    }
    if (accept(r, " @")) {
        at->loc.file = take_until(r, ":");
        expect(r, ":");
        at->loc.line = take_number(r);
    }
    g->current = at;
    const char *shape = shape_text(g->arena, add_node(g, op, attrs, n_in, in)->shape);
    g->current = NULL;
    expect(r, " : ");
    expect(r, shape);
}

static void read_output(Reader *r)
{
    const char *word = take_until(r, " ");
    int kind = 0;
    while (kind < COUNT_OF(output_names) && strcmp(word, output_names[kind]))
        kind++;
    if (kind == COUNT_OF(output_names))
        error_at(r->loc, NULL, "unknown kind of output '%s'", word);
    expect(r, " ");
    const char *name = take_until(r, " ");
    expect(r, " = ");
    Node *value = take_node(r);
    Node *target = accept(r, " of ") ? take_node(r) : NULL;
    add_output(r->graph, (OutputKind)kind, name, value, target);
}

static void read_header(Reader *r)
{
    expect(r, "graph ");
    r->graph->mode = accept(r, "infer") ? INFER : TRAIN;
    accept(r, "train");
    expect(r, " batch ");
    r->graph->batch = take_number(r);
    expect(r, " streams ");
    r->graph->next_stream = take_number(r);
}

Graph *parse_graph(Arena *arena, const char *text, const char *file)
{
    Reader r = {new_graph(arena, TRAIN, 0), NULL, {file, 0}};
    char *lines = copy_string(arena, text);
    for (char *line = lines, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        r.at = line;
        if (++r.loc.line == 1)
            read_header(&r);
        else if (accept(&r, "%"))
            read_node(&r);
        else
            read_output(&r);
    }
    return r.graph;
}
