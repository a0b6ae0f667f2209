/* child.h -- where kernels run: in forked children with limits, so that a kernel's fault is a record.
 *
 * The parent is single-threaded and opens no outside library.  A child works on memory shared with the
 * parent and says in a progress word what it is about to do; when it dies, the word names the culprit.
 */
#ifndef MEASURE_CHILD_H
#define MEASURE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Zeroed memory that parent and children share; freed by shared_free.  Aborts when there is none. */
void *shared_alloc(size_t bytes);
void shared_free(void *p, size_t bytes);

enum child_end {
    CHILD_OK,      /* the work returned 0 */
    CHILD_FAILED,  /* it returned another number: status */
    CHILD_EXITED,  /* something called exit or _exit: status */
    CHILD_SIGNAL,  /* killed by a signal: status */
    CHILD_TIMEOUT, /* no progress for the allowed time; killed by us */
    CHILD_STOPPED  /* stopped by the parent (child_stop, or an interrupt) */
};

struct child_result {
    enum child_end end;
    int status;
};

struct child_limits {
    double seconds;   /* without a change of *progress; 0: none */
    size_t memory;    /* address space beyond the parent's, bytes; 0: none */
    volatile uint64_t *progress; /* in shared memory; may be NULL: then `seconds' is for the whole work */
};

/* One running child.  Start several and poll them to use several cores. */
struct child {
    pid_t pid;
    struct child_limits limits;
    uint64_t last_progress;
    double last_change;
    bool running;
    struct child_result result;
    int end_fd; /* read end of the pipe on which the child says that its work returned */
};

/* Forks and runs WORK(ARG) in the child, which then leaves with _exit.  Standard output of the child goes
 * to /dev/null, standard error too unless ACTULP_CHILD_STDERR is set.  The child dies with its parent. */
void child_start(struct child *c, int (*work)(void *arg), void *arg, struct child_limits limits);

/* Looks after a running child: true while it runs.  When false, c->result tells how it ended. */
bool child_poll(struct child *c);
void child_stop(struct child *c); /* kills and reaps */

/* child_start and child_poll until the end. */
struct child_result child_run(int (*work)(void *arg), void *arg, struct child_limits limits);

/* "SIGSEGV", "exit 3", "no progress for 10 s". */
const char *child_describe(const struct child_result *r, char *buf, size_t len);

#endif
