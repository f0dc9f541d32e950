/*
 * mistakes: what a trainer does with bad data, bad weights, bad folders, a loss that is not a number
 * and wrong flags: one clear message, a status that is not zero, and nothing half-written.
 */
#define SUITE "mistakes"
#include "trainers.h"

#include <math.h>

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
     "^trainer: " IMAGES ": bad magic number 01020304, want 00000803: not an IDX image file$"},
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
     "truncate -s 688 train-images-idx3-ubyte; truncate -s 22 train-labels-idx1-ubyte; cd ..; " PUT(
         "\\016", IMAGES, "7") "; " PUT("\\016", LABELS, "7"),
     "^trainer: data set 'idx' has 14 training images, too few to hold 20 out"},
    {"cd data; for f in t10k-*; do cp $f train-${f#t10k-}; done; truncate -s 1216 "
     "train-images-idx3-ubyte; truncate -s 33 train-labels-idx1-ubyte; cd ..; " PUT(
         "\\031", IMAGES, "7") "; " PUT("\\031", LABELS, "7"),
     "^trainer: a batch has 10 images, but a data stream has fewer for training$"},
};
enum { N_DAMAGES = sizeof damages / sizeof damages[0] };

ParameterizedTestParameters(mistakes, bad_data)
{
    static int rows[N_DAMAGES];
    for (int i = 0; i < N_DAMAGES; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_DAMAGES);
}

ParameterizedTest(int *row, mistakes, bad_data)
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

Test(mistakes, data_is_required)
{
    char *folder = new_folder("none");
    Run r = run_in(folder, TRAINER " train --out run");
    cr_expect(eq(int, r.status, 1));
    cr_expect(eq(str, r.err,
                 "trainer: data set 'idx' has no default: say where it is with --data FOLDER\n"));
    expect_nothing_written(folder);
    remove_folder(folder);
}

Test(mistakes, test_set_is_checked_by_eval)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, TRAINER " train --data data --steps 2 --out run --quiet && "
                                   "truncate -s 99 data/t10k-images-idx3-ubyte && " TRAINER
                                   " eval --data data --weights run/weights.safetensors");
    cr_expect(eq(int, r.status, 1));
    cr_expect(eq(str, r.err,
                 "trainer: data/t10k-images-idx3-ubyte: truncated: 83 bytes of data, "
                 "the header says 1584\n"));
    remove_folder(folder);
}

Test(mistakes, compressed_data_gives_the_same)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, TRAINER
                   " train --data data --steps 20 --out a --quiet && gzip data/* && " TRAINER
                   " train --data data --steps 20 --out b --quiet && "
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
    {"printf abcd >> w",
     "^trainer: w: its tensors overlap, leave gaps or end before the file does$"},
    {"printf 'nonsense nonsense nonsense' > w", "^trainer: w: not a safetensors file"},
    {PUT("[", "w", "8"), "^trainer: w: not a safetensors file: its header is not a JSON object$"},
    {"sed -i 's/net.1.weight/nut.1.weight/' w",
     "^trainer: weights file w is of another model: it has no tensor net.1.weight$"},
    {"sed -i 's/\"F32\"/\"I32\"/' w",
     "^trainer: w: tensor .* has dtype I32, only F32 and F64 can be read$"},
};
enum { N_WEIGHT_DAMAGES = sizeof weight_damages / sizeof weight_damages[0] };

ParameterizedTestParameters(mistakes, bad_weights)
{
    static int rows[N_WEIGHT_DAMAGES];
    for (int i = 0; i < N_WEIGHT_DAMAGES; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_WEIGHT_DAMAGES);
}

ParameterizedTest(int *row, mistakes, bad_weights)
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

Test(mistakes, weights_of_another_model)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, MLP " train --steps 1 --out run --quiet && " TRAINER
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

ParameterizedTestParameters(mistakes, bad_folder)
{
    static int rows[N_FOLDER_DAMAGES];
    for (int i = 0; i < N_FOLDER_DAMAGES; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_FOLDER_DAMAGES);
}

ParameterizedTest(int *row, mistakes, bad_folder)
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
Test(mistakes, full_disk_keeps_the_old_weights)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, TRAINER " train --data data --steps 5 --out run --quiet && cp "
                                   "run/weights.safetensors old && (ulimit -f 2; " TRAINER
                                   " train --data data --steps 9 --out run --quiet)");
    cr_expect(eq(int, r.status, 1));
    cr_expect(eq(str, r.err, "trainer: cannot write run/weights.safetensors: File too large\n"));
    r = run_in(folder, "cmp old run/weights.safetensors && ls run");
    cr_expect(eq(int, r.status, 0));
    cr_expect(eq(str, r.out, "metrics.jsonl\nweights.safetensors\n"));
    remove_folder(folder);
}

Test(mistakes, standard_output_is_full)
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

Test(mistakes, loss_is_not_a_number)
{
    char *folder = new_data_folder();
    Run r = run_in(folder, MLP " train --lr 1e30 --steps 50 --out run --quiet");
    cr_expect(eq(int, r.status, 1));
    expect_match(r.err,
                 "^mnist_mlp: step [0-9]+: loss is (-?inf|nan); first bad tensor: [a-z0-9._]+ "
                 "\\(from mnist_mlp.lua:[0-9]+\\), element \\([0-9, ]*\\)\n"
                 "mnist_mlp: the last good weights, .*, are kept in "
                 "run/weights.safetensors\n$");
    cr_expect(all_finite(text_of("%s/run/weights.safetensors", folder)));
    remove_folder(folder);
}

/* The best weights, of an epoch before, stay as they were. */
Test(mistakes, weights_that_are_not_numbers)
{
    char *folder = new_data_folder();
    Run r =
        run_in(folder, MLP " train --steps 1 --out run --quiet && cp run/weights.safetensors w && "
                           "head -c -4 w > v && printf '\\000\\000\\300\\177' >> v && " MLP
                           " train --weights v --steps 5 --out bad --quiet");
    cr_expect(eq(int, r.status, 1));
    expect_match(r.err,
                 "^mnist_mlp: step 0: loss is nan; first bad tensor: parameter net.4.[a-z]+, "
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

ParameterizedTestParameters(mistakes, usage)
{
    static int rows[N_USAGES];
    for (int i = 0; i < N_USAGES; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_USAGES);
}

ParameterizedTest(int *row, mistakes, usage)
{
    char *folder = new_folder("usage");
    Run r = run_in(folder, TRAINER " %s", usages[*row].how);
    cr_expect(eq(int, r.status, 2), "trainer %s: %s", usages[*row].how, r.err);
    expect_match(r.err, usages[*row].says);
    cr_expect(eq(int, count_files(folder), 0));
    remove_folder(folder);
}

static const char *const commands[] = {"", "train", "eval", "predict", "bench", "selftest", "info"};

Test(mistakes, every_command_has_help)
{
    for (int i = 0; i < 7; i++) {
        Run r = run_in(WORK, TRAINER " %s --help", commands[i]);
        cr_expect(eq(int, r.status, 0), "%s", commands[i]);
        expect_match(r.out, "Usage: trainer");
        cr_expect(eq(str, r.err, ""), "%s", commands[i]);
    }
}
