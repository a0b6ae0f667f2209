/* relu.c -- the rectified linear unit, max(x, 0).
 *
 * Every implementation is exact; they differ in what they do to a NaN and to -0.  x > 0 ? x : 0 is
 * how it is mostly written, and turns a NaN into 0, as the comparison is false.  So does a maximum
 * instruction that is given x and 0 in that order: x86's returns its second operand when either is
 * NaN.  Asking x < 0 ? 0 : x, or turning the operands of the maximum round, keeps the NaN. relu(-0)
 * comes out as -0 or as +0, and both are right.
 *
 * In vectors all of them are limited by loads and stores, even from the first-level cache.
 */
#define FUNCTION relu
#include "pass.h"

/* NaN gives 0. */
KERNEL(relu_naive)
{
    return x > 0 ? x : 0;
}

KERNEL(relu_stable)
{
    return x < 0 ? 0 : x;
}

#if PASS_HAS_WORDS
VKERNEL(relu_select)
{
    return v_select(v_lt(x, v_set(0)), v_set(0), x);
}

VKERNEL(relu_max)
{
    return v_max(v_set(0), x);
}

/* The mask is that of "not below 0", so that it is all ones for a NaN. */
VKERNEL(relu_mask)
{
    return v_from_bits(v_bits(x) & ~v_mask(v_lt(x, v_set(0))));
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(relu_naive, "x > 0 ? x : 0, as it is written",
          F32(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F64(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          F16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT))
          BF16(CORRECT_BUT(KEEPS_NAN), EVERYWHERE(EXACT)))
    U1(relu_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", relu_stable, "x < 0 ? 0 : x, which keeps a NaN",
         F32(CORRECT, EVERYWHERE(EXACT))
         F64(CORRECT, EVERYWHERE(EXACT))
         F16(CORRECT, EVERYWHERE(EXACT))
         BF16(CORRECT, EVERYWHERE(EXACT)))
    WORDS("select", relu_select, "a comparison selects x or 0", F32(CORRECT, EVERYWHERE(EXACT)))
    WORDS("max", relu_max, "the maximum of 0 and x, in the order that keeps a NaN",
          F32(CORRECT, EVERYWHERE(EXACT)))
    WORDS("mask", relu_mask, "the bits of x under the mask of a comparison",
          F32(CORRECT, EVERYWHERE(EXACT)))
    END
};
