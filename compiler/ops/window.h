/*
 * window: what pooling and convolution share: how windows lie on images, forward and backward, and
 * the loops of the reference evaluation.
 */
#ifndef OPS_WINDOW_H
#define OPS_WINDOW_H

#include "common.h"

/* How many windows fit along one side; 0 or less: none. */
int count_windows(int size, int kernel, int stride, int pad, int dilation);

Pair pool_stride(const Pool2d *a); /* stride 0 = the kernel */
Shape infer_pool(const Node *n);   /* (N, C, H, W) -> (N, C, OH, OW), input 0 */
Shape infer_pool_grad(
    const Node *n);                  /* the attribute `shape`, checked against dy, the last input */
double flops_of_pool(const Node *n); /* forward or backward */
/* Pool2d of n with `shape` set to that of the input: the attributes of the gradient. */
Pool2d pool_grad_attrs(const Node *n);

/* The part of window (oh, ow) that lies in the image: rows top .. bottom - 1, columns alike. */
typedef struct Window {
    int top, bottom, left, right;
} Window;

Window window_at(const Pool2d *a, Shape x, int oh, int ow);
/* Where in its plane of x, (H, W), the first maximum of window (oh, ow) lies, row by row. */
int window_maximum(const Pool2d *a, Shape x, const double *plane, int oh, int ow);

/* The shape of conv2d with these attributes on an input of shape x. */
Shape conv_shape(Shape x, const Conv2d *a);
double conv_flops(Shape y, Shape w);

/* Elements along one row of the result: for i < count, y + i is fed by x + i * step through w. */
typedef struct ConvRow {
    long x, w, y;
    int count, step;
} ConvRow;

/* Every product of a convolution once, a row at a time. a, b and out are handed on to `row`. */
void each_conv_row(const Conv2d *a, Shape x, Shape w, Shape y, const double *in1, const double *in2,
                   double *out,
                   void (*row)(ConvRow r, const double *in1, const double *in2, double *out));

#endif
