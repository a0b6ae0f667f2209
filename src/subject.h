/* subject.h -- a kernel as it is measured: its row, the function it claims to be, and how it is
 * called.
 *
 * Built-in kernels and outside ones differ only here; what measures sees subjects.
 */
#ifndef SRC_SUBJECT_H
#define SRC_SUBJECT_H

#include <stdint.h>
#include "kernel.h"
#include "../ref/format.h"
#include "../ref/fpcore.h"

enum signature {
    SIGNATURE_KERNEL, /* void f(const T *x, T *y, size_t n, const double *param): the built-in ones
                       */
    SIGNATURE_ARRAY,  /* void f(const T *x, T *y, size_t n) */
    SIGNATURE_SCALAR, /* T f(T) */
    SIGNATURE_YXN,    /* void f(T *y, const T *x, size_t n) */
    SIGNATURE_NXY,    /* void f(size_t n, const T *x, T *y) */
    SIGNATURE_COUNT
};
extern const char *const signature_word[SIGNATURE_COUNT];

struct subject {
    char *name; /* "sigmoid/f32/poly/avx2" */
    const struct kernel *kernel;
    const struct function *function;
    enum format in, out; /* of the inputs and the results; differ for f32>bf16 */
    enum signature signature;
    double param[MAX_PARAMS]; /* as rounded by the oracle */
    void *entry;              /* the address to call; NULL until subject_open for outside kernels */
    char *library, *symbol;   /* NULL for built-in kernels */
    int row; /* of the library's own table, from 1 on, where symbol is the row's name; 0: none */
    const char *const *waive; /* findings that are not held against it: guard words; NULL: none */
    int nwaive;
    unsigned load_changed; /* enum fp_part: what loading the library changed; it is set back */
};

/* Loads the library of an outside kernel and looks its symbol up; built-in kernels are open
 * already. LIBRARY is a path, or a bare name (libm.so.6) for the loader's search; SYMBOL a C
 * identifier. Runs the library's constructors: only ever called in a child.  False with one line in
 * ERR. */
bool subject_open(struct subject *s, char *err, size_t errlen);

/* What subject_open does to load a library: its handle, or NULL with one line in ERR.  CHANGED,
 * unless NULL, gets what loading changed of the floating-point state (set back). */
void *subject_load(const char *library, unsigned *changed, char *err, size_t errlen);

/* Can S be opened?  Tries it in a child, so that a command line can refuse bad input before
 * anything is measured.  A fault is the library's own (it crashes, hangs or exits when loaded): a
 * finding of the guard, not bad input. */
enum probe { PROBE_FINE, PROBE_BAD_INPUT, PROBE_FAULT };
enum probe subject_probe(const struct subject *s, char *err, size_t errlen);

/* The same of a child of one's own that loaded LIBRARY, ended so, and SAID why it failed. */
struct child_result;
enum probe subject_probe_end(const char *library, const struct child_result *r, const char *said,
                             char *err, size_t errlen);

/* The entry's arguments are those of the signature; formats are f32, f64 or a 16-bit one, or f32 in
 * and a 16-bit one out.  False for any other pair. */
bool subject_formats_fit(enum format in, enum format out);

/* y[0..n) = f(x[0..n)). */
void subject_call(const struct subject *s, const void *x, void *y, size_t n);

static inline size_t format_bytes(enum format f)
{
    return (size_t)format_info[f].bits / 8;
}

#endif
