/*
 * After a loss that is not a number: which tensor went bad first. Inputs and parameters are
 * looked at, then the forward kernels run again one by one and what each wrote is checked.
 */
#include "internal.h"
#include <math.h>

/* The sign of a NaN means nothing, and printf would show it. */
static const char *loss_text(double loss)
{
    return isnan(loss) ? "nan" : loss > 0 ? "inf" : "-inf";
}

static bool report(const pg_model *model, double loss, const char *what, const pg_tensor *t,
                   const char *source, const void *data)
{
    char index[80];
    long bad = pg_first_bad(t, data, model->is_double);
    if (bad < 0)
        return false;
    pg_fail("step %u: loss is %s; first bad tensor: %s%s%s%s%s, element %s", model->clock->step,
            loss_text(loss), what, t->name, source ? " (from " : "", source ? source : "",
            source ? ")" : "", pg_index_text(index, t, bad));
    return true;
}

bool pg_weights_are_finite(const pg_model *model)
{
    for (int i = 0; i < model->n_parameters; i++) {
        const pg_tensor *t = &model->parameters[i].value;
        if (pg_first_bad(t, t->data, model->is_double) >= 0)
            return false;
    }
    return true;
}

static bool report_given(const pg_model *model, double loss)
{
    for (int i = 0; i < model->n_inputs; i++)
        if (report(model, loss, "input ", &model->inputs[i].tensor, NULL, *model->inputs[i].slot))
            return true;
    for (int i = 0; i < model->n_parameters; i++) {
        const pg_tensor *t = &model->parameters[i].value;
        if (report(model, loss, "parameter ", t, NULL, t->data))
            return true;
    }
    return false;
}

static bool report_computed(const pg_model *model, double loss)
{
    for (int k = 0; k < model->n_kernels; k++) {
        const pg_kernel *kernel = &model->kernels[k];
        if (kernel->phase != PG_FORWARD)
            continue;
        kernel->run();
        for (int r = 0; r < kernel->results; r++) {
            const pg_tensor *t = &model->tensors[kernel->first_result + r];
            if (report(model, loss, "", t, kernel->source, t->data))
                return true;
        }
    }
    return false;
}

void pg_report_bad_loss(const pg_model *model, double loss)
{
    if (!report_given(model, loss) && !report_computed(model, loss))
        pg_fail("step %u: loss is %s, though every tensor before it is finite", model->clock->step,
                loss_text(loss));
}
