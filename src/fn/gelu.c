/* gelu.c -- the Gaussian error linear unit, x Phi(x), Phi the normal distribution.
 *
 * x on the right, a minimum of -0.1700 at -0.7518, and a left tail that falls like exp(-x^2/2): a
 * normal number down to -13.146, and not 0 before -14.356.
 *
 * x/2 (1 + erf(x/sqrt 2)) as it is written loses that tail to cancellation: 1 + erf is a multiple
 * of 2^-24, wrong in half of its digits at -3.5, and 0 from -5.42 on.  Every framework has it so.
 *
 * Phi(x) = erfc(-x/sqrt 2)/2 does not cancel; what it takes to have it right to the end of the tail
 * stands in gelu_normal.h.  At the minimum results are held.
 */
#define FUNCTION gelu
#include "pass.h"
#include "gelu_normal.h"

#define GELU_MIN R(-0.16997120747990366169386847098243)

/* 1.7e7 ulp at -0x1.458decp+3. */
KERNEL(gelu_naive)
{
    return R(0.5) * x * (1 + R(erf)(x * SQRT1_2));
}

/* 4.26 ulp at -0x1.d49224p+0. */
KERNEL(gelu_stable)
{
    if (x > 10)
        return x;
    const real c = x < -40 ? -40 : x, p = gelu_erfc(c);
    if (p < 2 * REAL_MIN)
        return -gelu_phi(c, gelu_mills(c));
    const real y = c / 2 * p;
    return y < GELU_MIN ? GELU_MIN : y;
}

#if PASS_HAS_WORDS
/* 3.43 ulp at -0x1.033e8p-6, fused 3.38 at -0x1.0095d2p-8.  x or 0, less |x| Phi(-|x|), in floats.
 *
 * Phi(-a) is exp(-a^2/2), the square in two parts, times Mills' ratio.  a times that ratio is t
 * P(t) with t = a/(1 + a/2), which the rounding of t moves little, and P is taken about 3/4, where
 * its terms do not cancel: in powers of t it makes 4.1 ulp at the end of the tail, not 2.7.  The
 * tail has 2^40 until it is subtracted, so that it rounds to a subnormal once.
 *
 * Around the minimum steps go the wrong way, 150,000 of them by two ulps and up to four. */
VKERNEL(gelu_fast)
{
    vf s, over;
    const vf a = v_min(v_set(14.5f), v_abs(x)), t = a / v_mad(a, v_set(0.5f), v_set(1));
    const vf w = v_product(a * -0.5f, a, &over);
    const vf e = v_expm1_poly6(v_reduce_parts(w, 40, &s) - over);
    const vf p = v_normal_fast(t - 0.75f);
    const vf tail = v_mad(p, e, p) * (t * s);
    return v_max(v_set(GELU_MIN), v_nmad(tail, v_set(0x1p-40f), v_max(v_set(-0.0f), x)));
}

/* x or 0, less |x| Phi(-|x|), in doubles.  From 14.5 on the tail is less than half the smallest
 * subnormal. */
WORD vd gelu_wide_u1(vd x)
{
    const vd a = d_min(d_set(14.5), d_abs(x));
    return d_nmad(a, d_normal_u1(a), d_max(d_set(0), x));
}
VKERNEL(gelu_u1)
{
    return w_narrow(W_EACH(gelu_wide_u1, w_widen(x)));
}

static float gelu_exact(float x)
{
    const two tail = two_mul((two){-fabs(x), 0}, two_normal(fmin(fabs(x), 15)));
    return two_round(two_add((two){x > 0 ? x : 0, 0}, tail));
}
WORD vd gelu_wide_cr(vd x)
{
    const vd a = d_min(d_set(14.5), d_abs(x));
    return d_nmad(a, d_normal_cr(a), d_max(d_set(0), x));
}
VKERNEL(gelu_cr)
{
    return v_settle_half(x, W_EACH(gelu_wide_cr, w_widen(x)), 0x1p-40, gelu_exact);
}
#endif

#if PASS_HAS_DOUBLES
/* 0.684 ulp at 0x1.e4b1232ca6facp-13, and 0.764 ulp at -0x1.2cf5cca76246dp+5, where the result is a
 * subnormal, which rounds twice.  x or 0, less |x| Phi(-|x|); from 9 on x, infinity too, and -0
 * below -39. */
DKERNEL(gelu_double_u1)
{
    const vd a = d_min(d_set(39), d_abs(x));
    vd low, scale;
    const vd tail = d_normal_sum(a, &low, &scale), product = a * tail;
    const vd rest = d_mad(a, low, -d_remainder(product, a, tail));
    const vd most = d_max(d_set(0), x), sum = most - product;
    const vd y = (sum + (((most - sum) - product) - rest)) * scale;
    return d_copysign(d_select(d_gt(x, d_set(9)), x, y), x);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(gelu_naive, "x/2 (1 + erf(x/sqrt 2)), as it is written",
          F32(KEEPS_SYMMETRY | KEEPS_ZERO | KEEPS_STABLE,
              IN(-0.5, REAL_MAX, 1.78), IN(-3, -0.51, 103))
          F64(KEEPS_SYMMETRY | KEEPS_ZERO | KEEPS_STABLE, IN(-0.5, REAL_MAX, 2))
          F16(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF),
              IN(-2, REAL_MAX, 0.501))
          BF16(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF),
               IN(-2, REAL_MAX, 0.501)))
    U1(gelu_stable, "the stable form",
       /* f(x) = x/2 (1 + cx): half an odd subnormal is a tie but for 2^-133, more than a double holds */
       F16(CORRECT, EVERYWHERE(0.5)) BF16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.5)))
    LIBM("stable", gelu_stable, "x/2 erfc(-x/sqrt 2), with the rounding error of its argument",
         F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE(4.27))
         F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE(4))
         F16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.501))
         BF16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.501)))
    WORDS("fast", gelu_fast, "max(x, 0) - |x| Phi(-|x|), Phi by exp and Mills' ratio",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_MONOTONE), EVERYWHERE2(3.44, 3.39)))
    WORDS("u1", gelu_u1, "max(x, 0) - |x| Phi(-|x|), Phi by exp and Mills' ratio, in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.51)))
    WORDS("cr", gelu_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    DOUBLES("u1", gelu_double_u1, "max(x, 0) - |x| Phi(-|x|), Phi by exp and Mills' ratio, both to more than 53 bits",
            F64(ALL_BUT(KEEPS_MONOTONE), IN2(-INFINITY, -37.6, 0.82, 0.8), IN2(-37.59, INFINITY, 0.75, 0.7)))
    END
};
