/* actulp/kernel.h -- a library tells actulp which kernels it holds.
 *
 * A kernel computes y[i] = f(x[i]).  A library that defines the table `actulp_kernels' is measured
 * by naming the file alone: actulp check --library ./mine.so
 *
 *     #include <actulp/kernel.h>
 *
 *     static void fast(const float *x, float *y, size_t n) { ... }
 *
 *     static const struct actulp_kernel kernels[] = {
 *         {"sigmoid", "f32", "fast", ACTULP_ARRAY, ACTULP_CALL(fast), 4.0, "", "a table of 256"},
 *     };
 *     const struct actulp_kernel_table actulp_kernels = {ACTULP_ABI, sizeof *kernels, 1, kernels};
 *
 * Nothing of actulp is linked.  In C++ the table must be extern "C".
 */
#ifndef ACTULP_KERNEL_H
#define ACTULP_KERNEL_H

#include <stddef.h>

/* Raised when a table of before would be misread.  New fields go to the end of a row: actulp takes
 * as many as `row_size' says and zero for the rest. */
#define ACTULP_ABI 1

#ifdef __cplusplus
extern "C" {
#endif

/* How a kernel is called.  T is float, double, or for the 16-bit formats uint16_t. */
enum actulp_signature {
    ACTULP_ARRAY,     /* void f(const T *x, T *y, size_t n) */
    ACTULP_SCALAR,    /* T f(T x) */
    ACTULP_YXN,       /* void f(T *y, const T *x, size_t n) */
    ACTULP_NXY,       /* void f(size_t n, const T *x, T *y) */
    ACTULP_PARAMETERS /* void f(const T *x, T *y, size_t n, const double *parameters) */
};

typedef void actulp_function(void);
#define ACTULP_CALL(F) ((actulp_function *)(F))

struct actulp_kernel {
    const char *function; /* what it computes: a name that `actulp list' prints */
    const char *dtype;    /* "f32", "f64", "f16", "bf16", or "f32>bf16" for f32 in and bf16 out */
    const char *name;     /* what it is called in reports: letters, digits, _ - and . */
    int signature;        /* enum actulp_signature */
    actulp_function *call;
    double max_ulp;    /* what it promises, in ulps; 0: nothing */
    const char *waive; /* properties it does not promise, "monotone,bitwise-stable"; may be NULL */
    const char *how;   /* one line: how it works; may be NULL */
};

struct actulp_kernel_table {
    unsigned abi;      /* ACTULP_ABI */
    unsigned row_size; /* sizeof(struct actulp_kernel) */
    unsigned count;
    const struct actulp_kernel *kernel;
};

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const struct actulp_kernel_table actulp_kernels;

#ifdef __cplusplus
}
#endif

#endif
