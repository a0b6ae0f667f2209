/* format.h -- the floating-point formats: what a bit pattern means, and how the patterns are
 * ordered.
 *
 * A value of any format travels as its bit pattern in the low bits of a uint64_t, so that NaNs,
 * signed zeros and subnormals survive every copy.  All four formats are IEEE 754 interchange
 * formats (bf16 with 8 significant bits), so each is described by three numbers in one table.
 *
 * To add a format: a row in format.c and an enumerator here.
 */
#ifndef REF_FORMAT_H
#define REF_FORMAT_H

#include <stdbool.h>
#include <stdint.h>
#include <mpfr.h>

enum format { FORMAT_F32, FORMAT_F16, FORMAT_BF16, FORMAT_F64, FORMAT_COUNT };

struct format_info {
    const char *name; /* "f32" */
    int bits;         /* width of the pattern */
    int p;            /* significant bits, the implicit one included */
    int emin;         /* 2^emin is the smallest normal number */
    int emax;         /* 2^emax (2 - 2^(1-p)) is the largest finite number */
};

extern const struct format_info format_info[FORMAT_COUNT];

/* The format called NAME, or -1. */
int format_by_name(const char *name);

/* Classes of a pattern. */
bool format_is_nan(enum format f, uint64_t bits);
bool format_is_inf(enum format f, uint64_t bits);
bool format_is_zero(enum format f, uint64_t bits);
bool format_is_negative(enum format f, uint64_t bits); /* the sign bit, of NaNs too */
bool format_is_subnormal(enum format f, uint64_t bits);

/* Patterns worth a name. */
uint64_t format_sign_bit(enum format f);
uint64_t format_inf(enum format f);        /* +infinity; every larger magnitude is a NaN */
uint64_t format_nan(enum format f);        /* the canonical quiet NaN, sign clear */
uint64_t format_max(enum format f);        /* largest finite */
uint64_t format_min_normal(enum format f); /* 2^emin */

/* The exact value as a double (all four formats fit), or the nearest pattern (to even) of a double.
 */
double format_to_double(enum format f, uint64_t bits);
uint64_t format_from_double(enum format f, double v);

/* The pattern nearest to V in rounding direction RND (one of the four of MPFR), with gradual
 * underflow and with overflow as IEEE 754 has it; the sign of a zero is V's. */
uint64_t format_from_mpfr(enum format f, mpfr_srcptr v, mpfr_rnd_t rnd);

/* Position on the line of all non-NaN patterns: strictly increasing in value, -0 just below +0, +0
 * at 0. format_from_ordinal is its inverse; format_distance counts the steps between two, both
 * zeros as one. */
int64_t format_ordinal(enum format f, uint64_t bits);
uint64_t format_from_ordinal(enum format f, int64_t ordinal);
uint64_t format_distance(enum format f, uint64_t a, uint64_t b);

#endif
