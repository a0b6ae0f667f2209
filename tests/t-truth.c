/* The judge is judged: what is due, the ulp, and the error of a result, against exact rational
 * arithmetic and at every edge of the formats; and what a function declares about limits, zeros,
 * kinks, ranges and pieces. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <gmp.h>
#include "../ref/truth.h"
#include "tap.h"

static uint64_t seed = UINT64_C(0x6a09e667f3bcc909);

static uint64_t random64(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * UINT64_C(0x2545f4914f6cdd1d);
}

static struct function_set set;
static struct oracle *oracle;

/* The oracle of a formula with properties. */
static struct oracle *ask_core(const char *arguments, const char *rest, enum format compute)
{
    static char core[40000];
    struct fpcore_error err;
    oracle_free(oracle);
    oracle = NULL;
    function_set_clear(&set);
    snprintf(core, sizeof core, "(FPCore f %s %s)", arguments, rest);
    if (!fpcore_read(&set, core, strlen(core), "t", NULL, &err)) {
        printf("Bail out! %s\n", err.text);
        exit(99);
    }
    return oracle = oracle_new(set.function[0], compute, NULL);
}

static struct oracle *ask(const char *rest)
{
    return ask_core("(x)", rest, FORMAT_F32);
}

static void done(void)
{
    oracle_free(oracle);
    oracle = NULL;
    function_set_clear(&set);
}

static uint64_t pattern(enum format f, double v)
{
    return format_from_double(f, v);
}

static struct truth truth_of(enum format f, double x)
{
    struct truth t;
    truth_at(oracle, f, pattern(f, x), f, MPFR_RNDN, &t);
    return t;
}

/* ------------------------------------------------------------------ exact arithmetic to compare
 * with */

static void exact_value(mpq_t q, enum format f, uint64_t bits)
{
    mpq_set_d(q, format_to_double(f, bits));
}

static void power_of_two(mpq_t q, long e)
{
    mpq_set_ui(q, 1, 1);
    if (e >= 0)
        mpq_mul_2exp(q, q, (mp_bitcnt_t)e);
    else
        mpq_div_2exp(q, q, (mp_bitcnt_t)-e);
}

/* The exponent of ulp(z), from the definition, by trying exponents. */
static long exact_ulp_exponent(enum format f, const mpq_t z)
{
    const struct format_info *i = &format_info[f];
    mpq_t a, p;
    mpq_inits(a, p, NULL);
    mpq_abs(a, z);
    long e = i->emax;
    for (power_of_two(p, e); e > i->emin && mpq_cmp(a, p) < 0; e--)
        mpq_div_2exp(p, p, 1);
    mpq_clears(a, p, NULL);
    return e - i->p + 1;
}

static uint64_t exact_due(enum format f, const mpq_t z, mpfr_rnd_t rnd)
{
    mpq_t v, next, a;
    mpq_inits(v, next, a, NULL);
    mpq_abs(a, z);
    bool negative = mpq_sgn(z) < 0;
    uint64_t lo = 0, hi = format_max(f);
    while (lo < hi) {
        uint64_t middle = lo + (hi - lo + 1) / 2;
        exact_value(v, f, middle);
        if (mpq_cmp(v, a) <= 0)
            lo = middle;
        else
            hi = middle - 1;
    }
    exact_value(v, f, lo);
    bool exact = mpq_equal(v, a);
    if (lo == format_max(f))
        power_of_two(next, format_info[f].emax + 1);
    else
        exact_value(next, f, lo + 1);
    mpq_add(v, v, next);
    mpq_div_2exp(v, v, 1);
    int half = mpq_cmp(a, v);
    bool up = rnd == MPFR_RNDN ? half > 0 || (half == 0 && (lo & 1))
                               : rnd != MPFR_RNDZ && !exact && (rnd == MPFR_RNDD) == negative;
    mpq_clears(v, next, a, NULL);
    return (negative ? format_sign_bit(f) : 0) | (lo + up);
}

/* |y - z| / ulp(z) */
static void exact_error(mpq_t out, enum format f, const mpq_t z, uint64_t y)
{
    mpq_t ulp;
    mpq_init(ulp);
    exact_value(out, f, y);
    mpq_sub(out, out, z);
    mpq_abs(out, out);
    power_of_two(ulp, exact_ulp_exponent(f, z));
    mpq_div(out, out, ulp);
    mpq_clear(ulp);
}

static bool encloses(double lo, double hi, const mpq_t v)
{
    mpq_t q;
    mpq_init(q);
    bool in = true;
    if (isfinite(lo)) {
        mpq_set_d(q, lo);
        in &= mpq_cmp(q, v) <= 0;
    }
    if (isfinite(hi)) {
        mpq_set_d(q, hi);
        in &= mpq_cmp(v, q) <= 0;
    }
    mpq_clear(q);
    return in && lo <= hi && lo < INFINITY && !isnan(lo) && !isnan(hi);
}

/* A rational z as an FPCore formula: numerator and denominator are given as a quotient of products
 * with a power of two, so that no rounding happens while it is evaluated at enough bits. */
static struct oracle *ask_rational(const mpq_t z)
{
    char *text = mpq_get_str(NULL, 10, z);
    char body[36000];
    snprintf(body, sizeof body, "%s", text);
    void (*release)(void *, size_t);
    mp_get_memory_functions(NULL, NULL, &release);
    release(text, strlen(text) + 1);
    return ask(body);
}

/* Random z near and between numbers of the format, and results near and far. */
static void random_z(mpq_t z, enum format f)
{
    uint64_t bits = random64() % (format_max(f) + 1);
    switch (random64() % 6) {
    case 0:
        bits = random64() % (2 * format_min_normal(f));
        break;
    case 1:
        bits = (random64() % 254 + 1) * format_min_normal(f) % format_inf(f); /* a power of 2 */
        break;
    case 2:
        bits = format_max(f) - random64() % 3;
        break;
    default:
        break;
    }
    mpq_t step;
    mpq_init(step);
    exact_value(z, f, bits);
    if (bits == format_max(f))
        power_of_two(step, format_info[f].emax - format_info[f].p + 1);
    else
        exact_value(step, f, bits + 1), mpq_sub(step, step, z);
    static const long sixteenths[] = {-8, -4, -1, 0, 0, 1, 3, 8, 8, 11, 16};
    mpq_t part;
    mpq_init(part);
    mpq_set_si(part, sixteenths[random64() % 11], 16);
    mpq_canonicalize(part);
    if (random64() % 3 == 0) { /* a crumb beside it */
        mpq_t crumb;
        mpq_init(crumb);
        mpq_set_si(crumb, random64() & 1 ? 1 : -1, 1);
        mpq_div_2exp(crumb, crumb, 20 + random64() % 80);
        mpq_add(part, part, crumb);
        mpq_clear(crumb);
    }
    mpq_mul(part, part, step);
    mpq_add(z, z, part);
    if (random64() & 1)
        mpq_neg(z, z);
    mpq_clears(step, part, NULL);
}

/* The results the judge is asked about: due, its neighbours, others, of both signs. */
static uint64_t random_y(enum format f, uint64_t due)
{
    int64_t max = format_ordinal(f, format_max(f)), o = format_ordinal(f, due);
    switch (random64() % 4) {
    case 0:
        return due;
    case 1:
        o += (int64_t)(random64() % 7) - 3;
        break;
    case 2:
        o = (int64_t)(random64() % (uint64_t)max) * (random64() & 1 ? 1 : -1);
        break;
    default:
        o = -1 - o + (int64_t)(random64() % 3);
        break;
    }
    o = o > max ? max : o < -1 - max ? -1 - max : o;
    return format_from_ordinal(f, o);
}

static const mpfr_rnd_t direction[] = {MPFR_RNDN, MPFR_RNDZ, MPFR_RNDU, MPFR_RNDD};

static void test_random(enum format f)
{
    unsigned long due = 0, unit = 0, offset = 0, error = 0, wide = 0, flags = 0, ties = 0,
                  judged = 0;
    mpq_t z, e, twice;
    mpq_inits(z, e, twice, NULL);
    for (int k = 0; k < 700; k++) {
        struct truth t;
        random_z(z, f);
        if (mpq_sgn(z) == 0)
            continue;
        ask_rational(z);
        mpfr_rnd_t rnd = direction[random64() % 4];
        truth_at(oracle, f, 0, f, rnd, &t);
        uint64_t expected = exact_due(f, z, rnd), nearest = exact_due(f, z, MPFR_RNDN);
        due += t.kind != TRUTH_FINITE || t.due != expected || t.zero;
        unit += t.ulp_exponent != exact_ulp_exponent(f, z);
        bool overflow = format_is_inf(f, nearest);
        nearest -= overflow;
        due += t.nearest != nearest;
        exact_value(e, f, nearest);
        mpq_sub(e, z, e);
        power_of_two(twice, -t.ulp_exponent);
        mpq_mul(e, e, twice);
        offset += !encloses(t.offset_lo, t.offset_hi, e) || !encloses(t.lo, t.hi, z);
        mpq_abs(e, e);
        mpq_mul_2exp(e, e, 1);
        bool tie = mpq_cmp_ui(e, 1, 1) == 0;
        ties += tie;
        flags += tie != t.tie;
        for (int j = 0; j < 6; j++) {
            uint64_t y = random_y(f, t.due);
            struct judgement g = truth_judge(&t, f, y);
            if (format_is_inf(f, y)) {
                flags += g.verdict != (overflow ? VERDICT_NUMBER : VERDICT_INF) && y != t.due;
                continue;
            }
            judged++;
            exact_error(e, f, z, y);
            error += g.verdict != VERDICT_NUMBER || !encloses(g.lo, g.hi, e);
            wide += g.hi - g.lo > 0x1p-29 * fmax(1, g.lo) && g.hi < DBL_MAX;
            flags += g.correct != (y == expected);
            flags += g.sign_wrong != (format_is_negative(f, y) != (mpq_sgn(z) < 0));
        }
    }
    const char *name = format_info[f].name;
    ok(due == 0 && unit == 0, "%s: of 700 truths, %lu due and %lu units are wrong", name, due,
       unit);
    ok(offset == 0 && ties > 20, "%s: %lu enclosures of the offset or value are wrong (%lu ties)",
       name, offset, ties);
    ok(error == 0 && wide == 0, "%s: of %lu errors, %lu are not enclosed, %lu are wide", name,
       judged, error, wide);
    ok(flags == 0, "%s: %lu of correct, sign_wrong, tie and verdict are wrong", name, flags);
    mpq_clears(z, e, twice, NULL);
}

/* ------------------------------------------------------------------ edges, one by one */

/* z as an FPCore expression, the result as a double of the format, the expected error; the error of
 * the other neighbour follows from the definition too. */
static const struct edge {
    const char *what, *z;
    enum format f;
    double y;
    double lo, hi; /* bounds on the error, exact where equal */
    bool correct, sign_wrong;
} edges[] = {
    {"exact", "1", FORMAT_F32, 1, 0, 0, true, false},
    {"the number below a power of 2, where it is exact", "1", FORMAT_F32, 1 - 0x1p-24, 0.5, 0.5,
     false, false},
    {"the number above it", "1", FORMAT_F32, 1 + 0x1p-23, 1, 1, false, false},
    {"just below a power of 2 the ulp is half", "(- 1 1e-9)", FORMAT_F32, 1, 0.0167, 0.0168, true,
     false},
    {"and the number below is nearly an ulp off", "(- 1 1e-9)", FORMAT_F32, 1 - 0x1p-24, 0.983,
     0.984, false, false},
    {"tanh(10): saturated one step early", "(tanh 10)", FORMAT_F32, 1 - 0x1p-24, 0.930, 0.931,
     false, false},
    {"tanh(1e38): the same, below 1 by less than any precision", "(tanh 1e38)", FORMAT_F32,
     1 - 0x1p-24, 1 - 0x1p-29, 1, false, false},
    {"and 1 is right", "(tanh 1e38)", FORMAT_F32, 1, 0, 0x1p-29, true, false},
    {"in f64 too", "(tanh 1e308)", FORMAT_F64, 1 - 0x1p-53, 1 - 0x1p-29, 1, false, false},
    {"above 1, as no sharp interval shows at first", "(* (exp 1e-30) (exp -1e-31))", FORMAT_F32,
     1 - 0x1p-24, 0.5, 0.5000001, false, false},
    {"just above a power of 2", "(+ 1 0x0.4p-23)", FORMAT_F32, 1 - 0x1p-24, 0.75, 0.75, false,
     false},
    {"1 + 0.4 ulp, got the number below 1", "(+ 1 (* 0.4 0x1p-23))", FORMAT_F32, 1 - 0x1p-24,
     0.8999999, 0.9000001, false, false},
    {"sigmoid(-104), got the smallest subnormal", "(/ 1 (+ 1 (exp 104)))", FORMAT_F32, 0x1p-149,
     0.51376, 0.51377, false, false},
    {"and 0", "(/ 1 (+ 1 (exp 104)))", FORMAT_F32, 0.0, 0.48623, 0.48624, true, false},
    {"and -0", "(/ 1 (+ 1 (exp 104)))", FORMAT_F32, -0.0, 0.48623, 0.48624, false, true},
    {"silu(-90), got -0", "(/ -90 (+ 1 (exp 90)))", FORMAT_F32, -0.0, 1.25e7, 1.35e7, false, false},
    {"silu(-90), got 0", "(/ -90 (+ 1 (exp 90)))", FORMAT_F32, 0.0, 1.25e7, 1.35e7, false, true},
    {"exp(88.73), got the largest", "(exp 88.73)", FORMAT_F32, 0x1.fffffep127, 1.205e5, 1.206e5,
     false, false},
    {"exp(88.73), got infinity, as is due", "(exp 88.73)", FORMAT_F32, INFINITY, 0, 0, true, false},
    {"a tie below a power of 2", "(- 1 0x1p-25)", FORMAT_F32, 1, 0.5, 0.5, true, false},
    {"rounded to odd it is as near but not correct", "(- 1 0x1p-25)", FORMAT_F32, 1 - 0x1p-24, 0.5,
     0.5, false, false},
    {"a tie above a power of 2", "(+ 1 0x1p-24)", FORMAT_F32, 1, 0.5, 0.5, true, false},
    {"and its odd neighbour", "(+ 1 0x1p-24)", FORMAT_F32, 1 + 0x1p-23, 0.5, 0.5, false, false},
    {"a crumb above that tie, the odd one is due", "(+ (+ 1 0x1p-24) 1e-300)", FORMAT_F32,
     1 + 0x1p-23, 0.4999999, 0.5, true, false},
    {"a crumb below the smallest rounding to 1", "(- (- 1 0x1p-25) (exp -5000))", FORMAT_F32, 1,
     0.5, 0.500001, false, false},
    {"the largest subnormal", "(- 0x1p-126 0x1p-149)", FORMAT_F32, 0x1p-126, 1, 1, false, false},
    {"the smallest normal", "0x1p-126", FORMAT_F32, 0x1p-126 - 0x1p-149, 1, 1, false, false},
    {"below it the ulp stays", "(* 0x1p-127 0.9)", FORMAT_F32, 0.0, 3774873.5, 3774873.7, false,
     false},
    {"half the smallest subnormal is a tie, to 0", "0x1p-150", FORMAT_F32, 0.0, 0.5, 0.5, true,
     false},
    {"and up is not correct", "0x1p-150", FORMAT_F32, 0x1p-149, 0.5, 0.5, false, false},
    {"a crumb more, and up is due", "(+ 0x1p-150 1e-3000)", FORMAT_F32, 0x1p-149, 0.4999999, 0.5,
     true, false},
    {"far below every subnormal, -0 is due", "(- (exp -1e30))", FORMAT_F32, -0.0, 0, 0x1p-1000,
     true, false},
    {"and 0 has lost its sign", "(- (exp -1e30))", FORMAT_F32, 0.0, 0, 0x1p-1000, false, true},
    {"and the smallest subnormal is an ulp off", "(- (exp -1e30))", FORMAT_F32, -0x1p-149,
     1 - 0x1p-50, 1, false, false},
    {"half an ulp below the threshold of overflow", "(- 0x1p128 0x1p104)", FORMAT_F32,
     0x1.fffffep127, 0, 0, true, false},
    {"the threshold itself: infinity is due", "(- 0x1p128 0x1p103)", FORMAT_F32, INFINITY, 0, 0,
     true, false},
    {"and the largest number is measured", "(- 0x1p128 0x1p103)", FORMAT_F32, 0x1.fffffep127, 0.5,
     0.5, false, false},
    {"a crumb below the threshold the largest number is due", "(- (- 0x1p128 0x1p103) 1e-30)",
     FORMAT_F32, 0x1.fffffep127, 0.4999999, 0.5, true, false},
    {"beyond the format, a finite number is measured", "0x1p130", FORMAT_F32, 0x1.fffffep127,
     0x1.8000008p25, 0x1.8000008p25, false, false},
    {"of the wrong sign too", "0x1p130", FORMAT_F32, -0x1p127, 0x1.2p26, 0x1.2p26, false, true},
    {"and an infinity is right", "(- 0x1p130)", FORMAT_F32, -INFINITY, 0, 0, true, false},
    {"beyond MPFR, infinity is due", "(exp 1e30)", FORMAT_F32, INFINITY, 0, 0, true, false},
    {"and a number is off without bound", "(exp 1e30)", FORMAT_F32, 1, DBL_MAX, INFINITY, false,
     false},
    {"f16: below 1", "(- 1 1e-6)", FORMAT_F16, 1 - 0x1p-11, 0.9979, 0.998, false, false},
    {"f16: its subnormals", "0x1.8p-24", FORMAT_F16, 0x1p-24, 0.5, 0.5, false, false},
    {"f16: tie to even", "0x1.8p-24", FORMAT_F16, 0x1p-23, 0.5, 0.5, true, false},
    {"f16: overflow", "65520", FORMAT_F16, INFINITY, 0, 0, true, false},
    {"f16: not yet", "65519", FORMAT_F16, 65504, 0.46875, 0.46875, true, false},
    {"bf16: a step below 1", "1", FORMAT_BF16, 1 - 0x1p-8, 0.5, 0.5, false, false},
    {"bf16: its subnormals", "0x1.4p-133", FORMAT_BF16, 0x1p-133, 0.25, 0.25, true, false},
    {"f64: the smallest", "0x1p-1075", FORMAT_F64, 0x1p-1074, 0.5, 0.5, false, false},
    {"f64: overflow", "(- 0x1p1024 0x1p970)", FORMAT_F64, INFINITY, 0, 0, true, false},
    {"f64: the largest", "(- 0x1p1024 0x1p970)", FORMAT_F64, DBL_MAX, 0.5, 0.5, false, false},
    {"f64: as wrong as can be", "0x1p-1074", FORMAT_F64, -DBL_MAX, DBL_MAX, INFINITY, false, true},
    {"0", "0", FORMAT_F32, 0.0, 0, 0, true, false},
    {"0, where -0 is accepted too", "0", FORMAT_F32, -0.0, 0, 0, true, false},
    {"0, measured in smallest subnormals", "0", FORMAT_F32, -0x1p-147, 4, 4, false, false},
};

static void test_edges(void)
{
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        const struct edge *e = &edges[i];
        ask(e->z);
        struct truth t = truth_of(e->f, 0.5);
        struct judgement g = truth_judge(&t, e->f, pattern(e->f, e->y));
        ok(g.verdict == VERDICT_NUMBER && g.lo >= e->lo && g.hi <= e->hi && g.lo <= g.hi &&
               g.correct == e->correct && g.sign_wrong == e->sign_wrong,
           "%s: %s, got %g: error %.10g..%.10g%s%s", e->what, e->z, e->y, g.lo, g.hi,
           g.correct ? ", correctly rounded" : "", g.sign_wrong ? ", wrong sign" : "");
    }
}

/* Results that are no numbers, or truths. */
static const struct {
    const char *what, *z;
    enum format f;
    double y;
    enum verdict verdict;
    bool correct;
    double lo, hi;
} classes[] = {
    {"an infinity where a number is due", "(exp 88.72)", FORMAT_F32, INFINITY, VERDICT_INF, false,
     4.75e4, 4.85e4},
    {"of the wrong sign", "(exp 88.72)", FORMAT_F32, -INFINITY, VERDICT_INF, false, 3.34e7, 3.36e7},
    {"of the wrong sign where an infinity is due", "(exp 89)", FORMAT_F32, -INFINITY, VERDICT_INF,
     false, 3.5e7, 4e7},
    {"in f16", "1", FORMAT_F16, INFINITY, VERDICT_INF, false, 65535.0 * 1024, 65535.0 * 1024},
    {"in f64 it is at least the largest number", "1", FORMAT_F64, INFINITY, VERDICT_INF, false, 0,
     INFINITY},
    {"NaN where a number is due", "1", FORMAT_F32, NAN, VERDICT_NAN, false, 0, 0},
    {"NaN where 0 is due", "0", FORMAT_F32, NAN, VERDICT_NAN, false, 0, 0},
    {"NaN where an infinity is due", "(exp 89)", FORMAT_F32, NAN, VERDICT_NAN, false, 0, 0},
    {"NaN where it is due", "(log -1)", FORMAT_F32, NAN, VERDICT_ACCEPTED, true, 0, 0},
    {"a number where NaN is due", "(log -1)", FORMAT_F32, 0, VERDICT_NOT_NAN, false, 0, 0},
    {"an infinity where NaN is due", "(log -1)", FORMAT_F32, INFINITY, VERDICT_NOT_NAN, false, 0,
     0},
    {"an infinity that is the value", "(log 0)", FORMAT_F32, -INFINITY, VERDICT_ACCEPTED, true, 0,
     0},
    {"the other infinity", "(log 0)", FORMAT_F32, INFINITY, VERDICT_INF, false, 0, INFINITY},
    {"a number where the value is infinite", "(log 0)", FORMAT_F32, -FLT_MAX, VERDICT_NOT_INF,
     false, 0, INFINITY},
    {"NaN where the value is infinite", "(log 0)", FORMAT_F32, NAN, VERDICT_NAN, false, 0,
     INFINITY},
};

static void test_classes(void)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        ask(classes[i].z);
        struct truth t = truth_of(classes[i].f, 0.5);
        struct judgement g = truth_judge(&t, classes[i].f, pattern(classes[i].f, classes[i].y));
        ok(g.verdict == classes[i].verdict && g.correct == classes[i].correct &&
               g.lo >= classes[i].lo && g.hi <= classes[i].hi,
           "%s: %s, got %g: verdict %d, error %g..%g", classes[i].what, classes[i].z, classes[i].y,
           g.verdict, g.lo, g.hi);
    }
    ask("x");
    struct truth t = truth_of(FORMAT_F32, NAN);
    ok(t.kind == TRUTH_NAN && truth_judge(&t, FORMAT_F32, 0xffc12345).correct,
       "NaN gives NaN, of any payload");
    ask("(log (- (exp 1) (exp 1)))");
    t = truth_of(FORMAT_F32, 0);
    struct judgement g = truth_judge(&t, FORMAT_F32, 0);
    ok(t.kind == TRUTH_UNSETTLED && !g.correct && g.lo == 0 && g.hi == INFINITY,
       "what cannot be settled is called so");
    ask("(+ 0x1.000001p0 (- (exp 1) (exp 1)))");
    t = truth_of(FORMAT_F32, 0);
    g = truth_judge(&t, FORMAT_F32, pattern(FORMAT_F32, 1));
    ok(t.kind == TRUTH_UNSETTLED && !g.correct && g.hi >= 0.5 && g.hi < 0.500001 &&
           t.lo <= 0x1.000001p0 && t.hi >= 0x1.000001p0,
       "and its error is still bounded, by %g", g.hi);
}

/* ------------------------------------------------------------------ rounding directions */

static void test_directions(void)
{
    static const struct {
        const char *z;
        double due[4]; /* to nearest, to zero, up, down */
    } row[] = {
        {"(+ 1 1e-30)", {1, 1, 1 + 0x1p-23, 1}},
        {"(- 1 1e-30)", {1, 1 - 0x1p-24, 1, 1 - 0x1p-24}},
        {"(- (tanh 1e38))", {-1, -1 + 0x1p-24, -1 + 0x1p-24, -1}},
        {"(exp -1e30)", {0, 0, 0x1p-149, 0}},
        {"(- (exp -1e30))", {-0.0, -0.0, -0.0, -0x1p-149}},
        {"(exp 1e30)", {INFINITY, FLT_MAX, INFINITY, FLT_MAX}},
        {"(- (exp 1e30))", {-INFINITY, -FLT_MAX, -FLT_MAX, -INFINITY}},
        {"(- 0x1p128 0x1.8p103)", {FLT_MAX, FLT_MAX, INFINITY, FLT_MAX}},
        {"0x1p-150", {0, 0, 0x1p-149, 0}},
        {"1.5", {1.5, 1.5, 1.5, 1.5}},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        for (int r = 0; r < 4; r++) {
            struct truth t;
            ask(row[i].z);
            truth_at(oracle, FORMAT_F32, 0, FORMAT_F32, direction[r], &t);
            uint64_t due = pattern(FORMAT_F32, row[i].due[r]);
            struct judgement g = truth_judge(&t, FORMAT_F32, due);
            ok(t.due == due && g.correct && g.verdict == VERDICT_NUMBER && !g.sign_wrong,
               "%s %s is %g", row[i].z, mpfr_print_rnd_mode(direction[r]),
               format_to_double(FORMAT_F32, t.due));
        }
    struct truth t;
    ask("(- 0x1p128 0x1p103)");
    truth_at(oracle, FORMAT_F32, 0, FORMAT_F32, MPFR_RNDZ, &t);
    struct judgement g = truth_judge(&t, FORMAT_F32, pattern(FORMAT_F32, INFINITY));
    ok(g.verdict == VERDICT_NUMBER && !g.correct && g.hi == 0,
       "at the threshold infinity has error 0 in every direction, but is correctly rounded only in "
       "some");
}

/* ------------------------------------------------------------------ what a function declares */

static struct judgement judge(enum format f, double x, double y)
{
    struct truth t = truth_of(f, x);
    return truth_judge(&t, f, pattern(f, y));
}

static void test_limits(void)
{
    ask(":limits ((one-of +0 -0) 1) (/ x x)");
    ok(judge(FORMAT_F32, -INFINITY, 0.0).correct && judge(FORMAT_F32, -INFINITY, -0.0).correct,
       "both zeros where both are declared");
    ok(judge(FORMAT_F32, -INFINITY, 1e-30).verdict == VERDICT_WRONG_LIMIT &&
           judge(FORMAT_F32, -INFINITY, NAN).verdict == VERDICT_NAN &&
           judge(FORMAT_F32, -INFINITY, INFINITY).verdict == VERDICT_INF,
       "and nothing else");
    ok(judge(FORMAT_F32, INFINITY, 1).correct &&
           judge(FORMAT_F32, INFINITY, 1 - 0x1p-24).verdict == VERDICT_WRONG_LIMIT,
       "a limit that is a number is met exactly");
    ask(":limits (+0 0) x");
    struct judgement g = judge(FORMAT_F32, -INFINITY, -0.0);
    ok(!g.correct && g.sign_wrong && g.verdict == VERDICT_NUMBER, "-0 is not +0");
    ok(judge(FORMAT_F32, INFINITY, -0.0).correct && judge(FORMAT_F32, INFINITY, 0.0).correct,
       "but 0 is either");
    ask(":limits ((- (* PI 2)) INFINITY) x");
    g = judge(FORMAT_F32, -INFINITY, (float)-6.283185307179586);
    ok(g.correct && g.verdict == VERDICT_NUMBER,
       "a limit that is no number of the format is rounded");
    g = judge(FORMAT_F32, -INFINITY, -6.28318500518798828125);
    ok(!g.correct && g.verdict == VERDICT_NUMBER && g.lo > 0.5 && g.hi < 1,
       "and an error there is measured: %g", g.lo);
    ok(judge(FORMAT_F32, INFINITY, INFINITY).correct &&
           judge(FORMAT_F32, INFINITY, FLT_MAX).verdict == VERDICT_NOT_INF,
       "an infinite limit is met by infinity alone");
    ask_core("(x a)", ":param (a 2) :limits ((one-of NAN (- INFINITY)) (* a (- INFINITY))) x",
             FORMAT_F32);
    ok(judge(FORMAT_F32, -INFINITY, NAN).correct &&
           judge(FORMAT_F32, -INFINITY, -INFINITY).correct &&
           judge(FORMAT_F32, INFINITY, -INFINITY).correct &&
           !judge(FORMAT_F32, INFINITY, INFINITY).correct,
       "NaN, infinities, and expressions in the parameters");
    ask("x");
    ok(truth_of(FORMAT_F32, INFINITY).kind == TRUTH_UNJUDGED &&
           judge(FORMAT_F32, INFINITY, NAN).correct,
       "without :limits infinity is not judged");
}

static void test_zeros(void)
{
    static const struct {
        const char *property;
        bool plus_at_minus, minus_at_minus, plus_at_plus, minus_at_plus;
    } row[] = {
        {"", true, true, true, true},
        {":zero both", true, true, true, true},
        {":zero positive", true, false, true, false},
        {":zero negative", false, true, false, true},
        {":zero sign-of-x", false, true, true, false},
        {":symmetry odd", false, true, true, false},
        {":symmetry odd :zero both", true, true, true, true},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char core[100];
        snprintf(core, sizeof core, "%s (sin x)", row[i].property);
        ask(core);
        ok(judge(FORMAT_F32, -0.0, 0.0).correct == row[i].plus_at_minus &&
               judge(FORMAT_F32, -0.0, -0.0).correct == row[i].minus_at_minus &&
               judge(FORMAT_F32, 0.0, 0.0).correct == row[i].plus_at_plus &&
               judge(FORMAT_F32, 0.0, -0.0).correct == row[i].minus_at_plus,
           "zeros of sin with '%s'", row[i].property);
        struct judgement g = judge(FORMAT_F32, -0.0, 0.0);
        ok(g.sign_wrong == !row[i].plus_at_minus && g.verdict == VERDICT_NUMBER && g.hi == 0,
           "where a zero is wrong its sign is, not its value");
    }
}

static void test_kinks(void)
{
    ask(":accept ((0 0 1/2 1) (1/3 7) (PI 7) (2 INFINITY NAN -0)) (if (> x 0) 1 0)");
    ok(judge(FORMAT_F32, 0, 0).correct && judge(FORMAT_F32, 0, -0.0).correct &&
           judge(FORMAT_F32, 0, 0.5).correct && judge(FORMAT_F32, -0.0, 1).correct &&
           judge(FORMAT_F32, -0.0, 1).hi == 0,
       "at the kink each declared value is right");
    ok(!judge(FORMAT_F32, 0, 0.25).correct && judge(FORMAT_F32, 0, 0.25).lo > 1e44,
       "and others are not");
    ok(!judge(FORMAT_F32, 0x1p-149, 0.5).correct && !judge(FORMAT_F32, -0x1p-149, 1).correct,
       "nor are they beside it");
    ok(!judge(FORMAT_F32, 0x1.555556p-2, 7).correct && !judge(FORMAT_F64, M_PI, 7).correct,
       "a point that is no number of the format is nowhere");
    ok(judge(FORMAT_F32, 2, INFINITY).correct && judge(FORMAT_F32, 2, NAN).correct &&
           judge(FORMAT_F32, 2, -0.0).correct && !judge(FORMAT_F32, 2, 0.0).correct,
       "infinity, NaN and one zero can be declared");
    ask_core("(x a)", ":param (a 0.1) :accept ((a a)) x", FORMAT_F32);
    ok(judge(FORMAT_F32, 0.1f, 0.1f).correct && !judge(FORMAT_F64, 0.1, 0.1f).correct,
       "a point that follows a parameter follows it as rounded");
}

static void test_domain(void)
{
    ask(":pre (< 0 x 5) (log x)");
    ok(truth_of(FORMAT_F32, -1).kind == TRUTH_UNJUDGED &&
           truth_of(FORMAT_F32, 0).kind == TRUTH_UNJUDGED &&
           truth_of(FORMAT_F32, 5).kind == TRUTH_UNJUDGED &&
           truth_of(FORMAT_F32, 4).kind == TRUTH_FINITE && judge(FORMAT_F32, -1, 12).correct,
       "outside :pre nothing is judged");
    ask(":pre (or (== (- (exp 1) (exp 1)) 0) (< x 0)) x");
    ok(truth_of(FORMAT_F32, 1).kind == TRUTH_UNJUDGED &&
           truth_of(FORMAT_F32, -1).kind == TRUTH_FINITE,
       "nor where :pre cannot be settled");
}

static void test_params(void)
{
    ask_core("(x a b)", ":param (a 0.01 b 1/3) (+ (* a x) b)", FORMAT_BF16);
    ok(oracle_params(oracle)[0] == 0.01f && oracle_params(oracle)[1] == 1.0f / 3.0f,
       "for bf16 parameters are rounded to f32: %a, %a", oracle_params(oracle)[0],
       oracle_params(oracle)[1]);
    ok(judge(FORMAT_F64, 1, 0.01f + (double)(1.0f / 3.0f)).correct,
       "and the truth knows them as rounded");
    ask_core("(x a b)", ":param (a 0.01 b 1/3) (+ (* a x) b)", FORMAT_F64);
    ok(oracle_params(oracle)[0] == 0.01 && oracle_params(oracle)[1] == 1.0 / 3.0, "for f64 to f64");
    struct oracle *o = oracle_new(set.function[0], FORMAT_F16, (double[]){NAN, 0.7});
    ok(oracle_params(o)[0] == 0.01f && oracle_params(o)[1] == 0.7f &&
           oracle_function(o) == set.function[0],
       "a parameter given replaces the default, NaN keeps it");
    struct interval v;
    mpfr_t zero;
    interval_init(&v);
    mpfr_init_set_ui(zero, 0, MPFR_RNDN);
    evaluator_at(oracle_evaluator(o), zero, 64, &v);
    ok(mpfr_cmp_d(v.lo, 0.7f) == 0 && mpfr_cmp_d(v.hi, 0.7f) == 0, "the evaluator has it too");
    mpfr_clear(zero);
    interval_clear(&v);
    oracle_free(o);
}

static void test_shape(void)
{
    double lo, hi;
    ask(":range ((- (/ PI 2)) INFINITY) :monotone (decreasing -1.5 increasing SQRT2 decreasing) x");
    bool has = oracle_range(oracle, FORMAT_F32, &lo, &hi);
    ok(has && lo == -1.57079637050628662109375 && hi == INFINITY, "the range in f32 is [%a, %a]",
       lo, hi);
    has = oracle_range(oracle, FORMAT_BF16, &lo, &hi);
    ok(has && lo == -1.5703125, "in bf16 from %a", lo);
    enum shape shape = SHAPE_UNKNOWN;
    ok(oracle_piece(oracle, -INFINITY, &shape) == 0 && shape == SHAPE_DECREASING &&
           oracle_piece(oracle, nextafter(-1.5, -2), &shape) == 0 &&
           oracle_piece(oracle, -1.5, &shape) == -1 &&
           oracle_piece(oracle, nextafter(-1.5, 0), &shape) == 1 && shape == SHAPE_INCREASING &&
           oracle_piece(oracle, M_SQRT2 + 0x1p-52, &shape) == 2 && shape == SHAPE_DECREASING &&
           oracle_piece(oracle, M_SQRT2 - 0x1p-52, &shape) == 1 &&
           oracle_piece(oracle, INFINITY, &shape) == 2 && oracle_piece(oracle, NAN, &shape) == -1,
       "the pieces and their ends");
    ask(":monotone increasing x");
    ok(oracle_piece(oracle, 3, &shape) == 0 && shape == SHAPE_INCREASING &&
           !oracle_range(oracle, FORMAT_F32, &lo, &hi),
       "one piece, no range");
    ask(":breakpoints (-1 (/ 1 3) 7 INFINITY) x");
    double b[3];
    ok(oracle_piece(oracle, 3, &shape) == -1 && oracle_breakpoints(oracle, b, 3) == 3 &&
           b[0] == -1 && b[1] == 1.0 / 3 && b[2] == 7 && oracle_breakpoints(oracle, b, 1) == 1,
       "breakpoints, as many as there is room for");
}

/* ------------------------------------------------------------------ the built-in functions */

static struct oracle *builtin(const char *id, enum format compute)
{
    done();
    return oracle = oracle_new(function_find(fpcore_builtin(), id), compute, NULL);
}

/* alpha as f32 is 5368709 * 2^-29.  With an odd m, m 2^e alpha is a tie if the product has 25 bits,
 * that is for m = 5, in 247 binades; or fewer, for m = 1 and 3, where its last bit is half the
 * smallest subnormal. */
static void test_leaky_ties(void)
{
    builtin("leaky_relu", FORMAT_F32);
    int ties = 0, odd = 0;
    for (int m = 1; m < 64; m += 2)
        for (int e = -149; e < 128; e++) {
            double x = -ldexp(m, e);
            if (-x > FLT_MAX)
                continue;
            struct truth t = truth_of(FORMAT_F32, x);
            ties += t.tie;
            odd += t.tie && (t.due & 1);
        }
    ok(ties == 247 + 2 && odd == 0, "leaky_relu has %d ties in f32, %d of them rounded to odd",
       ties, odd);
}

/* Every value of 16 bits and a sample of the others is settled, at a price that a sweep can pay. */
static void test_builtin(void)
{
    const struct function_set *b = fpcore_builtin();
    for (int i = 0; i < b->n; i++) {
        unsigned long unsettled = 0, n = 0;
        builtin(b->function[i]->id, FORMAT_F32);
        for (int f = 0; f < FORMAT_COUNT; f++) {
            uint64_t count = f == FORMAT_F64 ? 300 : 1500;
            for (uint64_t k = 0; k < count; k++, n++) {
                struct truth t;
                uint64_t x = random64() >> (64 - format_info[f].bits);
                truth_at(oracle, (enum format)f, x, (enum format)f, MPFR_RNDN, &t);
                unsettled += t.kind == TRUTH_UNSETTLED;
                unsettled +=
                    t.kind == TRUTH_FINITE && !truth_judge(&t, (enum format)f, t.due).correct;
            }
        }
        ok(unsettled == 0, "%s: of %lu truths %lu are not settled", b->function[i]->id, n,
           unsettled);
        unsettled = n = 0;
        for (int e = -149; e < 128;
             e++) /* where a function is x (1 - crumb) its binade hangs on the crumb */
            for (int sign = -1; sign <= 1; sign += 2, n++)
                unsettled += truth_of(FORMAT_F32, ldexp(sign, e)).kind == TRUTH_UNSETTLED;
        ok(unsettled == 0, "%s: of %lu truths at powers of 2 %lu are not settled",
           b->function[i]->id, n, unsettled);
    }
    builtin("sigmoid", FORMAT_F32);
    struct truth t = truth_of(FORMAT_F32, -89);
    ok(format_to_double(FORMAT_F32, t.due) == (float)2.2273635617957437392e-39 &&
           judge(FORMAT_F32, -89, 0).lo > 1e6,
       "sigmoid(-89) is %g, and 0 is %g ulp off", format_to_double(FORMAT_F32, t.due),
       judge(FORMAT_F32, -89, 0).lo);
    ok(judge(FORMAT_F32, INFINITY, 1).correct && judge(FORMAT_F32, -INFINITY, 0).correct &&
           !judge(FORMAT_F32, -INFINITY, -0.0).correct && judge(FORMAT_F32, NAN, NAN).correct,
       "sigmoid at infinities and NaN");
    builtin("relu", FORMAT_F32);
    ok(judge(FORMAT_F32, -0.0, -0.0).correct && judge(FORMAT_F32, -0.0, 0.0).correct &&
           judge(FORMAT_F32, -1, -0.0).correct,
       "relu: both zeros");
    builtin("tanh", FORMAT_F32);
    ok(judge(FORMAT_F32, -0.0, -0.0).correct && !judge(FORMAT_F32, -0.0, 0.0).correct &&
           judge(FORMAT_F32, -INFINITY, -1).correct,
       "tanh keeps the sign of zero");
    builtin("relu_grad", FORMAT_F32);
    ok(judge(FORMAT_F32, 0, 0).correct && judge(FORMAT_F32, 0, 0.5).correct &&
           judge(FORMAT_F32, 0, 1).correct && !judge(FORMAT_F32, 0, 0.75).correct &&
           !judge(FORMAT_F32, 1e-30, 0.5).correct,
       "relu_grad: 0, 1/2 and 1 at the kink");
    builtin("leaky_relu_grad", FORMAT_F32);
    ok(judge(FORMAT_F32, 0, 0.01f).correct && judge(FORMAT_F32, -0.0, 1).correct &&
           !judge(FORMAT_F32, 0, 0).correct,
       "leaky_relu_grad: alpha or 1 at the kink");
}

int main(void)
{
    printf("# seed 0x%016" PRIx64 "\n", seed);
    test_edges();
    test_classes();
    test_directions();
    for (int f = 0; f < FORMAT_COUNT; f++)
        test_random((enum format)f);
    test_limits();
    test_zeros();
    test_kinks();
    test_domain();
    test_params();
    test_shape();
    test_leaky_ties();
    test_builtin();
    done();
    mpfr_free_cache();
    return done_testing();
}
