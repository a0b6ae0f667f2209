/* recheck.h -- what a comparison does not tell by itself, and a program that can run the kernels
 * finds out: old worst inputs tried again, alarms confirmed by a second run.
 *
 * The NEW result of the comparison is that of the job, in the order of its subjects.  All end with
 * the comparison settled.
 */
#ifndef SRC_RECHECK_H
#define SRC_RECHECK_H

#include "job.h"
#include "../reports/compare.h"

/* The largest error of a search is a lower bound, so a smaller one proves nothing, and a larger one
 * is no regression: the input of either is tried on the other side.  The subjects are in the order
 * of the NEW result; OLD_SUBJECT is NULL where the old kernels cannot be run. */
void recheck_searched(struct comparison *c, struct subject *const *new_subject,
                      struct subject *const *old_subject);

/* What a search found in OLD is not forgotten: if S has a larger error at the worst input of OLD,
 * that becomes the one of NEW. */
void recheck_raise(struct kernel_record *new, const struct kernel_record *old, struct subject *s);

/* Worse results are looked at twice, lest a kernel that is not deterministic be taken for one that
 * got worse. */
void recheck_accuracy(struct comparison *c, struct job *j);

/* Slower only counts if it is slower again. */
void recheck_speed(struct comparison *c, struct job *j, const struct compare_options *o);

#endif
