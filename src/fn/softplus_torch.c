/* softplus_torch.c -- softplus up to beta x = threshold, above it x: as PyTorch defines it.
 *
 * The threshold saves the naive form from its overflow, and the left side is written with log1p, so
 * that it is right there too.  In f64 the step at the threshold is part of the definition.
 */
#define FUNCTION softplus_torch
#include "pass.h"

/* 1.55 ulp at -0x1.43ff2p+0. */
KERNEL(softplus_torch_naive, beta, limit)
{
    return beta * x > limit ? x : R(log1p)(R(exp)(beta * x)) / beta;
}

/* 1.55 ulp at -0x1.43ff2p+0. */
KERNEL(softplus_torch_stable, beta, limit)
{
    const real z = beta * x;
    return z > limit ? x : ((z > 0 ? z : 0) + R(log1p)(R(exp)(-R(fabs)(z)))) / beta;
}

#if PASS_HAS_WORDS
/* 2.8 ulp at -0x1.60e5ap+1. */
VKERNEL(softplus_torch_poly, beta, limit)
{
    const vf z = beta * x;
    const vf t = v_exp(v_max(v_set(-104), v_neg(v_abs(z))));
    return v_select(v_gt(z, limit), x, (v_max(v_set(0), z) + v_log1p_unit(t)) / beta);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(softplus_torch_naive, "beta x > threshold ? x : log1p(exp(beta x))/beta",
          F32(KEEPS_ALL, EVERYWHERE(1.55))
          F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.9))
          F16(KEEPS_ALL, EVERYWHERE(0.501))
          BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    U1(softplus_torch_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", softplus_torch_stable, "(max(z, 0) + log1p(exp(-|z|)))/beta, or x",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.55))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.9))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("poly", softplus_torch_poly, "the same, log1p(t) as 2 atanh(t/(2 + t))",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(2.8, 2.8)))
    END
};
