/* watch.h -- one call of a kernel, watched as closely as the platform allows.
 *
 * Beside the result a call leaves traces that its caller's compiler relies on: callee-saved
 * registers, the stack pointer, the caller's frame, the direction flag, the floating-point state.
 * A trampoline in assembly fills the registers, calls, and looks.  Before, it puts a pattern where
 * a kernel may expect nothing in particular: scratch registers, and the stack below.
 *
 * To add a platform: its trampoline in watch.c; elsewhere calls are plain and only the
 * floating-point state is watched.
 */
#ifndef MEASURE_WATCH_H
#define MEASURE_WATCH_H

#include "../subject.h"
#include "fpstate.h"

struct watch_report {
    unsigned fp;           /* enum fp_part: changed; it is set back after each call */
    unsigned raised;       /* enum fp_raised: sticky flags that the call raised */
    const char *registers; /* NULL, or the name of a callee-saved register that was not restored */
    bool stack;            /* the stack pointer was moved */
    bool frame;            /* the caller's stack frame was written */
    bool direction;        /* the direction flag was left set */
    bool alignment_check;  /* so the flag that makes unaligned accesses fault */
    bool upper;            /* vector registers were left with their upper halves in use */
};

/* Finds out what this machine tells, once, before children are forked and threads made: cpuid takes
 * long in a virtual machine. */
void watch_prepare(void);

/* subject_call, with REPORT filled.  SOIL, 0 or 1, chooses what a kernel finds where it may expect
 * nothing: in scratch registers and the stack below; with 1 also in the upper halves of vector
 * registers and the sticky flags, which are all raised.  NORMAL is the floating-point state to find
 * and to leave. */
void watch_call(const struct subject *s, const void *x, void *y, size_t n, int soil,
                const struct fp_state *normal, struct watch_report *report);

#endif
