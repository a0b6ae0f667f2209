/* pass.h -- the words in which src/fn/ describes kernels.
 *
 * A pass compiles every file of src/fn/ once, for one dtype and one ISA, into a library of its own:
 *
 *     -DACTULP_PASS=avx2 -DACTULP_DTYPE=f32 -mavx2 -mfma -ffp-contract=off
 *
 *     scalar     f32 f64 f16 bf16: plain C and libm, not vectorised
 *     fastmath   f32: the naive bodies alone, compiled with -ffast-math on purpose; isa scalar
 *     wide       f16 bf16: the u1 rows alone, computed in double; isa scalar
 *     fma        f32 f64: the vector words with one lane and fused steps
 *     sse2 avx2 avx512 neon    f32 f64: the vector words
 *
 * It exports, for the file sigmoid.c, the rows `kernels_sigmoid_f32_avx2', and from table.c the
 * list of them all, `kernel_pass_f32_avx2'.  A file of this folder reads
 *
 *     #define FUNCTION sigmoid
 *     #include "pass.h"
 *
 *     KERNEL(sigmoid_naive) { return 1 / (1 + R(exp)(-x)); }      over a real x
 *     VKERNEL(sigmoid_poly) { ... }                               over a vf x: ../simd/words.h
 *     DKERNEL(sigmoid_double_u1) { ... }                          over a vd x, for f64
 *     KERNEL(leaky_relu_naive, alpha) { ... }                     with a parameter
 *
 *     ROWS = {
 *         NAIVE(sigmoid_naive, "1/(1 + exp(-x)), as it is written",
 *               F32(keeps, IN(-87.3, INFINITY, 2.6))
 *               F64(...) F16(...) BF16(...))
 *         LIBM("stable", sigmoid_stable, "how", F32(...) F64(...) F16(...) BF16(...))
 *         U1(sigmoid_stable, "how", F16(...) BF16(...))
 *         WORDS("poly", sigmoid_poly, "how", F32(keeps, EVERYWHERE2(2.5, 2.4)))
 *         DOUBLES("u1", sigmoid_double_u1, "how", F64(keeps, EVERYWHERE(0.6)))
 *         END
 *     };
 *
 * Rows appear in the passes that suit them: NAIVE in the scalar and fastmath ones, LIBM in the
 * scalar ones, TABLE in the scalar f32 one, U1 in the wide ones as the method u1, WORDS in every
 * f32 pass but fastmath, FUSED in those of them that fuse, DOUBLES in every f64 pass.
 *
 * F32(...) and its like are the promise for that dtype: what is kept (enum keeps), and up to three
 * intervals of x, each with a bound in ulps found by measuring.  Under -ffast-math
 * nothing is promised.  IN2 and EVERYWHERE2 give a bound for each arithmetic class.
 *
 * KERNEL bodies compute in `real': float, or double for f64 and in the wide passes; f16 and bf16
 * are widened to it and rounded from it.  R(exp) and R(0.5) are libm's function and a constant of
 * that type, REST(low, low64) what R() rounded off, REAL_MIN and REAL_MAX its smallest normal and
 * largest number.
 */
#ifndef FN_PASS_H
#define FN_PASS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "../kernel.h"

#define PASS_PASTE_(a, b) a##b
#define PASS_PASTE(a, b)  PASS_PASTE_(a, b)
#define PASS_TEXT_(a)     #a
#define PASS_TEXT(a)      PASS_TEXT_(a)

/* The words on the command line as numbers; an unknown word is 0. */
#define PASS_scalar   1
#define PASS_fastmath 2
#define PASS_fma      3
#define PASS_sse2     4
#define PASS_avx2     5
#define PASS_avx512   6
#define PASS_neon     7
#define PASS_wide     8
#define PASS          PASS_PASTE(PASS_, ACTULP_PASS)

#define DTYPE_f32  1
#define DTYPE_f64  2
#define DTYPE_f16  3
#define DTYPE_bf16 4
#define DTYPE      PASS_PASTE(DTYPE_, ACTULP_DTYPE)

#if PASS == 0 || DTYPE == 0
#error "ACTULP_PASS or ACTULP_DTYPE is not a word that pass.h knows"
#endif

#if PASS == PASS_fma
#define PASS_ISA ISA_FMA
#elif PASS == PASS_sse2
#define PASS_ISA ISA_SSE2
#elif PASS == PASS_avx2
#define PASS_ISA ISA_AVX2
#elif PASS == PASS_avx512
#define PASS_ISA ISA_AVX512
#elif PASS == PASS_neon
#define PASS_ISA ISA_NEON
#else
#define PASS_ISA ISA_SCALAR
#endif

/* stem_f32_avx2 */
#define PASS_SYMBOL(stem) PASS_PASTE(stem, PASS_PASTE(_, PASS_PASTE(ACTULP_DTYPE, PASS_SUFFIX)))
#define PASS_SUFFIX       PASS_PASTE(_, ACTULP_PASS)

/* Numbers: stored in arrays as `stored', computed with as `real'. */
#if DTYPE == DTYPE_f64 || PASS == PASS_wide
typedef double real;
#define R(word)          word
#define REST(low, low64) low64
#define REAL_MIN         0x1p-1022
#define REAL_MAX         0x1.fffffffffffffp1023
#else
typedef float real;
#define R(word)          word##f
#define REST(low, low64) low
#define REAL_MIN         0x1p-126f
#define REAL_MAX         0x1.fffffep127f
#endif
#if DTYPE == DTYPE_f64
typedef double stored;
#elif DTYPE == DTYPE_f32
typedef float stored;
#else
typedef uint16_t stored;
#endif

#if DTYPE == DTYPE_f16 || DTYPE == DTYPE_bf16
#include "half.h"
#else
static inline real pass_widen(stored v)
{
    return v;
}
static inline stored pass_round(real v)
{
    return v;
}
#endif

/* Elements are reached through memcpy, so that any address will do. */
static inline real pass_load(const char *p, size_t i)
{
    stored v;
    memcpy(&v, p + i * sizeof v, sizeof v);
    return pass_widen(v);
}
static inline void pass_store(char *p, size_t i, real r)
{
    const stored v = pass_round(r);
    memcpy(p + i * sizeof v, &v, sizeof v);
}

/* KERNEL(name), KERNEL(name, p) and KERNEL(name, p, q) make the loop over the array and open the
 * body of the function that it calls for each element. */
#define PASS_PICK(name, p, q, count, ...) count
#define PASS_COUNT(...)                   PASS_PICK(__VA_ARGS__, 2, 1, 0, )

#define KERNEL(...) PASS_PASTE(PASS_KERNEL, PASS_COUNT(__VA_ARGS__))(__VA_ARGS__)

#define PASS_KERNEL0(name)    PASS_KERNEL(name, (real x), (x))
#define PASS_KERNEL1(name, p) PASS_KERNEL(name, (real x, real p), (x, (real)param[0]))
#define PASS_KERNEL2(name, p, q) \
    PASS_KERNEL(name, (real x, real p, real q), (x, (real)param[0], (real)param[1]))

#define PASS_KERNEL(name, arguments, values)                                      \
    static inline real name##_at arguments;                                       \
    __attribute__((unused)) static void name(const void *in, void *out, size_t n, \
                                             const double *param)                 \
    {                                                                             \
        (void)param;                                                              \
        for (size_t i = 0; i < n; i++) {                                          \
            const real x = pass_load(in, i);                                      \
            pass_store(out, i, name##_at values);                                 \
        }                                                                         \
    }                                                                             \
    static inline real name##_at arguments

/* VKERNEL: the same over vectors, two at a time, so that the steps of one fill the waits of the
 * other. The tail runs the same body on a vector filled up with zeros.  DKERNEL: over vectors of
 * double. */
#if DTYPE == DTYPE_f32
#define PASS_HAS_WORDS   1
#define PASS_HAS_DOUBLES 0
#elif DTYPE == DTYPE_f64
#define PASS_HAS_WORDS   0
#define PASS_HAS_DOUBLES 1
#else
#define PASS_HAS_WORDS   0
#define PASS_HAS_DOUBLES 0
#endif
#if PASS_HAS_WORDS || PASS_HAS_DOUBLES
#include "../simd/words.h"
#define PASS_AT(vector, load, y, from, name, values) \
    do {                                             \
        const vector x = load(from);                 \
        y = name##_at values;                        \
    } while (0)
#define PASS_LANES(name, arguments, values, vector, w, count)                        \
    WORD vector name##_at arguments;                                                 \
    __attribute__((unused)) static void name(const void *in, void *out, size_t n,    \
                                             const double *param)                    \
    {                                                                                \
        const stored *from = in;                                                     \
        stored *to = out;                                                            \
        (void)param;                                                                 \
        for (; n >= 2 * count; n -= 2 * count, from += 2 * count, to += 2 * count) { \
            vector first, second;                                                    \
            PASS_AT(vector, w##_load, first, from, name, values);                    \
            PASS_AT(vector, w##_load, second, from + count, name, values);           \
            w##_store(to, first);                                                    \
            w##_store(to + count, second);                                           \
        }                                                                            \
        for (; n >= count; n -= count, from += count, to += count) {                 \
            const vector x = w##_load(from);                                         \
            w##_store(to, name##_at values);                                         \
        }                                                                            \
        if (n > 0) {                                                                 \
            const vector x = w##_load_part(from, n);                                 \
            w##_store_part(to, name##_at values, n);                                 \
        }                                                                            \
    }                                                                                \
    WORD vector name##_at arguments
#endif
#if PASS_HAS_WORDS
#define VKERNEL(...)           PASS_PASTE(PASS_VKERNEL, PASS_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define PASS_VPARAM(i)         v_set((float)param[i])
#define PASS_VKERNEL0(name)    PASS_LANES(name, (vf x), (x), vf, v, VL)
#define PASS_VKERNEL1(name, p) PASS_LANES(name, (vf x, vf p), (x, PASS_VPARAM(0)), vf, v, VL)
#define PASS_VKERNEL2(name, p, q) \
    PASS_LANES(name, (vf x, vf p, vf q), (x, PASS_VPARAM(0), PASS_VPARAM(1)), vf, v, VL)
#endif
#if PASS_HAS_DOUBLES
#include "../simd/double.h"
#define DKERNEL(...)           PASS_PASTE(PASS_DKERNEL, PASS_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define PASS_DKERNEL0(name)    PASS_LANES(name, (vd x), (x), vd, d, DL)
#define PASS_DKERNEL1(name, p) PASS_LANES(name, (vd x, vd p), (x, d_set(param[0])), vd, d, DL)
#define DOUBLES                PASS_ROW
#else
#define DOUBLES PASS_NO_ROW
#endif

/* Rows. */
#define ROWS const struct kernel PASS_SYMBOL(PASS_PASTE(kernels_, FUNCTION))[]
#define END          \
    {                \
        .call = NULL \
    }
#define PASS_ROW(m, f, h, ...)         \
    {.function = PASS_TEXT(FUNCTION),  \
     .dtype = PASS_TEXT(ACTULP_DTYPE), \
     .method = m,                      \
     .isa = PASS_ISA,                  \
     .call = f,                        \
     .how = h,                         \
     .promise = __VA_ARGS__},
#define PASS_NO_ROW(...)

#if PASS == PASS_scalar
#define NAIVE(f, h, ...) PASS_ROW("naive", f, h, __VA_ARGS__)
#define LIBM             PASS_ROW
#elif PASS == PASS_fastmath
/* What -ffast-math makes of a body is the compiler's choice: nothing can be promised. */
#define NAIVE(f, h, ...) \
    PASS_ROW("naive-fastmath", f, h ", compiled with -ffast-math", {.keeps = 0})
#define LIBM PASS_NO_ROW
#else
#define NAIVE PASS_NO_ROW
#define LIBM  PASS_NO_ROW
#endif
#if PASS == PASS_wide
#define U1(f, h, ...) PASS_ROW("u1", f, h ", in double, rounded once", __VA_ARGS__)
#else
#define U1 PASS_NO_ROW
#endif
#if PASS_HAS_WORDS && PASS != PASS_fastmath
#define WORDS PASS_ROW
#else
#define WORDS PASS_NO_ROW
#endif

/* Tables are looked up one element at a time. */
#if PASS == PASS_scalar && DTYPE == DTYPE_f32
#define PASS_HAS_TABLES  1
#define TABLE(f, h, ...) PASS_ROW("table", f, h, __VA_ARGS__)
#else
#define PASS_HAS_TABLES 0
#define TABLE           PASS_NO_ROW
#endif

#if PASS_HAS_WORDS && defined V_FUSED
#define FUSED PASS_ROW
#else
#define FUSED PASS_NO_ROW
#endif

/* Promises. */
#define PASS_PROMISE(kept, ...)                   \
    {                                             \
        .keeps = (kept), .bound = { __VA_ARGS__ } \
    }
#define PASS_NO_PROMISE(...)
#define F32  PASS_NO_PROMISE
#define F64  PASS_NO_PROMISE
#define F16  PASS_NO_PROMISE
#define BF16 PASS_NO_PROMISE
#if DTYPE == DTYPE_f32
#undef F32
#define F32 PASS_PROMISE
#elif DTYPE == DTYPE_f64
#undef F64
#define F64 PASS_PROMISE
#elif DTYPE == DTYPE_f16
#undef F16
#define F16 PASS_PROMISE
#elif DTYPE == DTYPE_bf16
#undef BF16
#define BF16 PASS_PROMISE
#endif
#define ALL_BUT(kept)     (KEEPS_ALL & ~(unsigned)(kept))
#define CORRECT           (KEEPS_ALL | KEEPS_CR)
#define CORRECT_BUT(kept) (CORRECT & ~(unsigned)(kept))

#define EXACT 0.001 /* the bound of an exact result; 0 would end the list */

#define IN(lo, hi, ulp)          \
    {                            \
        (lo), (hi), (ulp), (ulp) \
    }
#define FINITE(ulp)             IN(-REAL_MAX, REAL_MAX, ulp)
#define EVERYWHERE(ulp)         IN(-INFINITY, INFINITY, ulp)
#define EVERYWHERE2(plain, fma) IN2(-INFINITY, INFINITY, plain, fma)
#define IN2(lo, hi, plain, fma)    \
    {                              \
        (lo), (hi), (plain), (fma) \
    }

#endif
