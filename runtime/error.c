/*
 * Errors, memory and time: the few services that every file of the runtime uses. An error is one
 * line on stderr that starts with the program's name; the caller then unwinds with false.
 */
#include "internal.h"
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

bool pg_fail(const char *format, ...)
{
    va_list arguments;
    fflush(stdout);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return false;
}

void *pg_allocate(size_t count, size_t size)
{
    size_t bytes;
    void *memory = NULL;
    if (!__builtin_mul_overflow(count, size, &bytes) && bytes < SIZE_MAX - 64)
        memory = aligned_alloc(64, (bytes + 64) / 64 * 64);
    if (!memory) {
        pg_fail("out of memory (%zu times %zu bytes)", count, size);
        exit(1);
    }
    return memset(memory, 0, bytes);
}

double pg_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void pg_print_json(FILE *out, const char *s)
{
    fputc('"', out);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            fprintf(out, "\\%c", *s);
        else if ((unsigned char)*s < 0x20)
            fprintf(out, "\\u%04x", *s);
        else
            fputc(*s, out);
    }
    fputc('"', out);
}

int pg_format_number(char *text, size_t size, double value)
{
    return isfinite(value) ? snprintf(text, size, "%.7g", value) : snprintf(text, size, "null");
}
