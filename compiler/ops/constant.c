/*
 * constant: one number everywhere. Written in the model or made by gradients and lowerings, as a
 * scalar; simplification gives it the shape its reader wants.
 * No inputs, no gradient.
 */
#include "common.h"

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Constant, value, ATTR_REAL),
    ATTR_HIDDEN(Constant, shape, ATTR_SHAPE),
};

static Shape infer(const Node *n)
{
    return ATTRS_OF(n, Constant)->shape;
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e, (void)in;
    for (long i = 0; i < count_elements(n->shape); i++)
        out[i] = ATTRS_OF(n, Constant)->value;
}

const OpDef op_constant = {
    .name = "constant",
    .kind = SOURCE,
    .inputs = "",
    .summary = "a number",
    .doc = "y[i] = value.",
    ATTRS(Constant, attrs),
    .infer = infer,
    .eval = eval,
};
