/* sweep.h -- which inputs are graded, and how the work is shared out.
 *
 * All kernels of one function and format go through a sweep together, so that the truth of an input
 * is paid for once.  The work is cut into units of magnitudes |x|, each with its signs; units are
 * graded by worker processes, forked children that die alone when a kernel crashes, and merged in
 * the parent. The outcome does not depend on the number of workers nor on who does what.
 */
#ifndef MEASURE_SWEEP_H
#define MEASURE_SWEEP_H

#include "accuracy.h"
#include "checkpoint.h"
#include "inputs.h"
#include "../subject.h"

enum sweep_kind {
    SWEEP_QUICK, /* every binade, special values, breakpoints and thresholds, and a stride */
    SWEEP_FULL,  /* every pattern of the format, NaNs included */
    SWEEP_RANGE, /* every pattern from `from' to `to' */
    SWEEP_FILE   /* the elements of a tensor, each as often as it occurs */
};

struct sweep_plan {
    enum sweep_kind kind;
    double from, to;           /* SWEEP_RANGE: inclusive, from <= to */
    const struct inputs *file; /* SWEEP_FILE */
    struct subject **subject;
    int nsubjects; /* all of one function and one pair of formats */
    /* What they are graded against, with its parameters; NULL: the function they compute. */
    const struct function *ideal;
    const double *ideal_param;
    mpfr_rnd_t rounding;
    bool ftz;
    bool mpfr_only; /* without the fast reference */
    bool each;      /* grade each kernel, also where another should give the same bits */
    uint64_t seed;
    int jobs;
    int shard, shards;             /* 0, 1: all of it */
    struct checkpoint *checkpoint; /* finished units go there and come from there; NULL: none */
    uint64_t evaluations; /* of a search for bad cases after the sweep, per kernel; 0: none */
    double stall;         /* a call that takes longer hangs, seconds; 0: 20 */
    void (*progress)(void *arg, double share, double inputs); /* of this sweep; may be NULL */
    void *progress_arg;
};

struct sweep_fault {
    int subject;
    struct finding finding; /* kind, text and input; strings malloc'ed */
};

struct sweep_outcome {
    struct grading grading; /* for tally_record; freed by sweep_free */
    struct tally *tally;    /* one per subject */
    bool *graded;           /* false: a fault ended the grading of this subject */
    struct reference_tally reference;
    double seconds_reference, seconds_bookkeeping; /* of all workers together */
    double *seconds_kernel;
    int nfaults;
    struct sweep_fault *fault;
    bool exhaustive;
    bool searched;    /* bad cases were searched for: maxima are the largest found */
    bool resumed;     /* some units came from the checkpoint */
    bool interrupted; /* sweep_interrupt was called */
};

/* Grades.  Never fails but by findings; sweep_check says beforehand what is bad about a plan. */
void sweep_run(const struct sweep_plan *plan, struct sweep_outcome *out);
void sweep_free(struct sweep_outcome *out, int nsubjects);

/* NULL, or one line: a range that holds no value, a full sweep of f64. */
const char *sweep_check(const struct sweep_plan *plan);

/* Inputs that the plan grades per kernel, for progress over several sweeps. */
double sweep_size(const struct sweep_plan *plan);

/* From a signal handler: the sweep in progress ends soon and says interrupted. */
void sweep_interrupt(void);

#endif
