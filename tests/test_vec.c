/*
 * vec: the functions of the vector prelude, compared with the C library in double precision: error
 * in units of the last place over the whole range, and what happens at its ends.
 */
#define select select_lanes /* the system has a select() of its own */
#include "pg_vec.h"
#undef select

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <stdio.h>

/* Functions that are always inlined have no address. */
static vec call_exp(vec x)
{
    return vexp(x);
}

static vec call_log(vec x)
{
    return vlog(x);
}

static vec call_tanh(vec x)
{
    return vtanh(x);
}

static vec call_sigmoid(vec x)
{
    return vsigmoid(x);
}

static double exact_sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

typedef struct Function {
    const char *name;
    vec (*fast)(vec);
    double (*exact)(double);
    float low, high; /* where the bound holds */
    double ulp;
} Function;

static const Function functions[] = {
    {"vexp", call_exp, exp, -87.3f, 88.7f, 2},
    {"vlog", call_log, log, 0x1p-126f, 3e38f, 2},
    {"vtanh", call_tanh, tanh, -20, 20, 4},
    {"vsigmoid", call_sigmoid, exact_sigmoid, -87, 87, 4},
};
enum { N_FUNCTIONS = sizeof functions / sizeof functions[0] };

/* |y - exact| in steps of a float near `exact`. */
static double ulps(float y, double exact)
{
    int exponent;
    frexp(exact, &exponent);
    double step = ldexp(1, (exponent < -125 ? -125 : exponent) - 24);
    return fabs(y - exact) / step;
}

static float bits_to_float(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* The largest error over every 251st float of [low, high], all exponents and both signs. */
static double worst_error(const Function *f, float *where)
{
    double worst = 0;
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 251ull * L) {
        vec x, y;
        for (int i = 0; i < L; i++) {
            float v = bits_to_float((uint32_t)(bits + 251ull * i));
            bool inside = v >= f->low && v <= f->high && (v == 0 || fabsf(v) >= 0x1p-126f);
            x[i] = inside ? v : 1;
        }
        y = f->fast(x);
        for (int i = 0; i < L; i++) {
            double error = ulps(y[i], f->exact(x[i]));
            if (!(error <= worst)) {
                worst = error;
                *where = x[i];
            }
        }
    }
    return worst;
}

ParameterizedTestParameters(vec, error_bound)
{
    static int rows[N_FUNCTIONS];
    for (int i = 0; i < N_FUNCTIONS; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_FUNCTIONS);
}

ParameterizedTest(int *row, vec, error_bound)
{
    const Function *f = &functions[*row];
    float where = 0;
    double worst = worst_error(f, &where);
    cr_log_info("%s: %.3f ulp at %a", f->name, worst, (double)where);
    cr_expect(le(dbl, worst, f->ulp), "%s: %.3f ulp at %a", f->name, worst, (double)where);
}

#define AT(function, x) function(splat(x))[0]

Test(vec, ends_of_exp)
{
    cr_expect(eq(flt, AT(vexp, 0.0f), 1.0f));
    cr_expect(AT(vexp, 89.5f) == INFINITY);
    cr_expect(AT(vexp, INFINITY) == INFINITY);
    cr_expect(eq(flt, AT(vexp, -INFINITY), 0.0f));
    cr_expect(eq(flt, AT(vexp, -200.0f), 0.0f));
    cr_expect(isnan(AT(vexp, NAN)));
}

Test(vec, ends_of_log)
{
    cr_expect(eq(flt, AT(vlog, 1.0f), 0.0f));
    cr_expect(AT(vlog, 0.0f) == -INFINITY);
    cr_expect(AT(vlog, INFINITY) == INFINITY);
    cr_expect(isnan(AT(vlog, -1.0f)));
    cr_expect(isnan(AT(vlog, -INFINITY)));
    cr_expect(isnan(AT(vlog, NAN)));
}

Test(vec, ends_of_tanh_and_sigmoid)
{
    cr_expect(eq(flt, AT(vtanh, 0.0f), 0.0f));
    cr_expect(eq(flt, AT(vtanh, 100.0f), 1.0f));
    cr_expect(eq(flt, AT(vtanh, -INFINITY), -1.0f));
    cr_expect(isnan(AT(vtanh, NAN)));
    cr_expect(eq(flt, AT(vsigmoid, 0.0f), 0.5f));
    cr_expect(eq(flt, AT(vsigmoid, INFINITY), 1.0f));
    cr_expect(eq(flt, AT(vsigmoid, -INFINITY), 0.0f));
    cr_expect(isnan(AT(vsigmoid, NAN)));
}

Test(vec, nan_passes_through_maximum)
{
    cr_expect(isnan(vmax(splat(NAN), splat(1))[0]));
    cr_expect(isnan(vmin(splat(NAN), splat(1))[0]));
    cr_expect(eq(flt, vmax(splat(2), splat(1))[0], 2.0f));
    cr_expect(eq(flt, vmin(splat(2), splat(1))[0], 1.0f));
}

Test(vec, lanes)
{
    real memory[3 * L];
    for (int i = 0; i < 3 * L; i++)
        memory[i] = (real)i;
    vec v = ld_strided(memory, 3, 5);
    for (int i = 0; i < L; i++)
        cr_expect(eq(flt, v[i], i < 5 ? 3.0f * (float)i : 0.0f));
    v = first_lanes(lanes_from(7), 2, -1);
    for (int i = 0; i < L; i++)
        cr_expect(eq(flt, v[i], i < 2 ? 7.0f + (float)i : -1.0f));
    cr_expect(eq(flt, sum_lanes(lanes_from(0)), (float)(L * (L - 1) / 2)));
    cr_expect(eq(flt, max_lanes(lanes_from(3)), (float)(L + 2)));
}

Test(vec, keep_mask_is_a_function_of_the_element)
{
    vec a = keep_mask(1, 2, 3, 100, 1, 1u << 23, 2), b = keep_mask(1, 2, 3, 101, 1, 1u << 23, 2);
    for (int i = 0; i + 1 < L; i++)
        cr_expect(eq(flt, a[i + 1], b[i]));
}
