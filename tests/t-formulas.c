/* The built-in functions: each formula against an independent MPFR computation of the textbook
 * definition, each gradient against the derivative of its function, and every declared property
 * against the values.
 *
 * To add a function: a row in reference_table, with its definition as people write it.  It may
 * cancel: it is computed with thousands of bits to spare.
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "../ref/truth.h"
#include "tap.h"

enum { PRECISION = 600, SPARE = 3400, POINTS = 1000 };

static uint64_t seed = UINT64_C(0xbb67ae8584caa73b);

static uint64_t random64(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * UINT64_C(0x2545f4914f6cdd1d);
}

/* ------------------------------------------------------------------ textbook definitions */

/* y and the scratch numbers have PRECISION + SPARE bits; parameters have their defaults. */
#define ROUND MPFR_RNDN
static mpfr_t u, v;

static void textbook_sigmoid(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_neg(y, x, ROUND);
    mpfr_exp(y, y, ROUND);
    mpfr_add_ui(y, y, 1, ROUND);
    mpfr_ui_div(y, 1, y, ROUND);
}

/* (e^x - e^-x)/(e^x + e^-x) */
static void textbook_tanh(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_exp(u, x, ROUND);
    mpfr_ui_div(v, 1, u, ROUND);
    mpfr_sub(y, u, v, ROUND);
    mpfr_add(v, u, v, ROUND);
    mpfr_div(y, y, v, ROUND);
}

static void leaky(mpfr_ptr y, mpfr_srcptr x, double slope)
{
    if (mpfr_sgn(x) > 0)
        mpfr_set(y, x, ROUND);
    else
        mpfr_mul_d(y, x, slope, ROUND);
}

static void textbook_relu(mpfr_ptr y, mpfr_srcptr x)
{
    leaky(y, x, 0);
}

static void textbook_leaky_relu(mpfr_ptr y, mpfr_srcptr x)
{
    leaky(y, x, 0.01);
}

static void textbook_prelu(mpfr_ptr y, mpfr_srcptr x)
{
    leaky(y, x, 0.25);
}

static void clamp(mpfr_ptr y, mpfr_srcptr x, long lo, long hi)
{
    mpfr_set(y, x, ROUND);
    if (mpfr_cmp_si(y, lo) < 0)
        mpfr_set_si(y, lo, ROUND);
    if (mpfr_cmp_si(y, hi) > 0)
        mpfr_set_si(y, hi, ROUND);
}

static void textbook_relu6(mpfr_ptr y, mpfr_srcptr x)
{
    clamp(y, x, 0, 6);
}

static void textbook_hardtanh(mpfr_ptr y, mpfr_srcptr x)
{
    clamp(y, x, -1, 1);
}

/* x, or e^x - 1 */
static void textbook_elu(mpfr_ptr y, mpfr_srcptr x)
{
    if (mpfr_sgn(x) > 0) {
        mpfr_set(y, x, ROUND);
        return;
    }
    mpfr_exp(y, x, ROUND);
    mpfr_sub_ui(y, y, 1, ROUND);
}

static void textbook_selu(mpfr_ptr y, mpfr_srcptr x)
{
    textbook_elu(y, x);
    if (mpfr_sgn(x) <= 0) {
        mpfr_set_str(u, "1.6732632423543772848170429916717", 10, ROUND);
        mpfr_mul(y, y, u, ROUND);
    }
    mpfr_set_str(u, "1.0507009873554804934193349852946", 10, ROUND);
    mpfr_mul(y, y, u, ROUND);
}

/* x/2 (1 + erf(x/sqrt(2))) */
static void textbook_gelu(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_sqrt_ui(u, 2, ROUND);
    mpfr_div(y, x, u, ROUND);
    mpfr_erf(y, y, ROUND);
    mpfr_add_ui(y, y, 1, ROUND);
    mpfr_mul(y, y, x, ROUND);
    mpfr_div_ui(y, y, 2, ROUND);
}

/* x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) */
static void textbook_gelu_tanh(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_pow_ui(u, x, 3, ROUND);
    mpfr_mul_ui(u, u, 44715, ROUND);
    mpfr_div_ui(u, u, 1000000, ROUND);
    mpfr_add(u, u, x, ROUND);
    mpfr_const_pi(v, ROUND);
    mpfr_ui_div(v, 2, v, ROUND);
    mpfr_sqrt(v, v, ROUND);
    mpfr_mul(u, u, v, ROUND);
    mpfr_tanh(y, u, ROUND);
    mpfr_add_ui(y, y, 1, ROUND);
    mpfr_mul(y, y, x, ROUND);
    mpfr_div_ui(y, y, 2, ROUND);
}

static void textbook_silu(mpfr_ptr y, mpfr_srcptr x)
{
    textbook_sigmoid(y, x);
    mpfr_mul(y, y, x, ROUND);
}

static void textbook_gelu_quick(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_mul_ui(u, x, 1702, ROUND);
    mpfr_div_ui(u, u, 1000, ROUND);
    textbook_sigmoid(y, u);
    mpfr_mul(y, y, x, ROUND);
}

static void textbook_softplus(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_exp(y, x, ROUND);
    mpfr_add_ui(y, y, 1, ROUND);
    mpfr_log(y, y, ROUND);
}

static void textbook_mish(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_t s;
    mpfr_init2(s, mpfr_get_prec(y));
    textbook_softplus(s, x);
    textbook_tanh(y, s);
    mpfr_mul(y, y, x, ROUND);
    mpfr_clear(s);
}

static void textbook_softplus_torch(mpfr_ptr y, mpfr_srcptr x)
{
    if (mpfr_cmp_ui(x, 20) > 0)
        mpfr_set(y, x, ROUND);
    else
        textbook_softplus(y, x);
}

static void textbook_logsigmoid(mpfr_ptr y, mpfr_srcptr x)
{
    textbook_sigmoid(y, x);
    mpfr_log(y, y, ROUND);
}

static void hold_in_unit(mpfr_ptr y)
{
    if (mpfr_sgn(y) < 0)
        mpfr_set_zero(y, 1);
    if (mpfr_cmp_ui(y, 1) > 0)
        mpfr_set_ui(y, 1, ROUND);
}

static void textbook_hardsigmoid(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_div_ui(y, x, 6, ROUND);
    mpfr_add_d(y, y, 0.5, ROUND);
    hold_in_unit(y);
}

static void textbook_hardsigmoid_onnx(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_mul_d(y, x, 0.2, ROUND);
    mpfr_add_d(y, y, 0.5, ROUND);
    hold_in_unit(y);
}

/* x relu6(x + 3)/6 */
static void textbook_hardswish(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_add_ui(u, x, 3, ROUND);
    clamp(y, u, 0, 6);
    mpfr_mul(y, y, x, ROUND);
    mpfr_div_ui(y, y, 6, ROUND);
}

static void textbook_softsign(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_abs(y, x, ROUND);
    mpfr_add_ui(y, y, 1, ROUND);
    mpfr_div(y, x, y, ROUND);
}

static void textbook_squareplus(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_sqr(y, x, ROUND);
    mpfr_add_ui(y, y, 4, ROUND);
    mpfr_sqrt(y, y, ROUND);
    mpfr_add(y, y, x, ROUND);
    mpfr_div_ui(y, y, 2, ROUND);
}

static void textbook_tanhshrink(mpfr_ptr y, mpfr_srcptr x)
{
    textbook_tanh(y, x);
    mpfr_sub(y, x, y, ROUND);
}

/* sign(x) max(|x| - 1/2, 0) */
static void textbook_softshrink(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_abs(y, x, ROUND);
    mpfr_sub_d(y, y, 0.5, ROUND);
    if (mpfr_sgn(y) < 0)
        mpfr_set_zero(y, 1);
    mpfr_mul_si(y, y, mpfr_sgn(x), ROUND);
}

static void textbook_hardshrink(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_set(y, x, ROUND);
    if (mpfr_cmp_d(x, -0.5) >= 0 && mpfr_cmp_d(x, 0.5) <= 0)
        mpfr_set_zero(y, 1);
}

static void textbook_threshold(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_set(y, x, ROUND);
    if (mpfr_cmp_ui(x, 1) <= 0)
        mpfr_set_zero(y, 1);
}

static void textbook_exp(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_exp(y, x, ROUND);
}

static void textbook_expm1(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_exp(y, x, ROUND);
    mpfr_sub_ui(y, y, 1, ROUND);
}

static void textbook_log1p(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_add_ui(y, x, 1, ROUND);
    mpfr_log(y, y, ROUND);
}

static void textbook_erf(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_erf(y, x, ROUND);
}

static void textbook_erfc(mpfr_ptr y, mpfr_srcptr x)
{
    mpfr_erf(y, x, ROUND);
    mpfr_ui_sub(y, 1, y, ROUND);
}

static const struct reference {
    const char *id;
    void (*compute)(mpfr_ptr y, mpfr_srcptr x);
} reference_table[] = {
    {"sigmoid", textbook_sigmoid},
    {"tanh", textbook_tanh},
    {"relu", textbook_relu},
    {"leaky_relu", textbook_leaky_relu},
    {"prelu", textbook_prelu},
    {"relu6", textbook_relu6},
    {"hardtanh", textbook_hardtanh},
    {"elu", textbook_elu},
    {"selu", textbook_selu},
    {"celu", textbook_elu}, /* the same at alpha = 1 */
    {"gelu", textbook_gelu},
    {"gelu_tanh", textbook_gelu_tanh},
    {"gelu_quick", textbook_gelu_quick},
    {"silu", textbook_silu},
    {"mish", textbook_mish},
    {"hardsigmoid", textbook_hardsigmoid},
    {"hardsigmoid_onnx", textbook_hardsigmoid_onnx},
    {"hardswish", textbook_hardswish},
    {"softplus", textbook_softplus},
    {"softplus_torch", textbook_softplus_torch},
    {"logsigmoid", textbook_logsigmoid},
    {"softsign", textbook_softsign},
    {"squareplus", textbook_squareplus},
    {"tanhshrink", textbook_tanhshrink},
    {"softshrink", textbook_softshrink},
    {"hardshrink", textbook_hardshrink},
    {"threshold", textbook_threshold},
    {"exp", textbook_exp},
    {"expm1", textbook_expm1},
    {"log1p", textbook_log1p},
    {"erf", textbook_erf},
    {"erfc", textbook_erfc},
};
enum { REFERENCES = sizeof reference_table / sizeof reference_table[0] };

/* ------------------------------------------------------------------ values */

/* Points from 2^-40 to 32, evenly in the exponent and, half of them, evenly between -8 and 8. */
static void random_point(mpfr_ptr x)
{
    if (random64() & 1)
        mpfr_set_d(x, ((double)(random64() >> 11) * 0x1p-53 - 0.5) * 16, ROUND);
    else
        mpfr_set_d(x, ldexp(1 + (double)(random64() >> 12) * 0x1p-52, (int)(random64() % 45) - 40),
                   ROUND);
    if (random64() & 1)
        mpfr_neg(x, x, ROUND);
}

static bool in_domain(const struct function *f, mpfr_srcptr x)
{
    return strcmp(f->id, "log1p") != 0 || mpfr_cmp_si(x, -1) > 0;
}

/* Is Y, known to many more bits, in I, and I narrow? */
static bool agrees(const struct interval *i, mpfr_srcptr y)
{
    if (i->maybe_nan || mpfr_cmp(i->lo, y) > 0 || mpfr_cmp(y, i->hi) > 0) {
        /* the textbook form may be off in its last bits where the interval is a point */
        if (i->maybe_nan || !mpfr_equal_p(i->lo, i->hi))
            return false;
    }
    mpfr_sub(u, i->hi, y, ROUND);
    mpfr_sub(v, y, i->lo, ROUND);
    mpfr_max(u, u, v, ROUND);
    mpfr_abs(u, u, ROUND);
    return mpfr_zero_p(u) ||
           (!mpfr_zero_p(y) && mpfr_get_exp(u) < mpfr_get_exp(y) - PRECISION + 30);
}

static void test_value(const struct reference *r)
{
    const struct function *f = function_find(fpcore_builtin(), r->id);
    if (!ok(f != NULL, "%s is defined", r->id))
        return;
    /* the parameters as doubles: what the textbook has too */
    struct oracle *o = oracle_new(f, FORMAT_F64, NULL);
    struct interval i;
    mpfr_t x, y;
    unsigned long wrong = 0, n = 0;
    double worst = 0;
    interval_init(&i);
    mpfr_init2(x, 53);
    mpfr_init2(y, PRECISION + SPARE);
    /* tanhshrink, the one that cancels by definition, loses twice the exponent of x */
    mpfr_prec_t prec = PRECISION + (strcmp(r->id, "tanhshrink") == 0 ? 100 : 0);
    while (n < POINTS) {
        random_point(x);
        if (!in_domain(f, x))
            continue;
        n++;
        r->compute(y, x);
        evaluator_at(oracle_evaluator(o), x, prec, &i);
        if (!agrees(&i, y)) {
            wrong++;
            worst = mpfr_get_d(x, ROUND);
        }
    }
    ok(wrong == 0, "%s: %lu of %lu values differ from its definition (x = %a)", r->id, wrong, n,
       worst);
    interval_clear(&i);
    mpfr_clears(x, y, (mpfr_ptr)0);
    oracle_free(o);
}

/* Every activation and elementary function has a reference. */
static void test_complete(void)
{
    const struct function_set *b = fpcore_builtin();
    for (int i = 0; i < b->n; i++) {
        bool found = b->function[i]->gradient_of != NULL;
        for (size_t k = 0; k < REFERENCES; k++)
            found |= strcmp(reference_table[k].id, b->function[i]->id) == 0;
        ok(found, "%s is tested here", b->function[i]->id);
    }
}

/* ------------------------------------------------------------------ gradients */

static void test_gradient(const struct function *g)
{
    const struct function *f = function_find(fpcore_builtin(), g->gradient_of);
    struct oracle *of = oracle_new(f, FORMAT_F64, NULL), *og = oracle_new(g, FORMAT_F64, NULL);
    struct interval d, i;
    mpfr_t x, width;
    unsigned long apart = 0, wide = 0;
    double worst = 0;
    interval_init(&d);
    interval_init(&i);
    mpfr_init2(x, 53);
    mpfr_init2(width, 64);
    for (int k = 0; k < POINTS; k++) {
        random_point(x);
        evaluator_derivative_at(oracle_evaluator(of), x, PRECISION, &d);
        evaluator_at(oracle_evaluator(og), x, PRECISION, &i);
        if (d.maybe_nan || i.maybe_nan || mpfr_cmp(d.lo, i.hi) > 0 || mpfr_cmp(i.lo, d.hi) > 0) {
            apart++;
            worst = mpfr_get_d(x, ROUND);
        }
        /* both are narrow, so that to overlap means something; forward formulas cancel when
         * differentiated */
        mpfr_sub(width, d.hi, d.lo, MPFR_RNDU);
        wide += !mpfr_zero_p(width) && !mpfr_zero_p(i.lo) &&
                mpfr_get_exp(width) > mpfr_get_exp(i.lo) - 300;
        wide += mpfr_zero_p(i.lo) && !mpfr_zero_p(width);
        mpfr_sub(width, i.hi, i.lo, MPFR_RNDU);
        wide += !mpfr_zero_p(width) && mpfr_get_exp(width) > mpfr_get_exp(i.lo) - PRECISION + 60;
    }
    ok(apart == 0 && wide == 0,
       "%s: of %d values %lu lie apart from the derivative of %s, %lu are wide (x = %a)", g->id,
       POINTS, apart, f->id, wide, worst);
    interval_clear(&d);
    interval_clear(&i);
    mpfr_clears(x, width, (mpfr_ptr)0);
    oracle_free(of);
    oracle_free(og);
}

/* At each declared kink of a gradient the derivatives on both sides are among the accepted values.
 */
static void test_kinks(const struct function *g)
{
    for (int k = 0; k < g->nspecial; k++) {
        struct oracle *o = oracle_new(g, FORMAT_F32, NULL);
        struct evaluator *ev = evaluator_new_expr(g, g->special[k].x, oracle_params(o));
        mpfr_t zero;
        mpfr_init_set_ui(zero, 0, ROUND);
        const struct interval *at = evaluator_view(ev, zero, 256);
        float x = mpfr_get_flt(at->lo, ROUND);
        if (!interval_is_point(at) || mpfr_cmp_d(at->lo, x) != 0) {
            skip("%s: the kink at %g is no number of the format", g->id, x);
        } else {
            struct truth t;
            truth_at(o, FORMAT_F32, format_from_double(FORMAT_F32, x), FORMAT_F32, MPFR_RNDN, &t);
            for (int side = -1; side <= 1; side += 2) {
                struct truth beside;
                truth_at(o, FORMAT_F64,
                         format_from_double(FORMAT_F64, nextafter(x, side * INFINITY)), FORMAT_F32,
                         MPFR_RNDN, &beside);
                ok(truth_judge(&t, FORMAT_F32, beside.due).correct,
                   "%s: %g, the value %s %g, is accepted there", g->id,
                   format_to_double(FORMAT_F32, beside.due), side < 0 ? "left of" : "right of", x);
            }
        }
        mpfr_clear(zero);
        evaluator_free(ev);
        oracle_free(o);
    }
}

/* ------------------------------------------------------------------ declared properties */

static int by_ordinal(const void *a, const void *b)
{
    int64_t x = format_ordinal(FORMAT_F32, *(const uint32_t *)a),
            y = format_ordinal(FORMAT_F32, *(const uint32_t *)b);
    return (x > y) - (x < y);
}

/* f32 inputs: the neighbours of every breakpoint, anywhere, and moderate ones, in runs. */
static int sample_inputs(struct oracle *o, uint32_t *x, int n)
{
    double point[16];
    int k = 0, points = oracle_breakpoints(o, point, 16);
    for (int i = 0; i < points; i++) {
        int64_t at = format_ordinal(FORMAT_F32, format_from_double(FORMAT_F32, point[i]));
        for (int j = -4; j <= 4; j++) {
            uint64_t near = format_from_ordinal(FORMAT_F32, at + j);
            if (fabs(format_to_double(FORMAT_F32, near)) <= FLT_MAX)
                x[k++] = (uint32_t)near;
        }
    }
    while (k < n) {
        uint32_t start = (uint32_t)random64();
        if (k & 64) {
            float m = ldexpf((float)(random64() % 2000000) / 1000000 - 1, (int)(random64() % 9));
            memcpy(&start, &m, sizeof start);
        }
        for (uint32_t j = 0; j < 4 && k < n; j++)
            if (!format_is_nan(FORMAT_F32, start + j) && !format_is_inf(FORMAT_F32, start + j))
                x[k++] = start + j;
    }
    qsort(x, (size_t)n, sizeof *x, by_ordinal);
    return n;
}

static void test_shape(const struct function *f)
{
    enum { N = 3000 };
    static uint32_t x[N];
    struct oracle *o = oracle_new(f, FORMAT_F32, NULL);
    double lo = -INFINITY, hi = INFINITY, last = 0, least = INFINITY, most = -INFINITY;
    bool has_range = oracle_range(o, FORMAT_F32, &lo, &hi);
    unsigned long outside = 0, steps = 0, asymmetric = 0, unsettled = 0, judged = 0;
    int last_piece = -1;
    sample_inputs(o, x, N);
    for (int k = 0; k < N; k++) {
        struct truth t, mirrored;
        truth_at(o, FORMAT_F32, x[k], FORMAT_F32, MPFR_RNDN, &t);
        unsettled += t.kind == TRUTH_UNSETTLED;
        if (t.kind != TRUTH_FINITE) {
            last_piece = -1;
            continue;
        }
        double y = format_to_double(FORMAT_F32, t.due);
        least = fmin(least, y);
        most = fmax(most, y);
        outside += has_range && !(lo <= y && y <= hi);
        enum shape shape;
        int piece = oracle_piece(o, format_to_double(FORMAT_F32, x[k]), &shape);
        if (piece >= 0 && piece == last_piece) {
            steps += shape == SHAPE_INCREASING ? y < last : y > last;
            judged++;
        }
        last_piece = piece;
        last = y;
        if (f->symmetry != SYMMETRY_NONE) {
            truth_at(o, FORMAT_F32, x[k] ^ 0x80000000, FORMAT_F32, MPFR_RNDN, &mirrored);
            uint64_t expected = f->symmetry == SYMMETRY_ODD ? t.due ^ 0x80000000 : t.due;
            asymmetric += mirrored.due != expected && !(t.zero && f->symmetry == SYMMETRY_EVEN);
        }
    }
    ok(unsettled == 0 && outside == 0, "%s: of %d values %lu are outside [%g, %g], %lu not settled",
       f->id, N, outside, lo, hi, unsettled);
    if (has_range)
        ok((isinf(lo) || least <= lo + 0.01) && (isinf(hi) || most >= hi - 0.01),
           "%s: they fill it from %g to %g", f->id, least, most);
    if (f->npieces)
        ok(steps == 0 && judged > N / 2, "%s: %lu of %lu steps go the wrong way", f->id, steps,
           judged);
    if (f->symmetry)
        ok(asymmetric == 0, "%s: %lu values break the symmetry", f->id, asymmetric);
    oracle_free(o);
}

/* At a turning point that is no kink the derivative is 0, and the least or greatest value is an end
 * of the range. */
static void test_turns(const struct function *f)
{
    struct oracle *o = oracle_new(f, FORMAT_F64, NULL);
    for (int i = 0; i + 1 < f->npieces; i++) {
        struct evaluator *turn = evaluator_new_expr(f, f->turn[i], oracle_params(o));
        struct interval at, y, d, end;
        mpfr_t zero;
        interval_init(&at);
        interval_init(&y);
        interval_init(&d);
        interval_init(&end);
        mpfr_init_set_ui(zero, 0, ROUND);
        evaluator_at(turn, zero, 200, &at);
        evaluator_derivative_at(oracle_evaluator(o), at.lo, 200, &d);
        evaluator_at(oracle_evaluator(o), at.lo, 200, &y);
        bool smooth = mpfr_get_d(d.hi, ROUND) - mpfr_get_d(d.lo, ROUND) < 1e-25;
        bool extreme = fabs(mpfr_get_d(d.lo, ROUND)) < 1e-25;
        if (!smooth || f->piece[i] == f->piece[i + 1]) {
            skip("%s has a kink or a step at %g", f->id, mpfr_get_d(at.lo, ROUND));
        } else {
            ok(extreme, "%s turns at %.17g: the slope is %.2g there", f->id,
               mpfr_get_d(at.lo, ROUND), mpfr_get_d(d.lo, ROUND));
            struct evaluator *range =
                evaluator_new_expr(f, f->range[f->piece[i] == SHAPE_INCREASING], oracle_params(o));
            evaluator_at(range, zero, 200, &end);
            mpfr_sub(end.lo, end.lo, y.lo, ROUND);
            ok(fabs(mpfr_get_d(end.lo, ROUND)) < 1e-29,
               "%s: an end of its range is met there, to %.2g", f->id, mpfr_get_d(end.lo, ROUND));
            evaluator_free(range);
        }
        interval_clear(&at);
        interval_clear(&y);
        interval_clear(&d);
        interval_clear(&end);
        mpfr_clear(zero);
        evaluator_free(turn);
    }
    oracle_free(o);
}

/* f(x) + f(-x) and f(x) - f(-x) as declared. */
static void test_reflection(const struct function *f)
{
    if (!f->reflection_sum && !f->reflection_diff)
        return;
    struct oracle *o = oracle_new(f, FORMAT_F32, NULL);
    struct evaluator *declared = evaluator_new_expr(
        f, f->reflection_sum ? f->reflection_sum : f->reflection_diff, oracle_params(o));
    struct interval a, b, s, c;
    mpfr_t x;
    unsigned long wrong = 0;
    interval_init(&a);
    interval_init(&b);
    interval_init(&s);
    interval_init(&c);
    interval_set_prec(&s, 400);
    mpfr_init2(x, 53);
    for (int k = 0; k < 300; k++) {
        random_point(x);
        if (f->nspecial && mpfr_cmpabs_ui(x, 3) == 0)
            continue;
        evaluator_at(oracle_evaluator(o), x, 400, &a);
        evaluator_at(declared, x, 400, &c);
        mpfr_neg(x, x, ROUND);
        evaluator_at(oracle_evaluator(o), x, 400, &b);
        interval_apply(&s, f->reflection_sum ? OP_ADD : OP_SUB, &a, &b);
        bool meet = mpfr_cmp(s.lo, c.hi) <= 0 && mpfr_cmp(c.lo, s.hi) <= 0;
        mpfr_sub(s.lo, s.hi, s.lo, MPFR_RNDU);
        wrong += !meet || (!mpfr_zero_p(s.lo) && mpfr_get_exp(s.lo) > mpfr_get_exp(c.hi) - 300 &&
                           !mpfr_zero_p(c.hi));
    }
    ok(wrong == 0, "%s: %lu of 300 break its reflection", f->id, wrong);
    interval_clear(&a);
    interval_clear(&b);
    interval_clear(&s);
    interval_clear(&c);
    mpfr_clear(x);
    evaluator_free(declared);
    oracle_free(o);
}

/* The f32 truth at the double X. */
static struct truth far_out(struct oracle *o, double x)
{
    struct truth t;
    truth_at(o, FORMAT_F64, format_from_double(FORMAT_F64, x), FORMAT_F32, MPFR_RNDN, &t);
    return t;
}

/* The declared limits are those of the formula: far out the value is one of them, with its sign if
 * it is a zero; or it still grows, as log1p does, towards an infinite one. */
static void test_limits(const struct function *f)
{
    struct oracle *o = oracle_new(f, FORMAT_F32, NULL);
    for (int side = 0; side < 2; side++) {
        double sign = side ? 1 : -1;
        struct truth near = far_out(o, sign * 1e30), far = far_out(o, sign * 1e300), limit;
        truth_at(o, FORMAT_F32, format_from_double(FORMAT_F32, sign * INFINITY), FORMAT_F32,
                 MPFR_RNDN, &limit);
        bool same = truth_judge(&limit, FORMAT_F32, far.due).correct;
        bool grows = limit.kind == TRUTH_INFINITE && limit.lo > 0
                         ? far.lo > 2 * near.lo && near.lo > 0
                         : far.hi < 2 * near.hi && near.hi < 0;
        ok(same || (limit.kind == TRUTH_INFINITE && grows),
           "%s: far to the %s it is %g, as declared", f->id, side ? "right" : "left",
           format_to_double(FORMAT_F32, far.due));
    }
    oracle_free(o);
}

/* ------------------------------------------------------------------ values at the edges, written
 * down by hand */

/* At -infinity, -0, +0 and +infinity, as f32. */
static const struct edge_row {
    const char *id;
    float at[4];
} edge_table[] = {
    {"sigmoid", {0, 0.5f, 0.5f, 1}},
    {"tanh", {-1, -0.0f, 0, 1}},
    {"relu", {0, -0.0f, 0, INFINITY}},
    {"relu", {0, 0, 0, INFINITY}}, /* as a maximum */
    {"leaky_relu", {-INFINITY, -0.0f, 0, INFINITY}},
    {"prelu", {-INFINITY, -0.0f, 0, INFINITY}},
    {"relu6", {0, 0, 0, 6}},
    {"hardtanh", {-1, -0.0f, 0, 1}},
    {"elu", {-1, -0.0f, 0, INFINITY}},
    {"selu", {-1.7580993f, -0.0f, 0, INFINITY}},
    {"celu", {-1, -0.0f, 0, INFINITY}},
    {"gelu", {-0.0f, -0.0f, 0, INFINITY}},
    {"gelu", {0, -0.0f, 0, INFINITY}},
    {"gelu_tanh", {-0.0f, -0.0f, 0, INFINITY}},
    {"gelu_quick", {-0.0f, -0.0f, 0, INFINITY}},
    {"silu", {-0.0f, -0.0f, 0, INFINITY}},
    {"silu", {0, -0.0f, 0, INFINITY}},
    {"mish", {-0.0f, -0.0f, 0, INFINITY}},
    {"hardswish", {-0.0f, -0.0f, 0, INFINITY}},
    {"softplus", {0, 0.69314718f, 0.69314718f, INFINITY}},
    {"softplus_torch", {0, 0.69314718f, 0.69314718f, INFINITY}},
    {"logsigmoid", {-INFINITY, -0.69314718f, -0.69314718f, -0.0f}},
    {"hardsigmoid", {0, 0.5f, 0.5f, 1}},
    {"hardsigmoid_onnx", {0, 0.5f, 0.5f, 1}},
    {"softsign", {-1, -0.0f, 0, 1}},
    {"squareplus", {0, 1, 1, INFINITY}},
    {"tanhshrink", {-INFINITY, -0.0f, 0, INFINITY}},
    {"softshrink", {-INFINITY, -0.0f, 0, INFINITY}},
    {"hardshrink", {-INFINITY, 0, 0, INFINITY}},
    {"threshold", {0, 0, 0, INFINITY}},
    {"sigmoid_grad", {0, 0.25f, 0.25f, 0}},
    {"tanh_grad", {0, 1, 1, 0}},
    {"silu_grad", {-0.0f, 0.5f, 0.5f, 1}},
    {"gelu_grad", {-0.0f, 0.5f, 0.5f, 1}},
    {"gelu_tanh_grad", {0, 0.5f, 0.5f, 1}},
    {"mish_grad", {0, 0.6f, 0.6f, 1}},
    {"hardswish_grad", {0, 0.5f, 0.5f, 1}},
    {"selu_grad", {0, 1.7580993f, 1.7580993f, 1.0507010f}},
    {"elu_grad", {0, 1, 1, 1}},
    {"leaky_relu_grad", {0.01f, 0.01f, 1, 1}},
    {"squareplus_grad", {0, 0.5f, 0.5f, 1}},
    {"tanhshrink_grad", {1, 0, 0, 1}},
    {"softsign_grad", {0, 1, 1, 0}},
    {"exp", {0, 1, 1, INFINITY}},
    {"expm1", {-1, -0.0f, 0, INFINITY}},
    {"log1p", {NAN, -0.0f, 0, INFINITY}},
    {"erf", {-1, -0.0f, 0, 1}},
    {"erfc", {2, 1, 1, 0}},
};

static void test_edge(const struct edge_row *r)
{
    static const float x[4] = {-INFINITY, -0.0f, 0, INFINITY};
    struct oracle *o = oracle_new(function_find(fpcore_builtin(), r->id), FORMAT_F32, NULL);
    bool right = true;
    for (int i = 0; i < 4; i++) {
        struct truth t;
        truth_at(o, FORMAT_F32, format_from_double(FORMAT_F32, x[i]), FORMAT_F32, MPFR_RNDN, &t);
        right &= t.kind != TRUTH_UNJUDGED &&
                 truth_judge(&t, FORMAT_F32, format_from_double(FORMAT_F32, r->at[i])).correct;
    }
    ok(right, "%s is %g, %g, %g, %g at -inf, -0, +0, inf", r->id, r->at[0], r->at[1], r->at[2],
       r->at[3]);
    oracle_free(o);
}

/* Values from another multiple-precision library (mpmath, 60 digits): at X this f32 number is due.
 */
static const struct {
    const char *id;
    float x, y;
} known[] = {
    {"gelu", 1, 0.84134474606854f},
    {"gelu", -10, -7.6198530241605e-23f},
    {"gelu_tanh", 1, 0.84119199060828f},
    {"silu", 1, 0.73105857863000f},
    {"silu", -90, -7.3746113615915e-38f},
    {"mish", 1, 0.86509838826731f},
    {"softplus", -12.34f, 4.3732577798370e-6f},
    {"tanhshrink", 1, 0.23840584404424f},
    {"sigmoid_grad", 17, 4.1399373760035e-8f},
    {"hardswish", -1.5f, -0.37500000000000f},
    {"selu_grad", -1, 0.64676860303481f},
    {"softsign", 3, 0.75000000000000f},
    {"hardsigmoid", 1.5f, 0.75000000000000f},
    {"log1p", -1, -INFINITY},
};

static void test_known(void)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct oracle *o =
            oracle_new(function_find(fpcore_builtin(), known[i].id), FORMAT_F32, NULL);
        struct truth t;
        truth_at(o, FORMAT_F32, format_from_double(FORMAT_F32, known[i].x), FORMAT_F32, MPFR_RNDN,
                 &t);
        double y = format_to_double(FORMAT_F32, t.due);
        ok(y == known[i].y, "%s(%g) is %.8g", known[i].id, known[i].x, y);
        oracle_free(o);
    }
}

int main(void)
{
    printf("# seed 0x%016" PRIx64 "\n", seed);
    mpfr_inits2(PRECISION + SPARE, u, v, (mpfr_ptr)0);
    const struct function_set *b = fpcore_builtin();
    test_complete();
    for (size_t i = 0; i < REFERENCES; i++)
        test_value(&reference_table[i]);
    for (int i = 0; i < b->n; i++) {
        const struct function *f = b->function[i];
        if (f->gradient_of) {
            test_gradient(f);
            test_kinks(f);
        }
        test_shape(f);
        test_turns(f);
        test_reflection(f);
        test_limits(f);
    }
    for (size_t i = 0; i < sizeof edge_table / sizeof edge_table[0]; i++)
        test_edge(&edge_table[i]);
    test_known();
    mpfr_clears(u, v, (mpfr_ptr)0);
    mpfr_free_cache();
    return done_testing();
}
