/*
 * names: how things are called in the C that comes out, and how a line of it is indented.
 */
#include "emit/emit.h"

#include "attrs.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void gap(Emitter *e)
{
    print_to(&e->out, "\n");
}

void line(Emitter *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = format_string_v(e->arena, format, args);
    va_end(args);
    size_t n = strlen(text);
    if (text[0] == '}')
        e->indent--;
    print_to(&e->out, "%*s%s\n", 4 * e->indent, "", text);
    if (n && text[n - 1] == '{')
        e->indent++;
}

void directive(Emitter *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_to_v(&e->out, format, args);
    va_end(args);
    print_to(&e->out, "\n");
}

static void append(Buffer *b, const char *word)
{
    if (b->size)
        print_to(b, "_");
    for (; *word; word++)
        print_to(b, "%c", isalnum((unsigned char)*word) ? *word : '_');
}

const char *upper_case(Arena *arena, const char *name)
{
    char *s = copy_string(arena, name);
    for (char *c = s; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return s;
}

/* What a tensor would like to be called: layer and operator, parameter, or data field. */
static const char *plain_name(Arena *arena, const Node *n)
{
    Buffer b = {0};
    if (n->op == &op_input) {
        const Input *in = ATTRS_OF(n, Input);
        append(&b, in->field);
        if (in->stream)
            print_to(&b, "_%d", in->stream + 1);
    } else if (n->op == &op_parameter) {
        append(&b, n->name);
    } else {
        if (n->name)
            append(&b, n->name);
        append(&b, n->op->name);
    }
    bool may_clash =
        strlen(b.text) < 3 || isdigit((unsigned char)*b.text); /* with a loop counter: "w" */
    const char *name = format_string(arena, may_clash ? "t_%s" : "%s", b.text);
    free_buffer(&b);
    return name;
}

/* How many of the first n names equal this one when case is left out of account, as in enumerators.
 */
static int count_equal(const char *const *name, int n, const char *wanted)
{
    int equal = 0;
    for (int i = 0; i < n; i++)
        equal += name[i] && !strcasecmp(name[i], wanted);
    return equal;
}

static const char *numbered(Arena *arena, const char *name, int earlier)
{
    return earlier ? format_string(arena, "%s_%d", name, earlier + 1) : name;
}

/* Parameters are called alike in training and inference: by their place in the one table of them.
 */
static const char *parameter_name(Emitter *e, const Node *n)
{
    const ParameterTable *t = e->parameters;
    const char *name = plain_name(e->arena, n);
    int earlier = 0;
    for (int i = 0; i < t->n && strcmp(t->parameter[i]->name, n->name); i++)
        earlier += !strcasecmp(plain_name(e->arena, t->parameter[i]), name);
    return numbered(e->arena, name, earlier);
}

/* Names of all tensors of the program, once. */
static void name_tensors(Emitter *e)
{
    const Graph *g = e->program->graph;
    const char **plain = NEW_ARRAY(e->arena, const char *, g->n_nodes);
    e->named = e->program;
    e->names = NEW_ARRAY(e->arena, const char *, g->n_nodes);
    for (int i = 0; i < g->n_nodes; i++) {
        const Node *n = g->nodes[i];
        if (n->op == &op_parameter) {
            e->names[i] = parameter_name(e, n);
        } else if (n->op == &op_input || e->program->home[i]) {
            plain[i] = plain_name(e->arena, n);
            e->names[i] = numbered(e->arena, plain[i], count_equal(plain, i, plain[i]));
        } else {
            e->names[i] = plain_name(e->arena, n);
        }
    }
}

const char *tensor_name(Emitter *e, const Node *n)
{
    if (n->op == &op_parameter)
        return parameter_name(e, n);
    if (e->named != e->program)
        name_tensors(e);
    return e->names[n->id];
}

static const char *scalar_name(const Program *p, const Node *root)
{
    for (int i = 0; i < p->graph->n_outputs; i++)
        if (p->root[p->graph->outputs[i].value->id] == root)
            return p->graph->outputs[i].name;
    return "?";
}

const char *tensor_address(Emitter *e, const Node *n)
{
    const Program *p = e->program;
    const Node *root = p->root[n->id];
    const Place *place = &p->place[root->id];
    const char *mode = p->graph->mode == INFER ? "INFER_" : "";
    switch (place->region) {
    case IN_INPUT:
        return format_string(e->arena, "input_%s", tensor_name(e, root));
    case IN_PARAMETERS:
    case IN_GRADIENTS:
        for (int i = 0; i < e->parameters->n; i++)
            if (e->parameters->offset[i] == place->offset) {
                Node *parameter = e->parameters->parameter[i];
                return format_string(e->arena, "%s + %s",
                                     place->region == IN_GRADIENTS ? "gradients" : "parameters",
                                     upper_case(e->arena, tensor_name(e, parameter)));
            }
        bug("no parameter at offset %ld", place->offset);
    case IN_SCALARS:
        return format_string(e->arena, "%s_%s", mode[0] ? "infer" : "train", scalar_name(p, root));
    case IN_PREPARED:
        return format_string(e->arena, "prepared + %s%s", mode,
                             upper_case(e->arena, tensor_name(e, root)));
    case IN_ARENA:
        break;
    }
    return format_string(e->arena, "arena + %s%s", mode,
                         upper_case(e->arena, tensor_name(e, root)));
}

const char *literal(Emitter *e, double value)
{
    if (isinf(value))
        return value < 0 ? "-INFINITY" : "INFINITY";
    if (isnan(value))
        return "NAN";
    const char *digits = format_string(e->arena, e->is_double ? "%.17g" : "%.9g", value);
    if (!e->is_double && (float)value == (float)(long)value && fabs(value) < 1e6)
        return format_string(e->arena, "%.0f", value);
    for (int precision = 1; precision < 17;
         precision++) { /* the shortest that reads back the same */
        const char *shorter = format_string(e->arena, "%.*g", precision, value);
        double back = 0;
        sscanf(shorter, "%lf", &back);
        if (e->is_double ? back == value : (float)back == (float)value) {
            digits = shorter;
            break;
        }
    }
    bool is_whole = !strpbrk(digits, ".e");
    return format_string(e->arena, "%s%s%s", digits, is_whole ? ".0" : "", e->is_double ? "" : "f");
}

const char *fused_names(Emitter *e, const Kernel *k)
{
    Buffer b = {0};
    for (int i = 0; i < k->n_members; i++) {
        const Node *n = k->members[i];
        if (n->op == &op_constant || n->op == &op_broadcast)
            continue;
        print_to(&b, b.size ? " + %s" : "%s", n->op->name);
    }
    if (!b.size)
        print_to(&b, "copy");
    const char *text = copy_string(e->arena, b.text);
    free_buffer(&b);
    return text;
}

/* The counters of the nested loops from the number of the iteration, innermost fastest. */
static void print_counters(Emitter *e, const SharedLoop *loop, int n)
{
    long inner = 1;
    for (int i = n - 1; i >= 0; i--) {
        const char *at = inner == 1 ? "unit" : format_string(e->arena, "unit / %ld", inner);
        if (loop[i].extent == 1)
            line(e, "enum { %s = 0 };", loop[i].var);
        else if (i == 0)
            line(e, "const int %s = (int)(%s);", loop[i].var, at);
        else
            line(e, "const int %s = (int)(%s %% %ld);", loop[i].var, at, loop[i].extent);
        inner *= loop[i].extent;
    }
}

int open_shared_loops(Emitter *e, const Kernel *k, const SharedLoop *loop, int n)
{
    long total = 1;
    for (int i = 0; i < n; i++)
        total *= loop[i].extent;
    if (k->is_parallel && n == 1) {
        line(e, "PARALLEL_FOR (%s, %ld) {", loop->var, total);
        return 1;
    }
    if (k->is_parallel && n > 1 && total > 1) {
        line(e, "PARALLEL_FOR (unit, %ld) {", total);
        print_counters(e, loop, n);
        return 1;
    }
    for (int i = 0; i < n; i++)
        line(e, "for (int %s = 0; %s < %ld; %s++) {", loop[i].var, loop[i].var, loop[i].extent,
             loop[i].var);
    return n;
}
