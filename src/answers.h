/* answers.h -- what kernels answer to a few inputs, each asked by a call of its own in a child.
 *
 * `actulp eval' shows the answers; a result records those at the inputs where the function declares
 * more than one to be right: the sign of a zero, a gradient at a kink, a limit that is a set.
 */
#ifndef SRC_ANSWERS_H
#define SRC_ANSWERS_H

#include "subject.h"
#include "result/result.h"
#include "../ref/truth.h"

/* y[s * nx + i] is what subject s gives for x[i]: patterns.  fault[s] is what it did instead
 * (malloc'ed), NULL: it answered. */
void answers_ask(struct subject **subject, int nsubjects, const uint64_t *x, int nx, uint64_t *y,
                 char **fault);

/* Asks the subjects, all of O's function and one pair of formats, wherever O declares several
 * answers to be right, and records what those say that do answer. */
void answers_record(struct oracle *o, struct subject **subject, int nsubjects,
                    struct kernel_record **k);

#endif
