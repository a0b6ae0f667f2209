/* t-clock.c -- the clock: chosen, validated, forced, refused; and agreeing with CLOCK_MONOTONIC. */
#include "tap.h"

#include <math.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../src/measure/clock.h"
#include "../src/measure/cycles.h"

/* Waits NS by CLOCK_MONOTONIC and says what C made of it, relative to what CLOCK_MONOTONIC did; the
 * best of a few, since the two clocks are read one after the other and this process may be put
 * aside between. */
static double disagreement(const struct clock *c, uint64_t ns)
{
    double best = INFINITY;
    for (int i = 0; i < 5; i++) {
        uint64_t m0 = clock_monotonic_ns(c), t0 = clock_ticks(c), m1;
        while ((m1 = clock_monotonic_ns(c)) - m0 < ns)
            ;
        double by_clock = clock_ns(c, t0, clock_ticks(c));
        best = fmin(best, fabs(by_clock / (double)(m1 - m0) - 1));
    }
    return best;
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void test_clock(const char *want)
{
    struct clock c;
    if (!ok(clock_open(&c, want), "clock_open(%s): %s", want ? want : "best", c.note))
        return;
    const char *word = tick_source_word[c.source];
    ok(c.hz > 1e6 && c.hz < 1e10, "%s: %.6g MHz", word, c.hz / 1e6);
    ok(c.step >= 1 && c.step / c.hz < 1e-3, "%s: step %.3g ns", word, c.step / c.hz * 1e9);
    ok(c.overhead >= 0 && c.overhead / c.hz < 1e-4, "%s: overhead %.3g ns", word,
       c.overhead / c.hz * 1e9);
    double off = disagreement(&c, 3000000);
    ok(off < 1e-3, "%s: 3 ms off by %.2g of it", word, off);
    int falls = 0;
    for (uint64_t i = 0, last = 0; i < 200000; i++) {
        uint64_t now = clock_ticks(&c);
        falls += now < last;
        last = now;
    }
    ok(falls == 0, "%s: fell %d times", word, falls);
    enum { EMPTY = 1001 };
    double empty[EMPTY];
    for (int i = 0; i < EMPTY; i++) {
        uint64_t start = clock_ticks(&c);
        empty[i] = clock_ns(&c, start, clock_ticks(&c));
    }
    qsort(empty, EMPTY, sizeof *empty, compare_double);
    ok(empty[EMPTY / 2] <= c.step / c.hz * 1e9 / 2, "%s: nothing takes %.3g ns", word,
       empty[EMPTY / 2]);
    double ghz = core_ghz(&c);
#if defined(__x86_64__) || defined(__aarch64__)
    ok(ghz > 0.05 && ghz < 10, "%s: core at %.3f GHz", word, ghz);
#else
    ok(isnan(ghz), "%s: the core's frequency is not known", word);
#endif
}

static void test_words(void)
{
    struct clock c;
    ok(!clock_open(&c, "sundial") && strstr(c.note, "sundial") && strstr(c.note, "monotonic"),
       "an unknown clock: %s", c.note);
    setenv("ACTULP_CLOCK", "monotonic", 1);
    ok(clock_open(&c, NULL) && c.source == TICKS_MONOTONIC && !c.note[0], "ACTULP_CLOCK=monotonic");
    setenv("ACTULP_CLOCK", "hourglass", 1);
    ok(!clock_open(&c, NULL) && strstr(c.note, "hourglass"), "ACTULP_CLOCK=hourglass: %s", c.note);
    ok(clock_open(&c, "monotonic"), "the argument goes before the environment");
    setenv("ACTULP_CLOCK", "", 1);
    ok(clock_open(&c, NULL), "ACTULP_CLOCK= is as if unset");
    unsetenv("ACTULP_CLOCK");
}

/* A clock of another architecture is asked for: another is taken and that is said. */
static void test_foreign(void)
{
    struct clock c;
#if defined(__x86_64__)
    const char *foreign = "cntvct";
#else
    const char *foreign = "tsc";
#endif
    bool opened = clock_open(&c, foreign);
    ok(opened && strcmp(tick_source_word[c.source], foreign) != 0 &&
           strstr(c.note, "was asked for"),
       "%s here: %s is used; %s", foreign, tick_source_word[c.source], c.note);
}

/* A process that may not read the TSC falls back, alive, and says so. */
static void test_disallowed(const char *want)
{
#if defined(__x86_64__)
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        struct clock c;
        if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV) != 0)
            _exit(77);
        bool said =
            clock_open(&c, want) && c.source == TICKS_MONOTONIC && strstr(c.note, "disallowed");
        uint64_t start = clock_ticks(&c);
        double seconds = clock_seconds();
        while (clock_seconds() - seconds < 2e-3)
            ;
        double ns = clock_ns(&c, start, clock_ticks(&c));
        _exit(said && ns > 1.9e6 ? 0 : 1);
    }
    int status = -1;
    waitpid(pid, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip("this kernel cannot disallow the TSC");
    else
        ok(status == 0, "TSC disallowed, %s wanted: status 0x%x", want ? want : "any clock",
           status);
#else
    (void)want;
    skip("TSC: x86-64 only");
#endif
}

/* A counter is believed if it agrees with a chain of known length, and only then. */
static void test_counter(void)
{
    static const struct {
        uint64_t counted, links;
        bool good;
    } rows[] = {{1000, 1000, true},  {1020, 1000, true}, {999, 1000, false},
                {1021, 1000, false}, {0, 1000, false},   {2000, 1000, false}};
    int wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        wrong += cycles_plausible(rows[i].counted, rows[i].links) != rows[i].good;
    ok(wrong == 0, "a counter beside a chain: %d of %zu judged wrong", wrong,
       sizeof rows / sizeof *rows);
    ok(cycles_read(-1) == 0, "no counter counts nothing");
    int counter = cycles_open();
    if (counter < 0) {
        skip("this system permits no counter of cycles");
        return;
    }
    uint64_t start = cycles_read(counter), links = core_chain();
    uint64_t counted = cycles_read(counter) - start;
    ok(counted >= links && counted < 2 * links, "%.0f cycles for %.0f additions", (double)counted,
       (double)links);
    close(counter);
}

int main(void)
{
    unsetenv("ACTULP_CLOCK");
    test_clock(NULL);
    test_clock("monotonic");
    test_words();
    test_foreign();
    test_disallowed(NULL);
    test_disallowed("tsc");
    test_counter();
    return done_testing();
}
