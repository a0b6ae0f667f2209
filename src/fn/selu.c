/* selu.c -- the scaled exponential linear unit: lambda x, or lambda alpha (exp(x) - 1) on the left.
 *
 * As elu.c, with fixed constants: lambda = 1.0507..., alpha = 1.6732..., lambda alpha = 1.7580...
 * Each is rounded to the type, which is half an ulp of the result at once; lambda alpha is one
 * constant where accuracy counts, two where it is written as in the paper, and lambda x is written
 * x + (lambda - 1) x, whose constant is so much smaller.
 */
#define FUNCTION selu
#include "pass.h"

#define LAMBDA       R(1.0507009873554804934193349852946)
#define LAMBDA_1     R(0.0507009873554804934193349852946) /* lambda - 1 */
#define ALPHA        R(1.6732632423543772848170429916717)
#define LAMBDA_ALPHA R(1.7580993408473768599402175208123)

/* 1.7e7 ulp at -0x1.23393cp-126. */
KERNEL(selu_naive)
{
    return LAMBDA * (x > 0 ? x : ALPHA * (R(exp)(x) - 1));
}

/* 1.83 ulp at -0x1.4d1cp-2. */
KERNEL(selu_stable)
{
    return x > 0 ? x + LAMBDA_1 * x : LAMBDA_ALPHA * R(expm1)(x);
}

#if PASS_HAS_WORDS
/* 1.87 ulp at -0x1.526b9cp-2. */
VKERNEL(selu_poly)
{
    const vf e = v_copysign(v_expm1_negative(v_max(v_set(-40), x)), x);
    return v_select(v_gt(x, v_set(0)), v_mad(x, v_set(LAMBDA_1), x), e * LAMBDA_ALPHA);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(selu_naive, "lambda (x > 0 ? x : alpha (exp(x) - 1)), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_INF | KEEPS_ZERO),
              IN(-INFINITY, -0.5, 2.39), IN(0, 3.2e38, 1.07))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_INF | KEEPS_ZERO),
              IN(-INFINITY, -0.5, 3.8), IN(0, 1.7e308, 1.1))
          F16(ALL_BUT(KEEPS_ZERO), EVERYWHERE(0.72))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO),
               IN(-INFINITY, -0x1p-14, 0.53), IN(0, 3.2e38, 0.501)))
    LIBM("stable", selu_stable, "x > 0 ? x + (lambda - 1) x : (lambda alpha) expm1(x)",
         F32(KEEPS_ALL, EVERYWHERE(1.84))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.1))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("poly", selu_poly, "expm1 as 2^k P(r) + (2^k - 1), P of degree 7",
          F32(KEEPS_ALL, EVERYWHERE2(1.87, 1.79)))
    END
};
