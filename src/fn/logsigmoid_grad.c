/* logsigmoid_grad.c -- the gradient of logsigmoid: the sigmoid of -x.  See sigmoid.c. */
#define FUNCTION logsigmoid_grad
#include "pass.h"

/* 2.1e6 ulp at 0x1.62e43p+6. */
KERNEL(logsigmoid_grad_naive)
{
    return 1 / (1 + R(exp)(x));
}

/* 2.41 ulp at 0x1.0a111ap+2. */
KERNEL(logsigmoid_grad_stable)
{
    const real t = R(exp)(-R(fabs)(x));
    return (x > 0 ? t : 1) / (1 + t);
}

#if PASS_HAS_WORDS
/* 2.41 ulp at 0x1.0a111ap+2. */
VKERNEL(logsigmoid_grad_poly)
{
    const vf t = v_exp(v_max(v_set(-104), v_neg(v_abs(x))));
    return v_select(v_gt(x, v_set(0)), t, v_set(1)) / (t + 1.0f);
}

/* 0.502 ulp at 0x1.ea42b6p+2. */
WORD vd logsigmoid_grad_wide(vd x)
{
    return 1.0 / d_exp_plus_u1(x, 1);
}
VKERNEL(logsigmoid_grad_u1)
{
    return w_narrow(
        W_EACH(logsigmoid_grad_wide, w_widen(v_min(v_set(110), v_max(v_set(-110), x)))));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(logsigmoid_grad_naive, "1/(1 + exp(x)), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL), IN(-INFINITY, 88.72, 2.49), IN(104, INFINITY, 0.5))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL),
              IN(-INFINITY, 709.78, 2.9), IN(745.2, INFINITY, 0.5))
          F16(KEEPS_ALL, EVERYWHERE(0.501))
          BF16(ALL_BUT(KEEPS_SUBNORMAL), IN(-INFINITY, 88.5, 0.501), IN(93, INFINITY, 0.501)))
    U1(logsigmoid_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", logsigmoid_grad_stable, "exp(-|x|), which never overflows; then one division",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.42))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.6))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("poly", logsigmoid_grad_poly, "exp(-|x|) as 2^k (1 + P(r)), P of degree 6",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(2.41, 2.41)))
    WORDS("u1", logsigmoid_grad_u1, "1/(1 + exp(x)) in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    END
};
