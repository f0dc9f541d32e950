/*
 * base: the ground floor. One arena per compilation, a growing string buffer, and the two kinds of
 * failure: user_error() for what the person wrote, bug() for what we wrote. Nothing here knows
 * about graphs.
 */
#ifndef BASE_H
#define BASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define PRINTF_LIKE(text, first) __attribute__((__format__(__printf__, text, first)))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* ---- Arena: zeroed memory that lives as long as the compilation. ---- */

typedef struct Arena Arena;

Arena *new_arena(void);
void free_arena(Arena *arena);
void *arena_alloc(Arena *arena, size_t size);

/* Allocate by type: NEW(arena, Node), NEW_ARRAY(arena, Node *, n). */
#define NEW(arena, type) ((type *)arena_alloc(arena, sizeof(type)))
#define NEW_ARRAY(arena, type, n) ((type *)arena_alloc(arena, (size_t)(n) * sizeof(type)))

char *copy_string(Arena *arena, const char *s);
char *format_string(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *format_string_v(Arena *arena, const char *format, va_list args);

/* ---- String buffer ---- */

typedef struct Buffer {
    char *text; /* always ends in '\0' once anything was printed */
    size_t size, room;
} Buffer;

void print_to(Buffer *b, const char *format, ...) PRINTF_LIKE(2, 3);
void print_to_v(Buffer *b, const char *format, va_list args);
void free_buffer(Buffer *b);

/* ---- Failure ---- */

/* Where in the model file something was written. line 0 = not known. */
typedef struct Loc {
    const char *file;
    int line;
} Loc;

/* A person's mistake: prints "FILE:LINE: OP: message" and unwinds to the innermost catch point. */
_Noreturn void error_at(Loc loc, const char *op, const char *format, ...) PRINTF_LIKE(3, 4);

/* Our mistake: says so, asks for a report, exits with status 3. */
#define bug(...) report_bug(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void report_bug(const char *file, int line, const char *format, ...) PRINTF_LIKE(3, 4);

/*
 * Where error_at() goes. With no catch point it prints and exits with status 1; with one, the
 * message is left in `message` and control returns to the setjmp(). Catch points nest by saving
 * `previous`.
 */
typedef struct CatchPoint {
    jmp_buf jump;
    char message[2048];
    struct CatchPoint *previous;
} CatchPoint;

void push_catch(CatchPoint *point); /* then: if (setjmp(point->jump)) { ... caught ... } */
void pop_catch(CatchPoint *point);

/* ---- Small things ---- */

/* The nearest of `names` to `word` within a third of its letters, or NULL: for "did you mean". */
const char *nearest_name(const char *word, const char *const *names, int n);

bool is_identifier(const char *s);

#endif
