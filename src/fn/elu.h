/* elu.h -- x where it is positive, otherwise alpha (exp(z) - 1): elu with z = x, celu with
 * z = x/alpha.
 *
 * Where z is less than -17.4, exp(z) - 1 is -1 in floats; it is held at -40.
 */
#ifndef FN_ELU_H
#define FN_ELU_H

#if PASS_HAS_WORDS
/* In floats.  The sign of z is given to the zero of -0. */
WORD vf v_elu_u1(vf x, vf z, vf alpha)
{
    const vf e = v_copysign(v_expm1_negative(v_max(v_set(-40), z)), z);
    return v_select(v_gt(x, v_set(0)), x, alpha * e);
}

/* The left branch within 2^-43, and rounded from a double-double. */
WORD vd d_elu_cr(vd z, vd alpha)
{
    return alpha * d_expm1_cr(d_max(d_set(-40), z));
}
WORD float two_elu(two z, float alpha)
{
    return two_round(two_mul((two){alpha, 0}, two_expm1(z)));
}

/* x, or `left', which is within 2^-43 of exact(x, alpha), rounded to that. */
WORD vf v_elu_cr(vf x, vw left, vf alpha, float (*exact)(float, float))
{
    const vf y = v_settle_with(x, left, 0x1p-43, exact, v_lane0(alpha));
    return v_select(v_gt(x, v_set(0)), x, v_copysign(y, x));
}
#endif

#endif
