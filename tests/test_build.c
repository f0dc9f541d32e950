/*
 * build: whole models, on awkward sizes, compiled fused and unfused, in float and double. Each
 * trainer's `selftest` is the judge: gradient check, kernels against the reference, an arena full of
 * NaN, several numbers of threads. The models are those of tests/models and of models/, and one
 * that is made here of the examples of all operators.
 */
#include "program.h"

#include "ir.h"
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <glob.h>

static const char *const variants[] = {"", "--no-fuse", "--dtype f64", "--dtype f64 --no-fuse"};
enum { N_VARIANTS = sizeof variants / sizeof variants[0], MAX_CASES = 400 };

static glob_t find_models(void)
{
    glob_t found;
    glob(SOURCE_DIR "/tests/models/*.lua", 0, NULL, &found);
    glob(SOURCE_DIR "/models/*.lua", GLOB_APPEND, NULL, &found);
    return found;
}

static char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *start = slash ? slash + 1 : path;
    return text_of("%.*s", (int)strcspn(start, "."), start);
}

/* The trainer builds without a word from clang, leaves two files, and agrees with itself. */
static void check_model(const char *model, const char *variant)
{
    char *folder = new_folder("build"), *name = stem_of(model);
    Run build = run_in(folder, "'%s' build '%s' -o out %s", PERIGEE_BINARY, model, variant);
    cr_assert(eq(int, build.status, 0), "%s %s:\n%s", name, variant, build.err);
    cr_expect(eq(str, build.err, ""), "%s %s", name, variant);
    cr_expect(eq(int, count_files(text_of("%s/out", folder)), 2), "%s %s: NAME.c and NAME", name,
              variant);
    Run test = run_in(folder, "out/%s selftest", name);
    cr_assert(eq(int, test.status, 0), "%s %s:\n%s%s", name, variant, test.out, test.err);
    remove_folder(folder);
}

ParameterizedTestParameters(build, selftest)
{
    static int rows[MAX_CASES];
    glob_t models = find_models();
    size_t n = models.gl_pathc * N_VARIANTS;
    for (size_t i = 0; i < n; i++)
        rows[i] = (int)i;
    return cr_make_param_array(int, rows, n);
}

ParameterizedTest(int *row, build, selftest)
{
    glob_t models = find_models();
    check_model(models.gl_pathv[*row / N_VARIANTS], variants[*row % N_VARIANTS]);
}

/* ---- The examples of all operators, end to end ---- */

/* x, v, w and label have the shapes that examples expect; see load_expression(). */
static const char *const example_head =
    "local set = dataset.idx { channels = 2, height = 6, width = 5, classes = 4 }\n"
    "local x, label = conv2d { 2, kernel = 1 } (set.image), set.label\n"
    "local v, w = linear { 4 } (flatten(set.image)), linear { 4 } (flatten(tanh(x)))\n"
    "local function tally(r) return mean((r + 1) * r) end\n"
    "local loss = tally(x) + tally(v) + tally(w)\n";
static const char *const example_foot =
    "return model { batch = 3, loss = loss, outputs = { x = x, v = v } }\n";

static void write_examples(const char *path)
{
    FILE *f = fopen(path, "w");
    if (!f)
        abort();
    fputs(example_head, f);
    for (int i = 0; i < op_count; i++)
        if (op_table[i]->example)
            fprintf(f, "loss = loss + tally(%s)\n", op_table[i]->example);
    fputs(example_foot, f);
    fclose(f);
}

ParameterizedTestParameters(build, examples)
{
    static int rows[N_VARIANTS];
    for (int i = 0; i < N_VARIANTS; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_VARIANTS);
}

ParameterizedTest(int *row, build, examples)
{
    char *folder = new_folder("examples"), *path = text_of("%s/examples.lua", folder);
    write_examples(path);
    check_model(path, variants[*row]);
    remove_folder(folder);
}

/* Another batch than the model's own, odd ones above all. */
ParameterizedTestParameters(build, batches)
{
    static int batches[] = {1, 2, 3, 7, 33};
    return cr_make_param_array(int, batches, 5);
}

ParameterizedTest(int *batch, build, batches)
{
    check_model(SOURCE_DIR "/models/mnist_mlp.lua", text_of("--batch %d", *batch));
}

/* ---- The driver itself ---- */

Test(build, same_text_twice)
{
    char *folder = new_folder("twice");
    Run r = run_in(folder,
                   "for d in a b; do '%s' build '%s/models/mnist_convnet.lua' -o $d --emit-only; "
                   "done && cmp a/mnist_convnet.c b/mnist_convnet.c",
                   PERIGEE_BINARY, SOURCE_DIR);
    cr_expect(eq(int, r.status, 0), "%s%s", r.out, r.err);
    remove_folder(folder);
}

/* Names of layers are the author's: none may break the C. */
Test(build, names_that_mean_something_in_c)
{
    static const char *const names[] = {"main",    "exp",     "tanh", "int",    "real",  "vec",
                                        "forward", "arena",   "ld",   "splat",  "update", "L",
                                        "static",  "prepare", "n",    "c",      "h",     "w",
                                        "model",   "kernels", "omp",  "float4", "sum0",  "_x"};
    char *folder = new_folder("names");
    FILE *f = fopen(text_of("%s/main.lua", folder), "w");
    if (!f)
        abort();
    fputs("local set = dataset.digits {}\nlocal x = maxpool2d { 4 } (set.image)\n", f);
    for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++)
        fprintf(f, "x = batchnorm { name = '%s' } (conv2d { 1, kernel = 3, pad = 1 } (x))\n", names[i]);
    fputs("local y = linear { 10, name = 'printf' } (flatten(x))\n"
          "return model { batch = 3, loss = cross_entropy(y, set.label), outputs = { "
          "double = y, main = x, input_image = tanh(y) } }\n",
          f);
    fclose(f);
    check_model(text_of("%s/main.lua", folder), "");
    remove_folder(folder);
}

typedef struct Usage {
    const char *line;
    int status;
    const char *says; /* in what it prints */
} Usage;

static const Usage usages[] = {
    {"", 2, "usage: perigee"},
    {"--help", 0, "usage: perigee"},
    {"--version", 0, "perigee 0."},
    {"frobnicate", 2, "unknown command 'frobnicate'"},
    {"biuld x.lua", 2, "did you mean 'build'?"},
    {"build", 2, "which model file?"},
    {"build a.lua b.lua", 2, "one model file at a time"},
    {"build a.lua --dtype f16", 2, "--dtype is f32 or f64, not 'f16'"},
    {"build a.lua --batch 0", 2, "--batch is a number from 1 to 65536, not '0'"},
    {"build a.lua --batch 12x", 2, "--batch is a number from 1 to 65536, not '12x'"},
    {"build a.lua --frobnicate", 2, "unrecognized option"},
    {"build --help", 0, "--no-fuse"},
    {"build missing.lua", 1, "missing.lua: cannot read the model file: No such file or directory"},
    {"build '" SOURCE_DIR "/models/mnist_mlp.lua' -o /dev/null/x", 1, "cannot create folder"},
    {"build '" SOURCE_DIR "/models/mnist_mlp.lua' -o o --cc no-such-clang", 1,
     "compiler 'no-such-clang' (--cc) not found"},
    {"build '" SOURCE_DIR "/models/mnist_mlp.lua' -o o --emit-only --dump-after=nonsense", 2,
     "nonsense"},
};
enum { N_USAGES = sizeof usages / sizeof usages[0] };

ParameterizedTestParameters(build, usage)
{
    static int rows[N_USAGES];
    for (int i = 0; i < N_USAGES; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_USAGES);
}

ParameterizedTest(int *row, build, usage)
{
    const Usage *u = &usages[*row];
    char *folder = new_folder("usage");
    Run r = run_in(folder, "'%s' %s", PERIGEE_BINARY, u->line);
    cr_expect(eq(int, r.status, u->status), "perigee %s\n%s", u->line, r.err);
    const char *said = u->status ? r.err : r.out;
    cr_expect(ne(ptr, strstr(said, u->says), NULL), "perigee %s\nsays: %s", u->line, said);
    remove_folder(folder);
}
