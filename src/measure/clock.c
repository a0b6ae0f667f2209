/* clock.c -- which clock can be trusted here, how fast it ticks and what reading it costs.
 *
 * A row of `sources' says how a clock is found to be readable; `validate' then tries it.  To add a
 * clock, see clock.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_setaffinity */
#endif
#include "clock.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

const char *const tick_source_word[TICKS_SOURCES] = {"tsc", "cntvct", "monotonic"};

enum {
    PAIRS = 2001,  /* readings in a row, for step, overhead and monotony */
    BRACKETS = 64, /* tries to read two clocks at the same time */
    WINDOWS = 3,   /* in which the rate is measured */
    WINDOW_NS = 8000000,
    HOPS = 16 /* processors to which the monotony test moves */
};

static const double RATE_AGREES = 5e-4; /* relative spread of the rate over the windows */

uint64_t clock_monotonic_ns(const struct clock *c)
{
    struct timespec t;
    if (c->by_system_call)
        syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    else
        clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

double clock_seconds(void)
{
    const struct clock c = {.source = TICKS_MONOTONIC, .by_system_call = true};
    return (double)clock_monotonic_ns(&c) * 1e-9;
}

static bool tsc_disallowed(void)
{
#if defined(__x86_64__)
    int mode = PR_TSC_ENABLE;
    return prctl(PR_GET_TSC, &mode) == 0 && mode == PR_TSC_SIGSEGV;
#else
    return false;
#endif
}

/* Is the clock there and may it be read?  False with the reason in NOTE.  FORCED: the user asked
 * for it. */
typedef bool readable_fn(bool forced, char *note, size_t len);

#if defined(__x86_64__)
/* RDTSC faults where the process (prctl) or the system (CR4.TSD) disallows it; a child finds out.
 */
static bool tsc_survives(void)
{
    pid_t pid = fork();
    if (pid < 0)
        return false;
    if (pid == 0) {
        struct clock c = {.source = TICKS_TSC};
        prctl(PR_SET_DUMPABLE, 0);
        _exit(clock_ticks(&c) ? 0 : 1);
    }
    int status;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status);
}

static bool tsc_readable(bool forced, char *note, size_t len)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(d & 1u << 4)) {
        snprintf(note, len, "this processor has no time-stamp counter");
        return false;
    }
    if (tsc_disallowed()) {
        snprintf(note, len, "reading the time-stamp counter is disallowed in this process (prctl)");
        return false;
    }
    if (!forced && (!__get_cpuid(0x80000007, &a, &b, &c, &d) || !(d & 1u << 8))) {
        snprintf(note, len,
                 "the time-stamp counter is not known to keep its rate (no invariant TSC)");
        return false;
    }
    if (!tsc_survives()) {
        snprintf(note, len, "reading the time-stamp counter faults on this system");
        return false;
    }
    return true;
}
#else
static bool tsc_readable(bool forced, char *note, size_t len)
{
    (void)forced;
    snprintf(note, len, "the time-stamp counter exists on x86-64 only");
    return false;
}
#endif

static bool cntvct_readable(bool forced, char *note, size_t len)
{
    (void)forced;
#if defined(__aarch64__)
    (void)note, (void)len;
    return true;
#else
    snprintf(note, len, "cntvct exists on AArch64 only");
    return false;
#endif
}

static bool monotonic_readable(bool forced, char *note, size_t len)
{
    (void)forced, (void)note, (void)len;
    return true;
}

static readable_fn *const readable[TICKS_SOURCES] = {tsc_readable, cntvct_readable,
                                                     monotonic_readable};

/* A moment on both clocks at once: the tightest of several brackets of one reading by two of the
 * other. */
struct moment {
    uint64_t ticks, ns;
};

static struct moment moment_now(const struct clock *c)
{
    struct moment best = {0, 0};
    uint64_t width = UINT64_MAX;
    for (int i = 0; i < BRACKETS; i++) {
        uint64_t before = clock_monotonic_ns(c), ticks = clock_ticks(c),
                 after = clock_monotonic_ns(c);
        if (after - before < width) {
            width = after - before;
            best = (struct moment){ticks, before + width / 2};
        }
    }
    return best;
}

/* Ticks per second in WINDOWS windows; false if they disagree. */
static bool measure_rate(struct clock *c, char *note, size_t len)
{
    double low = INFINITY, high = 0;
    struct moment first = moment_now(c), last = first;
    for (int w = 0; w < WINDOWS; w++) {
        struct moment start = moment_now(c);
        while (clock_monotonic_ns(c) - start.ns < WINDOW_NS)
            ;
        last = moment_now(c);
        double hz = (double)(last.ticks - start.ticks) / (double)(last.ns - start.ns) * 1e9;
        low = fmin(low, hz);
        high = fmax(high, hz);
    }
    c->hz = (double)(last.ticks - first.ticks) / (double)(last.ns - first.ns) * 1e9;
    if (low > 0 && high / low - 1 <= RATE_AGREES)
        return true;
    snprintf(note, len, "%s: its rate wandered from %.4g to %.4g MHz against CLOCK_MONOTONIC",
             tick_source_word[c->source], low / 1e6, high / 1e6);
    return false;
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Step and overhead from pairs of readings; false if a reading was below the one before. */
static bool measure_pairs(struct clock *c)
{
    static const int quarter = PAIRS / 4;
    double diff[PAIRS], sum = 0;
    for (int i = 0; i < PAIRS; i++) {
        uint64_t a = clock_ticks(c), b = clock_ticks(c);
        if (b < a)
            return false;
        diff[i] = (double)(b - a);
    }
    qsort(diff, PAIRS, sizeof *diff, compare_double);
    c->step = 0;
    for (int i = 0; i < PAIRS && c->step == 0; i++)
        c->step = diff[i];
    for (int i = quarter; i < PAIRS - quarter; i++)
        sum += diff[i];
    c->overhead =
        sum / (PAIRS - 2 * quarter); /* the mean of the middle half: finer than the step */
    if (c->step == 0) {              /* slower to change than to read: wait for a change */
        uint64_t a = clock_ticks(c), b, end;
        while ((b = clock_ticks(c)) == a)
            ;
        while ((end = clock_ticks(c)) == b)
            ;
        c->step = (double)(end - b);
    }
    return true;
}

/* Moves over the processors that the thread may use: the clock must never fall on the way. */
static bool monotone_across_cpus(const struct clock *c)
{
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2)
        return true;
    bool rises = true;
    uint64_t last = clock_ticks(c);
    for (int turn = 0, hops = 0; turn < 2; turn++, hops = 0)
        for (int cpu = 0; cpu < CPU_SETSIZE && hops < HOPS && rises; cpu++) {
            if (!CPU_ISSET(cpu, &allowed))
                continue;
            cpu_set_t one;
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            if (sched_setaffinity(0, sizeof one, &one) != 0)
                continue;
            uint64_t now = clock_ticks(c);
            rises = now >= last;
            last = now;
            hops++;
        }
    sched_setaffinity(0, sizeof allowed, &allowed);
    return rises;
}

static bool validate(struct clock *c, bool forced, char *note, size_t len)
{
    if (!readable[c->source](forced, note, len))
        return false;
    if (!measure_pairs(c) || !monotone_across_cpus(c)) {
        snprintf(note, len, "%s went backwards", tick_source_word[c->source]);
        return false;
    }
    return measure_rate(c, note, len);
}

bool clock_open(struct clock *c, const char *want)
{
    char why[160] = "";
    int asked = -1;
    memset(c, 0, sizeof *c);
    c->by_system_call = tsc_disallowed();
    if (!want)
        want = getenv("ACTULP_CLOCK");
    if (want && !*want)
        want = NULL;
    for (int s = 0; want && s < TICKS_SOURCES; s++)
        if (strcmp(want, tick_source_word[s]) == 0)
            asked = s;
    if (want && asked < 0) {
        snprintf(c->note, sizeof c->note,
                 "clock `%.40s' is not known; tsc, cntvct and monotonic are", want);
        return false;
    }
    if (asked >= 0) {
        c->source = (enum tick_source)asked;
        if (validate(c, true, why, sizeof why))
            return true;
        snprintf(c->note, sizeof c->note, "%s was asked for: %s", want, why);
    }
    for (int s = 0; s < TICKS_SOURCES; s++) {
        c->source = (enum tick_source)s;
        if (s != asked && validate(c, false, why, sizeof why))
            return true;
            /* Say only what this kind of machine could have had. */
#if defined(__x86_64__)
        bool ours = s == TICKS_TSC;
#elif defined(__aarch64__)
        bool ours = s == TICKS_CNTVCT;
#else
        bool ours = false;
#endif
        if (ours && !c->note[0])
            snprintf(c->note, sizeof c->note, "%s", why);
    }
    /* CLOCK_MONOTONIC failed its validation against itself: a machine stopped for long.  It is what
     * there is. */
    c->source = TICKS_MONOTONIC;
    c->hz = 1e9;
    return true;
}

/* LINKS dependent additions of two registers.  (Immediates would not do: some cores fold those.) */
#if defined(__x86_64__)
#define CHAIN(x, one) \
    __asm__ volatile(".rept 256\n\tadd %1, %0\n\t.endr" : "+r"(x) : "r"(one) : "cc")
#elif defined(__aarch64__)
#define CHAIN(x, one) __asm__ volatile(".rept 256\n\tadd %0, %0, %1\n\t.endr" : "+r"(x) : "r"(one))
#endif

uint64_t core_chain(void)
{
#ifdef CHAIN
    enum { LINKS = 256, TURNS = 150 };
    uint64_t x = 0, one = 1;
    for (int i = 0; i < TURNS; i++)
        CHAIN(x, one);
    return LINKS * TURNS;
#else
    return 0;
#endif
}

double core_ghz(const struct clock *c)
{
    enum { TRIES = 4 };
    double best = INFINITY;
    uint64_t links = 0;
    for (int t = 0; t < TRIES; t++) {
        uint64_t start = clock_ticks(c);
        links = core_chain();
        best = fmin(best, clock_ns(c, start, clock_ticks(c)));
    }
    return links && best > 0 ? (double)links / best : NAN;
}
