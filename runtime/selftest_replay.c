/*
 * The same bits again: gradients, loss and outputs must not depend on what the arena holds before a
 * step, nor on the number of threads. The arena is filled with NaN (all bits set) before each run;
 * a tensor that is read before it was written, or after its place was given away, shows at once.
 */
#include "selftest.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Everything a training step and an inference leave behind, one tensor after the other. */
typedef struct Result {
    char *bytes;
    size_t size;
} Result;

static size_t element_size(const pg_model *model)
{
    return model->is_double ? sizeof(double) : sizeof(float);
}

static void append(Result *r, const void *data, size_t size)
{
    if (r->bytes)
        memcpy(r->bytes + r->size, data, size);
    r->size += size;
}

static void append_training(const pg_model *model, Result *r)
{
    size_t element = element_size(model);
    for (int i = 0; i < model->n_scalars; i++)
        append(r, model->scalars[i].train, element);
    for (int i = 0; i < model->n_parameters; i++)
        if (model->parameters[i].gradient)
            append(r, model->parameters[i].gradient,
                   (size_t)model->parameters[i].value.size * element);
}

/* Padding of outputs may hold anything: gathered, they have none. */
static void append_inference(const pg_model *model, Result *r)
{
    size_t element = element_size(model);
    for (int i = 0; i < model->n_scalars; i++)
        append(r, model->scalars[i].infer, element);
    for (int i = 0; i < model->n_outputs; i++) {
        const pg_tensor *t = &model->outputs[i];
        if (r->bytes)
            pg_gather(t, t->data, model->is_double, r->bytes + r->size);
        r->size += (size_t)pg_count(t) * element;
    }
}

enum { CLEAN = 0, POISON = 0xFF }; /* POISON: every number is NaN */

static void fill_arena(const pg_model *model, int byte)
{
    if (model->arena_bytes)
        memset(model->arena, byte, model->arena_bytes);
}

static Result run_both(const Selftest *t, int byte)
{
    const pg_model *model = t->model;
    Result r = {0};
    append_training(model, &r); /* without memory: adds up the size */
    append_inference(model, &r);
    r = (Result){pg_allocate(r.size, 1), 0};
    pg_reset_model(t);
    fill_arena(model, byte);
    model->forward();
    model->backward();
    append_training(model, &r);
    fill_arena(model, byte);
    model->prepare();
    model->infer();
    append_inference(model, &r);
    return r;
}

/* ---- Comparing ---- */

static double element(const pg_model *model, const Result *r, size_t i)
{
    return model->is_double ? ((const double *)r->bytes)[i] : ((const float *)r->bytes)[i];
}

/* The largest difference between elements of [from, to); 0 only when the bits are the same. */
static double difference(const pg_model *model, const Result *a, const Result *b, size_t from,
                         size_t to)
{
    size_t size = element_size(model);
    double most = 0;
    if (!memcmp(a->bytes + from * size, b->bytes + from * size, (to - from) * size))
        return 0;
    for (size_t i = from; i < to; i++) {
        double d = fabs(element(model, a, i) - element(model, b, i));
        most = isnan(d) ? INFINITY : fmax(most, d);
    }
    return fmax(most, 1e-300);
}

static void compare_part(const pg_model *model, const Result *a, const Result *b, size_t *from,
                         long count, const char *name, Worst *worst)
{
    size_t to = *from + (size_t)count;
    pg_note_error(worst, difference(model, a, b, *from, to), name);
    *from = to;
}

static Worst compare(const pg_model *model, const Result *a, const Result *b)
{
    Worst worst = {0};
    size_t at = 0;
    for (int i = 0; i < model->n_scalars; i++)
        compare_part(model, a, b, &at, 1, model->scalars[i].name, &worst);
    for (int i = 0; i < model->n_parameters; i++)
        if (model->parameters[i].gradient)
            compare_part(model, a, b, &at, model->parameters[i].value.size,
                         model->parameters[i].value.name, &worst);
    for (int i = 0; i < model->n_scalars; i++)
        compare_part(model, a, b, &at, 1, model->scalars[i].name, &worst);
    for (int i = 0; i < model->n_outputs; i++)
        compare_part(model, a, b, &at, pg_count(&model->outputs[i]), model->outputs[i].name,
                     &worst);
    return worst;
}

/* ---- The check ---- */

static void check_against(Selftest *t, const Result *first, int threads)
{
    char detail[80];
    pg_start_threads(threads);
    Result again = run_both(t, POISON);
    snprintf(detail, sizeof detail, "arena of NaN, %d thread%s", threads, threads > 1 ? "s" : "");
    pg_report_check(t, "same bits", detail, compare(t->model, first, &again), 0);
    free(again.bytes);
}

void pg_check_replay(Selftest *t)
{
    static const int threads[] = {1, 2, 3, 5};
    int before = omp_get_max_threads();
    Result first = run_both(t, CLEAN);
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++)
        check_against(t, &first, threads[i]);
    pg_start_threads(before);
    free(first.bytes);
}
