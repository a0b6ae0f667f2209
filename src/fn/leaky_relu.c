/* leaky_relu.c -- x where it is positive, otherwise alpha x.
 *
 * One rounding, that of the product: in f32 and f64 every form here is correctly rounded, subnormal
 * results included.  (f16 and bf16 round the product to f32 first, which now and then makes a tie
 * of what was none.)  They differ in what they ask of alpha and in the instructions they take.
 *
 * max(x, alpha x) is right for alpha <= 1 only.  The fused form alpha min(0, x) + max(0, x) has no
 * comparison and no mask.  Written with a product and a sum it would lose the sign of a result that
 * underflows, -0 + 0 being +0; fused, the sum is exact before the one rounding, so it exists in
 * that class alone.  Both its minimum and its maximum return x itself for a zero, whose sign is
 * kept.
 */
#define FUNCTION leaky_relu
#include "pass.h"

KERNEL(leaky_relu_naive, alpha)
{
    return x > 0 ? x : alpha * x;
}

#if PASS_HAS_WORDS
VKERNEL(leaky_relu_select, alpha)
{
    return v_select(v_gt(x, v_set(0)), x, alpha * x);
}

VKERNEL(leaky_relu_max, alpha)
{
    return v_max(alpha * x, x);
}

#ifdef V_FUSED
VKERNEL(leaky_relu_fma, alpha)
{
    return v_mad(alpha, v_min(v_set(0), x), v_max(v_set(0), x));
}
#endif
#endif

/* clang-format off */
ROWS = {
    NAIVE(leaky_relu_naive, "x > 0 ? x : alpha x, as it is written",
          F32(CORRECT, EVERYWHERE(0.5))
          F64(CORRECT, EVERYWHERE(0.5))
          F16(KEEPS_ALL, EVERYWHERE(0.501))
          BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    U1(leaky_relu_naive, "the form as it is written",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    WORDS("select", leaky_relu_select, "a comparison selects x or alpha x",
          F32(CORRECT, EVERYWHERE(0.5)))
    WORDS("max", leaky_relu_max, "max(alpha x, x), for alpha <= 1", F32(CORRECT, EVERYWHERE(0.5)))
    FUSED("fma", leaky_relu_fma, "alpha min(0, x) + max(0, x), fused",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
