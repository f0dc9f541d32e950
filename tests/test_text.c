/*
 * text: a graph's textual form. What is printed reads back as the same text; what is not a graph is
 * refused with a message that says where, and never crashes.
 */
#include "ir.h"

#include "passes/pass.h"
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <string.h>

/* A small convnet as the author's graph: every kind of attribute and of output. */
static const char *const convnet =
    "graph train batch 4 streams 1\n"
    "%0 = input() {stream=0, field=image, shape=4 1 8 8} \"image\" @net.lua:1 : (4, 1, 8, 8)\n"
    "%1 = parameter() {shape=3 1 3 3, init=he_normal 0 0, trained=true, fan_in=9, fan_out=27} "
    "\"net.1.weight\" @net.lua:3 : (3, 1, 3, 3)\n"
    "%2 = parameter() {shape=3, init=constant 0.5 0, trained=true, fan_in=1, fan_out=1} "
    "\"net.1.bias\" @net.lua:3 : (3)\n"
    "%3 = conv2d(%0, %1, %2) {filters=3, kernel=3 3, stride=1 1, pad=0 0, dilation=1 1, groups=1, "
    "bias=true, init=he_normal 0 0, bias_init=constant 0.5 0, shape=} \"net.1\" @net.lua:3 : "
    "(4, 3, 6, 6)\n"
    "%4 = relu(%3) \"net.2\" @net.lua:3 : (4, 3, 6, 6)\n"
    "%5 = dropout(%4) {p=0.10000000000000001, when=train} : (4, 3, 6, 6)\n"
    "%6 = mean(%5) {axes=1 2 3, keep=false} : (4)\n"
    "%7 = square(%6) : (4)\n"
    "%8 = sum(%7) {axes=0 1 2 3, keep=false} : ()\n"
    "loss loss = %8\n"
    "output level = %6\n";

static char *print_again(Arena *arena, const char *text, bool pass)
{
    Graph *g = parse_graph(arena, text, "test");
    if (pass)
        g = run_passes_until(g, &(PassOptions){0}, "expand");
    Buffer b = {0};
    print_graph(&b, g);
    char *copy = copy_string(arena, b.text);
    free_buffer(&b);
    return copy;
}

Test(text, round_trip)
{
    Arena *arena = new_arena();
    cr_expect(eq(str, print_again(arena, convnet, false), (char *)convnet));
    free_arena(arena);
}

Test(text, round_trip_of_a_differentiated_graph)
{
    Arena *arena = new_arena();
    char *lowered = print_again(arena, convnet, true);
    cr_expect(ne(ptr, strstr(lowered, "gradient net.1.weight = %"), NULL));
    cr_expect(eq(str, print_again(arena, lowered, false), lowered));
    free_arena(arena);
}

/* Why parse_graph() refuses the text, or NULL when it does not. */
static const char *complaint(Arena *arena, const char *text)
{
    CatchPoint point;
    push_catch(&point);
    if (setjmp(point.jump))
        return copy_string(arena, point.message);
    parse_graph(arena, text, "bad.txt");
    pop_catch(&point);
    return NULL;
}

#define HEAD "graph train batch 4 streams 0\n"
#define IMAGE HEAD "%0 = input() {stream=0, field=image, shape=4 1 8 8} : (4, 1, 8, 8)\n"

typedef struct Malformed {
    const char *text, *says;
} Malformed;

static const Malformed malformed[] = {
    {"nonsense\n", "bad.txt:1: expected 'graph '"},
    {"graph train batch x streams 0\n", "expected a number"},
    {"graph train batch -4 streams 0\n", "expected a number"},
    {"graph train\n", "expected ' batch '"},
    {HEAD "%1 = constant() {value=1} : ()\n", "numbered in order"},
    {HEAD "%0 = frobnicate() : ()\n", "unknown operator"},
    {HEAD "%0 = constant( {value=1} : ()\n", "expected '%'"},
    {HEAD "%0 = constant() {value=one} : ()\n", "bad attribute value=one"},
    {HEAD "%0 = constant() {colour=1} : ()\n", "bad attribute colour=1"},
    {HEAD "%0 = constant() {value=1 : ()\n", "bad attribute value"},
    {HEAD "%0 = constant() {value\n", "expected '='"},
    {HEAD "%0 = constant() {value=1} \"open\n", "expected '\"'"},
    {HEAD "%0 = constant() {value=1} @file\n", "expected ':'"},
    {HEAD "%0 = relu(%0) : ()\n", "%0 is not defined yet"},
    {HEAD "%0 = relu(%99999999999) : ()\n", "expected a number"},
    {HEAD "%0 = relu() : ()\n", "relu"},
    {IMAGE "%1 = add(%0) : (4, 1, 8, 8)\n", "add"},
    {IMAGE "%1 = conv2d(%0) {filters=3, kernel=3 3} : (4, 3, 6, 6)\n", "conv2d"},
    {IMAGE "%1 = relu(%0) : (4, 1, 8, 9)\n", "expected '(4, 1, 8, 8)'"},
    {HEAD "wish loss = %0\n", "unknown kind of output 'wish'"},
    {HEAD "loss\n", "expected ' '"},
    {HEAD "loss loss = %0\n", "%0 is not defined yet"},
};
enum { N_MALFORMED = sizeof malformed / sizeof malformed[0] };

ParameterizedTestParameters(text, malformed)
{
    static int rows[N_MALFORMED];
    for (int i = 0; i < N_MALFORMED; i++)
        rows[i] = i;
    return cr_make_param_array(int, rows, N_MALFORMED);
}

ParameterizedTest(int *row, text, malformed)
{
    Arena *arena = new_arena();
    const char *message = complaint(arena, malformed[*row].text);
    cr_assert(ne(ptr, (void *)message, NULL), "row %d was accepted", *row);
    cr_expect(ne(ptr, strstr(message, malformed[*row].says), NULL), "row %d says: %s", *row,
              message);
    free_arena(arena);
}

/* Every beginning of a good text is refused or accepted, but never more than that. */
Test(text, cut_short)
{
    Arena *arena = new_arena();
    for (size_t n = 0; n < strlen(convnet); n++) {
        char *part = copy_string(arena, convnet);
        part[n] = '\0';
        complaint(arena, part);
    }
    free_arena(arena);
}
