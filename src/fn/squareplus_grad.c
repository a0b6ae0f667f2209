/* squareplus_grad.c -- the gradient of squareplus, (1 + x/sqrt(x^2 + b))/2.
 *
 * Left of 0 it is b/(4 x^2), and lost to cancellation as it is written; the conjugate form is
 * (b/2)/s/(s - x) with s the root, divided twice so that the product does not overflow.
 */
#define FUNCTION squareplus_grad
#include "pass.h"

/* inf ulp at -0x1.004p+64. */
KERNEL(squareplus_grad_naive, b)
{
    return (1 + x / R(sqrt)(x * x + b)) / 2;
}

/* 4.47 ulp at -0x1.0571p-7. */
KERNEL(squareplus_grad_stable, b)
{
    const real a = R(fabs)(x), s = a > R(0x1p50) ? a : R(sqrt)(a * a + b);
    if (x < 0)
        return b / 2 / s / (s - x);
    return a > R(0x1p50) ? 1 : (1 + x / s) / 2;
}

#if PASS_HAS_WORDS
/* 4.47 ulp at -0x1.0571p-7. */
VKERNEL(squareplus_grad_sqrt, b)
{
    const vf a = v_abs(x);
    const vm far = v_gt(a, v_set(0x1p50f));
    const vf s = v_select(far, a, v_sqrt(v_mad(a, a, b)));
    const vf right = v_select(far, v_set(1), (x / s + 1.0f) * 0.5f);
    return v_select(v_lt(x, v_set(0)), b * 0.5f / s / (s - x), right);
}

/* 0.501 ulp at -0x1.9ep-17.  On the right 1 less the left branch, which is at most 1/2 and costs no
 * second division.  In doubles nothing overflows. */
WORD vd squareplus_grad_wide(vd x, vd b)
{
    const vd s = d_sqrt(d_mad(x, x, b)), g = b * 0.5 / (s * (s + d_abs(x)));
    return d_select(d_gt(x, d_set(0)), 1.0 - g, g);
}
VKERNEL(squareplus_grad_u1, b)
{
    return w_narrow(W_EACH(squareplus_grad_wide, w_widen(x), w_widen(b).low));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(squareplus_grad_naive, "(1 + x/sqrt(x x + b))/2, as it is written",
          F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF),
              IN(-1, 1.8e19, 1.59), IN(-100, -1.01, 6860))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF), IN(-1, 1e150, 1.8))
          F16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF), IN(-5, 60000, 0.501))
          BF16(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF),
               IN(-5, 1.8e19, 0.501)))
    U1(squareplus_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", squareplus_grad_stable, "the conjugate (b/2)/s/(s - x) on the left",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(4.49))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(5))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("sqrt", squareplus_grad_sqrt, "the same",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(4.47, 4.47)))
    WORDS("u1", squareplus_grad_u1, "g = (b/2)/s/(s + |x|) or 1 - g in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.501)))
    END
};
