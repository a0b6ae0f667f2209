/* silu_grad.c -- the gradient of silu, s(x) (1 + x s(-x)).
 *
 * It is 1/2 at 0, exceeds 1 right of 1.278, is 0 at -1.2784645 and negative left of there; it
 * approaches 1 and 0.  f'(x) + f'(-x) = 1.
 *
 * Next to its root the sum 1 + x s(-x) cancels, and the result keeps the absolute error of its
 * parts, some 2^-25: bounds are promised away from the root.  s (1 + x (1 - s)) as it is written
 * has in addition what ails silu, 0 from -88.7228 on.  On the right 1 - s is harmless, since it is
 * added to 1.
 *
 * With t = exp(-|x|) and d = 1 + t the left branch is g = t (1 - |x|/d)/d, and the right one 1 - g.
 * g is held at the minimum, from which the maximum follows.
 */
#define FUNCTION silu_grad
#include "pass.h"
#include "gradient.h"

#define SILU_GRAD_MIN R(-0.099839320128866916958184924320571) /* at -2.3993572805 */

/* 1.7e7 ulp at -0x1.69c684p+6. */
KERNEL(silu_grad_naive)
{
    const real s = 1 / (1 + R(exp)(-x));
    return s * (1 + x * (1 - s));
}

/* On the right 1 - g. */
KERNEL(silu_grad_stable)
{
    const real a = x < -800 ? 800 : x > 800 ? 800 : R(fabs)(x), t = R(exp)(-a), d = 1 + t;
    real g = t * (1 - a / d) / d;
    if (t < REAL_MIN) {
        const real h = R(exp)(-a / 2);
        g = (1 - a) * h * h;
    }
    g = g < SILU_GRAD_MIN ? SILU_GRAD_MIN : g;
    return x > 0 ? 1 - g : g;
}

#if PASS_HAS_WORDS
/* The minimum of 110 and |x| keeps a NaN, its second operand; so does the maximum. */
VKERNEL(silu_grad_poly)
{
    vf k;
    const vf a = v_min(v_set(110), v_abs(x));
    const vf r = v_reduce(v_neg(a), &k);
    const vf p = v_expm1_poly6(r) + 1.0f, d = v_scale(p, k) + 1.0f;
    const vf c = v_scale(v_nmad(a, v_set(1) / d, v_set(1)) * p, k);
    const vf g = v_max(v_set(SILU_GRAD_MIN), c / d);
    return v_select(v_gt(x, v_set(0)), v_set(1) - g, g);
}

/* 0.502 ulp at -0x1.b4ad3cp-1.  Next to the root its polynomial takes over. */
WORD vd silu_grad_wide(vd x)
{
    return d_silu_grad(x, d_from_root(x, &silu_grad_root));
}
VKERNEL(silu_grad_u1)
{
    return w_narrow(W_EACH(silu_grad_wide, w_widen(v_min(v_set(110), v_max(v_set(-110), x)))));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(silu_grad_naive, "s (1 + x (1 - s)) with s = 1/(1 + exp(-x)), as it is written",
          F32(KEEPS_SYMMETRY | KEEPS_STABLE, IN(-88.72, -1.5, 5.65), IN(-1, REAL_MAX, 8.21))
          F64(KEEPS_SYMMETRY | KEEPS_ZERO | KEEPS_STABLE,
              IN(-709.78, -1.5, 6.8), IN(-1, REAL_MAX, 22.7))
          F16(ALL_BUT(KEEPS_NAN | KEEPS_INF), FINITE(0.501))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF), IN(-88.5, REAL_MAX, 0.501)))
    U1(silu_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", silu_grad_stable, "g = t (1 - |x|/d)/d or 1 - g, with t = exp(-|x|), d = 1 + t",
         F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_ZERO),
             IN(-INFINITY, -1.5, 7.79), IN(-1, INFINITY, 3.09))
         F64(ALL_BUT(KEEPS_MONOTONE), IN(-INFINITY, -1.5, 8.8), IN(-1, INFINITY, 3.7))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("poly", silu_grad_poly, "the same, t as 2^k (1 + P(r)), P of degree 6",
          F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_ZERO),
              IN2(-INFINITY, -1.5, 9.63, 7.79), IN2(-1, INFINITY, 4.47, 3.87)))
    WORDS("u1", silu_grad_u1, "s (1 + x s(-x)) in double lanes, a polynomial about the root; rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    END
};
