/*
 * dsl_tensors: tensors as Lua values. Arithmetic, methods, and operators called as functions:
 * x + 1, x:relu(), maxpool2d(x, { 2 }), concat(a, b, { axis = 1 }).
 *
 * In a dry run every tensor is a stand-in without a node, of shape (1, 1, 1, 1).
 */
#include "build.h"
#include "dsl_internal.h"

#include <lauxlib.h>
#include <string.h>

typedef struct Tensor {
    Node *node; /* NULL in a dry run */
} Tensor;

void push_tensor(lua_State *L, Node *n)
{
    Tensor *t = lua_newuserdatauv(L, sizeof *t, 0);
    t->node = n;
    luaL_setmetatable(L, "tensor");
}

bool is_tensor(lua_State *L, int idx)
{
    return luaL_testudata(L, idx, "tensor");
}

bool is_operand(lua_State *L, int idx)
{
    return is_tensor(L, idx) || lua_type(L, idx) == LUA_TNUMBER;
}

Node *tensor_at(lua_State *L, int idx)
{
    Session *s = session_of(L);
    if (lua_type(L, idx) != LUA_TNUMBER)
        return ((Tensor *)luaL_checkudata(L, idx, "tensor"))->node;
    s->graph->current = &(Node){.loc = model_loc(L)};
    Node *n = s->dry ? NULL : make_constant(s->graph, lua_tonumber(L, idx));
    s->graph->current = NULL;
    return n;
}

/* ---- Adding nodes ---- */

int count_inputs(const OpDef *op)
{
    if (!op->inputs || !*op->inputs)
        return 0;
    if (!strcmp(op->inputs, "..."))
        return MAX_INPUTS;
    int n = 1;
    for (const char *c = op->inputs; *c; c++)
        n += *c == ',';
    return n;
}

void check_arity(const OpDef *op, Loc loc, int n)
{
    int wanted = count_inputs(op);
    if (wanted == MAX_INPUTS ? n >= 1 && n <= MAX_INPUTS : n == wanted)
        return;
    if (wanted == MAX_INPUTS)
        error_at(loc, op->name, "takes 1 to %d tensors, not %d", MAX_INPUTS, n);
    error_at(loc, op->name, "takes %d tensor%s (%s), not %d", wanted, wanted == 1 ? "" : "s",
             op->inputs, n);
}

static void check_size(const Graph *g, const Node *n)
{
    double elements = 1;
    for (int a = 0; a < n->shape.rank; a++)
        elements *= n->shape.dim[a];
    if (elements > INT32_MAX)
        user_error(n, "the result %s has %.0f elements; at most %d are possible",
                   shape_text(g->arena, n->shape), elements, INT32_MAX);
    if (g->n_nodes > MAX_NODES)
        user_error(n, "the model has more than %d operations: is there an endless loop?",
                   MAX_NODES);
}

Node *apply_op(lua_State *L, const OpDef *op, const void *attrs, Loc loc, int n, Node **in)
{
    Session *s = session_of(L);
    Graph *g = s->graph;
    if (s->dry)
        return NULL;
    g->current = &(Node){.loc = loc};
    Node *result;
    if (op->kind == POINTWISE && n == 2 && !op->n_attrs)
        result = make_binary(g, op, in[0], in[1]);
    else if (op->kind == POINTWISE && n == 4 && !op->n_attrs)
        result = make_where(g, op, in[0], in[1], in[2], in[3]);
    else
        result = add_node(g, op, attrs, n, in);
    g->current = NULL;
    check_size(g, result);
    return result;
}

Node *apply_binary(lua_State *L, const OpDef *op, Loc loc, Node *a, Node *b)
{
    Node *in[2] = {a, b};
    return apply_op(L, op, NULL, loc, 2, in);
}

/* ---- Operators called as functions ---- */

/* Numbers may stand for tensors where shapes broadcast. */
static bool is_input(lua_State *L, const OpDef *op, int idx)
{
    bool broadcasts = op->kind == POINTWISE && count_inputs(op) > 1;
    return broadcasts ? is_operand(L, idx) : is_tensor(L, idx);
}

/* concat { a, b, axis = 1 }: how many tensors a table starts with. */
static int count_listed(lua_State *L, const OpDef *op, int idx)
{
    int n = 0;
    if (lua_type(L, idx) != LUA_TTABLE)
        return 0;
    for (;; n++) {
        lua_rawgeti(L, idx, n + 1);
        bool more = n < MAX_INPUTS && (n ? is_input(L, op, -1) : is_tensor(L, -1));
        lua_pop(L, 1);
        if (!more)
            return n;
    }
}

static int apply_with(lua_State *L, const OpDef *op, Binding *b, int n, Node **in)
{
    finish_binding(b);
    check_arity(op, b->loc, n);
    Node *result = apply_op(L, op, b->attrs, b->loc, n, in);
    if (result && b->label)
        result->name = b->label;
    push_tensor(L, result);
    return 1;
}

static int apply_listed(lua_State *L, const OpDef *op, Binding *b, int n)
{
    Node *in[MAX_INPUTS];
    for (int i = 0; i < n; i++) {
        lua_rawgeti(L, 1, i + 1);
        in[i] = tensor_at(L, -1);
        lua_pop(L, 1);
    }
    bind_table(L, b, 1, n + 1);
    return apply_with(L, op, b, n, in);
}

static int apply_direct(lua_State *L, const OpDef *op, Binding *b)
{
    Node *in[MAX_INPUTS];
    int n = 0, top = lua_gettop(L), limit = count_inputs(op);
    for (; n < top && n < limit && is_input(L, op, n + 1); n++)
        in[n] = tensor_at(L, n + 1);
    for (int i = n + 1; i <= top; i++) {
        if (is_tensor(L, i))
            check_arity(op, b->loc, top);
        if (lua_type(L, i) == LUA_TTABLE && i == top)
            bind_table(L, b, i, 1);
        else if (lua_isnil(L, i) || n < limit || luaL_testudata(L, i, "layer"))
            error_at(b->loc, op->name, "argument %d must be a tensor%s, not %s", i,
                     n < limit ? "" : " or a table of keys", describe(L, i));
        else
            bind_positional(L, b, i);
    }
    return apply_with(L, op, b, n, in);
}

static bool has_tensor(lua_State *L, const OpDef *op)
{
    int n = MIN(lua_gettop(L), count_inputs(op));
    for (int i = 1; i <= n; i++)
        if (is_tensor(L, i))
            return true;
    return false;
}

/* What stands for every public operator; upvalue 1 is its OpDef. */
static int call_op(lua_State *L)
{
    const OpDef *op = lua_touserdata(L, lua_upvalueindex(1));
    Binding b = start_binding(L, op->name, op->attrs, op->n_attrs, op->attrs_size);
    b.takes_label = true;
    int listed = count_listed(L, op, 1);
    bool applied = listed || has_tensor(L, op);
    if (applied && op->n_params)
        error_at(b.loc, op->name,
                 "owns parameters, so make a layer of it first: local layer = %s { ... }, then "
                 "layer(x)",
                 op->name);
    if (listed)
        return apply_listed(L, op, &b, listed);
    if (applied)
        return apply_direct(L, op, &b);
    if (lua_gettop(L) != 1 || lua_type(L, 1) != LUA_TTABLE || luaL_getmetafield(L, 1, "__name"))
        error_at(b.loc, op->name,
                 "takes tensors, or a table of keys to make a layer: %s { ... }; "
                 "not %s",
                 op->name, describe(L, 1));
    bind_table(L, &b, 1, 1);
    finish_binding(&b);
    return make_layer(L, op, &b);
}

/* ---- Arithmetic ---- */

/* The metamethods; upvalue 1 is the OpDef. Lua passes unary operands twice. */
static int call_arithmetic(lua_State *L)
{
    const OpDef *op = lua_touserdata(L, lua_upvalueindex(1));
    int n = count_inputs(op);
    Node *in[2];
    for (int i = 0; i < n; i++) {
        if (!is_operand(L, i + 1))
            error_at(
                model_loc(L), op->name, "a tensor and %s cannot be combined%s", describe(L, i + 1),
                luaL_testudata(L, i + 1, "layer") ? "; apply the layer to a tensor first" : "");
        in[i] = tensor_at(L, i + 1);
    }
    push_tensor(L, apply_op(L, op, NULL, model_loc(L), n, in));
    return 1;
}

static int fail_comparison(lua_State *L)
{
    error_at(model_loc(L), NULL,
             "tensors cannot be compared: their values exist only when the trainer runs; use "
             "maximum, minimum or relu");
}

static int fail_power(lua_State *L)
{
    error_at(model_loc(L), NULL, "tensors have no operator ^; use square(x), sqrt(x) or x * x");
}

/* ---- x.shape, x:method(...), tostring(x) ---- */

static const Shape stand_in = {4, {1, 1, 1, 1}};

static int push_shape(lua_State *L, const Node *n)
{
    Shape s = n ? n->shape : stand_in;
    lua_createtable(L, s.rank, 0);
    for (int a = 0; a < s.rank; a++) {
        lua_pushinteger(L, s.dim[a]);
        lua_rawseti(L, -2, a + 1);
    }
    return 1;
}

static int index_tensor(lua_State *L)
{
    if (lua_type(L, 2) != LUA_TSTRING)
        error_at(model_loc(L), NULL, "elements of a tensor are taken with slice, not [ ]");
    const char *key = lua_tostring(L, 2), *names[256] = {"shape"};
    int n = 1;
    if (!strcmp(key, "shape"))
        return push_shape(L, tensor_at(L, 1));
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    for (int i = 0; i < op_count; i++)
        if (op_table[i]->is_public && n < COUNT_OF(names))
            names[n++] = op_table[i]->name;
    error_at(model_loc(L), NULL, "a tensor has no method '%s'%s", key,
             did_you_mean(L, key, names, n));
}

static int set_index(lua_State *L)
{
    error_at(model_loc(L), NULL, "a tensor cannot be changed; make a new one");
}

static int print_tensor(lua_State *L)
{
    const Node *n = tensor_at(L, 1);
    lua_pushfstring(L, "tensor %s", shape_text(session_of(L)->arena, n ? n->shape : stand_in));
    return 1;
}

void open_tensors(lua_State *L)
{
    static const struct {
        const char *event;
        const OpDef *op;
    } arithmetic[] = {
        {"__add", &op_add}, {"__sub", &op_sub}, {"__mul", &op_mul},
        {"__div", &op_div}, {"__unm", &op_neg},
    };
    static const luaL_Reg others[] = {
        {"__eq", fail_comparison},
        {"__lt", fail_comparison},
        {"__le", fail_comparison},
        {"__pow", fail_power},
        {"__newindex", set_index},
        {"__tostring", print_tensor},
        {NULL, NULL},
    };
    int names = lua_gettop(L);
    luaL_newmetatable(L, "tensor");
    luaL_setfuncs(L, others, 0);
    for (int i = 0; i < COUNT_OF(arithmetic); i++)
        set_function(L, arithmetic[i].event, call_arithmetic, arithmetic[i].op);
    lua_newtable(L); /* methods */
    for (int i = 0; i < op_count; i++) {
        if (!op_table[i]->is_public)
            continue;
        set_function(L, op_table[i]->name, call_op, op_table[i]);
        lua_getfield(L, -1, op_table[i]->name);
        lua_setfield(L, names, op_table[i]->name);
    }
    lua_pushcclosure(L, index_tensor, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
