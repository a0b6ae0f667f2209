/* passes.c -- the passes of this build: kernel_passes of kernel.h.
 *
 * A new pass is one line in PASSES.
 */
#include "config.h"
#include "kernel.h"

#define PASS(dtype, isa) extern const struct kernel_pass kernel_pass_##dtype##_##isa;
#define PASSES          \
    PASS(f32, scalar)   \
    PASS(f32, fastmath) \
    PASS(f32, fma)      \
    PASS_SSE2(f32)      \
    PASS_AVX2(f32)      \
    PASS_AVX512(f32)    \
    PASS_NEON(f32)      \
    PASS(f16, scalar)   \
    PASS(bf16, scalar)  \
    PASS(f16, wide)     \
    PASS(bf16, wide)    \
    PASS(f64, scalar)   \
    PASS(f64, fma)      \
    PASS_SSE2(f64)      \
    PASS_AVX2(f64)      \
    PASS_AVX512(f64)    \
    PASS_NEON(f64)

#ifdef HAVE_ISA_SSE2
#define PASS_SSE2(dtype) PASS(dtype, sse2)
#else
#define PASS_SSE2(dtype)
#endif
#ifdef HAVE_ISA_AVX2
#define PASS_AVX2(dtype) PASS(dtype, avx2)
#else
#define PASS_AVX2(dtype)
#endif
#ifdef HAVE_ISA_AVX512
#define PASS_AVX512(dtype) PASS(dtype, avx512)
#else
#define PASS_AVX512(dtype)
#endif
#ifdef HAVE_ISA_NEON
#define PASS_NEON(dtype) PASS(dtype, neon)
#else
#define PASS_NEON(dtype)
#endif

PASSES
#undef PASS
#define PASS(dtype, isa) &kernel_pass_##dtype##_##isa,
const struct kernel_pass *const kernel_passes[] = {PASSES NULL};
