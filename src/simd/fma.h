/* fma.h -- one lane with fused multiply-add: the scalar member of the fma class. */
#ifndef SIMD_FMA_H
#define SIMD_FMA_H

#define V_FUSED
#include "scalar.h"

#endif
