/*
 * Classical momentum, with the learning rate outside the velocity as in PyTorch's SGD:
 *
 *     v <- momentum * v + g
 *     w <- w - lr * v
 *
 * g is the gradient, weight decay included. Polyak, "Some methods of speeding up the convergence of
 * iteration methods", 1964; Sutskever et al., ICML 2013.
 */
#include "optim/optim.h"

typedef struct Momentum {
    OptimBase base;
    double momentum;
} Momentum;

static const AttrDef attrs[] = {
    OPTIM_BASE_ATTRS("0.01"),
    ATTR(Momentum, momentum, ATTR_REAL, "0.9", 0, BELOW_1, "share of the velocity that is kept"),
};

static Node *update(Graph *g, const void *attributes, UpdateTerms *t)
{
    const Momentum *a = attributes;
    t->slot[0] = ADD(make_scaled(g, t->slot[0], a->momentum), t->gradient);
    return SUB(t->weight, MUL(t->lr, t->slot[0]));
}

const OptimDef optim_momentum = {
    .name = "momentum",
    .summary = "gradient descent with classical momentum",
    .doc = "v <- momentum * v + g;  w <- w - lr * v, with g the gradient plus weight_decay * w.",
    ATTRS(Momentum, attrs),
    .n_slots = 1,
    .slots = {"velocity"},
    .betas = no_betas,
    .update = update,
};
