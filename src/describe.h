/* describe.h -- a function as a result carries it: formula, curve, thresholds; so that reports need
 * no evaluator. */
#ifndef SRC_DESCRIBE_H
#define SRC_DESCRIBE_H

#include "options.h"
#include "result/result.h"

/* Appends a record for each function of the chosen subjects, and for the gradients of those. */
void describe_functions(const struct selection *s, struct result *r);

#endif
