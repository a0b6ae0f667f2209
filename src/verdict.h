/* verdict.h -- which promises of a kernel were broken.  A pure function of what was measured. */
#ifndef SRC_VERDICT_H
#define SRC_VERDICT_H

#include "measure/accuracy.h"
#include "result/result.h"
#include "subject.h"

/* The promise of S as a record: bounds of its arithmetic class, words for what it keeps. */
void verdict_promise(const struct subject *s, struct kernel_record *k);

/* Appends to K->broken one sentence per broken promise, from the promise in K, its contract, and
 * the TALLY of its results in formats IN -> OUT (NULL: not graded). */
void verdict_judge(struct kernel_record *k, const struct tally *tally, enum format in,
                   enum format out);

#endif
