/* tanhshrink.c -- x - tanh(x).
 *
 * Near 0 it is x^3/3, and the difference of two numbers next to each other: as it is written, no
 * bit of it is right below 2^-12.
 *
 * x - tanh(x) = (x cosh(x) - sinh(x))/cosh(x), and the numerator is the series of x^(2k+1)
 * 2k/(2k+1)!, all of one sign: x^3/3 (1 + x^2/(2 5) (1 + x^2/(4 7) (1 + x^2/(6 9) ...))).  Up to
 * |x| = 2, where the difference itself has become harmless, thirteen terms are enough for f64.
 */
#define FUNCTION tanhshrink
#include "pass.h"

/* 4.5e15 ulp at 0x1.000002p-25. */
KERNEL(tanhshrink_naive)
{
    return x - R(tanh)(x);
}

/* 5.18 ulp at 0x1.cfe19ap-6. */
KERNEL(tanhshrink_stable)
{
    if (R(fabs)(x) > 2)
        return x - R(tanh)(x);
    const real z = x * x;
    real sum = 1;
    for (int k = 13; k > 1; k--)
        sum = 1 + z * sum / ((2 * k - 2) * (2 * k + 1));
    return x * (z / 3 * sum / R(cosh)(x));
}

#if PASS_HAS_WORDS
/* 3.27 ulp at 0x1.6bb694p-8, fused 3.13 at 0x1.6fe28cp-7.  Up to 1.4, where the difference becomes
 * harmless, x^3 P(x^2); P is taken about 1, where its terms do not cancel. */
VKERNEL(tanhshrink_fast)
{
    const vf a = v_abs(x), t = v_expm1_fast(v_max(v_set(-40), a * -2.0f));
    const vf z = x * x, u = z - 1.0f;
    vf p = v_set(-0x1.1483b4p-18f);
    p = v_mad(p, u, v_set(0x1.c56c8ap-17f));
    p = v_mad(p, u, v_set(-0x1.3dec26p-15f));
    p = v_mad(p, u, v_set(0x1.16757ep-13f));
    p = v_mad(p, u, v_set(-0x1.e96b08p-12f));
    p = v_mad(p, u, v_set(0x1.a80e9p-10f));
    p = v_mad(p, u, v_set(-0x1.6f83dcp-8f));
    p = v_mad(p, u, v_set(0x1.3eaf76p-6f));
    p = v_mad(p, u, v_set(-0x1.14df7ap-4f));
    p = v_mad(p, u, v_set(0x1.e84152p-3f));
    const vf apart = v_copysign(a + t / (t + 2.0f), x);
    return v_select(v_lt(a, v_set(1.4f)), x * z * p, apart);
}

/* |x| < 1/2: x^3 P(x^2), by tools/tanhshrink.sollya within 2^-36.6 and 2^-47.4.  Beyond, |x| less
 * t/(t + 2), t = exp(2|x|) - 1, which loses four bits at most. */
WORD vd tanhshrink_wide_u1(vd a)
{
    const vd b = d_min(d_set(20), a), t = d_expm1_u1(b + b), z = a * a;
    vd p = d_set(0x1.0f0bd7b8745acp-10);
    p = d_mad(p, z, d_set(-0x1.c5154083c0f4fp-9));
    p = d_mad(p, z, d_set(0x1.21b2b48cb3da9p-7));
    p = d_mad(p, z, d_set(-0x1.6647351b27b18p-6));
    p = d_mad(p, z, d_set(0x1.ba1b76e17a711p-5));
    p = d_mad(p, z, d_set(-0x1.111110e5ea04dp-3));
    p = d_mad(p, z, d_set(0x1.555555554660dp-2));
    return d_select(d_lt(a, d_set(0.5)), a * z * p, a - t / (t + 2.0));
}
VKERNEL(tanhshrink_u1)
{
    return v_copysign(w_narrow(W_EACH(tanhshrink_wide_u1, w_widen(v_abs(x)))), x);
}

static float tanhshrink_exact(float a)
{
    const two one = {1, 0};
    if (a > 36) /* a crumb above a - 1, which is a tie from 2^24 on */
        return two_round((two){a - 1.0, 0x1p-60});
    if (a > 0.5f) {
        const two t = two_expm1((two){2 * (double)a, 0});
        const two tanh_a = two_div(t, two_add(t, (two){2, 0}));
        return two_round(two_add((two){a, 0}, two_negated(tanh_a)));
    }
    const two z = two_product(a, a), e = two_exp((two){a, 0});
    const two cosh_a = two_scaled(two_add(e, two_div(one, e)), 0.5);
    two sum = one;
    for (int k = 13; k > 1; k--)
        sum = two_add(one, two_div(two_mul(z, sum), (two){(2 * k - 2) * (2 * k + 1), 0}));
    const two cube = two_div(two_mul(z, (two){a, 0}), (two){3, 0});
    return two_round(two_div(two_mul(cube, sum), cosh_a));
}
WORD vd tanhshrink_wide_cr(vd a)
{
    const vd b = d_min(d_set(20), a), t = d_expm1_cr(b + b), z = a * a;
    vd p = d_set(0x1.4300b27230b69p-13);
    p = d_mad(p, z, d_set(-0x1.222af22684b9fp-11));
    p = d_mad(p, z, d_set(0x1.7b505918f34ccp-10));
    p = d_mad(p, z, d_set(-0x1.d6a8fa02c8ebcp-9));
    p = d_mad(p, z, d_set(0x1.226d4b11d6c15p-7));
    p = d_mad(p, z, d_set(-0x1.664f42d89b69ap-6));
    p = d_mad(p, z, d_set(0x1.ba1ba1a86a0aep-5));
    p = d_mad(p, z, d_set(-0x1.111111110647cp-3));
    p = d_mad(p, z, d_set(0x1.555555555553p-2));
    return d_select(d_lt(a, d_set(0.5)), a * z * p, a - t / (t + 2.0));
}
VKERNEL(tanhshrink_cr)
{
    const vf a = v_abs(x);
    return v_copysign(
        v_settle(a, W_EACH(tanhshrink_wide_cr, w_widen(a)), 0x1p-39, tanhshrink_exact), x);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(tanhshrink_naive, "x - tanh(x), as it is written",
          F32(KEEPS_NAN | KEEPS_INF | KEEPS_STABLE, IN(1, INFINITY, 3.8), IN(-INFINITY, -1, 3.8))
          F64(KEEPS_NAN | KEEPS_INF | KEEPS_STABLE, IN(1, INFINITY, 4.5), IN(-INFINITY, -1, 4.6))
          F16(ALL_BUT(KEEPS_MONOTONE | KEEPS_SYMMETRY | KEEPS_SUBNORMAL | KEEPS_ZERO),
              IN(0.05, INFINITY, 0.6), IN(-INFINITY, -0.05, 0.6))
          BF16(KEEPS_NAN | KEEPS_INF | KEEPS_STABLE,
               IN(0.05, INFINITY, 0.501), IN(-INFINITY, -0.05, 0.501)))
    U1(tanhshrink_stable, "the stable form",
       /* x - 1 is a tie for large x, and x - tanh(x) a crumb beside it that a double does not hold */
       F16(KEEPS_ALL, EVERYWHERE(0.5)) BF16(KEEPS_ALL, EVERYWHERE(0.5)))
    LIBM("stable", tanhshrink_stable, "(x cosh(x) - sinh(x))/cosh(x) by a series up to |x| = 2",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(5.2))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(5.6))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("fast", tanhshrink_fast, "x - tanh(x), up to 1.4 by a polynomial",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(3.3, 3.2)))
    WORDS("u1", tanhshrink_u1, "x - tanh(x), up to 1/2 by a polynomial, in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.55)))
    WORDS("cr", tanhshrink_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
