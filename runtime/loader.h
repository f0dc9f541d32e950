/*
 * The opened data of a model, seen only by the files that load, split and assemble it: source.c
 * gets the images, order.c decides which example comes when, loader.c fills the input buffers.
 */
#ifndef PG_LOADER_H
#define PG_LOADER_H

#include "internal.h"

/* One stream of the model. */
typedef struct pg_feed {
    const pg_stream *stream;
    pg_images train, test;
    bool is_stand_in;     /* drawn, not read: may be smaller than the set the model names */
    bool borrowed;        /* the images belong to an earlier stream of the same set */
    int *order;           /* the training set's fixed permutation: training part, then validation */
    int *shuffled;        /* the training part in the order of pass `pass` */
    long pass;            /* -1: none yet */
    int count[PG_SPLITS]; /* examples in each split */
    double *scale, *shift; /* (C): see pg_pixel_scale */
} pg_feed;

/* One input of the model and where each element of an example goes. */
typedef struct pg_field {
    const pg_input *input;
    long elements; /* of one example */
    long *offset;  /* (elements) from the start of an example; NULL: 0, 1, 2, ... */
    void *buffer;  /* the batch, in the tensor's layout */
} pg_field;

struct pg_data {
    const pg_model *model;
    pg_feed *feeds;   /* (n_streams) */
    pg_field *fields; /* (n_inputs) */
    int *example;     /* (batch) which image stands where in the batch being filled */
};

/* source.c */
bool pg_load_feed(pg_data *data, int stream, const pg_options *options, unsigned needs);
void pg_free_feed(pg_feed *feed);

/* order.c */
bool pg_split_feed(pg_feed *feed);
void pg_shuffle_feed(pg_feed *feed, uint32_t stream_index, uint64_t seed, long pass);
int pg_nth_example(const pg_feed *feed, pg_split split, long i);

#endif
