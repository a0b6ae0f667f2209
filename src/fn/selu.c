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
/* lambda and lambda alpha as doubles, and what they round off. */
#define LAMBDA_WIDE       0x1.0cfabd6a91132p0
#define LAMBDA_REST       0x1.6fc7d272f2695p-55
#define LAMBDA_ALPHA_WIDE 0x1.c212cc640f031p0
#define LAMBDA_ALPHA_REST 0x1.05161b045a1fep-56

/* 1.93 ulp at -0x1.3880b8p-3, fused 1.88 at -0x1.32b8ccp-3. */
VKERNEL(selu_fast)
{
    const vf e = v_copysign(v_expm1_fast(v_max(v_set(-40), x)), x);
    return v_select(v_gt(x, v_set(0)), v_mad(x, v_set(LAMBDA_1), x), e * LAMBDA_ALPHA);
}

/* 0.501 ulp at -0x1.1d6a4ap-5. */
WORD vd selu_wide_u1(vd x)
{
    const vd left = d_expm1_u1(d_min(d_set(0), x)) * LAMBDA_ALPHA_WIDE;
    return d_select(d_gt(x, d_set(0)), x * LAMBDA_WIDE, left);
}
VKERNEL(selu_u1)
{
    return v_copysign(w_narrow(W_EACH(selu_wide_u1, w_widen(v_max(v_set(-40), x)))), x);
}

static float selu_exact(float x)
{
    const two lambda = {LAMBDA_WIDE, LAMBDA_REST}, both = {LAMBDA_ALPHA_WIDE, LAMBDA_ALPHA_REST};
    const two z = {x, 0};
    return two_round(x > 0 ? two_mul(lambda, z) : two_mul(both, two_expm1(z)));
}
WORD vd selu_wide_cr(vd x)
{
    const vd left = d_expm1_cr(d_min(d_set(0), x)) * LAMBDA_ALPHA_WIDE;
    return d_select(d_gt(x, d_set(0)), x * LAMBDA_WIDE, left);
}
VKERNEL(selu_cr)
{
    const vf c = v_max(v_set(-40), x);
    return v_copysign(v_settle(c, W_EACH(selu_wide_cr, w_widen(c)), 0x1p-43, selu_exact), x);
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
    U1(selu_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", selu_stable, "x > 0 ? x + (lambda - 1) x : (lambda alpha) expm1(x)",
         F32(KEEPS_ALL, EVERYWHERE(1.84))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.1))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("fast", selu_fast, "expm1 as 2^k P(r) + (2^k - 1), P of degree 6",
          F32(KEEPS_ALL, EVERYWHERE2(1.93, 1.88)))
    WORDS("u1", selu_u1, "expm1 in double lanes, rounded once", F32(KEEPS_ALL, EVERYWHERE(0.502)))
    WORDS("cr", selu_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
