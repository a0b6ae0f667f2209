/* hardsigmoid_onnx_grad.c -- the gradient of hardsigmoid_onnx: alpha where the line is between 0
 * and 1, otherwise 0.
 *
 * On which side of 0 or 1 the line is, a fused multiply-add tells rightly; a product and a sum may
 * round it over the edge.
 */
#define FUNCTION hardsigmoid_onnx_grad
#include "pass.h"

/* A NaN gives 0. */
KERNEL(hardsigmoid_onnx_grad_naive, alpha, beta)
{
    const real y = alpha * x + beta;
    return y > 0 && y < 1 ? alpha : 0;
}

KERNEL(hardsigmoid_onnx_grad_stable, alpha, beta)
{
    if (x != x)
        return x;
    return R(fma)(alpha, x, beta) > 0 && R(fma)(alpha, x, beta - 1) < 0 ? alpha : 0;
}

/* clang-format off */
ROWS = {
    NAIVE(hardsigmoid_onnx_grad_naive, "0 < alpha x + beta < 1 ? alpha : 0, as it is written",
          F32(ALL_BUT(KEEPS_NAN),
              IN(-INFINITY, -2.51, EXACT), IN(-2.49, 2.49, EXACT), IN(2.51, INFINITY, EXACT))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_NAN),
              IN(-INFINITY, -2.51, EXACT), IN(-2.49, 2.49, EXACT), IN(2.51, INFINITY, EXACT))
          F16(ALL_BUT(KEEPS_NAN),
              IN(-INFINITY, -2.51, EXACT), IN(-2.49, 2.49, 0.501), IN(2.51, INFINITY, EXACT))
          BF16(ALL_BUT(KEEPS_NAN),
               IN(-INFINITY, -2.51, EXACT), IN(-2.49, 2.49, 0.501), IN(2.51, INFINITY, EXACT)))
    U1(hardsigmoid_onnx_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", hardsigmoid_onnx_grad_stable, "the same with fused multiply-adds, keeping a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(0.5))
         BF16(CORRECT, EVERYWHERE(0.5)))
    END
};
