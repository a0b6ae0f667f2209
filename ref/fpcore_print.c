/* fpcore_print.c -- formulas as a reader wants to see them: plain text and LaTeX.
 *
 * One walk serves both; a style says how each operator is written.  A named value that occurs more
 * than twice is written once, after the formula: "..., where t = ...".
 *
 * To add an operator: a row in form_table, if it is not written as a call.
 */
#include "fpcore.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include "mem.h"

/* How tightly a piece of text holds together. */
enum level {
    LEVEL_CHOICE,
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_RELATION,
    LEVEL_SUM,
    LEVEL_PRODUCT,
    LEVEL_POWER,
    LEVEL_ATOM
};

struct buffer {
    char *text;
    size_t n, room;
};

__attribute__((format(printf, 2, 3))) static void put(struct buffer *b, const char *format, ...)
{
    va_list ap, again;
    va_start(ap, format);
    va_copy(again, ap);
    size_t n = (size_t)vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    if (b->n + n + 1 > b->room) {
        b->room = 2 * (b->n + n + 1);
        b->text = ref_realloc(b->text, b->room, 1);
    }
    vsnprintf(b->text + b->n, n + 1, format, again);
    va_end(again);
    b->n += n;
}

struct printer {
    struct buffer out;
    const struct function *f;
    bool latex;
    char **name; /* by node id: the name that stands for the node, or NULL */
};

/* ------------------------------------------------------------------ which nodes get a name */

/* Operations in a formula before every shared value gets its name, and in a value before it gets
 * one for occurring twice. */
enum { LONGEST = 400, LONG = 8 };

/* How many operations each node has when written out in full. */
static long *full_sizes(const struct expr *e)
{
    long *size = ref_calloc((size_t)e->n, sizeof *size);
    for (int i = 0; i < e->n; i++) {
        size[i] = 1;
        for (int j = 0; j < e->node[i]->nargs; j++)
            size[i] += size[e->node[i]->arg[j]->id];
        if (size[i] > 1000000)
            size[i] = 1000000;
    }
    return size;
}

static bool name_taken(const struct printer *p, const struct expr *e, const char *name)
{
    bool taken = strcmp(name, "x") == 0 || strcmp(name, "e") == 0 || strcmp(name, "pi") == 0;
    for (int i = 0; i < p->f->nparams; i++)
        taken |= strcmp(name, p->f->param_name[i]) == 0;
    for (int i = 0; i < e->n; i++)
        taken |= p->name[i] && strcmp(name, p->name[i]) == 0;
    return taken;
}

static char *free_name(const struct printer *p, const struct expr *e, const char *wanted)
{
    size_t room = strlen(wanted) + 12;
    char *name = ref_calloc(room, 1);
    snprintf(name, room, "%s", wanted);
    for (int k = 2; name_taken(p, e, name); k++)
        snprintf(name, room, "%s%d", wanted, k);
    return name;
}

/* From the value down, so that it is known how often a node occurs in what will be written. */
static void choose_names(struct printer *p, const struct expr *e)
{
    long *occurs = ref_calloc((size_t)e->n, sizeof *occurs), *size = full_sizes(e);
    bool terse = size[e->n - 1] > LONGEST;
    p->name = ref_calloc((size_t)e->n, sizeof *p->name);
    occurs[e->n - 1] = 1;
    for (int i = e->n - 1; i >= 0; i--) {
        const struct node *n = e->node[i];
        if (n->bound_name && (occurs[i] > 2 || (occurs[i] == 2 && (terse || size[i] > LONG))))
            p->name[i] = free_name(p, e, n->bound_name);
        for (int j = 0; j < n->nargs; j++)
            occurs[n->arg[j]->id] += p->name[i] ? 1 : occurs[i];
    }
    free(occurs);
    free(size);
}

static void free_names(struct printer *p, const struct expr *e)
{
    for (int i = 0; i < e->n; i++)
        free(p->name[i]);
    free(p->name);
}

/* ------------------------------------------------------------------ leaves */

static void put_name(struct printer *p, const char *name)
{
    static const char *const greek[] = {
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda",
        "mu",    "nu",   "xi",    "rho",   "sigma",   "tau",  "phi", "chi",   "psi",   "omega"};
    if (!p->latex || strlen(name) == 1) {
        put(&p->out, "%s", name);
        return;
    }
    for (size_t i = 0; i < sizeof greek / sizeof greek[0]; i++)
        if (strcmp(name, greek[i]) == 0) {
            put(&p->out, "\\%s", name);
            return;
        }
    put(&p->out, "\\mathrm{");
    for (; *name; name++) {
        bool plain = isalnum((unsigned char)*name) || strchr("*/+-.:<>=!?@", *name);
        if (strchr("_%$&", *name))
            put(&p->out, "\\%c", *name);
        else if (plain)
            put(&p->out, "%c", *name);
        else
            put(&p->out, "\\%s{}", *name == '~' ? "sim" : "wedge");
    }
    put(&p->out, "}");
}

/* |num| as decimal digits with the point moved PLACES to the left, if it is a decimal fraction of
 * at most MAX_DIGITS digits. */
static char *decimal_digits(mpq_srcptr num, long *places)
{
    enum { MAX_DIGITS = 40 };
    mpz_t n, d, part;
    mpz_inits(n, d, part, NULL);
    mpz_abs(n, mpq_numref(num));
    mpz_set(d, mpq_denref(num));
    mp_bitcnt_t two = mpz_scan1(d, 0), five;
    mpz_tdiv_q_2exp(d, d, two);
    mpz_set_ui(part, 5);
    five = mpz_remove(d, d, part);
    char *digits = NULL;
    *places = (long)(two > five ? two : five);
    if (mpz_cmp_ui(d, 1) == 0) {
        mpz_ui_pow_ui(part, two > five ? 5 : 2, two > five ? two - five : five - two);
        mpz_mul(n, n, part);
        digits = ref_calloc(mpz_sizeinbase(n, 10) + 2, 1);
        mpz_get_str(digits, 10, n);
        for (size_t i = strlen(digits); i > 1 && digits[i - 1] == '0'; --*places)
            digits[--i] = '\0';
        if (strlen(digits) > MAX_DIGITS) {
            free(digits);
            digits = NULL;
        }
    }
    mpz_clears(n, d, part, NULL);
    return digits;
}

static enum level put_scientific(struct printer *p, const char *digits, long exponent)
{
    put(&p->out, "%.1s%s%s", digits, digits[1] ? "." : "", digits + 1);
    put(&p->out, p->latex ? " \\cdot 10^{%ld}" : "e%ld", exponent);
    return p->latex ? LEVEL_PRODUCT : LEVEL_ATOM;
}

static enum level put_decimal(struct printer *p, const char *digits, long places)
{
    long n = (long)strlen(digits), whole = n - places;
    if (whole > 21 || whole < -5)
        return put_scientific(p, digits, whole - 1);
    if (whole <= 0)
        put(&p->out, "0.%.*s%s", (int)-whole, "00000", digits);
    else if (places > 0)
        put(&p->out, "%.*s.%s", (int)whole, digits, digits + whole);
    else
        put(&p->out, "%s%.*s", digits, (int)-places, "000000000000000000000");
    return LEVEL_ATOM;
}

static enum level put_number(struct printer *p, mpq_srcptr num)
{
    long places;
    char *digits = decimal_digits(num, &places);
    bool negative = mpq_sgn(num) < 0;
    enum level level = LEVEL_PRODUCT;
    if (negative)
        put(&p->out, "-");
    if (digits) {
        level = put_decimal(p, digits, places);
    } else {
        mpz_t n;
        mpz_init(n);
        mpz_abs(n, mpq_numref(num));
        char *top = mpz_get_str(NULL, 10, n), *bottom = mpz_get_str(NULL, 10, mpq_denref(num));
        put(&p->out, p->latex ? "\\frac{%s}{%s}" : "%s/%s", top, bottom);
        mpz_clear(n);
        void (*release)(void *, size_t);
        mp_get_memory_functions(NULL, NULL, &release);
        release(top, strlen(top) + 1);
        release(bottom, strlen(bottom) + 1);
    }
    free(digits);
    return level; /* of -2 too: -2*x needs no parentheses */
}

static const struct constant_form {
    const char *text;
    enum level text_level;
    const char *latex;
    enum level latex_level;
} constant_form[CONST_COUNT] = {
    [CONST_E] = {"e", LEVEL_ATOM, "e", LEVEL_ATOM},
    [CONST_LOG2E] = {"log2(e)", LEVEL_ATOM, "\\log_2 e", LEVEL_PRODUCT},
    [CONST_LOG10E] = {"log10(e)", LEVEL_ATOM, "\\log_{10} e", LEVEL_PRODUCT},
    [CONST_LN2] = {"log(2)", LEVEL_ATOM, "\\ln 2", LEVEL_PRODUCT},
    [CONST_LN10] = {"log(10)", LEVEL_ATOM, "\\ln 10", LEVEL_PRODUCT},
    [CONST_PI] = {"pi", LEVEL_ATOM, "\\pi", LEVEL_ATOM},
    [CONST_PI_2] = {"pi/2", LEVEL_PRODUCT, "\\frac{\\pi}{2}", LEVEL_PRODUCT},
    [CONST_PI_4] = {"pi/4", LEVEL_PRODUCT, "\\frac{\\pi}{4}", LEVEL_PRODUCT},
    [CONST_1_PI] = {"1/pi", LEVEL_PRODUCT, "\\frac{1}{\\pi}", LEVEL_PRODUCT},
    [CONST_2_PI] = {"2/pi", LEVEL_PRODUCT, "\\frac{2}{\\pi}", LEVEL_PRODUCT},
    [CONST_2_SQRTPI] = {"2/sqrt(pi)", LEVEL_PRODUCT, "\\frac{2}{\\sqrt{\\pi}}", LEVEL_PRODUCT},
    [CONST_SQRT2] = {"sqrt(2)", LEVEL_ATOM, "\\sqrt{2}", LEVEL_ATOM},
    [CONST_SQRT1_2] = {"sqrt(1/2)", LEVEL_ATOM, "\\sqrt{\\tfrac{1}{2}}", LEVEL_ATOM},
    [CONST_INFINITY] = {"inf", LEVEL_ATOM, "\\infty", LEVEL_ATOM},
    [CONST_NAN] = {"nan", LEVEL_ATOM, "\\mathrm{NaN}", LEVEL_ATOM},
};

/* ------------------------------------------------------------------ operators */

/* In a form, @k stands for argument 0..2 in parentheses if it is looser than what the digit after
 * it says:
 * @0s a sum will do, @0p a product, @0w a power, @0a an atom; @0 followed by anything else takes
 * all. */
static const struct form {
    const char *text;
    enum level text_level;
    const char *latex;
    enum level latex_level;
} form_table[OP_COUNT] = {
    [OP_NEG] = {"-@0p", LEVEL_SUM, "-@0p", LEVEL_SUM},
    [OP_ADD] = {"@0s + @1p", LEVEL_SUM, "@0s + @1p", LEVEL_SUM},
    [OP_SUB] = {"@0s - @1p", LEVEL_SUM, "@0s - @1p", LEVEL_SUM},
    [OP_MUL] = {"@0p*@1w", LEVEL_PRODUCT, "@0p \\, @1w", LEVEL_PRODUCT},
    [OP_DIV] = {"@0p/@1w", LEVEL_PRODUCT, "\\frac{@0}{@1}", LEVEL_PRODUCT},
    [OP_FABS] = {"|@0|", LEVEL_ATOM, "\\left|@0\\right|", LEVEL_ATOM},
    [OP_FMIN] = {"min(@0, @1)", LEVEL_ATOM, "\\min\\left(@0, @1\\right)", LEVEL_ATOM},
    [OP_FMAX] = {"max(@0, @1)", LEVEL_ATOM, "\\max\\left(@0, @1\\right)", LEVEL_ATOM},
    [OP_SQRT] = {"sqrt(@0)", LEVEL_ATOM, "\\sqrt{@0}", LEVEL_ATOM},
    [OP_EXP] = {"exp(@0)", LEVEL_ATOM, "e^{@0}", LEVEL_POWER},
    [OP_EXP2] = {"2^@0a", LEVEL_POWER, "2^{@0}", LEVEL_POWER},
    [OP_EXPM1] = {"expm1(@0)", LEVEL_ATOM, "e^{@0} - 1", LEVEL_SUM},
    [OP_LOG] = {"log(@0)", LEVEL_ATOM, "\\ln\\left(@0\\right)", LEVEL_POWER},
    [OP_LOG1P] = {"log1p(@0)", LEVEL_ATOM, "\\ln\\left(1 + @0p\\right)", LEVEL_POWER},
    [OP_SIN] = {"sin(@0)", LEVEL_ATOM, "\\sin\\left(@0\\right)", LEVEL_POWER},
    [OP_COS] = {"cos(@0)", LEVEL_ATOM, "\\cos\\left(@0\\right)", LEVEL_POWER},
    [OP_TAN] = {"tan(@0)", LEVEL_ATOM, "\\tan\\left(@0\\right)", LEVEL_POWER},
    [OP_SINH] = {"sinh(@0)", LEVEL_ATOM, "\\sinh\\left(@0\\right)", LEVEL_POWER},
    [OP_COSH] = {"cosh(@0)", LEVEL_ATOM, "\\cosh\\left(@0\\right)", LEVEL_POWER},
    [OP_TANH] = {"tanh(@0)", LEVEL_ATOM, "\\tanh\\left(@0\\right)", LEVEL_POWER},
    [OP_ASINH] = {"asinh(@0)", LEVEL_ATOM, "\\operatorname{arsinh}\\left(@0\\right)", LEVEL_POWER},
    [OP_ATAN] = {"atan(@0)", LEVEL_ATOM, "\\arctan\\left(@0\\right)", LEVEL_POWER},
    [OP_ERF] = {"erf(@0)", LEVEL_ATOM, "\\operatorname{erf}\\left(@0\\right)", LEVEL_POWER},
    [OP_ERFC] = {"erfc(@0)", LEVEL_ATOM, "\\operatorname{erfc}\\left(@0\\right)", LEVEL_POWER},
    [OP_POW] = {"@0a^@1a", LEVEL_POWER, "@0a^{@1}", LEVEL_POWER},
    [OP_IF] = {"@0o ? @1o : @2", LEVEL_CHOICE,
               "\\begin{cases} @1 & @0 \\\\ @2 & \\text{otherwise} \\end{cases}", LEVEL_ATOM},
    [OP_TRUE] = {"true", LEVEL_ATOM, "\\text{true}", LEVEL_ATOM},
    [OP_FALSE] = {"false", LEVEL_ATOM, "\\text{false}", LEVEL_ATOM},
    [OP_LT] = {"@0s < @1s", LEVEL_RELATION, "@0s < @1s", LEVEL_RELATION},
    [OP_LE] = {"@0s <= @1s", LEVEL_RELATION, "@0s \\le @1s", LEVEL_RELATION},
    [OP_GT] = {"@0s > @1s", LEVEL_RELATION, "@0s > @1s", LEVEL_RELATION},
    [OP_GE] = {"@0s >= @1s", LEVEL_RELATION, "@0s \\ge @1s", LEVEL_RELATION},
    [OP_EQ] = {"@0s == @1s", LEVEL_RELATION, "@0s = @1s", LEVEL_RELATION},
    [OP_NE] = {"@0s != @1s", LEVEL_RELATION, "@0s \\ne @1s", LEVEL_RELATION},
    [OP_AND] = {"@0n and @1r", LEVEL_AND, "@0n \\land @1r", LEVEL_AND},
    [OP_OR] = {"@0o or @1n", LEVEL_OR, "@0o \\lor @1n", LEVEL_OR},
    [OP_NOT] = {"not @0a", LEVEL_RELATION, "\\lnot @0a", LEVEL_RELATION},
};

/* The letters of a form, by level. */
static const char level_letter[] = "conrspwa";

static void put_node(struct printer *p, const struct node *n, enum level least);

static const struct form square = {"@0a^2", LEVEL_POWER, "@0a^{2}", LEVEL_POWER};

static enum level put_form(struct printer *p, const struct node *n)
{
    const struct form *form =
        n->op == OP_MUL && n->arg[0] == n->arg[1] ? &square : &form_table[n->op];
    const char *s = p->latex ? form->latex : form->text;
    for (; *s; s++) {
        if (*s != '@') {
            put(&p->out, "%c", *s);
            continue;
        }
        int arg = *++s - '0';
        const char *letter = s[1] ? strchr(level_letter, s[1]) : NULL;
        put_node(p, n->arg[arg], letter ? (enum level)(letter - level_letter) : LEVEL_CHOICE);
        s += letter != NULL;
    }
    return p->latex ? form->latex_level : form->text_level;
}

static enum level put_bare(struct printer *p, const struct node *n)
{
    switch (n->op) {
    case OP_X:
        put_name(p, "x");
        return LEVEL_ATOM;
    case OP_PARAM:
        put_name(p, p->f->param_name[n->param]);
        return LEVEL_ATOM;
    case OP_NUM:
        return put_number(p, n->num);
    case OP_CONST:
        put(&p->out, "%s",
            p->latex ? constant_form[n->constant].latex : constant_form[n->constant].text);
        return p->latex ? constant_form[n->constant].latex_level
                        : constant_form[n->constant].text_level;
    default:
        return put_form(p, n);
    }
}

/* N, in parentheses if it holds together less tightly than LEAST. */
static void put_node(struct printer *p, const struct node *n, enum level least)
{
    if (p->name && p->name[n->id]) {
        put_name(p, p->name[n->id]);
        return;
    }
    struct buffer outer = p->out;
    p->out = (struct buffer){0};
    enum level level = put_bare(p, n);
    struct buffer inner = p->out;
    p->out = outer;
    if (level >= least)
        put(&p->out, "%s", inner.text);
    else
        put(&p->out, p->latex ? "\\left(%s\\right)" : "(%s)", inner.text);
    free(inner.text);
}

static char *print(const struct function *f, const struct expr *e, bool latex)
{
    struct printer p = {.f = f, .latex = latex};
    choose_names(&p, e);
    put_node(&p, e->node[e->n - 1], LEVEL_CHOICE);
    const char *lead = latex ? ",\\quad\\text{where } " : ", where ";
    for (int i = e->n - 1; i >= 0; i--) {
        char *name = p.name[i];
        if (!name)
            continue;
        put(&p.out, "%s", lead);
        put_name(&p, name);
        put(&p.out, " = ");
        p.name[i] = NULL; /* so that the definition is written out */
        put_node(&p, e->node[i], LEVEL_CHOICE);
        p.name[i] = name;
        lead = latex ? ",\\; " : ", ";
    }
    free_names(&p, e);
    return p.out.text;
}

char *expr_text(const struct function *f, const struct expr *e)
{
    return print(f, e, false);
}

char *expr_latex(const struct function *f, const struct expr *e)
{
    return print(f, e, true);
}
