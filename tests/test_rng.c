/*
 * rng: Philox-4x32-10 against the known answers of its authors (Random123, kat_vectors), and the
 * map from words to the unit interval.
 */
#include "rng.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>

typedef struct Known {
    uint32_t counter[4], key[2], answer[4];
} Known;

static const Known known[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, /* digits of pi */
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};
enum { N_KNOWN = sizeof known / sizeof known[0] };

ParameterizedTestParameters(rng, known_answer)
{
    static int rows[N_KNOWN];
    for (int i = 0; i < N_KNOWN; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_KNOWN);
}

ParameterizedTest(int *row, rng, known_answer)
{
    const Known *k = &known[*row];
    uint64_t seed = (uint64_t)k->key[1] << 32 | k->key[0];
    uint64_t element = (uint64_t)k->counter[1] << 32 | k->counter[0];
    pg_random random = pg_philox(seed, k->counter[2], k->counter[3], element);
    for (int i = 0; i < 4; i++)
        cr_expect(eq(u32, random.word[i], k->answer[i]), "row %d, word %d", *row, i);
}

Test(rng, unit_interval)
{
    cr_expect(eq(flt, pg_unit(0), 0.0f));
    cr_expect(lt(flt, pg_unit(UINT32_MAX), 1.0f));
    cr_expect(eq(flt, pg_unit(UINT32_MAX), 1.0f - 0x1p-24f));
    cr_expect(eq(flt, pg_unit(1u << 31), 0.5f));
}

Test(rng, every_part_of_the_key_matters)
{
    uint32_t word = pg_philox(1, 2, 3, 4).word[0];
    cr_expect(ne(u32, word, pg_philox(2, 2, 3, 4).word[0]));
    cr_expect(ne(u32, word, pg_philox(1, 3, 3, 4).word[0]));
    cr_expect(ne(u32, word, pg_philox(1, 2, 4, 4).word[0]));
    cr_expect(ne(u32, word, pg_philox(1, 2, 3, 5).word[0]));
    cr_expect(ne(u32, word, pg_philox(1, 2, 3, 4 + (1ull << 32)).word[0]));
}
