/* squareplus.c -- (x + sqrt(x^2 + b))/2, a smooth relu with nothing but a square root.
 *
 * Left of 0 the sum cancels: written so, the result is 0 from x = -8192 or so on, where b/(4|x|) is
 * due, and the square overflows from 1.84e19 on.  The conjugate form (b/2)/(sqrt(x^2 + b) - x) adds
 * two positive numbers, and beyond 2^50 the root is |x|.
 */
#define FUNCTION squareplus
#include "pass.h"

/* 5.5e7 ulp at -0x1.6a09c2p+13. */
KERNEL(squareplus_naive, b)
{
    return (x + R(sqrt)(x * x + b)) / 2;
}

/* 2.75 ulp at -0x1.94effep-11. */
KERNEL(squareplus_stable, b)
{
    const real a = R(fabs)(x), s = a > R(0x1p50) ? a : R(sqrt)(a * a + b);
    return x < 0 ? b / 4 / (s / 2 - x / 2) : x / 2 + s / 2;
}

#if PASS_HAS_WORDS
/* 2.75 ulp at -0x1.94effep-11. */
VKERNEL(squareplus_fast, b)
{
    const vf a = v_abs(x);
    const vf s = v_select(v_gt(a, v_set(0x1p50f)), a, v_sqrt(v_mad(a, a, b)));
    return v_select(v_lt(x, v_set(0)), b * 0.25f / (s * 0.5f - x * 0.5f), x * 0.5f + s * 0.5f);
}

/* In doubles the square is exact, and does not overflow. */
WORD vd squareplus_wide(vd x, vd b)
{
    const vd s = d_abs(x) + d_sqrt(d_mad(x, x, b));
    return d_select(d_lt(x, d_set(0)), b * 0.5 / s, s * 0.5);
}
VKERNEL(squareplus_u1, b)
{
    return w_narrow(W_EACH(squareplus_wide, w_widen(x), w_widen(b).low));
}

static float squareplus_exact(float x, float b)
{
    const two root = two_sqrt(two_sum((double)x * x, b));
    const two s = two_add(root, (two){fabs(x), 0});
    return two_round(x < 0 ? two_div((two){0.5 * b, 0}, s) : two_scaled(s, 0.5));
}
VKERNEL(squareplus_cr, b)
{
    return v_settle_with(x, W_EACH(squareplus_wide, w_widen(x), w_widen(b).low), 0x1p-50,
                         squareplus_exact, v_lane0(b));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(squareplus_naive, "(x + sqrt(x x + b))/2, as it is written",
          F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_NAN | KEEPS_INF),
              IN(-1, 1.8e19, 2.03), IN(-100, -1.01, 3480))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_NAN | KEEPS_INF), IN(-1, 1e150, 2.5))
          F16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF), IN(-5, REAL_MAX, 0.501))
          BF16(ALL_BUT(KEEPS_MONOTONE | KEEPS_NAN | KEEPS_INF), IN(-5, 1.8e19, 0.501)))
    U1(squareplus_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", squareplus_stable, "the conjugate (b/2)/(sqrt(x^2 + b) - x) on the left",
         F32(KEEPS_ALL, EVERYWHERE(2.76))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(3.3))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("fast", squareplus_fast, "the same",
          F32(KEEPS_ALL, EVERYWHERE2(2.75, 2.75)))
    WORDS("u1", squareplus_u1, "the same in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("cr", squareplus_cr, "the same; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
