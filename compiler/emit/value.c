/*
 * value: the pointwise program of a kernel, printed where its loops stand. A node's expression
 * comes from its operator's row; its inputs are loaded, made from the loop counters, or computed
 * just above.
 */
#include "emit/emit.h"

#include "attrs.h"
#include "layout.h"
#include <stdlib.h>
#include <string.h>

Scope open_scope(Emitter *e, const Kernel *k, const Site *site)
{
    return (Scope){.e = e,
                   .kernel = k,
                   .site = *site,
                   .name = NEW_ARRAY(e->arena, const char *, e->program->graph->n_nodes)};
}

/* ---- Addresses ---- */

static void add_term(Buffer *b, const char *index, long stride)
{
    if (!index || !strcmp(index, "0") || stride == 0)
        return;
    if (b->size)
        print_to(b, " + ");
    bool is_word = !strpbrk(index, " +-*/");
    print_to(b, is_word ? "%s" : "(%s)", index);
    if (stride != 1)
        print_to(b, " * %ld", stride);
}

const char *offset_at(Emitter *e, const Site *site, Shape shape, const Layout *layout)
{
    if (count_elements(shape) == 1)
        return "0";
    if (site->flat)
        return site->flat;
    Buffer b = {0};
    for (int a = 0; a < shape.rank; a++) {
        long outer, inner;
        if (!axis_strides(layout, shape, a, MAX(site->block[a], 1), &outer, &inner))
            bug("a tensor's blocks do not fit the loop");
        if (site->block[a] <= 1)
            outer = inner;
        add_term(&b, site->outer[a], outer);
        add_term(&b, site->inner[a], inner);
    }
    const char *text = b.size ? copy_string(e->arena, b.text) : "0";
    free_buffer(&b);
    return text;
}

/* Distance in memory between lanes: 0 = all lanes read the same element. */
static long lane_stride(const Site *site, Shape shape, const Layout *layout)
{
    if (site->flat)
        return count_elements(shape) == 1 ? 0 : 1;
    if (site->lane < 0 || site->lane >= shape.rank || shape.dim[site->lane] == 1)
        return 0;
    long outer, inner;
    axis_strides(layout, shape, site->lane, MAX(site->block[site->lane], 1), &outer, &inner);
    return inner;
}

/* Without the parentheses around all of it, where nothing stands beside it. */
const char *bare(Emitter *e, const char *text)
{
    int depth = 0;
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++) {
        depth += (text[i] == '(') - (text[i] == ')');
        if (depth == 0 && i + 1 < n)
            return text;
    }
    return *text == '(' ? format_string(e->arena, "%.*s", (int)n - 2, text + 1) : text;
}

static const char *load(Scope *s, const Node *n)
{
    Emitter *e = s->e;
    const char *at = offset_at(e, &s->site, n->shape, n->layout);
    const char *pointer = pointer_name(e, n);
    long stride = lane_stride(&s->site, n->shape, n->layout);
    if (stride == 0)
        return format_string(e->arena, "splat(%s[%s])", pointer, at);
    if (stride == 1 && !s->site.count)
        return format_string(e->arena, strcmp(at, "0") ? "ld(%s + %s)" : "ld(%s)", pointer, at);
    return format_string(e->arena, "ld_strided(%s + %s, %ld, %s)", pointer, at, stride,
                         s->site.count ? s->site.count : "L");
}

/* "f(...)" stands by itself; anything else gets parentheses. */
static const char *in_parentheses(Emitter *e, const char *text)
{
    const char *c = text + strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789[]");
    int depth = 0;
    for (; *c == '(' || depth > 0; c++)
        depth += (*c == '(') - (*c == ')');
    return *c ? format_string(e->arena, "(%s)", text) : text;
}

void store(Scope *s, Node *n, const char *v)
{
    Emitter *e = s->e;
    const char *at = offset_at(e, &s->site, n->shape, n->layout);
    const char *pointer = pointer_name(e, n);
    long stride = lane_stride(&s->site, n->shape, n->layout);
    if (stride)
        v = bare(e, v);
    if (stride == 0)
        line(e, "%s[%s] = %s[0];", pointer, at, in_parentheses(e, v));
    else if (stride == 1 && !s->site.count)
        line(e, strcmp(at, "0") ? "st(%s + %s, %s);" : "st(%s%.0s, %s);", pointer, at, v);
    else
        line(e, "st_strided(%s + %s, %s, %ld, %s);", pointer, at, v, stride,
             s->site.count ? s->site.count : "L");
}

/* ---- Values made from loop counters ---- */

/* Axis a's coordinate at lane 0: "c * 16". */
static const char *coordinate(Emitter *e, const Site *site, int a)
{
    Buffer b = {0};
    add_term(&b, site->outer[a], MAX(site->block[a], 1));
    add_term(&b, site->inner[a], 1);
    const char *text = b.size ? copy_string(e->arena, b.text) : "0";
    free_buffer(&b);
    return text;
}

static const char *coordinate_vector(Scope *s, int a)
{
    const char *base = coordinate(s->e, &s->site, a);
    return format_string(s->e->arena, a == s->site.lane ? "lanes_from(%s)" : "splat((real)(%s))",
                         base);
}

/* Row-major index of the site's first element, and its step from lane to lane. */
static const char *row_major_index(Scope *s, Shape shape, long *step)
{
    Buffer b = {0};
    long stride = 1;
    *step = 0;
    for (int a = shape.rank - 1; a >= 0; a--) {
        if (shape.dim[a] > 1)
            add_term(&b, coordinate(s->e, &s->site, a), stride);
        if (a == s->site.lane && shape.dim[a] > 1)
            *step = stride;
        stride *= shape.dim[a];
    }
    const char *text = b.size ? copy_string(s->e->arena, b.text) : "0";
    free_buffer(&b);
    return text;
}

static const char *random_value(Scope *s, const Node *n)
{
    const Random *a = ATTRS_OF(n, Random);
    long step;
    const char *first = row_major_index(s, n->shape, &step);
    const char *head = format_string(
        s->e->arena, "clock.seed, PG_STREAM_LAYER + %d, clock.step, (uint64_t)(%s), %ld", a->stream,
        first, step);
    if (n->op == &op_normal_noise)
        return format_string(s->e->arena, "normal_noise(%s, %s)", head, literal(s->e, a->p));
    return format_string(s->e->arena, "keep_mask(%s, %uu, %s)", head, (unsigned)(a->p * 0x1p24),
                         literal(s->e, 1 / (1 - a->p)));
}

static const char *generate(Scope *s, const Node *n)
{
    Arena *arena = s->e->arena;
    if (n->op == &op_constant)
        return format_string(arena, "splat(%s)", literal(s->e, ATTRS_OF(n, Constant)->value));
    if (n->op == &op_iota)
        return coordinate_vector(s, ATTRS_OF(n, Iota)->axis);
    if (n->op == &op_valid_mask)
        return format_string(
            arena, "vgt(splat((real)clock.valid), %s, splat(%s), splat(0))",
            coordinate_vector(s, 0),
            ATTRS_OF(n, Mask)->mean
                ? format_string(arena, "(real)%d / (real)clock.valid", n->shape.dim[0])
                : "1");
    return random_value(s, n);
}

/* ---- Expressions ---- */

static const char *attribute(Emitter *e, const Node *n, const char *name, size_t length)
{
    for (int i = 0; i < n->op->n_attrs; i++) {
        const AttrDef *def = &n->op->attrs[i];
        if (strlen(def->name) == length && !memcmp(def->name, name, length)) {
            double v = *(const double *)((const char *)n->attrs + def->offset);
            return format_string(e->arena, "splat(%s)", literal(e, v));
        }
    }
    bug("%s: expression reads unknown attribute @%.*s", n->op->name, (int)length, name);
}

/* The operator's expression with $1 ... and @name replaced. */
static const char *expression(Scope *s, const Node *n, const char *const *in)
{
    Buffer b = {0};
    for (const char *c = n->op->expr; *c; c++) {
        if (*c == '$') {
            bool is_argument = c > n->op->expr && strchr("( ", c[-1]) && strchr(",)", c[2]) &&
                               (c[-1] == '(' || c[-2] == ',');
            const char *text = in[*++c - '1'];
            print_to(&b, "%s", is_argument ? bare(s->e, text) : text);
        } else if (*c == '@') {
            size_t length = strspn(++c, "abcdefghijklmnopqrstuvwxyz_");
            print_to(&b, "%s", attribute(s->e, n, c, length));
            c += length - 1;
        } else {
            print_to(&b, "%c", *c);
        }
    }
    const char *text = copy_string(s->e->arena, b.text);
    free_buffer(&b);
    return text;
}

static bool is_member(const Kernel *k, const Node *n)
{
    for (int i = 0; i < k->n_members; i++)
        if (k->members[i] == n)
            return true;
    return false;
}

/* "t_add", or "t_add_2" if the kernel has an earlier one. */
static const char *local_name(Scope *s, const Node *n)
{
    int rank = 1;
    for (int i = 0; i < s->kernel->n_members && s->kernel->members[i] != n; i++)
        rank += s->kernel->members[i]->op == n->op;
    return rank == 1 ? format_string(s->e->arena, "t_%s", n->op->name)
                     : format_string(s->e->arena, "t_%s_%d", n->op->name, rank);
}

/* "v_NAME" for what is read from NAME; one tensor may be read in several shapes, and at several
 * places. */
static const char *loaded_value(Scope *s, const Node *n)
{
    Emitter *e = s->e;
    const Program *p = e->program;
    const char *text = load(s, n);
    int readings = 1;
    for (int i = 0; i < p->graph->n_nodes; i++) {
        if (!s->name[i] || p->root[i] != p->root[n->id] || is_member(s->kernel, p->graph->nodes[i]))
            continue;
        if (!strcmp(load(s, p->graph->nodes[i]), text))
            return s->name[i];
        readings++;
    }
    const char *name = readings == 1
                           ? format_string(e->arena, "v_%s", pointer_name(e, n))
                           : format_string(e->arena, "v%d_%s", readings, pointer_name(e, n));
    line(e, "const vec %s = %s;", name, text);
    return name;
}

/* How often the kernel reads n's value: as an input of a member, or to store it. */
static int count_uses(const Kernel *k, const Node *n)
{
    int uses = 0;
    for (int i = 0; i < k->n_members; i++)
        for (int j = 0; j < k->members[i]->n_in; j++)
            uses += k->members[i]->in[j] == n;
    for (int i = 0; i < k->n_results; i++)
        uses += k->results[i] == n;
    return uses;
}

enum { LONG_EXPRESSION = 64 };

const char *value(Scope *s, Node *n)
{
    Emitter *e = s->e;
    const char **name = &s->name[n->id];
    if (*name)
        return *name;
    if (n->op == &op_constant)
        return *name = generate(s, n);
    if (is_generated(n)) {
        *name = local_name(s, n);
        line(e, "const vec %s = %s;", *name, generate(s, n));
        return *name;
    }
    if (!is_member(s->kernel, n))
        return *name = loaded_value(s, n);
    if (!n->op->expr)
        bug("kernel %s: %s (%%%d) is no pointwise expression", s->kernel->name, n->op->name, n->id);
    const char *in[4];
    for (int i = 0; i < n->n_in; i++)
        in[i] = value(s, n->in[i]);
    if (n->op == &op_broadcast)
        return *name = in[0];
    const char *text = expression(s, n, in);
    if (count_uses(s->kernel, n) == 1 && strlen(text) <= LONG_EXPRESSION && !s->must_name)
        return *name = in_parentheses(e, text);
    *name = local_name(s, n);
    line(e, "const vec %s = %s;", *name, text);
    return *name;
}

Scope open_inner_scope(const Scope *outer)
{
    Scope s = *outer;
    s.must_name = false;
    s.name = NEW_ARRAY(s.e->arena, const char *, s.e->program->graph->n_nodes);
    memcpy(s.name, outer->name, sizeof *s.name * (size_t)s.e->program->graph->n_nodes);
    return s;
}

/* ---- Pointers ---- */

const char *pointer_name(Emitter *e, const Node *n)
{
    return tensor_name(e, e->program->root[n->id]);
}

/* Another pointer of this kernel leads to the same memory. */
static bool has_twin(const Emitter *e, const Kernel *k, const Node *n)
{
    for (int i = 0; i < k->n_results; i++) {
        const Node *shares = e->program->place[k->results[i]->id].shares;
        if (shares && (k->results[i] == n || shares == n))
            return true;
    }
    return e->program->place[e->program->root[n->id]->id].region == IN_PARAMETERS &&
           e->program->graph->mode == TRAIN && k->phase == PG_UPDATE;
}

static void declare(Emitter *e, const Kernel *k, const Node *n, bool is_result)
{
    line(e, "%sreal *%s%s = %s; /* %s */", is_result ? "" : "const ",
         has_twin(e, k, n) ? "" : "restrict ", pointer_name(e, n), tensor_address(e, n),
         shape_text(e->arena, n->shape));
}

void declare_tensors(Emitter *e, const Kernel *k)
{
    for (int i = 0; i < k->n_operands; i++) {
        bool declared = false;
        for (int j = 0; j < i; j++)
            declared |=
                e->program->root[k->operands[j]->id] == e->program->root[k->operands[i]->id];
        if (!declared)
            declare(e, k, k->operands[i], false);
    }
    for (int i = 0; i < k->n_results; i++)
        declare(e, k, k->results[i], true);
}
