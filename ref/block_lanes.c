/* block_lanes.c -- the inner loops of the fast reference, compiled once per ISA.
 *
 *     -DBLOCK_ISA=generic                     everywhere (NEON on AArch64)
 *     -DBLOCK_ISA=avx2    -mavx2 -mfma        x86-64
 *     -DBLOCK_ISA=avx512  -mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx2 -mfma
 *
 * always with -ffp-contract=off.  Each step works on strips of enclosures and keeps the invariant
 * stated in block_lanes.h.  The reasons why it does stand with each step where they are not plain.
 */
#include "block_lanes.h"
#include "block_elementary.h"
#include "truth.h"
#include "block.h"

#ifndef BLOCK_ISA
#define BLOCK_ISA generic
#endif
#define STRING_OF(name) #name
#define STRING(name)    STRING_OF(name)
#define JOIN_OF(a, b)   a##b
#define JOIN(a, b)      JOIN_OF(a, b)
#define ALWAYS_INLINE   static inline __attribute__((always_inline))

#define FOR_VECTORS(i, n) for (int i = 0; i < (n); i += W)

static const double INF = INFINITY;

/* An enclosure in registers. */
struct enclosure {
    V lo, hi;
};

static inline struct enclosure load(struct lanes a, int i)
{
    return (struct enclosure){v_load(a.lo + i), v_load(a.hi + i)};
}

static inline void store(struct lanes r, int i, struct enclosure e)
{
    v_store(r.lo + i, e.lo);
    v_store(r.hi + i, e.hi);
}

static inline bool is_point(struct lanes a)
{
    return a.lo == a.hi;
}

static inline M not_point(struct enclosure a)
{
    return v_lt(a.lo, a.hi);
}
static inline M undefined(struct enclosure a)
{
    return v_unordered(a.lo, a.hi);
}
static inline struct enclosure undefined_where(M m, struct enclosure a)
{
    return (struct enclosure){v_pick(m, v_set(NAN), a.lo), v_pick(m, v_set(NAN), a.hi)};
}
static inline struct enclosure negative(struct enclosure a)
{
    return (struct enclosure){-a.hi, -a.lo};
}
static inline struct enclosure pick(M m, struct enclosure yes, struct enclosure no)
{
    return (struct enclosure){v_pick(m, yes.lo, no.lo), v_pick(m, yes.hi, no.hi)};
}

/* ---- Arithmetic ----
 *
 * An end that rounding does not move is still open if an argument's end was open, for the
 * operations are strictly monotone in each argument (a product with the point 0 is the point 0). */

#define UNARY_STEP(name, expression)                     \
    static void step_##name(const struct step *s, int n) \
    {                                                    \
        FOR_VECTORS(i, n)                                \
        {                                                \
            struct enclosure a = load(s->a, i);          \
            store(s->r, i, expression);                  \
        }                                                \
    }

#define BINARY_STEP(name, expression)                              \
    static void step_##name(const struct step *s, int n)           \
    {                                                              \
        FOR_VECTORS(i, n)                                          \
        {                                                          \
            struct enclosure a = load(s->a, i), b = load(s->b, i); \
            store(s->r, i, expression);                            \
        }                                                          \
    }

static inline struct enclosure sum(struct enclosure a, struct enclosure b)
{
    return (struct enclosure){add_dn(a.lo, b.lo), add_up(a.hi, b.hi)};
}

/* 0 times infinity: the infinity is an open end, the product is 0 there. */
static inline V zero_if_nan(V a)
{
    return v_pick(v_unordered(a, a), v_set(0), a);
}

static inline struct enclosure product(struct enclosure a, struct enclosure b)
{
    V lo1 = zero_if_nan(mul_dn(a.lo, b.lo)), lo2 = zero_if_nan(mul_dn(a.lo, b.hi));
    V lo3 = zero_if_nan(mul_dn(a.hi, b.lo)), lo4 = zero_if_nan(mul_dn(a.hi, b.hi));
    V hi1 = zero_if_nan(mul_up(a.lo, b.lo)), hi2 = zero_if_nan(mul_up(a.lo, b.hi));
    V hi3 = zero_if_nan(mul_up(a.hi, b.lo)), hi4 = zero_if_nan(mul_up(a.hi, b.hi));
    struct enclosure r = {v_min(v_min(lo1, lo2), v_min(lo3, lo4)),
                          v_max(v_max(hi1, hi2), v_max(hi3, hi4))};
    return undefined_where(m_or(undefined(a), undefined(b)), r);
}

/* a > 0, or the point 0: the end of a is chosen by the sign of b's. */
static inline struct enclosure product_nonnegative(struct enclosure a, struct enclosure b)
{
    V zero = v_set(0);
    a.lo = v_max(zero, a.lo);
    return (struct enclosure){mul_dn(v_pick(v_le(zero, b.lo), a.lo, a.hi), b.lo),
                              mul_up(v_pick(v_lt(zero, b.hi), a.hi, a.lo), b.hi)};
}

/* |a|; if a may be 0 the lower end must be below it. */
static inline struct enclosure magnitude(struct enclosure a)
{
    M positive = v_le(v_set(0), a.lo), negative_ = v_le(a.hi, v_set(0));
    struct enclosure both = {v_set(-0x1p-1074), v_max(-a.lo, a.hi)};
    struct enclosure r = pick(positive, a, pick(negative_, negative(a), both));
    return undefined_where(undefined(a), r);
}

static inline struct enclosure square(struct enclosure a)
{
    a = magnitude(a);
    V lo = v_pick(v_le(v_set(0), a.lo), mul_dn(a.lo, a.lo), a.lo);
    return (struct enclosure){lo, mul_up(a.hi, a.hi)};
}

/* b > 0; a + 0 turns a zero's sign to +, so that division by an end gives the right infinity. */
static inline struct enclosure quotient_positive(struct enclosure a, struct enclosure b)
{
    V zero = v_set(0);
    b.lo = v_max(zero, b.lo) + zero;
    b.hi += zero;
    struct enclosure r = {div_dn(a.lo, v_pick(v_le(zero, a.lo), b.hi, b.lo)),
                          div_up(a.hi, v_pick(v_lt(zero, a.hi), b.lo, b.hi))};
    return undefined_where(v_eq(b.hi, zero), r);
}

static inline struct enclosure quotient(struct enclosure a, struct enclosure b)
{
    V zero = v_set(0);
    M below = v_le(b.hi, zero), across = m_and(v_lt(b.lo, zero), v_lt(zero, b.hi));
    struct enclosure r =
        quotient_positive(pick(below, negative(a), a), pick(below, negative(b), b));
    M point_zero = m_and(v_eq(b.lo, zero), v_eq(b.hi, zero));
    return undefined_where(m_or(m_or(across, point_zero), m_or(undefined(a), undefined(b))), r);
}

/* The larger of a and b.  Where a point is not the larger one for sure, the value may be the point
 * itself. */
static inline struct enclosure maximum(struct enclosure a, struct enclosure b)
{
    struct enclosure r = {v_max(a.lo, b.lo), v_max(a.hi, b.hi)};
    M a_open = m_and(v_eq(a.lo, a.hi), m_and(v_lt(b.lo, a.lo), v_lt(a.lo, b.hi)));
    M b_open = m_and(v_eq(b.lo, b.hi), m_and(v_lt(a.lo, b.lo), v_lt(b.lo, a.hi)));
    r.lo = v_pick(m_or(a_open, b_open), v_next_down(r.lo), r.lo);
    return undefined_where(m_or(undefined(a), undefined(b)), r);
}

static inline struct enclosure square_root(struct enclosure a)
{
    return undefined_where(v_lt(a.lo, v_set(0)), (struct enclosure){sqrt_dn(a.lo), sqrt_up(a.hi)});
}

UNARY_STEP(neg, negative(a))
UNARY_STEP(abs, magnitude(a))
UNARY_STEP(square, square(a))
UNARY_STEP(sqrt, square_root(a))
BINARY_STEP(add, sum(a, b))
BINARY_STEP(sub, sum(a, negative(b)))
BINARY_STEP(mul, product(a, b))
BINARY_STEP(mul_nonnegative, product_nonnegative(a, b))
BINARY_STEP(div, quotient(a, b))
BINARY_STEP(div_positive, quotient_positive(a, b))
BINARY_STEP(max, maximum(a, b))
BINARY_STEP(min, negative(maximum(negative(a), negative(b))))

/* ---- Elementary functions ----
 *
 * f rises.  The lower end comes from f at the lower end of the argument; the upper end from there
 * too, by a bound of the growth over the argument's width, so that a narrow argument costs one
 * evaluation; by a second evaluation where the argument is wide.  Then what is known of f without
 * computing. */

static inline struct enclosure widened(V y, double bound)
{
    V e = v_fma(v_abs(y), v_set(bound), v_set(TINY));
    return (struct enclosure){y - e, y + e};
}

/* Where the sign of f is that of X. */
static inline struct enclosure sign_of(struct enclosure x, struct enclosure r)
{
    V zero = v_set(0);
    return (struct enclosure){v_pick(v_le(zero, x.lo), v_max(zero, r.lo), r.lo),
                              v_pick(v_le(x.hi, zero), v_min(zero, r.hi), r.hi)};
}

static inline struct enclosure within(double lo, double hi, struct enclosure r)
{
    return (struct enclosure){v_max(v_set(lo), r.lo), v_min(v_set(hi), r.hi)};
}

/* Beyond MAX the function is only known to be larger than there, below MIN to be above FLOOR. */
static inline struct enclosure beyond(struct enclosure x, double min, double floor, double max,
                                      struct enclosure r)
{
    return (struct enclosure){v_pick(v_lt(x.lo, v_set(min)), v_set(floor), r.lo),
                              v_pick(v_lt(v_set(max), x.hi), v_set(INF), r.hi)};
}

/* What makes a step out of a rising function: its value at a point; an upper bound at x + w given
 * one, HI, at x, where narrow() holds; and the facts. */
struct rising {
    V (*value)(V x);
    double bound;
    M (*narrow)(V x, V w);
    V (*grow)(V x, V hi, V w);
    struct enclosure (*facts)(struct enclosure x, struct enclosure r);
};

ALWAYS_INLINE struct enclosure rising_at(const struct rising *f, struct enclosure x, bool point)
{
    struct enclosure r = widened(f->value(x.lo), f->bound);
    if (!point) {
        V w = add_up(x.hi, -x.lo);
        if (f->narrow && m_all(f->narrow(x.lo, w)))
            r.hi = f->grow(x.lo, r.hi, w);
        else
            r.hi = widened(f->value(x.hi), f->bound).hi;
    }
    return f->facts(x, r);
}

#define RISING_STEP(name, ...)                                                      \
    static void step_##name(const struct step *s, int n)                            \
    {                                                                               \
        static const struct rising f = {__VA_ARGS__};                               \
        if (is_point(s->a))                                                         \
            FOR_VECTORS(i, n)                                                       \
        store(s->r, i, rising_at(&f, load(s->a, i), true));                         \
        else FOR_VECTORS(i, n) store(s->r, i, rising_at(&f, load(s->a, i), false)); \
    }

#define NARROW 0x1p-6

/* A little upward: pays for a handful of roundings. */
static inline V upward(V a)
{
    return a * (1 + 0x1p-40);
}

static inline M narrow_alone(V x, V w)
{
    (void)x;
    return v_le(w, v_set(NARROW));
}

/* e^w <= 1 + w + w^2 for 0 <= w <= 1; the roundings are paid for by EXP_BOUND. */
static inline V exp_grow(V x, V hi, V w)
{
    (void)x;
    return hi * v_fma(w, 1 + w, v_set(1));
}
static inline struct enclosure exp_facts(struct enclosure x, struct enclosure r)
{
    return beyond(x, -EXP_MAX, 0, EXP_MAX, r);
}
static inline struct enclosure exp2_facts(struct enclosure x, struct enclosure r)
{
    return beyond(x, -EXP2_MAX, 0, EXP2_MAX, r);
}

/* expm1(x + w) = expm1(x) + (1 + expm1(x)) (e^w - 1). */
static inline V expm1_grow(V x, V hi, V w)
{
    (void)x;
    return add_up(hi, upward((1 + hi) * (w * (1 + w))));
}
static inline struct enclosure expm1_facts(struct enclosure x, struct enclosure r)
{
    r.lo = v_max(v_set(-1), r.lo);
    return sign_of(x, beyond(x, -INF, 0, EXP_MAX, r));
}

/* log(x + w) <= log x + w / x. */
static inline M log_narrow(V x, V w)
{
    return v_le(w, NARROW * x);
}
static inline V log_grow(V x, V hi, V w)
{
    return add_up(hi, upward(w / x));
}
static inline struct enclosure log_facts(struct enclosure x, struct enclosure r)
{
    V zero = v_set(0);
    struct enclosure one_less = {x.lo - 1, x.hi - 1}; /* only its signs are used */
    r = sign_of(one_less, beyond(x, LOG_MIN, -INF, LOG_MAX, r));
    return undefined_where(m_or(v_lt(x.lo, zero), v_le(x.hi, zero)), r);
}

/* log(1 + x + w) <= log(1 + x) + w / (1 + x); the rounding of 1 + x matters only near -1. */
static inline M log1p_narrow(V x, V w)
{
    return m_and(v_le(v_set(-0.75), x), v_le(w, NARROW * (1 + x)));
}
static inline V log1p_grow(V x, V hi, V w)
{
    return add_up(hi, upward(w / (1 + x)));
}
static inline struct enclosure log1p_facts(struct enclosure x, struct enclosure r)
{
    V minus_one = v_set(-1);
    r = sign_of(x, beyond(x, LOG1P_MIN, -INF, LOG_MAX, r));
    return undefined_where(m_or(v_lt(x.lo, minus_one), v_le(x.hi, minus_one)), r);
}

/* tanh' <= 1. */
static inline V tanh_grow(V x, V hi, V w)
{
    (void)x;
    return add_up(hi, w);
}
static inline struct enclosure tanh_facts(struct enclosure x, struct enclosure r)
{
    return sign_of(x, within(-1, 1, r));
}

static inline struct enclosure sinh_facts(struct enclosure x, struct enclosure r)
{
    return sign_of(x, beyond(x, -EXP_MAX, -INF, EXP_MAX, r));
}
static inline struct enclosure cosh_facts(struct enclosure x, struct enclosure r)
{
    return beyond(x, -INF, 0, EXP_MAX, r);
}

/* erf' <= 2/sqrt(pi) < 1.1284. */
static inline V erf_grow(V x, V hi, V w)
{
    (void)x;
    return add_up(hi, upward(1.1284 * w));
}

/* erfc(-v) rises in v.  -erfc'(t)/erfc(t) <= t + sqrt(t^2 + 2) for t >= 0 and <= 1.13 below, so it
 * is at most s = 2 max(t, 0) + 1.4143, and growth over w at most e^(s w) <= 1 + s w + (s w)^2. */
static inline V erfc_of_negative(V v)
{
    return erfc_value(-v);
}
static inline V erfc_slope(V v)
{
    return 2 * v_max(v_set(0), -v) + 1.4143;
}
static inline M erfc_narrow(V v, V w)
{
    return v_le(w * erfc_slope(v), v_set(NARROW));
}
static inline V erfc_grow(V v, V hi, V w)
{
    V z = upward(w * erfc_slope(v));
    return hi * v_fma(z, 1 + z, v_set(1));
}
static inline struct enclosure erfc_facts(struct enclosure v, struct enclosure r)
{
    r.lo = v_pick(v_lt(v.lo, v_set(-ERFC_MAX)), v_set(0), r.lo);
    r.hi = v_min(v_set(2), r.hi);
    return r;
}

RISING_STEP(exp, exp_value, EXP_BOUND, narrow_alone, exp_grow, exp_facts)
RISING_STEP(exp2, exp2_value, EXP_BOUND, narrow_alone, exp_grow, exp2_facts) /* ln 2 < 1 */
RISING_STEP(expm1, expm1_value, EXPM1_BOUND, narrow_alone, expm1_grow, expm1_facts)
RISING_STEP(log, log_value, LOG_BOUND, log_narrow, log_grow, log_facts)
RISING_STEP(log1p, log1p_value, LOG_BOUND, log1p_narrow, log1p_grow, log1p_facts)
RISING_STEP(tanh, tanh_value, TANH_BOUND, narrow_alone, tanh_grow, tanh_facts)
RISING_STEP(sinh, sinh_value, SINH_BOUND, NULL, NULL, sinh_facts)
RISING_STEP(erf, erf_value, ERF_BOUND, narrow_alone, erf_grow, tanh_facts)

static void step_erfc(const struct step *s, int n)
{
    static const struct rising f = {erfc_of_negative, ERFC_BOUND, erfc_narrow, erfc_grow,
                                    erfc_facts};
    bool point = is_point(s->a);
    FOR_VECTORS(i, n)
    store(s->r, i, rising_at(&f, negative(load(s->a, i)), point));
}

/* cosh is even, and rises in |x|. */
static void step_cosh(const struct step *s, int n)
{
    static const struct rising f = {cosh_value, COSH_BOUND, NULL, NULL, cosh_facts};
    bool point = is_point(s->a);
    FOR_VECTORS(i, n)
    {
        struct enclosure x = magnitude(load(s->a, i));
        x.lo = v_max(v_set(0), x.lo);
        store(s->r, i, rising_at(&f, x, point));
    }
}

/* ---- Booleans and choice ---- */

static inline struct enclosure boolean(M yes, M no)
{
    return (struct enclosure){v_pick(yes, v_set(1), v_set(0)), v_pick(no, v_set(0), v_set(1))};
}

/* a < b for sure: their intervals touch at most in an open end. */
static inline M surely_less(struct enclosure a, struct enclosure b)
{
    M open = m_or(not_point(a), not_point(b));
    return m_or(v_lt(a.hi, b.lo), m_and(v_eq(a.hi, b.lo), open));
}

static inline struct enclosure equal(struct enclosure a, struct enclosure b)
{
    M same = m_and(v_eq(a.lo, a.hi), m_and(v_eq(a.lo, b.lo), v_eq(b.lo, b.hi)));
    return boolean(same, m_or(surely_less(a, b), surely_less(b, a)));
}

/* Where the condition is not known, the hull of both, an end of which may be a point. */
static inline struct enclosure choice(struct enclosure condition, struct enclosure b,
                                      struct enclosure c)
{
    M yes = v_eq(condition.lo, v_set(1)), no = v_eq(condition.hi, v_set(0));
    if (m_all(m_or(yes, no)))
        return pick(yes, b, c);
    struct enclosure hull = {v_next_down(v_min(b.lo, c.lo)), v_next_up(v_max(b.hi, c.hi))};
    hull = undefined_where(m_or(undefined(b), undefined(c)), hull);
    return pick(yes, b, pick(no, c, hull));
}

BINARY_STEP(lt, boolean(surely_less(a, b), v_le(b.hi, a.lo)))
BINARY_STEP(le, boolean(v_le(a.hi, b.lo), surely_less(b, a)))
BINARY_STEP(eq, equal(a, b))
BINARY_STEP(and, ((struct enclosure){v_min(a.lo, b.lo), v_min(a.hi, b.hi)}))
BINARY_STEP(or, ((struct enclosure){v_max(a.lo, b.lo), v_max(a.hi, b.hi)}))
UNARY_STEP(not, ((struct enclosure){1 - a.hi, 1 - a.lo}))

static void step_if(const struct step *s, int n)
{
    FOR_VECTORS(i, n)
    store(s->r, i, choice(load(s->a, i), load(s->b, i), load(s->c, i)));
}

/* ---- Rounding decisions ---- */

static inline V ulp_at(const struct lane_rounding *r, V v)
{
    return v_max(v_set(r->min_normal), v_binade(v)) * r->ulp_of_one;
}

/* V to the nearest multiple of U, ties to even: the sum lies where doubles are U apart. */
static inline V to_multiple(V v, V u)
{
    V magic = u * 0x1.8p52;
    return (v + magic) - magic;
}

static inline V clamped(const struct lane_rounding *r, V v)
{
    return clamp(v, -4 * r->top_binade, 4 * r->top_binade);
}

/* What lies beyond the largest finite number becomes infinite, or in directed rounding towards zero
 * that largest number. */
static inline V overflow(const struct lane_rounding *r, V v, double beyond_max, double beyond_min)
{
    v = v_pick(v_lt(v_set(r->max), v), v_set(beyond_max), v);
    return v_pick(v_lt(v, v_set(-r->max)), v_set(beyond_min), v);
}

/* Both ends to nearest.  Just above LO a tie goes up, just below HI it goes down. */
static inline struct enclosure nearest(const struct lane_rounding *r, struct enclosure z)
{
    M open = not_point(z);
    V lo = clamped(r, z.lo), hi = clamped(r, z.hi);
    V ulo = ulp_at(r, lo), uhi = ulp_at(r, hi);
    V rlo = to_multiple(lo, ulo), rhi = to_multiple(hi, uhi);
    M tie_lo = m_and(open, v_eq(v_abs(lo - rlo), 0.5 * ulo));
    M tie_hi = m_and(open, v_eq(v_abs(hi - rhi), 0.5 * uhi));
    rlo = v_pick(tie_lo, lo + 0.5 * ulo, rlo);
    rhi = v_pick(tie_hi, hi - 0.5 * uhi, rhi);
    return (struct enclosure){overflow(r, rlo, INF, -INF), overflow(r, rhi, INF, -INF)};
}

/* Both ends downward.  Just below HI means at most the double below it. */
static inline struct enclosure downward(const struct lane_rounding *r, struct enclosure z)
{
    z.hi = v_pick(not_point(z), v_next_down(z.hi), z.hi);
    V lo = clamped(r, z.lo), hi = clamped(r, z.hi);
    V ulo = ulp_at(r, lo), uhi = ulp_at(r, hi);
    V rlo = to_multiple(lo, ulo), rhi = to_multiple(hi, uhi);
    rlo = v_pick(v_lt(lo, rlo), rlo - ulo, rlo);
    rhi = v_pick(v_lt(hi, rhi), rhi - uhi, rhi);
    return (struct enclosure){overflow(r, rlo, r->max, -INF), overflow(r, rhi, r->max, -INF)};
}

static inline struct enclosure rounded(const struct lane_rounding *r, struct enclosure z)
{
    if (r->direction == MPFR_RNDN)
        return nearest(r, z);
    if (r->direction == MPFR_RNDD)
        return downward(r, z);
    struct enclosure up = negative(downward(r, negative(z)));
    if (r->direction == MPFR_RNDU)
        return up;
    return pick(v_le(v_set(0), z.lo), downward(r, z), up);
}

/* Whether all values of Z have the same ulp: an open end that is a power of two belongs to the
 * binade towards zero. */
static inline M one_binade(const struct lane_rounding *r, struct enclosure z)
{
    M open = not_point(z);
    V lo = v_pick(m_and(open, v_lt(z.lo, v_set(0))), v_next_up(z.lo), z.lo);
    V hi = v_pick(m_and(open, v_lt(v_set(0), z.hi)), v_next_down(z.hi), z.hi);
    V least = v_set(r->min_normal), most = v_set(r->top_binade);
    V blo = v_max(least, v_min(most, v_binade(lo))), bhi = v_max(least, v_min(most, v_binade(hi)));
    return v_eq(blo, bhi);
}

/* The value Z rounds to, where known. */
static inline M decided(const struct lane_rounding *r, struct enclosure z, V *value)
{
    struct enclosure e = rounded(r, z);
    M negative_ = v_lt(z.lo, v_set(0));
    M across = m_and(negative_, v_lt(v_set(0), z.hi));
    M same = m_and(v_eq(e.lo, e.hi), m_not(m_and(across, v_eq(e.lo, v_set(0)))));
    *value = v_with_sign(v_abs(e.lo), v_pick(negative_, v_set(-0.0), v_set(0.0)));
    return m_and(m_and(same, one_binade(r, z)), m_not(undefined(z)));
}

/* Bit patterns in f32 of values that are f32. */
static inline void store_f32(uint32_t *out, V v)
{
#if defined(__AVX512F__)
    _mm256_storeu_si256((__m256i *)out, _mm256_castps_si256(_mm512_cvtpd_ps(v)));
#elif defined(__AVX2__)
    _mm_storeu_si128((__m128i *)out, _mm_castps_si128(_mm256_cvtpd_ps(v)));
#else
    float f[W];
    for (int i = 0; i < W; i++)
        f[i] = (float)v[i];
    memcpy(out, f, sizeof f);
#endif
}

/* The same value's pattern in f16, for values that are f16. */
static inline uint32_t f16_from_f32(uint32_t bits)
{
    uint32_t sign = bits >> 16 & 0x8000, a = bits & 0x7fffffff;
    float f;
    memcpy(&f, &a, sizeof f);
    uint32_t subnormal = (uint32_t)(f < 0x1p-14f ? f * 0x1p24f : 0);
    uint32_t normal = a == 0x7f800000 ? 0x7c00 : (a >> 13) - 0x1c000;
    return sign | (a >= 0x38800000 ? normal : subnormal);
}

/* Patterns in FORMAT of the f32 patterns of values that are of it. */
static inline void to_format(enum format format, uint32_t *bits)
{
    if (format == FORMAT_BF16)
        for (int i = 0; i < W; i++)
            bits[i] >>= 16;
    else if (format == FORMAT_F16)
        for (int i = 0; i < W; i++)
            bits[i] = f16_from_f32(bits[i]);
}

/* Sets the tier of W lanes: TIER, or TIER_EXACT where the enclosure is a point. */
static inline void store_tiers(struct enclosure z, int tier, uint8_t *tiers)
{
    memset(tiers, tier, W);
    for (unsigned exact = m_bits(v_eq(z.lo, z.hi)); exact; exact &= exact - 1)
        tiers[__builtin_ctz(exact)] = TIER_EXACT;
}

/* Decides the lanes of one vector that are in BITS; returns those that stay undecided. */
static unsigned decide_vector(const struct lane_rounding *r, struct enclosure z, unsigned bits,
                              int tier, uint32_t *due, uint8_t *tiers)
{
    V value;
    uint32_t pattern[W];
    uint8_t kind[W];
    unsigned yes = m_bits(decided(r, z, &value)) & bits;
    store_f32(pattern, value);
    to_format(r->format, pattern);
    store_tiers(z, tier, kind);
    if (yes == ALL_LANES) {
        memcpy(due, pattern, sizeof pattern);
        memcpy(tiers, kind, sizeof kind);
    } else {
        for (unsigned left = yes; left; left &= left - 1) {
            int i = __builtin_ctz(left);
            due[i] = pattern[i];
            tiers[i] = kind[i];
        }
    }
    return bits & ~yes;
}

/* Stores the f32 nearest to LO; returns the lanes where that of HI has the same bits. */
static inline unsigned store_if_same_f32(uint32_t *out, V lo, V hi)
{
#if defined(__AVX512F__)
    __m256i a = _mm256_castps_si256(_mm512_cvtpd_ps(lo));
    __m256i b = _mm256_castps_si256(_mm512_cvtpd_ps(hi));
    _mm256_storeu_si256((__m256i *)out, a);
    return _mm256_cmpeq_epi32_mask(a, b);
#elif defined(__AVX2__)
    __m128i a = _mm_castps_si128(_mm256_cvtpd_ps(lo)), b = _mm_castps_si128(_mm256_cvtpd_ps(hi));
    _mm_storeu_si128((__m128i *)out, a);
    return (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(a, b)));
#else
    unsigned same = 0;
    uint32_t b[W];
    store_f32(out, lo);
    store_f32(b, hi);
    for (int i = 0; i < W; i++)
        same |= (unsigned)(out[i] == b[i]) << i;
    return same;
#endif
}

/* The common case: f32, to nearest, both ends in one binade of doubles and of one sign.  True if
 * that decided all lanes.  Adding 0 turns -0 to +0, as an exact zero should be. */
static inline bool decide_simply(struct enclosure z, int tier, uint32_t *due, uint8_t *tiers)
{
    const int64_t sign_and_exponent = -(INT64_C(1) << 52);
    M alike = i_eq((I)z.lo & i_set(sign_and_exponent), (I)z.hi & i_set(sign_and_exponent));
    V zero = v_set(0);
    alike = m_and(alike, m_not(undefined(z)));
    if ((store_if_same_f32(due, z.lo + zero, z.hi + zero) & m_bits(alike)) != ALL_LANES)
        return false;
    store_tiers(z, tier, tiers);
    return true;
}

static int decide(const struct lane_rounding *r, const double *lo, const double *hi, int n,
                  int tier, uint32_t *due, uint8_t *tiers)
{
    static const uint8_t all_undecided[W] = {TIER_UNDECIDED};
    bool simple = r->format == FORMAT_F32 && r->direction == MPFR_RNDN;
    int undecided = 0;
    FOR_VECTORS(i, n)
    {
        struct enclosure z = {v_load(lo + i), v_load(hi + i)};
        bool whole = i + W <= n && memcmp(tiers + i, all_undecided, W) == 0;
        if (whole && simple && decide_simply(z, tier, due + i, tiers + i))
            continue;
        unsigned bits = 0;
        for (int j = 0; j < W && i + j < n; j++)
            bits |= (unsigned)(tiers[i + j] == TIER_UNDECIDED) << j;
        if (bits)
            bits = decide_vector(r, z, bits, tier, due + i, tiers + i);
        undecided += __builtin_popcount(bits);
    }
    return undecided;
}

/* ---- Near zero ---- */

/* a^m for a > 0, m >= 0. */
static inline struct enclosure power(struct enclosure a, int m)
{
    struct enclosure p = {v_set(1), v_set(1)};
    while (m-- > 0)
        p = (struct enclosure){mul_dn(p.lo, a.lo), mul_up(p.hi, a.hi)};
    return p;
}

static inline struct enclosure series_at(const struct series *s, struct enclosure a, bool point)
{
    struct enclosure q = {v_set(s->q_lo), v_set(s->q_hi)}, c = {v_set(s->c_lo), v_set(s->c_hi)};
    if (point) {
        V y = horner(s->coeff, SERIES_TERMS, a.lo);
        q.lo = v_max(y - s->slack, q.lo);
        q.hi = v_min(y + s->slack, q.hi);
    }
    return sum(product_nonnegative(power(a, s->m), c), product_nonnegative(power(a, s->k), q));
}

static void near_zero(const struct series *s, bool negative_side, struct lanes x, struct lanes z,
                      int n)
{
    bool point = is_point(x);
    V zero = v_set(0);
    FOR_VECTORS(i, n)
    {
        struct enclosure a = load(x, i);
        if (negative_side)
            a = negative(a);
        M here = m_and(v_le(zero, a.lo), m_and(v_lt(zero, a.hi), v_le(a.hi, v_set(s->radius))));
        if (!m_any(here))
            continue;
        a = within(0, s->radius, a);
        struct enclosure old = load(z, i), new = series_at(s, a, point);
        new.lo = v_max(old.lo, new.lo);
        new.hi = v_min(old.hi, new.hi);
        store(z, i, pick(here, new, old));
    }
}

static void fill(double *to, double value, int n)
{
    int i = 0;
    for (; i + W <= n; i += W)
        v_store(to + i, v_set(value));
    for (; i < n; i++)
        to[i] = value;
}

static void hull(const double *x, int n, double *min, double *max)
{
    V lo = v_set(INF), hi = v_set(-INF);
    int i = 0;
    for (; i + W <= n; i += W) {
        V v = v_load(x + i);
        lo = v_min(lo, v);
        hi = v_max(hi, v);
    }
    *min = INF;
    *max = -INF;
    for (int j = 0; j < W; j++) {
        *min = lo[j] < *min ? lo[j] : *min;
        *max = hi[j] > *max ? hi[j] : *max;
    }
    for (; i < n; i++) {
        *min = x[i] < *min ? x[i] : *min;
        *max = x[i] > *max ? x[i] : *max;
    }
}

const struct lane_isa JOIN(block_lanes_, BLOCK_ISA) = {
    .name = STRING(BLOCK_ISA),
    .width = W,
    .step =
        {
            [LANE_ADD] = step_add,
            [LANE_SUB] = step_sub,
            [LANE_MUL] = step_mul,
            [LANE_MUL_NONNEGATIVE] = step_mul_nonnegative,
            [LANE_SQUARE] = step_square,
            [LANE_DIV] = step_div,
            [LANE_DIV_POSITIVE] = step_div_positive,
            [LANE_NEG] = step_neg,
            [LANE_ABS] = step_abs,
            [LANE_MIN] = step_min,
            [LANE_MAX] = step_max,
            [LANE_SQRT] = step_sqrt,
            [LANE_EXP] = step_exp,
            [LANE_EXP2] = step_exp2,
            [LANE_EXPM1] = step_expm1,
            [LANE_LOG] = step_log,
            [LANE_LOG1P] = step_log1p,
            [LANE_SINH] = step_sinh,
            [LANE_COSH] = step_cosh,
            [LANE_TANH] = step_tanh,
            [LANE_ERF] = step_erf,
            [LANE_ERFC] = step_erfc,
            [LANE_IF] = step_if,
            [LANE_LT] = step_lt,
            [LANE_LE] = step_le,
            [LANE_EQ] = step_eq,
            [LANE_AND] = step_and,
            [LANE_OR] = step_or,
            [LANE_NOT] = step_not,
        },
    .decide = decide,
    .near_zero = near_zero,
    .hull = hull,
    .fill = fill,
};
