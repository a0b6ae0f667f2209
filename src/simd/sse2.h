/* sse2.h -- the words for SSE2, the baseline of x86-64: plain class, 4 lanes. */
#ifndef SIMD_SSE2_H
#define SIMD_SSE2_H

#include <emmintrin.h>

enum { VL = 4 };
#include "vector.h"

WORD vf v_mad(vf a, vf b, vf c)
{
    return c + a * b;
}
WORD vf v_nmad(vf a, vf b, vf c)
{
    return c - a * b;
}
WORD vf v_sqrt(vf v)
{
    return _mm_sqrt_ps(v);
}
WORD vf v_min(vf a, vf b)
{
    return _mm_min_ps(a, b);
}
WORD vf v_max(vf a, vf b)
{
    return _mm_max_ps(a, b);
}
WORD vf v_select(vm m, vf a, vf b)
{
    return (vf)((m & (vu)a) | (~m & (vu)b));
}

#endif
