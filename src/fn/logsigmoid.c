/* logsigmoid.c -- the logarithm of the sigmoid, minus the softplus of -x.
 *
 * log(1/(1 + exp(-x))) as it is written is -infinity from x = -88.7228 on, where x is due; on the
 * right the sigmoid rounds to 1 and its logarithm to 0 from 16.64 on, where -exp(-x) is due.
 *
 * -(max(-x, 0) + log1p(exp(-|x|))) has neither fault, and a negative zero at the end of the right
 * tail.
 */
#define FUNCTION logsigmoid
#include "pass.h"

/* 1.7e7 ulp at 0x1.0a2b24p+4. */
KERNEL(logsigmoid_naive)
{
    return R(log)(1 / (1 + R(exp)(-x)));
}

/* 1.55 ulp at 0x1.43ff2p+0. */
KERNEL(logsigmoid_stable)
{
    return -((x < 0 ? -x : 0) + R(log1p)(R(exp)(-R(fabs)(x))));
}

#if PASS_HAS_WORDS
/* 2.8 ulp at 0x1.60e5ap+1. */
VKERNEL(logsigmoid_fast)
{
    const vf t = v_exp(v_max(v_set(-104), v_neg(v_abs(x))));
    return v_neg(v_max(v_set(0), v_neg(x)) + v_log1p_unit(t));
}

/* min(x, 0) - log(1 + t) with t = exp(-|x|), in doubles. */
WORD vd logsigmoid_wide_u1(vd x)
{
    const vd t = d_exp_u1(-d_min(d_set(110), d_abs(x)));
    return d_min(d_set(0), x) - d_log1p_unit_u1(t);
}
VKERNEL(logsigmoid_u1)
{
    return w_narrow(W_EACH(logsigmoid_wide_u1, w_widen(x)));
}

static float logsigmoid_exact(float x)
{
    const two l = two_log1p(two_exp((two){-fmin(fabs(x), 110), 0}));
    return two_round(two_add((two){x < 0 ? x : 0, 0}, two_negated(l)));
}
WORD vd logsigmoid_wide_cr(vd x)
{
    const vd t = d_exp_cr(-d_min(d_set(110), d_abs(x)));
    return d_min(d_set(0), x) - d_log1p_unit_cr(t);
}
VKERNEL(logsigmoid_cr)
{
    return v_settle(x, W_EACH(logsigmoid_wide_cr, w_widen(x)), 0x1.2p-41, logsigmoid_exact);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(logsigmoid_naive, "log(1/(1 + exp(-x))), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_INF | KEEPS_ZERO),
              IN(-88.72, 1, 3.98), IN(1.01, 9, 6160))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_INF | KEEPS_ZERO),
              IN(-709.78, 1, 4.9))
          F16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_INF | KEEPS_ZERO), IN(-88.7, 5, 0.51))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_INF | KEEPS_ZERO), IN(-88.5, 5, 0.501)))
    U1(logsigmoid_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", logsigmoid_stable, "-(max(-x, 0) + log1p(exp(-|x|)))",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.55))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.8))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("fast", logsigmoid_fast, "the same; log1p(t) as 2 atanh(t/(2 + t)), a polynomial",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(2.8, 2.8)))
    WORDS("u1", logsigmoid_u1, "min(x, 0) - log1p(t), t = exp(-|x|), in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.51)))
    WORDS("cr", logsigmoid_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
