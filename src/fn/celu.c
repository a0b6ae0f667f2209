/* celu.c -- the continuously differentiable elu: x, or alpha (exp(x/alpha) - 1) on the left.
 *
 * elu with another scale, and the same hard place: exp - 1 cancels next to 0 (elu.c).  The quotient
 * x/alpha rounds, unless alpha is a power of two, and exp amplifies that by |x/alpha|; but where
 * |x/alpha| is large the result is next to -alpha whatever exp says.
 */
#define FUNCTION celu
#include "pass.h"
#include "elu.h"

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
/* 0.85 ulp at -0x1.749a1p-2, fused 0.89 at -0x1.63bb62p-2. */
VKERNEL(celu_u1, alpha)
{
    return v_elu_u1(x, x / alpha, alpha);
}

static float celu_exact(float x, float alpha)
{
    return two_elu(two_div((two){x, 0}, (two){alpha, 0}), alpha);
}
WORD vd celu_wide(vd x, vd alpha)
{
    return d_elu_cr(x / alpha, alpha);
}
VKERNEL(celu_cr, alpha)
{
    const vw c = w_widen(v_min(v_set(0), x));
    return v_elu_cr(x, W_EACH(celu_wide, c, w_widen(alpha).low), alpha, celu_exact);
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
