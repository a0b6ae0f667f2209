/* track.h -- the samples of one pair of lanes while it is timed, and the figures that come of them.
 *
 * A track has a fixed size, for shared memory, and lasts any time: when full, neighbours are
 * merged, the lesser time and the earlier ratio of the two, and from then on each slot stands for
 * twice as many epochs.
 *
 * A run is made of sittings, each a process of its own.  Samples of one sitting share what a
 * process happens to start with (the state of branch and store predictors, its pages), so they are
 * not independent; where sittings disagree the interval of the ratio is as wide as they are apart.
 */
#ifndef MEASURE_TRACK_H
#define MEASURE_TRACK_H

#include <stdint.h>
#include "../result/stats.h"

enum { TRACK_SLOTS = 4096, TRACK_SITTINGS = 32 };

struct track {
    uint32_t n;                     /* slots used */
    uint32_t stride;                /* epochs per slot; 0 before the first */
    uint32_t filled;                /* epochs in the last slot; 0: it is full */
    uint32_t sittings;              /* begun */
    uint32_t start[TRACK_SITTINGS]; /* the first slot of each */
    float ns[2][TRACK_SLOTS];       /* per element, of the first and the second lane */
    float log_ratio[TRACK_SLOTS];   /* ln of first / second, of epochs next to each other */
};

/* Begins a sitting. */
void track_sit(struct track *t);

/* Adds one epoch of each lane; times above 0. */
void track_record(struct track *t, double first_ns, double second_ns);

/* Least time of a side (0 or 1), and the range of the minima of the four quarters of the run.  NAN
 * without samples. */
struct least {
    double ns, lo, hi;
};
struct least track_least(const struct track *t, int side);

/* The times of a side in order, at most MAX: groups even in time, each by its least.  Returns how
 * many are written to OUT. */
int track_thin(const struct track *t, int side, float *out, int max);

/* Median of first / second and its interval at LEVEL: that of the sign test over all samples, made
 * wide enough to agree with the sittings' own intervals. */
struct interval_estimate track_ratio(const struct track *t, double level);

#endif
