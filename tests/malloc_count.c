/*
 * malloc_count: preloaded into a trainer by test_trainer.c, counts calls that take memory from the
 * heap and, when the program ends, writes the number to the file that MALLOC_COUNT names. Not a test of its
 * own: test_trainer.c compiles it when it runs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static long calls;

static void count(void)
{
    __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
}

void *malloc(size_t size)
{
    count();
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    count();
    return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    count();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size)
{
    count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    count();
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

__attribute__((destructor)) static void report(void)
{
    char text[32];
    const char *path = getenv("MALLOC_COUNT");
    int file = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;
    int length = snprintf(text, sizeof text, "%ld\n", calls);
    if (file < 0 || write(file, text, (size_t)length) != length)
        return;
    close(file);
}
