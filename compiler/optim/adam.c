/*
 * Adam, at step t = 1, 2, ...:
 *
 *     m <- beta1 * m + (1 - beta1) * g
 *     v <- beta2 * v + (1 - beta2) * g^2
 *     w <- w - lr * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
 *
 * g is the gradient, weight decay included. The two corrections arrive as scalars of the step.
 * Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1.
 */
#include "optim/optim.h"

typedef struct Adam {
    OptimBase base;
    double beta1, beta2, eps;
} Adam;

static const AttrDef attrs[] = {
    OPTIM_BASE_ATTRS("0.001"),
    ATTR(Adam, beta1, ATTR_REAL, "0.9", 0, BELOW_1, "decay of the mean of the gradient"),
    ATTR(Adam, beta2, ATTR_REAL, "0.999", 0, BELOW_1, "decay of the mean of its square"),
    ATTR(Adam, eps, ATTR_REAL, "1e-8", 1e-30, 1, "keeps the quotient finite"),
};

static int betas(const void *attributes, double *beta)
{
    const Adam *a = attributes;
    beta[0] = a->beta1;
    beta[1] = a->beta2;
    return 2;
}

/* keep * old + (1 - keep) * fresh */
static Node *blend(Graph *g, Node *old, Node *fresh, double keep)
{
    return ADD(make_scaled(g, old, keep), make_scaled(g, fresh, 1 - keep));
}

static Node *update(Graph *g, const void *attributes, UpdateTerms *t)
{
    const Adam *a = attributes;
    Node *m = blend(g, t->slot[0], t->gradient, a->beta1);
    Node *v = blend(g, t->slot[1], make_unary(g, &op_square, t->gradient), a->beta2);
    t->slot[0] = m;
    t->slot[1] = v;
    Node *root = make_unary(g, &op_sqrt, MUL(v, t->correction[1]));
    Node *step = DIV(MUL(m, t->correction[0]), make_shifted(g, root, a->eps));
    return SUB(t->weight, MUL(t->lr, step));
}

const OptimDef optim_adam = {
    .name = "adam",
    .summary = "Adam: steps scaled by running moments of the gradient",
    .doc = "m <- beta1 * m + (1 - beta1) * g;  v <- beta2 * v + (1 - beta2) * g^2;\n"
           "w <- w - lr * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps),\n"
           "with g the gradient plus weight_decay * w and t the number of the step, from 1.",
    ATTRS(Adam, attrs),
    .n_slots = 2,
    .slots = {"m", "v"},
    .betas = betas,
    .update = update,
};
