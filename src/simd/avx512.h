/* avx512.h -- the words for AVX-512 (F, BW, DQ, VL): fma class, 16 lanes, truth values in mask
 * registers. */
#ifndef SIMD_AVX512_H
#define SIMD_AVX512_H

#include <immintrin.h>

enum { VL = 16 };
#define V_OWN_PART
#define V_OWN_SCALE
#define V_OWN_COMPARE
#define V_OWN_TABLE
#define V_FUSED
#include "vector.h"

typedef __mmask16 vm;
typedef __mmask8 vt;

WORD vf v_mad(vf a, vf b, vf c)
{
    return _mm512_fmadd_ps(a, b, c);
}
WORD vf v_nmad(vf a, vf b, vf c)
{
    return _mm512_fnmadd_ps(a, b, c);
}
WORD vf v_sqrt(vf v)
{
    return _mm512_sqrt_ps(v);
}
WORD vf v_min(vf a, vf b)
{
    return _mm512_min_ps(a, b);
}
WORD vf v_max(vf a, vf b)
{
    return _mm512_max_ps(a, b);
}

WORD vm v_lt(vf a, vf b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}
WORD vm v_le(vf a, vf b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ);
}
WORD vm v_gt(vf a, vf b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ);
}
WORD vm v_ge(vf a, vf b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ);
}
WORD vm v_eq(vf a, vf b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ);
}
WORD vm v_isnan(vf a)
{
    return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q);
}
WORD vf v_select(vm m, vf a, vf b)
{
    return _mm512_mask_blend_ps(m, b, a);
}
WORD vf v_keep(vm m, vf a)
{
    return _mm512_maskz_mov_ps(m, a);
}

WORD vu v_mask(vm m)
{
    return (vu)_mm512_movm_epi32(m);
}
WORD vm v_differ(vf a, vf b)
{
    return _mm512_cmpneq_epi32_mask((__m512i)a, (__m512i)b);
}
WORD vm v_both(vm m, vm n)
{
    return m & n;
}
WORD bool v_any(vm m)
{
    return m != 0;
}

/* vscalefps rounds once and underflows gradually, as the two products of the others do. */
WORD vf v_scale(vf v, vf k)
{
    return _mm512_scalef_ps(v, k);
}

WORD vm v_first(size_t n)
{
    return (vm)((1u << n) - 1);
}
WORD vf v_load_part(const float *p, size_t n)
{
    return _mm512_maskz_loadu_ps(v_first(n), p);
}
WORD void v_store_part(float *p, vf v, size_t n)
{
    _mm512_mask_storeu_ps(p, v_first(n), v);
}
WORD vd d_load_part(const double *p, size_t n)
{
    return _mm512_maskz_loadu_pd((__mmask8)v_first(n), p);
}
WORD void d_store_part(double *p, vd v, size_t n)
{
    _mm512_mask_storeu_pd(p, (__mmask8)v_first(n), v);
}

WORD vw w_widen(vf v)
{
    return (vw){_mm512_cvtps_pd(_mm512_castps512_ps256(v)),
                _mm512_cvtps_pd(_mm512_extractf32x8_ps(v, 1))};
}
WORD vf w_narrow(vw w)
{
    return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(w.low)),
                              _mm512_cvtpd_ps(w.high), 1);
}
WORD vd d_mad(vd a, vd b, vd c)
{
    return _mm512_fmadd_pd(a, b, c);
}
WORD vd d_nmad(vd a, vd b, vd c)
{
    return _mm512_fnmadd_pd(a, b, c);
}
WORD vd d_sqrt(vd v)
{
    return _mm512_sqrt_pd(v);
}
WORD vd d_min(vd a, vd b)
{
    return _mm512_min_pd(a, b);
}
WORD vd d_max(vd a, vd b)
{
    return _mm512_max_pd(a, b);
}
WORD vt d_lt(vd a, vd b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ);
}
WORD vt d_gt(vd a, vd b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_GT_OQ);
}
WORD vd d_select(vt m, vd a, vd b)
{
    return _mm512_mask_blend_pd(m, b, a);
}
WORD vq q_table8(const uint64_t t[8], vq i)
{
    return (vq)_mm512_permutexvar_epi64((__m512i)i, _mm512_loadu_si512(t));
}

#endif
