/*
 * window: helpers of pooling and convolution. See window.h.
 */
#include "window.h"

int count_windows(int size, int kernel, int stride, int pad, int dilation)
{
    int room = size + 2 * pad - dilation * (kernel - 1) - 1;
    return room < 0 ? 0 : room / stride + 1;
}

Pair pool_stride(const Pool2d *a)
{
    return (Pair){a->stride.h ? a->stride.h : a->kernel.h, a->stride.w ? a->stride.w : a->kernel.w};
}

static Shape pool_shape(Shape x, const Pool2d *a)
{
    Pair stride = pool_stride(a);
    return shape_of(4, x.dim[0], x.dim[1],
                    count_windows(x.dim[2], a->kernel.h, stride.h, a->pad.h, 1),
                    count_windows(x.dim[3], a->kernel.w, stride.w, a->pad.w, 1));
}

Shape infer_pool(const Node *n)
{
    const Pool2d *a = ATTRS_OF(n, Pool2d);
    Shape x = n->in[0]->shape;
    if (x.rank != 4)
        user_error(n, "input must be images (N, C, H, W), got %s", text_of(x).text);
    if (a->pad.h > a->kernel.h / 2 || a->pad.w > a->kernel.w / 2)
        user_error(n, "pad %dx%d is more than half of the kernel %dx%d; use pad = %d or less",
                   a->pad.h, a->pad.w, a->kernel.h, a->kernel.w, MIN(a->kernel.h, a->kernel.w) / 2);
    Shape y = pool_shape(x, a);
    if (y.dim[2] < 1 || y.dim[3] < 1)
        user_error(n,
                   "kernel %dx%d is larger than the padded input %dx%d (input %s); use a smaller "
                   "kernel",
                   a->kernel.h, a->kernel.w, x.dim[2] + 2 * a->pad.h, x.dim[3] + 2 * a->pad.w,
                   text_of(x).text);
    return y;
}

Shape infer_pool_grad(const Node *n)
{
    const Pool2d *a = ATTRS_OF(n, Pool2d);
    Shape dy = n->in[n->n_in - 1]->shape;
    if (a->shape.rank != 4 || !same_shape(dy, pool_shape(a->shape, a)))
        user_error(n, "gradient %s does not belong to an input of shape %s", text_of(dy).text,
                   text_of(a->shape).text);
    if (n->n_in == 2 && !same_shape(n->in[0]->shape, a->shape))
        user_error(n, "input %s is not of the shape %s of its gradient",
                   text_of(n->in[0]->shape).text, text_of(a->shape).text);
    return a->shape;
}

double flops_of_pool(const Node *n)
{
    const Pool2d *a = ATTRS_OF(n, Pool2d);
    bool backward = n->op->kind == POOL_GRAD;
    Shape y = backward ? n->in[n->n_in - 1]->shape : n->shape;
    return (double)count_elements(y) * a->kernel.h * a->kernel.w;
}

Pool2d pool_grad_attrs(const Node *n)
{
    Pool2d a = *ATTRS_OF(n, Pool2d);
    a.shape = n->in[0]->shape;
    return a;
}

Window window_at(const Pool2d *a, Shape x, int oh, int ow)
{
    Pair stride = pool_stride(a);
    int h = oh * stride.h - a->pad.h, w = ow * stride.w - a->pad.w;
    return (Window){MAX(h, 0), MIN(h + a->kernel.h, x.dim[2]), MAX(w, 0),
                    MIN(w + a->kernel.w, x.dim[3])};
}

int window_maximum(const Pool2d *a, Shape x, const double *plane, int oh, int ow)
{
    Window w = window_at(a, x, oh, ow);
    int best = w.top * x.dim[3] + w.left;
    for (int h = w.top; h < w.bottom; h++)
        for (int i = w.left; i < w.right; i++)
            if (plane[h * x.dim[3] + i] > plane[best])
                best = h * x.dim[3] + i;
    return best;
}

Shape conv_shape(Shape x, const Conv2d *a)
{
    return shape_of(4, x.dim[0], a->filters,
                    count_windows(x.dim[2], a->kernel.h, a->stride.h, a->pad.h, a->dilation.h),
                    count_windows(x.dim[3], a->kernel.w, a->stride.w, a->pad.w, a->dilation.w));
}

double conv_flops(Shape y, Shape w)
{
    return 2.0 * count_elements(y) * w.dim[1] * w.dim[2] * w.dim[3];
}

/* The windows 0 <= i < count whose tap at `offset` (may be negative) falls inside 0 .. size - 1. */
static void inside(int offset, int stride, int size, int count, int *from, int *to)
{
    *from = offset < 0 ? (-offset + stride - 1) / stride : 0;
    *to = offset >= size ? 0 : MIN(count, (size - 1 - offset) / stride + 1);
}

/* The rows of result plane y that input plane x feeds through the tap (r, s). */
static void each_row_of_tap(const Conv2d *a, Shape x, Shape y, int r, int s, ConvRow plane,
                            const double *in1, const double *in2, double *out,
                            void (*row)(ConvRow, const double *, const double *, double *))
{
    int top = r * a->dilation.h - a->pad.h, left = s * a->dilation.w - a->pad.w;
    int h0, h1, w0, w1;
    inside(top, a->stride.h, x.dim[2], y.dim[2], &h0, &h1);
    inside(left, a->stride.w, x.dim[3], y.dim[3], &w0, &w1);
    if (w0 >= w1)
        return;
    for (int h = h0; h < h1; h++) {
        long ih = (long)h * a->stride.h + top, iw = (long)w0 * a->stride.w + left;
        ConvRow part = {plane.x + ih * x.dim[3] + iw, plane.w, plane.y + (long)h * y.dim[3] + w0,
                        w1 - w0, a->stride.w};
        row(part, in1, in2, out);
    }
}

void each_conv_row(const Conv2d *a, Shape x, Shape w, Shape y, const double *in1, const double *in2,
                   double *out,
                   void (*row)(ConvRow r, const double *in1, const double *in2, double *out))
{
    int n_c = w.dim[1], R = w.dim[2], S = w.dim[3], per_group = y.dim[1] / a->groups;
    long x_plane = (long)x.dim[2] * x.dim[3], y_plane = (long)y.dim[2] * y.dim[3];
    for (int n = 0; n < x.dim[0]; n++)
        for (int k = 0; k < y.dim[1]; k++)
            for (int c = 0; c < n_c; c++)
                for (int tap = 0; tap < R * S; tap++) {
                    long from = (long)n * x.dim[1] + k / per_group * n_c + c;
                    ConvRow plane = {from * x_plane, ((long)k * n_c + c) * R * S + tap,
                                     ((long)n * y.dim[1] + k) * y_plane, 0, 0};
                    each_row_of_tap(a, x, y, tap / S, tap % S, plane, in1, in2, out, row);
                }
}
