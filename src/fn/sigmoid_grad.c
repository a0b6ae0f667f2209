/* sigmoid_grad.c -- the gradient of sigmoid, s(x) s(-x) = s (1 - s).
 *
 * Even, 1/4 at 0, and falling like exp(-|x|) on both sides: subnormal from |x| = 87.34, 0 from
 * 103.98.
 *
 * s (1 - s) is how it is written, because s is at hand from the forward pass.  On the right s
 * rounds to 1 - 2^-24 and then to 1, so that 1 - s loses all its bits and is 0 from x = 17.33 on,
 * where 3e-8 is due: learning stops early there, and on one side only.
 *
 * With t = exp(-|x|) the gradient is t/(1 + t)^2 for either sign.  The denominator is taken as
 * 1 + (2t + t^2), for two reasons: it rounds less than the square of a rounded 1 + t, and the
 * quotient cannot exceed 1/4.  (t^2 >= 2t - 1, and 2t - 1, 4t - 1 and 4t are floats for t >= 1/2;
 * so each rounding leaves the sum at or above them, and the denominator at or above 4t.  Squaring 1
 * + t gives results above 1/4 next to 0.)  t and the denominator round separately, so the result is
 * not quite monotone.
 */
#define FUNCTION sigmoid_grad
#include "pass.h"

/* 1.7e7 ulp, the result being 0, at 0x1.3687aap+4; 46 ulp at 4. */
KERNEL(sigmoid_grad_naive)
{
    const real s = 1 / (1 + R(exp)(-x));
    return s * (1 - s);
}

/* 2.41 ulp at 0x1.0984a6p+2. */
KERNEL(sigmoid_grad_stable)
{
    const real t = R(exp)(-R(fabs)(x));
    return t / (1 + (2 * t + t * t));
}

#if PASS_HAS_WORDS
/* 2.41 ulp at 0x1.0984a6p+2. */
VKERNEL(sigmoid_grad_poly)
{
    const vf t = v_exp(v_max(v_set(-104), v_neg(v_abs(x))));
    return t / (v_mad(t, t, t + t) + 1.0f);
}

/* 0.502 ulp. */
WORD vd sigmoid_grad_wide(vd a)
{
    const vd t = d_exp_u1(-a), d = t + 1.0;
    return t / (d * d);
}
VKERNEL(sigmoid_grad_u1)
{
    return w_narrow(W_EACH(sigmoid_grad_wide, w_widen(v_min(v_set(110), v_abs(x)))));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(sigmoid_grad_naive, "s (1 - s) with s = 1/(1 + exp(-x)), as it is written",
          F32(ALL_BUT(KEEPS_SYMMETRY | KEEPS_SUBNORMAL | KEEPS_MONOTONE),
              IN(-INFINITY, -104, 0.5), IN(-88.72, 1.12, 2.9), IN(1.13, 3.99, 46))
          F64(ALL_BUT(KEEPS_SYMMETRY | KEEPS_SUBNORMAL | KEEPS_MONOTONE),
              IN(-INFINITY, -745.2, 0.5), IN(-709.78, 1, 3))
          F16(ALL_BUT(KEEPS_SYMMETRY | KEEPS_SUBNORMAL), EVERYWHERE(1.43))
          BF16(ALL_BUT(KEEPS_SYMMETRY | KEEPS_SUBNORMAL),
               IN(-INFINITY, -93, 0.501), IN(-88.5, 7.5, 0.501)))
    U1(sigmoid_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", sigmoid_grad_stable, "t = exp(-|x|), then t/(1 + (2t + t^2))",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.42))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(3))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("poly", sigmoid_grad_poly, "the same with exp as 2^k (1 + P(r)), P of degree 6",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(2.41, 2.41)))
    WORDS("u1", sigmoid_grad_u1, "t/(1 + t)^2, t = exp(-|x|), in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    END
};
