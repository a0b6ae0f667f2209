/* double.h -- for kernels of f64, in double lanes: exp with more digits than a double has, and
 * quotients of such numbers.
 *
 * No wider format stands behind a double.  What a result is made of is carried as an unevaluated
 * sum high + low instead, with some 2^-59 of relative error, and summed up in the last step alone,
 * so that this step makes half an ulp and all others a few hundredths.  A part that is small
 * beside what it is added to (r^2/2 beside 1, at most 2^-10) needs no such care.
 *
 * exp by eighths of powers of 2: x = n ln2/8 + r with |r| <= ln2/16, a double each for 2^(n/8) and
 * for its rounding error, and a polynomial.  ln2/8 is two constants, the first of 39 bits, so that
 * n times it is exact.  The coefficients and the tables are those that tools/double.sollya prints.
 *
 * Where the classes differ: the exact remainder of a product is one fused step, or Dekker's four
 * products of halves.
 */
#ifndef SIMD_DOUBLE_H
#define SIMD_DOUBLE_H

/* What 2^(i/8) rounded off, over that: the bits of doubles. */
static const uint64_t exp2_eighths_rest[8] = {
    0x0000000000000000, 0xbc801b15eaa59348, 0x3c834d754db0abb6, 0x3c7690cebb7aafb0,
    0xbc93b3efbf5e2228, 0x3c8db72fc1f0eab4, 0x3c8c1a7792cb3387, 0x3c74a385a63d07a7};

#define LN2_8_COARSE 0x1.62e42fefap-4
#define LN2_8_FINE   0x1.cf79abc9e3b3ap-43

/* n in the low bits of the double D_MAGIC + n: n = 8x/ln2 to the nearest integer, |x| < 2^40. */
WORD vd d_eighths(vd x)
{
    return d_mad(x, d_set(0x1.71547652b82fep3), d_set(D_MAGIC));
}

/* 2^(n/8) over 2^(over/2^52), rounded, for z = D_MAGIC + n; the result must be normal. */
WORD vd d_exp2_eighths(vd z, vq over)
{
    const vq n = d_bits(z);
    return d_from_bits(q_table8(exp2_eighths, n) + (n << 49) - over);
}

/* (exp(r) - 1 - r)/r^2: exp(r) within 2^-65. */
WORD vd d_exp_poly8(vd r)
{
    vd q = d_set(0x1.a021c904e39ddp-16);
    q = d_mad(q, r, d_set(0x1.a01ee2965d7e4p-13));
    q = d_mad(q, r, d_set(0x1.6c16c15f3ce0ap-10));
    q = d_mad(q, r, d_set(0x1.1111110c5c104p-7));
    q = d_mad(q, r, d_set(0x1.5555555555607p-5));
    q = d_mad(q, r, d_set(0x1.555555555559ep-3));
    return d_mad(q, r, d_set(0.5));
}

/* a - q b, where a is q b but for a few roundings. */
WORD vd d_remainder(vd a, vd q, vd b)
{
#ifdef V_FUSED
    return d_nmad(q, b, a);
#else
    const vq top = q_set(0xfffffffff8000000);
    const vd qh = d_from_bits(d_bits(q) & top), bh = d_from_bits(d_bits(b) & top);
    const vd ql = q - qh, bl = b - bh;
    return (((a - qh * bh) - qh * bl) - ql * bh) - ql * bl;
#endif
}

/* What the rounding of 2^(n/8) leaves, and exp(r) - 1. */
WORD vd d_exp_tail(vd z, vd r)
{
    return d_mad(r * r, d_exp_poly8(r), d_from_bits(q_table8(exp2_eighths_rest, d_bits(z)))) + r;
}

/* exp(x) = d_exp2_eighths(*z, 0) (1 + p), |x| < 1000: p is returned, within 2^-57.5. */
WORD vd d_exp_rest(vd x, vd *z)
{
    *z = d_eighths(x);
    const vd n = *z - D_MAGIC;
    return d_exp_tail(*z, d_nmad(n, d_set(LN2_8_FINE), d_nmad(n, d_set(LN2_8_COARSE), x)));
}

/* a/(b + low) and (a + rest)/(b + low), the error of the division taken back. */
WORD vd d_quotient(vd a, vd b, vd low)
{
    const vd inverse = 1.0 / b, q = a * inverse;
    return d_mad(d_nmad(q, low, d_remainder(a, q, b)), inverse, q);
}
WORD vd d_quotient_of_sum(vd a, vd rest, vd b, vd low)
{
    const vd inverse = 1.0 / b, q = a * inverse;
    return d_mad(d_nmad(q, low, rest) + d_remainder(a, q, b), inverse, q);
}

/* (1 + exp(x)) *scale as high + *low, for -40 <= x <= 800: *scale is 2^-k, k in [0, 1020], which
 * leaves neither of the two parts beyond 2^135.  What was rounded off in high is had from the part
 * that is the larger one. */
WORD vd d_one_plus_exp(vd x, vd *low, vd *scale)
{
    vd z;
    const vd p = d_exp_rest(x, &z);
    const vd held = d_min(d_set(D_MAGIC + 8 * 1020), d_max(d_set(D_MAGIC), z));
    const vq over = (d_bits(held) & q_set(~(uint64_t)7)) << 49;
    const vd one = d_from_bits(q_set((uint64_t)1023 << 52) - over), s = d_exp2_eighths(z, over);
    const vd high = one + d_mad(s, p, s);
    *scale = one;
    *low = d_mad(s, p, (d_max(one, s) - high) + d_min(one, s));
    return high;
}

/* exp(x + low) = *scale times high + *rest, for -1260 <= x <= 0, within 2^-57.5: below -600 *scale
 * is 2^-800, else 1, and the sum no subnormal. */
WORD vd d_exp_sum(vd x, vd low, vd *rest, vd *scale)
{
    const vd z = d_eighths(x), n = z - D_MAGIC;
    const vd r = d_nmad(n, d_set(LN2_8_COARSE), x) + d_nmad(n, d_set(LN2_8_FINE), low);
    const vd p = d_exp_tail(z, r);
    *scale = d_select(d_lt(x, d_set(-600)), d_set(0x1p-800), d_set(1));
    const vd s = d_exp2_eighths(z, d_bits(*scale) - q_set((uint64_t)1023 << 52));
    const vd high = d_mad(s, p, s);
    *rest = d_mad(s, p, s - high);
    return high;
}

/* exp(x) - 1 as high + *low, for 0 <= x <= 700, relative to itself within 2^-57.  2^(n/8) - 1 is
 * exact up to 2^53; next to it r counts with both its parts, and s r with all its digits. */
WORD vd d_expm1_sum(vd x, vd *low)
{
    const vd z = d_eighths(x), n = z - D_MAGIC, s = d_exp2_eighths(z, q_set(0)), s1 = s - 1.0;
    const vd fine = d_set(LN2_8_FINE), coarse = d_nmad(n, d_set(LN2_8_COARSE), x);
    const vd r = d_nmad(n, fine, coarse), rest = d_nmad(n, fine, coarse - r);
    const vd e = d_from_bits(q_table8(exp2_eighths_rest, d_bits(z)));
    const vd p = d_mad(r * r, d_exp_poly8(r), d_mad(e, r, e + rest)), sr = s * r, high = s1 + sr;
    const vd rest_of_high = d_mad(s, p, ((s1 - high) + sr) - d_remainder(sr, s, r));
    const vd sum = high + rest_of_high;
    *low = (high - sum) + rest_of_high;
    return sum;
}

/* log(1 + 9i/64), and what that rounds off: the bits of doubles. */
static const uint64_t log_ninths[8] = {0x0000000000000000, 0x3fc0d77e7cd08e59, 0x3fcfb9186d5e3e2b,
                                       0x3fd686c81e9b14af, 0x3fdc8ff7c79a9a22, 0x3fe109f39e2d4c97,
                                       0x3fe393e0d3562a1a, 0x3fe5ee02a9241675};
static const uint64_t log_ninths_rest[8] = {
    0x0000000000000000, 0x3c69a5dc5e9030ac, 0xbc6caaae64f21acb, 0xbc6ddea0f7f58e3d,
    0xbc74f689f8434012, 0xbc30e09b27a4373a, 0xbc858eef67f2483a, 0x3c8c358257f49082};

/* log(1 + e + low) as high + *rest, for 0 <= e <= 1, within 2^-57.5.  With c = 1 + 9i/64, i the
 * nearest, it is log(c) + 2 atanh(s), s = (1 + e - c)/(1 + e + c), |s| < 1/28; the numerator is
 * exact, and the error of the quotient is taken back.  For i = 0 the result is as good beside e
 * as beside 1. */
WORD vd d_log1p_sum(vd e, vd low, vd *rest)
{
    const vd z = d_mad(e, d_set(64 / 9.0), d_set(D_MAGIC)), i = z - D_MAGIC, step = d_set(9 / 64.0);
    const vd over = d_nmad(i, step, e), c = d_mad(i, step, d_set(2)), under = c + e;
    const vd inverse = 1.0 / under, q = over * inverse, t = q + q;
    const vd open = d_nmad(q, (c - under) + e + low, low) + d_remainder(over, q, under);
    const vd u = t * t, high = d_from_bits(q_table8(log_ninths, d_bits(z))), sum = high + t;
    vd p = d_set(0x1.c7feb448d2fcbp-12);
    p = d_mad(p, u, d_set(0x1.249233ae1d695p-9));
    p = d_mad(p, u, d_set(0x1.9999999ae7246p-7));
    p = d_mad(p, u, d_set(0x1.555555555553cp-4));
    p = d_mad(p, u * t, d_from_bits(q_table8(log_ninths_rest, d_bits(z))));
    *rest = d_mad(inverse + inverse, open, p) + ((high - sum) + t);
    return sum;
}

/* c + c_low + u (p + *low) as a sum, |c| >= |u p|: Horner's step. */
WORD vd d_step_sum(vd p, vd *low, vd u, double c, double c_low)
{
    const vd t = u * p, sum = c + t;
    const vd rest = ((c - sum) + t) + c_low;
    *low = d_mad(u, *low, rest - d_remainder(t, u, p));
    return sum;
}

/* sqrt(1/2pi) (a + 11/8) times Mills' ratio Phi(-a)/phi(a), by its polynomial in u = (a - 6)/(a +
 * 6), within 2^-59.2.  It keeps between 0.4 and 0.7.  The last three steps are sums; u_low counts
 * by the slope, an approximation of the derivative. */
WORD vd d_mills_sum(vd u, vd u_low, vd *low)
{
    vd p = d_set(0x1.8ca832039a06bp-34);
    p = d_mad(p, u, d_set(0x1.e2fb4c18b870fp-30));
    p = d_mad(p, u, d_set(0x1.9f0f6082a1efp-29));
    p = d_mad(p, u, d_set(-0x1.04e61d3c19693p-26));
    p = d_mad(p, u, d_set(-0x1.7aa7b2ef0a531p-26));
    p = d_mad(p, u, d_set(0x1.0a6be3cf8ee4bp-23));
    p = d_mad(p, u, d_set(0x1.92ecf27f3ff83p-26));
    p = d_mad(p, u, d_set(-0x1.010b0c68b7a43p-20));
    p = d_mad(p, u, d_set(0x1.968f45c078b62p-20));
    p = d_mad(p, u, d_set(0x1.34218be6239ap-18));
    p = d_mad(p, u, d_set(-0x1.979e6a3fe9909p-16));
    p = d_mad(p, u, d_set(0x1.f90ed51eb70efp-16));
    p = d_mad(p, u, d_set(0x1.0451b9e1c80bep-13));
    p = d_mad(p, u, d_set(-0x1.a424053c5e3fap-11));
    p = d_mad(p, u, d_set(0x1.4ef81323fe057p-9));
    p = d_mad(p, u, d_set(-0x1.7aac5f2636e65p-8));
    p = d_mad(p, u, d_set(0x1.455e44f6ccf8ap-7));
    p = d_mad(p, u, d_set(-0x1.9e632c1bda6dp-7));
    p = d_mad(p, u, d_set(0x1.358f4d6fd0fbdp-7));
    p = d_mad(p, u, d_set(0x1.52a2a4489a749p-8));
    p = d_mad(p, u, d_set(-0x1.1f7130018156cp-5));
    vd slope = d_set(0x1.52330cp-2);
    slope = d_mad(slope, u, d_set(-0x1.8f648p-5));
    slope = d_mad(slope, u, d_set(-0x1.ea78ecp-3));
    slope = d_mad(slope, u, d_set(0x1.5e85fep-3));
    slope = d_mad(slope, u, d_set(-0x1.f6ce6ap-4));
    *low = d_set(0);
    p = d_step_sum(p, low, u, 0x1.459ff0db95a73p-4, 0x1.0d6646bcaff38p-59);
    p = d_step_sum(p, low, u, -0x1.0cbf3d92fc891p-3, -0x1.6f9e83c4ebad1p-57);
    p = d_step_sum(p, low, u, 0x1.e936a0302f074p-2, 0x1.8dc16f1e70201p-56);
    *low = d_mad(u_low, slope, *low);
    return p;
}

/* Phi(-a) as *scale times high + *low, for 0 <= a <= 39, Phi the normal distribution: exp(-a^2/2)
 * and Mills' ratio.  a is split: without what is beyond 45 binary places the sums are exact. */
WORD vd d_normal_sum(vd a, vd *low, vd *scale)
{
    const vd places = d_set(0x1.8p7), top = (a + places) - places, rest = a - top;
    const vd over = top - 6.0, under = top + 6.0, inverse = 1.0 / under, q = over * inverse;
    const vd open = d_mad(rest, 1.0 - q, d_remainder(over, q, under)) * inverse, u = q + open;
    vd m_low, e_low;
    const vd m = d_mills_sum(u, (q - u) + open, &m_low);
    const vd square = a * a, half = d_set(0.5);
    const vd e = d_exp_sum(square * -half, d_remainder(square, a, a) * half, &e_low, scale);
    const vd p = e * m, p_low = d_mad(e, m_low, e_low * m) - d_remainder(p, e, m);
    const vd d = top + 1.375, inverse_d = 1.0 / d, r = p * inverse_d;
    const vd left = (d_nmad(r, rest, p_low) + d_remainder(p, r, d)) * inverse_d, sum = r + left;
    *low = (r - sum) + left;
    return sum;
}

#endif
