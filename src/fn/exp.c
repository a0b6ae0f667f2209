/* exp.c -- the exponential.
 *
 * Every activation with a tail stands on it.  What tells implementations apart is less the middle
 * than the ends: overflow at 88.7228 and not before, subnormal results down to -103.97, infinities,
 * NaN.  See v_exp in ../simd/vmath.h.
 */
#define FUNCTION exp
#include "pass.h"

/* 0.51 ulp at -0x1.ce651ep-8. */
KERNEL(exp_libm)
{
    return R(exp)(x);
}

#if PASS_HAS_WORDS
/* 1.04 ulp at -0x1.76642ep+2.  A NaN is the second operand of both. */
VKERNEL(exp_poly)
{
    return v_exp(v_min(v_set(89), v_max(v_set(-104), x)));
}
#endif

/* clang-format off */
ROWS = {
    LIBM("libm", exp_libm, "exp of the C library",
         F32(KEEPS_ALL, EVERYWHERE(0.51))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(0.7))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("poly", exp_poly, "2^k (1 + P(r)), P of degree 6",
          F32(KEEPS_ALL, EVERYWHERE2(1.01, 1.04)))
    END
};
