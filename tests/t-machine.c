/* t-machine.c -- facts about this machine against other sources of the same facts. */
#include "tap.h"

#include <math.h>
#include <string.h>

#include "../src/measure/machine.h"

#if defined(__x86_64__)
/* Is FLAG among the flags of /proc/cpuinfo?  -1 if that cannot be read. */
static int kernel_lists(const char *flag)
{
    static char line[8192];
    char word[32];
    int found = -1;
    FILE *f = fopen("/proc/cpuinfo", "r");
    if (!f)
        return -1;
    snprintf(word, sizeof word, " %s ", flag);
    while (found < 0 && fgets(line, sizeof line, f))
        if (strncmp(line, "flags", 5) == 0) {
            line[strcspn(line, "\n")] = ' ';
            found = strstr(line, word) != NULL;
        }
    fclose(f);
    return found;
}

static void test_isas_by_others(void)
{
    const struct {
        enum isa_id isa;
        bool compiler;
        const char *flag;
    } rows[] = {
        {ISA_SSE2, __builtin_cpu_supports("sse2"), "sse2"},
        {ISA_FMA, __builtin_cpu_supports("fma"), "fma"},
        {ISA_AVX2, __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"), "avx2"},
        {ISA_AVX512,
         __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"),
         "avx512f"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool ours = isa_available(rows[i].isa);
        int kernel = kernel_lists(rows[i].flag);
        ok(ours == rows[i].compiler, "%s: %d, the compiler's run time says %d",
           isa_word[rows[i].isa], ours, rows[i].compiler);
        if (kernel >= 0)
            ok(!ours || kernel, "%s: %d, /proc/cpuinfo says %d", isa_word[rows[i].isa], ours,
               kernel);
    }
    ok(!isa_available(ISA_NEON), "no neon on x86-64");
}
#elif defined(__aarch64__)
static void test_isas_by_others(void)
{
    ok(isa_available(ISA_NEON) && isa_available(ISA_FMA), "neon and fma on AArch64");
    ok(!isa_available(ISA_SSE2) && !isa_available(ISA_AVX2), "no sse2 or avx2 on AArch64");
}
#else
static void test_isas_by_others(void)
{
    ok(!isa_available(ISA_NEON) && !isa_available(ISA_SSE2), "scalar only on this architecture");
}
#endif

static void test_narrowing(void)
{
    bool had[ISA_COUNT];
    unsetenv("ACTULP_ISA");
    ok(isa_available(ISA_SCALAR) && isa_available(ISA_EXT) && !isa_environment_error(),
       "scalar everywhere");
    for (int i = 0; i < ISA_COUNT; i++)
        had[i] = isa_available((enum isa_id)i);
    setenv("ACTULP_ISA", " sse2,scalar\tavx2 ", 1);
    bool right = true;
    for (int i = 0; i < ISA_COUNT; i++) {
        bool named = i == ISA_SSE2 || i == ISA_SCALAR || i == ISA_AVX2 || i == ISA_EXT;
        right &= isa_available((enum isa_id)i) == (had[i] && named);
    }
    ok(right && !isa_environment_error(), "ACTULP_ISA narrows to the words in it");
    setenv("ACTULP_ISA", "neon avx2 avx512 sse2", 1);
    ok(!isa_available(ISA_SCALAR) && isa_available(ISA_NEON) == had[ISA_NEON] &&
           isa_available(ISA_AVX512) == had[ISA_AVX512],
       "it never adds what the machine lacks");
    setenv("ACTULP_ISA", "scalar sse", 1);
    const char *error = isa_environment_error();
    ok(error && strstr(error, "`sse'") && !isa_available(ISA_SSE2),
       "a part of a word is no word: %s", error);
    setenv("ACTULP_ISA", "", 1);
    error = isa_environment_error();
    ok(error != NULL, "empty: %s", error);
    unsetenv("ACTULP_ISA");
}

static void test_classes(void)
{
    ok(!strcmp(isa_arithmetic(ISA_SCALAR), "plain") && !strcmp(isa_arithmetic(ISA_SSE2), "plain"),
       "scalar and sse2 are plain");
    ok(!strcmp(isa_arithmetic(ISA_FMA), "fma") && !strcmp(isa_arithmetic(ISA_AVX2), "fma") &&
           !strcmp(isa_arithmetic(ISA_AVX512), "fma") && !strcmp(isa_arithmetic(ISA_NEON), "fma"),
       "fma, avx2, avx512 and neon are fma");
    ok(!isa_arithmetic(ISA_EXT), "outside kernels have no class");
}

/* Bytes of data cache index I of the first processor as sysfs has them, 0 if it does not. */
static size_t sysfs_cache(int i, int *level)
{
    char path[128], type[32] = "", unit = 'B';
    size_t size = 0;
    FILE *f;
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/type", i);
    if (!(f = fopen(path, "r")) || fscanf(f, "%31s", type) != 1 || strcmp(type, "Instruction") == 0)
        return f ? fclose(f), 0 : 0;
    fclose(f);
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/level", i);
    if (!(f = fopen(path, "r")) || fscanf(f, "%d", level) != 1)
        return f ? fclose(f), 0 : 0;
    fclose(f);
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/size", i);
    if (!(f = fopen(path, "r")) || fscanf(f, "%zu%c", &size, &unit) < 1)
        return f ? fclose(f), 0 : 0;
    fclose(f);
    return size * (unit == 'K' ? 1024 : unit == 'M' ? 1024 * 1024 : 1);
}

static void test_caches(void)
{
    int compared = 0;
    for (int i = 0; i < 8; i++) {
        int level = 0;
        size_t bytes = sysfs_cache(i, &level);
        if (!bytes || level < 1 || level > 3)
            continue;
        compared++;
        ok(machine_cache(level) == bytes, "L%d: %zu bytes, sysfs says %zu", level,
           machine_cache(level), bytes);
    }
    if (!compared)
        skip("sysfs tells no cache sizes here");
    ok(machine_cache(0) == 0 && machine_cache(4) == 0, "there are levels 1 to 3");
}

static void test_describe(void)
{
    struct result *r = result_new();
    struct machine *m = &r->machine;
    machine_describe(m);
    ok(m->cores >= 1, "%d cores", m->cores);
    ok(m->isas && strstr(m->isas, "scalar") && !strstr(m->isas, "ext"), "ISAs: %s", m->isas);
    ok(m->kernel && strchr(m->kernel, ' '), "kernel: %s", m->kernel);
    printf("# %s, %s, family %d model %d stepping %d, hypervisor %s\n", m->cpu_vendor, m->cpu_model,
           m->family, m->model, m->stepping, m->hypervisor);
    printf("# L1d %g L2 %g L3 %g, governor %s, %s, %s\n", m->l1d_bytes, m->l2_bytes, m->l3_bytes,
           m->governor, m->libc, m->os);
#if defined(__x86_64__)
    ok(m->cpu_vendor && strlen(m->cpu_vendor) == 12 && m->cpu_model && m->family > 0 &&
           m->hypervisor,
       "the processor is named");
#endif
    ok(isnan(m->clock_hz) && !m->clock, "the clock is left to the speed measurement");
    result_free(r);
}

static void test_build(void)
{
    struct result *r = result_new();
    struct build *b = &r->build;
    build_add_passes(b,
                     "scalar:-O2 -ffp-contract=off\navx2:-O2 -mavx2 -mfma\nbroken line\n\nlast:");
    ok(b->npasses == 3 && !strcmp(b->pass[0].pass, "scalar") &&
           !strcmp(b->pass[0].flags, "-O2 -ffp-contract=off") && !strcmp(b->pass[1].pass, "avx2") &&
           !strcmp(b->pass[1].flags, "-O2 -mavx2 -mfma") && !strcmp(b->pass[2].flags, ""),
       "%d passes read from lines", b->npasses);
    result_free(r);
    r = result_new();
    b = &r->build;
    build_describe(b);
    int unfinished = 0;
    for (int i = 0; i < b->npasses; i++)
        unfinished += !b->pass[i].pass[0];
    ok(b->mpfr && b->mpfr[0] >= '3' && b->gmp && b->jansson && !unfinished,
       "MPFR %s, GMP %s, jansson %s, %d passes", b->mpfr, b->gmp, b->jansson, b->npasses);
    result_free(r);
}

static void test_steal(void)
{
    uint64_t stolen, total, stolen_later, total_later;
    machine_steal(&stolen, &total);
    machine_steal(&stolen_later, &total_later);
    ok(stolen <= total && total <= total_later && stolen <= stolen_later,
       "stolen %llu of %llu jiffies", (unsigned long long)stolen, (unsigned long long)total);
    double load = machine_load();
    ok(isnan(load) || load >= 0, "load %.2f", load);
}

int main(void)
{
    test_narrowing();
    test_isas_by_others();
    test_classes();
    test_caches();
    test_describe();
    test_build();
    test_steal();
    return done_testing();
}
