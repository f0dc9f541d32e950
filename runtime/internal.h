/*
 * What the runtime's own files share: options of a run, errors, tensors, data, weights, metrics.
 * Generated code never sees this header. Functions that return bool have reported the error, one
 * line on stderr, when they return false; commands return the exit status.
 */
#ifndef PG_INTERNAL_H
#define PG_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* argp, POSIX files; so this header comes first wherever it is included */
#endif

#include "data.h"
#include "pg.h"
#include <limits.h>
#include <stdio.h>

typedef enum pg_split { PG_TRAIN, PG_VALID, PG_TEST, PG_SPLITS } pg_split;

/* The command line, parsed; absent numbers hold the value in brackets. */
typedef struct pg_options {
    const char *data, *out, *weights; /* [NULL] */
    pg_split split;                   /* [test] */
    uint64_t seed;                    /* [1] */
    int epochs;                       /* [-1: the model's] */
    long steps;                       /* [-1: no limit] */
    int threads;                      /* [0: OpenMP's choice] */
    int count;                        /* [10] */
    double lr;                        /* [NAN: the model's] */
    double seconds;                   /* [3] */
    bool quiet, json;
} pg_options;

/* Subcommands. */
int pg_train(const pg_model *model, const pg_options *options);
int pg_eval(const pg_model *model, const pg_options *options);
int pg_predict(const pg_model *model, const pg_options *options);
int pg_bench(const pg_model *model, const pg_options *options);
int pg_selftest(const pg_model *model, const pg_options *options);
int pg_info(const pg_model *model, const pg_options *options);

/* error.c */
/* Prints "PROGRAM: message" on stderr and returns false. */
bool pg_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Zeroed memory on a 64-byte boundary, for free(); ends the program when there is none. */
void *pg_allocate(size_t count, size_t size);
double pg_now(void);                          /* seconds of a steady clock */
void pg_print_json(FILE *out, const char *s); /* a JSON string, quotes included */
/* A JSON number, or null for what JSON cannot say; returns its length. */
int pg_format_number(char *text, size_t size, double value);

/* tensor.c: `data` is the tensor's memory, `linear` an element in the author's row-major order. */
long pg_count(const pg_tensor *tensor);
long pg_offset(const pg_tensor *tensor, long linear);
double pg_get(const pg_tensor *tensor, const void *data, bool is_double, long linear);
void pg_set(const pg_tensor *tensor, void *data, bool is_double, long linear, double value);
/* Copies between the tensor's layout and plain row-major elements of the same type. */
void pg_gather(const pg_tensor *tensor, const void *data, bool is_double, void *plain);
void pg_scatter(const pg_tensor *tensor, void *data, bool is_double, const void *plain);
/* The first element, in row-major order, that is not finite; -1 when all are. */
long pg_first_bad(const pg_tensor *tensor, const void *data, bool is_double);
/* "(32, 1, 5, 5)"; the second form writes the index of element `linear`. */
const char *pg_shape_text(char text[80], const int *dim, int rank);
const char *pg_index_text(char text[80], const pg_tensor *tensor, long linear);
double pg_read_scalar(const void *data, bool is_double);

/* init.c */
/* Gives every parameter its initial value and clears padding, gradients and optimiser state. */
void pg_init_parameters(const pg_model *model, uint64_t seed);

/* floatmode.c */
/* Sets the number of threads (0: leave) and flush-to-zero in every one of them. */
void pg_start_threads(int threads);

/* loader.c */
enum {
    PG_NEED_TRAIN = 1, /* training and validation images */
    PG_NEED_TEST = 2,
    PG_NEED_FEW =
        4, /* a few batches will do; noise when the set has no default (bench, selftest) */
};
typedef struct pg_data pg_data;
/* Loads every stream's set and gives the model its input buffers; NULL after an error. */
pg_data *pg_open_data(const pg_model *model, const pg_options *options, unsigned needs);
void pg_close_data(pg_data *data);
long pg_examples(const pg_data *data, pg_split split); /* of the first stream */
long pg_steps_per_epoch(const pg_data *data);          /* 0: fewer images than a batch */
/* The batch of training step `step`, counted from 0: shuffled anew in each pass over a stream. */
void pg_fill_training_batch(pg_data *data, uint64_t seed, long step);
/*
 * Batch `number` of a split in its fixed order. Returns how many of its examples count: the rest
 * of the last batch repeats the last example. Streams with fewer images start over.
 */
int pg_fill_batch(pg_data *data, pg_split split, long number);
int pg_label_of(const pg_data *data, pg_split split, long example); /* of the first stream */
const char *pg_split_name(pg_split split);

/* normalise.c */
/* x = pixel * scale[c] + shift[c]: to [0, 1], then by the set's mean and deviation if asked. */
void pg_pixel_scale(const pg_images *images, bool normalize, double *scale, double *shift);

/* eval.c */
/* mean[i] = scalar i averaged over the split, NAN for an empty one. Needs pg_open_data. */
void pg_evaluate(const pg_model *model, pg_data *data, pg_split split, double *mean);

/* safetensors.c, safetensors_read.c */
typedef struct pg_writer {
    const pg_model *model;
    char *header; /* length, JSON, padding: the file up to the first tensor */
    size_t header_bytes, body_bytes;
    char path[PATH_MAX], temporary[PATH_MAX];
} pg_writer;
bool pg_open_writer(pg_writer *writer, const pg_model *model, const char *folder);
void pg_close_writer(pg_writer *writer);
/* All parameters, each in row-major order, one after the other: body_bytes of them. */
void pg_snapshot(const pg_model *model, void *body);
/* Replaces the file at one stroke, and allocates nothing. */
bool pg_write_weights(const pg_writer *writer, const void *body);
bool pg_read_weights(const pg_model *model, const char *path);

/* metrics.c */
typedef struct pg_epoch {
    int epoch;             /* from 1 */
    double *train, *valid; /* (n_scalars) means */
    double lr;             /* of the last step */
    double seconds;        /* of the training steps, validation not counted */
    double images_per_second;
} pg_epoch;
typedef struct pg_metrics {
    int file;
    char path[PATH_MAX];
    char *line;
    size_t line_size;
} pg_metrics;
bool pg_make_folder(const char *path); /* with its parents; it must be writable */
bool pg_open_metrics(pg_metrics *metrics, const pg_model *model, const char *folder);
bool pg_write_metrics(pg_metrics *metrics, const pg_model *model, const pg_epoch *epoch);
bool pg_close_metrics(pg_metrics *metrics);

/* progress.c */
typedef struct pg_progress {
    bool quiet, terminal, dirty;
    int epochs; /* 0: not known */
    long total; /* steps of the whole training */
    int batch;
    double start, drawn;
} pg_progress;
void pg_start_progress(pg_progress *progress, const pg_options *options, int batch);
void pg_show_step(pg_progress *progress, int epoch, long step, double loss);
void pg_show_epoch(pg_progress *progress, const pg_model *model, const pg_epoch *epoch);
void pg_clear_progress(pg_progress *progress);

/* keep.c: which weights the training keeps. */
typedef struct pg_keep {
    bool best;      /* false: the last */
    bool lowest;    /* the smaller the better: the loss, or "lowest ..." */
    bool of_valid;  /* the best by the validation split, else by the training split */
    int scalar;     /* by which scalar: 0, the loss, is better when lower, all others when higher */
    double value;   /* of what is kept */
    int epoch;      /* that it is from; 0: none yet */
    void *weights;  /* that epoch's, as pg_snapshot writes them */
    void *last;     /* of the last epoch whose weights were all finite */
    int last_epoch; /* 0: the initial weights */
} pg_keep;
bool pg_open_keep(pg_keep *keep, const pg_model *model, size_t bytes, bool has_valid);
void pg_close_keep(pg_keep *keep);
/* Takes the weights at the end of an epoch; writes them when they are the ones to keep. */
bool pg_keep_epoch(pg_keep *keep, const pg_writer *writer, const pg_epoch *epoch);
/* After a bad step: writes the last good weights, unless the best are kept already, and says so;
   returns false. */
bool pg_keep_after_failure(pg_keep *keep, const pg_writer *writer);

/* diagnose.c */
/* Whether every parameter is finite. */
bool pg_weights_are_finite(const pg_model *model);
/* Reports step, loss and the first tensor that went bad, by running forward again. */
void pg_report_bad_loss(const pg_model *model, double loss);

/* probe.c */
double pg_probe_peak(bool is_double); /* floating-point operations a second, all threads */
double pg_probe_bandwidth(void);      /* bytes a second: triad over memory */

/* report.c */
typedef struct pg_timing {
    double peak, bandwidth;        /* of the probes */
    double train_step, infer_step; /* median seconds */
    const double *kernel;          /* median seconds of each kernel */
    long calls;                    /* how often each was timed */
    int threads;
} pg_timing;
void pg_report_json(const pg_model *model, const pg_timing *timing);
void pg_report_table(const pg_model *model, const pg_timing *timing);

#endif
