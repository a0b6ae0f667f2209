/* words.h -- the words that vector kernels are written in, for the ISA of this pass.
 *
 * A kernel in src/fn/ is written once, over vectors of VL floats, in the words below; each ISA has
 * a header that spells them.  The scalar headers do it with VL = 1, so `poly' of the scalar pass is
 * the same source.  + - * / work on vf, and + - & | ^ << >> on vu, in every ISA.
 *
 *     VL                               lanes in a vector
 *     vf vu vm                         VL floats, VL uint32_t, VL truth values
 *     v_set(a) vu_set(a)               a in every lane
 *     v_load(p) v_store(p, v)          VL floats at any address
 *     v_load_part(p, n)                the first n < VL of them, the others 0
 *     v_store_part(p, v, n)            the first n < VL; nothing beyond is touched
 *     v_lane0(v)                       the first of them, a float
 *     v_bits(v) v_from_bits(u)         the same bits as the other type
 *     v_mad(a, b, c) v_nmad(a, b, c)   c + a b and c - a b, rounded once (fma) or twice (plain)
 *     v_sqrt(v)                        correctly rounded
 *     v_min(a, b) v_max(a, b)          a < b ? a : b and a > b ? a : b: b where either is NaN
 *     v_lt v_le v_gt v_ge v_eq         truth values; false with a NaN
 *     v_isnan(v)                       a truth value
 *     v_select(m, a, b) v_keep(m, a)   m ? a : b and m ? a : +0
 *     v_mask(m)                        as a vu: all ones or all zeros
 *     v_abs(v) v_neg(v)                sign bit cleared, flipped
 *     v_copysign(v, s)                 v with the sign bit of s
 *     v_pow2(k)                        2^k; k integral in [-126, 127]
 *     v_scale(v, k)                    v 2^k rounded once, gradually underflowing; k integral in
 *                                      [-252, 254], and 0 or such that v 2^(k/2) is normal
 *     v_differ(a, b)                   a truth value: their bits are not the same
 *     v_both(m, n) v_any(m)            both true; true in some lane (a bool)
 *
 * The lanes of a vf widened to double, for results that are rounded to float only once:
 *
 *     vd vq vt                         doubles, uint64_t, truth values: one or two of these make
 *     vw                               a wide vector, the VL lanes of a vf as doubles
 *     w_widen(v) w_narrow(w)           from and to vf; rounded once, underflowing gradually
 *     W_EACH(f, w, ...)                f(vd, ...) of the parts of w, as a vw; what follows w goes
 *                                      to each call as it stands
 *     W_EACH2(f, w, z, ...)            the same with two wide vectors
 *     d_set(a) q_set(a)                a in every lane
 *     d_mad d_nmad d_min d_max d_lt d_gt d_abs d_select
 *                                      as those of vf
 *     d_sqrt(d)                        correctly rounded
 *     d_bits(d) d_from_bits(q)         the same bits as the other type
 *     d_copysign(d, s)                 d with the sign bit of s
 *     DL d_load d_store d_load_part d_store_part
 *                                      the lanes of a vd, and arrays of double: as those of vf
 *     q_table8(t, i)                   t[i mod 8] of the uint64_t t[8], which is a constant
 *
 * + - * / work on vd, and + - & | ^ << >> on vq.  The functions made of them are in wide.h, what
 * correctly rounded kernels need in exact.h.
 *
 * Arithmetic classes: every word is exact or correctly rounded, and the words of sse2 round as
 * those of scalar, the words of avx2, avx512 and neon as those of fma.  A kernel written in them
 * gives the same bits in every ISA of its class (tests/t-identity.c).  A word without that property
 * (an estimate of 1/x, say) does not belong here.
 *
 * V_FUSED is defined where v_mad is fused.
 *
 * To add an ISA: a header that spells the words (see sse2.h for what is left to write when the
 * compiler has vector types), a line below, one in src/fn/pass.h and a pass in the build.
 */
#ifndef SIMD_WORDS_H
#define SIMD_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WORD static inline __attribute__((always_inline, unused))

/* 1.5 2^23: adding it rounds |a| < 2^22 to an integer (to even on ties), left in the low bits. */
#define V_MAGIC      0x1.8p23f
#define V_MAGIC_BITS 0x4b400000u

/* The same for double: |a| < 2^51. */
#define D_MAGIC 0x1.8p52

#if PASS == PASS_scalar || PASS == PASS_fastmath
#include "scalar.h"
#elif PASS == PASS_fma
#include "fma.h"
#elif PASS == PASS_sse2
#include "sse2.h"
#elif PASS == PASS_avx2
#include "avx2.h"
#elif PASS == PASS_avx512
#include "avx512.h"
#elif PASS == PASS_neon
#include "neon.h"
#endif

#include "vmath.h"
#include "wide.h"
#include "exact.h"

#endif
