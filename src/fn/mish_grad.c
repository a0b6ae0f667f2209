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
#include "gradient.h"

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

#if PASS_HAS_WORDS
/* 0.502 ulp at -0x1.30d066p+0, where the polynomial about the root is at work.  The form of the
 * left branch with e = exp(x) holds everywhere; nothing overflows up to 40, where the result is 1,
 * and at -110 it is -0. */
static const struct root mish_grad_root = {
    -0x1.31432c0d12d84p0,
    -0x1.bf319154da21p-55,
    {0x1.115acb41d1c49p-2, 0x1.a34a252459391p-3, 0x1.574f1a16f8b2ep-5, -0x1.4c224d5b32c06p-6,
     -0x1.033ba6d60bf24p-6, -0x1.b85c13386d2fep-9, 0x1.26830f3e8da4cp-10, 0x1.0026315201dbp-10}};
WORD vd mish_grad_wide(vd x)
{
    const vd e = d_exp_u1(x), d = d_mad(e, e + 2.0, d_set(2)), x4 = 4.0 * x;
    const vd n = d_mad(e, d_mad(e, e + 4.0, x4 + 6.0), x4 + 4.0), y = e * n / (d * d);
    return d_about_root(d_from_root(x, &mish_grad_root), &mish_grad_root, y);
}
VKERNEL(mish_grad_u1)
{
    return w_narrow(W_EACH(mish_grad_wide, w_widen(v_min(v_set(40), v_max(v_set(-110), x)))));
}
#endif

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
    WORDS("u1", mish_grad_u1, "a rational function of x and exp(x) in double lanes, a polynomial about the root; rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    END
};
