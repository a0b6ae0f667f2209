/* prelu.c -- leaky_relu with a slope that is learnt.  See leaky_relu.c; as the slope may come to
 * lie above 1, max(alpha x, x) is no way to write it.
 */
#define FUNCTION prelu
#include "pass.h"

KERNEL(prelu_naive, alpha)
{
    return x > 0 ? x : alpha * x;
}

#if PASS_HAS_WORDS
VKERNEL(prelu_select, alpha)
{
    return v_select(v_gt(x, v_set(0)), x, alpha * x);
}

#ifdef V_FUSED
VKERNEL(prelu_fma, alpha)
{
    return v_mad(alpha, v_min(v_set(0), x), v_max(v_set(0), x));
}
#endif
#endif

/* clang-format off */
ROWS = {
    NAIVE(prelu_naive, "x > 0 ? x : alpha x, as it is written",
          F32(CORRECT, EVERYWHERE(0.5))
          F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(0.5))
          F16(CORRECT, EVERYWHERE(0.5))
          BF16(CORRECT, EVERYWHERE(0.5)))
    U1(prelu_naive, "the form as it is written",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    WORDS("select", prelu_select, "a comparison selects x or alpha x",
          F32(CORRECT, EVERYWHERE(0.5)))
    FUSED("fma", prelu_fma, "alpha min(0, x) + max(0, x), fused",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
