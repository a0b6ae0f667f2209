/* paired.h -- is the new one of two kernels slower?  Both are timed in turns, in one child, until
 * that is settled.
 *
 * A pass times every pair whose question is open, each longer than the pass before.  An answer
 * counts when two passes in a row give it, except that one equal within the tolerance is enough.
 * For "slower" the instructions are counted besides: where they did not become more, a third pass
 * has to agree.
 */
#ifndef SRC_PAIRED_H
#define SRC_PAIRED_H

#include "measure/speed.h"
#include "../reports/compare.h"

struct paired_plan {
    struct subject *const (*pair)[2]; /* old, new */
    int npairs;
    const uint64_t *size;
    int nsizes;
    struct inputs inputs;
    uint64_t seed;
    double seconds;   /* for each pair and size, all passes together */
    double tolerance; /* of the new time, relative */
    int cpu;
    const char *clock;
};

/* One pair at one size. */
struct paired {
    enum change change; /* CHANGE_OPEN: it did not settle, or was not timed */
    struct versus last; /* of the last pass in which it was timed */
    double tolerance;   /* that it was judged at: no finer than the noise floor of that pass */
    int passes;
    double chance;   /* that so long a time comes about within the tolerance, by the last pass */
    double count[2]; /* slower: instructions per element, old and new; NAN: not counted */
    char *fault;     /* why it was not timed, or not to the end; NULL */
};

/* Fills npairs * nsizes CELLS, pair-major; MACHINE and NOISE_FLOOR as speed_run does, of the last
 * pass.  NOTE, of 256 bytes, says why instructions were not counted, or is empty. */
void paired_run(const struct paired_plan *plan, struct paired *cells, struct machine *machine,
                double *noise_floor, char *note);
void paired_free(struct paired *cells, int n);

#endif
