/* evaluator.c -- formulas in interval arithmetic: values, conditions, decimal digits, derivatives.
 *
 * Each node is evaluated at most once per call, and only if it is needed: of an `if' whose
 * condition is decided, one branch.  Where it is not, the value lies in the hull of both.  Nodes
 * that do not depend on x are evaluated once per precision.  Room is allocated when a precision is
 * first used, and kept.
 *
 * To add an operator: its derivative in `differentiate'.
 */
#include "interval.h"

#include <stdio.h>
#include <string.h>
#include "mem.h"

enum { MAX_LEVELS = 16, DIGITS_MAX_PRECISION = 16384 };

/* The room for one precision. */
struct level {
    mpfr_prec_t prec;
    unsigned long now;             /* counts evaluations */
    unsigned long *done;           /* by node: the evaluation that its value is of */
    struct interval *room;         /* by node */
    const struct interval **value; /* by node: its room, or that of the branch taken */
    signed char *truth;            /* by boolean node */
};

struct evaluator {
    const struct function *f;
    const struct expr *e;
    double param[MAX_PARAMS];
    bool *constant; /* by node: does not depend on x */
    struct level level[MAX_LEVELS];
    int nlevels, oldest;
};

/* MPFR keeps its exponent range per thread: set wherever an evaluation begins. */
static void widest_range(void)
{
    if (mpfr_get_emin() != mpfr_get_emin_min())
        mpfr_set_emin(mpfr_get_emin_min());
    if (mpfr_get_emax() != mpfr_get_emax_max())
        mpfr_set_emax(mpfr_get_emax_max());
}

static double default_of(const struct function *f, int i)
{
    struct evaluator *ev = evaluator_new_expr(f, f->param_default[i], NULL);
    mpfr_t zero;
    mpfr_init2(zero, 53);
    mpfr_set_zero(zero, 1);
    const struct interval *v = evaluator_view(ev, zero, 512);
    double d = mpfr_get_d(v->lo, MPFR_RNDN);
    mpfr_clear(zero);
    evaluator_free(ev);
    return d;
}

static bool uses_params(const struct expr *e)
{
    for (int i = 0; i < e->n; i++)
        if (e->node[i]->op == OP_PARAM)
            return true;
    return false;
}

struct evaluator *evaluator_new_expr(const struct function *f, const struct expr *e,
                                     const double *param)
{
    struct evaluator *ev = ref_calloc(1, sizeof *ev);
    ev->f = f;
    ev->e = e;
    bool needed = uses_params(e);
    for (int i = 0; i < f->nparams && needed; i++)
        ev->param[i] = param ? param[i] : default_of(f, i);
    ev->constant = ref_calloc((size_t)e->n, sizeof *ev->constant);
    for (int i = 0; i < e->n; i++) {
        ev->constant[i] = e->node[i]->op != OP_X;
        for (int j = 0; j < e->node[i]->nargs; j++)
            ev->constant[i] &= ev->constant[e->node[i]->arg[j]->id];
    }
    widest_range();
    return ev;
}

struct evaluator *evaluator_new(const struct function *f, const double *param)
{
    return evaluator_new_expr(f, f->body, param);
}

/* ------------------------------------------------------------------ room */

static void level_clear(struct level *l, int n)
{
    for (int i = 0; i < n; i++)
        interval_clear(&l->room[i]);
    free(l->done);
    free(l->room);
    free(l->value);
    free(l->truth);
}

static void level_init(struct level *l, int n, mpfr_prec_t prec)
{
    l->prec = prec;
    l->now = 0;
    l->done = ref_calloc((size_t)n, sizeof *l->done);
    l->room = ref_calloc((size_t)n, sizeof *l->room);
    l->value = ref_calloc((size_t)n, sizeof *l->value);
    l->truth = ref_calloc((size_t)n, sizeof *l->truth);
    for (int i = 0; i < n; i++) {
        interval_init(&l->room[i]);
        interval_set_prec(&l->room[i], prec);
    }
}

void evaluator_free(struct evaluator *ev)
{
    if (!ev)
        return;
    for (int i = 0; i < ev->nlevels; i++)
        level_clear(&ev->level[i], ev->e->n);
    free(ev->constant);
    free(ev);
}

static struct level *level_of(struct evaluator *ev, mpfr_prec_t prec)
{
    for (int i = 0; i < ev->nlevels; i++)
        if (ev->level[i].prec == prec)
            return &ev->level[i];
    struct level *l;
    if (ev->nlevels < MAX_LEVELS) {
        l = &ev->level[ev->nlevels++];
    } else {
        l = &ev->level[ev->oldest];
        ev->oldest = (ev->oldest + 1) % MAX_LEVELS;
        level_clear(l, ev->e->n);
    }
    level_init(l, ev->e->n, prec);
    return l;
}

/* ------------------------------------------------------------------ values and conditions */

struct run {
    struct evaluator *ev;
    struct level *l;
    mpfr_srcptr x;
};

static int truth_of(const struct run *r, const struct node *n);

static bool is_done(const struct run *r, const struct node *n)
{
    unsigned long done = r->l->done[n->id];
    return done == r->l->now || (done && r->ev->constant[n->id]);
}

static const struct interval *value_of(const struct run *r, const struct node *n);

static const struct interval *choose(const struct run *r, const struct node *n)
{
    int truth = truth_of(r, n->arg[0]);
    if (truth >= 0)
        return value_of(r, n->arg[truth ? 1 : 2]);
    const struct interval *yes = value_of(r, n->arg[1]), *no = value_of(r, n->arg[2]);
    interval_hull(&r->l->room[n->id], yes, no);
    return &r->l->room[n->id];
}

static const struct interval *compute(const struct run *r, const struct node *n)
{
    struct interval *out = &r->l->room[n->id];
    switch (n->op) {
    case OP_X:
        interval_set_fr(out, r->x);
        return out;
    case OP_PARAM: {
        mpfr_t v;
        mpfr_init2(v, 53);
        mpfr_set_d(v, r->ev->param[n->param], MPFR_RNDN);
        interval_set_fr(out, v);
        mpfr_clear(v);
        return out;
    }
    case OP_NUM:
        interval_set_q(out, n->num);
        return out;
    case OP_CONST:
        interval_set_constant(out, n->constant);
        return out;
    case OP_IF:
        return choose(r, n);
    default: {
        const struct interval *a = value_of(r, n->arg[0]);
        interval_apply(out, n->op, a, n->nargs > 1 ? value_of(r, n->arg[1]) : NULL);
        return out;
    }
    }
}

static const struct interval *value_of(const struct run *r, const struct node *n)
{
    if (!is_done(r, n)) {
        r->l->value[n->id] = compute(r, n);
        r->l->done[n->id] = r->l->now;
    }
    return r->l->value[n->id];
}

static int negated(int truth)
{
    return truth < 0 ? -1 : !truth;
}

static int both(int a, int b)
{
    return a == 0 || b == 0 ? 0 : a < 0 || b < 0 ? -1 : 1;
}

/* In all of these NaN compares as in IEEE 754: unequal, and neither less nor greater. */
static int compare(enum op op, const struct interval *a, const struct interval *b)
{
    bool undefined = interval_is_nan(a) || interval_is_nan(b);
    switch (op) {
    case OP_LT:
        return interval_less(a, b);
    case OP_GT:
        return interval_less(b, a);
    case OP_LE:
        return undefined ? 0 : negated(interval_less(b, a));
    case OP_GE:
        return undefined ? 0 : negated(interval_less(a, b));
    case OP_EQ:
        return interval_equal(a, b);
    default:
        return negated(interval_equal(a, b));
    }
}

static int compute_truth(const struct run *r, const struct node *n)
{
    int first;
    switch (n->op) {
    case OP_TRUE:
        return 1;
    case OP_FALSE:
        return 0;
    case OP_NOT:
        return negated(truth_of(r, n->arg[0]));
    case OP_AND:
        first = truth_of(r, n->arg[0]);
        return first == 0 ? 0 : both(first, truth_of(r, n->arg[1]));
    case OP_OR:
        first = truth_of(r, n->arg[0]);
        return first == 1 ? 1 : negated(both(negated(first), negated(truth_of(r, n->arg[1]))));
    case OP_IF: {
        first = truth_of(r, n->arg[0]);
        int yes = first != 0 ? truth_of(r, n->arg[1]) : -1,
            no = first != 1 ? truth_of(r, n->arg[2]) : -1;
        return first == 1 ? yes : first == 0 ? no : yes == no ? yes : -1;
    }
    default:
        return compare(n->op, value_of(r, n->arg[0]), value_of(r, n->arg[1]));
    }
}

static int truth_of(const struct run *r, const struct node *n)
{
    if (!is_done(r, n)) {
        r->l->truth[n->id] = (signed char)compute_truth(r, n);
        r->l->done[n->id] = r->l->now;
    }
    return r->l->truth[n->id];
}

static struct run start(struct evaluator *ev, mpfr_srcptr x, mpfr_prec_t prec)
{
    widest_range();
    struct run r = {ev, level_of(ev, prec), x};
    r.l->now++;
    return r;
}

static const struct node *result_of(const struct evaluator *ev)
{
    return ev->e->node[ev->e->n - 1];
}

const struct interval *evaluator_view(struct evaluator *ev, mpfr_srcptr x, mpfr_prec_t prec)
{
    struct run r = start(ev, x, prec);
    return value_of(&r, result_of(ev));
}

void evaluator_at(struct evaluator *ev, mpfr_srcptr x, mpfr_prec_t prec, struct interval *out)
{
    const struct interval *v = evaluator_view(ev, x, prec);
    interval_set_prec(out, prec);
    interval_set(out, v);
}

int evaluator_bool_at(struct evaluator *ev, mpfr_srcptr x, mpfr_prec_t prec)
{
    struct run r = start(ev, x, prec);
    return truth_of(&r, result_of(ev));
}

/* ------------------------------------------------------------------ decimal digits */

/* Is V the number that TEXT, with E digits before the point, spells? */
static bool spells(mpfr_srcptr v, const char *text, long e)
{
    mpq_t q;
    mpz_t power;
    mpq_init(q);
    mpz_init(power);
    mpz_set_str(mpq_numref(q), text, 10);
    long exponent = e - (long)strlen(text[0] == '-' ? text + 1 : text);
    bool same = false;
    if (labs(exponent) < 20000) {
        mpz_ui_pow_ui(power, 10, (unsigned long)labs(exponent));
        if (exponent < 0)
            mpz_set(mpq_denref(q), power);
        else
            mpz_mul(mpq_numref(q), mpq_numref(q), power);
        mpq_canonicalize(q);
        same = mpfr_cmp_q(v, q) == 0;
    }
    mpz_clear(power);
    mpq_clear(q);
    return same;
}

/* The digits D, of which E stand before the point, as people write them. */
static char *lay_out(const char *lead, const char *d, long e, bool exact)
{
    enum { LEAST = -4, MOST = 21 };
    const char *sign = d[0] == '-' ? "-" : "";
    d += d[0] == '-';
    long n = (long)strlen(d);
    size_t room = (size_t)n + strlen(lead) + 64;
    char *text = ref_calloc(room, 1);
    if (e - 1 < LEAST || e > MOST || (e > n && !exact))
        snprintf(text, room, "%s%s%.1s%s%se%ld", lead, sign, d, n > 1 ? "." : "", d + 1, e - 1);
    else if (e <= 0)
        snprintf(text, room, "%s%s0.%.*s%s", lead, sign, (int)-e, "0000", d);
    else if (e >= n)
        snprintf(text, room, "%s%s%s%.*s", lead, sign, d, (int)(e - n), "000000000000000000000");
    else
        snprintf(text, room, "%s%s%.*s.%s", lead, sign, (int)e, d, d + e);
    return text;
}

static char *decimal(const char *lead, mpfr_srcptr v, int digits, bool exact)
{
    mpfr_exp_t e;
    char *d = mpfr_get_str(NULL, &e, 10, (size_t)digits, v, MPFR_RNDN);
    exact = exact && spells(v, d, e);
    if (exact)
        for (size_t n = strlen(d); n > 1 && d[n - 1] == '0'; n--)
            d[n - 1] = '\0';
    char *text = lay_out(lead, d, e, exact);
    mpfr_free_str(d);
    return text;
}

/* floor(log10(2^e)) */
static long decimal_exponent(mpfr_exp_t e)
{
    mpfr_t v, log;
    mpfr_inits2(128, v, log, (mpfr_ptr)0);
    mpfr_set_si(v, e, MPFR_RNDN);
    mpfr_set_ui(log, 2, MPFR_RNDN);
    mpfr_log10(log, log, MPFR_RNDN);
    mpfr_mul(v, v, log, MPFR_RNDN);
    long exponent = mpfr_get_si(v, MPFR_RNDD);
    mpfr_clears(v, log, (mpfr_ptr)0);
    return exponent;
}

/* So near the ends of MPFR's exponent range that more precision tells no more. */
enum { MARGIN = 1 << 14 };

static bool is_vanishing(mpfr_srcptr v)
{
    return mpfr_regular_p(v) && mpfr_get_exp(v) < mpfr_get_emin() + MARGIN;
}

static bool is_enormous(mpfr_srcptr v)
{
    return mpfr_regular_p(v) && mpfr_get_exp(v) > mpfr_get_emax() - MARGIN;
}

/* Values that are no ordinary number: NULL if V is one, or is not known well enough. */
static char *special_digits(const struct interval *v)
{
    char text[80] = "";
    bool point = interval_is_point(v);
    if (interval_is_nan(v))
        snprintf(text, sizeof text, "nan");
    else if (v->maybe_nan)
        return NULL;
    else if (point && mpfr_inf_p(v->lo))
        snprintf(text, sizeof text, mpfr_sgn(v->lo) > 0 ? "inf" : "-inf");
    else if (point && mpfr_zero_p(v->lo))
        snprintf(text, sizeof text, "0");
    else if (mpfr_zero_p(v->lo) && v->nonzero && is_vanishing(v->hi))
        snprintf(text, sizeof text, "0 (positive, below 1e%ld)",
                 decimal_exponent(mpfr_get_exp(v->hi)) + 1);
    else if (mpfr_zero_p(v->hi) && v->nonzero && is_vanishing(v->lo))
        snprintf(text, sizeof text, "0 (negative, above -1e%ld)",
                 decimal_exponent(mpfr_get_exp(v->lo)) + 1);
    else if (mpfr_inf_p(v->hi) && is_enormous(v->lo))
        snprintf(text, sizeof text, "above 1e%ld", decimal_exponent(mpfr_get_exp(v->lo) - 1));
    else if (mpfr_inf_p(v->lo) && is_enormous(v->hi))
        snprintf(text, sizeof text, "below -1e%ld", decimal_exponent(mpfr_get_exp(v->hi) - 1));
    return text[0] ? ref_strndup(text, strlen(text)) : NULL;
}

char *evaluator_digits(struct evaluator *ev, mpfr_srcptr x, int digits)
{
    mpfr_prec_t first = 64;
    while (first < 4 * digits + 16)
        first *= 2;
    const struct interval *v = NULL;
    for (mpfr_prec_t prec = first; prec <= DIGITS_MAX_PRECISION || prec == first; prec *= 2) {
        v = evaluator_view(ev, x, prec);
        char *text = special_digits(v), *upper;
        if (text)
            return text;
        if (v->maybe_nan || !mpfr_regular_p(v->lo) || !mpfr_regular_p(v->hi))
            continue;
        text = decimal("", v->lo, digits, interval_is_point(v));
        upper = decimal("", v->hi, digits, interval_is_point(v));
        bool settled = strcmp(text, upper) == 0;
        free(upper);
        if (settled)
            return text;
        free(text);
    }
    mpfr_t middle;
    mpfr_init2(middle, mpfr_get_prec(v->lo) + 1);
    mpfr_add(middle, v->lo, v->hi, MPFR_RNDN);
    mpfr_div_2ui(middle, middle, 1, MPFR_RNDN);
    char *text =
        mpfr_regular_p(middle) ? decimal("~", middle, digits, false) : ref_strndup("~0", 2);
    if (!mpfr_number_p(middle))
        memcpy(text, "~?", 2);
    mpfr_clear(middle);
    return text;
}

/* ------------------------------------------------------------------ derivatives */

/* Values at the precision of the run, for intermediate results. */
enum { SCRATCH = 4 };

struct derivation {
    struct run r;
    struct interval *d; /* by node */
    bool *done;
};

static const struct interval *derivative_of(struct derivation *v, const struct node *n);

/* Can the condition change its value in every neighbourhood of x, as far as this precision shows?
 */
static int truth_nearby(const struct run *r, const struct node *n)
{
    int first;
    switch (n->op) {
    case OP_TRUE:
    case OP_FALSE:
        return n->op == OP_TRUE;
    case OP_NOT:
        return negated(truth_nearby(r, n->arg[0]));
    case OP_AND:
        return both(truth_nearby(r, n->arg[0]), truth_nearby(r, n->arg[1]));
    case OP_OR:
        return negated(
            both(negated(truth_nearby(r, n->arg[0])), negated(truth_nearby(r, n->arg[1]))));
    case OP_IF:
        first = truth_nearby(r, n->arg[0]);
        return first == 1   ? truth_nearby(r, n->arg[1])
               : first == 0 ? truth_nearby(r, n->arg[2])
                            : -1;
    default: {
        const struct interval *a = value_of(r, n->arg[0]), *b = value_of(r, n->arg[1]);
        bool apart = interval_less(a, b) == 1 || interval_less(b, a) == 1;
        return apart || r->ev->constant[n->id] ? truth_of(r, n) : -1;
    }
    }
}

static void set_number(struct interval *v, long n)
{
    mpq_t q;
    mpq_init(q);
    mpq_set_si(q, n, 1);
    interval_set_q(v, q);
    mpq_clear(q);
}

/* The derivative of |a| as a factor: the sign, or anything between -1 and 1. */
static void sign_factor(struct interval *out, const struct interval *a)
{
    struct interval plus, minus;
    interval_init(&plus);
    interval_init(&minus);
    set_number(&plus, 1);
    set_number(&minus, -1);
    if (mpfr_sgn(a->lo) >= 0 && a->nonzero)
        interval_set(out, &plus);
    else if (mpfr_sgn(a->hi) <= 0 && a->nonzero)
        interval_set(out, &minus);
    else
        interval_hull(out, &plus, &minus);
    interval_clear(&plus);
    interval_clear(&minus);
}

/* The derivative of the unary function N at its argument A, where V is its value.  T and U are
 * scratch. */
static void unary_factor(struct interval *out, enum op op, const struct interval *a,
                         const struct interval *v, struct interval *t, struct interval *u)
{
    switch (op) {
    case OP_FABS:
        sign_factor(out, a);
        break;
    case OP_SQRT: /* 1 / (2 v) */
        interval_apply(t, OP_ADD, v, v);
        set_number(u, 1);
        interval_apply(out, OP_DIV, u, t);
        break;
    case OP_EXP:
    case OP_EXPM1:
        interval_apply(out, OP_EXP, a, NULL);
        break;
    case OP_EXP2:
        interval_set_constant(t, CONST_LN2);
        interval_apply(out, OP_MUL, v, t);
        break;
    case OP_LOG:
        set_number(t, 1);
        interval_apply(out, OP_DIV, t, a);
        break;
    case OP_LOG1P:
        set_number(t, 1);
        interval_apply(u, OP_ADD, t, a);
        interval_apply(out, OP_DIV, t, u);
        break;
    case OP_SIN:
        interval_apply(out, OP_COS, a, NULL);
        break;
    case OP_COS:
        interval_apply(t, OP_SIN, a, NULL);
        interval_apply(out, OP_NEG, t, NULL);
        break;
    case OP_SINH:
        interval_apply(out, OP_COSH, a, NULL);
        break;
    case OP_COSH:
        interval_apply(out, OP_SINH, a, NULL);
        break;
    case OP_TAN: /* 1 / cos^2, 1 / cosh^2 */
    case OP_TANH:
        interval_apply(t, op == OP_TAN ? OP_COS : OP_COSH, a, NULL);
        interval_apply(u, OP_MUL, t, t);
        set_number(t, 1);
        interval_apply(out, OP_DIV, t, u);
        break;
    case OP_ASINH: /* 1 / sqrt(1 + a^2), 1 / (1 + a^2) */
    case OP_ATAN:
        interval_apply(t, OP_MUL, a, a);
        set_number(u, 1);
        interval_apply(out, OP_ADD, u, t);
        if (op == OP_ASINH) {
            interval_apply(t, OP_SQRT, out, NULL);
            interval_set(out, t);
        }
        interval_apply(t, OP_DIV, u, out);
        interval_set(out, t);
        break;
    case OP_ERF: /* +-2 / sqrt(pi) exp(-a^2) */
    case OP_ERFC:
        interval_apply(t, OP_MUL, a, a);
        interval_apply(u, OP_NEG, t, NULL);
        interval_apply(t, OP_EXP, u, NULL);
        interval_set_constant(u, CONST_2_SQRTPI);
        interval_apply(out, OP_MUL, t, u);
        if (op == OP_ERFC) {
            interval_set(t, out);
            interval_apply(out, OP_NEG, t, NULL);
        }
        break;
    default: /* OP_NEG */
        set_number(out, -1);
    }
}

/* a^b: b a^(b-1) a' + a^b log(a) b', without the second term where b is constant. */
static void differentiate_power(struct derivation *v, const struct node *n, struct interval *out,
                                struct interval *t, struct interval *u, struct interval *w)
{
    const struct interval *a = value_of(&v->r, n->arg[0]), *b = value_of(&v->r, n->arg[1]);
    set_number(t, 1);
    interval_apply(u, OP_SUB, b, t);
    interval_apply(t, OP_POW, a, u);
    interval_apply(u, OP_MUL, b, t);
    interval_apply(out, OP_MUL, u, derivative_of(v, n->arg[0]));
    if (v->r.ev->constant[n->arg[1]->id])
        return;
    interval_apply(t, OP_LOG, a, NULL);
    interval_apply(u, OP_MUL, value_of(&v->r, n), t);
    interval_apply(t, OP_MUL, u, derivative_of(v, n->arg[1]));
    interval_set(w, out);
    interval_apply(out, OP_ADD, w, t);
}

/* The derivative of one of two, or between those of both if it is not known which. */
static void differentiate_choice(struct derivation *v, const struct node *yes,
                                 const struct node *no, int which, struct interval *out)
{
    if (which >= 0)
        interval_set(out, derivative_of(v, which ? yes : no));
    else
        interval_hull(out, derivative_of(v, yes), derivative_of(v, no));
}

static void differentiate(struct derivation *v, const struct node *n, struct interval *out)
{
    struct interval s[SCRATCH];
    for (int i = 0; i < SCRATCH; i++) {
        interval_init(&s[i]);
        interval_set_prec(&s[i], v->r.l->prec);
    }
    const struct node *a = n->nargs > 0 ? n->arg[0] : NULL, *b = n->nargs > 1 ? n->arg[1] : NULL;
    int less;
    switch (n->op) {
    case OP_X:
        set_number(out, 1);
        break;
    case OP_ADD:
    case OP_SUB:
        interval_apply(out, n->op, derivative_of(v, a), derivative_of(v, b));
        break;
    case OP_MUL:
        interval_apply(&s[0], OP_MUL, derivative_of(v, a), value_of(&v->r, b));
        interval_apply(&s[1], OP_MUL, value_of(&v->r, a), derivative_of(v, b));
        interval_apply(out, OP_ADD, &s[0], &s[1]);
        break;
    case OP_DIV: /* (a' - (a / b) b') / b */
        interval_apply(&s[0], OP_MUL, value_of(&v->r, n), derivative_of(v, b));
        interval_apply(&s[1], OP_SUB, derivative_of(v, a), &s[0]);
        interval_apply(out, OP_DIV, &s[1], value_of(&v->r, b));
        break;
    case OP_POW:
        differentiate_power(v, n, out, &s[0], &s[1], &s[2]);
        break;
    case OP_FMIN:
    case OP_FMAX:
        less = interval_less(value_of(&v->r, a), value_of(&v->r, b));
        if (less != 1)
            less = interval_less(value_of(&v->r, b), value_of(&v->r, a)) == 1 ? 0 : -1;
        differentiate_choice(v, n->op == OP_FMIN ? a : b, n->op == OP_FMIN ? b : a, less, out);
        break;
    case OP_IF:
        differentiate_choice(v, b, n->arg[2], truth_nearby(&v->r, a), out);
        break;
    default:
        unary_factor(&s[2], n->op, value_of(&v->r, a), value_of(&v->r, n), &s[0], &s[1]);
        interval_apply(out, OP_MUL, &s[2], derivative_of(v, a));
    }
    for (int i = 0; i < SCRATCH; i++)
        interval_clear(&s[i]);
}

static const struct interval *derivative_of(struct derivation *v, const struct node *n)
{
    struct interval *out = &v->d[n->id];
    if (!v->done[n->id]) {
        if (v->r.ev->constant[n->id])
            set_number(out, 0);
        else
            differentiate(v, n, out);
        v->done[n->id] = true;
    }
    return out;
}

void evaluator_derivative_at(struct evaluator *ev, mpfr_srcptr x, mpfr_prec_t prec,
                             struct interval *out)
{
    size_t n = (size_t)ev->e->n;
    struct derivation v = {.r = start(ev, x, prec)};
    v.d = ref_calloc(n, sizeof *v.d);
    v.done = ref_calloc(n, sizeof *v.done);
    for (size_t i = 0; i < n; i++) {
        interval_init(&v.d[i]);
        interval_set_prec(&v.d[i], prec);
    }
    interval_set_prec(out, prec);
    interval_set(out, derivative_of(&v, result_of(ev)));
    for (size_t i = 0; i < n; i++)
        interval_clear(&v.d[i]);
    free(v.d);
    free(v.done);
}
