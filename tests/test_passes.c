/*
 * passes: what the compiler promises about its own results: simplification, folding, fusion, order,
 * memory plan. The models are those of models/ and tests/models.
 */
#include "driver.h"

#include "attrs.h"
#include "build.h"
#include "layout.h"
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <glob.h>
#include <string.h>

static glob_t find_models(void)
{
    glob_t found;
    glob(SOURCE_DIR "/models/*.lua", 0, NULL, &found);
    glob(SOURCE_DIR "/tests/models/*.lua", GLOB_APPEND, NULL, &found);
    return found;
}

static Compiled compile(Arena *arena, const char *path, bool no_fuse)
{
    BuildOptions options = {
        .model = path, .no_fuse = no_fuse, .command = "", .target = "x86-64-v4"};
    return compile_model(arena, &options).compiled;
}

ParameterizedTestParameters(passes, rows)
{
    static int rows[200];
    glob_t models = find_models();
    for (size_t i = 0; i < models.gl_pathc; i++)
        rows[i] = (int)i;
    return cr_make_param_array(int, rows, models.gl_pathc);
}

/* ---- Order: whatever a kernel reads is stored before, by exactly one kernel ---- */

static void check_order(const Program *p, const char *name)
{
    int *stored = NEW_ARRAY(p->arena, int, p->graph->n_nodes);
    for (int i = 0; i < p->n_kernels; i++) {
        const Kernel *k = p->kernels[i];
        for (int j = 0; j < k->n_operands; j++) {
            const Node *root = p->root[k->operands[j]->id];
            cr_expect(root->op->kind == SOURCE || stored[root->id] == 1,
                      "%s: %s reads %s too early", name, k->name, root->op->name);
        }
        for (int j = 0; j < k->n_results; j++)
            stored[k->results[j]->id]++;
        cr_expect(k->n_results > 0, "%s: %s stores nothing", name, k->name);
    }
    for (int i = 0; i < p->graph->n_nodes; i++)
        cr_expect(stored[i] <= 1, "%s: node %d is stored twice", name, i);
    for (int i = 0; i < p->graph->n_outputs; i++)
        cr_expect(eq(int, stored[p->root[p->graph->outputs[i].value->id]->id], 1), "%s: output %s",
                  name, p->graph->outputs[i].name);
}

/* ---- Memory: nothing that is live at the same time overlaps ---- */

typedef struct Span {
    long from, to;
    int first, last;
    const Node *shares, *node;
} Span;

/* b took over a's memory when a was last read, perhaps through others. */
static bool inherits(const Program *p, const Node *a, const Node *b)
{
    while (b && b != a)
        b = p->place[b->id].shares;
    return b == a;
}

static int list_spans(const Program *p, Span *span)
{
    int n = 0;
    for (int i = 0; i < p->graph->n_nodes; i++) {
        const Place *place = &p->place[i];
        if (p->home[i] && place->region == IN_ARENA)
            span[n++] =
                (Span){place->offset, place->offset + place->size, place->first, place->last,
                       place->shares, p->graph->nodes[i]};
    }
    for (int i = 0; i < p->n_kernels; i++)
        if (p->scratch[i].size)
            span[n++] = (Span){
                p->scratch[i].offset, p->scratch[i].offset + p->scratch[i].size, i, i, NULL, NULL};
    return n;
}

static void check_memory(const Program *p, const char *name)
{
    Span *span = NEW_ARRAY(p->arena, Span, p->graph->n_nodes + p->n_kernels);
    int n = list_spans(p, span);
    for (int i = 0; i < n; i++) {
        cr_expect(span[i].to <= p->arena_size, "%s: a tensor ends outside the arena", name);
        for (int j = 0; j < i; j++) {
            bool same_time = span[i].first <= span[j].last && span[j].first <= span[i].last;
            bool same_place = span[i].from < span[j].to && span[j].from < span[i].to;
            bool handed_over = span[i].node && span[j].node &&
                               (inherits(p, span[i].node, span[j].node) ||
                                inherits(p, span[j].node, span[i].node)) &&
                               (span[i].last == span[j].first || span[j].last == span[i].first);
            cr_expect(handed_over || !same_time || !same_place, "%s: two live tensors overlap",
                      name);
        }
    }
    cr_expect(p->arena_size >= p->lower_bound, "%s: below the lower bound", name);
    cr_expect(p->arena_size <= p->lower_bound + p->lower_bound / 10, "%s: %ld over %ld", name,
              p->arena_size, p->lower_bound);
}

ParameterizedTest(int *row, passes, rows)
{
    glob_t models = find_models();
    Arena *arena = new_arena();
    for (int no_fuse = 0; no_fuse < 2; no_fuse++) {
        const char *name = models.gl_pathv[*row];
        Compiled c = compile(arena, name, no_fuse);
        check_order(c.train, name);
        check_order(c.infer, name);
        check_memory(c.train, name);
        check_memory(c.infer, name);
    }
    free_arena(arena);
}

/* ---- Fusion of the convnet, as the documentation promises it ---- */

static const Kernel *find_kernel(const Program *p, const char *name)
{
    for (int i = 0; i < p->n_kernels; i++)
        if (!strcmp(p->kernels[i]->name, name))
            return p->kernels[i];
    cr_fatal("no kernel %s", name);
}

static bool has_op(const Kernel *k, const OpDef *op)
{
    for (int i = 0; i < k->n_members; i++)
        if (k->members[i]->op == op)
            return true;
    return false;
}

Test(passes, statistics_join_the_convolution)
{
    Arena *arena = new_arena();
    Compiled c = compile(arena, SOURCE_DIR "/models/mnist_convnet.lua", false);
    const Kernel *k = find_kernel(c.train, "net_1_conv2d");
    cr_expect(has_op(k, &op_add) && has_op(k, &op_channel_mean) && has_op(k, &op_channel_variance));
    k = find_kernel(c.train, "net_4_maxpool2d");
    cr_expect(has_op(k, &op_rsqrt) && has_op(k, &op_relu), "normalise, relu and pool in one pass");
    k = find_kernel(c.train, "net_2_reduce_sum_back");
    cr_expect(has_op(k, &op_maxpool2d_grad) && has_op(k, &op_where_gt), "and backward likewise");
    free_arena(arena);
}

Test(passes, inference_is_one_kernel_a_stage)
{
    Arena *arena = new_arena();
    Compiled c = compile(arena, SOURCE_DIR "/models/mnist_convnet.lua", false);
    int convolutions = 0;
    for (int i = 0; i < c.infer->n_kernels; i++) {
        const Kernel *k = c.infer->kernels[i];
        if (!has_op(k, &op_conv2d))
            continue;
        convolutions++;
        cr_expect(has_op(k, &op_relu) && has_op(k, &op_maxpool2d), "%s", k->name);
        cr_expect(not(has_op(k, &op_rsqrt) || has_op(k, &op_mul)), "%s: batchnorm is folded", k->name);
    }
    cr_expect(eq(int, convolutions, 2));
    free_arena(arena);
}

Test(passes, unfused_is_one_node_a_kernel)
{
    Arena *arena = new_arena();
    Compiled c = compile(arena, SOURCE_DIR "/models/mnist_convnet.lua", true);
    for (int i = 0; i < c.train->n_kernels; i++) {
        int computed = 0;
        for (int j = 0; j < c.train->kernels[i]->n_members; j++)
            computed += !is_generated(c.train->kernels[i]->members[j]);
        cr_expect(computed <= 1, "%s computes %d nodes", c.train->kernels[i]->name, computed);
    }
    free_arena(arena);
}

/* ---- Simplification ---- */

static Graph *new_test_graph(Arena *arena, Node **x)
{
    Graph *g = new_graph(arena, INFER, 2);
    g->current = &(Node){.name = "x"};
    *x = add_node(g, &op_parameter, &(Parameter){.shape = shape_of(2, 2, 3)}, 0, NULL);
    g->current = NULL;
    return g;
}

static int count_op(const Graph *g, const OpDef *op)
{
    int n = 0;
    for (int i = 0; i < g->n_nodes; i++)
        n += g->nodes[i]->op == op;
    return n;
}

Test(passes, simplify_merges_and_folds)
{
    Arena *arena = new_arena();
    Node *x;
    Graph *g = new_test_graph(arena, &x);
    Node *a = make_unary(g, &op_exp, x), *b = make_unary(g, &op_exp, x);
    Node *two = ADD(make_constant(g, 1), make_constant(g, 1));
    make_unary(g, &op_log, x); /* nobody reads it */
    Node *y = MUL(ADD(a, b), two);
    Node *z = ADD(MUL(y, make_constant(g, 1)), make_constant(g, 0));
    add_output(g, OUT_TENSOR, "z", z, NULL);
    g = simplify(g);
    verify_graph(g, "simplify");
    cr_expect(eq(int, count_op(g, &op_exp), 1), "equal nodes are one");
    cr_expect(eq(int, count_op(g, &op_log), 0), "dead nodes are gone");
    cr_expect(eq(int, count_op(g, &op_add), 1), "1 + 1 is computed, + 0 dropped");
    cr_expect(eq(int, count_op(g, &op_mul), 1), "* 1 dropped");
    free_arena(arena);
}

Test(passes, simplify_is_idempotent)
{
    Arena *arena = new_arena();
    glob_t models = find_models();
    for (size_t i = 0; i < models.gl_pathc; i++) {
        Graph *g = load_model(arena, models.gl_pathv[i], 0)->graph;
        Graph *once = run_passes_until(g, &(PassOptions){0}, "simplify");
        Buffer a = {0}, b = {0};
        print_graph(&a, once);
        print_graph(&b, simplify(once));
        cr_expect(eq(str, a.text, b.text), "%s", models.gl_pathv[i]);
        free_buffer(&a);
        free_buffer(&b);
    }
    free_arena(arena);
}
