/* softsign.c -- x/(1 + |x|), a sigmoid without an exponential.
 *
 * Two roundings; there is little to go wrong but infinity over infinity.  |x| is held at 2^100 in
 * vectors, where 1 + |x| is |x| and the quotient 1.
 */
#define FUNCTION softsign
#include "pass.h"

/* 1.5 ulp at 0x1.ffd7fep+10; NaN at infinities. */
KERNEL(softsign_naive)
{
    return x / (1 + R(fabs)(x));
}

/* 1.5 ulp at 0x1.ffd7fep+10. */
KERNEL(softsign_stable)
{
    const real a = R(fabs)(x);
    return a > R(0x1p100) ? R(copysign)(1, x) : x / (1 + a);
}

#if PASS_HAS_WORDS
/* 1.5 ulp at 0x1.ffd7fep+10. */
VKERNEL(softsign_fast)
{
    const vf a = v_min(v_set(0x1p100f), v_abs(x));
    return v_copysign(a / (a + 1.0f), x);
}

WORD vd softsign_wide(vd a)
{
    return a / (a + 1.0);
}
VKERNEL(softsign_u1)
{
    const vf a = v_min(v_set(0x1p100f), v_abs(x));
    return v_copysign(w_narrow(W_EACH(softsign_wide, w_widen(a))), x);
}

static float softsign_exact(float a)
{
    return two_round(two_div((two){a, 0}, two_sum(a, 1)));
}
VKERNEL(softsign_cr)
{
    const vf a = v_min(v_set(0x1p100f), v_abs(x));
    return v_copysign(v_settle(a, W_EACH(softsign_wide, w_widen(a)), 0x1p-51, softsign_exact), x);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(softsign_naive, "x/(1 + |x|), as it is written",
          F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_NAN | KEEPS_INF), IN(-3e38, 3e38, 1.51))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_NAN | KEEPS_INF), IN(-1e308, 1e308, 1.9))
          F16(ALL_BUT(KEEPS_NAN | KEEPS_INF), IN(-65504, 65504, 0.501))
          BF16(ALL_BUT(KEEPS_NAN | KEEPS_INF), IN(-3e38, 3e38, 0.501)))
    U1(softsign_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", softsign_stable, "the same, and +-1 where |x| is huge",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.51))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.9))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("fast", softsign_fast, "the same, |x| held at 2^100",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(1.5, 1.5)))
    WORDS("u1", softsign_u1, "the same in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("cr", softsign_cr, "the same; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
