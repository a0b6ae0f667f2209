/* gelu_tanh_grad.c -- the gradient of gelu_tanh: s + x s (1 - s) w, s the sigmoid of
 * v = 2 sqrt(2/pi) (x + 0.044715 x^3), and w = dv/dx.
 *
 * The shape of gelu_grad, with its root at -0.7525.  As frameworks write it, from u = v/2 and
 * tanh u, it cancels twice in the left tail: 1 + tanh u and 1 - tanh(u)^2.
 *
 * With t = exp(-|v|) and d = 1 + t the left branch is g = t (1 - |x| w/d)/d and the right one 1 -
 * g; v is computed in two parts, as in gelu_tanh.c.  g is held at the minimum.  Bounds are promised
 * away from the root.
 */
#define FUNCTION gelu_tanh_grad
#include "pass.h"
#include "gradient.h"
#include "gelu_cubic.h"

#define GELU_TANH_GRAD_MIN R(-0.12899306865877176545590447039955) /* at -1.4185040088 */

/* 2.3e7 ulp at -0x1.8142ap-1. */
KERNEL(gelu_tanh_grad_naive)
{
    const real k = R(0.79788456080286535588), c = R(0.044715);
    const real t = R(tanh)(k * (x + c * x * x * x));
    return R(0.5) * (1 + t) + R(0.5) * x * (1 - t * t) * k * (1 + 3 * c * x * x);
}

KERNEL(gelu_tanh_grad_stable)
{
    const real a = x < -24 || x > 24 ? 24 : R(fabs)(x);
    real l;
    const real v = gelu_cubic(a, &l), t = R(exp)(-v) * (1 - l), d = 1 + t;
    const real aw = a * (GELU_K + 3 * GELU_KC * a * a);
    if (x < 0 && t < REAL_MIN) {
        const real h = R(exp)(-v / 2);
        return (1 - aw) * h * (h * (1 - l));
    }
    const real y = t * (1 - aw / d) / d, g = y < GELU_TANH_GRAD_MIN ? GELU_TANH_GRAD_MIN : y;
    return x > 0 ? 1 - g : g;
}

#if PASS_HAS_WORDS
/* 0.505 ulp at -0x1.0ad0cp-1.  Next to the root its polynomial takes over. */
static const struct root gelu_tanh_grad_root = {
    -0x1.81429f9e97e4dp-1,
    0x1.4f523ed77dbdcp-55,
    {0x1.b8bacd2e68fcp-2, 0x1.8cd1a2a30073bp-2, -0x1.029650e1a16d5p-6, -0x1.d2b75015fa4dcp-4,
     -0x1.1037f1a5b92b5p-6, 0x1.4264cbd208674p-6, 0x1.514d100a265cap-8, -0x1.34db808774a9fp-9}};
WORD vd gelu_tanh_grad_wide(vd x)
{
    const vd y = d_gated_grad(d_gelu_cubic(x), d_gelu_cubic_slope(x));
    return d_about_root(d_from_root(x, &gelu_tanh_grad_root), &gelu_tanh_grad_root, y);
}
VKERNEL(gelu_tanh_grad_u1)
{
    return w_narrow(W_EACH(gelu_tanh_grad_wide, w_widen(v_min(v_set(11), v_max(v_set(-11), x)))));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(gelu_tanh_grad_naive, "(1 + t)/2 + x (1 - t t) u'/2 with t = tanh(u), as it is written",
          F32(KEEPS_SYMMETRY | KEEPS_STABLE, IN(-0.5, 1e10, 5.32))
          F64(KEEPS_SYMMETRY | KEEPS_STABLE, IN(-0.5, 1e10, 14.6))
          F16(KEEPS_RANGE | KEEPS_SYMMETRY | KEEPS_STABLE, IN(-0.5, 10000, 0.501))
          BF16(KEEPS_RANGE | KEEPS_SYMMETRY | KEEPS_STABLE, IN(-0.5, 1e10, 0.501)))
    U1(gelu_tanh_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", gelu_tanh_grad_stable, "t (1 - |x| w/d)/d or 1 minus that, v in two parts",
         F32(ALL_BUT(KEEPS_MONOTONE), IN(-INFINITY, -1, 8.92), IN(-0.5, INFINITY, 4.45))
         F64(ALL_BUT(KEEPS_MONOTONE), IN(-INFINITY, -1, 9.3), IN(-0.5, INFINITY, 4.9))
         F16(KEEPS_ALL, EVERYWHERE(0.54))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("u1", gelu_tanh_grad_u1, "s (1 + x w s(-v)) in double lanes, a polynomial about the root; rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.505)))
    END
};
