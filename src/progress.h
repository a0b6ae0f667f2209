/* progress.h -- one line on a terminal that tells how far long work is and how long it will take.
 */
#ifndef SRC_PROGRESS_H
#define SRC_PROGRESS_H

#include <stdbool.h>

/* Nothing is ever shown when standard error is no terminal, or after QUIET. */
void progress_init(bool quiet);

/* "WHAT  34 %  RATE, 12 s left". SHARE in [0, 1] of the present step; RATE may be NULL.  Throttled.
 */
void progress_show(const char *what, double share, const char *rate);

/* Removes the line; the next step starts anew. */
void progress_clear(void);

#endif
