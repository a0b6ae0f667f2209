/* speed.h -- the timer: ns per element of kernels that run interleaved in one child.
 *
 * Rounds visit every (kernel, size) cell once in an order shuffled anew each round; a visit is an
 * epoch of about 100 us.  The minimum over the whole run is the absolute figure, the median of
 * paired log ratios against the yardstick (visited beside every kernel) the relative one.  See
 * doc/measuring.md.
 */
#ifndef MEASURE_SPEED_H
#define MEASURE_SPEED_H

#include "inputs.h"
#include "lane.h"
#include "track.h"
#include "../result/result.h"
#include "../subject.h"

enum { SPEED_MAX_SIZES = 32, SPEED_SAMPLES = 200 };

struct speed_plan {
    struct subject **subject; /* those that passed the guard */
    int nsubjects;
    uint64_t size[SPEED_MAX_SIZES]; /* elements per call; 0: latency of a dependent scalar call */
    enum lane_mode mode[SPEED_MAX_SIZES]; /* of each size; 0 is throughput */
    int nsizes;
    struct inputs inputs;
    uint64_t seed;
    double seconds;    /* wall clock for all */
    int cpu;           /* to pin to; -1: none */
    const char *clock; /* "tsc", "cntvct", "monotonic" to force one; NULL: the best that is valid */
    /* Receive what came of the yardstick; may be NULL: a cell for each size, of the first subject's
     * formats; and the epochs of cells in cache by their time (see struct result). */
    struct speed *yardstick;
    uint64_t *modes;
    char *note; /* receives why a coarser clock than hoped for is used, or ""; may be NULL */
    size_t notelen;
    void (*progress)(void *arg, double done,
                     double seconds_left); /* called in the parent; may be NULL */
    void *progress_arg;
};

/* What a kernel did instead of being timed. */
struct speed_fault {
    int subject; /* -1: no kernel is to blame, nothing could be timed */
    char text[160];
};

/* Sizes that fit this machine: at most half of L1 (in and out together), of L2, of L3, and four
 * times the last; powers of two.  Returns their number: 4, fewer where a cache is not there. */
int speed_default_sizes(uint64_t *size, enum format f);

/* From 1 element to beyond the last cache by factors of 4. */
int speed_curve_sizes(uint64_t *size, enum format f);

/* How many of N rising sizes SECONDS allow NSUBJECTS kernels: of the largest, the visits that each
 * needs take a tenth of the time if an element takes 5 ns.  At least 1. */
int speed_affordable_sizes(const uint64_t *size, int n, int nsubjects, double seconds);

/* Where BYTES (in and out together) fit: "L1", "L2", "L3", "memory"; "unknown" where no cache is
 * known. */
const char *speed_level(double bytes);

/* Times all of PLAN in a child.  CELLS has nsubjects * nsizes entries, subject-major, filled with
 * malloc'ed strings and samples; a cell of a kernel that crashed, and one that makes no sense (in
 * place between formats of unlike width), has level = NULL.  MACHINE gets the clock's facts and
 * NOISE_FLOOR the A/A spread of the yardstick, with which the run begins: the farthest end of the
 * 95 % interval of its ratio to itself from 1, over all sizes that were visited often enough; NAN
 * if none was.  A kernel that crashes or hangs becomes a fault and the others go on.  Returns the
 * number of faults (at most nsubjects). */
int speed_run(const struct speed_plan *plan, struct speed *cells, struct speed_fault *faults,
              struct machine *machine, double *noise_floor);

/* Old against new: PLAN's subjects in twos, the old one first; a cell for each two and size,
 * subject-major. Both run the same number of calls an epoch. */
struct versus {
    double ratio, lo,
        hi; /* new / old: median of paired samples and its 95 % interval; NAN: not timed */
    struct least first, second; /* ns per element, old and new */
    uint32_t rounds;
    bool settled;     /* the interval is narrower than 3 % */
    int nsamples;     /* of each, in order of time */
    float *sample[2]; /* ns per element, malloc'ed */
};

int speed_versus(const struct speed_plan *plan, struct versus *cells, struct speed_fault *faults,
                 struct machine *machine, double *noise_floor);

/* What an interval of new / old says at a tolerance (0.02: two per cent). */
enum speed_verdict {
    SPEED_SAME,      /* the interval lies within the tolerance */
    SPEED_SLOWER,    /* all of it lies above */
    SPEED_FASTER,    /* all of it lies below */
    SPEED_UNSETTLED, /* it lies across an end of the tolerance, or there is none */
};
enum speed_verdict versus_verdict(double lo, double hi, double tolerance);

#endif
