/* block_elementary.h -- the elementary functions of the fast reference: our own, with proved
 * bounds.
 *
 * Each NAME_value(x) clamps x to the interval stated above it and returns the function there with a
 * relative error below half of NAME_BOUND, plus HALF of TINY where the result may be subnormal. The
 * other half pays for the roundings of the widening itself.  doc/block-proof.md proves the bounds
 * line by line; tests/t-block.c attacks them.  A NaN gives a NaN.
 *
 * Everything is computed in plain double operations.  v_fma may round once or twice; the proofs
 * assume twice unless they say that a product is exact.
 */
#ifndef REF_BLOCK_ELEMENTARY_H
#define REF_BLOCK_ELEMENTARY_H

#include "block_poly.h"
#include "block_vec.h"

#define TINY 0x1p-1060

#define EXP_BOUND   0x1p-48
#define EXPM1_BOUND 0x1p-47
#define LOG_BOUND   0x1p-48
#define TANH_BOUND  0x1p-46
#define SINH_BOUND  0x1p-46
#define COSH_BOUND  0x1p-47
#define ERF_BOUND   0x1p-46
#define ERFC_BOUND  0x1p-46

/* ln 2 = HI + MID + d: HI has 32 bits, so that k HI is exact for |k| < 2^21, and |d| < 2^-86. */
#define LN2_HI  0x1.62e42fefp-1
#define LN2_MID 0x1.473de6af278edp-34

static inline V clamp(V x, double lo, double hi)
{
    return v_min(v_set(hi), v_max(v_set(lo), x));
}

static inline V horner(const double *c, int terms, V x)
{
    V p = v_set(c[terms - 1]);
    for (int i = terms - 2; i >= 0; i--)
        p = v_fma(p, x, v_set(c[i]));
    return p;
}
#define HORNER(table, x) horner(table, (int)(sizeof(table) / sizeof *(table)), x)

/* exp(r) - 1 for |r| <= 0.34725. */
static inline V expm1_reduced(V r)
{
    return v_fma(r * r, HORNER(EXPM1_Q, r), r);
}

/* x = k ln 2 + r with an integer k and |r| <= 0.34725. */
static inline V reduce_by_ln2(V x, V *k)
{
    *k = v_round(x * 0x1.71547652b82fep0);
    return v_fma(*k, v_set(-LN2_MID), v_fma(*k, v_set(-LN2_HI), x));
}

/* exp(x), |x| <= 700. */
#define EXP_MAX 700.0
static inline V exp_value(V x)
{
    V k, r = reduce_by_ln2(clamp(x, -EXP_MAX, EXP_MAX), &k);
    return (1 + expm1_reduced(r)) * v_pow2(k);
}

/* 2^x, |x| <= 1000. */
#define EXP2_MAX 1000.0
static inline V exp2_value(V x)
{
    x = clamp(x, -EXP2_MAX, EXP2_MAX);
    V k = v_round(x);
    return (1 + expm1_reduced((x - k) * 0x1.62e42fefa39efp-1)) * v_pow2(k);
}

/* exp(x) - 1, -40 <= x <= 700. */
#define EXPM1_MIN (-40.0)
static inline V expm1_value(V x)
{
    V k, r = reduce_by_ln2(clamp(x, EXPM1_MIN, EXP_MAX), &k);
    V s = v_pow2(k);
    return v_fma(s, expm1_reduced(r), s - 1);
}

/* log of 2^k (1 + f), with 1 + f in [sqrt(1/2), sqrt(2)] up to rounding. */
static inline V log_reduced(V k, V f)
{
    V s = f / (2 + f), w = s * s;
    V tail = v_fma(k, v_set(LN2_MID), s * (w * HORNER(LOG_R, w)));
    return v_fma(k, v_set(LN2_HI), 2 * s + tail);
}

/* u = 2^k m with m in [sqrt(1/2), sqrt(2)]. */
static inline V split_binade(V u, V *k)
{
    V m = v_mantissa(u), e = v_exponent(u);
    M high = v_lt(v_set(0x1.6a09e667f3bcdp0), m);
    *k = v_pick(high, e + 1, e);
    return v_pick(high, 0.5 * m, m);
}

/* log(x), 2^-1000 <= x <= 2^1000. */
#define LOG_MIN 0x1p-1000
#define LOG_MAX 0x1p1000
static inline V log_value(V x)
{
    V k, m = split_binade(clamp(x, LOG_MIN, LOG_MAX), &k);
    return log_reduced(k, m - 1) + v_pick(v_unordered(x, x), x, v_set(0));
}

/* log(1 + x), -1 + 2^-53 <= x <= 2^1000.  1 + x = u + c exactly; (u + c) 2^-k - 1 rounds once. */
#define LOG1P_MIN (-1 + 0x1p-53)
static inline V log1p_value(V x)
{
    V y = clamp(x, LOG1P_MIN, LOG_MAX);
    V u = 1 + y, t = u - 1, c = (1 - (u - t)) + (y - t);
    V k, m = split_binade(u, &k);
    return log_reduced(k, (m - 1) + c * v_pow2(-k)) + v_pick(v_unordered(x, x), x, v_set(0));
}

/* tanh(x), |x| <= 20: t / (t + 2) with t = exp(2 |x|) - 1. */
static inline V tanh_value(V x)
{
    V t = expm1_value(2 * clamp(v_abs(x), 0, 20));
    return v_with_sign(t / (t + 2), v_sign(x));
}

/* sinh(x), |x| <= 700: (t + t / (t + 1)) / 2 with t = exp |x| - 1. */
static inline V sinh_value(V x)
{
    V t = expm1_value(clamp(v_abs(x), 0, EXP_MAX));
    return v_with_sign(0.5 * (t + t / (t + 1)), v_sign(x));
}

/* cosh(x), |x| <= 700. */
static inline V cosh_value(V x)
{
    V e = exp_value(clamp(v_abs(x), 0, EXP_MAX));
    return 0.5 * e + 0.5 / e;
}

/* erf(t), |t| <= 1/2. */
static inline V erf_small(V t)
{
    t = clamp(t, -0.5, 0.5);
    return t * HORNER(ERF_P, t * t);
}

/* exp(t^2) erfc(t), 1/2 <= t <= 27.  The row of a lane is the quarter of a binade it lies in;
 * neighbours mostly share one, so rows are taken in turn. */
static inline V erfcx_value(V t)
{
    enum { ROWS = sizeof ERFCX_P / sizeof *ERFCX_P, FIRST = (0x3ff - 1) * 4 };
    I quarter = (I)t >> 50;
    V middle = (V)((quarter << 50) | i_set(INT64_C(1) << 49));
    V d = t - middle, p = v_set(0);
    unsigned open = ALL_LANES;
    while (open) {
        int64_t q = quarter[__builtin_ctz(open)];
        int row = q < FIRST ? 0 : q >= FIRST + ROWS
        ? ROWS
        -1 : (int)(q - FIRST);
        M here = i_eq(quarter, i_set(q));
        if (m_all(here))
            return horner(ERFCX_P[row], ERFCX_DEGREE + 1, d);
        p = v_pick(here, horner(ERFCX_P[row], ERFCX_DEGREE + 1, d), p);
        open &= ~(m_bits(here) | (1u << __builtin_ctz(open)));
    }
    return p;
}

/* erfc(t), 1/2 <= t <= 26.  t^2 = h + l exactly. */
#define ERFC_MAX 26.0
static inline V erfc_tail(V t)
{
    t = clamp(t, 0.5, ERFC_MAX);
    V h = t * t;
#if BLOCK_HAS_FMA
    V l = v_fma(t, t, -h);
#else
    V l = product_error(t, t, h);
#endif
    V e = exp_value(-h);
    return v_fma(-l, e, e) * erfcx_value(t);
}

/* erf(t), |t| <= 6. */
static inline V erf_value(V t)
{
    V a = clamp(v_abs(t), 0, 6);
    M small = v_le(a, v_set(0.5));
    if (m_all(small))
        return erf_small(t);
    V large = v_with_sign(1 - erfc_tail(a), v_sign(t));
    return v_pick(small, erf_small(t), large);
}

/* erfc(t), -6 <= t <= 26. */
static inline V erfc_value(V t)
{
    t = clamp(t, -6, ERFC_MAX);
    M small = v_le(v_abs(t), v_set(0.5));
    if (m_all(small))
        return 1 - erf_small(t);
    V tail = erfc_tail(v_abs(t));
    V large = v_pick(v_lt(t, v_set(0)), 2 - tail, tail);
    return m_any(small) ? v_pick(small, 1 - erf_small(t), large) : large;
}

#endif
