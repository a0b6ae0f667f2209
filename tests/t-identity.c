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
static float input[INPUTS];

/* Parameters: any will do, as both sides get the same. */
static const double param[4] = {0.01f, 0.25, 1.5, 2};

static float float_of(uint32_t bits)
{
    float v;
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
    for (uint32_t i = 0; i < INPUTS; i++) {
        input[i] = float_of(i * 4093u);
        if (i % 37 == 0)
            input[i] = float_of(special[i / 37 % SPECIALS]);
        if (i % 5 == 1) /* where the functions are not yet constant */
            input[i] = (float)(int32_t)(i * 2654435761u) * 0x1p-24f;
    }
}

/* A NaN is a NaN: payloads and signs may differ. */
static uint32_t canonical(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return v != v ? 0x7fc00000 : bits;
}

static uint64_t digest(const float *v, size_t n)
{
    uint64_t h = 0xcbf29ce484222325;
    for (size_t i = 0; i < n; i++)
        h = (h ^ canonical(v[i])) * 0x100000001b3;
    return h;
}

static size_t first_difference(const float *a, const float *b, size_t n)
{
    size_t i = 0;
    while (i < n && canonical(a[i]) == canonical(b[i]))
        i++;
    return i;
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

static void check_same_bits(const struct kernel *k, float *mine, float *theirs)
{
    const struct kernel *other = counterpart(k);
    if (!ok(other, "%s/%s/%s has a counterpart in %s", k->function, k->method, isa_word[k->isa],
            isa_word[fused(k->isa) ? ISA_FMA : ISA_SCALAR]))
        return;
    k->call(input, mine, INPUTS, param);
    other->call(input, theirs, INPUTS, param);
    const size_t at = first_difference(mine, theirs, INPUTS);
    if (at < INPUTS)
        ok(false, "%s/%s/%s differs from %s at x = %a: %a, not %a", k->function, k->method,
           isa_word[k->isa], isa_word[other->isa], (double)input[at], (double)mine[at],
           (double)theirs[at]);
    else
        ok(true, "%s/%s/%s equals %s, digest %016llx", k->function, k->method, isa_word[k->isa],
           isa_word[other->isa], (unsigned long long)digest(mine, INPUTS));
}

/* Every length at every offset: the bits of one element at a time, and nothing beside them touched.
 */
static void check_lengths(const struct kernel *k)
{
    enum { OFFSETS = 17, ROOM = LONGEST + OFFSETS + 16 };
    float expected[ROOM], out[ROOM];
    for (size_t i = 0; i < ROOM; i++)
        k->call(input + i, expected + i, 1, param);
    size_t bad_n = 0, bad_at = 0, faults = 0;
    for (size_t at = 0; at < OFFSETS; at++)
        for (size_t n = 0; n <= LONGEST; n++) {
            for (size_t i = 0; i < ROOM; i++)
                out[i] = -123.25f;
            k->call(input + at, out + at, n, param);
            for (size_t i = 0; i < ROOM; i++) {
                const bool inside = i >= at && i < at + n;
                if (canonical(out[i]) != (inside ? canonical(expected[i]) : canonical(-123.25f))) {
                    faults++;
                    bad_n = n, bad_at = i;
                }
            }
        }
    ok(faults == 0, "%s/%s/%s: lengths to %d, faults %zu, the last for n = %zu at %zu", k->function,
       k->method, isa_word[k->isa], LONGEST, faults, bad_n, bad_at);
}

int main(void)
{
    float *mine = malloc(sizeof input), *theirs = malloc(sizeof input);
    if (!mine || !theirs)
        return EXIT_FAILURE;
    fill_inputs();
    for (int p = 0; p < PASSES; p++) {
        if (strcmp(pass_list[p]->dtype, "f32") != 0)
            continue;
        if (!isa_available(pass_list[p]->isa)) {
            skip("%s does not run here", isa_word[pass_list[p]->isa]);
            continue;
        }
        for (const struct kernel *const *t = pass_list[p]->tables; *t; t++)
            for (const struct kernel *k = *t; k->call; k++) {
                if (k->promise.keeps & KEEPS_STABLE)
                    check_lengths(k);
                if (k->isa != ISA_SCALAR && k->isa != ISA_FMA)
                    check_same_bits(k, mine, theirs);
            }
    }
    free(mine);
    free(theirs);
    return done_testing();
}
