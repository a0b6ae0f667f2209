/* hardtanh_grad.c -- the gradient of hardtanh: 1 between -1 and 1, otherwise 0, at the kinks too.
 */
#define FUNCTION hardtanh_grad
#include "pass.h"

/* A NaN gives 0. */
KERNEL(hardtanh_grad_naive)
{
    return x > -1 && x < 1 ? 1 : 0;
}

KERNEL(hardtanh_grad_stable)
{
    return x <= -1 || x >= 1 ? 0 : x != x ? x : 1;
}

#if PASS_HAS_WORDS
VKERNEL(hardtanh_grad_select)
{
    return v_select(v_isnan(x), x, v_keep(v_lt(v_abs(x), v_set(1)), v_set(1)));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(hardtanh_grad_naive, "-1 < x < 1 ? 1 : 0, as it is written",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F64(CORRECT_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(EXACT))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT)))
    U1(hardtanh_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", hardtanh_grad_stable, "the same by comparisons that keep a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(EXACT))
         BF16(CORRECT, EVERYWHERE(EXACT)))
    WORDS("select", hardtanh_grad_select, "the bits of 1 under a mask, and the NaN",
          F32(CORRECT, EVERYWHERE(EXACT)))
    END
};
