/* elu.c -- the exponential linear unit: x where it is positive, otherwise alpha (exp(x) - 1).
 *
 * The one hard place is next to 0 on the left, where exp(x) - 1 cancels: written so, it returns 0
 * from -2^-25 on, +0 for -0, and is wrong in half of the digits at -1e-4.  expm1 is made for it.
 * exp(x) is not to be evaluated for positive x, or, as vectors do, its overflow to be discarded.
 */
#define FUNCTION elu
#include "pass.h"
#include "elu.h"

/* 1.7e7 ulp at -0x1p-52. */
KERNEL(elu_naive, alpha)
{
    return x > 0 ? x : alpha * (R(exp)(x) - 1);
}

/* 0.78 ulp at -0x1.252a98p-2. */
KERNEL(elu_stable, alpha)
{
    return x > 0 ? x : alpha * R(expm1)(x);
}

#if PASS_HAS_WORDS
/* 0.85 ulp at -0x1.749a1p-2, fused 0.89 at -0x1.63bb62p-2. */
VKERNEL(elu_u1, alpha)
{
    return v_elu_u1(x, x, alpha);
}

static float elu_exact(float x, float alpha)
{
    return two_elu((two){x, 0}, alpha);
}
VKERNEL(elu_cr, alpha)
{
    const vw c = w_widen(v_min(v_set(0), x));
    return v_elu_cr(x, W_EACH(d_elu_cr, c, w_widen(alpha).low), alpha, elu_exact);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(elu_naive, "x > 0 ? x : alpha (exp(x) - 1), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO),
              IN(-INFINITY, -0.5, 1.01), IN(0, INFINITY, EXACT))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_ZERO),
              IN(-INFINITY, -0.5, 1.3), IN(0, INFINITY, EXACT))
          F16(ALL_BUT(KEEPS_ZERO), EVERYWHERE(0.63))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO),
               IN(-INFINITY, -0x1p-14, 0.501), IN(0, INFINITY, EXACT)))
    U1(elu_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", elu_stable, "x > 0 ? x : alpha expm1(x)",
         F32(KEEPS_ALL, EVERYWHERE(0.78))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("u1", elu_u1, "expm1 as 2^k P(r) + (2^k - 1), P of degree 7",
          F32(KEEPS_ALL, EVERYWHERE2(0.85, 0.89)))
    WORDS("cr", elu_cr, "expm1 in double lanes; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
