/*
 * reference_text: see reference_text.h. Defaults are shown as Lua would take them.
 */
#include "reference_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Set by passes: not for authors. */
static bool is_hidden(const AttrDef *def)
{
    return !def->doc || (def->fallback && !*def->fallback);
}

/* ---- Words for an attribute ---- */

/* "a|b|c" as "a" | "b" | "c" in quotes. */
static const char *choices_text(Arena *arena, const char *choices)
{
    const char *text = "";
    for (const char *c = choices; *c;) {
        int n = (int)strcspn(c, "|");
        text = format_string(arena, "%s%s\"%.*s\"", text, *text ? "|" : "", n, c);
        c += n + (c[n] == '|');
    }
    return text;
}

static const char *type_text(Arena *arena, const AttrDef *def)
{
    static const char *const words[] = {
        [ATTR_INT] = "whole number",   [ATTR_REAL] = "number",
        [ATTR_BOOL] = "true or false", [ATTR_PAIR] = "number or {h, w}",
        [ATTR_SHAPE] = "{sizes}",      [ATTR_AXES] = "axis, {axes} or \"all\"",
        [ATTR_TEXT] = "text",          [ATTR_INIT] = "initialiser",
    };
    return def->kind == ATTR_CHOICE ? choices_text(arena, def->choices) : words[def->kind];
}

/* {1, 2} for "1 2", 1 for "1". */
static const char *list_text(Arena *arena, const char *words)
{
    const char *text = "";
    if (!strchr(words, ' '))
        return words;
    for (; *words; words += strspn(words, " ")) {
        int n = (int)strcspn(words, " ");
        bool is_word = strchr("+-.0123456789", *words) == NULL;
        text = format_string(arena, is_word ? "%s%s\"%.*s\"" : "%s%s%.*s", text, *text ? ", " : "",
                             n, words);
        words += n;
    }
    return format_string(arena, "{%s}", text);
}

/* The default as Lua, or NULL if the attribute must be given. */
static const char *default_text(Arena *arena, const AttrDef *def)
{
    const char *text = def->fallback;
    if (!text)
        return NULL;
    if (def->kind == ATTR_INIT && !strcmp(text, "constant 0"))
        text = "zeros";
    bool is_word = def->kind == ATTR_CHOICE || def->kind == ATTR_TEXT || def->kind == ATTR_INIT ||
                   (def->kind == ATTR_AXES && !strcmp(text, "all"));
    if (def->kind == ATTR_SHAPE && !strchr(text, ' '))
        return format_string(arena, "{%s}", text);
    return is_word && !strchr(text, ' ') ? format_string(arena, "\"%s\"", text)
                                         : list_text(arena, text);
}

/* A bound a hair beside a whole number stands for that number, itself left out. */
static bool is_open(double bound)
{
    return bound != round(bound) && fabs(bound - round(bound)) < 1e-4;
}

static const char *range_text(Arena *arena, const AttrDef *def)
{
    bool is_number = def->kind == ATTR_INT || def->kind == ATTR_REAL || def->kind == ATTR_PAIR;
    if (!is_number || def->min == def->max)
        return "";
    bool open_low =
        is_open(def->min) && def->min > 0 && def->min > round(def->min) && round(def->min) != 0;
    const char *low =
        format_string(arena, "%s%.10g", open_low ? ">" : "", open_low ? round(def->min) : def->min);
    if (def->max >= 1e6)
        return format_string(arena, "%s%s", open_low ? "" : ">= ", low);
    bool open_high = is_open(def->max);
    return format_string(arena, "%s to %s%.10g", low, open_high ? "<" : "",
                         open_high ? round(def->max) : def->max);
}

enum { CELLS = 4 };

/* Name, type, default, range of an attribute. */
typedef struct Cells {
    const char *text[CELLS];
} Cells;

static Cells cells_of(Arena *arena, const AttrDef *def)
{
    const char *fallback = default_text(arena, def);
    return (Cells){{def->name, type_text(arena, def), fallback ? fallback : "required",
                    range_text(arena, def)}};
}

static void print_attribute(const AttrDef *def, const Cells *cells, const int *width)
{
    int indent = printf("  ");
    for (int j = 0; j < CELLS; j++)
        indent += width[j] ? printf("%-*s  ", width[j], cells->text[j]) : 0;
    print_wrapped(def->doc, indent);
}

void print_attributes(Arena *arena, const AttrDef *attrs, int n)
{
    Cells *cells = NEW_ARRAY(arena, Cells, n);
    int width[CELLS] = {0};
    bool has_init = false;
    for (int i = 0; i < n; i++) {
        cells[i] = cells_of(arena, &attrs[i]);
        for (int j = 0; j < CELLS && !is_hidden(&attrs[i]); j++)
            width[j] = MAX(width[j], (int)strlen(cells[i].text[j]));
        has_init |= attrs[i].kind == ATTR_INIT && !is_hidden(&attrs[i]);
    }
    if (width[0])
        printf("\nAttributes\n");
    for (int i = 0; i < n; i++)
        if (!is_hidden(&attrs[i]))
            print_attribute(&attrs[i], &cells[i], width);
    if (has_init)
        printf("\n  An initialiser is \"zeros\", \"he_normal\", \"he_uniform\", \"xavier_normal\", "
               "\"xavier_uniform\",\n  a number, {\"uniform\", from, to} or {\"normal\", mean, "
               "deviation}.\n");
}

json_t *json_attributes(Arena *arena, const AttrDef *attrs, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++) {
        const AttrDef *def = &attrs[i];
        if (is_hidden(def))
            continue;
        bool has_range = *range_text(arena, def) != '\0';
        json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:b, s:b, s:o, s:o, s:o, s:o}", "name", def->name, "type",
                      json_text(type_text(arena, def)), "required", !def->fallback, "positional",
                      def->positional, "default", json_text(default_text(arena, def)), "min",
                      has_range ? json_figure(def->min) : json_null(), "max",
                      has_range ? json_figure(def->max) : json_null(), "doc", json_text(def->doc)));
    }
    return list;
}

/* ---- Signatures ---- */

static const char *placeholder(const AttrDef *def)
{
    static const char *const words[] = {
        [ATTR_INT] = "N",         [ATTR_REAL] = "X",      [ATTR_BOOL] = "BOOL",
        [ATTR_PAIR] = "N",        [ATTR_SHAPE] = "{...}", [ATTR_AXES] = "AXES",
        [ATTR_CHOICE] = "CHOICE", [ATTR_TEXT] = "TEXT",   [ATTR_INIT] = "INIT",
    };
    return words[def->kind];
}

/* "filters, kernel = N, stride = 1": what must be given and may stand first, by name alone. */
static const char *keys_text(Arena *arena, const AttrDef *attrs, int n)
{
    const char *text = "";
    for (int i = 0; i < n; i++) {
        const AttrDef *def = &attrs[i];
        if (is_hidden(def))
            continue;
        const char *fallback = default_text(arena, def), *comma = *text ? ", " : "";
        if (def->positional && !fallback)
            text = format_string(arena, "%s%s%s", text, comma, def->name);
        else
            text = format_string(arena, "%s%s%s = %s", text, comma, def->name,
                                 fallback ? fallback : placeholder(def));
    }
    return text;
}

/* Broken after commas. */
static void print_signature(const char *text)
{
    for (int indent = 2; *text; indent = 6) {
        int room = PAGE_WIDTH - indent, n = (int)strlen(text);
        if (n > room)
            for (n = room; n > 1 && strncmp(text + n - 1, ", ", 2) != 0; n--)
                ;
        n = n > 1 ? n : (int)strlen(text);
        printf("%*s%.*s\n", indent, "", n, text);
        text += n + strspn(text + n, " ");
    }
}

void print_usage_of_table(Arena *arena, const char *name, const AttrDef *attrs, int n)
{
    print_signature(format_string(arena, "%s { %s }", name, keys_text(arena, attrs, n)));
}

static const char *operator_of(const OpDef *op)
{
    static const struct {
        const OpDef *op;
        const char *text;
    } rows[] = {{&op_add, "a + b"},
                {&op_sub, "a - b"},
                {&op_mul, "a * b"},
                {&op_div, "a / b"},
                {&op_neg, "-x"}};
    for (int i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].op == op)
            return rows[i].text;
    return NULL;
}

/* "a, b": the tensors; "first" and "rest" are the two sides of the dot in a:concat(b). */
typedef struct Inputs {
    const char *all, *first, *rest;
} Inputs;

static Inputs inputs_of(Arena *arena, const OpDef *op)
{
    const char *all = !strcmp(op->inputs, "...") ? "a, b, ..." : op->inputs;
    int n = (int)strcspn(all, ",");
    return (Inputs){all, format_string(arena, "%.*s", n, all), all + n + strspn(all + n, ", ")};
}

void print_usage_of_op(Arena *arena, const OpDef *op)
{
    Inputs in = inputs_of(arena, op);
    const char *keys = keys_text(arena, op->attrs, op->n_attrs), *name = op->name;
    const char *table = *keys ? format_string(arena, "{ %s }", keys) : "{}";
    const char *comma = *keys ? ", " : "", *call = *keys ? table : "";
    if (operator_of(op))
        print_signature(operator_of(op));
    if (!op->n_params) { /* what owns parameters is a layer only */
        print_signature(format_string(arena, "%s(%s%s%s)", name, in.all, comma, call));
        print_signature(format_string(arena, "%s:%s(%s%s%s)", in.first, name, in.rest,
                                      *in.rest ? comma : "", call));
    }
    print_signature(format_string(arena, "%s %s(%s)", name, table, in.all));
}
