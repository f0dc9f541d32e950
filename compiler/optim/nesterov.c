/*
 * Nesterov's accelerated gradient, in the form that needs the gradient at w only (PyTorch's SGD
 * with nesterov=True):
 *
 *     v <- momentum * v + g
 *     w <- w - lr * (g + momentum * v)
 *
 * g is the gradient, weight decay included. Nesterov, "A method of solving a convex programming
 * problem with convergence rate O(1/k^2)", 1983; Sutskever et al., ICML 2013.
 */
#include "optim/optim.h"

typedef struct Nesterov {
    OptimBase base;
    double momentum;
} Nesterov;

static const AttrDef attrs[] = {
    OPTIM_BASE_ATTRS("0.01"),
    ATTR(Nesterov, momentum, ATTR_REAL, "0.9", 0, BELOW_1, "share of the velocity that is kept"),
};

static Node *update(Graph *g, const void *attributes, UpdateTerms *t)
{
    const Nesterov *a = attributes;
    Node *v = ADD(make_scaled(g, t->slot[0], a->momentum), t->gradient);
    t->slot[0] = v;
    return SUB(t->weight, MUL(t->lr, ADD(t->gradient, make_scaled(g, v, a->momentum))));
}

const OptimDef optim_nesterov = {
    .name = "nesterov",
    .summary = "gradient descent with Nesterov's momentum",
    .doc = "v <- momentum * v + g;  w <- w - lr * (g + momentum * v),\n"
           "with g the gradient plus weight_decay * w.",
    ATTRS(Nesterov, attrs),
    .n_slots = 1,
    .slots = {"velocity"},
    .betas = no_betas,
    .update = update,
};
