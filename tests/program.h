/*
 * program: runs programs for tests, through the shell, and reads what they leave behind. Each test
 * works in a folder of its own under the build folder.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a program said. */
typedef struct Run {
    int status; /* exit status; 128 + signal when it was killed */
    char *out, *err;
} Run;

/* The whole file as a string ("" if there is none); size may be NULL. */
static inline char *read_text(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, 1);
    size_t n = 0, got;
    while (f && (text = realloc(text, n + 65537)) && (got = fread(text + n, 1, 65536, f)) > 0)
        n += got;
    if (f)
        fclose(f);
    text[n] = '\0';
    if (size)
        *size = n;
    return text;
}

__attribute__((format(printf, 1, 2))) static inline char *text_of(const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    return text;
}

/* A new empty folder; never removed by tests that fail, so that it can be looked at. */
static inline char *new_folder(const char *name)
{
    mkdir(BINARY_DIR "/work", 0777);
    char *path = text_of("%s/work/%s-XXXXXX", BINARY_DIR, name);
    if (!mkdtemp(path))
        abort();
    return path;
}

static inline void remove_folder(const char *path)
{
    char *command = text_of("rm -rf '%s'", path);
    if (system(command) != 0)
        fprintf(stderr, "cannot remove %s\n", path);
    free(command);
}

static inline bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static inline void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        abort();
}

static inline int count_files(const char *folder)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));)
        n += e->d_name[0] != '.' || strlen(e->d_name) > 2;
    if (d)
        closedir(d);
    return n;
}

/* Runs a line of shell in this folder; what it prints goes through files outside of it. */
__attribute__((format(printf, 2, 3))) static inline Run run_in(const char *folder,
                                                               const char *format, ...)
{
    char *line, *out = new_folder("run"), *command;
    va_list args;
    va_start(args, format);
    if (vasprintf(&line, format, args) < 0)
        abort();
    va_end(args);
    command = text_of("cd '%s' && { %s\n} >'%s/out' 2>'%s/err'", folder, line, out, out);
    int status = system(command);
    Run r = {WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
             read_text(text_of("%s/out", out), NULL), read_text(text_of("%s/err", out), NULL)};
    remove_folder(out);
    free(line);
    free(command);
    return r;
}

#endif
