/*
 * dsl_names: dotted names. When model { ... } is called, the variables of the model file are still
 * there: a layer is named by the way that leads to it, through tables, sequentials and the
 * variables a function keeps: `local net = sequential { conv2d { ... } }` gives net.1 and
 * net.1.weight. The first way in the order of declaration counts. What no variable leads to is
 * numbered: conv2d_1.
 */
#include "dsl_internal.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 16 };

typedef struct Walk {
    lua_State *L;
    Session *session;
    int seen;  /* stack index of the table of values that were visited */
    int taken; /* stack index of the table of names given */
} Walk;

static void visit(Walk *w, const char *path, int depth);

/* ---- Names, each given once ---- */

static bool take_name(Walk *w, const char *name)
{
    bool is_free = lua_getfield(w->L, w->taken, name) == LUA_TNIL;
    lua_pop(w->L, 1);
    if (is_free) {
        lua_pushboolean(w->L, true);
        lua_setfield(w->L, w->taken, name);
    }
    return is_free;
}

/* The path, or path_2, path_3, ... where another variable of the same name came first. */
static const char *free_name(Walk *w, const char *path)
{
    const char *name = path;
    for (int i = 2; !take_name(w, name); i++)
        name = format_string(w->session->arena, "%s_%d", path, i);
    return name;
}

/* path with its last part replaced by the label that the author chose. */
static const char *relabel(Walk *w, const char *path, const char *label)
{
    const char *dot = path ? strrchr(path, '.') : NULL;
    int n = dot ? (int)(dot + 1 - path) : 0;
    return format_string(w->session->arena, "%.*s%s", n, path ? path : "", label);
}

static void name_layer(Walk *w, Layer *layer, const char *path)
{
    if (layer->path)
        return;
    if (!layer->label) {
        layer->path = free_name(w, path);
        return;
    }
    layer->path = relabel(w, path, layer->label);
    if (!take_name(w, layer->path))
        error_at(layer->loc, layer->op->name, "the name '%s' is already that of another layer",
                 layer->path);
}

static void name_tensor(Walk *w, Node *n, const char *path)
{
    if (n && !n->name)
        n->name = free_name(w, path);
}

/* ---- The walk; the value to look at is on top of the stack ---- */

static const char *join(Walk *w, const char *path, const char *part)
{
    Arena *arena = w->session->arena;
    return path ? format_string(arena, "%s.%s", path, part) : copy_string(arena, part);
}

/* False if the table or function on top was visited before. */
static bool is_new(Walk *w)
{
    lua_pushvalue(w->L, -1);
    bool seen = lua_rawget(w->L, w->seen) != LUA_TNIL;
    lua_pop(w->L, 1);
    if (!seen) {
        lua_pushvalue(w->L, -1);
        lua_pushboolean(w->L, true);
        lua_rawset(w->L, w->seen);
    }
    return !seen;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The identifiers among the keys of the table on top, in order. */
static const char **list_keys(Walk *w, int *count)
{
    int n = 0, room = 0;
    for (lua_pushnil(w->L); lua_next(w->L, -2); lua_pop(w->L, 1))
        room++;
    const char **keys = NEW_ARRAY(w->session->arena, const char *, room);
    for (lua_pushnil(w->L); lua_next(w->L, -2); lua_pop(w->L, 1))
        if (lua_type(w->L, -2) == LUA_TSTRING && is_identifier(lua_tostring(w->L, -2)))
            keys[n++] = keep_string(w->L, -2);
    if (n)
        qsort(keys, (size_t)n, sizeof *keys, compare_names);
    *count = n;
    return keys;
}

static void visit_table(Walk *w, const char *path, int depth)
{
    int n;
    const char **keys = list_keys(w, &n);
    for (int i = 1; lua_rawgeti(w->L, -1, i) != LUA_TNIL; i++) {
        visit(w, join(w, path, format_string(w->session->arena, "%d", i)), depth);
        lua_pop(w->L, 1);
    }
    lua_pop(w->L, 1);
    for (int i = 0; i < n; i++) {
        lua_pushstring(w->L, keys[i]);
        lua_rawget(w->L, -2);
        visit(w, join(w, path, keys[i]), depth);
        lua_pop(w->L, 1);
    }
}

/* A function is a block that keeps its layers in the variables around it. */
static void visit_function(Walk *w, const char *path, int depth)
{
    const char *name;
    if (lua_iscfunction(w->L, -1))
        return;
    for (int i = 1; (name = lua_getupvalue(w->L, -1, i)); i++) {
        if (strcmp(name, "_ENV"))
            visit(w, join(w, path, name), depth);
        lua_pop(w->L, 1);
    }
}

/* sequential { ..., name = "encoder" } takes the place of the last part of its path. */
static const char *sequential_path(Walk *w, const char *path)
{
    if (!lua_getmetatable(w->L, -1))
        return path;
    lua_getfield(w->L, LUA_REGISTRYINDEX, "sequential");
    bool is_sequential = lua_rawequal(w->L, -1, -2);
    lua_pop(w->L, 2);
    if (is_sequential && lua_getfield(w->L, -1, "name") == LUA_TSTRING)
        path = relabel(w, path, keep_string(w->L, -1));
    lua_pop(w->L, is_sequential);
    return path;
}

static void visit(Walk *w, const char *path, int depth)
{
    lua_State *L = w->L;
    Source *source = source_at(L, -1);
    if (depth > MAX_DEPTH || !lua_checkstack(L, 20))
        return;
    if (is_layer(L, -1))
        name_layer(w, layer_at(L, -1), path);
    else if (is_tensor(L, -1))
        name_tensor(w, tensor_at(L, -1), path);
    else if (source && !source->path)
        source->path = free_name(w, path);
    else if (lua_istable(L, -1) && is_new(w))
        visit_table(w, sequential_path(w, path), depth + 1);
    else if (lua_isfunction(L, -1) && is_new(w))
        visit_function(w, path, depth + 1);
}

/* Variables of the functions that are running, the main chunk first; then globals. */
static void visit_frames(Walk *w)
{
    lua_Debug frame;
    int level = 0;
    while (lua_getstack(w->L, level, &frame))
        level++;
    while (lua_getstack(w->L, --level, &frame) && level > 0) {
        const char *name;
        for (int i = 1; (name = lua_getlocal(w->L, &frame, i)); i++) {
            if (is_identifier(name))
                visit(w, join(w, NULL, name), 0);
            lua_pop(w->L, 1);
        }
        lua_getinfo(w->L, "f", &frame);
        visit(w, NULL, 0);
        lua_pop(w->L, 1);
    }
    lua_getfield(w->L, LUA_REGISTRYINDEX, "globals");
    visit_table(w, NULL, 0);
    lua_pop(w->L, 1);
}

/* ---- From layers to their nodes ---- */

static void name_rest(Walk *w)
{
    for (Layer *layer = w->session->layers; layer; layer = layer->next) {
        if (layer->path || !layer->results)
            continue;
        if (layer->label) {
            name_layer(w, layer, NULL);
            continue;
        }
        for (int i = 1; !layer->path; i++) {
            const char *name = format_string(w->session->arena, "%s_%d", layer->op->name, i);
            layer->path = take_name(w, name) ? name : NULL;
        }
    }
    for (Source *source = w->session->sources; source; source = source->next)
        if (!source->path)
            source->path = free_name(w, source->stream.dataset);
}

static void name_nodes(Walk *w)
{
    for (Layer *layer = w->session->layers; layer; layer = layer->next) {
        for (NodeList *r = layer->results; r; r = r->next)
            r->node->name = layer->path;
        for (int i = 0; layer->params && i < layer->op->n_params; i++)
            if (layer->params[i])
                layer->params[i]->name = join(w, layer->path, layer->op->params[i].name);
    }
    for (Source *source = w->session->sources; source; source = source->next)
        for (int i = 0; i < COUNT_OF(source->field); i++)
            if (source->field[i])
                source->field[i]->name = join(w, source->path, i ? "label" : "image");
}

void give_names(lua_State *L)
{
    int top = lua_gettop(L);
    lua_newtable(L);
    lua_newtable(L);
    Walk w = {L, session_of(L), top + 1, top + 2};
    visit_frames(&w);
    name_rest(&w);
    name_nodes(&w);
    lua_settop(L, top);
}
