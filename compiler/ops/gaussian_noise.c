/*
 * gaussian_noise: y = x + std * z, z normal with mean 0 and deviation 1, fresh in every step;
 * inactive, y = x. Any shape. Gradient, from the parts: dx = dy.
 * No reference of its own: the random stream is known only once it is lowered, and judged there.
 */
#include "common.h"

typedef struct Noise {
    double std;
    int when;
} Noise;

static const AttrDef attrs[] = {
    ATTR_FIRST(Noise, std, ATTR_REAL, NULL, 0, 1e6, "standard deviation of the noise"),
    ATTR_ONE_OF(Noise, when, "train", "train|always|never",
                "active in training only, in inference as well, or not at all"),
};

static Shape infer(const Node *n)
{
    return n->in[0]->shape;
}

static Node *lower(Graph *g, Node *n)
{
    const Noise *a = ATTRS_OF(n, Noise);
    if (!is_active(g, a->when) || a->std == 0)
        return n->in[0];
    Random noise = {n->shape, a->std, take_stream(g)};
    return ADD(n->in[0], add_node(g, &op_normal_noise, &noise, 0, NULL));
}

const OpDef op_gaussian_noise = {
    .name = "gaussian_noise",
    .kind = COMPOSITE,
    .is_public = true,
    .inputs = "x",
    .summary = "adds normal noise in training",
    .doc = "y = x + normal noise of mean 0 and standard deviation std, drawn anew in every step;\n"
           "when not active, y = x. dx = dy.",
    .example = "gaussian_noise { 0.3 }(v)",
    ATTRS(Noise, attrs),
    .infer = infer,
    .lower = lower,
};
