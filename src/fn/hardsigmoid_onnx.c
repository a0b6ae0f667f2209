/* hardsigmoid_onnx.c -- the line alpha x + beta, held between 0 and 1: another function than
 * hardsigmoid, which ONNX calls by the same name.
 *
 * The product rounds before the sum cancels it, so next to the root, -2.5, the result written so
 * has few right digits or none.  A fused multiply-add rounds once, and is correct there as
 * everywhere.
 */
#define FUNCTION hardsigmoid_onnx
#include "pass.h"

/* A NaN gives 0. */
KERNEL(hardsigmoid_onnx_naive, alpha, beta)
{
    const real y = alpha * x + beta, up = y > 0 ? y : 0;
    return up < 1 ? up : 1;
}

KERNEL(hardsigmoid_onnx_stable, alpha, beta)
{
    const real y = R(fma)(alpha, x, beta);
    return y < 0 ? 0 : y > 1 ? 1 : y;
}

#if PASS_HAS_WORDS
VKERNEL(hardsigmoid_onnx_clamp, alpha, beta)
{
    return v_min(v_set(1), v_max(v_set(0), v_mad(alpha, x, beta)));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(hardsigmoid_onnx_naive, "min(max(alpha x + beta, 0), 1), as it is written",
          F32(ALL_BUT(KEEPS_NAN), IN(-INFINITY, -3, EXACT), IN(-2, INFINITY, 1.66))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_NAN), IN(-INFINITY, -3, EXACT), IN(-2, INFINITY, 2.2))
          F16(ALL_BUT(KEEPS_NAN), EVERYWHERE(0.501))
          BF16(ALL_BUT(KEEPS_NAN), EVERYWHERE(0.501)))
    U1(hardsigmoid_onnx_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", hardsigmoid_onnx_stable, "the same with a fused multiply-add",
         F32(CORRECT, EVERYWHERE(0.5))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(0.7))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("clamp", hardsigmoid_onnx_clamp, "min(1, max(0, alpha x + beta)), fused in the fma class",
          F32(KEEPS_ALL, IN2(-INFINITY, -3, EXACT, EXACT), IN2(-2, INFINITY, 1.65, 0.5)))
    END
};
