/*
 * dsl_data: data sets (dataset.mnist { valid = 10000 }, then its fields .image and .label) and
 * optimisers (adam { lr = 1e-3 }), each from the rows of its table.
 */
#include "attrs.h"
#include "dsl_internal.h"

#include <lauxlib.h>
#include <string.h>

/* ---- Data sets ---- */

typedef struct DataRow {
    const char *name;
    int channels, height, width, classes; /* 0: as the model says */
} DataRow;

static const DataRow data_rows[] = {
#define DATASET(name, channels, height, width, classes, load, draw, doc)                           \
    {#name, channels, height, width, classes},
#include "data.def"
#undef DATASET
};

/* The first three are there for every set, the others for those whose images vary. */
enum { COMMON_ATTRS = 3 };
static const AttrDef stream_attrs[] = {
    ATTR(Stream, train, ATTR_INT, "0", 0, 1e9, "training images to use; 0 = all"),
    ATTR(Stream, valid, ATTR_INT, "-1", 0, 1e9, "training images to hold out for validation"),
    ATTR(Stream, normalize, ATTR_BOOL, "false", 0, 0, "subtract the mean, divide by the deviation"),
    ATTR(Stream, channels, ATTR_INT, "1", 1, 1024, "channels of an image"),
    ATTR(Stream, height, ATTR_INT, NULL, 1, 4096, "rows of an image"),
    ATTR(Stream, width, ATTR_INT, NULL, 1, 4096, "columns of an image"),
    ATTR(Stream, classes, ATTR_INT, NULL, 1, 65536, "number of different labels"),
};

static const char *const field_names[] = {"image", "label"};

Source *source_at(lua_State *L, int idx)
{
    Source **source = luaL_testudata(L, idx, "data set");
    return source ? *source : NULL;
}

/* dataset.mnist { ... }; upvalue 1 is the row. */
static int make_source(lua_State *L)
{
    Session *s = session_of(L);
    const DataRow *row = lua_touserdata(L, lua_upvalueindex(1));
    int n = row->height ? COMMON_ATTRS : COUNT_OF(stream_attrs);
    Binding b = start_binding(L, row->name, stream_attrs, n, sizeof(Stream));
    if (lua_gettop(L) > 1 || (lua_gettop(L) == 1 && lua_type(L, 1) != LUA_TTABLE))
        error_at(b.loc, row->name, "takes one table of keys: dataset.%s { valid = 10000 }",
                 row->name);
    if (lua_gettop(L) == 1)
        bind_table(L, &b, 1, 1);
    finish_binding(&b);
    Source *source = NEW(s->arena, Source);
    source->stream = *(Stream *)b.attrs;
    source->stream.dataset = row->name;
    source->stream.loc = b.loc;
    source->index = -1;
    if (row->height) {
        source->stream.channels = row->channels;
        source->stream.height = row->height;
        source->stream.width = row->width;
        source->stream.classes = row->classes;
    }
    *s->last_source = source;
    s->last_source = &source->next;
    *(Source **)lua_newuserdatauv(L, sizeof(Source *), 0) = source;
    luaL_setmetatable(L, "data set");
    return 1;
}

/* Streams are numbered as they come into use. */
static void open_stream(lua_State *L, Source *source)
{
    Model *m = session_of(L)->model;
    if (source->index >= 0)
        return;
    if (m->n_streams == MAX_STREAMS)
        error_at(source->stream.loc, source->stream.dataset, "a model reads at most %d data sets",
                 MAX_STREAMS);
    source->index = m->n_streams++;
    m->streams[source->index] = source->stream;
}

static Node *make_input(lua_State *L, Source *source, int field)
{
    Session *s = session_of(L);
    const Stream *d = &source->stream;
    if (s->dry)
        return NULL;
    open_stream(L, source);
    Input in = {source->index, field_names[field],
                field ? shape_of(1, s->batch)
                      : shape_of(4, s->batch, d->channels, d->height, d->width)};
    return apply_op(L, &op_input, &in, d->loc, 0, NULL);
}

static int index_source(lua_State *L)
{
    Source *source = source_at(L, 1);
    const char *key = luaL_tolstring(L, 2, NULL);
    for (int i = 0; i < COUNT_OF(field_names); i++) {
        if (strcmp(key, field_names[i]))
            continue;
        if (!source->field[i])
            source->field[i] = make_input(L, source, i);
        push_tensor(L, source->field[i]);
        return 1;
    }
    error_at(model_loc(L), NULL, "%s has no field '%s', did you mean '%s'?", source->stream.dataset,
             key, field_names[*key == 'l' || *key == 't' || *key == 'y']);
}

static int fail_dataset(lua_State *L)
{
    const char *names[COUNT_OF(data_rows)], *key = luaL_tolstring(L, 2, NULL);
    Buffer all = {0};
    for (int i = 0; i < COUNT_OF(data_rows); i++) {
        names[i] = data_rows[i].name;
        print_to(&all, i ? ", %s" : "%s", names[i]);
    }
    const char *list = copy_string(session_of(L)->arena, all.text);
    free_buffer(&all);
    const char *nearest = did_you_mean(L, key, names, COUNT_OF(names));
    if (*nearest)
        error_at(model_loc(L), "dataset", "there is no data set '%s'%s", key, nearest);
    error_at(model_loc(L), "dataset", "there is no data set '%s'; there are: %s", key, list);
}

static int fail_dataset_call(lua_State *L)
{
    error_at(model_loc(L), "dataset", "say which one: dataset.mnist { ... }");
}

static void open_datasets(lua_State *L)
{
    static const luaL_Reg events[] = {
        {"__index", fail_dataset}, {"__call", fail_dataset_call}, {NULL, NULL}};
    lua_newtable(L);
    for (int i = 0; i < COUNT_OF(data_rows); i++)
        set_function(L, data_rows[i].name, make_source, &data_rows[i]);
    luaL_newlib(L, events);
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "dataset");
    luaL_newmetatable(L, "data set");
    set_function(L, "__index", index_source, NULL);
    lua_pop(L, 1);
}

/* ---- Optimisers ---- */

Optimizer *optimizer_at(lua_State *L, int idx)
{
    return luaL_testudata(L, idx, "optimizer");
}

/* adam { lr = 1e-3 }; upvalue 1 is the row. */
static int make_optimizer(lua_State *L)
{
    const OptimDef *def = lua_touserdata(L, lua_upvalueindex(1));
    Binding b = start_binding(L, def->name, def->attrs, def->n_attrs, def->attrs_size);
    if (lua_gettop(L) > 1 || (lua_gettop(L) == 1 && lua_type(L, 1) != LUA_TTABLE))
        error_at(b.loc, def->name, "takes one table of keys: %s { lr = 0.01 }", def->name);
    if (lua_gettop(L) == 1)
        bind_table(L, &b, 1, 1);
    finish_binding(&b);
    Optimizer *o = lua_newuserdatauv(L, sizeof *o, 0);
    *o = (Optimizer){def, b.attrs};
    luaL_setmetatable(L, "optimizer");
    return 1;
}

void open_data(lua_State *L)
{
    open_datasets(L);
    for (int i = 0; i < optim_count; i++)
        set_function(L, optim_table[i]->name, make_optimizer, optim_table[i]);
    luaL_newmetatable(L, "optimizer");
    lua_pop(L, 1);
}
