/*
 * Elements of a tensor by the author's index, whatever the layout in memory. Everything outside
 * the kernels that touches an element (initialisers, weight files, checks) goes through here.
 */
#include "internal.h"
#include <math.h>
#include <string.h>

long pg_count(const pg_tensor *tensor)
{
    long count = 1;
    for (int a = 0; a < tensor->rank; a++)
        count *= tensor->dim[a];
    return count;
}

static long axis_offset(const pg_tensor *tensor, int a, long i)
{
    return i / tensor->block[a] * tensor->outer[a] + i % tensor->block[a] * tensor->inner[a];
}

long pg_offset(const pg_tensor *tensor, long linear)
{
    long offset = 0;
    for (int a = tensor->rank - 1; a >= 0; a--) {
        offset += axis_offset(tensor, a, linear % tensor->dim[a]);
        linear /= tensor->dim[a];
    }
    return offset;
}

double pg_read_scalar(const void *data, bool is_double)
{
    return is_double ? *(const double *)data : *(const float *)data;
}

double pg_get(const pg_tensor *tensor, const void *data, bool is_double, long linear)
{
    long offset = pg_offset(tensor, linear);
    return is_double ? ((const double *)data)[offset] : ((const float *)data)[offset];
}

void pg_set(const pg_tensor *tensor, void *data, bool is_double, long linear, double value)
{
    long offset = pg_offset(tensor, linear);
    if (is_double)
        ((double *)data)[offset] = value;
    else
        ((float *)data)[offset] = (float)value;
}

static bool is_plain(const pg_tensor *tensor)
{
    long stride = 1;
    for (int a = tensor->rank - 1; a >= 0; a--) {
        bool blocked = tensor->block[a] > 1 && tensor->outer[a] != tensor->block[a] * stride;
        if (tensor->dim[a] > 1) {
            if (tensor->block[a] > 1 ? blocked || tensor->inner[a] != stride
                                     : tensor->outer[a] != stride)
                return false;
        }
        stride *= tensor->dim[a];
    }
    return true;
}

/* The last axis is walked without divisions; the others are found anew for each row of it. */
static long row_length(const pg_tensor *tensor)
{
    return tensor->rank ? tensor->dim[tensor->rank - 1] : 1;
}

static long last_axis(const pg_tensor *tensor, long i)
{
    return tensor->rank ? axis_offset(tensor, tensor->rank - 1, i) : 0;
}

void pg_gather(const pg_tensor *tensor, const void *data, bool is_double, void *plain)
{
    long count = pg_count(tensor), row = row_length(tensor);
    if (is_plain(tensor)) {
        memcpy(plain, data, (size_t)count * (is_double ? sizeof(double) : sizeof(float)));
        return;
    }
    for (long start = 0; start < count; start += row) {
        long base = pg_offset(tensor, start);
        for (long i = 0; i < row; i++) {
            long offset = base + last_axis(tensor, i);
            if (is_double)
                ((double *)plain)[start + i] = ((const double *)data)[offset];
            else
                ((float *)plain)[start + i] = ((const float *)data)[offset];
        }
    }
}

void pg_scatter(const pg_tensor *tensor, void *data, bool is_double, const void *plain)
{
    long count = pg_count(tensor), row = row_length(tensor);
    for (long start = 0; start < count; start += row) {
        long base = pg_offset(tensor, start);
        for (long i = 0; i < row; i++) {
            long offset = base + last_axis(tensor, i);
            if (is_double)
                ((double *)data)[offset] = ((const double *)plain)[start + i];
            else
                ((float *)data)[offset] = ((const float *)plain)[start + i];
        }
    }
}

long pg_first_bad(const pg_tensor *tensor, const void *data, bool is_double)
{
    long count = pg_count(tensor);
    for (long i = 0; i < count; i++)
        if (!isfinite(pg_get(tensor, data, is_double, i)))
            return i;
    return -1;
}

const char *pg_shape_text(char text[80], const int *dim, int rank)
{
    int length = snprintf(text, 80, "(");
    for (int a = 0; a < rank; a++)
        length += snprintf(text + length, (size_t)(80 - length), a ? ", %d" : "%d", dim[a]);
    snprintf(text + length, (size_t)(80 - length), ")");
    return text;
}

const char *pg_index_text(char text[80], const pg_tensor *tensor, long linear)
{
    int index[PG_MAX_RANK];
    for (int a = tensor->rank - 1; a >= 0; a--) {
        index[a] = (int)(linear % tensor->dim[a]);
        linear /= tensor->dim[a];
    }
    return pg_shape_text(text, index, tensor->rank);
}
