/*
 * The data-set table, made from the rows of data.def, and what every data set has in common:
 * looking one up by name and freeing what it loaded.
 */
#include "../data.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define DATASET(name, channels, height, width, classes, load, draw, doc)                           \
    {#name, channels, height, width, classes, load, draw, doc},
const pg_dataset_def pg_datasets[] = {
#include "../data.def"
};
#undef DATASET

const int pg_n_datasets = sizeof pg_datasets / sizeof pg_datasets[0];

const pg_dataset_def *pg_find_dataset(const char *name)
{
    for (int i = 0; i < pg_n_datasets; i++)
        if (!strcmp(pg_datasets[i].name, name))
            return &pg_datasets[i];
    return NULL;
}

void pg_free_images(pg_images *images)
{
    free(images->pixel);
    free(images->label);
    free(images->image_file);
    free(images->label_file);
    *images = (pg_images){0};
}
