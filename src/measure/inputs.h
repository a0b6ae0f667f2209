/* inputs.h -- what kernels are fed when they are timed, or judged on real data: a distribution or a
 * file.
 *
 * (The inputs of an accuracy sweep are bit patterns in order; sweep.c makes those.)
 */
#ifndef MEASURE_INPUTS_H
#define MEASURE_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../../ref/format.h"

struct inputs {
    char *name; /* "normal(0,3)", "file activations.npy" */
    size_t n;   /* elements available; distributions are drawn on demand and have n = 0 */
    double
        *value; /* of a file: the tensor's elements in memory order, exact in double; else NULL */
    int kind;   /* of a distribution: index of inputs.c's table, with its parameters */
    double a, b;
};

/* "normal(0,3)", "uniform(-10,10)", "saturated", "subnormal", "positive", "mixed", "nan-laden",
 * "zero"; "normal:0,3" is read too, as it needs no quoting in a shell, and normal:3 is normal(0,3).
 * False with one line in ERR.
 */
bool inputs_parse(struct inputs *in, const char *text, char *err, size_t errlen);

/* A tensor: NumPy .npy versions 1 to 3 with f2, f4 or f8 elements in either byte order, C or
 * Fortran order, any shape; anything not opening with the .npy magic is raw little-endian f32.
 * False with one line in ERR "FILE: what; what is expected": a wrong type, a truncated file, an
 * empty tensor. */
bool inputs_load(struct inputs *in, const char *path, char *err, size_t errlen);

void inputs_clear(struct inputs *in);

/* OUT[0..n) in format F: drawn with SEED (the same whatever the machine), or the file's elements
 * from the start, repeated as often as needed, each rounded to F. */
void inputs_fill(const struct inputs *in, uint64_t seed, enum format f, void *out, size_t n);

/* splitmix64, the source of all random numbers of actulp. */
uint64_t random_next(uint64_t *state);

#endif
