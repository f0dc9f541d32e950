/*
 * Where a stream's images come from: a folder, the set's own drawing, noise for a benchmark that
 * has no data, or an earlier stream of the same set. Checks that they fit the model.
 */
#include "loader.h"
#include <stdlib.h>
#include <string.h>

static bool check_size(const pg_stream *s, const pg_images *images, const char *file)
{
    if (images->channels == s->channels && images->height == s->height && images->width == s->width)
        return true;
    return pg_fail("%s: the images are %d x %d x %d (channels, height, width), the model wants "
                   "%d x %d x %d",
                   file, images->channels, images->height, images->width, s->channels, s->height,
                   s->width);
}

static bool check_images(const pg_stream *s, const pg_images *images)
{
    const char *image_file = images->image_file ? images->image_file : s->dataset;
    const char *label_file = images->label_file ? images->label_file : s->dataset;
    if (!check_size(s, images, image_file))
        return false;
    for (int n = 0; n < images->count; n++)
        if (images->label[n] >= s->classes)
            return pg_fail("%s: label %d of example %d is out of range: the model has %d classes",
                           label_file, images->label[n], n, s->classes);
    return true;
}

/* Stands in for a set that has no default, where only the speed or the arithmetic matters. */
static bool draw_noise(const pg_stream *s, int count, pg_images *images)
{
    size_t size = (size_t)s->channels * (size_t)s->height * (size_t)s->width;
    *images = (pg_images){count, s->channels, s->height, s->width, NULL, NULL, NULL, NULL};
    images->pixel = pg_allocate((size_t)count, size);
    images->label = pg_allocate((size_t)count, 1);
    for (size_t i = 0; i < (size_t)count * size; i++)
        images->pixel[i] = (uint8_t)pg_philox(0, PG_STREAM_DIGITS + 2, 0, i).word[0];
    for (int n = 0; n < count; n++)
        images->label[n] = (uint8_t)(n % (s->classes ? s->classes : 1));
    return true;
}

static bool load_part(const pg_stream *s, const pg_options *options, bool test, int few,
                      pg_images *images)
{
    const pg_dataset_def *set = pg_find_dataset(s->dataset);
    if (!set)
        return pg_fail("the model uses data set '%s', which this runtime does not know",
                       s->dataset);
    if (options->data)
        return set->load(options->data, test, images);
    if (set->draw)
        return set->draw(test, few, images);
    if (few)
        return draw_noise(s, few, images);
    return pg_fail("data set '%s' has no default: say where it is with --data FOLDER", s->dataset);
}

static const pg_feed *earlier_feed(const pg_data *data, int stream)
{
    for (int i = 0; i < stream; i++)
        if (!strcmp(data->feeds[i].stream->dataset, data->model->streams[stream].dataset))
            return &data->feeds[i];
    return NULL;
}

/* A set's mean and deviation are those of its training images, whichever stream asks for them. */
static bool is_normalised(const pg_model *model, const char *dataset)
{
    for (int i = 0; i < model->n_streams; i++)
        if (model->streams[i].normalize && !strcmp(model->streams[i].dataset, dataset))
            return true;
    return false;
}

static bool load_images(pg_feed *feed, const pg_options *options, unsigned needs,
                        const pg_model *model)
{
    int few = needs & PG_NEED_FEW ? 4 * model->batch : 0;
    const pg_stream *s = feed->stream;
    feed->is_stand_in = !options->data;
    if (needs & PG_NEED_TRAIN || is_normalised(model, s->dataset))
        if (!load_part(s, options, false, few, &feed->train))
            return false;
    if (needs & PG_NEED_TEST && !load_part(s, options, true, few, &feed->test))
        return false;
    if (options->data || options->quiet || options->json || few)
        return true;
    printf("no --data: using the built-in procedural digits\n");
    return true;
}

bool pg_load_feed(pg_data *data, int stream, const pg_options *options, unsigned needs)
{
    pg_feed *feed = &data->feeds[stream];
    const pg_feed *earlier = earlier_feed(data, stream);
    feed->stream = &data->model->streams[stream];
    feed->pass = -1;
    if (earlier) {
        feed->train = earlier->train;
        feed->test = earlier->test;
        feed->borrowed = true;
        feed->is_stand_in = earlier->is_stand_in;
    } else if (!load_images(feed, options, needs, data->model)) {
        return false;
    }
    if (feed->train.pixel && !check_images(feed->stream, &feed->train))
        return false;
    if (feed->test.pixel && !check_images(feed->stream, &feed->test))
        return false;
    feed->scale = pg_allocate((size_t)feed->stream->channels, sizeof(double));
    feed->shift = pg_allocate((size_t)feed->stream->channels, sizeof(double));
    const pg_images *images = feed->train.pixel ? &feed->train : &feed->test;
    pg_pixel_scale(images, feed->stream->normalize, feed->scale, feed->shift);
    return pg_split_feed(feed);
}

void pg_free_feed(pg_feed *feed)
{
    if (!feed->borrowed) {
        pg_free_images(&feed->train);
        pg_free_images(&feed->test);
    }
    free(feed->order);
    free(feed->shuffled);
    free(feed->scale);
    free(feed->shift);
}
