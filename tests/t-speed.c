/* t-speed.c -- the timer against kernels whose cost and faults are known. */
#include "tap.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "../src/measure/clock.h"
#include "../src/measure/machine.h"
#include "../src/measure/speed.h"
#include "../src/measure/yardstick.h"
#include "../src/measure/track.h"
#include "../src/subject.h"

static const uint64_t seed = 20;

/* ---- Kernels ---- */

#if defined(__x86_64__)
#define ADDS(count, v, one) \
    __asm__ volatile(".rept " #count "\n\tadd %1, %0\n\t.endr" : "+r"(v) : "r"(one) : "cc")
#elif defined(__aarch64__)
#define ADDS(count, v, one) \
    __asm__ volatile(".rept " #count "\n\tadd %0, %0, %1\n\t.endr" : "+r"(v) : "r"(one))
#endif

/* COUNT dependent additions per element: COUNT cycles, in sequence over all elements. */
#ifdef ADDS
#define ADDING(name, count)                                                 \
    static void name(const void *x, void *y, size_t n, const double *param) \
    {                                                                       \
        uint64_t v = 0, one = 1;                                            \
        (void)x, (void)param;                                               \
        for (size_t i = 0; i < n; i++) {                                    \
            ADDS(count, v, one);                                            \
            ((uint32_t *)y)[i] = (uint32_t)v;                               \
        }                                                                   \
    }
ADDING(adds_40, 40)
ADDING(adds_42, 42)
ADDING(adds_80, 80)
#endif

static void plain_copy(const void *x, void *y, size_t n, const double *param)
{
    (void)param;
    for (size_t i = 0; i < n; i++)
        ((uint32_t *)y)[i] = ((const uint32_t *)x)[i] ^ 1;
}

static void moves(const void *x, void *y, size_t n, const double *param)
{
    (void)param;
    memcpy(y, x, 4 * n);
}

static void crashes(const void *x, void *y, size_t n, const double *param)
{
    (void)x, (void)y, (void)n, (void)param;
    static int *volatile nowhere;
    *nowhere = 0;
}

static void leaves(const void *x, void *y, size_t n, const double *param)
{
    (void)x, (void)y, (void)n, (void)param;
    _exit(3);
}

/* Crashes unless every input is 1.5. */
static void wants_1_5(const void *x, void *y, size_t n, const double *param)
{
    for (size_t i = 0; i < n; i++)
        if (((const float *)x)[i] != 1.5f)
            crashes(x, y, n, param);
    for (size_t i = 0; i < n; i++)
        ((float *)y)[i] = 7.1f;
}

/* Crashes unless it works in place, or on buffers that are 64-byte aligned and half a page apart.
 */
static void wants_in_place(const void *x, void *y, size_t n, const double *param)
{
    if (x != y)
        crashes(x, y, n, param);
    wants_1_5(x, y, n, param);
}

static void wants_apart(const void *x, void *y, size_t n, const double *param)
{
    if (((uintptr_t)x | (uintptr_t)y) % 64 || ((uintptr_t)y - (uintptr_t)x) % 4096 != 2048)
        crashes(x, y, n, param);
    plain_copy(x, y, n, param);
}

#if defined(__x86_64__)
static void sets_flush(const void *x, void *y, size_t n, const double *param)
{
    plain_copy(x, y, n, param);
    _mm_setcsr(_mm_getcsr() | 0x8040);
}

static void wants_default(const void *x, void *y, size_t n, const double *param)
{
    if ((_mm_getcsr() & ~0x3fu) != 0x1f80)
        crashes(x, y, n, param);
    plain_copy(x, y, n, param);
}
#endif

static float scalar_half(float x)
{
    return x / 2;
}

/* ---- Runs ---- */

static const struct kernel no_row = {.function = "test", .dtype = "f32"};

static struct subject built_in(const char *name, kernel_fn *f)
{
    return (struct subject){
        .name = (char *)name, .kernel = &no_row, .signature = SIGNATURE_KERNEL, .entry = (void *)f};
}

enum { MAX_SUBJECTS = 4, MAX_CELLS = 16 };

struct outcome {
    struct speed cell[MAX_CELLS];
    struct speed_fault fault[MAX_SUBJECTS];
    int nfaults;
    struct result *result; /* for its machine */
    double noise;
    char note[240];
};

static struct outcome run(struct speed_plan plan, struct subject *subjects, int n)
{
    struct subject *list[MAX_SUBJECTS];
    struct outcome o = {.result = result_new()};
    char err[256];
    for (int i = 0; i < n; i++)
        list[i] = &subjects[i];
    plan.subject = list;
    plan.nsubjects = n;
    plan.seed = seed;
    plan.note = o.note;
    plan.notelen = sizeof o.note;
    plan.cpu = plan.cpu ? plan.cpu : -1;
    if (!plan.inputs.name && !inputs_parse(&plan.inputs, "normal(0,3)", err, sizeof err))
        printf("Bail out! %s\n", err);
    o.nfaults = speed_run(&plan, o.cell, o.fault, &o.result->machine, &o.noise);
    inputs_clear(&plan.inputs);
    return o;
}

static void end(struct outcome *o)
{
    for (int i = 0; i < MAX_CELLS; i++) {
        free(o->cell[i].level);
        free(o->cell[i].inputs);
        free(o->cell[i].mode);
        free(o->cell[i].sample);
    }
    result_free(o->result);
}

/* Emulated processors have a clock too coarse to be true; nothing that they do takes a known time.
 */
static bool emulated(void)
{
    struct clock c;
    return clock_open(&c, NULL) && c.step / c.hz > 500e-9;
}

static struct inputs constant_1_5(void)
{
    struct inputs in = {.name = strdup("file constant"), .n = 1, .value = malloc(sizeof(double))};
    in.value[0] = 1.5;
    return in;
}

static void test_cell(const struct speed *c)
{
    double least = INFINITY;
    for (int i = 0; i < c->nsamples; i++)
        least = fmin(least, c->sample[i]);
    ok(c->nsamples >= 8 && c->nsamples <= SPEED_SAMPLES && least == c->ns,
       "%d samples, the least is the figure: %g ns", c->nsamples, c->ns);
    ok(c->ns == c->ns_lo && c->ns_lo <= c->ns_hi, "quarters: %g to %g ns", c->ns_lo, c->ns_hi);
    ok(c->ratio_lo <= c->ratio && c->ratio <= c->ratio_hi, "ratio %g in [%g, %g]", c->ratio,
       c->ratio_lo, c->ratio_hi);
}

/* 40 and 80 additions per element take 40 and 80 cycles, and the one twice the time of the other.
 */
static void test_known_cost(void)
{
#ifdef ADDS
    if (emulated()) {
        skip("no instruction of an emulator takes a known time");
        return;
    }
    struct subject s[] = {built_in("adds-40", adds_40), built_in("adds-80", adds_80)};
    struct speed_plan plan = {.size = {1024, 16}, .nsizes = 2, .seconds = 1.5};
    struct outcome o = run(plan, s, 2);
    ok(o.nfaults == 0, "%d faults", o.nfaults);
    const struct speed *a = &o.cell[0], *b = &o.cell[2];
    test_cell(a);
    ok(fabs(a->cycles / 40 - 1) < 0.1, "40 additions take %.2f cycles", a->cycles);
    ok(fabs(b->cycles / 80 - 1) < 0.1, "80 additions take %.2f cycles", b->cycles);
    ok(fabs(b->ratio / a->ratio / 2 - 1) < 0.02,
       "twice the additions: %.4f times the time, by ratios", b->ratio / a->ratio);
    ok(!strcmp(a->level, "L1") && !strcmp(a->mode, "throughput") &&
           !strcmp(a->inputs, "normal(0,3)") && a->n == 1024,
       "the cell says what it is: %s, %s, %s", a->level, a->mode, a->inputs);
    const struct machine *m = &o.result->machine;
    ok(m->clock && m->clock_hz > 0 && m->clock_step_ns > 0 && m->core_ghz_min > 0 &&
           m->core_ghz_min <= m->core_ghz_max,
       "clock %s, step %.3g ns, core %.2f to %.2f GHz", m->clock, m->clock_step_ns, m->core_ghz_min,
       m->core_ghz_max);
    ok(o.noise > 0 && o.noise < 0.2, "noise floor %.2g", o.noise);
    end(&o);
#else
    skip("no dependent chain is written for this processor");
#endif
}

/* 42 additions against 40 are 5 % slower; 40 against 40 are the same; a faulty pair has no figures.
 */
static void test_versus(void)
{
#ifdef ADDS
    if (emulated()) {
        skip("no instruction of an emulator takes a known time");
        return;
    }
    struct subject s[] = {built_in("adds-40", adds_40), built_in("adds-42", adds_42),
                          built_in("adds-40", adds_40), built_in("adds-40 too", adds_40),
                          built_in("adds-40", adds_40), built_in("crashes", crashes)};
    struct subject *list[6];
    struct speed_plan plan = {.subject = list,
                              .nsubjects = 6,
                              .size = {1000},
                              .nsizes = 1,
                              .seconds = 1,
                              .seed = seed,
                              .cpu = -1};
    struct versus v[3];
    struct speed_fault fault[6];
    struct result *r = result_new();
    double noise;
    char err[256];
    for (int i = 0; i < 6; i++)
        list[i] = &s[i];
    inputs_parse(&plan.inputs, "normal(0,3)", err, sizeof err);
    int nfaults = speed_versus(&plan, v, fault, &r->machine, &noise);
    ok(fabs(v[0].ratio / 1.05 - 1) < 0.005 &&
           versus_verdict(v[0].lo, v[0].hi, 0.02) == SPEED_SLOWER,
       "42 against 40: %.4f in [%.4f, %.4f], slower by more than 2 %%", v[0].ratio, v[0].lo,
       v[0].hi);
    ok(fabs(v[1].ratio - 1) < 0.01 && versus_verdict(v[1].lo, v[1].hi, 0.02) == SPEED_SAME,
       "40 against 40: %.4f in [%.4f, %.4f], the same within 2 %%", v[1].ratio, v[1].lo, v[1].hi);
    ok(v[0].nsamples >= 8 && v[0].first.ns < v[0].second.ns && v[0].rounds > 100,
       "%u rounds, %g and %g ns", v[0].rounds, v[0].first.ns, v[0].second.ns);
    ok(nfaults == 1 && fault[0].subject == 5 && isnan(v[2].ratio), "the third pair: %s",
       fault[0].text);
    for (int i = 0; i < 2; i++)
        for (int side = 0; side < 2; side++)
            free(v[i].sample[side]);
    inputs_clear(&plan.inputs);
    result_free(r);
#else
    skip("no dependent chain is written for this processor");
#endif
}

static void test_verdict(void)
{
    static const struct {
        double lo, hi;
        enum speed_verdict due;
    } rows[] = {{1.021, 1.03, SPEED_SLOWER},  {0.96, 0.97, SPEED_FASTER},
                {0.99, 1.01, SPEED_SAME},     {1.01, 1.03, SPEED_UNSETTLED},
                {0.97, 1.0, SPEED_UNSETTLED}, {0.9, 1.1, SPEED_UNSETTLED},
                {NAN, NAN, SPEED_UNSETTLED},  {1.005, 1.015, SPEED_SAME}};
    int wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        wrong += versus_verdict(rows[i].lo, rows[i].hi, 0.02) != rows[i].due;
    ok(wrong == 0, "%d of %zu verdicts wrong", wrong, sizeof rows / sizeof *rows);
}

static void test_faults(void)
{
    struct subject s[] = {built_in("copy", plain_copy), built_in("crashes", crashes),
                          built_in("leaves", leaves), built_in("copy-2", plain_copy)};
    struct speed_plan plan = {.size = {256}, .nsizes = 1, .seconds = 0.2};
    struct outcome o = run(plan, s, 4);
    ok(o.nfaults == 2 && o.fault[0].subject == 1 && strstr(o.fault[0].text, "SIGSEGV"), "fault: %s",
       o.fault[0].text);
    ok(o.nfaults == 2 && o.fault[1].subject == 2 && strstr(o.fault[1].text, "exit 3"), "fault: %s",
       o.fault[1].text);
    ok(!o.cell[1].level && !o.cell[2].level && isnan(o.cell[1].ns),
       "the faulty ones have no figures");
    ok(o.cell[0].level && o.cell[3].level && o.cell[0].nsamples >= 8 && o.cell[3].ns > 0,
       "the others do: %g ns and %g ns", o.cell[0].ns, o.cell[3].ns);
    end(&o);
    o = run(plan, s + 1, 2);
    ok(o.nfaults == 2 && !o.cell[0].level && !o.cell[1].level && isnan(o.noise),
       "all of them faulty");
    end(&o);
}

static void test_missing_library(void)
{
    struct subject s[] = {built_in("copy", plain_copy), built_in("missing", NULL)};
    struct speed_plan plan = {.size = {256}, .nsizes = 1, .seconds = 0.1};
    s[1].library = "./no-such-library.so";
    s[1].symbol = "f";
    s[1].signature = SIGNATURE_ARRAY;
    struct outcome o = run(plan, s, 2);
    ok(o.nfaults == 1 && o.fault[0].subject == 1 && strstr(o.fault[0].text, "no-such-library.so") &&
           o.cell[0].level,
       "fault: %s", o.fault[0].text);
    end(&o);
}

/* What kernels find when they are called. */
static void test_surroundings(void)
{
    struct subject s[] = {built_in("wants 1.5", wants_1_5), built_in("wants apart", wants_apart)};
    struct speed_plan plan = {.size = {512, 0, 3, 64}, .nsizes = 4, .seconds = 0.2};
    plan.mode[3] = LANE_COLD;
    plan.inputs = constant_1_5();
    struct outcome o = run(plan, s, 1);
    ok(o.nfaults == 0, "inputs are the drawn ones at every size, also in a chain: %s",
       o.fault[0].text);
    ok(!strcmp(o.cell[1].mode, "latency") && !strcmp(o.cell[3].mode, "cold"), "modes: %s, %s",
       o.cell[1].mode, o.cell[3].mode);
    end(&o);
    plan.inputs = (struct inputs){0};
    plan.size[1] = 1 << 16;
    plan.nsizes = 2;
    o = run(plan, s + 1, 1);
    ok(o.nfaults == 0, "buffers are aligned to 64 bytes and half a page apart");
    end(&o);
#if defined(__x86_64__)
    struct subject fp[] = {built_in("sets flush", sets_flush),
                           built_in("wants default", wants_default)};
    plan.nsizes = 1;
    o = run(plan, fp, 2);
    ok(o.nfaults == 0, "flush-to-zero set by one kernel does not reach the next: %s",
       o.fault[0].text);
    end(&o);
#else
    skip("control registers: x86-64 only");
#endif
}

static void test_modes(void)
{
    struct subject s[] = {built_in("in place", wants_in_place), built_in("moves", moves)};
    struct speed_plan plan = {.size = {1000}, .mode = {LANE_IN_PLACE}, .nsizes = 1, .seconds = 0.2};
    plan.inputs = constant_1_5();
    struct outcome o = run(plan, s, 1);
    ok(o.nfaults == 0 && o.cell[0].ns > 0 && !strcmp(o.cell[0].mode, "in-place"),
       "in place, with fresh inputs each time: %g ns %s", o.cell[0].ns,
       o.nfaults ? o.fault[0].text : "");
    end(&o);
    plan.inputs = (struct inputs){0};
    s[1].out = FORMAT_BF16;
    o = run(plan, s + 1, 1);
    ok(o.nfaults == 0 && !o.cell[0].level, "not in place between formats of unlike width");
    end(&o);
    s[1].out = FORMAT_F32;
    plan = (struct speed_plan){
        .size = {4096, 4096}, .mode = {LANE_THROUGHPUT, LANE_COLD}, .nsizes = 2};
    plan.seconds = 0.4;
    o = run(plan, s + 1, 1);
#if defined(__x86_64__) || defined(__aarch64__)
    if (emulated())
        skip("an emulator has no caches");
    else
        ok(o.cell[1].ns > 1.2 * o.cell[0].ns, "cold caches cost: %g ns, warm %g ns", o.cell[1].ns,
           o.cell[0].ns);
#else
    skip("no way to flush caches here");
#endif
    end(&o);
}

/* A division waits for the one before it in a chain, and does not in a loop. */
static void test_latency(void)
{
    struct subject s[] = {built_in("half", NULL)};
    struct speed_plan plan = {.size = {0, 512}, .nsizes = 2, .seconds = 0.3};
    s[0].signature = SIGNATURE_SCALAR;
    s[0].entry = (void *)scalar_half;
    struct outcome o = run(plan, s, 1);
    if (emulated())
        skip("an emulator runs one instruction after the other");
    else
        ok(o.nfaults == 0 && o.cell[0].ns > 1.5 * o.cell[1].ns,
           "a call that waits: %g ns; one that does not: %g ns", o.cell[0].ns, o.cell[1].ns);
    end(&o);
}

static void test_forced_clock(void)
{
    struct subject s[] = {built_in("copy", plain_copy)};
    struct speed_plan plan = {.size = {256}, .nsizes = 1, .seconds = 0.1, .clock = "monotonic"};
    struct outcome o = run(plan, s, 1);
    ok(!strcmp(o.result->machine.clock, "monotonic") && !o.note[0] && o.cell[0].level,
       "monotonic by plan");
    end(&o);
    plan.clock = NULL;
    setenv("ACTULP_CLOCK", "monotonic", 1);
    o = run(plan, s, 1);
    ok(!strcmp(o.result->machine.clock, "monotonic"), "monotonic by environment");
    end(&o);
    unsetenv("ACTULP_CLOCK");
#if defined(__x86_64__)
    plan.clock = "cntvct";
#else
    plan.clock = "tsc";
#endif
    o = run(plan, s, 1);
    ok(strstr(o.note, "was asked for") && o.cell[0].level, "another machine's clock: %s", o.note);
    end(&o);
}

static void test_sizes(void)
{
    for (int f = 0; f < FORMAT_COUNT; f++) {
        uint64_t size[SPEED_MAX_SIZES];
        int n = speed_default_sizes(size, (enum format)f);
        bool rising = n > 0, fit = true;
        for (int i = 0; i < n; i++) {
            double bytes = 2.0 * (double)size[i] * (double)format_bytes((enum format)f);
            rising &= i == 0 || size[i] > size[i - 1];
            if (i + 1 < n && n == 4) {
                char level[] = {'L', (char)('1' + i), 0};
                fit &=
                    !strcmp(speed_level(bytes), level) && 2 * bytes <= (double)machine_cache(i + 1);
            }
        }
        ok(rising && fit, "%s: %d sizes, from %" PRIu64 " to %" PRIu64, format_info[f].name, n,
           size[0], size[n - 1]);
        if (n == 4)
            ok(!strcmp(speed_level(2.0 * (double)size[3] * (double)format_bytes((enum format)f)),
                       "memory"),
               "the largest does not fit any cache");
    }
}

/* Sizes that are not told: as many as the time allows the kernels; at least the first. */
static void test_affordable(void)
{
    static const uint64_t size[] = {2048, 65536, 2097152, 16777216};
    static const struct {
        int nsubjects;
        double seconds;
        int sizes;
    } rows[] = {{1, 20, 4},  {2, 20, 4},   {3, 20, 3},   {23, 20, 3},  {24, 20, 2},
                {24, 60, 3}, {100, 20, 2}, {762, 20, 2}, {763, 20, 1}, {100, 0.01, 1}};
    int wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int n = speed_affordable_sizes(size, 4, rows[i].nsubjects, rows[i].seconds);
        if (n != rows[i].sizes)
            printf("# %d kernels, %g s: %d sizes\n", rows[i].nsubjects, rows[i].seconds, n);
        wrong += n != rows[i].sizes;
    }
    ok(wrong == 0, "sizes that the time allows: %d of %zu wrong", wrong,
       sizeof rows / sizeof *rows);
    uint64_t curve[SPEED_MAX_SIZES], last[SPEED_MAX_SIZES];
    int n = speed_curve_sizes(curve, FORMAT_F32), levels = speed_default_sizes(last, FORMAT_F32);
    bool rising = true;
    for (int i = 1; i < n; i++)
        rising &= curve[i] > curve[i - 1] && curve[i] <= 4 * curve[i - 1];
    ok(curve[0] == 1 && rising && curve[n - 1] == last[levels - 1],
       "a curve of %d sizes from 1 to %" PRIu64, n, curve[n - 1]);
}

/* ---- Yardsticks ---- */

/* They do what they say, for every length around the widths of their vectors. */
static void test_yardsticks(void)
{
    enum { MOST = 200 };
    for (int f = 0; f < FORMAT_COUNT; f++) {
        struct subject copy, relu;
        size_t width = format_bytes((enum format)f);
        unsigned char x[8 * MOST], y[8 * MOST + 8];
        int wrong_copy = 0, wrong_relu = 0;
        uint64_t random = seed;
        bool made = yardstick_make(&copy, YARDSTICK_COPY, (enum format)f, (enum format)f) &&
                    yardstick_make(&relu, YARDSTICK_RELU, (enum format)f, (enum format)f);
        for (size_t i = 0; i < sizeof x; i++)
            x[i] = (unsigned char)random_next(&random);
        for (size_t n = 0; n <= MOST && made; n++) {
            memset(y, 0xa5, sizeof y);
            subject_call(&copy, x, y, n);
            wrong_copy += memcmp(x, y, n * width) != 0 || y[n * width] != 0xa5;
            memset(y, 0xa5, sizeof y);
            subject_call(&relu, x, y, n);
            for (size_t i = 0; i < n; i++) {
                static const unsigned char zero[8];
                bool negative = x[(i + 1) * width - 1] & 0x80; /* little-endian: the sign is last */
                wrong_relu += memcmp(y + i * width, negative ? zero : x + i * width, width) != 0;
            }
            wrong_relu += y[n * width] != 0xa5;
        }
        ok(made && wrong_copy == 0 && wrong_relu == 0, "%s: copy and relu (%d, %d wrong)",
           format_info[f].name, wrong_copy, wrong_relu);
    }
    struct subject s;
    ok(!yardstick_make(&s, YARDSTICK_RELU, FORMAT_F32, FORMAT_BF16) &&
           !yardstick_make(&s, YARDSTICK_LIBM, FORMAT_F16, FORMAT_F16) &&
           yardstick_make(&s, YARDSTICK_COPY, FORMAT_F32, FORMAT_BF16),
       "none where it is not written");
    float x[2] = {0, 1}, y[2];
    bool made = yardstick_make(&s, YARDSTICK_LIBM, FORMAT_F32, FORMAT_F32);
    subject_call(&s, x, y, 2);
    ok(made && y[0] == 1 && y[1] == expf(1), "libm: exp");
}

/* A run with a size in memory has its noise floor all the same, the yardstick's cells, and every
 * epoch of the size in cache in its modes. */
static void test_facts(void)
{
    struct subject s[1] = {built_in("copy", plain_copy)};
    uint64_t level[SPEED_MAX_SIZES], modes[HISTOGRAM_BINS], epochs = 0;
    uint64_t memory = level[speed_default_sizes(level, FORMAT_F32) - 1];
    struct speed yardstick[2];
    struct outcome o = run((struct speed_plan){.size = {1024, memory},
                                               .nsizes = 2,
                                               .seconds = 1,
                                               .yardstick = yardstick,
                                               .modes = modes},
                           s, 1);
    for (int i = 0; i < HISTOGRAM_BINS; i++)
        epochs += modes[i];
    ok(o.nfaults == 0 && o.noise > 0, "noise floor %.2g beside a size in memory", o.noise);
    ok(yardstick[0].ns > 0 && yardstick[1].ns > yardstick[0].ns && yardstick[0].n == 1024 &&
           yardstick[0].ratio_lo <= 1 && 1 <= yardstick[0].ratio_hi + o.noise,
       "the copy: %.3g ns, in memory %.3g ns", yardstick[0].ns, yardstick[1].ns);
    ok(modes[0] > 0 && epochs >= 40, "%.0f epochs in the modes, %.0f near the least",
       (double)epochs, (double)modes[0]);
    ok(o.result->machine.switches >= 0 && o.result->machine.cycles_from,
       "%.0f switches, cycles from a %s", o.result->machine.switches,
       o.result->machine.cycles_from);
    for (int i = 0; i < 2; i++)
        speed_clear(&yardstick[i]);
    end(&o);
}

/* ---- Tracks ---- */

static double uniform(uint64_t *state)
{
    return (double)(random_next(state) >> 11) * 0x1p-53;
}

static void test_track(void)
{
    static struct track t;
    static float kept[SPEED_SAMPLES];
    uint64_t random = seed;
    struct least l = track_least(&t, 0);
    ok(isnan(l.ns) && isnan(l.lo) && track_thin(&t, 0, kept, SPEED_SAMPLES) == 0,
       "an empty track has no figures");
    enum { EPOCHS = 100000, DIP = 70001, DIP_2 = 30000 };
    for (int i = 0; i < EPOCHS; i++) {
        double mode = 1 + (i / 1000) % 2 * 0.4; /* the host's two speeds */
        double first = 3 * mode * (1 + 0.01 * uniform(&random)),
               second = mode * (1 + 0.01 * uniform(&random));
        track_record(&t, i == DIP ? 2.5 : first, i == DIP_2 ? 0.75 : second);
    }
    ok(t.n <= TRACK_SLOTS && (uint64_t)t.n * t.stride >= EPOCHS, "%u slots of %u epochs hold %d",
       t.n, t.stride, EPOCHS);
    l = track_least(&t, 0);
    ok(l.ns == 2.5 && l.lo == 2.5 && l.hi >= 3 && l.hi < 3.001,
       "the least of all is kept: %g, quarters to %g", l.ns, l.hi);
    l = track_least(&t, 1);
    ok(l.ns == 0.75 && l.hi >= 1 && l.hi < 1.001, "of the other side too: %g, quarters to %g", l.ns,
       l.hi);
    int n = track_thin(&t, 0, kept, SPEED_SAMPLES), dips = 0, where = 0;
    for (int i = 0; i < n; i++)
        if (kept[i] == 2.5f)
            dips++, where = i;
    ok(n == SPEED_SAMPLES && dips == 1 && abs(where - DIP * n / EPOCHS) <= 1,
       "%d samples kept, the dip once, at %d: in order of time", n, where);
    struct interval_estimate e = track_ratio(&t, 0.95);
    ok(fabs(e.value - 3) < 0.003 && e.lo <= e.value && e.value <= e.hi && e.hi - e.lo < 0.01,
       "the ratio does not see the modes: %.5f in [%.5f, %.5f]", e.value, e.lo, e.hi);
}

/* Three processes in which a kernel ran at another speed each: the interval holds all three, though
 * the samples of each hardly spread.  A sitting of two samples is not heeded. */
static void test_sittings(void)
{
    static struct track t;
    static const double ratio[] = {1.0, 1.05, 1.02, 2.0};
    uint64_t random = seed;
    memset(&t, 0, sizeof t);
    for (int s = 0; s < 4; s++) {
        track_sit(&t);
        track_sit(&t); /* one that came to nothing */
        for (int i = 0; i < (s == 3 ? 2 : 3000); i++)
            track_record(&t, ratio[s] * (1 + 0.001 * uniform(&random)),
                         1 + 0.001 * uniform(&random));
    }
    struct interval_estimate e = track_ratio(&t, 0.95);
    ok(t.sittings == 4 && t.stride > 1, "%u sittings, %u epochs per slot", t.sittings, t.stride);
    ok(fabs(e.lo - 1) < 0.001 && fabs(e.hi - 1.05) < 0.001 && fabs(e.value - 1.02) < 0.002,
       "sittings disagree: %.4f in [%.4f, %.4f]", e.value, e.lo, e.hi);
}

/* The interval of the ratio covers the true median as often as it says, also when the clock's step
 * makes most samples equal. */
static void test_coverage(void)
{
    static struct track t;
    enum { RUNS = 2000, ROUNDS = 60 };
    uint64_t random = seed;
    for (int tied = 0; tied < 2; tied++) {
        int covered = 0;
        for (int run = 0; run < RUNS; run++) {
            memset(&t, 0, sizeof t);
            for (int i = 0; i < ROUNDS; i++) {
                double noise[2];
                for (int side = 0; side < 2; side++) { /* skewed, as interruptions are */
                    noise[side] = 100 / sqrt(1 - uniform(&random));
                    if (tied)
                        noise[side] = floor(noise[side] / 20) * 20;
                }
                track_record(&t, noise[0], noise[1]);
            }
            struct interval_estimate e = track_ratio(&t, 0.95);
            covered += e.lo <= 1 && 1 <= e.hi;
        }
        /* 95 % less three standard deviations of 2000 draws. */
        ok(covered >= 0.935 * RUNS, "%s: 95 %% intervals cover the truth in %.1f %%",
           tied ? "ties at the clock's step" : "skewed noise", 100.0 * covered / RUNS);
    }
}

int main(void)
{
    unsetenv("ACTULP_CLOCK");
    printf("# seed %" PRIu64 "\n", seed);
    test_track();
    test_sittings();
    test_coverage();
    test_sizes();
    test_affordable();
    test_yardsticks();
    test_facts();
    test_known_cost();
    test_verdict();
    test_versus();
    test_faults();
    test_missing_library();
    test_surroundings();
    test_modes();
    test_latency();
    test_forced_clock();
    return done_testing();
}
