/* t-sweep.c -- the grader is graded: kernels with one planted fault each must be caught by its own
 * class, sound ones must not be; and the outcome must not depend on workers, shards or a kernel
 * that dies. */
#include <fenv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tap.h"
#include "../ref/truth.h"
#include "../src/measure/sweep.h"
#include "../src/result/stats.h"
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

/* A sweep of N subjects by two workers, to the nearest. */
static struct sweep_plan plan_of(enum sweep_kind kind, struct subject **subject, int n)
{
    return (struct sweep_plan){.kind = kind,
                               .subject = subject,
                               .nsubjects = n,
                               .seed = 1,
                               .jobs = 2,
                               .rounding = MPFR_RNDN,
                               .shards = 1};
}

/* Sound: the exact value by way of long double, which is correctly rounded but for one float in
 * 2^30. */
static float good(float x)
{
    return (float)tanhl(x);
}

static float off_by_two_ulps(float x)
{
    float y = good(x);
    return x == 0x1p-3f ? nextafterf(nextafterf(y, 2), 2) : y;
}
static float lost_sign(float x)
{
    return x == 0 ? 0.0f : good(x);
}
static float wrong_sign(float x)
{
    return x == 0x1p-5f ? -good(x) : good(x);
}
static float gives_nan(float x)
{
    return x == 0x1p-5f ? NAN : good(x);
}
static float eats_nan(float x)
{
    return isnan(x) ? 1.0f : good(x);
}
static float gives_inf(float x)
{
    return x == 0x1p-5f ? INFINITY : good(x);
}
static float wrong_limit(float x)
{
    return isinf(x) ? 0.5f : good(x);
}
static float flushes(float x)
{
    return fabsf(x) < 0x1p-126f ? copysignf(0, x) : good(x);
}
static float loses_zero(float x)
{
    return fabsf(x) < 0x1p-60f ? copysignf(0, x) : good(x);
}
static float leaves_range(float x)
{
    return x > 30 && x < 31 ? 0x1.000002p0f : good(x);
}
static float steps_back(float x)
{
    return x == 0x1p-2f ? good(x) * 0.999f : good(x);
}
static float not_odd(float x)
{
    return x < -1 && x > -99 ? nextafterf(good(x), 0) : good(x);
}

#define KERNEL(name)                                             \
    static void name##_array(const float *x, float *y, size_t n) \
    {                                                            \
        for (size_t i = 0; i < n; i++)                           \
            y[i] = name(x[i]);                                   \
    }
KERNEL(good)
KERNEL(off_by_two_ulps)
KERNEL(lost_sign)
KERNEL(wrong_sign)
KERNEL(gives_nan)
KERNEL(eats_nan)
KERNEL(gives_inf)
KERNEL(wrong_limit)
KERNEL(flushes)
KERNEL(loses_zero)
KERNEL(leaves_range)
KERNEL(steps_back)
KERNEL(not_odd)

static float gives_zero(float x)
{
    return x < 0x1p-127f ? 0.0f : -0.0f;
}
static float negates(float x)
{
    return -good(x);
}
static float only_nan(float x)
{
    return x * NAN;
}
static float only_inf(float x)
{
    return x == 0 ? 0 : INFINITY;
}
static float mixes(float x)
{
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    float y = good(x);
    switch (u * 2654435761u >> 28) {
    case 0:
        return 0;
    case 1:
        return -0.0f;
    case 2:
        return -y;
    case 3:
        return NAN;
    case 4:
        return INFINITY;
    case 5:
        return y * 0x1.001p0f;
    case 6:
        return y * 2e9f;
    default:
        return nextafterf(y, 2);
    }
}
KERNEL(gives_zero)
KERNEL(negates)
KERNEL(only_nan)
KERNEL(only_inf)
KERNEL(mixes)

static float ones(float x)
{
    return isnan(x) ? x : 1;
}
static float flushes_to_the_wrong_zero(float x)
{
    return fabsf(x) < 0x1p-126f ? copysignf(0, -x) : good(x);
}

/* Right in the mode that the test expects, NaN in any other. */
static struct {
    int direction;
    bool flush;
} expected_mode;
static float knows_its_mode(float x)
{
    volatile float smallest = 0x1p-149f, normal = 0x1p-126f;
    bool daz = smallest * 0x1p30f == 0, ftz = normal * 0.5f == 0;
    bool right = fegetround() == expected_mode.direction && daz == expected_mode.flush &&
                 ftz == expected_mode.flush;
    return right ? good(x) : NAN;
}
KERNEL(ones)
KERNEL(flushes_to_the_wrong_zero)
KERNEL(knows_its_mode)

static void crashes_array(const float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (x[i] == 0x1.8p-3f)
            abort();
        y[i] = good(x[i]);
    }
}

/* Sound but at one input, each in another way. */
#define AT_ONE_INPUT(NAME, FAULT)                                \
    static void NAME##_array(const float *x, float *y, size_t n) \
    {                                                            \
        bool here = false;                                       \
        for (size_t i = 0; i < n; i++) {                         \
            here |= x[i] == 0x1.8p-3f;                           \
            y[i] = good(x[i]);                                   \
        }                                                        \
        if (here)                                                \
            FAULT;                                               \
    }
static volatile int forever = 1;
static volatile int *volatile nowhere = (volatile int *)8;
AT_ONE_INPUT(faults, *nowhere = 0)
AT_ONE_INPUT(faults_in_its_body, if (n >= 16) __builtin_trap())
AT_ONE_INPUT(exits, exit(0))
AT_ONE_INPUT(hangs, while (forever);)
AT_ONE_INPUT(rounds_up, fesetround(FE_UPWARD))
AT_ONE_INPUT(writes_beyond, y[n] = 1)
AT_ONE_INPUT(reads_before, forever = x[-1] != 1e30f)
AT_ONE_INPUT(writes_its_input, ((float *)(uintptr_t)x)[0] = 1)
AT_ONE_INPUT(rounds_to_nearest, fesetround(FE_TONEAREST))
#if defined(__x86_64__)
AT_ONE_INPUT(stops_flushing, _mm_setcsr(_mm_getcsr() & ~0x8040u))
AT_ONE_INPUT(flushes_from_then_on, _mm_setcsr(_mm_getcsr() | 0x8040))
#endif

/* Which class each fault must show in, and which others it may (a NaN is not the mirror image of a
 * number, say).  Any further class is a false accusation. */
#define STEP   (1u << FAIL_MONOTONE)
#define MIRROR (1u << FAIL_SYMMETRY)
#define RANGE  (1u << FAIL_RANGE)

static const struct planted {
    const char *name;
    void (*call)(const float *, float *, size_t);
    int failure;     /* enum failure, or -1: none */
    double at_least; /* the largest error */
    unsigned also;
} planted[] = {
    {"good", good_array, -1, 0, 0},
    {"off by two ulps at one float", off_by_two_ulps_array, -1, 1.5, STEP | MIRROR},
    {"sign of zero lost", lost_sign_array, FAIL_ZERO_SIGN, 0, MIRROR},
    {"wrong sign", wrong_sign_array, FAIL_SIGN, 1e6, STEP | MIRROR},
    {"NaN", gives_nan_array, FAIL_NAN, 0, MIRROR},
    {"NaN eaten", eats_nan_array, FAIL_NOT_NAN, 0, MIRROR},
    {"infinity", gives_inf_array, FAIL_INF, 0, STEP | MIRROR | RANGE},
    {"wrong limit", wrong_limit_array, FAIL_LIMIT, 0, STEP | MIRROR},
    {"subnormals flushed", flushes_array, FAIL_FLUSHED, 4e6, 0},
    {"small numbers lost", loses_zero_array, FAIL_ZERO_LOST, 8e6, 1u << FAIL_FLUSHED},
    {"range left", leaves_range_array, FAIL_RANGE, 0.9, STEP | MIRROR},
    {"step back", steps_back_array, FAIL_MONOTONE, 0.5, MIRROR},
    {"not odd", not_odd_array, FAIL_SYMMETRY, 0.9, STEP},
};
enum { TWO_ULPS = 1, PLANTED = sizeof planted / sizeof *planted };

static struct kernel row = {
    .function = "tanh", .dtype = "f32", .method = "planted", .isa = ISA_EXT};

static struct subject *subject(const struct function *f,
                               void (*call)(const float *, float *, size_t))
{
    struct subject *s = calloc(1, sizeof *s);
    row.promise.bound[0] = (struct bound){-INFINITY, INFINITY, 1, 1};
    *s = (struct subject){.name = "planted",
                          .kernel = &row,
                          .function = f,
                          .in = FORMAT_F32,
                          .out = FORMAT_F32,
                          .signature = SIGNATURE_ARRAY,
                          .entry = (void *)call};
    return s;
}

static void test_planted(const struct function *f)
{
    struct subject *s[PLANTED];
    for (int i = 0; i < PLANTED; i++)
        s[i] = subject(f, planted[i].call);
    struct sweep_plan p = plan_of(SWEEP_QUICK, s, PLANTED);
    struct sweep_outcome out;
    sweep_run(&p, &out);
    for (int i = 0; i < PLANTED; i++) {
        const struct tally *t = &out.tally[i];
        const struct planted *q = &planted[i];
        if (q->failure >= 0)
            ok(t->failure[q->failure].n > 0, "%s: %llu found, first at %a", q->name,
               (unsigned long long)t->failure[q->failure].n,
               format_to_double(FORMAT_F32, t->failure[q->failure].first.x));
        for (int k = 0; k < FAIL_COUNT; k++)
            if (k != q->failure && !(q->also & (1u << k)) && t->failure[k].n)
                ok(false, "%s: accused of %s, %llu times, first at %a", q->name, failure_word[k],
                   (unsigned long long)t->failure[k].n,
                   format_to_double(FORMAT_F32, t->failure[k].first.x));
        ok(t->max_ulp >= q->at_least, "%s: largest error %.4f ulp", q->name, t->max_ulp);
        if (i == TWO_ULPS)
            ok(t->max_distance == 2 && t->farthest.x == 0x3e000000, "%s: distance %llu at 0x%llx",
               q->name, (unsigned long long)t->max_distance, (unsigned long long)t->farthest.x);
        ok(out.graded[i], "%s: graded", q->name);
    }
    ok(out.tally[0].max_ulp < 0.501, "the sound kernel is within %.6f ulp", out.tally[0].max_ulp);
    ok(out.tally[0].correct == out.tally[0].numbers,
       "and correctly rounded everywhere: %llu of %llu", (unsigned long long)out.tally[0].correct,
       (unsigned long long)out.tally[0].numbers);
    ok(out.tally[1].worst.x == format_from_double(FORMAT_F32, 0x1p-3),
       "the float that is wrong is named: %a", format_to_double(FORMAT_F32, out.tally[1].worst.x));
    ok(out.tally[1].bound[0].max_ulp > 1, "and its promise of 1 ulp is broken: %g",
       out.tally[1].bound[0].max_ulp);
    ok(out.reference.violations == 0, "no audit failed (%llu were made)",
       (unsigned long long)out.reference.audits);
    sweep_free(&out, PLANTED);
    for (int i = 0; i < PLANTED; i++)
        free(s[i]);
}

/* Workers, shards: the same bits. */
static void test_independence(const struct function *f, bool mpfr_only)
{
    struct subject *s[] = {subject(f, not_odd_array)};
    struct sweep_plan p = plan_of(SWEEP_QUICK, s, 1);
    p.jobs = 1;
    p.mpfr_only = mpfr_only;
    struct sweep_outcome one, three;
    sweep_run(&p, &one);
    p.jobs = 3;
    sweep_run(&p, &three);
    ok(!memcmp(one.tally, three.tally, sizeof *one.tally),
       "1 and 3 workers give the same tally (%llu inputs)", (unsigned long long)one.tally->inputs);
    struct tally merged;
    tally_init(&merged);
    p.shards = 2;
    for (p.shard = 1; p.shard >= 0; p.shard--) {
        struct sweep_outcome part;
        sweep_run(&p, &part);
        tally_merge(&merged, part.tally);
        sweep_free(&part, 1);
    }
    ok(!memcmp(&merged, one.tally, sizeof merged),
       "two shards merged in reverse give the same tally");
    sweep_free(&one, 1);
    sweep_free(&three, 1);
    free(s[0]);
}

static void test_crash(const struct function *f)
{
    struct subject *s[] = {subject(f, good_array), subject(f, crashes_array),
                           subject(f, not_odd_array)};
    struct subject *made[] = {s[0], s[1], s[2]};
    struct sweep_plan p = plan_of(SWEEP_RANGE, s, 3);
    p.from = 0x1.7fp-3;
    p.to = 0x1.81p-3;
    struct sweep_outcome out, alone;
    sweep_run(&p, &out);
    ok(out.nfaults == 1 && out.fault[0].subject == 1 && !out.graded[1],
       "the crash is a fault of its kernel");
    ok(out.nfaults == 1 && out.fault[0].finding.input.x == format_from_double(FORMAT_F32, 0x1.8p-3),
       "narrowed to the one input: %a", out.nfaults ? out.fault[0].finding.input.x_value : NAN);
    ok(out.graded[0] && out.graded[2], "the others are graded");
    s[1] = s[2];
    p.nsubjects = 2;
    sweep_run(&p, &alone);
    ok(!memcmp(&out.tally[0], &alone.tally[0], sizeof *out.tally), "as if the crash had not been");
    ok(!memcmp(&out.tally[2], &alone.tally[1], sizeof *out.tally), "both of them");
    sweep_free(&out, 3);
    sweep_free(&alone, 2);
    for (int i = 0; i < 3; i++)
        free(made[i]);
}

/* Each is named, with its input and what it does; all others are graded as if it had not been. */
static void test_one_input(const struct function *f)
{
    static const struct {
        const char *name, *kind, *text;
        void (*call)(const float *, float *, size_t);
        uint64_t length;
    } row[] = {
        {"good", NULL, NULL, good_array, 0},
        {"faults", "crash", "SIGSEGV", faults_array, 1},
        {"faults in its body", "crash", "SIG", faults_in_its_body_array, 64},
        {"exits", "exit", "exit 0", exits_array, 1},
        {"hangs", "hang", "no progress", hangs_array, 1},
        {"rounds up", "rounding-mode", "rounding mode", rounds_up_array, 1},
        {"writes beyond", "crash", "SIGSEGV", writes_beyond_array, 1},
        {"reads before", "crash", "SIGSEGV", reads_before_array, 1024},
        {"writes its input", "crash", "SIGSEGV", writes_its_input_array, 1},
#if defined(__x86_64__)
        {"flushes", "flush-to-zero", "flush-to-zero", flushes_from_then_on_array, 1},
#endif
        {"not odd", NULL, NULL, not_odd_array, 0},
    };
    enum { N = sizeof row / sizeof *row };
    struct subject *s[N];
    for (int i = 0; i < N; i++)
        s[i] = subject(f, row[i].call);
    struct sweep_plan p = plan_of(SWEEP_RANGE, s, N);
    p.from = 0x1.7fp-3;
    p.to = 0x1.81p-3;
    p.stall = 0.3;
    struct sweep_outcome out;
    sweep_run(&p, &out);
    for (int i = 0; i < N; i++) {
        const struct finding *q = NULL;
        for (int k = 0; k < out.nfaults; k++)
            if (out.fault[k].subject == i)
                q = &out.fault[k].finding;
        ok(out.graded[i] == !row[i].kind && !q == !row[i].kind, "%s: %s", row[i].name,
           out.graded[i] ? "graded" : "not graded");
        if (!q)
            continue;
        ok(!strcmp(q->kind, row[i].kind) && strstr(q->text, row[i].text), "  %s: %s", q->kind,
           q->text);
        ok(q->has_input && q->input.x == format_from_double(FORMAT_F32, 0x1.8p-3) &&
               q->length == row[i].length,
           "  at %a, in a call of %llu", q->input.x_value, (unsigned long long)q->length);
    }
    ok(out.tally[0].inputs == out.tally[N - 1].inputs &&
           out.tally[0].correct == out.tally[0].inputs,
       "the others see every input, and their results are right");
    sweep_free(&out, N);
    for (int i = 0; i < N; i++)
        free(s[i]);
}

static struct sweep_outcome sweep_mode(const struct function *f,
                                       void (*call)(const float *, float *, size_t), double from,
                                       double to, mpfr_rnd_t rounding, bool ftz)
{
    struct subject *s[] = {subject(f, call)};
    struct sweep_plan p = plan_of(SWEEP_RANGE, s, 1);
    p.from = from;
    p.to = to;
    p.jobs = 1;
    p.rounding = rounding;
    p.ftz = ftz;
    struct sweep_outcome out;
    sweep_run(&p, &out);
    free(s[0]);
    return out;
}

/* A kernel is called in the mode asked for, and judged in it: its results are then rounded in that
 * direction. */
static void test_modes(const struct function *f)
{
    static const struct {
        const char *name;
        mpfr_rnd_t rounding;
        int direction;
        double at_most;
    } row[] = {{"to nearest", MPFR_RNDN, FE_TONEAREST, 0.5001},
               {"up", MPFR_RNDU, FE_UPWARD, 1.001},
               {"down", MPFR_RNDD, FE_DOWNWARD, 1.001},
               {"to zero", MPFR_RNDZ, FE_TOWARDZERO, 1.001}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        for (int ftz = 0; ftz < 2; ftz++) {
            expected_mode.direction = row[i].direction;
            expected_mode.flush = ftz;
            struct sweep_outcome out =
                sweep_mode(f, knows_its_mode_array, -0x1.004p-3, -0x1p-3, row[i].rounding, ftz);
            const struct tally *t = out.tally;
            ok(out.graded[0] && t->inputs == 8193 && t->numbers == t->inputs,
               "rounding %s%s: the kernel finds itself in that mode %llu times of %llu",
               row[i].name, ftz ? ", flushing" : "", (unsigned long long)t->numbers,
               (unsigned long long)t->inputs);
            ok((double)t->correct > 0.999 * (double)t->inputs && t->max_ulp <= row[i].at_most &&
                   t->max_ulp > row[i].at_most - 0.01,
               "  %llu are correctly rounded so, errors up to %.4f ulp",
               (unsigned long long)t->correct, t->max_ulp);
            ok(out.reference.violations == 0, "  no audit failed");
            sweep_free(&out, 1);
            expected_mode.direction = FE_TONEAREST;
            expected_mode.flush = !ftz;
            out = sweep_mode(f, knows_its_mode_array, -0x1.004p-3, -0x1p-3, row[i].rounding, ftz);
            ok(out.tally->numbers == 0, "  and in no other");
            sweep_free(&out, 1);
        }
}

/* What a kernel leaves changed of the mode is looked at before the mode is taken back. */
static void test_modes_left(const struct function *f)
{
    struct sweep_outcome out =
        sweep_mode(f, rounds_to_nearest_array, 0x1.7fp-3, 0x1.81p-3, MPFR_RNDU, false);
    ok(out.nfaults == 1 && !strcmp(out.fault[0].finding.kind, "rounding-mode") &&
           out.fault[0].finding.input.x == format_from_double(FORMAT_F32, 0x1.8p-3),
       "a kernel that goes back to nearest is found, at %a",
       out.nfaults ? out.fault[0].finding.input.x_value : NAN);
    sweep_free(&out, 1);
#if defined(__x86_64__)
    out = sweep_mode(f, stops_flushing_array, 0x1.7fp-3, 0x1.81p-3, MPFR_RNDN, true);
    ok(out.nfaults == 1 && !strcmp(out.fault[0].finding.kind, "flush-to-zero") &&
           out.fault[0].finding.input.x == format_from_double(FORMAT_F32, 0x1.8p-3),
       "one that stops flushing too, at %a",
       out.nfaults ? out.fault[0].finding.input.x_value : NAN);
    sweep_free(&out, 1);
#endif
}

/* Flushed results: a zero of the right sign is accepted where the exact value is below the normal
 * numbers, and nowhere else; and a subnormal input may count as a zero. */
static void test_flush(const struct function *f)
{
    enum { SUBNORMAL = 1024, NORMAL = 2049 }; /* of each sign in the range below */
    const double to = 0x1.001p-126, from = 0x1.fff0p-127;
    struct sweep_outcome out = sweep_mode(f, flushes_array, from, to, MPFR_RNDN, true);
    const struct tally *t = out.tally;
    ok(t->inputs == SUBNORMAL + NORMAL && t->correct == t->inputs &&
           t->failure[FAIL_FLUSHED].n == 0,
       "%llu results, %llu of them right, %llu flushed", (unsigned long long)t->inputs,
       (unsigned long long)t->correct, (unsigned long long)t->failure[FAIL_FLUSHED].n);
    /* tanh(x) is a crumb below x: at the smallest normal number it is below them all. */
    ok(t->flushed_accepted == SUBNORMAL, "%llu zeros accepted",
       (unsigned long long)t->flushed_accepted);
    sweep_free(&out, 1);

    out = sweep_mode(f, flushes_array, from, to, MPFR_RNDN, false);
    t = out.tally;
    ok(t->flushed_accepted == 0 && t->failure[FAIL_FLUSHED].n == SUBNORMAL,
       "without flushing none: %llu are failures", (unsigned long long)t->failure[FAIL_FLUSHED].n);
    sweep_free(&out, 1);

    out = sweep_mode(f, flushes_to_the_wrong_zero_array, -to, -from, MPFR_RNDN, true);
    t = out.tally;
    ok(t->flushed_accepted == 0 && t->failure[FAIL_ZERO_SIGN].n == SUBNORMAL,
       "zeros of the wrong sign: %llu accepted, %llu failures of sign",
       (unsigned long long)t->flushed_accepted, (unsigned long long)t->failure[FAIL_ZERO_SIGN].n);
    sweep_free(&out, 1);

    out = sweep_mode(f, loses_zero_array, 0x1p-100, 0x1.001p-100, MPFR_RNDN, true);
    ok(out.tally->failure[FAIL_ZERO_LOST].n == out.tally->inputs && !out.tally->flushed_accepted,
       "a normal result is not excused");
    sweep_free(&out, 1);

    /* exp of a subnormal number, rounded up, is 1 + 2^-23; exp(0) is 1. */
    const struct function *e = function_find(fpcore_builtin(), "exp");
    for (int ftz = 0; ftz < 2; ftz++) {
        out = sweep_mode(e, ones_array, 0x1p-140, 0x1.8p-140, MPFR_RNDU, ftz);
        t = out.tally;
        ok(t->inputs == 257 && t->correct == (ftz ? t->inputs : 0),
           "subnormal inputs as zeros: %llu of %llu right when flushing is %s",
           (unsigned long long)t->correct, (unsigned long long)t->inputs, ftz ? "on" : "off");
        sweep_free(&out, 1);
    }
}

/* Kernels of one method and class are compared bit by bit with the first; one that differs is
 * graded. */
static void test_followers(const struct function *f)
{
    static const struct kernel rows[] = {
        {.function = "tanh", .dtype = "f32", .method = "m", .isa = ISA_SCALAR},
        {.function = "tanh", .dtype = "f32", .method = "m", .isa = ISA_SSE2},
        {.function = "tanh", .dtype = "f32", .method = "m", .isa = ISA_SSE2}};
    struct subject *s[] = {subject(f, good_array), subject(f, good_array),
                           subject(f, off_by_two_ulps_array)};
    for (int i = 0; i < 3; i++)
        s[i]->kernel = &rows[i];
    struct sweep_plan p = plan_of(SWEEP_QUICK, s, 3);
    struct sweep_outcome out;
    sweep_run(&p, &out);
    ok(!memcmp(&out.tally[0], &out.tally[1], sizeof *out.tally), "same bits, same tally");
    ok(out.tally[2].max_ulp > 1.5 && out.tally[2].worst.x == format_from_double(FORMAT_F32, 0x1p-3),
       "one that differs from its class at one float is graded: %.4f ulp at %a",
       out.tally[2].max_ulp, format_to_double(FORMAT_F32, out.tally[2].worst.x));
    ok(out.tally[2].digest != out.tally[0].digest && out.tally[2].inputs == out.tally[0].inputs,
       "over all inputs, with a digest of its own");
    sweep_free(&out, 3);
    for (int i = 0; i < 3; i++)
        free(s[i]);
}

/* The figures of one kernel over a range, made in the plainest way: MPFR, input by input. */
struct plain {
    uint64_t inputs, numbers, correct, histogram[HISTOGRAM_BINS], failure[FAIL_COUNT],
        first[FAIL_COUNT], distance, farthest, worst;
    uint64_t at_edge; /* errors a crumb from the edge of a bin, on whichever side */
    double sum, bias, square, max, inf_as_ulp;
};

static void plain_number(struct plain *p, const struct truth *t, const struct judgement *j,
                         uint64_t x, uint64_t y, double v)
{
    enum format f = FORMAT_F32;
    double e = 0.5 * (j->lo + j->hi), z = 0.5 * (t->lo + t->hi);
    uint64_t d = format_distance(f, y, t->due);
    p->numbers++;
    p->correct += j->correct;
    p->histogram[j->correct ? 0 : histogram_bin(e)]++;
    p->at_edge += histogram_bin(e * (1 - 0x1p-30)) != histogram_bin(e * (1 + 0x1p-30));
    p->sum += fmin(e, 0x1p40);
    p->bias += v < z ? -fmin(e, 0x1p40) : fmin(e, 0x1p40);
    p->square += pow(fmin(e, 0x1p40), 2);
    p->worst = e > p->max ? x : p->worst;
    p->max = fmax(p->max, e);
    if (!j->correct && d > p->distance) {
        p->distance = d;
        p->farthest = x;
    }
}

/* What kind of failure is Y; -1: none. */
static int plain_failure(const struct truth *t, const struct judgement *j, uint64_t y)
{
    enum format f = FORMAT_F32;
    if (j->verdict == VERDICT_NAN)
        return FAIL_NAN;
    if (j->verdict == VERDICT_INF)
        return FAIL_INF;
    if (format_is_zero(f, y) && format_is_subnormal(f, t->due))
        return FAIL_FLUSHED;
    if (format_is_zero(f, y) && !format_is_zero(f, t->due))
        return FAIL_ZERO_LOST;
    if (j->sign_wrong && format_is_zero(f, y))
        return FAIL_ZERO_SIGN;
    return j->sign_wrong && !t->zero ? FAIL_SIGN : -1;
}

static struct plain plainly(struct oracle *o, void (*call)(const float *, float *, size_t),
                            double from, double to)
{
    enum format f = FORMAT_F32;
    struct plain p = {.max = -1, .inf_as_ulp = -1};
    int64_t a = format_ordinal(f, format_from_double(f, from)),
            b = format_ordinal(f, format_from_double(f, to));
    /* In the order of a sweep: by |x|, the positive one first. */
    for (int64_t m = 0; m <= (-1 - a > b ? -1 - a : b); m++)
        for (int minus = 0; minus < 2; minus++) {
            int64_t k = minus ? -1 - m : m;
            if (k < a || k > b)
                continue;
            uint64_t x = format_from_ordinal(f, k), y;
            struct truth t;
            float v, in = (float)format_to_double(f, x);
            call(&in, &v, 1);
            y = format_from_double(f, v);
            truth_at(o, f, x, f, MPFR_RNDN, &t);
            struct judgement j = truth_judge(&t, f, y);
            int kind = plain_failure(&t, &j, y);
            p.inputs++;
            if (kind >= 0 && !p.failure[kind]++)
                p.first[kind] = x;
            if (j.verdict == VERDICT_NUMBER)
                plain_number(&p, &t, &j, x, y, v);
            else if (j.verdict == VERDICT_INF)
                p.inf_as_ulp = fmax(p.inf_as_ulp, j.hi);
        }
    return p;
}

static bool near(double a, double b)
{
    return a == b || fabs(a - b) <= 1e-9 * fmax(1e-3, fabs(b));
}

static void same_figures(const struct plain *p, const struct tally *t, const char *what)
{
    static const int judged[] = {FAIL_NAN,       FAIL_INF,       FAIL_FLUSHED,
                                 FAIL_ZERO_LOST, FAIL_ZERO_SIGN, FAIL_SIGN};
    struct accuracy a = {0};
    tally_record(t, FORMAT_F32, FORMAT_F32, false, &a);
    double n = (double)p->numbers;
    ok(a.inputs == p->inputs && a.numbers == p->numbers && a.correctly_rounded == p->correct,
       "%s: %llu inputs, %llu numbers, %llu correctly rounded (%llu, %llu, %llu)", what,
       (unsigned long long)a.inputs, (unsigned long long)a.numbers,
       (unsigned long long)a.correctly_rounded, (unsigned long long)p->inputs,
       (unsigned long long)p->numbers, (unsigned long long)p->correct);
    for (size_t i = 0; i < sizeof judged / sizeof *judged; i++) {
        const struct tally_count *c = &t->failure[judged[i]];
        ok(c->n == p->failure[judged[i]] && (!c->n || c->first.x == p->first[judged[i]]),
           "  %s: %llu, first at 0x%llx (%llu, 0x%llx)", failure_word[judged[i]],
           (unsigned long long)c->n, (unsigned long long)c->first.x,
           (unsigned long long)p->failure[judged[i]], (unsigned long long)p->first[judged[i]]);
    }
    uint64_t moved = 0;
    for (int i = 0; i < HISTOGRAM_BINS; i++)
        moved += a.histogram[i] > p->histogram[i] ? a.histogram[i] - p->histogram[i] : 0;
    ok(moved <= p->at_edge, "  the histogram: %llu in other bins, %llu at an edge",
       (unsigned long long)moved, (unsigned long long)p->at_edge);
    ok(!n || (fabs(t->max_ulp - p->max) <= TALLY_RESOLUTION &&
              (p->max <= TALLY_RESOLUTION || t->worst.x == p->worst)),
       "  largest error %.9g at 0x%llx (%.9g, 0x%llx)", t->max_ulp, (unsigned long long)t->worst.x,
       p->max, (unsigned long long)p->worst);
    ok(t->max_distance == p->distance && (!p->distance || t->farthest.x == p->farthest),
       "  largest distance %llu at 0x%llx (%llu, 0x%llx)", (unsigned long long)t->max_distance,
       (unsigned long long)t->farthest.x, (unsigned long long)p->distance,
       (unsigned long long)p->farthest);
    ok(!n || (fabs(a.mean_ulp - p->sum / n) <= 1e-6 + 1e-6 * p->sum / n &&
              fabs(a.bias_ulp - p->bias / n) <= 1e-6 + 1e-6 * p->sum / n),
       "  mean error %.9g (%.9g), bias %.9g (%.9g)", a.mean_ulp, p->sum / n, a.bias_ulp,
       p->bias / n);
    double rms = sqrt(p->square / n);
    ok(!n || fabs(a.rms_ulp - rms) <= 1e-6 + 1e-6 * rms, "  rms error %.9g (%.9g)", a.rms_ulp, rms);
    ok(t->bound[0].failures == p->failure[FAIL_NAN] + p->failure[FAIL_INF],
       "  %llu results that break the promise without an error in ulps",
       (unsigned long long)t->bound[0].failures);
    ok(near(t->inf_as_ulp, p->inf_as_ulp), "  infinities as %.9g ulp (%.9g)", t->inf_as_ulp,
       p->inf_as_ulp);
    free(a.segment);
}

/* Kernels wrong in every way, over ranges where a block has one sign, binade or exact value, and
 * where it has several. */
static void test_sums(void)
{
    static const struct {
        const char *name;
        void (*call)(const float *, float *, size_t);
    } kernel[] = {{"not odd", not_odd_array},     {"zeros", gives_zero_array},
                  {"negated", negates_array},     {"NaNs", only_nan_array},
                  {"infinities", only_inf_array}, {"mixed", mixes_array}};
    static const struct {
        const char *function;
        double from, to;
    } range[] = {{"tanh", -0x1.8p+1, -0x1.7ff0p+1},
                 {"tanh", 0x1.fffp-2, 0x1.001p-1},
                 {"tanh", 0x1.ffep-127, 0x1.001p-126},
                 {"tanh", -0x1.004p-139, 0x1.0p-138},
                 {"tanh", 20, 20.004},
                 {"sigmoid", -20.01, -20},
                 {"exp", 88.72, 88.73},
                 {"exp", 100, 100.02}};
    enum { N = sizeof kernel / sizeof *kernel };
    struct subject *s[N];
    for (size_t k = 0; k < sizeof range / sizeof *range; k++) {
        const struct function *f = function_find(fpcore_builtin(), range[k].function);
        struct oracle *o = oracle_new(f, FORMAT_F32, NULL);
        for (int i = 0; i < N; i++)
            s[i] = subject(f, kernel[i].call);
        struct sweep_plan p = plan_of(SWEEP_RANGE, s, N);
        p.from = range[k].from;
        p.to = range[k].to;
        struct sweep_outcome out;
        sweep_run(&p, &out);
        for (int i = 0; i < N; i++) {
            char what[64];
            struct plain expected = plainly(o, kernel[i].call, p.from, p.to);
            snprintf(what, sizeof what, "%s for %s, %a..%a", kernel[i].name, f->id, p.from, p.to);
            same_figures(&expected, &out.tally[i], what);
        }
        sweep_free(&out, N);
        oracle_free(o);
        for (int i = 0; i < N; i++)
            free(s[i]);
    }
}

/* Of a tensor, results and exact values are summed up, each beside the other. */
static void test_moments(const struct function *f)
{
    static double value[] = {-0.5, 0.25, 0.25, 0x1p-5, 0, 100, -0x1p-130};
    struct inputs file = {.name = "file", .n = sizeof value / sizeof *value, .value = value};
    struct subject *s[] = {subject(f, flushes_array), subject(f, gives_nan_array)};
    struct sweep_plan p = plan_of(SWEEP_FILE, s, 2);
    p.file = &file;
    struct sweep_outcome out;
    sweep_run(&p, &out);
    double exact = 0;
    for (size_t i = 0; i < file.n; i++)
        exact += tanh(value[i]);
    const struct tally *t = &out.tally[0];
    ok(fabs(ldexp((double)t->moment.exact_sum, -MOMENT_BITS) - exact) < 1e-11,
       "sum of exact values %.15f (%.15f)", ldexp((double)t->moment.exact_sum, -MOMENT_BITS),
       exact);
    ok(fabs(ldexp((double)t->moment.sum, -MOMENT_BITS) - exact) < 1e-7 &&
           t->moment.sum != t->moment.exact_sum,
       "sum of results %.15f", ldexp((double)t->moment.sum, -MOMENT_BITS));
    ok(t->moment.zeros == 2 && t->moment.exact_zeros == 1, "%llu results are zero, %llu should be",
       (unsigned long long)t->moment.zeros, (unsigned long long)t->moment.exact_zeros);
    ok(t->moment.lost == 0 && out.tally[1].moment.lost == 1, "a NaN is in no sum, but counted");
    sweep_free(&out, 2);
    for (int i = 0; i < 2; i++)
        free(s[i]);
}

int main(void)
{
    const struct function *f = function_find(fpcore_builtin(), "tanh");
    ok(segment_count() <= TALLY_SEGMENTS, "a tally has room for %d segments", segment_count());
    test_planted(f);
    test_independence(f, true);
    test_independence(f, false);
    test_crash(f);
    test_one_input(f);
    test_modes(f);
    test_modes_left(f);
    test_flush(f);
    test_followers(f);
    test_sums();
    test_moments(f);
    return done_testing();
}
