/* block_zero.h -- the series of a formula about zero, with a proved remainder. */
#ifndef REF_BLOCK_ZERO_H
#define REF_BLOCK_ZERO_H

#include <stdbool.h>
#include "block_lanes.h"
#include "fpcore.h"

/* Finds the series of E for x > 0, or for x < 0 if NEGATIVE.  S->known is false where there is
 * none: f is not smooth up to zero, is a monomial, or holds an operator without a rule. */
void series_find(struct series *s, const struct expr *e, const double *param, bool negative);

#endif
