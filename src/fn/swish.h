/* swish.h -- x/(1 + exp(-c v)) in floats, for the fast kernels of silu, gelu_quick and gelu_tanh.
 *
 * The form as it is written overflows inside where the result is a normal number yet, so it is
 * computed with 2^-8 of the denominator.  The quotient gets that factor back after the division,
 * since a tiny x has no room for it; a huge x has none there, and is held at 2^100: x - 200 is
 * below the result where that did not act, and x where it did.  Next to the minimum results are
 * held.
 *
 * exp amplifies the rounding of its argument, 90 at the end of the tail, to some 50 ulp.  c v is
 * therefore reduced as v in multiples of ln(2)/c, without a rounded product with c; and v itself
 * may come in two parts.
 *
 * It takes c v in [-94.5, 80]: at -94.5 the denominator is infinite and the result 0.
 */
#ifndef FN_SWISH_H
#define FN_SWISH_H

#if PASS_HAS_WORDS
/* What tools/swish.sollya prints. */
struct swish {
    float rate, high, low; /* c/ln 2, and ln(2)/c in two parts */
    float p[6];            /* exp(-c r) = 1 + p[5] r + ... + p[0] r^6 within 0.1 u */
};

/* v is `v' less `over'. */
WORD vf swish(vf x, vf v, vf over, float least, struct swish c)
{
    const float magic = V_MAGIC + 127 - 8;
    const vf z = v_nmad(v, v_set(c.rate), v_set(magic)), k = z - magic;
    const vf r = v_mad(k, v_set(c.low), v_mad(k, v_set(c.high), v)) - over;
    vf p = v_set(c.p[0]);
    p = v_mad(p, r, v_set(c.p[1]));
    p = v_mad(p, r, v_set(c.p[2]));
    p = v_mad(p, r, v_set(c.p[3]));
    p = v_mad(p, r, v_set(c.p[4]));
    p = v_mad(p, r, v_set(c.p[5]));
    p = v_mad(p, r, v_set(1));
    const vf below = v_mad(p, v_from_bits(v_bits(z) << 23), v_set(0x1p-8f));
    const vf q = v_min(v_set(0x1p100f), v_max(v_set(-0x1p100f), x)) / below;
    return v_max(v_max(v_set(least), x - 200.0f), q * 0x1p-8f);
}
#endif

#endif
