/* interval.h -- the MPFR evaluator: a formula over intervals with outward rounding, at any precision.
 *
 * This is what every figure of actulp rests on.  At a precision of PREC bits each operation rounds its
 * lower end down and its upper end up, so the result encloses the exact value.  Facts that an enclosure
 * alone would lose travel beside it: that the value cannot be zero (exp(-1e38) is [0, tiny] but
 * positive), and that it may be undefined (log of an interval that reaches below 0).
 */
#ifndef REF_INTERVAL_H
#define REF_INTERVAL_H

#include <stdbool.h>
#include <mpfr.h>
#include "fpcore.h"

/* lo <= value <= hi.  NONZERO: the value is known not to be zero, although an end may be (the end is then
 * open).  MAYBE_NAN: some operation may have been undefined; with lo = hi = NaN it surely was. */
struct interval {
    mpfr_t lo, hi;
    bool nonzero, maybe_nan;
};

/* A formula with its parameters fixed, and the room to evaluate it.  Not shared between threads. */
struct evaluator;

/* PARAM holds one value per parameter of F, already rounded to the compute type; NULL means the defaults
 * of F rounded to double.  Never fails (memory exhausted aborts, as in GMP). */
struct evaluator *evaluator_new(const struct function *f, const double *param);
/* The same for another expression of F (a limit, a range end, :pre): X is then usually not used. */
struct evaluator *evaluator_new_expr(const struct function *f, const struct expr *e, const double *param);
void evaluator_free(struct evaluator *ev);

/* The enclosure of the formula at the finite X, at PREC bits.  OUT's mpfr_t must have been initialised by
 * interval_init; they get precision PREC. */
void interval_init(struct interval *v);
void interval_clear(struct interval *v);
void evaluator_at(struct evaluator *ev, mpfr_srcptr x, mpfr_prec_t prec, struct interval *out);

/* The truth value of a boolean expression: 1, 0, or -1 where PREC bits do not settle it. */
int evaluator_bool_at(struct evaluator *ev, mpfr_srcptr x, mpfr_prec_t prec);

/* The value at the double X to DIGITS significant decimal digits, correctly rounded, as "2.2273639e-39";
 * "nan", "inf", "-inf", "0".  A value below MPFR's range is given as "0 (positive, below 1e-1388255822130839282)".
 * If the limit of precision does not settle it: "~" before the best known.  malloc'ed. */
char *evaluator_digits(struct evaluator *ev, mpfr_srcptr x, int digits);

/* The enclosure of the derivative of the body at X, by interval automatic differentiation at PREC bits:
 * used to test gradients against their forward formula.  At a kink the result encloses both sides. */
void evaluator_derivative_at(struct evaluator *ev, mpfr_srcptr x, mpfr_prec_t prec, struct interval *out);

#endif
