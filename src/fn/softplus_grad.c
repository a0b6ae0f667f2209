/* softplus_grad.c -- the gradient of softplus: the sigmoid of beta x.  See sigmoid.c. */
#define FUNCTION softplus_grad
#include "pass.h"

/* 2.1e6 ulp at -0x1.62e43p+6. */
KERNEL(softplus_grad_naive, beta)
{
    return 1 / (1 + R(exp)(-beta * x));
}

/* 2.41 ulp at -0x1.0a111ap+2. */
KERNEL(softplus_grad_stable, beta)
{
    const real z = beta * x, t = R(exp)(-R(fabs)(z));
    return (z < 0 ? t : 1) / (1 + t);
}

#if PASS_HAS_WORDS
/* 2.41 ulp at -0x1.0a111ap+2. */
VKERNEL(softplus_grad_poly, beta)
{
    const vf z = beta * x;
    const vf t = v_exp(v_max(v_set(-104), v_neg(v_abs(z))));
    return v_select(v_lt(z, v_set(0)), t, v_set(1)) / (t + 1.0f);
}

/* 0.502 ulp at -0x1.ea42b6p+2.  beta x is exact in doubles; from -110 on the result is 0, and
 * before that no exp(-z) overflows. */
WORD vd softplus_grad_wide(vd x, vd beta)
{
    const vd z = d_min(d_set(110), d_max(d_set(-110), beta * x));
    return 1.0 / d_exp_plus_u1(-z, 1);
}
VKERNEL(softplus_grad_u1, beta)
{
    return w_narrow(W_EACH(softplus_grad_wide, w_widen(x), w_widen(beta).low));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(softplus_grad_naive, "1/(1 + exp(-beta x)), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL), IN(-INFINITY, -104, 0.5), IN(-88.72, INFINITY, 2.49))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL),
              IN(-INFINITY, -745.2, 0.5), IN(-709.78, INFINITY, 2.7))
          F16(KEEPS_ALL, EVERYWHERE(0.501))
          BF16(ALL_BUT(KEEPS_SUBNORMAL), IN(-INFINITY, -93, 0.501), IN(-88.5, INFINITY, 0.501)))
    U1(softplus_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", softplus_grad_stable, "exp(-|z|), z = beta x, which never overflows",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.42))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.6))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("poly", softplus_grad_poly, "exp(-|z|) as 2^k (1 + P(r)), P of degree 6",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(2.41, 2.41)))
    WORDS("u1", softplus_grad_u1, "1/(1 + exp(-beta x)) in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    END
};
