/*
 * loop: what the three files that print loop kernels share. loop.c walks the nest, loop_sums.c
 * accumulates and finishes reductions, loop_windows.c walks pooling windows inside the nest.
 */
#ifndef LOOP_H
#define LOOP_H

#include "emit/emit.h"
#include "nest.h"

enum { MOST_REDUCTIONS = 16 };

typedef struct LoopPrinter {
    Emitter *e;
    const Kernel *k;
    Nest nest;
    Site site;                        /* inside all loops */
    Node *reduction[MOST_REDUCTIONS]; /* members that are reductions */
    int n_reductions;
    Scope hoisted; /* values that inner loops do not change */
} LoopPrinter;

/* ---- loop.c ---- */

bool is_member_of(const Kernel *k, const Node *n);
/* n is, or is computed from, a reduction of this kernel. */
bool is_finished_after(const Kernel *k, const Node *n);
void open_levels(LoopPrinter *p, int from, int to);
void close_braces(Emitter *e, int n);
/* Results and sums at the point where s stands. */
void print_point(LoopPrinter *p, Scope *s);

/* ---- loop_sums.c ---- */

void declare_sums(LoopPrinter *p);
/* Adds the point's values to the sums. */
void accumulate(LoopPrinter *p, Scope *s);
/* The sums are whole: stores what depends on them. */
void print_whole(LoopPrinter *p);
/* The sums of one part go to the scratch; print_merge() adds the parts up, in order. */
void print_part(LoopPrinter *p);
void print_merge(LoopPrinter *p);

/* ---- loop_windows.c ---- */

/* The body of a nest that walks windows: finds each window's slope, then visits its pixels. */
void print_windows(LoopPrinter *p);

#endif
