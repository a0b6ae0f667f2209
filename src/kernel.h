/* kernel.h -- a kernel: one implementation of a function, and what it promises.
 *
 * This header is the door: src/fn/ (built-in kernels), outside libraries and everything that
 * measures meet here and nowhere else.
 */
#ifndef SRC_KERNEL_H
#define SRC_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

/* Values of the function's parameters, in the order of its FPCore, rounded to the compute type. */
typedef void kernel_fn(const void *x, void *y, size_t n, const double *param);

/* What a kernel keeps, for every input.  Used as bits of promise.keeps; the words are those of
 * reports. */
enum keeps {
    KEEPS_RANGE = 1 << 0,     /* results lie in the declared range */
    KEEPS_MONOTONE = 1 << 1,  /* no step against the declared shape */
    KEEPS_SYMMETRY = 1 << 2,  /* odd or even, bitwise, as declared */
    KEEPS_SUBNORMAL = 1 << 3, /* subnormal results are not flushed to zero */
    KEEPS_NAN = 1 << 4,       /* NaN in, NaN out; and a NaN nowhere else */
    KEEPS_INF = 1 << 5,  /* declared limits at infinite inputs; an infinity only where it is due */
    KEEPS_ZERO = 1 << 6, /* the sign of a zero result */
    KEEPS_STABLE = 1 << 7,   /* the same bits whatever length, alignment and neighbours */
    KEEPS_CR = 1 << 8,       /* correctly rounded wherever a bound is promised */
    KEEPS_ALL = (1 << 8) - 1 /* all but KEEPS_CR */
};

/* |error| <= ulp for every x in [lo, hi].  One figure per arithmetic class, since fused steps round
 * differently: `plain' for scalar and sse2, `fma' for fma, avx2, avx512, neon.  Measured over all
 * inputs, rounded up. */
struct bound {
    double lo, hi;
    double plain, fma;
};

enum { MAX_BOUNDS = 3 };

struct promise {
    struct bound bound[MAX_BOUNDS]; /* up to the first with plain = 0 */
    unsigned keeps;                 /* enum keeps */
};

enum isa_id { ISA_SCALAR, ISA_FMA, ISA_SSE2, ISA_AVX2, ISA_AVX512, ISA_NEON, ISA_EXT, ISA_COUNT };

/* One row.  The arrays at the foot of src/fn/NAME.c hold method, how and promise; the pass that
 * compiles the file adds the rest. */
struct kernel {
    const char *function; /* "sigmoid" */
    const char *dtype;    /* "f32" */
    const char *method;   /* "poly" */
    enum isa_id isa;
    kernel_fn *call;
    const char *how; /* one line: how it works */
    struct promise promise;
};

/* The rows of one function in one pass, ended by a row with call = NULL; all passes of this build,
 * ended by NULL. */
struct kernel_pass {
    enum isa_id isa;
    const char *dtype;
    const struct kernel *const *tables; /* ended by NULL */
};
extern const struct kernel_pass *const kernel_passes[];

#endif
