/* stats.h -- pure functions from samples and records to the figures that people read.
 *
 * Every figure that is derived is derived here, for measuring, reports, compare and choose alike.
 */
#ifndef RESULT_STATS_H
#define RESULT_STATS_H

#include <stddef.h>
#include "result.h"

double stats_min(const double *v, size_t n);
/* The mean of the two middle values where N is even; NAN for n = 0.  Does not change V. */
double stats_median(const double *v, size_t n);

/* The two-sided interval for the median from order statistics (the sign test): ranks LO < HI
 * (0-based) such that [v_(lo), v_(hi)] covers the median with probability >= LEVEL whatever the
 * distribution. False if N is too small for the level. */
bool stats_sign_interval(size_t n, double level, size_t *lo, size_t *hi);

/* Median of V and its sign-test interval; V is sorted in place. */
struct interval_estimate {
    double value, lo, hi; /* lo, hi NAN if n is too small */
};
struct interval_estimate stats_median_interval(double *v, size_t n, double level);

/* One-sided rank test (Mann and Whitney, by the normal distribution with ties): how likely samples
 * B would come out so much larger than A if both had one distribution.  NAN for fewer than eight of
 * either. */
double stats_rank_test(const double *a, size_t na, const double *b, size_t nb);

/* Holm: which of N hypotheses fall at LEVEL for all of them together.  A NAN never does. */
void stats_holm(const double *p, size_t n, double level, bool *falls);

/* Segments of the input axis: eight per binade where 2^-12 <= |x| < 2^8, else one per binade, each
 * sign apart; index 0 is zero; the same for every format.  An infinite x lies in the outermost
 * segment of its sign; a NaN in none: -1.  segment_ends gives the magnitudes [lo, hi) and the sign
 * of a segment. */
int segment_of(double x);
int segment_count(void);
void segment_ends(int index, double *lo, double *hi, bool *negative);

/* The bin of an error in ulps that is not correctly rounded, and the upper end of a bin. */
int histogram_bin(double ulp);
double histogram_upper(int bin);

/* Runs of whole segments whose error is at most LIMIT, as intervals of x in ascending order;
 * returns their number, at most MAX.  A segment in which nothing was graded ends a run. */
struct x_interval {
    double lo, hi;
};
int accuracy_within(const struct accuracy *a, double limit, struct x_interval *out, int max);

/* Share of judged inputs that are correctly rounded, in [0, 1]. */
double accuracy_share_correct(const struct accuracy *a);
/* Failures of the first five classes: results that have no error in ulps. */
uint64_t accuracy_class_failures(const struct accuracy *a);

/* The cell of K at size N in mode "throughput", or NULL. */
const struct speed *kernel_speed(const struct kernel_record *k, uint64_t n);

/* Median of the samples of a cell, NAN if none were kept. */
double speed_median(const struct speed *s);

/* The size that stands in a table with one time per kernel: the largest that fits L1, else the
 * smallest; 0 if nothing was timed. */
uint64_t result_main_size(const struct result *r);

/* No promise is broken, and no result is of the wrong class (NaN, infinity). */
bool kernel_is_sound(const struct kernel_record *k);

/* The kernels of R that no other of the same function and dtype beats in both error and time:
 * dominated[i] becomes the index of a kernel that does, or -1.  Kernels with broken promises or
 * class failures dominate nobody.  SPEED picks the cell: size N and mode "throughput". */
void result_dominated(const struct result *r, uint64_t n, int *dominated);

/* The words for enum keeps in kernel.h, in bit order: "range", "monotone", "symmetry", ... */
extern const char *const keeps_word[];
enum { KEEPS_WORDS = 9 };

#endif
