/*
 * Counter-based random numbers: Philox-4x32-10 (Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011). A number is a function of (seed, stream, step, element) and of nothing else,
 * so it is the same at any thread count, in any memory layout and after a resume. Seen by the
 * runtime, by emitted kernels and by the reference interpreter.
 */
#ifndef PG_RNG_H
#define PG_RNG_H

#include <stdint.h>

/* What a stream is for; the low bits tell one parameter, layer or data stream from another. */
enum {
    PG_STREAM_INIT = 1 << 20,
    PG_STREAM_LAYER = 2 << 20,
    PG_STREAM_SHUFFLE = 3 << 20,
    PG_STREAM_DIGITS = 4 << 20,
    PG_STREAM_SPLIT = 5 << 20,
    PG_STREAM_SELFTEST = 6 << 20
};

typedef struct pg_random {
    uint32_t word[4];
} pg_random;

/* Ten rounds of Philox-4x32 on counter (element, stream, step) under the key `seed`. */
static inline pg_random pg_philox(uint64_t seed, uint32_t stream, uint32_t step, uint64_t element)
{
    uint32_t c0 = (uint32_t)element, c1 = (uint32_t)(element >> 32), c2 = stream, c3 = step;
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return (pg_random){{c0, c1, c2, c3}};
}

/* 24 random bits as a float in [0, 1): exact in float and in double alike. */
static inline float pg_unit(uint32_t word)
{
    return (float)(word >> 8) * 0x1p-24f;
}

#endif
