/* sigmoid.c -- the logistic sigmoid, s(x) = 1/(1 + exp(-x)).
 *
 * s rises from 0 to 1.  On the right it is 1/(1 + small): harmless, and 1 to the last bit of a
 * float from 17.33 on.  On the left it is exp(x) in all but name: below -87.34 it is subnormal,
 * below -103.98 it rounds to 0, and that tail is where implementations fail.
 *
 * 1/(1 + exp(-x)) as it is written overflows inside: exp(-x) is infinite for x < -88.7228, so the
 * result drops to 0 where 2.9e-39 is due.  Otherwise it is not bad; what limits it is 1 + exp(-x),
 * which rounds off up to half an ulp near x = -16.6, and the division.  The three errors make 2.5
 * ulp even with an exp that is correctly rounded.
 *
 * With t = exp(-|x|) <= 1, s is 1/(1 + t) for x >= 0 and t/(1 + t) for x < 0.  Nothing overflows, t
 * is subnormal just where s is, and nothing is subtracted.  The price: 1 + t and t round
 * separately, so for x < 0 a quotient may come out one ulp below the one before it (about 200,000
 * times among all floats). The naive form does not have that flaw.
 */
#define FUNCTION sigmoid
#include "pass.h"

/* 2.48 ulp at -0x1.0a2bd8p+4; 0 below -88.7228. */
KERNEL(sigmoid_naive)
{
    return 1 / (1 + R(exp)(-x));
}

/* 2.41 ulp at -0x1.0a111ap+2. */
KERNEL(sigmoid_stable)
{
    const real t = R(exp)(-R(fabs)(x));
    return (x < 0 ? t : 1) / (1 + t);
}

#if PASS_HAS_TABLES
#include "tables.h"
KERNEL(sigmoid_table)
{
    return 1 / (1 + table_exp(x < -88 ? 88 : x > 88 ? -88 : -x));
}
#endif

#if PASS_HAS_WORDS
/* A NaN is taken for 88: its bits would make anything, 1 + 2^-23 too. */
VKERNEL(sigmoid_schraudolph)
{
    return v_set(1) / (v_exp_bits(v_min(v_set(88.7f), v_max(v_neg(x), v_set(-88)))) + 1.0f);
}

/* 2.41 ulp at -0x1.0a111ap+2, where the polynomial's t is correctly rounded: the sum and the
 * quotient make the error.  The maximum keeps a NaN, as it picks its second operand then; exp(-104)
 * rounds to 0. */
VKERNEL(sigmoid_poly)
{
    const vf t = v_exp(v_max(v_set(-104), v_neg(v_abs(x))));
    return v_select(v_lt(x, v_set(0)), t, v_set(1)) / (t + 1.0f);
}

/* 3.5 ulp at -0x1.f2346ep+0, fused 3.56 at -0x1.f23df2p+0, where the result is normal; 0 below
 * -88.37. The form as it is written selects nothing, and its steps back are few, 892 of an ulp, all
 * right of 0.  The sum is fused with 2^k.  Division bounds it: see doc/kernels.md. */
VKERNEL(sigmoid_fast)
{
    vf s;
    const vf p = v_exp_parts(v_min(v_set(89), v_max(v_set(-88), v_neg(x))), 0, &s);
    return v_set(1) / v_mad(p, s, v_set(1));
}

/* 0.502 ulp at -0x1.0a4f1ap+6.  exp(-x) overflows in no double for |x| <= 110, and the quotient
 * rounds to a subnormal float once, so that the form as it is written does it. */
WORD vd sigmoid_wide_u1(vd x)
{
    return 1.0 / d_exp_plus_u1(-x, 1);
}
VKERNEL(sigmoid_u1)
{
    return w_narrow(W_EACH(sigmoid_wide_u1, w_widen(v_min(v_set(110), v_max(v_set(-110), x)))));
}

/* Next to 0 the result is 1/2 + x/4 but for x^3/48: ties there are left to sigmoid_exact. */
static float sigmoid_exact(float x)
{
    const two d = two_add((two){1, 0}, two_exp((two){-(double)x, 0}));
    return two_round(two_div((two){1, 0}, d));
}
WORD vd sigmoid_wide_cr(vd x)
{
    return 1.0 / d_exp_plus_cr(-x, 1);
}
VKERNEL(sigmoid_cr)
{
    const vf c = v_min(v_set(110), v_max(v_set(-110), x));
    return v_settle(c, W_EACH(sigmoid_wide_cr, w_widen(c)), 0x1.1p-41, sigmoid_exact);
}
#endif

#if PASS_HAS_DOUBLES
/* 0.568 ulp at -0x1.95890e9f45277p+8, and 0.789 ulp at -0x1.62442d8d0d09cp+9, where the result is a
 * subnormal, which rounds twice.  1/(1 + exp(-x)) as it is written. */
DKERNEL(sigmoid_double_u1)
{
    vd low, scale;
    const vd c = d_min(d_set(800), d_max(d_set(-40), -x));
    const vd high = d_one_plus_exp(c, &low, &scale);
    return d_quotient(d_set(1), high, low) * scale;
}
#endif

/* clang-format off */
ROWS = {
    NAIVE(sigmoid_naive, "1/(1 + exp(-x)), as it is written",
          F32(ALL_BUT(KEEPS_SUBNORMAL), IN(-INFINITY, -104, 0.5), IN(-88.72, INFINITY, 2.49))
          F64(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_MONOTONE),
              IN(-INFINITY, -745.2, 0.5), IN(-709.78, INFINITY, 2.6))
          F16(KEEPS_ALL, EVERYWHERE(0.501))
          BF16(ALL_BUT(KEEPS_SUBNORMAL), IN(-INFINITY, -93, 0.501), IN(-88.5, INFINITY, 0.501)))
    U1(sigmoid_stable, "the stable form",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    LIBM("stable", sigmoid_stable, "exp(-|x|), which never overflows; then one division",
         F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.42))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(2.6))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    TABLE(sigmoid_table, "1/(1 + exp(-x)), exp from a table of 64 powers of 2",
          F32(KEEPS_RANGE | KEEPS_NAN | KEEPS_ZERO | KEEPS_STABLE, IN(-87.3, INFINITY, 310)))
    WORDS("schraudolph", sigmoid_schraudolph, "1/(1 + e), e the bits of a float made from -x/ln 2 + 127",
          F32(KEEPS_RANGE | KEEPS_MONOTONE | KEEPS_ZERO | KEEPS_STABLE, IN(-87.3, INFINITY, 600000)))
    WORDS("poly", sigmoid_poly, "exp(-|x|) as 2^k (1 + P(r)), P of degree 6; then one division",
          F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(2.41, 2.41)))
    WORDS("fast", sigmoid_fast, "1/(1 + exp(-x)), exp as 2^k P(r), P of degree 5",
          F32(ALL_BUT(KEEPS_SUBNORMAL | KEEPS_MONOTONE), IN2(-INFINITY, -104, 0.5, 0.5), IN2(-87.33, INFINITY, 3.5, 3.56)))
    WORDS("u1", sigmoid_u1, "1/(1 + exp(-x)) in double lanes, rounded once",
          F32(KEEPS_ALL, EVERYWHERE(0.502)))
    WORDS("cr", sigmoid_cr, "the same, closer; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    DOUBLES("u1", sigmoid_double_u1, "1/(1 + exp(-x)), the sum and the quotient to more than 53 bits",
            F64(ALL_BUT(KEEPS_MONOTONE), IN2(-INFINITY, -708.3, 0.82, 0.8), IN(-708.29, INFINITY, 0.6)))
    END
};
