/* block.h -- the fast reference: the same formulas over blocks of inputs, in enclosures of doubles.
 *
 * Its promise is the one that makes an exhaustive sweep certified: whatever it decides is what MPFR
 * would decide.  What it cannot decide it says so, and the caller asks truth_at.  It shares no code
 * with the kernels.  The bounds of its elementary functions are stated and proved in
 * doc/numerics.md.
 *
 * For results of formats with at most 24 significant bits (f32, f16, bf16).
 */
#ifndef REF_BLOCK_H
#define REF_BLOCK_H

#include <stdint.h>
#include "format.h"
#include "truth.h"

enum { BLOCK = 1024 };

/* How the value in one lane was decided; also the index of the counters of tiers. */
enum tier {
    TIER_UNDECIDED, /* lo, hi enclose z (perhaps only as [-inf, inf]); due is not known */
    TIER_EXACT,     /* lo = hi = z */
    TIER_DOUBLE,    /* enclosure in doubles */
    TIER_NEAR_ZERO, /* f(x) = c x (1 + theta x) */
    TIER_WIDE,      /* wider arithmetic */
    TIER_CONSTANT,  /* the whole block rounds to one value */
    TIER_MPFR,      /* set by the caller, when truth_at has told */
    TIER_COUNT
};

/* The truths of a block of finite inputs.  lo <= z <= hi always; where lo < hi both ends are open.
 * due is set where tier is not TIER_UNDECIDED.  z = 0 exactly only if lo = hi = 0: an end that is 0
 * is otherwise open.  Likewise an end that is a power of two while the other end lies in the binade
 * below it: the ulp of z is then that of the lower binade (tanh(30) is [1 - 2^-53, 1) and
 * sigmoid_grad near 0 [0.25 - 2^-55, 0.25)).  Where neither is known, the lane is undecided. */
struct truth_block {
    int n;
    double lo[BLOCK], hi[BLOCK];
    uint32_t due[BLOCK];
    uint8_t tier[BLOCK];      /* enum tier */
    uint8_t undefined[BLOCK]; /* 1: undecided, but the formula is surely undefined here and NaN is
                                 due, as for log1p(-2): there is no need to ask MPFR */
};

struct block_ref;

/* PARAM as evaluator_new takes it.  NULL if the formula holds an operator that has no fast
 * enclosure (the sweep then uses MPFR alone).  Not shared between threads. */
struct block_ref *block_ref_new(const struct function *f, const double *param);
/* The same on the ISA called so, for tests: "avx512", "avx2", "generic"; NULL too if it does not
 * run here. */
struct block_ref *block_ref_new_isa(const struct function *f, const double *param, const char *isa);
void block_ref_free(struct block_ref *b);

/* Truths of N <= BLOCK finite inputs X (exact in double, from any format) for results of format
 * OUT, rounded in direction RND.  Fastest where the inputs are neighbours of one sign, in order.  A
 * truth of exactly 0 gives due = +0; the caller applies the declared :zero set and the :accept
 * points. */
void block_ref_eval(struct block_ref *b, const double *x, int n, enum format out, mpfr_rnd_t rnd,
                    struct truth_block *t);

/* What it rests on: "own" or "certified, assuming SLEEF 3.5.1 within 2^-50", for the result. */
const char *block_ref_rigour(const struct block_ref *b);

/* The ISA its inner loops run on here: "avx512". */
const char *block_ref_isa(void);

#endif
