/*
 * dsl_scope: what happens to a name that is not there, and the C functions that dsl.lua builds the
 * model file's names with.
 */
#include "dsl_internal.h"

#include <lauxlib.h>
#include <string.h>

enum { PRINT_LIMIT = 1 << 20 };

/* ---- Names that are not there ---- */

static const char *const system_names[] = {
    "os", "io", "require", "package", "debug", "load", "loadstring", "loadfile", "dofile", "arg",
};
static const char *const left_out[] = {
    "collectgarbage", "pcall",  "xpcall", "coroutine", "getmetatable", "rawget", "rawset",
    "rawequal",       "rawlen", "utf8",   "_G",        "_VERSION",     "warn",   "bit32",
};

static bool is_among(const char *word, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(word, names[i]))
            return true;
    return false;
}

typedef struct Names {
    const char *name[512];
    int n;
} Names;

static void add_name(Names *names, const char *name)
{
    if (name && *name != '(' && names->n < COUNT_OF(names->name))
        names->name[names->n++] = name;
}

/* The string keys of the table at idx, smallest first so that suggestions do not depend on chance.
 */
static void add_keys(lua_State *L, Names *names, int idx)
{
    int first = names->n;
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING)
            add_name(names, lua_tostring(L, -2));
    for (int i = first; i < names->n; i++)
        for (int k = i; k > first && strcmp(names->name[k - 1], names->name[k]) > 0; k--) {
            const char *smaller = names->name[k];
            names->name[k] = names->name[k - 1];
            names->name[k - 1] = smaller;
        }
}

/* The variables that the innermost function of the model file sees. */
static void add_variables(lua_State *L, Names *names)
{
    lua_Debug frame;
    lua_getstack(L, 1, &frame);
    lua_getinfo(L, "f", &frame);
    const char *name;
    for (int i = 1; (name = lua_getlocal(L, &frame, i)); i++, lua_pop(L, 1))
        add_name(names, name);
    for (int i = 1; (name = lua_getupvalue(L, -1, i)); i++, lua_pop(L, 1))
        add_name(names, strcmp(name, "_ENV") ? name : NULL);
    lua_pop(L, 1);
}

/* __index of the model's globals (table, key): upvalue 1 holds the names of the language. */
int find_global(lua_State *L)
{
    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    const char *word = lua_tostring(L, 2);
    Session *s = session_of(L);
    if (s->find_extra && s->find_extra(L, word))
        return 1;
    Loc loc = model_loc(L);
    if (is_among(word, system_names, COUNT_OF(system_names)))
        error_at(loc, NULL, "%s is not available: model files cannot reach the system", word);
    if (is_among(word, left_out, COUNT_OF(left_out)))
        error_at(loc, NULL, "%s is not available in model files", word);
    Names names = {.n = 0};
    add_variables(L, &names);
    add_keys(L, &names, lua_upvalueindex(1));
    add_keys(L, &names, 1);
    const char *nearest = nearest_name(word, names.name, names.n);
    if (nearest)
        error_at(loc, NULL, "unknown name '%s', did you mean '%s'?", word, nearest);
    error_at(loc, NULL, "unknown name '%s'", word);
}

/* ---- What dsl.lua needs ---- */

static int print(lua_State *L)
{
    Session *s = session_of(L);
    if (s->dry)
        return 0;
    for (int i = 1; i <= lua_gettop(L); i++) {
        print_to(&s->printed, i > 1 ? "\t%s" : "%s", luaL_tolstring(L, i, NULL));
        lua_pop(L, 1);
    }
    print_to(&s->printed, "\n");
    if (s->printed.size > PRINT_LIMIT)
        error_at(model_loc(L), "print", "stopped after a million letters");
    return 0;
}

/* fail(op or nil, message) */
static int fail(lua_State *L)
{
    error_at(model_loc(L), lua_tostring(L, 1), "%s", luaL_checkstring(L, 2));
}

/* fail_key(op, key, the only key there is) */
static int fail_key(lua_State *L)
{
    const char *known = luaL_checkstring(L, 3), *key = luaL_tolstring(L, 2, NULL);
    error_at(model_loc(L), luaL_checkstring(L, 1), "unknown key '%s'%s", key,
             did_you_mean(L, key, &known, 1));
}

static int describe_value(lua_State *L)
{
    lua_pushstring(L, describe(L, 1));
    return 1;
}

/* type(value): "tensor" and "layer" beside Lua's own. */
static int type_of(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__name") != LUA_TSTRING)
        lua_pushstring(L, luaL_typename(L, 1));
    return 1;
}

/* check_label(op, value): complains unless the value can be part of a dotted name. */
static int check_label(lua_State *L)
{
    if (lua_type(L, 2) != LUA_TSTRING || !is_identifier(lua_tostring(L, 2)))
        error_at(model_loc(L), luaL_checkstring(L, 1),
                 "'name' must be letters, digits and _, not starting with a digit");
    return 0;
}

static int mark_sequential(lua_State *L)
{
    lua_setfield(L, LUA_REGISTRYINDEX, "sequential");
    return 0;
}

void set_function(lua_State *L, const char *name, lua_CFunction function, const void *row)
{
    lua_pushlightuserdata(L, (void *)row);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, name);
}

void push_toolbox(lua_State *L)
{
    static const luaL_Reg tools[] = {
        {"print", print},
        {"fail", fail},
        {"fail_key", fail_key},
        {"describe", describe_value},
        {"type", type_of},
        {"check_label", check_label},
        {"mark_sequential", mark_sequential},
        {NULL, NULL},
    };
    luaL_newlib(L, tools);
    lua_newtable(L);
    open_tensors(L);
    open_layers(L);
    open_data(L);
    open_model(L);
    lua_setfield(L, -2, "names");
}
