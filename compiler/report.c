/*
 * report: see report.h.
 */
#include "report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- Numbers ---- */

/* n with four digits and the unit that keeps it below 1000. */
static const char *scaled_text(Arena *arena, double n, const char *const *units, int n_units)
{
    int i = 0;
    for (; i + 1 < n_units && fabs(n) >= 999.95; i++)
        n /= 1000;
    int decimals = n == floor(n) && i == 0 ? 0 : fabs(n) < 9.9995 ? 3 : fabs(n) < 99.995 ? 2 : 1;
    return format_string(arena, "%.*f%s%s", decimals, n, *units[i] ? " " : "", units[i]);
}

const char *count_text(Arena *arena, double n)
{
    static const char *const units[] = {"", "k", "M", "G", "T"};
    return scaled_text(arena, n, units, COUNT_OF(units));
}

const char *flops_text(Arena *arena, double n)
{
    static const char *const units[] = {"FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP"};
    return scaled_text(arena, n, units, COUNT_OF(units));
}

const char *bytes_text(Arena *arena, double n)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    return scaled_text(arena, n, units, COUNT_OF(units));
}

const char *time_text(Arena *arena, double seconds)
{
    static const char *const units[] = {"us", "ms", "s"};
    return scaled_text(arena, seconds * 1e6, units, COUNT_OF(units));
}

const char *grouped_text(Arena *arena, long n)
{
    char digits[24], text[40];
    int length = snprintf(digits, sizeof digits, "%ld", n), to = 0;
    for (int i = 0; i < length; i++) {
        text[to++] = digits[i];
        if ((length - i - 1) % 3 == 0 && i + 1 < length && digits[i] != '-')
            text[to++] = ' ';
    }
    text[to] = '\0';
    return copy_string(arena, text);
}

/* ---- Text ---- */

const char *cut_text(Arena *arena, const char *text, int n)
{
    int length = (int)strlen(text);
    return length <= n ? text : format_string(arena, "%.*s...", MAX(n - 3, 0), text);
}

/* How much of the text fits into `room`: up to a space if there is one, else up to the next. */
static int fitting(const char *text, int room)
{
    int length = (int)strlen(text), n = room;
    if (length <= room)
        return length;
    while (n > 0 && text[n] != ' ')
        n--;
    return n > 0 ? n : (int)strcspn(text, " ");
}

void print_wrapped(const char *text, int indent)
{
    for (;;) {
        int n = fitting(text, PAGE_WIDTH - indent);
        printf("%.*s\n", n, text);
        text += n;
        text += strspn(text, " ");
        if (!*text)
            return;
        printf("%*s", indent, "");
    }
}

void print_paragraph(const char *text, int indent)
{
    while (*text) {
        int n = (int)strcspn(text, "\n"), inner = (int)strspn(text, " ");
        char row[1024];
        snprintf(row, sizeof row, "%.*s", n - inner, text + inner);
        printf("%*s", indent + inner, "");
        print_wrapped(row, indent + inner);
        text += n + (text[n] == '\n');
    }
}

/* ---- JSON ---- */

json_t *json_figure(double value)
{
    if (!isfinite(value))
        return json_null();
    return value == floor(value) && fabs(value) < 0x1p53 ? json_integer((json_int_t)value)
                                                         : json_real(value);
}

json_t *json_text(const char *text)
{
    json_t *string = text ? json_string(text) : json_null();
    return string ? string : json_string("(not UTF-8)");
}

void print_json(json_t *object)
{
    if (!object || json_dumpf(object, stdout, JSON_REAL_PRECISION(9)) != 0)
        bug("cannot print JSON");
    printf("\n");
    json_decref(object);
}

int finish_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    fprintf(stderr, "perigee: cannot write to standard output: %s\n", strerror(errno));
    return 1;
}
