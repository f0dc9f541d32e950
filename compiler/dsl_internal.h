/*
 * dsl_internal: what the files of the DSL share.
 *
 *     sandbox.c      the Lua state: limits, what is in scope, errors with the model's line
 *     dsl.lua        sequential, and the safe part of Lua's library
 *     dsl_scope.c    names that are not there, and the tools of dsl.lua
 *     dsl_attrs.c    the binder: Lua tables to attribute structs, and every complaint about them
 *     dsl_values.c   one Lua value to one attribute
 *     dsl_tensors.c  tensors: operators, methods, operators called as functions
 *     dsl_layers.c   layers: own parameters, add nodes when applied
 *     dsl_data.c     data sets and optimisers
 *     dsl_names.c    dotted names from the variables of the model file
 *     dsl_model.c    model { ... }
 *     dsl.c          load_model(), load_expression()
 *
 * The Lua state never outlives a run; what a run makes is in the compilation's arena. Any function
 * here may leave through error_at(), over the heads of Lua's own frames: afterwards the state is
 * thrown away whole, without running any of its code.
 */
#ifndef DSL_INTERNAL_H
#define DSL_INTERNAL_H

#include "ir.h"
#include "model.h"
#include <lua.h>

enum { MAX_INPUTS = 64, MAX_NODES = 20000 };

typedef struct NodeList {
    Node *node;
    struct NodeList *next;
} NodeList;

/* conv2d { 32, kernel = 5 }: an operator with attributes and, once applied, parameters. */
typedef struct Layer {
    const OpDef *op;
    void *attrs;
    Loc loc;            /* of the call that made it */
    const char *label;  /* name = "encoder", or NULL */
    const char *path;   /* "net.1", found by dsl_names.c */
    Node **params;      /* made by the first application; NULL where absent */
    Shape first_input;  /* of the first application */
    NodeList *results;  /* one for each application */
    struct Layer *next; /* in order of creation */
} Layer;

/* dataset.mnist { ... }. Becomes a stream of the model when a field is read. */
typedef struct Source {
    Stream stream;
    int index;      /* of the stream, or -1 */
    Node *field[2]; /* image, label */
    const char *path;
    struct Source *next;
} Source;

typedef struct Optimizer {
    const OptimDef *def;
    void *attrs;
} Optimizer;

typedef struct MemoryBlock MemoryBlock;

typedef struct Session {
    Arena *arena;
    const char *file;
    int batch;
    bool dry; /* only to find the batch: tensors stand for nothing */
    /* Pushes what a name means that is neither a global nor of the language; or NULL. */
    bool (*find_extra)(lua_State *L, const char *name);
    Graph *graph;
    Model *model; /* what model { ... } said */
    Layer *layers, **last_layer;
    Source *sources, **last_source;

    lua_State *L;
    long instructions, instruction_limit;
    size_t memory;
    int memory_line; /* where memory ran out */
    MemoryBlock *blocks;
    Buffer printed;
} Session;

Session *session_of(lua_State *L);

/* ---- sandbox.c ---- */

/* Runs the text as a model file; leaves the state open with the file's value on the stack. */
void run_sandboxed(Session *s, const char *text, size_t size);
void close_sandbox(Session *s);
/* The innermost line of the model file that is being executed. */
Loc model_loc(lua_State *L);

/* ---- dsl_scope.c ---- */

/* Puts a C function, with a row of some table as its upvalue, into the table on top. */
void set_function(lua_State *L, const char *name, lua_CFunction function, const void *row);
/* __index of the model's globals; upvalue 1 is the table of the language's names. */
int find_global(lua_State *L);
/* Pushes what dsl.lua is called with. */
void push_toolbox(lua_State *L);

/* ---- dsl_attrs.c ---- */

typedef struct Binding {
    const char *what; /* "conv2d" */
    Loc loc;
    const AttrDef *defs;
    int n;
    void *attrs;
    const char *label; /* name = "..." where takes_label */
    bool takes_label;
    unsigned long given; /* bit i: defs[i] was set */
} Binding;

/* A binding with a struct of `size` bytes filled with the defaults. */
Binding start_binding(lua_State *L, const char *what, const AttrDef *defs, int n, size_t size);
/* Takes the table at idx: its list from element `first` on as positional values, then its keys. */
void bind_table(lua_State *L, Binding *b, int idx, int first);
/* Takes the value at idx as the next positional one. */
void bind_positional(lua_State *L, Binding *b, int idx);
/* Complains about what is missing. */
void finish_binding(const Binding *b);

/* ---- dsl_values.c ---- */

/* Sets the attribute from the value at idx, or complains. */
void set_attr(lua_State *L, Binding *b, const AttrDef *def, int idx);
const char *describe(lua_State *L, int idx); /* "a string", "a tensor" */
/* The text ", did you mean 'x'?" or "", in the session's arena. */
const char *did_you_mean(lua_State *L, const char *word, const char *const *names, int n);
/* The string at idx, copied into the arena. */
const char *keep_string(lua_State *L, int idx);

/* ---- dsl_tensors.c ---- */

void push_tensor(lua_State *L, Node *n);
bool is_tensor(lua_State *L, int idx);
Node *tensor_at(lua_State *L, int idx); /* NULL in a dry run */
/* A tensor, or a number as a constant. */
bool is_operand(lua_State *L, int idx);
int count_inputs(const OpDef *op); /* MAX_INPUTS: any number */
void check_arity(const OpDef *op, Loc loc, int n);
/* The node for op at this line; broadcasting operators raise ranks. NULL in a dry run. */
Node *apply_op(lua_State *L, const OpDef *op, const void *attrs, Loc loc, int n, Node **in);
Node *apply_binary(lua_State *L, const OpDef *op, Loc loc, Node *a, Node *b);
void open_tensors(lua_State *L); /* adds the operators to the table on top */

/* ---- dsl_layers.c ---- */

int make_layer(lua_State *L, const OpDef *op, Binding *b);
bool is_layer(lua_State *L, int idx);
Layer *layer_at(lua_State *L, int idx);
void open_layers(lua_State *L);

/* ---- dsl_data.c, dsl_model.c: each adds its names to the table on top ---- */

void open_data(lua_State *L);
Optimizer *optimizer_at(lua_State *L, int idx); /* NULL if it is none */
Source *source_at(lua_State *L, int idx);       /* NULL if it is none */
void open_model(lua_State *L);

/* ---- dsl_names.c ---- */

/* Names layers, parameters, inputs and tensors by the paths that lead to them. */
void give_names(lua_State *L);

#endif
