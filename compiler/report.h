/*
 * report: how subcommands print: numbers with units, wrapped text, JSON.
 */
#ifndef REPORT_H
#define REPORT_H

#include "base.h"
#include <jansson.h>

enum { PAGE_WIDTH = 100 };

/* "93.26 M", "164.9 k", "512" */
const char *count_text(Arena *arena, double n);
/* "93.26 MFLOP" */
const char *flops_text(Arena *arena, double n);
/* "8.070 MB", "310.0 kB", "40 B" */
const char *bytes_text(Arena *arena, double n);
/* "12.19 ms", "75.3 us" */
const char *time_text(Arena *arena, double seconds);
/* "165 514": thousands apart. */
const char *grouped_text(Arena *arena, long n);
/* At most n characters, "..." at the end of what was longer. */
const char *cut_text(Arena *arena, const char *text, int n);

/* Prints text at column `indent` (where the cursor already is), broken at spaces to PAGE_WIDTH. */
void print_wrapped(const char *text, int indent);
/* The same, broken at spaces and at line ends of the text; each line is indented. */
void print_paragraph(const char *text, int indent);

/* A whole number as an integer, others as reals, what is not finite as null. */
json_t *json_figure(double value);
/* json_string(), or null for NULL. */
json_t *json_text(const char *text);
/* Prints the object as one line and frees it. */
void print_json(json_t *object);

/* Flushes standard output; the command's exit status: 0, or 1 with a message if it was not written.
 */
int finish_output(void);

#endif
