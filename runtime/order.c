/*
 * Which example comes when. The official training set is put in a fixed order (the same for every
 * seed, so that the held-out images never change): its last `valid` images are for validation,
 * of the rest the first `train` for training. The training part is shuffled anew in every pass,
 * keyed by (seed, stream, pass), so that any pass can be had without those before it.
 */
#include "loader.h"
#include <string.h>

/* Fisher & Yates 1938 (Durstenfeld 1964), keyed by (seed, stream, step). */
static void permute(int *order, int count, uint64_t seed, uint32_t stream, uint32_t step)
{
    for (int i = count - 1; i > 0; i--) {
        uint64_t random = pg_philox(seed, stream, step, (uint64_t)i).word[0];
        int j = (int)(random * ((uint64_t)i + 1) >> 32);
        int kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

bool pg_split_feed(pg_feed *feed)
{
    const pg_stream *s = feed->stream;
    int total = feed->train.count;
    feed->count[PG_TEST] = feed->test.count;
    if (total == 0)
        return true;
    int valid = s->valid >= 0 ? s->valid : total / 6; /* 10000 of MNIST's 60000 */
    if (feed->is_stand_in)
        valid = valid < total / 6 ? valid : total / 6;
    if (valid >= total)
        return pg_fail("data set '%s' has %d training images, too few to hold %d out; set `valid` in "
                       "the model's dataset.%s { ... }",
                       s->dataset, total, valid, s->dataset);
    if (!feed->is_stand_in && s->train > total - valid)
        return pg_fail("data set '%s': the model wants %d training images, but %d are left after "
                       "validation",
                       s->dataset, s->train, total - valid);
    feed->count[PG_VALID] = valid;
    bool limited = s->train > 0 && s->train < total - valid;
    feed->count[PG_TRAIN] = limited ? s->train : total - valid;
    feed->order = pg_allocate((size_t)total, sizeof *feed->order);
    feed->shuffled = pg_allocate((size_t)feed->count[PG_TRAIN], sizeof *feed->shuffled);
    for (int i = 0; i < total; i++)
        feed->order[i] = i;
    permute(feed->order, total, 0, PG_STREAM_SPLIT, 0);
    return true;
}

void pg_shuffle_feed(pg_feed *feed, uint32_t stream_index, uint64_t seed, long pass)
{
    int count = feed->count[PG_TRAIN];
    memcpy(feed->shuffled, feed->order, (size_t)count * sizeof *feed->order);
    permute(feed->shuffled, count, seed, PG_STREAM_SHUFFLE + stream_index, (uint32_t)pass);
    feed->pass = pass;
}

int pg_nth_example(const pg_feed *feed, pg_split split, long i)
{
    if (feed->count[split] == 0) /* a further stream that holds nothing out */
        split = PG_TRAIN;
    i %= feed->count[split];
    if (split == PG_TEST)
        return (int)i;
    return feed->order[split == PG_VALID ? feed->train.count - feed->count[PG_VALID] + i : i];
}
