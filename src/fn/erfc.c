/* erfc.c -- 1 - erf(x), which falls like exp(-x^2)/x.
 *
 * As a difference it is lost on the right, where erf is next to 1: 0 from 3.92 on.
 */
#define FUNCTION erfc
#include "pass.h"

/* 1.7e7 ulp at 0x1.5c35fcp+2. */
KERNEL(erfc_naive)
{
    return 1 - R(erf)(x);
}

/* 3.13 ulp at 0x1.537a74p+0. */
KERNEL(erfc_libm)
{
    return R(erfc)(x);
}

/* clang-format off */
ROWS = {
    NAIVE(erfc_naive, "1 - erf(x), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL), IN(-INFINITY, 0.5, 1.23), IN(0.51, 2, 70))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), IN(-INFINITY, 0.5, 1.6))
          F16(KEEPS_ALL, IN(-INFINITY, 2, 0.51))
          BF16(ALL_BUT(KEEPS_SUBNORMAL), IN(-INFINITY, 1, 0.501)))
    LIBM("libm", erfc_libm, "erfc of the C library",
         F32(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(3.14))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(3.7))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    U1(erfc_libm, "erfc of the C library",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    END
};
