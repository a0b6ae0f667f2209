/* actulp/actulp.h -- the kernels of actulp as a library: look one up by name or by promise, and
 * call it.
 *
 *     #include <actulp/actulp.h>
 *
 *     const struct actulp_builtin *k = actulp_find("sigmoid/f32/u1");
 *     if (k)
 *         actulp_apply(k, x, y, n, NULL);
 *
 *     cc program.c $(pkg-config --cflags --libs actulp)
 *
 * Everything here may be called from several threads; nothing is allocated and nothing fails but a
 * lookup, which gives NULL.  The results are bitwise those that `actulp check' grades.
 */
#ifndef ACTULP_ACTULP_H
#define ACTULP_ACTULP_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a kernel keeps for every input; bits of `keeps'.  doc/numerics.md says what each means. */
enum actulp_keeps {
    ACTULP_KEEPS_RANGE = 1 << 0,
    ACTULP_KEEPS_MONOTONE = 1 << 1,
    ACTULP_KEEPS_SYMMETRY = 1 << 2,
    ACTULP_KEEPS_SUBNORMAL = 1 << 3, /* subnormal results are not flushed */
    ACTULP_KEEPS_NAN = 1 << 4,
    ACTULP_KEEPS_INF = 1 << 5,
    ACTULP_KEEPS_ZERO = 1 << 6,   /* the sign of a zero result */
    ACTULP_KEEPS_STABLE = 1 << 7, /* the same bits whatever length, alignment and neighbours */
    ACTULP_KEEPS_CR = 1 << 8      /* correctly rounded */
};

enum { ACTULP_MAX_PARAMS = 2 };

struct actulp_builtin {
    const char *name; /* "sigmoid/f32/u1/avx2" */
    const char *function, *dtype, *method, *isa;
    const char *how; /* one line: how it works */
    double max_ulp;  /* largest error promised for all inputs; 0: none is promised everywhere */
    unsigned keeps;  /* enum actulp_keeps */
    int nparams;
    const char *const *param;  /* their names: "alpha" */
    const double *param_value; /* and defaults, rounded to the type that the kernel computes in */
};

/* The kernel of that name, as `actulp list' prints it; without its last part, the one for the best
 * instruction set of this processor.  NULL: there is none, or this processor does not run it. */
const struct actulp_builtin *actulp_find(const char *name);

/* The kernel of FUNCTION and DTYPE ("f32", "f64", "f16", "bf16") that promises at most MAX_ULP ulps
 * for all inputs and keeps KEEPS (0: whatever); of several, the one for the best instruction set,
 * then the one whose bound is loosest, which does least.  `actulp choose' knows by measuring. */
const struct actulp_builtin *actulp_pick(const char *function, const char *dtype, double max_ulp,
                                         unsigned keeps);

/* y[i] = f(x[i]) for i < N.  X and Y are arrays of the kernel's dtype (16-bit formats as uint16_t),
 * of any alignment; they may be the same array but not overlap otherwise.  PARAM: the function's
 * parameters in the order of `param'; NULL: the defaults. */
void actulp_apply(const struct actulp_builtin *kernel, const void *x, void *y, size_t n,
                  const double *param);

/* All kernels that this processor runs: by function, dtype, instruction set (the best first). */
size_t actulp_count(void);
const struct actulp_builtin *actulp_at(size_t i);

/* "0.1.0" */
const char *actulp_version(void);

#ifdef __cplusplus
}
#endif

#endif
