/* The fast reference decides as MPFR would: its arithmetic, its elementary functions near the ends
 * of their intervals, its roundings at ties and edges, and whole formulas, on every ISA of this
 * machine.
 *
 * To add an operator: a row in `elementary' (if it is a function) and a formula in `formulas'. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "../ref/block.h"
#include "../ref/block_lanes.h"
#include "../ref/block_zero.h"
#include "tap.h"

static uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

static uint64_t random64(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * UINT64_C(0x2545f4914f6cdd1d);
}

static double uniform(double lo, double hi)
{
    return lo + (hi - lo) * ((double)(random64() >> 11) * 0x1p-53);
}

/* A double of any sign with a binary exponent in [LEAST, MOST]. */
static double any_double(int least, int most)
{
    double m = uniform(1, 2);
    int e = least + (int)(random64() % (unsigned)(most - least + 1));
    return ldexp(random64() & 1 ? m : -m, e);
}

static const char *const isa_names[] = {"avx512", "avx2", "generic"};
enum { ISAS = sizeof isa_names / sizeof *isa_names };

/* The inner loops called NAME, or NULL where they do not run. */
static const struct lane_isa *isa_called(const char *name)
{
    return block_lanes_isa(name);
}

/* ---- One vector of lanes ---- */

enum { LANES = 8 };

struct vector {
    double lo[LANES], hi[LANES];
};

static struct lanes lanes_of(struct vector *v)
{
    return (struct lanes){v->lo, v->hi};
}

static void run_step(const struct lane_isa *isa, enum lane_op op, struct vector *r,
                     struct vector *a, struct vector *b)
{
    struct step s = {.op = op, .r = lanes_of(r), .a = lanes_of(a), .b = lanes_of(b)};
    isa->step[op](&s, LANES);
}

/* Does [LO, HI], both ends open unless they are equal, hold a value?  V is the value if T is 0,
 * else the value rounded down. */
static bool holds(double lo, double hi, mpfr_ptr v, int t)
{
    if (isnan(lo) || isnan(hi))
        return true;
    if (lo == hi)
        return t == 0 && mpfr_cmp_d(v, lo) == 0;
    if (t == 0)
        return mpfr_cmp_d(v, lo) > 0 && mpfr_cmp_d(v, hi) < 0;
    bool above = mpfr_cmp_d(v, lo) >= 0;
    mpfr_nextabove(v);
    return above && mpfr_cmp_d(v, hi) <= 0;
}

/* ---- Arithmetic ---- */

typedef int (*binary)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

static int square_root(mpfr_ptr r, mpfr_srcptr a, mpfr_srcptr b, mpfr_rnd_t rnd)
{
    (void)b;
    return mpfr_sqrt(r, a, rnd);
}

static const struct arithmetic {
    const char *name;
    enum lane_op op;
    binary f;
    bool positive_a, positive_b;
} arithmetic[] = {
    {"add", LANE_ADD, mpfr_add, false, false},
    {"sub", LANE_SUB, mpfr_sub, false, false},
    {"mul", LANE_MUL, mpfr_mul, false, false},
    {"mul by a positive", LANE_MUL_NONNEGATIVE, mpfr_mul, true, false},
    {"div", LANE_DIV, mpfr_div, false, false},
    {"div by a positive", LANE_DIV_POSITIVE, mpfr_div, false, true},
    {"min", LANE_MIN, mpfr_min, false, false},
    {"max", LANE_MAX, mpfr_max, false, false},
    {"sqrt", LANE_SQRT, square_root, true, false},
};
enum { ARITHMETIC = sizeof arithmetic / sizeof *arithmetic };

/* Numbers that are awkward, or of few bits so that results are often exact, or anything. */
static double awkward(void)
{
    static const double hard[] = {0,
                                  -0.0,
                                  1,
                                  -1,
                                  3,
                                  0x1p-1074,
                                  -0x1p-1074,
                                  DBL_MIN,
                                  DBL_MAX,
                                  -DBL_MAX,
                                  0x1.fffffffffffffp-1022,
                                  0x1.0000000000001p0,
                                  0x1.fffffffffffffp-1,
                                  0x1p-600,
                                  0x1p600};
    switch (random64() % 4) {
    case 0:
        return hard[random64() % (sizeof hard / sizeof *hard)];
    case 1:
        return (double)((int)(random64() % 64) - 32) / 8;
    case 2:
        return any_double(-20, 20);
    default:
        return any_double(-1074, 1023);
    }
}

/* For two points: the directed roundings exactly, but for one double where underflow hides the
 * error. */
static bool point_result(const struct arithmetic *o, double x, double y, double lo, double hi)
{
    mpfr_t a, b, r;
    mpfr_init2(a, 53);
    mpfr_init2(b, 53);
    mpfr_init2(r, 53);
    mpfr_set_d(a, x, MPFR_RNDN);
    mpfr_set_d(b, y, MPFR_RNDN);
    mpfr_set_emin(-1073);
    mpfr_set_emax(1024);
    mpfr_subnormalize(r, o->f(r, a, b, MPFR_RNDD), MPFR_RNDD);
    double dn = mpfr_get_d(r, MPFR_RNDD);
    mpfr_subnormalize(r, o->f(r, a, b, MPFR_RNDU), MPFR_RNDU);
    double up = mpfr_get_d(r, MPFR_RNDU);
    mpfr_set_emin(mpfr_get_emin_min());
    mpfr_set_emax(mpfr_get_emax_max());
    mpfr_clears(a, b, r, (mpfr_ptr)0);
    if (isnan(dn) || isinf(dn) == 1 || isinf(up) == -1 || (o->f == mpfr_div && y == 0))
        return true; /* undefined, or an overflow past an infinite end */
    bool hidden = fabs(dn) < 0x1p-900 || fabs(x) < 0x1p-900 || fabs(y) < 0x1p-900;
    bool huge = fabs(x) > 0x1p990 || fabs(y) > 0x1p990 || fabs(up) > 0x1p990;
    if (hidden || huge)
        return lo <= dn && hi >= up && lo >= nextafter(nextafter(dn, -INFINITY), -INFINITY) &&
               hi <= nextafter(nextafter(up, INFINITY), INFINITY) && !(dn >= 0 && lo < 0) &&
               !(up <= 0 && hi > 0);
    return lo == dn && hi == up;
}

static void test_points(const struct lane_isa *isa)
{
    for (int k = 0; k < ARITHMETIC; k++) {
        const struct arithmetic *o = &arithmetic[k];
        double bad[4] = {0};
        int failures = 0;
        for (int i = 0; i < 4000; i++) {
            struct vector a, b, r;
            for (int j = 0; j < LANES; j++) {
                a.lo[j] = awkward();
                b.lo[j] = awkward();
                if (o->positive_a)
                    a.lo[j] = fabs(a.lo[j]) + 0x1p-1074;
                if (o->positive_b)
                    b.lo[j] = fabs(b.lo[j]) + 0x1p-1074;
                a.hi[j] = a.lo[j];
                b.hi[j] = b.lo[j];
            }
            run_step(isa, o->op, &r, &a, &b);
            for (int j = 0; j < LANES; j++)
                if (!point_result(o, a.lo[j], b.lo[j], r.lo[j], r.hi[j]) && !failures++)
                    memcpy(bad, (double[]){a.lo[j], b.lo[j], r.lo[j], r.hi[j]}, sizeof bad);
        }
        ok(failures == 0, "%s: %s of points rounds down and up (%d wrong; %a, %a gave [%a, %a])",
           isa->name, o->name, failures, bad[0], bad[1], bad[2], bad[3]);
    }
}

/* A random enclosure around a random value: a point, a crumb wide, or wide; ends may be infinite.
 */
static void random_enclosure(double v, double *lo, double *hi)
{
    *lo = *hi = v;
    switch (random64() % 5) {
    case 0:
        break;
    case 1:
        *lo = nextafter(v, -INFINITY);
        *hi = nextafter(v, INFINITY);
        break;
    case 2:
        *lo = v - fabs(v) * uniform(0x1p-52, 0x1p-10) - 0x1p-1074;
        *hi = v + fabs(v) * uniform(0x1p-52, 0x1p-10) + 0x1p-1074;
        break;
    case 3:
        *lo = fmin(awkward(), nextafter(v, -INFINITY));
        *hi = fmax(awkward(), nextafter(v, INFINITY));
        break;
    default:
        *lo = random64() % 2 ? -INFINITY : v > 0 ? 0 : nextafter(v, -INFINITY);
        *hi = random64() % 2 ? INFINITY : v < 0 ? 0 : nextafter(v, INFINITY);
    }
}

/* A value strictly inside (LO, HI), or the point: V, an end but for a crumb, or something between.
 */
static void inside(mpfr_ptr out, double v, double lo, double hi)
{
    mpfr_set_d(out, v, MPFR_RNDN);
    int which = (int)(random64() % 3);
    if (lo == hi || which == 2 || !isfinite(which ? hi : lo))
        return;
    mpfr_set_d(out, which ? hi : lo, MPFR_RNDN);
    if (mpfr_zero_p(out))
        mpfr_set_si_2exp(out, which ? -1 : 1, -3000, MPFR_RNDN);
    else if (which)
        mpfr_nextbelow(out);
    else
        mpfr_nextabove(out);
}

static void test_enclosures(const struct lane_isa *isa)
{
    mpfr_t x, y, z; /* sums are exact in z */
    mpfr_inits2(120, x, y, (mpfr_ptr)0);
    mpfr_init2(z, 8192);
    for (int k = 0; k < ARITHMETIC; k++) {
        const struct arithmetic *o = &arithmetic[k];
        int failures = 0;
        char text[200] = "";
        for (int i = 0; i < 4000; i++) {
            struct vector a, b, r;
            double va[LANES], vb[LANES];
            for (int j = 0; j < LANES; j++) {
                va[j] = o->positive_a ? fabs(awkward()) + 0x1p-1074 : awkward();
                vb[j] = o->positive_b ? fabs(awkward()) + 0x1p-1074 : awkward();
                random_enclosure(va[j], &a.lo[j], &a.hi[j]);
                random_enclosure(vb[j], &b.lo[j], &b.hi[j]);
                if (o->positive_a)
                    a.lo[j] = fmax(a.lo[j], 0);
                if (o->positive_b)
                    b.lo[j] = fmax(b.lo[j], 0);
            }
            run_step(isa, o->op, &r, &a, &b);
            for (int j = 0; j < LANES; j++) {
                inside(x, va[j], a.lo[j], a.hi[j]);
                inside(y, vb[j], b.lo[j], b.hi[j]);
                int t = o->f(z, x, y, MPFR_RNDD);
                if (mpfr_number_p(z) && !holds(r.lo[j], r.hi[j], z, t) && !failures++)
                    mpfr_snprintf(text, sizeof text, "(%a, %a), (%a, %a) gave (%a, %a) for %.20Rg",
                                  a.lo[j], a.hi[j], b.lo[j], b.hi[j], r.lo[j], r.hi[j], z);
            }
        }
        ok(failures == 0, "%s: %s of enclosures is one (%d wrong: %s)", isa->name, o->name,
           failures, text);
    }
    mpfr_clears(x, y, z, (mpfr_ptr)0);
}

/* ---- Comparisons and choice ---- */

static void run_step3(const struct lane_isa *isa, enum lane_op op, struct vector *r,
                      struct vector *a, struct vector *b, struct vector *c)
{
    struct step s = {
        .op = op, .r = lanes_of(r), .a = lanes_of(a), .b = lanes_of(b), .c = lanes_of(c)};
    isa->step[op](&s, LANES);
}

static const struct comparison {
    const char *name;
    enum lane_op op;
    int (*f)(mpfr_srcptr, mpfr_srcptr);
} comparisons[] = {
    {"<", LANE_LT, mpfr_less_p}, {"<=", LANE_LE, mpfr_lessequal_p}, {"==", LANE_EQ, mpfr_equal_p}};

static void test_comparisons(const struct lane_isa *isa)
{
    mpfr_t x, y;
    mpfr_inits2(120, x, y, (mpfr_ptr)0);
    for (int k = 0; k < 3; k++) {
        int wrong = 0, known = 0;
        for (int i = 0; i < 8000; i++) {
            struct vector a, b, r;
            double va[LANES], vb[LANES];
            for (int j = 0; j < LANES; j++) {
                va[j] = awkward();
                vb[j] = random64() % 2 ? va[j] : awkward();
                random_enclosure(va[j], &a.lo[j], &a.hi[j]);
                random_enclosure(vb[j], &b.lo[j], &b.hi[j]);
            }
            run_step(isa, comparisons[k].op, &r, &a, &b);
            for (int j = 0; j < LANES; j++) {
                inside(x, va[j], a.lo[j], a.hi[j]);
                inside(y, vb[j], b.lo[j], b.hi[j]);
                int truth = comparisons[k].f(x, y) != 0;
                wrong += truth < r.lo[j] || truth > r.hi[j];
                bool points = a.lo[j] == a.hi[j] && b.lo[j] == b.hi[j];
                wrong += points && r.lo[j] != r.hi[j];
                known += r.lo[j] == r.hi[j];
            }
        }
        ok(wrong == 0 && known > 10000, "%s: %s of enclosures: %d known, %d wrong", isa->name,
           comparisons[k].name, known, wrong);
    }
    mpfr_clears(x, y, (mpfr_ptr)0);
}

/* A value of the branch that is taken, or of either where the condition is not known. */
static void test_choice(const struct lane_isa *isa)
{
    int wrong = 0;
    mpfr_t v;
    mpfr_init2(v, 120);
    for (int i = 0; i < 8000; i++) {
        struct vector c, a, b, r;
        double va[LANES], vb[LANES];
        for (int j = 0; j < LANES; j++) {
            va[j] = awkward();
            vb[j] = random64() % 4 ? awkward() : va[j];
            random_enclosure(va[j], &a.lo[j], &a.hi[j]);
            random_enclosure(vb[j], &b.lo[j], &b.hi[j]);
            c.lo[j] = random64() % 2;
            c.hi[j] = random64() % 2 ? 1 : c.lo[j];
        }
        run_step3(isa, LANE_IF, &r, &c, &a, &b);
        for (int j = 0; j < LANES; j++) {
            bool first = c.hi[j] != 0 && (c.lo[j] != 0 || random64() % 2);
            if (first)
                inside(v, va[j], a.lo[j], a.hi[j]);
            else
                inside(v, vb[j], b.lo[j], b.hi[j]);
            wrong += !holds(r.lo[j], r.hi[j], v, 0);
        }
    }
    mpfr_clear(v);
    ok(wrong == 0, "%s: if: %d wrong", isa->name, wrong);
}

/* ---- Elementary functions ---- */

typedef int (*unary)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

/* Where FROM and TO are the ends of the interval on which the bound is relative. */
static const struct elementary {
    const char *name;
    enum lane_op op;
    unary f;
    int points; /* for MPFR takes its time */
    double from, to, hard[6];
} elementary[] = {
    {"exp",
     LANE_EXP,
     mpfr_exp,
     60000,
     -700,
     700,
     {0.34657359, -0.34657359, 1.0397, 88.72, -103.97, 0}},
    {"exp2", LANE_EXP2, mpfr_exp2, 60000, -1000, 1000, {0.5, -0.5, 1.5, 128, -149, -150}},
    {"expm1",
     LANE_EXPM1,
     mpfr_expm1,
     60000,
     -40,
     700,
     {0.34657359, -0.34657359, 1.0397, -1.0397, 0, 0}},
    {"log", LANE_LOG, mpfr_log, 60000, 0x1p-1000, 0x1p1000, {1, 0.70710678, 1.41421356, 2, 0.5, 4}},
    {"log1p",
     LANE_LOG1P,
     mpfr_log1p,
     60000,
     -1,
     0x1p1000,
     {-0.29289322, 0.41421356, -0.5, 1, 0, -1}},
    {"sinh", LANE_SINH, mpfr_sinh, 30000, -700, 700, {0.34657359, 1.0397, 22, 0, 0, 0}},
    {"cosh", LANE_COSH, mpfr_cosh, 30000, -700, 700, {0.34657359, 1.0397, 22, 0, 0, 0}},
    {"tanh", LANE_TANH, mpfr_tanh, 60000, -20, 20, {0.1732868, 0.51986, 9.01, -9.01, 18.7, 19.1}},
    {"erf", LANE_ERF, mpfr_erf, 12000, -6, 6, {0.5, -0.5, 0.625, 1, 3.9, 5.9}},
    {"erfc", LANE_ERFC, mpfr_erfc, 12000, -6, 26, {0.5, -0.5, 8, 9.99, 10.1, 16}},
};
enum { ELEMENTARY = sizeof elementary / sizeof *elementary };

/* Points all over, around what is hard, near 0 and near both ends, and beyond them. */
static double argument(const struct elementary *e)
{
    double x;
    switch (random64() % 8) {
    case 0:
        x = e->hard[random64() % 6] * (1 + uniform(-0x1p-10, 0x1p-10));
        break;
    case 1:
        x = e->hard[random64() % 6] * (1 + 0x1p-52 * (double)(random64() % 32)) + 0x1p-60;
        break;
    case 2:
        x = e->from * (1 + uniform(-0x1p-8, 0x1p-8));
        break;
    case 3:
        x = e->to * (1 + uniform(-0x1p-8, 0x1p-8));
        break;
    case 4:
        x = any_double(-300, 5);
        break;
    case 5:
        x = any_double(-12, 8);
        break;
    default:
        x = uniform(fmax(e->from, -1000), fmin(e->to, 1000));
    }
    bool from_zero = e->f == mpfr_log;
    return from_zero && x < 0 ? -x : x;
}

/* How much of half the enclosure's width the function's distance from the middle takes, for an
 * enclosure that no fact has cut. */
static double use_of_bound(double lo, double hi, mpfr_srcptr v, mpfr_ptr scratch)
{
    double middle = 0.5 * lo + 0.5 * hi, half = 0.5 * hi - 0.5 * lo;
    bool cut = hi == 1 || hi == 2 || lo == -1 || fabs(middle) < 0x1p-900;
    if (cut || !(half < 0x1p-40 * fabs(middle)))
        return 0;
    mpfr_sub_d(scratch, v, middle, MPFR_RNDN);
    return fabs(mpfr_get_d(scratch, MPFR_RNDN)) / half;
}

struct attack {
    int failures, narrowed;
    double worst, worst_at, failed_at;
};

static struct attack attack(const struct lane_isa *isa, const struct elementary *e)
{
    struct attack t = {0};
    mpfr_t x, v, s;
    mpfr_inits2(140, x, v, s, (mpfr_ptr)0);
    for (int i = 0; i < e->points / LANES; i++) {
        struct vector a, r;
        for (int j = 0; j < LANES; j++)
            a.lo[j] = argument(e);
        struct step step = {.op = e->op, .r = lanes_of(&r), .a = {a.lo, a.lo}};
        isa->step[e->op](&step, LANES);
        for (int j = 0; j < LANES; j++) {
            mpfr_set_d(x, a.lo[j], MPFR_RNDN);
            int inexact = e->f(v, x, MPFR_RNDD);
            if (!mpfr_number_p(v))
                continue;
            double use = use_of_bound(r.lo[j], r.hi[j], v, s);
            if (!holds(r.lo[j], r.hi[j], v, inexact) && !t.failures++)
                t.failed_at = a.lo[j];
            /* Were the bound 64 times smaller, would this be noticed? */
            t.narrowed += use > 0x1p-6;
            if (use > t.worst) {
                t.worst = use;
                t.worst_at = a.lo[j];
            }
        }
    }
    mpfr_clears(x, v, s, (mpfr_ptr)0);
    return t;
}

static void test_elementary(const struct lane_isa *isa)
{
    for (int k = 0; k < ELEMENTARY; k++) {
        const struct elementary *e = &elementary[k];
        struct attack t = attack(isa, e);
        ok(t.failures == 0, "%s: %s lies in its enclosure, %d points (%d outside, at %a)",
           isa->name, e->name, e->points, t.failures, t.failed_at);
        ok(t.worst <= 0.5, "%s: %s uses %.3f of its bound, at %a; half is promised", isa->name,
           e->name, t.worst, t.worst_at);
        ok(t.narrowed > 0, "%s: a bound of %s 64 times smaller would be caught (%d times)",
           isa->name, e->name, t.narrowed);
    }
}

/* Enclosures as arguments: from a crumb wide to unbounded. */
static void test_elementary_enclosures(const struct lane_isa *isa)
{
    mpfr_t x, v;
    mpfr_inits2(140, x, v, (mpfr_ptr)0);
    for (int k = 0; k < ELEMENTARY; k++) {
        const struct elementary *e = &elementary[k];
        int failures = 0, loose = 0;
        double bad[2] = {0};
        for (int i = 0; i < e->points / 10 / LANES; i++) {
            struct vector a, r;
            double at[LANES];
            for (int j = 0; j < LANES; j++) {
                at[j] = argument(e);
                random_enclosure(at[j], &a.lo[j], &a.hi[j]);
            }
            struct step step = {.op = e->op, .r = lanes_of(&r), .a = lanes_of(&a)};
            isa->step[e->op](&step, LANES);
            for (int j = 0; j < LANES; j++) {
                inside(x, at[j], a.lo[j], a.hi[j]);
                int t = e->f(v, x, MPFR_RNDD);
                if (!mpfr_number_p(v))
                    continue;
                if (!holds(r.lo[j], r.hi[j], v, t) && !failures++)
                    memcpy(bad, (double[]){a.lo[j], a.hi[j]}, sizeof bad);
                double crumb = 4 * 0x1p-52 * fabs(at[j]);
                loose += fabs(at[j]) < 20 && fabs(at[j]) > 0x1p-500 && a.hi[j] - a.lo[j] < crumb &&
                         r.hi[j] - r.lo[j] > 0x1p-38 * fabs(r.lo[j]) && fabs(at[j] - 1) > 0x1p-5 &&
                         fabs(at[j] + 1) > 0x1p-5;
            }
        }
        ok(failures == 0, "%s: %s of enclosures is one (%d wrong, as (%a, %a))", isa->name, e->name,
           failures, bad[0], bad[1]);
        ok(loose == 0, "%s: %s of a narrow enclosure is narrow (%d were not)", isa->name, e->name,
           loose);
    }
    mpfr_clears(x, v, (mpfr_ptr)0);
}

/* ---- Rounding decisions ---- */

/* A double that is awkward to round to format F: near a tie, a number of the format, a power of
 * two, the ends of the range, or zero. */
static double awkward_for(enum format f)
{
    const struct format_info *i = &format_info[f];
    uint64_t bits = random64() % (format_inf(f) + 1);
    switch (random64() % 4) {
    case 0:
        bits = format_inf(f) - random64() % 4; /* around overflow */
        break;
    case 1:
        bits = random64() % 6; /* the smallest numbers */
        break;
    case 2:
        bits &= ~(format_min_normal(f) - 1); /* a power of two */
        break;
    default:
        break;
    }
    double v = bits == format_inf(f) ? ldexp(1, i->emax + 1) : format_to_double(f, bits);
    double ulp = ldexp(1, ilogb(fmax(v, ldexp(1, i->emin))) - i->p + 1);
    v += ulp * 0.25 * ((int)(random64() % 9) - 4);
    int nudge = (int)(random64() % 5) - 2;
    for (; nudge > 0; nudge--)
        v = nextafter(v, INFINITY);
    for (; nudge < 0; nudge++)
        v = nextafter(v, -INFINITY);
    return random64() % 2 ? v : -v;
}

/* What just above LO (or LO itself), just below HI (or HI itself) round to, and their binades. */
static void round_inside(double end, int direction, enum format f, mpfr_rnd_t rnd, uint64_t *bits,
                         long *binade)
{
    const struct format_info *i = &format_info[f];
    mpfr_t v;
    mpfr_init2(v, 200);
    mpfr_set_d(v, end, MPFR_RNDN);
    if (direction > 0)
        mpfr_nextabove(v);
    if (direction < 0)
        mpfr_nextbelow(v);
    *bits = format_from_mpfr(f, v, rnd);
    long e = mpfr_regular_p(v) ? mpfr_get_exp(v) - 1 : i->emin;
    *binade = e < i->emin ? i->emin : e > i->emax ? i->emax : e;
    if (end == 0 && direction == 0)
        *bits = 0;
    mpfr_clear(v);
}

static void test_rounding(const struct lane_isa *isa, enum format f, mpfr_rnd_t rnd)
{
    const struct lane_rounding r = block_rounding(f, rnd);
    int wrong = 0, missed = 0, decided = 0;
    char text[200] = "";
    for (int i = 0; i < 6000; i++) {
        double lo[LANES], hi[LANES];
        uint32_t due[LANES];
        uint8_t tier[LANES] = {0};
        for (int j = 0; j < LANES; j++) {
            lo[j] = hi[j] = awkward_for(f);
            if (random64() % 3)
                for (int k = 1 + (int)(random64() % 3); k > 0; k--)
                    hi[j] = nextafter(hi[j], INFINITY);
            else if (random64() % 2)
                hi[j] += fabs(hi[j]) * uniform(0, 0x1p-8);
        }
        isa->decide(&r, lo, hi, LANES, TIER_DOUBLE, due, tier);
        for (int j = 0; j < LANES; j++) {
            uint64_t a, b;
            long ea, eb;
            round_inside(lo[j], lo[j] < hi[j] ? 1 : 0, f, rnd, &a, &ea);
            round_inside(hi[j], lo[j] < hi[j] ? -1 : 0, f, rnd, &b, &eb);
            bool sure = a == b && ea == eb;
            decided += sure;
            missed += sure && tier[j] == TIER_UNDECIDED;
            bool right = tier[j] == TIER_UNDECIDED ||
                         (sure && due[j] == a && (tier[j] == TIER_EXACT) == (lo[j] == hi[j]));
            if (!right && !wrong++)
                snprintf(text, sizeof text,
                         "(%a, %a) tier %d due %" PRIx32 ", %" PRIx64 " %" PRIx64, lo[j], hi[j],
                         tier[j], due[j], a, b);
        }
    }
    ok(wrong == 0 && missed == 0,
       "%s: roundings to %s, mode %d: %d of 48000 decided (%d missed, %d wrong: %s)", isa->name,
       format_info[f].name, rnd, decided, missed, wrong, text);
}

/* ---- Whole formulas ---- */

/* Every operator; ties, facts, exact results, undefined branches, constants, shapes of `if'. */
static const char formulas[] =
    "(FPCore sigmoid (x) (/ 1 (+ 1 (exp (- x)))))"
    "(FPCore silu (x) (/ x (+ 1 (exp (- x)))))"
    "(FPCore silu_product (x) (* x (/ 1 (+ 1 (exp (- x))))))"
    "(FPCore silu_grad (x) (let* ([a (fabs x)] [t (exp (- a))] [s (+ 1 t)])"
    "  (if (>= x 0) (+ 1 (/ (* t (- (- a 1) t)) (* s s))) (- (/ (* t (- (- a 1) t)) (* s s))))))"
    "(FPCore gelu (x) (* (* 0.5 x) (erfc (/ (- x) SQRT2))))"
    "(FPCore gelu_tanh (x) (/ x (+ 1 (exp (* -2 (* (sqrt (/ 2 PI)) (+ x (* 0.044715 (pow x "
    "3)))))))))"
    "(FPCore tanh_ (x) (tanh x))"
    "(FPCore tanhshrink (x) (- x (tanh x)))"
    "(FPCore softplus (x) (+ (fmax x 0) (log1p (exp (- (fabs x))))))"
    "(FPCore softplus_threshold (x) (if (> x 20) x (log1p (exp x))))"
    "(FPCore logsigmoid (x) (- (fmin x 0) (log1p (exp (- (fabs x))))))"
    "(FPCore mish (x) (* x (tanh (log1p (exp x)))))"
    "(FPCore elu (x) (if (> x 0) x (expm1 x)))"
    "(FPCore selu (x) (* 1.0507009873554804934193349852946 (if (> x 0) x"
    "  (* 1.6732632423543772848170429916717 (expm1 x)))))"
    "(FPCore hardswish (x) (* x (/ (fmin (fmax (+ x 3) 0) 6) 6)))"
    "(FPCore hardsigmoid (x) (fmin (fmax (+ (/ x 6) 1/2) 0) 1))"
    "(FPCore softsign (x) (/ x (+ 1 (fabs x))))"
    "(FPCore squareplus (x) (let ([r (sqrt (+ (* x x) 4))]) (if (> x 0) (/ (+ x r) 2) (/ 2 (- r "
    "x)))))"
    "(FPCore clamp (x) (fmin (fmax x -1) 6))"
    "(FPCore odd_scale (x) (* -3 x))"
    "(FPCore ratio (x) (/ (* 7 x) -5))"
    "(FPCore square_plus_half (x) (+ (* x x) 0.5))"
    "(FPCore reciprocal (x) (/ 1 x))"
    "(FPCore quotient (x) (/ (- x 1) (- x 2)))"
    "(FPCore mixed_product (x) (* (- x 1) (- (exp (- (fabs x))) 0.5)))"
    "(FPCore expm1_ (x) (expm1 x))"
    "(FPCore exp_ (x) (exp x))"
    "(FPCore exp2_ (x) (exp2 x))"
    "(FPCore erf_ (x) (erf x))"
    "(FPCore erfc_ (x) (erfc x))"
    "(FPCore log_of_square (x) (log (+ 1 (* x x))))"
    "(FPCore log_where_positive (x) (if (> x 0) (log x) (- x)))"
    "(FPCore sqrt_where_positive (x) (if (and (> x 0) (not (> x 100))) (sqrt x) (if (or (< x -5) "
    "(== x -1)) -2 x)))"
    "(FPCore log1p_ (x) (log1p x))"
    "(FPCore two_domains (x) (+ (sqrt (- x 1)) (log (- 3 x))))"
    "(FPCore sinh_ (x) (sinh x))"
    "(FPCore sech2 (x) (let ([c (cosh x)]) (/ 1 (* c c))))"
    "(FPCore gaussian (x) (exp (- (* x x))))"
    "(FPCore constant_choice (x) (if (< 1 2) (* x 3) (sin x)))"
    "(FPCore not_equal (x) (if (!= x 1) (if (<= x 0) (* 2 x) (* 3 x)) 5))"
    "(FPCore power (x) (+ (pow x 5) (pow (+ 1 (* x x)) 1/2)))"
    "(FPCore constant (x) 0.3)";

static const enum format outputs[] = {FORMAT_F32, FORMAT_F16, FORMAT_BF16};

/* What a comparison found. */
struct agreement {
    long lanes, undecided, wrong;
    int tier[TIER_COUNT];
    char text[300];
};

/* Does [LO, HI] hold the value at X as MPFR sees it, in an interval much narrower? */
static bool encloses(struct evaluator *e, double x, double lo, double hi)
{
    mpfr_t at;
    mpfr_init2(at, 53);
    mpfr_set_d(at, x, MPFR_RNDN);
    const struct interval *v = evaluator_view(e, at, 1024);
    mpfr_clear(at);
    if (interval_is_point(v) || lo < hi)
        return mpfr_cmp_d(v->lo, lo) >= 0 && mpfr_cmp_d(v->hi, hi) <= 0;
    return mpfr_cmp_d(v->lo, lo) <= 0 && mpfr_cmp_d(v->hi, hi) >= 0; /* exact only for us */
}

static void compare_lane(struct agreement *g, struct oracle *o, const struct truth_block *b, int i,
                         double x, enum format out, mpfr_rnd_t rnd)
{
    struct truth t;
    truth_at(o, FORMAT_F32, format_from_double(FORMAT_F32, x), out, rnd, &t);
    bool settled = t.kind == TRUTH_FINITE || t.kind == TRUTH_INFINITE;
    bool decided = b->tier[i] != TIER_UNDECIDED;
    uint64_t due = t.zero ? 0 : t.due;
    bool right =
        !decided || t.kind == TRUTH_UNSETTLED ||
        (settled && b->due[i] == due && (b->tier[i] == TIER_EXACT) == (b->lo[i] == b->hi[i]));
    if (b->undefined[i])
        right = !decided && t.kind == TRUTH_NAN;
    if (settled)
        right &= encloses(oracle_evaluator(o), x, b->lo[i], b->hi[i]);
    if (!right && !g->wrong++)
        snprintf(g->text, sizeof g->text,
                 "at %a: tier %d due %" PRIx32 " [%a, %a], MPFR kind %d %" PRIx64 " [%a, %a]", x,
                 b->tier[i], b->due[i], b->lo[i], b->hi[i], t.kind, due, t.lo, t.hi);
}

/* Compares a few lanes of a block, undecided ones too. */
static void compare_block(struct agreement *g, struct block_ref *b, struct oracle *o,
                          const double *x, int n, enum format out, mpfr_rnd_t rnd, int samples)
{
    static struct truth_block t;
    block_ref_eval(b, x, n, out, rnd, &t);
    g->lanes += n;
    for (int i = 0; i < n; i++) {
        g->undecided += t.tier[i] == TIER_UNDECIDED;
        g->tier[t.tier[i]]++;
        if (t.n != n || !(t.lo[i] <= t.hi[i]))
            g->wrong++;
    }
    for (int i = 0; i < samples; i++) {
        int lane = (int)(random64() % (unsigned)n);
        compare_lane(g, o, &t, lane, x[lane], out, rnd);
    }
}

static float float_of(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* N neighbouring floats from the pattern FIRST on, of either sign. */
static void neighbours(double *x, int n, uint32_t first, bool negative)
{
    for (int i = 0; i < n; i++) {
        uint32_t bits = first + (uint32_t)i;
        x[i] = float_of((bits < 0x7f800000 ? bits : 0x7f7fffff) | (uint32_t)negative << 31);
    }
}

/* Where a block begins: any binade, the moderate ones, zero and subnormals, the largest, or at one
 * of the points where formulas change. */
static uint32_t first_pattern(const struct function *f)
{
    static const double marks[] = {0.5,   1,      2,     3,     6,    20,    100, 5,     88.722839,
                                   87.33, 103.97, 9.011, 17.33, 13.1, 14.37, 150, 44.36, 0.0625};
    int nmarks = sizeof marks / sizeof *marks;
    double at;
    switch (random64() % 6) {
    case 0:
        return random64() % 0x7f800000 & ~1023u;
    case 1:
        return 0x39000000 + random64() % 0x0a000000;
    case 2:
        return random64() % 0x00c00000;
    case 3:
        return 0x7f800000 - 1024 * (uint32_t)(1 + random64() % 4);
    case 4:
        at = marks[random64() % (unsigned)nmarks];
        break;
    default:
        at = 3;
        if (f->nbreak) {
            struct evaluator *e =
                evaluator_new_expr(f, f->breakpoint[random64() % (unsigned)f->nbreak], NULL);
            struct interval v;
            mpfr_t zero;
            mpfr_init_set_ui(zero, 0, MPFR_RNDN);
            interval_init(&v);
            evaluator_at(e, zero, 100, &v);
            at = fabs(mpfr_get_d(v.lo, MPFR_RNDN));
            interval_clear(&v);
            mpfr_clear(zero);
            evaluator_free(e);
        }
    }
    uint32_t bits = (uint32_t)format_from_double(FORMAT_F32, at);
    uint32_t back = (uint32_t)(random64() % 1024);
    return bits > back && bits < 0x7f000000 ? bits - back : 0x3f800000;
}

static void compare_function(const struct function *f, const char *isa, int blocks, int samples)
{
    struct oracle *o = oracle_new(f, FORMAT_F32, NULL);
    struct block_ref *b = block_ref_new_isa(f, oracle_params(o), isa);
    struct agreement g = {0};
    double x[BLOCK];
    for (int i = 0; i < blocks && b; i++) {
        enum format out = outputs[i % 5 < 3 ? 0 : i % 5 - 2];
        mpfr_rnd_t rnd =
            i % 2 ? MPFR_RNDN
                  : (mpfr_rnd_t[]){MPFR_RNDN, MPFR_RNDZ, MPFR_RNDU, MPFR_RNDD}[i / 2 % 4];
        neighbours(x, BLOCK, first_pattern(f), random64() & 1);
        compare_block(&g, b, o, x, BLOCK, out, rnd, samples);
        if (i % 4 == 0) { /* not neighbours, any length */
            int n = 1 + (int)(random64() % BLOCK);
            for (int j = 0; j < n; j++)
                x[j] =
                    i % 8 ? (float)any_double(-8, 4) : float_of((uint32_t)random64() & 0xff7fffff);
            compare_block(&g, b, o, x, n, out, rnd, samples);
        }
    }
    ok(b != NULL, "%s: %s has a fast reference", isa, f->id);
    ok(g.wrong == 0, "%s: %s agrees with MPFR (%ld wrong: %s)", isa, f->id, g.wrong, g.text);
    block_ref_free(b);
    oracle_free(o);
}

static void test_formulas(const char *isa)
{
    struct function_set set = {0};
    struct fpcore_error err;
    if (!fpcore_read(&set, formulas, strlen(formulas), "formulas", NULL, &err)) {
        ok(false, "the formulas read: %s", err.text);
        return;
    }
    for (int i = 0; i < set.n; i++)
        compare_function(set.function[i], isa, 60, 2);
    function_set_clear(&set);
}

/* Few inputs are left to MPFR: of whole blocks spread evenly over all floats. */
static void test_builtin(const struct function *f)
{
    struct oracle *o = oracle_new(f, FORMAT_F32, NULL);
    struct block_ref *b = block_ref_new(f, oracle_params(o));
    static struct truth_block t;
    double x[BLOCK];
    long undecided = 0, lanes = 0;
    for (uint32_t first = 0; first < 0x7f800000 && b; first += 0x7f800000 / 255 & ~1023u)
        for (int negative = 0; negative < 2; negative++) {
            neighbours(x, BLOCK, first, negative);
            block_ref_eval(b, x, BLOCK, FORMAT_F32, MPFR_RNDN, &t);
            lanes += BLOCK;
            for (int i = 0; i < BLOCK; i++)
                undecided += t.tier[i] == TIER_UNDECIDED && !t.undefined[i];
        }
    ok(undecided <= lanes / 1024, "%s leaves %ld of %ld to MPFR", f->id, undecided, lanes);
    block_ref_free(b);
    oracle_free(o);
}

/* ---- The series about zero ---- */

static const struct zero_case {
    const char *formula;
    bool known;
    int m, k;
} zero_cases[] = {
    {"(tanh x)", true, 1, 3},
    {"(/ x (+ 1 (exp (- x))))", true, 1, 2},
    {"(/ 1 (+ 1 (exp (- x))))", true, 0, 1},
    {"(- x (tanh x))", true, 3, 5},
    {"(erf x)", true, 1, 3},
    {"(exp (- (* x x)))", true, 0, 2},
    {"(if (> x 0) (expm1 x) (sinh x))", true, 1, -1},
    {"(/ x (+ 1 (fabs x)))", true, 1, 2},
    {"(/ x (+ 1 (* 5 (fabs x))))", true, 1, 2},
    {"(exp2 (sqrt (+ 1 x)))", true, 0, 1},
    {"(log (+ 2 (log1p (cosh x))))", true, 0, 2},
    {"(erfc (expm1 (* 0.3 x)))", true, 0, 1},
    {"(fmin (fmax -1 (tanh x)) (+ 1 (* x x)))", true, 1, 3},
    {"(* 3 x)", false, 0, 0},
    {"(sqrt (fabs x))", false, 0, 0},
    {"(log (fabs x))", false, 0, 0},
};

/* The series alone encloses the value all over its radius. */
static int series_failures(const struct lane_isa *isa, const struct series *s, bool negative,
                           struct evaluator *e)
{
    int failures = 0;
    for (int i = 0; i < 60; i++) {
        struct vector x, z;
        bool point = i % 2;
        for (int j = 0; j < LANES; j++) {
            double a = random64() % 2 ? uniform(0x1p-20, 0.999) * s->radius
                                      : 0.999 * fabs(any_double(-130, -1)) * s->radius;
            x.lo[j] = negative ? -(float)a : (float)a;
            x.hi[j] = x.lo[j];
            if (!point) {
                x.lo[j] = nextafter(x.lo[j], -INFINITY);
                x.hi[j] = nextafter(x.hi[j], INFINITY);
            }
            z.lo[j] = -INFINITY;
            z.hi[j] = INFINITY;
        }
        struct lanes xs = {x.lo, point ? x.lo : x.hi};
        isa->near_zero(s, negative, xs, lanes_of(&z), LANES);
        for (int j = 0; j < LANES; j++)
            failures +=
                !encloses(e, point ? x.lo[j] : 0.5 * (x.lo[j] + x.hi[j]), z.lo[j], z.hi[j]) ||
                isinf(z.hi[j]);
    }
    return failures;
}

static void test_series(const struct lane_isa *isa)
{
    for (size_t i = 0; i < sizeof zero_cases / sizeof *zero_cases; i++) {
        const struct zero_case *z = &zero_cases[i];
        struct function_set set = {0};
        struct fpcore_error err;
        char core[200];
        snprintf(core, sizeof core, "(FPCore f (x) %s)", z->formula);
        if (!fpcore_read(&set, core, strlen(core), "t", NULL, &err)) {
            ok(false, "%s", err.text);
            continue;
        }
        for (int negative = 0; negative < 2; negative++) {
            struct series s;
            int k = z->k >= 0 ? z->k : negative ? 3 : 2;
            series_find(&s, set.function[0]->body, NULL, negative);
            ok(s.known == z->known && (!s.known || (s.m == z->m && s.k == k && s.radius >= 0x1p-8)),
               "%s for x %s 0: known %d, a^%d and a^%d, radius %a", z->formula,
               negative ? "<" : ">", s.known, s.m, s.k, s.radius);
            if (!s.known)
                continue;
            struct evaluator *e = evaluator_new(set.function[0], NULL);
            int failures = series_failures(isa, &s, negative, e);
            ok(failures == 0, "%s: the series of %s encloses (%d wrong)", isa->name, z->formula,
               failures);
            evaluator_free(e);
        }
        function_set_clear(&set);
    }
}

/* What the contract promises by name. */
static void test_promises(const char *isa)
{
    struct function_set set = {0};
    struct fpcore_error err;
    static struct truth_block t;
    fpcore_read(&set, formulas, strlen(formulas), "formulas", NULL, &err);
    struct block_ref *b = block_ref_new_isa(function_find(&set, "sigmoid"), NULL, isa);
    block_ref_eval(b, (double[]){-200, 0x1p-30}, 2, FORMAT_F32, MPFR_RNDN, &t);
    ok(t.tier[0] && t.due[0] == 0 && t.lo[0] >= 0 && t.hi[0] > 0 && t.hi[0] < 0x1p-150,
       "%s: sigmoid(-200) is (0, tiny] and +0 is due (%a, %a)", isa, t.lo[0], t.hi[0]);
    block_ref_eval(b, (double[]){0x1p-30, 0x1p-100}, 2, FORMAT_F32, MPFR_RNDU, &t);
    ok(t.tier[1] && t.due[1] == 0x3f000001, "%s: sigmoid(2^-100) upward is above 1/2 (%x)", isa,
       (unsigned)t.due[1]);
    block_ref_free(b);
    b = block_ref_new_isa(function_find(&set, "silu"), NULL, isa);
    block_ref_eval(b, (double[]){-200, 0x1p-149, -0x1p-149, 3 * 0x1p-149}, 4, FORMAT_F32, MPFR_RNDN,
                   &t);
    ok(t.tier[0] && t.due[0] == 0x80000000 && t.hi[0] <= 0, "%s: silu(-200) is -0 (%x)", isa,
       (unsigned)t.due[0]);
    ok(t.tier[1] == TIER_NEAR_ZERO && t.due[1] == 1 && t.tier[2] == TIER_NEAR_ZERO &&
           t.due[2] == 0x80000000 && t.due[3] == 2,
       "%s: silu is a crumb above its ties at odd subnormals (%x, %x, %x)", isa, (unsigned)t.due[1],
       (unsigned)t.due[2], (unsigned)t.due[3]);
    block_ref_free(b);
    b = block_ref_new_isa(function_find(&set, "tanh_"), NULL, isa);
    block_ref_eval(b, (double[]){30, 0x1p-100}, 2, FORMAT_F32, MPFR_RNDZ, &t);
    ok(t.due[0] == 0x3f7fffff && t.due[1] == 0x0d7fffff,
       "%s: tanh towards 0 is below 1 and below x", isa);
    block_ref_free(b);
    b = block_ref_new_isa(function_find(&set, "log1p_"), NULL, isa);
    block_ref_eval(b, (double[]){-2, -1, -0.5, -0x1.000002p0}, 4, FORMAT_F32, MPFR_RNDN, &t);
    ok(t.undefined[0] && !t.undefined[1] && !t.undefined[2] && t.undefined[3] &&
           t.tier[0] == TIER_UNDECIDED && t.tier[1] == TIER_UNDECIDED && t.tier[2] == TIER_DOUBLE,
       "%s: log1p below -1 is known to be undefined", isa);
    block_ref_free(b);
    ok(block_ref_new_isa(function_find(&set, "tanh_"), NULL, "no such") == NULL,
       "an unknown ISA is refused");
    function_set_clear(&set);
}

/* Parameters of all kinds: exact, tiny, negative, zero; those that are no numbers are refused. */
static void test_parameters(void)
{
    static const double alphas[] = {0.01f, 0.5, 1, -2, 0, -0.0, 1e-30, 3e38, 0.1};
    struct function_set set = {0};
    struct fpcore_error err;
    const char core[] = "(FPCore f (x alpha) :param (alpha 0.3)"
                        "  (if (< x 0) (* alpha (expm1 (/ x 3))) (/ x (+ 1 (fabs alpha)))))";
    if (!fpcore_read(&set, core, strlen(core), "t", NULL, &err)) {
        ok(false, "%s", err.text);
        return;
    }
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++) {
        struct agreement g = {0};
        struct oracle *o = oracle_new(set.function[0], FORMAT_F32, &alphas[i]);
        struct block_ref *b = block_ref_new(set.function[0], oracle_params(o));
        double x[BLOCK];
        for (int j = 0; j < 40; j++) {
            neighbours(x, BLOCK, first_pattern(set.function[0]), j & 1);
            compare_block(&g, b, o, x, BLOCK, FORMAT_F32, MPFR_RNDN, 3);
        }
        ok(g.wrong == 0, "alpha = %g agrees with MPFR (%ld wrong: %s)", alphas[i], g.wrong, g.text);
        block_ref_free(b);
        oracle_free(o);
    }
    ok(!block_ref_new(set.function[0], (double[]){NAN}) &&
           !block_ref_new(set.function[0], (double[]){INFINITY}),
       "parameters that are no numbers have no fast reference");
    function_set_clear(&set);
}

static void test_unsupported(void)
{
    struct function_set set = {0};
    struct fpcore_error err;
    const char core[] = "(FPCore f (x) (sin x))";
    fpcore_read(&set, core, strlen(core), "t", NULL, &err);
    ok(block_ref_new(set.function[0], NULL) == NULL, "sin has no fast reference");
    function_set_clear(&set);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 0);
    printf("# seed 0x%" PRIx64 ", inner loops for %s\n", seed, block_ref_isa());
    for (int i = 0; i < ISAS; i++) {
        const struct lane_isa *isa = isa_called(isa_names[i]);
        if (!isa) {
            skip("%s does not run here", isa_names[i]);
            continue;
        }
        test_points(isa);
        test_enclosures(isa);
        test_comparisons(isa);
        test_choice(isa);
        test_elementary(isa);
        test_elementary_enclosures(isa);
        for (int f = 0; f < 3; f++)
            for (mpfr_rnd_t rnd = MPFR_RNDN; rnd <= MPFR_RNDD; rnd++)
                test_rounding(isa, outputs[f], rnd);
        test_promises(isa_names[i]);
        test_formulas(isa_names[i]);
    }
    test_series(isa_called(block_ref_isa()));
    test_parameters();
    test_unsupported();
    const struct function_set *all = fpcore_builtin();
    for (int i = 0; i < all->n; i++) {
        compare_function(all->function[i], block_ref_isa(), 40, 2);
        test_builtin(all->function[i]);
    }
    return done_testing();
}
