/*
 * layout: every element has a place of its own inside the tensor, for many shapes, vector lengths
 * and both forms; and where is_alias() says so, two tensors agree element by element.
 */
#include "layout.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <stdlib.h>

static const Shape shapes[] = {
    {0, {0}},           {1, {1}},           {1, {10}},
    {1, {37}},          {2, {1, 1}},        {2, {3, 4}},
    {2, {5, 10}},       {2, {100, 784}},    {2, {33, 17}},
    {2, {10, 256}},     {3, {2, 3, 4}},     {3, {3, 20, 7}},
    {4, {2, 1, 5, 5}},  {4, {1, 1, 1, 1}},  {4, {3, 4, 6, 6}},
    {4, {3, 5, 6, 7}},  {4, {2, 16, 3, 3}}, {4, {40, 33, 3, 3}},
    {4, {2, 64, 1, 1}}, {4, {7, 20, 1, 5}}, {4, {20, 1, 5, 5}},
    {4, {1, 8, 1, 1}},  {4, {6, 3, 8, 8}},  {4, {1, 48, 2, 2}},
};
enum { N_SHAPES = sizeof shapes / sizeof shapes[0] };

static const int lanes_of[] = {4, 8, 16};
enum { N_LANES = sizeof lanes_of / sizeof lanes_of[0] };

/* The formula of struct Layout. */
static long offset_of(Shape s, const Layout *l, long linear)
{
    long offset = 0;
    for (int a = s.rank - 1; a >= 0; a--) {
        long i = linear % s.dim[a];
        offset += i / l->block[a] * l->outer[a] + i % l->block[a] * l->inner[a];
        linear /= s.dim[a];
    }
    return offset;
}

static void check_injective(Shape s, const Layout *l, int lanes)
{
    Arena *arena = new_arena();
    bool *taken = NEW_ARRAY(arena, bool, l->size);
    const char *text = shape_text(arena, s);
    cr_expect(l->size % lanes == 0, "%s: size %ld is no whole number of vectors", text, l->size);
    for (long i = 0; i < count_elements(s); i++) {
        long offset = offset_of(s, l, i);
        cr_assert(offset >= 0 && offset < l->size, "%s form %d lanes %d: element %ld at %ld of %ld",
                  text, (int)l->form, lanes, i, offset, l->size);
        cr_assert(not(taken[offset]), "%s form %d lanes %d: element %ld shares %ld", text,
                  (int)l->form, lanes, i, offset);
        taken[offset] = true;
    }
    free_arena(arena);
}

ParameterizedTestParameters(layout, injective)
{
    static int rows[N_SHAPES];
    for (int i = 0; i < N_SHAPES; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_SHAPES);
}

ParameterizedTest(int *row, layout, injective)
{
    for (int k = 0; k < N_LANES; k++) {
        Layout standard = standard_layout(shapes[*row], lanes_of[k]);
        Layout weight = weight_layout(shapes[*row], lanes_of[k]);
        check_injective(shapes[*row], &standard, lanes_of[k]);
        if (shapes[*row].rank != 3) /* weights are (K, C) or (K, C, R, S) */
            check_injective(shapes[*row], &weight, lanes_of[k]);
    }
}

static bool agree(Shape a, const Layout *la, Shape b, const Layout *lb)
{
    for (long i = 0; i < count_elements(a); i++)
        if (offset_of(a, la, i) != offset_of(b, lb, i))
            return false;
    return true;
}

/*
 * An alias that is none would be wrong code. One that is missed costs a copy: allowed, and it
 * happens where a single block of channels makes a blocked tensor row-major by chance.
 */
static void check_pair(Shape a, Shape b, int form_a, int form_b, int lanes)
{
    Arena *arena = new_arena();
    Layout la = layout_of_form(form_a, a, lanes), lb = layout_of_form(form_b, b, lanes);
    if (is_alias(a, &la, b, &lb))
        cr_expect(agree(a, &la, b, &lb), "lanes %d, %s form %d and %s form %d differ", lanes,
                  shape_text(arena, a), form_a, shape_text(arena, b), form_b);
    free_arena(arena);
}

/* All pairs of shapes with equally many elements: what a reshape can meet. */
static const Shape related[] = {
    {1, {48}},          {2, {1, 48}},       {2, {48, 1}},      {2, {3, 16}},      {2, {16, 3}},
    {4, {1, 48, 1, 1}}, {4, {3, 16, 1, 1}}, {4, {3, 4, 2, 2}}, {4, {1, 3, 4, 4}}, {4, {3, 1, 4, 4}},
    {4, {1, 12, 2, 2}}, {4, {2, 24, 1, 1}}, {2, {2, 24}},      {3, {2, 24, 1}},   {3, {3, 1, 16}},
};
enum { N_RELATED = sizeof related / sizeof related[0] };

ParameterizedTestParameters(layout, alias)
{
    static int rows[N_RELATED];
    for (int i = 0; i < N_RELATED; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_RELATED);
}

ParameterizedTest(int *row, layout, alias)
{
    for (int other = 0; other < N_RELATED; other++)
        for (int k = 0; k < N_LANES; k++)
            for (int forms = 0; forms < 4; forms++)
                check_pair(related[*row], related[other], forms & 1, forms >> 1, lanes_of[k]);
}

/* Reshapes that models are full of and that must not cost a copy. */
Test(layout, alias_of_dropped_and_plain_axes)
{
    static const Shape pairs[][2] = {
        {{2, {3, 48}}, {4, {3, 48, 1, 1}}},
        {{1, {48}}, {4, {1, 48, 1, 1}}},
        {{1, {37}}, {2, {1, 37}}},
        {{4, {5, 1, 28, 28}}, {3, {5, 1, 784}}},
    };
    for (int i = 0; i < COUNT_OF(pairs); i++)
        for (int k = 0; k < N_LANES; k++) {
            Layout a = standard_layout(pairs[i][0], lanes_of[k]);
            Layout b = standard_layout(pairs[i][1], lanes_of[k]);
            bool same = agree(pairs[i][0], &a, pairs[i][1], &b);
            cr_expect(is_alias(pairs[i][0], &a, pairs[i][1], &b) == same, "row %d, lanes %d", i,
                      lanes_of[k]);
        }
}

Test(layout, lane_axis_is_where_neighbours_are)
{
    Layout l = standard_layout(shape_of(4, 2, 16, 3, 3), 8);
    cr_expect(eq(int, lane_axis(shape_of(4, 2, 16, 3, 3), &l), 1));
    l = standard_layout(shape_of(4, 2, 1, 5, 5), 8);
    cr_expect(eq(int, lane_axis(shape_of(4, 2, 1, 5, 5), &l), 3));
    l = weight_layout(shape_of(2, 10, 256), 16);
    cr_expect(eq(int, lane_axis(shape_of(2, 10, 256), &l), 0));
}
