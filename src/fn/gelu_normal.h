/* gelu_normal.h -- the normal distribution at -a, for gelu and its gradient: Phi(-a) = erfc(a/sqrt
 * 2)/2.
 *
 * erfc and exp fall so steeply that the rounding of their argument shows a hundredfold in the
 * result; it is carried to first order.  Where erfc is subnormal or nearly so, Mills' asymptotic
 * series Phi(-a) = phi(a)/a (1 - 1/a^2 + 3/a^4 - 15/a^6 ...) takes over, with exp(-a^2/2) as a
 * square where it is subnormal itself.
 */
#ifndef FN_GELU_NORMAL_H
#define FN_GELU_NORMAL_H

#define SQRT1_2    R(0x1.6a09e667f3bcc908b2fb1366ea957d3ep-1)
#define SQRT1_2_LO REST(0x1.9fcef4p-27f, -0x1.bdd3413b26456p-55)
#define SQRT1_2PI  R(0x1.9884533d436508d0c7d37cee2893ca37p-2)
#define TWO_SQRTPI R(0x1.20dd750429b6d11ae3a914fed7fd8688p+0)

/* erfc(-x/sqrt 2) to first order in the error of the argument. */
static inline real gelu_erfc(real x)
{
    const real h = x * -SQRT1_2, l = R(fma)(x, -SQRT1_2, -h) - x * SQRT1_2_LO;
    return R(erfc)(h) - l * TWO_SQRTPI * R(exp)(-h * h);
}

/* factor times phi(a) = exp(-a^2/2)/sqrt(2 pi), rounded to a subnormal once. */
static inline real gelu_phi(real a, real factor)
{
    const real w = a * a, l = R(fma)(a, a, -w);
    const real k = factor * SQRT1_2PI * (1 - l / 2), e = R(exp)(-w / 2);
    if (e >= REAL_MIN)
        return k * e;
    const real h = R(exp)(-w / 4);
    return k * h * h;
}

/* 1 - 1/a^2 + 3/a^4 - ..., for a > 12 in f32 and a > 36 in f64: within an ulp. */
static inline real gelu_mills(real a)
{
    const real y = 1 / (a * a);
    real sum = 1 - 13 * y;
    for (int k = 11; k > 0; k -= 2)
        sum = 1 - k * y * sum;
    return sum;
}

#if PASS_HAS_WORDS
/* Phi(-a) exp(a^2/2)/t with t = a/(1 + a/2), for 0 <= a <= 14.5 and u = t - 3/4.  The polynomial
 * is within 2^-26.2; its coefficients are those that tools/normal.sollya prints. */
WORD vf v_normal_fast(vf u)
{
    vf p = v_set(-0x1.f0aa8ap-16f);
    p = v_mad(p, u, v_set(0x1.8b1b58p-17f));
    p = v_mad(p, u, v_set(0x1.1ab07cp-13f));
    p = v_mad(p, u, v_set(0x1.3ae64ap-13f));
    p = v_mad(p, u, v_set(-0x1.6cdd22p-13f));
    p = v_mad(p, u, v_set(-0x1.2106c8p-10f));
    p = v_mad(p, u, v_set(-0x1.b920ccp-10f));
    p = v_mad(p, u, v_set(0x1.8127b6p-9f));
    p = v_mad(p, u, v_set(0x1.13bfacp-6f));
    p = v_mad(p, u, v_set(0x1.07286p-10f));
    p = v_mad(p, u, v_set(-0x1.5b24eap-3f));
    return v_mad(p, u, v_set(0x1.835296p-2f));
}

/* Mills' ratio Phi(-a)/phi(a), over sqrt(2 pi), for 0 <= a <= 15: r P(r) with r = 1/(a + 4); the
 * coefficients are those that tools/normal.sollya prints. */
WORD vd d_mills_u1(vd a)
{
    const vd r = 1.0 / (a + 4.0);
    vd p = d_set(-0x1.0b7afadd0e2b6p17);
    p = d_mad(p, r, d_set(0x1.52c7635cb689fp17));
    p = d_mad(p, r, d_set(-0x1.1098f6b411f47p16));
    p = d_mad(p, r, d_set(0x1.8358f7f25985fp11));
    p = d_mad(p, r, d_set(0x1.863a1fab00774p11));
    p = d_mad(p, r, d_set(-0x1.00ace3a9f176p9));
    p = d_mad(p, r, d_set(0x1.42ed2d82b3f61p8));
    p = d_mad(p, r, d_set(0x1.93926628de80ap5));
    p = d_mad(p, r, d_set(0x1.5aee8bae9fed4p4));
    p = d_mad(p, r, d_set(0x1.7c8df0bc2b69ep2));
    p = d_mad(p, r, d_set(0x1.98be0ef8b23a8p0));
    p = d_mad(p, r, d_set(0x1.9881fb60ba8a5p-2));
    return r * p;
}

/* Phi(-a) for 0 <= a <= 14.5, the square in exp(-a^2/2) exact.  Within 2^-31.5. */
WORD vd d_normal_u1(vd a)
{
    return d_exp_u1(a * a * -0.5) * d_mills_u1(a);
}

/* The same with a P of degree 14: within 2^-40.6.  Even and odd terms apart, so that they need not
 * wait for each other. */
WORD vd d_normal_cr(vd a)
{
    const vd r = 1.0 / (a + 4.0), r2 = r * r;
    vd p = d_set(-0x1.6317ece3c845ep22), q = d_set(0x1.8e80f3fcf750ep23);
    p = d_mad(p, r2, d_set(-0x1.87989274e337fp23));
    q = d_mad(q, r2, d_set(0x1.b57ba55805329p22));
    p = d_mad(p, r2, d_set(-0x1.30e71dd96124fp21));
    q = d_mad(q, r2, d_set(0x1.1cbdd0029557p19));
    p = d_mad(p, r2, d_set(-0x1.9247079f94448p16));
    q = d_mad(q, r2, d_set(0x1.aaf3de17a11bp13));
    p = d_mad(p, r2, d_set(-0x1.c13fad360d29fp9));
    q = d_mad(q, r2, d_set(0x1.0ea1ce6eca5e5p8));
    p = d_mad(p, r2, d_set(0x1.dfdf490572fcap5));
    q = d_mad(q, r2, d_set(0x1.4f0abe56128bp4));
    p = d_mad(p, r2, d_set(0x1.7ea836113f542p2));
    q = d_mad(q, r2, d_set(0x1.9889a92933e0bp0));
    p = d_mad(p, r2, d_set(0x1.98842b77de59ep-2));
    return d_exp_cr(a * a * -0.5) * (r * d_mad(q, r, p));
}

/* Phi(-a) within 2^-85 or so: up to 4 as 1/2 - phi(a) (a + a^3/3 + a^5/15 ...), beyond by the
 * continued fraction phi(a)/(a + 1/(a + 2/(a + 3/(a + ...)))); with one division at the end. */
__attribute__((unused)) static two two_normal(double a)
{
    const two square = two_product(a, a), x = {a, 0};
    const two phi = two_mul(two_exp(two_scaled(square, -0.5)),
                            (two){0x1.9884533d43651p-2, -0x1.cbc0d30ebfd15p-56});
    if (a < 4) {
        two sum = {1, 0}, below = sum;
        for (int k = 29 + 2 * (int)(12 * a); k > 1; k -= 2) {
            below = two_mul(below, (two){k, 0});
            sum = two_add(two_mul(square, sum), below);
        }
        return two_add((two){0.5, 0}, two_negated(two_div(two_mul(phi, two_mul(x, sum)), below)));
    }
    two s = x, below = {1, 0};
    for (int k = 20 + (int)(500 / (a * a)); k > 0; k--) {
        const two next = two_add(two_mul(x, s), two_mul((two){k, 0}, below));
        below = s;
        s = next;
    }
    return two_div(two_mul(phi, below), s);
}
#endif

#endif
