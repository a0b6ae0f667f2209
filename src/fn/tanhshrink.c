/* tanhshrink.c -- x - tanh(x).
 *
 * Near 0 it is x^3/3, and the difference of two numbers next to each other: as it is written, no
 * bit of it is right below 2^-12.
 *
 * x - tanh(x) = (x cosh(x) - sinh(x))/cosh(x), and the numerator is the series of x^(2k+1)
 * 2k/(2k+1)!, all of one sign: x^3/3 (1 + x^2/(2 5) (1 + x^2/(4 7) (1 + x^2/(6 9) ...))).  Up to
 * |x| = 2, where the difference itself has become harmless, thirteen terms are enough for f64.
 */
#define FUNCTION tanhshrink
#include "pass.h"

/* 4.5e15 ulp at 0x1.000002p-25. */
KERNEL(tanhshrink_naive)
{
    return x - R(tanh)(x);
}

/* 5.18 ulp at 0x1.cfe19ap-6. */
KERNEL(tanhshrink_stable)
{
    if (R(fabs)(x) > 2)
        return x - R(tanh)(x);
    const real z = x * x;
    real sum = 1;
    for (int k = 13; k > 1; k--)
        sum = 1 + z * sum / ((2 * k - 2) * (2 * k + 1));
    return x * (z / 3 * sum / R(cosh)(x));
}

/* clang-format off */
ROWS = {
    NAIVE(tanhshrink_naive, "x - tanh(x), as it is written",
          F32(KEEPS_NAN | KEEPS_INF | KEEPS_STABLE, IN(1, INFINITY, 3.8), IN(-INFINITY, -1, 3.8))
          F64(KEEPS_NAN | KEEPS_INF | KEEPS_STABLE, IN(1, INFINITY, 4.5), IN(-INFINITY, -1, 4.6))
          F16(ALL_BUT(KEEPS_MONOTONE | KEEPS_SYMMETRY | KEEPS_SUBNORMAL | KEEPS_ZERO),
              IN(0.05, INFINITY, 0.6), IN(-INFINITY, -0.05, 0.6))
          BF16(KEEPS_NAN | KEEPS_INF | KEEPS_STABLE,
               IN(0.05, INFINITY, 0.501), IN(-INFINITY, -0.05, 0.501)))
    U1(tanhshrink_stable, "the stable form",
       /* x - 1 is a tie for large x, and x - tanh(x) a crumb beside it that a double does not hold */
       F16(KEEPS_ALL, EVERYWHERE(0.5)) BF16(KEEPS_ALL, EVERYWHERE(0.5)))
    LIBM("stable", tanhshrink_stable, "(x cosh(x) - sinh(x))/cosh(x) by a series up to |x| = 2",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(5.2))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(5.6))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    END
};
