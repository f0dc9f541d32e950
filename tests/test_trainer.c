/*
 * trainer: what a trainer writes; and that the same seed gives the same bytes whatever the number of
 * threads, with no memory taken from the heap between the first step and the last.
 */
#define SUITE "trainer"
#include "trainers.h"

#include <jansson.h>
#include <math.h>

/* ---- What it writes ---- */

static const char *const metric_keys[] = {
    "epoch",          "train_loss", "train_accuracy", "valid_loss",
    "valid_accuracy", "lr",         "seconds",        "images_per_second",
};

/* json_is_number() is a macro that Criterion's assertions cannot take. */
static bool is_number(const json_t *value)
{
    return json_is_number(value);
}

static void check_metrics_line(const char *line, int epoch)
{
    json_error_t error;
    json_t *object = json_loads(line, 0, &error);
    cr_assert(ne(ptr, object, NULL), "%s: %s", error.text, line);
    cr_expect(eq(int, (int)json_object_size(object), 8), "%s", line);
    for (int i = 0; i < 8; i++)
        cr_expect(is_number(json_object_get(object, metric_keys[i])), "%s", metric_keys[i]);
    cr_expect(eq(int, (int)json_integer_value(json_object_get(object, "epoch")), epoch));
    json_decref(object);
}

Test(trainer, metrics)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, TRAINER " train --data data --epochs 3 --out run --quiet");
    cr_assert(eq(int, r.status, 0), "%s", r.err);
    cr_expect(eq(str, r.out, ""));
    cr_expect(eq(str, r.err, ""));
    char *text = read_text(text_of("%s/run/metrics.jsonl", folder), NULL), *rest = text;
    int epoch = 0;
    for (char *line; (line = strsep(&rest, "\n")) && *line;)
        check_metrics_line(line, ++epoch);
    cr_expect(eq(int, epoch, 3));
    remove_folder(folder);
}

Test(trainer, learns_and_evaluates)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, TRAINER
                   " train --data data --epochs 20 --out run --quiet && " TRAINER
                   " eval --data data --weights run/weights.safetensors --split test --json");
    cr_assert(eq(int, r.status, 0), "%s", r.err);
    json_t *object = json_loads(r.out, 0, NULL);
    cr_assert(ne(ptr, object, NULL), "%s", r.out);
    cr_expect(is_number(json_object_get(object, "loss")), "%s", r.out);
    cr_expect(json_number_value(json_object_get(object, "accuracy")) > 0.9, "%s", r.out);
    cr_expect(eq(str, r.err, ""));
    remove_folder(folder);
}

/* The last batch of 33 images is short: its padding must not count. */
Test(trainer, eval_does_not_depend_on_the_batch)
{
    static const int batches[] = {1, 3, 10, 33, 40};
    char *folder = new_data_folder();
    Run r = run_in(folder, TRAINER " train --data data --steps 30 --out run --quiet");
    double first = NAN;
    for (int i = 0; i < 5; i++) {
        r = run_in(folder,
                   "'%s' build '%s/tests/models/trainer.lua' -o b --batch %d && b/trainer eval "
                   "--data data --weights run/weights.safetensors --json",
                   PERIGEE_BINARY, SOURCE_DIR, batches[i]);
        cr_assert(eq(int, r.status, 0), "batch %d: %s", batches[i], r.err);
        double loss = json_number_value(json_object_get(json_loads(r.out, 0, NULL), "loss"));
        first = i ? first : loss;
        cr_expect(epsilon_eq(dbl, loss, first, 1e-5), "batch %d", batches[i]);
    }
    remove_folder(folder);
}

/* Weights that were read back are the same weights, in either order of layouts. */
Test(trainer, weights_survive_reading)
{
    char *folder = new_data_folder();
    Run r =
        run_in(folder, TRAINER
               " train --data data --steps 9 --out a --quiet && " TRAINER
               " train --data data --steps 0 --weights a/weights.safetensors --out b --quiet && "
               "cmp a/weights.safetensors b/weights.safetensors");
    cr_expect(eq(int, r.status, 0), "%s%s", r.out, r.err);
    remove_folder(folder);
}

/* ---- Same seed, same bits ---- */

typedef struct Training {
    const char *trainer, *flags;
} Training;

static const Training trainings[] = {
    {TRAINER, "--data '" WORK "/data' --steps 200"},
    {MLP, "--steps 200"},
    {CONVNET, "--steps 20"},
};

ParameterizedTestParameters(trainer, same_bits_at_any_number_of_threads)
{
    static int rows[] = {0, 1, 2};
    return cr_make_param_array(int, rows, 3);
}

ParameterizedTest(int *row, trainer, same_bits_at_any_number_of_threads)
{
    static const int threads[] = {1, 2, 3, 5, 1};
    char *folder = new_folder("threads");
    for (int i = 0; i < 5; i++) {
        Run r = run_in(folder, "%s train %s --threads %d --out %d --quiet", trainings[*row].trainer,
                       trainings[*row].flags, threads[i], i);
        cr_assert(eq(int, r.status, 0), "%s", r.err);
        r = run_in(folder, "cmp 0/weights.safetensors %d/weights.safetensors", i);
        cr_expect(eq(int, r.status, 0), "%s, %d threads: %s", trainings[*row].trainer, threads[i],
                  r.out);
    }
    remove_folder(folder);
}

Test(trainer, another_seed_another_training)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, "for s in 1 2; do " TRAINER
                           " train --data data --steps 5 --seed $s --out $s --quiet; done; "
                           "cmp -s 1/weights.safetensors 2/weights.safetensors");
    cr_expect(eq(int, r.status, 1));
    remove_folder(folder);
}

/* ---- Memory, size, libraries ---- */

static long count_allocations(const char *folder, const char *trainer, const char *flags)
{
    Run r = run_in(folder,
                   "MALLOC_COUNT='%s/count' LD_PRELOAD='%s/malloc_count.so' %s train %s --out run",
                   folder, folder, trainer, flags);
    cr_assert(eq(int, r.status, 0), "%s", r.err);
    return atol(read_text(text_of("%s/count", folder), NULL));
}

/* One more step or epoch takes no memory: the numbers are equal, however long the training. */
Test(trainer, no_heap_between_first_and_last_step)
{
    static const char *const pairs[][3] = {
        {TRAINER, "--data '" WORK "/data' --steps 10", "--data '" WORK "/data' --steps 160"},
        {TRAINER, "--data '" WORK "/data' --epochs 1", "--data '" WORK "/data' --epochs 3"},
        {MLP, "--steps 10", "--steps 60"},
        {MLP, "--epochs 1 --threads 2", "--epochs 3 --threads 2"},
    };
    if (IS_SANITIZED)
        cr_skip("sanitizers have their own malloc");
    char *folder = new_data_folder();
    Run r = run_in(folder, "cc -O1 -shared -fPIC '%s/tests/malloc_count.c' -o malloc_count.so",
                   SOURCE_DIR);
    cr_assert(eq(int, r.status, 0), "%s", r.err);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        long few = count_allocations(folder, pairs[i][0], pairs[i][1]);
        cr_expect(few > 0);
        long many = count_allocations(folder, pairs[i][0], pairs[i][2]);
        cr_expect(eq(long, many, few), "%s %s", pairs[i][0], pairs[i][2]);
    }
    remove_folder(folder);
}

Test(trainer, libraries_and_size)
{
    if (IS_SANITIZED)
        cr_skip("sanitizers are large and need libraries");
    Run r = run_in(WORK, "ldd " CONVNET " | sed 's/[ \\t]*\\([^ ]*\\).*/\\1/' | sort");
    cr_expect(eq(int, r.status, 0));
    for (char *rest = r.out, *line; (line = strsep(&rest, "\n")) && *line;)
        expect_match(line, "^(linux-vdso.so.1|libc.so.6|libm.so.6|libomp.so.5|libz.so.1|"
                           "/lib.*/ld-linux.*)$");
    r = run_in(WORK, "strip -o stripped " CONVNET " && stat -c %%s stripped");
    cr_expect(atol(r.out) > 0 && atol(r.out) < 1000000, "%s bytes", r.out);
}
