/* block_vec.h -- vectors of doubles: the few words in which the fast reference is written.
 *
 * V holds W doubles, I as many 64-bit integers, M one truth per lane.  Plain + - * / work on V and
 * I (they are compiler vectors on every machine) and round to nearest.  The words below are what
 * the compilers do not offer portably; each has the same meaning on every ISA:
 *
 *   v_set v_load v_store v_abs v_fma v_min v_max v_round      as their names say
 *   v_lt v_le v_eq v_unordered i_eq, m_and m_or m_not, v_pick      comparisons, and choice by them
 *   v_next_down v_next_up                                     the neighbouring doubles
 *   add_dn add_up mul_dn mul_up div_dn div_up sqrt_dn sqrt_up directed rounding
 *
 * Directed rounding is the heart: an operation that is exact returns its result from both words,
 * one that is not returns the two doubles around it (AVX-512 by embedded rounding, others from the
 * sign of the exact error of the nearest result).  Only where the result or the error would
 * underflow, or without an FMA overflow, the emulation may be one double wider.  A result whose
 * sign is known never crosses zero.
 *
 * v_min(a, b) is a < b ? a : b and v_max(a, b) is a > b ? a : b: with a NaN on either side, b.
 *
 * The file is compiled once per ISA, with the compiler's flags choosing the branch.  To add an ISA:
 * a branch in the first section, if the generic one (two lanes; NEON where there is NEON) will not
 * do.
 */
#ifndef REF_BLOCK_VEC_H
#define REF_BLOCK_VEC_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__AVX512F__)
enum { W = 8 };
#elif defined(__AVX2__)
enum { W = 4 };
#else
enum { W = 2 };
#endif

typedef double V __attribute__((vector_size(8 * W)));
typedef int64_t I __attribute__((vector_size(8 * W)));
typedef uint64_t U __attribute__((vector_size(8 * W)));

static inline V v_set(double x)
{
    V v;
    for (int i = 0; i < W; i++)
        v[i] = x;
    return v;
}

static inline I i_set(int64_t x)
{
    I v;
    for (int i = 0; i < W; i++)
        v[i] = x;
    return v;
}

static inline V v_load(const double *p)
{
    V v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void v_store(double *p, V v)
{
    memcpy(p, &v, sizeof v);
}

static inline V v_abs(V a)
{
    return (V)((I)a & i_set(INT64_MAX));
}
static inline V v_sign(V a)
{
    return (V)((I)a & i_set(INT64_MIN));
} /* +0 or -0 */
static inline V v_with_sign(V magnitude, V sign)
{
    return (V)((I)magnitude | (I)sign);
}

/* ---- Masks, choice, minimum, FMA: by ISA ---- */

#if defined(__AVX512F__)

typedef __mmask8 M;
static inline M v_lt(V a, V b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ);
}
static inline M v_le(V a, V b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ);
}
static inline M v_eq(V a, V b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ);
}
static inline M v_unordered(V a, V b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_UNORD_Q);
}
static inline M i_eq(I a, I b)
{
    return _mm512_cmpeq_epi64_mask((__m512i)a, (__m512i)b);
}
static inline M m_and(M a, M b)
{
    return a & b;
}
static inline M m_or(M a, M b)
{
    return a | b;
}
static inline M m_not(M a)
{
    return ~a;
}
static inline unsigned m_bits(M a)
{
    return a;
} /* bit i: lane i */
static inline V v_pick(M m, V yes, V no)
{
    return _mm512_mask_mov_pd(no, m, yes);
}
static inline V v_min(V a, V b)
{
    return _mm512_min_pd(a, b);
}
static inline V v_max(V a, V b)
{
    return _mm512_max_pd(a, b);
}
static inline V v_fma(V a, V b, V c)
{
    return _mm512_fmadd_pd(a, b, c);
}
#define BLOCK_HAS_FMA 1

#elif defined(__AVX2__)

typedef V M;
static inline M v_lt(V a, V b)
{
    return _mm256_cmp_pd(a, b, _CMP_LT_OQ);
}
static inline M v_le(V a, V b)
{
    return _mm256_cmp_pd(a, b, _CMP_LE_OQ);
}
static inline M v_eq(V a, V b)
{
    return _mm256_cmp_pd(a, b, _CMP_EQ_OQ);
}
static inline M v_unordered(V a, V b)
{
    return _mm256_cmp_pd(a, b, _CMP_UNORD_Q);
}
static inline M i_eq(I a, I b)
{
    return (M)(a == b);
}
static inline M m_and(M a, M b)
{
    return _mm256_and_pd(a, b);
}
static inline M m_or(M a, M b)
{
    return _mm256_or_pd(a, b);
}
static inline M m_not(M a)
{
    return (M) ~(I)a;
}
static inline unsigned m_bits(M a)
{
    return _mm256_movemask_pd(a);
}
static inline V v_pick(M m, V yes, V no)
{
    return _mm256_blendv_pd(no, yes, m);
}
static inline V v_min(V a, V b)
{
    return _mm256_min_pd(a, b);
}
static inline V v_max(V a, V b)
{
    return _mm256_max_pd(a, b);
}
static inline V v_fma(V a, V b, V c)
{
    return _mm256_fmadd_pd(a, b, c);
}
#define BLOCK_HAS_FMA 1

#else

typedef I M;
static inline M v_lt(V a, V b)
{
    return a < b;
}
static inline M v_le(V a, V b)
{
    return a <= b;
}
static inline M v_eq(V a, V b)
{
    return a == b;
}
static inline M v_unordered(V a, V b)
{
    return ~((a == a) & (b == b));
}
static inline M i_eq(I a, I b)
{
    return a == b;
}
static inline M m_and(M a, M b)
{
    return a & b;
}
static inline M m_or(M a, M b)
{
    return a | b;
}
static inline M m_not(M a)
{
    return ~a;
}
static inline unsigned m_bits(M a)
{
    return (unsigned)(a[0] & 1) | (unsigned)(a[1] & 2);
}
static inline V v_pick(M m, V yes, V no)
{
    return (V)(((I)yes & m) | ((I)no & ~m));
}
static inline V v_min(V a, V b)
{
    return v_pick(v_lt(a, b), a, b);
}
static inline V v_max(V a, V b)
{
    return v_pick(v_lt(b, a), a, b);
}
#if defined(__aarch64__)
static inline V v_fma(V a, V b, V c)
{
    return (V)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
}
#define BLOCK_HAS_FMA 1
#else
static inline V v_fma(V a, V b, V c)
{
    return a * b + c;
} /* two roundings: the proofs allow it */
#define BLOCK_HAS_FMA 0
#endif

#endif

enum { ALL_LANES = (1 << W) - 1 };
static inline int m_any(M a)
{
    return m_bits(a) != 0;
}
static inline int m_all(M a)
{
    return m_bits(a) == ALL_LANES;
}

/* ---- Bits ---- */

/* The nearest integer, for |a| < 2^51; and 2^k for the integer k = v_round(a), |k| <= 1022. */
static inline V v_round(V a)
{
    return (a + 0x1.8p52) - 0x1.8p52;
}
static inline V v_pow2(V k)
{
    return (V)(((I)(k + 0x1.8p52) << 52) + i_set(INT64_C(1023) << 52));
}

/* 2^e where 2^e <= |a| < 2^(e+1), for normal a; inf for infinities and NaN. */
static inline V v_binade(V a)
{
    return (V)((I)a & i_set(INT64_C(0x7ff) << 52));
}

/* The exponent e of a positive normal A, and A 2^-e in [1, 2). */
static inline V v_exponent(V a)
{
    I e = (I)((U)a >> 52);
    return (V)(e | i_set(INT64_C(0x433) << 52)) - (0x1p52 + 1023);
}
static inline V v_mantissa(V a)
{
    return (V)(((I)a & i_set((INT64_C(1) << 52) - 1)) | i_set(INT64_C(0x3ff) << 52));
}

/* The next double below; -inf and NaN stay. */
static inline V v_next_down(V a)
{
    V step = v_pick(v_lt(v_set(0), a), (V)i_set(-1), (V)i_set(1));
    V next = (V)((I)a + (I)step);
    next = v_pick(v_eq(a, v_set(0)), v_set(-0x1p-1074), next);
    return v_pick(v_lt(v_set(-INFINITY), a), next, a);
}
static inline V v_next_up(V a)
{
    return -v_next_down(-a);
}

/* ---- Directed rounding ---- */

#if defined(__AVX512F__)

enum {
    DN = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC,
    UP = _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC
};
static inline V add_dn(V a, V b)
{
    return _mm512_add_round_pd(a, b, DN);
}
static inline V add_up(V a, V b)
{
    return _mm512_add_round_pd(a, b, UP);
}
static inline V mul_dn(V a, V b)
{
    return _mm512_mul_round_pd(a, b, DN);
}
static inline V mul_up(V a, V b)
{
    return _mm512_mul_round_pd(a, b, UP);
}
static inline V div_dn(V a, V b)
{
    return _mm512_div_round_pd(a, b, DN);
}
static inline V div_up(V a, V b)
{
    return _mm512_div_round_pd(a, b, UP);
}
static inline V sqrt_dn(V a)
{
    return _mm512_sqrt_round_pd(a, DN);
}
static inline V sqrt_up(V a)
{
    return _mm512_sqrt_round_pd(a, UP);
}

#else

/* RESULT is a rounded result and EXCESS has the sign of exact - RESULT.  A NaN for EXCESS means
 * that it is not known. */
static inline V dn_by(V result, V excess)
{
    return v_pick(v_le(v_set(0), excess), result, v_next_down(result));
}
static inline V up_by(V result, V excess)
{
    return v_pick(v_le(excess, v_set(0)), result, v_next_up(result));
}

/* Below this magnitude a product or quotient may have lost its error to underflow. */
#define SAFE 0x1p-960

/* The exact error of SUM = a + b (Knuth); NaN where it overflows. */
static inline V sum_error(V a, V b, V sum)
{
    V t = sum - a;
    return (a - (sum - t)) + (b - t);
}

#if BLOCK_HAS_FMA
/* The exact error of PRODUCT = a b, wherever |PRODUCT| >= SAFE. */
static inline V product_error(V a, V b, V product)
{
    return v_fma(a, b, -product);
}
#else
/* The same by splitting (Veltkamp, Dekker), and NaN where that may overflow. */
static inline V product_error(V a, V b, V product)
{
    V ca = a * 0x1.0000002p27, cb = b * 0x1.0000002p27;
    V ah = ca - (ca - a), bh = cb - (cb - b);
    V al = a - ah, bl = b - bh;
    V e = ((ah * bh - product) + ah * bl + al * bh) + al * bl;
    return v_pick(v_lt(v_abs(product), v_set(0x1p1000)), e, v_set(NAN));
}
#endif

static inline V not_known(V excess, M unless)
{
    return v_pick(unless, excess, v_set(NAN));
}

/* Keeps a result that underflowed on its side of zero: SIGN is that of the exact one. */
static inline V dn_signed(V lo, V sign)
{
    return v_pick(v_eq(v_with_sign(v_set(1), v_sign(sign)), v_set(1)), v_max(v_set(0), lo), lo);
}
static inline V up_signed(V hi, V sign)
{
    return v_pick(v_eq(v_with_sign(v_set(1), v_sign(sign)), v_set(1)), hi, v_min(v_set(0), hi));
}

static inline V add_dn(V a, V b)
{
    V s = a + b;
    return dn_by(s, sum_error(a, b, s));
}
static inline V add_up(V a, V b)
{
    V s = a + b;
    return up_by(s, sum_error(a, b, s));
}

static inline V sign_of_product(V a, V b)
{
    return (V)((I)a ^ (I)b);
}

/* The error of p = a b, NaN where it is not known. */
static inline V mul_excess(V a, V b, V p)
{
    V e = not_known(product_error(a, b, p), v_le(v_set(SAFE), v_abs(p)));
    return v_pick(m_or(v_eq(a, v_set(0)), v_eq(b, v_set(0))), v_set(0), e);
}
static inline V mul_dn(V a, V b)
{
    V p = a * b;
    if (m_all(v_le(v_set(SAFE), v_abs(p))))
        return dn_by(p, product_error(a, b, p));
    return dn_signed(dn_by(p, mul_excess(a, b, p)), sign_of_product(a, b));
}
static inline V mul_up(V a, V b)
{
    V p = a * b;
    if (m_all(v_le(v_set(SAFE), v_abs(p))))
        return up_by(p, product_error(a, b, p));
    return up_signed(up_by(p, mul_excess(a, b, p)), sign_of_product(a, b));
}

/* The sign of a / b - q is that of (a - q b) / b. */
static inline V div_excess(V a, V b, V q)
{
#if BLOCK_HAS_FMA
    V r = v_fma(-q, b, a);
#else
    V p = q * b, r = (a - p) - product_error(q, b, p);
#endif
    V e = (V)((I)r ^ (I)v_sign(b));
    M safe = m_and(v_le(v_set(SAFE), v_abs(a)), v_le(v_set(SAFE), v_abs(q)));
    safe = m_and(safe, v_le(v_set(SAFE), v_abs(b)));
    return v_pick(v_eq(a, v_set(0)), v_set(0), not_known(e, safe));
}
static inline V div_dn(V a, V b)
{
    V q = a / b;
    return dn_signed(dn_by(q, div_excess(a, b, q)), sign_of_product(a, b));
}
static inline V div_up(V a, V b)
{
    V q = a / b;
    return up_signed(up_by(q, div_excess(a, b, q)), sign_of_product(a, b));
}

static inline V v_sqrt(V a)
{
#if defined(__AVX2__)
    return _mm256_sqrt_pd(a);
#elif defined(__aarch64__)
    return (V)vsqrtq_f64((float64x2_t)a);
#else
    V r;
    for (int i = 0; i < W; i++)
        r[i] = sqrt(a[i]);
    return r;
#endif
}
static inline V sqrt_excess(V a, V s)
{
#if BLOCK_HAS_FMA
    V r = v_fma(-s, s, a);
#else
    V p = s * s, r = (a - p) - product_error(s, s, p);
#endif
    return v_pick(v_eq(a, v_set(0)), v_set(0), not_known(r, v_le(v_set(SAFE), a)));
}
static inline V sqrt_dn(V a)
{
    V s = v_sqrt(a);
    return v_max(v_set(0), dn_by(s, sqrt_excess(a, s)));
}
static inline V sqrt_up(V a)
{
    V s = v_sqrt(a);
    return up_by(s, sqrt_excess(a, s));
}

#endif

#endif
