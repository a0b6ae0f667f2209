/* sound.c -- kernels that are unusual and right: the guard must accuse none of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <immintrin.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static float f(float x)
{
    return x / (1 + fabsf(x));
}

static __m128 f4(__m128 x)
{
    __m128 magnitude = _mm_andnot_ps(_mm_set1_ps(-0.0f), x);
    return _mm_div_ps(x, _mm_add_ps(_mm_set1_ps(1), magnitude));
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
        _mm_storeu_ps(y + i, f4(_mm_loadu_ps(x + i)));
    for (; i < n; i++)
        _mm_store_ss(y + i, f4(_mm_load_ss(x + i)));
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
    __m128 last = f4(_mm_loadu_ps(x + n - 4));
    for (size_t i = 0; i + 4 < n; i += 4)
        _mm_storeu_ps(y + i, f4(_mm_loadu_ps(x + i)));
    _mm_storeu_ps(y + n - 4, last);
}

/* Peels to a boundary of the output, then stores past the cache. */
void non_temporal(const float *x, float *y, size_t n)
{
    size_t i = 0;
    for (; i < n && (uintptr_t)(y + i) & 15; i++)
        y[i] = f(x[i]);
    for (; i + 4 <= n; i += 4)
        _mm_stream_ps(y + i, f4(_mm_loadu_ps(x + i)));
    _mm_sfence();
    loop(x + i, y + i, n - i);
}

/* Reads whole aligned vectors that hold the ends of the array: beyond it, but never in another
 * page. */
__attribute__((no_sanitize("address"))) void aligned_ends(const float *x, float *y, size_t n)
{
    const float *end = x + n;
    float t[4];
    for (const float *p = (const float *)((uintptr_t)x & ~(uintptr_t)15); n && p < end; p += 4) {
        __m128 v;
        __asm__("movaps %1, %0" : "=x"(v) : "m"(*(const __m128 *)p));
        _mm_storeu_ps(t, f4(v));
        for (int k = 0; k < 4; k++)
            if (p + k >= x && p + k < end)
                y[p + k - x] = t[k];
        if (x == y && p + 4 < end)
            continue;
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
    unsigned kept = _mm_getcsr();
    _mm_setcsr(kept | 0x2000);
    for (size_t i = 0; i < n; i++) {
        volatile float v = x[i];
        y[i] = f(v);
    }
    __asm__ volatile("" : : : "memory");
    _mm_setcsr(kept);
}

void flushes_inside(const float *x, float *y, size_t n)
{
    unsigned kept = _mm_getcsr();
    _mm_setcsr(kept | 0x8040);
    for (size_t i = 0; i < n; i++) {
        volatile float v = x[i];
        y[i] = f(v);
    }
    __asm__ volatile("" : : : "memory");
    _mm_setcsr(kept);
}

void uses_x87(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        long double v = x[i];
        y[i] = (float)(v / (1 + fabsl(v)));
    }
}

void uses_mmx(const float *x, float *y, size_t n)
{
    __asm__ volatile("movd %0, %%mm0\n\temms" : : "r"(1) : "mm0");
    loop(x, y, n);
}

void string_copy(const float *x, float *y, size_t n)
{
    if (x != y) {
        const float *from = x + n;
        float *to = y + n;
        size_t words = n;
        from--, to--;
        __asm__ volatile("std\n\trep movsl\n\tcld"
                         : "+S"(from), "+D"(to), "+c"(words)
                         :
                         : "memory");
    }
    loop(y, y, n);
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
