/*
 * emit: printing a program as C. file.c decides the order of the file; one file for each kind of
 * kernel prints its loops; value.c prints the pointwise expressions inside them.
 */
#ifndef EMIT_H
#define EMIT_H

#include "program.h"

typedef struct Emitter {
    Buffer out;
    int indent;
    Arena *arena;
    const Model *model;
    const ParameterTable *parameters;
    Program *program; /* the one being printed: training or inference */
    bool is_double;
    bool is_fused;
    int lanes;
    int registers; /* vector registers of the target */
    const Program *named; /* whose tensors `names` are for, by node */
    const char **names;
} Emitter;

/* One line of C: indented by the open braces, "{" at its end opens one, "}" at its start closes
 * one. */
void line(Emitter *e, const char *format, ...) PRINTF_LIKE(2, 3);
/* A blank line. */
void gap(Emitter *e);
/* A directive: not indented. */
void directive(Emitter *e, const char *format, ...) PRINTF_LIKE(2, 3);

/* ---- Names (names.c) ---- */

/* C identifier for a stored tensor, unique in the file: "net_1_conv2d". */
const char *tensor_name(Emitter *e, const Node *n);
/* The pointer expression of a stored tensor or view: "arena + NET_1_CONV2D". */
const char *tensor_address(Emitter *e, const Node *n);
/* "NET_1_CONV2D" for "net_1_conv2d". */
const char *upper_case(Arena *arena, const char *name);
/* A number as a literal of the element type: "0.1f". */
const char *literal(Emitter *e, double value);
/* The file's name without folders, so that generated text does not depend on where it was made. */
const char *base_name(const char *path);
/* "conv2d + add + relu": what the kernel computes. */
const char *fused_names(Emitter *e, const Kernel *k);

/* ---- Values at a point of a loop nest (value.c) ---- */

/*
 * Where in a tensor the code being printed stands. Axis a's coordinate is outer[a] * block[a] +
 * inner[a]; along the lane axis a vector of neighbours starts there.
 */
typedef struct Site {
    Shape domain;
    const char *outer[MAX_RANK], *inner[MAX_RANK]; /* C expressions; NULL = 0 */
    int block[MAX_RANK];
    int lane;          /* lane axis, or -1: one element, the same in all lanes */
    const char *count; /* valid lanes where a strided access needs it; NULL = L */
    const char *flat;  /* not NULL: one index for all tensors of the domain's shape */
} Site;

/* Names already given to values at this site. */
typedef struct Scope {
    Emitter *e;
    const Kernel *kernel;
    Site site;
    const char **name; /* by node id */
    bool must_name;    /* print a line for every value: it is used in inner loops */
} Scope;

Scope open_scope(Emitter *e, const Kernel *k, const Site *site);
/* Inside a further brace: knows the names given so far, forgets its own. */
Scope open_inner_scope(const Scope *outer);
/* The C expression of n's value here; prints the lines that compute it on first use. */
const char *value(Scope *s, Node *n);
/* Without the parentheses around all of it: for a value that stands alone. */
const char *bare(Emitter *e, const char *text);
/* Offset of the site's first element in a tensor of this shape and layout: "n * 16 + c * 32", or
 * "0". */
const char *offset_at(Emitter *e, const Site *site, Shape shape, const Layout *layout);
/* Stores the value of n into its tensor. */
void store(Scope *s, Node *n, const char *v);
/* Declares `const real *restrict NAME = ...;` for operands and results, with shapes as comments. */
void declare_tensors(Emitter *e, const Kernel *k);
/* Name of the pointer that declare_tensors() gave to a tensor. */
const char *pointer_name(Emitter *e, const Node *n);

/* ---- Kernels ---- */

/*
 * One printer for each kind of kernel. `helpers` prints static functions that the kernel calls (its
 * register tile), NULL if there are none; `body` prints what stands between the kernel's braces.
 */
void emit_loop(Emitter *e, const Kernel *k); /* pointwise and reductions */
void emit_conv_tile(Emitter *e, const Kernel *k);
void emit_conv(Emitter *e, const Kernel *k);
void emit_conv_dw_tile(Emitter *e, const Kernel *k);
void emit_conv_dw(Emitter *e, const Kernel *k);
void emit_matmul_tile(Emitter *e, const Kernel *k);
void emit_matmul(Emitter *e, const Kernel *k);
void emit_matmul_dw_tile(Emitter *e, const Kernel *k);
void emit_matmul_dw(Emitter *e, const Kernel *k);
void emit_pool(Emitter *e, const Kernel *k);
void emit_pool_grad(Emitter *e, const Kernel *k);
void emit_row(Emitter *e, const Kernel *k);   /* softmax, argmax */
void emit_plain(Emitter *e, const Kernel *k); /* movements and rare gradients, element by element */

/* Zeroes a weight gradient with padding that its tiles leave alone, if it lies in the arena. */
void clear_weight_padding(Emitter *e, const Node *dw);

/* A loop whose iterations threads may share: for (int var = 0; var < extent; var++). */
typedef struct SharedLoop {
    const char *var;
    long extent;
} SharedLoop;

/*
 * Opens n nested loops, as one PARALLEL_FOR over all their iterations if the kernel is worth more than
 * one thread. Returns how many braces are open.
 */
int open_shared_loops(Emitter *e, const Kernel *k, const SharedLoop *loop, int n);

/* ---- The file ---- */

typedef struct Compiled {
    const Model *model;
    const ParameterTable *parameters;
    Program *train, *infer;
    bool is_double, is_fused;
    int lanes, registers;
    const char *version, *command;
} Compiled;

/* Prints the whole C file into out. */
void emit_file(Buffer *out, Arena *arena, const Compiled *c);
/* The optimiser's function and update(), (optimizer.c). */
void emit_optimizer(Emitter *e, const Compiled *c);
void emit_update_calls(Emitter *e, const Compiled *c);
/* The tables that describe the model to the runtime (tables.c). */
void emit_tables(Emitter *e, const Compiled *c);

#endif
