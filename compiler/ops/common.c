/*
 * common: helpers of the operator files. See common.h.
 */
#include "common.h"

#include <math.h>
#include <stdio.h>

/* ---- Shapes, as types and as words ---- */

ShapeText text_of(Shape s)
{
    ShapeText t = {"("};
    int used = 1;
    for (int a = 0; a < s.rank; a++)
        used += snprintf(t.text + used, sizeof t.text - used, a ? ", %d" : "%d", s.dim[a]);
    snprintf(t.text + used, sizeof t.text - used, ")");
    return t;
}

unsigned all_axes(int rank)
{
    return (1u << rank) - 1;
}

unsigned all_but_channels(int rank)
{
    return all_axes(rank) & ~2u;
}

Shape keep_axes(Shape s, unsigned axes)
{
    for (int a = 0; a < s.rank; a++)
        if (axes >> a & 1)
            s.dim[a] = 1;
    return s;
}

Shape drop_axes(Shape s, unsigned axes)
{
    Shape result = {0};
    for (int a = 0; a < s.rank; a++)
        if (!(axes >> a & 1))
            result.dim[result.rank++] = s.dim[a];
    return result;
}

Shape infer_pointwise(const Node *n)
{
    Shape result = n->in[0]->shape;
    for (int i = 1; i < n->n_in; i++) {
        Shape s = n->in[i]->shape, both;
        if (s.rank != result.rank)
            user_error(n, "shapes %s and %s have different ranks; reshape one of them",
                       text_of(result).text, text_of(s).text);
        if (!broadcast_shapes(result, s, &both))
            user_error(n,
                       "shapes %s and %s do not broadcast; along every axis the sizes must be "
                       "equal or one of them 1",
                       text_of(result).text, text_of(s).text);
        result = both;
    }
    return result;
}

int check_channels(const Node *n)
{
    Shape x = n->in[0]->shape;
    if (x.rank != 2 && x.rank != 4)
        user_error(n, "input must be (N, C) or (N, C, H, W), got %s; reshape it first",
                   text_of(x).text);
    return x.dim[1];
}

void check_channel_parameters(const Node *n)
{
    int channels = check_channels(n);
    for (int i = 1; i < n->n_in; i++) {
        Shape p = n->in[i]->shape;
        if (p.rank != 1 || p.dim[0] != channels)
            user_error(n, "input has %d channels but this layer was made for %d (input %s, %s)",
                       channels, p.dim[0], text_of(n->in[0]->shape).text, text_of(p).text);
    }
}

void check_input_shape(const Node *n, int i, Shape wanted, const char *what)
{
    if (!same_shape(n->in[i]->shape, wanted))
        user_error(n, "%s is %s, but an input of shape %s needs %s", what,
                   text_of(n->in[i]->shape).text, text_of(n->in[0]->shape).text,
                   text_of(wanted).text);
}

void check_labels(const Node *n)
{
    Shape x = n->in[0]->shape;
    if (x.rank != 2)
        user_error(n, "scores must be (N, C), got %s; flatten them first", text_of(x).text);
    check_input_shape(n, 1, shape_of(1, x.dim[0]), "the label");
}

Node *label_column(Graph *g, Node *label)
{
    return make_reshape(g, label, shape_of(2, label->shape.dim[0], 1));
}

void check_axis(const Node *n, int axis)
{
    Shape x = n->in[0]->shape;
    if (axis < 0 || axis >= x.rank)
        user_error(n, "there is no axis %d in shape %s; axes count from 0", axis, text_of(x).text);
}

/* ---- sum, mean ---- */

unsigned axes_over(const Node *n)
{
    int axes = ATTRS_OF(n, Over)->axes;
    Shape x = n->in[0]->shape;
    if (axes == (int)all_axes(MAX_RANK))
        return all_axes(x.rank);
    for (int a = x.rank; a < MAX_RANK; a++)
        if (axes >> a & 1)
            check_axis(n, a);
    return (unsigned)axes;
}

Shape infer_over(const Node *n)
{
    unsigned axes = axes_over(n);
    Shape x = n->in[0]->shape;
    return ATTRS_OF(n, Over)->keep ? keep_axes(x, axes) : drop_axes(x, axes);
}

/* x with examples that do not count set to 0, if axis 0 is about to be summed in inference. */
static Node *masked(Graph *g, Node *x, unsigned axes, bool mean)
{
    if (g->mode != INFER || !x->batched || !(axes & 1))
        return x;
    Mask mask = {keep_axes(x->shape, all_axes(x->shape.rank) & ~1u), mean};
    return MUL(x, add_node(g, &op_valid_mask, &mask, 0, NULL));
}

Node *sum_over(Graph *g, Node *x, unsigned axes)
{
    return make_reduce_sum(g, masked(g, x, axes, false), axes);
}

Node *mean_over(Graph *g, Node *x, unsigned axes)
{
    double n = (double)count_elements(x->shape) / count_elements(keep_axes(x->shape, axes));
    return make_scaled(g, make_reduce_sum(g, masked(g, x, axes, true), axes), 1 / n);
}

double example_weight(const Eval *e, int index, int batch, bool mean)
{
    if (index >= e->valid)
        return 0;
    return mean ? (double)batch / e->valid : 1;
}

void eval_over(const Eval *e, Shape x, bool batched, unsigned axes, bool mean, const double *in,
               double *out)
{
    Shape y = keep_axes(x, axes);
    long n = count_elements(x), n_out = count_elements(y);
    bool weighted = e->mode == INFER && batched && axes & 1;
    long example = weighted ? n / x.dim[0] : 1;
    for (long i = 0; i < n_out; i++)
        out[i] = 0;
    for (long i = 0; i < n; i++) {
        double weight = weighted ? example_weight(e, (int)(i / example), x.dim[0], mean) : 1;
        out[reduced_index(x, axes, i)] += weight * in[i];
    }
    for (long i = 0; mean && i < n_out; i++)
        out[i] /= (double)n / n_out;
}

/* ---- Index arithmetic ---- */

long reduced_index(Shape x, unsigned axes, long i)
{
    long index = 0, step = 1;
    for (int a = x.rank - 1; a >= 0; a--) {
        if (!(axes >> a & 1)) {
            index += i % x.dim[a] * step;
            step *= x.dim[a];
        }
        i /= x.dim[a];
    }
    return index;
}

Span span_of(Shape s, int axis)
{
    Span span = {1, s.dim[axis], 1};
    for (int a = 0; a < axis; a++)
        span.outer *= s.dim[a];
    for (int a = axis + 1; a < s.rank; a++)
        span.inner *= s.dim[a];
    return span;
}

static void softmax_row(const double *x, double *y, long length, long step, bool logarithm)
{
    double top = x[first_maximum(x, length, step) * step], sum = 0;
    for (long k = 0; k < length; k++)
        sum += exp(x[k * step] - top);
    for (long k = 0; k < length; k++)
        y[k * step] = logarithm ? x[k * step] - top - log(sum) : exp(x[k * step] - top) / sum;
}

void eval_softmax(Shape x, const double *in, double *out, bool logarithm)
{
    Span s = span_of(x, 1);
    for (long o = 0; o < s.outer; o++)
        for (long i = 0; i < s.inner; i++) {
            long start = o * s.length * s.inner + i;
            softmax_row(in + start, out + start, s.length, s.inner, logarithm);
        }
}

long first_maximum(const double *x, long length, long step)
{
    long best = 0;
    for (long k = 1; k < length; k++)
        if (x[k * step] > x[best * step])
            best = k;
    return best;
}

Branch branch_at(Eval *e, const Node *n, long i)
{
    if (!e->branch[n->id])
        e->branch[n->id] = NEW_ARRAY(e->graph->arena, int, count_elements(n->shape));
    return (Branch){e->replay, &e->branch[n->id][i]};
}

bool is_active(const Graph *g, int when)
{
    enum { IN_TRAINING, ALWAYS, NEVER };
    return when == ALWAYS || (when == IN_TRAINING && g->mode == TRAIN);
}

/* ---- Batch normalisation ---- */

void eval_normalize(Shape x, double eps, const double *in, const double *mean,
                    const double *variance, const double *gamma, const double *beta, double *out)
{
    Span s = span_of(x, 1);
    for (long i = 0; i < s.outer * s.length * s.inner; i++) {
        long c = i / s.inner % s.length;
        double y = (in[i] - mean[c]) / sqrt(variance[c] + eps);
        out[i] = y * (gamma ? gamma[c] : 1) + (beta ? beta[c] : 0);
    }
}

static void channel_moments(Span s, const double *x, double *mean, double *variance)
{
    double m = 0, v = 0, count = (double)(s.outer * s.inner);
    for (long o = 0; o < s.outer; o++)
        for (long i = 0; i < s.inner; i++)
            m += x[o * s.length * s.inner + i];
    m /= count;
    for (long o = 0; o < s.outer; o++)
        for (long i = 0; i < s.inner; i++)
            v += pow(x[o * s.length * s.inner + i] - m, 2);
    *mean = m;
    *variance = v / count;
}

void eval_moments(Shape x, const double *in, double *mean, double *variance)
{
    Span s = span_of(x, 1);
    for (long c = 0; c < s.length; c++) {
        double m, v;
        channel_moments(s, in + c * s.inner, &m, &v);
        if (mean)
            mean[c] = m;
        if (variance)
            variance[c] = v;
    }
}
