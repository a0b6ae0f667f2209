/* lane.c -- epochs of calls: see lane.h. */
#include "lane.h"

#include <math.h>
#include <string.h>
#include "cycles.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

const char *const lane_mode_word[LANE_MODES] = {"throughput", "in-place", "cold", "latency"};

/* ---- Epochs ---- */

/* CALLS times f(x, y), walking through the window.  Each signature has its loop, so that nothing
 * but the call stands in it. */
#define WALK(call)                         \
    for (uint64_t k = 0; k < calls; k++) { \
        call;                              \
        at = at == last ? 0 : at + l->n;   \
        x = x0 + at * in;                  \
        y = y0 + at * out;                 \
    }

static void walk(const struct lane *l, uint64_t calls)
{
    const struct subject *s = l->subject;
    const double *param = s->param;
    void *f = s->entry;
    const size_t n = l->n, last = l->window - n, in = format_bytes(s->in),
                 out = format_bytes(s->out);
    const unsigned char *const x0 = l->arena->x[s->in], *x = x0;
    unsigned char *const y0 = l->arena->y, *y = y0;
    size_t at = 0;
    switch (s->signature) {
    case SIGNATURE_KERNEL:
        WALK(((kernel_fn *)f)(x, y, n, param));
        break;
    case SIGNATURE_ARRAY:
        WALK(((void (*)(const void *, void *, size_t))f)(x, y, n));
        break;
    case SIGNATURE_YXN:
        WALK(((void (*)(void *, const void *, size_t))f)(y, x, n));
        break;
    case SIGNATURE_NXY:
        WALK(((void (*)(size_t, const void *, void *))f)(n, x, y));
        break;
    default:
        WALK(subject_call(s, x, y, n));
    }
}

/* RUN by the clock and by the counter, as an epoch of ELEMENTS. */
static struct epoch time_whole(const struct lane *l, const struct clock *c, int counter,
                               void (*run)(const struct lane *, uint64_t), double elements)
{
    uint64_t cycles = cycles_read(counter), start = clock_ticks(c);
    run(l, l->calls);
    double ns = clock_ns(c, start, clock_ticks(c));
    cycles = cycles_read(counter) - cycles;
    return (struct epoch){ns / elements, cycles ? (double)cycles / elements : NAN};
}

static struct epoch time_throughput(const struct lane *l, const struct clock *c, int counter)
{
    if (l->warm)
        walk(l, l->window / l->n);
    return time_whole(l, c, counter, walk, (double)l->calls * (double)l->n);
}

/* Puts the lines of [P, P + BYTES) out of all caches. */
static void flush(const unsigned char *p, size_t bytes)
{
#if defined(__x86_64__)
    for (size_t i = 0; i < bytes; i += 64)
        _mm_clflush(p + i);
    _mm_mfence();
#elif defined(__aarch64__)
    uint64_t ctr;
    __asm__ volatile("mrs %0, ctr_el0" : "=r"(ctr));
    size_t line = (size_t)4 << (ctr >> 16 & 15);
    for (size_t i = 0; i < bytes; i += line)
        __asm__ volatile("dc civac, %0" ::"r"(p + i) : "memory");
    __asm__ volatile("dsb ish" ::: "memory");
#else
    (void)p, (void)bytes;
#endif
}

static struct epoch time_cold(const struct lane *l, const struct clock *c, int counter)
{
    (void)counter;
    const struct subject *s = l->subject;
    const unsigned char *x = l->arena->x[s->in];
    unsigned char *y = l->arena->y;
    double ns = 0;
    for (uint64_t k = 0; k < l->calls; k++) {
        flush(x, l->n * format_bytes(s->in));
        flush(y, l->n * format_bytes(s->out));
        uint64_t start = clock_ticks(c);
        subject_call(s, x, y, l->n);
        ns += clock_ns(c, start, clock_ticks(c));
    }
    return (struct epoch){ns / ((double)l->calls * (double)l->n), NAN};
}

/* A kernel that runs over its own results would soon see its fixed point only, so the inputs are
 * put back before each call. */
static struct epoch time_in_place(const struct lane *l, const struct clock *c, int counter)
{
    (void)counter;
    const struct subject *s = l->subject;
    double ns = 0;
    for (uint64_t k = 0; k < l->calls; k++) {
        memcpy(l->arena->y, l->arena->x[s->in], l->n * format_bytes(s->in));
        uint64_t start = clock_ticks(c);
        subject_call(s, l->arena->y, l->arena->y, l->n);
        ns += clock_ns(c, start, clock_ticks(c));
    }
    return (struct epoch){ns / ((double)l->calls * (double)l->n), NAN};
}

/* Calls that wait for each other: the next input is the drawn one, with bits of the last result
 * mixed in that are zero without the processor knowing it.  CALL makes y of x. */
#define CHAIN(bits, x_type, y_type, call)                                 \
    do {                                                                  \
        const bits *drawn = (const bits *)l->arena->x[s->in];             \
        uint16_t carry = 0; /* two bytes: what the shortest result has */ \
        size_t i = 0;                                                     \
        for (uint64_t k = 0; k < calls; k++) {                            \
            bits pattern = drawn[i] ^ (bits)(carry & zero);               \
            x_type x;                                                     \
            y_type y;                                                     \
            memcpy(&x, &pattern, sizeof x);                               \
            call;                                                         \
            memcpy(&carry, &y, sizeof carry);                             \
            i = i + 1 == l->window ? 0 : i + 1;                           \
        }                                                                 \
    } while (0)

static void chain(const struct lane *l, uint64_t calls)
{
    const struct subject *s = l->subject;
    uint64_t zero = 0;
    __asm__("" : "+r"(zero)); /* the compiler does not know it either */
    bool scalar = s->signature == SIGNATURE_SCALAR && s->in == s->out;
    if (scalar && s->in == FORMAT_F32)
        CHAIN(uint32_t, float, float, y = ((float (*)(float))s->entry)(x));
    else if (scalar && s->in == FORMAT_F64)
        CHAIN(uint64_t, double, double, y = ((double (*)(double))s->entry)(x));
    else if (scalar)
        CHAIN(uint16_t, uint16_t, uint16_t, y = ((uint16_t(*)(uint16_t))s->entry)(x));
    else if (format_bytes(s->in) == 2)
        CHAIN(uint16_t, uint16_t, uint64_t, (y = 0, subject_call(s, &x, &y, 1)));
    else if (format_bytes(s->in) == 4)
        CHAIN(uint32_t, uint32_t, uint64_t, (y = 0, subject_call(s, &x, &y, 1)));
    else
        CHAIN(uint64_t, uint64_t, uint64_t, (y = 0, subject_call(s, &x, &y, 1)));
}

static struct epoch time_latency(const struct lane *l, const struct clock *c, int counter)
{
    chain(l, l->window);
    return time_whole(l, c, counter, chain, (double)l->calls);
}

typedef struct epoch time_fn(const struct lane *, const struct clock *, int);
static time_fn *const time_mode[LANE_MODES] = {time_throughput, time_in_place, time_cold,
                                               time_latency};

struct epoch lane_time(const struct lane *l, const struct clock *c, int counter)
{
    return time_mode[l->mode](l, c, counter);
}

struct lane lane_make(const struct subject *s, const struct arena *a, enum lane_mode mode,
                      uint64_t n, bool warm)
{
    struct lane l = {
        .subject = s, .arena = a, .mode = n ? mode : LANE_LATENCY, .n = n ? n : 1, .warm = warm};
    l.window = l.n < LANE_WINDOW ? LANE_WINDOW / l.n * l.n : l.n;
    return l;
}

/* Doubles the calls until an epoch takes TARGET_NS, twice in a row lest one interruption count as
 * speed; then scales by the faster. */
void lane_calibrate(struct lane *l, const struct clock *c, double target_ns)
{
    enum { MAX_CALLS = 1 << 28 };
    double elements = (double)l->n;
    int crossed = 0;
    for (l->calls = 1; l->calls < MAX_CALLS;) {
        double per_element = lane_time(l, c, -1).ns, ns = per_element * elements * (double)l->calls;
        if (ns < target_ns) {
            l->calls *= 2;
            crossed = 0;
        } else if (++crossed == 2) {
            per_element = fmin(per_element, lane_time(l, c, -1).ns);
            double calls = floor(target_ns / (per_element * elements) + 0.5);
            l->calls = calls < 1 ? 1 : calls > MAX_CALLS ? MAX_CALLS : (uint64_t)calls;
            return;
        }
    }
}
