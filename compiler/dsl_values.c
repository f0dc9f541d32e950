/*
 * dsl_values: one Lua value as one attribute, and what is said when it does not fit: wrong type,
 * out of range, not whole.
 */
#include "dsl_internal.h"
#include "pg.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

/* ---- Words for messages ---- */

const char *describe(lua_State *L, int idx)
{
    static const char *const words[] = {
        [LUA_TNIL] = "nil",
        [LUA_TBOOLEAN] = "a boolean",
        [LUA_TNUMBER] = "a number",
        [LUA_TSTRING] = "a string",
        [LUA_TTABLE] = "a table",
        [LUA_TFUNCTION] = "a function",
        [LUA_TTHREAD] = "a coroutine",
        [LUA_TUSERDATA] = "an object",
        [LUA_TLIGHTUSERDATA] = "a pointer",
    };
    int type = lua_type(L, idx);
    if (type == LUA_TNONE)
        return "nothing";
    if (type < LUA_TTABLE || luaL_getmetafield(L, idx, "__name") == LUA_TNIL)
        return words[type];
    const char *name = lua_tostring(L, -1);
    name = format_string(session_of(L)->arena, strchr("aeiou", *name) ? "an %s" : "a %s", name);
    lua_pop(L, 1);
    return name;
}

const char *did_you_mean(lua_State *L, const char *word, const char *const *names, int n)
{
    const char *nearest = nearest_name(word, names, n);
    return nearest ? format_string(session_of(L)->arena, ", did you mean '%s'?", nearest) : "";
}

const char *keep_string(lua_State *L, int idx)
{
    return copy_string(session_of(L)->arena, lua_tostring(L, idx));
}

static const char *quoted_choices(lua_State *L, const char *choices)
{
    Buffer b = {0};
    for (const char *c = choices; *c; c += strcspn(c, "|"), c += *c == '|') {
        int n = (int)strcspn(c, "|");
        print_to(&b, "%s\"%.*s\"", c == choices ? "" : c[n] ? ", " : " or ", n, c);
    }
    char *text = copy_string(session_of(L)->arena, b.text);
    free_buffer(&b);
    return text;
}

static const char *wanted(lua_State *L, const AttrDef *def)
{
    switch (def->kind) {
    case ATTR_INT:
        return "a whole number";
    case ATTR_REAL:
        return "a number";
    case ATTR_BOOL:
        return "true or false";
    case ATTR_PAIR:
        return "a number or {h, w}";
    case ATTR_SHAPE:
        return "a list of at most four sizes, {n, c, h, w}";
    case ATTR_AXES:
        return "\"all\", an axis, or a list of axes, counted from 0";
    case ATTR_CHOICE:
        return quoted_choices(L, def->choices);
    case ATTR_TEXT:
        return "a string";
    case ATTR_INIT:
        return "\"zeros\", \"he_normal\", \"he_uniform\", \"xavier_normal\", \"xavier_uniform\", a "
               "number, {\"uniform\", from, to} or {\"normal\", mean, deviation}";
    }
    return "";
}

/* ---- Complaints ---- */

static _Noreturn void fail_type(lua_State *L, const Binding *b, const AttrDef *def, int idx)
{
    const char *got =
        lua_type(L, idx) == LUA_TSTRING
            ? format_string(session_of(L)->arena, "the string \"%.40s\"", lua_tostring(L, idx))
            : describe(L, idx);
    error_at(b->loc, b->what, "'%s' must be %s, not %s", def->name, wanted(L, def), got);
}

/*
 * A bound a hair below or above a whole number stands for that number, itself left out: 0.9999999
 * is "less than 1".
 */
static bool is_open(double bound)
{
    double whole = round(bound);
    return bound != whole && fabs(bound - whole) < 1e-4;
}

static void check_range(const Binding *b, const AttrDef *def, double value)
{
    if (def->min == def->max || (value >= def->min && value <= def->max))
        return;
    double low = is_open(def->min) ? round(def->min) : def->min;
    double high = is_open(def->max) ? round(def->max) : def->max;
    const char *from = low == def->min ? "at least" : "more than";
    const char *to = high == def->max ? "at most" : "less than";
    if (def->max >= 1e6)
        error_at(b->loc, b->what, "'%s' must be %s %.10g, not %.10g", def->name,
                 value > high ? to : from, value > high ? high : low, value);
    if (low == def->min && high == def->max)
        error_at(b->loc, b->what, "'%s' must be between %.10g and %.10g, not %.10g", def->name, low,
                 high, value);
    error_at(b->loc, b->what, "'%s' must be %s %.10g and %s %.10g, not %.10g", def->name, from, low,
             to, high, value);
}

/* ---- One value: from the top of the stack, or anywhere, into its field ---- */

static double read_number(lua_State *L, const Binding *b, const AttrDef *def, int idx,
                          int whole_idx)
{
    if (lua_type(L, idx) != LUA_TNUMBER)
        fail_type(L, b, def, whole_idx);
    double value = lua_tonumber(L, idx);
    if (!isfinite(value))
        error_at(b->loc, b->what, "'%s' must be a finite number, not %g", def->name, value);
    return value;
}

static int read_whole(lua_State *L, const Binding *b, const AttrDef *def, int idx, int whole_idx)
{
    double value = read_number(L, b, def, idx, whole_idx);
    if (value != floor(value))
        error_at(b->loc, b->what, "'%s' must be whole, not %.10g", def->name, value);
    if (fabs(value) > INT32_MAX)
        error_at(b->loc, b->what, "'%s' is too large: %.10g", def->name, value);
    check_range(b, def, value);
    return (int)value;
}

/* The numbers of the list at idx; returns how many. */
static int read_list(lua_State *L, const Binding *b, const AttrDef *def, int idx, int *value,
                     int most)
{
    int n = (int)lua_rawlen(L, idx), keys = 0;
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1))
        keys++;
    if (n > most || keys != n)
        error_at(b->loc, b->what, "'%s' must be %s", def->name, wanted(L, def));
    for (int i = 0; i < n; i++) {
        lua_rawgeti(L, idx, i + 1);
        value[i] = read_whole(L, b, def, -1, idx);
        lua_pop(L, 1);
    }
    return n;
}

static void set_pair(lua_State *L, const Binding *b, const AttrDef *def, int idx, Pair *pair)
{
    int v[2];
    if (lua_istable(L, idx)) {
        if (read_list(L, b, def, idx, v, 2) != 2)
            error_at(b->loc, b->what, "'%s' must be %s", def->name, wanted(L, def));
        *pair = (Pair){v[0], v[1]};
    } else {
        v[0] = read_whole(L, b, def, idx, idx);
        *pair = (Pair){v[0], v[0]};
    }
}

static void set_shape(lua_State *L, const Binding *b, const AttrDef *def, int idx, Shape *shape)
{
    *shape = (Shape){0};
    if (lua_istable(L, idx)) {
        shape->rank = read_list(L, b, def, idx, shape->dim, MAX_RANK);
    } else {
        shape->rank = 1;
        shape->dim[0] = read_whole(L, b, def, idx, idx);
    }
}

static void set_axes(lua_State *L, const Binding *b, const AttrDef *def, int idx)
{
    int list[MAX_RANK], n = 1, axes = 0;
    if (lua_type(L, idx) == LUA_TSTRING) {
        if (!parse_attr(session_of(L)->arena, def, b->attrs, lua_tostring(L, idx)))
            fail_type(L, b, def, idx);
        return;
    }
    if (lua_istable(L, idx))
        n = read_list(L, b, def, idx, list, MAX_RANK);
    else
        list[0] = read_whole(L, b, def, idx, idx);
    for (int i = 0; i < n; i++) {
        if (list[i] < 0 || list[i] >= MAX_RANK)
            error_at(b->loc, b->what, "'%s': there is no axis %d; axes count from 0 to %d",
                     def->name, list[i], MAX_RANK - 1);
        axes |= 1 << list[i];
    }
    if (n == 0)
        error_at(b->loc, b->what, "'%s' is an empty list", def->name);
    *(int *)((char *)b->attrs + def->offset) = axes;
}

static void set_choice(lua_State *L, const Binding *b, const AttrDef *def, int idx, int *choice)
{
    if (lua_type(L, idx) != LUA_TSTRING)
        fail_type(L, b, def, idx);
    *choice = find_choice(def->choices, lua_tostring(L, idx));
    if (*choice < 0)
        fail_type(L, b, def, idx);
}

/* {"uniform", from, to}, {"normal", mean, deviation}, {"constant", value} or {"he_normal"} */
static void set_init_list(lua_State *L, const Binding *b, const AttrDef *def, int idx, Init *init)
{
    lua_rawgeti(L, idx, 1);
    const char *word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    int kind = find_choice("constant|uniform|normal", word);
    int n = kind < 0 ? 0 : kind == PG_INIT_CONSTANT ? 1 : 2;
    if (kind < 0 || (int)lua_rawlen(L, idx) != n + 1)
        error_at(b->loc, b->what, "'%s' must be %s", def->name, wanted(L, def));
    double value[2] = {0};
    for (int i = 0; i < n; i++) {
        lua_rawgeti(L, idx, i + 2);
        value[i] = read_number(L, b, def, -1, idx);
        lua_pop(L, 1);
    }
    *init = (Init){kind, value[0], value[1]};
    if (kind == PG_INIT_UNIFORM && value[0] >= value[1])
        error_at(b->loc, b->what, "'%s': the range from %g to %g is empty", def->name, value[0],
                 value[1]);
    if (kind == PG_INIT_NORMAL && value[1] < 0)
        error_at(b->loc, b->what, "'%s': the deviation %g is negative", def->name, value[1]);
    lua_pop(L, 1);
}

static void set_init(lua_State *L, const Binding *b, const AttrDef *def, int idx, Init *init)
{
    static const char *const plain[] = {"he_normal", "he_uniform", "xavier_normal",
                                        "xavier_uniform", "zeros"};
    if (lua_type(L, idx) == LUA_TNUMBER) {
        *init = (Init){PG_INIT_CONSTANT, read_number(L, b, def, idx, idx), 0};
        return;
    }
    if (lua_istable(L, idx)) {
        set_init_list(L, b, def, idx, init);
        return;
    }
    if (lua_type(L, idx) != LUA_TSTRING)
        fail_type(L, b, def, idx);
    for (int i = 0; i < COUNT_OF(plain); i++)
        if (!strcmp(lua_tostring(L, idx), plain[i])) {
            parse_attr(session_of(L)->arena, def, b->attrs, plain[i]);
            return;
        }
    fail_type(L, b, def, idx);
}

void set_attr(lua_State *L, Binding *b, const AttrDef *def, int idx)
{
    void *field = (char *)b->attrs + def->offset;
    idx = lua_absindex(L, idx);
    b->given |= 1ul << (def - b->defs);
    switch (def->kind) {
    case ATTR_INT:
        *(int *)field = read_whole(L, b, def, idx, idx);
        break;
    case ATTR_REAL:
        *(double *)field = read_number(L, b, def, idx, idx);
        check_range(b, def, *(double *)field);
        break;
    case ATTR_BOOL:
        if (!lua_isboolean(L, idx))
            fail_type(L, b, def, idx);
        *(bool *)field = lua_toboolean(L, idx);
        break;
    case ATTR_PAIR:
        set_pair(L, b, def, idx, field);
        break;
    case ATTR_SHAPE:
        set_shape(L, b, def, idx, field);
        break;
    case ATTR_AXES:
        set_axes(L, b, def, idx);
        break;
    case ATTR_CHOICE:
        set_choice(L, b, def, idx, field);
        break;
    case ATTR_TEXT:
        if (lua_type(L, idx) != LUA_TSTRING)
            fail_type(L, b, def, idx);
        *(const char **)field = keep_string(L, idx);
        break;
    case ATTR_INIT:
        set_init(L, b, def, idx, field);
        break;
    }
}
