/*
 * normal_noise: normal numbers of mean 0 and standard deviation p, by Box and Muller (1958):
 * p * sqrt(-2 ln u1) * cos(2 pi u2), u1 in (0, 1], u2 in [0, 1). Element i is a function of
 * (seed, stream, step, i), so that it is never stored. No inputs, no gradient.
 */
#include "common.h"

#include <math.h>
#include <rng.h>

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Random, shape, ATTR_SHAPE),
    ATTR_HIDDEN(Random, p, ATTR_REAL),
    ATTR_HIDDEN(Random, stream, ATTR_INT),
};

static Shape infer(const Node *n)
{
    return ATTRS_OF(n, Random)->shape;
}

static double normal(pg_random random)
{
    double u1 = ((random.word[0] >> 8) + 1) * 0x1p-24, u2 = (random.word[1] >> 8) * 0x1p-24;
    return sqrt(-2 * log(u1)) * cos(2 * M_PI * u2);
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)in;
    const Random *a = ATTRS_OF(n, Random);
    uint32_t stream = PG_STREAM_LAYER + (uint32_t)a->stream;
    for (long i = 0; i < count_elements(n->shape); i++)
        out[i] = a->p * normal(pg_philox(e->seed, stream, e->step, (uint64_t)i));
}

const OpDef op_normal_noise = {
    .name = "normal_noise",
    .kind = SOURCE,
    .inputs = "",
    .summary = "normal numbers of standard deviation p",
    .doc = "Fresh in every step. y[i] = p * sqrt(-2 ln u1) * cos(2 pi u2).",
    ATTRS(Random, attrs),
    .infer = infer,
    .eval = eval,
    .cost = 60,
};
