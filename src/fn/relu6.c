/* relu6.c -- relu that stops at 6.
 *
 * Exact.  The minimum and maximum of C, and those of x86 in one order of operands, turn a NaN into
 * 0 or 6.  relu(x) - relu(x - 6), also seen, is wrong for large x, where x - 6 rounds.
 */
#define FUNCTION relu6
#include "pass.h"

/* A NaN gives 0. */
KERNEL(relu6_naive)
{
    const real up = x > 0 ? x : 0;
    return up < 6 ? up : 6;
}

KERNEL(relu6_stable)
{
    return x < 0 ? 0 : x > 6 ? 6 : x;
}

#if PASS_HAS_WORDS
VKERNEL(relu6_clamp)
{
    return v_min(v_set(6), v_max(v_set(0), x));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(relu6_naive, "min(max(x, 0), 6), as it is written",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F64(CORRECT_BUT(KEEPS_MONOTONE | KEEPS_NAN), EVERYWHERE(EXACT))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT)))
    U1(relu6_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", relu6_stable, "x < 0 ? 0 : x > 6 ? 6 : x, which keeps a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(EXACT))
         BF16(CORRECT, EVERYWHERE(EXACT)))
    WORDS("clamp", relu6_clamp, "min(6, max(0, x)), in the order that keeps a NaN",
          F32(CORRECT, EVERYWHERE(EXACT)))
    END
};
