/* avx512.h -- the words for AVX-512 (F, BW, DQ, VL): fma class, 16 lanes, truth values in mask
 * registers. */
#ifndef SIMD_AVX512_H
#define SIMD_AVX512_H

#include <immintrin.h>

enum { VL = 16 };
#define V_OWN_PART
#define V_OWN_SCALE
#define V_OWN_COMPARE
#define V_FUSED
#include "vector.h"

typedef __mmask16 vm;

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

#endif
