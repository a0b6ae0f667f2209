/* options.h -- the options that check, bench, run and eval share: which kernels, ours and others'.
 *
 * An outside kernel is described by a group of options.  --symbol begins a new one when the current
 * one has a symbol already; so does --library when the current one has a library.  A new group
 * takes over what it does not say itself, except the symbol and the name.
 */
#ifndef SRC_OPTIONS_H
#define SRC_OPTIONS_H

#include <argp.h>
#include "registry.h"

struct outside {
    const char *library, *symbol, *function, *dtype, *signature, *name, *waive;
    double max_ulp; /* NAN: no bound is promised */
};

struct param_option {
    const char *name;
    double value;
};

struct selection {
    struct registry registry;
    const char **pattern;
    int npatterns;
    struct outside base; /* what was said before the first group; NULL where nothing was */
    struct outside *outside;
    int noutside;
    struct param_option *param;
    int nparams;
    struct subject **subject; /* what was chosen and can run here, in the registry's order */
    int nsubjects;
    int not_here; /* chosen, but not for this machine */
};

/* Child parser for these options; its input is a struct selection that selection_init prepared. */
extern const struct argp selection_argp;

void selection_init(struct selection *s);
void selection_free(struct selection *s);
void selection_pattern(struct selection *s, const char *pattern);

/* Adds the outside kernels to the registry (ending the program with a clear line on bad input),
 * applies the parameters, and chooses: by the patterns; without any, the outside kernels if there
 * are some; else DEFAULTS tells of each subject whether it is chosen (NULL: all are).  Ends with
 * exit code 2 for an unknown literal name, 3 if nothing matched or nothing runs here. */
void selection_choose(struct selection *s, bool (*defaults)(const struct subject *));

/* The first part of that alone: the outside kernels of the options join the registry. */
void selection_outside(struct selection *s);

/* Replaces aliases in the patterns; ends the program if one names nothing. */
void selection_resolve(struct selection *s);

/* Value of each parameter of F as given by --param, NAN where not. */
void selection_params(const struct selection *s, const struct function *f,
                      double param[MAX_PARAMS]);

#endif
