/* tanhshrink_grad.c -- the gradient of tanhshrink, tanh(x)^2.
 *
 * A square doubles the error of tanh and nothing more.  1 - sech(x)^2, also seen, cancels near 0.
 */
#define FUNCTION tanhshrink_grad
#include "pass.h"

/* 5.76 ulp at 0x1.6ca55cp-3. */
KERNEL(tanhshrink_grad_naive)
{
    const real t = R(tanh)(x);
    return t * t;
}

#if PASS_HAS_WORDS
/* 6.18 ulp at 0x1.67cf7cp-3. */
VKERNEL(tanhshrink_grad_poly)
{
    const vf e = v_expm1_negative(v_max(v_set(-40), v_abs(x) * -2.0f)), t = e / (e + 2.0f);
    return t * t;
}

/* 0.501 ulp at 0x1.632fe4p-6.  t = e/(e + 2) with e = exp(2|x|) - 1, as tanh_u1 has it, and its
 * square, in doubles. */
WORD vd tanhshrink_grad_wide(vd a)
{
    const vd e = d_expm1_u1(a + a), t = e / (e + 2.0);
    return t * t;
}
VKERNEL(tanhshrink_grad_u1)
{
    return w_narrow(W_EACH(tanhshrink_grad_wide, w_widen(v_min(v_set(10), v_abs(x)))));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(tanhshrink_grad_naive, "t t with t = tanh(x), as it is written",
          F32(KEEPS_ALL, EVERYWHERE(5.77))
          F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(6.5))
          F16(KEEPS_ALL, EVERYWHERE(0.501))
          BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    U1(tanhshrink_grad_naive, "the form as it is written",
       /* tanh(x)^2 is x^2, a tie for some x, but for a crumb that a double does not hold */
       F16(CORRECT, EVERYWHERE(0.5)) BF16(KEEPS_ALL, EVERYWHERE(0.5)))
    WORDS("poly", tanhshrink_grad_poly, "the square of e/(2 + e), e = expm1(-2|x|) by a polynomial",
          F32(KEEPS_ALL, EVERYWHERE2(5.93, 6.18)))
    WORDS("u1", tanhshrink_grad_u1, "the square of e/(2 + e), e = expm1(2|x|), in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.501)))
    END
};
