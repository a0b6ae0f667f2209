/* embedded.h -- text files that are part of the program: the sources of the kernels, and the
 * licence.  The build makes them into C (tools/embed-files.sh). */
#ifndef SRC_EMBEDDED_H
#define SRC_EMBEDDED_H

struct embedded_file {
    const char *name; /* "sigmoid.c" */
    const char *text;
};

extern const struct embedded_file kernel_sources[]; /* ended by name = NULL */

#endif
