/* log1p.c -- log(1 + x).
 *
 * 1 + x rounds off what is left of a small x: as it is written the result is 0 for |x| < 2^-24.
 */
#define FUNCTION log1p
#include "pass.h"

/* 1.7e7 ulp at 0x1p-52. */
KERNEL(log1p_naive)
{
    return R(log)(1 + x);
}

/* 1.3 ulp at 0x1.a827b4p-2. */
KERNEL(log1p_libm)
{
    return R(log1p)(x);
}

/* clang-format off */
ROWS = {
    NAIVE(log1p_naive, "log(1 + x), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO), IN(-0.9, -0.5, 0.53), IN(1, INFINITY, 1.51))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_ZERO),
              IN(-0.9, -0.5, 0.7), IN(1, INFINITY, 1.8))
          F16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO), IN(-0.9, -0.5, 0.501), IN(1, INFINITY, 0.501))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_ZERO),
               IN(-0.9, -0.5, 0.501), IN(1, INFINITY, 0.501)))
    LIBM("libm", log1p_libm, "log1p of the C library",
         F32(KEEPS_ALL, IN(-0x1.fffffep-1, INFINITY, 1.3))
         F64(ALL_BUT(KEEPS_MONOTONE), IN(-0x1.fffffep-1, INFINITY, 1))
         F16(KEEPS_ALL, IN(-0.9995, INFINITY, 0.501))
         BF16(KEEPS_ALL, IN(-0.996, INFINITY, 0.501)))
    U1(log1p_libm, "log1p of the C library",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    END
};
