/*
 * Reading weights from safetensors. Nothing in the file is trusted: header, shapes and offsets
 * are all checked against the file and the model before the first parameter changes. The file
 * must hold the model's tensors and no others; float and double are converted into one another.
 */
#include "internal.h"
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_HEADER = 1 << 24 };

typedef struct WeightsFile {
    const char *path;
    char *bytes;
    size_t size;      /* of the file */
    const char *body; /* where the tensors begin */
    size_t body_bytes;
} WeightsFile;

/* One tensor as the header describes it. */
typedef struct Entry {
    bool is_double;
    size_t begin, end; /* in the body */
} Entry;

static bool read_whole(WeightsFile *w)
{
    struct stat status;
    FILE *file = fopen(w->path, "rb");
    if (!file)
        return pg_fail("cannot read weights: %s: %s", w->path, strerror(errno));
    bool good = fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode);
    if (good) {
        w->size = (size_t)status.st_size;
        w->bytes = pg_allocate(w->size + 1, 1);
        good = fread(w->bytes, 1, w->size, file) == w->size;
    }
    fclose(file);
    return good || pg_fail("cannot read weights: %s is not a readable file", w->path);
}

static json_t *parse_header(WeightsFile *w)
{
    uint64_t length = 0;
    json_error_t error;
    if (w->size >= 8)
        memcpy(&length, w->bytes, 8);
    if (w->size < 8 || length > MAX_HEADER || length > w->size - 8) {
        pg_fail("%s: not a safetensors file, or truncated (%zu bytes)", w->path, w->size);
        return NULL;
    }
    json_t *header = json_loadb(w->bytes + 8, (size_t)length, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(header)) {
        pg_fail("%s: not a safetensors file: its header is not a JSON object", w->path);
        json_decref(header);
        return NULL;
    }
    w->body = w->bytes + 8 + length;
    w->body_bytes = w->size - 8 - (size_t)length;
    return header;
}

static bool same_shape(const pg_tensor *t, const json_t *shape)
{
    if (json_array_size(shape) != (size_t)t->rank)
        return false;
    for (int a = 0; a < t->rank; a++) {
        const json_t *n = json_array_get(shape, (size_t)a);
        if (!json_is_integer(n) || json_integer_value(n) != t->dim[a])
            return false;
    }
    return true;
}

static bool wrong_shape(const WeightsFile *w, const pg_tensor *t, const json_t *shape)
{
    char wanted[80], found[80] = "(";
    size_t length = 1;
    for (size_t a = 0; a < json_array_size(shape) && length < 60; a++)
        length += (size_t)snprintf(found + length, sizeof found - length,
                                   a ? ", %" JSON_INTEGER_FORMAT : "%" JSON_INTEGER_FORMAT,
                                   json_integer_value(json_array_get(shape, a)));
    snprintf(found + (length < 78 ? length : 78), 2, ")");
    return pg_fail("weights file %s is of another model: %s is %s in the model but %s in the file",
                   w->path, t->name, pg_shape_text(wanted, t->dim, t->rank), found);
}

static bool read_entry(const WeightsFile *w, const pg_tensor *t, const json_t *json, Entry *entry)
{
    const json_t *shape = json_object_get(json, "shape");
    const json_t *offsets = json_object_get(json, "data_offsets");
    const char *dtype = json_string_value(json_object_get(json, "dtype"));
    const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
    if (!json_is_array(shape) || !dtype || json_array_size(offsets) != 2 ||
        !json_is_integer(begin) || !json_is_integer(end))
        return pg_fail("%s: tensor %s is not described as safetensors wants it", w->path, t->name);
    if (!same_shape(t, shape))
        return wrong_shape(w, t, shape);
    entry->is_double = !strcmp(dtype, "F64");
    if (!entry->is_double && strcmp(dtype, "F32"))
        return pg_fail("%s: tensor %s has dtype %.20s, only F32 and F64 can be read", w->path,
                       t->name, dtype);
    json_int_t b = json_integer_value(begin), e = json_integer_value(end);
    size_t bytes = (size_t)pg_count(t) * (entry->is_double ? sizeof(double) : sizeof(float));
    if (b < 0 || e < b || (size_t)e > w->body_bytes || (size_t)(e - b) != bytes)
        return pg_fail("%s: tensor %s lies outside the file, or the file is truncated", w->path,
                       t->name);
    entry->begin = (size_t)b;
    entry->end = (size_t)e;
    return true;
}

static int by_begin(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

/* The format wants every byte of the body to belong to exactly one tensor. */
static bool check_cover(const WeightsFile *w, const Entry *entries, int n)
{
    Entry *sorted = pg_allocate((size_t)n, sizeof *sorted);
    size_t at = 0;
    bool good = true;
    memcpy(sorted, entries, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, by_begin);
    for (int i = 0; i < n; i++) {
        good = good && sorted[i].begin == at;
        at = sorted[i].end;
    }
    free(sorted);
    return (good && at == w->body_bytes) ||
           pg_fail("%s: its tensors overlap, leave gaps or end before the file does", w->path);
}

static const pg_parameter *find_parameter(const pg_model *model, const char *name)
{
    for (int i = 0; i < model->n_parameters; i++)
        if (!strcmp(model->parameters[i].value.name, name))
            return &model->parameters[i];
    return NULL;
}

static bool check_names(const WeightsFile *w, const pg_model *model, json_t *header)
{
    const char *name;
    json_t *value;
    for (int i = 0; i < model->n_parameters; i++)
        if (!json_object_get(header, model->parameters[i].value.name))
            return pg_fail("weights file %s is of another model: it has no tensor %s", w->path,
                           model->parameters[i].value.name);
    json_object_foreach (header, name, value)
        if (strcmp(name, "__metadata__") && !find_parameter(model, name))
            return pg_fail("weights file %s is of another model: its "
                           "tensor %.60s is not in the "
                           "model",
                           w->path, name);
    return true;
}

/* memcpy: the body is aligned to 8 bytes only if whoever wrote the file padded its header. */
static double read_element(const char *at, bool is_double, long i)
{
    float f;
    double d;
    if (is_double) {
        memcpy(&d, at + (size_t)i * sizeof d, sizeof d);
        return d;
    }
    memcpy(&f, at + (size_t)i * sizeof f, sizeof f);
    return f;
}

static void store(const WeightsFile *w, const pg_model *model, const Entry *entries)
{
    for (int i = 0; i < model->n_parameters; i++) {
        const pg_tensor *t = &model->parameters[i].value;
        long count = pg_count(t);
        for (long e = 0; e < count; e++)
            pg_set(t, t->data, model->is_double, e,
                   read_element(w->body + entries[i].begin, entries[i].is_double, e));
    }
}

static bool load(WeightsFile *w, const pg_model *model, json_t *header)
{
    if (!check_names(w, model, header))
        return false;
    Entry *entries = pg_allocate((size_t)model->n_parameters, sizeof *entries);
    bool good = true;
    for (int i = 0; good && i < model->n_parameters; i++) {
        const pg_tensor *t = &model->parameters[i].value;
        good = read_entry(w, t, json_object_get(header, t->name), &entries[i]);
    }
    good = good && check_cover(w, entries, model->n_parameters);
    if (good)
        store(w, model, entries);
    free(entries);
    return good;
}

bool pg_read_weights(const pg_model *model, const char *path)
{
    WeightsFile w = {.path = path};
    bool good = read_whole(&w);
    json_t *header = good ? parse_header(&w) : NULL;
    good = header && load(&w, model, header);
    json_decref(header);
    free(w.bytes);
    return good;
}
