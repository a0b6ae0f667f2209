/* gelu_cubic.h -- v = 2 sqrt(2/pi) (a + 0.044715 a^3) in two parts, for gelu_tanh and its gradient.
 */
#ifndef FN_GELU_CUBIC_H
#define FN_GELU_CUBIC_H

#define GELU_K     R(0x1.9884533d436508d0c7d37cee2893ca37p+0) /* 2 sqrt(2/pi) */
#define GELU_K_LO  REST(-0x1.857936p-25f, -0x1.cbc0d30ebfd15p-54)
#define GELU_KC    R(0x1.2444f2a4d8b4bp-4) /* 0.044715 times that */
#define GELU_KC_LO REST(0x1.49b16ap-29f, -0x1.6c843a29d1c70p-61)

/* v rounded, and in *L what is to be added to it. */
static inline real gelu_cubic(real a, real *l)
{
    const real w = a * a, w_lo = R(fma)(a, a, -w);
    const real m = GELU_KC * w, m_lo = R(fma)(GELU_KC, w, -m);
    const real s = GELU_K + m, part = s - GELU_K;
    const real s_lo = (GELU_K - (s - part)) + (m - part);
    const real rest = s_lo + (GELU_K_LO + (m_lo + (GELU_KC * w_lo + GELU_KC_LO * w)));
    const real v = a * s;
    *l = R(fma)(a, s, -v) + a * rest;
    return v;
}

#if PASS_HAS_WORDS
/* v in doubles: within 2^-51 of itself. */
WORD vd d_gelu_cubic(vd x)
{
    const vd k = d_set(0x1.9884533d43651p+0), kc = d_set(0x1.2444f2a4d8b4bp-4);
    return x * d_mad(kc, x * x, k);
}

/* x dv/dx. */
WORD vd d_gelu_cubic_slope(vd x)
{
    const vd k = d_set(0x1.9884533d43651p+0), kc3 = d_set(3 * 0x1.2444f2a4d8b4bp-4);
    return x * d_mad(kc3, x * x, k);
}
#endif

#endif
