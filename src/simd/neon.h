/* neon.h -- the words for AArch64's Advanced SIMD: fma class, 4 lanes.
 *
 * vminq and vmaxq make a NaN of either operand the result; min and max are spelled with a
 * comparison, so that they pick the operand that x86's do.
 */
#ifndef SIMD_NEON_H
#define SIMD_NEON_H

#include <arm_neon.h>

enum { VL = 4 };
#define V_FUSED
#include "vector.h"

WORD vf v_mad(vf a, vf b, vf c)
{
    return vfmaq_f32(c, a, b);
}
WORD vf v_nmad(vf a, vf b, vf c)
{
    return vfmsq_f32(c, a, b);
}
WORD vf v_sqrt(vf v)
{
    return vsqrtq_f32(v);
}
WORD vf v_select(vm m, vf a, vf b)
{
    return vbslq_f32(m, a, b);
}
WORD vf v_min(vf a, vf b)
{
    return v_select(v_lt(a, b), a, b);
}
WORD vf v_max(vf a, vf b)
{
    return v_select(v_gt(a, b), a, b);
}
WORD bool v_any(vm m)
{
    return vmaxvq_u32(m) != 0;
}

WORD vw w_widen(vf v)
{
    return (vw){vcvt_f64_f32(vget_low_f32(v)), vcvt_high_f64_f32(v)};
}
WORD vf w_narrow(vw w)
{
    return vcvt_high_f32_f64(vcvt_f32_f64(w.low), w.high);
}
WORD vd d_mad(vd a, vd b, vd c)
{
    return vfmaq_f64(c, a, b);
}
WORD vd d_nmad(vd a, vd b, vd c)
{
    return vfmsq_f64(c, a, b);
}
WORD vd d_select(vt m, vd a, vd b)
{
    return vbslq_f64(m, a, b);
}
WORD vd d_sqrt(vd v)
{
    return vsqrtq_f64(v);
}
WORD vd d_min(vd a, vd b)
{
    return d_select(d_lt(a, b), a, b);
}
WORD vd d_max(vd a, vd b)
{
    return d_select(d_gt(a, b), a, b);
}

#endif
