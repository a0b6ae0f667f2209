/* gelu_quick_grad.c -- the gradient of gelu_quick: that of silu at v = 1.702 x.
 *
 * With t = exp(-|v|) and d = 1 + t the left branch is g = t (1 - |v|/d)/d, the right one 1 - g, the
 * rounding of v carried as in gelu_quick.c, and g held at its minimum.  As it is written it is 0
 * from x = -52.13 on.  Next to the root, -0.7512, both cancel: bounds are promised away from it.
 */
#define FUNCTION gelu_quick_grad
#include "pass.h"
#include "gradient.h"
#include "gelu_quick.h"

#define GELU_QUICK_GRAD_MIN R(-0.099839320128866916958184924320571) /* at -1.4097281319 */

/* 1.7e7 ulp at -0x1.a91e38p+5. */
KERNEL(gelu_quick_grad_naive)
{
    const real s = 1 / (1 + R(exp)(-GELU_QUICK_K * x));
    return s * (1 + GELU_QUICK_K * x * (1 - s));
}

KERNEL(gelu_quick_grad_stable)
{
    const real a = x < -500 || x > 500 ? 500 : R(fabs)(x);
    real l;
    const real v = gelu_quick_scale(a, &l), t = R(exp)(-v) * (1 - l), d = 1 + t;
    real g = t * (1 - v / d) / d;
    if (t < REAL_MIN) {
        const real h = R(exp)(-v / 2);
        g = (1 - v) * h * (h * (1 - l));
    }
    g = g < GELU_QUICK_GRAD_MIN ? GELU_QUICK_GRAD_MIN : g;
    return x > 0 ? 1 - g : g;
}

#if PASS_HAS_WORDS
/* 0.502 ulp at -0x1.00f988p-1.  What a double rounds off 1.702 x is harmless; the distance from the
 * root is taken before x is multiplied, and is then that of v from silu's root, whose polynomial
 * serves. */
static const struct root gelu_quick_grad_root = {-0x1.80974a62be3dfp-1, 0x1.b12c858d26bfp-55, {0}};
WORD vd gelu_quick_grad_wide(vd x)
{
    return d_silu_grad(x * 1.702, d_from_root(x, &gelu_quick_grad_root) * 1.702);
}
VKERNEL(gelu_quick_grad_u1)
{
    return w_narrow(W_EACH(gelu_quick_grad_wide, w_widen(v_min(v_set(65), v_max(v_set(-65), x)))));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(gelu_quick_grad_naive, "s (1 + v (1 - s)), v = 1.702 x, s = 1/(1 + exp(-v))",
          F32(KEEPS_SYMMETRY | KEEPS_ZERO | KEEPS_STABLE, IN(-52.1, -1, 84), IN(-0.5, 1e30, 8.21))
          F64(KEEPS_SYMMETRY | KEEPS_ZERO | KEEPS_STABLE,
              IN(-417, -1, 8.7e+02), IN(-0.5, 1e30, 22.7))
          F16(ALL_BUT(KEEPS_NAN | KEEPS_INF), FINITE(0.51))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF), IN(-52, 1e30, 0.501)))
    U1(gelu_quick_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", gelu_quick_grad_stable, "g = t (1 - v/d)/d or 1 - g, t = exp(-v), d = 1 + t",
         F32(ALL_BUT(KEEPS_MONOTONE), IN(-INFINITY, -1, 6.64), IN(-0.5, INFINITY, 4.75))
         F64(ALL_BUT(KEEPS_MONOTONE), IN(-INFINITY, -1, 7.8), IN(-0.5, INFINITY, 4.3))
         F16(KEEPS_ALL, EVERYWHERE(0.51))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("u1", gelu_quick_grad_u1, "s (1 + v s(-v)) in double lanes, a polynomial about the root; rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    END
};
