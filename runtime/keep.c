/*
 * Which weights a training keeps: the last, or the best by some scalar of some split. Both the
 * kept ones and the last good ones live in memory taken before the first step.
 */
#include "internal.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool parse_rule(pg_keep *keep, const pg_model *model)
{
    char order[16], split[16], metric[80];
    if (!model->keep || !strcmp(model->keep, "last"))
        return true;
    if (sscanf(model->keep, "%15s %15s %79s", order, split, metric) != 3 ||
        (strcmp(split, "valid") && strcmp(split, "train")))
        return pg_fail("keep = \"%s\": want \"last\" or \"best SPLIT METRIC\"", model->keep);
    bool is_loss = !strcmp(metric, model->scalars[0].name);
    keep->lowest = !strcmp(order, "lowest") || (!strcmp(order, "best") && is_loss);
    keep->best = true;
    keep->of_valid = !strcmp(split, "valid");
    for (int i = 0; i < model->n_scalars; i++) {
        keep->scalar = i;
        if (!strcmp(model->scalars[i].name, metric))
            return true;
    }
    return pg_fail("keep = \"%s\": the model has no metric '%s'", model->keep, metric);
}

bool pg_open_keep(pg_keep *keep, const pg_model *model, size_t bytes, bool has_valid)
{
    *keep = (pg_keep){0};
    if (!parse_rule(keep, model))
        return false;
    if (keep->of_valid && !has_valid)
        return pg_fail("keep = \"%s\": the data set holds no images out for validation",
                       model->keep);
    keep->weights = pg_allocate(bytes, 1);
    keep->last = pg_allocate(bytes, 1);
    pg_snapshot(model, keep->last);
    return true;
}

void pg_close_keep(pg_keep *keep)
{
    free(keep->weights);
    free(keep->last);
}

static bool is_better(const pg_keep *keep, double value)
{
    if (!keep->best)
        return true;
    if (!isfinite(value))
        return false;
    return keep->epoch == 0 || (keep->lowest ? value < keep->value : value > keep->value);
}

bool pg_keep_epoch(pg_keep *keep, const pg_writer *writer, const pg_epoch *epoch)
{
    double value = (keep->of_valid ? epoch->valid : epoch->train)[keep->scalar];
    if (!pg_weights_are_finite(writer->model)) {
        pg_fail("after epoch %d some weights are not finite", epoch->epoch);
        pg_keep_after_failure(keep, writer);
        return false;
    }
    pg_snapshot(writer->model, keep->last);
    keep->last_epoch = epoch->epoch;
    if (!is_better(keep, value))
        return true;
    memcpy(keep->weights, keep->last, writer->body_bytes);
    keep->value = value;
    keep->epoch = epoch->epoch;
    return pg_write_weights(writer, keep->weights);
}

bool pg_keep_after_failure(pg_keep *keep, const pg_writer *writer)
{
    if (keep->best && keep->epoch > 0)
        return pg_fail("the best weights, of epoch %d, are kept in %s", keep->epoch, writer->path);
    char from[64];
    snprintf(from, sizeof from, keep->last_epoch ? "of epoch %d" : "the initial ones",
             keep->last_epoch);
    if (pg_weights_are_finite(writer->model)) {
        pg_snapshot(writer->model, keep->last);
        snprintf(from, sizeof from, "from before this step");
    }
    return pg_write_weights(writer, keep->last) &&
           pg_fail("the last good weights, %s, are kept in %s", from, writer->path);
}
