/* verdict.h -- which promises of a kernel were broken.  A pure function of what was measured. */
#ifndef SRC_VERDICT_H
#define SRC_VERDICT_H

#include "measure/accuracy.h"
#include "result/result.h"
#include "subject.h"

/* The promise of S as a record: bounds of its arithmetic class, words for what it keeps. */
void verdict_promise(const struct subject *s, struct kernel_record *k);

/* Appends to K->broken one sentence per broken promise, from K->accuracy and the TALLY it came from
 * (NULL: not graded) and K->contract. */
void verdict_judge(const struct subject *s, const struct tally *tally, struct kernel_record *k);

#endif
