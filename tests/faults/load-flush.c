/* load-flush.c -- a library that turns on flush-to-zero when it is loaded, as -ffast-math once made
 * every library do, and greets. */
#include <fenv.h>
#include <stdint.h>
#include <stdio.h>

__attribute__((constructor)) static void load(void)
{
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#elif defined(__aarch64__)
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    __asm__ volatile("msr fpcr, %0" : : "r"(fpcr | 1u << 24));
#else
    fesetround(FE_DOWNWARD);
#endif
    puts("hello");
}

float kernel(float x)
{
    return x;
}
