/* silu.c -- the sigmoid linear unit, x s(x) = x/(1 + exp(-x)); also known as swish.
 *
 * It falls from -0 to -0.2785 at x = -1.2785 and then rises to x.  For x >= 0 it is as easy as
 * sigmoid.  On the left it is x exp(x): a normal number down to x = -91.86, farther than exp(x)
 * itself, and not 0 before -108.66.
 *
 * x/(1 + exp(-x)) as it is written is 0 from -88.7228 on, where exp(-x) overflows and -2.6e-37, a
 * normal number, is due; and NaN at -infinity, where it divides -infinity by infinity.
 *
 * With t = exp(-|x|) it is x t/(1 + t) on the left.  t must not be rounded to a subnormal before it
 * is multiplied by x: where it would be, exp(x/2) is multiplied in twice.  Four roundings make
 * some 3 ulp, now and then a step of an ulp or two the wrong way, and next to the minimum results
 * below it, which are held there.
 */
#define FUNCTION silu
#include "pass.h"

#define SILU_MIN R(-0.27846454276107379510935873902298)

/* 0 below -88.7228: 1.7e7 ulp at -0x1.643678p+6. */
KERNEL(silu_naive)
{
    return x / (1 + R(exp)(-x));
}

/* 3.08 ulp at -0x1.9d99eep+1. */
KERNEL(silu_stable)
{
    if (x >= 0)
        return x / (1 + R(exp)(-x));
    const real c = x < -800 ? -800 : x, t = R(exp)(c);
    if (t < REAL_MIN) {
        const real h = R(exp)(c / 2);
        return c * h * h;
    }
    const real y = c * t / (1 + t);
    return y < SILU_MIN ? SILU_MIN : y;
}

#if PASS_HAS_WORDS
#include "swish.h"
/* 2.47 ulp at -0x1.0ad9e4p+4, fused 2.4 at -0x1.0b321cp+4, where the result is normal; 0 from -94.3
 * on.  The denominator rounds, and takes the quotient with it: 1.5 million steps the wrong way,
 * 32,000 of them, next to the minimum, by two ulps. */
VKERNEL(silu_fast)
{
    static const struct swish c = {
        LOG2_E,
        LN2_HI,
        LN2_LO,
        {0x1.679bdep-10f, -0x1.1242e4p-7f, 0x1.555cd8p-5f, -0x1.555484p-3f, 0x1.fffff6p-2f, -1}};
    return swish(x, v_min(v_set(80), v_max(v_set(-94.3f), x)), v_set(0), SILU_MIN, c);
}

/* 0.502 ulp at -0x1.60016ep+5: x/(1 + exp(-x)) in doubles; from -110 on -0.  A denominator that is
 * a little less keeps the smallest subnormal from half of which the result is a crumb above. */
WORD vd silu_wide_u1(vd x)
{
    return x / d_exp_plus_u1(-d_min(d_set(110), x), 1 - 0x1p-40);
}
VKERNEL(silu_u1)
{
    return w_narrow(W_EACH(silu_wide_u1, w_widen(v_max(v_set(-110), x))));
}

/* Next to 0 the result is x/2 + x^2/4: above the tie that x/2 is for every other subnormal. */
static float silu_exact(float x)
{
    const two d = two_add((two){1, 0}, two_exp((two){-(double)x, 0}));
    return two_round(two_div((two){x, 0}, d));
}
WORD vd silu_wide_cr(vd x)
{
    return x / d_exp_plus_cr(-d_min(d_set(110), x), 1);
}
VKERNEL(silu_cr)
{
    const vf c = v_max(v_set(-110), x);
    return v_settle_half(c, W_EACH(silu_wide_cr, w_widen(c)), 0x1.1p-41, silu_exact);
}
#endif

#if PASS_HAS_DOUBLES
/* 0.613 ulp at -0x1.441ed954fdedp+5, and 0.783 ulp at -0x1.6582680dddb11p+9, where the result is a
 * subnormal, which rounds twice.  x/(1 + exp(-x)); from 40 on x, infinity too, and -0 below -800.
 * Half the smallest subnormal and a crumb is that number, not 0. */
DKERNEL(silu_double_u1)
{
    const vd limit = d_set(40), c = d_max(d_set(-800), x);
    vd low, scale;
    const vd high = d_one_plus_exp(d_max(-limit, -c), &low, &scale);
    const vd y = d_quotient(c, high, low) * scale;
    const vd least = d_min(d_set(0x1p-1074), x);
    return d_copysign(d_select(d_gt(x, limit), x, d_max(least, y)), x);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(silu_naive, "x/(1 + exp(-x)), as it is written",
          F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF),
              IN(-88.72, REAL_MAX, 2.39))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF),
              IN(-709.78, REAL_MAX, 2.4))
          F16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF), FINITE(0.501))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF), IN(-88.5, REAL_MAX, 0.501)))
    U1(silu_stable, "the stable form",
       /* f(x) = x/2 (1 + cx): half an odd subnormal is a tie but for 2^-133, more than a double holds */
       F16(CORRECT, EVERYWHERE(0.5)) BF16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.5)))
    LIBM("stable", silu_stable, "x t/(1 + t) with t = exp(-|x|), in halves where t is subnormal",
         F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE(3.09))
         F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE(3.4))
         F16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.501))
         BF16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.501)))
    WORDS("fast", silu_fast, "x/(1 + exp(-x)), exp as 2^k P(r), P of degree 6",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_MONOTONE), IN2(-91.8, INFINITY, 2.47, 2.4)))
    WORDS("u1", silu_u1, "x/(1 + exp(-x)) in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    WORDS("cr", silu_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    DOUBLES("u1", silu_double_u1, "x/(1 + exp(-x)), the sum and the quotient to more than 53 bits",
            F64(ALL_BUT(KEEPS_MONOTONE), IN2(-INFINITY, -714.9, 0.82, 0.8), IN2(-714.89, INFINITY, 0.64, 0.6)))
    END
};
