/*
 * Threads and their floating-point mode. Denormal numbers are flushed to zero: they carry nothing
 * that training needs, and each costs more than a hundred cycles on common processors.
 */
#include "internal.h"
#include <omp.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

static void flush_denormals(void)
{
#if defined __x86_64__
    _mm_setcsr(_mm_getcsr() | 0x8040); /* FTZ: results; DAZ: operands */
#elif defined __aarch64__
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | (1u << 24)));
#endif
}

void pg_start_threads(int threads)
{
    if (threads)
        omp_set_num_threads(threads);
    flush_denormals(); /* first: threads that OpenMP starts later copy the mode of this one */
#pragma omp parallel
    flush_denormals();
}
