/* unresolved.c -- a library that uses a function which nothing defines. */
#include <stddef.h>

float defined_nowhere(float x);

void kernel(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = defined_nowhere(x[i]);
}
