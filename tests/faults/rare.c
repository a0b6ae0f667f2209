/* rare.c -- kernels that are sound but in a corner: one length, one pair of alignments, one order
 * of addresses, the second thread, long calls only, or by way of something that is easily
 * forgotten.
 *
 * All compute x / (1 + |x|) but for their fault, as faults.c.  To add one: a function here, a row
 * in t-guard.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static volatile float sink;

static float f(float x)
{
    return x / (1 + fabsf(x));
}

/* Nearly f: another formula. */
static float g(float x)
{
    return x * (1 / (1 + fabsf(x)));
}

static void loop(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = f(x[i]);
}

static void other(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = g(x[i]);
}

static void either(bool wrong, const float *x, float *y, size_t n)
{
    (wrong ? other : loop)(x, y, n);
}

/* ---- lengths and addresses ------------------------------------------------------------------- */

void beyond_65536(const float *x, float *y, size_t n)
{
    either(n > 65536, x, y, n);
}

void beyond_a_million(const float *x, float *y, size_t n)
{
    either(n > 1 << 20, x, y, n);
}

void one_length_at_one_alignment(const float *x, float *y, size_t n)
{
    either(n == 17 && (uintptr_t)x % 64 == 4, x, y, n);
}

void one_length_at_one_pair(const float *x, float *y, size_t n)
{
    either(n == 23 && (uintptr_t)x % 64 == 20 && (uintptr_t)y % 64 == 44, x, y, n);
}

/* The direction of a loop that could as well run the other way. */
void output_below_input(const float *x, float *y, size_t n)
{
    either((uintptr_t)y < (uintptr_t)x, x, y, n);
}

void output_above_input(const float *x, float *y, size_t n)
{
    either((uintptr_t)y > (uintptr_t)x, x, y, n);
}

/* One pointer and a distance in an int. */
void int_distance(const float *x, float *y, size_t n)
{
    intptr_t d = (intptr_t)((uintptr_t)y - (uintptr_t)x);
    either(d != (int)d, x, y, n);
}

void in_place_long(const float *x, float *y, size_t n)
{
    either(n >= 1000 && x == y, x, y, n);
}

/* The last block is done again from its start: of what is already written over. */
void in_place_overlap(const float *x, float *y, size_t n)
{
    size_t whole = n & ~(size_t)7;
    loop(x, y, whole);
    if (whole && whole < n)
        loop(x + n - 8, y + n - 8, 8);
    else
        loop(x + whole, y + whole, n - whole);
}

void nan_in_a_block(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i += 256) {
        size_t m = n - i < 256 ? n - i : 256;
        bool nan = false;
        for (size_t k = 0; k < m; k++)
            nan |= isnan(x[i + k]);
        either(m == 256 && nan, x + i, y + i, m);
    }
}

void underread_long(const float *x, float *y, size_t n)
{
    if (n > 500)
        sink = x[-1];
    loop(x, y, n);
}

void underwrite_long(const float *x, float *y, size_t n)
{
    if (n > 500) {
        volatile float *before = y - 1;
        *before = *before;
    }
    loop(x, y, n);
}

void borrows_input_long(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n > 500) {
        volatile float *p = (float *)(uintptr_t)x;
        float kept = p[n / 2];
        p[n / 2] = 0;
        p[n / 2] = kept;
    }
}

/* ---- what nobody told it --------------------------------------------------------------------- */

void reads_errno(const float *x, float *y, size_t n)
{
    either(errno == EDOM || errno == ERANGE, x, y, n);
}

void depends_on_time(const float *x, float *y, size_t n)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    either(t.tv_nsec / 1000 % 4096 == 0, x, y, n);
}

/* Another result where the library is loaded elsewhere. */
void depends_on_place(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    for (size_t i = 0; i < n; i++)
        y[i] *= 1 + 0x1p-18f * (float)((uintptr_t)&sink >> 22 & 0xffff);
}

void depends_on_rounding_flags(const float *x, float *y, size_t n)
{
    either(fetestexcept(FE_INEXACT), x, y, n);
}

/* The previous call's last input in the first lane, if it was negative. */
void previous_input(const float *x, float *y, size_t n)
{
    static __thread float last;
    loop(x, y, n);
    if (n && last == -3)
        y[0] = g(x[0]);
    if (n)
        last = x[n - 1];
}

/* Right for the first calls of a process. */
void after_3000_calls(const float *x, float *y, size_t n)
{
    static __thread unsigned calls;
    either(++calls > 3000, x, y, n);
}

/* One in some ten thousand results is off in its last bit. */
void one_in_ten_thousand(const float *x, float *y, size_t n)
{
    static __thread uint32_t state = 1;
    loop(x, y, n);
    for (size_t i = 0; i < n; i++)
        if ((state = state * 1664525 + 1013904223) >> 8 < (1 << 24) / 10000)
            y[i] = nextafterf(y[i], 2);
}

/* ---- threads --------------------------------------------------------------------------------- */

/* Scratch memory for long calls only, and only one. */
void shared_when_long(const float *x, float *y, size_t n)
{
    static float scratch[65536];
    if (n < 16384 || n > 65536) {
        loop(x, y, n);
        return;
    }
    loop(x, scratch, n);
    sched_yield();
    memcpy(y, scratch, n * sizeof *y);
}

/* What depends on the length is kept for the next call. */
void shared_length(const float *x, float *y, size_t n)
{
    static volatile size_t length;
    length = n;
    for (size_t i = 0; i < length; i++) {
        if (i % 64 == 63)
            sched_yield();
        if (i < n)
            y[i] = f(x[i]);
    }
}

void flushes_in_threads(const float *x, float *y, size_t n)
{
    loop(x, y, n);
#if defined(__x86_64__)
    if (gettid() != getpid())
        _mm_setcsr(_mm_getcsr() | 0x8000);
#endif
}

static void *late_work(void *arg)
{
    float *y = arg;
    usleep(3000);
    for (int i = 0; i < 8; i++)
        y[i] = 7;
    return NULL;
}

/* Right when it returns, and written over three milliseconds later. */
void writes_later(const float *x, float *y, size_t n)
{
    pthread_t thread;
    loop(x, y, n);
    if (n == 100 && !pthread_create(&thread, NULL, late_work, y))
        pthread_detach(thread);
}

static void *crash_work(void *arg)
{
    usleep(2000);
    *(volatile int *)arg = 0;
    return NULL;
}

void crashes_later(const float *x, float *y, size_t n)
{
    pthread_t thread;
    loop(x, y, n);
    if (n == 100 && !pthread_create(&thread, NULL, crash_work, (void *)8))
        pthread_detach(thread);
}

/* ---- thread and process ---------------------------------------------------------------------- */

void rounds_up_for_nan(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    for (size_t i = 0; i < n; i++)
        if (isnan(x[i]))
            fesetround(FE_UPWARD);
}

void flushes_for_subnormals_in_long_calls(const float *x, float *y, size_t n)
{
    loop(x, y, n);
#if defined(__x86_64__)
    for (size_t i = 0; n > 150 && i < n; i++)
        if (fpclassify(x[i]) == FP_SUBNORMAL)
            _mm_setcsr(_mm_getcsr() | 0x0040);
#endif
}

void sets_thread_locale(const float *x, float *y, size_t n)
{
    static locale_t c;
    loop(x, y, n);
    if (!c)
        c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (n == 3)
        uselocale(c);
}

void names_thread(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n == 3)
        prctl(PR_SET_NAME, "softsign");
}

void changes_scheduling(const float *x, float *y, size_t n)
{
    struct sched_param p = {0};
    loop(x, y, n);
    if (n == 3)
        sched_setscheduler(0, SCHED_BATCH, &p);
}

void sets_posix_timer(const float *x, float *y, size_t n)
{
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct itimerspec hour = {.it_value.tv_sec = 3600};
    loop(x, y, n);
    if (n == 3 && !timer_create(CLOCK_MONOTONIC, &event, &timer))
        timer_settime(timer, 0, &hour, NULL);
}

void changes_environment(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n == 3)
        setenv("OMP_WAIT_POLICY", "PASSIVE", 1), unsetenv("PATH");
}

void replaces_process(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n == 9)
        execl("/bin/true", "true", (char *)NULL);
}

void kills_parent(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n == 9)
        kill(getppid(), SIGKILL);
}

void kills_group(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n == 9)
        kill(0, SIGKILL);
}

void takes_memory(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    for (size_t i = 0; n == 9 && i < 4000; i++) {
        volatile char *volatile p = malloc(1 << 20);
        p[0] = 1, p[1 << 19] = 1;
    }
}

void crashes_at_a_million(const float *x, float *y, size_t n)
{
    if (n > 1 << 20)
        abort();
    loop(x, y, n);
}

void hangs_for_one_value(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        while (x[i] == -5)
            sink = x[i];
    loop(x, y, n);
}
