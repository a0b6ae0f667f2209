/* format.c -- the floating-point formats, in integer code.
 *
 * Everything follows from the three numbers of the table: rounding works on a 64-bit significand
 * with a sticky bit, and since the patterns of a sign are in the order of their values, a carry out
 * of the significand is the right carry into the exponent, from subnormal to normal and on to
 * infinity.
 *
 * To add a format: a row here and an enumerator in format.h.
 */
#include "format.h"

#include <string.h>

const struct format_info format_info[FORMAT_COUNT] = {
    [FORMAT_F32] = {"f32", 32, 24, -126, 127},
    [FORMAT_F16] = {"f16", 16, 11, -14, 15},
    [FORMAT_BF16] = {"bf16", 16, 8, -126, 127},
    [FORMAT_F64] = {"f64", 64, 53, -1022, 1023},
};

int format_by_name(const char *name)
{
    for (int f = 0; f < FORMAT_COUNT; f++)
        if (strcmp(name, format_info[f].name) == 0)
            return f;
    return -1;
}

uint64_t format_sign_bit(enum format f)
{
    return UINT64_C(1) << (format_info[f].bits - 1);
}

uint64_t format_inf(enum format f)
{
    const struct format_info *i = &format_info[f];
    return (uint64_t)(i->emax - i->emin + 2) << (i->p - 1);
}

uint64_t format_nan(enum format f)
{
    return format_inf(f) | UINT64_C(1) << (format_info[f].p - 2);
}

uint64_t format_max(enum format f)
{
    return format_inf(f) - 1;
}

uint64_t format_min_normal(enum format f)
{
    return UINT64_C(1) << (format_info[f].p - 1);
}

static uint64_t magnitude(enum format f, uint64_t bits)
{
    return bits & (format_sign_bit(f) - 1);
}

bool format_is_nan(enum format f, uint64_t bits)
{
    return magnitude(f, bits) > format_inf(f);
}

bool format_is_inf(enum format f, uint64_t bits)
{
    return magnitude(f, bits) == format_inf(f);
}

bool format_is_zero(enum format f, uint64_t bits)
{
    return magnitude(f, bits) == 0;
}

bool format_is_negative(enum format f, uint64_t bits)
{
    return (bits & format_sign_bit(f)) != 0;
}

bool format_is_subnormal(enum format f, uint64_t bits)
{
    uint64_t m = magnitude(f, bits);
    return m != 0 && m < format_min_normal(f);
}

/* A nonzero finite value: (-1)^negative * significand / 2^63 * 2^e, the top bit of the significand
 * set; sticky tells that the value has more bits, all below. */
struct unpacked {
    bool negative, sticky;
    int64_t e;
    uint64_t significand;
};

static bool away_from_zero(mpfr_rnd_t rnd, bool negative)
{
    return rnd == MPFR_RNDA || rnd == (negative ? MPFR_RNDD : MPFR_RNDU);
}

/* The significand in units of 2^(e - KEEP + 1), that is, to KEEP bits; KEEP <= 0 where the value is
 * below the unit. */
static uint64_t round_significand(const struct unpacked *v, int64_t keep, mpfr_rnd_t rnd)
{
    const uint64_t half = UINT64_C(1) << 63;
    uint64_t kept = keep > 0 ? v->significand >> (64 - keep) : 0;
    uint64_t rest = keep > 0 ? v->significand << keep : keep == 0 ? v->significand : 1;
    bool up;
    if (rnd == MPFR_RNDN)
        up = rest > half || (rest == half && (v->sticky || (kept & 1)));
    else
        up = (rest || v->sticky) && away_from_zero(rnd, v->negative);
    return kept + up;
}

static uint64_t pack(enum format f, const struct unpacked *v, mpfr_rnd_t rnd)
{
    const struct format_info *i = &format_info[f];
    uint64_t sign = v->negative ? format_sign_bit(f) : 0;
    bool overflow_to_inf = rnd == MPFR_RNDN || away_from_zero(rnd, v->negative);
    uint64_t overflow = sign | (overflow_to_inf ? format_inf(f) : format_max(f));
    if (v->e > i->emax)
        return overflow;
    bool subnormal = v->e < i->emin;
    uint64_t n = round_significand(v, subnormal ? v->e - i->emin + i->p : i->p, rnd);
    uint64_t bits = n;
    if (!subnormal)
        bits = ((uint64_t)(v->e - i->emin) << (i->p - 1)) + n;
    return bits >= format_inf(f) ? overflow : sign | bits;
}

double format_to_double(enum format f, uint64_t bits)
{
    const struct format_info *i = &format_info[f];
    uint64_t m = magnitude(f, bits), sign = format_is_negative(f, bits) ? UINT64_C(1) << 63 : 0, d;
    if (f == FORMAT_F64) {
        d = m;
    } else if (m > format_inf(f)) {
        d = format_nan(FORMAT_F64) | m << (53 - i->p);
    } else if (m == format_inf(f)) {
        d = format_inf(FORMAT_F64);
    } else if (m < format_min_normal(f)) { /* m * 2^(emin - p + 1), exact in double */
        uint64_t unit_bits = (uint64_t)(i->emin - i->p + 1 + 1023) << 52;
        double unit, v;
        memcpy(&unit, &unit_bits, sizeof unit);
        v = (double)m * unit;
        memcpy(&d, &v, sizeof d);
    } else {
        d = (m << (53 - i->p)) + ((uint64_t)(i->emin + 1022) << 52);
    }
    d |= sign;
    double result;
    memcpy(&result, &d, sizeof result);
    return result;
}

uint64_t format_from_double(enum format f, double v)
{
    uint64_t d;
    memcpy(&d, &v, sizeof d);
    uint64_t m = magnitude(FORMAT_F64, d);
    bool negative = format_is_negative(FORMAT_F64, d);
    uint64_t sign = negative ? format_sign_bit(f) : 0;
    if (f == FORMAT_F64)
        return d;
    if (format_is_nan(FORMAT_F64, d))
        return sign | format_nan(f);
    if (format_is_inf(FORMAT_F64, d))
        return sign | format_inf(f);
    if (m < format_min_normal(FORMAT_F64)) /* less than half a subnormal of every narrower format */
        return sign;
    struct unpacked u = {negative, false, (int64_t)(m >> 52) - 1023, m << 11 | UINT64_C(1) << 63};
    return pack(f, &u, MPFR_RNDN);
}

/* The significand of a regular MPFR number: its top 64 bits, and whether more are set below them.
 */
static uint64_t leading_bits(mpfr_srcptr v, bool *sticky)
{
    const mp_limb_t *limb = mpfr_custom_get_significand(v);
    long n = (mpfr_get_prec(v) + GMP_NUMB_BITS - 1) / GMP_NUMB_BITS;
    uint64_t top = 0;
    int filled = 0;
    while (filled < 64 && n > 0) {
        uint64_t l = limb[--n];
        top |= GMP_NUMB_BITS >= 64 ? l : l << (64 - GMP_NUMB_BITS - filled);
        filled += GMP_NUMB_BITS;
    }
    *sticky = false;
    while (n > 0)
        *sticky |= limb[--n] != 0;
    return top;
}

uint64_t format_from_mpfr(enum format f, mpfr_srcptr v, mpfr_rnd_t rnd)
{
    bool negative = mpfr_signbit(v) != 0;
    uint64_t sign = negative ? format_sign_bit(f) : 0;
    if (mpfr_nan_p(v))
        return format_nan(f);
    if (mpfr_inf_p(v))
        return sign | format_inf(f);
    if (mpfr_zero_p(v))
        return sign;
    struct unpacked u = {.negative = negative, .e = (int64_t)mpfr_get_exp(v) - 1};
    u.significand = leading_bits(v, &u.sticky);
    return pack(f, &u, rnd);
}

int64_t format_ordinal(enum format f, uint64_t bits)
{
    int64_t m = (int64_t)magnitude(f, bits);
    return format_is_negative(f, bits) ? -1 - m : m;
}

uint64_t format_from_ordinal(enum format f, int64_t ordinal)
{
    return ordinal < 0 ? format_sign_bit(f) | (uint64_t)(-1 - ordinal) : (uint64_t)ordinal;
}

uint64_t format_distance(enum format f, uint64_t a, uint64_t b)
{
    uint64_t ma = magnitude(f, a), mb = magnitude(f, b);
    if (format_is_negative(f, a) != format_is_negative(f, b))
        return ma + mb;
    return ma > mb ? ma - mb : mb - ma;
}
