/*
 * ir: the whole vocabulary of the compiler. A model is a Graph: Nodes in topological order, each an
 * operator (OpDef, a row of ops.def) applied to earlier nodes, with typed attributes, a static shape
 * and the line of the model file that made it.
 *
 *     author's graph --lower--> primitives --differentiate--> --simplify--> --fuse--> kernels
 *
 * Composite operators (batchnorm, cross_entropy, ...) exist until the lowering passes replace them by
 * primitives. Nodes are never changed once built: a pass reads one graph and builds the next.
 */
#ifndef IR_H
#define IR_H

#include "base.h"

enum { MAX_RANK = 4 };

typedef struct Graph Graph;
typedef struct Node Node;
typedef struct OpDef OpDef;
typedef struct Eval Eval;

/* ---- Shapes and layouts ---- */

typedef struct Shape {
    int rank;          /* 0 (a scalar) to MAX_RANK */
    int dim[MAX_RANK]; /* row-major, as the author sees it; images are N, C, H, W */
} Shape;

Shape shape_of(int rank, ...); /* shape_of(2, n, c) */
long count_elements(Shape s);
bool same_shape(Shape a, Shape b);
const char *shape_text(Arena *arena, Shape s); /* "(100, 1, 28, 28)" */
/* The shape both broadcast to (NumPy's rule, equal ranks), or false. */
bool broadcast_shapes(Shape a, Shape b, Shape *result);

/*
 * Where element (i0, i1, ...) lives, counted in elements from the tensor's start:
 * sum over axes of (i / block) * outer + (i % block) * inner.
 */
typedef struct Layout {
    enum {
        STANDARD,
        WEIGHT
    } form; /* activations | weights, packed for contractions; see layout.h */
    int block[MAX_RANK];
    long outer[MAX_RANK], inner[MAX_RANK];
    long size; /* elements, padding included */
} Layout;

/* ---- Attributes: a struct of its own for each operator, described field by field ---- */

typedef struct Pair {
    int h, w;
} Pair;

typedef struct Init {
    int kind; /* pg_init_kind of the runtime */
    double a, b;
} Init;

typedef enum AttrKind {
    ATTR_INT,    /* int */
    ATTR_REAL,   /* double */
    ATTR_BOOL,   /* bool */
    ATTR_PAIR,   /* Pair: a number for both, or {h, w} */
    ATTR_SHAPE,  /* Shape: {a, b, ...} */
    ATTR_AXES,   /* int, bit a set = axis a: "all", a number, or {a, b, ...}; axes count from 0 */
    ATTR_CHOICE, /* int: index into `choices` */
    ATTR_TEXT,   /* const char * */
    ATTR_INIT,   /* Init: "he_normal" or {"uniform", -0.1, 0.1} */
} AttrKind;

typedef struct AttrDef {
    const char *name;
    AttrKind kind;
    size_t offset;        /* of the field in the operator's attribute struct */
    const char *fallback; /* default, in the textual form; NULL: must be given */
    double min, max;      /* allowed range of numbers */
    const char *choices;  /* ATTR_CHOICE: "none|shift|affine" */
    const char *doc;
    bool positional; /* may stand without its name: conv2d { 32 } */
} AttrDef;

/* Row makers for attribute tables: ATTR(Conv2d, stride, ATTR_PAIR, "1", 1, 1024, "step of the
 * window"). */
#define ATTR(type, field, kind, fallback, min, max, doc)                                           \
    {#field, kind, offsetof(type, field), fallback, min, max, NULL, doc, false}
#define ATTR_FIRST(type, field, kind, fallback, min, max, doc)                                     \
    {#field, kind, offsetof(type, field), fallback, min, max, NULL, doc, true}
#define ATTR_HIDDEN(type, field, kind)                                                             \
    {#field, kind, offsetof(type, field), "", 0, 0, NULL, NULL, false}                             \
    /* set by passes, not by authors */
#define ATTR_ONE_OF(type, field, fallback, choices, doc)                                           \
    {#field, ATTR_CHOICE, offsetof(type, field), fallback, 0, 0, choices, doc, false}
#define ATTRS(type, table) .attrs = table, .n_attrs = COUNT_OF(table), .attrs_size = sizeof(type)

/* ---- Operators ---- */

typedef enum OpKind {
    SOURCE,    /* no inputs, or data that is there before the step */
    POINTWISE, /* y[i] = f(x1[i], x2[i], ...), inputs broadcast */
    REDUCTION, /* over some axes, kept with size 1 */
    ROW,       /* along axis 1: softmax, argmax */
    POOL,      /* window forward */
    POOL_GRAD, /* window backward */
    CONV,      /* convolution forward, and backward to its input at stride 1 */
    CONV_DX,   /* convolution backward to its input, any stride */
    CONV_DW,   /* convolution backward to its weight */
    MATMUL,    /* y (N, K) = x (N, C) * w (K, C)^T */
    MATMUL_DW, /* dw (K, C) = dy (N, K)^T * x (N, C) */
    MOVEMENT,  /* the same elements elsewhere: reshape, slice, pad, concat, transpose */
    COMPOSITE, /* lowered to other operators before fusion */
} OpKind;

typedef enum Mode { TRAIN, INFER } Mode;

/* A parameter (or saved state) that a layer of this operator owns. */
typedef struct ParamDef {
    const char *name; /* "weight" */
    bool trained;     /* false: running statistics */
    /* Shape for the node n, whose attributes and tensor inputs are set; rank -1: this one is
     * absent. */
    Shape (*shape)(const Node *n);
    Init (*init)(const Node *n);
    void (*fans)(const Node *n, int *fan_in, int *fan_out); /* NULL: 1 and 1 */
} ParamDef;

/* Decides and remembers which piece of a piecewise function a point lies on; see reference.h. */
typedef struct Branch {
    bool replay;
    int *taken;
} Branch;

struct OpDef {
    const char *name;
    OpKind kind;
    bool is_public;     /* has a name in model files */
    const char *inputs; /* "x", "a, b": the tensors, without owned parameters; "..." = any number */
    const char *summary; /* one line */
    const char *doc;     /* formula, shapes, gradient, source */
    const char *example; /* Lua, an expression of the operator's result; see tests */
    const AttrDef *attrs;
    int n_attrs;
    size_t attrs_size;
    const ParamDef *params; /* owned parameters, after the tensor inputs */
    int n_params;

    /* Shape rule: checks inputs and attributes, returns the result's shape; user_error() if none.
     */
    Shape (*infer)(const Node *n);
    /* Gradient as more graph: fills dx[i] for each input (NULL: no gradient). */
    void (*grad)(Graph *g, Node *n, Node *dy, Node **dx);
    /* The same value from other operators, or NULL to stay: `lower` before differentiation, when it
       depends on g->mode or the gradient follows from the parts; `expand` after it, when the
       operator has a gradient of its own. */
    Node *(*lower)(Graph *g, Node *n);
    Node *(*expand)(Graph *g, Node *n);

    /* Reference: naive, double precision, row-major. Pointwise operators give `apply`, others
     * `eval`. */
    void (*eval)(Eval *e, const Node *n, const double *const *in, double *out);
    double (*apply)(const double *x, const void *attrs, Branch *branch);

    /* Pointwise: C over vectors, $1 $2 ... the inputs, @name an attribute as a vector. */
    const char *expr;
    int cost; /* pointwise: rough operations per element; above 8 = not worth computing twice */
    double (*flops)(const Node *n); /* NULL: cost per element */
};

extern const OpDef *const op_table[]; /* all rows of ops.def */
extern const int op_count;
const OpDef *find_op(const char *name);

/* The rows, for code that names an operator: &op_add. */
#define OP(name) extern const OpDef op_##name;
#include "ops.def"
#undef OP

/* ---- Nodes and graphs ---- */

struct Node {
    int id; /* index in the graph */
    const OpDef *op;
    void *attrs; /* the operator's own struct */
    Node **in;
    int n_in;
    Shape shape;
    Loc loc;
    const char *name;     /* dotted layer path, or NULL */
    const Layout *layout; /* NULL until decided */
    bool is_centred;      /* sums to zero over all axes but the channel's, by construction */
    bool batched;         /* axis 0 is the batch: it comes from an input and was never mixed */
};

/* The attributes of node n as the operator's struct: const Conv2d *a = ATTRS_OF(n, Conv2d). */
#define ATTRS_OF(n, type) ((const type *)(n)->attrs)

typedef enum OutputKind { OUT_LOSS, OUT_METRIC, OUT_TENSOR, OUT_GRADIENT, OUT_STATE } OutputKind;

/* What a step leaves behind. */
typedef struct Output {
    OutputKind kind;
    const char *name;
    Node *value;
    Node *target; /* OUT_GRADIENT: of this parameter; OUT_STATE: this state's next value */
} Output;

struct Graph {
    Arena *arena;
    Mode mode;
    int batch;
    int lanes;        /* elements in a vector of the target */
    int element_size; /* bytes: 4 or 8 */
    Node **nodes;     /* inputs before users */
    int n_nodes, room;
    Output *outputs;
    int n_outputs, output_room;
    Node *current;   /* new nodes take their line and name from this one */
    int next_stream; /* random streams given out so far */
};

Graph *new_graph(Arena *arena, Mode mode, int batch);

/* Appends op(in...) with a copy of attrs, its shape inferred. Line and name come from g->current.
 */
Node *add_node(Graph *g, const OpDef *op, const void *attrs, int n_in, Node *const *in);
void add_output(Graph *g, OutputKind kind, const char *name, Node *value, Node *target);

/* The output that is this state's next value, or NULL. */
Output *find_state(const Graph *g, const Node *target);

/* n of another graph copied into g on new inputs (or its own, mapped already), same attributes,
 * line, name. */
Node *copy_node(Graph *g, const Node *n, Node *const *in);

/* "file:line: op: message" about node n. */
#define user_error(n, ...) error_at((n)->loc, (n)->op->name, __VA_ARGS__)

/* ---- Attributes by name: used by the Lua binding, the printer and the parser alike ---- */

void set_default_attrs(const OpDef *op, void *attrs);
/* Sets one attribute from its textual form; false if the text is not of its kind. */
bool parse_attr(Arena *arena, const AttrDef *def, void *attrs, const char *text);
void print_attr(Buffer *b, const AttrDef *def, const void *attrs);
/* The position of `word` in "a|b|c", or -1. */
int find_choice(const char *choices, const char *word);

/* ---- Text: the graph as lines, one node a line; parse_graph(print_graph(g)) is g again ---- */

void print_graph(Buffer *b, const Graph *g);
Graph *parse_graph(Arena *arena, const char *text, const char *file);

/* bug() unless g is well formed: order, arity, shapes agree with a fresh inference. */
void verify_graph(const Graph *g, const char *after);

#endif
