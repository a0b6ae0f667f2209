/* block_zero.c -- the series of a formula about zero, with a proved remainder.
 *
 * On one side of zero, with a = |x| and for 0 < a <= d, Taylor's theorem says
 *
 *     f = f_0 + f_1 a + ... + f_(J-1) a^(J-1) + R a^J
 *
 * where f_j is the j-th Taylor coefficient at 0 and R is that of order J at some point of [0, d].
 * Both come from the formula by automatic differentiation in MPFR intervals: every node gets a jet,
 * the intervals of its Taylor coefficients, once at a = 0 and once for all of [0, d].  What remains
 * is to write
 *
 *     f = c a^m + a^k q(a)
 *
 * with c the first coefficient that is not 0 and k the next: where a is tiny, the sign of q tells
 * on which side of c a^m the value lies, which is all that a tie, a power of two or a directed
 * rounding asks.
 *
 * `if', fabs, fmin and fmax are settled beforehand on all of [2^-1100, d], which holds every input;
 * the jets then belong to the branches taken.
 *
 * To add an operator: its recurrence in `jet_of', by the differential equation that it satisfies.
 */
#include "block_zero.h"

#include <math.h>
#include "interval.h"
#include "mem.h"

enum { PRECISION = 256, LAST_START = 7, ORDER = LAST_START + SERIES_TERMS };

struct jet {
    struct interval c[ORDER + 1];
};

struct analysis {
    const struct expr *e;
    const double *param;
    bool negative;
    signed char *choice; /* by node: which argument, or which sign; -1 unknown */
    struct interval *value;
    struct jet *jet;
    bool failed;
};

/* ---- Intervals ---- */

static void set_si(struct interval *v, long n)
{
    mpq_t q;
    mpq_init(q);
    mpq_set_si(q, n, 1);
    interval_set_q(v, q);
    mpq_clear(q);
}

static void start(struct interval *v)
{
    interval_init(v);
    interval_set_prec(v, PRECISION);
    set_si(v, 0);
}

static bool is_zero(const struct interval *v)
{
    return interval_is_point(v) && mpfr_zero_p(v->lo);
}

static bool has_zero(const struct interval *v)
{
    return mpfr_sgn(v->lo) <= 0 && mpfr_sgn(v->hi) >= 0;
}

/* ACC += A B, ACC -= A B. */
static void accumulate(struct interval *acc, enum op op, const struct interval *a,
                       const struct interval *b)
{
    struct interval product, total;
    start(&product);
    start(&total);
    interval_apply(&product, OP_MUL, a, b);
    interval_apply(&total, op, acc, &product);
    interval_set(acc, &total);
    interval_clear(&product);
    interval_clear(&total);
}

static void apply_si(struct interval *v, enum op op, long n)
{
    struct interval number, result;
    start(&number);
    start(&result);
    set_si(&number, n);
    interval_apply(&result, op, v, &number);
    interval_set(v, &result);
    interval_clear(&number);
    interval_clear(&result);
}

static void divide(struct interval *v, const struct interval *by)
{
    struct interval result;
    start(&result);
    interval_apply(&result, OP_DIV, v, by);
    interval_set(v, &result);
    interval_clear(&result);
}

static void leaf(const struct analysis *a, const struct node *n, struct interval *out)
{
    mpq_t q;
    mpq_init(q);
    if (n->op == OP_NUM) {
        interval_set_q(out, n->num);
    } else if (n->op == OP_PARAM) {
        mpq_set_d(q, a->param[n->param]);
        interval_set_q(out, q);
    } else {
        interval_set_constant(out, n->constant);
    }
    mpq_clear(q);
}

static bool is_boolean(const struct node *n)
{
    return n->op >= OP_TRUE || (n->op == OP_IF && is_boolean(n->arg[1]));
}

static bool is_leaf(enum op op)
{
    return op == OP_NUM || op == OP_PARAM || op == OP_CONST;
}

/* ---- Choices: which branch is taken, on all of an interval ---- */

static int not_truth(int t)
{
    return t < 0 ? -1 : !t;
}

static int decide(const struct analysis *a, const struct node *n)
{
    const struct interval *v = n->nargs > 0 ? &a->value[n->arg[0]->id] : NULL;
    const struct interval *w = n->nargs > 1 ? &a->value[n->arg[1]->id] : NULL;
    int first = n->nargs > 0 ? a->choice[n->arg[0]->id] : 0;
    int second = n->nargs > 1 ? a->choice[n->arg[1]->id] : 0;
    int less;
    switch (n->op) {
    case OP_TRUE:
    case OP_FALSE:
        return n->op == OP_TRUE;
    case OP_NOT:
        return not_truth(first);
    case OP_AND:
        return first == 0 || second == 0 ? 0 : first == 1 && second == 1 ? 1 : -1;
    case OP_OR:
        return first == 1 || second == 1 ? 1 : first == 0 && second == 0 ? 0 : -1;
    case OP_LT:
        return interval_less(v, w);
    case OP_GT:
        return interval_less(w, v);
    case OP_LE:
        return not_truth(interval_less(w, v));
    case OP_GE:
        return not_truth(interval_less(v, w));
    case OP_EQ:
        return interval_equal(v, w);
    case OP_NE:
        return not_truth(interval_equal(v, w));
    case OP_IF: /* its condition's truth, or its own */
        return first < 0 || !is_boolean(n) ? first : a->choice[n->arg[first ? 1 : 2]->id];
    case OP_FABS: /* 1: the argument is not negative */
        return mpfr_sgn(v->lo) >= 0 ? 1 : mpfr_sgn(v->hi) <= 0 ? 0 : -1;
    case OP_FMIN: /* 1: the first argument */
        less = interval_less(w, v);
        return less >= 0 ? !less : interval_less(v, w) == 1 ? 1 : -1;
    case OP_FMAX:
        less = interval_less(v, w);
        return less >= 0 ? !less : interval_less(w, v) == 1 ? 1 : -1;
    default:
        return -1;
    }
}

static bool is_choice(enum op op)
{
    return op == OP_IF || op == OP_FMIN || op == OP_FMAX;
}

/* The argument that node N passes on. */
static const struct node *passed(const struct analysis *a, const struct node *n)
{
    int first = n->op == OP_IF ? 1 : 0;
    return n->arg[a->choice[n->id] == 1 ? first : first + 1];
}

/* Values over x = +-[2^-1100, d], and the choices there. */
static void find_choices(struct analysis *a, double d)
{
    for (int i = 0; i < a->e->n; i++) {
        const struct node *n = a->e->node[i];
        struct interval *v = &a->value[i];
        a->choice[i] = (signed char)decide(a, n);
        if (is_boolean(n))
            continue;
        if (n->op == OP_X) {
            mpfr_set_d(v->lo, a->negative ? -d : 0, MPFR_RNDN);
            mpfr_set_d(v->hi, a->negative ? 0 : d, MPFR_RNDN);
            mpfr_set_si_2exp(a->negative ? v->hi : v->lo, a->negative ? -1 : 1, -1100, MPFR_RNDN);
            v->lo_open = v->hi_open = v->maybe_nan = false;
            v->nonzero = true;
        } else if (is_leaf(n->op)) {
            leaf(a, n, v);
        } else if (is_choice(n->op) && a->choice[i] >= 0) {
            interval_set(v, &a->value[passed(a, n)->id]);
        } else if (n->op == OP_IF) {
            interval_hull(v, &a->value[n->arg[1]->id], &a->value[n->arg[2]->id]);
        } else {
            interval_apply(v, n->op, &a->value[n->arg[0]->id],
                           n->nargs > 1 ? &a->value[n->arg[1]->id] : NULL);
        }
    }
}

/* ---- Jets ---- */

static void jet_copy(struct jet *r, const struct jet *a)
{
    for (int i = 0; i <= ORDER; i++)
        interval_set(&r->c[i], &a->c[i]);
}

static void jet_number(struct jet *r, const struct interval *v)
{
    interval_set(&r->c[0], v);
    for (int i = 1; i <= ORDER; i++)
        set_si(&r->c[i], 0);
}

static struct jet *jet_new(void)
{
    struct jet *j = ref_calloc(1, sizeof *j);
    for (int i = 0; i <= ORDER; i++)
        start(&j->c[i]);
    return j;
}

static void jet_free(struct jet *j)
{
    for (int i = 0; i <= ORDER; i++)
        interval_clear(&j->c[i]);
    free(j);
}

static void jet_negate(struct jet *r, const struct jet *a)
{
    for (int i = 0; i <= ORDER; i++)
        interval_apply(&r->c[i], OP_NEG, &a->c[i], NULL);
}

static void jet_multiply(struct jet *r, const struct jet *a, const struct jet *b)
{
    for (int n = 0; n <= ORDER; n++) {
        set_si(&r->c[n], 0);
        for (int i = 0; i <= n; i++)
            accumulate(&r->c[n], OP_ADD, &a->c[i], &b->c[n - i]);
    }
}

/* q b = a. */
static void jet_divide(struct jet *q, const struct jet *a, const struct jet *b)
{
    for (int n = 0; n <= ORDER; n++) {
        interval_set(&q->c[n], &a->c[n]);
        for (int i = 1; i <= n; i++)
            accumulate(&q->c[n], OP_SUB, &b->c[i], &q->c[n - i]);
        divide(&q->c[n], &b->c[0]);
    }
}

/* R's coefficient N from r' = g a': n r_n = sum of i a_i g_(n-i). */
static void integrate(struct jet *r, int n, const struct jet *a, const struct jet *g)
{
    struct interval term;
    start(&term);
    set_si(&r->c[n], 0);
    for (int i = 1; i <= n; i++) {
        interval_set(&term, &a->c[i]);
        apply_si(&term, OP_MUL, i);
        accumulate(&r->c[n], OP_ADD, &term, &g->c[n - i]);
    }
    apply_si(&r->c[n], OP_DIV, n);
    interval_clear(&term);
}

/* e' = e a'. */
static void jet_exp(struct jet *e, const struct jet *a)
{
    interval_apply(&e->c[0], OP_EXP, &a->c[0], NULL);
    for (int n = 1; n <= ORDER; n++)
        integrate(e, n, a, e);
}

/* 2^a = exp(a log 2). */
static void jet_exp2(struct jet *r, const struct jet *a)
{
    struct jet *scaled = jet_new();
    struct interval log2;
    start(&log2);
    interval_set_constant(&log2, CONST_LN2);
    for (int i = 0; i <= ORDER; i++)
        interval_apply(&scaled->c[i], OP_MUL, &a->c[i], &log2);
    interval_apply(&r->c[0], OP_EXP2, &a->c[0], NULL);
    for (int n = 1; n <= ORDER; n++)
        integrate(r, n, scaled, r);
    interval_clear(&log2);
    jet_free(scaled);
}

/* l' = a' / (A + a), with A = 0 or 1: the reciprocal's jet first. */
static void jet_log(struct jet *l, const struct jet *a, bool one_plus)
{
    struct jet *base = jet_new(), *one = jet_new(), *g = jet_new();
    jet_copy(base, a);
    if (one_plus)
        apply_si(&base->c[0], OP_ADD, 1);
    set_si(&one->c[0], 1);
    jet_divide(g, one, base);
    interval_apply(&l->c[0], one_plus ? OP_LOG1P : OP_LOG, &a->c[0], NULL);
    for (int n = 1; n <= ORDER; n++)
        integrate(l, n, a, g);
    jet_free(base);
    jet_free(one);
    jet_free(g);
}

/* s' = c a', c' = s a'. */
static void jet_sinh_cosh(struct jet *s, struct jet *c, const struct jet *a)
{
    interval_apply(&s->c[0], OP_SINH, &a->c[0], NULL);
    interval_apply(&c->c[0], OP_COSH, &a->c[0], NULL);
    for (int n = 1; n <= ORDER; n++) {
        integrate(s, n, a, c);
        integrate(c, n, a, s);
    }
}

/* t' = w a' with w = 1 - t^2 = 1 / cosh^2. */
static void jet_tanh(struct jet *t, const struct jet *a)
{
    struct jet *w = jet_new();
    struct interval cosh, square;
    start(&cosh);
    start(&square);
    interval_apply(&t->c[0], OP_TANH, &a->c[0], NULL);
    interval_apply(&cosh, OP_COSH, &a->c[0], NULL);
    interval_apply(&square, OP_MUL, &cosh, &cosh);
    set_si(&w->c[0], 1);
    divide(&w->c[0], &square);
    for (int n = 1; n <= ORDER; n++) {
        integrate(t, n, a, w);
        set_si(&w->c[n], 0);
        for (int i = 0; i <= n; i++)
            accumulate(&w->c[n], OP_SUB, &t->c[i], &t->c[n - i]);
    }
    interval_clear(&cosh);
    interval_clear(&square);
    jet_free(w);
}

/* r' = +-2/sqrt(pi) exp(-a^2) a'. */
static void jet_erf(struct jet *r, const struct jet *a, bool complement)
{
    struct jet *square = jet_new(), *g = jet_new();
    struct interval factor;
    start(&factor);
    jet_multiply(square, a, a);
    jet_negate(g, square);
    jet_exp(square, g);
    interval_set_constant(&factor, CONST_2_SQRTPI);
    if (complement)
        apply_si(&factor, OP_MUL, -1);
    for (int n = 0; n <= ORDER; n++)
        interval_apply(&g->c[n], OP_MUL, &square->c[n], &factor);
    interval_apply(&r->c[0], complement ? OP_ERFC : OP_ERF, &a->c[0], NULL);
    for (int n = 1; n <= ORDER; n++)
        integrate(r, n, a, g);
    interval_clear(&factor);
    jet_free(square);
    jet_free(g);
}

/* r^2 = a. */
static void jet_sqrt(struct jet *r, const struct jet *a)
{
    struct interval twice;
    start(&twice);
    interval_apply(&r->c[0], OP_SQRT, &a->c[0], NULL);
    interval_set(&twice, &r->c[0]);
    apply_si(&twice, OP_MUL, 2);
    for (int n = 1; n <= ORDER; n++) {
        interval_set(&r->c[n], &a->c[n]);
        for (int i = 1; i < n; i++)
            accumulate(&r->c[n], OP_SUB, &r->c[i], &r->c[n - i]);
        divide(&r->c[n], &twice);
    }
    interval_clear(&twice);
}

/* Powers with a small integer exponent, or a half. */
static bool jet_power(struct jet *r, const struct jet *a, const struct node *exponent)
{
    if (exponent->op != OP_NUM)
        return false;
    if (mpq_cmp_ui(exponent->num, 1, 2) == 0) {
        jet_sqrt(r, a);
        return true;
    }
    if (mpz_cmp_ui(mpq_denref(exponent->num), 1) != 0 || mpq_cmp_ui(exponent->num, 1, 1) < 0 ||
        mpq_cmp_ui(exponent->num, 64, 1) > 0)
        return false;
    struct jet *t = jet_new();
    jet_copy(r, a);
    for (unsigned long n = mpz_get_ui(mpq_numref(exponent->num)); n > 1; n--) {
        jet_copy(t, r);
        jet_multiply(r, t, a);
    }
    jet_free(t);
    return true;
}

/* x = +-a about 0, or about all of [0, d]. */
static void jet_variable(struct jet *r, bool negative, double d)
{
    for (int i = 0; i <= ORDER; i++)
        set_si(&r->c[i], 0);
    set_si(&r->c[1], negative ? -1 : 1);
    if (d > 0) {
        mpfr_set_d(negative ? r->c[0].lo : r->c[0].hi, negative ? -d : d, MPFR_RNDN);
        r->c[0].nonzero = false;
    }
}

/* The jet of node N; false if there is no rule. */
static bool jet_of(struct analysis *an, const struct node *n, double d)
{
    struct jet *r = &an->jet[n->id], *other;
    const struct jet *a = n->nargs > 0 ? &an->jet[n->arg[0]->id] : NULL;
    const struct jet *b = n->nargs > 1 ? &an->jet[n->arg[1]->id] : NULL;
    struct interval number;
    switch (n->op) {
    case OP_X:
        jet_variable(r, an->negative, d);
        return true;
    case OP_NUM:
    case OP_PARAM:
    case OP_CONST:
        start(&number);
        leaf(an, n, &number);
        jet_number(r, &number);
        interval_clear(&number);
        return true;
    case OP_NEG:
        jet_negate(r, a);
        return true;
    case OP_ADD:
    case OP_SUB:
        for (int i = 0; i <= ORDER; i++)
            interval_apply(&r->c[i], n->op, &a->c[i], &b->c[i]);
        return true;
    case OP_MUL:
        jet_multiply(r, a, b);
        return true;
    case OP_DIV:
        jet_divide(r, a, b);
        return true;
    case OP_FABS:
        if (an->choice[n->id] == 1)
            jet_copy(r, a);
        else
            jet_negate(r, a);
        return an->choice[n->id] >= 0;
    case OP_IF:
    case OP_FMIN:
    case OP_FMAX:
        jet_copy(r, &an->jet[passed(an, n)->id]);
        return an->choice[n->id] >= 0;
    case OP_SQRT:
        jet_sqrt(r, a);
        return true;
    case OP_EXP:
    case OP_EXPM1:
        jet_exp(r, a);
        if (n->op == OP_EXPM1)
            interval_apply(&r->c[0], OP_EXPM1, &a->c[0], NULL);
        return true;
    case OP_EXP2:
        jet_exp2(r, a);
        return true;
    case OP_LOG:
    case OP_LOG1P:
        jet_log(r, a, n->op == OP_LOG1P);
        return true;
    case OP_SINH:
    case OP_COSH:
        other = jet_new();
        jet_sinh_cosh(n->op == OP_SINH ? r : other, n->op == OP_SINH ? other : r, a);
        jet_free(other);
        return true;
    case OP_TANH:
        jet_tanh(r, a);
        return true;
    case OP_ERF:
    case OP_ERFC:
        jet_erf(r, a, n->op == OP_ERFC);
        return true;
    case OP_POW:
        return jet_power(r, a, n->arg[1]);
    default:
        return false;
    }
}

/* Nodes that the result does not use, with the choices made, may have no jet. */
static void mark_used(const struct analysis *a, bool *used)
{
    used[a->e->n - 1] = true;
    for (int i = a->e->n - 1; i >= 0; i--) {
        const struct node *n = a->e->node[i];
        if (!used[i])
            continue;
        if (is_choice(n->op) && a->choice[i] >= 0)
            used[passed(a, n)->id] = true;
        else
            for (int j = 0; j < n->nargs; j++)
                used[n->arg[j]->id] = true;
    }
}

/* The jet of the whole, at 0 if D = 0, else over [0, D]; NULL if there is none. */
static const struct jet *jet_at(struct analysis *a, const bool *used, double d)
{
    for (int i = 0; i < a->e->n; i++)
        if (used[i] && !jet_of(a, a->e->node[i], d))
            return NULL;
    const struct jet *j = &a->jet[a->e->n - 1];
    for (int i = 0; i <= ORDER; i++)
        if (j->c[i].maybe_nan || !mpfr_number_p(j->c[i].lo) || !mpfr_number_p(j->c[i].hi))
            return NULL;
    return j;
}

/* ---- The series ---- */

/* The largest magnitude in V, rounded up. */
static double largest(const struct interval *v)
{
    return fmax(fabs(mpfr_get_d(v->lo, MPFR_RNDD)), fabs(mpfr_get_d(v->hi, MPFR_RNDU)));
}

/* The open or exact enclosure of V in doubles. */
static void to_doubles(const struct interval *v, double *lo, double *hi)
{
    *lo = mpfr_get_d(v->lo, MPFR_RNDD);
    *hi = mpfr_get_d(v->hi, MPFR_RNDU);
    if (!interval_is_point(v) || *lo != *hi) {
        *lo = nextafter(*lo, -INFINITY);
        *hi = nextafter(*hi, INFINITY);
    }
}

/* q's range over [0, d], by Horner's rule in intervals. */
static void range_of_q(struct series *s, const struct jet *at_zero, const struct jet *over)
{
    struct interval q, t, a;
    start(&q);
    start(&t);
    start(&a);
    mpfr_set_d(a.hi, s->radius, MPFR_RNDN);
    interval_set(&q, &over->c[s->k + SERIES_TERMS]);
    for (int j = SERIES_TERMS - 1; j >= 0; j--) {
        interval_apply(&t, OP_MUL, &q, &a);
        interval_apply(&q, OP_ADD, &t, &at_zero->c[s->k + j]);
    }
    to_doubles(&q, &s->q_lo, &s->q_hi);
    s->q_lo = nextafter(s->q_lo, -INFINITY);
    s->q_hi = nextafter(s->q_hi, INFINITY);
    interval_clear(&q);
    interval_clear(&t);
    interval_clear(&a);
}

/* Coefficients in doubles, and how far Horner's rule with them may be from q: the coefficients' own
 * errors; the remainder; and at most 2 roundings a term and way, each 2^-53 of it, for which 2^-46
 * is plenty and covers the roundings here and that of q -+ slack too. */
static void coefficients_of_q(struct series *s, const struct jet *at_zero, const struct jet *over)
{
    double power = 1, size = 0, error = 0;
    for (int j = 0; j < SERIES_TERMS; j++) {
        const struct interval *v = &at_zero->c[s->k + j];
        s->coeff[j] = mpfr_get_d(v->lo, MPFR_RNDN);
        error += power * (mpfr_get_d(v->hi, MPFR_RNDU) - mpfr_get_d(v->lo, MPFR_RNDD));
        size += power * largest(v);
        power *= s->radius;
    }
    error += power * largest(&over->c[s->k + SERIES_TERMS]);
    s->slack = 1.0001 * error + 0x1p-46 * size + 0x1p-1000;
}

/* Good if the sign of q is known where the radius is small against its change, and if a^k q is
 * known well enough beside c a^m. */
static bool is_good(const struct series *s)
{
    double c = fmin(fabs(s->c_lo), fabs(s->c_hi)), q = fabs(s->coeff[0]);
    return s->slack <= 0.0625 * q && s->slack * pow(s->radius, s->k - s->m) <= 0x1p-47 * c;
}

static bool find_powers(struct series *s, const struct jet *at_zero)
{
    s->m = 0;
    while (s->m < LAST_START && is_zero(&at_zero->c[s->m]))
        s->m++;
    s->k = s->m + 1;
    while (s->k < LAST_START && is_zero(&at_zero->c[s->k]))
        s->k++;
    if (has_zero(&at_zero->c[s->m]) || is_zero(&at_zero->c[s->k]))
        return false;
    to_doubles(&at_zero->c[s->m], &s->c_lo, &s->c_hi);
    return true;
}

static void try_radius(struct analysis *a, double d, struct series *s, bool *used)
{
    const int n = a->e->n;
    for (int i = 0; i < n; i++)
        used[i] = false;
    find_choices(a, d);
    mark_used(a, used);
    struct jet *at_zero = jet_new();
    const struct jet *j = jet_at(a, used, 0);
    if (j) {
        jet_copy(at_zero, j);
        j = jet_at(a, used, d);
    }
    s->radius = d;
    if (j && find_powers(s, at_zero)) {
        coefficients_of_q(s, at_zero, j);
        range_of_q(s, at_zero, j);
        s->known = is_good(s);
    }
    jet_free(at_zero);
}

void series_find(struct series *s, const struct expr *e, const double *param, bool negative)
{
    size_t n = (size_t)e->n;
    struct analysis a = {.e = e, .param = param, .negative = negative};
    bool *used = ref_calloc(n, sizeof *used);
    a.choice = ref_calloc(n, sizeof *a.choice);
    a.value = ref_calloc(n, sizeof *a.value);
    a.jet = ref_calloc(n, sizeof *a.jet);
    for (size_t i = 0; i < n; i++) {
        start(&a.value[i]);
        for (int j = 0; j <= ORDER; j++)
            start(&a.jet[i].c[j]);
    }
    *s = (struct series){.known = false};
    for (int exponent = -3; exponent >= -30 && !s->known; exponent -= 1)
        try_radius(&a, ldexp(1, exponent), s, used);
    for (size_t i = 0; i < n; i++) {
        interval_clear(&a.value[i]);
        for (int j = 0; j <= ORDER; j++)
            interval_clear(&a.jet[i].c[j]);
    }
    free(a.choice);
    free(a.value);
    free(a.jet);
    free(used);
}
