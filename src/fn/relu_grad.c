/* relu_grad.c -- the gradient of relu: 1 where x > 0, otherwise 0.
 *
 * At the kink frameworks answer 0, and so do these; 1/2 and 1 would be subgradients too.  A NaN
 * should stay one, so that a broken activation is not trained on as if its gradient were 0; the
 * comparison as it is mostly written loses it.
 */
#define FUNCTION relu_grad
#include "pass.h"

/* NaN gives 0. */
KERNEL(relu_grad_naive)
{
    return x > 0 ? 1 : 0;
}

KERNEL(relu_grad_stable)
{
    return x > 0 ? 1 : x <= 0 ? 0 : x;
}

#if PASS_HAS_WORDS
VKERNEL(relu_grad_select)
{
    const vf step = v_select(v_gt(x, v_set(0)), v_set(1), v_set(0));
    return v_select(v_isnan(x), x, step);
}

/* The bits of 1, or none; NaN gives 0. */
VKERNEL(relu_grad_mask)
{
    return v_keep(v_gt(x, v_set(0)), v_set(1));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(relu_grad_naive, "x > 0 ? 1 : 0, as it is written",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F64(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT)))
    U1(relu_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", relu_grad_stable, "x > 0 ? 1 : x <= 0 ? 0 : x, which keeps a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT, EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(EXACT))
         BF16(CORRECT, EVERYWHERE(EXACT)))
    WORDS("select", relu_grad_select, "a comparison selects 1 or 0, another the NaN",
          F32(CORRECT, EVERYWHERE(EXACT)))
    WORDS("mask", relu_grad_mask, "the bits of 1 under the mask of a comparison",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT)))
    END
};
