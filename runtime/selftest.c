/*
 * The command `selftest`: exit status 0 only when every check passes. See selftest.h.
 */
#include "selftest.h"

#include <math.h>
#include <omp.h>

void pg_note_error(Worst *worst, double error, const char *name)
{
    if (isnan(error))
        error = INFINITY;
    if (worst->name && error <= worst->error)
        return;
    *worst = (Worst){error, name};
}

void pg_report_check(Selftest *t, const char *check, const char *detail, Worst worst, double limit)
{
    bool good = worst.error <= limit;
    const char *name = worst.name ? worst.name : "-";
    if (!good)
        t->failures++;
    if (!t->options->quiet)
        printf("%-22s worst %8.2e  limit %7.1e  %-6s  %s%s%s\n", check, worst.error, limit,
               good ? "ok" : "FAILED", name, *detail ? "; " : "", detail);
    if (!good)
        pg_fail("selftest: %s failed: %s is off by %.3g, the limit is %g", check, name, worst.error,
                limit);
}

void pg_reset_model(const Selftest *t)
{
    pg_init_parameters(t->model, t->options->seed);
    *t->model->clock = (pg_clock){t->options->seed, 0, t->model->batch, t->model->lr};
    pg_fill_training_batch(t->data, t->options->seed, 0);
}

static void run_checks(Selftest *t)
{
    CatchPoint caught;
    push_catch(&caught);
    if (setjmp(caught.jump)) {
        pg_fail("selftest: the graph inside this program cannot be evaluated: %s", caught.message);
        t->failures++;
        return;
    }
    pg_check_gradient(t);
    pg_check_fused(t);
    pg_check_replay(t);
    pop_catch(&caught);
}

static bool open_model(Selftest *t)
{
    if (!t->model->text)
        return pg_fail("this program carries no graph to test against");
    t->data = pg_open_data(t->model, t->options, PG_NEED_TRAIN | PG_NEED_FEW);
    if (!t->data)
        return false;
    if (pg_steps_per_epoch(t->data) > 0)
        return true;
    return pg_fail("a batch has %d images, but a data stream has fewer", t->model->batch);
}

int pg_selftest(const pg_model *model, const pg_options *options)
{
    Selftest t = {model, options, NULL, 0};
    double start = pg_now();
    if (!open_model(&t))
        return 1;
    run_checks(&t);
    if (!options->quiet)
        printf("selftest %s in %.1f s\n", t.failures ? "FAILED" : "passed", pg_now() - start);
    pg_close_data(t.data);
    return t.failures ? 1 : 0;
}
