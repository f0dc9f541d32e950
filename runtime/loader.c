/*
 * Batches: copies examples of the opened data sets into the model's input buffers, in whatever
 * layout the compiler chose for them. All memory is taken when the data is opened.
 */
#include "loader.h"
#include <stdlib.h>

const char *pg_split_name(pg_split split)
{
    static const char *const names[] = {"train", "valid", "test"};
    return names[split];
}

/* ---- filling ------------------------------------------------------------------------------- */

/* Where example n of a batch starts. */
static long example_start(const pg_tensor *t, int n)
{
    return n / t->block[0] * t->outer[0] + n % t->block[0] * t->inner[0];
}

/* x[start + offset[i]] = pixel[i] * scale + shift, for the elements [from, to) of one channel. */
static void put_floats(float *restrict x, const long *offset, const uint8_t *restrict pixel,
                       long from, long to, float scale, float shift)
{
    if (!offset) {
        for (long i = from; i < to; i++)
            x[i] = (float)pixel[i] * scale + shift;
        return;
    }
    for (long i = from; i < to; i++)
        x[offset[i]] = (float)pixel[i] * scale + shift;
}

static void put_doubles(double *restrict x, const long *offset, const uint8_t *restrict pixel,
                        long from, long to, double scale, double shift)
{
    for (long i = from; i < to; i++)
        x[offset ? offset[i] : i] = pixel[i] * scale + shift;
}

static void put_image(const pg_data *data, const pg_field *field, const pg_feed *feed,
                      const uint8_t *pixel, int n)
{
    long start = example_start(&field->input->tensor, n);
    long plane = field->elements / feed->stream->channels;
    for (int c = 0; c < feed->stream->channels; c++) {
        long from = c * plane, to = from + plane;
        if (data->model->is_double)
            put_doubles((double *)field->buffer + start, field->offset, pixel, from, to,
                        feed->scale[c], feed->shift[c]);
        else
            put_floats((float *)field->buffer + start, field->offset, pixel, from, to,
                       (float)feed->scale[c], (float)feed->shift[c]);
    }
}

static void put_label(const pg_data *data, const pg_field *field, int label, int n)
{
    long at = example_start(&field->input->tensor, n);
    if (data->model->is_double)
        ((double *)field->buffer)[at] = label;
    else
        ((float *)field->buffer)[at] = (float)label;
}

/* Fills the inputs of one stream with the examples that data->example names. */
static void fill_stream(const pg_data *data, int stream, const pg_images *images)
{
    for (int i = 0; i < data->model->n_inputs; i++) {
        const pg_field *field = &data->fields[i];
        if (field->input->stream != stream)
            continue;
        for (int n = 0; n < data->model->batch; n++) {
            size_t e = (size_t)data->example[n];
            if (field->input->field == 'l')
                put_label(data, field, images->label[e], n);
            else
                put_image(data, field, &data->feeds[stream],
                          images->pixel + e * (size_t)field->elements, n);
        }
    }
}

void pg_fill_training_batch(pg_data *data, uint64_t seed, long step)
{
    int batch = data->model->batch;
    for (int s = 0; s < data->model->n_streams; s++) {
        pg_feed *feed = &data->feeds[s];
        long steps = feed->count[PG_TRAIN] / batch;
        long pass = step / steps, first = step % steps * batch;
        if (feed->pass != pass)
            pg_shuffle_feed(feed, (uint32_t)s, seed, pass);
        for (int n = 0; n < batch; n++)
            data->example[n] = feed->shuffled[first + n];
        fill_stream(data, s, &feed->train);
    }
}

int pg_fill_batch(pg_data *data, pg_split split, long number)
{
    int batch = data->model->batch;
    long total = pg_examples(data, split), first = number * batch;
    for (int s = 0; s < data->model->n_streams; s++) {
        pg_feed *feed = &data->feeds[s];
        for (int n = 0; n < batch; n++) {
            long i = first + n < total ? first + n : total - 1;
            data->example[n] = pg_nth_example(feed, split, i);
        }
        fill_stream(data, s, split == PG_TEST ? &feed->test : &feed->train);
    }
    return (int)(total - first < batch ? total - first : batch);
}

int pg_label_of(const pg_data *data, pg_split split, long example)
{
    const pg_feed *feed = &data->feeds[0];
    const pg_images *images = split == PG_TEST ? &feed->test : &feed->train;
    return images->label[pg_nth_example(feed, split, example)];
}

/* ---- opening ------------------------------------------------------------------------------- */

/* Offsets of one example's elements in row-major order of the image; NULL when they are 0, 1, ...
 */
static long *example_offsets(const pg_tensor *t, long elements)
{
    long *offset = pg_allocate((size_t)elements, sizeof *offset);
    bool plain = true;
    for (long i = 0; i < elements; i++) {
        offset[i] = pg_offset(t, i); /* of example 0, which starts at 0 */
        plain = plain && offset[i] == i;
    }
    if (plain) {
        free(offset);
        offset = NULL;
    }
    return offset;
}

static bool open_field(pg_data *data, int i)
{
    pg_field *field = &data->fields[i];
    const pg_input *input = field->input = &data->model->inputs[i];
    const pg_stream *s = &data->model->streams[input->stream];
    const pg_tensor *t = &input->tensor;
    long image = (long)s->channels * s->height * s->width;
    field->elements = t->rank ? pg_count(t) / t->dim[0] : 0;
    if (t->rank < 1 || t->dim[0] != data->model->batch ||
        field->elements != (input->field == 'l' ? 1 : image))
        return pg_fail("internal error: input %s does not have the shape of its data", t->name);
    if (input->field != 'l')
        field->offset = example_offsets(t, field->elements);
    field->buffer =
        pg_allocate((size_t)t->size, data->model->is_double ? sizeof(double) : sizeof(float));
    *input->slot = field->buffer;
    return true;
}

pg_data *pg_open_data(const pg_model *model, const pg_options *options, unsigned needs)
{
    pg_data *data = pg_allocate(1, sizeof *data);
    data->model = model;
    data->feeds = pg_allocate((size_t)model->n_streams, sizeof *data->feeds);
    data->fields = pg_allocate((size_t)model->n_inputs, sizeof *data->fields);
    data->example = pg_allocate((size_t)model->batch, sizeof *data->example);
    bool good = true;
    for (int s = 0; good && s < model->n_streams; s++)
        good = pg_load_feed(data, s, options, needs);
    for (int i = 0; good && i < model->n_inputs; i++)
        good = open_field(data, i);
    if (good)
        return data;
    pg_close_data(data);
    return NULL;
}

void pg_close_data(pg_data *data)
{
    if (!data)
        return;
    for (int s = 0; s < data->model->n_streams; s++)
        pg_free_feed(&data->feeds[s]);
    for (int i = 0; i < data->model->n_inputs; i++) {
        free(data->fields[i].offset);
        free(data->fields[i].buffer);
    }
    free(data->feeds);
    free(data->fields);
    free(data->example);
    free(data);
}

long pg_examples(const pg_data *data, pg_split split)
{
    return data->feeds[0].count[split];
}

/* The longest stream makes the epoch; shorter ones begin their next pass within it. */
long pg_steps_per_epoch(const pg_data *data)
{
    long most = 0;
    for (int s = 0; s < data->model->n_streams; s++) {
        long steps = data->feeds[s].count[PG_TRAIN] / data->model->batch;
        if (steps == 0)
            return 0;
        most = steps > most ? steps : most;
    }
    return most;
}
