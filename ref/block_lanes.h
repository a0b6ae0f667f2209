/* block_lanes.h -- between the fast reference (block.c) and its inner loops (block_lanes.c).
 *
 * block.c turns a formula into a list of steps; a step works on a whole strip of lanes at once,
 * reading and writing enclosures.  block_lanes.c is compiled once per ISA and offers one struct
 * lane_isa each.
 *
 * THE INVARIANT of an enclosure (lo, hi), kept by every step, on which all decisions rest:
 *
 *     lo = hi         the value is exactly that;
 *     lo < hi         lo < value < hi, both ends open (they may be infinite);
 *     lo or hi NaN    nothing is known, the value may be undefined (log of -1).
 *
 * So a tie, a power of two or a zero at an end of an enclosure is never the value itself.
 * Operations on points that are exact give points; everything else is open because it was rounded
 * outward from an open or inexact thing, or because a fact says so (exp > 0).
 *
 * A boolean is an enclosure too: [1, 1] true, [0, 0] false, [0, 1] not known.
 *
 * To add an operator: an enumerator, a step in block_lanes.c, and a row in block.c's table.
 */
#ifndef REF_BLOCK_LANES_H
#define REF_BLOCK_LANES_H

#include <stdbool.h>
#include <stdint.h>
#include "format.h"

enum { STRIP = 128 }; /* lanes per step: some twenty enclosures fit the first-level cache */

/* Enclosures of a strip.  For a point both pointers are the same. */
struct lanes {
    double *lo, *hi;
};

enum lane_op {
    LANE_ADD,
    LANE_SUB,
    LANE_MUL,
    LANE_MUL_NONNEGATIVE, /* a > 0 wherever it is defined, or a is the point 0 */
    LANE_SQUARE,
    LANE_DIV,
    LANE_DIV_POSITIVE, /* b > 0 wherever it is defined, or b is the point 0 */
    LANE_NEG,
    LANE_ABS,
    LANE_MIN,
    LANE_MAX,
    LANE_SQRT,
    LANE_EXP,
    LANE_EXP2,
    LANE_EXPM1,
    LANE_LOG,
    LANE_LOG1P,
    LANE_SINH,
    LANE_COSH,
    LANE_TANH,
    LANE_ERF,
    LANE_ERFC,
    LANE_IF,
    LANE_LT,
    LANE_LE,
    LANE_EQ,
    LANE_AND,
    LANE_OR,
    LANE_NOT,
    LANE_OP_COUNT
};

struct step {
    enum lane_op op;
    struct lanes r, a, b, c; /* r = op(a, b, c); r may be one of a, b, c */
};

/* f on one side of zero, with a = |x|: f(x) = c a^m + a^k q(a) for 0 < a <= radius, k > m >= 0,
 * where c and q are enclosed: q(a) lies less than SLACK from the polynomial COEFF as Horner's rule
 * computes it, and strictly between q_lo and q_hi.  Made by block_zero.c. */
enum { SERIES_TERMS = 16 };
struct series {
    bool known;
    double radius;
    int m, k;
    double c_lo, c_hi; /* equal: c is exactly that */
    double coeff[SERIES_TERMS];
    double slack;
    double q_lo, q_hi;
};

/* The parameters of a rounding, in doubles. */
struct lane_rounding {
    enum format format;
    int direction;     /* mpfr_rnd_t: MPFR_RNDN, MPFR_RNDD, MPFR_RNDU, MPFR_RNDZ */
    double min_normal; /* 2^emin */
    double top_binade; /* 2^emax */
    double max;        /* largest finite */
    double ulp_of_one; /* 2^(1-p) */
};

struct lane_isa {
    const char *name;
    int width; /* lanes per vector; strips are padded to a multiple */

    void (*step[LANE_OP_COUNT])(const struct step *s, int n);

    /* Rounds N enclosures whose tier is TIER_UNDECIDED: where all values of one round alike and lie
     * in one binade, sets due, and tier to TIER_EXACT (lo = hi) or else to TIER.  Returns how many
     * lanes of the N are undecided. */
    int (*decide)(const struct lane_rounding *r, const double *lo, const double *hi, int n,
                  int tier, uint32_t *due, uint8_t *tiers);

    /* Narrows the enclosures of the lanes whose x lies on the side of S (x > 0, or x < 0 if
     * NEGATIVE) and within its radius.  x is a point if its pointers are the same. */
    void (*near_zero)(const struct series *s, bool negative, struct lanes x, struct lanes z, int n);

    /* The smallest and the largest of N values. */
    void (*hull)(const double *x, int n, double *min, double *max);

    void (*fill)(double *to, double value, int n);
};

/* The loops for the ISA called NAME, or the best for NULL; NULL if they were not built or do not
 * run here.  The parameters of a rounding.  (block.c) */
const struct lane_isa *block_lanes_isa(const char *name);
struct lane_rounding block_rounding(enum format out, mpfr_rnd_t rnd);

extern const struct lane_isa block_lanes_generic, block_lanes_avx2, block_lanes_avx512;

#endif
