/*
 * parameter: a trained tensor, or a state (running statistics) that is saved with them. Made by the
 * layers that own it. No inputs. The gradient ends here. The caller puts the value there.
 */
#include "common.h"

static const AttrDef attrs[] = {
    ATTR_HIDDEN(Parameter, shape, ATTR_SHAPE),  ATTR_HIDDEN(Parameter, init, ATTR_INIT),
    ATTR_HIDDEN(Parameter, trained, ATTR_BOOL), ATTR_HIDDEN(Parameter, fan_in, ATTR_INT),
    ATTR_HIDDEN(Parameter, fan_out, ATTR_INT),
};

static Shape infer(const Node *n)
{
    return ATTRS_OF(n, Parameter)->shape;
}

static void eval(Eval *e, const Node *n, const double *const *in, double *out)
{
    (void)e, (void)n, (void)in, (void)out;
}

const OpDef op_parameter = {
    .name = "parameter",
    .kind = SOURCE,
    .inputs = "",
    .summary = "a trained tensor, or a saved state",
    .doc = "Owned by a layer. fan_in and fan_out scale the initial values (He, Xavier).",
    ATTRS(Parameter, attrs),
    .infer = infer,
    .eval = eval,
};
