/* registry.h -- every function and every kernel that this build and this command line know.
 *
 * Names are FUNCTION/DTYPE/METHOD/ISA.  A pattern matches a name if it does so as a glob in which
 * `*' crosses
 * `/'; a pattern of fewer than four parts stands for all names that begin so.
 */
#ifndef SRC_REGISTRY_H
#define SRC_REGISTRY_H

#include "subject.h"
#include "../ref/fpcore.h"

struct registry {
    struct function_set functions; /* the built-in ones first, then those of --fpcore files */
    int n;
    struct subject *
        *subject; /* built-in ones by function, dtype, method and ISA; then outside ones */
};

void registry_init(struct registry *r);
void registry_free(struct registry *r);

/* Rows of all passes, those included that name no known function: for tests. */
int registry_rows(void);

/* Appends an outside kernel; the registry owns it and its strings from then on. */
void registry_add(struct registry *r, struct subject *s);

/* Does PATTERN match NAME? */
bool pattern_matches(const char *pattern, const char *name);
/* Is PATTERN free of `*', `?' and `['? */
bool pattern_is_literal(const char *pattern);

/* Can the machine run it? Outside kernels always count as runnable. */
bool subject_runs_here(const struct subject *s);

#endif
