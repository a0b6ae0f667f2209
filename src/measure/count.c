/* count.c -- counting instructions by single steps: see count.h.
 *
 * The tracee stops itself (SIGSTOP) before and after each call; the tracer steps from one such stop
 * to the next.  What is counted beside the kernel (the return from one stop, the way to the next)
 * is the same for every call, so the difference of two lengths is the kernel's alone.  A
 * rep-prefixed string instruction counts once per repetition.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sigabbrev_np */
#endif
#include "count.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../mem.h"
#include "child.h"

enum { CALLS = 3 }; /* n, 2 n, and 2 n again */

/* Shared with the tracer. */
struct job {
    volatile uint64_t progress;
    struct subject *subject;
    const struct inputs *inputs;
    uint64_t seed;
    size_t n;
    uint64_t steps[CALLS];
    volatile int refused; /* errno of PTRACE_TRACEME; -1 before it was tried */
    char err[200];
};

/* The calls, in the tracee: one that is not counted, which binds symbols and touches pages, then
 * CALLS, with a stop after each.  The index is volatile lest the compiler make unlike code of the
 * turns of the loop. */
__attribute__((noreturn)) static void be_tracee(struct job *job, const void *x, void *y)
{
    const size_t length[1 + CALLS] = {2 * job->n, job->n, 2 * job->n, 2 * job->n};
    job->refused = ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : errno;
    for (volatile int i = 0; i < 1 + CALLS && !job->refused; i++) {
        subject_call(job->subject, x, y, length[i]);
        raise(SIGSTOP);
    }
    _exit(0);
}

/* Waits for the tracee; true if it stopped, with the signal in *SIG. */
static bool stopped(pid_t pid, int *sig, int *status)
{
    while (waitpid(pid, status, __WALL) < 0)
        if (errno != EINTR)
            return false;
    *sig = WIFSTOPPED(*status) ? WSTOPSIG(*status) : 0;
    return WIFSTOPPED(*status);
}

/* Steps until the tracee stops itself; false with the reason in job->err. */
static bool step_to_stop(struct job *job, pid_t pid, uint64_t *steps)
{
    int sig, status;
    for (*steps = 0;; ++*steps) {
        if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0) {
            snprintf(job->err, sizeof job->err, "single-stepping is not possible here: %s",
                     strerror(errno));
            return false;
        }
        if (!stopped(pid, &sig, &status)) {
            snprintf(job->err, sizeof job->err, "the kernel left the process while it was counted");
            return false;
        }
        if (sig == SIGSTOP)
            return true;
        if (sig != SIGTRAP) {
            snprintf(job->err, sizeof job->err, "SIG%s while it was counted", sigabbrev_np(sig));
            return false;
        }
        if (*steps % 1024 == 0)
            job->progress++;
    }
}

static bool trace(struct job *job, pid_t pid)
{
    int sig, status;
    if (!stopped(pid, &sig, &status)) {
        if (job->refused)
            snprintf(job->err, sizeof job->err, "tracing is not allowed here: %s",
                     strerror(job->refused > 0 ? job->refused : EPERM));
        else
            snprintf(job->err, sizeof job->err,
                     "the kernel left the process before it was counted");
        return false;
    }
    if (sig != SIGSTOP) {
        snprintf(job->err, sizeof job->err, "SIG%s before it was counted", sigabbrev_np(sig));
        return false;
    }
    ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_EXITKILL);
    for (int i = 0; i < CALLS; i++)
        if (!step_to_stop(job, pid, &job->steps[i]))
            return false;
    return true;
}

/* In the child: the tracer. */
static int work(void *arg)
{
    struct job *job = arg;
    const struct subject *s = job->subject;
    void *x = xmalloc(2 * job->n * format_bytes(s->in) + 64), *y = xmalloc(2 * job->n * 8 + 64);
    x = (void *)(((uintptr_t)x + 63) & ~(uintptr_t)63);
    y = (void *)(((uintptr_t)y + 63) & ~(uintptr_t)63);
    inputs_fill(job->inputs, job->seed, s->in, x, 2 * job->n);
    if (!subject_open(job->subject, job->err, sizeof job->err))
        return 1;
    pid_t pid = fork();
    if (pid < 0) {
        snprintf(job->err, sizeof job->err, "no process to trace: %s", strerror(errno));
        return 1;
    }
    if (pid == 0)
        be_tracee(job, x, y);
    bool counted = trace(job, pid);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, __WALL);
    return counted ? 0 : 1;
}

bool count_instructions(const struct subject *s, const struct inputs *in, uint64_t seed, size_t n,
                        struct instruction_count *count, char *err, size_t errlen)
{
    struct subject copy = *s; /* opened in the child only */
    struct job *job = shared_alloc(sizeof *job);
    char how[100];
    *job = (struct job){.refused = -1, .subject = &copy, .inputs = in, .seed = seed, .n = n};
    struct child_limits limits = {.seconds = 20, .progress = &job->progress};
    struct child_result end = child_run(work, job, limits);
    if (end.end == CHILD_OK)
        *count = (struct instruction_count){.per_element =
                                                (double)(job->steps[1] - job->steps[0]) / (double)n,
                                            .call = job->steps[0],
                                            .repeatable = job->steps[1] == job->steps[2]};
    else if (end.end == CHILD_FAILED)
        snprintf(err, errlen, "%s: %s", s->name, job->err);
    else
        snprintf(err, errlen, "%s: %s while it was counted", s->name,
                 child_describe(&end, how, sizeof how));
    shared_free(job, sizeof *job);
    return end.end == CHILD_OK;
}
