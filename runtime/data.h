/*
 * Data sets: the table that the compiler and the runtime share, and what a loaded part of a set is.
 * A data set is one file in data/ and one row in data.def. It either reads a folder of official
 * files or draws its images itself.
 */
#ifndef PG_DATA_H
#define PG_DATA_H

#include <stdbool.h>
#include <stdint.h>

/* One part of a set (training or test) in memory. Free with pg_free_images. */
typedef struct pg_images {
    int count, channels, height, width;
    uint8_t *pixel;                /* (count, C, H, W) */
    uint8_t *label;                /* (count) */
    char *image_file, *label_file; /* where they came from, for messages; NULL when drawn */
} pg_images;

typedef struct pg_dataset_def {
    const char *name;
    int channels, height, width, classes; /* 0: as the model says */
    /* Reads the training or the test part; on failure reports one line and returns false. */
    bool (*load)(const char *folder, bool test, pg_images *images);
    /* Draws `count` images, 0 = as many as the set has; NULL: the set needs a folder. */
    bool (*draw)(bool test, int count, pg_images *images);
    const char *doc;
} pg_dataset_def;

extern const pg_dataset_def pg_datasets[];
extern const int pg_n_datasets;

const pg_dataset_def *pg_find_dataset(const char *name); /* NULL when there is none */

bool pg_load_idx(const char *folder, bool test, pg_images *images);
bool pg_draw_digits(bool test, int count, pg_images *images);
void pg_free_images(pg_images *images);

#endif
