/*
 * dsl: load_model() and load_expression(). The other files of the DSL are listed in dsl_internal.h.
 *
 * Shapes need the batch, but model { batch = ... } comes last in the file, so that the file is run
 * twice: first dry, with tensors that stand for nothing, only to find the batch. Mistakes are left
 * to the second run.
 */
#include "dsl.h"
#include "attrs.h"
#include "build.h"
#include "dsl_internal.h"

#include "pg.h"
#include <ctype.h>
#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_BATCH = 100, FILE_LIMIT = 1 << 24 };

/* ---- Reading the file ---- */

static char *read_file(Arena *arena, const char *path, size_t *size)
{
    Loc loc = {path, 0};
    FILE *file = fopen(path, "rb");
    if (!file)
        error_at(loc, NULL, "cannot read the model file: %s", strerror(errno));
    size_t room = 1 << 16;
    char *text = arena_alloc(arena, room);
    *size = 0;
    for (size_t n; (n = fread(text + *size, 1, room - *size - 1, file)) > 0;) {
        *size += n;
        if (*size < room - 1)
            continue;
        char *longer = arena_alloc(arena, 2 * room);
        text = memcpy(longer, text, *size);
        room *= 2;
        if (room > FILE_LIMIT)
            break;
    }
    bool failed = ferror(file);
    int reason = errno;
    fclose(file);
    if (failed)
        error_at(loc, NULL, "cannot read the model file: %s", strerror(reason));
    if (room > FILE_LIMIT)
        error_at(loc, NULL, "this is too long to be a model file");
    text[*size] = '\0';
    return text;
}

/* ---- Running it ---- */

static Session *new_session(Arena *arena, const char *file, int batch, bool dry)
{
    Session *s = NEW(arena, Session);
    s->arena = arena;
    s->file = file;
    s->batch = batch;
    s->dry = dry;
    s->graph = new_graph(arena, TRAIN, batch);
    s->model = NEW(arena, Model);
    s->model->file = file;
    s->last_layer = &s->layers;
    s->last_source = &s->sources;
    return s;
}

/* Runs the text; false and a message if it has a mistake. The state is closed either way. */
static bool run_text(Session *s, const char *text, size_t size, void (*use_result)(Session *),
                     CatchPoint *point)
{
    push_catch(point);
    if (setjmp(point->jump)) {
        close_sandbox(s);
        return false;
    }
    run_sandboxed(s, text, size);
    use_result(s);
    pop_catch(point);
    close_sandbox(s);
    return true;
}

static void run_or_fail(Session *s, const char *text, size_t size, void (*use_result)(Session *))
{
    CatchPoint point;
    if (!run_text(s, text, size, use_result, &point))
        error_at((Loc){0}, NULL, "%s", point.message);
}

/* ---- The batch ---- */

/* The number after the last "batch =" in the text, or 0: for files that do not even run dry. */
static int spell_out_batch(const char *text)
{
    int batch = 0;
    for (const char *at = text; (at = strstr(at, "batch")); at++) {
        const char *c = at + strlen("batch");
        c += strspn(c, " \t");
        if (*c == '=' && isdigit((unsigned char)c[1 + strspn(c + 1, " \t")]))
            batch = (int)MIN(strtol(c + 1, NULL, 10), 1 << 16);
    }
    return batch;
}

static void ignore_result(Session *s)
{
    (void)s;
}

static int find_batch(Arena *arena, const char *path, const char *text, size_t size)
{
    CatchPoint point;
    Session *dry = new_session(arena, path, 0, true);
    bool ran = run_text(dry, text, size, ignore_result, &point);
    int batch = dry->batch ? dry->batch : ran ? 0 : spell_out_batch(text);
    return batch ? batch : DEFAULT_BATCH;
}

/* ---- load_model ---- */

static void check_result(Session *s)
{
    lua_State *L = s->L;
    Loc loc = {s->file, 0};
    if (lua_isnil(L, -1))
        error_at(loc, NULL, "the file returned nothing; end it with `return model { ... }`");
    if (!luaL_testudata(L, -1, "model"))
        error_at(loc, NULL, "the file returned %s; end it with `return model { ... }`",
                 describe(L, -1));
}

Model *load_model(Arena *arena, const char *path, int batch)
{
    size_t size;
    const char *text = read_file(arena, path, &size);
    path = copy_string(arena, path);
    if (batch <= 0)
        batch = find_batch(arena, path, text, size);
    Session *s = new_session(arena, path, batch, false);
    run_or_fail(s, text, size, check_result);
    return s->model;
}

/* ---- load_expression ---- */

static void push_parameter(Session *s, const char *name, Shape shape)
{
    Parameter p = {shape, {PG_INIT_NORMAL, 0, 1}, true, 1, 1};
    Node *n = apply_op(s->L, &op_parameter, &p, (Loc){s->file, 1}, 0, NULL);
    n->name = name;
    push_tensor(s->L, n);
}

/* x, v, w and label come into being when the expression names them; globals keep them. */
static bool find_example_input(lua_State *L, const char *name)
{
    Session *s = session_of(L);
    Input label = {0, "label", shape_of(1, s->batch)};
    if (!strcmp(name, "x"))
        push_parameter(s, "x", shape_of(4, 3, 2, 6, 5));
    else if (!strcmp(name, "v"))
        push_parameter(s, "v", shape_of(2, 3, 4));
    else if (!strcmp(name, "w"))
        push_parameter(s, "w", shape_of(2, 3, 4));
    else if (!strcmp(name, "label"))
        push_tensor(L, apply_op(L, &op_input, &label, (Loc){s->file, 1}, 0, NULL));
    else
        return false;
    lua_pushvalue(L, -1);
    lua_setfield(L, 1, name);
    return true;
}

static void add_example_loss(Session *s)
{
    lua_State *L = s->L;
    Graph *g = s->graph;
    if (!is_tensor(L, -1))
        error_at((Loc){s->file, 0}, NULL, "the example is %s, not a tensor", describe(L, -1));
    Node *r = tensor_at(L, -1);
    Node *product = MUL(r, make_shifted(g, r, 1));
    Node *sum = make_reduce_sum(g, product, (1u << MAX_RANK) - 1);
    Node *mean = make_scaled(g, sum, 1.0 / (double)count_elements(r->shape));
    give_names(L);
    add_output(g, OUT_LOSS, "loss", make_reshape(g, mean, shape_of(0)), NULL);
}

Graph *load_expression(Arena *arena, const char *lua_expression)
{
    Session *s = new_session(arena, "example", 3, false);
    s->find_extra = find_example_input;
    const char *text = format_string(arena, "return %s", lua_expression);
    run_or_fail(s, text, strlen(text), add_example_loss);
    return s->graph;
}
