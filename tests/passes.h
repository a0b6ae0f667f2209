/* passes.h -- the passes of this build, for the tests of kernels. */
#ifndef TESTS_PASSES_H
#define TESTS_PASSES_H

#include "config.h"
#include "../src/kernel.h"

#ifdef HAVE_ISA_SSE2
#define IF_SSE2(a) a
#else
#define IF_SSE2(a)
#endif
#ifdef HAVE_ISA_AVX2
#define IF_AVX2(a) a
#else
#define IF_AVX2(a)
#endif
#ifdef HAVE_ISA_AVX512
#define IF_AVX512(a) a
#else
#define IF_AVX512(a)
#endif
#ifdef HAVE_ISA_NEON
#define IF_NEON(a) a
#else
#define IF_NEON(a)
#endif

#define ALL_PASSES(P)         \
    P(f32, scalar)            \
    P(f32, fastmath)          \
    P(f32, fma)               \
    IF_SSE2(P(f32, sse2))     \
    IF_AVX2(P(f32, avx2))     \
    IF_AVX512(P(f32, avx512)) \
    IF_NEON(P(f32, neon))     \
    P(f64, scalar)            \
    P(f64, fma)               \
    IF_SSE2(P(f64, sse2))     \
    IF_AVX2(P(f64, avx2))     \
    IF_AVX512(P(f64, avx512)) \
    IF_NEON(P(f64, neon))     \
    P(f16, scalar)            \
    P(bf16, scalar)           \
    P(f16, wide)              \
    P(bf16, wide)

#define DECLARE_PASS(dtype, name) extern const struct kernel_pass kernel_pass_##dtype##_##name;
ALL_PASSES(DECLARE_PASS)
#define LIST_PASS(dtype, name) &kernel_pass_##dtype##_##name,
static const struct kernel_pass *const pass_list[] = {ALL_PASSES(LIST_PASS)};

enum { PASSES = sizeof pass_list / sizeof *pass_list };

#endif
