/* alloc.h -- memory for reports: when there is none left, one line on stderr and an end.  Freed
 * with free(). */
#ifndef REPORTS_ALLOC_H
#define REPORTS_ALLOC_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void *alloc_checked(void *p)
{
    if (!p) {
        fputs("actulp: out of memory\n", stderr);
        abort();
    }
    return p;
}

/* Zeroed. */
static inline void *allocate(size_t count, size_t bytes)
{
    return alloc_checked(calloc(count ? count : 1, bytes ? bytes : 1));
}

static inline void *reallocate(void *p, size_t bytes)
{
    return alloc_checked(realloc(p, bytes ? bytes : 1));
}

/* NULL stays NULL. */
static inline char *duplicate(const char *s)
{
    return s ? strcpy(allocate(strlen(s) + 1, 1), s) : NULL;
}

__attribute__((format(printf, 1, 0))) static inline char *formatted(const char *format, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = allocate((size_t)n + 1, 1);
    vsnprintf(text, (size_t)n + 1, format, ap);
    return text;
}

#endif
