/*
 * Kinks: where a value lies within rounding of the point at which relu, maximum or a pooling window
 * changes its mind, float and double may decide differently, and both are right. One such decision
 * in a hundred thousand moves a gradient by more than any honest tolerance. So when gradients
 * differ, the reference takes the closest decisions the other way, one by one, and keeps those that
 * bring it to the program's result. A wrong kernel is not helped by that.
 */
#include "selftest.h"

#include "attrs.h"
#include "ops/window.h"
#include <math.h>
#include <stdlib.h>

static const double rounding = 1e-5; /* of the root mean square of what is compared */

typedef struct Found {
    Kink *kinks; /* by margin, ascending */
    int n, most;
} Found;

static void keep_kink(Found *f, Kink kink)
{
    int i = f->n < f->most ? f->n++ : f->most;
    for (; i > 0 && f->kinks[i - 1].margin > kink.margin; i--)
        if (i < f->most)
            f->kinks[i] = f->kinks[i - 1];
    if (i < f->most)
        f->kinks[i] = kink;
}

/* ---- where_gt ---- */

/* The operand of element i of a pointwise node. */
static double operand(const Eval *e, const Node *n, int k, long i)
{
    Shape x = n->in[k]->shape;
    long index = 0, step = 1;
    for (int a = x.rank - 1; a >= 0; a--) {
        index += x.dim[a] == 1 ? 0 : i % n->shape.dim[a] * step;
        i /= n->shape.dim[a];
        step *= x.dim[a];
    }
    return value_of(e, n->in[k])[index];
}

/* a - b; what relu has cut off counts too. */
static double comparison(const Eval *e, const Node *n, const Node *before_relu, long i)
{
    Node uncut = *n, *in[4] = {(Node *)before_relu, n->in[1]};
    uncut.in = in;
    return operand(e, &uncut, 0, i) - operand(e, n, 1, i);
}

static void find_where(Found *f, const Eval *e, const Node *n)
{
    const Node *a = n->in[0]->op == &op_relu ? n->in[0]->in[0] : n->in[0];
    long count = count_elements(n->shape);
    double squares = 0;
    for (long i = 0; i < count; i++)
        squares += pow(comparison(e, n, a, i), 2);
    double scale = sqrt(squares / (double)count);
    for (long i = 0; i < count; i++) {
        double margin = fabs(comparison(e, n, a, i)) / scale;
        if (margin < rounding && operand(e, n, 2, i) != operand(e, n, 3, i))
            keep_kink(f, (Kink){n, i, 0, 0, margin, false});
    }
}

/* ---- maxpool2d_grad ---- */

/* The largest element of the window that is not `best`, or -1; both as indices into the plane. */
static long second_maximum(Window w, int width, const double *plane, long best)
{
    long second = -1;
    for (int h = w.top; h < w.bottom; h++)
        for (int i = w.left; i < w.right; i++) {
            long at = (long)h * width + i;
            if (at != best && (second < 0 || plane[at] > plane[second]))
                second = at;
        }
    return second;
}

static void find_window(Found *f, const Eval *e, const Node *n, long i, double scale)
{
    const Pool2d *a = ATTRS_OF(n, Pool2d);
    Shape x = n->shape, y = n->in[1]->shape;
    long plane = i / ((long)y.dim[2] * y.dim[3]) * x.dim[2] * x.dim[3];
    const double *value = value_of(e, n->in[0]) + plane;
    int oh = (int)(i / y.dim[3] % y.dim[2]), ow = (int)(i % y.dim[3]);
    long best = window_maximum(a, x, value, oh, ow);
    long second = second_maximum(window_at(a, x, oh, ow), x.dim[3], value, best);
    double margin = second < 0 ? INFINITY : (value[best] - value[second]) / scale;
    /* Equal values are equal in the program too, and the first one wins there as well. */
    if (margin > 0 && margin < rounding && value_of(e, n->in[1])[i] != 0)
        keep_kink(f, (Kink){n, i, plane + best, plane + second, margin, false});
}

static void find_pool(Found *f, const Eval *e, const Node *n)
{
    long count = count_elements(n->shape);
    double squares = 0;
    for (long i = 0; i < count; i++)
        squares += pow(value_of(e, n->in[0])[i], 2);
    for (long i = 0; i < count_elements(n->in[1]->shape); i++)
        find_window(f, e, n, i, sqrt(squares / (double)count));
}

/* ---- Both ---- */

static int by_node(const void *a, const void *b)
{
    const Kink *x = a, *y = b;
    return x->node->id - y->node->id;
}

int pg_find_kinks(const Eval *e, Kink *kinks, int most)
{
    Found f = {kinks, 0, most};
    for (int i = 0; i < e->graph->n_nodes; i++) {
        const Node *n = e->graph->nodes[i];
        if (n->op == &op_where_gt)
            find_where(&f, e, n);
        else if (n->op == &op_maxpool2d_grad)
            find_pool(&f, e, n);
    }
    /* In the order of evaluation: later ones are evaluated anew after each flip, earlier are not.
     */
    qsort(kinks, (size_t)f.n, sizeof *kinks, by_node);
    return f.n;
}

void pg_flip_kink(Eval *e, Kink *kink)
{
    const Node *n = kink->node;
    double *out = value_of(e, n);
    kink->flipped = !kink->flipped;
    if (n->op == &op_where_gt) {
        double yes = operand(e, n, 2, kink->element), no = operand(e, n, 3, kink->element);
        out[kink->element] = out[kink->element] == yes ? no : yes;
    } else {
        double dy = value_of(e, n->in[1])[kink->element];
        out[kink->best] -= kink->flipped ? dy : -dy;
        out[kink->second] += kink->flipped ? dy : -dy;
    }
    evaluate_from(e, n);
}
