/* truth.h -- the exact value of a function at an input, as far as grading a result needs it; and
 * the ulp.
 *
 * The definition of an ulp (after Zimmermann et al., "Accuracy of Mathematical Functions"):
 * for the exact value z with 2^e <= |z| < 2^(e+1), ulp(z) = 2^(max(e, emin) - p + 1), e capped at
 * emax, taken from the exact value.  The error of y is |y - z| / ulp(z), a real number.  At z = 0
 * the unit is the smallest subnormal.  Where |z| >= 2^emax (2 - 2^-p), infinity is due.
 *
 * A truth is settled by evaluating the formula in MPFR intervals at rising precision (up to
 * TRUTH_MAX_PRECISION bits) until the rounding decision is made and the offset below is known to
 * 2^-30; ties and exact zeros are recognised as intervals of width zero, and values a crumb beside
 * a tie or a power of 2 by open ends.
 */
#ifndef REF_TRUTH_H
#define REF_TRUTH_H

#include "format.h"
#include "fpcore.h"
#include "interval.h"

enum { TRUTH_MAX_PRECISION = 16384 };

enum truth_kind {
    TRUTH_FINITE,   /* a real number, possibly one that rounds to infinity */
    TRUTH_INFINITE, /* an infinity, by :limits or as the value of the formula; `due' says which */
    TRUTH_NAN,      /* NaN is due: x is NaN, or the formula is undefined here */
    TRUTH_UNJUDGED, /* nothing is due: an infinite x without declared limit, or x outside :pre */
    TRUTH_UNSETTLED /* the precision limit did not settle the rounding; lo, hi still enclose */
};

enum { ACCEPT_ZERO_POSITIVE = 1, ACCEPT_ZERO_NEGATIVE = 2 };

struct truth {
    enum truth_kind kind;
    uint64_t due;     /* the correctly rounded pattern, in the rounding direction asked for */
    uint64_t nearest; /* the same in round to nearest even, but never infinite: the anchor below */
    int ulp_exponent; /* ulp(z) = 2^ulp_exponent */
    double offset_lo, offset_hi; /* enclosure of (z - value(nearest)) / ulp(z) */
    double lo, hi; /* enclosure of z in doubles, rounded outward; +-infinity where z is beyond */
    bool tie;      /* z lies exactly between two neighbouring patterns */
    bool zero;     /* z = 0 exactly; accept_zero then tells the signs accepted */
    bool at_limit; /* x is infinite: z is the first of the declared limits */
    unsigned accept_zero; /* bits ACCEPT_ZERO_*: signs accepted of a zero result where z is 0 */
    int naccept; /* other values accepted here (a kink, a limit that is a set); each a pattern */
    uint64_t accept[2 * MAX_ACCEPT];
};

/* A function with its parameters rounded to the compute type of a format (f32 for f16, bf16 and
 * f32; f64 for f64): what truths are asked of.  Holds its own evaluators; not shared between
 * threads. */
struct oracle;

/* PARAM: values that replace the defaults, NULL for none, NAN entries keep the default. */
struct oracle *oracle_new(const struct function *f, enum format compute, const double *param);
void oracle_free(struct oracle *o);
const double *oracle_params(const struct oracle *o); /* as rounded: what a kernel is called with */
const struct function *oracle_function(const struct oracle *o);
struct evaluator *oracle_evaluator(struct oracle *o); /* of the body */

/* The truth of input X (a pattern of format IN) for results of format OUT, rounded in direction
 * RND. */
void truth_at(struct oracle *o, enum format in, uint64_t x, enum format out, mpfr_rnd_t rnd,
              struct truth *t);

/* The declared shape with its ends rounded to OUT: results must lie in [lo, hi]. False if none. */
bool oracle_range(struct oracle *o, enum format out, double *lo, double *hi);
/* Index of the monotone piece that the double X lies in; -1 if no shape is declared there, or if X
 * is a turning point itself: X on both sides of it are in different pieces, and it belongs to
 * neither. */
int oracle_piece(struct oracle *o, double x, enum shape *shape);
/* Declared breakpoints, as doubles (nearest): their number, at most MAX, the values in OUT. */
int oracle_breakpoints(struct oracle *o, double *out, int max);
/* The points with an :accept set that are doubles: their number, the values in OUT[MAX_AT]. */
int oracle_special(const struct oracle *o, double *out);

enum verdict {
    VERDICT_NUMBER,      /* the error in ulps is [lo, hi] */
    VERDICT_ACCEPTED,    /* a class was due and came, or nothing is judged here: no error */
    VERDICT_NAN,         /* NaN where a number or an infinity was due */
    VERDICT_NOT_NAN,     /* something else where NaN was due */
    VERDICT_INF,         /* an infinity where a finite number was due, or the wrong infinity */
    VERDICT_NOT_INF,     /* a finite number where the truth is an infinity itself */
    VERDICT_WRONG_LIMIT, /* another number than the declared limits at an infinite input, where the
                            limit is a number of the format; other limits are judged in ulps as any
                            value */
    VERDICT_COUNT
};

struct judgement {
    enum verdict verdict;
    bool correct; /* correctly rounded: y is `due' (or an accepted value; NaN payloads do not count)
                   */
    bool sign_wrong; /* the sign of y, also of a zero y, is not that of the exact value */
    /* VERDICT_NUMBER and VERDICT_WRONG_LIMIT: enclosure of the error.  VERDICT_INF: that of
     * 2^(emax+1) in place of the infinity, for show; hi is infinite where no double holds it. */
    double lo, hi;
};

/* What the result Y of format F is worth.  A y that is an infinity where |z| >= 2^emax (2 - 2^-p),
 * of the right sign, has error 0. */
struct judgement truth_judge(const struct truth *t, enum format f, uint64_t y);

#endif
