/*
 * dsl: the language of model files, bound to the operator table. load_model() is in model.h.
 */
#ifndef DSL_H
#define DSL_H

#include "ir.h"

/*
 * Evaluates an operator's `example`, a Lua expression over x (3, 2, 6, 5), v (3, 4), w (3, 4),
 * which are trained parameters, and label (3), an input of stream 0 whose values should be 0 .. 3.
 * The graph's loss is the mean of r * (r + 1) over the expression's value r; its batch is 3.
 */
Graph *load_expression(Arena *arena, const char *lua_expression);

#endif
