/* speed.h -- the timer: ns per element of kernels that run interleaved in one child.
 *
 * Rounds visit every (kernel, size) cell once in an order shuffled anew each round; a visit is an epoch of
 * about 100 us.  The minimum over the whole run is the absolute figure, the median of paired log ratios
 * against the yardstick (visited beside every kernel) the relative one.  See doc/measuring.md.
 */
#ifndef MEASURE_SPEED_H
#define MEASURE_SPEED_H

#include "inputs.h"
#include "../result/result.h"
#include "../subject.h"

enum { SPEED_MAX_SIZES = 32, SPEED_SAMPLES = 200 };

struct speed_plan {
    struct subject **subject; /* those that passed the guard */
    int nsubjects;
    uint64_t size[SPEED_MAX_SIZES]; /* elements per call; 0: latency of a dependent scalar call */
    int nsizes;
    struct inputs inputs;
    uint64_t seed;
    double seconds; /* wall clock for all */
    int cpu;        /* to pin to; -1: none */
    const char *clock; /* "tsc", "cntvct", "monotonic" to force one; NULL: the best that is valid */
    void (*progress)(void *arg, double done, double seconds_left); /* called in the parent; may be NULL */
    void *progress_arg;
};

/* What a kernel did instead of being timed. */
struct speed_fault {
    int subject;
    char text[160];
};

/* Sizes that fit this machine: about half of L1 (in and out together), of L2, of L3, and beyond. */
int speed_default_sizes(uint64_t *size, enum format f);

/* Times all of PLAN in a child.  CELLS has nsubjects * nsizes entries, subject-major, filled with malloc'ed
 * strings and samples; a cell of a kernel that crashed has level = NULL.  MACHINE gets the clock's facts
 * and NOISE_FLOOR the A/A spread of the yardstick.  A kernel that crashes or hangs becomes a fault and the
 * others go on.  Returns the number of faults (at most nsubjects). */
int speed_run(const struct speed_plan *plan, struct speed *cells, struct speed_fault *faults,
              struct machine *machine, double *noise_floor);

#endif
