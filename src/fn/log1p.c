/* log1p.c -- log(1 + x).
 *
 * 1 + x rounds off what is left of a small x: as it is written the result is 0 for |x| < 2^-24.
 */
#define FUNCTION log1p
#include "pass.h"

/* 1.7e7 ulp at 0x1p-52. */
KERNEL(log1p_naive)
{
    return R(log)(1 + x);
}

/* 1.3 ulp at 0x1.a827b4p-2. */
KERNEL(log1p_libm)
{
    return R(log1p)(x);
}

#if PASS_HAS_WORDS
/* 1 + x = 2^k (1 + f) with 1 + f about 1, the rounding error of the sum put back into f; then
 * k ln 2 + 2 atanh(f/(2 + f)).  The coefficients are those that tools/log1p.sollya prints. */
WORD vd log1p_reduce(vd x, vd *k)
{
    const vd u = x + 1.0;
    const vq biased = (d_bits(u) - (0x3fe6a09e667f3bcdu - ((uint64_t)1024 << 52))) >> 52;
    const vd down = d_from_bits((2047 - biased) << 52);
    *k = d_from_bits(biased | 0x4330000000000000u) - (0x1p52 + 1024);
    return d_mad(x - (u - 1.0), down, d_mad(u, down, d_set(-1)));
}
WORD vd log1p_wide_u1(vd x)
{
    vd k;
    const vd f = log1p_reduce(x, &k), s = f / (f + 2.0), z = s * s, s2 = s + s;
    vd p = d_set(0x1.de08d9ea11fd6p-4);
    p = d_mad(p, z, d_set(0x1.245ad1ca06a65p-3));
    p = d_mad(p, z, d_set(0x1.9999f09c2c2f6p-3));
    p = d_mad(p, z, d_set(0x1.5555554952ba2p-2));
    return d_mad(k, d_set(0x1.62e42fefa39efp-1), d_mad(s2 * z, p, s2));
}
WORD vd log1p_wide_cr(vd x)
{
    vd k;
    const vd f = log1p_reduce(x, &k), s = f / (f + 2.0), z = s * s, s2 = s + s;
    vd p = d_set(0x1.8cc9ed8264f02p-4);
    p = d_mad(p, z, d_set(0x1.c676dad1e9cb7p-4));
    p = d_mad(p, z, d_set(0x1.24932ee7b2a83p-3));
    p = d_mad(p, z, d_set(0x1.999998b4817acp-3));
    p = d_mad(p, z, d_set(0x1.555555556b25p-2));
    return d_mad(k, d_set(0x1.62e42fefa39efp-1), d_mad(s2 * z, p, s2));
}
static float log1p_exact(float x)
{
    return two_round(two_log1p((two){x, 0}));
}

/* The numbers right of -1, and what is due elsewhere. */
WORD vf log1p_inside(vf x)
{
    return v_max(v_set(-0x1.fffffep-1f), v_min(v_set(0x1.fffffep127f), x));
}
WORD vf log1p_ends(vf x, vf y)
{
    const vf left = v_select(v_eq(x, v_set(-1)), v_set(-INFINITY), v_set(NAN));
    y = v_select(v_eq(x, v_set(INFINITY)), x, v_copysign(y, x));
    return v_select(v_le(x, v_set(-1)), left, y);
}
/* 1.54 ulp at 0x1.a9912ep-2, fused 1.46 at 0x1.a8568ep-2.  The same in floats, log(1 + f) as a
 * polynomial; its coefficients are those that tools/log1p.sollya prints. */
VKERNEL(log1p_fast)
{
    const vf c = log1p_inside(x), u = c + 1.0f;
    const vu biased = (v_bits(u) - (0x3f3504f3u - (127u << 23))) >> 23;
    const vf k = v_from_bits(biased | 0x4b000000u) - (0x1p23f + 127);
    const vf m = v_from_bits(v_bits(u) - (biased << 23) + (127u << 23));
    const vf f = v_mad(c - (u - 1.0f), v_pow2(v_neg(v_min(v_set(100), k))), m - 1.0f);
    vf p = v_set(-0x1.41168p-4f);
    p = v_mad(p, f, v_set(0x1.07c394p-3f));
    p = v_mad(p, f, v_set(-0x1.0ceb7ap-3f));
    p = v_mad(p, f, v_set(0x1.22668cp-3f));
    p = v_mad(p, f, v_set(-0x1.54781ap-3f));
    p = v_mad(p, f, v_set(0x1.99a6eep-3f));
    p = v_mad(p, f, v_set(-0x1.000222p-2f));
    p = v_mad(p, f, v_set(0x1.555544p-2f));
    p = v_mad(p, f, v_set(-0.5f));
    const vf y = v_mad(f * f, p, f);
    return log1p_ends(x, v_mad(k, v_set(LN2_HI), v_mad(k, v_set(LN2_LO), y)));
}
VKERNEL(log1p_u1)
{
    return log1p_ends(x, w_narrow(W_EACH(log1p_wide_u1, w_widen(log1p_inside(x)))));
}
VKERNEL(log1p_cr)
{
    const vf c = log1p_inside(x);
    return log1p_ends(x, v_settle(c, W_EACH(log1p_wide_cr, w_widen(c)), 0x1p-42, log1p_exact));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(log1p_naive, "log(1 + x), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO), IN(-0.9, -0.5, 0.53), IN(1, INFINITY, 1.51))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_ZERO),
              IN(-0.9, -0.5, 0.7), IN(1, INFINITY, 1.8))
          F16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO), IN(-0.9, -0.5, 0.501), IN(1, INFINITY, 0.501))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO),
               IN(-0.9, -0.5, 0.501), IN(1, INFINITY, 0.501)))
    LIBM("libm", log1p_libm, "log1p of the C library",
         F32(KEEPS_ALL, IN(-0x1.fffffep-1, INFINITY, 1.3))
         F64(ALL_BUT(KEEPS_MONOTONE), IN(-0x1.fffffep-1, INFINITY, 1))
         F16(KEEPS_ALL, IN(-0.9995, INFINITY, 0.501))
         BF16(KEEPS_ALL, IN(-0.996, INFINITY, 0.501)))
    U1(log1p_libm, "log1p of the C library",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    WORDS("fast", log1p_fast, "k ln 2 + f - f^2/2 + f^3 P(f), P of degree 7",
          F32(KEEPS_ALL, EVERYWHERE2(1.54, 1.46)))
    WORDS("u1", log1p_u1, "k ln 2 + 2 atanh(f/(2 + f)) in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.51)))
    WORDS("cr", log1p_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
