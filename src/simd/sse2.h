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
WORD bool v_any(vm m)
{
    return _mm_movemask_ps((vf)m) != 0;
}

WORD vw w_widen(vf v)
{
    return (vw){_mm_cvtps_pd(v), _mm_cvtps_pd(_mm_movehl_ps(v, v))};
}
WORD vf w_narrow(vw w)
{
    return _mm_movelh_ps(_mm_cvtpd_ps(w.low), _mm_cvtpd_ps(w.high));
}
WORD vd d_mad(vd a, vd b, vd c)
{
    return c + a * b;
}
WORD vd d_nmad(vd a, vd b, vd c)
{
    return c - a * b;
}
WORD vd d_sqrt(vd v)
{
    return _mm_sqrt_pd(v);
}
WORD vd d_min(vd a, vd b)
{
    return _mm_min_pd(a, b);
}
WORD vd d_max(vd a, vd b)
{
    return _mm_max_pd(a, b);
}
WORD vd d_select(vt m, vd a, vd b)
{
    return (vd)((m & (vq)a) | (~m & (vq)b));
}

#endif
