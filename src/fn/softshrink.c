/* softshrink.c -- x moved by lambda towards 0, and 0 between -lambda and lambda.
 *
 * One subtraction, rounded once, and exact near lambda.  The comparisons as they are mostly written
 * make a NaN 0.
 */
#define FUNCTION softshrink
#include "pass.h"

/* A NaN gives 0. */
KERNEL(softshrink_naive, lambda)
{
    return x > lambda ? x - lambda : x < -lambda ? x + lambda : 0;
}

KERNEL(softshrink_stable, lambda)
{
    return R(fabs)(x) <= lambda ? 0 : x - R(copysign)(lambda, x);
}

#if PASS_HAS_WORDS
VKERNEL(softshrink_select, lambda)
{
    return v_select(v_le(v_abs(x), lambda), v_set(0), x - v_copysign(lambda, x));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(softshrink_naive, "x > lambda ? x - lambda : x < -lambda ? x + lambda : 0",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(0.5))
          F64(CORRECT_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(0.5))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(0.5))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(0.5)))
    U1(softshrink_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", softshrink_stable, "x - copysign(lambda, x), or 0 where |x| <= lambda",
         F32(CORRECT, EVERYWHERE(0.5))
         F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(0.5))
         F16(CORRECT, EVERYWHERE(0.5))
         BF16(CORRECT, EVERYWHERE(0.5)))
    WORDS("select", softshrink_select, "the same, a comparison selects",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
