/* threshold_grad.c -- the gradient of threshold: 1 above it, otherwise 0. */
#define FUNCTION threshold_grad
#include "pass.h"

/* A NaN gives 0. */
KERNEL(threshold_grad_naive, limit)
{
    return x > limit ? 1 : 0;
}

KERNEL(threshold_grad_stable, limit)
{
    return x > limit ? 1 : x <= limit ? 0 : x;
}

#if PASS_HAS_WORDS
VKERNEL(threshold_grad_select, limit)
{
    return v_select(v_isnan(x), x, v_keep(v_gt(x, limit), v_set(1)));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(threshold_grad_naive, "x > threshold ? 1 : 0, as it is written",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F64(CORRECT_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(EXACT))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT)))
    U1(threshold_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", threshold_grad_stable, "the same by comparisons that keep a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(EXACT))
         BF16(CORRECT, EVERYWHERE(EXACT)))
    WORDS("select", threshold_grad_select, "the bits of 1 under a mask, and the NaN",
          F32(CORRECT, EVERYWHERE(EXACT)))
    END
};
