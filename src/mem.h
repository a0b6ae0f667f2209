/* mem.h -- memory that is always there: when it runs out, one line on stderr and an end.
 *
 * A measuring program has nothing sensible left to do without memory, so nobody checks these
 * results.  What comes from them is freed with free().
 */
#ifndef SRC_MEM_H
#define SRC_MEM_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noreturn, cold, unused)) static void mem_exhausted(void)
{
    fputs("actulp: out of memory\n", stderr);
    abort();
}

__attribute__((malloc, unused)) static inline void *xmalloc(size_t bytes)
{
    void *p = malloc(bytes ? bytes : 1);
    if (!p)
        mem_exhausted();
    return p;
}

/* Zeroed; COUNT * BYTES may not overflow. */
__attribute__((malloc, unused)) static inline void *xcalloc(size_t count, size_t bytes)
{
    void *p = calloc(count ? count : 1, bytes ? bytes : 1);
    if (!p)
        mem_exhausted();
    return p;
}

__attribute__((unused)) static inline void *xrealloc(void *p, size_t bytes)
{
    p = realloc(p, bytes ? bytes : 1);
    if (!p)
        mem_exhausted();
    return p;
}

/* NULL stays NULL, for fields that may be unknown. */
__attribute__((malloc, unused)) static inline char *xstrdup(const char *s)
{
    if (!s)
        return NULL;
    size_t bytes = strlen(s) + 1;
    return memcpy(xmalloc(bytes), s, bytes);
}

__attribute__((format(printf, 1, 0), unused)) static inline char *xvasprintf(const char *format,
                                                                             va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        mem_exhausted();
    char *text = (char *)xmalloc((size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, ap);
    return text;
}

__attribute__((format(printf, 1, 2), unused)) static inline char *xasprintf(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    char *text = xvasprintf(format, ap);
    va_end(ap);
    return text;
}

#endif
