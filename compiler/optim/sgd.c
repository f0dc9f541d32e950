/*
 * Stochastic gradient descent:
 *
 *     w <- w - lr * g
 *
 * g is the gradient, weight decay included. Robbins & Monro, "A Stochastic Approximation Method",
 * Ann. Math. Statist. 22, 1951.
 */
#include "optim/optim.h"

static const AttrDef attrs[] = {OPTIM_BASE_ATTRS("0.01")};

static Node *update(Graph *g, const void *attributes, UpdateTerms *t)
{
    (void)attributes;
    return SUB(t->weight, MUL(t->lr, t->gradient));
}

const OptimDef optim_sgd = {
    .name = "sgd",
    .summary = "stochastic gradient descent",
    .doc = "w <- w - lr * g, with g the gradient plus weight_decay * w.",
    ATTRS(OptimBase, attrs),
    .betas = no_betas,
    .update = update,
};
