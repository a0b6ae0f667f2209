/* study-kernels.c -- a scalar loop over libm and a wide vector loop: see study-kernels.h.
 *
 * Two instruction mixes, since a host's slow mode costs them unlike shares of their speed.
 */
#include "study-kernels.h"

#include <math.h>
#include <string.h>

/* sigmoid by the C library's expf. */
__attribute__((noinline)) static void by_libm(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = 1 / (1 + expf(-x[i]));
}

/* A polynomial of degree 7 and a division, in vectors of 32 bytes where AVX2 is built for, else 16.
 */
#if defined(__x86_64__)
enum { WIDTH = 32 };
#define WIDE __attribute__((target("avx2,fma")))
#else
enum { WIDTH = 16 };
#define WIDE
#endif
typedef float vector __attribute__((vector_size(WIDTH)));

WIDE __attribute__((noinline)) static void by_vectors(const float *x, float *y, size_t n)
{
    enum { LANES = WIDTH / sizeof(float) };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vector v, p = {0};
        memcpy(&v, x + i, sizeof v);
        for (int k = 7; k >= 0; k--)
            p = p * v + 1.0f / (float)(k + 1);
        p = p / (v * v + 1.0f);
        memcpy(y + i, &p, sizeof p);
    }
    for (; i < n; i++)
        y[i] = x[i] / (x[i] * x[i] + 1);
}

#define SLOWED(base, percent)                                                           \
    static void base##_##percent(const void *x, void *y, size_t n, const double *param) \
    {                                                                                   \
        (void)param;                                                                    \
        n = n * 95 / 100;                                                               \
        base(x, y, n + n * (percent) / 100);                                            \
    }

#define ALL_SLOWED(base) \
    SLOWED(base, 0) SLOWED(base, 1) SLOWED(base, 2) SLOWED(base, 3) SLOWED(base, 5)

ALL_SLOWED(by_libm)
ALL_SLOWED(by_vectors)

const int study_slowdown[STUDY_SLOWDOWNS] = {0, 1, 2, 3, 5};

const struct study_kernel study_kernel[STUDY_KERNELS] = {
    {"libm", {by_libm_0, by_libm_1, by_libm_2, by_libm_3, by_libm_5}},
    {"vector", {by_vectors_0, by_vectors_1, by_vectors_2, by_vectors_3, by_vectors_5}},
};
