/* relu6_grad.c -- the gradient of relu6: 1 between 0 and 6, otherwise 0, at the kinks too. */
#define FUNCTION relu6_grad
#include "pass.h"

/* A NaN gives 0. */
KERNEL(relu6_grad_naive)
{
    return x > 0 && x < 6 ? 1 : 0;
}

KERNEL(relu6_grad_stable)
{
    return x <= 0 || x >= 6 ? 0 : x != x ? x : 1;
}

#if PASS_HAS_WORDS
VKERNEL(relu6_grad_select)
{
    const vf below = v_keep(v_lt(x, v_set(6)), v_set(1));
    return v_select(v_isnan(x), x, v_keep(v_gt(x, v_set(0)), below));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(relu6_grad_naive, "0 < x < 6 ? 1 : 0, as it is written",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F64(CORRECT_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(EXACT))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT)))
    U1(relu6_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", relu6_grad_stable, "the same by comparisons that keep a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(EXACT))
         BF16(CORRECT, EVERYWHERE(EXACT)))
    WORDS("select", relu6_grad_select, "the bits of 1 under two masks, and the NaN",
          F32(CORRECT, EVERYWHERE(EXACT)))
    END
};
