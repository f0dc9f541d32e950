/*
 * What this machine can do at most, measured in the same run as the kernels: fused multiply-adds
 * from registers for the peak, a triad over memory for the bandwidth. The runtime is compiled for
 * any processor, so the widest vectors are chosen here at run time.
 */
#include "internal.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { CHAINS = 12, ROUNDS = 1000000, REPEATS = 30, TRIAD = 1 << 24, TRIAD_REPEATS = 5 };

/*
 * A spin runs `rounds` times CHAINS independent multiply-adds, enough of them to hide the latency
 * of two units, and returns a number that depends on all, so that none can be dropped. Each chain
 * starts from another value: a compiler would see through equal ones.
 */
typedef float Spin(long rounds, float b, float c);

typedef struct Unit {
    Spin *spin;
    int lanes; /* floats in one multiply-add */
} Unit;

static float spin_plain(long rounds, float b, float c)
{
    typedef float Vector __attribute__((vector_size(16)));
    Vector a[CHAINS], vb = {b, b, b, b}, vc = {c, c, c, c};
    for (int i = 0; i < CHAINS; i++)
        a[i] = vc * (float)i;
    for (long k = 0; k < rounds; k++)
        for (int i = 0; i < CHAINS; i++)
            a[i] = a[i] * vb + vc;
    for (int i = 1; i < CHAINS; i++)
        a[0] += a[i];
    return a[0][0] + a[0][1] + a[0][2] + a[0][3];
}

#ifdef __x86_64__
__attribute__((target("avx2,fma"))) static float spin_avx2(long rounds, float b, float c)
{
    __m256 a[CHAINS], vb = _mm256_set1_ps(b), vc = _mm256_set1_ps(c);
    for (int i = 0; i < CHAINS; i++)
        a[i] = _mm256_set1_ps(c * (float)i);
    for (long k = 0; k < rounds; k++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++)
            a[i] = _mm256_fmadd_ps(a[i], vb, vc);
    }
    for (int i = 1; i < CHAINS; i++)
        a[0] = _mm256_add_ps(a[0], a[i]);
    return _mm256_cvtss_f32(a[0]);
}

__attribute__((target("avx512f"))) static float spin_avx512(long rounds, float b, float c)
{
    __m512 a[CHAINS], vb = _mm512_set1_ps(b), vc = _mm512_set1_ps(c);
    for (int i = 0; i < CHAINS; i++)
        a[i] = _mm512_set1_ps(c * (float)i);
    for (long k = 0; k < rounds; k++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++)
            a[i] = _mm512_fmadd_ps(a[i], vb, vc);
    }
    for (int i = 1; i < CHAINS; i++)
        a[0] = _mm512_add_ps(a[0], a[i]);
    return _mm512_cvtss_f32(a[0]);
}
#endif

static Unit widest_unit(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f"))
        return (Unit){spin_avx512, 16};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return (Unit){spin_avx2, 8};
#endif
    return (Unit){spin_plain, 4};
}

double pg_probe_peak(bool is_double)
{
    Unit unit = widest_unit();
    volatile float sink = 0, factor = 0.99f, term = 1e-3f;
    double best = INFINITY;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        double start = pg_now();
#pragma omp parallel
        {
            float x = unit.spin(ROUNDS, factor, term);
#pragma omp critical
            sink = sink + x;
        }
        best = fmin(best, pg_now() - start);
    }
    double flops = 2.0 * unit.lanes * CHAINS * ROUNDS * omp_get_max_threads();
    return flops / best / (is_double ? 2 : 1); /* a vector holds half as many doubles */
}

/* a = b + s c (STREAM, McCalpin 1995), over arrays larger than any cache. */
static void triad(float *restrict a, const float *restrict b, const float *restrict c, float s)
{
#pragma omp parallel for schedule(static)
    for (long i = 0; i < TRIAD; i++)
        a[i] = b[i] + s * c[i];
}

double pg_probe_bandwidth(void)
{
    float *a = pg_allocate(TRIAD, sizeof *a); /* (TRIAD) each */
    float *b = pg_allocate(TRIAD, sizeof *b);
    float *c = pg_allocate(TRIAD, sizeof *c);
    double best = INFINITY;
    for (int repeat = 0; repeat < TRIAD_REPEATS; repeat++) {
        double start = pg_now();
        triad(a, b, c, 0.5f + (float)repeat);
        best = fmin(best, pg_now() - start);
    }
    free(a);
    free(b);
    free(c);
    return 3.0 * TRIAD * sizeof(float) / best;
}
