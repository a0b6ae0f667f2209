/* gelu_grad.c -- the gradient of gelu, Phi(x) + x phi(x), phi the normal density.
 *
 * It is 1/2 at 0, reaches 1.1289 at sqrt 2 and falls back to 1; on the left it is 0 at -0.7518,
 * -0.1289 at -sqrt 2 and goes to -0 like x phi(x).  f'(x) + f'(-x) = 1.
 *
 * As it is written, (1 + erf)/2 + x phi, it has the fault of gelu in the left tail, where Phi(x) is
 * lost while x phi(x) is still right: an error of a part in x^2 of the result, and ulps by the
 * million.  And exp(-x^2/2) amplifies the rounding of x^2, up to 50 ulp.
 *
 * Here g = Phi(-a) - a phi(a), a = |x|, is the left branch and 1 - g the right one, both from
 * gelu_normal.h.  g is held at the minimum.  Next to the root it cancels: bounds are promised
 * away from there.
 */
#define FUNCTION gelu_grad
#include "pass.h"
#include "gradient.h"
#include "gelu_normal.h"

#define GELU_GRAD_MIN R(-0.12890414518515476074) /* at -sqrt 2 */

/* 1.2e7 ulp at -0x1.80ead2p-1. */
KERNEL(gelu_grad_naive)
{
    return R(0.5) * (1 + R(erf)(x * SQRT1_2)) + x * R(exp)(R(-0.5) * x * x) * SQRT1_2PI;
}

/* Written as -(a phi - Phi), so that it is -0 where both have gone. */
KERNEL(gelu_grad_stable)
{
    if (x > 40)
        return 1;
    const real a = x < -40 ? 40 : R(fabs)(x), p = gelu_erfc(-a) / 2;
    if (x < 0 && p < REAL_MIN)
        return -gelu_phi(a, a - gelu_mills(a) / a);
    const real y = -(gelu_phi(a, a) - p), g = y < GELU_GRAD_MIN ? GELU_GRAD_MIN : y;
    return x > 0 ? 1 - g : g;
}

#if PASS_HAS_WORDS
/* 0.51 ulp at -0x1.08516ep+0, short of where the polynomial about the root takes over.  g is phi(a)
 * times Mills' ratio less a; from 15 on it is -0. */
static const struct root gelu_grad_root = {
    -0x1.80ead197f00b4p-1,
    0x1.13e74c58cada8p-56,
    {0x1.b9d98fa71b25bp-2, 0x1.8d9a941163d8dp-2, -0x1.2a2f293ba4a69p-6, -0x1.d2fa30d32a852p-4,
     -0x1.e3ea9a2e94032p-7, 0x1.3e24856ffc1aap-6, 0x1.2375723c108f3p-8, -0x1.1f0a9f27cca5ap-9}};
WORD vd gelu_grad_wide(vd x)
{
    const vd a = d_min(d_set(15), d_abs(x)), c = d_set(0x1.9884533d43651p-2); /* 1/sqrt(2 pi) */
    const vd g = d_exp_u1(a * a * -0.5) * d_nmad(a, c, d_mills_u1(a));
    const vd y = d_select(d_gt(x, d_set(0)), 1.0 - g, g);
    return d_about_root(d_from_root(x, &gelu_grad_root), &gelu_grad_root, y);
}
VKERNEL(gelu_grad_u1)
{
    return w_narrow(W_EACH(gelu_grad_wide, w_widen(x)));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(gelu_grad_naive, "(1 + erf(x/sqrt 2))/2 + x exp(-x x/2)/sqrt(2 pi), as it is written",
          F32(KEEPS_SYMMETRY | KEEPS_STABLE, IN(-0.5, REAL_MAX, 3.26))
          F64(KEEPS_SYMMETRY | KEEPS_STABLE, IN(-0.5, REAL_MAX, 4.5))
          F16(ALL_BUT(KEEPS_NAN | KEEPS_INF | KEEPS_ZERO), IN(-0.5, REAL_MAX, 0.501))
          BF16(ALL_BUT(KEEPS_NAN | KEEPS_INF | KEEPS_ZERO), IN(-0.5, REAL_MAX, 0.501)))
    U1(gelu_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", gelu_grad_stable, "erfc and exp of compensated arguments",
         F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_ZERO),
             IN(-INFINITY, -1, 7.87), IN(-0.5, INFINITY, 3.16))
         F64(ALL_BUT(KEEPS_MONOTONE), IN(-INFINITY, -1, 8.4), IN(-0.5, INFINITY, 4))
         F16(KEEPS_ALL, EVERYWHERE(0.53))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("u1", gelu_grad_u1, "phi(a) (M(a) - a), M Mills' ratio, in double lanes, a polynomial about the root; rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.51)))
    END
};
