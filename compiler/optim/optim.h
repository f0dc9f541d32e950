/*
 * optim: what every optimiser file shares: the attributes that OptimBase holds. An optimiser is one
 * file beside this one and one row in optim.def.
 */
#ifndef OPTIM_H
#define OPTIM_H

#include "build.h"
#include "model.h"

/* The first rows of every optimiser's attribute table. Ranges include both ends; BELOW_1 is the last
   float before 1. */
#define BELOW_1 (1 - 0x1p-24)
#define OPTIM_BASE_ATTRS(lr_fallback)                                                              \
    {"lr", ATTR_REAL, offsetof(OptimBase, lr), lr_fallback, 0, 1e6, NULL, "learning rate", false}, \
        {"lr_decay", ATTR_REAL, offsetof(OptimBase, lr_decay), "0", 0, 1e6, NULL,                  \
         "the learning rate of step t is lr / (1 + lr_decay * t)", false},                         \
    {                                                                                              \
        "weight_decay", ATTR_REAL, offsetof(OptimBase, weight_decay), "0", 0, 1e6, NULL,           \
            "adds weight_decay * w to the gradient of weights", false                              \
    }

/* For an optimiser whose formula corrects no bias. */
static inline int no_betas(const void *attrs, double *beta)
{
    (void)attrs, (void)beta;
    return 0;
}

#endif
