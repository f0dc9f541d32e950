/*
 * The commands `eval` and `predict`: a trained model in inference mode over one split.
 */
#include "internal.h"
#include <math.h>
#include <stdlib.h>

void pg_evaluate(const pg_model *model, pg_data *data, pg_split split, double *mean)
{
    long total = pg_examples(data, split);
    for (int i = 0; i < model->n_scalars; i++)
        mean[i] = total ? 0 : NAN;
    if (total == 0)
        return;
    model->prepare();
    for (long number = 0; number * model->batch < total; number++) {
        model->clock->valid = pg_fill_batch(data, split, number);
        model->infer();
        for (int i = 0; i < model->n_scalars; i++)
            mean[i] += model->clock->valid *
                       pg_read_scalar(model->scalars[i].infer, model->is_double) / (double)total;
    }
}

/* Data and weights, as every command wants them that looks at a trained model. */
static pg_data *open_trained(const pg_model *model, const pg_options *options)
{
    if (!options->weights) {
        pg_fail("no weights: say which with --weights FILE");
        return NULL;
    }
    model->clock->seed = options->seed;
    model->clock->step = 0;
    pg_init_parameters(model, options->seed);
    if (!pg_read_weights(model, options->weights))
        return NULL;
    pg_data *data =
        pg_open_data(model, options, options->split == PG_TEST ? PG_NEED_TEST : PG_NEED_TRAIN);
    if (!data || pg_examples(data, options->split) > 0)
        return data;
    pg_fail("the %s split holds no images", pg_split_name(options->split));
    pg_close_data(data);
    return NULL;
}

static void print_human(const pg_model *model, const pg_options *options, long examples,
                        const double *mean)
{
    printf("%s: %ld examples", pg_split_name(options->split), examples);
    for (int i = 0; i < model->n_scalars; i++)
        printf("  %s %.6g", model->scalars[i].name, mean[i]);
    printf("\n");
}

static void print_json(const pg_model *model, const pg_options *options, long examples,
                       const double *mean)
{
    char number[40];
    printf("{\"split\":\"%s\",\"examples\":%ld", pg_split_name(options->split), examples);
    for (int i = 0; i < model->n_scalars; i++) {
        pg_format_number(number, sizeof number, mean[i]);
        printf(",");
        pg_print_json(stdout, model->scalars[i].name);
        printf(":%s", number);
    }
    printf("}\n");
}

int pg_eval(const pg_model *model, const pg_options *options)
{
    pg_data *data = open_trained(model, options);
    if (!data)
        return 1;
    double *mean = pg_allocate((size_t)model->n_scalars, sizeof *mean);
    pg_evaluate(model, data, options->split, mean);
    (options->json ? print_json : print_human)(model, options, pg_examples(data, options->split),
                                               mean);
    free(mean);
    pg_close_data(data);
    return 0;
}

/* Index and value of the largest of example n's elements in the model's first output. */
static void print_prediction(const pg_model *model, int n)
{
    const pg_tensor *t = &model->outputs[0];
    long per_example = pg_count(t) / t->dim[0], best = 0;
    double most = -INFINITY;
    for (long i = 0; i < per_example; i++) {
        double x = pg_get(t, t->data, model->is_double, n * per_example + i);
        if (x > most) {
            most = x;
            best = i;
        }
    }
    printf("  %9ld  %.4f", best, most);
}

int pg_predict(const pg_model *model, const pg_options *options)
{
    pg_data *data = open_trained(model, options);
    if (!data)
        return 1;
    bool per_example = model->n_outputs > 0 && model->outputs[0].rank > 0 &&
                       model->outputs[0].dim[0] == model->batch;
    long total = pg_examples(data, options->split);
    total = options->count < total ? options->count : total;
    printf(per_example ? "image  label  predicted  %s\n" : "image  label\n",
           per_example ? model->outputs[0].name : "");
    model->prepare();
    for (long i = 0; i < total; i++) {
        int n = (int)(i % model->batch);
        if (n == 0) {
            model->clock->valid = pg_fill_batch(data, options->split, i / model->batch);
            model->infer();
        }
        printf("%5ld  %5d", i, pg_label_of(data, options->split, i));
        if (per_example)
            print_prediction(model, n);
        printf("\n");
    }
    pg_close_data(data);
    return 0;
}
