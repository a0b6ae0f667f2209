/* gelu_quick.c -- x times the sigmoid of 1.702 x, in place of gelu.
 *
 * silu with another scale.  As it is written it overflows inside, 0 from x = -52.13 on, where
 * -1.6e-37 is due.  And exp amplifies the rounding of v = 1.702 x, up to 50 ulp at the end of the
 * tail; so the rounding error l of v, that of the constant included, is carried: exp(-v - l) is
 * exp(-v) (1 - l).
 */
#define FUNCTION gelu_quick
#include "pass.h"
#include "gelu_quick.h"

#define GELU_QUICK_MIN R(-0.16361018963635358114533415923794)

/* 1.7e7 ulp at -0x1.a6a4a8p+5. */
KERNEL(gelu_quick_naive)
{
    return x / (1 + R(exp)(-GELU_QUICK_K * x));
}

/* 4.52 ulp at -0x1.0416f2p+1. */
KERNEL(gelu_quick_stable)
{
    const real c = x < -500 ? -500 : x;
    real l;
    const real v = gelu_quick_scale(R(fabs)(c), &l), t = R(exp)(-v) * (1 - l);
    if (x >= 0)
        return x / (1 + (x > 500 ? 0 : t));
    if (t < REAL_MIN) {
        const real h = R(exp)(-v / 2);
        return c * h * (h * (1 - l));
    }
    const real y = c * t / (1 + t);
    return y < GELU_QUICK_MIN ? GELU_QUICK_MIN : y;
}

#if PASS_HAS_WORDS
#include "swish.h"
/* 2.42 ulp at -0x1.3f5ff8p+3, fused 2.2 at -0x1.3cd456p+3, where the result is normal; 0 from -55.4
 * on. */
VKERNEL(gelu_quick_fast)
{
    static const struct swish c = {0x1.3a4cbep1f,
                                   0x1.a108p-2f,
                                   -0x1.58979p-19f,
                                   {0x1.12550ep-5f, -0x1.e9c00ap-4f, 0x1.660eep-2f, -0x1.a4b824p-1f,
                                    0x1.72ca74p0f, -0x1.b3b646p0f}};
    return swish(x, v_min(v_set(47), v_max(v_set(-55.4f), x)), v_set(0), GELU_QUICK_MIN, c);
}

/* x/(1 + exp(-1.702 x)) in doubles, as silu_u1; from -64 on -0. */
WORD vd gelu_quick_wide_u1(vd x)
{
    return x / d_exp_plus_u1(d_min(d_set(64), x) * -1.702, 1 - 0x1p-40);
}
VKERNEL(gelu_quick_u1)
{
    return w_narrow(W_EACH(gelu_quick_wide_u1, w_widen(v_max(v_set(-64), x))));
}

static float gelu_quick_exact(float x)
{
    const two v = two_div(two_product(x, -1702), (two){1000, 0});
    return two_round(two_div((two){x, 0}, two_add((two){1, 0}, two_exp(v))));
}
WORD vd gelu_quick_wide_cr(vd x)
{
    return x / d_exp_plus_cr(d_min(d_set(64), x) * -1.702, 1);
}
VKERNEL(gelu_quick_cr)
{
    const vf c = v_max(v_set(-64), x);
    return v_settle_half(c, W_EACH(gelu_quick_wide_cr, w_widen(c)), 0x1.2p-41, gelu_quick_exact);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(gelu_quick_naive, "x/(1 + exp(-1.702 x)), as it is written",
          F32(KEEPS_SYMMETRY | KEEPS_ZERO | KEEPS_STABLE, IN(-52.1, REAL_MAX, 83.3))
          F64(KEEPS_SYMMETRY | KEEPS_ZERO | KEEPS_STABLE, IN(-417, REAL_MAX, 8.6e+02))
          F16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF), FINITE(0.501))
          BF16(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_NAN | KEEPS_INF), IN(-52, REAL_MAX, 0.501)))
    U1(gelu_quick_stable, "the stable form",
       /* f(x) = x/2 (1 + cx): half an odd subnormal is a tie but for 2^-133, more than a double holds */
       F16(CORRECT, EVERYWHERE(0.5)) BF16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.5)))
    LIBM("stable", gelu_quick_stable, "x t/(1 + t), t = exp(-1.702 |x|), compensated",
         F32(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE(4.53))
         F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), EVERYWHERE(4.4))
         F16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.501))
         BF16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(0.501)))
    WORDS("fast", gelu_quick_fast, "x/(1 + exp(-1.702 x)), exp as 2^k P(r), P of degree 6",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_MONOTONE), IN2(-53.6, INFINITY, 2.42, 2.21)))
    WORDS("u1", gelu_quick_u1, "x/(1 + exp(-1.702 x)) in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.51)))
    WORDS("cr", gelu_quick_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
