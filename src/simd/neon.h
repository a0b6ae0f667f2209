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

#endif
