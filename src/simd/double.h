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

/* The same of x + low. */
WORD vd d_exp_rest_of_sum(vd x, vd low, vd *z)
{
    *z = d_eighths(x);
    const vd n = *z - D_MAGIC;
    return d_exp_tail(*z, d_nmad(n, d_set(LN2_8_COARSE), x) + d_nmad(n, d_set(LN2_8_FINE), low));
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

#endif
