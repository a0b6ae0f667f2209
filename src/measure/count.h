/* count.h -- instructions per element, counted one by one: a figure that never flickers.
 *
 * A child runs the kernel under ptrace, a single step at a time; that needs no counters, which
 * virtual machines do not have, and no emulator, which lags behind instruction sets.  Some 100,000
 * steps take a few seconds.  It is a count and not a time: use it to confirm or refute that a
 * kernel has changed.
 */
#ifndef MEASURE_COUNT_H
#define MEASURE_COUNT_H

#include "inputs.h"
#include "../subject.h"

/* Elements of the shorter of the two calls that are compared, unless told otherwise. */
enum { COUNT_ELEMENTS = 256 };

struct instruction_count {
    double per_element; /* (instructions of a call on 2 n elements - of one on the first n) / n */
    uint64_t call;      /* of a call on n elements, including what surrounds it: some dozens */
    bool repeatable;    /* the longer call took as many when it was counted again */
};

/* Counts for N elements of IN drawn with SEED.  False with one line in ERR where the system does
 * not allow it, and if the kernel faults. */
bool count_instructions(const struct subject *s, const struct inputs *in, uint64_t seed, size_t n,
                        struct instruction_count *count, char *err, size_t errlen);

#endif
