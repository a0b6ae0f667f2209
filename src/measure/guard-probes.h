/* guard-probes.h -- what the guard's two sides share: calls, notes, and the page between them. */
#ifndef MEASURE_GUARD_PROBES_H
#define MEASURE_GUARD_PROBES_H

#include "guard.h"

/* Inputs of the guard: special values first, then ordinary ones (finite, of moderate size), then a
 * mixture of everything. */
enum { SPECIALS = 48, ORDINARY = SPECIALS, MIXED = 1024, SAMPLES = 2048 };

/* Where a buffer lies. */
enum place {
    PLACE_MIDDLE, /* with room on both sides: `offset' bytes after a 64-byte boundary */
    PLACE_END,    /* its last byte is the last before memory that may not be touched */
    PLACE_FRONT   /* its first byte is the first after such memory */
};

/* Between input and output, where calls are `far': more than an int holds, and odd, so that the
 * library comes to lie elsewhere too. */
#define FAR_APART (((size_t)5 << 30) + 0x5a7000)

/* Address space for what is huge, beyond the usual. */
#define HUGE_SPACE ((size_t)72 << 30)

/* What is in its lanes. */
enum content {
    CONTENT_WINDOW, /* samples from `first' on, around to the start */
    CONTENT_SAME,   /* sample `first' in every lane */
    CONTENT_POISON  /* ordinary samples, but for sample `first' in lane `lane' */
};

/* A call, complete: whoever has it can repeat it. */
struct call {
    size_t n;
    enum place in, out;
    int offset_in, offset_out;
    bool in_place;  /* the output is the input */
    bool swapped;   /* the output lies below its input in memory, not above, or the reverse */
    bool far;       /* everything lies elsewhere: see FAR_APART */
    bool read_only; /* the input is mapped read-only */
    bool nowhere;   /* n = 0 with pointers that may not be followed */
    enum content content;
    int first;
    size_t lane;
    int fill; /* what output and surroundings hold before: 0 or 1, one of two patterns */
    int soil; /* so for scratch registers, the stack below and sticky flags: see watch.h */
};

/* A finding as the child notes it. */
struct note {
    enum guard_kind kind;
    bool judged;
    bool has_input;
    uint64_t x, y, due;
    struct call call;
    char text[360];
};

enum phase {
    PHASE_LOAD,    /* the library is being loaded */
    PHASE_BETWEEN, /* the guard's own work */
    PHASE_CALL     /* in page->call */
};

enum { MAX_NOTES = 48 };

/* In memory shared by the guard's parent and children. */
struct guard_page {
    volatile uint64_t progress;
    volatile int phase;
    volatile int probe; /* index of probe_table */
    volatile uint64_t calls;
    volatile bool truth;           /* `alone' is known */
    volatile double first_seconds; /* duration of the first call of a process */
    volatile int turn, turns;      /* of probes that are run several times: which, of how many */
    struct call call;              /* the present one */
    uintptr_t x, y;                /* its buffers */
    size_t x_bytes, y_bytes;
    uint64_t sample[SAMPLES]; /* patterns of the inputs */
    uint64_t alone[SAMPLES];  /* what a call with this one element gives */
    volatile int nnotes;
    struct note note[MAX_NOTES];
    char error[512]; /* why the subject did not open */
};

/* What the child is to do. */
struct probe_job {
    struct subject subject; /* the child's copy */
    const struct guard_options *options;
    struct guard_page *page;
    int from, to;       /* run probes from <= i < to */
    struct call replay; /* if `replays': nothing but this call */
    bool replays;
};

/* What a part of the floating-point state that is left changed is called. */
struct guard_fp {
    unsigned part; /* enum fp_part */
    enum guard_kind kind;
    const char *text;
};
extern const struct guard_fp guard_fp[];
extern const int guard_fp_count;

struct bench; /* what the child works with: guard-probes.c */

struct probe_info {
    void (*run)(struct bench *b);
    bool arrays;    /* makes no sense for scalar signatures */
    bool own;       /* in a child of its own, which never called the kernel before */
    bool may_fault; /* the kernel is to run into a wall: a fault is no finding */
    bool repeated;  /* page->turns times, each in a child of its own */
    bool far;       /* in a child in which everything lies elsewhere */
    size_t memory;  /* more address space than usual, bytes */
};
void probe_threads(struct bench *b); /* guard-threads.c */
void probe_first_call(struct bench *b);
void probe_first_calls(struct bench *b);
void probe_leaks(struct bench *b); /* guard-process.c */
extern const struct probe_info probe_table[];
extern const int probe_count;

void guard_make_samples(uint64_t sample[SAMPLES], enum format f, uint64_t seed);

/* In the child; ARG is a struct probe_job. */
int guard_child(void *arg);

#endif
