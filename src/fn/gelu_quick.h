/* gelu_quick.h -- v = 1.702 a in two parts, for gelu_quick and its gradient. */
#ifndef FN_GELU_QUICK_H
#define FN_GELU_QUICK_H

#define GELU_QUICK_K    R(1.702)
#define GELU_QUICK_K_LO REST(-0x1.78d4fep-26f, 0x1.89374bc6a7efap-55)

/* v rounded, and in *L what is to be added to it. */
static inline real gelu_quick_scale(real a, real *l)
{
    const real v = GELU_QUICK_K * a;
    *l = R(fma)(GELU_QUICK_K, a, -v) + GELU_QUICK_K_LO * a;
    return v;
}

#endif
