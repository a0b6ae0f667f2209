/* mish.c -- mish, x tanh(log(1 + exp(x))).
 *
 * Much like silu: x on the right, x exp(x) on the far left, a minimum of -0.3088 at -1.1924.
 *
 * Three functions one inside the other, as it is written, work better than they look: log1p and
 * tanh of small arguments do not cancel.  But exp overflows from 88.7228 on (harmlessly: tanh of
 * infinity is 1), and where exp(x) is subnormal, left of -87.34, its few bits are multiplied by x.
 * At -infinity it is infinity times 0, a NaN.
 *
 * tanh(log(1 + e)) is a rational function of e = exp(x), e (e + 2)/(e (e + 2) + 2), so one
 * exponential is enough: in t = exp(-|x|) it is t (t + 2)/(t (t + 2) + 2) on the left and
 * (1 + 2t)/(1 + 2t + 2t^2) on the right.  Nothing overflows and nothing cancels; next to
 * the minimum results are held at it.
 */
#define FUNCTION mish
#include "pass.h"

#define MISH_MIN R(-0.30884341301725040662876022904195)

/* 52.1 ulp at -0x1.9fe368p+6. */
KERNEL(mish_naive)
{
    return x * R(tanh)(R(log1p)(R(exp)(x)));
}

/* 4.55 ulp at -0x1.9fb566p+1. */
KERNEL(mish_stable)
{
    if (x >= 0) {
        const real t = R(exp)(-x), n = 1 + 2 * t;
        return x * (n / (n + 2 * t * t));
    }
    const real c = x < -800 ? -800 : x, t = R(exp)(c);
    if (t < REAL_MIN) {
        const real h = R(exp)(c / 2);
        return c * h * h;
    }
    const real n = t * (t + 2);
    const real y = c * n / (n + 2);
    return y < MISH_MIN ? MISH_MIN : y;
}

#if PASS_HAS_WORDS
/* 4.65 ulp at -0x1.b0d8cep+2.  1 + P(r) is multiplied by x before it is scaled by 2^k, and both
 * sides of the quotient are halved, so that it rounds to a subnormal just once. */
VKERNEL(mish_poly)
{
    vf k;
    const vm is_left = v_lt(x, v_set(0));
    const vf c = v_max(v_set(-110), x);
    const vf r = v_reduce(v_max(v_set(-110), v_neg(v_abs(x))), &k);
    const vf p = v_expm1_poly6(r) + 1.0f, t = v_scale(p, k);
    const vf left = v_scale(c * p * (t * 0.5f + 1.0f), k), right = t + t + 1.0f;
    const vf below = v_select(is_left, v_mad(t * 0.5f, t + 2.0f, v_set(1)), v_mad(t + t, t, right));
    const vf y = v_select(is_left, left, right) / below;
    return v_select(is_left, v_max(v_set(MISH_MIN), y), y * x);
}

/* 3.09 ulp at -0x1.d084d4p-3, fused 2.58 at -0x1.90b6cp-4.  What is taken off a whole: on the left
 * x e less (e^2 + e)/(e^2 + 2e + 2) of it, on the right x less 2/(e^2 + 2e + 2) of it.  The errors
 * of the quotient shrink with it, and 1 + P(r) is multiplied by x as x + x P(r).  On the left x e
 * has 2^40, so that it rounds to a subnormal once. */
VKERNEL(mish_fast)
{
    vf s;
    const vm is_left = v_lt(x, v_set(0));
    const vf c = v_max(v_set(-110), x);
    const vf q = v_expm1_poly6(v_reduce_parts(v_min(v_set(40), c), 40, &s));
    const vf e = (q + 1.0f) * (s * 0x1p-40f);
    const vf part = v_select(is_left, v_mad(e, e, e), v_set(2)) / v_mad(e, e + 2.0f, v_set(2));
    const vf whole = v_select(is_left, v_mad(c, q, c) * s, x);
    const vf y = v_nmad(v_min(v_set(0x1p100f), whole), part, whole);
    const vf scaled = y * v_select(is_left, v_set(0x1p-40f), v_set(1));
    return v_max(v_set(MISH_MIN), v_copysign(scaled, x));
}

/* x n/(n + 2) with n = e (e + 2), e = exp(x), in doubles; from -110 on -0, from 40 on x. */
WORD vd mish_wide_u1(vd x)
{
    const vd e = d_exp_u1(d_min(d_set(40), x)), n = d_mad(e, e, e + e);
    return x * n / (n + 2.0);
}
VKERNEL(mish_u1)
{
    return w_narrow(W_EACH(mish_wide_u1, w_widen(v_max(v_set(-110), x))));
}

static float mish_exact(float x)
{
    const two e = two_exp((two){x < 80 ? x : 80, 0}), n = two_mul(e, two_add(e, (two){2, 0}));
    return two_round(two_div(two_mul((two){x, 0}, n), two_add(n, (two){2, 0})));
}
WORD vd mish_wide_cr(vd x)
{
    const vd e = d_exp_cr(d_min(d_set(40), x)), n = d_mad(e, e, e + e);
    return x * n / (n + 2.0);
}
VKERNEL(mish_cr)
{
    const vf c = v_max(v_set(-110), x);
    return v_settle(c, W_EACH(mish_wide_cr, w_widen(c)), 0x1.2p-41, mish_exact);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(mish_naive, "x tanh(log1p(exp(x))), as it is written",
          F32(KEEPS_SYMMETRY | KEEPS_ZERO | KEEPS_STABLE,
              IN(-87.33, REAL_MAX, 4.08), IN(-103.9, -87.34, 51.8))
          F64(KEEPS_SYMMETRY | KEEPS_ZERO | KEEPS_STABLE, IN(-708.39, REAL_MAX, 4.2))
          F16(ALL_BUT(KEEPS_NAN | KEEPS_INF), FINITE(0.501))
          BF16(ALL_BUT(KEEPS_NAN | KEEPS_INF), IN(-87, REAL_MAX, 0.501)))
    U1(mish_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", mish_stable, "a rational function of t = exp(-|x|)",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(4.57))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(4.7))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("poly", mish_poly, "the same, t as 2^k (1 + P(r)), P of degree 6",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(4.65, 4.65)))
    WORDS("fast", mish_fast, "x or x e less a part of it, a rational function of e = exp(x)",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(3.09, 2.58)))
    WORDS("u1", mish_u1, "x n/(n + 2) with n = e (e + 2), e = exp(x), in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.51)))
    WORDS("cr", mish_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
