/* difference.h -- two kernels of one function, compared bit by bit on the same inputs.
 *
 * No truth is needed, so far more inputs can be tried than are graded: of 32 bits and fewer, all.
 */
#ifndef SRC_DIFFERENCE_H
#define SRC_DIFFERENCE_H

#include "subject.h"

struct difference {
    uint64_t inputs, differ; /* inputs tried; those with other results, NaNs counting as one */
    uint64_t x, y[2];        /* the first of them in the order of patterns, and both results */
    bool complete;           /* every input of the format was tried */
    double seconds;
};

/* Calls both of PAIR, which take the same formats, in children, JOBS at a time: on one input in
 * each of 2^24 equal stretches of patterns, drawn with SEED.  If those show no difference, all
 * inputs of a format of at most 32 bits follow, unless they would take longer than SECONDS.  False
 * with one line in ERR if that did not end well. */
bool difference_find(struct subject *const pair[2], double seconds, int jobs, uint64_t seed,
                     struct difference *d, char *err, size_t errlen);

#endif
