/*
 * base: arena, string buffer, failure. See base.h.
 */
#include "base.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 1 << 18 };

typedef struct Block {
    struct Block *next;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
} Block;

struct Arena {
    Block *first;
};

static void *checked(void *p)
{
    if (!p) {
        fputs("perigee: out of memory\n", stderr);
        exit(1);
    }
    return p;
}

Arena *new_arena(void)
{
    return checked(calloc(1, sizeof(Arena)));
}

void free_arena(Arena *arena)
{
    for (Block *b = arena->first, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(arena);
}

void *arena_alloc(Arena *arena, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    Block *b = arena->first;
    if (!b || b->size - b->used < size) {
        size_t room = MAX(size, (size_t)BLOCK_SIZE);
        b = checked(calloc(1, sizeof(Block) + room));
        b->size = room;
        b->next = arena->first;
        arena->first = b;
    }
    void *p = b->bytes + b->used;
    b->used += size;
    return p;
}

char *copy_string(Arena *arena, const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(arena_alloc(arena, n), s, n);
}

char *format_string_v(Arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *s = arena_alloc(arena, (size_t)n + 1);
    vsnprintf(s, (size_t)n + 1, format, again);
    va_end(again);
    return s;
}

char *format_string(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *s = format_string_v(arena, format, args);
    va_end(args);
    return s;
}

void print_to_v(Buffer *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    size_t n = (size_t)vsnprintf(NULL, 0, format, args);
    if (b->size + n + 1 > b->room) {
        b->room = MAX(b->size + n + 1, 2 * b->room + 256);
        b->text = checked(realloc(b->text, b->room));
    }
    vsnprintf(b->text + b->size, n + 1, format, again);
    b->size += n;
    va_end(again);
}

void print_to(Buffer *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_to_v(b, format, args);
    va_end(args);
}

void free_buffer(Buffer *b)
{
    free(b->text);
    *b = (Buffer){0};
}

/* The only state of the compiler outside a compilation: who catches the person's mistakes. */
static CatchPoint *innermost;

void push_catch(CatchPoint *point)
{
    point->previous = innermost;
    innermost = point;
}

void pop_catch(CatchPoint *point)
{
    innermost = point->previous;
}

_Noreturn void error_at(Loc loc, const char *op, const char *format, ...)
{
    char message[1600], full[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    int n = 0;
    if (loc.file)
        n = snprintf(full, sizeof full, loc.line ? "%.200s:%d: " : "%.200s: ", loc.file, loc.line);
    snprintf(full + n, sizeof full - (size_t)n, "%s%s%s", op ? op : "", op ? ": " : "", message);
    if (!innermost) {
        fprintf(stderr, "%s\n", full);
        exit(1);
    }
    CatchPoint *point = innermost;
    memcpy(point->message, full, sizeof full);
    innermost = point->previous;
    longjmp(point->jump, 1);
}

_Noreturn void report_bug(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fflush(stdout);
    fprintf(stderr, "perigee: this is a bug in Perigee, not in your model (%s:%d): ", file, line);
    vfprintf(stderr, format, args);
    fputs("\nperigee: please report it, with the model file\n", stderr);
    va_end(args);
    exit(3);
}

/* Levenshtein distance, for words of at most 40 letters. */
static int edit_distance(const char *a, const char *b)
{
    int row[41];
    int n = (int)strlen(b);
    if (n > 40 || strlen(a) > 40)
        return 99;
    for (int j = 0; j <= n; j++)
        row[j] = j;
    for (int i = 1; *a; a++, i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= n; j++) {
            int cost = diagonal + (*a != b[j - 1]);
            diagonal = row[j];
            row[j] = MIN(cost, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

const char *nearest_name(const char *word, const char *const *names, int n)
{
    const char *best = NULL;
    int limit = MAX(1, ((int)strlen(word) + 2) / 3);
    for (int i = 0; i < n; i++) {
        int d = edit_distance(word, names[i]);
        if (d <= limit) {
            limit = d - 1;
            best = names[i];
        }
    }
    return best;
}

bool is_identifier(const char *s)
{
    if (!isalpha((unsigned char)*s) && *s != '_')
        return false;
    while (isalnum((unsigned char)*s) || *s == '_')
        s++;
    return *s == '\0';
}
