/* gelu_tanh.c -- gelu with a tanh of a cubic in place of the normal distribution:
 * x/2 (1 + tanh u), u = sqrt(2/pi) (x + 0.044715 x^3).
 *
 * As it is written, 1 + tanh u loses the left tail, as in gelu: 0 from -5.06 on, where -1.5e-6 is
 * due.  The tail goes on to -10.77.
 *
 * (1 + tanh u)/2 is the sigmoid of v = 2u, so it is x/(1 + exp(-v)), with t = exp(-|v|) as in
 * silu.c.  But exp amplifies the rounding of v, 87 at the end, to some 50 ulp.  So v is computed in
 * two parts, every rounding error of its formula carried along, and exp(-v - l) taken as
 * exp(-v) (1 - l).  At the minimum results are held.
 */
#define FUNCTION gelu_tanh
#include "pass.h"
#include "gelu_cubic.h"

#define GELU_TANH_MIN R(-0.17004075057125405063906742798756)

/* 1.7e7 ulp at -0x1.2ab582p+3. */
KERNEL(gelu_tanh_naive)
{
    const real u = R(0.79788456080286535588) * (x + R(0.044715) * x * x * x);
    return R(0.5) * x * (1 + R(tanh)(u));
}

/* 4.26 ulp at -0x1.988acap+1. */
KERNEL(gelu_tanh_stable)
{
    if (x > 24)
        return x;
    const real c = x < -24 ? -24 : x;
    real l;
    const real v = gelu_cubic(R(fabs)(c), &l), t = R(exp)(-v) * (1 - l);
    if (x >= 0)
        return x / (1 + t);
    if (t < REAL_MIN) {
        const real h = R(exp)(-v / 2);
        return c * h * (h * (1 - l));
    }
    const real y = c * t / (1 + t);
    return y < GELU_TANH_MIN ? GELU_TANH_MIN : y;
}

#if PASS_HAS_WORDS
#include "swish.h"
/* 2.54 ulp at -0x1.3fa672p+2, fused 2.43 at -0x1.3fe488p+2, where the result is normal; 0 from
 * -10.3 on.  v/c = x (x^2 + d) with c = 2 sqrt(2/pi) 0.044715 and d = 1/0.044715 is computed in two
 * parts; d_high is a multiple of 2^-16, so that a - d_high is exact. */
VKERNEL(gelu_tanh_fast)
{
    static const struct swish c = {0x1.a5a7dp-4f,
                                   0x1.36d8p3f,
                                   0x1.d56d78p-13f,
                                   {0x1.94768cp-33f, -0x1.0a535p-26f, 0x1.21f2a8p-20f,
                                    -0x1.fbecdp-15f, 0x1.4dad5cp-9f, -0x1.2444f4p-4f}};
    const float d_high = 0x1.65d26p4f, d_low = -0x1.226128p-20f;
    const vf b = v_min(v_set(9.6f), v_max(v_set(-10.3f), x));
    vf over_w, over_v;
    const vf w = v_product(b, b, &over_w), a = w + d_high;
    const vf rest = (w - (a - d_high)) - (over_w - d_low);
    const vf v = v_product(b, a, &over_v);
    return swish(x, v, v_nmad(b, rest, over_v), GELU_TANH_MIN, c);
}

/* x/(1 + exp(-v)) in doubles; from -11 on -0, from 11 on x.  A denominator that is a little less
 * keeps the smallest subnormal from half of which the result is a crumb above. */
WORD vd gelu_tanh_wide_u1(vd x)
{
    return x / d_exp_plus_u1(-d_gelu_cubic(d_min(d_set(11), x)), 1 - 0x1p-40);
}
VKERNEL(gelu_tanh_u1)
{
    return w_narrow(W_EACH(gelu_tanh_wide_u1, w_widen(v_max(v_set(-11), x))));
}

static float gelu_tanh_exact(float x)
{
    const two k = {0x1.9884533d43651p+0, -0x1.cbc0d30ebfd15p-54};
    const two kc = two_div(two_mul(k, (two){44715, 0}), (two){1000000, 0});
    const two v = two_mul((two){-(double)x, 0}, two_add(k, two_mul(kc, two_product(x, x))));
    return two_round(two_div((two){x, 0}, two_add((two){1, 0}, two_exp(v))));
}
WORD vd gelu_tanh_wide_cr(vd x)
{
    return x / d_exp_plus_cr(-d_gelu_cubic(d_min(d_set(11), x)), 1);
}
VKERNEL(gelu_tanh_cr)
{
    const vf c = v_max(v_set(-11), x);
    return v_settle_half(c, W_EACH(gelu_tanh_wide_cr, w_widen(c)), 0x1.2p-41, gelu_tanh_exact);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(gelu_tanh_naive, "x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), as it is written",
          F32(KEEPS_SYMMETRY | KEEPS_ZERO | KEEPS_STABLE,
              IN(-0.5, REAL_MAX, 2.61), IN(-3, -0.51, 207))
          F64(KEEPS_SYMMETRY | KEEPS_ZERO | KEEPS_STABLE, IN(-0.5, REAL_MAX, 2.8))
          F16(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF),
              IN(-2, REAL_MAX, 0.501))
          BF16(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF),
               IN(-2, REAL_MAX, 0.501)))
    U1(gelu_tanh_stable, "the stable form",
       /* f(x) = x/2 (1 + cx): half an odd subnormal is a tie but for 2^-133, more than a double holds */
       F16(CORRECT, EVERYWHERE(0.5)) BF16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.5)))
    LIBM("stable", gelu_tanh_stable, "x s(v), v = 2 sqrt(2/pi) (x + 0.044715 x^3) in two parts",
         F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE(4.27))
         F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE(4.4))
         F16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.501))
         BF16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.501)))
    WORDS("fast", gelu_tanh_fast, "x/(1 + exp(-v)), v in two parts, exp as 2^k P(r), P of degree 6",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_MONOTONE), IN2(-10.1, INFINITY, 2.54, 2.43)))
    WORDS("u1", gelu_tanh_u1, "x/(1 + exp(-v)) in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.51)))
    WORDS("cr", gelu_tanh_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
