/*
 * valid_mask: which examples of the batch count, along axis 0: 1 for the first `valid` ones and 0
 * for the rest, or N / valid instead of 1 where a mean over all N is to become one over the valid
 * ones. Inference only, where the last batch may be short. No inputs, no gradient.
 */
#include "common.h"

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Mask, shape, ATTR_SHAPE),
    ATTR_HIDDEN(Mask, mean, ATTR_BOOL),
};

static Shape infer(const Node *n)
{
    Shape s = ATTRS_OF(n, Mask)->shape;
    if (s.rank < 1)
        user_error(n, "shape %s has no batch axis", text_of(s).text);
    return s;
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)in;
    Span s = span_of(n->shape, 0);
    for (long i = 0; i < s.length * s.inner; i++)
        out[i] = example_weight(e, (int)(i / s.inner), (int)s.length, ATTRS_OF(n, Mask)->mean);
}

const OpDef op_valid_mask = {
    .name = "valid_mask",
    .kind = SOURCE,
    .inputs = "",
    .summary = "which examples of a short batch count",
    .doc = "y[n, ...] = 1 if n < valid, else 0; with `mean`, N / valid instead of 1.",
    ATTRS(Mask, attrs),
    .infer = infer,
    .eval = eval,
    .cost = 1,
};
