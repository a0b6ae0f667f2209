/* sound.c -- kernels that are unusual and right: the guard must accuse none of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static float f(float x)
{
    return x / (1 + fabsf(x));
}

/* Four at a time, with the bits of f: the compiler's vectors, of no particular alignment. */
typedef float vec __attribute__((vector_size(16), aligned(4), may_alias));
typedef float aligned_vec __attribute__((vector_size(16), may_alias));

static vec f4(vec x)
{
    typedef int32_t ivec __attribute__((vector_size(16)));
    ivec magnitude = (ivec)x & 0x7fffffff;
    return x / (1 + (vec)magnitude);
}

static void loop(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = f(x[i]);
}

void plain(const float *x, float *y, size_t n)
{
    loop(x, y, n);
}

void vector(const float *x, float *y, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        *(vec *)(y + i) = f4(*(const vec *)(x + i));
    loop(x + i, y + i, n - i);
}

void backwards(const float *x, float *y, size_t n)
{
    while (n--)
        y[n] = f(x[n]);
}

void outside_in(const float *x, float *y, size_t n)
{
    for (size_t i = 0, j = n; i < j; i++) {
        y[i] = f(x[i]);
        if (i < --j)
            y[j] = f(x[j]);
    }
}

/* The last vector overlaps the one before; in place, what it needs is read first. */
void overlapping_tail(const float *x, float *y, size_t n)
{
    if (n < 4) {
        loop(x, y, n);
        return;
    }
    vec last = f4(*(const vec *)(x + n - 4));
    for (size_t i = 0; i + 4 < n; i += 4)
        *(vec *)(y + i) = f4(*(const vec *)(x + i));
    *(vec *)(y + n - 4) = last;
}

/* Peels to a boundary of the output, then stores whole aligned vectors. */
void peeled(const float *x, float *y, size_t n)
{
    size_t i = 0;
    for (; i < n && (uintptr_t)(y + i) & 15; i++)
        y[i] = f(x[i]);
    for (; i + 4 <= n; i += 4)
        *(aligned_vec *)(y + i) = f4(*(const vec *)(x + i));
    loop(x + i, y + i, n - i);
}

/* Reads whole aligned vectors that hold the ends of the array: beyond it, but never in another
 * page. */
__attribute__((no_sanitize("address"))) void aligned_ends(const float *x, float *y, size_t n)
{
    const float *end = x + n, *p = (const float *)((uintptr_t)x & ~(uintptr_t)15);
    for (; n && p < end; p += 4) {
        vec v = f4(*(const volatile aligned_vec *)p);
        for (int k = 0; k < 4; k++)
            if (p + k >= x && p + k < end)
                y[p + k - x] = v[k];
    }
}

void huge_frame(const float *x, float *y, size_t n)
{
    volatile float frame[(4 << 20) / sizeof(float)]; /* 4 MiB of the usual 8 */
    for (size_t i = 0; i < n; i++) {
        volatile float *slot = &frame[(i * 7919) % (sizeof frame / sizeof *frame)];
        *slot = x[i];
        y[i] = f(*slot);
    }
}

void variable_frame(const float *x, float *y, size_t n)
{
    size_t m = n < 60000 ? n : 60000;
    float copy[m + 1];
    for (size_t i = 0; i < n; i += m) {
        size_t k = n - i < m ? n - i : m;
        memcpy(copy, x + i, k * sizeof *x);
        loop(copy, y + i, k);
    }
}

void heap_scratch(const float *x, float *y, size_t n)
{
    float *copy = malloc(n * sizeof *copy + 1);
    if (!copy)
        abort();
    memcpy(copy, x, n * sizeof *x);
    loop(copy, y, n);
    free(copy);
}

void mapped_scratch(const float *x, float *y, size_t n)
{
    float *copy = mmap(NULL, n * sizeof *copy + 1, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED)
        abort();
    memcpy(copy, x, n * sizeof *x);
    loop(copy, y, n);
    munmap(copy, n * sizeof *copy + 1);
}

void thread_scratch(const float *x, float *y, size_t n)
{
    static _Thread_local float copy[1024];
    for (size_t i = 0; i < n; i += 1024) {
        size_t k = n - i < 1024 ? n - i : 1024;
        memcpy(copy, x + i, k * sizeof *x);
        loop(copy, y + i, k);
    }
}

void memo(const float *x, float *y, size_t n)
{
    static _Thread_local uint32_t last_x;
    static _Thread_local float last_y;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        if (bits != last_x || !bits) {
            last_x = bits;
            last_y = f(x[i]);
        }
        y[i] = last_y;
    }
}

static float table[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void fill_table(void)
{
    for (int i = 0; i < 256; i++)
        table[i] = 1;
}

void lazy_table(const float *x, float *y, size_t n)
{
    pthread_once(&once, fill_table);
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] / (table[i & 255] + fabsf(x[i]));
}

void locked(const float *x, float *y, size_t n)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static float shared[512];
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < n; i += 512) {
        size_t k = n - i < 512 ? n - i : 512;
        memcpy(shared, x + i, k * sizeof *x);
        loop(shared, y + i, k);
    }
    pthread_mutex_unlock(&lock);
}

struct slice {
    const float *x;
    float *y;
    size_t n;
};

static void *slice_work(void *arg)
{
    struct slice *s = arg;
    loop(s->x, s->y, s->n);
    return NULL;
}

/* A thread for each call that is long enough. */
void own_threads(const float *x, float *y, size_t n)
{
    if (n < 1000) {
        loop(x, y, n);
        return;
    }
    struct slice half = {x, y, n / 2};
    pthread_t t;
    if (pthread_create(&t, NULL, slice_work, &half)) {
        loop(x, y, n);
        return;
    }
    loop(x + n / 2, y + n / 2, n - n / 2);
    pthread_join(t, NULL);
}

/* A pool of two threads, made at the first call and kept. */
static struct {
    pthread_once_t once;
    pthread_mutex_t caller;
    sem_t start[2], done;
    struct slice slice[2];
    bool running;
} pool = {.once = PTHREAD_ONCE_INIT, .caller = PTHREAD_MUTEX_INITIALIZER};

static void *pool_work(void *arg)
{
    int id = (int)(intptr_t)arg;
    for (;;) {
        while (sem_wait(&pool.start[id]))
            ;
        slice_work(&pool.slice[id]);
        sem_post(&pool.done);
    }
    return NULL;
}

static void make_pool(void)
{
    pthread_t t;
    sem_init(&pool.done, 0, 0);
    pool.running = true;
    for (intptr_t i = 0; i < 2; i++) {
        sem_init(&pool.start[i], 0, 0);
        if (pthread_create(&t, NULL, pool_work, (void *)i))
            abort();
        pthread_detach(t);
    }
}

void thread_pool(const float *x, float *y, size_t n)
{
    if (n < 500) {
        loop(x, y, n);
        return;
    }
    pthread_once(&pool.once, make_pool);
    pthread_mutex_lock(&pool.caller);
    pool.slice[0] = (struct slice){x, y, n / 2};
    pool.slice[1] = (struct slice){x + n / 2, y + n / 2, n - n / 2};
    for (int i = 0; i < 2; i++)
        sem_post(&pool.start[i]);
    for (int i = 0; i < 2; i++)
        while (sem_wait(&pool.done))
            ;
    pthread_mutex_unlock(&pool.caller);
}

/* Another rounding mode inside, the caller's outside. */
void own_rounding(const float *x, float *y, size_t n)
{
    fenv_t kept;
    fegetenv(&kept);
    fesetround(FE_DOWNWARD);
    for (size_t i = 0; i < n; i++) {
        volatile float v = x[i];
        volatile float one = 1;
        y[i] = v / (one + fabsf(v));
    }
    fesetenv(&kept);
}

void long_doubles(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        long double v = x[i];
        y[i] = (float)(v / (1 + fabsl(v)));
    }
}

#if defined(__x86_64__)
void non_temporal(const float *x, float *y, size_t n)
{
    size_t i = 0;
    for (; i < n && (uintptr_t)(y + i) & 15; i++)
        y[i] = f(x[i]);
    for (; i + 4 <= n; i += 4)
        _mm_stream_ps(y + i, (__m128)f4(*(const vec *)(x + i)));
    _mm_sfence();
    loop(x + i, y + i, n - i);
}

void flushes_inside(const float *x, float *y, size_t n)
{
    unsigned kept = _mm_getcsr();
    _mm_setcsr(kept | 0x8040);
    for (size_t i = 0; i < n; i++) {
        volatile float v = x[i];
        volatile float one = 1;
        y[i] = v / (one + fabsf(v));
    }
    _mm_setcsr(kept);
}

void uses_mmx(const float *x, float *y, size_t n)
{
    __asm__ volatile("movd %0, %%mm0\n\temms" : : "r"(1) : "mm0");
    loop(x, y, n);
}

void string_copy(const float *x, float *y, size_t n)
{
    if (x != y && n) {
        const float *from = x + n - 1;
        float *to = y + n - 1;
        size_t words = n;
        __asm__ volatile("std\n\trep movsl\n\tcld"
                         : "+S"(from), "+D"(to), "+c"(words)
                         :
                         : "memory");
    }
    loop(y, y, n);
}

/* The tail by masks: lanes that are off are not accessed, even where they may not be. */
__attribute__((target("avx"))) static void masked_avx(const float *x, float *y, size_t n)
{
    static const int32_t mask[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    const __m256 sign = _mm256_set1_ps(-0.0f), one = _mm256_set1_ps(1);
    for (size_t i = 0; i < n; i += 8) {
        size_t left = n - i < 8 ? n - i : 8;
        __m256i on = _mm256_loadu_si256((const __m256i *)(mask + 8 - left));
        __m256 v = _mm256_maskload_ps(x + i, on);
        v = _mm256_div_ps(v, _mm256_add_ps(one, _mm256_andnot_ps(sign, v)));
        _mm256_maskstore_ps(y + i, on, v);
    }
}

void masked_tail(const float *x, float *y, size_t n)
{
    if (__builtin_cpu_supports("avx"))
        masked_avx(x, y, n);
    else
        loop(x, y, n);
}

__attribute__((target("avx512f"))) static void masked_avx512(const float *x, float *y, size_t n)
{
    const __m512 one = _mm512_set1_ps(1);
    for (size_t i = 0; i < n; i += 16) {
        __mmask16 on = n - i < 16 ? (__mmask16)((1u << (n - i)) - 1) : (__mmask16)0xffff;
        __m512 v = _mm512_maskz_loadu_ps(on, x + i);
        v = _mm512_div_ps(v, _mm512_add_ps(one, _mm512_abs_ps(v)));
        _mm512_mask_storeu_ps(y + i, on, v);
    }
}

void masked_tail_512(const float *x, float *y, size_t n)
{
    if (__builtin_cpu_supports("avx512f"))
        masked_avx512(x, y, n);
    else
        loop(x, y, n);
}

/* Slow on some processors, but right. */
void no_vzeroupper(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    if (__builtin_cpu_supports("avx"))
        __asm__ volatile("vcmpps $15, %%ymm15, %%ymm15, %%ymm15" : : : "xmm15");
}
#endif

void prefetches(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        __builtin_prefetch(x + i + 4096);
        __builtin_prefetch(x + i - 4096);
        y[i] = f(x[i]);
    }
}

/* A child process that does nothing, and is waited for. */
void forks_and_waits(const float *x, float *y, size_t n)
{
    pid_t pid = n == 11 ? fork() : -1;
    if (pid == 0)
        _exit(0);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    loop(x, y, n);
}

void blocks_and_unblocks(const float *x, float *y, size_t n)
{
    sigset_t all, kept;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &kept);
    loop(x, y, n);
    pthread_sigmask(SIG_SETMASK, &kept, NULL);
}

static void by_halves(const float *x, float *y, size_t n)
{
    if (n > 3) {
        by_halves(x, y, n / 2);
        by_halves(x + n / 2, y + n / 2, n - n / 2);
    } else {
        loop(x, y, n);
    }
}

void recursive(const float *x, float *y, size_t n)
{
    by_halves(x, y, n);
}

void sets_errno(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    errno = ERANGE;
}

/* A result through memory: stores the output twice, first as scratch. */
void two_passes(const float *x, float *y, size_t n)
{
    if (x != y)
        memset(y, 0xff, n * sizeof *y);
    loop(x, y, n);
}

/* By index from a base outside the array; never dereferenced there. */
void odd_pointers(const float *x, float *y, size_t n)
{
    uintptr_t base = (uintptr_t)x - 4000, to = (uintptr_t)y - 4000;
    for (size_t i = 0; i < n; i++)
        *(float *)(to + 4000 + 4 * i) = f(*(const float *)(base + 4000 + 4 * i));
}

void canonical_nan(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] != x[i] ? NAN : f(x[i]);
}

void constant(const float *x, float *y, size_t n)
{
    (void)x;
    for (size_t i = 0; i < n; i++)
        y[i] = 0.5f;
}

void identity(const float *x, float *y, size_t n)
{
    memmove(y, x, n * sizeof *y);
}

/* Results that look like the patterns memory is filled with. */
void pattern(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t v = x[i] < 0 ? 0xa5a5a5a5u : 0x5a5a5a5au;
        memcpy(y + i, &v, sizeof v);
    }
}

void slow(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (volatile int k = 0; k < 300; k++)
            ;
        y[i] = f(x[i]);
    }
}

void reads_files(const float *x, float *y, size_t n)
{
    static pthread_once_t read_once = PTHREAD_ONCE_INIT;
    (void)read_once;
    FILE *file = n == 3 ? fopen("/proc/self/stat", "r") : NULL;
    if (file)
        fclose(file);
    loop(x, y, n);
}

/* ---- other signatures and formats ------------------------------------------------------------ */

/* Seven of the usual eight MiB of stack, in the calling thread. */
void deep_frame(const float *x, float *y, size_t n)
{
    volatile float frame[(7 << 20) / sizeof(float)];
    for (size_t i = 0; i < n; i++) {
        size_t at = (i * 104729) % (sizeof frame / sizeof *frame);
        frame[at] = x[i];
        y[i] = f(frame[at]);
    }
}

/* Another way of doing it for each range of lengths; the same bits. */
void switches_with_length(const float *x, float *y, size_t n)
{
    void (*const way[])(const float *, float *, size_t) = {plain, vector, backwards, outside_in};
    way[(n > 7) + (n > 100) + (n > 5000)](x, y, n);
}

/* Whole aligned vectors are read, also where a part of one lies before or after the array: never
 * another page. */
void whole_vectors(const float *x, float *y, size_t n)
{
    size_t lead = (uintptr_t)x / 4 % 4;
    const aligned_vec *v = (const aligned_vec *)(const void *)(x - lead);
    if ((uintptr_t)x % 4)
        loop(x, y, n);
    else
        for (size_t i = 0; i < n; i++) {
            aligned_vec whole = v[(i + lead) / 4];
            y[i] = f(whole[(i + lead) % 4]);
        }
}

/* A jump over several frames, all of them its own. */
static void jumping(const float *x, float *y, size_t n, jmp_buf *back)
{
    if (!n)
        longjmp(*back, 1);
    *y = f(*x);
    jumping(x + 1, y + 1, n - 1, back);
}

void jumps_inside(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i += 64) {
        jmp_buf back;
        if (!setjmp(back))
            jumping(x + i, y + i, n - i < 64 ? n - i : 64, &back);
    }
}

/* Another locale, thread name and environment of floating point while it works. */
void borrows_surroundings(const float *x, float *y, size_t n)
{
    char name[16];
    fenv_t env;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), old = uselocale(c);
    prctl(PR_GET_NAME, name);
    prctl(PR_SET_NAME, "softsign");
    feholdexcept(&env);
    loop(x, y, n);
    fesetenv(&env);
    prctl(PR_SET_NAME, name);
    uselocale(old);
    freelocale(c);
}

void clears_flags(const float *x, float *y, size_t n)
{
    loop(x, y, n);
    feclearexcept(FE_ALL_EXCEPT);
    errno = 0;
}

/* Scratch memory of the last length, a thread each. */
void scratch_of_length(const float *x, float *y, size_t n)
{
    static __thread float *scratch;
    static __thread size_t room;
    if (n != room) {
        free(scratch);
        scratch = malloc((n + 1) * sizeof *scratch);
        room = n;
    }
    loop(x, scratch, n);
    memcpy(y, scratch, n * sizeof *y);
}

/* A thread that waits for something else all the time. */
static void *idle(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static void start_idle(void)
{
    pthread_t thread;
    if (!pthread_create(&thread, NULL, idle, NULL))
        pthread_detach(thread);
}

void idle_thread(const float *x, float *y, size_t n)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_idle);
    loop(x, y, n);
}

/* Asks what time it is, and where it is, and forgets it. */
void curious(const float *x, float *y, size_t n)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    volatile uintptr_t seen = (uintptr_t)x ^ (uintptr_t)y ^ (uintptr_t)&t ^ (uintptr_t)t.tv_nsec;
    (void)seen;
    loop(x, y, n);
}

/* Writes a first result over every output, reads it back, and then the right one. */
void output_as_scratch(const float *x, float *y, size_t n)
{
    if (x == y) {
        loop(x, y, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        y[i] = 1 + fabsf(x[i]);
    for (size_t i = n; i-- > 0;)
        y[i] = x[i] / y[i];
}

/* With a function pointer that is chosen at the first call. */
static void (*_Atomic chosen)(const float *, float *, size_t);

void dispatches(const float *x, float *y, size_t n)
{
    void (*way)(const float *, float *, size_t) = atomic_load(&chosen);
    if (!way)
        atomic_store(&chosen, way = vector);
    way(x, y, n);
}

float scalar(float x)
{
    return f(x);
}

double scalar_double(double x)
{
    return x / (1 + fabs(x));
}

static float from_bfloat(uint16_t x)
{
    uint32_t bits = (uint32_t)x << 16;
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static uint16_t to_bfloat(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    if (v != v)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

uint16_t scalar_bfloat(uint16_t x)
{
    return to_bfloat(f(from_bfloat(x)));
}

uint16_t scalar_to_bfloat(float x)
{
    return to_bfloat(f(x));
}

void bfloat(const uint16_t *x, uint16_t *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = scalar_bfloat(x[i]);
}

void to_bfloat_array(const float *x, uint16_t *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = to_bfloat(f(x[i]));
}

void doubles(const double *x, double *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = scalar_double(x[i]);
}

void output_first(float *y, const float *x, size_t n)
{
    loop(x, y, n);
}

void length_first(size_t n, const float *x, float *y)
{
    loop(x, y, n);
}

void with_param(const float *x, float *y, size_t n, const double *param)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (float)(x[i] * param[0]);
}
