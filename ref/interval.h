/* interval.h -- the MPFR evaluator: a formula over intervals with outward rounding, at any
 * precision.
 *
 * This is what every figure of actulp rests on.  At a precision of PREC bits each operation rounds
 * its lower end down and its upper end up, so the result encloses the exact value.  Facts that an
 * enclosure alone would lose travel beside it: that an end is not attained (exp(-1e38) is in (0,
 * tiny], so it is positive, and tanh(1e38) is below 1 at every precision), that the value cannot be
 * zero, and that it may be undefined (log of an interval that reaches below 0).
 *
 * interval.c holds the arithmetic, evaluator.c the formulas.
 */
#ifndef REF_INTERVAL_H
#define REF_INTERVAL_H

#include <stdbool.h>
#include <mpfr.h>
#include "fpcore.h"

/* lo <= value <= hi.  LO_OPEN, HI_OPEN: the value is known not to be that end; an infinite end that
 * is open only says that there is no bound, one that is closed that the value may be infinite.
 * NONZERO: the value is known not to be zero, although an end may be (the end is then open).
 * MAYBE_NAN: some operation may have been undefined; with lo = hi = NaN it surely was. */
struct interval {
    mpfr_t lo, hi;
    bool lo_open, hi_open;
    bool nonzero, maybe_nan;
};

/* ------------------------------------------------------------------ arithmetic (interval.c) */

/* A new interval has 64 bits and is NaN; interval_set_prec changes the precision and loses the
 * value. */
void interval_init(struct interval *v);
void interval_clear(struct interval *v);
void interval_set_prec(struct interval *v, mpfr_prec_t prec);

/* OUT, at its own precision, encloses A, a real number or a constant of FPCore. */
void interval_set(struct interval *out, const struct interval *a);
void interval_set_fr(struct interval *out, mpfr_srcptr a);
void interval_set_q(struct interval *out, mpq_srcptr a);
void interval_set_constant(struct interval *out, enum constant c);

/* OUT = OP(A, B), for OP_NEG to OP_POW; B is NULL where OP has one argument.  OUT is neither A nor
 * B.  With B = A in OP_MUL the result is the square, which is not negative. */
void interval_apply(struct interval *out, enum op op, const struct interval *a,
                    const struct interval *b);

/* The smallest interval that holds both. */
void interval_hull(struct interval *out, const struct interval *a, const struct interval *b);

/* 1 if A < B (A == B) for all values of the two, 0 for none, else -1. */
int interval_less(const struct interval *a, const struct interval *b);
int interval_equal(const struct interval *a, const struct interval *b);

bool interval_is_point(const struct interval *v); /* one value, infinite ones included */
bool interval_is_nan(const struct interval *v);   /* surely undefined */

/* ------------------------------------------------------------------ formulas (evaluator.c) */

/* A formula with its parameters fixed, and the room to evaluate it.  Not shared between threads. */
struct evaluator;

/* PARAM holds one value per parameter of F, already rounded to the compute type; NULL means the
 * defaults of F rounded to double.  Never fails (memory exhausted aborts, as in GMP). */
struct evaluator *evaluator_new(const struct function *f, const double *param);
/* The same for another expression of F (a limit, a range end, :pre): X is then usually not used. */
struct evaluator *evaluator_new_expr(const struct function *f, const struct expr *e,
                                     const double *param);
void evaluator_free(struct evaluator *ev);

/* The enclosure of the formula at the finite X, at PREC bits.  OUT must have been initialised by
 * interval_init; it gets precision PREC. */
void evaluator_at(struct evaluator *ev, mpfr_srcptr x, mpfr_prec_t prec, struct interval *out);

/* The same without a copy: valid until the next call with this evaluator. */
const struct interval *evaluator_view(struct evaluator *ev, mpfr_srcptr x, mpfr_prec_t prec);

/* The truth value of a boolean expression: 1, 0, or -1 where PREC bits do not settle it. */
int evaluator_bool_at(struct evaluator *ev, mpfr_srcptr x, mpfr_prec_t prec);

/* The value at X to DIGITS significant decimal digits, correctly rounded, as "2.2273639e-39"; zeros
 * at the end are left out where the value is exactly that; "nan", "inf", "-inf", "0".  A value
 * below MPFR's range is given as "0 (positive, below 1e-1388255822130839282)", one above it as
 * "above 1e1388255822130839282". If the limit of precision does not settle it: "~" before the best
 * known.  malloc'ed. */
char *evaluator_digits(struct evaluator *ev, mpfr_srcptr x, int digits);

/* The enclosure of the derivative of the formula at X, by interval automatic differentiation at
 * PREC bits: used to test gradients against their forward formula.  At a kink the result encloses
 * both sides. */
void evaluator_derivative_at(struct evaluator *ev, mpfr_srcptr x, mpfr_prec_t prec,
                             struct interval *out);

#endif
