/* softplus_torch_grad.c -- the gradient of softplus_torch: the sigmoid of beta x up to the
 * threshold, above it 1.  See sigmoid.c.
 */
#define FUNCTION softplus_torch_grad
#include "pass.h"

/* PyTorch writes z/(1 + z) with z = exp(beta x).  2.41 ulp at -0x1.0a111ap+2. */
KERNEL(softplus_torch_grad_naive, beta, limit)
{
    const real z = R(exp)(beta * x);
    return beta * x > limit ? 1 : z / (1 + z);
}

/* 2.41 ulp at -0x1.0a111ap+2. */
KERNEL(softplus_torch_grad_stable, beta, limit)
{
    const real z = beta * x, t = R(exp)(-R(fabs)(z));
    return z > limit ? 1 : (z < 0 ? t : 1) / (1 + t);
}

#if PASS_HAS_WORDS
/* 2.41 ulp at -0x1.0a111ap+2. */
VKERNEL(softplus_torch_grad_poly, beta, limit)
{
    const vf z = beta * x;
    const vf t = v_exp(v_max(v_set(-104), v_neg(v_abs(z))));
    const vf s = v_select(v_lt(z, v_set(0)), t, v_set(1)) / (t + 1.0f);
    return v_select(v_gt(z, limit), v_set(1), s);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(softplus_torch_grad_naive, "z/(1 + z) with z = exp(beta x), 1 above the threshold",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.42))
          F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.7))
          F16(KEEPS_ALL, EVERYWHERE(0.501))
          BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    U1(softplus_torch_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", softplus_torch_grad_stable, "exp(-|beta x|), then one division",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.42))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.6))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("poly", softplus_torch_grad_poly, "the same with exp as 2^k (1 + P(r)), P of degree 6",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(2.41, 2.41)))
    END
};
