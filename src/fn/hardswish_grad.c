/* hardswish_grad.c -- the gradient of hardswish: (2x + 3)/6 between -3 and 3, 0 left and 1 right of
 * it.
 *
 * It jumps at the kinks, where frameworks differ: at -3 this is 0, at 3 it is 1.  x/3 + 1/2, as
 * it is often written, cancels next to the root -3/2; 2x + 3 is exact there.
 */
#define FUNCTION hardswish_grad
#include "pass.h"

/* 5.6e6 ulp at -0x1.800002p+0; a NaN gives 1. */
KERNEL(hardswish_grad_naive)
{
    return x <= -3 ? 0 : x < 3 ? x / 3 + R(0.5) : 1;
}

/* 1 ulp at 0x1.000014p-1. */
KERNEL(hardswish_grad_stable)
{
    return x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6;
}

#if PASS_HAS_WORDS
/* 1 ulp at 0x1.000014p-1. */
VKERNEL(hardswish_grad_select)
{
    const vf middle = (x + x + 3.0f) / 6.0f;
    return v_select(v_ge(x, v_set(3)), v_set(1), v_select(v_le(x, v_set(-3)), v_set(0), middle));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(hardswish_grad_naive, "x <= -3 ? 0 : x < 3 ? x/3 + 1/2 : 1, as it is written",
          F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_NAN), IN(-INFINITY, -2, 1.34), IN(-1, INFINITY, 0.68))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_NAN), IN(-INFINITY, -2, 1.7), IN(-1, INFINITY, 0.9))
          F16(ALL_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(0.501))
          BF16(ALL_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(0.501)))
    U1(hardswish_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", hardswish_grad_stable, "0, 1 or (2x + 3)/6 by comparisons",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.01))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.3))
         F16(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(0.501))
         BF16(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(0.501)))
    WORDS("select", hardswish_grad_select, "(2x + 3)/6, replaced by 0 or 1 where they are due",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(1, 1)))
    END
};
