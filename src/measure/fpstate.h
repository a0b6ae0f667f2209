/* fpstate.h -- the floating-point state of a thread: what a kernel must leave as it found it.
 *
 * <fenv.h> knows the rounding mode and the sticky flags; it does not know flush-to-zero, the x87
 * precision or registers left in MMX use.  To add a platform: its case in each function.
 */
#ifndef MEASURE_FPSTATE_H
#define MEASURE_FPSTATE_H

#include <fenv.h>
#include <stdbool.h>
#include <stdint.h>

enum fp_part {
    FP_ROUNDING = 1 << 0, /* the rounding direction, of the x87 too */
    FP_FLUSH = 1 << 1,    /* subnormals: FTZ and DAZ, or FZ */
    FP_TRAPS = 1 << 2,    /* exceptions unmasked or masked */
    FP_X87 = 1 << 3,      /* the precision of the x87 */
    FP_MMX = 1 << 4,      /* x87 registers in use: an emms is missing */
    FP_OTHER = 1 << 5     /* the rest of the control register: default NaN and the like */
};

enum fp_raised {
    FP_INVALID = 1,
    FP_DIVIDED = 2,
    FP_OVERFLOW = 4
}; /* the sticky flags that matter */

struct fp_state {
#if defined(__x86_64__)
    uint32_t mxcsr;
    struct {
        uint32_t control, status, tag, ip, cs_opcode, data, ds;
    } x87;
#elif defined(__aarch64__)
    uint64_t fpcr, fpsr;
#else
    fenv_t env;
    int rounding;
#endif
};

static inline struct fp_state fp_state_get(void)
{
    struct fp_state s;
#if defined(__x86_64__)
    __asm__ volatile("stmxcsr %0" : "=m"(s.mxcsr) : : "memory");
    __asm__ volatile("fnstenv %0\n\tfldenv %0" : "=m"(s.x87) : : "memory"); /* fnstenv masks all */
#elif defined(__aarch64__)
    __asm__ volatile("mrs %0, fpcr\n\tmrs %1, fpsr" : "=r"(s.fpcr), "=r"(s.fpsr) : : "memory");
#else
    fegetenv(&s.env);
    s.rounding = fegetround();
#endif
    return s;
}

static inline void fp_state_set(const struct fp_state *s)
{
#if defined(__x86_64__)
    __asm__ volatile("ldmxcsr %0" : : "m"(s->mxcsr) : "memory");
    __asm__ volatile("fldenv %0" : : "m"(s->x87) : "memory");
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0\n\tmsr fpsr, %1" : : "r"(s->fpcr), "r"(s->fpsr) : "memory");
#else
    fesetenv(&s->env);
#endif
}

/* Sets the state NORMAL, with all sticky flags raised or none. */
static inline void fp_state_flags(const struct fp_state *normal, bool raised)
{
#if defined(__x86_64__)
    uint32_t mxcsr = (normal->mxcsr & ~0x3fu) | (raised ? 0x3f : 0);
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr) : "memory");
#elif defined(__aarch64__)
    uint64_t fpsr = (normal->fpsr & ~(uint64_t)0x9f) | (raised ? 0x9f : 0);
    __asm__ volatile("msr fpsr, %0" : : "r"(fpsr) : "memory");
#else
    (void)normal;
    if (raised)
        feraiseexcept(FE_ALL_EXCEPT);
    else
        feclearexcept(FE_ALL_EXCEPT);
#endif
}

/* The control bits alone, of rounding, flushing, masks and precision: cheap enough to look at after
 * every call.  MMX use is not among them. */
static inline uint64_t fp_state_control(void)
{
#if defined(__x86_64__)
    uint32_t mxcsr;
    uint16_t x87;
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(x87) : : "memory");
    return (uint64_t)(mxcsr & ~0x3fu) << 16 | x87;
#elif defined(__aarch64__)
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr) : : "memory");
    return fpcr;
#else
    return (uint64_t)fegetround();
#endif
}

/* Which of the sticky flags are up in S: enum fp_raised. */
static inline unsigned fp_state_raised(const struct fp_state *s)
{
#if defined(__x86_64__)
    return (s->mxcsr & 1 ? FP_INVALID : 0) | (s->mxcsr & 4 ? FP_DIVIDED : 0) |
           (s->mxcsr & 8 ? FP_OVERFLOW : 0);
#elif defined(__aarch64__)
    return s->fpsr & 7;
#else
    (void)s;
    return (fetestexcept(FE_INVALID) ? FP_INVALID : 0) |
           (fetestexcept(FE_DIVBYZERO) ? FP_DIVIDED : 0) |
           (fetestexcept(FE_OVERFLOW) ? FP_OVERFLOW : 0);
#endif
}

/* Which parts of the state differ, sticky flags aside: enum fp_part. */
static inline unsigned fp_state_changes(const struct fp_state *a, const struct fp_state *b)
{
    unsigned parts = 0;
#if defined(__x86_64__)
    uint32_t d = a->mxcsr ^ b->mxcsr;
    parts |= d & 0x6000 ? FP_ROUNDING : 0;
    parts |= d & 0x8040 ? FP_FLUSH : 0;
    parts |= d & 0x1f80 ? FP_TRAPS : 0;
    uint32_t x = a->x87.control ^ b->x87.control;
    parts |= x & 0xc00 ? FP_ROUNDING : 0;
    parts |= x & 0x3f ? FP_TRAPS : 0;
    parts |= x & 0x300 ? FP_X87 : 0;
    parts |= (a->x87.tag ^ b->x87.tag) & 0xffff ? FP_MMX : 0;
#elif defined(__aarch64__)
    uint64_t d = a->fpcr ^ b->fpcr;
    parts |= d & (3u << 22) ? FP_ROUNDING : 0;
    parts |= d & (1u << 24 | 1u << 19 | 1u) ? FP_FLUSH : 0;
    parts |= d & 0x9f00 ? FP_TRAPS : 0;
    parts |= d & ~(uint64_t)(3u << 22 | 1u << 24 | 1u << 19 | 1u | 0x9f00) ? FP_OTHER : 0;
#else
    parts |= a->rounding != b->rounding ? FP_ROUNDING : 0;
#endif
    return parts;
}

#endif
