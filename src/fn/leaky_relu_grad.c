/* leaky_relu_grad.c -- the gradient of leaky_relu: 1 where x > 0, otherwise alpha.
 *
 * Exact, and at the kink alpha, as frameworks have it.  As with relu_grad, what is at stake is the
 * NaN.
 */
#define FUNCTION leaky_relu_grad
#include "pass.h"

/* NaN gives alpha. */
KERNEL(leaky_relu_grad_naive, alpha)
{
    return x > 0 ? 1 : alpha;
}

KERNEL(leaky_relu_grad_stable, alpha)
{
    return x > 0 ? 1 : x <= 0 ? alpha : x;
}

#if PASS_HAS_WORDS
VKERNEL(leaky_relu_grad_select, alpha)
{
    const vf step = v_select(v_gt(x, v_set(0)), v_set(1), alpha);
    return v_select(v_isnan(x), x, step);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(leaky_relu_grad_naive, "x > 0 ? 1 : alpha, as it is written",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F64(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(0.5))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(0.5)))
    U1(leaky_relu_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", leaky_relu_grad_stable, "x > 0 ? 1 : x <= 0 ? alpha : x, which keeps a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT, EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(0.5))
         BF16(CORRECT, EVERYWHERE(0.5)))
    WORDS("select", leaky_relu_grad_select, "a comparison selects 1 or alpha, another the NaN",
          F32(CORRECT, EVERYWHERE(EXACT)))
    END
};
