/* guard-bench.c -- making one call of a kernel and looking at what it left: see guard-bench.h. */
#define _GNU_SOURCE
#include "guard-bench.h"
#include "guard-process.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    PAD = 256,   /* bytes watched on each side of a buffer */
    ROOM = 4096, /* bytes before a buffer in the middle */
    BLOCK_BYTES = 48
};
static const double PROBE_SECONDS = 0.1; /* of CPU time: what is not reached by then is left out */

const int guard_fill_byte[2] = {0xa5, 0x5a};

/* Of this program, and no kernel's business. */
static unsigned char own_data[1024];

uint64_t guard_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u; /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool bench_spent(const struct bench *b)
{
    return cpu_seconds() - b->probe_start > PROBE_SECONDS;
}

void pause_us(long us)
{
    struct timespec t = {.tv_nsec = us * 1000};
    nanosleep(&t, NULL);
}

/* ---- lanes ----------------------------------------------------------------------------------- */

/* The sample in lane K of a call. */
int call_sample(const struct call *c, size_t k)
{
    switch (c->content) {
    case CONTENT_WINDOW:
        return (int)(((size_t)c->first + k) % SAMPLES);
    case CONTENT_SAME:
        return c->first;
    case CONTENT_POISON:
        break;
    }
    return k == c->lane ? c->first : (int)(ORDINARY + k % (MIXED - ORDINARY));
}

/* How many lanes from K on hold consecutive samples. */
static size_t run_length(const struct call *c, size_t k)
{
    size_t left = c->n - k, run;
    if (c->content == CONTENT_WINDOW)
        run = SAMPLES - (size_t)call_sample(c, k);
    else
        run = 1;
    return run < left ? run : left;
}

void bench_fill_lanes(const struct bench *b, const struct call *c, char *x)
{
    for (size_t k = 0; k < c->n;) {
        size_t run = run_length(c, k);
        const char *from = b->sample + (size_t)call_sample(c, k) * b->isize;
        memcpy(x + k * b->isize, from, run * b->isize);
        k += run;
    }
}

static bool lanes_unchanged(const struct bench *b, const struct call *c, const char *x)
{
    for (size_t k = 0; k < c->n;) {
        size_t run = run_length(c, k);
        const char *from = b->sample + (size_t)call_sample(c, k) * b->isize;
        if (memcmp(x + k * b->isize, from, run * b->isize))
            return false;
        k += run;
    }
    return true;
}

/* ---- notes ----------------------------------------------------------------------------------- */

bool bench_noted(const struct bench *b, enum guard_kind kind)
{
    for (int i = 0; i < b->page->nnotes && i < MAX_NOTES; i++)
        if (b->page->note[i].kind == kind)
            return true;
    return false;
}

struct note *bench_note(struct bench *b, enum guard_kind kind, const struct call *c,
                        const char *format, ...)
{
    struct guard_page *page = b->page;
    int at = 0;
    while (at < page->nnotes && at < MAX_NOTES && page->note[at].kind != kind)
        at++;
    bool better = at == page->nnotes || (guard_kinds[kind].judged && !page->note[at].judged);
    if (page->nnotes < 0 || at >= MAX_NOTES || !better)
        return NULL;
    struct note *n = &page->note[at];
    *n = (struct note){.kind = kind, .judged = guard_kinds[kind].judged};
    if (c)
        n->call = *c;
    va_list ap;
    va_start(ap, format);
    vsnprintf(n->text, sizeof n->text, format, ap);
    va_end(ap);
    if (at == page->nnotes)
        page->nnotes++;
    return n;
}

void bench_note_value(struct bench *b, struct note *n, int sample, uint64_t y, uint64_t due)
{
    if (!n)
        return;
    n->has_input = true;
    n->x = b->page->sample[sample];
    n->y = y;
    n->due = due;
}

/* ---- a call ---------------------------------------------------------------------------------- */

static char *place(const struct region *r, enum place where, size_t bytes, int offset)
{
    switch (where) {
    case PLACE_END:
        return r->data + r->bytes - bytes;
    case PLACE_FRONT:
        return r->data;
    case PLACE_MIDDLE:
        break;
    }
    return r->data + ROOM + offset;
}

/* The bytes watched before and after [p, p + bytes) of region R. */
struct pads {
    char *before, *after;
    size_t nbefore, nafter;
};

static struct pads pads_of(const struct region *r, char *p, size_t bytes)
{
    size_t front = (size_t)(p - r->data), back = (size_t)(r->data + r->bytes - (p + bytes));
    struct pads d = {.nbefore = front < PAD ? front : PAD, .nafter = back < PAD ? back : PAD};
    d.before = p - d.nbefore;
    d.after = p + bytes;
    return d;
}

static bool all_bytes(const char *p, size_t n, int byte)
{
    return !n || ((unsigned char)*p == byte && !memcmp(p, p + 1, n - 1));
}

static void set_pads(const struct pads *d, int byte)
{
    memset(d->before, byte, d->nbefore);
    memset(d->after, byte, d->nafter);
}

/* Where was it written?  Bytes from the nearer end of the array; 0: nowhere. */
static long pads_changed(const struct pads *d, int byte)
{
    for (size_t i = 0; i < d->nafter && !all_bytes(d->after, d->nafter, byte); i++)
        if ((unsigned char)d->after[i] != byte)
            return (long)i + 1;
    for (size_t i = 1; i <= d->nbefore && !all_bytes(d->before, d->nbefore, byte); i++)
        if ((unsigned char)d->before[d->nbefore - i] != byte)
            return -(long)i;
    return 0;
}

static void check_pads(struct bench *b, const struct call *c, const struct pads *d,
                       const char *whose)
{
    long at = pads_changed(d, guard_fill_byte[c->fill]);
    if (at && !c->n)
        bench_note(b, GUARD_EMPTY, c, "writes to its %s in a call with n = 0", whose);
    else if (at)
        bench_note(b, GUARD_OVERWRITE, c, "writes the byte %ld %s the %s (n = %zu)", labs(at),
                   at > 0 ? "after the end of" : "before the start of", whose, c->n);
}

static void set_own_memory(struct bench *b)
{
    memset(own_data, 0x3c, sizeof own_data);
    for (int i = 0; i < BLOCKS; i++)
        memset(b->block[i], 0x3c, BLOCK_BYTES);
}

static void check_own_memory(struct bench *b, const struct call *c)
{
    bool changed = !all_bytes((char *)own_data, sizeof own_data, 0x3c);
    for (int i = 0; i < BLOCKS; i++)
        changed |= !all_bytes(b->block[i], BLOCK_BYTES, 0x3c);
    if (changed) {
        bench_note(b, GUARD_MEMORY, c, "writes over memory of its caller, far from its arrays");
        set_own_memory(b);
    }
    if (memcmp(b->param, b->s->param, sizeof b->param)) {
        bench_note(b, GUARD_MEMORY, c, "changes the parameters it is given");
        memcpy(b->job->subject.param, b->param, sizeof b->param);
    }
}

void bench_note_fp(struct bench *b, const struct call *c, unsigned parts, const char *when)
{
    for (int i = 0; i < guard_fp_count; i++)
        if (parts & guard_fp[i].part)
            bench_note(b, guard_fp[i].kind, c, "%s%s", guard_fp[i].text, when);
}

static void note_watched(struct bench *b, const struct call *c, const struct watch_report *r)
{
    bench_note_fp(b, c, r->fp, "");
    if (r->registers)
        bench_note(b, GUARD_REGISTERS, c, "does not restore the callee-saved register %s",
                   r->registers);
    if (r->stack)
        bench_note(b, GUARD_STACK, c, "returns with the stack pointer moved");
    if (r->frame)
        bench_note(b, GUARD_MEMORY, c, "writes over the stack frame of its caller");
    if (r->direction)
        bench_note(b, GUARD_DIRECTION, c, "leaves the direction flag set");
    if (r->alignment_check)
        bench_note(b, GUARD_DIRECTION, c, "leaves the alignment-check flag set");
    if (r->upper)
        bench_note(b, GUARD_UPPER, c,
                   "leaves upper halves of vector registers in use (no vzeroupper), which "
                   "slows other code");
}

void bench_look_for_processes(struct bench *b, const struct call *c)
{
    siginfo_t child;
    if (getpid() != b->pid)
        _exit(0);
    if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT))
        return; /* there is none */
    bench_note(b, GUARD_PROCESSES, c, "forks: a process is left when the call returns");
    b->over = true;
}

void bench_look_for_late_writes(struct bench *b)
{
    enum { EDGE = 65536 };
    const struct region *region[2] = {&b->in, &b->out};
    if (b->over || thread_count() <= b->threads)
        return;
    for (int i = 0; i < 2; i++) {
        memset(region[i]->data, 0x3c, EDGE);
        memset(region[i]->data + region[i]->bytes - EDGE, 0x3c, EDGE);
    }
    pause_us(8000);
    for (int i = 0; i < 2 && !b->over; i++) {
        const char *start = region[i]->data;
        if (all_bytes(start, EDGE, 0x3c) && all_bytes(start + region[i]->bytes - EDGE, EDGE, 0x3c))
            continue;
        bench_note(b, GUARD_LATE, NULL,
                   "a thread of its own writes to the arrays of a call that has returned");
        b->over = true;
    }
}

void bench_perform(struct bench *b, const struct call *c, struct watch_report *report)
{
    struct guard_page *page = b->page;
    size_t xbytes = c->n * b->isize, ybytes = c->n * b->osize;
    int byte = guard_fill_byte[c->fill];
    const struct region *in = c->swapped ? &b->out : &b->in, *out = c->swapped ? &b->in : &b->out;
    char *y = place(out, c->out, ybytes, c->offset_out);
    char *x = c->in_place ? y : place(in, c->in, xbytes, c->offset_in);
    struct pads around_y = pads_of(out, y, ybytes), around_x = around_y;
    set_pads(&around_y, byte);
    memset(y, byte, ybytes);
    if (!c->in_place) {
        around_x = pads_of(in, x, xbytes);
        set_pads(&around_x, byte);
    }
    bench_fill_lanes(b, c, x);

    const char *given = c->read_only ? in->read_only + (x - in->data) : x;
    b->x = x;
    b->y = y;
    page->call = *c;
    page->x = c->nowhere ? (uintptr_t)b->nowhere : (uintptr_t)given;
    page->y = c->nowhere ? (uintptr_t)b->nowhere : (uintptr_t)y;
    page->x_bytes = xbytes;
    page->y_bytes = ybytes;
    page->progress++;
    page->calls++;
    page->phase = PHASE_CALL;
    watch_call(b->s, (void *)page->x, (void *)page->y, c->n, c->soil, &b->normal, report);
    page->phase = PHASE_BETWEEN;
    bench_look_for_processes(b, c);

    if (b->over)
        return;
    note_watched(b, c, report);
    check_pads(b, c, &around_y, c->in_place ? "array" : "output");
    if (!c->in_place) {
        check_pads(b, c, &around_x, "input");
        if (!lanes_unchanged(b, c, x))
            bench_note(b, GUARD_INPUT, c, "changes its input (n = %zu)", c->n);
    }
    check_own_memory(b, c);
}

uint64_t bench_repeat(struct bench *b, struct call c, size_t k)
{
    struct watch_report ignored;
    bench_perform(b, &c, &ignored);
    return bench_result(b, k);
}

const char *bench_input_text(const struct bench *b, int sample, char *buf, size_t len)
{
    uint64_t x = b->page->sample[sample];
    snprintf(buf, len, "f(%g = 0x%0*llx)", format_to_double(b->s->in, x), (int)(2 * b->isize),
             (unsigned long long)x);
    return buf;
}

void bench_note_difference(struct bench *b, enum guard_kind kind, const struct call *c, size_t k,
                           uint64_t y, uint64_t due, const char *how)
{
    char input[80];
    int sample = call_sample(c, k), digits = (int)(2 * b->osize);
    bench_note_value(
        b,
        bench_note(b, kind, c,
                   "%s is 0x%0*llx %s (element %zu of %zu), 0x%0*llx in a call of its own",
                   bench_input_text(b, sample, input, sizeof input), digits, (unsigned long long)y,
                   how, k + 1, c->n, digits, (unsigned long long)due),
        sample, y, due);
}

bool bench_first_difference(const struct bench *b, const struct call *c, size_t *at)
{
    for (size_t k = *at; k < c->n;) {
        size_t run = run_length(c, k), first = (size_t)call_sample(c, k);
        bool differs = memcmp(b->y + k * b->osize, b->alone + first * b->osize, run * b->osize);
        for (size_t i = 0; differs && i < run; i++)
            if (!same_result(b->s->out, bench_result(b, k + i), b->page->alone[first + i])) {
                *at = k + i;
                return true;
            }
        k += run;
    }
    return false;
}

bool bench_difference(struct bench *b, const struct call *c, size_t *at)
{
    for (size_t k = 0; k < c->n && k < 256 && !bench_noted(b, GUARD_NAN_BITS); k++) {
        uint64_t y = bench_result(b, k), due = b->page->alone[call_sample(c, k)];
        if (y != due && same_result(b->s->out, y, due))
            bench_note_difference(b, GUARD_NAN_BITS, c, k, y, due, "as NaN");
    }
    return bench_first_difference(b, c, at);
}

bool bench_is_fill(const struct bench *b, uint64_t y, int fill)
{
    uint64_t byte = (uint64_t)guard_fill_byte[fill], mask = ~(uint64_t)0 >> (64 - 8 * b->osize);
    return y == (byte * 0x0101010101010101u & mask);
}

bool bench_comparable(const struct bench *b)
{
    return b->page->truth && !b->spoiled;
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* Takes FAR_APART bytes, and the gaps above into which a library would fit.  Where the system
 * refuses, all stays near. */
static void leave_hole(void)
{
    enum { GAP = 16 << 10, GAPS = 4096 };
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    char *hole = mmap(NULL, FAR_APART, PROT_NONE, flags, -1, 0), *gap = NULL;
    for (int i = 0; i < GAPS && hole != MAP_FAILED && gap != MAP_FAILED; i++)
        if ((gap = mmap(NULL, GAP, PROT_NONE, flags, -1, 0)) < hole)
            break;
}

bool bench_make(struct bench *b, struct probe_job *job)
{
    *b = (struct bench){.job = job, .page = job->page, .s = &job->subject, .pid = getpid()};
    b->isize = format_bytes(job->subject.in);
    b->osize = format_bytes(job->subject.out);
    b->lanes = 64 / (int)b->isize;
    b->random = job->options->seed + 1;
    b->normal = fp_state_get();
    memcpy(b->param, b->s->param, sizeof b->param);
    b->sample = malloc(SAMPLES * b->isize);
    b->alone = malloc(SAMPLES * b->osize);
    b->nowhere = mmap(NULL, WALL, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    bool far = job->replays ? job->replay.far : probe_table[job->from].far;
    size_t widest = b->isize > b->osize ? b->isize : b->osize;
    size_t bytes = LONGEST * widest + 4 * ROOM;
    bool made = region_make(&b->in, bytes, WALL);
    if (far)
        leave_hole();
    made = made && region_make(&b->out, bytes, WALL);
    for (int i = 0; i < BLOCKS; i++)
        made = (b->block[i] = malloc(BLOCK_BYTES)) && made;
    if (!made || !b->sample || !b->alone || b->nowhere == MAP_FAILED)
        return false;
    b->nowhere += WALL / 2;
    for (size_t i = 0; i < SAMPLES; i++) {
        put(b->sample + i * b->isize, b->page->sample[i], b->isize);
        put(b->alone + i * b->osize, b->page->alone[i], b->osize);
    }
    set_own_memory(b);
    return true;
}
