/* lane.h -- one kernel at one size, ready to be timed; and an epoch of it.
 *
 * An epoch is the unit of timing: a number of calls, found by calibration, that together take about
 * a tenth of a millisecond.  Speed.c decides which lane has its epoch when.
 *
 * To add a mode: a word, and a function in the table of lane.c.
 */
#ifndef MEASURE_LANE_H
#define MEASURE_LANE_H

#include "clock.h"
#include "../subject.h"

enum lane_mode {
    LANE_THROUGHPUT, /* calls on the same buffers, one after the other */
    LANE_IN_PLACE,   /* y = x; each call timed by itself on inputs put back before it */
    LANE_COLD,       /* each call timed by itself, its buffers flushed from all caches before it */
    LANE_LATENCY,    /* calls on one element, each needing the result of the one before */
    LANE_MODES
};
extern const char
    *const lane_mode_word[LANE_MODES]; /* "throughput", "in-place", "cold", "latency" */

/* Buffers, allocated once for all lanes of a run: 64-byte aligned, inputs and outputs half a page
 * apart modulo 4096, so that a load never waits for a store to the address 4096 away. */
struct arena {
    unsigned char *x[FORMAT_COUNT]; /* inputs of each format in use */
    unsigned char *y;
    size_t bytes; /* of each */
};

struct lane {
    const struct subject *subject;
    const struct arena *arena;
    enum lane_mode mode;
    size_t n; /* elements per call; 1 for latency */
    size_t
        window; /* elements that calls walk through, a multiple of n: short calls see many inputs */
    bool warm;  /* one untimed pass over the window before each epoch */
    uint64_t calls; /* per epoch; 0 until calibrated */
};

/* The least window, in elements. */
enum { LANE_WINDOW = 512 };

/* A lane of SUBJECT at N elements (0: latency); WARM where the buffers fit a cache. */
struct lane lane_make(const struct subject *s, const struct arena *a, enum lane_mode mode,
                      uint64_t n, bool warm);

/* An epoch: per element (per call for latency). */
struct epoch {
    double ns;     /* clock overhead subtracted */
    double cycles; /* by the processor's counter; NAN without one, and where calls are timed one by
                      one */
};

/* Runs one epoch.  COUNTER is of cycles_open, or -1. */
struct epoch lane_time(const struct lane *l, const struct clock *c, int counter);

/* Finds the number of calls that take TARGET_NS. */
void lane_calibrate(struct lane *l, const struct clock *c, double target_ns);

#endif
