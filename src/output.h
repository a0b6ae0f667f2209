/* output.h -- files that are whole or not there.
 *
 * A regular file is written under a temporary name beside it and renamed when all is well; anything
 * else (a pipe, /dev/full, /dev/stdout) is written directly.  Every write and the close are
 * checked.
 */
#ifndef SRC_OUTPUT_H
#define SRC_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output {
    FILE *file;
    char *path;      /* NULL: standard output */
    char *temporary; /* NULL: written directly */
};

/* PATH NULL or "-": standard output.  On failure one line "PATH: why" in ERR. */
bool output_open(struct output *o, const char *path, char *err, size_t errlen);

/* Flushes, closes and renames.  On failure the temporary is removed and ERR filled. */
bool output_close(struct output *o, char *err, size_t errlen);

/* Closes and removes: nothing is left of it. */
void output_abandon(struct output *o);

#endif
