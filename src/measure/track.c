/* track.c -- samples of a pair: see track.h. */
#include "track.h"

#include <math.h>
#include <stdlib.h>
#include "../mem.h"

static void halve(struct track *t)
{
    for (uint32_t i = 0; i < TRACK_SLOTS / 2; i++) {
        for (int side = 0; side < 2; side++)
            t->ns[side][i] = fminf(t->ns[side][2 * i], t->ns[side][2 * i + 1]);
        t->log_ratio[i] = t->log_ratio[2 * i];
    }
    for (uint32_t i = 0; i < t->sittings; i++)
        t->start[i] = (t->start[i] + 1) / 2;
    t->n = TRACK_SLOTS / 2;
    t->stride *= 2;
}

void track_sit(struct track *t)
{
    t->filled = 0;
    if (t->sittings == 0 || t->start[t->sittings - 1] < t->n) /* the last one was used */
        if (t->sittings < TRACK_SITTINGS)
            t->start[t->sittings++] = t->n;
}

void track_record(struct track *t, double first_ns, double second_ns)
{
    float ns[2] = {(float)first_ns, (float)second_ns};
    if (t->stride == 0)
        t->stride = 1;
    if (t->filled == 0) { /* a new slot */
        if (t->n == TRACK_SLOTS)
            halve(t);
        t->log_ratio[t->n] = (float)log(first_ns / second_ns);
        t->ns[0][t->n] = ns[0];
        t->ns[1][t->n] = ns[1];
        t->n++;
    }
    for (int side = 0; side < 2; side++)
        t->ns[side][t->n - 1] = fminf(t->ns[side][t->n - 1], ns[side]);
    t->filled = (t->filled + 1) % t->stride;
}

static float least_of(const struct track *t, int side, size_t from, size_t to)
{
    float least = INFINITY;
    for (size_t i = from; i < to; i++)
        least = fminf(least, t->ns[side][i]);
    return least;
}

struct least track_least(const struct track *t, int side)
{
    struct least l = {NAN, NAN, NAN};
    if (t->n == 0)
        return l;
    l.ns = least_of(t, side, 0, t->n);
    for (size_t q = 0; q < 4; q++) {
        size_t from = q * t->n / 4, to = (q + 1) * t->n / 4;
        double least = least_of(t, side, from, to);
        if (from == to)
            continue;
        l.lo = fmin(l.lo, least); /* fmin and fmax skip a NAN */
        l.hi = fmax(l.hi, least);
    }
    return l;
}

int track_thin(const struct track *t, int side, float *out, int max)
{
    int kept = t->n < (uint32_t)max ? (int)t->n : max;
    for (int k = 0; k < kept; k++)
        out[k] = least_of(t, side, (size_t)k * t->n / (size_t)kept,
                          ((size_t)k + 1) * t->n / (size_t)kept);
    return kept;
}

/* The intervals of the sittings' own medians, at a level at which few of them are wrong; their
 * number. Sittings with too few samples for it say nothing.  V is for work. */
static size_t sitting_intervals(const struct track *t, double *v, double *lower, double *upper)
{
    static const double level = 0.99;
    size_t found = 0;
    for (uint32_t s = 0; s < t->sittings; s++) {
        uint32_t end = s + 1 < t->sittings ? t->start[s + 1] : t->n, n = 0;
        for (uint32_t i = t->start[s]; i < end; i++)
            v[n++] = t->log_ratio[i];
        struct interval_estimate e = stats_median_interval(v, n, level);
        if (isnan(e.lo) || isnan(e.hi))
            continue;
        lower[found] = e.lo;
        upper[found++] = e.hi;
    }
    return found;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Makes E wide enough to agree with the sittings: with all of them, or, where they are many, with
 * all but those that the sign test at LEVEL leaves out at either end. */
static void widen(struct interval_estimate *e, double *lower, double *upper, size_t n, double level)
{
    size_t lo, hi;
    if (n < 2)
        return;
    qsort(lower, n, sizeof *lower, by_value);
    qsort(upper, n, sizeof *upper, by_value);
    if (!stats_sign_interval(n, level, &lo, &hi))
        lo = 0, hi = n - 1;
    if (upper[lo] < e->lo)
        e->lo = upper[lo];
    if (lower[hi] > e->hi)
        e->hi = lower[hi];
}

struct interval_estimate track_ratio(const struct track *t, double level)
{
    double *v = xmalloc(t->n * sizeof *v), lower[TRACK_SITTINGS], upper[TRACK_SITTINGS];
    size_t sittings = sitting_intervals(t, v, lower, upper);
    for (uint32_t i = 0; i < t->n; i++)
        v[i] = t->log_ratio[i];
    struct interval_estimate e = stats_median_interval(v, t->n, level);
    free(v);
    widen(&e, lower, upper, sittings, level);
    return (struct interval_estimate){exp(e.value), exp(e.lo), exp(e.hi)};
}
