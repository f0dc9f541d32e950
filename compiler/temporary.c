/*
 * temporary: work in a folder that is gone afterwards. A child process does the work; this one only
 * waits, passes signals on, and tidies up, so that no way of failing leaves the folder behind.
 */
#define _GNU_SOURCE /* nftw */
#include "driver.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    remove(path);
    return 0;
}

/* Until the child ends; what asks us to stop is passed on to it and its own children. */
static int await(pid_t child, const sigset_t *signals, int *stopped_by)
{
    int status, number;
    for (;;) {
        pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (ended < 0 && errno != EINTR)
            return 1;
        if (sigwait(signals, &number) == 0 && number != SIGCHLD) {
            *stopped_by = number;
            kill(-child, number);
        }
    }
}

/* A process group of its own, so that await() can reach everything that it starts. */
static pid_t start_group(const sigset_t *before)
{
    fflush(NULL);
    pid_t child = fork();
    if (child >= 0)
        setpgid(child, child); /* in both, whoever is first; 0 means itself */
    if (child == 0)
        sigprocmask(SIG_SETMASK, before, NULL);
    return child;
}

int run_in_temporary_folder(int (*work)(const char *folder, void *data), void *data)
{
    const char *base = getenv("TMPDIR");
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/perigee-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(folder))
        error_at((Loc){0}, "perigee", "cannot create folder %s: %s", folder, strerror(errno));
    sigset_t signals, before;
    sigemptyset(&signals);
    for (const int *s = (const int[]){SIGINT, SIGTERM, SIGHUP, SIGCHLD, 0}; *s; s++)
        sigaddset(&signals, *s);
    sigprocmask(SIG_BLOCK, &signals, &before);
    pid_t child = start_group(&before);
    if (child < 0) {
        rmdir(folder);
        error_at((Loc){0}, "perigee", "cannot start a process: %s", strerror(errno));
    }
    if (child == 0)
        exit(work(folder, data));
    int stopped_by = 0, status = await(child, &signals, &stopped_by);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (stopped_by)
        raise(stopped_by); /* end as if it had not been caught */
    return status;
}
