/* hardtanh.c -- x, held between -1 and 1.
 *
 * Exact.  As with relu6 it is the NaN that implementations lose.
 */
#define FUNCTION hardtanh
#include "pass.h"

/* A NaN gives -1. */
KERNEL(hardtanh_naive)
{
    const real up = x > -1 ? x : -1;
    return up < 1 ? up : 1;
}

KERNEL(hardtanh_stable)
{
    return x < -1 ? -1 : x > 1 ? 1 : x;
}

#if PASS_HAS_WORDS
VKERNEL(hardtanh_clamp)
{
    return v_min(v_set(1), v_max(v_set(-1), x));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(hardtanh_naive, "min(max(x, -1), 1), as it is written",
          F32(CORRECT_BUT(KEEPS_SYMMETRY | KEEPS_NAN), EVERYWHERE(EXACT))
          F64(CORRECT_BUT(KEEPS_MONOTONE | KEEPS_SYMMETRY | KEEPS_NAN), EVERYWHERE(EXACT))
          F16(CORRECT_BUT(KEEPS_SYMMETRY | KEEPS_NAN), EVERYWHERE(EXACT))
          BF16(CORRECT_BUT(KEEPS_SYMMETRY | KEEPS_NAN), EVERYWHERE(EXACT)))
    U1(hardtanh_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", hardtanh_stable, "x < -1 ? -1 : x > 1 ? 1 : x, which keeps a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT_BUT(KEEPS_MONOTONE), EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(EXACT))
         BF16(CORRECT, EVERYWHERE(EXACT)))
    WORDS("clamp", hardtanh_clamp, "min(1, max(-1, x)), in the order that keeps a NaN",
          F32(CORRECT, EVERYWHERE(EXACT)))
    END
};
