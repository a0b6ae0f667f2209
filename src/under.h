/* under.h -- what becomes of a kernel under an input distribution: its mean error where the inputs
 * are, its mean output, and the share of inputs for which learning stops.
 *
 * An exhaustive sweep weighs every float alike, and most floats are tiny or huge; a network sees
 * others.  The inputs are drawn with the seed of the run, so the same are drawn again.
 */
#ifndef SRC_UNDER_H
#define SRC_UNDER_H

#include "measure/sweep.h"

/* Grades the subjects of PLAN, which have been swept, once more over inputs drawn from IN, and
 * records it in A (one a subject; NULL: none is wanted). */
void under_sweep(const struct sweep_plan *plan, const struct inputs *in, struct accuracy **a);

/* Records what T, of a sweep over the N values X, says; NAME: of the distribution or the file. */
void under_record(const struct tally *t, const char *name, const double *x, size_t n,
                  struct accuracy *a);

/* The shares again, after the thresholds of A were settled: of a result that was merged. */
void under_again(struct accuracy *a, uint64_t seed, enum format f);

#endif
