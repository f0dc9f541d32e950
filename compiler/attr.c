/*
 * attr: attributes by name, through the operator's table: defaults, textual form to struct, struct
 * to textual form. Values hold no comma or brace, so that they can stand in a list.
 */
#include "ir.h"

#include "pg.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const init_names =
    "constant|uniform|normal|xavier_uniform|xavier_normal|he_uniform|"
    "he_normal";

int find_choice(const char *choices, const char *word)
{
    size_t n = strlen(word);
    int index = 0;
    for (const char *c = choices; *c; index++) {
        size_t length = strcspn(c, "|");
        if (length == n && !memcmp(c, word, n))
            return index;
        c += length + (c[length] == '|');
    }
    return -1;
}

static void print_choice(Buffer *b, const char *choices, int index)
{
    while (index-- > 0)
        choices = strchr(choices, '|') + 1;
    print_to(b, "%.*s", (int)strcspn(choices, "|"), choices);
}

/* Reads up to `most` whole numbers separated by spaces; returns how many, or -1. */
static int read_ints(const char *text, int *value, int most)
{
    int n = 0;
    while (*(text += strspn(text, " "))) {
        char *end;
        long v = strtol(text, &end, 10);
        if (end == text || n == most || v < INT32_MIN || v > INT32_MAX)
            return -1;
        value[n++] = (int)v;
        text = end;
    }
    return n;
}

static bool read_real(const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return end != text && !*end && isfinite(*value);
}

static bool parse_init(const char *text, Init *init)
{
    char kind[24] = "";
    *init = (Init){0};
    if (!strcmp(text, "zeros"))
        return true;
    if (sscanf(text, "%23s %lf %lf", kind, &init->a, &init->b) < 1)
        return false;
    init->kind = find_choice(init_names, kind);
    return init->kind >= 0 && isfinite(init->a) && isfinite(init->b);
}

static bool parse_axes(const char *text, int *axes)
{
    int list[MAX_RANK], n = read_ints(text, list, MAX_RANK);
    *axes = strcmp(text, "all") ? 0 : (1 << MAX_RANK) - 1;
    for (int i = 0; i < n; i++) {
        if (list[i] < 0 || list[i] >= MAX_RANK)
            return false;
        *axes |= 1 << list[i];
    }
    return *axes != 0;
}

static bool parse_shape(const char *text, Shape *shape)
{
    shape->rank = read_ints(text, shape->dim, MAX_RANK);
    return shape->rank >= 0;
}

static bool parse_pair(const char *text, Pair *pair)
{
    int v[2], n = read_ints(text, v, 2);
    if (n < 1)
        return false;
    *pair = (Pair){v[0], v[n - 1]};
    return true;
}

bool parse_attr(Arena *arena, const AttrDef *def, void *attrs, const char *text)
{
    void *field = (char *)attrs + def->offset;
    switch (def->kind) {
    case ATTR_INT:
        return read_ints(text, field, 1) == 1;
    case ATTR_REAL:
        return read_real(text, field);
    case ATTR_BOOL:
        *(bool *)field = !strcmp(text, "true");
        return *(bool *)field || !strcmp(text, "false");
    case ATTR_PAIR:
        return parse_pair(text, field);
    case ATTR_SHAPE:
        return parse_shape(text, field);
    case ATTR_AXES:
        return parse_axes(text, field);
    case ATTR_CHOICE:
        *(int *)field = find_choice(def->choices, text);
        return *(int *)field >= 0;
    case ATTR_TEXT:
        *(const char **)field = copy_string(arena, text);
        return true;
    case ATTR_INIT:
        return parse_init(text, field);
    }
    return false;
}

void set_default_attrs(const OpDef *op, void *attrs)
{
    memset(attrs, 0, op->attrs_size);
    for (int i = 0; i < op->n_attrs; i++) {
        const AttrDef *def = &op->attrs[i];
        if (def->fallback && *def->fallback && !parse_attr(NULL, def, attrs, def->fallback))
            bug("%s: default of '%s' does not parse: %s", op->name, def->name, def->fallback);
    }
}

static void print_ints(Buffer *b, const int *value, int n)
{
    for (int i = 0; i < n; i++)
        print_to(b, i ? " %d" : "%d", value[i]);
}

static void print_axes(Buffer *b, int axes)
{
    const char *separator = "";
    for (int a = 0; a < MAX_RANK; a++)
        if (axes >> a & 1) {
            print_to(b, "%s%d", separator, a);
            separator = " ";
        }
}

void print_attr(Buffer *b, const AttrDef *def, const void *attrs)
{
    const void *field = (const char *)attrs + def->offset;
    switch (def->kind) {
    case ATTR_INT:
        print_to(b, "%d", *(const int *)field);
        break;
    case ATTR_REAL:
        print_to(b, "%.17g", *(const double *)field);
        break;
    case ATTR_BOOL:
        print_to(b, "%s", *(const bool *)field ? "true" : "false");
        break;
    case ATTR_PAIR:
        print_to(b, "%d %d", ((const Pair *)field)->h, ((const Pair *)field)->w);
        break;
    case ATTR_SHAPE:
        print_ints(b, ((const Shape *)field)->dim, ((const Shape *)field)->rank);
        break;
    case ATTR_AXES:
        print_axes(b, *(const int *)field);
        break;
    case ATTR_CHOICE:
        print_choice(b, def->choices, *(const int *)field);
        break;
    case ATTR_TEXT:
        print_to(b, "%s", *(const char *const *)field);
        break;
    case ATTR_INIT:
        print_choice(b, init_names, ((const Init *)field)->kind);
        print_to(b, " %.17g %.17g", ((const Init *)field)->a, ((const Init *)field)->b);
        break;
    }
}
