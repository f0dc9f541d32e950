/*
 * perigee ops, datasets, optimizers: the reference, printed from the tables: ops.def, data.def,
 * optim.def. Without a name a list, with one everything that its row says.
 */
#include "driver.h"
#include "reference_text.h"
#include "report.h"

#include <stdio.h>
#include <string.h>

enum { KEY_JSON = 256, KEY_ALL, NAME = 20, INPUTS = 16 };

typedef struct ReferenceOptions {
    const char *name; /* NULL: all */
    bool json, all;
} ReferenceOptions;

static const struct argp_option common_rows[] = {
    {"json", KEY_JSON, NULL, 0, "print JSON", 0},
    {0},
};

static const struct argp_option ops_rows[] = {
    {"all", KEY_ALL, NULL, 0, "those too that have no name in model files", 0},
    {"json", KEY_JSON, NULL, 0, "print JSON", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state)
{
    ReferenceOptions *o = state->input;
    switch (key) {
    case KEY_JSON:
        o->json = true;
        return 0;
    case KEY_ALL:
        o->all = true;
        return 0;
    case ARGP_KEY_ARG:
        if (o->name)
            argp_error(state, "one name at a time");
        o->name = text;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static ReferenceOptions read_options(const struct argp_option *rows, const char *command,
                                     const char *doc, int argc, char **argv)
{
    const struct argp argp = {rows, parse, "[NAME]", doc, NULL, NULL, NULL};
    ReferenceOptions o = {0};
    parse_options(&argp, command, argc, argv, &o);
    return o;
}

/* Index of `name`; a message with the nearest one, and exit status 1, if there is none. */
static int find_row(const char *what, const char *name, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return i;
    const char *nearest = nearest_name(name, names, n);
    if (nearest)
        error_at((Loc){0}, "perigee", "there is no %s '%s', did you mean '%s'?", what, name,
                 nearest);
    Buffer all = {0};
    for (int i = 0; i < n; i++)
        print_to(&all, i ? ", %s" : "%s", names[i]);
    error_at((Loc){0}, "perigee", "there is no %s '%s'; there are: %s", what, name, all.text);
}

/* ---- Operators ---- */

static const struct {
    const char *name, *title;
} kinds[] = {
    [SOURCE] = {"source", "Sources: what is there before the step computes anything"},
    [POINTWISE] = {"pointwise", "Element by element; shapes broadcast"},
    [REDUCTION] = {"reduction", "Sums and moments"},
    [ROW] = {"row", "Along axis 1"},
    [POOL] = {"pool", "Windows"},
    [POOL_GRAD] = {"pool_grad", "Gradients of windows"},
    [CONV] = {"conv", "Convolutions"},
    [CONV_DX] = {"conv_dx", "Gradients of convolutions: input"},
    [CONV_DW] = {"conv_dw", "Gradients of convolutions: weight"},
    [MATMUL] = {"matmul", "Matrix products"},
    [MATMUL_DW] = {"matmul_dw", "Gradients of matrix products: weight"},
    [MOVEMENT] = {"movement", "The same elements elsewhere"},
    [COMPOSITE] = {"composite", "Layers, losses and measures, built from the others"},
};

/* In the order of the list: what people look for first comes first. */
static const OpKind kind_order[] = {COMPOSITE, CONV,      MATMUL,   POOL,   ROW,
                                    POINTWISE, REDUCTION, MOVEMENT, SOURCE, CONV_DX,
                                    CONV_DW,   MATMUL_DW, POOL_GRAD};

static void list_kind(OpKind kind, bool all)
{
    bool any = false;
    for (int i = 0; i < op_count; i++) {
        const OpDef *op = op_table[i];
        if (op->kind != kind || !(op->is_public || all))
            continue;
        if (!any)
            printf("%s\n", kinds[kind].title);
        int indent = printf("  %-*s %-*s ", NAME, op->name, INPUTS,
                            op->inputs && *op->inputs ? op->inputs : "-");
        print_wrapped(op->summary, indent);
        any = true;
    }
    if (any)
        printf("\n");
}

static void list_ops(bool all)
{
    int hidden = 0;
    for (int i = 0; i < op_count; i++)
        hidden += !op_table[i]->is_public;
    for (int i = 0; i < COUNT_OF(kind_order); i++)
        list_kind(kind_order[i], all);
    if (!all)
        printf("%d more are used by the compiler alone; --all lists them too.\n", hidden);
    printf("`perigee ops NAME` explains one.\n");
}

static void print_owned(const OpDef *op)
{
    if (op->n_params == 0)
        return;
    printf("\nParameters\n");
    for (int i = 0; i < op->n_params; i++)
        printf("  %-*s %s\n", NAME, op->params[i].name,
               op->params[i].trained ? "trained" : "saved state, not trained");
}

static void print_op(Arena *arena, const OpDef *op)
{
    printf("%s: %s\n\n", op->name, op->summary);
    if (op->is_public)
        print_usage_of_op(arena, op);
    else
        printf("  The compiler's own: no name in model files. Inputs: %s\n",
               op->inputs && *op->inputs ? op->inputs : "none");
    print_attributes(arena, op->attrs, op->n_attrs);
    print_owned(op);
    printf("\nMeaning\n");
    print_paragraph(op->doc ? op->doc : op->summary, 2);
    if (op->example)
        printf("\nExample\n  %s\n", op->example);
}

static json_t *json_op(Arena *arena, const OpDef *op)
{
    json_t *owned = json_array();
    for (int i = 0; i < op->n_params; i++)
        json_array_append_new(owned, json_pack("{s:s, s:b}", "name", op->params[i].name, "trained",
                                               op->params[i].trained));
    return json_pack("{s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "name", op->name, "kind",
                     kinds[op->kind].name, "public", op->is_public, "inputs", json_text(op->inputs),
                     "summary", json_text(op->summary), "attributes",
                     json_attributes(arena, op->attrs, op->n_attrs), "parameters", owned, "doc",
                     json_text(op->doc), "example", json_text(op->example));
}

static json_t *json_ops(Arena *arena, bool all)
{
    json_t *list = json_array();
    for (int i = 0; i < op_count; i++)
        if (op_table[i]->is_public || all)
            json_array_append_new(list, json_op(arena, op_table[i]));
    return json_pack("{s:o}", "ops", list);
}

/* Internal operators can be asked for by name, but are not suggested. */
static const OpDef *find_op_or_fail(Arena *arena, const char *name)
{
    const char **names = NEW_ARRAY(arena, const char *, op_count);
    int n = 0;
    for (int i = 0; i < op_count; i++)
        if (op_table[i]->is_public)
            names[n++] = op_table[i]->name;
    const OpDef *op = find_op(name);
    return op ? op : find_op(names[find_row("operator", name, names, n)]);
}

int command_ops(int argc, char **argv)
{
    ReferenceOptions o =
        read_options(ops_rows, "perigee ops", "Lists the operators, or explains one.", argc, argv);
    Arena *arena = new_arena();
    const OpDef *op = o.name ? find_op_or_fail(arena, o.name) : NULL;
    if (o.json)
        print_json(op ? json_op(arena, op) : json_ops(arena, o.all));
    else if (op)
        print_op(arena, op);
    else
        list_ops(o.all);
    free_arena(arena);
    return finish_output();
}

/* ---- Data sets ---- */

typedef struct DataRow {
    const char *name;
    int channels, height, width, classes; /* 0: as the model says */
    const char *draw;                     /* name of the function that draws it, or "NULL" */
    const char *doc;
} DataRow;

static const DataRow data_rows[] = {
#define DATASET(name, channels, height, width, classes, load, draw, doc)                           \
    {#name, channels, height, width, classes, #draw, doc},
#include "data.def"
#undef DATASET
};

static bool needs_folder(const DataRow *row)
{
    return !strcmp(row->draw, "NULL");
}

static void print_dataset(Arena *arena, const DataRow *row)
{
    const char *shape =
        row->height ? format_string(arena, "%d x %d x %d", row->channels, row->height, row->width)
                    : "as the model says";
    const char *classes = row->classes ? format_string(arena, "%d", row->classes) : "-";
    int indent = printf("  %-12s %-18s %7s  %-6s ", row->name, shape, classes,
                        needs_folder(row) ? "yes" : "no");
    print_wrapped(row->doc, indent);
}

static void list_datasets(Arena *arena, const DataRow *only)
{
    printf("  %-12s %-18s %7s  %-6s %s\n", "name", "image (C x H x W)", "classes", "--data",
           "what it is");
    for (int i = 0; i < COUNT_OF(data_rows); i++)
        if (!only || only == &data_rows[i])
            print_dataset(arena, &data_rows[i]);
    const char *name = only ? only->name : "mnist";
    printf("\nIn a model file: local data = dataset.%s { ... }; its fields are data.image and "
           "data.label.\n"
           "--data yes: trainers need --data FOLDER, with the set's official file names.\n",
           name);
}

static json_t *json_dataset(const DataRow *row)
{
    return json_pack("{s:s, s:i, s:i, s:i, s:i, s:b, s:o}", "name", row->name, "channels",
                     row->channels, "height", row->height, "width", row->width, "classes",
                     row->classes, "needs_folder", needs_folder(row), "doc", json_text(row->doc));
}

static json_t *json_datasets(void)
{
    json_t *list = json_array();
    for (int i = 0; i < COUNT_OF(data_rows); i++)
        json_array_append_new(list, json_dataset(&data_rows[i]));
    return json_pack("{s:o}", "datasets", list);
}

int command_datasets(int argc, char **argv)
{
    ReferenceOptions o =
        read_options(common_rows, "perigee datasets", "Lists the data sets.", argc, argv);
    const char *names[COUNT_OF(data_rows)];
    for (int i = 0; i < COUNT_OF(data_rows); i++)
        names[i] = data_rows[i].name;
    Arena *arena = new_arena();
    const DataRow *row =
        o.name ? &data_rows[find_row("data set", o.name, names, COUNT_OF(names))] : NULL;
    if (o.json)
        print_json(row ? json_dataset(row) : json_datasets());
    else
        list_datasets(arena, row);
    free_arena(arena);
    return finish_output();
}

/* ---- Optimisers ---- */

static void list_optimizers(void)
{
    for (int i = 0; i < optim_count; i++)
        printf("  %-12s %s\n", optim_table[i]->name, optim_table[i]->summary);
    printf("\nIn a model: optimizer = %s { ... }. `perigee optimizers NAME` explains one.\n",
           optim_table[0]->name);
}

static void print_optimizer(Arena *arena, const OptimDef *o)
{
    printf("%s: %s\n\n", o->name, o->summary);
    print_usage_of_table(arena, o->name, o->attrs, o->n_attrs);
    print_attributes(arena, o->attrs, o->n_attrs);
    if (o->n_slots)
        printf("\nState beside every weight\n ");
    for (int i = 0; i < o->n_slots; i++)
        printf("%s %s", i ? "," : "", o->slots[i]);
    printf("%s\nMeaning\n", o->n_slots ? "\n" : "");
    print_paragraph(o->doc, 2);
}

static json_t *json_optimizer(Arena *arena, const OptimDef *o)
{
    json_t *slots = json_array();
    for (int i = 0; i < o->n_slots; i++)
        json_array_append_new(slots, json_text(o->slots[i]));
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", o->name, "summary", json_text(o->summary),
                     "attributes", json_attributes(arena, o->attrs, o->n_attrs), "state", slots,
                     "doc", json_text(o->doc));
}

static json_t *json_optimizers(Arena *arena)
{
    json_t *list = json_array();
    for (int i = 0; i < optim_count; i++)
        json_array_append_new(list, json_optimizer(arena, optim_table[i]));
    return json_pack("{s:o}", "optimizers", list);
}

int command_optimizers(int argc, char **argv)
{
    ReferenceOptions o = read_options(common_rows, "perigee optimizers",
                                      "Lists the optimisers, or explains one.", argc, argv);
    Arena *arena = new_arena();
    const char **names = NEW_ARRAY(arena, const char *, optim_count);
    for (int i = 0; i < optim_count; i++)
        names[i] = optim_table[i]->name;
    const OptimDef *def =
        o.name ? optim_table[find_row("optimiser", o.name, names, optim_count)] : NULL;
    if (o.json)
        print_json(def ? json_optimizer(arena, def) : json_optimizers(arena));
    else if (def)
        print_optimizer(arena, def);
    else
        list_optimizers();
    free_arena(arena);
    return finish_output();
}
