/* expm1.c -- exp(x) - 1.
 *
 * The difference cancels near 0: as it is written it is 0 for |x| < 2^-25 and has half of its
 * digits right at 1e-4.
 */
#define FUNCTION expm1
#include "pass.h"

/* 1.7e7 ulp at -0x1p-52. */
KERNEL(expm1_naive)
{
    return R(exp)(x) - 1;
}

/* 0.82 ulp at 0x1.738e06p-2. */
KERNEL(expm1_libm)
{
    return R(expm1)(x);
}

#if PASS_HAS_WORDS
/* 1.46 ulp at 0x1.643c6ap-2.  From k = 1 on 2^k is taken out, so that it does not overflow before
 * the result does. */
VKERNEL(expm1_fast)
{
    vf k;
    const vf r = v_reduce(v_min(v_set(89), v_max(v_set(-40), x)), &k);
    const vf p = v_expm1_poly7(r), s = v_pow2(v_min(v_set(0), k));
    const vf left = v_mad(s, p, s - 1.0f);
    const vf right = v_scale(p + (v_set(1) - v_pow2(v_neg(v_min(v_set(126), k)))), k);
    return v_copysign(v_select(v_gt(k, v_set(0)), right, left), x);
}

/* 0.501 ulp. */
WORD vf expm1_clamp(vf x)
{
    return v_min(v_set(89), v_max(v_set(-40), x));
}
VKERNEL(expm1_u1)
{
    return v_copysign(w_narrow(W_EACH(d_expm1_u1, w_widen(expm1_clamp(x)))), x);
}

static float expm1_exact(float x)
{
    return two_round(two_expm1((two){x, 0}));
}
VKERNEL(expm1_cr)
{
    const vf c = expm1_clamp(x);
    return v_copysign(v_settle(c, W_EACH(d_expm1_cr, w_widen(c)), 0x1p-43, expm1_exact), x);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(expm1_naive, "exp(x) - 1, as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO),
              IN(-INFINITY, -0.5, 1.01), IN(0.5, INFINITY, 1.01))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_ZERO),
              IN(-INFINITY, -0.5, 1.3), IN(0.5, INFINITY, 1.3))
          F16(ALL_BUT(KEEPS_ZERO), EVERYWHERE(1.01))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO),
               IN(-INFINITY, -0x1p-14, 0.501), IN(0x1p-14, INFINITY, 0.51)))
    LIBM("libm", expm1_libm, "expm1 of the C library",
         F32(KEEPS_ALL, EVERYWHERE(0.82))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    U1(expm1_libm, "expm1 of the C library",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    WORDS("fast", expm1_fast, "2^k P(r) + (2^k - 1), P of degree 7",
          F32(KEEPS_ALL, EVERYWHERE2(1.46, 1.44)))
    WORDS("u1", expm1_u1, "2^(n/8) P(r) + (2^(n/8) - 1) in double lanes, degree 5, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    WORDS("cr", expm1_cr, "the same of degree 6; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
