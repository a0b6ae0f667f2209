/* sweep.c -- units of inputs, the workers that grade them, and what happens when a kernel faults.
 *
 * A worker takes a unit, grades it into tallies of its own and hands them over through a mailbox in
 * shared memory; the parent merges and marks the unit done.  So a unit counts wholly or not at all,
 * whatever kills a worker.  The progress word of a worker names the unit, the chunk and the kernel
 * it is about to call.
 */
#include <errno.h>
#include <fenv.h>
#include <math.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "sweep.h"
#include "child.h"
#include "clock.h"
#include "fpstate.h"
#include "guard.h"
#include "machine.h"
#include "region.h"
#include "../mem.h"
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

enum {
    UNIT = 1 << 20,      /* magnitudes of a unit of consecutive patterns */
    LIST_UNIT = 1 << 12, /* of a unit of listed ones */
    MAX_JOBS = 64,
    STALL_SECONDS = 20
};

enum { SIGN_PLUS = 1, SIGN_MINUS = 2 };

/* Magnitudes [lo, hi): patterns without sign, or places in the plan's list. */
struct unit {
    uint64_t lo, hi;
    uint8_t signs;
    bool listed;
    bool joins; /* the magnitude before `lo' belongs to the same run: steps are judged across */
};

enum unit_state { UNIT_FREE, UNIT_TAKEN, UNIT_DONE };

static volatile sig_atomic_t interrupted;

void sweep_interrupt(void)
{
    interrupted = 1;
}

/* ---- which inputs ---- */

struct list {
    uint64_t *v;
    size_t n, room;
};

static void list_add(struct list *l, uint64_t v)
{
    if (l->n == l->room)
        l->v = xrealloc(l->v, (l->room = l->room ? 2 * l->room : 4096) * sizeof *l->v);
    l->v[l->n++] = v;
}

/* MARGIN patterns on either side of V, clipped to the magnitudes of F. */
static void list_around(struct list *l, enum format f, uint64_t v, uint64_t margin)
{
    uint64_t top = format_sign_bit(f) - 1;
    for (uint64_t u = v > margin ? v - margin : 0; u <= v + margin && u <= top; u++)
        list_add(l, u);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void list_sort(struct list *l)
{
    qsort(l->v, l->n, sizeof *l->v, by_value);
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++)
        if (!n || l->v[i] != l->v[n - 1])
            l->v[n++] = l->v[i];
    l->n = n;
}

/* Magnitudes where the correctly rounded result stops changing: found by bisection from the far
 * end, for each sign; a kernel's own saturation is near. */
static void list_thresholds(struct list *l, struct grading *g)
{
    for (int side = 0; side < 2; side++) {
        uint64_t lo = 0, hi = format_max(g->in), sign = side ? 0 : format_sign_bit(g->in);
        while (hi - lo > 1) {
            uint64_t mid = lo + (hi - lo) / 2;
            struct truth t;
            truth_at(g->oracle, g->in, mid | sign, g->out, g->rounding, &t);
            *(t.due == g->tail[side] ? &hi : &lo) = mid;
        }
        list_around(l, g->in, hi, 64);
    }
}

/* The quick list: per binade its ends and a jittered stride, finer where functions bend. */
static void list_quick(struct list *l, struct grading *g, uint64_t seed, bool fast)
{
    enum format f = g->in;
    int mantissa = format_info[f].p - 1;
    uint64_t binade = UINT64_C(1) << mantissa, top = format_inf(f);
    uint64_t state = seed;
    uint64_t per = fast ? 512 : 48, fine = fast ? 16384 : 1024;
    for (uint64_t b = 0; b < top; b += binade) {
        double v = format_to_double(f, b);
        uint64_t count = v >= 0x1p-14 && v < 0x1p8 ? fine : per;
        uint64_t stride = binade / count ? binade / count : 1;
        list_around(l, f, b, 2);
        for (uint64_t u = b; u < b + binade; u += stride)
            list_add(l, u + random_next(&state) % stride);
    }
    list_around(l, f, 0, 64);                    /* the smallest subnormals */
    list_around(l, f, format_min_normal(f), 64); /* the smallest normals */
    list_around(l, f, format_max(f), 64);        /* the largest numbers, infinity, and NaNs */
    list_add(l, format_nan(f));
    list_add(l, format_sign_bit(f) - 1);
    double point[16];
    int n = oracle_breakpoints(g->oracle, point, 16);
    for (int i = 0; i < n; i++)
        list_around(l, f, format_from_double(f, fabs(point[i])), 512);
    static const double often[] = {0.5, 1,         2,  3,        4,        6,
                                   9,   17.328679, 20, 87.33654, 88.72284, 103.97208};
    for (size_t i = 0; i < sizeof often / sizeof *often; i++)
        list_around(l, f, format_from_double(f, often[i]), 16);
    list_thresholds(l, g);
    list_sort(l);
}

struct units {
    struct unit *unit;
    size_t n, room;
    struct list list;
};

static void unit_add(struct units *u, uint64_t lo, uint64_t hi, int signs, bool listed)
{
    uint64_t step = listed ? LIST_UNIT : UNIT;
    for (uint64_t a = lo; a < hi; a += step) {
        if (u->n == u->room)
            u->unit = xrealloc(u->unit, (u->room = u->room ? 2 * u->room : 64) * sizeof *u->unit);
        u->unit[u->n++] =
            (struct unit){a, hi - a < step ? hi : a + step, (uint8_t)signs, listed, a > lo};
    }
}

/* Magnitudes of the range: those that both signs share, then the rest of the larger side. */
static void units_range(struct units *u, enum format f, double from, double to)
{
    uint64_t sign = format_sign_bit(f);
    uint64_t a = format_from_double(f, fabs(from)) & ~sign,
             b = format_from_double(f, fabs(to)) & ~sign;
    bool minus = signbit(from), plus = !signbit(to);
    if (minus && plus) {
        uint64_t both = a < b ? a : b;
        unit_add(u, 0, both + 1, SIGN_PLUS | SIGN_MINUS, false);
        unit_add(u, both + 1, a + 1, SIGN_MINUS, false);
        unit_add(u, both + 1, b + 1, SIGN_PLUS, false);
    } else if (plus) {
        unit_add(u, a, b + 1, SIGN_PLUS, false);
    } else {
        unit_add(u, b, a + 1, SIGN_MINUS, false);
    }
}

/* The elements of a tensor by sign and magnitude: twice in it, twice here. */
static void units_file(struct units *u, enum format f, const struct inputs *file)
{
    uint64_t sign = format_sign_bit(f);
    for (int minus = 0; minus < 2; minus++) {
        size_t start = u->list.n;
        for (size_t i = 0; i < file->n; i++) {
            uint64_t x = format_from_double(f, file->value[i]);
            if (((x & sign) != 0) == minus)
                list_add(&u->list, x & ~sign);
        }
        qsort(u->list.v + start, u->list.n - start, sizeof *u->list.v, by_value);
        unit_add(u, start, u->list.n, minus ? SIGN_MINUS : SIGN_PLUS, true);
    }
}

static bool small_format(enum format f)
{
    return format_info[f].bits <= 16;
}

static void units_make(struct units *u, const struct sweep_plan *p, struct grading *g)
{
    enum format f = g->in;
    memset(u, 0, sizeof *u);
    if (p->kind == SWEEP_FILE) {
        units_file(u, f, p->file);
    } else if (p->kind == SWEEP_RANGE) {
        units_range(u, f, p->from, p->to);
    } else if (p->kind == SWEEP_FULL || small_format(f)) {
        unit_add(u, 0, format_sign_bit(f), SIGN_PLUS | SIGN_MINUS, false);
    } else {
        list_quick(&u->list, g, p->seed, g->block != NULL);
        unit_add(u, 0, u->list.n, SIGN_PLUS | SIGN_MINUS, true);
    }
}

double sweep_size(const struct sweep_plan *p)
{
    enum format f = p->subject[0]->in;
    if (p->kind == SWEEP_FILE)
        return (double)p->file->n;
    if (p->kind == SWEEP_FULL || small_format(f))
        return ldexp(1, format_info[f].bits);
    if (p->kind == SWEEP_RANGE)
        return (double)format_ordinal(f, format_from_double(f, p->to)) -
               (double)format_ordinal(f, format_from_double(f, p->from)) + 1;
    return 0x1p20;
}

const char *sweep_check(const struct sweep_plan *p)
{
    enum format f = p->subject[0]->in;
    if (p->kind == SWEEP_FULL && f == FORMAT_F64)
        return "--sweep full: f64 has 2^64 inputs; --sweep quick samples them";
    if (p->kind == SWEEP_RANGE) {
        if (isnan(p->from) || isnan(p->to) || p->from > p->to)
            return "--sweep A..B: A must be a number not above B";
        if (f == FORMAT_F64 && sweep_size(p) > 0x1p34)
            return "--sweep A..B: more than 2^34 doubles; choose a narrower range";
    }
    return NULL;
}

/* ---- the worker ---- */

/* What a worker is about to do: the unit, the chunk in it, the sign and the kernel. Zero: nothing.
 */
struct at {
    uint32_t unit, chunk;
    uint16_t subject, calls; /* calls: changes always, so that a stall can be told from slow work */
    uint8_t minus;
    uint8_t fp; /* enum fp_part: what the kernel left changed, and why this worker ended */
};

/* Where a worker hands a finished unit over; the tallies and kernel times stand beside it. */
struct mailbox {
    volatile int full;
    uint32_t unit;
    struct reference_tally reference;
    double seconds_reference, seconds_bookkeeping;
};

struct context {
    const struct sweep_plan *plan;
    struct grading *g;
    struct units units;
    uint8_t *state;             /* per unit, shared */
    int *dropped;               /* per subject, shared */
    struct kernel_facts *facts; /* per subject, shared */
    int *leader;                /* per subject: the one whose bits it should give, or -1 */
    int *diverged;              /* per subject, shared: it did not */
    sem_t *posted;
    volatile int *stop;
    uint64_t key; /* of the checkpoint's section */
};

struct worker {
    struct context *c;
    struct child child;
    struct mailbox *box;
    struct tally *box_tally;
    double *box_seconds;
    volatile struct at *at; /* shared */
    struct fp_state mode;   /* as it is before a call and must be after it */
    volatile uint64_t *beat;
};

static double stall(const struct context *c)
{
    return c->plan->stall > 0 ? c->plan->stall : STALL_SECONDS;
}

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double now(void)
{
    return clock_seconds(); /* reads no TSC, which may be disallowed */
}

static uint64_t magnitude(const struct context *c, const struct unit *u, uint64_t i)
{
    return u->listed ? c->units.list.v[i] : i;
}

static void magnitudes(const struct context *c, const struct unit *u, uint64_t at, int n,
                       uint64_t sign, uint64_t *x)
{
    if (u->listed)
        for (int i = 0; i < n; i++)
            x[i] = c->units.list.v[at + (uint64_t)i] | sign;
    else
        lanes_count(at | sign, x, n); /* never up to the sign bit */
}

static int fenv_direction(mpfr_rnd_t r)
{
    switch (r) {
    case MPFR_RNDU:
        return FE_UPWARD;
    case MPFR_RNDD:
        return FE_DOWNWARD;
    case MPFR_RNDZ:
        return FE_TOWARDZERO;
    default:
        return FE_TONEAREST;
    }
}

/* Into the rounding direction and the flush mode of the plan, and out of them. */
static void set_flush(bool on)
{
#if defined(__x86_64__)
    unsigned bits = 0x8040; /* FTZ and DAZ */
    _mm_setcsr(on ? _mm_getcsr() | bits : _mm_getcsr() & ~bits);
#elif defined(__aarch64__)
    uint64_t fpcr, bit = UINT64_C(1) << 24;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    __asm__ volatile("msr fpcr, %0" : : "r"(on ? fpcr | bit : fpcr & ~bit));
#else
    (void)on;
#endif
}

static void enter_mode(const struct sweep_plan *p)
{
    fesetround(fenv_direction(p->rounding));
    if (p->ftz)
        set_flush(true);
}

static void leave_mode(void)
{
    fesetround(FE_TONEAREST);
    set_flush(false);
}

/* The state in which kernels are called. */
static struct fp_state mode_of(const struct sweep_plan *p)
{
    enter_mode(p);
    struct fp_state s = fp_state_get();
    leave_mode();
    return s;
}

/* One call of a kernel in the mode of the plan and nowhere else.  What it leaves changed of MODE:
 * enum fp_part. */
static unsigned call(const struct sweep_plan *p, const struct fp_state *mode, struct subject *s,
                     const void *x, void *y, int n)
{
    bool special = p->rounding != MPFR_RNDN || p->ftz;
    unsigned changed = 0;
    if (special)
        enter_mode(p);
    uint64_t before = fp_state_control();
    subject_call(s, x, y, (size_t)n);
    if (fp_state_control() != before) {
        struct fp_state after = fp_state_get();
        changed = fp_state_changes(mode, &after);
        changed = changed ? changed : FP_OTHER;
    }
    if (special)
        leave_mode();
    return changed;
}

static void mark(struct worker *w, uint32_t unit, uint32_t chunk, int subject, bool minus)
{
    w->at->unit = unit;
    w->at->chunk = chunk;
    w->at->subject = (uint16_t)subject;
    w->at->minus = minus;
    w->at->fp = 0;
    ++*w->beat;
}

/* The call that was marked.  A kernel that leaves rounding, flushing or masks changed would spoil
 * what is graded after it: it ends the worker, as a crash does. */
static void call_marked(struct worker *w, const void *x, void *y, int n)
{
    unsigned changed = call(w->c->plan, &w->mode, w->c->plan->subject[w->at->subject], x, y, n);
    if (!changed)
        return;
    w->at->fp = (uint8_t)changed;
    _exit(1);
}

/* Memory for an array, its end at a wall; READ_ONLY unless NULL: as a kernel may see it. */
static char *array_at_wall(size_t bytes, const char **read_only)
{
    enum { WALL = 1 << 20 };
    struct region r;
    bool made = region_make(&r, bytes, WALL);
    char *p = made ? region_end(&r, bytes) : xcalloc(1, bytes);
    if (read_only)
        *read_only = made ? region_end_read_only(&r, bytes) : p;
    return p;
}

/* One buffer of a worker, reused for all units. */
struct buffers {
    struct truth_run run[2]; /* plus, minus */
    uint64_t x[2][BLOCK];
    char *in[2];
    const char *given[2]; /* in, as kernels are given it */
    char *(*out)[2];      /* per subject */
};

static struct buffers *buffers_make(const struct context *c)
{
    struct buffers *b = xcalloc(1, sizeof *b);
    b->out = xcalloc((size_t)c->plan->nsubjects, sizeof *b->out);
    for (int minus = 0; minus < 2; minus++) {
        b->in[minus] = array_at_wall(BLOCK * format_bytes(c->g->in), &b->given[minus]);
        for (int s = 0; s < c->plan->nsubjects; s++)
            b->out[s][minus] = array_at_wall(BLOCK * format_bytes(c->g->out), NULL);
    }
    return b;
}

struct unit_work {
    struct tally *tally;
    double *kernel;
    struct reference_tally reference;
    double seconds_reference, seconds_bookkeeping;
    struct run_state (*state)[2];
};

/* The kernel's result just before the unit, so that no step between units goes unseen. */
static void prime(struct worker *w, uint32_t unit, int s, const struct unit *u,
                  struct run_state state[2])
{
    struct context *c = w->c;
    memset(state, 0, 2 * sizeof *state);
    if (!u->joins)
        return;
    for (int minus = 0; minus < 2; minus++) {
        if (!(u->signs & (minus ? SIGN_MINUS : SIGN_PLUS)))
            continue;
        uint64_t x = magnitude(c, u, u->lo - 1) | (minus ? format_sign_bit(c->g->in) : 0), y = 0;
        if (format_is_nan(c->g->in, x))
            continue;
        enum shape shape;
        uint64_t in[8] = {0}, out[8] = {0};
        memcpy(in, &x, format_bytes(c->g->in));
        mark(w, unit, 0, s, minus);
        call_marked(w, in, out, 1);
        memcpy(&y, out, format_bytes(c->g->out));
        state[minus] = (struct run_state){
            true, y, oracle_piece(c->g->oracle, format_to_double(c->g->in, x), &shape)};
    }
}

/* One chunk in TIMED_EVERY is timed, by the wall clock; the core-seconds of the unit are shared out
 * in the same proportion. */
enum { TIMED_EVERY = 8 };

static double tick(uint32_t chunk)
{
    return chunk % TIMED_EVERY ? 0 : now();
}

/* Did subject S give the bits of its leader?  NaNs count as one. */
static bool follows(const struct context *c, const struct buffers *b, int s, int n, int signs)
{
    enum format f = c->g->out;
    size_t bytes = (size_t)n * format_bytes(f);
    for (int minus = 0; minus < 2; minus++) {
        const char *ours = b->out[s][minus], *theirs = b->out[c->leader[s]][minus];
        if (!(signs & (minus ? SIGN_MINUS : SIGN_PLUS)) || !memcmp(ours, theirs, bytes))
            continue;
        for (size_t i = 0; i < (size_t)n; i++) {
            uint64_t x = 0, y = 0;
            memcpy(&x, ours + i * format_bytes(f), format_bytes(f));
            memcpy(&y, theirs + i * format_bytes(f), format_bytes(f));
            if (x != y && !(format_is_nan(f, x) && format_is_nan(f, y)))
                return false;
        }
    }
    return true;
}

/* Calls every kernel on one chunk and grades what comes; of those that should give the same bits as
 * another, only that is looked at. */
static void grade_chunk(struct worker *w, struct buffers *b, struct unit_work *k, uint32_t unit,
                        uint32_t chunk, int n, int signs)
{
    struct context *c = w->c;
    const struct sweep_plan *p = c->plan;
    for (int s = 0; s < p->nsubjects; s++) {
        if (c->dropped[s] || c->diverged[s])
            continue;
        double t0 = tick(chunk);
        for (int minus = 0; minus < 2; minus++)
            if (signs & (minus ? SIGN_MINUS : SIGN_PLUS)) {
                mark(w, unit, chunk, s, minus);
                call_marked(w, b->given[minus], b->out[s][minus], n);
            }
        double t1 = tick(chunk);
        if (c->leader[s] >= 0) {
            if (c->dropped[c->leader[s]] || !follows(c, b, s, n, signs))
                c->diverged[s] = 1;
        } else {
            uint64_t place = ((uint64_t)unit << 32) | chunk << 1;
            for (int minus = 0; minus < 2; minus++)
                if (signs & (minus ? SIGN_MINUS : SIGN_PLUS))
                    grade_run(c->g, &b->run[minus], b->out[s][minus], place | (uint64_t)minus,
                              &c->facts[s], &k->state[s][minus], &k->tally[s]);
            if (signs == (SIGN_PLUS | SIGN_MINUS))
                grade_symmetry(c->g, &b->run[0], b->out[s][0], b->out[s][1], &k->tally[s]);
        }
        k->kernel[s] += t1 - t0;
        k->seconds_bookkeeping += tick(chunk) - t1;
    }
}

static void to_core_seconds(struct unit_work *k, int nsubjects, double core)
{
    double wall = k->seconds_reference + k->seconds_bookkeeping;
    for (int s = 0; s < nsubjects; s++)
        wall += k->kernel[s];
    double scale = wall > 0 ? core / wall : 1;
    k->seconds_reference *= scale;
    k->seconds_bookkeeping *= scale;
    for (int s = 0; s < nsubjects; s++)
        k->kernel[s] *= scale;
}

static void grade_unit(struct worker *w, struct buffers *b, struct unit_work *k, uint32_t index)
{
    struct context *c = w->c;
    const struct unit *u = &c->units.unit[index];
    uint64_t sign = format_sign_bit(c->g->in);
    for (int s = 0; s < c->plan->nsubjects; s++) {
        tally_init(&k->tally[s]);
        k->kernel[s] = 0;
        if (!c->dropped[s] && c->leader[s] < 0)
            prime(w, index, s, u, k->state[s]);
    }
    memset(&k->reference, 0, sizeof k->reference);
    k->seconds_reference = k->seconds_bookkeeping = 0;
    double core = seconds(CLOCK_PROCESS_CPUTIME_ID);
    uint32_t chunk = 0;
    for (uint64_t at = u->lo; at < u->hi; at += BLOCK, chunk++) {
        int n = u->hi - at < BLOCK ? (int)(u->hi - at) : BLOCK;
        double t0 = tick(chunk);
        for (int minus = 0; minus < 2; minus++) {
            if (!(u->signs & (minus ? SIGN_MINUS : SIGN_PLUS)))
                continue;
            magnitudes(c, u, at, n, minus ? sign : 0, b->x[minus]);
            lanes_pack(c->g->in, b->x[minus], n, b->in[minus]);
            truth_run_fill(c->g, &b->run[minus], b->x[minus], n, &k->reference);
        }
        k->seconds_reference += tick(chunk) - t0;
        grade_chunk(w, b, k, index, chunk, n, u->signs);
    }
    for (int s = 0; s < c->plan->nsubjects; s++)
        grade_settle(c->g, &k->tally[s]);
    to_core_seconds(k, c->plan->nsubjects, seconds(CLOCK_PROCESS_CPUTIME_ID) - core);
}

static void post(struct worker *w, const struct unit_work *k, uint32_t index)
{
    int n = w->c->plan->nsubjects;
    while (w->box->full && !*w->c->stop)
        nanosleep(&(struct timespec){0, 200000}, NULL);
    w->box->unit = index;
    w->box->reference = k->reference;
    w->box->seconds_reference = k->seconds_reference;
    w->box->seconds_bookkeeping = k->seconds_bookkeeping;
    memcpy(w->box_tally, k->tally, (size_t)n * sizeof *k->tally);
    memcpy(w->box_seconds, k->kernel, (size_t)n * sizeof *k->kernel);
    __sync_synchronize();
    w->box->full = 1;
    sem_post(w->c->posted);
    ++*w->beat;
}

static bool open_subjects(struct context *c)
{
    char err[256];
    for (int s = 0; s < c->plan->nsubjects; s++)
        if (!c->dropped[s] && !subject_open(c->plan->subject[s], err, sizeof err))
            return false;
    return true;
}

static int worker_main(void *arg)
{
    struct worker *w = arg;
    struct context *c = w->c;
    int n = c->plan->nsubjects;
    struct buffers *b = buffers_make(c);
    struct unit_work k = {.tally = xcalloc((size_t)n, sizeof *k.tally),
                          .kernel = xcalloc((size_t)n, sizeof *k.kernel),
                          .state = xcalloc((size_t)n, sizeof *k.state)};
    if (!open_subjects(c))
        return 1;
    w->mode = mode_of(c->plan);
    for (uint32_t i = 0; i < c->units.n && !*c->stop; i++) {
        if (!__sync_bool_compare_and_swap(&c->state[i], UNIT_FREE, UNIT_TAKEN))
            continue;
        grade_unit(w, b, &k, i);
        post(w, &k, i);
    }
    return 0;
}

/* ---- faults ---- */

/* Replays a chunk on one kernel, value by value, to find the input that it does not survive: first
 * each alone, then each in all lanes of longer calls, for what only a vector body does or what lies
 * before the array. */
struct replay {
    struct context *c;
    int subject;
    uint64_t x[BLOCK];
    int n;
    volatile uint64_t *at; /* shared: index + 1, with the lanes in the upper half */
};

static bool replay_round(struct replay *r, int lanes)
{
    size_t bytes = format_bytes(r->c->g->in);
    const char *given;
    char *x = array_at_wall((size_t)lanes * bytes, &given);
    char *y = array_at_wall((size_t)lanes * format_bytes(r->c->g->out), NULL);
    struct fp_state mode = mode_of(r->c->plan);
    for (int i = 0; i < r->n; i++) {
        for (int k = 0; k < lanes; k++)
            memcpy(x + (size_t)k * bytes, &r->x[i], bytes);
        *r->at = (uint64_t)lanes << 32 | ((uint64_t)i + 1);
        if (call(r->c->plan, &mode, r->c->plan->subject[r->subject], given, y, lanes))
            return false;
    }
    return true;
}

static int replay_main(void *arg)
{
    struct replay *r = arg;
    char err[256];
    if (!subject_open(r->c->plan->subject[r->subject], err, sizeof err))
        return 1;
    if (!replay_round(r, 1) || !replay_round(r, 64) || !replay_round(r, BLOCK))
        return 1;
    *r->at = 0;
    return 0;
}

static void fault_add(struct context *c, struct sweep_outcome *out, const struct at *at,
                      const struct child_result *end)
{
    const struct unit *u = &c->units.unit[at->unit];
    struct replay r = {.c = c, .subject = at->subject};
    r.at = shared_alloc(sizeof *r.at);
    uint64_t lo = u->lo + (uint64_t)at->chunk * BLOCK;
    for (uint64_t i = lo; i < u->hi && r.n < BLOCK; i++)
        r.x[r.n++] = magnitude(c, u, i) | (at->minus ? format_sign_bit(c->g->in) : 0);
    struct child_result again =
        child_run(replay_main, &r, (struct child_limits){.seconds = stall(c), .progress = r.at});
    uint64_t first = r.x[0], length = (uint64_t)r.n;
    if (again.end != CHILD_OK && *r.at) {
        first = r.x[(uint32_t)*r.at - 1];
        length = *r.at >> 32;
    }
    out->fault = xrealloc(out->fault, (size_t)(out->nfaults + 1) * sizeof *out->fault);
    struct sweep_fault *f = &out->fault[out->nfaults++];
    memset(f, 0, sizeof *f);
    f->subject = at->subject;
    if (at->fp)
        finding_from_fp(&f->finding, at->fp, "while its results were graded");
    else
        finding_from_child(&f->finding, end, "while its results were graded");
    f->finding.length = length;
    f->finding.has_input = true;
    f->finding.input.x = first;
    f->finding.input.x_value = format_to_double(c->g->in, first);
    f->finding.input.y_value = f->finding.input.exact = NAN;
    shared_free((void *)(uintptr_t)r.at, sizeof *r.at);
}

/* ---- the parent ---- */

/* Results at the largest finite inputs, for where a kernel saturates; in a child, as every call. */
static int tails_main(void *arg)
{
    struct worker *w = arg;
    struct context *c = w->c;
    if (!open_subjects(c))
        return 1;
    w->mode = mode_of(c->plan);
    for (int s = 0; s < c->plan->nsubjects; s++) {
        for (int side = 0; side < 2 && !c->dropped[s]; side++) {
            uint64_t x = format_max(c->g->in) | (side ? 0 : format_sign_bit(c->g->in)), y[8] = {0};
            mark(w, 0, 0, s, !side);
            call(c->plan, &w->mode, c->plan->subject[s], &x, y, 1);
            memcpy(&c->facts[s].tail[side], y, format_bytes(c->g->out));
        }
    }
    return 0;
}

static void collect(struct context *c, struct worker *w, struct sweep_outcome *out, uint64_t *done)
{
    if (!w->box->full)
        return;
    __sync_synchronize();
    for (int s = 0; s < c->plan->nsubjects; s++) {
        tally_merge(&out->tally[s], &w->box_tally[s]);
        out->seconds_kernel[s] += w->box_seconds[s];
    }
    struct reference_tally *r = &out->reference, *b = &w->box->reference;
    for (int i = 0; i < TIER_COUNT; i++)
        r->tier[i] += b->tier[i];
    r->audits += b->audits;
    if (b->violations && !r->violations)
        r->violation = b->violation;
    r->violations += b->violations;
    out->seconds_reference += w->box->seconds_reference;
    out->seconds_bookkeeping += w->box->seconds_bookkeeping;
    c->state[w->box->unit] = UNIT_DONE;
    ++*done;
    __sync_synchronize();
    w->box->full = 0;
}

static void worker_start(struct worker *w)
{
    const struct context *c = w->c;
    child_start(&w->child, worker_main, w,
                (struct child_limits){.seconds = stall(c), .progress = w->beat});
}

/* A worker that ended otherwise than well: its unit is free again, the culprit is dropped. */
static void worker_died(struct context *c, struct worker *w, struct sweep_outcome *out)
{
    struct at at = *(struct at *)(uintptr_t)w->at;
    if (c->state[at.unit] == UNIT_TAKEN)
        c->state[at.unit] = UNIT_FREE;
    if (!c->dropped[at.subject]) {
        fault_add(c, out, &at, &w->child.result);
        c->dropped[at.subject] = 1;
        out->graded[at.subject] = false;
    }
}

/* ---- checkpoints ---- */

/* What a section begins with; then the unit states, and per subject its tally, kernel seconds and
 * fault. */
struct saved {
    uint64_t units, subjects;
    struct reference_tally reference;
    double seconds_reference, seconds_bookkeeping;
};

/* A fault without pointers. */
struct saved_fault {
    uint8_t has, fatal, judged, diverged;
    char kind[32], text[256];
    uint64_t length, x;
};

static size_t saved_size(const struct context *c)
{
    size_t n = (size_t)c->plan->nsubjects;
    return sizeof(struct saved) + c->units.n +
           n * (sizeof(struct tally) + sizeof(double) + sizeof(struct saved_fault));
}

static void save(struct context *c, const struct sweep_outcome *out)
{
    size_t n = (size_t)c->plan->nsubjects, bytes = saved_size(c);
    char *data = xcalloc(1, bytes), *p = data + sizeof(struct saved);
    *(struct saved *)data = (struct saved){c->units.n, n, out->reference, out->seconds_reference,
                                           out->seconds_bookkeeping};
    for (size_t i = 0; i < c->units.n; i++)
        *p++ = c->state[i] == UNIT_DONE ? UNIT_DONE : UNIT_FREE;
    for (size_t s = 0; s < n; s++) {
        struct saved_fault f = {.diverged = (uint8_t)c->diverged[s]};
        for (int k = 0; k < out->nfaults; k++)
            if ((size_t)out->fault[k].subject == s) {
                const struct finding *g = &out->fault[k].finding;
                f = (struct saved_fault){.diverged = f.diverged,
                                         .has = 1,
                                         .fatal = g->fatal,
                                         .judged = g->judged,
                                         .length = g->length,
                                         .x = g->input.x};
                snprintf(f.kind, sizeof f.kind, "%s", g->kind);
                snprintf(f.text, sizeof f.text, "%s", g->text);
            }
        memcpy(p, &out->tally[s], sizeof(struct tally));
        p += sizeof(struct tally);
        memcpy(p, &out->seconds_kernel[s], sizeof(double));
        p += sizeof(double);
        memcpy(p, &f, sizeof f);
        p += sizeof f;
    }
    checkpoint_put(c->plan->checkpoint, c->key, data, bytes);
    free(data);
}

static void restore(struct context *c, struct sweep_outcome *out)
{
    size_t n = (size_t)c->plan->nsubjects, bytes = 0;
    const char *data = checkpoint_find(c->plan->checkpoint, c->key, &bytes);
    const struct saved *head = (const struct saved *)data;
    if (!data || bytes != saved_size(c) || head->units != c->units.n || head->subjects != n)
        return;
    out->resumed = true;
    out->reference = head->reference;
    out->seconds_reference = head->seconds_reference;
    out->seconds_bookkeeping = head->seconds_bookkeeping;
    const char *p = data + sizeof *head;
    memcpy(c->state, p, c->units.n);
    p += c->units.n;
    for (size_t s = 0; s < n; s++) {
        struct saved_fault f;
        memcpy(&out->tally[s], p, sizeof(struct tally));
        p += sizeof(struct tally);
        memcpy(&out->seconds_kernel[s], p, sizeof(double));
        p += sizeof(double);
        memcpy(&f, p, sizeof f);
        p += sizeof f;
        c->diverged[s] = f.diverged;
        if (!f.has)
            continue;
        out->fault = xrealloc(out->fault, (size_t)(out->nfaults + 1) * sizeof *out->fault);
        out->fault[out->nfaults++] =
            (struct sweep_fault){(int)s,
                                 {.kind = xstrdup(f.kind),
                                  .text = xstrdup(f.text),
                                  .fatal = f.fatal,
                                  .judged = f.judged,
                                  .length = f.length,
                                  .has_input = true,
                                  .input = {.x = f.x,
                                            .x_value = format_to_double(c->g->in, f.x),
                                            .y_value = NAN,
                                            .exact = NAN}}};
        c->dropped[s] = 1;
        out->graded[s] = false;
    }
}

static uint64_t hash_text(uint64_t h, const char *text)
{
    return checkpoint_hash(h, text, strlen(text) + 1);
}

/* A digest of all that the units depend on: what is asked, the formula, the kernels, this program.
 */
static uint64_t work_key(const struct sweep_plan *p)
{
    uint64_t h = checkpoint_hash_file(CHECKPOINT_SEED, "/proc/self/exe");
    char ask[512];
    snprintf(ask, sizeof ask, "%d %d %a %a %d %d %d %llu %d/%d %d %d", p->each, p->kind, p->from,
             p->to, p->rounding, p->ftz, p->mpfr_only, (unsigned long long)p->seed, p->shard,
             p->shards, p->subject[0]->in, p->subject[0]->out);
    h = hash_text(h, ask);
    const struct function *f = p->subject[0]->function;
    char *formula = expr_text(f, f->body);
    h = hash_text(hash_text(h, f->id), formula);
    free(formula);
    if (p->ideal) {
        h = hash_text(h, p->ideal->id);
        h = checkpoint_hash(h, p->ideal_param, (size_t)p->ideal->nparams * sizeof(double));
    }
    if (p->kind == SWEEP_FILE)
        h = checkpoint_hash(h, p->file->value, p->file->n * sizeof *p->file->value);
    for (int i = 0; i < p->nsubjects; i++) {
        const struct subject *s = p->subject[i];
        h = hash_text(h, s->name);
        h = checkpoint_hash(h, s->param, (size_t)f->nparams * sizeof *s->param);
        h = checkpoint_hash(h, s->kernel->promise.bound, sizeof s->kernel->promise.bound);
        if (s->library)
            h = hash_text(checkpoint_hash_file(h, s->library), s->symbol);
    }
    return h;
}

enum { SAVE_SECONDS = 3 };

static void sweep_units(struct context *c, struct worker *worker, int jobs,
                        struct sweep_outcome *out)
{
    const struct sweep_plan *p = c->plan;
    uint64_t done = 0, mine = 0;
    for (size_t i = 0; i < c->units.n; i++)
        mine += c->state[i] == UNIT_FREE;
    for (int i = 0; i < jobs; i++)
        worker_start(&worker[i]);
    double shown = 0, saved = now();
    while (done < mine && !interrupted) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME_COARSE, &until); /* reads no TSC, which may be disallowed */
        until.tv_nsec += 20 * 1000 * 1000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec++;
        }
        sem_timedwait(c->posted, &until);
        int running = 0;
        for (int i = 0; i < jobs; i++) {
            collect(c, &worker[i], out, &done);
            if (!worker[i].child.running)
                continue;
            if (child_poll(&worker[i].child)) {
                running++;
                continue;
            }
            collect(c, &worker[i], out, &done);
            if (worker[i].child.result.end != CHILD_OK) {
                worker_died(c, &worker[i], out);
                worker_start(&worker[i]);
                running++;
            }
        }
        /* A unit freed by a death may be found after the others have gone home. */
        if (!running && done < mine)
            worker_start(&worker[0]);
        if (p->progress && now() - shown > 0.1) {
            shown = now();
            p->progress(p->progress_arg, 1 - (double)(mine - done) / (double)c->units.n,
                        sweep_size(p));
        }
        if (p->checkpoint && now() - saved > SAVE_SECONDS) {
            save(c, out);
            saved = now();
        }
    }
    if (p->checkpoint && mine)
        save(c, out);
    *c->stop = 1;
    for (int i = 0; i < jobs; i++)
        if (worker[i].child.running)
            child_stop(&worker[i].child);
    out->interrupted = interrupted;
}

/* ---- the search for bad cases ---- */

/* Around the worst inputs of the strata, step by step nearer: random steps whose size halves from a
 * binade down to a unit in the last place, keeping what is worse.  (After the method of Zimmermann
 * and others, "Accuracy of Mathematical Functions", with one kind of stratum: the binade.)  The
 * effort is a number of evaluations, so the same seed finds the same. */
struct search {
    struct worker *w;
    int subject;
    struct tally *tally; /* shared: what the sweep found, raised by what is found here */
    uint64_t evaluations;
};

enum { SEEDS = 64 };

struct seed_point {
    uint64_t x;
    double ulp;
};

static double error_at(struct search *s, uint64_t x)
{
    struct context *c = s->w->c;
    struct truth_run run;
    struct run_state state = {0};
    struct tally one;
    uint64_t in[8] = {x}, out[8] = {0};
    mark(s->w, 0, 0, s->subject, format_is_negative(c->g->in, x));
    call_marked(s->w, in, out, 1);
    truth_run_fill(c->g, &run, &x, 1, NULL);
    tally_init(&one);
    grade_run(c->g, &run, out, 0, &c->facts[s->subject], &state, &one);
    tally_raise(s->tally, &one);
    return one.max_ulp;
}

/* The worst few of random inputs, one stratum a binade. */
static int seed_search(struct search *s, struct seed_point *seed, uint64_t *state, uint64_t budget)
{
    struct context *c = s->w->c;
    enum format f = c->g->in;
    int n = 0;
    uint64_t binade = UINT64_C(1) << (format_info[f].p - 1), binades = format_inf(f) / binade;
    for (uint64_t i = 0; i < budget; i++) {
        uint64_t x = (i / 2 % binades) * binade + random_next(state) % binade;
        x |= i & 1 ? format_sign_bit(f) : 0;
        double e = error_at(s, x);
        int at = n < SEEDS ? n++ : SEEDS - 1;
        if (at == SEEDS - 1 && n == SEEDS && e <= seed[at].ulp)
            continue;
        for (; at > 0 && seed[at - 1].ulp < e; at--)
            seed[at] = seed[at - 1];
        seed[at] = (struct seed_point){x, e};
    }
    return n;
}

static int search_main(void *arg)
{
    struct search *s = arg;
    struct context *c = s->w->c;
    char err[256];
    if (!subject_open(c->plan->subject[s->subject], err, sizeof err))
        return 1;
    s->w->mode = mode_of(c->plan);
    struct seed_point seed[SEEDS];
    uint64_t state = c->plan->seed + (uint64_t)s->subject, half = s->evaluations / 2;
    int n = seed_search(s, seed, &state, half);
    if (n < SEEDS && s->tally->max_ulp >= 0)
        seed[n++] = (struct seed_point){s->tally->worst.x, s->tally->max_ulp};
    else if (s->tally->max_ulp >= 0)
        seed[SEEDS - 1] = (struct seed_point){s->tally->worst.x, s->tally->max_ulp};
    int bits = format_info[c->g->in].p - 1;
    uint64_t top = format_max(c->g->in), sign = format_sign_bit(c->g->in);
    uint64_t steps = n ? half / (uint64_t)n / (uint64_t)bits : 0;
    for (int b = bits - 1; b >= 0; b--)
        for (int i = 0; i < n; i++)
            for (uint64_t k = 0; k < steps; k++) {
                uint64_t step = 1 + random_next(&state) % (UINT64_C(1) << b), m = seed[i].x & ~sign;
                bool down = random_next(&state) & 1;
                m = down ? (m > step ? m - step : 0) : (top - m > step ? m + step : top);
                double e = error_at(s, m | (seed[i].x & sign));
                if (e > seed[i].ulp)
                    seed[i] = (struct seed_point){m | (seed[i].x & sign), e};
            }
    return 0;
}

static void search_all(struct context *c, struct worker *w, struct sweep_outcome *out)
{
    int n = c->plan->nsubjects;
    struct tally *tally = shared_alloc((size_t)n * sizeof *tally);
    memcpy(tally, out->tally, (size_t)n * sizeof *tally);
    for (int i = 0; i < n && !interrupted; i++) {
        if (c->dropped[i] || c->leader[i] >= 0)
            continue;
        struct search s = {w, i, &tally[i], c->plan->evaluations};
        struct child_limits limits = {.seconds = stall(c), .progress = w->beat};
        child_start(&w->child, search_main, &s, limits);
        while (child_poll(&w->child)) {
            nanosleep(&(struct timespec){0, 20000000}, NULL);
            if (c->plan->progress)
                c->plan->progress(c->plan->progress_arg, (double)i / n, 0);
            if (interrupted)
                child_stop(&w->child);
        }
        if (w->child.result.end != CHILD_OK && !interrupted)
            worker_died(c, w, out);
    }
    memcpy(out->tally, tally, (size_t)n * sizeof *tally);
    shared_free(tally, (size_t)n * sizeof *tally);
    out->searched = true;
    out->interrupted = interrupted;
}

static void workers_make(struct context *c, struct worker *w, int jobs)
{
    size_t n = (size_t)c->plan->nsubjects;
    for (int i = 0; i < jobs; i++) {
        w[i].c = c;
        w[i].box = shared_alloc(sizeof *w[i].box);
        w[i].box_tally = shared_alloc(n * sizeof *w[i].box_tally);
        w[i].box_seconds = shared_alloc(n * sizeof *w[i].box_seconds);
        w[i].at = shared_alloc(sizeof *w[i].at);
        w[i].beat = shared_alloc(sizeof *w[i].beat);
    }
}

static void workers_free(struct context *c, struct worker *w, int jobs)
{
    size_t n = (size_t)c->plan->nsubjects;
    for (int i = 0; i < jobs; i++) {
        shared_free(w[i].box, sizeof *w[i].box);
        shared_free(w[i].box_tally, n * sizeof *w[i].box_tally);
        shared_free(w[i].box_seconds, n * sizeof *w[i].box_seconds);
        shared_free((void *)(uintptr_t)w[i].at, sizeof *w[i].at);
        shared_free((void *)(uintptr_t)w[i].beat, sizeof *w[i].beat);
    }
}

static void find_tails(struct context *c, struct worker *w, struct sweep_outcome *out)
{
    struct child_result end;
    while ((end = child_run(tails_main, w,
                            (struct child_limits){.seconds = stall(c), .progress = w->beat}))
               .end != CHILD_OK) {
        w->child.result = end;
        int culprit = w->at->subject;
        if (c->dropped[culprit])
            break;
        worker_died(c, w, out);
    }
}

/* The built-in kernels of one method and arithmetic class should give the same bits on every ISA:
 * the first of them is graded, the others follow it. */
static void find_leaders(struct context *c)
{
    for (int i = 0; i < c->plan->nsubjects; i++) {
        const struct kernel *k = c->plan->subject[i]->kernel;
        c->leader[i] = -1;
        for (int j = 0; j < i && c->leader[i] < 0 && k->isa != ISA_EXT && !c->plan->each; j++) {
            const struct kernel *l = c->plan->subject[j]->kernel;
            if (c->leader[j] < 0 && l->isa != ISA_EXT && !strcmp(k->method, l->method) &&
                !strcmp(isa_arithmetic(k->isa), isa_arithmetic(l->isa)))
                c->leader[i] = j;
        }
    }
}

/* Those that followed to the end have the tally of their leader; those that did not are graded by
 * themselves. */
static void settle_followers(struct context *c, struct sweep_outcome *out)
{
    const struct sweep_plan *p = c->plan;
    struct sweep_plan again = *p;
    int *place = xcalloc((size_t)p->nsubjects, sizeof *place);
    again.subject = xcalloc((size_t)p->nsubjects, sizeof *again.subject);
    again.nsubjects = 0;
    again.each = true;
    for (int s = 0; s < p->nsubjects; s++) {
        if (c->leader[s] < 0 || c->dropped[s])
            continue;
        if (!c->diverged[s] && !c->dropped[c->leader[s]]) {
            out->tally[s] = out->tally[c->leader[s]];
            continue;
        }
        place[again.nsubjects] = s;
        again.subject[again.nsubjects++] = p->subject[s];
    }
    if (again.nsubjects && !out->interrupted) {
        struct sweep_outcome second;
        sweep_run(&again, &second);
        for (int i = 0; i < again.nsubjects; i++) {
            out->tally[place[i]] = second.tally[i];
            out->graded[place[i]] = second.graded[i];
            out->seconds_kernel[place[i]] += second.seconds_kernel[i];
        }
        for (int i = 0; i < second.nfaults; i++) {
            second.fault[i].subject = place[second.fault[i].subject];
            out->fault = xrealloc(out->fault, (size_t)(out->nfaults + 1) * sizeof *out->fault);
            out->fault[out->nfaults++] = second.fault[i];
        }
        second.nfaults = 0;
        out->interrupted |= second.interrupted;
        sweep_free(&second, again.nsubjects);
    }
    free(place);
    free(again.subject);
}

void sweep_run(const struct sweep_plan *p, struct sweep_outcome *out)
{
    int n = p->nsubjects, jobs = p->jobs < 1 ? 1 : p->jobs > MAX_JOBS ? MAX_JOBS : p->jobs;
    const struct subject *s = p->subject[0];
    memset(out, 0, sizeof *out);
    grading_init(&out->grading, p->ideal ? p->ideal : s->function, s->in, s->out,
                 p->ideal ? p->ideal_param : s->param, p->rounding, p->ftz, !p->mpfr_only);
    out->grading.moments = p->kind == SWEEP_FILE;
    out->tally = xcalloc((size_t)n, sizeof *out->tally);
    out->graded = xcalloc((size_t)n, sizeof *out->graded);
    out->seconds_kernel = xcalloc((size_t)n, sizeof *out->seconds_kernel);
    for (int i = 0; i < n; i++) {
        tally_init(&out->tally[i]);
        out->graded[i] = true;
    }
    struct context c = {.plan = p, .g = &out->grading};
    units_make(&c.units, p, c.g);
    c.state = shared_alloc(c.units.n + 1);
    c.dropped = shared_alloc((size_t)n * sizeof *c.dropped);
    c.facts = shared_alloc((size_t)n * sizeof *c.facts);
    for (int i = 0; i < n; i++)
        c.facts[i].promise = p->subject[i]->kernel->promise;
    c.leader = xcalloc((size_t)n, sizeof *c.leader);
    c.diverged = shared_alloc((size_t)n * sizeof *c.diverged);
    find_leaders(&c);
    c.posted = shared_alloc(sizeof *c.posted);
    c.stop = shared_alloc(sizeof *c.stop);
    sem_init(c.posted, 1, 0);
    for (size_t i = 0; i < c.units.n; i++) /* a restored state says the same of them */
        if (p->shards > 1 && (int)(i % (size_t)p->shards) != p->shard)
            c.state[i] = UNIT_DONE;
    if ((size_t)jobs > c.units.n)
        jobs = c.units.n ? (int)c.units.n : 1;
    struct worker worker[MAX_JOBS];
    memset(worker, 0, sizeof worker);
    workers_make(&c, worker, jobs);
    if (p->checkpoint) {
        c.key = work_key(p);
        restore(&c, out);
    }
    find_tails(&c, &worker[0], out);
    sweep_units(&c, worker, jobs, out);
    if (p->evaluations && !out->interrupted)
        search_all(&c, &worker[0], out);
    settle_followers(&c, out);
    out->exhaustive = !out->interrupted && p->kind != SWEEP_FILE &&
                      (p->kind == SWEEP_FULL || small_format(s->in)) && p->kind != SWEEP_RANGE;
    workers_free(&c, worker, jobs);
    sem_destroy(c.posted);
    shared_free(c.state, c.units.n + 1);
    shared_free(c.dropped, (size_t)n * sizeof *c.dropped);
    free(c.leader);
    shared_free(c.diverged, (size_t)n * sizeof *c.diverged);
    shared_free(c.facts, (size_t)n * sizeof *c.facts);
    shared_free(c.posted, sizeof *c.posted);
    shared_free((void *)(uintptr_t)c.stop, sizeof *c.stop);
    free(c.units.unit);
    free(c.units.list.v);
}

void sweep_free(struct sweep_outcome *out, int nsubjects)
{
    (void)nsubjects;
    for (int i = 0; i < out->nfaults; i++) {
        free(out->fault[i].finding.kind);
        free(out->fault[i].finding.text);
    }
    free(out->fault);
    free(out->tally);
    free(out->graded);
    free(out->seconds_kernel);
    grading_free(&out->grading);
}
