/*
 * layout: see layout.h.
 */
#include "layout.h"

enum { FEW_CHANNELS = 4 }; /* up to so many channels a tensor stays row-major */

static long round_up(long n, long unit)
{
    return (n + unit - 1) / unit * unit;
}

static Layout plain_layout(Shape s, int lanes)
{
    Layout l = {.form = STANDARD};
    long stride = 1;
    for (int a = s.rank - 1; a >= 0; a--) {
        l.block[a] = 1;
        l.outer[a] = stride;
        stride *= s.dim[a];
    }
    l.size = round_up(stride, lanes);
    return l;
}

Layout standard_layout(Shape s, int lanes)
{
    if (s.rank < 2 || s.dim[1] <= FEW_CHANNELS)
        return plain_layout(s, lanes);
    long blocks = (s.dim[1] + lanes - 1) / lanes, pixels = 1;
    Layout l = {.form = STANDARD, .block = {1, 1, 1, 1}};
    for (int a = s.rank - 1; a >= 2; a--) {
        l.outer[a] = pixels * lanes;
        pixels *= s.dim[a];
    }
    bool is_flat = pixels == 1;
    l.block[1] = lanes;
    l.inner[1] = 1;
    l.outer[1] = is_flat ? (long)s.dim[0] * lanes : pixels * lanes;
    l.outer[0] = is_flat ? lanes : blocks * pixels * lanes;
    l.size = (long)s.dim[0] * blocks * pixels * lanes;
    return l;
}

int filter_block(int filters, int lanes)
{
    return filters > lanes ? 2 * lanes : lanes;
}

Layout weight_layout(Shape s, int lanes)
{
    if (s.rank < 2)
        return plain_layout(s, lanes);
    int b = filter_block(s.dim[0], lanes);
    int taps = s.rank == 4 ? s.dim[3] : 1, rows = s.rank == 4 ? s.dim[2] : 1;
    int cb = s.dim[1] < lanes ? s.dim[1] : lanes;
    long channel_blocks = (s.dim[1] + cb - 1) / cb;
    Layout l = {.form = WEIGHT, .block = {b, cb, 1, 1}};
    l.inner[0] = 1;
    l.outer[3] = b;
    l.inner[1] = (long)taps * b;
    l.outer[2] = cb * l.inner[1];
    l.outer[1] = rows * l.outer[2];
    l.outer[0] = channel_blocks * l.outer[1];
    l.size = (s.dim[0] + b - 1) / b * l.outer[0];
    return l;
}

Layout layout_of_form(int form, Shape shape, int lanes)
{
    return form == WEIGHT ? weight_layout(shape, lanes) : standard_layout(shape, lanes);
}

bool has_untouched_padding(Shape s, const Layout *l, int lanes)
{
    int vectors = (s.dim[0] + lanes - 1) / lanes;
    return s.dim[1] % MAX(l->block[1], 1) || vectors % MAX(l->block[0] / lanes, 1);
}

bool is_linear_axis(const Layout *l, int axis)
{
    return l->block[axis] <= 1 || l->outer[axis] == l->block[axis] * l->inner[axis];
}

bool axis_strides(const Layout *l, Shape shape, int axis, int block, long *outer, long *inner)
{
    *outer = *inner = 0;
    if (shape.dim[axis] == 1)
        return true;
    if (is_linear_axis(l, axis)) {
        *inner = l->block[axis] <= 1 ? l->outer[axis] : l->inner[axis];
        *outer = *inner * block;
        return true;
    }
    *outer = l->outer[axis];
    *inner = l->inner[axis];
    return l->block[axis] == block;
}

/* Axis a of the shape with its ones dropped: the next axis at or after a with more than one
 * element. */
static int next_axis(Shape s, int a)
{
    while (a < s.rank && s.dim[a] == 1)
        a++;
    return a;
}

static bool is_row_major(Shape s, const Layout *l)
{
    long stride = 1;
    for (int a = s.rank - 1; a >= 0; a--) {
        long step = l->block[a] <= 1 ? l->outer[a] : l->inner[a];
        if (s.dim[a] > 1 && (!is_linear_axis(l, a) || step != stride))
            return false;
        stride *= s.dim[a];
    }
    return true;
}

bool is_alias(Shape a, const Layout *la, Shape b, const Layout *lb)
{
    if (is_row_major(a, la) && is_row_major(b, lb))
        return true;
    int i = next_axis(a, 0), j = next_axis(b, 0);
    while (i < a.rank && j < b.rank) {
        long outer[2], inner[2];
        int block = MAX(MAX(la->block[i], lb->block[j]), 1);
        if (a.dim[i] != b.dim[j] || !axis_strides(la, a, i, block, &outer[0], &inner[0]) ||
            !axis_strides(lb, b, j, block, &outer[1], &inner[1]) || inner[0] != inner[1] ||
            (a.dim[i] > block && outer[0] != outer[1]))
            return false;
        i = next_axis(a, i + 1);
        j = next_axis(b, j + 1);
    }
    return i == a.rank && j == b.rank;
}

int lane_axis(Shape s, const Layout *l)
{
    for (int a = s.rank - 1; a >= 0; a--)
        if (s.dim[a] > 1 && (l->block[a] > 1 ? l->inner[a] : l->outer[a]) == 1)
            return a;
    return -1;
}
