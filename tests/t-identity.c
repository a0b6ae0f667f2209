/* t-identity.c -- the same arithmetic class gives the same bits, whatever the ISA, the length and
 * the place.
 *
 * The plain class is scalar and sse2; the fma class is fma, avx2, avx512 and neon.  Accuracy is
 * proved exhaustively for one ISA of each class, and that proof stands for the others because of
 * what is tested here, on a million inputs: all binades, subnormals, specials.  The digest that is
 * printed is the same on every machine.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "passes.h"
#include "tap.h"
#include "../src/measure/machine.h"

enum { INPUTS = 1 << 20, LONGEST = 70 };
static float floats[INPUTS];
static double doubles[INPUTS];

/* The formats that lanes hold: an array of inputs, and the bits of infinity and of a NaN. */
static const struct lane_format {
    const char *dtype;
    size_t size;
    const void *input;
    uint64_t infinity, nan;
} formats[] = {{"f32", sizeof *floats, floats, 0x7f800000, 0x7fc00000},
               {"f64", sizeof *doubles, doubles, 0x7ff0000000000000, 0x7ff8000000000000}};
enum { FORMATS = sizeof formats / sizeof *formats };

/* Parameters: any will do, as both sides get the same. */
static const double param[4] = {0.01f, 0.25, 1.5, 2};

static float float_of(uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}
static double double_of(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* Bit patterns at a stride that is odd, hence all different, with special values strewn between
 * them. */
static void fill_inputs(void)
{
    static const uint32_t special[] = {0,          0x80000000, 0x7f800000, 0xff800000, 0x7fc00000,
                                       0xffc00000, 0x7f800001, 1,          0x80000001, 0x007fffff,
                                       0x807fffff, 0x00800000, 0x7f7fffff, 0xff7fffff, 0x3f800000};
    enum { SPECIALS = sizeof special / sizeof *special };
    static const uint64_t special_double[SPECIALS] = {0,
                                                      0x8000000000000000,
                                                      0x7ff0000000000000,
                                                      0xfff0000000000000,
                                                      0x7ff8000000000000,
                                                      0xfff8000000000000,
                                                      0x7ff0000000000001,
                                                      1,
                                                      0x8000000000000001,
                                                      0x000fffffffffffff,
                                                      0x800fffffffffffff,
                                                      0x0010000000000000,
                                                      0x7fefffffffffffff,
                                                      0xffefffffffffffff,
                                                      0x3ff0000000000000};
    for (uint32_t i = 0; i < INPUTS; i++) {
        floats[i] = float_of(i * 4093u);
        doubles[i] = double_of(i * 0x9e3779b97f4a7c15);
        if (i % 37 == 0) {
            floats[i] = float_of(special[i / 37 % SPECIALS]);
            doubles[i] = double_of(special_double[i / 37 % SPECIALS]);
        }
        if (i % 5 == 1) { /* where the functions are not yet constant */
            floats[i] = (float)(int32_t)(i * 2654435761u) * 0x1p-24f;
            doubles[i] = (double)(int64_t)(i * 0x9e3779b97f4a7c15) * (i % 2 ? 0x1p-59 : 0x1p-53);
        }
    }
}

/* The bits of element I.  A NaN is a NaN: payloads and signs may differ. */
static uint64_t canonical(const struct lane_format *f, const void *v, size_t i)
{
    uint32_t word;
    uint64_t bits;
    if (f->size == sizeof word) {
        memcpy(&word, (const char *)v + i * sizeof word, sizeof word);
        bits = word;
    } else {
        memcpy(&bits, (const char *)v + i * sizeof bits, sizeof bits);
    }
    return (bits & (f->nan | (f->nan - 1))) > f->infinity ? f->nan : bits;
}

static uint64_t digest(const struct lane_format *f, const void *v, size_t n)
{
    uint64_t h = 0xcbf29ce484222325;
    for (size_t i = 0; i < n; i++)
        h = (h ^ canonical(f, v, i)) * 0x100000001b3;
    return h;
}

static size_t first_difference(const struct lane_format *f, const void *a, const void *b, size_t n)
{
    size_t i = 0;
    while (i < n && canonical(f, a, i) == canonical(f, b, i))
        i++;
    return i;
}

/* Element I as a number. */
static double number(const struct lane_format *f, const void *v, size_t i)
{
    return f->size == sizeof(float) ? (double)((const float *)v)[i] : ((const double *)v)[i];
}

static bool fused(enum isa_id isa)
{
    return isa != ISA_SCALAR && isa != ISA_SSE2;
}

/* The row of the same method in the scalar ISA of K's class; NULL if K is that itself, or alone. */
static const struct kernel *counterpart(const struct kernel *k)
{
    const enum isa_id want = fused(k->isa) ? ISA_FMA : ISA_SCALAR;
    if (k->isa == want)
        return NULL;
    for (int p = 0; p < PASSES; p++)
        for (const struct kernel *const *t = pass_list[p]->tables; *t; t++)
            for (const struct kernel *o = *t; o->call; o++)
                if (o->isa == want && !strcmp(o->dtype, k->dtype) &&
                    !strcmp(o->function, k->function) && !strcmp(o->method, k->method))
                    return o;
    return NULL;
}

static void check_same_bits(const struct lane_format *f, const struct kernel *k, void *mine,
                            void *theirs)
{
    const struct kernel *other = counterpart(k);
    if (!ok(other, "%s/%s/%s/%s has a counterpart in %s", k->function, k->dtype, k->method,
            isa_word[k->isa], isa_word[fused(k->isa) ? ISA_FMA : ISA_SCALAR]))
        return;
    k->call(f->input, mine, INPUTS, param);
    other->call(f->input, theirs, INPUTS, param);
    const size_t at = first_difference(f, mine, theirs, INPUTS);
    if (at < INPUTS)
        ok(false, "%s/%s/%s/%s differs from %s at x = %a: %a, not %a", k->function, k->dtype,
           k->method, isa_word[k->isa], isa_word[other->isa], number(f, f->input, at),
           number(f, mine, at), number(f, theirs, at));
    else
        ok(true, "%s/%s/%s/%s equals %s, digest %016llx", k->function, k->dtype, k->method,
           isa_word[k->isa], isa_word[other->isa], (unsigned long long)digest(f, mine, INPUTS));
}

/* Every length at every offset: the bits of one element at a time, and nothing beside them touched.
 */
static void check_lengths(const struct lane_format *f, const struct kernel *k)
{
    enum { OFFSETS = 17, ROOM = LONGEST + OFFSETS + 16, UNTOUCHED = 0x5a };
    double expected[ROOM], out[ROOM], untouched;
    const char *input = f->input;
    memset(&untouched, UNTOUCHED, sizeof untouched);
    for (size_t i = 0; i < ROOM; i++)
        k->call(input + i * f->size, (char *)expected + i * f->size, 1, param);
    size_t bad_n = 0, bad_at = 0, faults = 0;
    for (size_t at = 0; at < OFFSETS; at++)
        for (size_t n = 0; n <= LONGEST; n++) {
            memset(out, UNTOUCHED, sizeof out);
            k->call(input + at * f->size, (char *)out + at * f->size, n, param);
            for (size_t i = 0; i < ROOM; i++) {
                const bool inside = i >= at && i < at + n;
                if (canonical(f, out, i) !=
                    (inside ? canonical(f, expected, i) : canonical(f, &untouched, 0))) {
                    faults++;
                    bad_n = n, bad_at = i;
                }
            }
        }
    ok(faults == 0, "%s/%s/%s/%s: lengths to %d, faults %zu, the last for n = %zu at %zu",
       k->function, k->dtype, k->method, isa_word[k->isa], LONGEST, faults, bad_n, bad_at);
}

static void check_pass(const struct lane_format *f, const struct kernel_pass *pass, void *mine,
                       void *theirs)
{
    if (!isa_available(pass->isa)) {
        skip("%s does not run here", isa_word[pass->isa]);
        return;
    }
    for (const struct kernel *const *t = pass->tables; *t; t++)
        for (const struct kernel *k = *t; k->call; k++) {
            if (k->promise.keeps & KEEPS_STABLE)
                check_lengths(f, k);
            if (k->isa != ISA_SCALAR && k->isa != ISA_FMA)
                check_same_bits(f, k, mine, theirs);
        }
}

int main(void)
{
    void *mine = malloc(sizeof doubles), *theirs = malloc(sizeof doubles);
    if (!mine || !theirs)
        return EXIT_FAILURE;
    fill_inputs();
    for (int p = 0; p < PASSES; p++)
        for (int i = 0; i < FORMATS; i++)
            if (!strcmp(pass_list[p]->dtype, formats[i].dtype))
                check_pass(&formats[i], pass_list[p], mine, theirs);
    free(mine);
    free(theirs);
    return done_testing();
}
