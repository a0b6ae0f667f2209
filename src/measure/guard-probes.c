/* guard-probes.c -- the guard's side in the child: the probes, and what a difference means.
 *
 * A probe makes calls and hands each to `check', which compares the results bitwise (NaNs count as
 * one) with what the kernel gives for the same inputs alone.  Where they differ, `diagnose' changes
 * one thing at a time until they agree again: that thing names the finding.  So a probe need not
 * know what it will find, and a kernel is not accused of its tail when it is the neighbour's NaN.
 *
 * To add a probe: a function, and a row at the end.  To add a kind: guard.h and the table in
 * guard.c.
 */
#define _GNU_SOURCE
#include "guard-probes.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "watch.h"

enum {
    PAD = 256,   /* bytes watched on each side of a buffer */
    ROOM = 4096, /* bytes before a buffer in the middle */
    LONGEST = 1000003,
    DIAGNOSES = 400,
    BLOCKS = 16, /* of the heap, watched */
    BLOCK_BYTES = 48
};
static const size_t WALL = (size_t)64 << 20;
#define HUGE_SPACE ((size_t)72 << 30)
static const double PROBE_SECONDS = 0.1; /* of CPU time: what is not reached by then is left out */

static const int fill_byte[2] = {0xa5, 0x5a};

/* Memory between walls, mapped twice: once to write, once to read only. */
struct region {
    char *data, *read_only;
    size_t bytes;
};

struct bench {
    struct probe_job *job;
    struct guard_page *page;
    const struct subject *s;
    size_t isize, osize;
    int lanes; /* elements in 64 bytes of input */
    struct region in, out;
    char *nowhere;
    char *sample, *alone; /* packed, as the kernel sees them */
    struct fp_state normal;
    double param[MAX_PARAMS];
    char *x, *y; /* the buffers of the last call */
    char *block[BLOCKS];
    pid_t pid;
    double probe_start;
    int diagnoses;
    bool over; /* nothing more can be learnt in this child */
    bool
        spoiled; /* results cannot be compared: they differ from call to call, or are not written */
    uint64_t random;
};

/* Of this program, and no kernel's business. */
static unsigned char own_data[1024];

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u; /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint64_t below(struct bench *b, uint64_t n)
{
    return next_random(&b->random) % n;
}

static double cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double monotonic_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool probe_spent(const struct bench *b)
{
    return cpu_now() - b->probe_start > PROBE_SECONDS;
}

static void pause_us(long us)
{
    struct timespec t = {.tv_nsec = us * 1000};
    nanosleep(&t, NULL);
}

/* ---- inputs ---------------------------------------------------------------------------------- */

static double uniform(uint64_t *state)
{
    return (double)(next_random(state) >> 11) * 0x1p-53;
}

static double normal_value(uint64_t *state)
{
    double r = sqrt(-2 * log(uniform(state) + 0x1p-60));
    return r * cos(6.283185307179586 * uniform(state));
}

static uint64_t one_ordinary(enum format f, int i, uint64_t *state)
{
    double v;
    switch (i % 4) {
    case 0:
        v = 16 * uniform(state) - 8;
        break;
    case 1:
        v = 3 * normal_value(state);
        break;
    case 2:
        v = ldexp(1 + uniform(state), -(int)(next_random(state) % 13)) *
            (next_random(state) & 1 ? 1 : -1);
        break;
    default:
        v = (double)(next_random(state) % 17) - 8;
        break;
    }
    return format_from_double(f, v);
}

/* Values at which kernels branch; repeated with both signs. */
static void make_specials(uint64_t *out, enum format f)
{
    uint64_t inf = format_inf(f), normal = format_min_normal(f);
    uint64_t quiet = format_nan(f) & ~inf & ~format_sign_bit(f);
    uint64_t nan = format_nan(f), max = format_max(f);
    uint64_t value[SPECIALS / 2] = {
        0,   1,       2,   normal - 1, normal / 2, normal,     normal + 1,
        max, max - 1, inf, nan,        inf | 1,    normal * 2, nan | quiet >> 1 | 1};
    static const double more[] = {1, 0.5, 2, 3, 6, 10, 20, 80, 100, 1e-3};
    for (int i = 0; i < 10; i++)
        value[14 + i] = format_from_double(f, more[i]);
    for (int i = 0; i < SPECIALS / 2; i++) {
        out[2 * i] = value[i];
        out[2 * i + 1] = value[i] | format_sign_bit(f);
    }
}

void guard_make_samples(uint64_t sample[SAMPLES], enum format f, uint64_t seed)
{
    uint64_t state = seed, mask = format_sign_bit(f) * 2 - 1;
    make_specials(sample, f);
    for (int i = ORDINARY; i < MIXED; i++)
        sample[i] = one_ordinary(f, i, &state);
    for (int i = MIXED; i < SAMPLES; i++) {
        uint64_t r = next_random(&state);
        if (i % 8 == 0)
            sample[i] = sample[r % SPECIALS];
        else if (i % 2)
            sample[i] = r >> 8 & mask;
        else
            sample[i] = one_ordinary(f, i / 2, &state);
    }
}

/* ---- elements -------------------------------------------------------------------------------- */

static uint64_t get(const char *p, size_t bytes)
{
    uint64_t v = 0;
    memcpy(&v, p, bytes); /* little-endian, as every machine this runs on */
    return v;
}

static void put(char *p, uint64_t v, size_t bytes)
{
    memcpy(p, &v, bytes);
}

static bool same(enum format f, uint64_t a, uint64_t b)
{
    return a == b || (format_is_nan(f, a) && format_is_nan(f, b));
}

/* The sample in lane K of a call. */
static int lane_sample(const struct call *c, size_t k)
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
        run = SAMPLES - (size_t)lane_sample(c, k);
    else
        run = 1;
    return run < left ? run : left;
}

static void fill_lanes(const struct bench *b, const struct call *c, char *x)
{
    for (size_t k = 0; k < c->n;) {
        size_t run = run_length(c, k);
        const char *from = b->sample + (size_t)lane_sample(c, k) * b->isize;
        memcpy(x + k * b->isize, from, run * b->isize);
        k += run;
    }
}

static bool lanes_unchanged(const struct bench *b, const struct call *c, const char *x)
{
    for (size_t k = 0; k < c->n;) {
        size_t run = run_length(c, k);
        const char *from = b->sample + (size_t)lane_sample(c, k) * b->isize;
        if (memcmp(x + k * b->isize, from, run * b->isize))
            return false;
        k += run;
    }
    return true;
}

/* ---- notes ----------------------------------------------------------------------------------- */

static bool noted(const struct bench *b, enum guard_kind kind)
{
    for (int i = 0; i < b->page->nnotes && i < MAX_NOTES; i++)
        if (b->page->note[i].kind == kind)
            return true;
    return false;
}

/* Notes a finding, the first of each kind; C may be NULL.  Returns the note or NULL. */
__attribute__((format(printf, 4, 5))) static struct note *
note(struct bench *b, enum guard_kind kind, const struct call *c, const char *format, ...)
{
    if (noted(b, kind) || b->page->nnotes < 0 || b->page->nnotes >= MAX_NOTES)
        return NULL;
    struct note *n = &b->page->note[b->page->nnotes];
    *n = (struct note){
        .kind = kind, .fatal = guard_kinds[kind].fatal, .judged = guard_kinds[kind].judged};
    if (c)
        n->call = *c;
    va_list ap;
    va_start(ap, format);
    vsnprintf(n->text, sizeof n->text, format, ap);
    va_end(ap);
    b->page->nnotes++;
    return n;
}

static void note_value(struct bench *b, struct note *n, int sample, uint64_t y, uint64_t due)
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
    long at = pads_changed(d, fill_byte[c->fill]);
    if (at && !c->n)
        note(b, GUARD_EMPTY, c, "writes to its %s in a call with n = 0", whose);
    else if (at)
        note(b, GUARD_OVERWRITE, c, "writes the byte %ld %s the %s of %zu elements", labs(at),
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
        note(b, GUARD_MEMORY, c, "writes over memory of its caller, far from its arrays");
        set_own_memory(b);
    }
    if (memcmp(b->param, b->s->param, sizeof b->param)) {
        note(b, GUARD_MEMORY, c, "changes the parameters it is given");
        memcpy(b->job->subject.param, b->param, sizeof b->param);
    }
}

static const struct {
    unsigned part;
    enum guard_kind kind;
    const char *text;
} fp_findings[] = {
    {FP_ROUNDING, GUARD_ROUNDING, "leaves another rounding mode set"},
    {FP_FLUSH, GUARD_FLUSH, "leaves flush-to-zero (FTZ, DAZ) changed"},
    {FP_TRAPS, GUARD_TRAPS, "leaves floating-point exceptions masked or unmasked otherwise"},
    {FP_X87, GUARD_X87, "leaves the x87 control word changed"},
    {FP_MMX, GUARD_MMX, "leaves x87 registers in use: an emms or vzeroupper-like end is missing"},
    {FP_OTHER, GUARD_CONTROL, "leaves the floating-point control register changed"},
};

static void note_fp(struct bench *b, const struct call *c, unsigned parts, const char *when)
{
    for (size_t i = 0; i < sizeof fp_findings / sizeof *fp_findings; i++)
        if (parts & fp_findings[i].part)
            note(b, fp_findings[i].kind, c, "%s%s", fp_findings[i].text, when);
}

static void note_watched(struct bench *b, const struct call *c, const struct watch_report *r)
{
    note_fp(b, c, r->fp, "");
    if (r->registers)
        note(b, GUARD_REGISTERS, c, "does not restore the callee-saved register %s", r->registers);
    if (r->stack)
        note(b, GUARD_STACK, c, "returns with the stack pointer moved");
    if (r->frame)
        note(b, GUARD_MEMORY, c, "writes over the stack frame of its caller");
    if (r->direction)
        note(b, GUARD_DIRECTION, c, "leaves the direction flag set");
    if (r->alignment_check)
        note(b, GUARD_DIRECTION, c, "leaves the alignment-check flag set");
    if (r->upper)
        note(b, GUARD_UPPER, c,
             "leaves upper halves of vector registers in use (no vzeroupper), which "
             "slows other code");
}

/* A kernel that forks may come back twice.  The copy must not go on with our work; and since the
 * two share our buffers, nothing that is seen from then on counts. */
static void look_for_processes(struct bench *b, const struct call *c)
{
    siginfo_t child;
    if (getpid() != b->pid)
        _exit(0);
    if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT))
        return; /* there is none */
    note(b, GUARD_PROCESSES, c, "forks: a process is left when the call returns");
    b->over = true;
}

/* Makes the call, and looks at everything but the results: those are at b->y. */
static void perform(struct bench *b, const struct call *c, struct watch_report *report)
{
    struct guard_page *page = b->page;
    size_t xbytes = c->n * b->isize, ybytes = c->n * b->osize;
    int byte = fill_byte[c->fill];
    char *y = place(&b->out, c->out, ybytes, c->offset_out);
    char *x = c->in_place ? y : place(&b->in, c->in, xbytes, c->offset_in);
    struct pads around_y = pads_of(&b->out, y, ybytes), around_x = around_y;
    set_pads(&around_y, byte);
    memset(y, byte, ybytes);
    if (!c->in_place) {
        around_x = pads_of(&b->in, x, xbytes);
        set_pads(&around_x, byte);
    }
    fill_lanes(b, c, x);

    const char *given = c->read_only ? b->in.read_only + (x - b->in.data) : x;
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
    look_for_processes(b, c);

    if (b->over)
        return;
    note_watched(b, c, report);
    check_pads(b, c, &around_y, c->in_place ? "array" : "output");
    if (!c->in_place) {
        check_pads(b, c, &around_x, "input");
        if (!lanes_unchanged(b, c, x))
            note(b, GUARD_INPUT, c, "changes its input in a call of %zu elements", c->n);
    }
    check_own_memory(b, c);
}

/* The result in lane K after a call. */
static uint64_t result(const struct bench *b, size_t k)
{
    return get(b->y + k * b->osize, b->osize);
}

/* Repeats C and returns lane K. */
static uint64_t repeat(struct bench *b, struct call c, size_t k)
{
    struct watch_report ignored;
    perform(b, &c, &ignored);
    return result(b, k);
}

static struct call call_alone(int sample)
{
    return (struct call){.n = 1, .content = CONTENT_SAME, .first = sample};
}

static struct call call_of(size_t n, int first)
{
    return (struct call){.n = n, .first = first, .fill = n & 1, .soil = n >> 1 & 1};
}

/* "f(0x1.8p+1 = 0x40400000)" */
static const char *input_text(const struct bench *b, int sample, char *buf, size_t len)
{
    uint64_t x = b->page->sample[sample];
    snprintf(buf, len, "f(%g = 0x%0*llx)", format_to_double(b->s->in, x), (int)(2 * b->isize),
             (unsigned long long)x);
    return buf;
}

static void note_difference(struct bench *b, enum guard_kind kind, const struct call *c, size_t k,
                            uint64_t y, uint64_t due, const char *how)
{
    char input[80];
    int sample = lane_sample(c, k), digits = (int)(2 * b->osize);
    note_value(b,
               note(b, kind, c,
                    "%s is 0x%0*llx %s (element %zu of %zu), 0x%0*llx in a call of its own",
                    input_text(b, sample, input, sizeof input), digits, (unsigned long long)y, how,
                    k + 1, c->n, digits, (unsigned long long)due),
               sample, y, due);
}

/* The first lane at *K or after that differs from the result alone; false if none does. */
static bool first_difference(const struct bench *b, const struct call *c, size_t *at)
{
    for (size_t k = *at; k < c->n;) {
        size_t run = run_length(c, k), first = (size_t)lane_sample(c, k);
        bool differs = memcmp(b->y + k * b->osize, b->alone + first * b->osize, run * b->osize);
        for (size_t i = 0; differs && i < run; i++)
            if (!same(b->s->out, result(b, k + i), b->page->alone[first + i])) {
                *at = k + i;
                return true;
            }
        k += run;
    }
    return false;
}

/* The same; and a NaN with other bits is told. */
static bool find_difference(struct bench *b, const struct call *c, size_t *at)
{
    for (size_t k = 0; k < c->n && k < 256 && !noted(b, GUARD_NAN_BITS); k++) {
        uint64_t y = result(b, k), due = b->page->alone[lane_sample(c, k)];
        if (y != due && same(b->s->out, y, due))
            note_difference(b, GUARD_NAN_BITS, c, k, y, due, "as NaN");
    }
    return first_difference(b, c, at);
}

/* ---- what a difference means ----------------------------------------------------------------- */

/* The shortest call with the sample of lane K in all lanes that still goes wrong; C itself if none.
 */
static void shorten(struct bench *b, struct call *c, size_t *k, uint64_t *y)
{
    struct call s = *c;
    struct watch_report ignored;
    s.content = CONTENT_SAME;
    s.first = lane_sample(c, *k);
    for (size_t n = 1; n <= c->n && n <= 4200 && !probe_spent(b); n += n < 300 ? 1 : n / 16) {
        size_t at = 0;
        s.n = n;
        perform(b, &s, &ignored);
        if (find_difference(b, &s, &at)) {
            *c = s;
            *k = at;
            *y = result(b, at);
            return;
        }
    }
}

/* The difference in lane K of C (result Y) does not depend on memory or history: on what, then? */
static void diagnose_call(struct bench *b, const struct call *c, size_t k, uint64_t y, uint64_t due)
{
    enum format f = b->s->out;
    if (b->s->signature == SIGNATURE_SCALAR) { /* a longer call is but several calls */
        note_difference(b, GUARD_STATE, c, k, y, due, "after calls with other inputs");
        return;
    }
    struct call other = *c;
    if (c->in_place) {
        other.in_place = false;
        if (same(f, repeat(b, other, k), due)) {
            note_difference(b, GUARD_IN_PLACE, c, k, y, due, "in place");
            return;
        }
    }
    if (c->content != CONTENT_SAME) {
        other = *c;
        other.content = CONTENT_SAME;
        other.first = lane_sample(c, k);
        if (same(f, repeat(b, other, k), due)) {
            note_difference(b, GUARD_NEIGHBOURS, c, k, y, due, "beside other values");
            return;
        }
    }
    other = *c;
    other.in = other.out = PLACE_MIDDLE;
    other.offset_in = other.offset_out = 0;
    if (same(f, repeat(b, other, k), due)) {
        note_difference(b, GUARD_ALIGNMENT, c, k, y, due, "at this alignment");
        return;
    }
    if (noted(b, GUARD_TAIL))
        return;
    shorten(b, &other, &k, &y);
    note_difference(b, GUARD_TAIL, &other, k, y, due, "as part of a longer call");
}

/* Calls PREVIOUS, then C, several times: does lane K of C come out as Y each time? */
static bool follows(struct bench *b, const struct call *previous, const struct call *c, size_t k,
                    uint64_t y)
{
    for (int i = 0; i < 12; i++) {
        repeat(b, *previous, 0);
        if (!same(b->s->out, repeat(b, *c, k), y))
            return false;
    }
    return true;
}

/* Does lane K always come out as Y with the call C, and as one other value with OTHER? */
static bool depends(struct bench *b, const struct call *c, const struct call *other, size_t k,
                    uint64_t y)
{
    uint64_t z = repeat(b, *other, k);
    for (int i = 0; i < 12 && !same(b->s->out, y, z); i++)
        if (!same(b->s->out, repeat(b, *c, k), y) || !same(b->s->out, repeat(b, *other, k), z))
            return false;
    return !same(b->s->out, y, z);
}

/* Does lane K of C always come out as Y? */
static bool stays(struct bench *b, const struct call *c, size_t k, uint64_t y)
{
    for (int i = 0; i < 12; i++)
        if (!same(b->s->out, repeat(b, *c, k), y))
            return false;
    return true;
}

static bool is_fill(const struct bench *b, uint64_t y, int fill)
{
    uint64_t byte = (uint64_t)fill_byte[fill], mask = ~(uint64_t)0 >> (64 - 8 * b->osize);
    return y == (byte * 0x0101010101010101u & mask);
}

/* Is lane K of C, Y, only what lay in the output before? */
static bool left_unwritten(struct bench *b, const struct call *c, size_t k, uint64_t y)
{
    struct call other = *c;
    other.fill = !c->fill;
    return !c->in_place && is_fill(b, y, c->fill) && is_fill(b, repeat(b, other, k), other.fill);
}

/* Lane K of the call C, which gave Y after the call PREVIOUS, differs from the result alone.  First
 * what has nothing to do with the call itself: time, chance, memory, history. */
static void diagnose(struct bench *b, const struct call *previous, const struct call *c, size_t k)
{
    if (b->over || b->diagnoses++ >= DIAGNOSES)
        return;
    int sample = lane_sample(c, k);
    uint64_t y = result(b, k), due = b->page->alone[sample];
    char input[80];
    input_text(b, sample, input, sizeof input);
    struct call filled = *c, soiled = *c, alone = call_alone(sample);
    filled.fill = !c->fill;
    soiled.soil = !c->soil;
    if (b->diagnoses <= 20)
        pause_us(1000);

    enum guard_kind kind;
    const char *text = NULL;
    if (result(b, k) != y) {
        kind = GUARD_LATE;
        text = "is written after the call has returned";
        b->over = true;
    } else if (left_unwritten(b, c, k, y)) {
        kind = GUARD_UNWRITTEN;
        text = "is not written";
        b->spoiled |= c->n == 1;
    } else if (!stays(b, c, k, y)) {
        bool history = follows(b, previous, c, k, y);
        kind = history ? GUARD_STATE : GUARD_UNREPEATABLE;
        text = history ? "depends on the call before" : "differs when the call is repeated";
        b->spoiled |= !history;
    } else if (depends(b, c, &filled, k, y)) {
        kind = GUARD_OUTPUT_READ;
        text = "depends on what the output held before";
    } else if (depends(b, c, &soiled, k, y)) {
        kind = GUARD_UNSET;
        text = "depends on registers, stack or exception flags that nobody set";
    } else if (!stays(b, &alone, 0, due)) {
        repeat(b, *c, 0);
        uint64_t after = repeat(b, alone, 0);
        bool history = !same(b->s->out, after, due) && follows(b, c, &alone, 0, after);
        kind = history ? GUARD_STATE : GUARD_UNREPEATABLE;
        text =
            history ? "differs after calls with other inputs" : "differs when the call is repeated";
        b->spoiled |= !history;
    }
    if (text)
        note_value(b,
                   note(b, kind, c, "%s, element %zu of %zu, %s: 0x%0*llx", input, k + 1, c->n,
                        text, (int)(2 * b->osize), (unsigned long long)y),
                   sample, y, due);
    else
        diagnose_call(b, c, k, y, due);
}

static bool comparable(const struct bench *b)
{
    return b->page->truth && !b->spoiled;
}

/* Makes the call C and compares.  A call that differs is looked into at its first difference. */
static void check(struct bench *b, const struct call *c)
{
    struct watch_report ignored;
    struct call previous = b->page->call;
    size_t at = 0;
    if (b->over)
        return;
    perform(b, c, &ignored);
    if (comparable(b) && find_difference(b, c, &at))
        diagnose(b, &previous, c, at);
}

/* ---- probes: results ------------------------------------------------------------------------- */

static void note_raised(struct bench *b, const struct call *c, unsigned raised)
{
    char input[80];
    uint64_t y = result(b, 0);
    const char *what = raised & FP_INVALID   ? "an invalid operation"
                       : raised & FP_DIVIDED ? "a division by zero"
                                             : "an overflow";
    note_value(b,
               note(b, GUARD_RAISED, c, "%s raises the flag of %s",
                    input_text(b, c->first, input, sizeof input), what),
               c->first, y, y);
}

/* The call C gave FIRST after the call PREVIOUS; OTHER, which differs in what memory held before,
 * then gave SECOND. */
static void two_answers(struct bench *b, const struct call *previous, const struct call *c,
                        const struct call *other, uint64_t first, uint64_t second)
{
    enum format f = b->s->out;
    bool at_start = b->page->calls < 8;
    char input[80];
    input_text(b, c->first, input, sizeof input);
    uint64_t third = repeat(b, *other, 0), fourth = repeat(b, *c, 0);
    if (same(f, fourth, first) && same(f, third, second)) {
        diagnose(b, other, c, 0);
    } else if (at_start && same(f, third, second) && same(f, fourth, second)) {
        note_value(b,
                   note(b, GUARD_STATE, c,
                        "%s is 0x%llx in the first call of a process, 0x%llx later", input,
                        (unsigned long long)first, (unsigned long long)second),
                   c->first, first, second);
    } else if (!stays(b, c, 0, first) && follows(b, previous, c, 0, first)) {
        note_value(b, note(b, GUARD_STATE, c, "%s depends on the call before", input), c->first,
                   first, second);
    } else {
        b->spoiled = true;
        note_value(b, note(b, GUARD_UNREPEATABLE, c, "%s differs when the call is repeated", input),
                   c->first, first, second);
    }
}

/* What a call with one element gives, for each sample; the same whatever memory held before.
 * Ordinary inputs first, since they show a first call that goes wrong. */
static void probe_alone(struct bench *b)
{
    struct guard_page *page = b->page;
    struct watch_report report, ignored;
    for (int k = 0; k < SAMPLES && !b->over; k++) {
        int i = (k + ORDINARY) % SAMPLES;
        struct call c = call_alone(i), other = c;
        other.fill = other.soil = 1;
        perform(b, &c, &report);
        uint64_t first = result(b, 0);
        if (report.raised && i >= ORDINARY && i < MIXED)
            note_raised(b, &c, report.raised);
        perform(b, &other, &ignored);
        uint64_t second = result(b, 0);
        page->alone[i] = second;
        put(b->alone + (size_t)i * b->osize, second, b->osize);
        if (same(b->s->out, first, second))
            continue;
        struct call previous = call_alone((i + SAMPLES - 1) % SAMPLES);
        previous.fill = previous.soil = 1;
        two_answers(b, &previous, &c, &other, first, second);
    }
    page->truth = !b->spoiled;
}

/* The same, in other orders: nothing may remain of earlier calls. */
static void probe_again(struct bench *b)
{
    struct call c;
    for (int i = SAMPLES - 1; i >= 0 && !probe_spent(b); i--) {
        c = call_alone(i);
        check(b, &c);
    }
    for (int i = 0; i < SAMPLES && !probe_spent(b); i++) {
        c = call_alone((int)below(b, i & 1 ? SPECIALS : SAMPLES));
        c.soil = i >> 1 & 1;
        check(b, &c);
    }
    if (b->s->signature == SIGNATURE_SCALAR)
        for (size_t n = SAMPLES; n < SAMPLES + 4; n++) {
            c = call_of(n, 0);
            check(b, &c);
        }
}

/* More calls than a 16-bit counter holds, quickly. */
static void probe_many(struct bench *b)
{
    for (int kind = GUARD_ROUNDING; kind <= GUARD_DIRECTION; kind++)
        if (noted(b, (enum guard_kind)kind))
            return; /* calls without a trampoline would change us */
    struct call c = call_alone(ORDINARY), previous;
    repeat(b, c, 0);
    char *x = b->x, *y = b->y;
    for (int i = 0; i < 70000 && !b->over && !(i % 64 == 0 && probe_spent(b)); i++) {
        size_t at = 0;
        previous = c;
        c.first = i % SAMPLES;
        put(x, b->page->sample[c.first], b->isize);
        b->page->call = c;
        b->page->progress++;
        b->page->phase = PHASE_CALL;
        subject_call(b->s, x, y, 1);
        b->page->phase = PHASE_BETWEEN;
        b->page->calls++;
        b->y = y;
        if (comparable(b) && find_difference(b, &c, &at))
            diagnose(b, &previous, &c, 0);
    }
    fp_state_set(&b->normal);
}

/* Lengths up to several unrolled vectors. */
static size_t short_lengths(const struct bench *b)
{
    return (size_t)(12 * b->lanes + 8);
}

static void probe_lengths(struct bench *b)
{
    for (size_t n = 1; n <= short_lengths(b) && !probe_spent(b); n++) {
        struct call c = call_of(n, ORDINARY + (int)(7 * n % 600));
        check(b, &c);
        c.first = MIXED + (int)(13 * n % 600);
        check(b, &c);
    }
}

/* Against memory that may not be touched, at either end of either array. */
static void probe_ends(struct bench *b)
{
    static const enum place where[][2] = {{PLACE_END, PLACE_END},
                                          {PLACE_FRONT, PLACE_FRONT},
                                          {PLACE_END, PLACE_MIDDLE},
                                          {PLACE_MIDDLE, PLACE_END}};
    for (size_t n = 1; n <= short_lengths(b) && !probe_spent(b); n++)
        for (int i = 0; i < 4; i++) {
            struct call c = call_of(n, ORDINARY + (int)(11 * n % 600));
            c.in = where[i][0];
            c.out = where[i][1];
            c.offset_in = (int)(below(b, 64 / b->isize) * b->isize);
            c.offset_out = (int)(below(b, 64 / b->osize) * b->osize);
            check(b, &c);
        }
}

static void check_alignment(struct bench *b, int in, int out, size_t n)
{
    struct call c = call_of(n, ORDINARY + (int)((n + 17 * (size_t)in) % 600));
    c.offset_in = in * (int)b->isize;
    c.offset_out = out * (int)b->osize;
    check(b, &c);
}

/* Every misalignment: the same of both, of one alone (with all short lengths), then every pair. */
static void probe_alignments(struct bench *b)
{
    int ins = 64 / (int)b->isize, outs = 64 / (int)b->osize, most = ins > outs ? ins : outs;
    size_t longest = (size_t)(4 * b->lanes + 4);
    for (int o = 1; o < most && !probe_spent(b); o++)
        for (size_t n = 1; n <= longest; n += n < (size_t)b->lanes * 2 ? 1 : 1 + below(b, 3)) {
            check_alignment(b, o % ins, o % outs, n);
            check_alignment(b, o % ins, 0, n);
            check_alignment(b, 0, o % outs, n);
        }
    for (int in = 0; in < ins && !probe_spent(b); in++)
        for (int out = 0; out < outs; out++)
            for (int i = 0; i < 6; i++)
                check_alignment(b, in, out, 1 + below(b, longest));
}

static void probe_in_place(struct bench *b)
{
    if (b->isize != b->osize)
        return;
    for (size_t n = 1; n <= short_lengths(b) && !probe_spent(b); n++) {
        struct call c = call_of(n, ORDINARY + (int)(5 * n % 600));
        c.in_place = true;
        check(b, &c);
        c.offset_in = c.offset_out = (int)(n * b->osize % 64);
        c.first = MIXED + (int)(5 * n % 600);
        check(b, &c);
        c.in = c.out = PLACE_END;
        check(b, &c);
        c.in = c.out = PLACE_FRONT;
        check(b, &c);
    }
}

static void probe_read_only(struct bench *b)
{
    for (size_t n = 1; n <= (size_t)(4 * b->lanes + 4) && !probe_spent(b); n++) {
        struct call c = call_of(n, MIXED + (int)(3 * n % 600));
        c.read_only = true;
        c.in = n & 1 ? PLACE_END : PLACE_MIDDLE;
        check(b, &c);
    }
}

/* A special value in each lane in turn, ordinary ones around it. */
static void probe_neighbours(struct bench *b)
{
    size_t lanes = (size_t)b->lanes, n = 4 * lanes + 3;
    for (size_t lane = 0; lane < n && !probe_spent(b); lane++)
        for (size_t special = 0; special < SPECIALS; special += lane < lanes ? 1 : 2 + lane % 2) {
            struct call c = call_of(n, (int)special);
            c.content = CONTENT_POISON;
            c.lane = lane;
            check(b, &c);
        }
}

/* Near the end of the array and in its middle; not if it takes too long. */
static void check_long(struct bench *b, size_t n, double *seconds_each)
{
    if (*seconds_each * (double)n > 0.02)
        return;
    struct call c = call_of(n, (int)(n % SAMPLES));
    double start = cpu_now();
    check(b, &c);
    if (n >= 900)
        *seconds_each = (cpu_now() - start) / (double)n;
    c.in = c.out = PLACE_END;
    check(b, &c);
}

/* Around multiples of blocks, around powers of two (16-bit counters, thresholds of threads), at
 * random. */
static void probe_long(struct bench *b)
{
    double each = 0;
    check_long(b, 1000, &each);
    for (size_t n = 224; n < 1200 && !probe_spent(b); n += 32)
        for (size_t d = 0; d < 3; d++)
            check_long(b, n - 1 + d, &each);
    for (int bit = 10; bit <= 17; bit++)
        for (int d = bit < 14 ? -1 : 0; d <= 3; d++)
            check_long(b, ((size_t)1 << bit) + (size_t)d, &each);
    for (int i = 0; i < 60 && !probe_spent(b); i++)
        check_long(b, 200 + below(b, 5000), &each);
    for (int i = 0; i < 6 && !probe_spent(b); i++)
        check_long(b, 5000 + below(b, 70000), &each);
    check_long(b, LONGEST, &each);
}

/* Nothing may be touched when there is nothing to do. */
static void probe_empty(struct bench *b)
{
    struct watch_report ignored;
    for (int i = 0; i < 4; i++) {
        struct call c = {.n = 0, .fill = i & 1, .soil = i >> 1, .nowhere = i == 2};
        perform(b, &c, &ignored);
    }
}

/* ---- probes: threads ------------------------------------------------------------------------- */

enum { MAX_THREADS = 4, ENOUGH = 300, FIRST_N = 331, FIRST_TURNS = 6 };

struct crew {
    struct bench *b;
    int size;
    size_t n;
    bool once;                    /* one call each, */
    double stagger;               /* one so many seconds after the other */
    atomic_int calls, overlapped; /* finished; and those during which another thread finished one */
    atomic_int beat[MAX_THREADS]; /* of those that wait for the start */
    atomic_bool go, stop, differs;
};

struct member {
    struct crew *crew;
    pthread_t thread;
    int id;
    struct call wrong; /* n = 0: none */
    size_t at;
    uint64_t y;
};

/* The call number TURN of member ID: each works on other inputs. */
static struct call member_call(const struct crew *crew, int id, int turn)
{
    return (struct call){.n = crew->n,
                         .first = crew->once ? MIXED : (id * 531 + turn * 37) % SAMPLES};
}

static void member_turn(struct member *m, char *x, char *y, int turn)
{
    struct crew *crew = m->crew;
    struct bench own = *crew->b; /* with buffers of our own */
    struct call c = member_call(crew, m->id, turn);
    struct watch_report ignored;
    fill_lanes(&own, &c, x);
    memset(y, fill_byte[0], c.n * own.osize);
    int before = atomic_load(&crew->calls);
    watch_call(own.s, x, y, c.n, 0, &own.normal, &ignored);
    if (atomic_fetch_add(&crew->calls, 1) > before)
        atomic_fetch_add(&crew->overlapped, 1);
    own.y = y;
    size_t at = 0;
    if (first_difference(&own, &c, &at) && !atomic_exchange(&crew->differs, true)) {
        m->wrong = c;
        m->at = at;
        m->y = result(&own, at);
    }
}

static bool all_run(struct crew *crew)
{
    int seen[MAX_THREADS];
    for (int i = 1; i < crew->size; i++)
        seen[i] = atomic_load(&crew->beat[i]);
    for (double start = monotonic_now(); monotonic_now() - start < 2e-6;)
        ;
    for (int i = 1; i < crew->size; i++)
        if (atomic_load(&crew->beat[i]) == seen[i])
            return false;
    return true;
}

/* Waits until all threads run at this very moment, each on a processor; at most 20 ms. */
static void start_together(struct crew *crew, int id)
{
    double start = monotonic_now();
    while (!atomic_load(&crew->go)) {
        atomic_fetch_add(&crew->beat[id], 1);
        if (id == 0 && (all_run(crew) || monotonic_now() - start > 0.02))
            atomic_store(&crew->go, true);
    }
    for (double go = monotonic_now(); monotonic_now() - go < id * crew->stagger;)
        ;
}

static void *member_work(void *arg)
{
    struct member *m = arg;
    struct crew *crew = m->crew;
    size_t bytes = (crew->n * sizeof(double) + 127) & ~(size_t)63;
    char *x = aligned_alloc(64, bytes), *y = aligned_alloc(64, bytes);
    if (!x || !y)
        abort();
    if (crew->once)
        start_together(crew, m->id);
    int turn = 0;
    do {
        member_turn(m, x, y, turn++);
        crew->b->page->progress++;
    } while (!crew->once && !atomic_load(&crew->stop) && !atomic_load(&crew->differs));
    free(x);
    free(y);
    return NULL;
}

/* Member I on the I-th processor this process may use, so that all can run at once. */
static void choose_processor(pthread_attr_t *attr, int i)
{
    cpu_set_t all, one;
    CPU_ZERO(&one);
    if (sched_getaffinity(0, sizeof all, &all))
        return;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &all) && i-- == 0) {
            CPU_SET(cpu, &one);
            pthread_attr_setaffinity_np(attr, sizeof one, &one);
        }
}

/* Threads call until enough calls overlapped, or a fifth of a second is over. */
static void run_members(struct crew *crew, struct member *m)
{
    int started = 0;
    for (; started < crew->size; started++) {
        pthread_attr_t attr;
        pthread_attr_init(&attr);
        choose_processor(&attr, started);
        m[started] = (struct member){.crew = crew, .id = started};
        int error = pthread_create(&m[started].thread, &attr, member_work, &m[started]);
        pthread_attr_destroy(&attr);
        if (error)
            break;
    }
    for (int ms = 0; !crew->once && ms < 200 && !atomic_load(&crew->differs); ms++) {
        if (ms > 2 && atomic_load(&crew->overlapped) >= ENOUGH)
            break;
        pause_us(1000);
    }
    atomic_store(&crew->stop, true);
    for (int i = 0; i < started; i++)
        pthread_join(m[i].thread, NULL);
}

/* The call that went wrong and the others, in one thread: does something go wrong without others
 * too? */
static bool wrong_alone(struct bench *b, const struct crew *crew, const struct call *wrong)
{
    bool right = true;
    b->probe_start = cpu_now();
    for (int i = 0; right && i < crew->calls + 2000 && !(i && probe_spent(b)); i++) {
        struct call c = i ? member_call(crew, i % crew->size, i / crew->size) : *wrong;
        struct watch_report ignored;
        size_t at = 0;
        perform(b, &c, &ignored);
        right = !find_difference(b, &c, &at);
        if (!right)
            diagnose(b, &c, &c, at);
    }
    return !right;
}

static void run_crew(struct bench *b, struct crew *crew, const char *when)
{
    struct member m[MAX_THREADS];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    crew->b = b;
    crew->size = cores < 2 ? 2 : cores > MAX_THREADS ? MAX_THREADS : (int)cores;
    memset(m, 0, sizeof m);
    b->page->call = member_call(crew, 0, 0);
    b->page->x = b->page->y = 0;
    b->page->phase = PHASE_CALL;
    run_members(crew, m);
    b->page->phase = PHASE_BETWEEN;
    b->page->calls += (uint64_t)crew->calls;
    for (int i = 0; i < crew->size; i++) {
        if (!m[i].wrong.n || wrong_alone(b, crew, &m[i].wrong))
            continue;
        int sample = lane_sample(&m[i].wrong, m[i].at);
        note_difference(b, GUARD_THREADS, &m[i].wrong, m[i].at, m[i].y, b->page->alone[sample],
                        when);
    }
}

static void probe_threads(struct bench *b)
{
    static const size_t lengths[] = {1003, 37};
    for (int i = 0; i < 2 && comparable(b) && !b->over; i++) {
        struct crew crew = {.n = lengths[i]};
        run_crew(b, &crew, "while other threads call");
    }
}

/* The very first call of a process, with many elements. */
static void probe_first_call(struct bench *b)
{
    struct crew crew = {.n = FIRST_N, .once = true};
    struct call c = member_call(&crew, 0, 0);
    struct watch_report ignored;
    size_t at = 0;
    double start = monotonic_now();
    perform(b, &c, &ignored);
    double first = monotonic_now() - start;
    bool differs = comparable(b) && find_difference(b, &c, &at);
    uint64_t y = result(b, at);
    double later = first;
    for (int i = 0; i < 5; i++) {
        start = monotonic_now();
        repeat(b, c, 0);
        later = fmin(later, monotonic_now() - start);
    }
    b->page->first_seconds = first;
    b->page->turns = first > 4 * later + 1e-5 ? FIRST_TURNS : 2;
    if (!differs)
        return;
    int sample = lane_sample(&c, at);
    uint64_t due = b->page->alone[sample];
    if (same(b->s->out, repeat(b, c, at), due))
        note_difference(b, GUARD_STATE, &c, at, y, due, "in the first call of a process");
    else
        check(b, &c);
}

/* The very first calls of the process, from several threads.  What the first call sets up, another
 * may find half done: so they come at different times within it. */
static void probe_first_calls(struct bench *b)
{
    static const double share[FIRST_TURNS] = {0.02, 0.5, 0, 0.25, 0.1, 0.75};
    if (!comparable(b) || noted(b, GUARD_STATE))
        return;
    struct crew crew = {.n = FIRST_N, .once = true};
    crew.stagger = share[b->page->turn % FIRST_TURNS] * fmin(b->page->first_seconds, 0.01);
    run_crew(b, &crew, "when the first calls come from several threads at once");
}

/* ---- probes: lengths of a size_t ------------------------------------------------------------- */

/* A kernel that takes N for a 32-bit number returns soon; another one runs into the wall behind the
 * first pages, and that is the end that is due (probe_info.may_fault). */
static void check_huge(struct bench *b, size_t n)
{
    size_t front = (size_t)64 << 10, in = n * b->isize, out = n * b->osize;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    char *x = mmap(NULL, in + WALL, PROT_NONE, flags, -1, 0);
    char *y = mmap(NULL, out + WALL, PROT_NONE, flags, -1, 0);
    if (x == MAP_FAILED || y == MAP_FAILED || mprotect(x, front, PROT_READ | PROT_WRITE) ||
        mprotect(y, front, PROT_READ | PROT_WRITE))
        return;
    struct call c = {.n = front / (b->isize > b->osize ? b->isize : b->osize)};
    fill_lanes(b, &c, x);
    memset(y, fill_byte[0], front);
    c.n = n;
    b->page->call = c;
    b->page->progress++;
    b->page->calls++;
    b->page->phase = PHASE_CALL;
    subject_call(b->s, x, y, n);
    b->page->phase = PHASE_BETWEEN;
    look_for_processes(b, &c);
    size_t done = 0, most = front / b->osize;
    while (done < most && !is_fill(b, get(y + done * b->osize, b->osize), 0))
        done++;
    if (!b->over)
        note(b, GUARD_LENGTH, &c,
             "returns from a call of %zu elements after %s%zu: it takes the length for a "
             "number of fewer bits",
             n, done == most ? "at least " : "", done);
}

static void probe_huge_signed(struct bench *b)
{
    check_huge(b, ((size_t)1 << 31) + 3);
}

static void probe_huge(struct bench *b)
{
    check_huge(b, ((size_t)1 << 32) + 3);
}

/* ---- the process ----------------------------------------------------------------------------- */

enum { WATCHED_FDS = 256 };

/* Everything a kernel might change beside memory. */
struct surroundings {
    struct sigaction action[NSIG];
    sigset_t mask;
    stack_t alternate;
    bool open[WATCHED_FDS];
    struct stat stream[3];
    char directory[512], locale[512];
    mode_t umask;
    cpu_set_t affinity;
    int nice;
    struct itimerval timer[3];
    struct rlimit limit[RLIM_NLIMITS];
    uint64_t environment;
};

extern char **environ;

static void look_around(struct surroundings *s)
{
    memset(s, 0, sizeof *s);
    for (int sig = 1; sig < NSIG; sig++)
        sigaction(sig, NULL, &s->action[sig]);
    sigprocmask(SIG_SETMASK, NULL, &s->mask);
    sigaltstack(NULL, &s->alternate);
    for (int fd = 0; fd < WATCHED_FDS; fd++)
        s->open[fd] = fcntl(fd, F_GETFD) >= 0;
    for (int fd = 0; fd < 3; fd++)
        if (fstat(fd, &s->stream[fd]))
            memset(&s->stream[fd], 0, sizeof s->stream[fd]);
    if (!getcwd(s->directory, sizeof s->directory))
        s->directory[0] = 0;
    const char *locale = setlocale(LC_ALL, NULL);
    snprintf(s->locale, sizeof s->locale, "%s", locale ? locale : "");
    s->umask = umask(0);
    umask(s->umask);
    sched_getaffinity(0, sizeof s->affinity, &s->affinity);
    s->nice = getpriority(PRIO_PROCESS, 0);
    for (int i = 0; i < 3; i++)
        getitimer((__itimer_which_t)i, &s->timer[i]);
    for (int i = 0; i < RLIM_NLIMITS; i++)
        getrlimit((__rlimit_resource_t)i, &s->limit[i]);
    s->environment = 14695981039346656037u;
    for (char **e = environ; e && *e; e++)
        for (const char *c = *e; *c; c++)
            s->environment = (s->environment ^ (unsigned char)*c) * 1099511628211u;
}

static bool other_signals(const struct surroundings *a, const struct surroundings *z, int *which)
{
    for (int sig = 1; sig < NSIG; sig++) {
        const struct sigaction *p = &a->action[sig], *q = &z->action[sig];
        if (p->sa_sigaction != q->sa_sigaction || p->sa_flags != q->sa_flags) {
            *which = sig;
            return true;
        }
    }
    return false;
}

static const char *other_process(const struct surroundings *a, const struct surroundings *z)
{
    if (strcmp(a->directory, z->directory))
        return "the working directory";
    if (strcmp(a->locale, z->locale))
        return "the locale";
    if (a->umask != z->umask)
        return "the umask";
    if (memcmp(&a->affinity, &z->affinity, sizeof a->affinity))
        return "the CPUs this thread may run on";
    if (a->nice != z->nice)
        return "the priority";
    for (int i = 0; i < 3; i++)
        if (!a->timer[i].it_value.tv_sec != !z->timer[i].it_value.tv_sec ||
            !a->timer[i].it_value.tv_usec != !z->timer[i].it_value.tv_usec)
            return "a timer";
    if (memcmp(a->limit, z->limit, sizeof a->limit))
        return "a resource limit";
    if (a->environment != z->environment)
        return "an environment variable";
    return NULL;
}

/* WHEN says what lies between A and Z; JUDGED is false for loading, which may do more. */
static void compare_surroundings(struct bench *b, const struct surroundings *a,
                                 const struct surroundings *z, const char *when, bool judged)
{
    int signal = 0, n = b->page->nnotes;
    const char *changed = other_process(a, z);
    if (other_signals(a, z, &signal))
        note(b, GUARD_SIGNALS, NULL, "changes the action of SIG%s%s", sigabbrev_np(signal), when);
    if (a->alternate.ss_sp != z->alternate.ss_sp || a->alternate.ss_flags != z->alternate.ss_flags)
        note(b, GUARD_SIGNALS, NULL, "changes the alternate signal stack%s", when);
    if (memcmp(&a->mask, &z->mask, sizeof a->mask))
        note(b, GUARD_SIGNALS, NULL, "changes which signals are blocked%s", when);
    if (changed)
        note(b, GUARD_PROCESS, NULL, "changes %s%s", changed, when);
    for (int fd = 0; fd < 3; fd++)
        if (a->stream[fd].st_dev != z->stream[fd].st_dev ||
            a->stream[fd].st_ino != z->stream[fd].st_ino)
            note(b, GUARD_FILES, NULL, "closes or redirects descriptor %d%s", fd, when);
    for (int fd = 3; fd < WATCHED_FDS; fd++) {
        if (a->open[fd] && !z->open[fd])
            note(b, GUARD_FILES, NULL, "closes descriptor %d, which it did not open%s", fd, when);
        if (!a->open[fd] && z->open[fd])
            note(b, GUARD_LEFT_FILES, NULL, "leaves descriptor %d open%s", fd, when);
    }
    for (; !judged && n < b->page->nnotes; n++)
        b->page->note[n].judged = false;
}

/* Standard output and error go to a file in memory: its size tells whether anything was printed. */
static int catch_prints(void)
{
    int fd = memfd_create("output", MFD_CLOEXEC);
    if (fd >= 0) {
        dup2(fd, 1);
        if (!getenv("ACTULP_CHILD_STDERR"))
            dup2(fd, 2);
    }
    return fd;
}

static off_t printed(int fd)
{
    struct stat st;
    fflush(stdout);
    fflush(stderr);
    return fd >= 0 && !fstat(fd, &st) ? st.st_size : 0;
}

static size_t mapped_bytes(void)
{
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return 0;
    text[n] = 0;
    return strtoull(text, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

static size_t heap_bytes(void)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
#else
    return 0;
#endif
}

static int thread_count(void)
{
    struct stat st; /* a directory's links: itself twice, and one for each thread */
    return stat("/proc/self/task", &st) ? 1 : (int)st.st_nlink - 2;
}

/* Memory and threads that stay behind, told apart from what a kernel sets up once. */
static void probe_leaks(struct bench *b)
{
    enum { CALLS = 200 };
    struct call c = {.n = 67, .first = ORDINARY};
    struct watch_report ignored;
    for (int i = 0; i < 20; i++)
        perform(b, &c, &ignored);
    size_t heap = heap_bytes(), mapped = mapped_bytes();
    int threads = thread_count();
    for (int i = 0; i < CALLS; i++)
        perform(b, &c, &ignored);
    size_t heap_after = heap_bytes(), mapped_after = mapped_bytes();
    int threads_after = thread_count();
    if (heap_after >= heap + CALLS)
        note(b, GUARD_LEAK, &c, "keeps about %zu bytes more of the heap with every call",
             (heap_after - heap) / CALLS);
    else if (mapped_after >= mapped + (size_t)CALLS * 4096)
        note(b, GUARD_LEAK, &c, "keeps about %zu bytes more mapped with every call",
             (mapped_after - mapped) / CALLS);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    bool grows = threads_after >= threads + CALLS / 4 || threads > 64 + 2 * (int)cores;
    if (threads_after > 1) {
        struct note *n =
            note(b, GUARD_LEFT_THREADS, &c, "%s (%d run after %llu calls)",
                 grows ? "leaves threads behind call by call" : "keeps threads of its own",
                 threads_after - 1, (unsigned long long)b->page->calls);
        if (n)
            n->judged = grows;
    }
}

/* ---- the child ------------------------------------------------------------------------------- */

static bool make_region(struct region *r, size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    r->bytes = (bytes + page - 1) / page * page;
    int fd = memfd_create("buffer", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, (off_t)r->bytes))
        return false;
    char **alias[2] = {&r->data, &r->read_only};
    for (int i = 0; i < 2; i++) {
        char *wall = mmap(NULL, r->bytes + 2 * WALL, PROT_NONE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (wall == MAP_FAILED)
            return false;
        *alias[i] = mmap(wall + WALL, r->bytes, i ? PROT_READ : PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_FIXED, fd, 0);
        if (*alias[i] == MAP_FAILED)
            return false;
    }
    close(fd);
    return true;
}

static bool make_bench(struct bench *b, struct probe_job *job)
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
    bool made = make_region(&b->in, LONGEST * b->isize + 4 * ROOM) &&
                make_region(&b->out, LONGEST * b->osize + 4 * ROOM);
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
    struct guard_page *p = b->page;
    p->readable[0] = (uintptr_t)b->in.read_only;
    p->readable[1] = p->readable[0] + b->in.bytes;
    p->writable[0] = (uintptr_t)b->out.data;
    p->writable[1] = p->writable[0] + b->out.bytes;
    return true;
}

static bool load(struct bench *b, int prints)
{
    struct surroundings before, after;
    struct guard_page *page = b->page;
    look_around(&before);
    page->phase = PHASE_LOAD;
    page->progress++;
    bool opened = subject_open(&b->job->subject, page->error, sizeof page->error);
    page->phase = PHASE_BETWEEN;
    look_for_processes(b, NULL);
    if (!opened)
        return false;
    look_around(&after);
    compare_surroundings(b, &before, &after, " when loaded", false);
    note_fp(b, NULL, b->s->load_changed, " when loaded");
    struct note *n;
    if (printed(prints) && (n = note(b, GUARD_PRINTS, NULL, "prints when loaded")))
        n->judged = false;
    return true;
}

static void run_probes(struct bench *b)
{
    bool scalar = b->s->signature == SIGNATURE_SCALAR;
    for (int i = b->job->from; i < b->job->to && !b->over; i++) {
        if (scalar && probe_table[i].arrays)
            continue;
        b->page->probe = i;
        b->probe_start = cpu_now();
        probe_table[i].run(b);
    }
}

int guard_child(void *arg)
{
    struct bench bench, *b = &bench;
    struct surroundings before, after;
    if (!make_bench(b, arg))
        return 2;
    int prints = catch_prints();
    if (!load(b, prints))
        return 1;
    if (b->job->replays) {
        struct watch_report ignored;
        perform(b, &b->job->replay, &ignored);
        return 0;
    }
    off_t so_far = printed(prints);
    look_around(&before);
    run_probes(b);
    look_around(&after);
    compare_surroundings(b, &before, &after, "", true);
    if (printed(prints) > so_far)
        note(b, GUARD_PRINTS, NULL, "prints to standard output or standard error");
    return 0;
}

/* The probes in order.  What one finds first it also names, so the simple ones come first. */
const struct probe_info probe_table[] = {
    {.run = probe_alone},
    {.run = probe_again},
    {.run = probe_lengths, .arrays = true},
    {.run = probe_alignments, .arrays = true},
    {.run = probe_ends, .arrays = true},
    {.run = probe_in_place, .arrays = true},
    {.run = probe_read_only, .arrays = true},
    {.run = probe_neighbours, .arrays = true},
    {.run = probe_long, .arrays = true},
    {.run = probe_empty, .arrays = true},
    {.run = probe_many},
    {.run = probe_threads},
    {.run = probe_leaks},
    {.run = probe_first_call, .own = true},
    {.run = probe_first_calls, .own = true, .repeated = true},
    {.run = probe_huge_signed,
     .arrays = true,
     .own = true,
     .may_fault = true,
     .memory = HUGE_SPACE},
    {.run = probe_huge, .arrays = true, .own = true, .may_fault = true, .memory = HUGE_SPACE},
};
const int probe_count = sizeof probe_table / sizeof *probe_table;
