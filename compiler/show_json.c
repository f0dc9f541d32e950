/*
 * show_json: `perigee show --json`: the same facts as one object.
 */
#include "show.h"

static json_t *json_shape(Shape s)
{
    json_t *list = json_array();
    for (int a = 0; a < s.rank; a++)
        json_array_append_new(list, json_integer(s.dim[a]));
    return list;
}

static json_t *json_layer(const LayerRow *row)
{
    return json_pack("{s:o, s:s, s:o, s:I, s:b, s:o, s:i}", "name", json_text(row->name), "op",
                     row->node->op->name, "shape", json_shape(row->node->shape), "parameters",
                     (json_int_t)row->parameters, "shared", row->shares, "flops",
                     json_figure(row->flops), "line", row->node->loc.line);
}

static json_t *json_kernel(const KernelRow *k)
{
    return json_pack("{s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:b}", "name", json_text(k->name),
                     "phase", phase_name(k->phase), "fuses", json_text(k->fuses), "source",
                     json_text(k->source), "lines", k->lines, "flops", json_figure(k->flops),
                     "bytes", json_figure(k->bytes), "parallel", k->is_parallel);
}

static json_t *json_counts(const ProgramFacts *p)
{
    return json_pack("{s:i, s:i, s:i, s:o, s:i, s:o}", "nodes", p->nodes, "unfused", p->unfused,
                     "fused", p->fused, "bytes", json_figure(p->bytes), "conversions",
                     p->conversions.count, "conversion_bytes", json_figure(p->conversions.bytes));
}

static json_t *json_tensors(Arena *arena, const Program *p)
{
    int n;
    TensorRow *row = list_tensors(arena, p, &n);
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(
            list,
            json_pack("{s:o, s:o, s:I, s:I, s:i, s:i, s:o}", "name", json_text(row[i].name),
                      "shape", row[i].shape.rank < 0 ? json_null() : json_shape(row[i].shape),
                      "offset", (json_int_t)row[i].offset, "size", (json_int_t)row[i].size, "first",
                      row[i].first, "last", row[i].last, "in_place_of", json_text(row[i].shares)));
    return list;
}

static json_t *json_arena(Arena *arena, const Program *p, bool memory)
{
    MemoryFacts m = memory_facts(p);
    json_t *object = json_pack("{s:o, s:o, s:f}", "peak", json_figure(m.peak), "lower_bound",
                               json_figure(m.lower_bound), "ratio", m.ratio);
    if (memory)
        json_object_set_new(object, "tensors", json_tensors(arena, p));
    return object;
}

static json_t *json_memory(const Compiled *c)
{
    double bytes = c->is_double ? 8 : 4, trained = (double)c->parameters->trained_size;
    return json_pack("{s:o, s:o, s:o, s:o}", "parameters",
                     json_figure(bytes * (double)c->parameters->size), "gradients",
                     json_figure(bytes * trained), "optimizer",
                     json_figure(bytes * trained * c->model->optimizer->n_slots), "prepared",
                     json_figure(bytes * (double)c->infer->prepared_size));
}

static json_t *json_flops(const Facts *f)
{
    return json_pack("{s:o, s:o, s:o}", "forward", json_figure(f->layers.flops), "train_step",
                     json_figure(f->train.flops), "infer_step", json_figure(f->infer.flops));
}

json_t *show_json(Arena *arena, const Facts *f, bool memory)
{
    const Compiled *c = &f->compilation->compiled;
    json_t *layers = json_array(), *kernels = json_array();
    for (int i = 0; i < f->layers.n; i++)
        json_array_append_new(layers, json_layer(&f->layers.row[i]));
    for (int i = 0; i < f->n_kernels; i++)
        json_array_append_new(kernels, json_kernel(&f->kernel[i]));
    return json_pack(
        "{s:o, s:i, s:s, s:b, s:s, s:o, s:I, s:I, s:o, s:{s:o, s:o}, s:o, s:{s:o, s:o}, s:o}",
        "model", json_text(c->model->name), "batch", c->model->batch, "dtype",
        c->is_double ? "f64" : "f32", "fused", c->is_fused, "optimizer", c->model->optimizer->name,
        "layers", layers, "parameters", (json_int_t)f->layers.parameters, "states",
        (json_int_t)f->layers.states, "flops", json_flops(f), "fusion", "train",
        json_counts(&f->train), "infer", json_counts(&f->infer), "kernels", kernels, "arena",
        "train", json_arena(arena, c->train, memory), "infer", json_arena(arena, c->infer, memory),
        "memory", json_memory(c));
}
