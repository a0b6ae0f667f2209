/* yardstick.c -- loops of our own that kernels are compared with: see yardstick.h. */
#include "yardstick.h"

#include <math.h>
#include <string.h>
#include "machine.h"

/* y[i] = OP(x[i]) by vectors of WIDTH bytes, four a turn, of signed integers as wide as an element.
 * A loop of our own, as the C library's memcpy differs between its versions; the barrier keeps
 * compilers from putting memcpy in its place. */
#define STREAM(name, integer, width, attributes, OP)                                       \
    attributes static void name(const void *in, void *out, size_t n, const double *param)  \
    {                                                                                      \
        typedef integer vector __attribute__((vector_size(width), aligned(1), may_alias)); \
        enum { LANES = (width) / sizeof(integer), BITS = 8 * sizeof(integer) };            \
        const integer *x = in;                                                             \
        integer *y = out;                                                                  \
        size_t i = 0;                                                                      \
        (void)param;                                                                       \
        for (; i + 4 * LANES <= n; i += 4 * LANES) {                                       \
            const vector *from = (const vector *)(x + i);                                  \
            vector *to = (vector *)(y + i);                                                \
            vector a = from[0], b = from[1], c = from[2], d = from[3];                     \
            to[0] = OP(a), to[1] = OP(b), to[2] = OP(c), to[3] = OP(d);                    \
            __asm__ volatile("" ::: "memory");                                             \
        }                                                                                  \
        for (; i + LANES <= n; i += LANES) {                                               \
            vector a = *(const vector *)(x + i);                                           \
            *(vector *)(y + i) = OP(a);                                                    \
            __asm__ volatile("" ::: "memory");                                             \
        }                                                                                  \
        for (; i < n; i++) {                                                               \
            y[i] = (integer)OP(x[i]);                                                      \
            __asm__ volatile("" ::: "memory");                                             \
        }                                                                                  \
    }

#define SAME(v) (v)
/* The sign of a float is the sign of its pattern as an integer: where it is set, nothing is left.
 */
#define RELU(v) ((v) & ~((v) >> (BITS - 1)))

/* One entry point per vector width and element size. */
#define STREAMS(name, width, attributes, OP)                   \
    STREAM(name##2_by_##width, int16_t, width, attributes, OP) \
    STREAM(name##4_by_##width, int32_t, width, attributes, OP) \
    STREAM(name##8_by_##width, int64_t, width, attributes, OP)

STREAMS(copy, 16, , SAME)
STREAMS(relu, 16, , RELU)
#if defined(__x86_64__)
STREAMS(copy, 32, __attribute__((target("avx2"))), SAME)
STREAMS(relu, 32, __attribute__((target("avx2"))), RELU)
STREAMS(copy, 64, __attribute__((target("avx512f,avx512bw"))), SAME)
STREAMS(relu, 64, __attribute__((target("avx512f,avx512bw"))), RELU)
#endif

static void libm4(const void *x, void *y, size_t n, const double *param)
{
    (void)param;
    for (size_t i = 0; i < n; i++)
        ((float *)y)[i] = expf(((const float *)x)[i]);
}

static void libm8(const void *x, void *y, size_t n, const double *param)
{
    (void)param;
    for (size_t i = 0; i < n; i++)
        ((double *)y)[i] = exp(((const double *)x)[i]);
}

/* By the widest vectors of the machine (16, 32, 64 bytes) and the size of an element (2, 4, 8). */
static kernel_fn *const entry[YARDSTICKS][3][3] = {
    [YARDSTICK_COPY] = {{copy2_by_16, copy4_by_16, copy8_by_16},
#if defined(__x86_64__)
                        {copy2_by_32, copy4_by_32, copy8_by_32},
                        {copy2_by_64, copy4_by_64, copy8_by_64}
#endif
    },
    [YARDSTICK_RELU] = {{relu2_by_16, relu4_by_16, relu8_by_16},
#if defined(__x86_64__)
                        {relu2_by_32, relu4_by_32, relu8_by_32},
                        {relu2_by_64, relu4_by_64, relu8_by_64}
#endif
    },
    [YARDSTICK_LIBM] = {{NULL, libm4, libm8}, {NULL, libm4, libm8}, {NULL, libm4, libm8}},
};

static const struct kernel row[YARDSTICKS] = {
    [YARDSTICK_COPY] = {.function = "copy",
                        .dtype = "",
                        .method = "copy",
                        .how = "moves the bytes by vectors"},
    [YARDSTICK_RELU] = {.function = "relu",
                        .dtype = "",
                        .method = "relu",
                        .how = "clears what is negative, by vectors"},
    [YARDSTICK_LIBM] = {.function = "exp",
                        .dtype = "",
                        .method = "libm",
                        .how = "a plain loop over exp of the C library"},
};

bool yardstick_make(struct subject *s, enum yardstick which, enum format in, enum format out)
{
    static char name[YARDSTICKS][5] = {"copy", "relu", "libm"};
    size_t bytes = format_bytes(in) > format_bytes(out) ? format_bytes(in) : format_bytes(out);
    int width = isa_available(ISA_AVX512) ? 2 : isa_available(ISA_AVX2) ? 1 : 0;
    memset(s, 0, sizeof *s);
    s->name = name[which];
    s->kernel = &row[which];
    s->in = in;
    s->out = out;
    s->signature = SIGNATURE_KERNEL;
    s->entry = (void *)entry[which][width][bytes == 8 ? 2 : bytes == 4 ? 1 : 0];
    return s->entry && (which == YARDSTICK_COPY || format_bytes(in) == format_bytes(out));
}
