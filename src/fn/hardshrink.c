/* hardshrink.c -- x, but 0 from -lambda to lambda.
 *
 * Exact.  |x| > lambda ? x : 0 makes a NaN 0.
 */
#define FUNCTION hardshrink
#include "pass.h"

/* A NaN gives 0. */
KERNEL(hardshrink_naive, lambda)
{
    return x > lambda || x < -lambda ? x : 0;
}

KERNEL(hardshrink_stable, lambda)
{
    return R(fabs)(x) <= lambda ? 0 : x;
}

#if PASS_HAS_WORDS
VKERNEL(hardshrink_select, lambda)
{
    return v_select(v_le(v_abs(x), lambda), v_set(0), x);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(hardshrink_naive, "|x| > lambda ? x : 0, as it is written",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F64(CORRECT_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(EXACT))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT)))
    U1(hardshrink_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", hardshrink_stable, "|x| <= lambda ? 0 : x, which keeps a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(EXACT))
         BF16(CORRECT, EVERYWHERE(EXACT)))
    WORDS("select", hardshrink_select, "a comparison selects x or 0",
          F32(CORRECT, EVERYWHERE(EXACT)))
    END
};
