/* guard.h -- is a kernel what its signature says?  Run before it is graded or timed.
 *
 * The yardstick is the kernel itself, called with one element.  Every other way of calling it must
 * give the same bits, touch nothing but its own output, and leave the thread and the process as
 * they were. How exact the results are is not the guard's business.
 *
 * Kernels run in children (child.h).  guard.c is the parent's side: children, findings, the
 * smallest failing call.  The child's: guard-probes.c (what is tried), guard-threads.c,
 * guard-process.c, guard-bench.c (one call and what it leaves), guard-diagnose.c (what a difference
 * means).
 */
#ifndef MEASURE_GUARD_H
#define MEASURE_GUARD_H

#include "child.h"
#include "../result/result.h"
#include "../subject.h"

enum guard_kind {
    /* The kernel cannot be graded further. */
    GUARD_CRASH,
    GUARD_EXIT,
    GUARD_HANG,
    GUARD_LOAD,
    GUARD_OVERREAD,
    GUARD_OVERWRITE,
    GUARD_MEMORY,
    /* Results. */
    GUARD_TAIL,
    GUARD_ALIGNMENT,
    GUARD_NEIGHBOURS,
    GUARD_IN_PLACE,
    GUARD_UNREPEATABLE,
    GUARD_STATE,
    GUARD_OUTPUT_READ,
    GUARD_UNSET,
    GUARD_UNWRITTEN,
    GUARD_LATE,
    GUARD_THREADS,
    GUARD_LENGTH,
    /* What it may not touch. */
    GUARD_INPUT,
    GUARD_EMPTY,
    /* The thread as it was found. */
    GUARD_ROUNDING,
    GUARD_FLUSH,
    GUARD_TRAPS,
    GUARD_X87,
    GUARD_MMX,
    GUARD_CONTROL,
    GUARD_REGISTERS,
    GUARD_STACK,
    GUARD_DIRECTION,
    /* The process as it was found. */
    GUARD_SIGNALS,
    GUARD_FILES,
    GUARD_PRINTS,
    GUARD_PROCESS,
    GUARD_PROCESSES,
    GUARD_LEFT_THREADS, /* judged if there are more with each call */
    /* Told, not judged. */
    GUARD_RAISED,
    GUARD_NAN_BITS,
    GUARD_UPPER,
    GUARD_LEAK,
    GUARD_LEFT_FILES,
    GUARD_KINDS
};

struct guard_kind_info {
    const char *word;  /* in results, and for --waive */
    const char *title; /* "gives other bits in calls of another length" */
    bool fatal;        /* as a rule: a crash is fatal whatever it is called */
    bool judged;       /* false: told only */
    unsigned keeps;    /* judged only of kernels that promise this (enum keeps); 0: of all */
};
extern const struct guard_kind_info guard_kinds[GUARD_KINDS];

/* The kind called WORD, or -1. */
int guard_kind_by_word(const char *word);

/* Is WORD something that can be waived here: a kind, or a set of kinds ("bitwise-stable", "alias")?
 */
bool guard_waivable(const char *word);

struct guard_options {
    uint64_t seed;
    double seconds; /* without an end of a call, after which it hangs; 0: 10 */
    size_t memory;  /* for the kernel, bytes; 0: 2 GiB */
    const char *const *waive;
    int nwaive;
};

/* Fills OUT (verdict and findings, malloc'ed).  S need not be open and is not changed. */
void guard_run(const struct subject *s, const struct guard_options *o, struct contract *out);

/* Did any finding end the grading? */
bool guard_is_fatal(const struct contract *c);

/* A fault elsewhere, in a sweep or while timing, as a finding: kind, text ("SIGSEGV ... WHEN", with
 * WHEN such as "while its results were graded"), fatal and judged; the call and its input are the
 * caller's to fill in.  Strings malloc'ed. */
void finding_from_child(struct finding *f, const struct child_result *r, const char *when);

/* The same for parts of the floating-point state (enum fp_part) that a kernel left changed. */
void finding_from_fp(struct finding *f, unsigned parts, const char *when);

#endif
