/*
 * leaky_relu: y = x where x > 0, slope * x elsewhere; any shape (Maas et al., ICML 2013).
 * Gradient: dx = dy where y > 0, slope * dy elsewhere. With slope >= 0 the sign of y is that of x,
 * so it reads the result and x may be overwritten.
 */
#include "common.h"

typedef struct LeakyRelu {
    double slope;
} LeakyRelu;

static const AttrDef attrs[] = {
    ATTR_FIRST(LeakyRelu, slope, ATTR_REAL, "0.01", 0, 1, "factor for inputs below 0"),
};

static double apply(const double *x, const void *attrs, Branch *branch)
{
    double slope = ((const LeakyRelu *)attrs)->slope;
    return choose(branch, x[0] > 0) ? x[0] : slope * x[0];
}

static void grad(Graph *g, Node *n, Node *dy, Node **dx)
{
    Node *leak = make_scaled(g, dy, ATTRS_OF(n, LeakyRelu)->slope);
    dx[0] = make_where(g, &op_where_gt, n, make_constant(g, 0), dy, leak);
}

const OpDef op_leaky_relu = {
    .name = "leaky_relu",
    .kind = POINTWISE,
    .is_public = true,
    .inputs = "x",
    .summary = "rectifier that leaks: x, or slope * x below 0",
    .doc =
        "y = x where x > 0 and slope * x elsewhere. dx = dy where y > 0 and slope * dy elsewhere.",
    .example = "leaky_relu { 0.1 }(x)",
    ATTRS(LeakyRelu, attrs),
    .infer = infer_pointwise,
    .grad = grad,
    .apply = apply,
    .expr = "vgt($1, splat(0), $1, @slope * $1)",
    .cost = 2,
};
