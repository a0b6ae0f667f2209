/* wide.h -- elementary functions in double lanes, in the words of words.h, shared by the kernels.
 *
 * Each says where it is valid and its relative error.  The coefficients are those that
 * tools/wide.sollya prints.  A kernel that takes its steps here and rounds to float once is within
 * half an ulp and a crumb: 2^-30 of the result are another 1/64 ulp.
 */
#ifndef SIMD_WIDE_H
#define SIMD_WIDE_H

/* The bits of 2^(i/8), less i 2^49: with n 2^49 added they are those of 2^(n/8), n = i mod 8. */
static const uint64_t exp2_eighths[8] = {
    4607182418800017408, 4607027079437701499, 4606908631985796885, 4606830415447468583,
    4606796071031487437, 4606809569504174299, 4606875241016906669, 4606997807633245319};

/* exp(x) = *s exp(r) with *s = 2^(n/8), n integral, and |r| <= ln2/16, for |x| < 700.  The rounding
 * of ln2/8 makes an error of |x| 2^-54 in r. */
WORD vd d_reduce(vd x, vd *s)
{
    const vd z = d_mad(x, d_set(0x1.71547652b82fep3), d_set(D_MAGIC));
    const vq n = d_bits(z);
    *s = d_from_bits(q_table8(exp2_eighths, n) + (n << 49));
    return d_nmad(z - D_MAGIC, d_set(0x1.62e42fefa39efp-4), x);
}

/* (exp(r) - 1)/r: exp(r) within 2^-33.5. */
WORD vd d_exp_quick(vd r)
{
    vd q = d_set(0x1.555100b5e9d5cp-5);
    q = d_mad(q, r, d_set(0x1.555f90c7341fap-3));
    q = d_mad(q, r, d_set(0x1.0000003b8bfcbp-1));
    return d_mad(q, r, d_set(0x1.ffffffb1e223dp-1));
}

/* The same one degree up: within 2^-41.3. */
WORD vd d_exp_close(vd r)
{
    vd q = d_set(0x1.110b5c7799366p-7);
    q = d_mad(q, r, d_set(0x1.555cf584c0c1ap-5));
    q = d_mad(q, r, d_set(0x1.555555a7a9f7ap-3));
    q = d_mad(q, r, d_set(0x1.ffffffdba8a02p-2));
    return d_mad(q, r, d_set(0x1.fffffffffd802p-1));
}

/* exp(r) - 1, relative to itself within 2^-36.1. */
WORD vd d_expm1_quick(vd r)
{
    vd q = d_set(0x1.1111cc75538cap-7);
    q = d_mad(q, r, d_set(0x1.555c2b640e593p-5));
    q = d_mad(q, r, d_set(0x1.55555562813ebp-3));
    q = d_mad(q, r, d_set(0x1.ffffffe5c547cp-2));
    return d_mad(r * r, q, r);
}

/* The same one degree up: within 2^-44.1. */
WORD vd d_expm1_close(vd r)
{
    vd q = d_set(0x1.6c1614c485c89p-10);
    q = d_mad(q, r, d_set(0x1.11156cad5694ap-7));
    q = d_mad(q, r, d_set(0x1.5555556752b7p-5));
    q = d_mad(q, r, d_set(0x1.5555554af2b6fp-3));
    q = d_mad(q, r, d_set(0x1.ffffffffffbp-2));
    return d_mad(r * r, q, r);
}

/* exp(x) for |x| < 700, within 2^-33 and 2^-41. */
WORD vd d_exp_u1(vd x)
{
    vd s;
    const vd r = d_reduce(x, &s);
    return s * d_mad(d_exp_quick(r), r, d_set(1));
}
WORD vd d_exp_cr(vd x)
{
    vd s;
    const vd r = d_reduce(x, &s);
    return s * d_mad(d_exp_close(r), r, d_set(1));
}

/* c + exp(x) for |x| < 700 and c of about 1, within 2^-33 and 2^-41. */
WORD vd d_exp_plus_u1(vd x, double c)
{
    vd s;
    const vd r = d_reduce(x, &s);
    return d_mad(s, d_mad(d_exp_quick(r), r, d_set(1)), d_set(c));
}
WORD vd d_exp_plus_cr(vd x, double c)
{
    vd s;
    const vd r = d_reduce(x, &s);
    return d_mad(s, d_mad(d_exp_close(r), r, d_set(1)), d_set(c));
}

/* exp(x) - 1 for |x| < 700, relative to itself within 2^-32 and 2^-40. */
WORD vd d_expm1_u1(vd x)
{
    vd s;
    const vd r = d_reduce(x, &s);
    return d_mad(s, d_expm1_quick(r), s - 1.0);
}
WORD vd d_expm1_cr(vd x)
{
    vd s;
    const vd r = d_reduce(x, &s);
    return d_mad(s, d_expm1_close(r), s - 1.0);
}

/* log(1 + t) for 0 <= t <= 1, within 2^-36 and 2^-46: 2 atanh(s) with s = t/(2 + t). */
WORD vd d_log1p_unit_u1(vd t)
{
    const vd s = t / (t + 2.0), z = s * s, s2 = s + s;
    vd p = d_set(0x1.aa539454919c2p-4);
    p = d_mad(p, z, d_set(0x1.6581f3086be32p-4));
    p = d_mad(p, z, d_set(0x1.c7ffa27f02fb4p-4));
    p = d_mad(p, z, d_set(0x1.248f3ed83f832p-3));
    p = d_mad(p, z, d_set(0x1.9999a141500bdp-3));
    p = d_mad(p, z, d_set(0x1.55555553a787cp-2));
    return d_mad(s2 * z, p, s2);
}
WORD vd d_log1p_unit_cr(vd t)
{
    const vd s = t / (t + 2.0), z = s * s, s2 = s + s;
    vd p = d_set(0x1.6d6009565119fp-4);
    p = d_mad(p, z, d_set(0x1.f1471d08fe5cp-5));
    p = d_mad(p, z, d_set(0x1.3d7a41020d5acp-4));
    p = d_mad(p, z, d_set(0x1.743c1bb5f0087p-4));
    p = d_mad(p, z, d_set(0x1.c71d66a363a4dp-4));
    p = d_mad(p, z, d_set(0x1.2492476549585p-3));
    p = d_mad(p, z, d_set(0x1.9999999c12d79p-3));
    p = d_mad(p, z, d_set(0x1.555555555501ep-2));
    return d_mad(s2 * z, p, s2);
}

#endif
