/* cycles.h -- core cycles by the processor's own counter, where perf_event_open permits it.
 *
 * Virtual machines and hardened systems rarely do; the core's frequency by a chain of additions
 * (core_ghz) then stands in.  A counter is used only if it agrees with that chain's known length.
 */
#ifndef MEASURE_CYCLES_H
#define MEASURE_CYCLES_H

#include <stdint.h>

/* A descriptor that counts this thread's cycles outside the kernel; -1: there is none that can be
 * believed.  Closed by close(). */
int cycles_open(void);

/* The count so far; 0 for -1 and where it cannot be read. */
uint64_t cycles_read(int counter);

/* Is COUNTED what a chain of LINKS additions of one cycle each takes, and little more? */
_Bool cycles_plausible(uint64_t counted, uint64_t links);

#endif
