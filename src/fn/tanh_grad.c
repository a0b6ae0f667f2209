/* tanh_grad.c -- the gradient of tanh, 1 - tanh(x)^2 = sech(x)^2.
 *
 * Even, 1 at 0, falling like 4 exp(-2|x|): subnormal from |x| = 44.37, 0 from 52.68.
 *
 * 1 - t t is how it is written, because t = tanh(x) is at hand from the forward pass.  t rounds to
 * 1 from 9.011 on, and the gradient is 0 from there, where 6e-8 is due; before that 1 - t t has an
 * absolute error of 2^-25 or so in a result that gets smaller and smaller.
 *
 * With t = exp(-2|x|) it is 4t/(1 + t)^2; see sigmoid_grad.c, of which this is four times the value
 * at 2x, for the denominator 1 + (2t + t^2).  4t may be a normal number where t is not, so t must
 * not be rounded to a subnormal before it is multiplied.
 */
#define FUNCTION tanh_grad
#include "pass.h"

/* 1.7e7 ulp, the result being 0, at 0x1.3687aap+3; 49 ulp at 2.7. */
KERNEL(tanh_grad_naive)
{
    const real t = R(tanh)(x);
    return 1 - t * t;
}

/* 2.41 ulp at 0x1.0984a6p+1.  From 20 on the denominator is 1, and (2 exp(-|x|))^2 rounds to a
 * subnormal just once. */
KERNEL(tanh_grad_stable)
{
    const real a = R(fabs)(x);
    if (a > 20) {
        const real h = 2 * R(exp)(-a);
        return h * h;
    }
    const real t = R(exp)(-2 * a);
    return 4 * t / (1 + (2 * t + t * t));
}

#if PASS_HAS_WORDS
/* 2.40 ulp at 0x1.0984a6p+1.  4t and t are scaled from the same 1 + P(r). */
VKERNEL(tanh_grad_poly)
{
    vf k;
    const vf r = v_reduce(v_max(v_set(-106), v_abs(x) * -2.0f), &k);
    const vf p = v_expm1_poly6(r) + 1.0f, t = v_scale(p, k);
    return v_scale(p, k + 2.0f) / (v_mad(t, t, t + t) + 1.0f);
}

/* 0.502 ulp. */
WORD vd tanh_grad_wide(vd a)
{
    const vd t = d_exp_u1(a * -2.0), d = t + 1.0;
    return 4.0 * t / (d * d);
}
VKERNEL(tanh_grad_u1)
{
    return w_narrow(W_EACH(tanh_grad_wide, w_widen(v_min(v_set(60), v_abs(x)))));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(tanh_grad_naive, "1 - t t with t = tanh(x), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL),
              IN(-2.7, -0.57, 49), IN(-0.56, 0.56, 2), IN(0.57, 2.7, 49))
          F64(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_MONOTONE), IN(-0.5, 0.5, 2))
          F16(ALL_BUT(KEEPS_SUBNORMAL), EVERYWHERE(1.03))
          BF16(ALL_BUT(KEEPS_SUBNORMAL), IN(-3.9, 3.9, 0.501)))
    U1(tanh_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", tanh_grad_stable, "t = exp(-2|x|), then 4t/(1 + (2t + t^2))",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.42))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(3))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("poly", tanh_grad_poly, "the same with exp as 2^k (1 + P(r)), P of degree 6",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(2.41, 2.41)))
    WORDS("u1", tanh_grad_u1, "4t/(1 + t)^2, t = exp(-2|x|), in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    END
};
