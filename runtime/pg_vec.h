/*
 * The vector prelude of generated code: one type `vec` of PG_LANES elements of type `real`, and the
 * few functions that emitted expressions use. Written with compiler vector types, so the same source
 * serves AVX-512, AVX2, NEON and a processor without vectors.
 *
 * Error bounds of the float functions (measured in tests over all exponents): vexp 2 ulp, vlog 2 ulp,
 * vtanh 4 ulp, vsigmoid 4 ulp. In double they call the C library, lane by lane.
 */
#ifndef PG_VEC_H
#define PG_VEC_H

#include "rng.h"
#include <math.h>
#include <string.h>

#ifndef PG_LANES
#define PG_LANES 16
#endif

#ifdef PG_DOUBLE
typedef double real;
typedef int64_t lane_int;
#else
typedef float real;
typedef int32_t lane_int;
#endif

enum { L = PG_LANES };

typedef real vec __attribute__((vector_size(PG_LANES * sizeof(real)), aligned(sizeof(real)), may_alias));
typedef lane_int veci __attribute__((vector_size(PG_LANES * sizeof(real)), aligned(sizeof(real)), may_alias));

#define INLINE static inline __attribute__((always_inline, unused))
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#define NO_UNROLL _Pragma("clang loop unroll(disable)")
#else
#define UNROLL _Pragma("GCC unroll 64")
#define NO_UNROLL _Pragma("GCC unroll 1")
#endif

/* ---- Threads ---- */

#ifdef _OPENMP
int omp_get_thread_num(void);
int omp_get_num_threads(void);
#else
#define omp_get_thread_num() 0
#define omp_get_num_threads() 1
#endif

/*
 * for (long i = 0; i < n; i++), shared among threads in equal runs of neighbours. What an iteration
 * computes never depends on who runs it. (A plain `omp for` does the same, but some builds of libomp
 * take memory from the heap each time.)
 */
#define PARALLEL_FOR(i, n)                                                                             \
    _Pragma("omp parallel") for (long i = (long)(n) * omp_get_thread_num() / omp_get_num_threads(),    \
                                      i##_end = (long)(n) * (omp_get_thread_num() + 1) /               \
                                                omp_get_num_threads();                                 \
                                 i < i##_end; i++)

/* ---- Memory ---- */

INLINE vec ld(const real *p)
{
    return *(const vec *)p;
}

INLINE void st(real *p, vec v)
{
    *(vec *)p = v;
}

/* `f - 0` and not `0 + f`: adding would have to keep the sign of -0 and cost an instruction. */
INLINE vec splat(real f)
{
    return f - (vec){0};
}

/* The first n lanes from p, `stride` elements apart; the others 0. */
INLINE vec ld_strided(const real *p, long stride, int n)
{
    vec v = {0};
    for (int i = 0; i < n; i++)
        v[i] = p[i * stride];
    return v;
}

INLINE void st_strided(real *p, vec v, long stride, int n)
{
    for (int i = 0; i < n; i++)
        p[i * stride] = v[i];
}

/* ---- Lanes ---- */

INLINE vec from_bits(veci i)
{
    return (vec)i;
}

INLINE vec blend(veci mask, vec yes, vec no)
{
    return from_bits(((veci)yes & mask) | ((veci)no & ~mask));
}

INLINE vec vgt(vec a, vec b, vec yes, vec no)
{
    return blend(a > b, yes, no);
}

INLINE vec veq(vec a, vec b, vec yes, vec no)
{
    return blend(a == b, yes, no);
}

/* A NaN on either side is passed on. */
INLINE vec vmax(vec a, vec b)
{
    return blend(a < b, b, a);
}

INLINE vec vmin(vec a, vec b)
{
    return blend(a > b, b, a);
}

INLINE vec vabs(vec a)
{
    return blend(a < splat(0), -a, a);
}

/* base, base + 1, base + 2, ... */
INLINE vec lanes_from(long base)
{
    vec v;
    for (int i = 0; i < L; i++)
        v[i] = (real)(base + i);
    return v;
}

/* The first n lanes of v, the others replaced. */
INLINE vec first_lanes(vec v, int n, real others)
{
    return n >= L ? v : vgt(splat((real)n), lanes_from(0), v, splat(others));
}

INLINE real sum_lanes(vec v)
{
    real s = 0;
    for (int i = 0; i < L; i++)
        s += v[i];
    return s;
}

INLINE real max_lanes(vec v)
{
    real m = v[0];
    for (int i = 1; i < L; i++)
        m = v[i] > m ? v[i] : m;
    return m;
}

/* ---- Functions ---- */

#ifdef PG_DOUBLE

#define PG_LANE_BY_LANE(name, expression)                                                              \
    INLINE vec name(vec x)                                                                             \
    {                                                                                                  \
        vec y;                                                                                         \
        for (int i = 0; i < L; i++)                                                                    \
            y[i] = expression;                                                                         \
        return y;                                                                                      \
    }
PG_LANE_BY_LANE(vsqrt, sqrt(x[i]))
PG_LANE_BY_LANE(vexp, exp(x[i]))
PG_LANE_BY_LANE(vlog, log(x[i]))
PG_LANE_BY_LANE(vtanh, tanh(x[i]))
PG_LANE_BY_LANE(vsigmoid, 1 / (1 + exp(-x[i])))

#else

INLINE vec vsqrt(vec x)
{
    vec y;
    for (int i = 0; i < L; i++)
        y[i] = __builtin_sqrtf(x[i]);
    return y;
}

/*
 * exp(x) = 2^n exp(r), n = round(x / ln 2), |r| <= ln 2 / 2; exp(r) by a polynomial of degree 6
 * (coefficients: Cephes expf). 2^n is applied in two halves, so that results down to the smallest
 * normal number and up to the largest are right; above that infinity, below 0.
 */
INLINE vec vexp(vec x)
{
    vec t = vmax(blend(x < splat(89.0f), x, splat(89.0f)), splat(-104.0f)); /* NaN: 89 */
    vec magic = splat(0x1.8p23f);
    vec n = (t * splat(1.44269504088896341f) + magic) - magic;
    vec r = t - n * splat(0.693359375f);
    r = r - n * splat(-2.12194440e-4f);
    vec p = splat(1.9875691500e-4f);
    p = p * r + splat(1.3981999507e-3f);
    p = p * r + splat(8.3334519073e-3f);
    p = p * r + splat(4.1665795894e-2f);
    p = p * r + splat(1.6666665459e-1f);
    p = p * r + splat(5.0000001201e-1f);
    p = p * r * r + r + splat(1.0f);
    veci i = __builtin_convertvector(n, veci);
    veci half = i >> 1;
    vec a = from_bits((half + 127) << 23), b = from_bits((i - half + 127) << 23);
    return blend(x != x, x, p * a * b);
}

/*
 * log(x) = e ln 2 + log(m), m in [sqrt(1/2), sqrt(2)); log(m) by a polynomial in m - 1 (Cephes logf).
 * log(0) = -infinity, log of a negative number is NaN. Denormals count as 0.
 */
INLINE vec vlog(vec x)
{
    veci bits = (veci)x;
    veci e = ((bits >> 23) & 255) - 126;
    vec m = from_bits((bits & 0x7fffff) | 0x3f000000); /* [0.5, 1) */
    veci low = m < splat(0.707106781186547524f);
    vec exponent = __builtin_convertvector(e + low, vec);
    m = m + blend(low, m, splat(0)) - splat(1.0f);
    vec z = m * m;
    vec p = splat(7.0376836292e-2f);
    p = p * m - splat(1.1514610310e-1f);
    p = p * m + splat(1.1676998740e-1f);
    p = p * m - splat(1.2420140846e-1f);
    p = p * m + splat(1.4249322787e-1f);
    p = p * m - splat(1.6668057665e-1f);
    p = p * m + splat(2.0000714765e-1f);
    p = p * m - splat(2.4999993993e-1f);
    p = p * m + splat(3.3333331174e-1f);
    vec y = m * z * p + exponent * splat(-2.12194440e-4f) - splat(0.5f) * z;
    vec result = m + y + exponent * splat(0.693359375f);
    result = blend(x == splat(INFINITY), x, result);
    result = blend(x < splat(0x1p-126f), splat(-INFINITY), result);
    return blend((x < splat(0)) | (x != x), splat(NAN), result);
}

/* Near 0 a polynomial (Cephes tanhf), elsewhere 1 - 2 / (exp(2 |x|) + 1) with the sign of x. */
INLINE vec vtanh(vec x)
{
    vec a = vabs(x), z = x * x;
    vec p = splat(-5.70498872745e-3f);
    p = p * z + splat(2.06390887954e-2f);
    p = p * z - splat(5.37397155531e-2f);
    p = p * z + splat(1.33314422036e-1f);
    p = p * z - splat(3.33332819422e-1f);
    vec near = p * z * x + x;
    vec far = splat(1.0f) - splat(2.0f) / (vexp(a + a) + splat(1.0f));
    return blend(a < splat(0.625f), near, blend(x < splat(0), -far, far));
}

INLINE vec vsigmoid(vec x)
{
    return splat(1.0f) / (splat(1.0f) + vexp(-x));
}

#endif

/* ---- Random numbers, a function of (seed, stream, step, element); see rng.h ---- */

/* `scale` with probability 1 - threshold / 2^24, else 0, for elements first, first + stride, ... */
INLINE vec keep_mask(uint64_t seed, uint32_t stream, uint32_t step, uint64_t first, long stride,
                     uint32_t threshold, real scale)
{
    vec v;
    for (int i = 0; i < L; i++) {
        uint32_t word = pg_philox(seed, stream, step, first + (uint64_t)(i * stride)).word[0];
        v[i] = word >> 8 >= threshold ? scale : 0;
    }
    return v;
}

/* Normal deviates of mean 0 and the given standard deviation (Box & Muller 1958). */
INLINE vec normal_noise(uint64_t seed, uint32_t stream, uint32_t step, uint64_t first, long stride,
                        real deviation)
{
    vec v;
    for (int i = 0; i < L; i++) {
        pg_random r = pg_philox(seed, stream, step, first + (uint64_t)(i * stride));
        double u = ((r.word[0] >> 8) + 1) * 0x1p-24, angle = 0x1p-24 * (r.word[1] >> 8);
        v[i] = (real)(deviation * sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * angle));
    }
    return v;
}

#endif
