/* mish_grad.c -- the gradient of mish.
 *
 * It is 3/5 at 0, exceeds 1 right of 0.86, is 0 at -1.1924312 and negative left of there, and
 * approaches 1 and 0.  As it comes out of the chain rule, w + x s (1 - w^2) with w = tanh(softplus)
 * and s the sigmoid, it is 0 from about -88 on with an exp(-x) that overflows, and w^2 near 1
 * cancels.
 *
 * With t = exp(-|x|) it is, on the left, t (4 (x + 1) + t (4x + 6 + t (4 + t)))/(2 + t (2 + t))^2,
 * and on the right 1 + 2 t^2 (2x - 1 + 2 t (x - 1 - t))/(1 + 2 t (1 + t))^2.  Next to the root the
 * sum cancels whatever one does in this precision: bounds are promised away from it.  At the
 * minimum and the maximum results are held.
 */
#define FUNCTION mish_grad
#include "pass.h"

#define MISH_GRAD_MIN R(-0.11252612238946255640732790114855)
#define MISH_GRAD_MAX R(1.0884981612517278612282936273921)

/* 1.7e7 ulp at -0x1.642ac6p+6. */
KERNEL(mish_grad_naive)
{
    const real s = 1 / (1 + R(exp)(-x)), w = R(tanh)(R(log1p)(R(exp)(x)));
    return w + x * s * (1 - w * w);
}

KERNEL(mish_grad_stable)
{
    const real a = x < -800 ? 800 : x > 800 ? 800 : R(fabs)(x), t = R(exp)(-a);
    if (x > 0) {
        const real d = 1 + 2 * t * (1 + t);
        const real y = 1 + 2 * t * t * (2 * a - 1 + 2 * t * (a - 1 - t)) / (d * d);
        return y > MISH_GRAD_MAX ? MISH_GRAD_MAX : y;
    }
    if (t < REAL_MIN) {
        const real h = R(exp)(-a / 2);
        return (1 - a) * h * h;
    }
    const real d = 2 + t * (2 + t);
    const real y = t * (4 * (1 - a) + t * (6 - 4 * a + t * (4 + t))) / (d * d);
    return y < MISH_GRAD_MIN ? MISH_GRAD_MIN : y;
}

/* clang-format off */
ROWS = {
    NAIVE(mish_grad_naive, "w + x s (1 - w w), w = tanh(log1p(exp(x))), s = 1/(1 + exp(-x))",
          F32(KEEPS_SYMMETRY | KEEPS_STABLE, IN(-87.33, -1.5, 11.7), IN(-1, 88.7, 26.3))
          F64(KEEPS_SYMMETRY | KEEPS_STABLE, IN(-708.39, -1.5, 12.1), IN(-1, 709.7, 23.5))
          F16(ALL_BUT(KEEPS_NAN | KEEPS_INF | KEEPS_ZERO), FINITE(0.54))
          BF16(KEEPS_SYMMETRY | KEEPS_STABLE, IN(-87, 88.5, 0.501)))
    U1(mish_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", mish_grad_stable, "rational functions of x and t = exp(-|x|)",
         F32(ALL_BUT(KEEPS_MONOTONE), IN(-INFINITY, -1.5, 5.33), IN(-1, INFINITY, 6.99))
         F64(ALL_BUT(KEEPS_MONOTONE), IN(-INFINITY, -1.5, 5.3), IN(-1, INFINITY, 6.9))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    END
};
