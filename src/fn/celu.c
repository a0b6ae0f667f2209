/* celu.c -- the continuously differentiable elu: x, or alpha (exp(x/alpha) - 1) on the left.
 *
 * elu with another scale, and the same hard place: exp - 1 cancels next to 0 (elu.c).  The quotient
 * x/alpha rounds, unless alpha is a power of two, and exp amplifies that by |x/alpha|; but where
 * |x/alpha| is large the result is next to -alpha whatever exp says.
 */
#define FUNCTION celu
#include "pass.h"

/* 1.7e7 ulp at -0x1p-52. */
KERNEL(celu_naive, alpha)
{
    return x > 0 ? x : alpha * (R(exp)(x / alpha) - 1);
}

/* 0.78 ulp at -0x1.252a98p-2. */
KERNEL(celu_stable, alpha)
{
    return x > 0 ? x : alpha * R(expm1)(x / alpha);
}

#if PASS_HAS_WORDS
/* 0.85 ulp at -0x1.749a1p-2, fused 0.89 at -0x1.63bb62p-2.  The sign of x is given to the zero of
 * -0; below -17.4 expm1 is -1. */
VKERNEL(celu_u1, alpha)
{
    const vf z = x / alpha, e = v_copysign(v_expm1_negative(v_max(v_set(-40), z)), z);
    return v_select(v_gt(x, v_set(0)), x, alpha * e);
}

static float celu_exact(float x, float alpha)
{
    const two a = {alpha, 0}, z = two_div((two){x, 0}, a);
    return two_round(two_mul(a, two_expm1(z)));
}
WORD vd celu_wide(vd x, vd alpha)
{
    return alpha * d_expm1_cr(d_max(d_set(-40), x / alpha));
}
VKERNEL(celu_cr, alpha)
{
    const vf c = v_min(v_set(0), x);
    const vw y = W_EACH(celu_wide, w_widen(c), w_widen(alpha).low);
    const vf left = v_settle_with(c, y, 0x1p-43, celu_exact, v_lane0(alpha));
    return v_select(v_gt(x, v_set(0)), x, v_copysign(left, x));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(celu_naive, "x > 0 ? x : alpha (exp(x/alpha) - 1), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO),
              IN(-INFINITY, -0.5, 1.01), IN(0, INFINITY, EXACT))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_ZERO),
              IN(-INFINITY, -0.5, 1.3), IN(0, INFINITY, EXACT))
          F16(ALL_BUT(KEEPS_ZERO), EVERYWHERE(0.63))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO),
               IN(-INFINITY, -0x1p-14, 0.501), IN(0, INFINITY, EXACT)))
    U1(celu_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", celu_stable, "x > 0 ? x : alpha expm1(x/alpha)",
         F32(KEEPS_ALL, EVERYWHERE(0.78))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("u1", celu_u1, "expm1 as 2^k P(r) + (2^k - 1), P of degree 7",
          F32(KEEPS_ALL, EVERYWHERE2(0.85, 0.89)))
    WORDS("cr", celu_cr, "expm1 in double lanes; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
