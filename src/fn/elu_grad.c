/* elu_grad.c -- the gradient of elu: 1 where x is positive, otherwise alpha exp(x).
 *
 * Nothing cancels here; what can go wrong is the exponential of a positive x, whose infinity must
 * be discarded and not multiplied by 0, and the flushing of subnormal results, from -87.34 on.  At
 * the kink it is alpha, as frameworks have it.
 */
#define FUNCTION elu_grad
#include "pass.h"

/* 0.51 ulp at -0x1.ce651ep-8. */
KERNEL(elu_grad_naive, alpha)
{
    return x > 0 ? 1 : alpha * R(exp)(x);
}

#if PASS_HAS_WORDS
/* 1.04 ulp at -0x1.76642ep+2.  Below -110 the result is 0 for any |alpha| < 300. */
VKERNEL(elu_grad_poly, alpha)
{
    vf k;
    const vf r = v_reduce(v_max(v_set(-110), x), &k);
    const vf e = v_scale(alpha * (v_expm1_poly6(r) + 1.0f), k);
    return v_select(v_gt(x, v_set(0)), v_set(1), e);
}

/* 0.502 ulp. */
WORD vd elu_grad_wide(vd x, vd alpha)
{
    return d_select(d_gt(x, d_set(0)), d_set(1), alpha * d_exp_u1(d_min(d_set(0), x)));
}
VKERNEL(elu_grad_u1, alpha)
{
    const vw c = w_widen(v_max(v_set(-300), x));
    return w_narrow(W_EACH(elu_grad_wide, c, w_widen(alpha).low));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(elu_grad_naive, "x > 0 ? 1 : alpha exp(x), as it is written",
          F32(KEEPS_ALL, EVERYWHERE(0.51))
          F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(0.7))
          F16(KEEPS_ALL, EVERYWHERE(0.501))
          BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    U1(elu_grad_naive, "the form as it is written",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    WORDS("poly", elu_grad_poly, "exp as 2^k (1 + P(r)), P of degree 6",
          F32(KEEPS_ALL, EVERYWHERE2(1.01, 1.04)))
    WORDS("u1", elu_grad_u1, "exp in double lanes, rounded once", F32(KEEPS_ALL, EVERYWHERE(0.502)))
    END
};
