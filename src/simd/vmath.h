/* vmath.h -- elementary functions in the words of words.h, shared by the kernels.
 *
 * Each says where it is valid and how far off it is at most, in units of u = 2^-24 (the relative
 * error of one rounding).  The coefficients are those that tools/exp.sollya and
 * tools/log1p.sollya print.
 */
#ifndef SIMD_VMATH_H
#define SIMD_VMATH_H

#define LOG2_E 0x1.715476p0f
#define LN2    0x1.62e43p-1f
#define LN2_HI 0x1.62e4p-1f /* 15 bits: k LN2_HI is exact for |k| < 512 */
#define LN2_LO 0x1.7f7d1cp-20f

/* a b rounded, and in *over what that is more than the product: exactly where steps are fused, else
 * within 2^-35 a b, the halves of a and b having 12 bits. */
WORD vf v_product(vf a, vf b, vf *over)
{
    const vf p = a * b;
#ifdef V_FUSED
    *over = v_nmad(a, b, p);
#else
    const vf ah = v_from_bits(v_bits(a) & 0xfffff000u), bh = v_from_bits(v_bits(b) & 0xfffff000u);
    const vf al = a - ah;
    *over = (p - ah * bh) - (al * bh + a * (b - bh));
#endif
    return p;
}

/* x = k ln 2 + r with k integral and |r| <= 0.3467, for |x| <= 180.  r has one rounding. */
WORD vf v_reduce(vf x, vf *k)
{
    *k = v_mad(x, v_set(LOG2_E), v_set(V_MAGIC)) - V_MAGIC;
    return v_nmad(*k, v_set(LN2_LO), v_nmad(*k, v_set(LN2_HI), x));
}

/* exp(r) - 1 for |r| <= 0.35: the polynomial is within 0.25 u of it, relative to exp(r) within 0.1
 * u. */
WORD vf v_expm1_poly6(vf r)
{
    vf q = v_set(0x1.6b80e2p-10f);
    q = v_mad(q, r, v_set(0x1.122cbep-7f));
    q = v_mad(q, r, v_set(0x1.55571p-5f));
    q = v_mad(q, r, v_set(0x1.5554aap-3f));
    q = v_mad(q, r, v_set(0x1.fffffep-2f));
    return v_mad(r * r, q, r);
}

/* The same one degree up: within 0.01 u. */
WORD vf v_expm1_poly7(vf r)
{
    vf q = v_set(0x1.9e2a52p-13f);
    q = v_mad(q, r, v_set(0x1.6d495p-10f));
    q = v_mad(q, r, v_set(0x1.1112fcp-7f));
    q = v_mad(q, r, v_set(0x1.5554ecp-5f));
    q = v_mad(q, r, v_set(0x1.555554p-3f));
    q = v_mad(q, r, v_set(0x1p-1f));
    return v_mad(r * r, q, r);
}

/* exp(x) for -104 <= x <= 89, rounded to subnormals once, infinite from 88.73; exp(-104) is 0. */
WORD vf v_exp(vf x)
{
    vf k;
    const vf r = v_reduce(x, &k);
    return v_scale(v_expm1_poly6(r) + 1.0f, k);
}

/* The same by a polynomial of degree 6 whose last step is a sum with 1: within 0.87 ulp. */
WORD vf v_exp_u1(vf x)
{
    vf k;
    const vf r = v_reduce(x, &k);
    vf p = v_set(0x1.6b80e2p-10f);
    p = v_mad(p, r, v_set(0x1.122cbep-7f));
    p = v_mad(p, r, v_set(0x1.55571p-5f));
    p = v_mad(p, r, v_set(0x1.5554aap-3f));
    p = v_mad(p, r, v_set(0x1.fffffep-2f));
    p = v_mad(p, r, v_set(1));
    p = v_mad(p, r, v_set(1));
    return v_scale(p, k);
}

/* exp(r) for |r| <= 0.35: the polynomial is within 2 u. */
WORD vf v_exp_poly5(vf r)
{
    vf p = v_set(0x1.105f6ep-7f);
    p = v_mad(p, r, v_set(0x1.57333ap-5f));
    p = v_mad(p, r, v_set(0x1.5557c6p-3f));
    p = v_mad(p, r, v_set(0x1.fffde8p-2f));
    p = v_mad(p, r, v_set(1));
    return v_mad(p, r, v_set(1));
}

/* exp(x) within 3.3 % for -88 <= x <= 88.7, 0 at -88: Schraudolph's trick.  x/ln 2 + 127, with
 * eight bits behind the point, is the pattern of a float whose exponent is right and whose
 * significand 1 + f stands in for 2^f; 11/256 less spreads the error to both sides. */
WORD vf v_exp_bits(vf x)
{
    return v_from_bits(v_bits(v_mad(x, v_set(LOG2_E), v_set(0x1.8p15f + 127 - 11 / 256.0f))) << 15);
}

/* exp(x) 2^shift = *s exp(r) with |r| <= 0.3467 and *s = 2^(k + shift), which is 0 or infinite
 * where k + shift is -127 or 128; it may not be beyond.  r has one rounding. */
WORD vf v_reduce_parts(vf x, float shift, vf *s)
{
    const float magic = V_MAGIC + 127 + shift;
    const vf z = v_mad(x, v_set(LOG2_E), v_set(magic)), k = z - magic;
    *s = v_from_bits(v_bits(z) << 23);
    return v_nmad(k, v_set(LN2_LO), v_nmad(k, v_set(LN2_HI), x));
}

/* exp(x) 2^shift = p *s in such parts, with p = exp(r) within 2.5 u. */
WORD vf v_exp_parts(vf x, float shift, vf *s)
{
    return v_exp_poly5(v_reduce_parts(x, shift, s));
}

/* exp(x) - 1 for -87 <= x <= 0: 2^k (exp(r) - 1) + (2^k - 1).  ln 2 is one constant: k ln 2 is off
 * by |k| 2^-29, which is harmless where the result is near -1. */
WORD vf v_expm1_parts(vf x, vf *s)
{
    const float magic = V_MAGIC + 127;
    const vf z = v_mad(x, v_set(LOG2_E), v_set(magic));
    *s = v_from_bits(v_bits(z) << 23);
    return v_nmad(z - magic, v_set(LN2), x);
}
WORD vf v_expm1_fast(vf x)
{
    vf s;
    const vf r = v_expm1_parts(x, &s);
    return v_mad(s, v_expm1_poly6(r), s - 1.0f);
}
WORD vf v_expm1_negative(vf x)
{
    vf s;
    const vf r = v_expm1_parts(x, &s);
    return v_mad(s, v_expm1_poly7(r), s - 1.0f);
}

/* log(1 + t) for 0 <= t <= 1, subnormals too: 2 atanh(s) with s = t/(2 + t).  Within 3 u, the
 * polynomial within 0.01 u. */
WORD vf v_log1p_unit(vf t)
{
    const vf s = t / (t + 2.0f), z = s * s, s2 = s + s;
    vf p = v_set(0x1.e1225ap-4f);
    p = v_mad(p, z, v_set(0x1.bb313ep-4f));
    p = v_mad(p, z, v_set(0x1.24d76cp-3f));
    p = v_mad(p, z, v_set(0x1.999866p-3f));
    p = v_mad(p, z, v_set(0x1.555556p-2f));
    return v_select(v_lt(t, v_set(0x1p-26f)), t, v_mad(s2 * z, p, s2));
}

#endif
