/* hardsigmoid_grad.c -- the gradient of hardsigmoid: 1/6 between -3 and 3, otherwise 0. */
#define FUNCTION hardsigmoid_grad
#include "pass.h"

/* A NaN gives 0. */
KERNEL(hardsigmoid_grad_naive)
{
    return x > -3 && x < 3 ? R(0x1.5555555555555555p-3) : 0;
}

KERNEL(hardsigmoid_grad_stable)
{
    return x <= -3 || x >= 3 ? 0 : x != x ? x : R(0x1.5555555555555555p-3);
}

#if PASS_HAS_WORDS
VKERNEL(hardsigmoid_grad_select)
{
    const vf inside = v_keep(v_lt(v_abs(x), v_set(3)), v_set(0x1.555556p-3f));
    return v_select(v_isnan(x), x, inside);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(hardsigmoid_grad_naive, "-3 < x < 3 ? 1/6 : 0, as it is written",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(0.5))
          F64(CORRECT_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(0.5))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(0.5))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(0.5)))
    U1(hardsigmoid_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", hardsigmoid_grad_stable, "the same by comparisons that keep a NaN",
         F32(CORRECT, EVERYWHERE(0.5))
         F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(0.5))
         F16(CORRECT, EVERYWHERE(0.5))
         BF16(CORRECT, EVERYWHERE(0.5)))
    WORDS("select", hardsigmoid_grad_select, "the bits of 1/6 under a mask, and the NaN",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
