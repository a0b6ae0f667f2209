/* excerpt.h -- of the sources of the kernels, what one kernel needs.
 *
 * The file of a function is read as its pass compiles it: conditionals settled, our own headers
 * folded in, R(), REST(), `real' and `stored' replaced by what they stand for.  It is then cut into
 * declarations, and those are marked that are reached from a name.
 *
 * The text is otherwise as it was written.  This is no C parser: it knows comments, literals,
 * braces, and the shapes of declarations that src/fn/ and src/simd/ use.  What it does not
 * understand is an error, and tests/t-export.c compiles and compares every kernel.
 */
#ifndef SRC_EXCERPT_H
#define SRC_EXCERPT_H

#include <stdbool.h>
#include <stddef.h>
#include "kernel.h"

enum piece_kind {
    PIECE_CODE,    /* function, object, type or macro */
    PIECE_KERNEL,  /* KERNEL(name, parameters...) */
    PIECE_VKERNEL, /* VKERNEL(name, parameters...) */
    PIECE_DKERNEL  /* DKERNEL(name, parameters...) */
};

enum { EXCERPT_PARAMS = 3 };

struct piece {
    enum piece_kind kind;
    char *comment; /* the comment before it, NULL: none */
    char *text;    /* of a kernel: the body alone, "{ ... }" */
    char *name[8]; /* what it defines */
    int nnames;
    char *param[EXCERPT_PARAMS]; /* of a kernel */
    int nparams;
    bool needed;
};

struct excerpt {
    char *about;      /* the comment at the head of the function's file */
    const char *real; /* the type that it computes in: "float" or "double" */
    int n;
    struct piece *piece;
    char **header; /* "<math.h>": those included by what was read */
    int nheaders;
    struct piece *kernel; /* the piece of the row that was asked for */
};

/* What kernel K needs.  NULL with one line in ERR. */
struct excerpt *excerpt_of(const struct kernel *k, char *err, size_t errlen);
void excerpt_free(struct excerpt *e);

/* Marks what NAME reaches as needed, too. */
void excerpt_need(struct excerpt *e, const char *name);

/* Is the identifier WORD used by what is needed? */
bool excerpt_uses(const struct excerpt *e, const char *word);

/* Does what is needed use <math.h>; and functions of it whose results depend on the C library? */
bool excerpt_uses_math(const struct excerpt *e);
bool excerpt_calls_libm(const struct excerpt *e);

#endif
