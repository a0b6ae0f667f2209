/* study-kernels.h -- the two kernels of the timer's study, as they are and with a known share of
 * work added.
 *
 * Called for N elements they do 95 % of them, and with D per cent added D per cent of those more.
 */
#ifndef TESTS_STUDY_KERNELS_H
#define TESTS_STUDY_KERNELS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void study_fn(const void *x, void *y, size_t n, const double *param);

enum { STUDY_N = 4096, STUDY_SLOWDOWNS = 5 };

/* Per cents of work added. */
extern const int study_slowdown[STUDY_SLOWDOWNS];

struct study_kernel {
    const char *name;                /* "libm", "vector" */
    study_fn *call[STUDY_SLOWDOWNS]; /* by study_slowdown */
};

enum { STUDY_KERNELS = 2 };
extern const struct study_kernel study_kernel[STUDY_KERNELS];

#ifdef __cplusplus
}
#endif

#endif
