/*
 * toolchain: finds clang and the runtime's archives, and runs programs. Arguments go to exec() as
 * they are; nothing passes through a shell.
 */
#include "driver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_on_path(const char *program)
{
    char full[4096];
    const char *path = getenv("PATH");
    if (strchr(program, '/'))
        return access(program, X_OK) == 0;
    while (path && *path) {
        int n = (int)strcspn(path, ":");
        snprintf(full, sizeof full, "%.*s/%s", n, path, program);
        if (access(full, X_OK) == 0)
            return true;
        path += n + (path[n] == ':');
    }
    return false;
}

static const char *find_clang(const BuildOptions *options)
{
    static const char *const names[] = {"clang-19", "clang-20", "clang-18", "clang"};
    if (options->cc) {
        if (!is_on_path(options->cc))
            error_at((Loc){0}, "perigee", "compiler '%s' (--cc) not found", options->cc);
        return options->cc;
    }
    for (int i = 0; i < COUNT_OF(names); i++)
        if (is_on_path(names[i]))
            return names[i];
    error_at((Loc){0}, "perigee",
             "clang not found on PATH: install clang-19 and libomp-19-dev, or name one with --cc");
}

/* The installed folder beside this executable, or the build folder it was made in. */
static const char *find_folder(Arena *arena, const char *installed, const char *built,
                               const char *file)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
        self[n] = '\0';
        *strrchr(self, '/') = '\0';
        const char *folder = format_string(arena, "%s/%s", self, installed);
        if (access(format_string(arena, "%s/%s", folder, file), R_OK) == 0)
            return folder;
    }
    if (access(format_string(arena, "%s/%s", built, file), R_OK) != 0)
        error_at((Loc){0}, "perigee",
                 "the runtime (%s) is neither installed beside perigee nor in %s", file, built);
    return built;
}

/* Starts argv; its standard output goes to `out` if that is not -1. */
static pid_t start(char *const *argv, int out)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    if (out >= 0)
        dup2(out, STDOUT_FILENO);
    execvp(argv[0], argv);
    fprintf(stderr, "perigee: cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static bool finish(pid_t child)
{
    int status;
    if (child < 0)
        return false;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

char *run_and_read(Arena *arena, char *const *argv)
{
    int ends[2];
    if (pipe(ends) != 0)
        return NULL;
    pid_t child = start(argv, ends[1]);
    close(ends[1]);
    Buffer b = {0};
    char chunk[4096];
    ssize_t n;
    while ((n = read(ends[0], chunk, sizeof chunk)) > 0)
        print_to(&b, "%.*s", (int)n, chunk);
    close(ends[0]);
    bool ok = finish(child);
    char *text = ok && b.text ? copy_string(arena, b.text) : NULL;
    free_buffer(&b);
    return text;
}

enum { MAX_ARGUMENTS = 64 };

typedef struct Arguments {
    char *word[MAX_ARGUMENTS];
    int n;
} Arguments;

static void add(Arena *arena, Arguments *a, const char *word)
{
    if (a->n == MAX_ARGUMENTS - 1)
        bug("too many compiler arguments");
    a->word[a->n++] = copy_string(arena, word);
}

static void add_words(Arena *arena, Arguments *a, const char *words)
{
    for (const char *w = words; *w;) {
        int n = (int)strcspn(w, " ");
        if (n)
            add(arena, a, format_string(arena, "%.*s", n, w));
        w += n + (w[n] == ' ');
    }
}

void run_clang(Arena *arena, const BuildOptions *options, const char *source, const char *binary)
{
    const char *lib =
        find_folder(arena, PERIGEE_INSTALL_LIB_DIR, PERIGEE_BUILD_LIB_DIR, "libperigee_runtime.a");
    const char *include =
        find_folder(arena, PERIGEE_INSTALL_INCLUDE_DIR, PERIGEE_BUILD_INCLUDE_DIR, "pg.h");
    const char *temporary = format_string(arena, "%s.part", binary);
    Arguments a = {0};
    add(arena, &a, find_clang(options));
    add_words(arena, &a, "-std=gnu11 -O3 -fno-math-errno -fopenmp -Wall -Wextra");
    add_words(arena, &a, find_target(options->target)->flags);
    /* Virtual machines report processor features that clang finds odd together. */
    add_words(arena, &a, "-Wno-unknown-warning-option -Wno-invalid-feature-combination");
    add_words(arena, &a, "-ffunction-sections -Wl,--gc-sections " PERIGEE_TRAINER_FLAGS);
    add(arena, &a, format_string(arena, "-I%s", include));
    add(arena, &a, source);
    add_words(arena, &a, "-o");
    add(arena, &a, temporary);
    add(arena, &a, format_string(arena, "%s/libperigee_runtime.a", lib));
    add(arena, &a, format_string(arena, "%s/libperigee_core.a", lib));
    add_words(arena, &a, "-lz -lm");
    if (!finish(start(a.word, -1))) {
        unlink(temporary);
        error_at((Loc){0}, "perigee", "%s failed on %s", a.word[0], source);
    }
    if (rename(temporary, binary) != 0)
        error_at((Loc){0}, "perigee", "cannot write %s: %s", binary, strerror(errno));
}
