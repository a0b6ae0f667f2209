/* exp.c -- the exponential.
 *
 * Every activation with a tail stands on it.  What tells implementations apart is less the middle
 * than the ends: overflow at 88.7228 and not before, subnormal results down to -103.97, infinities,
 * NaN.  See v_exp in ../simd/vmath.h.
 */
#define FUNCTION exp
#include "pass.h"

/* 0.51 ulp at -0x1.ce651ep-8. */
KERNEL(exp_libm)
{
    return R(exp)(x);
}

#if PASS_HAS_TABLES
#include "tables.h"
KERNEL(exp_table)
{
    return table_exp(x < -88 ? -88 : x > 89 ? 89 : x);
}
#endif

#if PASS_HAS_WORDS
/* A NaN is taken for -88: its bits would make anything, negative numbers too. */
VKERNEL(exp_schraudolph)
{
    return v_exp_bits(v_min(v_set(88.7f), v_max(x, v_set(-88))));
}

/* A NaN is the second operand of both. */
WORD vf exp_clamp(vf x)
{
    return v_min(v_set(89), v_max(v_set(-104), x));
}

/* 2.51 ulp at -0x1.b55ab2p+4, fused 2.28 at -0x1.77ae48p+1; 2,866 steps back by an ulp. */
VKERNEL(exp_fast)
{
    vf k;
    const vf r = v_reduce(exp_clamp(x), &k);
    return v_scale(v_exp_poly5(r), k);
}

/* 0.92 ulp at 0x1.da69dp+5; 2,900 steps back by an ulp.  Without fused steps the roundings of
 * floats add up to more than an ulp: there in double lanes, 0.502 ulp. */
VKERNEL(exp_u1)
{
#ifdef V_FUSED
    return v_exp_u1(exp_clamp(x));
#else
    return w_narrow(W_EACH(d_exp_u1, w_widen(exp_clamp(x))));
#endif
}

/* One lane in 2^16 goes to exp_exact; so do the few next to x = 0 where 1 + x is a tie. */
static float exp_exact(float x)
{
    return two_round(two_exp((two){x, 0}));
}
VKERNEL(exp_cr)
{
    const vf c = exp_clamp(x);
    return v_settle(c, W_EACH(d_exp_cr, w_widen(c)), 0x1.1p-41, exp_exact);
}
#endif

/* clang-format off */
ROWS = {
    LIBM("libm", exp_libm, "exp of the C library",
         F32(KEEPS_ALL, EVERYWHERE(0.51))
         F64(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE(0.7))
         F16(KEEPS_ALL, EVERYWHERE(0.501))
         BF16(KEEPS_ALL, EVERYWHERE(0.501)))
    U1(exp_libm, "exp of the C library",
       F16(CORRECT, EVERYWHERE(0.5)) BF16(CORRECT, EVERYWHERE(0.5)))
    TABLE(exp_table, "2^k 2^(i/64) (1 + r), 64 powers in a table",
          F32(KEEPS_RANGE | KEEPS_NAN | KEEPS_ZERO | KEEPS_STABLE, IN(-87.3, 88.7, 302)))
    WORDS("schraudolph", exp_schraudolph, "the bits of a float made from x/ln 2 + 127",
          F32(KEEPS_RANGE | KEEPS_MONOTONE | KEEPS_ZERO | KEEPS_STABLE, IN(-87.3, 88.7, 600000)))
    WORDS("fast", exp_fast, "2^k P(r), P of degree 5", F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(2.51, 2.28)))
    WORDS("u1", exp_u1, "2^k P(r), P of degree 6", F32(ALL_BUT(KEEPS_MONOTONE), EVERYWHERE2(0.502, 0.92)))
    WORDS("cr", exp_cr, "table and degree 5 in double lanes; where the rounding is open, double-double",
          F32(CORRECT, EVERYWHERE(0.5)))
    END
};
