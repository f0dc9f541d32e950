/*
 * trainer: what a trainer does with bad data, bad weights, bad folders, a loss that is not a number
 * and wrong flags; what it writes; and that the same seed gives the same bytes whatever the number
 * of threads, with no memory taken from the heap between the first step and the last.
 */
#include "program.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <jansson.h>
#include <math.h>
#include <regex.h>

#define WORK BINARY_DIR "/work/trainer"
#define TRAINER WORK "/out/trainer"
#define OTHER WORK "/out/points"
#define MLP WORK "/out/mnist_mlp"
#define CONVNET WORK "/out/mnist_convnet"
static const bool is_sanitized = sizeof PERIGEE_TRAINER_FLAGS > 1;

enum { TRAIN_IMAGES = 120, TEST_IMAGES = 33, HEIGHT = 8, WIDTH = 6, CLASSES = 5 };

/* ---- What all tests use: four trainers and a folder of good data ---- */

static void put_header(FILE *f, int rank, int count)
{
    const int dim[3] = {count, HEIGHT, WIDTH};
    const unsigned char magic[4] = {0, 0, 8, (unsigned char)rank};
    fwrite(magic, 1, 4, f);
    for (int a = 0; a < rank; a++) {
        const unsigned char size[4] = {0, 0, (unsigned char)(dim[a] >> 8), (unsigned char)dim[a]};
        fwrite(size, 1, 4, f);
    }
}

/* Image n is of class n % CLASSES: a bright row, in noise. */
static void write_part(const char *folder, const char *part, int count)
{
    FILE *images = fopen(text_of("%s/%s-images-idx3-ubyte", folder, part), "wb");
    FILE *labels = fopen(text_of("%s/%s-labels-idx1-ubyte", folder, part), "wb");
    unsigned random = 1;
    put_header(images, 3, count);
    put_header(labels, 1, count);
    for (int n = 0; n < count; n++) {
        for (int i = 0; i < HEIGHT * WIDTH; i++) {
            random = random * 1664525u + 1013904223u;
            int bright = i / WIDTH == n % CLASSES + 1;
            fputc((int)(random >> 26) + 100 * bright, images);
        }
        fputc(n % CLASSES, labels);
    }
    fclose(images);
    fclose(labels);
}

/* Before any test, in the parent of all: Criterion runs every test in a process of its own. */
ReportHook(PRE_ALL)(struct criterion_test_set *tests)
{
    (void)tests;
    mkdir(BINARY_DIR "/work", 0777);
    remove_folder(WORK);
    mkdir(WORK, 0777);
    mkdir(WORK "/data", 0777);
    write_part(WORK "/data", "train", TRAIN_IMAGES);
    write_part(WORK "/data", "t10k", TEST_IMAGES);
    Run r = run_in(WORK,
                   "for m in tests/models/trainer tests/models/points models/mnist_mlp "
                   "models/mnist_convnet; do '%s' build '%s'/$m.lua -o out || exit 1; done",
                   PERIGEE_BINARY, SOURCE_DIR);
    if (r.status || *r.err)
        fprintf(stderr, "trainer: %s\n", r.err);
}

/* A folder with a copy of the data in `data`. */
static char *new_data_folder(void)
{
    char *folder = new_folder("data");
    run_in(folder, "cp -r '%s/data' data", WORK);
    return folder;
}

static void expect_match(const char *text, const char *pattern)
{
    regex_t regex;
    cr_assert(eq(int, regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0), "%s", pattern);
    cr_expect(eq(int, regexec(&regex, text, 0, NULL, 0), 0), "says: %s\nwant: %s", text, pattern);
    regfree(&regex);
}

/* No file that a reader could take for weights, and no half-written one either. */
static void expect_nothing_written(const char *folder)
{
    Run r = run_in(folder, "find . -name '*.safetensors*' -o -name '*.part' -o -name '*.tmp*'");
    cr_expect(eq(str, r.out, ""));
}

/* ---- Bad data ---- */

typedef struct Damage {
    const char *how;  /* a line of shell, beside the folder `data` */
    const char *says; /* a regular expression */
} Damage;

#define IMAGES "data/train-images-idx3-ubyte"
#define LABELS "data/train-labels-idx1-ubyte"
#define PUT(bytes, file, at)                                                                       \
    "printf '" bytes "' | dd of=" file " bs=1 seek=" at " conv=notrunc status=none"

static const Damage damages[] = {
    {"rm -r data", "^trainer: data: data folder: No such file or directory$"},
    {"rm -r data; touch data", "^trainer: data: --data needs a folder, this is a file$"},
    {"rm " IMAGES, "^trainer: data: no data file \\(tried train-images-idx3-ubyte and "
                   "train-images-idx3-ubyte.gz\\)$"},
    {"rm " LABELS, "^trainer: data: no data file \\(tried train-labels-idx1-ubyte and "
                   "train-labels-idx1-ubyte.gz\\)$"},
    {"rm " IMAGES "; mkdir " IMAGES, "^trainer: " IMAGES ": .*"},
    {": > " IMAGES, "^trainer: " IMAGES ": truncated: 0 bytes, not even a header$"},
    {"truncate -s 2 " IMAGES, "^trainer: " IMAGES ": truncated: 2 bytes, not even a header$"},
    {"truncate -s 10 " IMAGES, "^trainer: " IMAGES ": truncated in the header$"},
    {"truncate -s 100 " IMAGES,
     "^trainer: " IMAGES ": truncated: 84 bytes of data, the header says 5760$"},
    {"truncate -s 20 " LABELS,
     "^trainer: " LABELS ": truncated: 12 bytes of data, the header says 120$"},
    {"printf x >> " IMAGES,
     "^trainer: " IMAGES ": bytes after the end: the header says 5760 bytes of data$"},
    {PUT("\\001\\002\\003\\004", IMAGES, "0"),
     "^trainer: " IMAGES
     ": bad magic number 01020304, want 00000803: not an IDX image file$"},
    {PUT("\\003", LABELS, "3"), "^trainer: " LABELS ": bad magic number 00000803"},
    {PUT("\\377\\377\\377\\377", IMAGES, "4"),
     "^trainer: " IMAGES ": the header is corrupt: size 4294967295 on axis 0$"},
    {PUT("\\000\\377\\377\\377", IMAGES, "4"),
     "^trainer: " IMAGES ": truncated: 5760 bytes of data, the header says 805306320$"},
    {PUT("\\000\\000\\000\\000", IMAGES, "4"),
     "^trainer: " IMAGES ": an empty set: it has no examples$"},
    {PUT("\\005", LABELS, "11"),
     "^trainer: " LABELS ": label 5 of example 3 is out of range: the model has 5 classes$"},
    {PUT("\\006", IMAGES, "11") " && " PUT("\\010", IMAGES, "15"),
     "^trainer: " IMAGES ": the images are 1 x 6 x 8 \\(channels, height, width\\), the model "
     "wants 1 x 8 x 6$"},
    {"cp data/t10k-labels-idx1-ubyte " LABELS,
     "^trainer: " LABELS ": 33 labels for the 120 images of " IMAGES "$"},
    {"gzip " IMAGES " && truncate -s -9 " IMAGES ".gz", "^trainer: " IMAGES ".gz: "},
    {"gzip " IMAGES " && truncate -s 300 " IMAGES ".gz", "^trainer: " IMAGES ".gz: "},
    {"gzip " IMAGES " && " PUT("\\123\\321", IMAGES ".gz", "200"), "^trainer: " IMAGES ".gz: "},
    {"rm data/train-*; cd data; for f in t10k-*; do cp $f train-${f#t10k-}; done; "
     "truncate -s 688 train-images-idx3-ubyte; truncate -s 22 train-labels-idx1-ubyte; cd ..; "
     PUT("\\016", IMAGES, "7") "; " PUT("\\016", LABELS, "7"),
     "^trainer: data set 'idx' has 14 training images, too few to hold 20 out"},
    {"cd data; for f in t10k-*; do cp $f train-${f#t10k-}; done; truncate -s 1216 "
     "train-images-idx3-ubyte; truncate -s 33 train-labels-idx1-ubyte; cd ..; "
     PUT("\\031", IMAGES, "7") "; " PUT("\\031", LABELS, "7"),
     "^trainer: a batch has 10 images, but a data stream has fewer for training$"},
};
enum { N_DAMAGES = sizeof damages / sizeof damages[0] };

ParameterizedTestParameters(trainer, bad_data)
{
    static int rows[N_DAMAGES];
    for (int i = 0; i < N_DAMAGES; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_DAMAGES);
}

ParameterizedTest(int *row, trainer, bad_data)
{
    char *folder = new_data_folder();
    Run damage = run_in(folder, "%s", damages[*row].how);
    cr_assert(eq(int, damage.status, 0), "%s: %s", damages[*row].how, damage.err);
    Run r = run_in(folder, TRAINER " train --data data --steps 2 --out run");
    cr_expect(eq(int, r.status, 1), "after: %s", damages[*row].how);
    r.err[strcspn(r.err, "\n")] = '\0'; /* one line says it */
    expect_match(r.err, damages[*row].says);
    expect_nothing_written(folder);
    remove_folder(folder);
}

Test(trainer, data_is_required)
{
    char *folder = new_folder("none");
    Run r = run_in(folder, TRAINER " train --out run");
    cr_expect(eq(int, r.status, 1));
    cr_expect(eq(str, r.err,
                 "trainer: data set 'idx' has no default: say where it is with --data FOLDER\n"));
    expect_nothing_written(folder);
    remove_folder(folder);
}

Test(trainer, test_set_is_checked_by_eval)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, TRAINER " train --data data --steps 2 --out run --quiet && "
                                   "truncate -s 99 data/t10k-images-idx3-ubyte && " TRAINER
                                   " eval --data data --weights run/weights.safetensors");
    cr_expect(eq(int, r.status, 1));
    cr_expect(eq(str, r.err, "trainer: data/t10k-images-idx3-ubyte: truncated: 83 bytes of data, "
                             "the header says 1584\n"));
    remove_folder(folder);
}

Test(trainer, compressed_data_gives_the_same)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, TRAINER " train --data data --steps 20 --out a --quiet && gzip data/* && "
                                   TRAINER " train --data data --steps 20 --out b --quiet && "
                                           "cmp a/weights.safetensors b/weights.safetensors");
    cr_expect(eq(int, r.status, 0), "%s%s", r.out, r.err);
    remove_folder(folder);
}

/* ---- Bad weights ---- */

static const Damage weight_damages[] = {
    {"rm w", "^trainer: cannot read weights: w: No such file or directory$"},
    {"rm w; mkdir w", "^trainer: cannot read weights: w "},
    {": > w", "^trainer: w: not a safetensors file, or truncated \\(0 bytes\\)$"},
    {"truncate -s 100 w", "^trainer: w: not a safetensors file, or truncated \\(100 bytes\\)$"},
    {"truncate -s -4 w", "^trainer: w: tensor .* lies outside the file, or the file is truncated$"},
    {"printf abcd >> w", "^trainer: w: its tensors overlap, leave gaps or end before the file does$"},
    {"printf 'nonsense nonsense nonsense' > w", "^trainer: w: not a safetensors file"},
    {PUT("[", "w", "8"), "^trainer: w: not a safetensors file: its header is not a JSON object$"},
    {"sed -i 's/net.1.weight/nut.1.weight/' w",
     "^trainer: weights file w is of another model: it has no tensor net.1.weight$"},
    {"sed -i 's/\"F32\"/\"I32\"/' w",
     "^trainer: w: tensor .* has dtype I32, only F32 and F64 can be read$"},
};
enum { N_WEIGHT_DAMAGES = sizeof weight_damages / sizeof weight_damages[0] };

ParameterizedTestParameters(trainer, bad_weights)
{
    static int rows[N_WEIGHT_DAMAGES];
    for (int i = 0; i < N_WEIGHT_DAMAGES; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_WEIGHT_DAMAGES);
}

ParameterizedTest(int *row, trainer, bad_weights)
{
    char *folder = new_data_folder();
    Run r = run_in(folder,
                   TRAINER " train --data data --steps 1 --out run --quiet && "
                           "cp run/weights.safetensors w && %s",
                   weight_damages[*row].how);
    cr_assert(eq(int, r.status, 0), "%s", r.err);
    const char *const commands[] = {"eval", "train --out again --steps 1"};
    for (int i = 0; i < 2; i++) {
        r = run_in(folder, TRAINER " %s --data data --weights w", commands[i]);
        cr_expect(eq(int, r.status, 1), "%s after: %s", commands[i], weight_damages[*row].how);
        r.err[strcspn(r.err, "\n")] = '\0';
        expect_match(r.err, weight_damages[*row].says);
    }
    cr_expect(not(exists(text_of("%s/again/weights.safetensors", folder))));
    remove_folder(folder);
}

Test(trainer, weights_of_another_model)
{
    char *folder = new_data_folder();
    Run r = run_in(folder,
                   MLP " train --steps 1 --out run --quiet && " TRAINER
                       " eval --data data --weights run/weights.safetensors");
    cr_expect(eq(int, r.status, 1));
    expect_match(r.err, "^trainer: weights file run/weights.safetensors is of another model: ");
    remove_folder(folder);
}

/* ---- Bad folders, full disks ---- */

static const Damage folder_damages[] = {
    {"touch run", "^trainer: cannot make output folder: run is a file$"},
    {"ln -s /dev/null run", "^trainer: cannot make output folder: run is a file$"},
    {"ln -s nowhere/deep run", "^trainer: cannot make output folder run: "},
    {"mkdir -p run/weights.safetensors", "^trainer: cannot write run/weights.safetensors: "},
    {"mkdir -p run/metrics.jsonl", "^trainer: cannot write run/metrics.jsonl: Is a directory$"},
    {"mkdir run; ln -s /dev/full run/metrics.jsonl",
     "^trainer: cannot write run/metrics.jsonl: No space left on device$"},
};
enum { N_FOLDER_DAMAGES = sizeof folder_damages / sizeof folder_damages[0] };

ParameterizedTestParameters(trainer, bad_folder)
{
    static int rows[N_FOLDER_DAMAGES];
    for (int i = 0; i < N_FOLDER_DAMAGES; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_FOLDER_DAMAGES);
}

ParameterizedTest(int *row, trainer, bad_folder)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, "%s", folder_damages[*row].how);
    r = run_in(folder, TRAINER " train --data data --steps 2 --out run --quiet");
    cr_expect(eq(int, r.status, 1), "after: %s", folder_damages[*row].how);
    r.err[strcspn(r.err, "\n")] = '\0';
    expect_match(r.err, folder_damages[*row].says);
    r = run_in(folder, "find . -type f -name '*safetensors*'");
    cr_expect(eq(str, r.out, ""), "after: %s", folder_damages[*row].how);
    remove_folder(folder);
}

/* 2 blocks of 512 bytes are enough for metrics, not for weights; the old weights stay. */
Test(trainer, full_disk_keeps_the_old_weights)
{
    char *folder = new_data_folder();
    Run r = run_in(folder,
                   TRAINER " train --data data --steps 5 --out run --quiet && cp "
                           "run/weights.safetensors old && (ulimit -f 2; " TRAINER
                           " train --data data --steps 9 --out run --quiet)");
    cr_expect(eq(int, r.status, 1));
    cr_expect(eq(str, r.err, "trainer: cannot write run/weights.safetensors: File too large\n"));
    r = run_in(folder, "cmp old run/weights.safetensors && ls run");
    cr_expect(eq(int, r.status, 0));
    cr_expect(eq(str, r.out, "metrics.jsonl\nweights.safetensors\n"));
    remove_folder(folder);
}

Test(trainer, standard_output_is_full)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, TRAINER " info > /dev/full");
    cr_expect(eq(int, r.status, 1));
    expect_match(r.err, "cannot write to standard output: No space left on device");
    remove_folder(folder);
}

/* ---- A loss that is not a number ---- */

static bool all_finite(const char *path)
{
    size_t size;
    uint64_t header;
    char *file = read_text(path, &size);
    if (size < 8)
        return false;
    memcpy(&header, file, 8);
    for (size_t at = 8 + header; at < size; at += 4) {
        float x;
        memcpy(&x, file + at, 4);
        if (!isfinite(x))
            return false;
    }
    return true;
}

Test(trainer, loss_is_not_a_number)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, MLP " train --lr 1e30 --steps 50 --out run --quiet");
    cr_expect(eq(int, r.status, 1));
    expect_match(r.err, "^mnist_mlp: step [0-9]+: loss is (-?inf|nan); first bad tensor: [a-z0-9._]+ "
                        "\\(from mnist_mlp.lua:[0-9]+\\), element \\([0-9, ]*\\)\n"
                        "mnist_mlp: the last good weights, .*, are kept in "
                        "run/weights.safetensors\n$");
    cr_expect(all_finite(text_of("%s/run/weights.safetensors", folder)));
    remove_folder(folder);
}

/* The best weights, of an epoch before, stay as they were. */
Test(trainer, weights_that_are_not_numbers)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, MLP
                   " train --steps 1 --out run --quiet && cp run/weights.safetensors w && "
                   "head -c -4 w > v && printf '\\000\\000\\300\\177' >> v && " MLP
                   " train --weights v --steps 5 --out bad --quiet");
    cr_expect(eq(int, r.status, 1));
    expect_match(r.err, "^mnist_mlp: step 0: loss is nan; first bad tensor: parameter net.4.[a-z]+, "
                        "element \\([0-9, ]*\\)\n");
    remove_folder(folder);
}

/* ---- Wrong usage ---- */

static const Damage usages[] = {
    {"", "a command is missing"},
    {"frobnicate", "unknown command 'frobnicate'"},
    {"train --frobnicate", "unrecognized option '--frobnicate'"},
    {"train surplus", "Too many arguments"},
    {"train --epochs x", "'x' is not a whole number"},
    {"train --epochs -1", "'-1' is not a whole number from 0"},
    {"train --steps 1.5", "'1.5' is not a whole number"},
    {"train --seed 99999999999999999999", "is not a whole number"},
    {"train --threads 0", "'0' is not a whole number from 1"},
    {"train --lr nan", "'nan' is not a number"},
    {"train --lr -1", "'-1' is not a number of at least 0"},
    {"eval --split none", "'none' is not a split: want train, valid or test"},
    {"eval --epochs 3", "unrecognized option '--epochs'"},
    {"train --epochs", "requires an argument"},
};
enum { N_USAGES = sizeof usages / sizeof usages[0] };

ParameterizedTestParameters(trainer, usage)
{
    static int rows[N_USAGES];
    for (int i = 0; i < N_USAGES; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_USAGES);
}

ParameterizedTest(int *row, trainer, usage)
{
    char *folder = new_folder("usage");
    Run r = run_in(folder, TRAINER " %s", usages[*row].how);
    cr_expect(eq(int, r.status, 2), "trainer %s: %s", usages[*row].how, r.err);
    expect_match(r.err, usages[*row].says);
    cr_expect(eq(int, count_files(folder), 0));
    remove_folder(folder);
}

static const char *const commands[] = {"", "train", "eval", "predict", "bench", "selftest", "info"};

Test(trainer, every_command_has_help)
{
    for (int i = 0; i < 7; i++) {
        Run r = run_in(WORK, TRAINER " %s --help", commands[i]);
        cr_expect(eq(int, r.status, 0), "%s", commands[i]);
        expect_match(r.out, "Usage: trainer");
        cr_expect(eq(str, r.err, ""), "%s", commands[i]);
    }
}

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
    Run r = run_in(folder,
                   TRAINER " train --data data --epochs 20 --out run --quiet && " TRAINER
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
    Run r = run_in(folder, TRAINER
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
    if (is_sanitized)
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
    if (is_sanitized)
        cr_skip("sanitizers are large and need libraries");
    Run r = run_in(WORK, "ldd " CONVNET " | sed 's/[ \\t]*\\([^ ]*\\).*/\\1/' | sort");
    cr_expect(eq(int, r.status, 0));
    for (char *rest = r.out, *line; (line = strsep(&rest, "\n")) && *line;)
        expect_match(line, "^(linux-vdso.so.1|libc.so.6|libm.so.6|libomp.so.5|libz.so.1|"
                           "/lib.*/ld-linux.*)$");
    r = run_in(WORK, "strip -o stripped " CONVNET " && stat -c %%s stripped");
    cr_expect(atol(r.out) > 0 && atol(r.out) < 1000000, "%s bytes", r.out);
}
