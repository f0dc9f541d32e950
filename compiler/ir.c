/*
 * ir: shapes, layouts, nodes and graphs. See ir.h.
 */
#include "ir.h"

#include "attrs.h"
#include <string.h>

const OpDef *const op_table[] = {
#define OP(name) &op_##name,
#include "ops.def"
#undef OP
};
const int op_count = COUNT_OF(op_table);

const OpDef *find_op(const char *name)
{
    for (int i = 0; i < op_count; i++)
        if (!strcmp(op_table[i]->name, name))
            return op_table[i];
    return NULL;
}

/* ---- Shapes ---- */

Shape shape_of(int rank, ...)
{
    Shape s = {.rank = rank};
    va_list dims;
    va_start(dims, rank);
    for (int a = 0; a < rank; a++)
        s.dim[a] = va_arg(dims, int);
    va_end(dims);
    return s;
}

long count_elements(Shape s)
{
    long n = 1;
    for (int a = 0; a < s.rank; a++)
        n *= s.dim[a];
    return n;
}

bool same_shape(Shape a, Shape b)
{
    return a.rank == b.rank && !memcmp(a.dim, b.dim, sizeof(int) * (size_t)a.rank);
}

const char *shape_text(Arena *arena, Shape s)
{
    Buffer b = {0};
    print_to(&b, "(");
    for (int a = 0; a < s.rank; a++)
        print_to(&b, a ? ", %d" : "%d", s.dim[a]);
    print_to(&b, ")");
    char *text = copy_string(arena, b.text);
    free_buffer(&b);
    return text;
}

bool broadcast_shapes(Shape a, Shape b, Shape *result)
{
    if (a.rank != b.rank)
        return false;
    *result = a;
    for (int i = 0; i < a.rank; i++) {
        if (a.dim[i] != b.dim[i] && a.dim[i] != 1 && b.dim[i] != 1)
            return false;
        result->dim[i] = a.dim[i] == 1 ? b.dim[i] : a.dim[i];
    }
    return true;
}

/* ---- Graphs ---- */

Graph *new_graph(Arena *arena, Mode mode, int batch)
{
    Graph *g = NEW(arena, Graph);
    g->arena = arena;
    g->mode = mode;
    g->batch = batch;
    g->lanes = 16;
    g->element_size = 4;
    return g;
}

static void append_node(Graph *g, Node *n)
{
    if (g->n_nodes == g->room) {
        int room = 2 * g->room + 64;
        Node **nodes = NEW_ARRAY(g->arena, Node *, room);
        if (g->n_nodes)
            memcpy(nodes, g->nodes, sizeof(Node *) * (size_t)g->n_nodes);
        g->nodes = nodes;
        g->room = room;
    }
    n->id = g->n_nodes;
    g->nodes[g->n_nodes++] = n;
}

/* Axis 0 of the result is the batch if it was in an input and no operator mixed the examples. */
static bool is_batched(const Graph *g, const Node *n)
{
    if (n->shape.rank == 0 || n->shape.dim[0] != g->batch)
        return false;
    if (n->op == &op_input)
        return true;
    if (n->op->kind == CONV_DW || n->op->kind == MATMUL_DW)
        return false;
    for (int i = 0; i < n->n_in; i++)
        if (n->in[i]->batched)
            return true;
    return false;
}

Node *add_node(Graph *g, const OpDef *op, const void *attrs, int n_in, Node *const *in)
{
    Node *n = NEW(g->arena, Node);
    n->op = op;
    n->n_in = n_in;
    n->in = NEW_ARRAY(g->arena, Node *, n_in);
    if (n_in)
        memcpy(n->in, in, sizeof(Node *) * (size_t)n_in);
    if (op->attrs_size) {
        n->attrs = arena_alloc(g->arena, op->attrs_size);
        memcpy(n->attrs, attrs, op->attrs_size);
    }
    if (g->current) {
        n->loc = g->current->loc;
        n->name = g->current->name;
    }
    n->shape = op->infer(n);
    n->batched = is_batched(g, n);
    append_node(g, n);
    return n;
}

Node *copy_node(Graph *g, const Node *n, Node *const *in)
{
    Node *copy = NEW(g->arena, Node);
    *copy = *n;
    copy->in = NEW_ARRAY(g->arena, Node *, n->n_in);
    if (n->n_in)
        memcpy(copy->in, in, sizeof(Node *) * (size_t)n->n_in);
    append_node(g, copy);
    return copy;
}

void add_output(Graph *g, OutputKind kind, const char *name, Node *value, Node *target)
{
    if (g->n_outputs == g->output_room) {
        int room = 2 * g->output_room + 16;
        Output *outputs = NEW_ARRAY(g->arena, Output, room);
        if (g->n_outputs)
            memcpy(outputs, g->outputs, sizeof(Output) * (size_t)g->n_outputs);
        g->outputs = outputs;
        g->output_room = room;
    }
    g->outputs[g->n_outputs++] = (Output){kind, name, value, target};
}

Output *find_state(const Graph *g, const Node *target)
{
    for (int i = 0; i < g->n_outputs; i++)
        if (g->outputs[i].kind == OUT_STATE && g->outputs[i].target == target)
            return &g->outputs[i];
    return NULL;
}
