/* avx2.h -- the words for AVX2 with FMA: fma class, 8 lanes. */
#ifndef SIMD_AVX2_H
#define SIMD_AVX2_H

#include <immintrin.h>

enum { VL = 8 };
#define V_OWN_PART
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

#endif
