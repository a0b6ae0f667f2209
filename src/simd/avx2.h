/* avx2.h -- the words for AVX2 with FMA: fma class, 8 lanes. */
#ifndef SIMD_AVX2_H
#define SIMD_AVX2_H

#include <immintrin.h>

enum { VL = 8 };
#define V_OWN_PART
#define V_OWN_TABLE
#define V_FUSED
#include "vector.h"

WORD vf v_mad(vf a, vf b, vf c)
{
    return _mm256_fmadd_ps(a, b, c);
}
WORD vf v_nmad(vf a, vf b, vf c)
{
    return _mm256_fnmadd_ps(a, b, c);
}
WORD vf v_sqrt(vf v)
{
    return _mm256_sqrt_ps(v);
}
WORD vf v_min(vf a, vf b)
{
    return _mm256_min_ps(a, b);
}
WORD vf v_max(vf a, vf b)
{
    return _mm256_max_ps(a, b);
}
WORD vf v_select(vm m, vf a, vf b)
{
    return _mm256_blendv_ps(b, a, (vf)m);
}

/* All ones in the first n lanes. */
WORD __m256i v_first(size_t n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
WORD vf v_load_part(const float *p, size_t n)
{
    return _mm256_maskload_ps(p, v_first(n));
}
WORD void v_store_part(float *p, vf v, size_t n)
{
    _mm256_maskstore_ps(p, v_first(n), v);
}
WORD __m256i d_first(size_t n)
{
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x((long long)n), _mm256_setr_epi64x(0, 1, 2, 3));
}
WORD vd d_load_part(const double *p, size_t n)
{
    return _mm256_maskload_pd(p, d_first(n));
}
WORD void d_store_part(double *p, vd v, size_t n)
{
    _mm256_maskstore_pd(p, d_first(n), v);
}
WORD bool v_any(vm m)
{
    return _mm256_movemask_ps((vf)m) != 0;
}

WORD vw w_widen(vf v)
{
    return (vw){_mm256_cvtps_pd(_mm256_castps256_ps128(v)),
                _mm256_cvtps_pd(_mm256_extractf128_ps(v, 1))};
}
WORD vf w_narrow(vw w)
{
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm256_cvtpd_ps(w.low)),
                                _mm256_cvtpd_ps(w.high), 1);
}
WORD vd d_mad(vd a, vd b, vd c)
{
    return _mm256_fmadd_pd(a, b, c);
}
WORD vd d_nmad(vd a, vd b, vd c)
{
    return _mm256_fnmadd_pd(a, b, c);
}
WORD vd d_sqrt(vd v)
{
    return _mm256_sqrt_pd(v);
}
WORD vd d_min(vd a, vd b)
{
    return _mm256_min_pd(a, b);
}
WORD vd d_max(vd a, vd b)
{
    return _mm256_max_pd(a, b);
}
WORD vd d_select(vt m, vd a, vd b)
{
    return _mm256_blendv_pd(b, a, (vd)m);
}

/* The low words of the table in one register, the high ones in another. */
WORD vq q_table8(const uint64_t t[8], vq i)
{
    const __m256i low = _mm256_setr_epi32((int)t[0], (int)t[1], (int)t[2], (int)t[3], (int)t[4],
                                          (int)t[5], (int)t[6], (int)t[7]);
    const __m256i high = _mm256_setr_epi32((int)(t[0] >> 32), (int)(t[1] >> 32), (int)(t[2] >> 32),
                                           (int)(t[3] >> 32), (int)(t[4] >> 32), (int)(t[5] >> 32),
                                           (int)(t[6] >> 32), (int)(t[7] >> 32));
    const __m256i both = _mm256_shuffle_epi32((__m256i)i, 0xa0);
    return (vq)_mm256_blend_epi32(_mm256_permutevar8x32_epi32(low, both),
                                  _mm256_permutevar8x32_epi32(high, both), 0xaa);
}

#endif
