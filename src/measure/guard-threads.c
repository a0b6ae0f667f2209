/* guard-threads.c -- probes: a kernel called from several threads at once. */
#define _GNU_SOURCE
#include "guard-bench.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"

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
    unsigned fp;       /* enum fp_part: what its calls changed */
    size_t at;
    uint64_t y;
};

/* The call number TURN of member ID: each works on other inputs, and not always on as many. */
static struct call member_call(const struct crew *crew, int id, int turn)
{
    return (struct call){.n = crew->n - (crew->once ? 0 : (size_t)(id + turn) % 5),
                         .first = crew->once ? MIXED : (id * 531 + turn * 37) % SAMPLES};
}

static void member_turn(struct member *m, char *x, char *y, int turn)
{
    struct crew *crew = m->crew;
    struct bench own = *crew->b; /* with buffers of our own */
    struct call c = member_call(crew, m->id, turn);
    struct watch_report report;
    bench_fill_lanes(&own, &c, x);
    memset(y, guard_fill_byte[0], c.n * own.osize);
    int before = atomic_load(&crew->calls);
    watch_call(own.s, x, y, c.n, 0, &own.normal, &report);
    m->fp |= report.fp;
    if (atomic_fetch_add(&crew->calls, 1) > before)
        atomic_fetch_add(&crew->overlapped, 1);
    own.y = y;
    size_t at = 0;
    if (bench_first_difference(&own, &c, &at) && !atomic_exchange(&crew->differs, true)) {
        m->wrong = c;
        m->at = at;
        m->y = bench_result(&own, at);
    }
}

static bool all_run(struct crew *crew)
{
    int seen[MAX_THREADS];
    for (int i = 1; i < crew->size; i++)
        seen[i] = atomic_load(&crew->beat[i]);
    for (double start = clock_seconds(); clock_seconds() - start < 2e-6;)
        ;
    for (int i = 1; i < crew->size; i++)
        if (atomic_load(&crew->beat[i]) == seen[i])
            return false;
    return true;
}

/* Waits until all threads run at this very moment, each on a processor; at most 20 ms. */
static void start_together(struct crew *crew, int id)
{
    double start = clock_seconds();
    while (!atomic_load(&crew->go)) {
        atomic_fetch_add(&crew->beat[id], 1);
        if (id == 0 && (all_run(crew) || clock_seconds() - start > 0.02))
            atomic_store(&crew->go, true);
    }
    for (double go = clock_seconds(); clock_seconds() - go < id * crew->stagger;)
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
    struct call c = *wrong, previous;
    b->probe_start = cpu_seconds();
    for (int i = 0; right && i < crew->calls + 2000 && !(i && bench_spent(b)); i++) {
        previous = c;
        c = i ? member_call(crew, i % crew->size, i / crew->size) : *wrong;
        struct watch_report ignored;
        size_t at = 0;
        bench_perform(b, &c, &ignored);
        right = !bench_difference(b, &c, &at);
        if (!right)
            bench_diagnose(b, &previous, &c, at);
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
        bench_note_fp(b, &b->page->call, m[i].fp, " in a thread that is not the first");
        if (!m[i].wrong.n || wrong_alone(b, crew, &m[i].wrong))
            continue;
        int sample = call_sample(&m[i].wrong, m[i].at);
        bench_note_difference(b, GUARD_THREADS, &m[i].wrong, m[i].at, m[i].y,
                              b->page->alone[sample], when);
    }
}

void probe_threads(struct bench *b)
{
    static const size_t lengths[2][3] = {{1003, 37, 33003}, {61, 7, 203}};
    bool scalar = b->s->signature == SIGNATURE_SCALAR;
    for (int i = 0; i < 3 && bench_comparable(b) && !b->over; i++) {
        struct crew crew = {.n = lengths[scalar][i]};
        run_crew(b, &crew, "while other threads call");
    }
}

/* The very first call of a process, with many elements. */
void probe_first_call(struct bench *b)
{
    struct crew crew = {.n = FIRST_N, .once = true};
    struct call c = member_call(&crew, 0, 0);
    struct watch_report ignored;
    size_t at = 0;
    memset(b->in.data, 0, 65536); /* so that these pages are not part of the first call's time */
    memset(b->out.data, 0, 65536);
    double start = clock_seconds();
    bench_perform(b, &c, &ignored);
    double first = clock_seconds() - start;
    bool differs = bench_comparable(b) && bench_difference(b, &c, &at);
    uint64_t y = bench_result(b, at);
    double later = first;
    for (int i = 0; i < 5; i++) {
        start = clock_seconds();
        bench_repeat(b, c, 0);
        later = fmin(later, clock_seconds() - start);
    }
    b->page->first_seconds = first;
    b->page->turns = first > 4 * later + 5e-6 ? FIRST_TURNS : 2;
    if (!differs)
        return;
    int sample = call_sample(&c, at);
    uint64_t due = b->page->alone[sample];
    if (same_result(b->s->out, bench_repeat(b, c, at), due))
        bench_note_difference(b, GUARD_STATE, &c, at, y, due, "in the first call of a process");
    else
        bench_check(b, &c);
}

/* The very first calls of the process, from several threads.  What the first call sets up, another
 * may find half done: so they come at different times within it. */
void probe_first_calls(struct bench *b)
{
    static const double share[FIRST_TURNS] = {0.02, 0.5, 0, 0.25, 0.1, 0.75};
    if (!bench_comparable(b) || bench_noted(b, GUARD_STATE))
        return;
    struct crew crew = {.n = FIRST_N, .once = true};
    crew.stagger = share[b->page->turn % FIRST_TURNS] * fmin(b->page->first_seconds, 0.01);
    run_crew(b, &crew, "when the first calls come from several threads at once");
}
