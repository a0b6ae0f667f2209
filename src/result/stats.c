/* stats.c -- from samples and records to the figures that people read: pure functions.
 *
 * To add a derived figure: a function here and its line in stats.h; reports, compare and choose
 * then share it.
 */
#include <math.h>
#include "../mem.h"
#include "stats.h"

const char *const keeps_word[] = {
    "range", "monotone",  "symmetry",       "subnormal",         "nan",
    "inf",   "zero-sign", "bitwise-stable", "correctly-rounded",
};
_Static_assert(sizeof keeps_word / sizeof *keeps_word == KEEPS_WORDS, "one word per bit");

/* --- samples --- */

double stats_min(const double *v, size_t n)
{
    double least = NAN;
    for (size_t i = 0; i < n; i++)
        least = fmin(least, v[i]); /* fmin skips a NaN */
    return least;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of_sorted(const double *v, size_t n)
{
    if (n == 0)
        return NAN;
    return n % 2 ? v[n / 2] : v[n / 2 - 1] + (v[n / 2] - v[n / 2 - 1]) / 2;
}

double stats_median(const double *v, size_t n)
{
    if (n == 0)
        return NAN;
    double *sorted = xmalloc(n * sizeof *sorted);
    memcpy(sorted, v, n * sizeof *v);
    qsort(sorted, n, sizeof *sorted, by_value);
    double median = median_of_sorted(sorted, n);
    free(sorted);
    return median;
}

/* With B of n samples below the median (B is binomial with p = 1/2), [v_(lo), v_(n-1-lo)] misses
 * the median with probability 2 P(B <= lo): the largest lo is wanted that keeps this within 1 -
 * LEVEL. */
bool stats_sign_interval(size_t n, double level, size_t *lo, size_t *hi)
{
    double log_p = -(double)n * M_LN2; /* of P(B = k) */
    double below = 0;                  /* P(B <= k) */
    size_t k = 0;
    for (; k < n / 2; k++) {
        below += exp(log_p);
        if (2 * below > 1 - level)
            break;
        log_p += log((double)(n - k) / (double)(k + 1));
    }
    if (k == 0)
        return false;
    *lo = k - 1;
    *hi = n - k;
    return true;
}

struct interval_estimate stats_median_interval(double *v, size_t n, double level)
{
    qsort(v, n, sizeof *v, by_value);
    struct interval_estimate e = {median_of_sorted(v, n), NAN, NAN};
    size_t lo, hi;
    if (stats_sign_interval(n, level, &lo, &hi)) {
        e.lo = v[lo];
        e.hi = v[hi];
    }
    return e;
}

struct ranked {
    double v;
    bool from_b;
};

static int by_ranked_value(const void *a, const void *b)
{
    double x = ((const struct ranked *)a)->v, y = ((const struct ranked *)b)->v;
    return (x > y) - (x < y);
}

/* Sum of the ranks of B's samples among all N, equal values sharing their mean rank; TIES becomes
 * the sum of t^3 - t over groups of t equal values. */
static double rank_sum(struct ranked *s, size_t n, double *ties)
{
    double sum = 0;
    *ties = 0;
    for (size_t i = 0; i < n;) {
        size_t end = i;
        size_t of_b = 0;
        for (; end < n && s[end].v == s[i].v; end++)
            of_b += s[end].from_b;
        double t = (double)(end - i);
        sum += (double)of_b * ((double)i + (t + 1) / 2);
        *ties += t * t * t - t;
        i = end;
    }
    return sum;
}

double stats_rank_test(const double *a, size_t na, const double *b, size_t nb)
{
    if (na < 8 || nb < 8)
        return NAN;
    size_t n = na + nb;
    struct ranked *s = xmalloc(n * sizeof *s);
    for (size_t i = 0; i < n; i++)
        s[i] = i < na ? (struct ranked){a[i], false} : (struct ranked){b[i - na], true};
    qsort(s, n, sizeof *s, by_ranked_value);
    double ties, sum = rank_sum(s, n, &ties);
    free(s);
    double size = (double)n, of_b = (double)nb, pairs = (double)na * of_b;
    double u = sum - of_b * (of_b + 1) / 2;
    double variance = pairs / 12 * (size + 1 - ties / (size * (size - 1)));
    if (variance <= 0)
        return 1; /* all equal */
    return erfc((u - pairs / 2 - 0.5) / sqrt(2 * variance)) / 2;
}

void stats_holm(const double *p, size_t n, double level, bool *falls)
{
    for (size_t i = 0; i < n; i++)
        falls[i] = false;
    for (size_t done = 0; done < n; done++) {
        size_t least = n;
        for (size_t i = 0; i < n; i++)
            if (!falls[i] && !isnan(p[i]) && (least == n || p[i] < p[least]))
                least = i;
        if (least == n || p[least] > level / (double)(n - done))
            return;
        falls[least] = true;
    }
}

/* --- the input axis ---
 *
 * The magnitudes of one sign are cut into three stretches; index 0 is zero, then come the positive
 * segments by magnitude, then the negative ones. */

enum {
    EXP_MIN = -1074, /* of the smallest subnormal double; the other formats lie inside */
    EXP_FINE = -12,  /* from here ... */
    EXP_COARSE = 8,  /* ... to here eight segments a binade */
    EXP_END = 1024,
    FINE = 8,
    BELOW = EXP_FINE - EXP_MIN,
    MIDDLE = FINE * (EXP_COARSE - EXP_FINE),
    ABOVE = EXP_END - EXP_COARSE,
    PER_SIGN = BELOW + MIDDLE + ABOVE
};

static int magnitude_segment(double x)
{
    if (isinf(x))
        return PER_SIGN - 1;
    int e;
    double m = 2 * frexp(x, &e); /* x = m 2^e with 1 <= m < 2 */
    e--;
    if (e < EXP_FINE)
        return e - EXP_MIN;
    if (e < EXP_COARSE)
        return BELOW + FINE * (e - EXP_FINE) + (int)(FINE * (m - 1));
    return BELOW + MIDDLE + e - EXP_COARSE;
}

int segment_of(double x)
{
    if (isnan(x))
        return -1;
    if (x == 0)
        return 0;
    int s = magnitude_segment(fabs(x));
    return signbit(x) ? 1 + PER_SIGN + s : 1 + s;
}

int segment_count(void)
{
    return 1 + 2 * PER_SIGN;
}

/* The lower end of magnitude segment S; that of PER_SIGN is infinite. */
static double segment_start(int s)
{
    if (s < BELOW)
        return ldexp(1, EXP_MIN + s);
    s -= BELOW;
    if (s < MIDDLE)
        return ldexp(1 + (double)(s % FINE) / FINE, EXP_FINE + s / FINE);
    return ldexp(1, EXP_COARSE + s - MIDDLE);
}

void segment_ends(int index, double *lo, double *hi, bool *negative)
{
    *negative = index > PER_SIGN;
    if (index == 0) {
        *lo = *hi = 0;
        return;
    }
    int s = (index - 1) % PER_SIGN;
    *lo = segment_start(s);
    *hi = segment_start(s + 1);
}

/* --- errors by size --- */

int histogram_bin(double ulp)
{
    if (!(ulp <= ldexp(1, HISTOGRAM_BINS - 4)))
        return HISTOGRAM_BINS - 1;
    if (ulp <= 0.5)
        return 1;
    int e;
    double m = frexp(ulp, &e); /* ulp = m 2^e with 1/2 <= m < 1 */
    return 2 + (m == 0.5 ? e - 1 : e);
}

double histogram_upper(int bin)
{
    if (bin <= 1)
        return 0.5;
    return bin < HISTOGRAM_BINS - 1 ? ldexp(1, bin - 2) : INFINITY;
}

/* --- accuracy --- */

/* The place of a segment on the signed axis: 0 for zero, negative for negative inputs. */
static int axis_place(int index)
{
    return index > PER_SIGN ? PER_SIGN - index : index;
}

static int by_place(const void *a, const void *b)
{
    int x = axis_place(((const struct segment *)a)->index);
    int y = axis_place(((const struct segment *)b)->index);
    return (x > y) - (x < y);
}

/* Segments next to zero hold no number of the narrower formats, so that a gap there is none if the
 * segment beyond begins with the smallest subnormal of one. */
static bool begins_a_format(int place)
{
    double start = segment_start(abs(place) - 1);
    static const int smallest[] = {-24, -133, -149, -1074}; /* f16, bf16, f32, f64 */
    for (size_t i = 0; i < sizeof smallest / sizeof *smallest; i++)
        if (start == ldexp(1, smallest[i]))
            return true;
    return false;
}

static bool adjacent(int left, int right)
{
    if (right == left + 1)
        return true;
    return (left == 0 && begins_a_format(right)) || (right == 0 && begins_a_format(left));
}

static void segment_interval(int index, double *lo, double *hi)
{
    bool negative;
    segment_ends(index, lo, hi, &negative);
    if (negative) {
        double from = -*hi;
        *hi = -*lo;
        *lo = from;
    }
}

int accuracy_within(const struct accuracy *a, double limit, struct x_interval *out, int max)
{
    if (a->nsegments == 0)
        return 0;
    size_t bytes = (size_t)a->nsegments * sizeof(struct segment);
    struct segment *s = xmalloc(bytes);
    memcpy(s, a->segment, bytes);
    qsort(s, (size_t)a->nsegments, sizeof *s, by_place);
    int n = 0;
    bool open = false; /* the segment before belongs to out[n - 1] */
    for (int i = 0; i < a->nsegments; i++) {
        bool within = s[i].max_ulp <= limit;
        if (within) {
            double lo, hi;
            segment_interval(s[i].index, &lo, &hi);
            open = open && adjacent(axis_place(s[i - 1].index), axis_place(s[i].index));
            if (!open && n == max)
                break;
            if (!open)
                out[n++].lo = lo;
            out[n - 1].hi = hi;
        }
        open = within;
    }
    free(s);
    return n;
}

double accuracy_share_correct(const struct accuracy *a)
{
    uint64_t judged = a->inputs - a->unjudged;
    return judged ? (double)a->correctly_rounded / (double)judged : NAN;
}

uint64_t accuracy_class_failures(const struct accuracy *a)
{
    uint64_t n = 0;
    for (int i = FAIL_NAN; i <= FAIL_LIMIT; i++)
        n += a->failure[i].n;
    return n;
}

/* --- kernels against each other --- */

const struct speed *kernel_speed(const struct kernel_record *k, uint64_t n)
{
    for (int i = 0; i < k->nspeed; i++)
        if (k->speed[i].n == n && !strcmp(k->speed[i].mode, "throughput"))
            return &k->speed[i];
    return NULL;
}

double speed_median(const struct speed *s)
{
    double *v = xmalloc((size_t)s->nsamples * sizeof *v);
    for (int i = 0; i < s->nsamples; i++)
        v[i] = (double)s->sample[i];
    double median = stats_median(v, (size_t)s->nsamples);
    free(v);
    return median;
}

uint64_t result_main_size(const struct result *r)
{
    uint64_t best = 0;
    bool best_l1 = false;
    for (int i = 0; i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        for (int j = 0; j < k->nspeed; j++) {
            const struct speed *s = &k->speed[j];
            if (strcmp(s->mode, "throughput"))
                continue;
            bool l1 = s->level && !strcmp(s->level, "L1");
            /* in L1 the largest, so that the call counts least; else the smallest there is */
            bool better = l1 != best_l1 ? l1 : l1 ? s->n > best : s->n < best;
            if (best == 0 || better) {
                best = s->n;
                best_l1 = l1;
            }
        }
    }
    return best;
}

bool kernel_is_sound(const struct kernel_record *k)
{
    return k->nbroken == 0 && !(k->has_accuracy && accuracy_class_failures(&k->accuracy));
}

/* Error and time of a kernel as one point; a class failure is an error beyond every number. */
struct point {
    double ulp, ns;
};

static bool kernel_point(const struct kernel_record *k, uint64_t n, struct point *p)
{
    const struct speed *s = kernel_speed(k, n);
    if (!k->has_accuracy || !s || isnan(s->ns))
        return false;
    p->ulp = accuracy_class_failures(&k->accuracy) ? INFINITY : k->accuracy.max_ulp;
    p->ns = s->ns;
    return !isnan(p->ulp);
}

static bool beats(struct point a, struct point b)
{
    return a.ulp <= b.ulp && a.ns <= b.ns && (a.ulp < b.ulp || a.ns < b.ns);
}

void result_dominated(const struct result *r, uint64_t n, int *dominated)
{
    for (int i = 0; i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        struct point mine, best = {0, INFINITY};
        dominated[i] = -1;
        if (!kernel_point(k, n, &mine))
            continue;
        for (int j = 0; j < r->nkernels; j++) {
            const struct kernel_record *other = &r->kernel[j];
            struct point p;
            if (kernel_is_sound(other) && kernel_point(other, n, &p) && beats(p, mine) &&
                !strcmp(k->function, other->function) && !strcmp(k->dtype, other->dtype) &&
                p.ns < best.ns) {
                best = p;
                dominated[i] = j;
            }
        }
    }
}
