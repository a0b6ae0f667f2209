/* tanh.c -- the hyperbolic tangent.
 *
 * tanh is odd, x to first order, and +-1 to the last bit of a float from 9.011 on.  It has one hard
 * place, the neighbourhood of 0, where the result must have the relative accuracy of x itself.
 *
 * Both textbook forms fail there: (exp(x) - exp(-x))/(...) and 2 s(2x) - 1 subtract two numbers
 * near each other and leave an absolute error of 2^-24 in a result of size |x|; below 2^-25 they
 * return 0. The first one also overflows into inf/inf, a NaN for |x| > 88.72.  The second one, the
 * way to reuse a sigmoid that is at hand, only loses its left half to a difference that comes out
 * as -1.
 *
 * With t = exp(-2|x|) - 1 from expm1, which does not cancel, tanh |x| = -t/(2 + t): nothing
 * overflows, t is in [-1, 0], 2 + t in [1, 2], and the sign of x is put back at the end, so that
 * the result is odd to the bit and never beyond +-1.
 */
#define FUNCTION tanh
#include "pass.h"

/* 1.7e7 ulp, the result being 0, at 0x1p-26; NaN from 88.7228394 on; 49 ulp near 0.01, 2.91 from
 * 0.3.
 */
KERNEL(tanh_naive)
{
    const real up = R(exp)(x), down = R(exp)(-x);
    return (up - down) / (up + down);
}

/* 2.1e7 ulp at 0x1.800002p-25, 62 ulp near 0.02, 3.0 ulp from 0.5625. */
KERNEL(tanh_via_sigmoid)
{
    return 2 / (1 + R(exp)(-2 * x)) - 1;
}

/* 2.50 ulp at 0x1.205368p+2. */
KERNEL(tanh_stable)
{
    const real t = R(expm1)(-2 * R(fabs)(x));
    return R(copysign)(t / (2 + t), x);
}

/* 2.19 ulp at 0x1.ddca18p-3 (glibc 2.36). */
KERNEL(tanh_libm)
{
    return R(tanh)(x);
}

#if PASS_HAS_TABLES
#include "tables.h"
/* tanh(a + d) = T + t (1 - T^2)/(1 + T t), T = tanh(a) from the table, t = tanh(d) from its series:
 * |d| <= 1/32, so that d^5 is its last term. */
KERNEL(tanh_table)
{
    const float a = fabsf(x);
    if (!(a <= 9.02f))
        return a > 9.02f ? copysignf(1, x) : x;
    const int i = (int)(a * TANH_STEPS + 0.5f);
    const float d = a - (float)i / TANH_STEPS, d2 = d * d, T = tanh_sixteenths[i];
    const float t = d - d * d2 * (0x1.555556p-2f - 0x1.111112p-3f * d2);
    return copysignf(T + t * (1 - T * T) / (1 + T * t), x);
}
#endif

#if PASS_HAS_WORDS
/* 2.51 ulp at 0x1.205f68p+2, fused 2.5 at 0x1.205368p+2.  -t/(2 + t), t = exp(-2|x|) - 1, whose
 * error gets smaller as x grows; with exp(2|x|) steps go back by two ulps. */
VKERNEL(tanh_fast)
{
    const vf t = v_expm1_fast(v_max(v_set(-40), v_abs(x) * -2.0f));
    return v_copysign(t / (t + 2.0f), x);
}

/* 0.5002 ulp at 0x1.ef909ap-8: t/(2 + t) with t = exp(2|x|) - 1, whose growth does no harm to
 * doubles. */
WORD vd tanh_wide_u1(vd a)
{
    const vd t = d_expm1_u1(a + a);
    return t / (t + 2.0);
}
VKERNEL(tanh_u1)
{
    const vw a = w_widen(v_min(v_set(10), v_abs(x)));
    return v_copysign(w_narrow(W_EACH(tanh_wide_u1, a)), x);
}

/* A tiny x is its own tanh: no double between them, no tie, and no lane is open. */
static float tanh_exact(float a)
{
    const two t = two_expm1((two){2 * (double)a, 0});
    return two_round(two_div(t, two_add(t, (two){2, 0})));
}
WORD vd tanh_wide_cr(vd a)
{
    const vd t = d_expm1_cr(a + a);
    return t / (t + 2.0);
}
VKERNEL(tanh_cr)
{
    const vf a = v_min(v_set(10), v_abs(x));
    return v_copysign(v_settle(a, W_EACH(tanh_wide_cr, w_widen(a)), 0x1p-43, tanh_exact), x);
}
#endif

#if PASS_HAS_DOUBLES
/* 0.545 ulp at -0x1.6e89e4b0a1925p-6.  t/(2 + t) with t = exp(2|x|) - 1, both sums. */
DKERNEL(tanh_double_u1)
{
    const vd a = d_min(d_set(20), d_abs(x)), two = d_set(2);
    vd low;
    const vd t = d_expm1_sum(a + a, &low), d = t + two;
    const vd rest = ((d_max(two, t) - d) + d_min(two, t)) + low;
    return d_copysign(d_quotient_of_sum(t, low, d, rest), x);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(tanh_naive, "(exp(x) - exp(-x))/(exp(x) + exp(-x)), as it is written",
          F32(KEEPS_STABLE, IN(-88.72, -0.3, 2.91), IN(0.3, 88.72, 2.91))
          F64(KEEPS_STABLE, IN(-709.78, -0.5, 3.2), IN(0.5, 709.78, 3.2))
          F16(KEEPS_STABLE | KEEPS_RANGE | KEEPS_SUBNORMAL, IN(-88.5, 88.5, 1.01))
          BF16(KEEPS_STABLE | KEEPS_RANGE, IN(-88.5, -0x1p-16, 0.501), IN(0x1p-16, 88.5, 0.501)))
    LIBM("via-sigmoid", tanh_via_sigmoid, "2 s(2x) - 1 with s(x) = 1/(1 + exp(-x))",
         F32(KEEPS_STABLE | KEEPS_RANGE | KEEPS_MONOTONE | KEEPS_NAN | KEEPS_INF,
             IN(-INFINITY, -0.375, 1.82), IN(0.5625, INFINITY, 3))
         F64(KEEPS_STABLE | KEEPS_RANGE | KEEPS_NAN | KEEPS_INF,
             IN(-INFINITY, -1, 1.2), IN(1, INFINITY, 3.5))
         F16(KEEPS_STABLE | KEEPS_RANGE | KEEPS_MONOTONE | KEEPS_NAN | KEEPS_INF, EVERYWHERE(1.01))
         BF16(KEEPS_STABLE | KEEPS_RANGE | KEEPS_MONOTONE | KEEPS_NAN | KEEPS_INF,
               IN(-INFINITY, -0x1p-16, 0.501), IN(0x1p-16, INFINITY, 0.501)))
    U1(tanh_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", tanh_stable, "t = expm1(-2|x|), then -t/(2 + t) with the sign of x",
         F32(KEEPS_ALL, EVERYWHERE(2.51))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(3))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    LIBM("libm", tanh_libm, "tanh of the C library",
         F32(KEEPS_ALL, EVERYWHERE(2.2))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.5))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    TABLE(tanh_table, "tanh(i/16) in a table, the rest by the addition theorem",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2)))
    WORDS("fast", tanh_fast, "-t/(2 + t), t = exp(-2|x|) - 1 as 2^k P(r) + (2^k - 1), P of degree 6",
          F32(KEEPS_ALL, EVERYWHERE2(2.51, 2.5)))
    WORDS("u1", tanh_u1, "t/(2 + t), t = exp(2|x|) - 1, in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    WORDS("cr", tanh_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    DOUBLES("u1", tanh_double_u1, "t/(2 + t), t = exp(2|x|) - 1, the sums and the quotient to more than 53 bits",
            F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(0.6)))
    END
};
