/*
 * dsl_layers: layers as Lua values. Making one only remembers the operator, its attributes and the
 * line. Applying it adds a node; the first application makes the parameters, later ones share them.
 */
#include "attrs.h"
#include "dsl_internal.h"

#include <lauxlib.h>
#include <string.h>

bool is_layer(lua_State *L, int idx)
{
    return luaL_testudata(L, idx, "layer");
}

Layer *layer_at(lua_State *L, int idx)
{
    return *(Layer **)luaL_checkudata(L, idx, "layer");
}

int make_layer(lua_State *L, const OpDef *op, Binding *b)
{
    Session *s = session_of(L);
    Layer *layer = NEW(s->arena, Layer);
    layer->op = op;
    layer->attrs = b->attrs;
    layer->loc = b->loc;
    layer->label = b->label;
    *s->last_layer = layer;
    s->last_layer = &layer->next;
    *(Layer **)lua_newuserdatauv(L, sizeof(Layer *), 0) = layer;
    luaL_setmetatable(L, "layer");
    return 1;
}

/* ---- Applying ---- */

static Node *make_parameter(Session *s, const Node *n, const ParamDef *def, Shape shape)
{
    Parameter p = {shape, def->init(n), def->trained, 1, 1};
    if (def->fans)
        def->fans(n, &p.fan_in, &p.fan_out);
    s->graph->current = &(Node){.loc = n->loc};
    Node *result = add_node(s->graph, &op_parameter, &p, 0, NULL);
    s->graph->current = NULL;
    return result;
}

/* `probe` is the node to be, with its tensors but without parameters. */
static void make_parameters(Session *s, Layer *layer, const Node *probe)
{
    layer->params = NEW_ARRAY(s->arena, Node *, layer->op->n_params);
    layer->first_input = probe->in[0]->shape;
    for (int i = 0; i < layer->op->n_params; i++) {
        const ParamDef *def = &layer->op->params[i];
        Shape shape = def->shape(probe);
        if (shape.rank >= 0)
            layer->params[i] = make_parameter(s, probe, def, shape);
    }
}

/* A second application must need parameters of the shapes that the first one made. */
static void check_parameters(lua_State *L, const Layer *layer, const Node *probe)
{
    Arena *arena = session_of(L)->arena;
    for (int i = 0; i < layer->op->n_params; i++) {
        const ParamDef *def = &layer->op->params[i];
        const Node *p = layer->params[i];
        if (p && !same_shape(def->shape(probe), p->shape))
            error_at(model_loc(L), layer->op->name,
                     "this layer was first applied to %s; its %s is %s and does not fit %s",
                     shape_text(arena, layer->first_input), def->name, shape_text(arena, p->shape),
                     shape_text(arena, probe->in[0]->shape));
    }
}

static Node *apply_layer(lua_State *L, Layer *layer, int n, Node **in)
{
    Session *s = session_of(L);
    if (s->dry)
        return NULL;
    Node probe = {.op = layer->op, .attrs = layer->attrs, .in = in, .n_in = n, .loc = layer->loc};
    if (layer->op->n_params && !layer->params)
        make_parameters(s, layer, &probe);
    else if (layer->params)
        check_parameters(L, layer, &probe);
    for (int i = 0; i < layer->op->n_params; i++)
        if (layer->params[i])
            in[n++] = layer->params[i];
    Node *result = apply_op(L, layer->op, layer->attrs, layer->loc, n, in);
    NodeList *item = NEW(s->arena, NodeList);
    *item = (NodeList){result, layer->results};
    layer->results = item;
    return result;
}

static int call_layer(lua_State *L)
{
    Node *in[MAX_INPUTS + 8];
    Layer *layer = layer_at(L, 1);
    int n = lua_gettop(L) - 1;
    for (int i = 0; i < n && i < MAX_INPUTS; i++) {
        if (!is_tensor(L, i + 2))
            error_at(model_loc(L), layer->op->name, "apply the layer to a tensor, not %s%s",
                     describe(L, i + 2),
                     source_at(L, i + 2) ? "; the set's images are its field .image" : "");
        in[i] = tensor_at(L, i + 2);
    }
    check_arity(layer->op, model_loc(L), n);
    push_tensor(L, apply_layer(L, layer, n, in));
    return 1;
}

/* ---- layer.weight ---- */

static int index_layer(lua_State *L)
{
    Session *s = session_of(L);
    const Layer *layer = layer_at(L, 1);
    const char *key = luaL_tolstring(L, 2, NULL), *names[8];
    int n = MIN(layer->op->n_params, COUNT_OF(names));
    for (int i = 0; i < n; i++) {
        names[i] = layer->op->params[i].name;
        if (strcmp(key, names[i]))
            continue;
        if (!s->dry && !layer->params)
            error_at(model_loc(L), layer->op->name,
                     "'%s' is there only after the layer was applied to a tensor", key);
        if (!s->dry && !layer->params[i])
            error_at(model_loc(L), layer->op->name, "this layer has no '%s'", key);
        push_tensor(L, s->dry ? NULL : layer->params[i]);
        return 1;
    }
    error_at(model_loc(L), layer->op->name, "a layer has no field '%s'%s", key,
             did_you_mean(L, key, names, n));
}

static int print_layer(lua_State *L)
{
    const Layer *layer = layer_at(L, 1);
    lua_pushfstring(L, "layer %s, line %d", layer->op->name, layer->loc.line);
    return 1;
}

void open_layers(lua_State *L)
{
    static const luaL_Reg events[] = {{"__call", call_layer},
                                      {"__index", index_layer},
                                      {"__tostring", print_layer},
                                      {NULL, NULL}};
    luaL_newmetatable(L, "layer");
    luaL_setfuncs(L, events, 0);
    lua_pop(L, 1);
}
