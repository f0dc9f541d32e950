/*
 * The command `info`: what was compiled into this trainer, in the author's terms.
 */
#include "internal.h"

static const char *init_text(char text[80], const pg_parameter *p)
{
    switch (p->init) {
    case PG_INIT_CONSTANT:
        snprintf(text, 80, "constant %g", p->a);
        break;
    case PG_INIT_UNIFORM:
        snprintf(text, 80, "uniform (%g, %g)", p->a, p->b);
        break;
    case PG_INIT_NORMAL:
        snprintf(text, 80, "normal (mean %g, deviation %g)", p->a, p->b);
        break;
    case PG_INIT_XAVIER_UNIFORM:
        return "xavier uniform";
    case PG_INIT_XAVIER_NORMAL:
        return "xavier normal";
    case PG_INIT_HE_UNIFORM:
        return "he uniform";
    case PG_INIT_HE_NORMAL:
        return "he normal";
    }
    return text;
}

static void print_inputs(const pg_model *model)
{
    char shape[80];
    printf("\ninputs\n");
    for (int i = 0; i < model->n_inputs; i++) {
        const pg_input *input = &model->inputs[i];
        printf("  %-24s %-20s %s of %s\n", input->tensor.name,
               pg_shape_text(shape, input->tensor.dim, input->tensor.rank),
               input->field == 'l' ? "label" : "image", model->streams[input->stream].dataset);
    }
    for (int i = 0; i < model->n_outputs; i++)
        printf("%s  %-24s %s\n", i ? "" : "\noutputs\n", model->outputs[i].name,
               pg_shape_text(shape, model->outputs[i].dim, model->outputs[i].rank));
}

static void print_parameters(const pg_model *model)
{
    char shape[80], init[80];
    long trained = 0, states = 0;
    printf("\nparameters\n");
    for (int i = 0; i < model->n_parameters; i++) {
        const pg_parameter *p = &model->parameters[i];
        long count = pg_count(&p->value);
        *(p->gradient ? &trained : &states) += count;
        printf("  %-24s %-20s %9ld  %s%s\n", p->value.name,
               pg_shape_text(shape, p->value.dim, p->value.rank), count, init_text(init, p),
               p->gradient ? "" : " (state, not trained)");
    }
    printf("  %-24s %-20s %9ld  and %ld numbers of state\n", "trained", "", trained, states);
}

static void print_cost(const pg_model *model)
{
    double flops[2] = {0, 0};
    int kernels[2] = {0, 0};
    for (int k = 0; k < model->n_kernels; k++) {
        pg_phase phase = model->kernels[k].phase;
        int inference = phase == PG_INFER || phase == PG_PREPARE;
        flops[inference] += model->kernels[k].flops;
        kernels[inference]++;
    }
    printf("\ncost\n");
    printf("  training step            %d kernels, %.6g MFLOP\n", kernels[0], flops[0] / 1e6);
    printf("  inference step           %d kernels, %.6g MFLOP\n", kernels[1], flops[1] / 1e6);
    printf("  arena                    %zu bytes; lower bound %zu, ratio %.3f\n",
           model->arena_bytes, model->arena_lower_bound,
           model->arena_lower_bound ? (double)model->arena_bytes / (double)model->arena_lower_bound
                                    : 1);
}

static void print_training(const pg_model *model)
{
    printf("\ntraining\n  optimizer                %s, lr %g", model->optimizer, model->lr);
    if (model->lr_decay != 0)
        printf(" / (1 + %g step)", model->lr_decay);
    printf("\n  epochs                   %d, keeps %s\n", model->epochs,
           model->keep ? model->keep : "last");
    for (int i = 0; i < model->n_rules; i++) {
        const pg_rule *rule = &model->rules[i];
        printf("  from epoch %-4d          lr %s %g%s\n", rule->epoch,
               rule->kind == PG_RULE_SET ? "=" : "times", rule->value,
               rule->kind == PG_RULE_SET ? "" : " each epoch");
    }
    printf("  measures                 ");
    for (int i = 0; i < model->n_scalars; i++)
        printf(i ? ", %s" : "%s", model->scalars[i].name);
    printf("\n");
}

static void print_streams(const pg_model *model)
{
    printf("\ndata\n");
    for (int i = 0; i < model->n_streams; i++) {
        const pg_stream *s = &model->streams[i];
        printf("  %-24s %d x %d x %d, %d classes%s", s->dataset, s->channels, s->height, s->width,
               s->classes, s->normalize ? ", normalised" : "");
        if (s->train)
            printf(", the first %d for training", s->train);
        if (s->valid >= 0)
            printf(", %d held out", s->valid);
        printf("\n");
    }
    printf("\ndata sets this trainer reads\n");
    for (int i = 0; i < pg_n_datasets; i++)
        printf("  %-24s %s\n", pg_datasets[i].name, pg_datasets[i].doc);
}

int pg_info(const pg_model *model, const pg_options *options)
{
    (void)options;
    printf("%s, from %s by %s\n", model->name, model->source, model->compiler);
    printf("  element type             %s\n", model->is_double ? "double" : "float");
    printf("  batch                    %d\n", model->batch);
    printf("  kernels                  %s\n", model->is_fused ? "fused" : "one per node");
    print_inputs(model);
    print_parameters(model);
    print_cost(model);
    print_training(model);
    print_streams(model);
    return 0;
}
