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

#endif
