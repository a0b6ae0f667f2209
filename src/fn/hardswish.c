/* hardswish.c -- x times the hard sigmoid: 0 up to -3, x from 3 on, x (x + 3)/6 between.
 *
 * x + 3 is exact near its root, so the zero at -3 is harmless.  x min(max(x + 3, 0), 6)/6 as it is
 * written overflows for x > 5.67e37, where six times x does; at -infinity it is infinity times 0.
 * (x/6 + 1/2 in place of (x + 3)/6, also seen, is wrong by millions of ulps next to -3.)
 */
#define FUNCTION hardswish
#include "pass.h"

/* 1.92 ulp at 0x1.5f216cp+0. */
KERNEL(hardswish_naive)
{
    const real y = x + 3, up = y > 0 ? y : 0;
    return x * (up < 6 ? up : 6) / 6;
}

/* 1.92 ulp at 0x1.5f216cp+0. */
KERNEL(hardswish_stable)
{
    return x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6;
}

#if PASS_HAS_WORDS
/* 1.92 ulp at 0x1.5f216cp+0. */
VKERNEL(hardswish_select)
{
    const vf middle = x * (x + 3.0f) / 6.0f;
    return v_select(v_ge(x, v_set(3)), x, v_select(v_le(x, v_set(-3)), v_set(0), middle));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(hardswish_naive, "x min(max(x + 3, 0), 6)/6, as it is written",
          F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF),
              IN(-1e38, 5e37, 1.93))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF),
              IN(-1e307, 2e307, 2.4))
          F16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF), FINITE(0.501))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF), IN(-1e38, 5e37, 0.501)))
    U1(hardswish_stable, "the stable form",
       /* f(x) = x/2 (1 + cx): half an odd subnormal is a tie but for 2^-133, more than a double holds */
       F16(CORRECT, EVERYWHERE(0.5)) BF16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.5)))
    LIBM("stable", hardswish_stable, "0, x or x (x + 3)/6 by comparisons",
         F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE(1.93))
         F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE(2.4))
         F16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.501))
         BF16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.501)))
    WORDS("select", hardswish_select, "x (x + 3)/6, replaced by 0 or x where they are due",
          F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE2(1.92, 1.92)))
    END
};
