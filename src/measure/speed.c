/* speed.c -- rounds: who is timed when, and what becomes of the samples.  See speed.h.
 *
 * The unit is a pair of lanes that have their epochs one after the other: a kernel and the
 * yardstick at the same size; two versions of one kernel; the yardstick and itself.  A round visits
 * every pair once, in an order shuffled anew; which of the two goes first is drawn at one visit and
 * reversed at the next.
 *
 * A run is a row of sittings, each in a child of its own, as a process keeps some of its speed from
 * beginning to end.  What they record lies in shared memory.  A kernel that kills its child is
 * dropped and the next child goes on.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_setaffinity, MAP_ANONYMOUS */
#endif
#include "speed.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "../mem.h"
#include "child.h"
#include "cycles.h"
#include "fpstate.h"
#include "machine.h"
#include "yardstick.h"

enum {
    MIN_ROUNDS = 8, /* visits of each pair, even if the time is up: two in each quarter */
    LONG_ROUNDS =
        2,          /* of one whose visits are long; with fewer than MIN_ROUNDS it is not settled */
    AA_NEEDED = 20, /* visits of the yardstick with itself that tell its spread */
    AA_ROUNDS = 40, /* visits of the yardstick with itself, before all else */
    SITTINGS = 20,  /* that a run is divided into, */
    HANG_SECONDS = 20
};

static const double SITTING_SECONDS = 0.05; /* unless they would be shorter than this */
static const double EPOCH_NS = 100000;  /* of an epoch, unless the clock is too coarse for it: */
static const double EPOCH_STEPS = 1000; /* at least so many steps of the clock */
/* Before a sitting: a processor that has been idle often comes back with its predictors forgotten,
 * and what they had learned can outlast processes. */
static const struct timespec NAP = {.tv_nsec = 1000000};
static const double SHORT_VISIT = 1e-3;   /* seconds: the visits of a pair take no longer */
static const double PROBE_SECONDS = 0.02; /* between two looks at the core's frequency */
static const double SETTLED = 0.03; /* spread of the quarters' minima; width of the interval */
static const double CONFIDENCE = 0.95;

/* ---- What is recorded, in shared memory ---- */

struct slot {
    uint64_t calls[2]; /* per epoch, of either lane, found in the first sitting */
    uint64_t visits;
    double spent;     /* seconds, on this pair; */
    double shortest;  /* on its shortest visit; 0 before the first */
    double cycles[2]; /* of either lane, per element: the least counted; 0: none */
    struct track track;
};

struct session {
    volatile uint64_t progress; /* epochs begun << 16 | subject + 1; 0 in the low half: ours */
    struct clock clock;
    bool clock_is_open;
    bool counted; /* cycles, by the processor's counter */
    double ghz_min, ghz_max;
    double epoch_ns;
    int cpu;           /* pinned to, or -1 */
    uint64_t rounds;   /* completed */
    uint64_t switches; /* involuntary, of all sittings */
    uint64_t random;   /* state of the source of orders */
    bool done;         /* the time is up and there are rounds enough */
    char refusal[160]; /* why subject_open failed */
    struct slot slot[];
};

/* ---- What is timed ---- */

struct pair {
    int subject[2]; /* indices into the plan; YARDSTICK */
    int column;     /* of the plan's sizes */
    bool dropped, first_leads;
    struct lane lane[2];
};

enum { YARDSTICK = -1 };

struct run {
    const struct speed_plan *plan;
    struct pair *pair;
    int npairs;
    struct subject yardstick[FORMAT_COUNT][FORMAT_COUNT]; /* by in and out */
    struct arena drawn;                                   /* inputs, made once; */
    struct arena arena; /* in a child: its copy of them, and room for results */
    struct session *session;
    size_t session_bytes;
    double started;
    bool *subject_dropped;
    int counter;        /* in a child: of cycles_open */
    struct fp_state fp; /* as it must be when a kernel is called */
};

static const struct subject *subject_of(const struct run *r, const struct pair *p, int side)
{
    const struct speed_plan *plan = r->plan;
    if (p->subject[side] != YARDSTICK)
        return plan->subject[p->subject[side]];
    const struct subject *other =
        p->subject[!side] == YARDSTICK ? plan->subject[0] : plan->subject[p->subject[!side]];
    return &r->yardstick[other->in][other->out];
}

static void say(struct run *r, int subject)
{
    uint64_t epoch = (r->session->progress >> 16) + 1;
    r->session->progress = epoch << 16 | (uint64_t)(subject + 1);
}

static double working_set(const struct subject *s, uint64_t n)
{
    return (double)(n ? n : 1) * (double)(format_bytes(s->in) + format_bytes(s->out));
}

static bool fits_cache(const struct subject *s, uint64_t n)
{
    size_t last_level = machine_cache(3) ? machine_cache(3) : machine_cache(2);
    return last_level == 0 || working_set(s, n) <= (double)last_level;
}

/* ---- In the child ---- */

static bool pin(int cpu)
{
    cpu_set_t set;
    if (cpu < 0 || cpu >= CPU_SETSIZE)
        return false;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

static unsigned char *pages(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

/* A child's own buffers: other pages in every sitting.  False if there is no memory. */
static bool fill_arena(struct run *r)
{
    struct arena *a = &r->arena;
    a->bytes = r->drawn.bytes;
    a->y = pages(a->bytes + 4096);
    if (!a->y)
        return false;
    a->y += 2048;
    memset(a->y, 0, a->bytes);
    for (int f = 0; f < FORMAT_COUNT; f++) {
        if (!r->drawn.x[f])
            continue;
        if (!(a->x[f] = pages(a->bytes)))
            return false;
        memcpy(a->x[f], r->drawn.x[f], a->bytes);
    }
    return true;
}

/* Loads outside kernels; false (with the culprit in the progress word) if one does not load. */
static bool open_subjects(struct run *r)
{
    for (int i = 0; i < r->plan->nsubjects; i++) {
        if (r->subject_dropped[i])
            continue;
        say(r, i);
        if (!subject_open(r->plan->subject[i], r->session->refusal, sizeof r->session->refusal))
            return false;
        fp_state_set(
            &r->fp); /* a library linked with -ffast-math sets flush-to-zero when it loads */
    }
    say(r, YARDSTICK);
    return true;
}

/* One epoch of a lane, with the floating-point state as it must be before and after. */
static double time_lane(struct run *r, int index, int side)
{
    const struct pair *p = &r->pair[index];
    double *least = &r->session->slot[index].cycles[side];
    say(r, p->subject[side]);
    fp_state_set(&r->fp);
    struct epoch e = lane_time(&p->lane[side], &r->session->clock, r->counter);
    fp_state_set(&r->fp);
    if (!isnan(e.cycles))
        *least = *least > 0 ? fmin(*least, e.cycles) : e.cycles;
    return e.ns;
}

static bool same_lane(const struct lane *a, const struct lane *b)
{
    return a->subject == b->subject && a->n == b->n && a->mode == b->mode;
}

/* The number of calls of lane SIDE of pair INDEX.  What was calibrated before, in an earlier
 * sitting or as a lane of an earlier pair (the yardstick), keeps its number. */
static uint64_t calls_of(struct run *r, int index, int side)
{
    struct session *s = r->session;
    struct lane *l = &r->pair[index].lane[side];
    if (s->slot[index].calls[side])
        return s->slot[index].calls[side];
    for (int k = 0; k < 2 * index + side; k++)
        if (s->slot[k / 2].calls[k % 2] && same_lane(&r->pair[k / 2].lane[k % 2], l))
            return s->slot[k / 2].calls[k % 2];
    say(r, r->pair[index].subject[side]);
    lane_calibrate(l, &s->clock, s->epoch_ns);
    fp_state_set(&r->fp);
    return l->calls;
}

static void make_lanes(struct run *r)
{
    for (int i = 0; i < r->npairs; i++) {
        struct pair *p = &r->pair[i];
        uint64_t n = r->plan->size[p->column];
        for (int side = 0; side < 2 && !p->dropped; side++) {
            const struct subject *s = subject_of(r, p, side);
            p->lane[side] = lane_make(s, &r->arena, r->plan->mode[p->column], n, fits_cache(s, n));
            p->lane[side].calls = calls_of(r, i, side);
        }
        bool versus = p->subject[0] != YARDSTICK && p->subject[1] != YARDSTICK;
        if (versus) /* unlike numbers would bias the ratio */
            p->lane[1].calls = p->lane[0].calls;
        for (int side = 0; side < 2; side++)
            r->session->slot[i].calls[side] = p->lane[side].calls;
        track_sit(&r->session->slot[i].track);
    }
    say(r, YARDSTICK);
}

static void probe_frequency(struct session *s)
{
    double ghz = core_ghz(&s->clock);
    if (isnan(ghz))
        return;
    s->ghz_min = s->ghz_min > 0 ? fmin(s->ghz_min, ghz) : ghz;
    s->ghz_max = fmax(s->ghz_max, ghz);
}

/* One epoch of each side; who goes first is drawn at one visit and reversed at the next. */
static void visit(struct run *r, int index, uint64_t *random)
{
    struct pair *p = &r->pair[index];
    double ns[2];
    p->first_leads =
        r->session->slot[index].visits++ % 2 ? !p->first_leads : random_next(random) >> 63;
    int first = p->first_leads ? 0 : 1;
    ns[first] = time_lane(r, index, first);
    ns[!first] = time_lane(r, index, !first);
    if (ns[0] > 0 && ns[1] > 0)
        track_record(&r->session->slot[index].track, ns[0], ns[1]);
}

static bool is_yardstick_pair(const struct pair *p)
{
    return p->subject[0] == YARDSTICK && p->subject[1] == YARDSTICK;
}

static void spend(struct slot *slot, double seconds)
{
    slot->shortest = slot->spent > 0 ? fmin(slot->shortest, seconds) : seconds;
    slot->spent += seconds;
}

/* Does pair INDEX take part in a round, SHARE seconds being what each pair could have had so far?
 * Short visits always do.  A pair whose visits are long (a call in memory may take a tenth of a
 * second) does when it has had no more than its share, or must, to keep the pace of LONG_ROUNDS
 * visits in the run; else it would starve the others. */
static bool takes_part(const struct run *r, int index, double elapsed, double share)
{
    enum { SHORT_LIST = 8 };
    const struct slot *slot = &r->session->slot[index];
    bool is_long = slot->shortest > SHORT_VISIT;
    uint64_t needed = is_long ? LONG_ROUNDS : MIN_ROUNDS;
    double seconds = r->plan->seconds;
    if (r->pair[index].dropped)
        return false;
    if (elapsed >= seconds || (double)slot->visits <= (double)needed * elapsed / seconds)
        return slot->visits < needed;
    if (is_yardstick_pair(&r->pair[index]) && r->npairs < SHORT_LIST && r->session->rounds % 8)
        return false; /* of a short list it would take much of the time */
    return !is_long || slot->spent <= share;
}

/* The pairs of a round, shuffled; their number.  0: no pair lacks anything and the time is up. */
static int draw_round(const struct run *r, int *order, double now, uint64_t *random)
{
    int n = 0, live = 0;
    double elapsed = now - r->started;
    for (int i = 0; i < r->npairs; i++)
        live += !r->pair[i].dropped;
    for (int i = 0; i < r->npairs; i++)
        if (takes_part(r, i, elapsed, elapsed / live))
            order[n++] = i;
    for (int i = n - 1; i > 0; i--) {
        int k = (int)(random_next(random) % (uint64_t)(i + 1)), t = order[i];
        order[i] = order[k];
        order[k] = t;
    }
    return n;
}

/* The yardstick against itself: what this machine can tell apart now.  Pairs whose visits are long
 * are left to the rounds.  Takes a tenth of the run at most, half where the machine is so busy that
 * there would be too few visits. */
static void play_yardstick(struct run *r)
{
    enum { TRIES = 3 }; /* a visit that was interrupted looks long */
    double start = clock_seconds();
    for (int round = 0; round < AA_ROUNDS; round++)
        for (int i = 0; i < r->npairs; i++) {
            struct slot *slot = &r->session->slot[i];
            if (!is_yardstick_pair(&r->pair[i]) || r->pair[i].dropped ||
                (round >= TRIES && slot->shortest > SHORT_VISIT))
                continue;
            double before = clock_seconds();
            if (before - start > (round < AA_NEEDED ? 0.5 : 0.1) * r->plan->seconds)
                return;
            visit(r, i, &r->session->random);
            spend(slot, clock_seconds() - before);
        }
}

static uint64_t involuntary_switches(void)
{
    struct rusage use;
    return getrusage(RUSAGE_SELF, &use) == 0 ? (uint64_t)use.ru_nivcsw : 0;
}

/* Rounds until the sitting is over, or the run. */
static void play_rounds(struct run *r)
{
    struct session *s = r->session;
    double now = clock_seconds(), end = r->started + r->plan->seconds, probed = now;
    double sitting_end = now + fmax(r->plan->seconds / SITTINGS, SITTING_SECONDS);
    int *order = xmalloc((size_t)r->npairs * sizeof *order);
    while (!s->done && now < sitting_end) {
        bool in_time = now < end;
        int n = draw_round(r, order, now, &s->random);
        for (int i = 0; i < n && (now < end) == in_time; i++) {
            double before = now;
            visit(r, order[i], &s->random);
            now = clock_seconds();
            spend(&s->slot[order[i]], now - before);
            if (now - probed > PROBE_SECONDS) {
                probe_frequency(s);
                probed = now = clock_seconds();
            }
        }
        s->rounds++;
        s->done = now >= end && n == 0;
        if (n == 0)
            now = clock_seconds();
    }
    probe_frequency(s);
    free(order);
}

enum { WORK_DONE, WORK_REFUSED, WORK_NO_MEMORY };

static void open_clock(struct run *r)
{
    struct session *s = r->session;
    if (s->clock_is_open)
        return;
    if (!clock_open(&s->clock, r->plan->clock)) /* not the name of a clock: any will do */
        clock_open(&s->clock, "monotonic");
    s->epoch_ns = fmax(EPOCH_NS, EPOCH_STEPS * s->clock.step / s->clock.hz * 1e9);
    s->clock_is_open = true;
}

/* One sitting. */
static int work(void *arg)
{
    struct run *r = arg;
    struct session *s = r->session;
    s->cpu = pin(r->plan->cpu) ? r->plan->cpu : -1;
    open_clock(r);
    r->counter = cycles_open();
    s->counted = r->counter >= 0;
    r->fp = fp_state_get();
    probe_frequency(s);
    if (!fill_arena(r))
        return WORK_NO_MEMORY;
    if (!open_subjects(r))
        return WORK_REFUSED;
    make_lanes(r);
    nanosleep(&NAP, NULL);
    uint64_t switches = involuntary_switches();
    if (s->rounds == 0)
        play_yardstick(r);
    play_rounds(r);
    s->switches += involuntary_switches() - switches;
    return WORK_DONE;
}

/* ---- In the parent ---- */

static void report_progress(const struct run *r)
{
    const struct speed_plan *plan = r->plan;
    double spent = clock_seconds() - r->started;
    if (!plan->progress)
        return;
    double done = plan->seconds > 0 ? fmin(spent / plan->seconds, 1) : 1;
    plan->progress(plan->progress_arg, done, fmax(plan->seconds - spent, 0));
}

static struct child_result run_child(struct run *r)
{
    struct child c;
    struct child_limits limits = {.seconds = HANG_SECONDS, .progress = &r->session->progress};
    child_start(&c, work, r, limits);
    while (child_poll(&c)) {
        report_progress(r);
        child_wait(&c, 1, 0.1);
    }
    return c.result;
}

static void drop_subject(struct run *r, int subject)
{
    r->subject_dropped[subject] = true;
    for (int i = 0; i < r->npairs; i++)
        if (r->pair[i].subject[0] == subject || r->pair[i].subject[1] == subject)
            r->pair[i].dropped = true;
}

static void no_memory(struct speed_fault *f)
{
    *f = (struct speed_fault){-1, "no memory for the buffers of these sizes"};
}

/* What ended a child badly, as a fault. */
static void describe_fault(const struct run *r, const struct child_result *end,
                           struct speed_fault *f)
{
    char how[100];
    f->subject = (int)(r->session->progress & 0xffff) - 1;
    if (end->end == CHILD_FAILED && end->status == WORK_REFUSED) {
        snprintf(f->text, sizeof f->text, "%s", r->session->refusal);
    } else if (end->end == CHILD_FAILED && end->status == WORK_NO_MEMORY) {
        no_memory(f);
    } else {
        snprintf(f->text, sizeof f->text, "%s while it was timed",
                 child_describe(end, how, sizeof how));
        if (end->end == CHILD_STOPPED || end->end == CHILD_NOT_STARTED)
            f->subject = -1;
    }
}

static bool anything_to_time(const struct run *r)
{
    for (int i = 0; i < r->npairs; i++)
        if (!r->pair[i].dropped && !is_yardstick_pair(&r->pair[i]))
            return true;
    return false;
}

/* Sitting after sitting until the time is up or nothing is left to time; returns the number of
 * faults. */
static int run_to_the_end(struct run *r, struct speed_fault *faults)
{
    int nfaults = 0;
    while (!r->session->done && anything_to_time(r)) {
        r->session->progress &= ~(uint64_t)0xffff;
        struct child_result end = run_child(r);
        if (end.end == CHILD_OK)
            continue;
        describe_fault(r, &end, &faults[nfaults++]);
        if (faults[nfaults - 1].subject < 0)
            break;
        drop_subject(r, faults[nfaults - 1].subject);
        if (r->session->rounds == 0)
            r->started = clock_seconds(); /* what the fault took from the others is given back */
    }
    return nfaults;
}

static void add_pair(struct run *r, int first, int second, int column)
{
    r->pair[r->npairs++] = (struct pair){.subject = {first, second}, .column = column};
}

/* Inputs of every format in use, drawn once for all sittings.  False if there is no memory. */
static bool draw_inputs(struct run *r)
{
    const struct speed_plan *plan = r->plan;
    struct arena *a = &r->drawn;
    uint64_t elements = LANE_WINDOW;
    size_t width = 0;
    for (int i = 0; i < plan->nsizes; i++)
        elements = plan->size[i] > elements ? plan->size[i] : elements;
    for (int i = 0; i < plan->nsubjects; i++) {
        size_t in = format_bytes(plan->subject[i]->in), out = format_bytes(plan->subject[i]->out);
        width = in > width ? in : width;
        width = out > width ? out : width;
    }
    if (__builtin_mul_overflow((size_t)elements, width, &a->bytes) || a->bytes > SIZE_MAX / 4)
        return false;
    for (int i = 0; i < plan->nsubjects; i++) {
        enum format f = plan->subject[i]->in;
        if (!a->x[f] && !(a->x[f] = pages(a->bytes)))
            return false;
        inputs_fill(&plan->inputs, plan->seed, f, a->x[f], elements);
    }
    return true;
}

static void run_begin(struct run *r, const struct speed_plan *plan, int max_pairs)
{
    memset(r, 0, sizeof *r);
    r->plan = plan;
    r->pair = xcalloc((size_t)max_pairs, sizeof *r->pair);
    r->subject_dropped = xcalloc((size_t)plan->nsubjects, sizeof *r->subject_dropped);
    r->session_bytes = sizeof *r->session + (size_t)max_pairs * sizeof *r->session->slot;
    r->session = shared_alloc(r->session_bytes);
    r->session->cpu = -1;
    r->session->random = plan->seed ^ 0x5eed0f5eed0f5eed;
    r->started = clock_seconds();
    for (int in = 0; in < FORMAT_COUNT; in++)
        for (int out = 0; out < FORMAT_COUNT; out++)
            yardstick_make(&r->yardstick[in][out], YARDSTICK_COPY, (enum format)in,
                           (enum format)out);
}

static void run_end(struct run *r)
{
    for (int f = 0; f < FORMAT_COUNT; f++)
        if (r->drawn.x[f])
            munmap(r->drawn.x[f], r->drawn.bytes);
    shared_free(r->session, r->session_bytes);
    free(r->pair);
    free(r->subject_dropped);
}

/* ---- From samples to figures ---- */

const char *speed_level(double bytes)
{
    static const char *const words[] = {"L1", "L2", "L3"};
    bool known = false;
    for (int level = 1; level <= 3; level++) {
        size_t size = machine_cache(level);
        known |= size > 0;
        if (size && bytes <= (double)size)
            return words[level - 1];
    }
    return known ? "memory" : "unknown";
}

int speed_default_sizes(uint64_t *size, enum format f)
{
    int n = 0;
    size_t last = 0;
    for (int level = 1; level <= 3; level++) {
        size_t bytes = machine_cache(level), elements = 1;
        if (!bytes)
            continue;
        last = bytes;
        while (elements * 2 * 2 * format_bytes(f) <= bytes / 2)
            elements *= 2;
        if (n == 0 || elements > size[n - 1])
            size[n++] = elements;
    }
    if (n == 0)
        size[n++] = 2048;
    else
        size[n] = size[n - 1] * (2 * last / (size[n - 1] * 2 * format_bytes(f))), n++;
    return n;
}

int speed_curve_sizes(uint64_t *size, enum format f)
{
    uint64_t level[SPEED_MAX_SIZES];
    uint64_t most = level[speed_default_sizes(level, f) - 1];
    int n = 0;
    for (uint64_t s = 1; n < SPEED_MAX_SIZES - 1 && s < most; s *= 4)
        size[n++] = s;
    size[n++] = most;
    return n;
}

int speed_affordable_sizes(const uint64_t *size, int n, int nsubjects, double seconds)
{
    static const double ns_per_element = 5, share = 0.1;
    while (n > 1 &&
           (double)size[n - 1] * ns_per_element * 1e-9 * MIN_ROUNDS * nsubjects > share * seconds)
        n--;
    return n;
}

static bool is_settled(const struct speed *cell, const struct track *t)
{
    return t->n >= MIN_ROUNDS && cell->ns_hi / cell->ns_lo - 1 <= SETTLED &&
           cell->ratio_hi / cell->ratio_lo - 1 <= SETTLED;
}

static void fill_cell(const struct run *r, int pair, void *cells)
{
    const struct pair *p = &r->pair[pair];
    const struct track *t = &r->session->slot[pair].track;
    const struct speed_plan *plan = r->plan;
    struct speed *cell =
        is_yardstick_pair(p) ? &plan->yardstick[p->column] : (struct speed *)cells + pair;
    uint64_t n = plan->size[p->column];
    *cell = (struct speed){.n = n,
                           .ns = NAN,
                           .ns_lo = NAN,
                           .ns_hi = NAN,
                           .cycles = NAN,
                           .ratio = NAN,
                           .ratio_lo = NAN,
                           .ratio_hi = NAN};
    cell->inputs = xstrdup(plan->inputs.name);
    cell->mode = xstrdup(lane_mode_word[n ? plan->mode[p->column] : LANE_LATENCY]);
    if (p->dropped || t->n == 0)
        return;
    struct interval_estimate ratio = track_ratio(t, CONFIDENCE);
    struct least least = track_least(t, 0);
    cell->level = xstrdup(speed_level(working_set(subject_of(r, p, 0), n)));
    cell->ns = least.ns;
    cell->ns_lo = least.lo;
    cell->ns_hi = least.hi;
    cell->sample = xmalloc(SPEED_SAMPLES * sizeof *cell->sample);
    cell->nsamples = track_thin(t, 0, cell->sample, SPEED_SAMPLES);
    double counted = r->session->slot[pair].cycles[0];
    cell->cycles = counted > 0               ? counted
                   : r->session->ghz_max > 0 ? cell->ns * r->session->ghz_max
                                             : NAN;
    cell->ratio = ratio.value;
    cell->ratio_lo = ratio.lo;
    cell->ratio_hi = ratio.hi;
    cell->settled = is_settled(cell, t);
}

/* The yardstick against itself; never less than a step of the clock in an epoch. */
static double noise_of(const struct run *r)
{
    const struct clock *c = &r->session->clock;
    if (!r->session->clock_is_open)
        return NAN;
    double step = c->step / c->hz * 1e9 / r->session->epoch_ns, worst = NAN;
    for (int i = 0; i < r->npairs; i++) {
        const struct pair *p = &r->pair[i];
        if (!is_yardstick_pair(p) || p->dropped)
            continue;
        const struct track *t = &r->session->slot[i].track;
        if (t->n < AA_NEEDED)
            continue; /* in memory, where a visit takes long */
        struct interval_estimate e = track_ratio(t, CONFIDENCE);
        worst = fmax(fmax(worst, step), fmax(1 / e.lo, e.hi) - 1); /* fmax skips a NAN */
    }
    return worst;
}

/* Adds the epochs of a side of T to MODES, by their times. */
static void count_modes(const struct track *t, int side, uint64_t *modes)
{
    double least = track_least(t, side).ns;
    for (uint32_t i = 0; i < t->n; i++) {
        int bin = (int)(log((double)t->ns[side][i] / least) / log(1.03));
        modes[bin < HISTOGRAM_BINS ? bin : HISTOGRAM_BINS - 1]++;
    }
}

static void fill_modes(const struct run *r, uint64_t *modes)
{
    memset(modes, 0, HISTOGRAM_BINS * sizeof *modes);
    for (int i = 0; i < r->npairs; i++) {
        const struct pair *p = &r->pair[i];
        for (int side = 0; side < 2 && !p->dropped; side++)
            if (fits_cache(subject_of(r, p, side), r->plan->size[p->column]))
                count_modes(&r->session->slot[i].track, side, modes);
    }
}

/* The machine before a run, to tell what changed during it. */
struct before {
    double load;
    uint64_t stolen, total;
};

static void fill_machine(struct machine *m, const struct run *r, const struct before *before)
{
    const struct session *s = r->session;
    uint64_t stolen, total;
    machine_steal(&stolen, &total);
    m->load_before = before->load;
    m->load_after = machine_load();
    m->steal_share = total > before->total
                         ? (double)(stolen - before->stolen) / (double)(total - before->total)
                         : NAN;
    m->cpu = s->cpu;
    m->switches = (double)s->switches;
    if (s->clock_is_open) {
        free(m->clock);
        m->clock = xstrdup(tick_source_word[s->clock.source]);
        m->clock_hz = s->clock.hz;
        m->clock_step_ns = s->clock.step / s->clock.hz * 1e9;
        m->clock_overhead_ns = s->clock.overhead / s->clock.hz * 1e9;
    }
    if (s->ghz_max > 0) {
        free(m->cycles_from);
        m->cycles_from = xstrdup(s->counted ? "counter" : "chain");
        m->core_ghz_min = s->ghz_min;
        m->core_ghz_max = s->ghz_max;
    }
    if (r->plan->note && r->plan->notelen)
        snprintf(r->plan->note, r->plan->notelen, "%s", s->clock.note);
}

/* In place needs results as wide as inputs. */
static bool makes_sense(const struct speed_plan *plan, int subject, int column)
{
    const struct subject *s = plan->subject[subject];
    return plan->mode[column] != LANE_IN_PLACE || format_bytes(s->in) == format_bytes(s->out);
}

/* Pairs of every size: subject i with i + 1 if STEP is 2, with the yardstick if it is 1; then the
 * yardstick with itself. */
static void add_pairs(struct run *r, int step)
{
    const struct speed_plan *plan = r->plan;
    for (int i = 0; i + step <= plan->nsubjects; i += step)
        for (int column = 0; column < plan->nsizes; column++) {
            add_pair(r, i, step == 2 ? i + 1 : YARDSTICK, column);
            r->pair[r->npairs - 1].dropped = !makes_sense(plan, i, column);
        }
    for (int column = 0; column < plan->nsizes; column++) {
        add_pair(r, YARDSTICK, YARDSTICK, column);
        r->pair[r->npairs - 1].dropped = !makes_sense(plan, 0, column);
    }
}

/* All but the cells, which FILL makes of R. */
static int run_plan(const struct speed_plan *plan, int step, struct speed_fault *faults,
                    struct machine *machine, double *noise_floor,
                    void (*fill)(const struct run *r, int pair, void *cells), void *cells)
{
    struct run r;
    struct before before = {.load = machine_load()};
    *noise_floor = NAN;
    if (plan->nsubjects < step || plan->nsizes == 0)
        return 0;
    machine_steal(&before.stolen, &before.total);
    run_begin(&r, plan, (plan->nsubjects / step + 1) * plan->nsizes);
    add_pairs(&r, step);
    int nfaults = 1;
    if (draw_inputs(&r))
        nfaults = run_to_the_end(&r, faults);
    else
        no_memory(&faults[0]);
    for (int i = 0; i < r.npairs; i++)
        if (!is_yardstick_pair(&r.pair[i]))
            fill(&r, i, cells);
        else if (plan->yardstick)
            fill_cell(&r, i, NULL);
    if (plan->modes)
        fill_modes(&r, plan->modes);
    *noise_floor = noise_of(&r);
    fill_machine(machine, &r, &before);
    run_end(&r);
    return nfaults;
}

int speed_run(const struct speed_plan *plan, struct speed *cells, struct speed_fault *faults,
              struct machine *machine, double *noise_floor)
{
    return run_plan(plan, 1, faults, machine, noise_floor, fill_cell, cells);
}

static void fill_versus(const struct run *r, int pair, void *cells)
{
    const struct track *t = &r->session->slot[pair].track;
    struct versus *v = (struct versus *)cells + pair;
    struct least none = {NAN, NAN, NAN};
    *v = (struct versus){.ratio = NAN, .lo = NAN, .hi = NAN, .first = none, .second = none};
    if (r->pair[pair].dropped || t->n == 0)
        return;
    struct interval_estimate old_to_new = track_ratio(t, CONFIDENCE);
    v->ratio = 1 / old_to_new.value;
    v->lo = 1 / old_to_new.hi;
    v->hi = 1 / old_to_new.lo;
    v->first = track_least(t, 0);
    v->second = track_least(t, 1);
    v->rounds = t->n * t->stride;
    v->settled = t->n >= MIN_ROUNDS && v->hi / v->lo - 1 <= SETTLED;
    for (int side = 0; side < 2; side++) {
        v->sample[side] = xmalloc(SPEED_SAMPLES * sizeof *v->sample[side]);
        v->nsamples = track_thin(t, side, v->sample[side], SPEED_SAMPLES);
    }
}

int speed_versus(const struct speed_plan *plan, struct versus *cells, struct speed_fault *faults,
                 struct machine *machine, double *noise_floor)
{
    return run_plan(plan, 2, faults, machine, noise_floor, fill_versus, cells);
}

enum speed_verdict versus_verdict(double lo, double hi, double tolerance)
{
    double above = 1 + tolerance, below = 1 / above;
    if (lo > above)
        return SPEED_SLOWER;
    if (hi < below)
        return SPEED_FASTER;
    return lo >= below && hi <= above ? SPEED_SAME : SPEED_UNSETTLED;
}
