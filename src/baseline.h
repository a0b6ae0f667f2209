/* baseline.h -- the figures that a project has committed: what `actulp baseline' writes, reads and
 * compares with.
 *
 * A file of JSON, a line a kernel, sorted, so that a diff reads well.  Accuracy is held in discrete
 * figures alone (largest error and its input, counts, a digest of all results), which do not depend
 * on the machine; those of kernels that call the C library do depend on that, and stand under its
 * version and variant.  Times stand under the facts of the machine that they are of.
 *
 * The figures of a part are kept in a struct result, so that compare_results can judge them.  To
 * keep another figure: a field in write_kernel and read_kernel, and in kernel_copy.
 */
#ifndef SRC_BASELINE_H
#define SRC_BASELINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "result/result.h"

enum { BASELINE_VERSION = 1 };

/* Kernels whose results have the same reason to be what they are. */
struct baseline_part {
    char *key;             /* "": the source alone; "glibc 2.36 variant 1f0c..." */
    struct result *result; /* kernels with what is kept of their accuracy */
};

struct baseline_reason {
    char *date, *text;
};

struct baseline_formula {
    char *function, *text;
};

struct baseline {
    char *sweep; /* "quick", "full" */
    uint64_t seed, evaluations;
    char *ulp; /* the definition used */
    int ncovers;
    char **covers; /* the patterns of built-in kernels that it is about */
    int nreasons;
    struct baseline_reason *reason; /* why it was changed, the last time last */
    int nformulas;
    struct baseline_formula *formula;
    int nparts;
    struct baseline_part *part;
    int nmachines;
    struct result **machine; /* of each: facts, noise floor, kernels with times */
};

/* Reads the file PATH.  NULL with one line in ERR. */
struct baseline *baseline_read(const char *path, char *err, size_t errlen);
void baseline_write(const struct baseline *b, FILE *out);

struct baseline *baseline_new(void);
void baseline_free(struct baseline *b);

/* Takes over what is kept of K's accuracy, under KEY; of the times of all kernels of R, under its
 * machine; of a function; a reason. What was there of the same name is replaced. */
void baseline_put(struct baseline *b, const char *key, const struct kernel_record *k);
void baseline_put_times(struct baseline *b, const struct result *r);
void baseline_put_formula(struct baseline *b, const struct function_record *f);
void baseline_cover(struct baseline *b, const char *pattern);
void baseline_add_reason(struct baseline *b, const char *date, const char *text);
/* Removes a kernel from all parts. */
void baseline_drop(struct baseline *b, const char *name);

/* The record of kernel NAME under KEY; NULL: there is none.  With KEY NULL under any. */
const struct kernel_record *baseline_find(const struct baseline *b, const char *key,
                                          const char *name);

/* The text that stands for a function: its formula and its parameters; malloc'ed. */
char *baseline_formula_text(const struct function_record *f);
/* What stands there for function ID; NULL: nothing. */
const char *baseline_formula(const struct baseline *b, const char *id);

/* The baseline as a result that NEW can be compared with: the kernels under KEYS (ended by NULL),
 * as if with NEW's promises, which a baseline does not keep; a function that had another formula;
 * and the times, of NEW's kind of machine if there are some. */
struct result *baseline_result(const struct baseline *b, const char *const *keys,
                               const struct result *new);

/* The times of a machine of the kind of M; NULL: there are none. */
const struct result *baseline_times(const struct baseline *b, const struct machine *m);

#endif
