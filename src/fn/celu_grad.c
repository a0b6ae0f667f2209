/* celu_grad.c -- the gradient of celu: 1 where x is positive, otherwise exp(x/alpha).
 *
 * Continuous, unlike that of elu with alpha other than 1.  exp amplifies the rounding of x/alpha
 * where alpha is no power of two.
 */
#define FUNCTION celu_grad
#include "pass.h"

/* 0.51 ulp at -0x1.ce651ep-8. */
KERNEL(celu_grad_naive, alpha)
{
    return x > 0 ? 1 : R(exp)(x / alpha);
}

#if PASS_HAS_WORDS
/* 1.04 ulp at -0x1.76642ep+2. */
VKERNEL(celu_grad_poly, alpha)
{
    return v_select(v_gt(x, v_set(0)), v_set(1), v_exp(v_max(v_set(-104), x / alpha)));
}

/* 0.502 ulp, whatever alpha is: x/alpha rounds as a double. */
WORD vd celu_grad_wide(vd x, vd alpha)
{
    const vd z = d_min(d_set(300), d_max(d_set(-300), x / alpha));
    return d_select(d_gt(x, d_set(0)), d_set(1), d_exp_u1(z));
}
VKERNEL(celu_grad_u1, alpha)
{
    return w_narrow(W_EACH(celu_grad_wide, w_widen(x), w_widen(alpha).low));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(celu_grad_naive, "x > 0 ? 1 : exp(x/alpha), as it is written",
          F32(KEEPS_ALL, EVERYWHERE(0.51))
          F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(0.7))
          F16(KEEPS_ALL, EVERYWHERE(0.501))
          BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    U1(celu_grad_naive, "the form as it is written",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    WORDS("poly", celu_grad_poly, "exp as 2^k (1 + P(r)), P of degree 6",
          F32(KEEPS_ALL, EVERYWHERE2(1.01, 1.04)))
    WORDS("u1", celu_grad_u1, "x/alpha and exp in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    END
};
