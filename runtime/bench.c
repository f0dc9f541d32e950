/*
 * The command `bench`: median time of a training step, of an inference step and of every kernel
 * inside full passes, on one real batch. The numbers go to report.c.
 */
#include "internal.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>

enum { WARM_UP = 3, MAX_SAMPLES = 2000, MIN_SAMPLES = 5 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *samples, long n)
{
    qsort(samples, (size_t)n, sizeof *samples, by_value);
    return n % 2 ? samples[n / 2] : (samples[n / 2 - 1] + samples[n / 2]) / 2;
}

static void train_step(const pg_model *model)
{
    model->forward();
    model->backward();
    model->update();
    model->clock->step++;
}

static void infer_step(const pg_model *model)
{
    model->infer();
}

/* Runs `step` for about `seconds`; its median time. */
static double time_step(const pg_model *model, void (*step)(const pg_model *), double seconds)
{
    double *samples = pg_allocate(MAX_SAMPLES, sizeof *samples);
    long n = 0;
    for (int i = 0; i < WARM_UP; i++)
        step(model);
    double end = pg_now() + seconds;
    while (n < MAX_SAMPLES && (n < MIN_SAMPLES || pg_now() < end)) {
        double start = pg_now();
        step(model);
        samples[n++] = pg_now() - start;
    }
    double result = median(samples, n);
    free(samples);
    return result;
}

/* One training step and one inference, kernel by kernel; samples is (n_kernels, MAX_SAMPLES). */
static void time_pass(const pg_model *model, double *samples, long sample)
{
    static const pg_phase order[] = {PG_FORWARD, PG_BACKWARD, PG_UPDATE, PG_PREPARE, PG_INFER};
    for (int phase = 0; phase < 5; phase++) {
        double before = pg_now();
        for (int k = 0; k < model->n_kernels; k++) {
            if (model->kernels[k].phase != order[phase])
                continue;
            model->kernels[k].run();
            double after = pg_now();
            samples[(long)k * MAX_SAMPLES + sample] = after - before;
            before = after;
        }
    }
    model->clock->step++;
}

/* Fills kernel[k] with medians; returns how often each was timed. */
static long time_kernels(const pg_model *model, double seconds, double *kernel)
{
    double *samples = pg_allocate((size_t)model->n_kernels * MAX_SAMPLES, sizeof *samples);
    long n = 0;
    for (int i = 0; i < WARM_UP; i++)
        time_pass(model, samples, 0);
    double end = pg_now() + seconds;
    while (n < MAX_SAMPLES && (n < MIN_SAMPLES || pg_now() < end))
        time_pass(model, samples, n++);
    for (int k = 0; k < model->n_kernels; k++)
        kernel[k] = median(samples + (long)k * MAX_SAMPLES, n);
    free(samples);
    return n;
}

static void measure(const pg_model *model, const pg_options *options, pg_timing *timing,
                    double *kernel)
{
    double third = options->seconds / 3;
    timing->peak = pg_probe_peak(model->is_double);
    timing->bandwidth = pg_probe_bandwidth();
    timing->threads = omp_get_max_threads();
    timing->train_step = time_step(model, train_step, third);
    model->prepare();
    timing->infer_step = time_step(model, infer_step, third);
    timing->calls = time_kernels(model, third, kernel);
    timing->kernel = kernel;
}

int pg_bench(const pg_model *model, const pg_options *options)
{
    pg_timing timing;
    pg_init_parameters(model, options->seed);
    pg_data *data = pg_open_data(model, options, PG_NEED_TRAIN | PG_NEED_FEW);
    if (!data)
        return 1;
    if (pg_steps_per_epoch(data) == 0) {
        pg_fail("a batch has %d images, but a data stream has fewer", model->batch);
        pg_close_data(data);
        return 1;
    }
    double *kernel = pg_allocate((size_t)model->n_kernels, sizeof *kernel);
    *model->clock = (pg_clock){options->seed, 0, model->batch, model->lr};
    pg_fill_training_batch(data, options->seed, 0);
    measure(model, options, &timing, kernel);
    (options->json ? pg_report_json : pg_report_table)(model, &timing);
    free(kernel);
    pg_close_data(data);
    return 0;
}
