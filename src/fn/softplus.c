/* softplus.c -- log(1 + exp(beta x))/beta, a smooth relu.
 *
 * log(1 + exp(z)) as it is written is infinite from z = 88.7228 on, where z is due.  On the left
 * 1 + exp(z) rounds to 1 from -16.64 on, and the result is 0 where exp(z) is due; before that it
 * has ever fewer right digits.
 *
 * max(z, 0) + log1p(exp(-|z|)) overflows nowhere, cancels nowhere and has the left tail to the last
 * subnormal.
 */
#define FUNCTION softplus
#include "pass.h"

/* 1.7e7 ulp at -0x1.0a2b24p+4. */
KERNEL(softplus_naive, beta)
{
    return R(log)(1 + R(exp)(beta * x)) / beta;
}

/* 1.55 ulp at -0x1.43ff2p+0. */
KERNEL(softplus_stable, beta)
{
    const real z = beta * x;
    return ((z > 0 ? z : 0) + R(log1p)(R(exp)(-R(fabs)(z)))) / beta;
}

#if PASS_HAS_WORDS
/* 2.8 ulp at -0x1.60e5ap+1. */
VKERNEL(softplus_poly, beta)
{
    const vf z = beta * x;
    const vf t = v_exp(v_max(v_set(-104), v_neg(v_abs(z))));
    return (v_max(v_set(0), z) + v_log1p_unit(t)) / beta;
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(softplus_naive, "log(1 + exp(beta x))/beta, as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_INF), IN(-1, 88.72, 2.51), IN(-10, -1.01, 16500))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_INF), IN(-1, 709.78, 3.1))
          F16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_INF), IN(-5, 88.7, 0.501))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_INF), IN(-5, 88.5, 0.501)))
    U1(softplus_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", softplus_stable, "(max(z, 0) + log1p(exp(-|z|)))/beta with z = beta x",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.55))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.9))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("poly", softplus_poly, "the same; log1p(t) as 2 atanh(t/(2 + t)), a polynomial",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(2.8, 2.8)))
    END
};
