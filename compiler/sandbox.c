/*
 * sandbox: the Lua state that a model file runs in. Bounded instructions, bounded memory, nothing
 * in scope that reaches the system, and every error rewritten as FILE:LINE: message.
 *
 * All memory of the state hangs on the session, so that a state can be dropped at any moment, from
 * the middle of an error too, without running code that the model file may have left behind.
 */
#include "dsl_internal.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEMORY_LIMIT = 256 << 20,
    INSTRUCTION_LIMIT = 100000000,
    DRY_INSTRUCTION_LIMIT = 10000000,
    COUNT_STEP = 100000, /* instructions between two looks at the count */
};

/* Names of the two chunks: Lua's own messages start with them; with '=' in front to lua_load. */
#define MODEL_CHUNK "model"
#define PRELUDE_CHUNK "dsl"

extern const char dsl_lua[]; /* dsl.lua, embedded */

Session *session_of(lua_State *L)
{
    return *(Session **)lua_getextraspace(L);
}

Loc model_loc(lua_State *L)
{
    lua_Debug frame;
    for (int level = 0; lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        if (!strcmp(frame.source, "=" MODEL_CHUNK))
            return (Loc){session_of(L)->file, frame.currentline};
    }
    return (Loc){session_of(L)->file, 0};
}

/* ---- Memory ---- */

struct MemoryBlock {
    MemoryBlock *next, *previous;
    size_t size;
    _Alignas(16) unsigned char bytes[];
};

static void link_block(Session *s, MemoryBlock *b, size_t size)
{
    b->size = size;
    b->previous = NULL;
    b->next = s->blocks;
    if (s->blocks)
        s->blocks->previous = b;
    s->blocks = b;
    s->memory += size;
}

static void unlink_block(Session *s, MemoryBlock *b)
{
    *(b->previous ? &b->previous->next : &s->blocks) = b->next;
    if (b->next)
        b->next->previous = b->previous;
    s->memory -= b->size;
}

/* lua_Alloc. Lua collects garbage and asks again when it gets NULL. */
static void *allocate(void *session, void *old, size_t old_size, size_t size)
{
    (void)old_size;
    Session *s = session;
    MemoryBlock *b = old ? (MemoryBlock *)((unsigned char *)old - offsetof(MemoryBlock, bytes)) : 0;
    if (size == 0) {
        if (b)
            unlink_block(s, b);
        free(b);
        return NULL;
    }
    size_t before = b ? b->size : 0;
    if (size > before && s->memory - before + size > MEMORY_LIMIT) {
        s->memory_line = s->L ? model_loc(s->L).line : 0;
        return NULL;
    }
    if (b)
        unlink_block(s, b);
    MemoryBlock *fresh = realloc(b, sizeof *fresh + size);
    if (fresh)
        link_block(s, fresh, size);
    else if (b)
        link_block(s, b, before);
    return fresh ? fresh->bytes : NULL;
}

void close_sandbox(Session *s)
{
    for (MemoryBlock *b = s->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    s->blocks = NULL;
    s->memory = 0;
    s->L = NULL;
    if (s->printed.size)
        fputs(s->printed.text, stderr);
    free_buffer(&s->printed);
}

/* ---- Instructions ---- */

static void count(lua_State *L, lua_Debug *frame)
{
    (void)frame;
    Session *s = session_of(L);
    s->instructions += COUNT_STEP;
    if (s->instructions >= s->instruction_limit)
        error_at(model_loc(L), "model",
                 "stopped after 100 million instructions: is there an infinite loop?");
}

/* ---- Errors ---- */

/* Takes "chunk:12: " off the front of Lua's message; returns the line, or 0. */
static int take_line(const char **message, const char *chunk)
{
    size_t n = strlen(chunk);
    char *end;
    if (strncmp(*message, chunk, n) || (*message)[n] != ':')
        return 0;
    long line = strtol(*message + n + 1, &end, 10);
    if (strncmp(end, ": ", 2))
        return 0;
    *message = end + 2;
    return (int)line;
}

static _Noreturn void fail_as_lua(Session *s, const char *message, int line)
{
    int said = take_line(&message, MODEL_CHUNK);
    take_line(&message, PRELUDE_CHUNK);
    error_at((Loc){s->file, said ? said : line}, NULL, "%s", message);
}

/* The message handler: still on top of the stack where the error happened. */
static int fail_here(lua_State *L)
{
    Session *s = session_of(L);
    const char *message = lua_tostring(L, 1);
    if (!message)
        message = lua_pushfstring(L, "the error is not a text but %s", describe(L, 1));
    fail_as_lua(s, message, model_loc(L).line);
}

/* Calls the function on the stack; comes back only if all went well. */
static void call_or_fail(lua_State *L, int n_args, int n_results)
{
    Session *s = session_of(L);
    int function = lua_gettop(L) - n_args;
    lua_pushcfunction(L, fail_here);
    lua_insert(L, function);
    int status = lua_pcall(L, n_args, n_results, function);
    if (status == LUA_ERRMEM)
        error_at((Loc){s->file, s->memory_line}, "model",
                 "stopped at %d MB of memory: does a list or a text grow without end?",
                 MEMORY_LIMIT >> 20);
    if (status)
        fail_as_lua(s, lua_isstring(L, -1) ? lua_tostring(L, -1) : "an error inside an error", 0);
    lua_remove(L, function);
}

static void load_chunk(lua_State *L, const char *text, size_t size, const char *name)
{
    int status = luaL_loadbufferx(L, text, size, name, "t");
    if (status == LUA_ERRMEM)
        error_at((Loc){session_of(L)->file, 0}, "model", "the file needs too much memory");
    if (status && *text == LUA_SIGNATURE[0])
        error_at((Loc){session_of(L)->file, 0}, NULL, "this is compiled Lua, not a text file");
    if (status)
        fail_as_lua(session_of(L), lua_tostring(L, -1), 0);
}

/* ---- The state ---- */

static void open_libraries(lua_State *L)
{
    luaL_requiref(L, "_G", luaopen_base, 1);
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
    lua_settop(L, 0);
}

/* Leaves the table of the model's globals on the stack. */
static int open_scope(lua_State *L)
{
    open_libraries(L);
    load_chunk(L, dsl_lua, strlen(dsl_lua), "=" PRELUDE_CHUNK);
    push_toolbox(L);
    lua_call(L, 1, 1); /* -> names */
    lua_newtable(L);   /* globals */
    lua_newtable(L);   /* their metatable */
    lua_pushvalue(L, -3);
    lua_pushcclosure(L, find_global, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, "globals");
    return 1;
}

void run_sandboxed(Session *s, const char *text, size_t size)
{
    lua_State *L = lua_newstate(allocate, s);
    if (!L)
        error_at((Loc){s->file, 0}, NULL, "not enough memory to run the file");
    *(Session **)lua_getextraspace(L) = s;
    s->L = L;
    lua_pushcfunction(L, open_scope);
    call_or_fail(L, 0, 1);
    load_chunk(L, text, size, "=" MODEL_CHUNK);
    lua_insert(L, -2);
    lua_setupvalue(L, -2, 1); /* _ENV */
    s->instructions = 0;
    s->instruction_limit = s->dry ? DRY_INSTRUCTION_LIMIT : INSTRUCTION_LIMIT;
    lua_sethook(L, count, LUA_MASKCOUNT, COUNT_STEP);
    call_or_fail(L, 0, 1);
    lua_sethook(L, NULL, 0, 0);
}
