/*
 * dropout: y = x * mask, mask = 0 with probability p and 1 / (1 - p) otherwise, fresh in every
 * step; inactive, y = x. Any shape. Gradient, from the parts: dx = dy * mask, the mask drawn again
 * from the counter, never stored. Srivastava et al., JMLR 2014. No reference of its own: the random
 * stream is known only once it is lowered, and judged there.
 */
#include "common.h"

typedef struct Dropout {
    double p;
    int when;
} Dropout;

static const AttrDef attrs[] = {
    ATTR_FIRST(Dropout, p, ATTR_REAL, "0.5", 0, 1, "probability of dropping an element, below 1"),
    ATTR_ONE_OF(Dropout, when, "train", "train|always|never",
                "active in training only, in inference as well, or not at all"),
};

static Shape infer(const Node *n)
{
    double p = ATTRS_OF(n, Dropout)->p;
    if (!(p >= 0 && p < 1))
        user_error(n, "p = %g would drop everything; use 0 <= p < 1", p);
    return n->in[0]->shape;
}

static Node *lower(Graph *g, Node *n)
{
    const Dropout *a = ATTRS_OF(n, Dropout);
    if (!is_active(g, a->when) || a->p == 0)
        return n->in[0];
    Random mask = {n->shape, a->p, take_stream(g)};
    return MUL(n->in[0], add_node(g, &op_keep_mask, &mask, 0, NULL));
}

const OpDef op_dropout = {
    .name = "dropout",
    .kind = COMPOSITE,
    .is_public = true,
    .inputs = "x",
    .summary = "sets random elements to 0 in training",
    .doc = "y = x * (0 with probability p, else 1 / (1 - p)), drawn anew in every step; when not\n"
           "active, y = x. dx = dy times the same factors.",
    .example = "dropout { 0.5 }(v)",
    ATTRS(Dropout, attrs),
    .infer = infer,
    .lower = lower,
};
