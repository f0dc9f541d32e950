/*
 * dsl_model: model { ... }. Checks what the author says about training, makes the loss and the
 * other outputs of the graph, and gives everything its name.
 */
#include "build.h"
#include "dsl_internal.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const keys[] = {
    "name", "batch", "loss", "metrics", "outputs", "optimizer", "schedule", "epochs", "keep",
};

/* The table that model was called with is at this place on the stack. */
enum { TABLE = 1, MAX_BATCH = 1 << 16, MAX_EPOCHS = 1000000 };

#define fail(L, ...) error_at(model_loc(L), "model", __VA_ARGS__)

/* ---- Plain values ---- */

static void check_keys(lua_State *L)
{
    const char *unknown = NULL;
    for (lua_pushnil(L); lua_next(L, TABLE); lua_pop(L, 1)) {
        bool known = false;
        for (int i = 0; i < COUNT_OF(keys) && lua_type(L, -2) == LUA_TSTRING; i++)
            known |= !strcmp(lua_tostring(L, -2), keys[i]);
        if (lua_type(L, -2) != LUA_TSTRING)
            fail(L, "every value needs its key, as in loss = %s", "cross_entropy(logits, label)");
        if (!known && (!unknown || strcmp(lua_tostring(L, -2), unknown) < 0))
            unknown = keep_string(L, -2);
    }
    if (!unknown)
        return;
    const char *nearest = did_you_mean(L, unknown, keys, COUNT_OF(keys));
    fail(L, "unknown key '%s'%s", unknown,
         *nearest ? nearest
                  : "; its keys are: name, batch, loss, metrics, outputs, optimizer, "
                    "schedule, epochs, keep");
}

/* Puts the value on the stack; false if there is none. */
static bool get(lua_State *L, const char *key)
{
    lua_settop(L, TABLE);
    lua_pushstring(L, key);
    return lua_rawget(L, TABLE) != LUA_TNIL;
}

/* The number on top of the stack, checked and popped; `what` is "'batch'". */
static double take_number(lua_State *L, const char *what, double min, double max, bool whole)
{
    if (lua_type(L, -1) != LUA_TNUMBER)
        fail(L, "%s must be a %snumber, not %s", what, whole ? "whole " : "", describe(L, -1));
    double value = lua_tonumber(L, -1);
    if (whole && isfinite(value) && value != floor(value))
        fail(L, "%s must be whole, not %.10g", what, value);
    if (!(value >= min && value <= max))
        fail(L, "%s must be between %.10g and %.10g, not %.10g", what, min, max, value);
    lua_pop(L, 1);
    return value;
}

static const char *file_stem(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/'), *start = slash ? slash + 1 : path;
    const char *dot = strrchr(start, '.');
    return format_string(arena, "%.*s", dot ? (int)(dot - start) : (int)strlen(start), start);
}

static void set_name(lua_State *L, Model *m)
{
    if (!get(L, "name")) {
        m->name = file_stem(session_of(L)->arena, m->file);
        if (!is_identifier(m->name))
            fail(L,
                 "the file's name, '%s', cannot name a program: use letters, digits and _, or "
                 "add name = \"...\"",
                 m->name);
        return;
    }
    if (lua_type(L, -1) != LUA_TSTRING)
        fail(L, "'name' must be a string, not %s", describe(L, -1));
    m->name = keep_string(L, -1);
    if (strlen(m->name) > 64)
        fail(L, "'name' is longer than 64 letters");
    if (!is_identifier(m->name))
        fail(L, "'name' must be letters, digits and _, not starting with a digit; got '%s'",
             m->name);
}

static void set_optimizer(lua_State *L, Model *m)
{
    if (!get(L, "optimizer")) {
        m->optimizer = optim_table[0];
        Binding b = start_binding(L, m->optimizer->name, m->optimizer->attrs, m->optimizer->n_attrs,
                                  m->optimizer->attrs_size);
        m->optimizer_attrs = b.attrs;
        return;
    }
    const Optimizer *o = optimizer_at(L, -1);
    if (!o)
        fail(L, "'optimizer' must be one of the optimisers, as in adam { lr = 1e-3 }, not %s",
             describe(L, -1));
    m->optimizer = o->def;
    m->optimizer_attrs = o->attrs;
}

/* ---- schedule = { { epoch = 100, lr = 5e-4 }, { from = 200, decay = 0.99 } } ---- */

static bool take_rule_key(lua_State *L, int i, const char *key, double min, double max, bool whole,
                          double *value)
{
    lua_pushstring(L, key);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pop(L, 1);
        return false;
    }
    const char *what = format_string(session_of(L)->arena, "'%s' of schedule rule %d", key, i);
    *value = take_number(L, what, min, max, whole);
    return true;
}

static Rule take_rule(lua_State *L, int i)
{
    double epoch = 1, value = 0;
    int n = 0;
    if (lua_type(L, -1) != LUA_TTABLE)
        fail(L, "rule %d of 'schedule' is %s, not a table", i, describe(L, -1));
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        n++;
    if (n == 2 && take_rule_key(L, i, "epoch", 1, MAX_EPOCHS, true, &epoch) &&
        take_rule_key(L, i, "lr", 0, 1e6, false, &value))
        return (Rule){false, (int)epoch, value};
    if (n == 2 && take_rule_key(L, i, "from", 1, MAX_EPOCHS, true, &epoch) &&
        take_rule_key(L, i, "decay", 0, 10, false, &value))
        return (Rule){true, (int)epoch, value};
    fail(L, "rule %d of 'schedule' must be { epoch = E, lr = R } or { from = E, decay = F }", i);
}

static void set_schedule(lua_State *L, Model *m)
{
    if (!get(L, "schedule"))
        return;
    if (lua_type(L, -1) != LUA_TTABLE)
        fail(L, "'schedule' must be a list of rules, not %s", describe(L, -1));
    int n = (int)lua_rawlen(L, -1), count = 0;
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        count++;
    if (count != n)
        fail(L, "'schedule' must be a list of rules, as in { { epoch = 100, lr = 5e-4 } }");
    if (n > MAX_RULES)
        fail(L, "'schedule' has %d rules; at most %d are possible", n, MAX_RULES);
    for (int i = 1; i <= n; i++) {
        lua_rawgeti(L, -1, i);
        m->rules[m->n_rules++] = take_rule(L, i);
        lua_pop(L, 1);
    }
}

/* ---- Outputs of the graph ---- */

/* A tensor with one element, as shape (). */
static Node *as_scalar(lua_State *L, Node *n, const char *what)
{
    Session *s = session_of(L);
    if (count_elements(n->shape) != 1)
        fail(L, "%s must be a scalar, not a tensor of shape %s; take its mean or sum", what,
             shape_text(s->arena, n->shape));
    s->graph->current = n;
    n = make_reshape(s->graph, n, shape_of(0));
    s->graph->current = NULL;
    return n;
}

/* { tensor, weight = 0.5 } on top of the stack, or a tensor. */
static Node *loss_term(lua_State *L, int i)
{
    double weight = 1;
    const char *what = format_string(session_of(L)->arena, "term %d of 'loss'", i);
    if (is_tensor(L, -1))
        return as_scalar(L, tensor_at(L, -1), what);
    if (lua_type(L, -1) != LUA_TTABLE)
        fail(L, "%s must be a scalar tensor or { tensor, weight = 0.5 }, not %s", what,
             describe(L, -1));
    lua_pushstring(L, "weight");
    if (lua_rawget(L, -2) != LUA_TNIL)
        weight = take_number(L, format_string(session_of(L)->arena, "'weight' of %s", what), -1e9,
                             1e9, false);
    else
        lua_pop(L, 1);
    lua_rawgeti(L, -1, 1);
    if (!is_tensor(L, -1))
        fail(L, "%s must be a scalar tensor or { tensor, weight = 0.5 }", what);
    Node *term = as_scalar(L, tensor_at(L, -1), what);
    lua_pop(L, 1);
    if (weight == 1)
        return term;
    Node *factor = apply_op(L, &op_constant, &weight, model_loc(L), 0, NULL);
    return apply_binary(L, &op_mul, model_loc(L), term, factor);
}

static void set_loss(lua_State *L)
{
    Graph *g = session_of(L)->graph;
    Node *loss = NULL;
    if (!get(L, "loss"))
        fail(L, "missing 'loss': the scalar to be minimised, as in loss = cross_entropy(logits, "
                "label)");
    if (is_tensor(L, -1)) {
        loss = as_scalar(L, tensor_at(L, -1), "'loss'");
    } else if (lua_type(L, -1) == LUA_TTABLE) {
        int n = (int)lua_rawlen(L, -1);
        for (int i = 1; i <= n; i++) {
            lua_rawgeti(L, -1, i);
            Node *term = loss_term(L, i);
            loss = loss ? apply_binary(L, &op_add, model_loc(L), loss, term) : term;
            lua_pop(L, 1);
        }
    }
    if (!loss)
        fail(L, "'loss' must be a scalar tensor or a list of them, not %s", describe(L, -1));
    add_output(g, OUT_LOSS, "loss", loss, NULL);
}

static int compare_outputs(const void *a, const void *b)
{
    return strcmp(((const Output *)a)->name, ((const Output *)b)->name);
}

/* metrics = { accuracy = ... } or outputs = { probability = ... }, in the order of their names. */
static void set_outputs(lua_State *L, const char *key, OutputKind kind)
{
    Graph *g = session_of(L)->graph;
    int first = g->n_outputs;
    if (!get(L, key))
        return;
    if (lua_type(L, -1) != LUA_TTABLE)
        fail(L, "'%s' must be a table of named tensors, not %s", key, describe(L, -1));
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || !is_identifier(lua_tostring(L, -2)))
            fail(L,
                 "every tensor of '%s' needs a name of letters, digits and _, as in %s = { "
                 "accuracy = ... }",
                 key, key);
        const char *name = keep_string(L, -2);
        if (!is_tensor(L, -1))
            fail(L, "'%s' of '%s' must be a tensor, not %s", name, key, describe(L, -1));
        for (int i = 0; i < first; i++)
            if (!strcmp(g->outputs[i].name, name))
                fail(L, "'%s' of '%s': the name is taken by the %s", name, key,
                     g->outputs[i].kind == OUT_LOSS ? "loss" : "metric of that name");
        add_output(g, kind, name, tensor_at(L, -1), NULL);
    }
    if (g->n_outputs > first)
        qsort(g->outputs + first, (size_t)(g->n_outputs - first), sizeof(Output), compare_outputs);
    for (int i = first; kind == OUT_METRIC && i < g->n_outputs; i++)
        g->outputs[i].value = as_scalar(L, g->outputs[i].value,
                                        format_string(g->arena, "metric '%s'", g->outputs[i].name));
}

/* "last", or "best train|valid METRIC". */
static void set_keep(lua_State *L, Model *m)
{
    char order[8] = "", part[8] = "", metric[64] = "";
    int end = 0;
    m->keep = "last";
    if (!get(L, "keep"))
        return;
    if (lua_type(L, -1) != LUA_TSTRING)
        fail(L, "'keep' must be a string, not %s", describe(L, -1));
    m->keep = keep_string(L, -1);
    if (!strcmp(m->keep, "last"))
        return;
    bool parsed = sscanf(m->keep, "%7s %7s %63s%n", order, part, metric, &end) == 3 &&
                  !m->keep[end] && find_choice("best|lowest|highest", order) >= 0;
    if (!parsed || (strcmp(part, "train") && strcmp(part, "valid")))
        fail(L, "'keep' must be \"last\" or \"best valid METRIC\", not \"%s\"", m->keep);
    const Graph *g = session_of(L)->graph;
    const char *names[64];
    int n = 0;
    for (int i = 0; i < g->n_outputs && n < COUNT_OF(names); i++) {
        if (g->outputs[i].kind == OUT_TENSOR)
            continue;
        names[n++] = g->outputs[i].name;
        if (!strcmp(g->outputs[i].name, metric))
            return;
    }
    fail(L, "'keep' names '%s', which is not among the metrics%s", metric,
         did_you_mean(L, metric, names, n));
}

/* ---- model { ... } ---- */

static void set_training(lua_State *L, Model *m)
{
    Session *s = session_of(L);
    m->batch = s->batch;
    m->epochs = 10;
    if (get(L, "batch"))
        take_number(L, "'batch'", 1, MAX_BATCH, true);
    if (get(L, "epochs"))
        m->epochs = (int)take_number(L, "'epochs'", 1, MAX_EPOCHS, true);
    set_name(L, m);
    set_optimizer(L, m);
    set_schedule(L, m);
}

static int read_model(lua_State *L)
{
    Session *s = session_of(L);
    Model *m = s->model;
    if (lua_gettop(L) != 1 || lua_type(L, TABLE) != LUA_TTABLE)
        fail(L, "takes one table: model { loss = ..., batch = 100 }");
    if (s->dry) {
        if (get(L, "batch"))
            s->batch = (int)take_number(L, "'batch'", 1, MAX_BATCH, true);
        return 0;
    }
    if (m->graph)
        fail(L, "a file describes one model; this is the second");
    check_keys(L);
    set_training(L, m);
    set_loss(L);
    set_outputs(L, "metrics", OUT_METRIC);
    set_outputs(L, "outputs", OUT_TENSOR);
    set_keep(L, m);
    lua_settop(L, TABLE);
    give_names(L);
    m->graph = s->graph;
    *(Model **)lua_newuserdatauv(L, sizeof(Model *), 0) = m;
    luaL_setmetatable(L, "model");
    return 1;
}

void open_model(lua_State *L)
{
    luaL_newmetatable(L, "model");
    lua_pop(L, 1);
    set_function(L, "model", read_model, NULL);
}
