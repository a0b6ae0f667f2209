/* load-exit.c -- a library that ends the process when it is loaded. */
#include <stdlib.h>

__attribute__((constructor)) static void load(void)
{
    exit(0);
}

float kernel(float x)
{
    return x;
}
