/*
 * dsl_attrs: the binder. One place turns Lua tables into the attribute structs of operators, data
 * sets and optimisers, and one place complains: unknown key, missing key, too many values. Single
 * values are taken by dsl_values.c.
 */
#include "dsl_internal.h"

#include <lauxlib.h>
#include <string.h>

/* Passes set hidden attributes, authors cannot. */
static bool is_hidden(const AttrDef *def)
{
    return !def->doc || (def->fallback && !*def->fallback);
}

static const AttrDef *find_attr(const Binding *b, const char *name)
{
    for (int i = 0; i < b->n; i++)
        if (!strcmp(b->defs[i].name, name) && !is_hidden(&b->defs[i]))
            return &b->defs[i];
    return NULL;
}

static _Noreturn void fail_unknown(lua_State *L, const Binding *b, const char *key)
{
    const char *names[64];
    int n = 0;
    Buffer all = {0};
    print_to(&all, "%s", "");
    for (int i = 0; i < b->n && n < COUNT_OF(names) - 1; i++)
        if (!is_hidden(&b->defs[i])) {
            print_to(&all, n ? ", %s" : "%s", b->defs[i].name);
            names[n++] = b->defs[i].name;
        }
    const char *known = copy_string(session_of(L)->arena, n ? all.text : "none");
    free_buffer(&all);
    if (b->takes_label)
        names[n++] = "name";
    const char *nearest = nearest_name(key, names, n);
    if (nearest)
        error_at(b->loc, b->what, "unknown key '%s', did you mean '%s'?", key, nearest);
    error_at(b->loc, b->what, "unknown key '%s'; its keys are: %s", key, known);
}

/* ---- A whole table ---- */

Binding start_binding(lua_State *L, const char *what, const AttrDef *defs, int n, size_t size)
{
    Arena *arena = session_of(L)->arena;
    Binding b = {what, model_loc(L), defs, n, arena_alloc(arena, size), NULL, false, 0};
    for (int i = 0; i < n; i++)
        if (defs[i].fallback && *defs[i].fallback &&
            !parse_attr(arena, &defs[i], b.attrs, defs[i].fallback))
            bug("%s: default of '%s' does not parse: %s", what, defs[i].name, defs[i].fallback);
    return b;
}

/* The first positional attribute that was not given yet. */
static const AttrDef *next_positional(const Binding *b)
{
    Buffer all = {0};
    const char *separator = "";
    for (int i = 0; i < b->n; i++) {
        if (!b->defs[i].positional || is_hidden(&b->defs[i]))
            continue;
        if (!(b->given >> i & 1)) {
            free_buffer(&all);
            return &b->defs[i];
        }
        print_to(&all, "%s'%s'", separator, b->defs[i].name);
        separator = " and ";
    }
    char names[200] = "";
    strncat(names, all.size ? all.text : "", sizeof names - 1);
    free_buffer(&all);
    if (*names)
        error_at(b->loc, b->what, "too many values: only %s may stand without a key", names);
    error_at(b->loc, b->what, "every value needs its key here, as in key = value");
}

void bind_positional(lua_State *L, Binding *b, int idx)
{
    set_attr(L, b, next_positional(b), idx);
}

/* x:reshape { 100, 12 }: the rest of a list as one value, where a list is what is wanted. */
static bool bind_rest(lua_State *L, Binding *b, const AttrDef *def, int idx, int from, int n)
{
    lua_rawgeti(L, idx, from);
    bool number = lua_type(L, -1) == LUA_TNUMBER;
    lua_pop(L, 1);
    if (!number || (def->kind != ATTR_SHAPE && def->kind != ATTR_AXES))
        return false;
    lua_createtable(L, n - from + 1, 0);
    for (int i = from; i <= n; i++) {
        lua_rawgeti(L, idx, i);
        lua_rawseti(L, -2, i - from + 1);
    }
    set_attr(L, b, def, -1);
    lua_pop(L, 1);
    return true;
}

static void bind_list(lua_State *L, Binding *b, int idx, int first, int n)
{
    for (int i = first; i <= n; i++) {
        const AttrDef *def = next_positional(b);
        if (bind_rest(L, b, def, idx, i, n))
            return;
        lua_rawgeti(L, idx, i);
        set_attr(L, b, def, -1);
        lua_pop(L, 1);
    }
}

/* Complains about the first of the keys that are neither in the list nor known. */
static void check_keys(lua_State *L, Binding *b, int idx, int n)
{
    const char *unknown = NULL;
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
        if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= n)
            continue;
        lua_pushvalue(L, -2);
        const char *key = copy_string(session_of(L)->arena, luaL_tolstring(L, -1, NULL));
        bool known = lua_type(L, -4) == LUA_TSTRING &&
                     (find_attr(b, key) || (b->takes_label && !strcmp(key, "name")));
        lua_pop(L, 2);
        if (!known && (!unknown || strcmp(key, unknown) < 0))
            unknown = key;
    }
    if (unknown)
        fail_unknown(L, b, unknown);
}

static void bind_label(lua_State *L, Binding *b)
{
    if (lua_type(L, -1) != LUA_TSTRING || !is_identifier(lua_tostring(L, -1)))
        error_at(b->loc, b->what,
                 "'name' must be letters, digits and _, not starting with a digit");
    b->label = keep_string(L, -1);
}

void bind_table(lua_State *L, Binding *b, int idx, int first)
{
    idx = lua_absindex(L, idx);
    int n = (int)lua_rawlen(L, idx);
    check_keys(L, b, idx, n);
    bind_list(L, b, idx, first, n);
    for (int i = 0; i < b->n; i++) {
        lua_pushstring(L, b->defs[i].name);
        if (lua_rawget(L, idx) != LUA_TNIL) {
            if (b->given >> i & 1)
                error_at(b->loc, b->what, "'%s' is given twice", b->defs[i].name);
            set_attr(L, b, &b->defs[i], -1);
        }
        lua_pop(L, 1);
    }
    lua_pushstring(L, "name");
    if (b->takes_label && lua_rawget(L, idx) != LUA_TNIL)
        bind_label(L, b);
    lua_pop(L, 1);
}

void finish_binding(const Binding *b)
{
    for (int i = 0; i < b->n; i++)
        if (!b->defs[i].fallback && !(b->given >> i & 1))
            error_at(b->loc, b->what, "missing '%s': %s", b->defs[i].name,
                     b->defs[i].doc ? b->defs[i].doc : "");
}
