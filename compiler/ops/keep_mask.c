/*
 * keep_mask: 0 with probability p, 1 / (1 - p) otherwise: inverted dropout (Srivastava et al., JMLR
 * 2014). Element i is a function of (seed, stream, step, i), so that it is never stored.
 * No inputs, no gradient.
 */
#include "common.h"

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

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)in;
    const Random *a = ATTRS_OF(n, Random);
    uint32_t stream = PG_STREAM_LAYER + (uint32_t)a->stream, limit = (uint32_t)(a->p * 0x1p24);
    for (long i = 0; i < count_elements(n->shape); i++) {
        pg_random random = pg_philox(e->seed, stream, e->step, (uint64_t)i);
        out[i] = random.word[0] >> 8 >= limit ? 1 / (1 - a->p) : 0;
    }
}

const OpDef op_keep_mask = {
    .name = "keep_mask",
    .kind = SOURCE,
    .inputs = "",
    .summary = "0 with probability p, else 1 / (1 - p)",
    .doc = "Fresh in every step. y[i] = 24 random bits of element i >= p * 2^24 ? 1 / (1 - p) : 0.",
    ATTRS(Random, attrs),
    .infer = infer,
    .eval = eval,
    .cost = 20,
};
