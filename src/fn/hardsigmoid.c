/* hardsigmoid.c -- the line (x + 3)/6, held between 0 and 1.
 *
 * x + 3 is exact next to its root and rounds once elsewhere, the division by 6 a second time.  Held
 * by comparisons whose other branch is taken by a NaN, it turns a NaN into 0.
 */
#define FUNCTION hardsigmoid
#include "pass.h"

/* 1 ulp at 0x1.000014p+0; a NaN gives 0. */
KERNEL(hardsigmoid_naive)
{
    const real y = x + 3, up = y > 0 ? y : 0;
    return (up < 6 ? up : 6) / 6;
}

/* 1 ulp at 0x1.000014p+0. */
KERNEL(hardsigmoid_stable)
{
    return x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) / 6;
}

#if PASS_HAS_WORDS
/* 1 ulp at 0x1.000014p+0. */
VKERNEL(hardsigmoid_clamp)
{
    return v_min(v_set(6), v_max(v_set(0), x + 3.0f)) / 6.0f;
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(hardsigmoid_naive, "min(max(x + 3, 0), 6)/6, as it is written",
          F32(ALL_BUT(KEEPS_NAN), EVERYWHERE(1.01))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(1.3))
          F16(ALL_BUT(KEEPS_NAN), EVERYWHERE(0.501))
          BF16(ALL_BUT(KEEPS_NAN), EVERYWHERE(0.501)))
    U1(hardsigmoid_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", hardsigmoid_stable, "0, 1 or (x + 3)/6 by comparisons",
         F32(KEEPS_ALL, EVERYWHERE(1.01))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.3))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("clamp", hardsigmoid_clamp, "min(6, max(0, x + 3))/6, in the order that keeps a NaN",
          F32(KEEPS_ALL, EVERYWHERE2(1, 1)))
    END
};
