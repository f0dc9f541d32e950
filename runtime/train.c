/*
 * The command `train`: epochs of shuffled batches, validation after each, metrics, and the weights
 * to keep. Everything that a step or an epoch needs is allocated before the first step.
 */
#include "internal.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Training {
    const pg_model *model;
    const pg_options *options;
    char folder[PATH_MAX];
    pg_data *data;
    pg_writer writer;
    pg_keep keep;
    pg_metrics metrics;
    pg_progress progress;
    pg_epoch epoch;   /* the one that runs */
    long step, steps; /* done so far, of */
    long steps_per_epoch;
} Training;

/* The schedule's rate for this epoch and step; --lr replaces the model's own rate, not its rules.
 */
static double learning_rate(const Training *t)
{
    double lr = isnan(t->options->lr) ? t->model->lr : t->options->lr;
    for (int i = 0; i < t->model->n_rules; i++) {
        const pg_rule *rule = &t->model->rules[i];
        int since = t->epoch.epoch - rule->epoch;
        if (since < 0)
            continue;
        lr = rule->kind == PG_RULE_SET ? rule->value : lr * pow(rule->value, since + 1);
    }
    return lr / (1 + t->model->lr_decay * (double)t->step);
}

/* --steps alone decides when it is over; else epochs do, --steps cutting them short. */
static void plan_length(Training *t)
{
    const pg_options *o = t->options;
    int epochs = o->epochs >= 0 ? o->epochs : t->model->epochs;
    t->steps = epochs * t->steps_per_epoch;
    if (o->steps >= 0 && (o->epochs < 0 || o->steps < t->steps))
        t->steps = o->steps;
    t->progress.total = t->steps;
    t->progress.epochs = (int)((t->steps + t->steps_per_epoch - 1) / t->steps_per_epoch);
}

static bool open_inputs(Training *t)
{
    const pg_model *model = t->model;
    pg_init_parameters(model, t->options->seed);
    if (t->options->weights && !pg_read_weights(model, t->options->weights))
        return false;
    t->data = pg_open_data(model, t->options, PG_NEED_TRAIN);
    if (!t->data)
        return false;
    t->steps_per_epoch = pg_steps_per_epoch(t->data);
    if (t->steps_per_epoch == 0)
        return pg_fail("a batch has %d images, but a data stream has fewer for training",
                       model->batch);
    plan_length(t);
    return true;
}

static bool open_outputs(Training *t)
{
    const pg_model *model = t->model;
    const char *out = t->options->out;
    int length = out ? snprintf(t->folder, sizeof t->folder, "%s", out)
                     : snprintf(t->folder, sizeof t->folder, "runs/%s", model->name);
    if ((size_t)length >= sizeof t->folder)
        return pg_fail("the output folder's name is too long");
    t->epoch.train = pg_allocate((size_t)model->n_scalars, sizeof(double));
    t->epoch.valid = pg_allocate((size_t)model->n_scalars, sizeof(double));
    if (!pg_make_folder(t->folder) || !pg_open_writer(&t->writer, model, t->folder))
        return false;
    bool has_valid = pg_examples(t->data, PG_VALID) > 0;
    return pg_open_keep(&t->keep, model, t->writer.body_bytes, has_valid) &&
           pg_open_metrics(&t->metrics, model, t->folder);
}

/* Forward, backward and update on one batch; false when the loss is not a number. */
static bool run_step(Training *t)
{
    const pg_model *model = t->model;
    *model->clock = (pg_clock){t->options->seed, (uint32_t)t->step, model->batch, learning_rate(t)};
    pg_fill_training_batch(t->data, t->options->seed, t->step);
    model->forward();
    double loss = pg_read_scalar(model->scalars[0].train, model->is_double);
    if (!isfinite(loss)) {
        pg_clear_progress(&t->progress);
        pg_report_bad_loss(model, loss);
        return pg_keep_after_failure(&t->keep, &t->writer);
    }
    for (int i = 0; i < model->n_scalars; i++)
        t->epoch.train[i] += pg_read_scalar(model->scalars[i].train, model->is_double);
    model->backward();
    model->update();
    t->step++;
    pg_show_step(&t->progress, t->epoch.epoch, t->step, loss);
    return true;
}

static bool run_epoch(Training *t)
{
    const pg_model *model = t->model;
    long left = t->steps - t->step;
    long steps = left < t->steps_per_epoch ? left : t->steps_per_epoch;
    double start = pg_now();
    t->epoch.epoch++;
    memset(t->epoch.train, 0, (size_t)model->n_scalars * sizeof(double));
    for (long i = 0; i < steps; i++)
        if (!run_step(t))
            return false;
    t->epoch.seconds = pg_now() - start;
    t->epoch.images_per_second = (double)(steps * model->batch) / t->epoch.seconds;
    t->epoch.lr = model->clock->lr;
    for (int i = 0; i < model->n_scalars; i++)
        t->epoch.train[i] /= (double)steps;
    pg_evaluate(model, t->data, PG_VALID, t->epoch.valid);
    pg_show_epoch(&t->progress, model, &t->epoch);
    return pg_write_metrics(&t->metrics, model, &t->epoch) &&
           pg_keep_epoch(&t->keep, &t->writer, &t->epoch);
}

/* A training of no steps, or one whose measure was never a number, keeps what it has. */
static bool keep_something(Training *t)
{
    return t->keep.epoch > 0 || pg_write_weights(&t->writer, t->keep.last);
}

static void show_end(const Training *t)
{
    const pg_keep *keep = &t->keep;
    if (t->options->quiet)
        return;
    if (keep->best && keep->epoch)
        printf("kept the weights of epoch %d (%s %.6g) in %s\n", keep->epoch, t->model->keep,
               keep->value, t->writer.path);
    else
        printf("kept the last weights (%ld steps) in %s\n", t->step, t->writer.path);
}

static bool train(Training *t)
{
    if (!open_inputs(t) || !open_outputs(t))
        return false;
    if (!t->options->quiet)
        printf("training %s: %ld images, %ld for validation, %ld steps of %d images, seed %llu\n",
               t->model->name, pg_examples(t->data, PG_TRAIN), pg_examples(t->data, PG_VALID),
               t->steps, t->model->batch, (unsigned long long)t->options->seed);
    pg_start_progress(&t->progress, t->options, t->model->batch);
    while (t->step < t->steps)
        if (!run_epoch(t))
            return false;
    if (!keep_something(t))
        return false;
    show_end(t);
    return true;
}

int pg_train(const pg_model *model, const pg_options *options)
{
    Training t = {.model = model, .options = options, .metrics.file = -1};
    bool good = train(&t);
    good = pg_close_metrics(&t.metrics) && good;
    pg_close_keep(&t.keep);
    pg_close_writer(&t.writer);
    free(t.epoch.train);
    free(t.epoch.valid);
    pg_close_data(t.data);
    return good ? 0 : 1;
}
