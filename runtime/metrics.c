/*
 * metrics.jsonl: one JSON object per epoch, written with one write() from memory that was taken
 * before training. `seconds` counts the training steps only, and images_per_second goes with it.
 */
#include "internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make_one_folder(const char *path)
{
    struct stat status;
    if (mkdir(path, 0777) == 0)
        return true;
    int reason = errno;
    if (stat(path, &status) == 0)
        return S_ISDIR(status.st_mode) || pg_fail("cannot make output folder: %s is a file", path);
    return pg_fail("cannot make output folder %s: %s", path, strerror(reason));
}

bool pg_make_folder(const char *path)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof part)
        return pg_fail("output folder: its name is %s", length ? "too long" : "empty");
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (!make_one_folder(part))
            return false;
    }
    if (access(path, W_OK | X_OK))
        return pg_fail("cannot write to output folder %s: %s", path, strerror(errno));
    return true;
}

bool pg_open_metrics(pg_metrics *metrics, const pg_model *model, const char *folder)
{
    int length = snprintf(metrics->path, sizeof metrics->path, "%s/metrics.jsonl", folder);
    if ((size_t)length >= sizeof metrics->path)
        return pg_fail("%s: the folder's name is too long", folder);
    metrics->line_size = 256;
    for (int i = 0; i < model->n_scalars; i++)
        metrics->line_size += 2 * (strlen(model->scalars[i].name) + 48);
    metrics->line = pg_allocate(metrics->line_size, 1);
    metrics->file = open(metrics->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (metrics->file < 0)
        return pg_fail("cannot write %s: %s", metrics->path, strerror(errno));
    return true;
}

static size_t put_number(pg_metrics *m, size_t at, const char *prefix, const char *name,
                         double value)
{
    at += (size_t)snprintf(m->line + at, m->line_size - at, ",\"%s%s\":", prefix, name);
    return at + (size_t)pg_format_number(m->line + at, m->line_size - at, value);
}

bool pg_write_metrics(pg_metrics *m, const pg_model *model, const pg_epoch *epoch)
{
    size_t at = (size_t)snprintf(m->line, m->line_size, "{\"epoch\":%d", epoch->epoch);
    for (int i = 0; i < model->n_scalars; i++)
        at = put_number(m, at, "train_", model->scalars[i].name, epoch->train[i]);
    for (int i = 0; i < model->n_scalars; i++)
        at = put_number(m, at, "valid_", model->scalars[i].name, epoch->valid[i]);
    at = put_number(m, at, "", "lr", epoch->lr);
    at = put_number(m, at, "", "seconds", epoch->seconds);
    at = put_number(m, at, "", "images_per_second", epoch->images_per_second);
    at += (size_t)snprintf(m->line + at, m->line_size - at, "}\n");
    errno = ENOSPC; /* what a short write means */
    if (write(m->file, m->line, at) == (ssize_t)at)
        return true;
    return pg_fail("cannot write %s: %s", m->path, strerror(errno));
}

bool pg_close_metrics(pg_metrics *metrics)
{
    free(metrics->line);
    metrics->line = NULL;
    if (metrics->file < 0 || close(metrics->file) == 0)
        return true;
    return pg_fail("cannot write %s: %s", metrics->path, strerror(errno));
}
