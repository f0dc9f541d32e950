/*
 * trainers: what the tests of built trainers share: a folder of good data, four trainers, and what
 * to expect of them. A test program defines SUITE, the name of its folder, before it includes this.
 */
#ifndef TRAINERS_H
#define TRAINERS_H

#include "program.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <regex.h>

#define WORK BINARY_DIR "/work/" SUITE
#define TRAINER WORK "/out/trainer"
#define OTHER WORK "/out/points"
#define MLP WORK "/out/mnist_mlp"
#define CONVNET WORK "/out/mnist_convnet"
enum { IS_SANITIZED = sizeof PERIGEE_TRAINER_FLAGS > 1 };

enum { TRAIN_IMAGES = 120, TEST_IMAGES = 33, HEIGHT = 8, WIDTH = 6, CLASSES = 5 };

/* ---- What all tests use: four trainers and a folder of good data ---- */

static inline void put_header(FILE *f, int rank, int count)
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
static inline void write_part(const char *folder, const char *part, int count)
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
static inline char *new_data_folder(void)
{
    char *folder = new_folder("data");
    run_in(folder, "cp -r '%s/data' data", WORK);
    return folder;
}

static inline void expect_match(const char *text, const char *pattern)
{
    regex_t regex;
    cr_assert(eq(int, regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0), "%s", pattern);
    cr_expect(eq(int, regexec(&regex, text, 0, NULL, 0), 0), "says: %s\nwant: %s", text, pattern);
    regfree(&regex);
}

/* No file that a reader could take for weights, and no half-written one either. */
static inline void expect_nothing_written(const char *folder)
{
    Run r = run_in(folder, "find . -name '*.safetensors*' -o -name '*.part' -o -name '*.tmp*'");
    cr_expect(eq(str, r.out, ""));
}

#endif
