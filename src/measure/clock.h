/* clock.h -- the clock of the timer: counts ticks, knows how long one is and what a reading costs.
 *
 * Clocks are tried in turn, the finest first, and a clock is used only if it passes its validation:
 * it can be read at all, it never falls (on any processor this thread may run on), and its rate
 * agrees with CLOCK_MONOTONIC in several windows.  Ticks are not core cycles: core_ghz measures
 * those.
 *
 * To add a clock: an enumerator, a case in clock_ticks and a row in clock.c.
 */
#ifndef MEASURE_CLOCK_H
#define MEASURE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum tick_source { TICKS_TSC, TICKS_CNTVCT, TICKS_MONOTONIC, TICKS_SOURCES };
extern const char *const tick_source_word[TICKS_SOURCES]; /* "tsc", "cntvct", "monotonic" */

struct clock {
    enum tick_source source;
    double hz;           /* ticks per second, measured against CLOCK_MONOTONIC */
    double step;         /* ticks: the smallest change seen between two readings in a row */
    double overhead;     /* ticks: what a pair of readings with nothing between them reads */
    bool by_system_call; /* the vDSO's clock_gettime may not be used: it reads the TSC itself */
    char note[240]; /* why a finer clock, or the one asked for, is not used; "" if there is nothing
                       to say */
};

/* Opens the clock called WANT, else the one that ACTULP_CLOCK in the environment names, else the
 * finest that is valid.  Where the one asked for is not valid the next is taken and c->note says
 * why.  False only if WANT (or the variable) is not the name of a clock: c->note then says so. */
bool clock_open(struct clock *c, const char *want);

/* CLOCK_MONOTONIC in nanoseconds, as C allows; and in seconds by a plain system call, which works
 * where the TSC is disallowed too (clock_gettime of the C library then faults). */
uint64_t clock_monotonic_ns(const struct clock *c);
double clock_seconds(void);

/* A reading that no instruction before it is still pending at, and none after it has begun.  By
 * Intel's and AMD's manuals LFENCE before RDTSC waits for earlier instructions and LFENCE after it
 * holds later ones back; CPUID does both too but costs microseconds in a virtual machine.  ISB does
 * it on AArch64. */
static inline uint64_t clock_ticks(const struct clock *c)
{
    switch (c->source) {
#if defined(__x86_64__)
    case TICKS_TSC: {
        uint32_t lo, hi;
        __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(lo), "=d"(hi)::"memory");
        return (uint64_t)hi << 32 | lo;
    }
#elif defined(__aarch64__)
    case TICKS_CNTVCT: {
        uint64_t t;
        __asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(t)::"memory");
        return t;
    }
#endif
    default:
        return clock_monotonic_ns(c);
    }
}

/* Nanoseconds between two readings, the cost of the readings taken off; never negative. */
static inline double clock_ns(const struct clock *c, uint64_t start, uint64_t stop)
{
    double ticks = (double)(stop - start) - c->overhead;
    return ticks > 0 ? ticks / c->hz * 1e9 : 0;
}

/* The frequency of the core now, in GHz, from a chain of dependent additions of one cycle each: the
 * fastest of a few tries of some 10 us.  NAN where no such chain is written. */
double core_ghz(const struct clock *c);

/* Runs such a chain once; its length in cycles, 0 where none is written. */
uint64_t core_chain(void);

#endif
