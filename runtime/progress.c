/*
 * What a training shows while it runs: on a terminal one line that is redrawn, elsewhere one plain
 * line per epoch, nothing with --quiet.
 */
#include "internal.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BAR = 24 };

void pg_start_progress(pg_progress *progress, const pg_options *options, int batch)
{
    const char *terminal = getenv("TERM");
    progress->quiet = options->quiet;
    progress->terminal = isatty(STDOUT_FILENO) && terminal && strcmp(terminal, "dumb");
    progress->dirty = false;
    progress->batch = batch;
    progress->start = pg_now();
    progress->drawn = 0;
}

void pg_clear_progress(pg_progress *progress)
{
    if (!progress->dirty)
        return;
    printf("\r\033[K");
    fflush(stdout);
    progress->dirty = false;
}

void pg_show_step(pg_progress *progress, int epoch, long step, double loss)
{
    char bar[BAR + 1];
    if (progress->quiet || !progress->terminal)
        return;
    double now = pg_now();
    if (now - progress->drawn < 0.1) /* ten times a second is enough for the eye */
        return;
    progress->drawn = now;
    progress->dirty = true;
    double elapsed = now - progress->start, left = 0;
    if (progress->total > step)
        left = elapsed / (double)step * (double)(progress->total - step);
    int full = progress->total ? (int)(step * BAR / progress->total) : 0;
    memset(bar, '.', BAR);
    memset(bar, '#', (size_t)(full > BAR ? BAR : full));
    bar[BAR] = '\0';
    printf("\r[%s] epoch %d/%d  step %ld/%ld  loss %.4f  %.0f images/s  ETA %d:%02d\033[K", bar,
           epoch, progress->epochs, step, progress->total, loss,
           (double)step * progress->batch / elapsed, (int)left / 60, (int)left % 60);
    fflush(stdout);
}

static void show_scalars(const pg_model *model, const char *split, const double *mean)
{
    if (!isfinite(mean[0]))
        return;
    printf("  %s", split);
    for (int i = 0; i < model->n_scalars; i++)
        printf(" %s %.4f", model->scalars[i].name, mean[i]);
}

void pg_show_epoch(pg_progress *progress, const pg_model *model, const pg_epoch *epoch)
{
    if (progress->quiet)
        return;
    pg_clear_progress(progress);
    printf("epoch %d/%d ", epoch->epoch, progress->epochs);
    show_scalars(model, "train", epoch->train);
    show_scalars(model, "valid", epoch->valid);
    printf("  lr %.3g  %.2f s  %.0f images/s\n", epoch->lr, epoch->seconds,
           epoch->images_per_second);
    fflush(stdout);
}
