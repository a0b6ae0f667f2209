/* softshrink_grad.c -- the gradient of softshrink: 0 from -lambda to lambda, otherwise 1. */
#define FUNCTION softshrink_grad
#include "pass.h"

/* A NaN gives 0. */
KERNEL(softshrink_grad_naive, lambda)
{
    return x > lambda || x < -lambda ? 1 : 0;
}

KERNEL(softshrink_grad_stable, lambda)
{
    return R(fabs)(x) <= lambda ? 0 : x != x ? x : 1;
}

#if PASS_HAS_WORDS
VKERNEL(softshrink_grad_select, lambda)
{
    return v_select(v_isnan(x), x, v_keep(v_gt(v_abs(x), lambda), v_set(1)));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(softshrink_grad_naive, "|x| > lambda ? 1 : 0, as it is written",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F64(CORRECT_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(EXACT))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT)))
    U1(softshrink_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", softshrink_grad_stable, "the same by comparisons that keep a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(EXACT))
         BF16(CORRECT, EVERYWHERE(EXACT)))
    WORDS("select", softshrink_grad_select, "the bits of 1 under a mask, and the NaN",
          F32(CORRECT, EVERYWHERE(EXACT)))
    END
};
