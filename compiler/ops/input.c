/*
 * input: one field of a data stream, image (N, C, H, W) or label (N), batch in front.
 * No inputs, no gradient. The caller puts the value there.
 */
#include "common.h"

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Input, stream, ATTR_INT),
    ATTR_HIDDEN(Input, field, ATTR_TEXT),
    ATTR_HIDDEN(Input, shape, ATTR_SHAPE),
};

static Shape infer(const Node *n)
{
    return ATTRS_OF(n, Input)->shape;
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e, (void)n, (void)in, (void)out;
}

const OpDef op_input = {
    .name = "input",
    .kind = SOURCE,
    .inputs = "",
    .summary = "a batch of one field of a data stream",
    .doc = "Images (N, C, H, W) or labels (N), as the runtime delivers them.",
    ATTRS(Input, attrs),
    .infer = infer,
    .eval = eval,
};
