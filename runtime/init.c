/*
 * Initial values of parameters. An element's value depends on (seed, parameter, element in
 * row-major order) alone, so that it is the same in every memory layout.
 */
#include "internal.h"
#include <math.h>
#include <string.h>

/* Box & Muller 1958; 1 - u keeps the logarithm finite. */
static double normal(pg_random random)
{
    double radius = sqrt(-2 * log(1 - (double)pg_unit(random.word[0])));
    return radius * cos(2 * 3.14159265358979323846 * (double)pg_unit(random.word[1]));
}

static double uniform(pg_random random, double low, double high)
{
    return low + (high - low) * (double)pg_unit(random.word[0]);
}

static double initial_value(const pg_parameter *p, pg_random random)
{
    double in = p->fan_in, both = in + p->fan_out;
    switch (p->init) {
    case PG_INIT_CONSTANT:
        return p->a;
    case PG_INIT_UNIFORM:
        return uniform(random, p->a, p->b);
    case PG_INIT_NORMAL:
        return p->a + p->b * normal(random);
    case PG_INIT_XAVIER_UNIFORM:
        return uniform(random, -sqrt(6 / both), sqrt(6 / both));
    case PG_INIT_XAVIER_NORMAL:
        return sqrt(2 / both) * normal(random);
    case PG_INIT_HE_UNIFORM:
        return uniform(random, -sqrt(6 / in), sqrt(6 / in));
    case PG_INIT_HE_NORMAL:
        return sqrt(2 / in) * normal(random);
    }
    return 0;
}

void pg_init_parameters(const pg_model *model, uint64_t seed)
{
    size_t element = model->is_double ? sizeof(double) : sizeof(float);
    for (int i = 0; i < model->n_parameters; i++) {
        const pg_parameter *p = &model->parameters[i];
        memset(p->value.data, 0, (size_t)p->value.size * element);
        if (p->gradient)
            memset(p->gradient, 0, (size_t)p->value.size * element);
        long count = pg_count(&p->value);
        for (long e = 0; e < count; e++) {
            pg_random random = pg_philox(seed, PG_STREAM_INIT + (uint32_t)i, 0, (uint64_t)e);
            pg_set(&p->value, p->value.data, model->is_double, e, initial_value(p, random));
        }
    }
    for (int i = 0; i < model->n_slots; i++)
        memset(model->slots[i].data, 0, (size_t)model->slots[i].size * element);
}
