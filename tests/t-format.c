/* The formats: classes, order, and rounding, against exact rational arithmetic and against MPFR and
 * the hardware where these have the format. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <gmp.h>
#include "../ref/format.h"
#include "tap.h"

static uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

static uint64_t random64(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * UINT64_C(0x2545f4914f6cdd1d);
}

/* The value of a finite pattern, from the definition of the format. */
static void exact_value(mpq_t q, enum format f, uint64_t bits)
{
    const struct format_info *i = &format_info[f];
    uint64_t m = bits & (format_sign_bit(f) - 1), field = m >> (i->p - 1);
    uint64_t significand = m & ((UINT64_C(1) << (i->p - 1)) - 1);
    long e = field ? (long)field - 1 + i->emin : i->emin;
    if (field)
        significand |= UINT64_C(1) << (i->p - 1);
    mpq_set_ui(q, significand, 1);
    e -= i->p - 1;
    if (e >= 0)
        mpq_mul_2exp(q, q, (mp_bitcnt_t)e);
    else
        mpq_div_2exp(q, q, (mp_bitcnt_t)-e);
    if (bits & format_sign_bit(f))
        mpq_neg(q, q);
}

/* Rounding by search: the last finite pattern not above |Q|, or the one after it. */
static uint64_t round_by_search(enum format f, const mpq_t q, mpfr_rnd_t rnd)
{
    bool negative = mpq_sgn(q) < 0;
    uint64_t sign = negative ? format_sign_bit(f) : 0, lo = 0, hi = format_max(f);
    mpq_t a, v, next;
    mpq_inits(a, v, next, NULL);
    mpq_abs(a, q);
    while (lo < hi) {
        uint64_t middle = lo + (hi - lo + 1) / 2;
        exact_value(v, f, middle);
        if (mpq_cmp(v, a) <= 0)
            lo = middle;
        else
            hi = middle - 1;
    }
    exact_value(v, f, lo);
    bool exact = mpq_equal(v, a);
    exact_value(next, f, lo + 1); /* above the largest: 2^(emax + 1), by the same formula */
    mpq_add(v, v, next);
    mpq_div_2exp(v, v, 1);
    int half = mpq_cmp(a, v);
    bool up = rnd == MPFR_RNDN ? half > 0 || (half == 0 && (lo & 1))
                               : rnd != MPFR_RNDZ && !exact && (rnd == MPFR_RNDD) == negative;
    mpq_clears(a, v, next, NULL);
    return sign | (lo + up);
}

static const mpfr_rnd_t direction[] = {MPFR_RNDN, MPFR_RNDZ, MPFR_RNDU, MPFR_RNDD};

/* Values at and around patterns, midpoints and the ends of the format. */
static void test_rounding(enum format f)
{
    const struct format_info *i = &format_info[f];
    unsigned long wrong = 0, n = 0;
    mpfr_t v;
    mpq_t q, next;
    mpfr_init2(v, 200);
    mpq_inits(q, next, NULL);
    for (int k = 0; k < 6000; k++) {
        uint64_t bits = random64() % (format_max(f) + 1);
        if (k % 4 == 1)
            bits = random64() % (4 * format_min_normal(f));
        if (k % 4 == 2)
            bits = format_max(f) - random64() % 4;
        exact_value(q, f, bits);
        exact_value(next, f, bits + 1);
        mpq_sub(next, next, q); /* the step up */
        mpq_t part;
        mpq_init(part);
        static const long eighths[] = {0, 1, 2, 4, 4, 4, 6, 7, 8};
        mpq_set_si(part, eighths[random64() % 9], 8);
        mpq_canonicalize(part);
        mpq_mul(part, part, next);
        mpq_add(q, q, part);
        mpq_clear(part);
        if (random64() & 1)
            mpq_neg(q, q);
        mpfr_set_q(v, q, MPFR_RNDN);
        if (mpfr_zero_p(v))
            continue;
        if (k % 3 == 1)
            mpfr_nextabove(v); /* beside it, 200 bits in: the sticky bit */
        if (k % 3 == 2)
            mpfr_nextbelow(v);
        mpfr_get_q(q, v);
        for (int r = 0; r < 4; r++, n++)
            if (!mpfr_zero_p(v) &&
                format_from_mpfr(f, v, direction[r]) != round_by_search(f, q, direction[r]))
                wrong++;
    }
    ok(wrong == 0, "%s: %lu of %lu roundings differ from exact search", i->name, wrong, n);
    mpfr_clear(v);
    mpq_clears(q, next, NULL);
}

static void test_values(enum format f)
{
    const struct format_info *i = &format_info[f];
    unsigned long wrong_value = 0, wrong_back = 0, wrong_order = 0, wrong_inverse = 0, n = 0;
    mpq_t exact, got;
    mpq_inits(exact, got, NULL);
    uint64_t count = i->bits <= 16 ? UINT64_C(1) << i->bits : 200000;
    for (uint64_t k = 0; k < count; k++) {
        uint64_t bits = i->bits <= 16 ? k : random64() >> (64 - i->bits);
        if (format_is_nan(f, bits)) {
            wrong_value += !isnan(format_to_double(f, bits));
            continue;
        }
        double v = format_to_double(f, bits);
        n++;
        wrong_back += format_from_double(f, v) != bits;
        wrong_inverse += format_from_ordinal(f, format_ordinal(f, bits)) != bits;
        if (format_is_inf(f, bits)) {
            wrong_value += !isinf(v) || signbit(v) != format_is_negative(f, bits);
            continue;
        }
        exact_value(exact, f, bits);
        mpq_set_d(got, v);
        wrong_value += !mpq_equal(exact, got) || !!signbit(v) != format_is_negative(f, bits);
        uint64_t up = format_from_ordinal(f, format_ordinal(f, bits) + 1);
        double w = format_to_double(f, up);
        wrong_order += !(v < w || (v == 0 && w == 0 && signbit(v) && !signbit(w)));
        wrong_order += format_distance(f, bits, up) != (v != w);
    }
    ok(wrong_value == 0, "%s: %lu of %lu values wrong", i->name, wrong_value, n);
    ok(wrong_back == 0, "%s: %lu of %lu do not come back from double", i->name, wrong_back, n);
    ok(wrong_order == 0 && wrong_inverse == 0, "%s: %lu of %lu out of order, %lu not inverse",
       i->name, wrong_order, n, wrong_inverse);
    mpq_clears(exact, got, NULL);
}

/* Doubles to the narrower formats, against format_from_mpfr, and f32 against the hardware. */
static void test_from_double(enum format f)
{
    unsigned long wrong = 0, hardware = 0, n = 400000;
    mpfr_t v;
    mpfr_init2(v, 53);
    for (unsigned long k = 0; k < n; k++) {
        uint64_t bits = random64();
        double d;
        if (k & 1) { /* near the format: perturb a value of it */
            d = format_to_double(f, random64() >> (64 - format_info[f].bits));
            memcpy(&bits, &d, sizeof d);
            bits += (UINT64_C(1) << 51 >> (random64() % 52)) - 1;
        }
        memcpy(&d, &bits, sizeof d);
        if (isnan(d))
            continue;
        mpfr_set_d(v, d, MPFR_RNDN);
        uint64_t got = format_from_double(f, d);
        wrong += got != format_from_mpfr(f, v, MPFR_RNDN);
        if (f == FORMAT_F32) {
            float h = (float)d;
            uint32_t b;
            memcpy(&b, &h, sizeof b);
            hardware += b != got;
        }
    }
    ok(wrong == 0, "%s: %lu of %lu conversions from double wrong", format_info[f].name, wrong, n);
    ok(hardware == 0, "%s: %lu differ from the hardware", format_info[f].name, hardware);
    mpfr_clear(v);
}

/* MPFR's own conversions, which know gradual underflow for these two. */
static void test_against_mpfr(void)
{
    unsigned long wrong = 0, n = 0;
    mpfr_t v;
    mpfr_init2(v, 128);
    for (int k = 0; k < 100000; k++) {
        mpfr_set_ui(v, random64() | 1, MPFR_RNDN);
        mpfr_mul_2si(v, v, (long)(random64() % 2400) - 1200 - 64, MPFR_RNDN);
        if (random64() & 1)
            mpfr_neg(v, v, MPFR_RNDN);
        for (int r = 0; r < 4; r++, n++) {
            double d = mpfr_get_d(v, direction[r]);
            uint64_t bits;
            memcpy(&bits, &d, sizeof d);
            wrong += bits != format_from_mpfr(FORMAT_F64, v, direction[r]);
        }
        for (int r = 0; r < 4; r++, n++) {
            float s = mpfr_get_flt(v, direction[r]);
            uint32_t bits;
            memcpy(&bits, &s, sizeof s);
            wrong += bits != format_from_mpfr(FORMAT_F32, v, direction[r]);
        }
    }
    ok(wrong == 0, "%lu of %lu differ from mpfr_get_d and mpfr_get_flt", wrong, n);
    mpfr_clear(v);
}

static void test_named_patterns(void)
{
    static const struct {
        enum format f;
        uint64_t inf, nan, max, min_normal, sign;
    } row[] = {
        {FORMAT_F32, 0x7f800000, 0x7fc00000, 0x7f7fffff, 0x00800000, 0x80000000},
        {FORMAT_F16, 0x7c00, 0x7e00, 0x7bff, 0x0400, 0x8000},
        {FORMAT_BF16, 0x7f80, 0x7fc0, 0x7f7f, 0x0080, 0x8000},
        {FORMAT_F64, UINT64_C(0x7ff0000000000000), UINT64_C(0x7ff8000000000000),
         UINT64_C(0x7fefffffffffffff), UINT64_C(0x0010000000000000), UINT64_C(0x8000000000000000)},
    };
    for (size_t k = 0; k < sizeof row / sizeof row[0]; k++) {
        enum format f = row[k].f;
        ok(format_inf(f) == row[k].inf && format_nan(f) == row[k].nan &&
               format_max(f) == row[k].max && format_min_normal(f) == row[k].min_normal &&
               format_sign_bit(f) == row[k].sign,
           "%s: named patterns", format_info[f].name);
        ok(format_is_nan(f, row[k].inf + 1) && !format_is_nan(f, row[k].inf) &&
               format_is_inf(f, row[k].inf) && format_is_zero(f, row[k].sign) &&
               !format_is_zero(f, 1) && format_is_subnormal(f, 1) &&
               format_is_subnormal(f, row[k].min_normal - 1) &&
               !format_is_subnormal(f, row[k].min_normal) && !format_is_subnormal(f, 0) &&
               format_is_negative(f, row[k].sign | row[k].nan),
           "%s: classes", format_info[f].name);
        ok(format_by_name(format_info[f].name) == (int)f, "%s: found by name", format_info[f].name);
        ok(format_distance(f, row[k].sign, 0) == 0 && format_distance(f, row[k].sign | 3, 4) == 7 &&
               format_ordinal(f, 0) == 0 && format_ordinal(f, row[k].sign) == -1,
           "%s: zeros in the order", format_info[f].name);
    }
    ok(format_by_name("f128") == -1 && format_by_name("") == -1, "unknown names are refused");
}

int main(void)
{
    printf("# seed 0x%016" PRIx64 "\n", seed);
    mpfr_set_emin(mpfr_get_emin_min());
    mpfr_set_emax(mpfr_get_emax_max());
    test_named_patterns();
    for (int f = 0; f < FORMAT_COUNT; f++) {
        test_values((enum format)f);
        test_rounding((enum format)f);
        if (f != FORMAT_F64)
            test_from_double((enum format)f);
    }
    test_against_mpfr();
    mpfr_free_cache();
    return done_testing();
}
