/* truth.c -- settles the exact value of a function at an input, and judges results by it.
 *
 * `settle' is Ziv's loop: the formula in intervals at 64 bits and upwards until one answer fits the
 * whole interval.  `truth_judge' then needs no MPFR: the error of a result is the distance to a
 * neighbouring number, exact in doubles, less the offset of the exact value from it.
 */
#include "truth.h"

#include <float.h>
#include <math.h>
#include <string.h>
#include "mem.h"

/* Ends of an interval this far inside its last bit stand for an open end. */
enum { INSIDE_BITS = 8 };

/* How well the offset must be known, in ulps, or relative to offsets above 1; and from where on
 * that a value is so far beyond the format that no more need be known. */
#define OFFSET_WIDTH 0x1p-30
#define OFFSET_HUGE  0x1p200

struct oracle {
    const struct function *f;
    double param[MAX_PARAMS];
    struct evaluator *body, *pre;
    struct evaluator *limit[2][MAX_ACCEPT]; /* NULL where the kind is no value */
    struct evaluator *special[MAX_AT][MAX_ACCEPT];
    double special_x[MAX_AT]; /* NaN: no double */
    struct evaluator *range[2];
    struct interval turn[MAX_PIECES - 1];
    mpfr_t x, lo, hi, difference;
};

/* ------------------------------------------------------------------ settling a value */

static int unit_exponent(enum format f)
{
    return format_info[f].emin - format_info[f].p + 1;
}

static void set_zero(struct truth *t, enum format out, unsigned accept)
{
    uint64_t zero = accept & ACCEPT_ZERO_POSITIVE ? 0 : format_sign_bit(out);
    t->kind = TRUTH_FINITE;
    t->due = t->nearest = zero;
    t->ulp_exponent = unit_exponent(out);
    t->offset_lo = t->offset_hi = t->lo = t->hi = 0;
    t->zero = true;
    t->accept_zero = accept;
}

static void set_infinite(struct truth *t, enum format out, bool negative)
{
    t->kind = TRUTH_INFINITE;
    t->due = (negative ? format_sign_bit(out) : 0) | format_inf(out);
    t->nearest = t->due - 1;
    t->lo = t->hi = negative ? -INFINITY : INFINITY;
}

static void set_nan(struct truth *t, enum format out)
{
    t->kind = TRUTH_NAN;
    t->due = format_nan(out);
    t->lo = t->hi = NAN;
}

/* The exponent of ulp(v), v not 0. */
static int ulp_exponent(enum format f, mpfr_srcptr v)
{
    const struct format_info *i = &format_info[f];
    mpfr_exp_t e = mpfr_get_exp(v) - 1;
    if (e < i->emin)
        e = i->emin;
    if (e > i->emax)
        e = i->emax;
    return (int)e - i->p + 1;
}

static uint64_t never_infinite(enum format f, uint64_t bits)
{
    return format_is_inf(f, bits) ? bits - 1 : bits;
}

/* (V - nearest) / ulp, rounded in direction RND. */
static double offset_of(struct oracle *o, const struct truth *t, enum format out, mpfr_srcptr v,
                        mpfr_rnd_t rnd)
{
    mpfr_sub_d(o->difference, v, format_to_double(out, t->nearest), rnd);
    mpfr_mul_2si(o->difference, o->difference, -t->ulp_exponent, rnd);
    return mpfr_get_d(o->difference, rnd);
}

static void set_enclosures(struct oracle *o, const struct interval *v, enum format out,
                           struct truth *t)
{
    t->offset_lo = offset_of(o, t, out, v->lo, MPFR_RNDD);
    t->offset_hi = offset_of(o, t, out, v->hi, MPFR_RNDU);
    t->lo = mpfr_get_d(v->lo, MPFR_RNDD);
    t->hi = mpfr_get_d(v->hi, MPFR_RNDU);
}

/* An end of V; moved inward by a crumb if it is open.  No number of a format and no midpoint lies
 * in between: they have fewer bits than V.  At the end of MPFR's exponent range there is no crumb,
 * and no need of one. */
static void inner_end(mpfr_ptr out, mpfr_srcptr end, bool open, bool upper)
{
    mpfr_set_prec(out, mpfr_get_prec(end) + INSIDE_BITS);
    mpfr_set(out, end, MPFR_RNDN);
    if (!open)
        return;
    if (upper)
        mpfr_nextbelow(out);
    else
        mpfr_nextabove(out);
    if (mpfr_zero_p(out))
        mpfr_set(out, end, MPFR_RNDN);
}

/* Whether V, a nonzero number, has one answer for all its values; if so it is in T. */
static bool settle_number(struct oracle *o, const struct interval *v, enum format out,
                          mpfr_rnd_t rnd, struct truth *t)
{
    inner_end(o->lo, v->lo, v->lo_open, false);
    inner_end(o->hi, v->hi, v->hi_open, true);
    t->due = format_from_mpfr(out, o->lo, rnd);
    t->nearest = format_from_mpfr(out, o->lo, MPFR_RNDN);
    if (t->due != format_from_mpfr(out, o->hi, rnd) ||
        t->nearest != format_from_mpfr(out, o->hi, MPFR_RNDN))
        return false;
    t->nearest = never_infinite(out, t->nearest);
    t->ulp_exponent = ulp_exponent(out, o->lo);
    if (t->ulp_exponent != ulp_exponent(out, o->hi))
        return false;
    set_enclosures(o, v, out, t);
    double least = fmin(fabs(t->offset_lo), fabs(t->offset_hi));
    if (t->offset_hi - t->offset_lo > OFFSET_WIDTH * fmax(1, least) && least < OFFSET_HUGE)
        return false;
    t->kind = TRUTH_FINITE;
    t->tie = interval_is_point(v) && t->offset_lo == t->offset_hi && fabs(t->offset_lo) == 0.5;
    return true;
}

static bool settle_interval(struct oracle *o, const struct interval *v, enum format out,
                            mpfr_rnd_t rnd, unsigned accept_zero, struct truth *t)
{
    if (interval_is_nan(v)) {
        set_nan(t, out);
        return true;
    }
    if (v->maybe_nan)
        return false;
    if (interval_is_point(v) && mpfr_inf_p(v->lo)) {
        set_infinite(t, out, mpfr_sgn(v->lo) < 0);
        return true;
    }
    if (interval_is_point(v) && mpfr_zero_p(v->lo)) {
        set_zero(t, out, accept_zero);
        return true;
    }
    bool attains_infinity =
        (mpfr_inf_p(v->lo) && !v->lo_open) || (mpfr_inf_p(v->hi) && !v->hi_open);
    bool one_sign = v->nonzero && (mpfr_sgn(v->lo) >= 0 || mpfr_sgn(v->hi) <= 0);
    return one_sign && !attains_infinity && settle_number(o, v, out, rnd, t);
}

/* What can still be said of a value that the last precision has left open. */
static void set_unsettled(struct oracle *o, const struct interval *v, enum format out,
                          mpfr_rnd_t rnd, struct truth *t)
{
    t->kind = TRUTH_UNSETTLED;
    t->due = t->nearest = 0;
    t->ulp_exponent = unit_exponent(out);
    t->lo = t->offset_lo = -INFINITY;
    t->hi = t->offset_hi = INFINITY;
    if (v->maybe_nan || !mpfr_number_p(v->lo) || !mpfr_number_p(v->hi))
        return;
    t->due = format_from_mpfr(out, v->lo, rnd);
    t->nearest = never_infinite(out, format_from_mpfr(out, v->lo, MPFR_RNDN));
    if (v->nonzero && mpfr_regular_p(v->lo) &&
        mpfr_regular_p(v->hi)) { /* the smaller unit of the two ends */
        int lo = ulp_exponent(out, v->lo), hi = ulp_exponent(out, v->hi);
        t->ulp_exponent = lo < hi ? lo : hi;
    }
    set_enclosures(o, v, out, t);
}

/* The truth of EV at o->x.  ACCEPT_ZERO: the signs accepted where it is 0. */
static void settle(struct oracle *o, struct evaluator *ev, enum format out, mpfr_rnd_t rnd,
                   unsigned accept_zero, struct truth *t)
{
    const struct interval *v = NULL;
    for (mpfr_prec_t prec = format_info[out].p <= 24 ? 64 : 128; prec <= TRUTH_MAX_PRECISION;
         prec *= 2) {
        v = evaluator_view(ev, o->x, prec);
        if (settle_interval(o, v, out, rnd, accept_zero, t))
            return;
    }
    set_unsettled(o, v, out, rnd, t);
}

/* ------------------------------------------------------------------ declared values */

static void add_accepted(struct truth *t, uint64_t bits)
{
    if (t->naccept < (int)(sizeof t->accept / sizeof t->accept[0]))
        t->accept[t->naccept++] = bits;
}

/* Adds the patterns of one declared value to those accepted. */
static void accept_also(struct oracle *o, const struct accepted *a, struct evaluator *value,
                        enum format out, mpfr_rnd_t rnd, struct truth *t)
{
    uint64_t sign = format_sign_bit(out);
    struct truth v;
    switch (a->kind) {
    case ACCEPT_POS_ZERO:
        add_accepted(t, 0);
        break;
    case ACCEPT_NEG_ZERO:
        add_accepted(t, sign);
        break;
    case ACCEPT_INF:
        add_accepted(t, format_inf(out));
        break;
    case ACCEPT_NEG_INF:
        add_accepted(t, sign | format_inf(out));
        break;
    case ACCEPT_NAN:
        add_accepted(t, format_nan(out));
        break;
    case ACCEPT_VALUE:
        memset(&v, 0, sizeof v);
        settle(o, value, out, rnd, ACCEPT_ZERO_POSITIVE | ACCEPT_ZERO_NEGATIVE, &v);
        if (v.kind != TRUTH_UNSETTLED)
            add_accepted(t, v.due);
        if (v.zero)
            add_accepted(t, sign);
        break;
    }
}

/* The first of the declared limits is the truth; the others are accepted too. */
static void truth_at_infinity(struct oracle *o, bool negative, enum format out, mpfr_rnd_t rnd,
                              struct truth *t)
{
    int side = negative ? 0 : 1, n = o->f->nlimit[side];
    if (n == 0)
        return;
    const struct accepted *limit = o->f->limit[side];
    t->at_limit = true;
    switch (limit[0].kind) {
    case ACCEPT_POS_ZERO:
        set_zero(t, out, ACCEPT_ZERO_POSITIVE);
        break;
    case ACCEPT_NEG_ZERO:
        set_zero(t, out, ACCEPT_ZERO_NEGATIVE);
        break;
    case ACCEPT_INF:
    case ACCEPT_NEG_INF:
        set_infinite(t, out, limit[0].kind == ACCEPT_NEG_INF);
        break;
    case ACCEPT_NAN:
        set_nan(t, out);
        break;
    case ACCEPT_VALUE:
        settle(o, o->limit[side][0], out, rnd, ACCEPT_ZERO_POSITIVE | ACCEPT_ZERO_NEGATIVE, t);
        break;
    }
    for (int i = 1; i < n; i++)
        accept_also(o, &limit[i], o->limit[side][i], out, rnd, t);
}

static unsigned zeros_accepted(const struct function *f, bool negative_x)
{
    switch (f->zero) {
    case ZERO_POSITIVE:
        return ACCEPT_ZERO_POSITIVE;
    case ZERO_NEGATIVE:
        return ACCEPT_ZERO_NEGATIVE;
    case ZERO_SIGN_OF_X:
        return negative_x ? ACCEPT_ZERO_NEGATIVE : ACCEPT_ZERO_POSITIVE;
    default:
        return ACCEPT_ZERO_POSITIVE | ACCEPT_ZERO_NEGATIVE;
    }
}

/* 1, 0, or -1 if the last precision does not tell. */
static int inside_pre(struct oracle *o)
{
    int truth = o->pre ? -1 : 1;
    for (mpfr_prec_t prec = 64; truth < 0 && prec <= TRUTH_MAX_PRECISION; prec *= 2)
        truth = evaluator_bool_at(o->pre, o->x, prec);
    return truth;
}

void truth_at(struct oracle *o, enum format in, uint64_t x, enum format out, mpfr_rnd_t rnd,
              struct truth *t)
{
    memset(t, 0, sizeof *t);
    t->kind = TRUTH_UNJUDGED;
    bool negative = format_is_negative(in, x);
    if (format_is_nan(in, x)) {
        set_nan(t, out);
        return;
    }
    double v = format_to_double(in, x);
    mpfr_set_d(o->x, isinf(v) ? 0 : v, MPFR_RNDN);
    if (isinf(v)) {
        truth_at_infinity(o, negative, out, rnd, t);
        return;
    }
    if (inside_pre(o) != 1)
        return;
    settle(o, o->body, out, rnd, zeros_accepted(o->f, negative), t);
    for (int i = 0; i < o->f->nspecial; i++)
        for (int j = 0; v == o->special_x[i] && j < o->f->special[i].n; j++)
            accept_also(o, &o->f->special[i].accept[j], o->special[i][j], out, rnd, t);
}

/* ------------------------------------------------------------------ oracles */

/* The value of the constant expression E, rounded to FORMAT; NaN if EXACT is asked and it is none.
 */
static double constant_value(struct oracle *o, const struct expr *e, enum format format, bool exact)
{
    struct truth t;
    memset(&t, 0, sizeof t);
    struct evaluator *ev = evaluator_new_expr(o->f, e, o->param);
    settle(o, ev, format, MPFR_RNDN, ACCEPT_ZERO_POSITIVE, &t);
    evaluator_free(ev);
    bool is_exact = t.kind == TRUTH_FINITE && t.offset_lo == 0 && t.offset_hi == 0;
    if (t.kind == TRUTH_NAN || t.kind == TRUTH_UNSETTLED || (exact && !is_exact))
        return NAN;
    return format_to_double(format, t.due);
}

static void set_params(struct oracle *o, enum format compute, const double *param)
{
    enum format rounded = compute == FORMAT_F64 ? FORMAT_F64 : FORMAT_F32;
    for (int i = 0; i < o->f->nparams; i++) {
        if (param && !isnan(param[i]))
            o->param[i] = format_to_double(rounded, format_from_double(rounded, param[i]));
        else
            o->param[i] = constant_value(o, o->f->param_default[i], rounded, false);
    }
}

static struct evaluator *evaluator_of_accepted(struct oracle *o, const struct accepted *a)
{
    return a->kind == ACCEPT_VALUE ? evaluator_new_expr(o->f, a->value, o->param) : NULL;
}

struct oracle *oracle_new(const struct function *f, enum format compute, const double *param)
{
    struct oracle *o = ref_calloc(1, sizeof *o);
    o->f = f;
    mpfr_inits2(64, o->x, o->lo, o->hi, o->difference, (mpfr_ptr)0);
    mpfr_set_zero(o->x, 1);
    set_params(o, compute, param);
    o->body = evaluator_new(f, o->param);
    if (f->pre)
        o->pre = evaluator_new_expr(f, f->pre, o->param);
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < f->nlimit[side]; i++)
            o->limit[side][i] = evaluator_of_accepted(o, &f->limit[side][i]);
        if (f->has_range)
            o->range[side] = evaluator_new_expr(f, f->range[side], o->param);
    }
    for (int i = 0; i < f->nspecial; i++) {
        o->special_x[i] = constant_value(o, f->special[i].x, FORMAT_F64, true);
        for (int j = 0; j < f->special[i].n; j++)
            o->special[i][j] = evaluator_of_accepted(o, &f->special[i].accept[j]);
    }
    for (int i = 0; i + 1 < f->npieces; i++) {
        struct evaluator *ev = evaluator_new_expr(f, f->turn[i], o->param);
        interval_init(&o->turn[i]);
        evaluator_at(ev, o->x, 512, &o->turn[i]);
        evaluator_free(ev);
    }
    return o;
}

void oracle_free(struct oracle *o)
{
    if (!o)
        return;
    evaluator_free(o->body);
    evaluator_free(o->pre);
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < MAX_ACCEPT; i++)
            evaluator_free(o->limit[side][i]);
        evaluator_free(o->range[side]);
    }
    for (int i = 0; i < MAX_AT; i++)
        for (int j = 0; j < MAX_ACCEPT; j++)
            evaluator_free(o->special[i][j]);
    for (int i = 0; i + 1 < o->f->npieces; i++)
        interval_clear(&o->turn[i]);
    mpfr_clears(o->x, o->lo, o->hi, o->difference, (mpfr_ptr)0);
    free(o);
}

const double *oracle_params(const struct oracle *o)
{
    return o->param;
}

const struct function *oracle_function(const struct oracle *o)
{
    return o->f;
}

struct evaluator *oracle_evaluator(struct oracle *o)
{
    return o->body;
}

bool oracle_range(struct oracle *o, enum format out, double *lo, double *hi)
{
    if (!o->f->has_range)
        return false;
    *lo = constant_value(o, o->f->range[0], out, false);
    *hi = constant_value(o, o->f->range[1], out, false);
    return !isnan(*lo) && !isnan(*hi);
}

int oracle_piece(struct oracle *o, double x, enum shape *shape)
{
    int n = o->f->npieces, i = 0;
    if (n == 0 || isnan(x))
        return -1;
    for (; i + 1 < n; i++) {
        const struct interval *turn = &o->turn[i];
        if (turn->maybe_nan)
            return -1;
        if (mpfr_cmp_d(turn->lo, x) > 0)
            break;
        if (mpfr_cmp_d(turn->hi, x) >= 0)
            return -1;
    }
    *shape = o->f->piece[i];
    return i;
}

int oracle_breakpoints(struct oracle *o, double *out, int max)
{
    int n = 0;
    for (int i = 0; i < o->f->nbreak && n < max; i++) {
        double x = constant_value(o, o->f->breakpoint[i], FORMAT_F64, false);
        if (isfinite(x))
            out[n++] = x;
    }
    return n;
}

int oracle_special(const struct oracle *o, double *out)
{
    int n = 0;
    for (int i = 0; i < o->f->nspecial; i++)
        if (!isnan(o->special_x[i]))
            out[n++] = o->special_x[i];
    return n;
}

/* ------------------------------------------------------------------ judging */

struct bounds {
    double lo, hi;
};

/* A - B enclosed, exactly where it is a double: the error of a rounded sum is a double (Knuth's
 * TwoSum). */
static struct bounds subtract(double a, double b)
{
    double s = a - b;
    if (isinf(s)) {
        bool infinite = isinf(a) || isinf(b);
        return (struct bounds){s > 0 && !infinite ? DBL_MAX : s, s < 0 && !infinite ? -DBL_MAX : s};
    }
    double t = s - a, error = (a - (s - t)) - (b + t);
    return (struct bounds){error < 0 ? nextafter(s, -INFINITY) : s,
                           error > 0 ? nextafter(s, INFINITY) : s};
}

/* V * 2^E enclosed. */
static struct bounds scale(double v, int e)
{
    double s = ldexp(v, e);
    if (isinf(s) && !isinf(v))
        return s > 0 ? (struct bounds){DBL_MAX, s} : (struct bounds){s, -DBL_MAX};
    bool exact = fabs(s) >= DBL_MIN || v == 0 || e >= 0;
    return (struct bounds){exact ? s : nextafter(s, -INFINITY), exact ? s : nextafter(s, INFINITY)};
}

/* |y - z| / ulp(z) enclosed, for the finite Y; in ulps Y lies y - nearest from the number near z.
 */
static struct bounds error_of(const struct truth *t, enum format f, double y)
{
    struct bounds d = subtract(y, format_to_double(f, t->nearest));
    d = (struct bounds){scale(d.lo, -t->ulp_exponent).lo, scale(d.hi, -t->ulp_exponent).hi};
    double lo = subtract(d.lo, t->offset_hi).lo, hi = subtract(d.hi, t->offset_lo).hi;
    if (t->kind == TRUTH_UNSETTLED)
        return (struct bounds){0, isnan(lo) || isnan(hi) ? INFINITY : fmax(fabs(lo), fabs(hi))};
    if (lo > 0)
        return (struct bounds){lo, hi};
    return hi < 0 ? (struct bounds){-hi, -lo} : (struct bounds){0, fmax(-lo, hi)};
}

/* |z| >= 2^emax (2 - 2^-p): the nearest finite number lies half an ulp or more inward. */
static bool infinity_is_due(const struct truth *t, enum format f)
{
    bool negative = format_is_negative(f, t->nearest);
    return t->kind == TRUTH_FINITE && (t->nearest & ~format_sign_bit(f)) == format_max(f) &&
           (negative ? t->offset_hi <= -0.5 : t->offset_lo >= 0.5);
}

static bool same(enum format f, uint64_t a, uint64_t b)
{
    return a == b || (format_is_nan(f, a) && format_is_nan(f, b));
}

static bool is_accepted(const struct truth *t, enum format f, uint64_t y)
{
    for (int i = 0; i < t->naccept; i++)
        if (same(f, t->accept[i], y))
            return true;
    return false;
}

/* The truth is an infinity or NaN: the class is all that is judged. */
static struct judgement judge_class(const struct truth *t, enum format f, uint64_t y)
{
    struct judgement j = {.verdict = VERDICT_ACCEPTED, .correct = same(f, t->due, y)};
    if (j.correct)
        return j;
    if (t->kind == TRUTH_NAN) {
        j.verdict = VERDICT_NOT_NAN;
        return j;
    }
    j.verdict = format_is_nan(f, y)   ? VERDICT_NAN
                : format_is_inf(f, y) ? VERDICT_INF
                                      : VERDICT_NOT_INF;
    j.sign_wrong =
        !format_is_nan(f, y) && format_is_negative(f, y) != format_is_negative(f, t->due);
    j.lo = j.hi = INFINITY;
    return j;
}

static struct judgement judge_infinity(const struct truth *t, enum format f, uint64_t y)
{
    struct judgement j = {.verdict = VERDICT_NUMBER,
                          .correct = t->kind == TRUTH_FINITE && y == t->due};
    bool negative = format_is_negative(f, y);
    j.sign_wrong = !t->zero && negative != format_is_negative(f, t->due);
    if (j.correct || (infinity_is_due(t, f) && !j.sign_wrong))
        return j;
    j.verdict = VERDICT_INF;
    if (f == FORMAT_F64) { /* 2^1024 is no double: at least as far as the largest number */
        struct bounds b = error_of(t, f, negative ? -DBL_MAX : DBL_MAX);
        j.lo = b.lo;
        j.hi = INFINITY;
    } else {
        struct bounds b = error_of(t, f, ldexp(negative ? -1 : 1, format_info[f].emax + 1));
        j.lo = b.lo;
        j.hi = b.hi;
    }
    return j;
}

static struct judgement judge_number(const struct truth *t, enum format f, uint64_t y)
{
    struct judgement j = {.verdict = VERDICT_NUMBER,
                          .correct = t->kind == TRUTH_FINITE && y == t->due};
    bool negative = format_is_negative(f, y);
    if (t->zero) {
        j.sign_wrong = !(t->accept_zero & (negative ? ACCEPT_ZERO_NEGATIVE : ACCEPT_ZERO_POSITIVE));
        j.correct = format_is_zero(f, y) && !j.sign_wrong;
    } else if (t->kind == TRUTH_FINITE) {
        j.sign_wrong = negative != format_is_negative(f, t->due);
    }
    struct bounds b = error_of(t, f, format_to_double(f, y));
    j.lo = b.lo;
    j.hi = b.hi;
    bool limit_is_a_number = t->at_limit && t->offset_lo == 0 && t->offset_hi == 0;
    if (limit_is_a_number && j.lo > 0)
        j.verdict = VERDICT_WRONG_LIMIT;
    return j;
}

struct judgement truth_judge(const struct truth *t, enum format f, uint64_t y)
{
    if (t->kind == TRUTH_UNJUDGED)
        return (struct judgement){.verdict = VERDICT_ACCEPTED, .correct = true};
    if (is_accepted(t, f, y)) {
        bool number = t->kind == TRUTH_FINITE && !format_is_nan(f, y) && !format_is_inf(f, y);
        return (struct judgement){.verdict = number ? VERDICT_NUMBER : VERDICT_ACCEPTED,
                                  .correct = true};
    }
    if (t->kind == TRUTH_NAN || t->kind == TRUTH_INFINITE)
        return judge_class(t, f, y);
    if (format_is_nan(f, y))
        return (struct judgement){.verdict = VERDICT_NAN};
    return format_is_inf(f, y) ? judge_infinity(t, f, y) : judge_number(t, f, y);
}
