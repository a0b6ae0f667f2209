/* fpcore.h -- functions as formulas: the FPCore reader and what it yields.
 *
 * FPCore is the exchange format of FPBench (https://fpbench.org/spec/fpcore-2.0.html).  A function
 * is
 *
 *     (FPCore leaky_relu (x alpha) :name "Leaky ReLU" :param (alpha 0.01) ... (if (< x 0) (* alpha
 * x) x))
 *
 * Its first argument is the variable, the others are parameters with a default.  The body becomes a
 * directed acyclic graph: `let' only binds a name to a node, so nothing is left of it but the name
 * and the sharing.  Numbers are kept as exact rationals.  The properties known to us are in struct
 * function; doc/adding.md lists them.
 *
 * To add an operator: a row in the table of fpcore.c, a case in interval.c and one in block.c.
 */
#ifndef REF_FPCORE_H
#define REF_FPCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <gmp.h>

enum op {
    /* leaves */
    OP_X,     /* the variable */
    OP_PARAM, /* a parameter: index in node.param */
    OP_NUM,   /* an exact rational: node.num */
    OP_CONST, /* a named real constant: node.constant */
    /* arithmetic */
    OP_NEG,
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_FABS,
    OP_FMIN,
    OP_FMAX,
    OP_SQRT,
    OP_EXP,
    OP_EXP2,
    OP_EXPM1,
    OP_LOG,
    OP_LOG1P,
    OP_SIN,
    OP_COS,
    OP_TAN,
    OP_SINH,
    OP_COSH,
    OP_TANH,
    OP_ASINH,
    OP_ATAN,
    OP_ERF,
    OP_ERFC,
    OP_POW,
    /* choice: arg[0] is boolean */
    OP_IF,
    /* booleans */
    OP_TRUE,
    OP_FALSE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_EQ,
    OP_NE,
    OP_AND,
    OP_OR,
    OP_NOT,
    OP_COUNT
};

enum constant {
    CONST_E,
    CONST_LOG2E,
    CONST_LOG10E,
    CONST_LN2,
    CONST_LN10,
    CONST_PI,
    CONST_PI_2,
    CONST_PI_4,
    CONST_1_PI,
    CONST_2_PI,
    CONST_2_SQRTPI,
    CONST_SQRT2,
    CONST_SQRT1_2,
    CONST_INFINITY,
    CONST_NAN,
    CONST_COUNT
};

/* One node.  `arg' points to earlier nodes only; id counts them in that order (a topological order:
 * evaluating nodes 0..n-1 in turn always finds the arguments ready). */
struct node {
    enum op op;
    int id;
    int nargs;
    const struct node *arg[3];
    mpq_t num;              /* OP_NUM */
    enum constant constant; /* OP_CONST */
    int param;              /* OP_PARAM */
    const char *bound_name; /* the name a `let' gave this node, or NULL: for printing */
};

struct expr {
    int n;
    struct node **node; /* node[n - 1] is the value */
};

enum { MAX_PARAMS = 4, MAX_PIECES = 4, MAX_ACCEPT = 4, MAX_AT = 4 };

enum shape { SHAPE_UNKNOWN, SHAPE_INCREASING, SHAPE_DECREASING }; /* weakly: a flat step is none */
enum symmetry { SYMMETRY_NONE, SYMMETRY_ODD, SYMMETRY_EVEN };
enum zero_sign { ZERO_BOTH, ZERO_POSITIVE, ZERO_NEGATIVE, ZERO_SIGN_OF_X };

/* A declared value at +-infinity or in an accepted set. */
enum accepted_kind {
    ACCEPT_VALUE,
    ACCEPT_POS_ZERO,
    ACCEPT_NEG_ZERO,
    ACCEPT_INF,
    ACCEPT_NEG_INF,
    ACCEPT_NAN
};
struct accepted {
    enum accepted_kind kind;
    const struct expr
        *value; /* ACCEPT_VALUE: an expression in the parameters; a zero accepts both signs */
};

/* Values accepted at one point x beside the formula's own: where frameworks differ. */
struct special_point {
    const struct expr *x; /* an expression in the parameters */
    int n;
    struct accepted accept[MAX_ACCEPT];
};

struct function {
    const char *id;   /* "sigmoid": the symbol after FPCore */
    const char *file; /* where it was read; with line, for messages */
    int line;
    const char *name;        /* :name "Logistic sigmoid" */
    const char *group;       /* :group activation | gradient | elementary | user (the default) */
    const char *description; /* :description, one sentence; may be NULL */
    int nparams;
    const char *param_name[MAX_PARAMS];
    const struct expr *param_default[MAX_PARAMS]; /* :param (alpha 0.01 beta 1) */
    const struct expr *body;
    const struct expr *pre; /* :pre, a boolean in x and the parameters; NULL: everything */

    /* Shape: what a kernel may be held to.  Absent properties are not judged. */
    bool has_range;
    const struct expr *range[2]; /* :range (lo hi); either may be an infinity */
    int npieces;                 /* :monotone increasing, or (decreasing -1.278 increasing) */
    enum shape piece[MAX_PIECES];
    const struct expr *turn[MAX_PIECES - 1]; /* turn[i] parts piece[i] from piece[i + 1] */
    enum symmetry symmetry;                  /* :symmetry odd | even */
    enum zero_sign
        zero;      /* :zero both | positive | negative | sign-of-x; the last if odd, else both */
    int nlimit[2]; /* :limits (at-minus-infinity at-plus-infinity), */
    struct accepted
        limit[2][MAX_ACCEPT]; /* each a value or a set (one-of a b ...); +0 and -0 differ */
    int nspecial;             /* :accept ((x value...) ...) */
    struct special_point special[MAX_AT];
    int nbreak; /* :breakpoints (x ...): where a kernel is likely to change its method */
    const struct expr *breakpoint[16];
    const struct expr
        *reflection_sum; /* :reflection-sum c:  f(x) + f(-x) = c; an expression in x */
    const struct expr *reflection_diff; /* :reflection-difference d:  f(x) - f(-x) = d; in x */

    const char *gradient;     /* :gradient sigmoid_grad */
    const char *gradient_of;  /* :gradient-of sigmoid */
    const char *approximates; /* :approximates gelu */
    const char
        *alias[16]; /* :alias ("swish"), and what :torch :onnx :jax :onednn name; NULL-ended */
};

/* The functions of one or several texts. */
struct function_set {
    int n;
    struct function **function;
};

/* What went wrong, as one line "FILE:LINE:COLUMN: what; expected what". */
struct fpcore_error {
    char text[512];
};

/* Reads all FPCores of TEXT (LEN bytes; FILE is for messages) and appends them to SET.  A repeated
 * id and an unknown operator, property value or symbol are errors.  Notes (an ignored :precision)
 * go to NOTES unless it is NULL, a line each.  False on error, with SET as it was and ERR filled.
 */
bool fpcore_read(struct function_set *set, const char *text, size_t len, const char *file,
                 FILE *notes, struct fpcore_error *err);

/* The same from a file. */
bool fpcore_read_file(struct function_set *set, const char *path, FILE *notes,
                      struct fpcore_error *err);

/* The functions of ref/activations.fpcore, embedded at build time; and the SHA-256-free digest of
 * that text: 64-bit FNV-1a, as 16 hex digits.  Aborts if the embedded text does not read: a test
 * guards it. */
extern const char activations_fpcore[]; /* generated: tools/embed.sh */
extern const size_t activations_fpcore_len;
const struct function_set *fpcore_builtin(void);
const char *fpcore_digest(const char *text, size_t len, char out[17]);
const char *fpcore_builtin_digest(void);

void function_set_clear(struct function_set *set);

/* By id, else by alias ("swish", "torch.nn.SiLU"); NULL if none. */
const struct function *function_find(const struct function_set *set, const char *name);

/* The formula as text ("1/(1 + exp(-x))") or LaTeX ("\frac{1}{1 + e^{-x}}"), with `let' names
 * spelled out as "..., where t = ..." only when a shared node occurs more than twice, or twice and
 * is long.  malloc'ed. */
char *expr_text(const struct function *f, const struct expr *e);
char *expr_latex(const struct function *f, const struct expr *e);

const char *op_name(enum op op);            /* "expm1" */
const char *constant_name(enum constant c); /* "PI" */

#endif
