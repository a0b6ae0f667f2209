/* exact.h -- correct rounding: the test whether a double decides how a result rounds, and
 * double-double arithmetic for the lanes where it does not.
 *
 *     VKERNEL(exp_cr)
 *     {
 *         return v_settle(x, W_EACH(d_exp_cr, w_widen(x)), 0x1.1p-41, exp_exact);
 *     }
 *
 * The double y in each lane is within e |y| of the exact result; where y (1 - e) and y (1 + e)
 * round to the same float, that is it.  Elsewhere, one lane in some 2^16, exp_exact(x) is asked: a
 * scalar function in `two' numbers below, which are unevaluated sums of two doubles, good to
 * 2^-95 or so.  No float asks for more (tests/check-exhaustive.sh).
 *
 * The only fused step here is the rest of a product, which is exact either way: both arithmetic
 * classes get the same bits.
 */
#ifndef SIMD_EXACT_H
#define SIMD_EXACT_H

/* high + low, |low| <= ulp(high)/2. */
typedef struct {
    double high, low;
} two;

WORD two two_sum_ordered(double a, double b) /* |a| >= |b| or a = 0 */
{
    const double s = a + b;
    return (two){s, b - (s - a)};
}
WORD two two_sum(double a, double b)
{
    const double s = a + b, t = s - a;
    return (two){s, (a - (s - t)) + (b - t)};
}

/* Without fused steps by halves of 26 bits, whose products are exact. */
WORD two two_product(double a, double b)
{
    const double p = a * b;
#ifdef V_FUSED
    return (two){p, __builtin_fma(a, b, -p)};
#else
    const double ca = a * 0x1.0000002p27, cb = b * 0x1.0000002p27;
    const double ah = ca - (ca - a), bh = cb - (cb - b), al = a - ah, bl = b - bh;
    return (two){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
#endif
}

WORD two two_add(two a, two b)
{
    two s = two_sum(a.high, b.high);
    const two t = two_sum(a.low, b.low);
    s = two_sum_ordered(s.high, s.low + t.high);
    return two_sum_ordered(s.high, s.low + t.low);
}
WORD two two_mul(two a, two b)
{
    const two p = two_product(a.high, b.high);
    return two_sum_ordered(p.high, p.low + (a.high * b.low + a.low * b.high));
}
WORD two two_negated(two a)
{
    return (two){-a.high, -a.low};
}
WORD two two_scaled(two a, double power) /* a power of two */
{
    return (two){a.high * power, a.low * power};
}

/* Long division, three digits. */
WORD two two_div(two a, two b)
{
    const double q = a.high / b.high;
    const two r = two_add(a, two_negated(two_mul((two){q, 0}, b)));
    const double q2 = r.high / b.high;
    const two r2 = two_add(r, two_negated(two_mul((two){q2, 0}, b)));
    const two sum = two_sum_ordered(q, q2);
    return two_sum_ordered(sum.high, sum.low + r2.high / b.high);
}

/* exp(x) - 1 for |x| < 700, relative to itself within 2^-95: of a sixteenth of r by its series,
 * whose term 14 is below 2^-113, then doubled four times by e(2r) = e (2 + e).  The coefficients
 * 14!/k! are integers, and one division remains. */
static two two_expm1(two x)
{
    const double n = (x.high * 0x1.71547652b82fep0 + D_MAGIC) - D_MAGIC;
    const two ln2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
    const double rest = 0x1.7b57a079a1934p-111;
    two r = two_add(x, two_negated(two_add(two_product(n, ln2.high), two_product(n, ln2.low))));
    r = two_scaled(two_add(r, (two){-n * rest, 0}), 0x1p-4);
    double c = 1;
    two p = {1, 0};
    for (int k = 14; k > 1; k--) {
        c *= k;
        p = two_add(two_mul(r, p), (two){c, 0});
    }
    p = two_div(two_mul(r, p), (two){c, 0});
    for (int k = 0; k < 4; k++)
        p = two_mul(p, two_add((two){2, 0}, p));
    const uint64_t bits = (uint64_t)(1023 + (int64_t)n) << 52;
    double s;
    memcpy(&s, &bits, sizeof s);
    return two_add(two_scaled(p, s), two_sum(s, -1));
}

WORD two two_exp(two x)
{
    return two_add(two_expm1(x), (two){1, 0});
}

/* log(1 + t) for -1 < t, relative to itself within 2^-94: one step of Newton's. */
static __attribute__((unused)) two two_log1p(two t)
{
    const two y = {log1p(t.high), 0}, e = two_expm1(y);
    return two_add(y, two_div(two_add(t, two_negated(e)), two_add(e, (two){1, 0})));
}

/* Of a double: one step of Heron's. */
WORD two two_sqrt(two a)
{
    const double s = sqrt(a.high);
    if (s == 0)
        return (two){s, 0};
    const two rest = two_add(a, two_negated(two_product(s, s)));
    return two_sum_ordered(s, rest.high / (2 * s));
}

/* To the nearest float.  The double is made odd where it is not exact, so that rounding it again
 * does no harm: it then cannot be a tie. */
WORD float two_round(two a)
{
    uint64_t bits;
    memcpy(&bits, &a.high, sizeof bits);
    if (a.low != 0 && !(bits & 1))
        bits += (a.low > 0) == (a.high > 0) ? 1 : -(uint64_t)1;
    memcpy(&a.high, &bits, sizeof bits);
    return (float)a.high;
}

/* y[i], for the lanes that are true in m, as exact(x[i]) or, with a parameter, with(x[i], p). */
static __attribute__((noinline, cold, unused)) void v_again(float *y, const float *x,
                                                            const uint32_t *m,
                                                            float (*exact)(float),
                                                            float (*with)(float, float), float p)
{
    for (int i = 0; i < VL; i++)
        if (m[i])
            y[i] = exact ? exact(x[i]) : with(x[i], p);
}
WORD vf v_redo(vf x, vf y, vm m, float (*exact)(float), float (*with)(float, float), float p)
{
    if (__builtin_expect(!v_any(m), 1))
        return y;
    float at[VL], value[VL];
    uint32_t mask[VL];
    const vu lanes = v_mask(m);
    v_store(at, x);
    v_store(value, y);
    memcpy(mask, &lanes, sizeof mask);
    v_again(value, at, mask, exact, with, p);
    return v_load(value);
}

WORD vd d_times(vd a, double b)
{
    return a * b;
}

/* y rounded, y being within e |y| of the result, which is exact(x). */
WORD vf v_settle(vf x, vw y, double e, float (*exact)(float))
{
    const vf low = w_narrow(W_EACH(d_times, y, 1 - e)), high = w_narrow(W_EACH(d_times, y, 1 + e));
    return v_redo(x, low, v_differ(low, high), exact, NULL, 0);
}

/* The same where the result is with(x, p). */
WORD vf v_settle_with(vf x, vw y, double e, float (*with)(float, float), float p)
{
    const vf low = w_narrow(W_EACH(d_times, y, 1 - e)), high = w_narrow(W_EACH(d_times, y, 1 + e));
    return v_redo(x, low, v_differ(low, high), NULL, with, p);
}

/* v_settle for a function that is x/2 + c x^2 next to 0, c > 0.  There every other subnormal is
 * next to a tie, and above it. */
WORD vf v_settle_half(vf x, vw y, double e, float (*exact)(float))
{
    const vf low = w_narrow(W_EACH(d_times, y, 1 - e)), high = w_narrow(W_EACH(d_times, y, 1 + e));
    const vm open = v_both(v_differ(low, high), v_gt(v_abs(x), v_set(0x1p-100f)));
    return v_redo(x, v_max(low, high), open, exact, NULL, 0);
}

#endif
