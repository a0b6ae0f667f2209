/* gradient.h -- the gradients of silu, gelu and their kin in double lanes.
 *
 * Each has one simple root, next to which the sum that it is cancels.  There a polynomial takes
 * over, d P(d) with the distance d from the root.  The roots and the coefficients are those that
 * tools/gradients.sollya prints, the polynomials within 2^-31.8.
 */
#ifndef FN_GRADIENT_H
#define FN_GRADIENT_H

#if PASS_HAS_WORDS
struct root {
    double high, low; /* the root is their sum */
    double c[8];      /* coefficients of P, from the constant term on */
};

/* x less the root: exact next to it, but for the rounding of `low'. */
WORD vd d_from_root(vd x, const struct root *root)
{
    return (x - root->high) - root->low;
}

/* d P(d) for |d| < 1/4, otherwise y. */
WORD vd d_about_root(vd d, const struct root *root, vd y)
{
    vd p = d_set(root->c[7]);
    p = d_mad(p, d, d_set(root->c[6]));
    p = d_mad(p, d, d_set(root->c[5]));
    p = d_mad(p, d, d_set(root->c[4]));
    p = d_mad(p, d, d_set(root->c[3]));
    p = d_mad(p, d, d_set(root->c[2]));
    p = d_mad(p, d, d_set(root->c[1]));
    p = d_mad(p, d, d_set(root->c[0]));
    return d_select(d_lt(d_abs(d), d_set(0.25)), d * p, y);
}

/* The derivative of x s(v), v a function of x and s the sigmoid: s(v) (1 + x v' s(-v)). */
WORD vd d_gated_grad(vd v, vd xdv)
{
    const vd e = d_exp_u1(-v), s = 1.0 / (e + 1.0);
    return s * d_mad(xdv, e * s, d_set(1));
}

/* silu'(v), d the distance of v from its root. */
static const struct root silu_grad_root = {
    -0x1.474973c84120bp0,
    -0x1.f8d74bc9ac154p-54,
    {0x1.be14104630665p-3, 0x1.2c563458f751dp-3, 0x1.353eb2bfcf4f1p-6, -0x1.f2d0e76b38fb7p-7,
     -0x1.b0f4cbcf5b68bp-8, 0x1.09def01ec56ccp-13, 0x1.9ff569920eed7p-11, 0x1.7d9a7b596c305p-13}};
WORD vd d_silu_grad(vd v, vd d)
{
    return d_about_root(d, &silu_grad_root, d_gated_grad(v, v));
}
#endif

#endif
