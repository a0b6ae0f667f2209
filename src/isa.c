/* isa.c -- instruction sets: their words, and which of them this machine runs.  See isa.h.
 *
 * To add one: its word, its class and its test in `isas' below.
 */
#include "isa.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#if defined(__x86_64__)
/* A bit of cpuid: leaf, register (0..3 for a..d), bit. */
struct feature {
    unsigned leaf, reg, bit;
};

static bool has_feature(struct feature f)
{
    unsigned r[4];
    return __get_cpuid_count(f.leaf, 0, &r[0], &r[1], &r[2], &r[3]) && r[f.reg] >> f.bit & 1;
}

/* The register files that the operating system saves: XCR0, or 0 if it saves none in this way. */
static uint64_t saved_state(void)
{
    if (!has_feature((struct feature){1, 2, 27})) /* OSXSAVE */
        return 0;
    uint32_t lo, hi;
    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    return (uint64_t)hi << 32 | lo;
}

enum { XMM_YMM = 0x6, XMM_YMM_ZMM = 0xe6 };

#define AVX      \
    {            \
        1, 2, 28 \
    }
#define FMA      \
    {            \
        1, 2, 12 \
    }
#define SSE2     \
    {            \
        1, 3, 26 \
    }
#define AVX2    \
    {           \
        7, 1, 5 \
    }
#define AVX512F  \
    {            \
        7, 1, 16 \
    }
#define AVX512DQ \
    {            \
        7, 1, 17 \
    }
#define AVX512BW \
    {            \
        7, 1, 30 \
    }
#define AVX512VL \
    {            \
        7, 1, 31 \
    }
#endif

/* One row an ISA.  Without features and `here' unset an ISA belongs to another architecture. */
static const struct isa {
    const char *arithmetic;
    bool here; /* whatever the processor, in a build for this architecture */
#if defined(__x86_64__)
    uint64_t state;
    struct feature feature[6]; /* all of them; ended by leaf 0 */
#endif
} isas[ISA_COUNT] = {
    [ISA_SCALAR] = {.arithmetic = "plain", .here = true},
    [ISA_EXT] = {.arithmetic = NULL, .here = true},
#if defined(__x86_64__)
    [ISA_FMA] = {"fma", false, XMM_YMM, {FMA, AVX}},
    [ISA_SSE2] = {"plain", false, 0, {SSE2}},
    [ISA_AVX2] = {"fma", false, XMM_YMM, {AVX2, FMA, AVX}},
    [ISA_AVX512] = {"fma", false, XMM_YMM_ZMM, {AVX512F, AVX512DQ, AVX512BW, AVX512VL, AVX2, FMA}},
    [ISA_NEON] = {.arithmetic = "fma"},
#else
    [ISA_FMA] = {.arithmetic = "fma",
#if defined(__aarch64__)
                 .here = true
#endif
    },
    [ISA_SSE2] = {.arithmetic = "plain"},
    [ISA_AVX2] = {.arithmetic = "fma"},
    [ISA_AVX512] = {.arithmetic = "fma"},
    [ISA_NEON] = {.arithmetic = "fma",
#if defined(__aarch64__)
                  .here = true
#endif
    },
#endif
};

const char *const isa_word[ISA_COUNT] = {"scalar", "fma", "sse2", "avx2", "avx512", "neon", "ext"};

const char *isa_arithmetic(enum isa_id isa)
{
    return isas[isa].arithmetic;
}

bool isa_runs(enum isa_id isa)
{
#if defined(__x86_64__)
    const struct isa *row = &isas[isa];
    if (!row->here && !row->feature[0].leaf)
        return false;
    if ((saved_state() & row->state) != row->state)
        return false;
    for (size_t i = 0; i < sizeof row->feature / sizeof *row->feature && row->feature[i].leaf; i++)
        if (!has_feature(row->feature[i]))
            return false;
    return true;
#else
    return isas[isa].here;
#endif
}

static const char isa_separators[] = " ,\t\n";

/* The next word of ACTULP_ISA at *P; its length, 0 at the end. */
static size_t next_word(const char **p)
{
    *p += strspn(*p, isa_separators);
    return strcspn(*p, isa_separators);
}

static int isa_of_word(const char *word, size_t len)
{
    for (int i = 0; i < ISA_COUNT; i++)
        if (strlen(isa_word[i]) == len && memcmp(isa_word[i], word, len) == 0)
            return i;
    return -1;
}

bool isa_available(enum isa_id isa)
{
    const char *p = getenv("ACTULP_ISA");
    bool named = !p || isa == ISA_EXT;
    for (size_t len; p && (len = next_word(&p)) > 0; p += len)
        named |= isa_of_word(p, len) == (int)isa;
    return named && isa_runs(isa);
}

const char *isa_environment_error(void)
{
    static char text[160];
    const char *p = getenv("ACTULP_ISA");
    int known = 0;
    if (!p)
        return NULL;
    for (size_t len; (len = next_word(&p)) > 0; p += len, known++)
        if (isa_of_word(p, len) < 0) {
            snprintf(
                text, sizeof text,
                "ACTULP_ISA: `%.*s' is no ISA; scalar, fma, sse2, avx2, avx512, neon and ext are",
                (int)(len < 40 ? len : 40), p);
            return text;
        }
    return known ? NULL
                 : "ACTULP_ISA is empty; words such as scalar and sse2 are expected, or unset it";
}
