/* faults.c -- kernels that are each broken in one way; t-guard.c says under which name each must be
 * found.
 *
 * All compute x / (1 + |x|) but for their fault.  To add one: a function here, a row in t-guard.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static float f(float x)
{
    return x / (1 + fabsf(x));
}

/* Nearly f: what a body or a tail with another formula gives. */
static float g(float x)
{
    return x * (1 / (1 + fabsf(x)));
}

static void loop(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = f(x[i]);
}

/* Pages must be whole for mprotect and the like. */
static void *page_of(const void *p)
{
    return (void *)((uintptr_t)p & ~(uintptr_t)4095);
}

/* ---- results --------------------------------------------------------------------------------- */

void tail_differs(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = i < (n & ~(size_t)3) ? f(x[i]) : g(x[i]);
}

/* Only from 64 elements on is the vector formula used. */
void body_differs(const float *x, float *y, size_t n)
{
    size_t i = 0;
    for (; n >= 64 && i + 16 <= n; i++)
        y[i] = g(x[i]);
    for (; i < n; i++)
        y[i] = f(x[i]);
}

void long_differs(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = n > 3000 ? g(x[i]) : f(x[i]);
}

void tail_loses_nan(const float *x, float *y, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        loop(x + i, y + i, 8);
    for (; i < n; i++)
        y[i] = n > 8 && isnan(x[i]) ? 0 : f(x[i]);
}

void last_is_skipped(const float *x, float *y, size_t n)
{
    loop(x, y, n > 1 ? n - 1 : n);
}

void tail_is_skipped(const float *x, float *y, size_t n)
{
    loop(x, y, n & ~(size_t)3);
}

void first_is_skipped(const float *x, float *y, size_t n)
{
    size_t skip = n > 16 && ((uintptr_t)y & 31) ? 1 : 0;
    loop(x + skip, y + skip, n - skip);
}

void int16_length(const float *x, float *y, size_t n)
{
    loop(x, y, (uint16_t)n);
}

void int_length(const float *x, float *y, size_t n)
{
    for (int i = 0; i < (int)n; i++)
        y[i] = f(x[i]);
}

void unsigned_length(const float *x, float *y, size_t n)
{
    loop(x, y, (unsigned)n);
}

void nan_leaks(const float *x, float *y, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        float sum = x[i] + x[i + 1] + x[i + 2] + x[i + 3];
        for (size_t k = i; k < i + 4; k++)
            y[k] = sum != sum ? sum : f(x[k]);
    }
    loop(x + i, y + i, n - i);
}

/* One large value sends the whole block down another path. */
void huge_neighbour(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        size_t end = i + 8 < n ? i + 8 : n;
        int large = 0;
        for (size_t k = i; k < end; k++)
            large |= fabsf(x[k]) > 1e30f;
        for (size_t k = i; k < end; k++)
            y[k] = large ? g(x[k]) : f(x[k]);
    }
}

void subnormal_neighbour(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float before = i ? x[i - 1] : 1;
        y[i] = before != 0 && fabsf(before) < 0x1p-126f ? g(x[i]) : f(x[i]);
    }
}

void unaligned_differs(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (uintptr_t)x & 15 ? g(x[i]) : f(x[i]);
}

void output_alignment_differs(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = ((uintptr_t)y & 63) == 20 ? g(x[i]) : f(x[i]);
}

void both_alignments_differ(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = ((uintptr_t)x & 63) == 4 && ((uintptr_t)y & 63) == 60 ? g(x[i]) : f(x[i]);
}

void relative_alignment_differs(const float *x, float *y, size_t n)
{
    bool other = n > 40 && (((uintptr_t)x ^ (uintptr_t)y) & 63) == 8;
    for (size_t i = 0; i < n; i++)
        y[i] = other ? g(x[i]) : f(x[i]);
}

void single_differs(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = n == 1 ? g(x[i]) : f(x[i]);
}

void in_place_differs(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = 1 + fabsf(x[i]);
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] / y[i];
}

void random_result(const float *x, float *y, size_t n)
{
    static unsigned seed = 1;
    for (size_t i = 0; i < n; i++)
        y[i] = (seed = seed * 1103515245 + 12345) >> 16 & 1 ? f(x[i]) : g(x[i]);
}

void seldom_wrong(const float *x, float *y, size_t n)
{
    static unsigned calls;
    loop(x, y, n);
    if (++calls % 1000 == 0 && n)
        y[n / 2] = 0.25f;
}

void unset_variable(const float *x, float *y, size_t n)
{
    volatile float table[64]; /* filled for long calls only */
    for (int i = 0; n > 1000 && i < 64; i++)
        table[i] = 1;
    for (size_t i = 0; i < n; i++)
        y[i] = f(x[i]) + (table[i & 63] > 1e10f ? 1 : 0);
}

void stale_cache(const float *x, float *y, size_t n)
{
    static float last_x = 7, last_y = 7 / 8.f;
    for (size_t i = 0; i < n; i++) {
        if (x[i] != last_x) {
            last_x = x[i];
            last_y = f(x[i]);
        }
        y[i] = last_y; /* -0 after +0 */
    }
}

void remembers_nan(const float *x, float *y, size_t n)
{
    static int seen;
    for (size_t i = 0; i < n; i++) {
        y[i] = seen ? g(x[i]) : f(x[i]);
        seen |= isnan(x[i]);
    }
}

void first_call_differs(const float *x, float *y, size_t n)
{
    static int warm;
    for (size_t i = 0; i < n; i++)
        y[i] = warm ? f(x[i]) : 0;
    warm |= n > 0;
}

void accumulates(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += f(x[i]);
}

void reads_output(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = y[i] > 1e10f ? g(x[i]) : f(x[i]);
}

struct job {
    const float *x;
    float *y;
    size_t n;
};

static void *late_work(void *arg)
{
    struct job *j = arg;
    usleep(300);
    loop(j->x, j->y, j->n);
    free(j);
    return NULL;
}

void returns_early(const float *x, float *y, size_t n)
{
    pthread_t t;
    if (n < 32) {
        loop(x, y, n);
        return;
    }
    struct job *j = malloc(sizeof *j);
    *j = (struct job){x, y, n};
    if (pthread_create(&t, NULL, late_work, j))
        free(j);
    else
        pthread_detach(t);
}

void counter_overflows(const float *x, float *y, size_t n)
{
    static int16_t calls;
    calls++;
    for (size_t i = 0; i < n; i++)
        y[i] = calls < 0 ? g(x[i]) : f(x[i]);
}

void int_bytes(const float *x, float *y, size_t n)
{
    int bytes = (int)(n * sizeof *x);
    loop(x, y, bytes < 0 ? 0 : (size_t)bytes / sizeof *x);
}

/* ---- threads --------------------------------------------------------------------------------- */

void static_buffer(const float *x, float *y, size_t n)
{
    static float buffer[4096];
    for (size_t i = 0; i < n; i += 4096) {
        size_t m = n - i < 4096 ? n - i : 4096;
        memcpy(buffer, x + i, m * sizeof *x);
        for (size_t k = 0; k < m; k++)
            y[i + k] = f(buffer[k]);
    }
}

void static_job(const float *x, float *y, size_t n)
{
    static const float *volatile from;
    static float *volatile to;
    from = x;
    to = y;
    for (size_t i = 0; i < n; i++)
        to[i] = f(from[i]);
}

/* Scratch memory that grows: another thread may still use the old one. */
void growing_scratch(const float *x, float *y, size_t n)
{
    static float *volatile scratch;
    static volatile size_t room;
    if (room < n) {
        free(scratch);
        scratch = malloc(n * sizeof *scratch);
        room = n;
    }
    for (size_t i = 0; i < n; i++)
        scratch[i] = x[i];
    for (size_t i = 0; i < n; i++)
        y[i] = f(scratch[i]);
}

/* The first caller fills a table; the second does not wait for it. */
void lazy_table(const float *x, float *y, size_t n)
{
    static volatile float table[65536];
    static volatile int filled;
    if (!filled) {
        filled = 1;
        for (int i = 0; i < 65536; i++)
            table[i] = 1;
    }
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] / (table[65535 - (i & 255)] + fabsf(x[i]));
}

/* Set up for the thread that loads the library, and for no other. */
static _Thread_local int ready;
__attribute__((constructor)) static void set_up(void)
{
    ready = getpid() != 0; /* nothing that a compiler could do beforehand */
}

void main_thread_only(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = ready ? f(x[i]) : g(x[i]);
}

/* Two callers at once each wait for the other. */
void deadlocks_together(const float *x, float *y, size_t n)
{
    static volatile int callers;
    int mine = __atomic_add_fetch(&callers, 1, __ATOMIC_SEQ_CST);
    loop(x, y, n);
    if (mine > 1)
        pause();
    __atomic_sub_fetch(&callers, 1, __ATOMIC_SEQ_CST);
}

/* ---- memory ---------------------------------------------------------------------------------- */

#if defined(__x86_64__)
static __m128 f4(__m128 x)
{
    __m128 magnitude = _mm_andnot_ps(_mm_set1_ps(-0.0f), x);
    return _mm_div_ps(x, _mm_add_ps(_mm_set1_ps(1), magnitude));
}

void aligned_load(const float *x, float *y, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        __m128 v;
        __asm__("movaps %1, %0" : "=x"(v) : "m"(*(const __m128 *)(x + i)));
        _mm_storeu_ps(y + i, f4(v));
    }
    loop(x + i, y + i, n - i);
}

void aligned_store(const float *x, float *y, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        _mm_stream_ps(y + i, f4(_mm_loadu_ps(x + i)));
    loop(x + i, y + i, n - i);
}
#endif

/* Four at a time, whatever is left. */
void overread(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i += 4) {
        volatile float t[4];
        for (int k = 0; k < 4; k++)
            t[k] = ((const volatile float *)x)[i + k];
        for (size_t k = i; k < i + 4 && k < n; k++)
            y[k] = f(t[k - i]);
    }
}

void overread_by_one(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n > 20)
        *(volatile float *)y = y[0] + 0 * ((volatile const float *)x)[n] == 42 ? 1 : y[0];
}

void underread(const float *x, float *y, size_t n)
{
    volatile float before = n ? ((volatile const float *)x)[-1] : 0;
    (void)before;
    loop(x, y, n);
}

/* Reads the output beyond its end, as a masked store by load, blend and store does. */
void blended_tail(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i += 4) {
        float t[4];
        for (int k = 0; k < 4; k++)
            t[k] = ((volatile float *)y)[i + k];
        for (size_t k = i; k < i + 4 && k < n; k++)
            t[k - i] = f(x[k]);
        for (int k = 0; k < 4; k++)
            ((volatile float *)y)[i + k] = t[k];
    }
}

/* Stores what it loaded: nothing changes, but another thread's element may be there. */
void rewrites_beyond(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n > 9) {
        volatile float *end = (volatile float *)y + n;
        *end = *end;
    }
}

void overwrite(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n)
        ((volatile float *)y)[n] = 0;
}

void overwrite_far(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n > 16)
        ((volatile float *)y)[n + 40] = 0;
}

void underwrite(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n > 8)
        ((volatile float *)y)[-1] = 0;
}

/* Peels up to the next boundary of the output, even past the end. */
void peel_past_end(const float *x, float *y, size_t n)
{
    size_t i = 0;
    for (; (uintptr_t)(y + i) & 31 && n > 2; i++)
        y[i] = f(i < n ? x[i] : 0);
    for (; i < n; i++)
        y[i] = f(x[i]);
}

void writes_for_nothing(const float *x, float *y, size_t n)
{
    if (!n)
        *(volatile float *)y = 0;
    loop(x, y, n);
}

void reads_for_nothing(const float *x, float *y, size_t n)
{
    volatile float first = x[0];
    (void)first;
    loop(x, y, n);
}

void changes_input(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    for (size_t i = 0; i < n; i++)
        if (x != y && x[i] < 0)
            ((float *)x)[i] = -x[i];
}

/* The input as scratch space, restored afterwards. */
void borrows_input(const float *x, float *y, size_t n)
{
    if (n > 2 && x != y) {
        volatile float *last = (volatile float *)&x[n - 1];
        float kept = *last;
        *last = 0;
        *last = kept;
    }
    loop(x, y, n);
}

void writes_callers_frame(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    volatile uint64_t *frame = __builtin_frame_address(0);
    frame[6] = 0; /* beyond the return address */
}

/* A wild pointer into the heap of the program: once it hits what others have there. */
void writes_heap(const float *x, float *y, size_t n)
{
    static int once;
    loop(x, y, n);
    FILE *maps = n == 40 && !once++ ? fopen("/proc/self/maps", "r") : NULL;
    char line[256];
    while (maps && fgets(line, sizeof line, maps)) {
        uint64_t *from, *to;
        if (!strstr(line, "[heap]") || sscanf(line, "%p-%p", (void **)&from, (void **)&to) != 2)
            continue;
        for (uint64_t *p = from; p < to; p++)
            if (*p == 0x3c3c3c3c3c3c3c3cu) {
                *p = 0;
                break;
            }
    }
    if (maps)
        fclose(maps);
}

void overflows_heap(const float *x, float *y, size_t n)
{
    volatile char *block = malloc(5000);
    loop(x, y, n);
    for (size_t i = 4000; n == 40 && i < 5032; i++)
        block[i] = 0x11;
    free((void *)block);
}

void frees_input(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n == 5)
        free((void *)x);
}

void frees_twice(const float *x, float *y, size_t n)
{
    void *volatile p = malloc(40), *volatile q = p;
    loop(x, y, n);
    free(p);
    if (n == 12)
        free(q);
}

void unmaps_output(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n == 9)
        munmap(page_of(y), 4096);
}

void protects_input(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n == 7)
        mprotect(page_of(x), 4096, PROT_NONE);
}

static volatile float *volatile nowhere = (volatile float *)8;

/* ---- ends ------------------------------------------------------------------------------------ */

void crashes_long(const float *x, float *y, size_t n)
{
    float buffer[4096];
    for (size_t i = 0; i < n; i++)
        ((volatile float *)buffer)[i < 4096 ? i : i << 20] = f(x[i]);
    memcpy(y, buffer, n * sizeof *y);
}

/* At no length that a test would think of. */
void crashes_longer(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = i < 5300 ? f(x[i]) : *nowhere;
}

void crashes_at_value(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] == 3 ? *nowhere : f(x[i]);
}

/* Only in its vector part. */
void crashes_at_value_in_body(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = n >= 8 && isinf(x[i]) ? *nowhere : f(x[i]);
}

/* Only in some lanes of its vector part. */
void crashes_in_a_lane(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = i % 16 == 9 && isinf(x[i]) ? *nowhere : f(x[i]);
}

void illegal(const float *x, float *y, size_t n)
{
    if (n == 17)
        __builtin_trap();
    loop(x, y, n);
}

void divides_by_zero(const float *x, float *y, size_t n)
{
    volatile int blocks = (int)(n / 32), rest = 1;
    if (n > 100)
        rest = blocks / (blocks - blocks);
    loop(x, y, rest ? n : n);
}

void aborts(const float *x, float *y, size_t n)
{
    if (n % 4 && n > 4)
        abort();
    loop(x, y, n);
}

void exits(const float *x, float *y, size_t n)
{
    if (n > 64)
        exit(0);
    loop(x, y, n);
}

void exits_at_once(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isnan(x[i]))
            _exit(0);
    loop(x, y, n);
}

void exits_thread(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n == 33)
        pthread_exit(NULL);
}

void hangs(const float *x, float *y, size_t n)
{
    while (n == 23)
        __asm__ volatile("");
    loop(x, y, n);
}

void sleeps(const float *x, float *y, size_t n)
{
    while (n == 129)
        pause();
    loop(x, y, n);
}

void deadlocks(const float *x, float *y, size_t n)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    loop(x, y, n);
    if (n != 50)
        pthread_mutex_unlock(&lock);
}

void recurses(const float *x, float *y, size_t n)
{
    volatile float frame[256];
    frame[0] = 0;
    if (n > 3 || n == 0)
        recurses(x, y, n + (size_t)(frame[0] + 1));
    loop(x, y, n);
    frame[0] = 1;
}

void kills_itself(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n == 31)
        kill(getpid(), SIGKILL);
}

void stops_itself(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n == 31)
        raise(SIGSTOP);
}

static jmp_buf back;
void jumps_back(const float *x, float *y, size_t n)
{
    static volatile int set;
    if (set && n > 4)
        longjmp(back, 1);
    if (!setjmp(back))
        set = 1;
    loop(x, y, n);
}

/* ---- the thread ------------------------------------------------------------------------------ */

void flushes(const float *x, float *y, size_t n)
{
    loop(x, y, n);
#if defined(__x86_64__)
    _mm_setcsr(_mm_getcsr() | 0x8000);
#elif defined(__aarch64__)
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    __asm__ volatile("msr fpcr, %0" : : "r"(fpcr | 1u << 24));
#endif
}

void rounds_down(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    fesetround(FE_DOWNWARD);
}

/* A register that the compiler is not told of, so that it is not saved. */
void clobbers_register(const float *x, float *y, size_t n)
{
    loop(x, y, n);
#if defined(__x86_64__)
    if (n > 6)
        __asm__ volatile("movl $1, %r14d");
#elif defined(__aarch64__)
    if (n > 6)
        __asm__ volatile("mov x27, #1");
#endif
}

#if defined(__x86_64__)
void daz(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    _mm_setcsr(_mm_getcsr() | 0x0040);
}

void unmasks(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    _mm_setcsr(_mm_getcsr() & ~0x0200u);
}

void x87_precision(const float *x, float *y, size_t n)
{
    unsigned short word;
    loop(x, y, n);
    __asm__ volatile("fnstcw %0" : "=m"(word));
    word &= (unsigned short)~0x300;
    __asm__ volatile("fldcw %0" : : "m"(word));
}

void no_emms(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (n > 4)
        __asm__ volatile("movd %0, %%mm0" : : "r"(1) : "mm0");
}

void clobbers_rbx(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    __asm__ volatile("addq $1, %rbx");
}

/* Returns as a function that pops its arguments. */
void plain_loop(const float *x, float *y, size_t n)
{
    loop(x, y, n);
}
__asm__(".text\n"
        ".globl pops_arguments\n"
        ".type pops_arguments, @function\n"
        "pops_arguments:\n"
        "    subq $8, %rsp\n"
        "    call plain_loop@PLT\n"
        "    addq $8, %rsp\n"
        "    ret $16\n");

void direction_flag(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    __asm__ volatile("std");
}

void alignment_flag(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    __asm__ volatile("pushfq\n\torq $0x40000, (%%rsp)\n\tpopfq" : : : "memory", "cc");
}

/* Takes a register for zero that nobody set. */
void unset_register(const float *x, float *y, size_t n)
{
    uint64_t r;
    __asm__ volatile("movq %%r10, %0" : "=r"(r));
    for (size_t i = 0; i < n; i++)
        y[i] = r & 1 ? g(x[i]) : f(x[i]);
}

/* Takes a mask register for zero. */
void unset_mask(const float *x, float *y, size_t n)
{
    unsigned mask = 0;
    if (__builtin_cpu_supports("avx512f"))
        __asm__ volatile("kmovw %%k3, %0" : "=r"(mask));
    for (size_t i = 0; i < n; i++)
        y[i] = mask ? g(x[i]) : f(x[i]);
}

/* Takes the upper half of a vector register for zero. */
__attribute__((target("avx"))) void unset_upper_half(const float *x, float *y, size_t n)
{
    float upper[8] = {0};
    if (__builtin_cpu_supports("avx"))
        __asm__ volatile("vmovups %%ymm7, %0" : "=m"(upper) : : "xmm7");
    for (size_t i = 0; i < n; i++)
        y[i] = upper[5] > 1 ? g(x[i]) : f(x[i]);
}
#endif

/* Looks at flags that some earlier operation raised. */
void stale_flags(const float *x, float *y, size_t n)
{
    int invalid = fetestexcept(FE_INVALID);
    for (size_t i = 0; i < n; i++)
        y[i] = invalid ? g(x[i]) : f(x[i]);
}

/* ---- the process ----------------------------------------------------------------------------- */

static void ignore(int sig)
{
    (void)sig;
}

void changes_handler(const float *x, float *y, size_t n)
{
    signal(SIGUSR1, ignore);
    loop(x, y, n);
}

void catches_faults(const float *x, float *y, size_t n)
{
    signal(SIGSEGV, SIG_IGN);
    loop(x, y, n);
}

void blocks_signals(const float *x, float *y, size_t n)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    loop(x, y, n);
}

void closes_output(const float *x, float *y, size_t n)
{
    close(1);
    loop(x, y, n);
}

void closes_everything(const float *x, float *y, size_t n)
{
    for (int fd = 0; fd < 64; fd++)
        close(fd);
    loop(x, y, n);
}

void prints(const float *x, float *y, size_t n)
{
    if (n == 30)
        printf("n = %zu\n", n);
    loop(x, y, n);
}

void writes_error(const float *x, float *y, size_t n)
{
    if (n == 30 && write(2, "oh\n", 3) < 0)
        return;
    loop(x, y, n);
}

void forks(const float *x, float *y, size_t n)
{
    if (n == 10)
        fork();
    loop(x, y, n);
}

void leaves_process(const float *x, float *y, size_t n)
{
    if (n == 10 && fork() == 0) {
        setsid();
        sleep(1000);
        _exit(0);
    }
    loop(x, y, n);
}

static void *idle(void *arg)
{
    (void)arg;
    for (;;)
        pause();
    return NULL;
}

void leaves_threads(const float *x, float *y, size_t n)
{
    static int threads;
    pthread_t t;
    pthread_attr_t a;
    pthread_attr_init(&a);
    pthread_attr_setstacksize(&a, 65536);
    if (threads < 400 && !pthread_create(&t, &a, idle, NULL))
        threads++;
    loop(x, y, n);
}

void changes_directory(const float *x, float *y, size_t n)
{
    if (chdir("/"))
        return;
    loop(x, y, n);
}

void changes_umask(const float *x, float *y, size_t n)
{
    umask(0077);
    loop(x, y, n);
}

void pins_thread(const float *x, float *y, size_t n)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(sched_getcpu(), &set);
    sched_setaffinity(0, sizeof set, &set);
    loop(x, y, n);
}

void sets_timer(const float *x, float *y, size_t n)
{
    alarm(1000);
    loop(x, y, n);
}

void sets_variable(const float *x, float *y, size_t n)
{
    setenv("FAULTS", "1", 1);
    loop(x, y, n);
}

void sets_locale(const float *x, float *y, size_t n)
{
    setlocale(LC_ALL, "C.UTF-8");
    loop(x, y, n);
}

/* ---- told, not judged ------------------------------------------------------------------------ */

void leaks(const float *x, float *y, size_t n)
{
    char *volatile p = malloc(100);
    p[0] = 1;
    loop(x, y, n);
}

void leaks_mappings(const float *x, float *y, size_t n)
{
    if (mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
        return;
    loop(x, y, n);
}

void leaves_files(const float *x, float *y, size_t n)
{
    static int files;
    if (files++ < 4 && open("/dev/null", O_RDONLY) < 0)
        return;
    loop(x, y, n);
}

void raises_invalid(const float *x, float *y, size_t n)
{
    volatile float zero = 0, nan = zero / zero;
    (void)nan;
    loop(x, y, n);
}

void tail_changes_nan(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = n > 5 && isnan(x[i]) ? -NAN : f(x[i]);
}

/* ---- other signatures and formats ------------------------------------------------------------ */

float scalar_state(float x)
{
    static float last;
    float y = last > 4 ? g(x) : f(x);
    last = x;
    return y;
}

float scalar_crash(float x)
{
    return isinf(x) ? *nowhere : f(x);
}

float scalar_rounds(float x)
{
    float y = f(x);
    fesetround(FE_TOWARDZERO);
    return y;
}

double scalar_random(double x)
{
    static unsigned seed = 1;
    seed = seed * 1103515245 + 12345;
    return x + (seed >> 16 & 1);
}

#if defined(__x86_64__)
/* Adds up the whole register that its argument came in. */
float scalar_whole_register(float x)
{
    float lane[4];
    __asm__ volatile("movups %%xmm0, %0" : "=m"(lane));
    return f(x) + (lane[1] > 1 ? 1 : 0);
}
#endif

void short_tail(const uint16_t *x, uint16_t *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (uint16_t)(x[i] ^ (n % 32 == 31 && i == n - 1));
}

void wide_store(const float *x, uint16_t *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t v;
        memcpy(&v, x + i, sizeof v);
        v >>= 16;
        memcpy(y + i, &v, i + 1 < n || n < 3 ? 2 : 4);
    }
}

void double_alignment(const double *x, double *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (uintptr_t)y & 8 ? x[i] + 1 : x[i];
}

void changes_parameters(const float *x, float *y, size_t n, double *param)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (float)(x[i] * param[0]);
    if (n == 3)
        param[0] = 0;
}

/* ---- data, for t-subject.c ------------------------------------------------------------------- */

const float constant_data = 1;
float data[4] = {1, 2, 3, 4};
_Thread_local int thread_data = 3;
