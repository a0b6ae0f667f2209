/* The interval evaluator: enclosures against MPFR at twice the precision, the facts that travel
 * with them, conditions, digits, and derivatives. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include "../ref/interval.h"
#include "tap.h"

static uint64_t seed = UINT64_C(0x1b873593cc9e2d51);

static uint64_t random64(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * UINT64_C(0x2545f4914f6cdd1d);
}

/* A random number with BITS bits, its magnitude mostly moderate. */
static void random_number(mpfr_ptr v)
{
    static const int spread[] = {4, 4, 4, 12, 60};
    mpfr_set_ui(v, random64() >> 1 | 1, MPFR_RNDN);
    int s = spread[random64() % 5];
    mpfr_mul_2si(v, v, (long)(random64() % (unsigned)(2 * s)) - s - 62, MPFR_RNDN);
    if (random64() & 1)
        mpfr_neg(v, v, MPFR_RNDN);
    switch (random64() % 24) {
    case 0:
        mpfr_set_zero(v, 1);
        break;
    case 1:
        mpfr_set_si(v, (long)(random64() % 9) - 4, MPFR_RNDN);
        break;
    case 2:
        mpfr_set_si_2exp(v, (long)(random64() % 9) - 4, -1, MPFR_RNDN);
        break;
    default:
        break;
    }
}

/* ------------------------------------------------------------------ the operators, one by one */

typedef int (*unary)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
typedef int (*binary)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

static const struct operator_row {
    enum op op;
    unary one;
    binary two;
} operator_table[] = {
    {OP_NEG, mpfr_neg, NULL},   {OP_ADD, NULL, mpfr_add},     {OP_SUB, NULL, mpfr_sub},
    {OP_MUL, NULL, mpfr_mul},   {OP_DIV, NULL, mpfr_div},     {OP_FABS, mpfr_abs, NULL},
    {OP_FMIN, NULL, mpfr_min},  {OP_FMAX, NULL, mpfr_max},    {OP_SQRT, mpfr_sqrt, NULL},
    {OP_EXP, mpfr_exp, NULL},   {OP_EXP2, mpfr_exp2, NULL},   {OP_EXPM1, mpfr_expm1, NULL},
    {OP_LOG, mpfr_log, NULL},   {OP_LOG1P, mpfr_log1p, NULL}, {OP_SIN, mpfr_sin, NULL},
    {OP_COS, mpfr_cos, NULL},   {OP_TAN, mpfr_tan, NULL},     {OP_SINH, mpfr_sinh, NULL},
    {OP_COSH, mpfr_cosh, NULL}, {OP_TANH, mpfr_tanh, NULL},   {OP_ASINH, mpfr_asinh, NULL},
    {OP_ATAN, mpfr_atan, NULL}, {OP_ERF, mpfr_erf, NULL},     {OP_ERFC, mpfr_erfc, NULL},
    {OP_POW, NULL, mpfr_pow},
};

static int apply(const struct operator_row *r, mpfr_ptr out, mpfr_srcptr a, mpfr_srcptr b)
{
    return r->one ? r->one(out, a, MPFR_RNDN) : r->two(out, a, b, MPFR_RNDN);
}

/* Is V, exact if TERNARY is 0, in the interval, and where it is known to a bit more, strictly
 * inside open ends? */
static bool holds(const struct interval *i, mpfr_srcptr v, int ternary)
{
    if (mpfr_nan_p(v))
        return i->maybe_nan;
    if (mpfr_nan_p(i->lo))
        return false;
    bool in = mpfr_cmp(i->lo, v) <= 0 && mpfr_cmp(v, i->hi) <= 0;
    if (ternary == 0 && mpfr_number_p(v))
        in &= !(i->lo_open && mpfr_equal_p(v, i->lo)) && !(i->hi_open && mpfr_equal_p(v, i->hi));
    return in && !(i->nonzero && mpfr_zero_p(v) && ternary == 0);
}

/* Whether what is undefined for MPFR may pass: 0/0 is, and x/0, which MPFR calls infinite, is for
 * us. */
static bool undefined_here(const struct operator_row *r, mpfr_srcptr a, mpfr_srcptr b)
{
    if (r->op == OP_DIV)
        return mpfr_zero_p(b);
    return r->op == OP_POW && mpfr_zero_p(a) && mpfr_sgn(b) < 0;
}

static void set_bounds(struct interval *i, mpfr_srcptr a, mpfr_srcptr b)
{
    struct interval x, y;
    interval_init(&x);
    interval_init(&y);
    interval_set_fr(&x, a);
    interval_set_fr(&y, b);
    interval_hull(i, &x, &y);
    interval_clear(&x);
    interval_clear(&y);
}

/* An interval and a point of it. */
static void random_interval(struct interval *i, mpfr_ptr inside, bool wide)
{
    mpfr_t a, b, t;
    mpfr_inits2(64, a, b, (mpfr_ptr)0);
    mpfr_init2(t, 53);
    random_number(a);
    mpfr_set(b, a, MPFR_RNDN);
    if (wide && random64() % 4)
        random_number(b);
    else if (wide)
        for (uint64_t n = random64() % 3; n > 0; n--)
            mpfr_nextabove(b);
    set_bounds(i, a, b);
    mpfr_set_d(t, (double)(random64() % 1025) / 1024, MPFR_RNDN);
    mpfr_sub(inside, i->hi, i->lo, MPFR_RNDN); /* enough bits in inside */
    mpfr_mul(inside, inside, t, MPFR_RNDN);
    mpfr_add(inside, inside, i->lo, MPFR_RNDN);
    if (mpfr_cmp(inside, i->hi) > 0)
        mpfr_set(inside, i->hi, MPFR_RNDD);
    mpfr_clears(a, b, t, (mpfr_ptr)0);
}

/* Random intervals at random precisions: the value at a point of each is in the result.  For points
 * the result is as narrow as MPFR allows. */
static void test_operator(const struct operator_row *r)
{
    unsigned long outside = 0, loose = 0, defined = 0, falsely_sure = 0;
    struct interval a, b, out;
    mpfr_t x, y, v;
    interval_init(&a);
    interval_init(&b);
    interval_init(&out);
    mpfr_inits2(400, x, y, v, (mpfr_ptr)0);
    for (int k = 0; k < 4000; k++) {
        bool wide = k % 3 != 0;
        mpfr_prec_t prec = 53 + (mpfr_prec_t)(random64() % 140);
        interval_set_prec(&out, prec);
        random_interval(&a, x, wide);
        random_interval(&b, y, wide && k % 2);
        interval_apply(&out, r->op, &a, r->two ? &b : NULL);
        mpfr_set_prec(v, 2 * prec + 200);
        int t = apply(r, v, x, y);
        if (undefined_here(r, x, y)) {
            outside += !out.maybe_nan;
            continue;
        }
        outside += !holds(&out, v, t);
        falsely_sure += interval_is_nan(&out) && !mpfr_nan_p(v);
        if (mpfr_nan_p(v))
            continue;
        defined++;
        if (!wide && mpfr_regular_p(out.lo) && mpfr_regular_p(out.hi)) {
            mpfr_set_prec(v, prec);
            mpfr_set(v, out.lo, MPFR_RNDN);
            mpfr_nextabove(v);
            loose += mpfr_cmp(out.hi, v) > 0;
        }
    }
    ok(outside == 0 && falsely_sure == 0,
       "%s: of 4000 values %lu lie outside the enclosure, %lu are called NaN", op_name(r->op),
       outside, falsely_sure);
    ok(loose == 0 && defined > 1000,
       "%s: %lu enclosures of a point are wider than a bit (%lu defined)", op_name(r->op), loose,
       defined);
    interval_clear(&a);
    interval_clear(&b);
    interval_clear(&out);
    mpfr_clears(x, y, v, (mpfr_ptr)0);
}

/* Open ends: a random interval with its ends declared open excludes them, so the result at the open
 * end must exclude the value there whenever it says so. */
static void test_open_ends(const struct operator_row *r)
{
    unsigned long lost = 0, claims = 0;
    struct interval a, b, out;
    mpfr_t x, y, v;
    interval_init(&a);
    interval_init(&b);
    interval_init(&out);
    interval_set_prec(&out, 80);
    mpfr_inits2(400, x, y, v, (mpfr_ptr)0);
    for (int k = 0; k < 4000; k++) {
        random_interval(&a, x, true);
        random_interval(&b, y, k & 1);
        if (interval_is_point(&a))
            continue;
        a.lo_open = true;
        if (mpfr_equal_p(x, a.lo))
            continue;
        a.nonzero |= mpfr_zero_p(a.lo);
        interval_apply(&out, r->op, &a, r->two ? &b : NULL);
        int t = apply(r, v, x, y);
        if (!undefined_here(r, x, y))
            lost += !holds(&out, v, t);
        claims += out.lo_open || out.hi_open;
    }
    ok(lost == 0 && claims > 400, "%s: %lu values lost by open ends (%lu results with one)",
       op_name(r->op), lost, claims);
    interval_clear(&a);
    interval_clear(&b);
    interval_clear(&out);
    mpfr_clears(x, y, v, (mpfr_ptr)0);
}

/* ------------------------------------------------------------------ formulas */

static struct function_set set;

static const struct function *formula(const char *body)
{
    char core[2000];
    struct fpcore_error err;
    function_set_clear(&set);
    snprintf(core, sizeof core, "(FPCore f (x a) :param (a 0.25) %s)", body);
    if (!fpcore_read(&set, core, strlen(core), "t", NULL, &err)) {
        printf("Bail out! %s\n", err.text);
        exit(99);
    }
    return set.function[0];
}

static void value_at(const char *body, const char *x, mpfr_prec_t prec, struct interval *out)
{
    struct evaluator *ev = evaluator_new(formula(body), NULL);
    mpfr_t v;
    mpfr_init2(v, 64);
    mpfr_set_str(v, x, 0, MPFR_RNDN);
    evaluator_at(ev, v, prec, out);
    mpfr_clear(v);
    evaluator_free(ev);
}

/* What is known of the value: as written by show(). */
static const struct {
    const char *body, *x, *expected;
} facts[] = {
    {"(exp x)", "-1e38", "(0, tiny)"},
    {"(/ 1 (+ 1 (exp (- x))))", "-1e38", "(0, tiny)"},
    {"(- (/ 1 (+ 1 (exp (- x)))))", "-1e38", "(-tiny, 0)"},
    {"(* x (exp x))", "-1e38", "(-tiny, 0)"},
    {"(/ x (+ 1 (exp (- x))))", "-1e300", "(-tiny, 0)"},
    {"(* (exp x) (exp x))", "-1e38", "(0, tiny)"},
    {"(+ (exp x) (exp (* 2 x)))", "-1e38", "(0, tiny)"},
    {"(/ (exp x) (+ 1 (exp x)))", "-1e38", "(0, tiny)"},
    {"(expm1 (exp x))", "-1e38", "(0, tiny)"},
    {"(sqrt (exp x))", "-1e38", "(0, 0x10p-2305843009213693956)"},
    {"(pow (exp x) 3)", "-1e38", "(0, tiny)"},
    {"(pow (- (exp x)) 3)", "-1e38", "(-tiny, 0)"},
    {"(sin (exp x))", "-1e38", "(0, tiny)"},
    {"(fmin (exp x) 1)", "-1e38", "(0, tiny)"},
    {"(fmax (exp x) 0)", "-1e38", "(0, tiny)"},
    {"(fmin (- (exp x)) 0)", "-1e38", "(-tiny, 0)"},
    {"(fabs (- (exp x)))", "-1e38", "(0, tiny)"},
    {"(/ 1 (exp x))", "-1e38", "(huge, inf)"},
    {"(exp x)", "1e38", "(huge, inf)"},
    {"(* (exp x) (exp (- x)))", "1e38", "(0, inf)"},
    {"(/ (exp x) (exp x))", "1e38", "(0, inf)"},
    {"(- (exp x) (exp x))", "1e38", "(-inf, inf)"},
    {"(tanh x)", "1e38", "(0x0.ffffffffffffffff, 0x1)"},
    {"(- (tanh x))", "1e38", "(-0x1, -0x0.ffffffffffffffff)"},
    {"(erf x)", "-1e38", "(-0x1, -0x0.ffffffffffffffff)"},
    {"(/ 1 (+ 1 (exp (- x))))", "1e38", "(0x0.fffffffffffffffe, 0x1)"},
    {"(cosh x)", "0x1p-300", "(0x1, 0x1.0000000000000002)"},
    {"(cos x)", "0x1p-300", "(0x0.ffffffffffffffff, 0x1)"},
    {"(/ x (+ 1 (exp (- x))))", "0x1p-300", "(0x8p-304, 0x8.000000000000001p-304)"},
    {"(+ x 0x1p-300)", "1", "(0x1, 0x1.0000000000000002)"},
    {"(- x 0x1p-300)", "1", "(0x0.ffffffffffffffff, 0x1)"},
    {"(erfc (- (/ x SQRT2)))", "0x1p10", "(0x1.fffffffffffffffe, 0x2)"},
    {"(erf (* x SQRT2))", "0x1p10", "(0x0.ffffffffffffffff, 0x1)"},
    {"(erfc (* x SQRT2))", "0x1p40", "(0, tiny)"},
    /* exact */
    {"(/ 1 (+ 1 (exp (- x))))", "0", "[0x0.8, 0x0.8]"},
    {"(* 0.375 x)", "0x1.8p-100", "[0x9p-104, 0x9p-104]"},
    {"(* x (erf x))", "0", "[0, 0]"},
    {"(- x x)", "3", "[0, 0]"},
    {"(pow x 5)", "-2", "[-0x20, -0x20]"},
    {"(pow x -2)", "-2", "[0x0.4, 0x0.4]"},
    {"(pow x 1/2)", "4", "[0x2, 0x2]"},
    {"(exp2 x)", "-3", "[0x0.2, 0x0.2]"},
    {"(log x)", "1", "[0, 0]"},
    {"(cosh x)", "0", "[0x1, 0x1]"},
    {"a", "0", "[0x0.4, 0x0.4]"},
    /* undefined, infinite */
    {"(log x)", "-1", "nan"},
    {"(log x)", "0", "[-inf, -inf]"},
    {"(log1p x)", "-1", "[-inf, -inf]"},
    {"(sqrt x)", "-1", "nan"},
    {"(pow x 1/2)", "-1", "nan"},
    {"(/ 1 x)", "0", "nan"},
    {"(pow x -1)", "0", "nan"},
    {"(* x INFINITY)", "0", "nan"},
    {"(* x INFINITY)", "-2", "[-inf, -inf]"},
    {"(+ x (- INFINITY))", "1", "[-inf, -inf]"},
    {"(- INFINITY INFINITY)", "1", "nan"},
    {"(/ x INFINITY)", "1", "[0, 0]"},
    {"(/ INFINITY (- INFINITY))", "1", "nan"},
    {"(exp (- INFINITY))", "1", "[0, 0]"},
    {"(tanh INFINITY)", "1", "[0x1, 0x1]"},
    {"(* (exp x) INFINITY)", "-1e38", "(0, inf]"},
    {"(* 2 NAN)", "1", "nan"},
    {"(log (- (exp x) 1))", "1e-300", "(-inf, -0x2b.ab13e5fca20ef14)"},
    /* choice: only the branch taken is evaluated; both where the condition is open */
    {"(log (- (exp x) (exp x)))", "1", "[-inf, -0x2a.f9a1ce04d03f778) or nan"},
    {"(if (< x 0) (log x) 1)", "0", "[0x1, 0x1]"},
    {"(if (or (> x 0) (> (log x) 0)) 1 2)", "1", "[0x1, 0x1]"},
    {"(if (and (> x 0) (> (log x) 0)) 1 2)", "-1", "[0x2, 0x2]"},
    {"(if (< (sin PI) 0) -3 5)", "0", "[-0x3, 0x5]"},
    {"(if (< (sin PI) 0) (log -1) 5)", "0", "[0x5, 0x5] or nan"},
    {"(if (< (exp x) 0) 1 2)", "-1e38", "[0x2, 0x2]"},
    {"(if (<= (exp x) 0) 1 2)", "-1e38", "[0x2, 0x2]"},
    {"(if (== (exp x) 0) 1 2)", "-1e38", "[0x2, 0x2]"},
    {"(if (< (tanh x) 1) 1 2)", "1e38", "[0x1, 0x1]"},
    {"(if (== x 3) 1 2)", "3", "[0x1, 0x1]"},
    {"(if (!= x 3) 1 2)", "3", "[0x2, 0x2]"},
    {"(if (< NAN x) 1 2)", "3", "[0x2, 0x2]"},
    {"(if (>= NAN x) 1 2)", "3", "[0x2, 0x2]"},
    {"(if (!= NAN x) 1 2)", "3", "[0x1, 0x1]"},
    {"(if (if (< x 0) (< x -1) (< x 1)) 1 2)", "0.5", "[0x1, 0x1]"},
};

static const char *show_end(mpfr_srcptr v, char *buffer)
{
    if (mpfr_inf_p(v))
        return mpfr_sgn(v) > 0 ? "inf" : "-inf";
    if (mpfr_zero_p(v))
        return "0";
    if (mpfr_get_exp(v) < mpfr_get_emin() + 4096)
        return mpfr_sgn(v) > 0 ? "tiny" : "-tiny";
    if (mpfr_get_exp(v) > mpfr_get_emax() - 4096)
        return mpfr_sgn(v) > 0 ? "huge" : "-huge";
    long e = mpfr_get_exp(v) > -8 && mpfr_get_exp(v) < 64 ? 0 : (mpfr_get_exp(v) - 4) & ~3L;
    mpfr_t scaled;
    mpfr_init2(scaled, mpfr_get_prec(v));
    mpfr_mul_2si(scaled, v, -e, MPFR_RNDN);
    mpfr_exp_t point;
    char *digits = mpfr_get_str(NULL, &point, 16, 0, scaled, MPFR_RNDN),
         *d = digits + (digits[0] == '-');
    size_t n = strlen(d);
    while (n > 1 && d[n - 1] == '0')
        d[--n] = '\0';
    int length = sprintf(buffer, "%s0x", d > digits ? "-" : "");
    if (point <= 0)
        length += sprintf(buffer + length, "0.%.*s%s", (int)-point, "0000", d);
    else if ((size_t)point >= n)
        length +=
            sprintf(buffer + length, "%s%.*s", d, (int)((size_t)point - n), "0000000000000000");
    else
        length += sprintf(buffer + length, "%.*s.%s", (int)point, d, d + point);
    if (e)
        sprintf(buffer + length, "p%ld", e);
    mpfr_free_str(digits);
    mpfr_clear(scaled);
    return buffer;
}

static void show(const struct interval *v, char *out)
{
    char lo[100], hi[100];
    if (interval_is_nan(v)) {
        strcpy(out, "nan");
        return;
    }
    sprintf(out, "%c%s, %s%c%s", v->lo_open ? '(' : '[', show_end(v->lo, lo), show_end(v->hi, hi),
            v->hi_open ? ')' : ']', v->maybe_nan ? " or nan" : "");
}

static void test_facts(void)
{
    struct interval v;
    char shown[300];
    interval_init(&v);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        value_at(facts[i].body, facts[i].x, 64, &v);
        show(&v, shown);
        ok(strcmp(shown, facts[i].expected) == 0, "%s at %s is in %s", facts[i].body, facts[i].x,
           shown);
    }
    value_at("(- (sin x) (sin x))", "1", 64, &v);
    ok(!v.nonzero && mpfr_sgn(v.lo) <= 0 && mpfr_sgn(v.hi) >= 0,
       "a difference of equals is not called nonzero");
    value_at("(* (if (< (sin PI) 0) -3 5) (exp x))", "-1e38", 64, &v);
    ok(v.nonzero && mpfr_sgn(v.lo) < 0 && mpfr_sgn(v.hi) > 0,
       "-3 or 5 times exp is nonzero, of unknown sign");
    interval_clear(&v);
}

/* Ends and infinities in the products, quotients and powers of intervals, which points do not
 * reach. */
static void test_infinite_intervals(void)
{
    struct interval tiny, huge, v;
    char shown[300];
    interval_init(&tiny);
    interval_init(&huge);
    interval_init(&v);
    value_at("(exp x)", "-1e38", 64, &tiny);
    value_at("(exp x)", "1e38", 64, &huge);
    tiny.lo_open = tiny.nonzero = false;
    interval_apply(&v, OP_MUL, &tiny, &huge);
    show(&v, shown);
    ok(strcmp(shown, "[0, inf)") == 0, "[0, tiny] * [huge, inf) is %s", shown);
    huge.hi_open = false;
    interval_apply(&v, OP_MUL, &tiny, &huge);
    show(&v, shown);
    ok(strcmp(shown, "[0, inf] or nan") == 0, "[0, tiny] * [huge, inf] is %s", shown);
    interval_apply(&v, OP_DIV, &huge, &tiny);
    show(&v, shown);
    ok(v.maybe_nan && mpfr_inf_p(v.hi), "[huge, inf] / [0, tiny] is %s", shown);
    interval_clear(&tiny);
    interval_clear(&huge);
    interval_clear(&v);
}

/* Any precision in any order, more of them than there is room to keep. */
static void test_precisions(void)
{
    struct evaluator *ev = evaluator_new(formula("(* a (/ PI (+ 1 (exp (- x)))))"), NULL);
    struct interval v;
    mpfr_t x, exact;
    interval_init(&v);
    mpfr_init2(x, 53);
    mpfr_init2(exact, 2000);
    unsigned long wrong = 0;
    for (int k = 0; k < 400; k++) {
        random_number(x);
        mpfr_prec_t prec = 24 + (mpfr_prec_t)(random64() % 40) * 16;
        evaluator_at(ev, x, prec, &v);
        mpfr_neg(exact, x, MPFR_RNDN);
        mpfr_exp(exact, exact, MPFR_RNDN);
        mpfr_add_ui(exact, exact, 1, MPFR_RNDN);
        mpfr_t pi;
        mpfr_init2(pi, 2000);
        mpfr_const_pi(pi, MPFR_RNDN);
        mpfr_div(exact, pi, exact, MPFR_RNDN);
        mpfr_div_2ui(exact, exact, 2, MPFR_RNDN);
        mpfr_clear(pi);
        mpfr_t width;
        mpfr_init2(width, 64);
        mpfr_sub(width, v.hi, v.lo, MPFR_RNDU);
        mpfr_div(width, width, exact, MPFR_RNDU);
        wrong += !holds(&v, exact, 1) || mpfr_get_prec(v.lo) != prec;
        if (prec >= 72 && mpfr_get_exp(x) < 8) /* x is exact, and its exponential moderate */
            wrong += mpfr_cmp_d(width, ldexp(16, -(int)prec)) > 0;
        mpfr_clear(width);
    }
    ok(wrong == 0, "40 precisions in random order: %lu of 400 enclosures wrong or wide", wrong);
    interval_clear(&v);
    mpfr_clears(x, exact, (mpfr_ptr)0);
    evaluator_free(ev);
}

/* 2^90 operations when written out: each node is evaluated once, or this does not end. */
static void test_sharing(void)
{
    char body[8000], *p = body + sprintf(body, "(let* (");
    for (int i = 0; i < 90; i++)
        p += sprintf(p, "[x (* (+ x x) 0.5)] ");
    sprintf(p, ") x)");
    struct interval v;
    interval_init(&v);
    alarm(60);
    value_at(body, "0x1.8p-100", 64, &v);
    alarm(0);
    ok(mpfr_cmp_d(v.lo, 0x1.8p-100) == 0 && interval_is_point(&v),
       "shared nodes are evaluated once");
    interval_clear(&v);
}

static void test_constants(void)
{
    static const struct {
        enum constant c;
        const char *digits;
    } row[] = {
        {CONST_E, "2.71828182845904523536028747135266249775724709"},
        {CONST_LOG2E, "1.44269504088896340735992468100189213742664595"},
        {CONST_LOG10E, "0.434294481903251827651128918916605082294397006"},
        {CONST_LN2, "0.693147180559945309417232121458176568075500134"},
        {CONST_LN10, "2.30258509299404568401799145468436420760110149"},
        {CONST_PI, "3.14159265358979323846264338327950288419716940"},
        {CONST_PI_2, "1.57079632679489661923132169163975144209858470"},
        {CONST_PI_4, "0.785398163397448309615660845819875721049292350"},
        {CONST_1_PI, "0.318309886183790671537767526745028724068919292"},
        {CONST_2_PI, "0.636619772367581343075535053490057448137838583"},
        {CONST_2_SQRTPI, "1.12837916709551257389615890312154517168810126"},
        {CONST_SQRT2, "1.41421356237309504880168872420969807856967188"},
        {CONST_SQRT1_2, "0.707106781186547524400844362104849039284835938"},
    };
    struct interval v;
    mpfr_t exact;
    interval_init(&v);
    interval_set_prec(&v, 113);
    mpfr_init2(exact, 140);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        interval_set_constant(&v, row[i].c);
        mpfr_set_str(exact, row[i].digits, 10, MPFR_RNDN);
        bool in = holds(&v, exact, 1);
        mpfr_sub(exact, v.hi, v.lo, MPFR_RNDU);
        mpfr_div(exact, exact, v.lo, MPFR_RNDU);
        ok(in && mpfr_cmp_d(exact, 0x1p-110) < 0 && v.nonzero, "%s is %s", constant_name(row[i].c),
           row[i].digits);
    }
    interval_clear(&v);
    mpfr_clear(exact);
}

/* ------------------------------------------------------------------ digits */

static const struct {
    const char *body, *x;
    int digits;
    const char *expected;
} decimal[] = {
    {"(/ 1 (+ 1 (exp (- x))))", "-89", 8, "2.2273636e-39"},
    {"(/ 1 (+ 1 (exp (- x))))", "0", 20, "0.5"},
    {"(/ 1 (+ 1 (exp (- x))))", "-1e38", 20, "0 (positive, below 1e-1388255822130839282)"},
    {"(- (exp x))", "-1e38", 20, "0 (negative, above -1e-1388255822130839282)"},
    {"(exp x)", "1e38", 20, "above 1e1388255822130839282"},
    {"(- (exp x))", "1e38", 20, "below -1e1388255822130839282"},
    {"(exp x)", "1", 50, "2.7182818284590452353602874713526624977572470937000"},
    {"(tanh x)", "1e38", 6, "1.00000"},
    {"(tanh x)", "1e-30", 6, "1.00000e-30"},
    {"x", "0.0001220703125", 20, "0.0001220703125"},
    {"x", "-0.00001", 3, "-1.00e-5"},
    {"x", "1e6", 3, "1000000"},
    {"x", "1234567", 3, "1.23e6"},
    {"x", "1e22", 3, "1e22"},
    {"(+ x 1/3)", "12", 5, "12.333"},
    {"(* x PI)", "-1000", 3, "-3.14e3"},
    {"x", "0", 5, "0"},
    {"(log x)", "0", 5, "-inf"},
    {"(- (log x))", "0", 5, "inf"},
    {"(log x)", "-1", 5, "nan"},
    {"x", "0.125", 2, "0.12"}, /* ties go to even */
    {"x", "0.375", 2, "0.38"},
    {"(+ x (exp -3000))", "0.125", 2, "0.13"},
    {"(- x (exp -3000))", "0.375", 2, "0.37"},
    {"(+ x (* 1e-4000 (- (sin PI) (sin PI))))", "0.125", 2, "~0.12"},
    {"(- (exp x) (exp x))", "1", 5, "~0"},
    {"(log (- (exp x) (exp x)))", "1", 5, "~?"},
};

static void test_digits(void)
{
    mpfr_t x;
    mpfr_init2(x, 53);
    for (size_t i = 0; i < sizeof decimal / sizeof decimal[0]; i++) {
        struct evaluator *ev = evaluator_new(formula(decimal[i].body), NULL);
        mpfr_set_str(x, decimal[i].x, 0, MPFR_RNDN);
        char *text = evaluator_digits(ev, x, decimal[i].digits);
        ok(strcmp(text, decimal[i].expected) == 0, "%s at %s to %d digits is %s", decimal[i].body,
           decimal[i].x, decimal[i].digits, text);
        free(text);
        evaluator_free(ev);
    }
    mpfr_clear(x);
}

/* ------------------------------------------------------------------ derivatives */

static const struct {
    const char *body, *derivative;
} derivatives[] = {
    {"(* x (* x x))", "(* 3 (* x x))"},
    {"(/ (+ 1 x) (- x 7))", "(/ -8 (* (- x 7) (- x 7)))"},
    {"(- (neg x))", "1"},
    {"(fabs (- x 1/3))", "(if (< x 1/3) -1 1)"},
    {"(sqrt (+ 1 (* x x)))", "(/ x (sqrt (+ 1 (* x x))))"},
    {"(exp (* 3 x))", "(* 3 (exp (* 3 x)))"},
    {"(exp2 x)", "(* LN2 (exp2 x))"},
    {"(expm1 (- x))", "(- (exp (- x)))"},
    {"(log (+ 1 (* x x)))", "(/ (* 2 x) (+ 1 (* x x)))"},
    {"(log1p (exp x))", "(/ 1 (+ 1 (exp (- x))))"},
    {"(sin (* 2 x))", "(* 2 (cos (* 2 x)))"},
    {"(cos x)", "(- (sin x))"},
    {"(tan x)", "(+ 1 (* (tan x) (tan x)))"},
    {"(sinh x)", "(cosh x)"},
    {"(cosh x)", "(sinh x)"},
    {"(tanh x)", "(- 1 (* (tanh x) (tanh x)))"},
    {"(asinh x)", "(/ 1 (sqrt (+ 1 (* x x))))"},
    {"(atan x)", "(/ 1 (+ 1 (* x x)))"},
    {"(erf x)", "(* M_2_SQRTPI (exp (- (* x x))))"},
    {"(erfc x)", "(* (- M_2_SQRTPI) (exp (- (* x x))))"},
    {"(pow x 3)", "(* 3 (* x x))"},
    {"(pow x -1)", "(/ -1 (* x x))"},
    {"(pow (exp x) 1/3)", "(/ (exp (/ x 3)) 3)"},
    {"(pow 2 x)", "(* LN2 (exp2 x))"},
    {"(pow (exp x) x)", "(* (* 2 x) (exp (* x x)))"},
    {"(fmin x (* 2 x))", "(if (< x 0) 2 1)"},
    {"(fmax x (* 2 x))", "(if (< x 0) 1 2)"},
    {"(if (< x 0) (* a x) (* x x))", "(if (< x 0) a (* 2 x))"},
};

static void test_derivatives(void)
{
    struct interval d, v;
    mpfr_t x, width;
    interval_init(&d);
    interval_init(&v);
    mpfr_init2(x, 53);
    mpfr_init2(width, 64);
    for (size_t i = 0; i < sizeof derivatives / sizeof derivatives[0]; i++) {
        struct evaluator *ev = evaluator_new(formula(derivatives[i].body), NULL), *expected;
        struct function_set first = set;
        set = (struct function_set){0};
        expected = evaluator_new(formula(derivatives[i].derivative), NULL);
        unsigned long wrong = 0, wide = 0;
        for (int k = 0; k < 500; k++) {
            mpfr_set_d(x, (double)((int64_t)random64() >> 20) * 0x1p-40, MPFR_RNDN); /* -8 .. 8 */
            evaluator_derivative_at(ev, x, 120, &d);
            evaluator_at(expected, x, 300, &v);
            wrong += interval_is_nan(&d) || mpfr_cmp(d.lo, v.hi) > 0 || mpfr_cmp(v.lo, d.hi) > 0;
            mpfr_sub(width, d.hi, d.lo, MPFR_RNDU);
            wide += !mpfr_zero_p(width) &&
                    (mpfr_zero_p(v.lo) || mpfr_get_exp(width) > mpfr_get_exp(v.lo) - 60);
        }
        ok(wrong == 0 && wide == 0, "the derivative of %s: of 500, %lu wrong, %lu wide",
           derivatives[i].body, wrong, wide);
        evaluator_free(ev);
        evaluator_free(expected);
        function_set_clear(&set);
        set = first;
    }
    static const struct {
        const char *body, *x;
        double lo, hi;
    } kink[] = {
        {"(fabs x)", "0", -1, 1},
        {"(fmax x 0)", "0", 0, 1},
        {"(fmin x (* 3 x))", "0", 1, 3},
        {"(if (> x 0) x (* a x))", "0", 0.25, 1},
        {"(if (<= x 3) 1 (if (< x 5) x 7))", "3", 0, 1},
        {"(if (and (> x 0) (< x 6)) x 0)", "6", 0, 1},
        {"(if (not (> x 0)) 0 x)", "0", 0, 1},
    };
    for (size_t i = 0; i < sizeof kink / sizeof kink[0]; i++) {
        struct evaluator *ev = evaluator_new(formula(kink[i].body), NULL);
        mpfr_set_str(x, kink[i].x, 0, MPFR_RNDN);
        evaluator_derivative_at(ev, x, 64, &d);
        ok(mpfr_cmp_d(d.lo, kink[i].lo) == 0 && mpfr_cmp_d(d.hi, kink[i].hi) == 0,
           "at its kink the derivative of %s is between %g and %g", kink[i].body,
           mpfr_get_d(d.lo, MPFR_RNDN), mpfr_get_d(d.hi, MPFR_RNDN));
        evaluator_free(ev);
    }
    interval_clear(&d);
    interval_clear(&v);
    mpfr_clears(x, width, (mpfr_ptr)0);
}

static void test_conditions(void)
{
    static const struct {
        const char *condition, *x;
        int expected;
    } row[] = {
        {"(< x 1)", "0.5", 1},
        {"(< x 1)", "1", 0},
        {"(< -1 x 1)", "-1", 0},
        {"(<= -1 x 1)", "1", 1},
        {"(!= x 1 2)", "2", 0},
        {"(!= x 1 2)", "3", 1},
        {"(== (sin PI) 0)", "0", -1},
        {"(and (== (sin PI) 0) (< x 0))", "0", 0},
        {"(or (== (sin PI) 0) (< x 0))", "-1", 1},
        {"(or (== (sin PI) 0) (< x 0))", "0", -1},
        {"(not (< x 0))", "0", 1},
        {"(not (== (sin PI) 0))", "0", -1},
        {"(< (exp x) (exp (+ x 1e-30)))", "0", 1},
        {"(> (log x) 0)", "-1", 0},
        {"(if (== (sin PI) 0) (< x 1) (< x 2))", "0", 1},
        {"FALSE", "0", 0},
    };
    mpfr_t x;
    mpfr_init2(x, 53);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char body[200];
        snprintf(body, sizeof body, ":pre %s x", row[i].condition);
        const struct function *f = formula(body);
        struct evaluator *ev = evaluator_new_expr(f, f->pre, NULL);
        mpfr_set_str(x, row[i].x, 0, MPFR_RNDN);
        int got = evaluator_bool_at(ev, x, 256);
        ok(got == row[i].expected, "%s at %s is %d", row[i].condition, row[i].x, got);
        evaluator_free(ev);
    }
    mpfr_clear(x);
}

int main(void)
{
    printf("# seed 0x%016" PRIx64 "\n", seed);
    mpfr_set_emin(mpfr_get_emin_min());
    mpfr_set_emax(mpfr_get_emax_max());
    for (size_t i = 0; i < sizeof operator_table / sizeof operator_table[0]; i++) {
        test_operator(&operator_table[i]);
        test_open_ends(&operator_table[i]);
    }
    test_facts();
    test_infinite_intervals();
    test_sharing();
    test_constants();
    test_precisions();
    test_conditions();
    test_digits();
    test_derivatives();
    function_set_clear(&set);
    mpfr_free_cache();
    return done_testing();
}
