/*
 * The generated kernels against the reference interpreter: one training step's loss, metrics,
 * gradients and running statistics; then, with the weights of after that step, inference on a whole
 * and on a short batch. Errors are relative to the largest element of the tensor, or to 1 % of the
 * largest of its kind in the model where that is more: below, only rounding is left to compare (a
 * bias before a batch normalisation has a gradient of exactly 0).
 */
#include "selftest.h"

#include "passes/pass.h"
#include <math.h>
#include <stdlib.h>

enum { MAX_KINKS = 16 };
static const double share = 1e-2, smallest_scalar = 1e-2;

static double tolerance(const Selftest *t)
{
    return t->model->is_double ? 1e-10 : 1e-4;
}

static Eval *evaluate_mode(const Selftest *t, Arena *arena, Mode mode)
{
    Graph *g = pg_author_graph(t->model, arena, mode);
    Eval *e = pg_start_eval(t, arena, run_passes_until(g, &(PassOptions){0}, "expand"));
    evaluate(e);
    return e;
}

/* ---- Comparing ---- */

static double largest(const double *x, long count)
{
    double most = 0;
    for (long i = 0; i < count; i++)
        most = fmax(most, fabs(x[i]));
    return most;
}

/* max |x - reference| / scale. */
static double tensor_error(const Selftest *t, const pg_tensor *x, const void *data,
                           const double *reference, double scale)
{
    double most = 0;
    for (long i = 0; i < pg_count(x); i++) {
        double error = fabs(pg_get(x, data, t->model->is_double, i) - reference[i]) / scale;
        if (!(error <= most))
            most = isnan(error) ? INFINITY : error;
    }
    return most;
}

static void compare_scalars(const Selftest *t, const Eval *e, Worst *worst)
{
    for (int i = 0; i < t->model->n_scalars; i++) {
        const pg_scalar *s = &t->model->scalars[i];
        const Output *o = pg_output_of(e->graph, i ? OUT_METRIC : OUT_LOSS, i ? s->name : NULL);
        double reference = value_of(e, o->value)[0];
        double x = pg_read_scalar(e->mode == TRAIN ? s->train : s->infer, t->model->is_double);
        pg_note_error(worst, fabs(x - reference) / fmax(fabs(reference), smallest_scalar), s->name);
    }
}

/* Parameters' gradients, or states' next values: those outputs of one kind. */
typedef struct Family {
    const Selftest *test;
    const Eval *e;
    OutputKind kind;
} Family;

static bool belongs(const Family *f, const pg_parameter *p)
{
    return (p->gradient != NULL) == (f->kind == OUT_GRADIENT);
}

static const double *reference_of(const Family *f, const pg_parameter *p)
{
    return value_of(f->e, pg_output_of(f->e->graph, f->kind, p->value.name)->value);
}

/* Returns the sum of squared errors; the largest is noted. */
static double compare_family(const Family *f, Worst *worst)
{
    const pg_model *model = f->test->model;
    double floor = 1e-30, sum = 0;
    for (int i = 0; i < model->n_parameters; i++) {
        const pg_parameter *p = &model->parameters[i];
        if (belongs(f, p))
            floor = fmax(floor, share * largest(reference_of(f, p), pg_count(&p->value)));
    }
    for (int i = 0; i < model->n_parameters; i++) {
        const pg_parameter *p = &model->parameters[i];
        if (!belongs(f, p))
            continue;
        const double *reference = reference_of(f, p);
        double scale = fmax(floor, largest(reference, pg_count(&p->value)));
        const void *data = p->gradient ? p->gradient : p->value.data;
        double error = tensor_error(f->test, &p->value, data, reference, scale);
        pg_note_error(worst, error, p->value.name);
        sum += error * error;
    }
    return sum;
}

/* ---- Training ---- */

/* Decides kinks as the program did; returns how many it took to agree. See selftest_kinks.c. */
static int settle_kinks(const Selftest *t, Eval *e, Worst *worst)
{
    Family gradients = {t, e, OUT_GRADIENT};
    Kink kinks[MAX_KINKS];
    int n = pg_find_kinks(e, kinks, MAX_KINKS), flipped = 0;
    double sum = compare_family(&gradients, &(Worst){0});
    for (int i = 0; i < n && worst->error > tolerance(t); i++) {
        Worst now = {0};
        pg_flip_kink(e, &kinks[i]);
        double with = compare_family(&gradients, &now);
        if (with < 0.99 * sum) {
            sum = with;
            *worst = now;
            flipped++;
        } else {
            pg_flip_kink(e, &kinks[i]);
        }
    }
    return flipped;
}

static void check_gradients(Selftest *t, Eval *e)
{
    Worst worst = {0};
    char detail[80] = "";
    compare_family(&(Family){t, e, OUT_GRADIENT}, &worst);
    if (worst.error > tolerance(t) && isfinite(worst.error)) {
        int flipped = settle_kinks(t, e, &worst);
        if (flipped)
            snprintf(detail, sizeof detail, "%d decision%s within rounding taken the other way",
                     flipped, flipped > 1 ? "s" : "");
    }
    pg_report_check(t, "gradients of kernels", detail, worst, tolerance(t));
}

static void check_training(Selftest *t)
{
    Arena *arena = new_arena();
    Worst scalars = {0}, states = {0};
    pg_reset_model(t);
    Eval *e = evaluate_mode(t, arena, TRAIN);
    t->model->forward();
    compare_scalars(t, e, &scalars);
    pg_report_check(t, "training loss", "", scalars, tolerance(t));
    t->model->backward();
    check_gradients(t, e);
    t->model->update();
    compare_family(&(Family){t, e, OUT_STATE}, &states);
    if (states.name)
        pg_report_check(t, "running statistics", "", states, tolerance(t));
    free_arena(arena);
}

/* ---- Inference ---- */

static void compare_outputs(const Selftest *t, const Eval *e, Worst *worst)
{
    for (int i = 0; i < t->model->n_outputs; i++) {
        const pg_tensor *x = &t->model->outputs[i];
        const double *reference = value_of(e, pg_output_of(e->graph, OUT_TENSOR, x->name)->value);
        double scale = fmax(largest(reference, pg_count(x)), 1e-30);
        pg_note_error(worst, tensor_error(t, x, x->data, reference, scale), x->name);
    }
}

static void check_inference(Selftest *t, int valid)
{
    Arena *arena = new_arena();
    Worst worst = {0};
    char detail[80];
    t->model->clock->valid = valid;
    Eval *e = evaluate_mode(t, arena, INFER);
    t->model->prepare();
    t->model->infer();
    compare_scalars(t, e, &worst);
    compare_outputs(t, e, &worst);
    snprintf(detail, sizeof detail, "%d of %d examples count", valid, t->model->batch);
    pg_report_check(t, "inference", detail, worst, tolerance(t));
    free_arena(arena);
}

void pg_check_fused(Selftest *t)
{
    check_training(t);
    check_inference(t, t->model->batch);
    if (t->model->batch > 1)
        check_inference(t, (t->model->batch + 1) / 2);
}
