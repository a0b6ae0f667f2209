/* softsign_grad.c -- the gradient of softsign, 1/(1 + |x|)^2.
 *
 * The square overflows from |x| = 1.84e19 on, and the result as it is written is 0 where 2.9e-39 is
 * due; the square of the reciprocal underflows when it should, and gradually.
 */
#define FUNCTION softsign_grad
#include "pass.h"

/* 2.1e6 ulp at 0x1.004p+64. */
KERNEL(softsign_grad_naive)
{
    const real d = 1 + R(fabs)(x);
    return 1 / (d * d);
}

/* 3.5 ulp at 0x1.69ep-13. */
KERNEL(softsign_grad_stable)
{
    const real r = 1 / (1 + R(fabs)(x));
    return r * r;
}

#if PASS_HAS_WORDS
/* 3.5 ulp at 0x1.69ep-13. */
VKERNEL(softsign_grad_divide)
{
    const vf r = v_set(1) / (v_abs(x) + 1.0f);
    return r * r;
}

/* In doubles the square does not overflow. */
WORD vd softsign_grad_wide(vd a)
{
    const vd d = a + 1.0;
    return 1.0 / (d * d);
}
VKERNEL(softsign_grad_u1)
{
    return w_narrow(W_EACH(softsign_grad_wide, w_widen(v_abs(x))));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(softsign_grad_naive, "1/((1 + |x|) (1 + |x|)), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL), IN(-1.84e19, 1.84e19, 3.48))
          F64(ALL_BUT(KEEPS_MONOTONE | KEEPS_SUBNORMAL), IN(-1.3e154, 1.3e154, 4.3))
          F16(KEEPS_ALL, EVERYWHERE(0.501))
          BF16(ALL_BUT(KEEPS_SUBNORMAL), IN(-1.84e19, 1.84e19, 0.501)))
    U1(softsign_grad_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", softsign_grad_stable, "the square of 1/(1 + |x|)",
         F32(KEEPS_ALL, EVERYWHERE(3.51))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(4.3))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    WORDS("divide", softsign_grad_divide, "the square of 1/(1 + |x|)",
          F32(KEEPS_ALL, EVERYWHERE2(3.5, 3.5)))
    WORDS("u1", softsign_grad_u1, "1/(1 + |x|)^2 in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.501)))
    END
};
