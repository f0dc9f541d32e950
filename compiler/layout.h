/*
 * layout: where elements live. Two forms, each a pure function of the shape, so that tensors of one
 * shape always agree and conversions are rare.
 *
 * STANDARD, for activations. L = lanes of a vector; axis 1 is the channel.
 *     up to 4 channels    row-major                   lanes run along the last axis
 *     (N, C)              [C/L][N][L]                 lanes are channels
 *     (N, C, H, W)        [N][C/L][H][W][L]
 *     rank 1 and 0        contiguous
 * WEIGHT, for the second operand of contractions, packed for life; B = L or 2 L filters.
 *     (K, C, R, S)        [K/B][C/L][R][L][S][B]      the inner loops read it as one stream
 *     (K, C)              [K/B][C][B]
 * Every size is rounded up to whole vectors. Padding holds zeros in weights, anything in activations.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "ir.h"

Layout standard_layout(Shape shape, int lanes);
Layout weight_layout(Shape shape, int lanes);
Layout layout_of_form(int form, Shape shape, int lanes);

/* Filters in a block of the weight layout: one vector, or two where there are enough filters. */
int filter_block(int filters, int lanes);

/* Some padding of a weight belongs to no channel or no vector of filters: tiles do not write it. */
bool has_untouched_padding(Shape weight, const Layout *l, int lanes);

/* One stride serves the whole axis: outer = block * inner. */
bool is_linear_axis(const Layout *l, int axis);
/* Steps in memory of one block, and of one element inside a block, when axis is cut into `block`s.
 */
bool axis_strides(const Layout *l, Shape shape, int axis, int block, long *outer, long *inner);

/* Row-major order and memory order are the same for both tensors: a reshape needs no copy. */
bool is_alias(Shape a, const Layout *la, Shape b, const Layout *lb);

/* The axis along which neighbouring elements are neighbours in memory, or -1. */
int lane_axis(Shape shape, const Layout *l);

#endif
