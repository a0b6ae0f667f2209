/* threshold.c -- x above a threshold, otherwise a constant; with the constant 0 the thresholded
 * relu.
 *
 * Exact.  x > threshold ? x : value answers a NaN with the constant; asked the other way round it
 * keeps it.
 */
#define FUNCTION threshold
#include "pass.h"

/* A NaN gives value. */
KERNEL(threshold_naive, limit, value)
{
    return x > limit ? x : value;
}

KERNEL(threshold_stable, limit, value)
{
    return x <= limit ? value : x;
}

#if PASS_HAS_WORDS
VKERNEL(threshold_select, limit, value)
{
    return v_select(v_le(x, limit), value, x);
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(threshold_naive, "x > threshold ? x : value, as it is written",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F64(CORRECT_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(EXACT))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT)))
    U1(threshold_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", threshold_stable, "x <= threshold ? value : x, which keeps a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(EXACT))
         BF16(CORRECT, EVERYWHERE(EXACT)))
    WORDS("select", threshold_select, "a comparison selects x or value",
          F32(CORRECT, EVERYWHERE(EXACT)))
    END
};
