/* erf.c -- the error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
#define FUNCTION erf
#include "pass.h"

/* 0.97 ulp at 0x1.ac6212p-1. */
KERNEL(erf_libm)
{
    return R(erf)(x);
}

/* clang-format off */
ROWS = {
    LIBM("libm", erf_libm, "erf of the C library",
         F32(KEEPS_ALL, EVERYWHERE(0.98))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.3))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    U1(erf_libm, "erf of the C library",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    END
};
