/* softplus.c -- log(1 + exp(beta x))/beta, a smooth relu.
 *
 * log(1 + exp(z)) as it is written is infinite from z = 88.7228 on, where z is due.  On the left
 * 1 + exp(z) rounds to 1 from -16.64 on, and the result is 0 where exp(z) is due; before that it
 * has ever fewer right digits.
 *
 * max(z, 0) + log1p(exp(-|z|)) overflows nowhere, cancels nowhere and has the left tail to the last
 * subnormal.
 */
#define FUNCTION softplus
#include "pass.h"

/* 1.7e7 ulp at -0x1.0a2b24p+4. */
KERNEL(softplus_naive, beta)
{
    return R(log)(1 + R(exp)(beta * x)) / beta;
}

/* 1.55 ulp at -0x1.43ff2p+0. */
KERNEL(softplus_stable, beta)
{
    const real z = beta * x;
    return ((z > 0 ? z : 0) + R(log1p)(R(exp)(-R(fabs)(z)))) / beta;
}

#if PASS_HAS_WORDS
/* 2.8 ulp at -0x1.60e5ap+1. */
VKERNEL(softplus_fast, beta)
{
    const vf z = beta * x;
    const vf t = v_exp(v_max(v_set(-104), v_neg(v_abs(z))));
    return (v_max(v_set(0), z) + v_log1p_unit(t)) / beta;
}

/* (max(z, 0) + log(1 + t))/beta with t = exp(-|z|), in doubles; z = beta x is exact. */
WORD vd softplus_wide_u1(vd x, vd beta, vd inverse)
{
    const vd z = beta * x, t = d_exp_u1(-d_min(d_set(690), d_abs(z)));
    return (d_max(d_set(0), z) + d_log1p_unit_u1(t)) * inverse;
}
VKERNEL(softplus_u1, beta)
{
    const vd b = w_widen(beta).low;
    return w_narrow(W_EACH(softplus_wide_u1, w_widen(x), b, 1.0 / b));
}

static float softplus_exact(float x, float beta)
{
    const two z = two_product(beta, x), zero = {0, 0};
    const two a = fabs(z.high) > 690 ? (two){-690, 0} : z.high > 0 ? two_negated(z) : z;
    return two_round(
        two_div(two_add(z.high > 0 ? z : zero, two_log1p(two_exp(a))), (two){beta, 0}));
}
WORD vd softplus_wide_cr(vd x, vd beta, vd inverse)
{
    const vd z = beta * x, t = d_exp_cr(-d_min(d_set(690), d_abs(z)));
    return (d_max(d_set(0), z) + d_log1p_unit_cr(t)) * inverse;
}
VKERNEL(softplus_cr, beta)
{
    const vd b = w_widen(beta).low;
    return v_settle_with(x, W_EACH(softplus_wide_cr, w_widen(x), b, 1.0 / b), 0x1.2p-41,
                         softplus_exact, v_lane0(beta));
}
#endif

#if PASS_HAS_DOUBLES
/* 0.591 ulp at -0x1.73f3f2445b5p+7 with beta = 1, and 0.749 ulp at -0x1.62465214dea2dp+9, where the
 * result is a subnormal, which rounds twice.  (max(z, 0) + log(1 + t))/beta with t = exp(-|z|), z
 * and t as sums; from z = 40 on it is x.  Below -600, where the logarithm is t itself, 2^800 t is
 * taken, which is no subnormal. */
DKERNEL(softplus_double_u1, beta)
{
    const vd inverse = 1.0 / beta, limit = d_min(d_set(REAL_MAX), d_abs(1260.0 * inverse));
    const vd c = d_min(limit, d_max(-limit, x)), z = beta * c, rest = d_remainder(z, beta, c);
    const vt right = d_gt(z, d_set(0));
    vd low, scale, r;
    const vd t = d_exp_sum(-d_abs(z), d_select(right, rest, -rest), &low, &scale);
    const vd l = d_log1p_sum(t, low, &r);
    const vd m = d_max(d_set(0), z), sum = m + l;
    r = r + ((d_max(m, l) - sum) + d_min(m, l)) - d_select(right, rest, d_set(0));
    const vd q = sum * inverse, y = d_mad(d_remainder(sum, q, beta) + r, inverse, q) * scale;
    return d_select(d_gt(z, d_set(40)), x, y);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(softplus_naive, "log(1 + exp(beta x))/beta, as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_INF), IN(-1, 88.72, 2.51), IN(-10, -1.01, 16500))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_INF), IN(-1, 709.78, 3.1))
          F16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_INF), IN(-5, 88.7, 0.501))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_INF), IN(-5, 88.5, 0.501)))
    U1(softplus_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", softplus_stable, "(max(z, 0) + log1p(exp(-|z|)))/beta with z = beta x",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.55))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.9))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("fast", softplus_fast, "the same; log1p(t) as 2 atanh(t/(2 + t)), a polynomial",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(2.8, 2.8)))
    WORDS("u1", softplus_u1, "the same; log1p(t) as 2 atanh(t/(2 + t)), in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.51)))
    WORDS("cr", softplus_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    DOUBLES("u1", softplus_double_u1, "the same to more than 53 bits; log1p(t) by the nearest of 8 logarithms and 2 atanh(s)",
            F64(ALL_BUT(KEEPS_MONOTONE), IN2(-INFINITY, -708.3, 0.82, 0.8), IN(-708.29, INFINITY, 0.6)))
    END
};
