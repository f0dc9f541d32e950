/*
 * relayout: the same tensor in another memory layout. Put in by the layout pass where a producer
 * and a reader disagree; a copy, unless the two layouts happen to place every element alike.
 *
 *   y[i] = x[i]
 */
#include "attrs.h"
#include "ir.h"
#include <string.h>

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Relayout, form, ATTR_INT),
};

static Shape infer(const Node *n)
{
    return n->in[0]->shape;
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e;
    memcpy(out, in[0], sizeof(double) * (size_t)count_elements(n->shape));
}

const OpDef op_relayout = {
    .name = "relayout",
    .kind = MOVEMENT,
    .inputs = "x",
    .summary = "the same tensor in another memory layout",
    .doc = "y[i] = x[i]; inserted by the layout pass.",
    ATTRS(Relayout, attrs),
    .infer = infer,
    .eval = eval,
};
