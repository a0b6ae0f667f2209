/* t-stats.c -- the derived figures against values found another way: by definition, by counting, by
 * tables. */
#include <float.h>
#include <math.h>
#include <string.h>
#include "../src/result/stats.h"
#include "tap.h"

static void test_median(void)
{
    double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2};
    ok(stats_median(odd, 3) == 2, "median of three");
    ok(stats_median(even, 4) == 2.5, "median of four lies between the middle two");
    ok(odd[0] == 3 && odd[1] == 1 && odd[2] == 2, "the samples keep their order");
    ok(isnan(stats_median(NULL, 0)), "no samples, no median");
    double with_nan[] = {NAN, 5, 4};
    ok(stats_min(with_nan, 3) == 4, "the minimum skips a NaN");
    ok(isnan(stats_min(NULL, 0)), "no samples, no minimum");
}

/* P(B = k) for B binomial with p = 1/2. */
static double binomial_half(size_t n, size_t k)
{
    double p = 1;
    for (size_t i = 0; i < k; i++)
        p *= (double)(n - i) / (double)(i + 1);
    return ldexp(p, -(int)n);
}

/* [v_(lo), v_(hi)] covers the median when more than lo samples and at most hi lie below it. */
static double coverage(size_t n, size_t lo, size_t hi)
{
    double p = 0;
    for (size_t k = lo + 1; k <= hi; k++)
        p += binomial_half(n, k);
    return p;
}

static void test_sign_interval(void)
{
    size_t lo = 9, hi = 9;
    ok(!stats_sign_interval(5, 0.95, &lo, &hi), "five samples give no 95 %% interval");
    ok(stats_sign_interval(6, 0.95, &lo, &hi) && lo == 0 && hi == 5, "six give their range");
    /* Published table of the sign test: n = 20, 95 %: the 6th and the 15th. */
    ok(stats_sign_interval(20, 0.95, &lo, &hi) && lo == 5 && hi == 14, "n = 20: [%zu, %zu]", lo,
       hi);
    ok(stats_sign_interval(100, 0.95, &lo, &hi) && lo == 39 && hi == 60, "n = 100: [%zu, %zu]", lo,
       hi);
    ok(!stats_sign_interval(0, 0.95, &lo, &hi), "no samples, no interval");
    ok(stats_sign_interval(100000, 0.95, &lo, &hi) && hi - lo > 610 && hi - lo < 630,
       "n = 100000: %zu ranks, about 1.96 sqrt(n)", hi - lo);
    int wrong = 0;
    for (size_t n = 1; n <= 200; n++) {
        if (!stats_sign_interval(n, 0.95, &lo, &hi)) {
            wrong += coverage(n, 0, n - 1) >= 0.95;
            continue;
        }
        wrong += coverage(n, lo, hi) < 0.95; /* covers ... */
        wrong += lo + 1 < hi - 1 &&
                 coverage(n, lo + 1, hi - 1) >= 0.95; /* ... and no narrower one does */
    }
    ok(wrong == 0, "for n = 1..200 the interval covers 95 %% and is the narrowest (%d wrong)",
       wrong);
    double v[] = {6, 5, 4, 3, 2, 1};
    struct interval_estimate e = stats_median_interval(v, 6, 0.95);
    ok(e.value == 3.5 && e.lo == 1 && e.hi == 6, "median %g in [%g, %g]", e.value, e.lo, e.hi);
    e = stats_median_interval(v, 3, 0.95);
    ok(e.value == 2 && isnan(e.lo) && isnan(e.hi), "too few samples: a median without interval");
}

static void test_rank(void)
{
    double a[40], b[40];
    for (int i = 0; i < 40; i++) {
        a[i] = i % 10;
        b[i] = i % 10;
    }
    double p = stats_rank_test(a, 40, b, 40);
    ok(fabs(p - 0.5) < 0.01, "equal samples: p = %g", p);
    /* By hand for 1..8 against 9..16: u = 64, mean 32, sd sqrt(64 * 17 / 12) = 9.522; z = 31.5
     * / 9.522. */
    for (int i = 0; i < 8; i++) {
        a[i] = 1 + i;
        b[i] = 9 + i;
    }
    p = stats_rank_test(a, 8, b, 8);
    ok(fabs(p - 0.000470) < 0.000002, "apart: p = %g", p);
    p = stats_rank_test(b, 8, a, 8);
    ok(p > 0.999, "apart the other way: p = %g", p);
    ok(isnan(stats_rank_test(a, 7, b, 8)), "too few");
    for (int i = 0; i < 8; i++)
        a[i] = b[i] = 3;
    ok(stats_rank_test(a, 8, b, 8) == 1, "all equal");
    /* Ties lower the variance: 4 x 1, 4 x 2 against 4 x 2, 4 x 3: u = 56, variance 64/12 (17 - (60
     * + 504 + 60)/240); z = 23.5 / 8.763. */
    for (int i = 0; i < 8; i++) {
        a[i] = 1 + i / 4;
        b[i] = 2 + i / 4;
    }
    p = stats_rank_test(a, 8, b, 8);
    ok(fabs(p - 0.003665) < 0.00001, "with ties: p = %g", p);
}

static void test_holm(void)
{
    const double p[] = {0.04, 0.001, 0.02, NAN, 0.01};
    bool falls[5];
    stats_holm(p, 5, 0.05, falls);
    ok(falls[1] && falls[4] && !falls[2] && !falls[0] && !falls[3],
       "0.001 <= 0.05/5 and 0.01 <= 0.05/4 fall, 0.02 > 0.05/3 stops");
    stats_holm(p, 1, 0.05, falls);
    ok(falls[0], "a single one has the whole level");
}

static double reaches(int segment, double x)
{
    double lo, hi;
    bool negative;
    segment_ends(segment, &lo, &hi, &negative);
    return negative == signbit(x) && fabs(x) >= lo && fabs(x) < hi;
}

static void test_segments(void)
{
    ok(segment_of(0.0) == 0 && segment_of(-0.0) == 0, "zero is segment 0");
    ok(segment_of(NAN) == -1, "a NaN lies in none");
    ok(segment_of(INFINITY) == segment_of(DBL_MAX), "infinity lies in the outermost");
    ok(segment_of(1) != segment_of(-1), "the signs lie apart");
    ok(segment_of(0x1.2p0) == segment_of(1) + 1 && segment_of(0x1.1ffffep0) == segment_of(1),
       "an eighth of the binade of 1");
    ok(segment_of(0x1.fffffep8) == segment_of(256), "one a binade from 2^8");
    ok(segment_of(0x1.fffffep-13) == segment_of(0x1p-13) &&
           segment_of(0x1.fffffep-12) == segment_of(0x1p-12) + 7,
       "one a binade below 2^-12");
    int wrong = 0, last = -1;
    double before = 0;
    for (int i = 0; i < segment_count(); i++) {
        double lo, hi;
        bool negative;
        segment_ends(i, &lo, &hi, &negative);
        double sign = negative ? -1 : 1;
        wrong += segment_of(sign * lo) != i && i != 0;
        wrong += i && segment_of(sign * nextafter(hi, 0)) != i;
        wrong += i && !(lo < hi);
        wrong += i > 1 && negative == last && lo != before;
        last = negative;
        before = hi;
    }
    ok(wrong == 0, "%d segments meet, and hold their own ends (%d wrong)", segment_count(), wrong);
    wrong = 0;
    for (uint32_t bits = 0; bits < 0x7f800000; bits += 4099) {
        float x;
        memcpy(&x, &bits, sizeof x);
        wrong += x != 0 && !(reaches(segment_of(x), x) && reaches(segment_of(-x), -x));
    }
    ok(wrong == 0, "every 4099th float lies in its segment (%d do not)", wrong);
}

static void test_histogram(void)
{
    static const struct {
        double ulp;
        int bin;
    } row[] = {
        {0, 1}, {0.3, 1},     {0.5, 1},       {0x1.0000000000001p-1, 2},
        {1, 2}, {1.0001, 3},  {2, 3},         {2.5, 4},
        {4, 4}, {0x1p30, 32}, {0x1.8p30, 33}, {INFINITY, 33},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        ok(histogram_bin(row[i].ulp) == row[i].bin, "%a ulp falls into bin %d", row[i].ulp,
           histogram_bin(row[i].ulp));
    int wrong = 0;
    for (int bin = 1; bin < HISTOGRAM_BINS - 1; bin++) {
        double upper = histogram_upper(bin);
        wrong +=
            histogram_bin(upper) != bin || histogram_bin(nextafter(upper, INFINITY)) != bin + 1;
    }
    ok(wrong == 0, "every bin ends where the next begins (%d do not)", wrong);
    ok(isinf(histogram_upper(HISTOGRAM_BINS - 1)), "the last is open");
}

static void test_within(void)
{
    struct segment s[] = {
        {segment_of(-1), 3},       {0, 0},
        {segment_of(0x1p-149), 0}, {segment_of(0x1p-148), 0.5},
        {segment_of(1), 1},        {segment_of(1.125), 1},
        {segment_of(1.25), NAN},   {segment_of(1.375), 1},
        {segment_of(-2), 0.5},     {segment_of(-1.875), 0.5},
    };
    struct accuracy a = {.nsegments = sizeof s / sizeof *s, .segment = s};
    struct x_interval x[9];
    int n = accuracy_within(&a, 1, x, 9);
    ok(n == 4, "four runs within 1 ulp (%d)", n);
    ok(x[0].lo == -2.25 && x[0].hi == -1.875, "the leftmost first: [%g, %g]", x[0].lo, x[0].hi);
    ok(x[1].lo == 0 && x[1].hi == 0x1p-147, "zero joins the smallest subnormals: [%g, %a]", x[1].lo,
       x[1].hi);
    ok(x[2].lo == 1 && x[2].hi == 1.25, "neighbours join, a class failure ends: [%g, %g]", x[2].lo,
       x[2].hi);
    ok(x[3].lo == 1.375 && x[3].hi == 1.5, "and the run after it: [%g, %g]", x[3].lo, x[3].hi);
    ok(accuracy_within(&a, 1, x, 2) == 2, "no more than there is room for");
    ok(accuracy_within(&a, 0.25, x, 9) == 1 && x[0].hi == 0x1p-148, "a tighter limit");
    a.nsegments = 0;
    ok(accuracy_within(&a, 1, x, 9) == 0, "nothing graded, nothing within");
}

static void test_accuracy(void)
{
    struct accuracy a = {.inputs = 10, .unjudged = 2, .correctly_rounded = 6};
    a.failure[FAIL_NAN].n = 1;
    a.failure[FAIL_LIMIT].n = 2;
    a.failure[FAIL_FLUSHED].n = 50;
    ok(accuracy_share_correct(&a) == 0.75, "share correctly rounded of what was judged");
    ok(accuracy_class_failures(&a) == 3, "a flushed result has an error and is no class failure");
    a.unjudged = 10;
    ok(isnan(accuracy_share_correct(&a)), "nothing judged, no share");
}

static struct speed cell(uint64_t n, char *level, double ns)
{
    return (struct speed){.n = n, .level = level, .mode = "throughput", .inputs = "x", .ns = ns};
}

static void test_dominated(void)
{
    enum { N = 7 };
    static const struct {
        char *function;
        double ulp, ns;
        int broken, by;
    } row[N] = {
        {"tanh", 1, 1, 0, -1},     /* on the front */
        {"tanh", 2, 0.5, 0, -1},   /* on the front */
        {"tanh", 2, 1, 0, 1},      /* beaten by both; 1 is the faster */
        {"tanh", 0.5, 0.1, 1, -1}, /* beats all, but breaks a promise: dominates nobody */
        {"relu", 9, 9, 0, -1},     /* another function */
        {"tanh", NAN, 1, 0, -1},   /* no error known */
        {"tanh", 1, 1, 0, -1},     /* a tie with the first: neither beats the other */
    };
    struct kernel_record k[N] = {0};
    struct speed s[N];
    for (int i = 0; i < N; i++) {
        s[i] = cell(64, "L1", row[i].ns);
        k[i].function = row[i].function;
        k[i].dtype = "f32";
        k[i].has_accuracy = true;
        k[i].accuracy.max_ulp = row[i].ulp;
        k[i].nbroken = row[i].broken;
        k[i].speed = &s[i];
        k[i].nspeed = 1;
    }
    struct result r = {.kernel = k, .nkernels = N};
    int by[N];
    result_dominated(&r, 64, by);
    for (int i = 0; i < N; i++)
        ok(by[i] == row[i].by, "kernel %d is dominated by %d", i, by[i]);
    k[0].accuracy.failure[FAIL_NAN].n = 1;
    result_dominated(&r, 64, by);
    ok(by[0] == 1, "a class failure is worse than every error: %d", by[0]);
    k[1].accuracy.failure[FAIL_NAN].n = 1;
    result_dominated(&r, 64, by);
    ok(by[2] == 6, "and its kernel dominates nobody: %d", by[2]);
    result_dominated(&r, 65, by);
    ok(by[2] == -1, "a size that was not timed gives no verdict");
}

static void test_main_size(void)
{
    struct speed s[] = {cell(0, "L1", 1), cell(1 << 20, "memory", 1), cell(512, "L1", 1),
                        cell(2048, "L1", 1)};
    s[0].mode = "latency";
    struct kernel_record k = {.speed = s, .nspeed = 4};
    struct result r = {.kernel = &k, .nkernels = 1};
    ok(result_main_size(&r) == 2048, "the largest size in L1");
    k.nspeed = 2;
    ok(result_main_size(&r) == 1 << 20, "without one the smallest, latency apart");
    ok(kernel_speed(&k, 1 << 20) == &s[1] && !kernel_speed(&k, 0), "kernel_speed finds throughput");
    k.nspeed = 1;
    ok(result_main_size(&r) == 0, "nothing timed");
}

int main(void)
{
    test_median();
    test_sign_interval();
    test_rank();
    test_holm();
    test_segments();
    test_histogram();
    test_within();
    test_accuracy();
    test_dominated();
    test_main_size();
    return done_testing();
}
