/* erf.c -- the error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
#define FUNCTION erf
#include "pass.h"

/* 0.97 ulp at 0x1.ac6212p-1. */
KERNEL(erf_libm)
{
    return R(erf)(x);
}

#if PASS_HAS_WORDS
/* 2.61 ulp at 0x1.c6e19cp-4, fused 2.48 at 0x1.c6cb18p-4.  1 - exp(-a Q(a)) as below, in floats.
 * The constant term of Q, 2/sqrt(pi), comes in two parts: as one float it alone would make half an
 * ulp. */
VKERNEL(erf_fast)
{
    const vf a = v_min(v_set(3.95f), v_abs(x));
    vf q = v_set(-0x1.366366p-17f);
    q = v_mad(q, a, v_set(0x1.ed3092p-14f));
    q = v_mad(q, a, v_set(-0x1.4badfcp-11f));
    q = v_mad(q, a, v_set(0x1.b4e558p-10f));
    q = v_mad(q, a, v_set(-0x1.4f7952p-13f));
    q = v_mad(q, a, v_set(-0x1.39ced6p-6f));
    q = v_mad(q, a, v_set(0x1.a4fa72p-4f));
    q = v_mad(q, a, v_set(0x1.45f2fap-1f));
    q = v_mad(q, a, v_set(-0x1.f7ac92p-25f));
    return v_copysign(v_expm1_fast(v_nmad(a, q, a * -0x1.20dd76p0f)), x);
}

/* 1 - exp(-a Q(a)): Q = -log(erfc(a))/a is smooth, and so close to a polynomial up to 3.95, where
 * the result has become 1.  The coefficients are those that tools/erf.sollya prints; with them the
 * result is within 2^-33.2 and 2^-41.8. */
WORD vd erf_wide_u1(vd a)
{
    vd q = d_set(-0x1.c4b193a40450cp-24);
    q = d_mad(q, a, d_set(0x1.93e1f5ceda547p-20));
    q = d_mad(q, a, d_set(-0x1.06bbaf193d8a6p-17));
    q = d_mad(q, a, d_set(0x1.19a196e50289p-17));
    q = d_mad(q, a, d_set(0x1.c61ed474e1676p-14));
    q = d_mad(q, a, d_set(-0x1.5dc486461660bp-11));
    q = d_mad(q, a, d_set(0x1.c8c1f72d83e9fp-10));
    q = d_mad(q, a, d_set(-0x1.dace57253a9b5p-13));
    q = d_mad(q, a, d_set(-0x1.3956f51721e5dp-6));
    q = d_mad(q, a, d_set(0x1.a4f475c9da1b2p-4));
    q = d_mad(q, a, d_set(0x1.45f3076f85e3dp-1));
    q = d_mad(q, a, d_set(0x1.20dd7503a0627p0));
    return -d_expm1_u1(-a * q);
}
VKERNEL(erf_u1)
{
    const vw a = w_widen(v_min(v_set(3.95f), v_abs(x)));
    return v_copysign(w_narrow(W_EACH(erf_wide_u1, a)), x);
}

/* exp(-a^2) (a + 2 a^3/3 + 4 a^5/15 + ...) 2/sqrt(pi). */
static float erf_exact(float a)
{
    const two square = two_product(a, a), twice = two_scaled(square, 2);
    two term = {a, 0}, sum = term;
    for (int k = 3; term.high > sum.high * 0x1p-112; k += 2) {
        term = two_div(two_mul(term, twice), (two){k, 0});
        sum = two_add(sum, term);
    }
    const two factor = {0x1.20dd750429b6dp+0, 0x1.1ae3a914fed8p-56};
    return two_round(two_mul(factor, two_mul(two_exp(two_negated(square)), sum)));
}
WORD vd erf_wide_cr(vd a)
{
    vd q = d_set(0x1.570e25eaec3e9p-30);
    q = d_mad(q, a, d_set(-0x1.1b37fe602536ap-25));
    q = d_mad(q, a, d_set(0x1.a9ab6a76c7741p-22));
    q = d_mad(q, a, d_set(-0x1.7fb64551d00b3p-19));
    q = d_mad(q, a, d_set(0x1.c7ce4206bebb1p-17));
    q = d_mad(q, a, d_set(-0x1.67433c202b441p-15));
    q = d_mad(q, a, d_set(0x1.423e9ce6b8d55p-14));
    q = d_mad(q, a, d_set(0x1.249cf8b5a1563p-16));
    q = d_mad(q, a, d_set(-0x1.333e3d5be30bp-11));
    q = d_mad(q, a, d_set(0x1.bc4a54d3a4983p-10));
    q = d_mad(q, a, d_set(-0x1.b615e2186d25p-13));
    q = d_mad(q, a, d_set(-0x1.3966af8f3bef2p-6));
    q = d_mad(q, a, d_set(0x1.a4f4e3589a00bp-4));
    q = d_mad(q, a, d_set(0x1.45f306dbfeda8p-1));
    q = d_mad(q, a, d_set(0x1.20dd75042a19cp0));
    return -d_expm1_cr(-a * q);
}
VKERNEL(erf_cr)
{
    const vf a = v_min(v_set(3.95f), v_abs(x));
    return v_copysign(v_settle(a, W_EACH(erf_wide_cr, w_widen(a)), 0x1.4p-40, erf_exact), x);
}
#endif

/* clang-format off */
ROWS = {
    LIBM("libm", erf_libm, "erf of the C library",
         F32(KEEPS_ALL, EVERYWHERE(0.98))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(1.3))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    U1(erf_libm, "erf of the C library",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    WORDS("fast", erf_fast, "1 - exp(-a Q(a)), a = |x|, Q of degree 8",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(2.62, 2.48)))
    WORDS("u1", erf_u1, "1 - exp(-a Q(a)), a = |x|, in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.51)))
    WORDS("cr", erf_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
