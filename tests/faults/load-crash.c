/* load-crash.c -- a library that does not survive being loaded. */
#include <stdlib.h>

__attribute__((constructor)) static void load(void)
{
    abort();
}

float kernel(float x)
{
    return x;
}
