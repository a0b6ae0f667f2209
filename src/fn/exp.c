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

/* 0.50 ulp.  From 89 on double is infinite as a float, below -104 it is 0. */
VKERNEL(exp_u1)
{
    return w_narrow(W_EACH(d_exp_u1, w_widen(v_min(v_set(89), v_max(v_set(-104), x)))));
}

static float exp_exact(float x)
{
    return two_round(two_exp((two){x, 0}));
}
VKERNEL(exp_cr)
{
    const vf c = v_min(v_set(89), v_max(v_set(-104), x));
    return v_settle(x, W_EACH(d_exp_cr, w_widen(c)), 0x1p-40, exp_exact);
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
    WORDS("u1", exp_u1, "exp(r) 2^(n/8) in double lanes, degree 4, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    WORDS("cr", exp_cr, "the same of degree 5; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
