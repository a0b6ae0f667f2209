/* mem.h -- memory for ref/: exhausted memory ends the program with a message, as in GMP. */
#ifndef REF_MEM_H
#define REF_MEM_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void *ref_checked(void *p)
{
    if (!p) {
        fputs("actulp: out of memory\n", stderr);
        abort();
    }
    return p;
}

static inline void *ref_calloc(size_t n, size_t size)
{
    return ref_checked(calloc(n ? n : 1, size ? size : 1));
}

static inline void *ref_realloc(void *p, size_t n, size_t size)
{
    if (size && n > (size_t)-1 / size)
        ref_checked(NULL);
    size_t total = n * size;
    return ref_checked(realloc(p, total ? total : 1));
}

static inline char *ref_strndup(const char *s, size_t n)
{
    char *copy = ref_calloc(n + 1, 1);
    memcpy(copy, s, n);
    return copy;
}

#endif
