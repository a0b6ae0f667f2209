/* selu_grad.c -- the gradient of selu: lambda where x is positive, otherwise lambda alpha exp(x).
 *
 * It falls at 0 from 1.758 to 1.051, and at 0 itself is the former, as frameworks have it.  As with
 * elu_grad nothing cancels; the roundings of the constants are what is left.
 */
#define FUNCTION selu_grad
#include "pass.h"

#define LAMBDA       R(1.0507009873554804934193349852946)
#define ALPHA        R(1.6732632423543772848170429916717)
#define LAMBDA_ALPHA R(1.7580993408473768599402175208123)

/* 1.95 ulp at -0x1.2bd85cp-1. */
KERNEL(selu_grad_naive)
{
    return LAMBDA * (x > 0 ? 1 : ALPHA * R(exp)(x));
}

/* 1.6 ulp at -0x1.1c7f1p+3. */
KERNEL(selu_grad_stable)
{
    return x > 0 ? LAMBDA : LAMBDA_ALPHA * R(exp)(x);
}

#if PASS_HAS_WORDS
/* 1.84 ulp at -0x1.528c92p+1. */
VKERNEL(selu_grad_poly)
{
    vf k;
    const vf r = v_reduce(v_max(v_set(-110), x), &k);
    const vf e = v_scale((v_expm1_poly6(r) + 1.0f) * LAMBDA_ALPHA, k);
    return v_select(v_gt(x, v_set(0)), v_set(LAMBDA), e);
}

#define LAMBDA_WIDE       0x1.0cfabd6a91132p0
#define LAMBDA_ALPHA_WIDE 0x1.c212cc640f031p0

/* 0.502 ulp. */
WORD vd selu_grad_wide(vd x)
{
    const vd e = d_exp_u1(d_min(d_set(0), x));
    return d_select(d_gt(x, d_set(0)), d_set(LAMBDA_WIDE), e * LAMBDA_ALPHA_WIDE);
}
VKERNEL(selu_grad_u1)
{
    return w_narrow(W_EACH(selu_grad_wide, w_widen(v_max(v_set(-120), x))));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(selu_grad_naive, "lambda (x > 0 ? 1 : alpha exp(x)), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(1.96))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE(3.5))
          F16(KEEPS_ALL, EVERYWHERE(0.501))
          BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    U1(selu_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", selu_grad_stable, "x > 0 ? lambda : (lambda alpha) exp(x)",
         F32(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(1.61))
         F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE(1.8))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("poly", selu_grad_poly, "exp as 2^k (1 + P(r)), P of degree 6",
          F32(KEEPS_ALL, EVERYWHERE2(1.84, 1.84)))
    WORDS("u1", selu_grad_u1, "exp in double lanes, rounded once", F32(KEEPS_ALL, EVERYWHERE(0.502)))
    END
};
