/*
 * How `bench` shows what it measured: a JSON object for scripts, or a table sorted by share of the
 * step. Shares of peak say how far a kernel is from what the machine can do.
 */
#include "internal.h"
#include <stdlib.h>

static const char *phase_name(pg_phase phase)
{
    static const char *const names[] = {"prepare", "forward", "backward", "update", "infer"};
    return names[phase];
}

static bool is_training(pg_phase phase)
{
    return phase == PG_FORWARD || phase == PG_BACKWARD || phase == PG_UPDATE;
}

/* Operations, bytes and kernel seconds of a whole training step, or of a whole inference. */
typedef struct Totals {
    double flops, bytes, seconds;
} Totals;

static Totals add_up(const pg_model *model, const pg_timing *timing, bool training)
{
    Totals total = {0, 0, 0};
    for (int k = 0; k < model->n_kernels; k++) {
        const pg_kernel *kernel = &model->kernels[k];
        if (training ? !is_training(kernel->phase) : kernel->phase != PG_INFER)
            continue;
        total.flops += kernel->flops;
        total.bytes += kernel->bytes;
        total.seconds += timing->kernel[k];
    }
    return total;
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void json_number(const char *name, double value)
{
    char text[40];
    pg_format_number(text, sizeof text, value);
    printf(",\"%s\":%s", name, text);
}

static void json_text(const char *name, const char *value)
{
    printf(",\"%s\":", name);
    pg_print_json(stdout, value ? value : "");
}

static void json_step(const char *name, const pg_timing *timing, Totals total, double seconds)
{
    printf(",\"%s\":{\"calls\":%ld", name, timing->calls);
    json_number("seconds", seconds);
    json_number("flops", total.flops);
    json_number("bytes", total.bytes);
    json_number("share_of_peak", total.flops / seconds / timing->peak);
    printf("}");
}

static void json_kernel(const pg_kernel *kernel, const pg_timing *timing, double seconds,
                        double step)
{
    printf("{\"name\":");
    pg_print_json(stdout, kernel->name);
    json_text("fuses", kernel->fuses);
    json_text("source", kernel->source);
    json_text("phase", phase_name(kernel->phase));
    printf(",\"calls\":%ld", timing->calls);
    json_number("seconds", seconds);
    json_number("flops", kernel->flops);
    json_number("bytes", kernel->bytes);
    json_number("gflops", kernel->flops / seconds / 1e9);
    json_number("share", seconds / step);
    json_number("share_of_peak", kernel->flops / seconds / timing->peak);
    json_number("share_of_bandwidth", kernel->bytes / seconds / timing->bandwidth);
    printf("}");
}

void pg_report_json(const pg_model *model, const pg_timing *timing)
{
    Totals training = add_up(model, timing, true), inference = add_up(model, timing, false);
    printf("{\"model\":");
    pg_print_json(stdout, model->name);
    printf(",\"batch\":%d,\"threads\":%d,\"fused\":%s", model->batch, timing->threads,
           model->is_fused ? "true" : "false");
    json_text("dtype", model->is_double ? "f64" : "f32");
    json_number("peak_gflops", timing->peak / 1e9);
    json_number("bandwidth_gbs", timing->bandwidth / 1e9);
    json_step("train_step", timing, training, timing->train_step);
    json_step("infer_step", timing, inference, timing->infer_step);
    printf(",\"kernels\":[");
    for (int k = 0; k < model->n_kernels; k++) {
        const pg_kernel *kernel = &model->kernels[k];
        printf(k ? ",\n" : "\n");
        json_kernel(kernel, timing, timing->kernel[k],
                    is_training(kernel->phase) ? training.seconds : inference.seconds);
    }
    printf("\n]}\n");
}

/* ---- table --------------------------------------------------------------------------------- */

typedef struct Row {
    const pg_kernel *kernel;
    double seconds;
} Row;

static int slowest_first(const void *a, const void *b)
{
    const Row *x = a, *y = b;
    return x->seconds > y->seconds ? -1 : x->seconds < y->seconds;
}

static void print_numbers(const pg_timing *timing, double seconds, double step, double flops,
                          double bytes)
{
    printf("%10.1f us %6.1f %% %9.1f %6.1f %% %8.1f %6.1f %%", seconds * 1e6, 100 * seconds / step,
           flops / seconds / 1e9, 100 * flops / seconds / timing->peak, bytes / seconds / 1e9,
           100 * bytes / seconds / timing->bandwidth);
}

static void print_rows(const Row *rows, int n, const pg_timing *timing, Totals total)
{
    printf("%13s %8s %9s %8s %8s %8s  kernel\n", "time", "of step", "GFLOP/s", "of peak", "GB/s",
           "of mem.");
    for (int i = 0; i < n; i++) {
        const pg_kernel *k = rows[i].kernel;
        print_numbers(timing, rows[i].seconds, total.seconds, k->flops, k->bytes);
        printf("  %s (%s) %s: %s\n", k->name, phase_name(k->phase), k->source, k->fuses);
    }
    if (total.seconds > 0)
        print_numbers(timing, total.seconds, total.seconds, total.flops, total.bytes);
    printf("  sum of the kernels\n");
}

static void print_step(const pg_model *model, const pg_timing *timing, bool training)
{
    Row *rows = pg_allocate((size_t)model->n_kernels, sizeof *rows);
    Totals total = add_up(model, timing, training);
    double seconds = training ? timing->train_step : timing->infer_step;
    int n = 0;
    for (int k = 0; k < model->n_kernels; k++)
        if (training ? is_training(model->kernels[k].phase) : model->kernels[k].phase == PG_INFER)
            rows[n++] = (Row){&model->kernels[k], timing->kernel[k]};
    qsort(rows, (size_t)n, sizeof *rows, slowest_first);
    printf("\n%s step: %.1f us, %.0f images/s, %.1f GFLOP/s, %.1f %% of peak\n",
           training ? "training" : "inference", seconds * 1e6, model->batch / seconds,
           total.flops / seconds / 1e9, 100 * total.flops / seconds / timing->peak);
    print_rows(rows, n, timing, total);
    free(rows);
}

void pg_report_table(const pg_model *model, const pg_timing *timing)
{
    printf("%s: batch %d, %s, %s, %d threads; peak %.1f GFLOP/s, memory %.1f GB/s (probes of this "
           "run)\n",
           model->name, model->batch, model->is_double ? "double" : "float",
           model->is_fused ? "fused" : "not fused", timing->threads, timing->peak / 1e9,
           timing->bandwidth / 1e9);
    print_step(model, timing, true);
    print_step(model, timing, false);
}
