/* prelu_grad.c -- the gradient of prelu with respect to x: 1 where x > 0, otherwise alpha. */
#define FUNCTION prelu_grad
#include "pass.h"

/* NaN gives alpha. */
KERNEL(prelu_grad_naive, alpha)
{
    return x > 0 ? 1 : alpha;
}

KERNEL(prelu_grad_stable, alpha)
{
    return x > 0 ? 1 : x <= 0 ? alpha : x;
}

#if PASS_HAS_WORDS
VKERNEL(prelu_grad_select, alpha)
{
    const vf step = v_select(v_gt(x, v_set(0)), v_set(1), alpha);
    return v_select(v_isnan(x), x, step);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(prelu_grad_naive, "x > 0 ? 1 : alpha, as it is written",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F64(CORRECT_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(EXACT))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(0.5))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(0.5)))
    U1(prelu_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", prelu_grad_stable, "x > 0 ? 1 : x <= 0 ? alpha : x, which keeps a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(0.5))
         BF16(CORRECT, EVERYWHERE(0.5)))
    WORDS("select", prelu_grad_select, "a comparison selects 1 or alpha, another the NaN",
          F32(CORRECT, EVERYWHERE(EXACT)))
    END
};
