/* table.c -- a library that names its kernels itself. */
#include <actulp/kernel.h>

static void twice(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = 2 * x[i];
}

static double negated(double x)
{
    return -x;
}

static void scaled(const float *x, float *y, size_t n, const double *parameters)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (float)(x[i] * parameters[0]);
}

static const struct actulp_kernel kernels[] = {
    {"twice", "f32", "loop", ACTULP_ARRAY, ACTULP_CALL(twice), 0.5, "in-place", "adds it up"},
    {"negated", "f64", "sign.bit", ACTULP_SCALAR, ACTULP_CALL(negated), 0, NULL, NULL},
    {"leaky_relu", "f32", "scaled", ACTULP_PARAMETERS, ACTULP_CALL(scaled), 0.5, "", ""},
};

const struct actulp_kernel_table actulp_kernels = {ACTULP_ABI, sizeof *kernels,
                                                   sizeof kernels / sizeof *kernels, kernels};
