/* fpcore.c -- the FPCore reader: from S-expressions to functions.
 *
 * A formula becomes a graph in which equal nodes are one node, so that what a formula repeats, by
 * `let' or in full, is evaluated once.  Two tables say what is understood: op_table the operators,
 * property_table the properties.
 *
 * To add an operator: an enumerator in fpcore.h and a row in op_table here, its printed form in
 * fpcore_print.c, and its cases in interval.c and block.c.
 * To add a property: a row in property_table and a function that reads its value.
 */
#include "fpcore.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "mem.h"
#include "sexpr.h"

enum { MAX_NODES = 4096, MAX_DECIMAL_EXPONENT = 10000, MAX_BINARY_EXPONENT = 40000 };
enum { MAX_FILE = 16 << 20 };

/* What is read takes as many arguments as MIN..MAX says; MAX of -1 is any number. */
static const struct op_row {
    const char *name;
    int min, max;
} op_table[OP_COUNT] = {
    [OP_NEG] = {"neg", 1, 1},     [OP_ADD] = {"+", 2, 2},       [OP_SUB] = {"-", 2, 2},
    [OP_MUL] = {"*", 2, 2},       [OP_DIV] = {"/", 2, 2},       [OP_FABS] = {"fabs", 1, 1},
    [OP_FMIN] = {"fmin", 2, 2},   [OP_FMAX] = {"fmax", 2, 2},   [OP_SQRT] = {"sqrt", 1, 1},
    [OP_EXP] = {"exp", 1, 1},     [OP_EXP2] = {"exp2", 1, 1},   [OP_EXPM1] = {"expm1", 1, 1},
    [OP_LOG] = {"log", 1, 1},     [OP_LOG1P] = {"log1p", 1, 1}, [OP_SIN] = {"sin", 1, 1},
    [OP_COS] = {"cos", 1, 1},     [OP_TAN] = {"tan", 1, 1},     [OP_SINH] = {"sinh", 1, 1},
    [OP_COSH] = {"cosh", 1, 1},   [OP_TANH] = {"tanh", 1, 1},   [OP_ASINH] = {"asinh", 1, 1},
    [OP_ATAN] = {"atan", 1, 1},   [OP_ERF] = {"erf", 1, 1},     [OP_ERFC] = {"erfc", 1, 1},
    [OP_POW] = {"pow", 2, 2},     [OP_IF] = {"if", 3, 3},       [OP_TRUE] = {"TRUE", 0, 0},
    [OP_FALSE] = {"FALSE", 0, 0}, [OP_LT] = {"<", 2, -1},       [OP_LE] = {"<=", 2, -1},
    [OP_GT] = {">", 2, -1},       [OP_GE] = {">=", 2, -1},      [OP_EQ] = {"==", 2, -1},
    [OP_NE] = {"!=", 2, -1},      [OP_AND] = {"and", 1, -1},    [OP_OR] = {"or", 1, -1},
    [OP_NOT] = {"not", 1, 1},
};

/* The names of FPCore 2.0, and those that FPCore 1 has instead. */
static const struct constant_row {
    const char *name, *old_name;
} constant_table[CONST_COUNT] = {
    [CONST_E] = {"E", NULL},
    [CONST_LOG2E] = {"LOG2E", NULL},
    [CONST_LOG10E] = {"LOG10E", NULL},
    [CONST_LN2] = {"LN2", NULL},
    [CONST_LN10] = {"LN10", NULL},
    [CONST_PI] = {"PI", NULL},
    [CONST_PI_2] = {"PI_2", NULL},
    [CONST_PI_4] = {"PI_4", NULL},
    [CONST_1_PI] = {"M_1_PI", "1_PI"},
    [CONST_2_PI] = {"M_2_PI", "2_PI"},
    [CONST_2_SQRTPI] = {"M_2_SQRTPI", "2_SQRTPI"},
    [CONST_SQRT2] = {"SQRT2", NULL},
    [CONST_SQRT1_2] = {"SQRT1_2", NULL},
    [CONST_INFINITY] = {"INFINITY", NULL},
    [CONST_NAN] = {"NAN", NULL},
};

const char *op_name(enum op op)
{
    return op_table[op].name;
}

const char *constant_name(enum constant c)
{
    return constant_table[c].name;
}

/* A function and everything it points to. */
struct owned_function {
    struct function f; /* first: a struct function of a set is one of these */
    void **block;
    size_t nblocks;
    struct node **number; /* nodes whose mpq_t must be cleared */
    size_t nnumbers;
};

/* The names that a formula may use. */
struct binding {
    const char *name;
    const struct node *node;
    const struct binding *outer;
};

struct builder {
    const char *file;
    struct fpcore_error *err;
    FILE *notes;
    const struct function_set *set; /* what is defined already */
    struct owned_function *own;
    struct function *f; /* &own->f */
    const char *x;      /* the name of the variable */
    struct expr *expr;  /* under construction */
    bool allow_x, allow_params;
    bool zero_given;
};

/* ------------------------------------------------------------------ errors */

__attribute__((format(printf, 3, 4))) static bool fail(struct builder *b, const struct sexpr *at,
                                                       const char *what, ...)
{
    char *text = b->err->text;
    size_t room = sizeof b->err->text;
    int n = snprintf(text, room, "%s:%d:%d: ", b->file, at->line, at->column);
    if (n >= 0 && (size_t)n < room) {
        va_list ap;
        va_start(ap, what);
        vsnprintf(text + n, room - (size_t)n, what, ap);
        va_end(ap);
    }
    return false;
}

static int min3(int a, int b, int c)
{
    a = a < b ? a : b;
    return a < c ? a : c;
}

/* The number of single-letter changes that turn A into B; words above 31 letters are not near
 * anything. */
static int edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 31 };
    int na = (int)strlen(a), nb = (int)strlen(b), row[LONGEST + 1];
    if (na > LONGEST || nb > LONGEST)
        return LONGEST;
    for (int j = 0; j <= nb; j++)
        row[j] = j;
    for (int i = 1; i <= na; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= nb; j++) {
            int substituted = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = min3(row[j] + 1, row[j - 1] + 1, substituted);
        }
    }
    return row[nb];
}

/* Keeps in BEST the candidate nearest to WORD. */
struct nearest {
    const char *word, *best;
    int distance;
};

static void consider(struct nearest *n, const char *candidate)
{
    int d = candidate ? edit_distance(n->word, candidate) : n->distance;
    if (d < n->distance && d <= 1 + (int)strlen(n->word) / 3) {
        n->distance = d;
        n->best = candidate;
    }
}

static bool fail_unknown(struct builder *b, const struct sexpr *at, const char *what,
                         const struct nearest *n, const char *otherwise)
{
    if (n->best)
        return fail(b, at, "unknown %s '%.60s'; did you mean '%s'?", what, n->word, n->best);
    return fail(b, at, "unknown %s '%.60s'; expected %s", what, n->word, otherwise);
}

/* ------------------------------------------------------------------ memory */

static void *own(struct builder *b, void *block)
{
    struct owned_function *o = b->own;
    o->block = ref_realloc(o->block, o->nblocks + 1, sizeof *o->block);
    return o->block[o->nblocks++] = block;
}

static const char *own_text(struct builder *b, const char *text)
{
    return own(b, ref_strndup(text, strlen(text)));
}

static void free_function(struct function *f)
{
    struct owned_function *o = (struct owned_function *)f;
    for (size_t i = 0; i < o->nnumbers; i++)
        mpq_clear(o->number[i]->num);
    for (size_t i = 0; i < o->nblocks; i++)
        free(o->block[i]);
    free(o->number);
    free(o->block);
    free(o);
}

/* ------------------------------------------------------------------ numbers */

static bool digits_only(const char *s, size_t n, int base)
{
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        bool hex = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!((c >= '0' && c <= '9') || (base == 16 && hex)))
            return false;
    }
    return true;
}

/* An exponent: an optional sign and digits.  Saturates far above every limit. */
static bool parse_exponent(const char *s, long *out)
{
    bool negative = *s == '-';
    if (*s == '-' || *s == '+')
        s++;
    size_t n = strlen(s);
    if (n == 0 || !digits_only(s, n, 10))
        return false;
    long v = 0;
    for (; *s; s++)
        v = v < 100000000 ? 10 * v + (*s - '0') : v;
    *out = negative ? -v : v;
    return true;
}

static void scale(mpq_t q, unsigned long base, long exponent)
{
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, base, (unsigned long)labs(exponent));
    mpz_ptr part = exponent < 0 ? mpq_denref(q) : mpq_numref(q);
    mpz_mul(part, part, power);
    mpz_clear(power);
    mpq_canonicalize(q);
}

/* INTEGER "." FRACTION in BASE, with an exponent in base RADIX after MARK.  NULL if it was read,
 * else what is wrong with it. */
static const char *parse_positional(mpq_t q, const char *s, int base, char mark,
                                    unsigned long radix, long max_exponent)
{
    static const char malformed[] = "is not a number";
    const char *end = s;
    while (*end && *end != mark && *end != mark - 'a' + 'A')
        end++;
    long exponent = 0;
    if (*end && !parse_exponent(end + 1, &exponent))
        return malformed;
    if (labs(exponent) > max_exponent)
        return "has too large an exponent";
    size_t n = (size_t)(end - s), whole = 0;
    while (whole < n && s[whole] != '.')
        whole++;
    size_t fraction = whole < n ? n - whole - 1 : 0;
    if (whole + fraction == 0 || !digits_only(s, whole, base) ||
        !digits_only(s + n - fraction, fraction, base))
        return malformed;
    char *digits = ref_strndup(s, n);
    memmove(digits + whole, s + n - fraction, fraction);
    digits[whole + fraction] = '\0';
    mpz_set_str(mpq_numref(q), digits, base);
    free(digits);
    mpz_set_ui(mpq_denref(q), 1);
    scale(q, (unsigned long)base, -(long)fraction);
    scale(q, radix, exponent);
    return NULL;
}

static const char *parse_rational(mpq_t q, const char *s, const char *slash)
{
    size_t n = (size_t)(slash - s), d = strlen(slash + 1);
    if (n == 0 || d == 0 || !digits_only(s, n, 10) || !digits_only(slash + 1, d, 10))
        return "is not a number";
    mpq_set_str(q, s, 10);
    if (mpz_sgn(mpq_denref(q)) == 0) {
        mpq_set_ui(q, 0, 1);
        return "divides by zero";
    }
    mpq_canonicalize(q);
    return NULL;
}

/* A decimal, a rational or a hexadecimal number.  NULL, or what is wrong with it. */
static const char *parse_number(mpq_t q, const char *text)
{
    bool negative = *text == '-';
    const char *s = text + (*text == '-' || *text == '+'), *slash = strchr(s, '/'), *wrong;
    if (slash)
        wrong = parse_rational(q, s, slash);
    else if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
        wrong = parse_positional(q, s + 2, 16, 'p', 2, MAX_BINARY_EXPONENT);
    else
        wrong = parse_positional(q, s, 10, 'e', 10, MAX_DECIMAL_EXPONENT);
    if (!wrong && negative)
        mpq_neg(q, q);
    return wrong;
}

/* ------------------------------------------------------------------ nodes */

static bool is_boolean(const struct node *n)
{
    while (n->op == OP_IF)
        n = n->arg[1];
    return n->op >= OP_TRUE;
}

static bool same_node(const struct node *a, const struct node *b)
{
    if (a->op != b->op || a->nargs != b->nargs)
        return false;
    for (int i = 0; i < a->nargs; i++)
        if (a->arg[i] != b->arg[i])
            return false;
    switch (a->op) {
    case OP_NUM:
        return mpq_equal(a->num, b->num);
    case OP_CONST:
        return a->constant == b->constant;
    case OP_PARAM:
        return a->param == b->param;
    default:
        return true;
    }
}

/* The node that equals KEY: an earlier one if there is one.  Takes over the number in KEY. */
static const struct node *add_node(struct builder *b, const struct sexpr *at, struct node *key)
{
    struct expr *e = b->expr;
    for (int i = 0; i < e->n; i++)
        if (same_node(e->node[i], key)) {
            if (key->op == OP_NUM)
                mpq_clear(key->num);
            return e->node[i];
        }
    struct node *n = own(b, ref_calloc(1, sizeof *n));
    *n = *key;
    n->id = e->n;
    if (n->op == OP_NUM) {
        struct owned_function *o = b->own;
        o->number = ref_realloc(o->number, o->nnumbers + 1, sizeof *o->number);
        o->number[o->nnumbers++] = n;
    }
    if (e->n == MAX_NODES) {
        fail(b, at, "the formula has more than %d operations", MAX_NODES);
        return NULL;
    }
    e->node = ref_realloc(e->node, (size_t)e->n + 1, sizeof *e->node);
    return e->node[e->n++] = n;
}

static const struct node *add_op(struct builder *b, const struct sexpr *at, enum op op, int nargs,
                                 const struct node *a0, const struct node *a1,
                                 const struct node *a2)
{
    struct node key = {.op = op, .nargs = nargs, .arg = {a0, a1, a2}};
    return add_node(b, at, &key);
}

static const struct node *build_number(struct builder *b, const struct sexpr *s)
{
    struct node key = {.op = OP_NUM};
    mpq_init(key.num);
    const char *wrong = parse_number(key.num, s->text);
    if (!wrong)
        return add_node(b, s, &key);
    mpq_clear(key.num);
    fail(b, s,
         "'%.60s' %s; expected a number such as 0.5, 1e-3, 1/3 or 0x1.8p-3 (exponents to e%d or "
         "p%d)",
         s->text, wrong, MAX_DECIMAL_EXPONENT, MAX_BINARY_EXPONENT);
    return NULL;
}

static int find_constant(const char *name)
{
    for (int c = 0; c < CONST_COUNT; c++) {
        const struct constant_row *r = &constant_table[c];
        if (strcmp(name, r->name) == 0 || (r->old_name && strcmp(name, r->old_name) == 0))
            return c;
    }
    return -1;
}

static int find_param(const struct function *f, const char *name)
{
    for (int i = 0; i < f->nparams; i++)
        if (strcmp(name, f->param_name[i]) == 0)
            return i;
    return -1;
}

static const struct node *build_symbol(struct builder *b, const struct sexpr *s,
                                       const struct binding *scope)
{
    struct nearest near = {s->text, NULL, 3};
    for (const struct binding *i = scope; i; i = i->outer) {
        if (strcmp(s->text, i->name) == 0)
            return i->node;
        consider(&near, i->name);
    }
    struct node key = {.op = OP_X};
    if (b->x && strcmp(s->text, b->x) == 0) {
        if (b->allow_x)
            return add_node(b, s, &key);
        fail(b, s, "'%.60s', the variable, has no value here; expected a constant", s->text);
        return NULL;
    }
    if ((key.param = find_param(b->f, s->text)) >= 0) {
        key.op = OP_PARAM;
        if (b->allow_params)
            return add_node(b, s, &key);
        fail(b, s, "'%.60s', a parameter, has no value here; expected a constant", s->text);
        return NULL;
    }
    int c = find_constant(s->text);
    if (c >= 0)
        return add_node(b, s, &(struct node){.op = OP_CONST, .constant = (enum constant)c});
    for (enum op op = OP_TRUE; op <= OP_FALSE; op++)
        if (strcmp(s->text, op_name(op)) == 0)
            return add_op(b, s, op, 0, NULL, NULL, NULL);
    consider(&near, b->x);
    for (int i = 0; i < b->f->nparams; i++)
        consider(&near, b->f->param_name[i]);
    for (int i = 0; i < CONST_COUNT; i++)
        consider(&near, constant_table[i].name);
    fail_unknown(b, s, "symbol", &near,
                 "the variable, a parameter, a constant such as PI, or a number");
    return NULL;
}

static const struct node *build(struct builder *b, const struct sexpr *s,
                                const struct binding *scope);

static const struct node *build_typed(struct builder *b, const struct sexpr *s,
                                      const struct binding *scope, bool boolean)
{
    const struct node *n = build(b, s, scope);
    if (n && is_boolean(n) != boolean) {
        fail(b, s,
             boolean ? "this is a number; expected a condition such as (< x 0)"
                     : "this is a condition; expected a number");
        return NULL;
    }
    return n;
}

/* let binds all names at once, let* one after the other. */
static const struct node *build_let(struct builder *b, const struct sexpr *s,
                                    const struct binding *scope)
{
    bool sequential = sexpr_is(s->first, SEXPR_SYMBOL, "let*");
    const struct sexpr *list = s->first->next;
    if (!list || list->kind != SEXPR_LIST || !list->next || list->next->next) {
        fail(b, s, "malformed '%s'; expected (%s ([NAME VALUE] ...) BODY)", s->first->text,
             s->first->text);
        return NULL;
    }
    int n = sexpr_length(list), i = 0;
    struct binding *bound = ref_calloc((size_t)n, sizeof *bound);
    const struct binding *inner = scope;
    const struct node *result = NULL;
    for (const struct sexpr *pair = list->first; pair; pair = pair->next, i++) {
        const struct sexpr *name = pair->kind == SEXPR_LIST ? pair->first : NULL;
        if (!name || name->kind != SEXPR_SYMBOL || !name->next || name->next->next) {
            fail(b, pair, "malformed binding; expected [NAME VALUE]");
            goto done;
        }
        const struct node *value = build(b, name->next, sequential ? inner : scope);
        if (!value)
            goto done;
        struct node *v = b->expr->node[value->id];
        if (v->nargs > 0 && !v->bound_name)
            v->bound_name = own_text(b, name->text);
        bound[i] = (struct binding){name->text, value, inner};
        inner = &bound[i];
    }
    result = build(b, list->next, inner);
done:
    free(bound);
    return result;
}

static const struct node *build_if(struct builder *b, const struct sexpr *s,
                                   const struct binding *scope)
{
    const struct sexpr *condition = s->first->next, *yes = condition->next, *no = yes->next;
    const struct node *c = build_typed(b, condition, scope, true);
    const struct node *y = c ? build(b, yes, scope) : NULL;
    const struct node *n = y ? build_typed(b, no, scope, is_boolean(y)) : NULL;
    return n ? add_op(b, s, OP_IF, 3, c, y, n) : NULL;
}

/* (< a b c) is (and (< a b) (< b c)); (!= a b c) is true if all pairs differ. */
static const struct node *build_comparison(struct builder *b, const struct sexpr *s, enum op op,
                                           const struct binding *scope)
{
    int n = sexpr_length(s) - 1, i = 0;
    const struct node **arg = ref_calloc((size_t)n, sizeof *arg), *all = NULL;
    for (const struct sexpr *a = s->first->next; a; a = a->next)
        if (!(arg[i++] = build_typed(b, a, scope, false)))
            goto done;
    for (i = 0; i < n; i++)
        for (int j = i + 1; j < (op == OP_NE || i + 2 > n ? n : i + 2); j++) {
            const struct node *pair = add_op(b, s, op, 2, arg[i], arg[j], NULL);
            all = pair && all ? add_op(b, s, OP_AND, 2, all, pair, NULL) : pair;
            if (!all)
                goto done;
        }
done:
    free(arg);
    return all;
}

static const struct node *build_logic(struct builder *b, const struct sexpr *s, enum op op,
                                      const struct binding *scope)
{
    const struct node *all = NULL;
    for (const struct sexpr *a = s->first->next; a; a = a->next) {
        const struct node *one = build_typed(b, a, scope, true);
        all = one && all ? add_op(b, s, op, 2, all, one, NULL) : one;
        if (!all)
            return NULL;
    }
    return op == OP_NOT ? add_op(b, s, OP_NOT, 1, all, NULL, NULL) : all;
}

static const struct node *build_arithmetic(struct builder *b, const struct sexpr *s, enum op op,
                                           const struct binding *scope)
{
    const struct sexpr *first = s->first->next;
    const struct node *arg[2] = {build_typed(b, first, scope, false), NULL};
    if (!arg[0] || (first->next && !(arg[1] = build_typed(b, first->next, scope, false))))
        return NULL;
    return add_op(b, s, op, 1 + (arg[1] != NULL), arg[0], arg[1], NULL);
}

/* Words of FPCore that are known and refused, which are not to be taken for misspelt. */
static const char *const unsupported[] = {
    "acos",   "acosh",     "array",  "asin",      "atan2",   "atanh",    "cast",  "cbrt",
    "ceil",   "copysign",  "dim",    "digits",    "fdim",    "floor",    "fma",   "fmod",
    "for",    "for*",      "hypot",  "isfinite",  "isinf",   "isnan",    "log10", "log2",
    "lgamma", "nearbyint", "ref",    "round",     "signbit", "isnormal", "size",  "tensor",
    "trunc",  "tensor*",   "tgamma", "remainder", "while",   "while*",
};
static const char supported[] =
    "+ - * / fabs fmin fmax sqrt exp exp2 expm1 log log1p sin cos tan sinh cosh "
    "tanh asinh atan erf erfc pow if let let* < <= > >= == != and or not";

static bool find_op(struct builder *b, const struct sexpr *head, int nargs, enum op *op)
{
    struct nearest near = {head->text, NULL, 3};
    if (strcmp(head->text, "-") == 0 && nargs == 1) {
        *op = OP_NEG;
        return true;
    }
    for (int i = OP_NEG; i < OP_COUNT; i++) {
        if (i == OP_TRUE || i == OP_FALSE)
            continue;
        if (strcmp(head->text, op_table[i].name) == 0) {
            *op = (enum op)i;
            return true;
        }
        consider(&near, op_table[i].name);
    }
    if (strcmp(head->text, "!") == 0)
        return fail(b, head,
                    "'!' sets a rounding context, which has no meaning for an exact value; "
                    "expected the expression alone");
    for (size_t i = 0; i < sizeof unsupported / sizeof unsupported[0]; i++)
        if (strcmp(head->text, unsupported[i]) == 0)
            return fail(b, head, "'%s' is not supported; expected one of %s", head->text,
                        supported);
    return fail_unknown(b, head, "operator", &near, supported);
}

static bool check_count(struct builder *b, const struct sexpr *s, enum op op, int nargs)
{
    const struct op_row *r = &op_table[op];
    if (nargs >= r->min && (r->max < 0 || nargs <= r->max))
        return true;
    return fail(b, s, "'%s' with %d argument%s; expected %s%d", s->first->text, nargs,
                nargs == 1 ? "" : "s",
                op == OP_SUB ? "1 or "
                : r->max < 0 ? "at least "
                             : "",
                r->min);
}

static const struct node *build_list(struct builder *b, const struct sexpr *s,
                                     const struct binding *scope)
{
    const struct sexpr *head = s->first;
    if (!head || head->kind != SEXPR_SYMBOL) {
        fail(b, head ? head : s, "expected an operator such as + or exp%s",
             head ? "" : ", found ()");
        return NULL;
    }
    if (strcmp(head->text, "let") == 0 || strcmp(head->text, "let*") == 0)
        return build_let(b, s, scope);
    int nargs = sexpr_length(s) - 1;
    enum op op = OP_COUNT;
    if (!find_op(b, head, nargs, &op) || !check_count(b, s, op, nargs))
        return NULL;
    if (op == OP_IF)
        return build_if(b, s, scope);
    if (op == OP_AND || op == OP_OR || op == OP_NOT)
        return build_logic(b, s, op, scope);
    return op >= OP_LT ? build_comparison(b, s, op, scope) : build_arithmetic(b, s, op, scope);
}

static const struct node *build(struct builder *b, const struct sexpr *s,
                                const struct binding *scope)
{
    switch (s->kind) {
    case SEXPR_LIST:
        return build_list(b, s, scope);
    case SEXPR_SYMBOL:
        return build_symbol(b, s, scope);
    case SEXPR_NUMBER:
        return find_constant(s->text) >= 0 ? build_symbol(b, s, scope) : build_number(b, s);
    default:
        fail(b, s, "'%.60s'; expected an expression", s->text);
        return NULL;
    }
}

/* Nodes that only a discarded binding needs are left out, and the value comes last. */
static void trim(struct expr *e, const struct node *value)
{
    bool *used = ref_calloc((size_t)e->n, sizeof *used);
    used[value->id] = true;
    for (int i = e->n - 1; i >= 0; i--)
        for (int j = 0; used[i] && j < e->node[i]->nargs; j++)
            used[e->node[i]->arg[j]->id] = true;
    int n = 0;
    for (int i = 0; i < e->n; i++)
        if (used[i]) {
            e->node[n] = e->node[i];
            e->node[n]->id = n;
            n++;
        }
    e->n = n;
    free(used);
}

enum { WITH_X = 1, WITH_PARAMS = 2, BOOLEAN = 4 };

static const struct expr *build_expr(struct builder *b, const struct sexpr *s, int what)
{
    struct expr *e = own(b, ref_calloc(1, sizeof *e));
    b->expr = e;
    b->allow_x = what & WITH_X;
    b->allow_params = what & WITH_PARAMS;
    const struct node *value = build_typed(b, s, NULL, (what & BOOLEAN) != 0);
    if (value)
        trim(e, value);
    if (e->node)
        own(b, e->node);
    return value ? e : NULL;
}

/* ------------------------------------------------------------------ properties */

static bool expect_list(struct builder *b, const struct sexpr *s, int n, const char *what)
{
    if (s->kind == SEXPR_LIST && (n < 0 || sexpr_length(s) == n))
        return true;
    return fail(b, s, "expected %s", what);
}

/* One of COUNT words; its index in OUT. */
static bool read_word(struct builder *b, const struct sexpr *s, const char *const *word, int count,
                      const char *expected, int *out)
{
    if (s->kind != SEXPR_SYMBOL)
        return fail(b, s, "expected %s", expected);
    struct nearest near = {s->text, NULL, 3};
    for (int i = 0; i < count; i++) {
        if (strcmp(s->text, word[i]) == 0) {
            *out = i;
            return true;
        }
        consider(&near, word[i]);
    }
    return fail_unknown(b, s, "value", &near, expected);
}

static bool read_text(struct builder *b, const struct sexpr *s, const char **out)
{
    if (s->kind != SEXPR_STRING)
        return fail(b, s, "expected a string in double quotes");
    *out = own_text(b, s->text);
    return true;
}

static bool read_symbol(struct builder *b, const struct sexpr *s, const char **out)
{
    if (s->kind != SEXPR_SYMBOL)
        return fail(b, s, "expected the name of a function");
    *out = own_text(b, s->text);
    return true;
}

static bool read_name(struct builder *b, const struct sexpr *s)
{
    return read_text(b, s, &b->f->name);
}

static bool read_description(struct builder *b, const struct sexpr *s)
{
    return read_text(b, s, &b->f->description);
}

static bool read_gradient(struct builder *b, const struct sexpr *s)
{
    return read_symbol(b, s, &b->f->gradient);
}

static bool read_gradient_of(struct builder *b, const struct sexpr *s)
{
    return read_symbol(b, s, &b->f->gradient_of);
}

static bool read_approximates(struct builder *b, const struct sexpr *s)
{
    return read_symbol(b, s, &b->f->approximates);
}

static bool read_group(struct builder *b, const struct sexpr *s)
{
    static const char *const word[] = {"activation", "gradient", "elementary", "user"};
    int i;
    if (!read_word(b, s, word, 4, "activation, gradient, elementary or user", &i))
        return false;
    b->f->group = word[i];
    return true;
}

static bool read_pre(struct builder *b, const struct sexpr *s)
{
    return (b->f->pre = build_expr(b, s, WITH_X | WITH_PARAMS | BOOLEAN)) != NULL;
}

static bool read_range(struct builder *b, const struct sexpr *s)
{
    if (!expect_list(b, s, 2, "the ends of the range: (LOW HIGH)"))
        return false;
    const struct sexpr *end = s->first;
    for (int i = 0; i < 2; i++, end = end->next)
        if (!(b->f->range[i] = build_expr(b, end, WITH_PARAMS)))
            return false;
    b->f->has_range = true;
    return true;
}

static bool read_piece(struct builder *b, const struct sexpr *s, enum shape *out)
{
    static const char *const word[] = {"increasing", "decreasing"};
    int i;
    if (!read_word(b, s, word, 2, "increasing or decreasing", &i))
        return false;
    *out = i ? SHAPE_DECREASING : SHAPE_INCREASING;
    return true;
}

/* increasing, or pieces with the turning points between them: (decreasing -1.278 increasing). */
static bool read_monotone(struct builder *b, const struct sexpr *s)
{
    struct function *f = b->f;
    const struct sexpr *at = s->kind == SEXPR_LIST ? s->first : s;
    int n = s->kind == SEXPR_LIST ? sexpr_length(s) : 1;
    if (n % 2 == 0)
        return fail(b, s,
                    "expected pieces parted by turning points, as in (decreasing -1.5 increasing)");
    if (n / 2 + 1 > MAX_PIECES)
        return fail(b, s, "%d pieces; expected at most %d", n / 2 + 1, MAX_PIECES);
    for (int i = 0;; i++) {
        if (!read_piece(b, at, &f->piece[i]))
            return false;
        f->npieces = i + 1;
        if (f->npieces == n / 2 + 1)
            return true;
        at = at->next;
        if (!(f->turn[i] = build_expr(b, at, WITH_PARAMS)))
            return false;
        at = at->next;
    }
}

static bool read_symmetry(struct builder *b, const struct sexpr *s)
{
    static const char *const word[] = {"odd", "even"};
    int i;
    if (!read_word(b, s, word, 2, "odd or even", &i))
        return false;
    b->f->symmetry = i ? SYMMETRY_EVEN : SYMMETRY_ODD;
    return true;
}

static bool read_zero(struct builder *b, const struct sexpr *s)
{
    static const char *const word[] = {"both", "positive", "negative", "sign-of-x"};
    int i;
    if (!read_word(b, s, word, 4, "both, positive, negative or sign-of-x", &i))
        return false;
    b->f->zero = (enum zero_sign)i; /* in the order of the enumerators */
    b->zero_given = true;
    return true;
}

/* A value: +0 and -0 mean that zero alone, other numbers and expressions their value. */
static bool read_accepted(struct builder *b, const struct sexpr *s, struct accepted *out)
{
    const struct expr *e = build_expr(b, s, WITH_PARAMS);
    if (!e)
        return false;
    *out = (struct accepted){.kind = ACCEPT_VALUE, .value = e};
    const struct node *n = e->node[e->n - 1], *inner = n->op == OP_NEG ? n->arg[0] : n;
    if (s->kind == SEXPR_NUMBER && n->op == OP_NUM && mpq_sgn(n->num) == 0 &&
        strchr("+-", s->text[0]))
        out->kind = s->text[0] == '+' ? ACCEPT_POS_ZERO : ACCEPT_NEG_ZERO;
    else if (inner->op == OP_CONST && inner->constant == CONST_INFINITY)
        out->kind = inner == n ? ACCEPT_INF : ACCEPT_NEG_INF;
    else if (inner->op == OP_CONST && inner->constant == CONST_NAN)
        out->kind = ACCEPT_NAN;
    return true;
}

static bool read_accepted_chain(struct builder *b, const struct sexpr *list,
                                const struct sexpr *first, int *n, struct accepted *out)
{
    for (const struct sexpr *s = first; s; s = s->next) {
        if (*n == MAX_ACCEPT)
            return fail(b, list, "expected at most %d values", MAX_ACCEPT);
        if (!read_accepted(b, s, &out[*n]))
            return false;
        ++*n;
    }
    return *n > 0 || fail(b, list, "expected at least one value");
}

static bool read_limits(struct builder *b, const struct sexpr *s)
{
    if (!expect_list(b, s, 2, "the limits at -infinity and at +infinity: (LEFT RIGHT)"))
        return false;
    const struct sexpr *end = s->first;
    for (int i = 0; i < 2; i++, end = end->next) {
        bool set = end->kind == SEXPR_LIST && sexpr_is(end->first, SEXPR_SYMBOL, "one-of");
        if (set ? !read_accepted_chain(b, end, end->first->next, &b->f->nlimit[i], b->f->limit[i])
                : !read_accepted(b, end, &b->f->limit[i][0]))
            return false;
        if (!set)
            b->f->nlimit[i] = 1;
    }
    return true;
}

static bool read_accept(struct builder *b, const struct sexpr *s)
{
    static const char what[] = "points with the values accepted there: ((X VALUE ...) ...)";
    struct function *f = b->f;
    if (!expect_list(b, s, -1, what))
        return false;
    for (const struct sexpr *point = s->first; point; point = point->next) {
        struct special_point *p = &f->special[f->nspecial];
        if (f->nspecial == MAX_AT)
            return fail(b, point, "expected at most %d points", MAX_AT);
        if (point->kind != SEXPR_LIST || !point->first)
            return fail(b, point, "expected %s", what);
        if (!(p->x = build_expr(b, point->first, WITH_PARAMS)) ||
            !read_accepted_chain(b, point, point->first->next, &p->n, p->accept))
            return false;
        f->nspecial++;
    }
    return true;
}

static bool read_breakpoints(struct builder *b, const struct sexpr *s)
{
    struct function *f = b->f;
    int max = (int)(sizeof f->breakpoint / sizeof f->breakpoint[0]);
    if (!expect_list(b, s, -1, "a list of points: (X ...)"))
        return false;
    for (const struct sexpr *x = s->first; x; x = x->next) {
        if (f->nbreak == max)
            return fail(b, x, "expected at most %d points", max);
        if (!(f->breakpoint[f->nbreak] = build_expr(b, x, WITH_PARAMS)))
            return false;
        f->nbreak++;
    }
    return true;
}

static bool read_reflection_sum(struct builder *b, const struct sexpr *s)
{
    return (b->f->reflection_sum = build_expr(b, s, WITH_X | WITH_PARAMS)) != NULL;
}

static bool read_reflection_difference(struct builder *b, const struct sexpr *s)
{
    return (b->f->reflection_diff = build_expr(b, s, WITH_X | WITH_PARAMS)) != NULL;
}

/* A string or a list of strings: other names of the function. */
static bool read_alias(struct builder *b, const struct sexpr *s)
{
    struct function *f = b->f;
    int n = 0, max = (int)(sizeof f->alias / sizeof f->alias[0]) - 1;
    while (f->alias[n])
        n++;
    const struct sexpr *end = s->kind == SEXPR_LIST ? NULL : s->next;
    for (const struct sexpr *a = s->kind == SEXPR_LIST ? s->first : s; a && a != end; a = a->next) {
        if (n == max)
            return fail(b, a, "expected at most %d other names", max);
        if (!read_text(b, a, &f->alias[n]))
            return false;
        const struct function *other = function_find(b->set, f->alias[n]);
        if (other)
            return fail(b, a, "'%.60s' is a name of %s already; expected another", f->alias[n],
                        other->id);
        n++;
    }
    return true;
}

static bool read_precision(struct builder *b, const struct sexpr *s)
{
    if (b->notes)
        fprintf(
            b->notes,
            "%s:%d:%d: note: :precision is ignored: results are judged against the exact value\n",
            b->file, s->line, s->column);
    return true;
}

static bool read_nothing(struct builder *b, const struct sexpr *s)
{
    (void)b;
    (void)s;
    return true;
}

/* The properties.  :param is read before the others; the rows with read_nothing are those of
 * FPCore, FPBench and their tools that say nothing about the values of a function. */
static const struct property {
    const char *name;
    bool (*read)(struct builder *, const struct sexpr *);
} property_table[] = {
    {":name", read_name},
    {":description", read_description},
    {":group", read_group},
    {":param", read_nothing},
    {":pre", read_pre},
    {":range", read_range},
    {":monotone", read_monotone},
    {":symmetry", read_symmetry},
    {":zero", read_zero},
    {":limits", read_limits},
    {":accept", read_accept},
    {":breakpoints", read_breakpoints},
    {":reflection-sum", read_reflection_sum},
    {":reflection-difference", read_reflection_difference},
    {":gradient", read_gradient},
    {":gradient-of", read_gradient_of},
    {":approximates", read_approximates},
    {":alias", read_alias},
    {":torch", read_alias},
    {":onnx", read_alias},
    {":jax", read_alias},
    {":onednn", read_alias},
    {":precision", read_precision},
    {":alt", read_nothing},
    {":cite", read_nothing},
    {":conversions", read_nothing},
    {":example", read_nothing},
    {":from", read_nothing},
    {":math-library", read_nothing},
    {":overflow", read_nothing},
    {":round", read_nothing},
    {":spec", read_nothing},
    {":type", read_nothing},
    {":version", read_nothing},
};
enum { NPROPERTIES = sizeof property_table / sizeof property_table[0] };

/* Tools prefix their own: :herbie-time, :fpbench-domain. */
static bool belongs_to_a_tool(const char *name)
{
    static const char *const prefix[] = {":herbie-", ":fpbench-", ":daisy-", ":rosa-"};
    for (size_t i = 0; i < sizeof prefix / sizeof prefix[0]; i++)
        if (strncmp(name, prefix[i], strlen(prefix[i])) == 0)
            return true;
    return false;
}

static bool read_property(struct builder *b, const struct sexpr *key)
{
    struct nearest near = {key->text, NULL, 99};
    for (int i = 0; i < NPROPERTIES; i++) {
        if (strcmp(key->text, property_table[i].name) == 0)
            return property_table[i].read(b, key->next);
        consider(&near, property_table[i].name);
    }
    return belongs_to_a_tool(key->text) ||
           fail_unknown(b, key, "property", &near, "one of those in doc/adding.md");
}

/* ------------------------------------------------------------------ functions */

/* (x alpha): the variable, then the parameters. */
static bool read_arguments(struct builder *b, const struct sexpr *list)
{
    struct function *f = b->f;
    if (list->kind != SEXPR_LIST || !list->first)
        return fail(b, list, "expected the variable and any parameters, as in (x) or (x alpha)");
    for (const struct sexpr *a = list->first; a; a = a->next) {
        if (a->kind != SEXPR_SYMBOL)
            return fail(b, a, "expected the name of %s",
                        a == list->first ? "the variable" : "a parameter");
        bool repeated = b->x && (strcmp(a->text, b->x) == 0 || find_param(f, a->text) >= 0);
        if (repeated || find_constant(a->text) >= 0)
            return fail(b, a, "'%.60s' %s; expected another name", a->text,
                        repeated ? "stands twice among the arguments" : "is a constant");
        if (f->nparams == MAX_PARAMS)
            return fail(b, a, "more than %d parameters", MAX_PARAMS);
        if (!b->x)
            b->x = own_text(b, a->text);
        else
            f->param_name[f->nparams++] = own_text(b, a->text);
    }
    return true;
}

/* :param (alpha 0.01 beta 1) */
static bool read_defaults(struct builder *b, const struct sexpr *arguments, const struct sexpr *s)
{
    struct function *f = b->f;
    if (s && (s->kind != SEXPR_LIST || sexpr_length(s) % 2))
        return fail(b, s, "expected names with their defaults, as in (alpha 0.01)");
    for (const struct sexpr *a = s ? s->first : NULL; a; a = a->next->next) {
        int i = a->kind == SEXPR_SYMBOL ? find_param(f, a->text) : -1;
        if (i < 0)
            return fail(b, a, "expected the name of a parameter: an argument after the variable");
        if (f->param_default[i])
            return fail(b, a, "a second default for '%.60s'", a->text);
        if (!(f->param_default[i] = build_expr(b, a->next, 0)))
            return false;
    }
    const struct sexpr *a = arguments->first->next;
    for (int i = 0; i < f->nparams; i++, a = a->next)
        if (!f->param_default[i])
            return fail(b, a,
                        "'%.60s' has no default; expected :param (%.60s VALUE) "
                        "(the first argument is the variable, the others are parameters)",
                        a->text, a->text);
    return true;
}

/* Walks over the properties from FIRST, checking their form; the last element is the body. */
static bool find_body(struct builder *b, const struct sexpr *core, const struct sexpr *first,
                      const struct sexpr **param, const struct sexpr **body)
{
    const struct sexpr *s = first;
    while (s && s->kind == SEXPR_KEYWORD) {
        for (const struct sexpr *p = first; p != s; p = p->next->next)
            if (strcmp(p->text, s->text) == 0)
                return fail(b, s, "'%.60s' is given twice, first at %d:%d", s->text, p->line,
                            p->column);
        if (!s->next || s->next->kind == SEXPR_KEYWORD)
            return fail(b, s, "'%.60s' has no value", s->text);
        if (strcmp(s->text, ":param") == 0)
            *param = s->next;
        s = s->next->next;
    }
    if (!s)
        return fail(b, core,
                    "'%.60s' has no formula; expected an expression before the closing parenthesis",
                    b->f->id);
    if (s->next)
        return fail(b, s->next, "more after the formula; expected ')'");
    *body = s;
    return true;
}

static bool read_core(struct builder *b, const struct sexpr *core)
{
    if (core->kind != SEXPR_LIST || !sexpr_is(core->first, SEXPR_SYMBOL, "FPCore"))
        return fail(b, core, "expected (FPCore NAME (x) ... FORMULA)");
    const struct sexpr *name = core->first->next, *arguments = name ? name->next : NULL;
    const struct sexpr *param = NULL, *body = NULL;
    if (!name || name->kind != SEXPR_SYMBOL)
        return fail(b, name ? name : core,
                    "expected the name of the function, as in (FPCore my_function (x) ...)");
    b->f->id = own_text(b, name->text);
    b->f->file = own_text(b, b->file);
    b->f->line = name->line;
    b->f->group = "user";
    const struct function *other = function_find(b->set, name->text);
    if (other)
        return fail(b, name, "'%.60s' is defined already, at %s:%d", name->text, other->file,
                    other->line);
    if (!arguments)
        return fail(b, core, "'%.60s' has no arguments; expected the variable, as in (x)",
                    name->text);
    if (!read_arguments(b, arguments) || !find_body(b, core, arguments->next, &param, &body) ||
        !read_defaults(b, arguments, param))
        return false;
    for (const struct sexpr *key = arguments->next; key != body; key = key->next->next)
        if (!read_property(b, key))
            return false;
    if (!b->f->name)
        b->f->name = b->f->id;
    if (b->f->symmetry == SYMMETRY_ODD && !b->zero_given)
        b->f->zero = ZERO_SIGN_OF_X;
    return (b->f->body = build_expr(b, body, WITH_X | WITH_PARAMS)) != NULL;
}

static void truncate_set(struct function_set *set, int n)
{
    while (set->n > n)
        free_function(set->function[--set->n]);
}

bool fpcore_read(struct function_set *set, const char *text, size_t len, const char *file,
                 FILE *notes, struct fpcore_error *err)
{
    const struct sexpr *first = NULL;
    struct sexpr_text *t = sexpr_parse(text, len, file, &first, err->text, sizeof err->text);
    if (!t)
        return false;
    int before = set->n;
    bool good = true;
    for (const struct sexpr *core = first; core && good; core = core->next) {
        struct owned_function *o = ref_calloc(1, sizeof *o);
        struct builder b = {
            .file = file, .err = err, .notes = notes, .set = set, .own = o, .f = &o->f};
        good = read_core(&b, core);
        if (good) {
            set->function = ref_realloc(set->function, (size_t)set->n + 1, sizeof *set->function);
            set->function[set->n++] = &o->f;
        } else {
            free_function(&o->f);
        }
    }
    if (good && !first) {
        snprintf(err->text, sizeof err->text,
                 "%s:1:1: nothing here; expected (FPCore NAME (x) ... FORMULA)", file);
        good = false;
    }
    if (!good)
        truncate_set(set, before);
    sexpr_free(t);
    return good;
}

static char *read_all(const char *path, size_t *len, struct fpcore_error *err)
{
    FILE *in = fopen(path, "rb");
    char *text = NULL;
    size_t n = 0, got = 1;
    if (in) {
        while (got > 0 && n <= MAX_FILE) {
            text = ref_realloc(text, n + 65536, 1);
            got = fread(text + n, 1, 65536, in);
            n += got;
        }
    }
    if (!in || ferror(in)) {
        snprintf(err->text, sizeof err->text, "%s: %s; expected a text file in FPCore format", path,
                 strerror(errno));
        free(text);
        text = NULL;
    } else if (n > MAX_FILE) {
        snprintf(err->text, sizeof err->text,
                 "%s: more than %d MiB; expected a text file in FPCore format", path,
                 MAX_FILE >> 20);
        free(text);
        text = NULL;
    }
    if (in)
        fclose(in);
    *len = n;
    return text;
}

bool fpcore_read_file(struct function_set *set, const char *path, FILE *notes,
                      struct fpcore_error *err)
{
    size_t len;
    char *text = read_all(path, &len, err);
    if (!text)
        return false;
    bool good = fpcore_read(set, text, len, path, notes, err);
    free(text);
    return good;
}

void function_set_clear(struct function_set *set)
{
    truncate_set(set, 0);
    free(set->function);
    set->function = NULL;
}

const struct function *function_find(const struct function_set *set, const char *name)
{
    for (int i = 0; i < set->n; i++)
        if (strcmp(set->function[i]->id, name) == 0)
            return set->function[i];
    for (int i = 0; i < set->n; i++)
        for (const char *const *a = set->function[i]->alias; *a; a++)
            if (strcmp(*a, name) == 0)
                return set->function[i];
    return NULL;
}

/* ------------------------------------------------------------------ the built-in functions */

static struct function_set builtin;
static char builtin_digest[17];

static void read_builtin(void)
{
    struct fpcore_error err;
    if (!fpcore_read(&builtin, activations_fpcore, activations_fpcore_len, "activations.fpcore",
                     NULL, &err)) {
        fprintf(stderr, "actulp: the built-in functions do not read: %s\n", err.text);
        abort();
    }
    fpcore_digest(activations_fpcore, activations_fpcore_len, builtin_digest);
}

const struct function_set *fpcore_builtin(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_builtin);
    return &builtin;
}

const char *fpcore_builtin_digest(void)
{
    fpcore_builtin();
    return builtin_digest;
}

const char *fpcore_digest(const char *text, size_t len, char out[17])
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    snprintf(out, 17, "%016llx", (unsigned long long)h);
    return out;
}
