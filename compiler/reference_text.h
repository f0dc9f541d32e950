/*
 * reference_text: an operator's or optimiser's row as a person writes it in a model file.
 */
#ifndef REFERENCE_TEXT_H
#define REFERENCE_TEXT_H

#include "ir.h"
#include "report.h"

/* The ways to write an operator: as a function, a method, a layer. */
void print_usage_of_op(Arena *arena, const OpDef *op);
/* adam { lr = 0.001, ... } */
void print_usage_of_table(Arena *arena, const char *name, const AttrDef *attrs, int n);
/* One attribute a row, with type, default and range; nothing if there are none. */
void print_attributes(Arena *arena, const AttrDef *attrs, int n);
json_t *json_attributes(Arena *arena, const AttrDef *attrs, int n);

#endif
