/* child.h -- where kernels run: in forked children with limits, so that a kernel's fault is a
 * record.
 *
 * The parent is single-threaded and opens no outside library.  A child works on memory shared with
 * the parent and says in a progress word what it is about to do; when it dies, the word names the
 * culprit.
 *
 * Between the two stands a keeper: a process that does nothing but wait.  It collects whatever the
 * work leaves behind (forked processes, even those with a session of their own), and it is what a
 * kernel finds when it looks for its parent.
 *
 * In the child: signal actions are the default ones, except that SIGSEGV, SIGBUS, SIGILL and SIGFPE
 * first note the address; no signal is blocked; standard input is /dev/null, and so is standard
 * output, and standard error unless ACTULP_CHILD_STDERR is set; every other descriptor is closed,
 * so open what the work needs inside it; exit() runs none of the parent's atexit handlers.
 */
#ifndef MEASURE_CHILD_H
#define MEASURE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Zeroed memory that parent and children share; freed by shared_free.  Aborts when there is none.
 */
void *shared_alloc(size_t bytes);
void shared_free(void *p, size_t bytes);

enum child_end {
    CHILD_OK,         /* the work returned 0 */
    CHILD_FAILED,     /* it returned another number: status */
    CHILD_EXITED,     /* something called exit or _exit: status */
    CHILD_SIGNAL,     /* killed (or stopped) by a signal: status */
    CHILD_TIMEOUT,    /* no progress for the allowed time; killed by us */
    CHILD_STOPPED,    /* stopped by the parent (child_stop, or an interrupt) */
    CHILD_NOT_STARTED /* the system refused to fork: status is errno */
};

struct child_result {
    enum child_end end;
    int status;
    double seconds;  /* CHILD_TIMEOUT: the allowed time */
    int strays;      /* processes that the work left behind, killed */
    bool has_fault;  /* CHILD_SIGNAL by a fault in the work: */
    uintptr_t fault; /* the address that was accessed; of the instruction for SIGILL and SIGFPE */
    uintptr_t stack; /* the stack pointer then */
    int access;      /* 'r', 'w', or '?' where the system does not tell */
};

struct child_limits {
    double seconds;              /* without a change of *progress; 0: none */
    size_t memory;               /* address space beyond the parent's, bytes; 0: none */
    volatile uint64_t *progress; /* in shared memory; NULL: `seconds' is for the whole work */
};

/* False in builds with sanitizers, which reserve terabytes: `memory' has no effect there. */
extern const bool child_limits_memory;

/* One running child.  Start several and poll them to use several cores. */
struct child {
    pid_t pid; /* of the keeper */
    struct child_limits limits;
    uint64_t last_progress;
    double last_change, last_cpu;
    bool running;
    struct child_result result;
    int end_fd;              /* readable (end of file) when the child has ended: for poll(2) */
    struct child_page *page; /* shared with keeper and child */
};

/* Forks and runs WORK(ARG) in the child, which then leaves with _exit.  The child dies with its
 * parent.  Time counts once the child has used half of it as CPU time, or after three times as
 * long: on a busy machine a child that cannot run is not called hung. */
void child_start(struct child *c, int (*work)(void *arg), void *arg, struct child_limits limits);

/* Looks after a running child: true while it runs.  When false, c->result tells how it ended. */
bool child_poll(struct child *c);
void child_stop(struct child *c); /* kills and reaps */

/* Sleeps until one of the N children at C that run may have ended, at most SECONDS. */
void child_wait(struct child *c, int n, double seconds);

/* child_start and child_poll until the end. */
struct child_result child_run(int (*work)(void *arg), void *arg, struct child_limits limits);

/* "SIGSEGV", "exit 3", "no progress for 10 s". */
const char *child_describe(const struct child_result *r, char *buf, size_t len);

#endif
