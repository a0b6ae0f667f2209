/* guard-bench.h -- in the guard's child: where a kernel is called, watched and compared.
 *
 * bench_check makes a call and compares the results, bitwise but for the bits of NaNs, with what
 * the kernel gives for the same inputs alone.  Where they differ, bench_diagnose changes one thing
 * at a time until they agree again: that thing names the finding.  So a probe need not know what it
 * will find, and a kernel is not accused of its tail when it is the neighbour's NaN.
 */
#ifndef MEASURE_GUARD_BENCH_H
#define MEASURE_GUARD_BENCH_H

#include <string.h>
#include <sys/types.h>

#include "guard-probes.h"
#include "region.h"
#include "watch.h"

enum {
    LONGEST = (1 << 20) + 3, /* elements that fit in a region */
    BLOCKS = 16              /* of the heap, watched */
};

/* Bytes on each side of a region that may not be touched. */
static const size_t WALL = (size_t)64 << 20;

struct bench {
    struct probe_job *job;
    struct guard_page *page;
    const struct subject *s;
    size_t isize, osize;    /* bytes of an element */
    int lanes;              /* elements in 64 bytes of input */
    struct region in, out;  /* either may hold the input: call.swapped */
    char *nowhere;          /* in the middle of memory that may not be touched */
    char *sample, *alone;   /* page->sample and page->alone, packed as the kernel sees them */
    struct fp_state normal; /* the state to find and to leave */
    double param[MAX_PARAMS];
    char *x, *y; /* the buffers of the last call */
    char *block[BLOCKS];
    pid_t pid;
    int threads;        /* before the library was loaded */
    double probe_start; /* CPU time */
    int diagnoses;
    bool over; /* nothing more can be learnt in this child */
    bool
        spoiled; /* results cannot be compared: they change from call to call, or are not written */
    uint64_t random;
};

/* False where the system does not give the memory. */
bool bench_make(struct bench *b, struct probe_job *job);

/* ---- small things ---------------------------------------------------------------------------- */

extern const int guard_fill_byte[2]; /* what memory holds before a call: call.fill is the index */

uint64_t guard_random(uint64_t *state);
double cpu_seconds(void);                /* of this process */
void pause_us(long us);                  /* less than a second */
bool bench_spent(const struct bench *b); /* has this probe used up its time? */

/* An element's pattern in memory, little-endian as every machine this runs on. */
static inline uint64_t get(const char *p, size_t bytes)
{
    uint64_t v = 0;
    memcpy(&v, p, bytes);
    return v;
}

static inline void put(char *p, uint64_t v, size_t bytes)
{
    memcpy(p, &v, bytes);
}

static inline bool same_result(enum format f, uint64_t a, uint64_t b)
{
    return a == b || (format_is_nan(f, a) && format_is_nan(f, b));
}

/* ---- calls ----------------------------------------------------------------------------------- */

/* One element: the call that is the yardstick. */
static inline struct call call_alone(int sample)
{
    return (struct call){.n = 1, .content = CONTENT_SAME, .first = sample};
}

/* N samples from FIRST on, in the middle of roomy buffers. */
static inline struct call call_of(size_t n, int first)
{
    return (struct call){.n = n, .first = first, .fill = n & 1, .soil = n >> 1 & 1};
}

/* The sample in lane K of a call; the lanes of C as they go into X. */
int call_sample(const struct call *c, size_t k);
void bench_fill_lanes(const struct bench *b, const struct call *c, char *x);

/* Makes the call and looks at everything but the results. */
void bench_perform(struct bench *b, const struct call *c, struct watch_report *report);

/* The result in lane K of the last call; the same after repeating the call C. */
static inline uint64_t bench_result(const struct bench *b, size_t k)
{
    return get(b->y + k * b->osize, b->osize);
}
uint64_t bench_repeat(struct bench *b, struct call c, size_t k);

/* Does a thread of the kernel's own write to the buffers while nobody calls? */
void bench_look_for_late_writes(struct bench *b);

/* A kernel that forks may come back twice.  The copy must not go on with our work; and since the
 * two share our buffers, nothing that is seen from then on counts. */
void bench_look_for_processes(struct bench *b, const struct call *c);

/* ---- comparing ------------------------------------------------------------------------------- */

/* Can results be compared with those of calls with one element? */
bool bench_comparable(const struct bench *b);

/* The first lane at *AT or after in which the last call, C, differs from the result alone; false if
 * none does.  bench_difference also tells of a NaN with other bits. */
bool bench_first_difference(const struct bench *b, const struct call *c, size_t *at);
bool bench_difference(struct bench *b, const struct call *c, size_t *at);

/* Is Y the pattern that memory held before? */
bool bench_is_fill(const struct bench *b, uint64_t y, int fill);

/* Makes the call C, compares, and looks into the first difference. */
void bench_check(struct bench *b, const struct call *c);

/* Lane K of the call C, just made after the call PREVIOUS, differs: notes what it is. */
void bench_diagnose(struct bench *b, const struct call *previous, const struct call *c, size_t k);

/* Does lane K of C always come out as Y?  Does it each time after the call PREVIOUS? */
bool bench_stays(struct bench *b, const struct call *c, size_t k, uint64_t y);
bool bench_follows(struct bench *b, const struct call *previous, const struct call *c, size_t k,
                   uint64_t y);

/* ---- notes ----------------------------------------------------------------------------------- */

bool bench_noted(const struct bench *b, enum guard_kind kind);

/* Notes a finding, the first of each kind (a judged one in place of one that is only told).  C may
 * be NULL.  Returns the note, or NULL if there is none to make. */
__attribute__((format(printf, 4, 5))) struct note *
bench_note(struct bench *b, enum guard_kind kind, const struct call *c, const char *format, ...);
void bench_note_value(struct bench *b, struct note *n, int sample, uint64_t y, uint64_t due);

/* "f(3 = 0x40400000) is 0x3f400001 HOW (element 2 of 5), 0x3f400000 in a call of its own" */
void bench_note_difference(struct bench *b, enum guard_kind kind, const struct call *c, size_t k,
                           uint64_t y, uint64_t due, const char *how);

/* "f(3 = 0x40400000)" */
const char *bench_input_text(const struct bench *b, int sample, char *buf, size_t len);

/* The parts of the floating-point state (enum fp_part) that were changed. */
void bench_note_fp(struct bench *b, const struct call *c, unsigned parts, const char *when);

#endif
