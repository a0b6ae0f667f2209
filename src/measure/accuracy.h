/* accuracy.h -- grading: from results and truths to the tally of one kernel.
 *
 * A tally is a plain block of integers and maxima, so it lives in shared memory, is written to a
 * checkpoint as it is, and merges: tally_merge is commutative and associative, bit for bit.  Hence
 * threads, shards and interruptions do not change a result.  Sums of errors are kept in fixed point
 * for that reason.
 *
 * The inputs come as runs: inputs of one sign, in order of |x|, of one format.
 */
#ifndef MEASURE_ACCURACY_H
#define MEASURE_ACCURACY_H

#include <stdint.h>
#include "../../ref/block.h"
#include "../../ref/truth.h"
#include "lanes.h"
#include "../kernel.h"
#include "../result/result.h"

enum { TALLY_SEGMENTS = 4608 }; /* at least segment_count(), tested */

/* An input, its result, and what was due. Ordered by |x|, the positive one first. */
struct tally_point {
    uint64_t x, y, due;
    double exact; /* nearest double of the exact value */
};

struct tally_count {
    uint64_t n;
    struct tally_point first;
};

struct tally {
    uint64_t inputs, numbers, unjudged, undecided, correct;
    uint64_t histogram[HISTOGRAM_BINS];
    struct tally_count failure[FAIL_COUNT];
    double max_ulp; /* of the worst input; no other exceeds it by more than TALLY_RESOLUTION. -1:
                       none */
    struct tally_point worst;
    uint64_t open;         /* max_ulp is the middle of an enclosure still: grade_settle */
    uint64_t max_distance; /* in numbers of the format, from what was due */
    struct tally_point farthest;
    double max_abs, max_rel, inf_as_ulp, largest_step, reflection;
    /* Sums of |e|, e and e^2 in fixed point: `fine' in units of 2^-20 for |e| < 1024, `coarse' in
     * units of 1 for the others, there clamped to 2^40. */
    __int128 fine_abs, fine_signed, fine_square, coarse_abs, coarse_signed, coarse_square;
    uint64_t coarse;
    uint64_t flushed_accepted;
    /* Of results and exact values, where grading.moments asks for it: sums in units of 2^-40, how
     * many were too large for that or no number, and zeros. */
    struct {
        __int128 sum, exact_sum;
        uint64_t lost, exact_lost, zeros, exact_zeros;
    } moment;
    float segment_max[TALLY_SEGMENTS]; /* -1: nothing there; infinity: a result without error in
                                          ulps */
    uint64_t digest;
    /* The inputs nearest to +-infinity whose result is not the one at the largest finite input of
     * that sign: from there on outwards the kernel is saturated.  Index 0: x < 0.  Patterns; 0:
     * none. */
    uint64_t last_change[2], exact_last_change[2];
    /* Per promised interval of x: what happened inside. */
    struct {
        double max_ulp; /* -1: no number */
        struct tally_point worst, first_failure;
        uint64_t misrounded, failures; /* failures: results without an error in ulps */
    } bound[MAX_BOUNDS];
};

#define TALLY_RESOLUTION 0x1p-20
enum { MOMENT_BITS = 40 };

/* How a function is graded, the same for all its kernels. */
struct grading {
    struct oracle *oracle;
    struct block_ref *block; /* NULL: MPFR alone */
    enum format in, out;
    mpfr_rnd_t rounding;
    bool ftz; /* a zero of z's sign is accepted where |z| < 2^emin, and a subnormal x may count as 0
               */
    struct truth at_zero[2]; /* in flush mode: what is due at -0 and +0 */
    bool moments;            /* sum up results and exact values too: inputs are of a distribution */
    bool has_range;
    double range[2];
    enum symmetry symmetry;
    struct lane_format lanes;
    unsigned zero_plus, zero_minus; /* signs accepted of an exact zero, for x >= 0 and x < 0 */
    int nspecial;
    double special[MAX_AT]; /* where :accept holds */
    uint64_t tail[2];       /* the results due at the largest finite inputs, x < 0 and x > 0 */
    bool reflection_is_x;   /* the declared f(x) +- f(-x) is x itself, else reflection_value */
    double reflection_value;
};

/* Fills G for function F, graded as IN -> OUT with parameters PARAM (NULL: defaults).  FAST: use
 * the fast reference where there is one.  grading_free releases what it holds. */
void grading_init(struct grading *g, const struct function *f, enum format in, enum format out,
                  const double *param, mpfr_rnd_t rounding, bool ftz, bool fast);
void grading_free(struct grading *g);

/* Counters of the reference, per unit of work. */
struct reference_tally {
    uint64_t tier[TIER_COUNT];
    uint64_t audits, violations;
    struct tally_point violation; /* the first */
};

/* The words for the tiers, and their counts as a result carries them; and back. */
extern const char *const tier_word[TIER_COUNT];
void tiers_record(const uint64_t count[TIER_COUNT], struct accuracy *a);
void tiers_read(uint64_t count[TIER_COUNT], const struct accuracy *a);

/* Truths of a run, settled: what block_ref did not decide was asked of MPFR.  One in AUDIT_EVERY of
 * the decided ones is asked too, and must agree. */
enum { AUDIT_EVERY = 1 << 18 };

struct truth_run {
    int n;
    bool fast; /* the fast reference was asked */
    uint64_t x[BLOCK];
    double xv[BLOCK];
    struct truth_block t;
    struct truth special[BLOCK]; /* of those marked in `slow' */
    bool any_slow;               /* then, per lane: */
    uint64_t slow[BLOCK];        /* all ones: graded from `special', one at a time; else 0 */
    bool all_nan;  /* a NaN is due everywhere: only x, xv, t.due, t.lo and t.hi are filled */
    bool constant; /* every lane has the same due, lo and hi, and a crumb of an ulp lies between */
    /* The monotone piece: of all lanes, or of each where the run lies across a turning point. */
    bool one_piece;
    int piece[BLOCK]; /* -1: none; only the first is set if one_piece */
    enum shape shape[BLOCK];
};

/* Fills R for the N inputs X.  TALLY counts tiers and audits. */
void truth_run_fill(struct grading *g, struct truth_run *r, const uint64_t *x, int n,
                    struct reference_tally *tally);

/* What a kernel carries from run to run of a unit: the previous input of this sign. */
struct run_state {
    bool has_previous;
    uint64_t y;
    int piece;
};

/* What is known of a kernel before it is graded: the intervals it promises something for (bounds
 * are not looked at), and its own results at the largest finite inputs, x < 0 and x > 0. */
struct kernel_facts {
    struct promise promise;
    uint64_t tail[2];
};

/* Grades results Y (packed, of format g->out) of run R: everything but symmetry.  PLACE tells this
 * run from all others of the sweep, for the digest. */
void grade_run(struct grading *g, const struct truth_run *r, const void *y, uint64_t place,
               const struct kernel_facts *facts, struct run_state *state, struct tally *t);

/* Grades the symmetry and the reflection of results YP at +|x| and YN at -|x|; R is the run of
 * +|x|. */
void grade_symmetry(struct grading *g, const struct truth_run *r, const void *yp, const void *yn,
                    struct tally *t);

/* Settles the maximum of T, which grade_run leaves within a crumb: before it is merged. */
void grade_settle(struct grading *g, struct tally *t);

void tally_init(struct tally *t);
void tally_merge(struct tally *into, const struct tally *from);
/* Takes over from FROM only what is extreme or wrong (maxima, failures), not what is counted or
 * summed: for inputs that were chosen because they are bad. */
void tally_raise(struct tally *into, const struct tally *from);

/* The record that a result carries, for results in formats IN -> OUT; REFLECTS: the function
 * declares an identity.  Coverage, rigour, sweep, tiers and times are the caller's. */
void tally_record(const struct tally *t, enum format in, enum format out, bool reflects,
                  struct accuracy *a);

/* A tally as text and back, so that the parts of a sharded sweep can be merged from their results.
 * tally_text is malloc'ed; tally_parse is false if TEXT is not the whole of one. */
char *tally_text(const struct tally *t);
bool tally_parse(struct tally *t, const char *text);

#endif
