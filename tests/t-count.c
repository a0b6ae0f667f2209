/* t-count.c -- instructions counted by single steps, against kernels of known length. */
#include "tap.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "../src/measure/count.h"
#include "../src/measure/machine.h"

/* Instrumented code would be counted too. */
#define PLAIN __attribute__((noinline, no_sanitize("address", "undefined")))

#define NOPS(count) __asm__ volatile(".rept " #count "\n\tnop\n\t.endr")

/* COUNT instructions per element beside the loop's own. */
#define NOPPING(name, count)                                                  \
    PLAIN static void name(const void *x, void *y, size_t n, const double *p) \
    {                                                                         \
        (void)p;                                                              \
        for (size_t i = 0; i < n; i++) {                                      \
            NOPS(count);                                                      \
            ((volatile uint32_t *)y)[i] = ((const volatile uint32_t *)x)[i];  \
        }                                                                     \
    }
NOPPING(nops_10, 10)
NOPPING(nops_11, 11)
NOPPING(nops_50, 50)

/* As many instructions as the inputs say. */
PLAIN static void on_data(const void *x, void *y, size_t n, const double *param)
{
    (void)param;
    for (size_t i = 0; i < n; i++) {
        if (((const volatile float *)x)[i] < 0)
            NOPS(100);
        ((volatile uint32_t *)y)[i] = 0;
    }
}

static void crashes(const void *x, void *y, size_t n, const double *param)
{
    static int *volatile nowhere;
    (void)x, (void)y, (void)n, (void)param;
    *nowhere = 0;
}

static void leaves(const void *x, void *y, size_t n, const double *param)
{
    (void)x, (void)y, (void)n, (void)param;
    _exit(0);
}

#if defined(__x86_64__)
PLAIN __attribute__((target("avx512f"))) static void wide(const void *x, void *y, size_t n,
                                                          const double *param)
{
    (void)param;
    for (size_t i = 0; i + 16 <= n; i += 16)
        __asm__ volatile(
            "vmovups (%0), %%zmm0\n\tvaddps %%zmm0, %%zmm0, %%zmm0\n\tvmovups %%zmm0, (%1)" ::"r"(
                (const float *)x + i),
            "r"((float *)y + i)
            : "memory", "xmm0");
}
#endif

static const struct kernel no_row = {.function = "test", .dtype = "f32"};
static bool allowed = true;

static struct instruction_count count_of(const char *name, kernel_fn *f, const char *inputs,
                                         char err[256])
{
    struct subject s = {
        .name = (char *)name, .kernel = &no_row, .signature = SIGNATURE_KERNEL, .entry = (void *)f};
    struct instruction_count c = {.per_element = NAN};
    struct inputs in;
    err[0] = '\0';
    if (!inputs_parse(&in, inputs, err, 256))
        exit(1);
    if (!count_instructions(&s, &in, 20, 64, &c, err, 256) &&
        (strstr(err, "not allowed") || strstr(err, "not possible")))
        allowed = false;
    inputs_clear(&in);
    return c;
}

int main(void)
{
    char err[256];
    struct instruction_count a = count_of("nops-10", nops_10, "zero", err);
    if (!allowed) {
        printf("1..0 # SKIP %s\n", err);
        return 0;
    }
    ok(a.repeatable && a.per_element >= 14 && a.per_element <= 20,
       "10 nops and a loop: %g per element, %s", a.per_element, err);
    struct instruction_count b = count_of("nops-11", nops_11, "zero", err),
                             c = count_of("nops-50", nops_50, "zero", err);
    ok(b.per_element - a.per_element == 1, "one nop more: %g", b.per_element - a.per_element);
    ok(c.per_element - a.per_element == 40, "forty more: %g", c.per_element - a.per_element);
    ok(c.call - a.call == 64 * 40, "for 64 elements: %llu", (unsigned long long)(c.call - a.call));
    struct instruction_count again = count_of("nops-10", nops_10, "zero", err);
    ok(again.per_element == a.per_element && again.call == a.call, "the same when counted again");
    struct instruction_count zero = count_of("on data", on_data, "zero", err),
                             mixed = count_of("on data", on_data, "mixed", err),
                             same = count_of("on data", on_data, "mixed", err);
    double more = mixed.per_element - zero.per_element;
    ok(more > 20 && more < 80 && same.per_element == mixed.per_element,
       "a branch on data costs what it costs on these inputs: %g more", more);
    count_of("crashes", crashes, "zero", err);
    ok(strstr(err, "crashes: SIGSEGV"), "refused: %s", err);
    count_of("leaves", leaves, "zero", err);
    ok(strstr(err, "left the process"), "refused: %s", err);
#if defined(__x86_64__)
    if (isa_available(ISA_AVX512)) {
        struct instruction_count w = count_of("wide", wide, "zero", err);
        ok(w.repeatable && w.per_element < 1, "AVX-512: %g per element", w.per_element);
    } else {
        skip("no AVX-512 here");
    }
#endif
    return done_testing();
}
