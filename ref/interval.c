/* interval.c -- arithmetic on MPFR intervals with outward rounding and with ends that are open or
 * closed.
 *
 * An end is open when the value is known to differ from it: because the operation rounded (the end
 * lies strictly outside), or because it was computed from an open end by a strictly monotone
 * operation.  Open ends carry the facts that precision cannot give: exp(x) > 0, tanh(x) < 1, and
 * the side of a tie on which x (1 + tiny) lies.  Where openness is not obvious an end is called
 * closed, which is always right.
 *
 * To add an operator: a row in unary_table if it is strictly monotone on an interval, else a
 * function and a case in interval_apply; and its derivative in evaluator.c.
 */
#include "interval.h"

#include "mem.h"

typedef int (*unary_function)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

/* ------------------------------------------------------------------ small helpers */

void interval_init(struct interval *v)
{
    mpfr_init2(v->lo, 64);
    mpfr_init2(v->hi, 64);
    v->lo_open = v->hi_open = v->nonzero = false;
    v->maybe_nan = true;
}

void interval_clear(struct interval *v)
{
    mpfr_clear(v->lo);
    mpfr_clear(v->hi);
}

void interval_set_prec(struct interval *v, mpfr_prec_t prec)
{
    if (mpfr_get_prec(v->lo) != prec) {
        mpfr_set_prec(v->lo, prec);
        mpfr_set_prec(v->hi, prec);
    }
}

bool interval_is_nan(const struct interval *v)
{
    return mpfr_nan_p(v->lo);
}

bool interval_is_point(const struct interval *v)
{
    return mpfr_equal_p(v->lo, v->hi) && !v->maybe_nan;
}

static void set_nan(struct interval *out)
{
    mpfr_set_nan(out->lo);
    mpfr_set_nan(out->hi);
    out->lo_open = out->hi_open = out->nonzero = false;
    out->maybe_nan = true;
}

/* Any real number. */
static void set_line(struct interval *out, bool maybe_nan)
{
    mpfr_set_inf(out->lo, -1);
    mpfr_set_inf(out->hi, 1);
    out->lo_open = out->hi_open = true;
    out->nonzero = false;
    out->maybe_nan = maybe_nan;
}

static bool not_negative(const struct interval *v)
{
    return mpfr_sgn(v->lo) >= 0;
}

static bool not_positive(const struct interval *v)
{
    return mpfr_sgn(v->hi) <= 0;
}

static bool may_be_zero(const struct interval *v)
{
    return !v->nonzero && mpfr_sgn(v->lo) <= 0 && mpfr_sgn(v->hi) >= 0;
}

static bool may_be_infinite(const struct interval *v)
{
    return (mpfr_inf_p(v->lo) && !v->lo_open) || (mpfr_inf_p(v->hi) && !v->hi_open);
}

/* What the ends tell of NONZERO, and what NONZERO tells of the ends. */
static void settle_zero(struct interval *v)
{
    int lo = mpfr_sgn(v->lo), hi = mpfr_sgn(v->hi);
    v->nonzero |= lo > 0 || hi < 0 || (lo == 0 && v->lo_open) || (hi == 0 && v->hi_open);
    v->lo_open |= lo == 0 && v->nonzero;
    v->hi_open |= hi == 0 && v->nonzero;
}

/* LO has been rounded down with the ternary value T: the interval is the least that holds the exact
 * value. */
static void from_low_end(struct interval *out, int t)
{
    mpfr_set(out->hi, out->lo, MPFR_RNDU);
    if (t != 0)
        mpfr_nextabove(out->hi);
    out->lo_open = out->hi_open = t != 0;
    out->maybe_nan = mpfr_nan_p(out->lo);
    out->nonzero = false;
    if (!out->maybe_nan)
        settle_zero(out);
}

void interval_set_fr(struct interval *out, mpfr_srcptr a)
{
    from_low_end(out, mpfr_set(out->lo, a, MPFR_RNDD));
}

void interval_set_q(struct interval *out, mpq_srcptr a)
{
    from_low_end(out, mpfr_set_q(out->lo, a, MPFR_RNDD));
}

static void set_si(struct interval *out, long a)
{
    from_low_end(out, mpfr_set_si(out->lo, a, MPFR_RNDD));
}

void interval_set(struct interval *out, const struct interval *a)
{
    int lo = mpfr_set(out->lo, a->lo, MPFR_RNDD), hi = mpfr_set(out->hi, a->hi, MPFR_RNDU);
    out->lo_open = a->lo_open || lo != 0;
    out->hi_open = a->hi_open || hi != 0;
    out->nonzero = a->nonzero;
    out->maybe_nan = a->maybe_nan;
}

/* ------------------------------------------------------------------ strictly monotone functions */

struct unary {
    unary_function f;
    bool decreasing;
    bool fixes_zero; /* f(0) = 0 */
    bool has_start;  /* defined from START on */
    int start;
    int supremum; /* not attained; of erf and erfc, the costly ones */
};

static const struct unary unary_table[OP_COUNT] = {
    [OP_SQRT] = {.f = mpfr_sqrt, .fixes_zero = true, .has_start = true, .start = 0},
    [OP_EXP] = {.f = mpfr_exp},
    [OP_EXP2] = {.f = mpfr_exp2},
    [OP_EXPM1] = {.f = mpfr_expm1, .fixes_zero = true},
    [OP_LOG] = {.f = mpfr_log, .has_start = true, .start = 0},
    [OP_LOG1P] = {.f = mpfr_log1p, .fixes_zero = true, .has_start = true, .start = -1},
    [OP_SINH] = {.f = mpfr_sinh, .fixes_zero = true},
    [OP_TANH] = {.f = mpfr_tanh, .fixes_zero = true},
    [OP_ASINH] = {.f = mpfr_asinh, .fixes_zero = true},
    [OP_ATAN] = {.f = mpfr_atan, .fixes_zero = true},
    [OP_ERF] = {.f = mpfr_erf, .fixes_zero = true, .supremum = 1},
    [OP_ERFC] = {.f = mpfr_erfc, .decreasing = true, .supremum = 2},
};

/* erf and erfc cost ten times what others do.  Over a narrow interval the upper end follows from
 * the lower one, rounded down with the ternary value T, by the mean value theorem: |f'| is at most
 * 2/sqrt(pi) exp(-m^2), m the least magnitude in the interval.  What exceeds the supremum of f is
 * cut there. */
static void upper_by_mean_value(struct interval *out, int t, const struct interval *a, int supremum)
{
    mpfr_t width, step;
    mpfr_inits2(64, width, step, (mpfr_ptr)0);
    mpfr_sqr(step, mpfr_cmpabs(a->lo, a->hi) < 0 ? a->lo : a->hi, MPFR_RNDD);
    mpfr_neg(step, step, MPFR_RNDU);
    mpfr_exp(step, step, MPFR_RNDU);
    mpfr_sub(width, a->hi, a->lo, MPFR_RNDU);
    mpfr_mul(step, step, width, MPFR_RNDU);
    mpfr_mul_d(step, step, 0x1.20dd750429b6ep0, MPFR_RNDU); /* the double above 2/sqrt(pi) */
    mpfr_set(out->hi, out->lo, MPFR_RNDU);
    if (t != 0)
        mpfr_nextabove(out->hi);
    mpfr_add(out->hi, out->hi, step, MPFR_RNDU);
    if (mpfr_cmp_si(out->hi, supremum) > 0)
        mpfr_set_si(out->hi, supremum, MPFR_RNDU);
    out->hi_open = true;
    mpfr_clears(width, step, (mpfr_ptr)0);
}

/* Both ends of one sign and alike in all but their last bits. */
static bool is_narrow(const struct interval *a)
{
    if (!mpfr_regular_p(a->lo) || !mpfr_regular_p(a->hi) || mpfr_sgn(a->lo) != mpfr_sgn(a->hi))
        return false;
    mpfr_t ratio;
    mpfr_init2(ratio, mpfr_get_prec(a->lo));
    mpfr_sub(ratio, a->hi, a->lo, MPFR_RNDU);
    bool narrow =
        mpfr_zero_p(ratio) || mpfr_get_exp(ratio) < mpfr_get_exp(a->lo) - mpfr_get_prec(a->lo) / 2;
    mpfr_clear(ratio);
    return narrow;
}

static void monotone(struct interval *out, const struct interval *a, const struct unary *u)
{
    if (mpfr_equal_p(a->lo, a->hi)) {
        from_low_end(out, u->f(out->lo, a->lo, MPFR_RNDD));
    } else {
        mpfr_srcptr first = u->decreasing ? a->hi : a->lo, last = u->decreasing ? a->lo : a->hi;
        int t = u->f(out->lo, first, MPFR_RNDD);
        out->lo_open = t != 0;
        if (u->supremum && is_narrow(a))
            upper_by_mean_value(out, t, a, u->supremum);
        else
            out->hi_open = u->f(out->hi, last, MPFR_RNDU) != 0;
        out->lo_open |= u->decreasing ? a->hi_open : a->lo_open;
        out->hi_open |= u->decreasing ? a->lo_open : a->hi_open;
        out->nonzero = u->fixes_zero && a->nonzero;
        out->maybe_nan = false;
        settle_zero(out);
    }
    out->maybe_nan |= a->maybe_nan;
}

/* A, where it reaches below the start of the domain, cut there. */
static void monotone_from(struct interval *out, const struct interval *a, const struct unary *u)
{
    int hi = mpfr_cmp_si(a->hi, u->start);
    if (hi < 0 || (hi == 0 && a->hi_open)) {
        set_nan(out);
    } else if (mpfr_cmp_si(a->lo, u->start) >= 0) {
        monotone(out, a, u);
    } else {
        struct interval cut;
        interval_init(&cut);
        interval_set_prec(&cut, mpfr_get_prec(a->hi));
        interval_set(&cut, a);
        mpfr_set_si(cut.lo, u->start, MPFR_RNDD);
        cut.lo_open = false;
        monotone(out, &cut, u);
        out->maybe_nan = true;
        interval_clear(&cut);
    }
}

/* ------------------------------------------------------------------ sums */

static void negate(struct interval *out, const struct interval *a)
{
    mpfr_neg(out->lo, a->hi, MPFR_RNDD);
    mpfr_neg(out->hi, a->lo, MPFR_RNDU);
    out->lo_open = a->hi_open;
    out->hi_open = a->lo_open;
    out->nonzero = a->nonzero;
    out->maybe_nan = a->maybe_nan;
}

struct end {
    mpfr_srcptr v;
    bool open;
};

static struct end low(const struct interval *v)
{
    return (struct end){v->lo, v->lo_open};
}

static struct end high(const struct interval *v)
{
    return (struct end){v->hi, v->hi_open};
}

static bool attained_infinity(struct end e)
{
    return mpfr_inf_p(e.v) && !e.open;
}

static bool sum_is_open(struct end a, struct end b, int t)
{
    if (mpfr_inf_p(a.v) || mpfr_inf_p(b.v))
        return !attained_infinity(a) && !attained_infinity(b);
    return t != 0 || a.open || b.open;
}

/* inf - inf is undefined; an end that comes out so says nothing. */
static void add_or_subtract(struct interval *out, const struct interval *a,
                            const struct interval *b, bool subtract)
{
    int (*f)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t) = subtract ? mpfr_sub : mpfr_add;
    struct end lo = subtract ? high(b) : low(b), hi = subtract ? low(b) : high(b);
    out->lo_open = sum_is_open(low(a), lo, f(out->lo, a->lo, lo.v, MPFR_RNDD));
    out->hi_open = sum_is_open(high(a), hi, f(out->hi, a->hi, hi.v, MPFR_RNDU));
    out->maybe_nan = a->maybe_nan || b->maybe_nan || (may_be_infinite(a) && may_be_infinite(b));
    out->nonzero = false;
    if (mpfr_nan_p(out->lo) && mpfr_nan_p(out->hi)) {
        set_nan(out);
        return;
    }
    if (mpfr_nan_p(out->lo))
        mpfr_set_inf(out->lo, -1);
    if (mpfr_nan_p(out->hi))
        mpfr_set_inf(out->hi, 1);
    settle_zero(out);
}

/* ------------------------------------------------------------------ products */

/* The product of two ends.  0 * inf is 0: an open infinity is only without bound, and that a closed
 * one makes NaN of a zero is told apart by the caller. */
static bool multiply_ends(mpfr_ptr out, struct end a, struct end b, mpfr_rnd_t rnd)
{
    bool za = mpfr_zero_p(a.v), zb = mpfr_zero_p(b.v);
    if (za || zb) {
        mpfr_set_zero(out, 1);
        return !(za && !a.open) && !(zb && !b.open);
    }
    int t = mpfr_mul(out, a.v, b.v, rnd);
    if (mpfr_inf_p(a.v) || mpfr_inf_p(b.v))
        return !attained_infinity(a) && !attained_infinity(b);
    return t != 0 || a.open || b.open;
}

/* The smaller (SIGN < 0) or the larger of two products. */
static bool extreme_product(mpfr_ptr out, const struct end p[2], const struct end q[2], int sign)
{
    mpfr_rnd_t rnd = sign < 0 ? MPFR_RNDD : MPFR_RNDU;
    mpfr_t other;
    mpfr_init2(other, mpfr_get_prec(out));
    bool open = multiply_ends(out, p[0], p[1], rnd),
         other_open = multiply_ends(other, q[0], q[1], rnd);
    int order = mpfr_cmp(other, out) * sign;
    if (order > 0) {
        mpfr_swap(out, other);
        open = other_open;
    } else if (order == 0) {
        open = open && other_open;
    }
    mpfr_clear(other);
    return open;
}

static bool is_zero(const struct interval *v)
{
    return mpfr_zero_p(v->lo) && mpfr_zero_p(v->hi);
}

static bool is_infinite(const struct interval *v)
{
    return mpfr_inf_p(v->lo) && mpfr_equal_p(v->lo, v->hi);
}

static int sign_class(const struct interval *v)
{
    return not_negative(v) ? 0 : not_positive(v) ? 1 : 2;
}

static void multiply(struct interval *out, const struct interval *a, const struct interval *b)
{
    /* Which ends make the product's lower and upper end, for A and B positive, negative, mixed: l
     * and h for the ends of A, then of B. */
    static const char table[3][3][2][3] = {
        {{"ll", "hh"}, {"hl", "lh"}, {"hl", "hh"}},
        {{"lh", "hl"}, {"hh", "ll"}, {"lh", "ll"}},
        {{"lh", "hh"}, {"hl", "ll"}, {"", ""}},
    };
    if ((is_zero(a) && is_infinite(b)) || (is_infinite(a) && is_zero(b))) {
        set_nan(out);
        return;
    }
    struct end al = low(a), ah = high(a), bl = low(b), bh = high(b);
    const char(*ends)[3] = table[sign_class(a)][sign_class(b)];
    if (*ends[0]) {
        out->lo_open = multiply_ends(out->lo, ends[0][0] == 'l' ? al : ah,
                                     ends[0][1] == 'l' ? bl : bh, MPFR_RNDD);
        out->hi_open = multiply_ends(out->hi, ends[1][0] == 'l' ? al : ah,
                                     ends[1][1] == 'l' ? bl : bh, MPFR_RNDU);
    } else {
        out->lo_open = extreme_product(out->lo, (struct end[]){al, bh}, (struct end[]){ah, bl}, -1);
        out->hi_open = extreme_product(out->hi, (struct end[]){al, bl}, (struct end[]){ah, bh}, 1);
    }
    out->maybe_nan = a->maybe_nan || b->maybe_nan || (may_be_zero(a) && may_be_infinite(b)) ||
                     (may_be_infinite(a) && may_be_zero(b));
    out->nonzero = a->nonzero && b->nonzero;
    settle_zero(out);
}

/* ------------------------------------------------------------------ quotients */

/* The quotient of two ends; B's sign where B is 0 is SIGN.  Open as the name says. */
static bool divide_ends(mpfr_ptr out, struct end a, struct end b, int sign, mpfr_rnd_t rnd)
{
    if (mpfr_zero_p(a.v) || (mpfr_inf_p(b.v) && !mpfr_inf_p(a.v))) {
        mpfr_set_zero(out, 1);
        return (!mpfr_zero_p(a.v) || a.open) && !attained_infinity(b);
    }
    if (mpfr_zero_p(b.v)) {
        mpfr_set_inf(out, mpfr_sgn(a.v) * sign);
        return !attained_infinity(a);
    }
    if (mpfr_inf_p(a.v) && mpfr_inf_p(b.v)) { /* anything of the sign */
        bool bounded = (mpfr_sgn(a.v) * sign > 0) == (rnd == MPFR_RNDD);
        if (bounded)
            mpfr_set_zero(out, 1);
        else
            mpfr_set_inf(out, mpfr_sgn(a.v) * sign);
        return false;
    }
    int t = mpfr_div(out, a.v, b.v, rnd);
    return mpfr_inf_p(a.v) ? a.open : t != 0 || a.open || b.open;
}

static void divide(struct interval *out, const struct interval *a, const struct interval *b)
{
    bool undefined = may_be_zero(b), maybe_nan = a->maybe_nan || b->maybe_nan;
    maybe_nan |= undefined || (may_be_infinite(a) && may_be_infinite(b));
    if (is_zero(b) || (is_infinite(a) && is_infinite(b))) {
        set_nan(out);
        return;
    }
    if (sign_class(b) == 2 || undefined) {
        set_line(out, maybe_nan);
        out->lo_open = out->hi_open = !may_be_infinite(a);
        out->nonzero = a->nonzero && !may_be_infinite(b);
        return;
    }
    struct end al = low(a), ah = high(a), bl = low(b), bh = high(b);
    int sign = not_negative(b) ? 1 : -1, class = sign_class(a);
    struct end lo_top = sign > 0 ? al : ah, hi_top = sign > 0 ? ah : al;
    struct end near = sign > 0 ? bl : bh,
               far = sign > 0 ? bh : bl; /* the ends near 0 and far from it */
    bool lo_far = class != 2 && (class == 0) == (sign > 0), hi_far = class != 2 && !lo_far;
    out->lo_open = divide_ends(out->lo, lo_top, lo_far ? far : near, sign, MPFR_RNDD);
    out->hi_open = divide_ends(out->hi, hi_top, hi_far ? far : near, sign, MPFR_RNDU);
    out->maybe_nan = maybe_nan;
    out->nonzero = a->nonzero && !may_be_infinite(b);
    settle_zero(out);
}

/* ------------------------------------------------------------------ magnitude, minimum, maximum,
 * choice */

static void magnitude(struct interval *out, const struct interval *a)
{
    if (not_negative(a)) {
        interval_set(out, a);
        return;
    }
    negate(out, a);
    if (not_positive(a))
        return;
    int order = mpfr_cmp(out->hi, a->hi); /* of -a.lo and a.hi */
    out->hi_open = order > 0 ? a->lo_open : order < 0 ? a->hi_open : a->lo_open && a->hi_open;
    if (order < 0)
        mpfr_set(out->hi, a->hi, MPFR_RNDU);
    mpfr_set_zero(out->lo, 1);
    out->lo_open = false;
    settle_zero(out);
}

/* The smaller or larger of two ends.  INNER: both values must lie there for the end to be attained.
 */
static bool pick_end(mpfr_ptr out, struct end a, struct end b, bool larger, bool inner,
                     mpfr_rnd_t rnd)
{
    int order = mpfr_cmp(a.v, b.v) * (larger ? -1 : 1);
    struct end e = order <= 0 ? a : b;
    int t = mpfr_set(out, e.v, rnd);
    if (order == 0)
        e.open = inner ? a.open || b.open : a.open && b.open;
    return e.open || t != 0;
}

static void minimum(struct interval *out, const struct interval *a, const struct interval *b)
{
    out->lo_open = pick_end(out->lo, low(a), low(b), false, false, MPFR_RNDD);
    out->hi_open = pick_end(out->hi, high(a), high(b), false, true, MPFR_RNDU);
    out->nonzero = a->nonzero && b->nonzero;
    out->maybe_nan = a->maybe_nan || b->maybe_nan;
    settle_zero(out);
}

static void maximum(struct interval *out, const struct interval *a, const struct interval *b)
{
    out->lo_open = pick_end(out->lo, low(a), low(b), true, true, MPFR_RNDD);
    out->hi_open = pick_end(out->hi, high(a), high(b), true, false, MPFR_RNDU);
    out->nonzero = a->nonzero && b->nonzero;
    out->maybe_nan = a->maybe_nan || b->maybe_nan;
    settle_zero(out);
}

void interval_hull(struct interval *out, const struct interval *a, const struct interval *b)
{
    if (interval_is_nan(a) || interval_is_nan(b)) {
        interval_set(out, interval_is_nan(a) ? b : a);
        out->maybe_nan = true;
        return;
    }
    out->lo_open = pick_end(out->lo, low(a), low(b), false, false, MPFR_RNDD);
    out->hi_open = pick_end(out->hi, high(a), high(b), true, false, MPFR_RNDU);
    out->nonzero = a->nonzero && b->nonzero;
    out->maybe_nan = a->maybe_nan || b->maybe_nan;
    settle_zero(out);
}

/* ------------------------------------------------------------------ sin, cos, tan, cosh */

static void set_unit(struct interval *out, bool maybe_nan)
{
    mpfr_set_si(out->lo, -1, MPFR_RNDD);
    mpfr_set_si(out->hi, 1, MPFR_RNDU);
    out->lo_open = out->hi_open = out->nonzero = false;
    out->maybe_nan = maybe_nan;
}

/* Is the interval shorter than 3, and so than half a period? */
static bool is_short(const struct interval *a)
{
    if (!mpfr_number_p(a->lo) || !mpfr_number_p(a->hi))
        return false;
    mpfr_t width;
    mpfr_init2(width, 64);
    mpfr_sub(width, a->hi, a->lo, MPFR_RNDU);
    bool is = mpfr_cmp_si(width, 3) < 0;
    mpfr_clear(width);
    return is;
}

/* The sign of F, exact since F is correctly rounded. */
static int sign_of(unary_function f, mpfr_srcptr x)
{
    mpfr_t v;
    mpfr_init2(v, 64);
    f(v, x, MPFR_RNDN);
    int sign = mpfr_sgn(v);
    mpfr_clear(v);
    return sign;
}

/* Over less than half a period the derivative changes its sign at most once, so its signs at the
 * ends tell where the function rises, falls, or has its maximum or minimum inside. */
static void sin_or_cos(struct interval *out, const struct interval *a, bool cosine)
{
    unary_function f = cosine ? mpfr_cos : mpfr_sin;
    if (interval_is_point(a) && mpfr_number_p(a->lo)) {
        monotone(out, a, &(struct unary){.f = f});
        return;
    }
    if (!is_short(a)) {
        set_unit(out, a->maybe_nan || may_be_infinite(a));
        if (is_infinite(a))
            set_nan(out);
        return;
    }
    int at_lo = cosine ? -sign_of(mpfr_sin, a->lo) : sign_of(mpfr_cos, a->lo);
    int at_hi = cosine ? -sign_of(mpfr_sin, a->hi) : sign_of(mpfr_cos, a->hi);
    if (at_lo * at_hi > 0) {
        monotone(out, a, &(struct unary){.f = f, .decreasing = at_lo < 0});
        return;
    }
    bool peak =
        at_lo > 0 || at_hi < 0; /* otherwise a trough; with both signs 0 the interval is a point */
    set_unit(out, a->maybe_nan);
    mpfr_ptr end = peak ? out->lo : out->hi;
    mpfr_t other;
    mpfr_init2(other, mpfr_get_prec(end));
    f(end, a->lo, peak ? MPFR_RNDD : MPFR_RNDU);
    f(other, a->hi, peak ? MPFR_RNDD : MPFR_RNDU);
    if ((mpfr_cmp(other, end) < 0) == peak)
        mpfr_set(end, other, MPFR_RNDN);
    mpfr_clear(other);
    settle_zero(out);
}

static void tangent(struct interval *out, const struct interval *a)
{
    if (is_infinite(a))
        set_nan(out);
    else if (is_short(a) && sign_of(mpfr_cos, a->lo) == sign_of(mpfr_cos, a->hi))
        monotone(out, a, &(struct unary){.f = mpfr_tan});
    else
        set_line(out, true);
}

static void hyperbolic_cosine(struct interval *out, const struct interval *a)
{
    struct interval m;
    interval_init(&m);
    interval_set_prec(&m, mpfr_get_prec(a->lo));
    magnitude(&m, a);
    monotone(out, &m, &(struct unary){.f = mpfr_cosh});
    interval_clear(&m);
}

/* ------------------------------------------------------------------ powers */

/* M^N for M >= 0 and an integer N other than 0. */
static void power_of_magnitude(struct interval *out, const struct interval *m, mpfr_srcptr n)
{
    bool falling = mpfr_sgn(n) < 0;
    struct end first = falling ? high(m) : low(m), last = falling ? low(m) : high(m);
    out->lo_open = mpfr_pow(out->lo, first.v, n, MPFR_RNDD) != 0 || first.open;
    out->hi_open = mpfr_pow(out->hi, last.v, n, MPFR_RNDU) != 0 || last.open;
    out->nonzero = m->nonzero && !may_be_infinite(m);
    out->maybe_nan = m->maybe_nan;
    settle_zero(out);
}

/* An odd power of an interval with 0 inside, N > 0. */
static void odd_power(struct interval *out, const struct interval *x, mpfr_srcptr n)
{
    out->lo_open = mpfr_pow(out->lo, x->lo, n, MPFR_RNDD) != 0 || x->lo_open;
    out->hi_open = mpfr_pow(out->hi, x->hi, n, MPFR_RNDU) != 0 || x->hi_open;
    out->nonzero = x->nonzero;
    out->maybe_nan = x->maybe_nan;
    settle_zero(out);
}

static bool is_odd(mpfr_srcptr n)
{
    mpfr_t half;
    mpfr_init2(half, mpfr_get_prec(n));
    mpfr_div_2ui(half, n, 1, MPFR_RNDN);
    bool odd = !mpfr_integer_p(half);
    mpfr_clear(half);
    return odd;
}

static void integer_power(struct interval *out, const struct interval *x, mpfr_srcptr n)
{
    bool odd = is_odd(n), mixed = sign_class(x) == 2;
    if (mpfr_zero_p(n)) {
        set_si(out, 1);
        out->maybe_nan = x->maybe_nan;
        return;
    }
    if (mpfr_sgn(n) < 0 && (may_be_zero(x) || (mixed && odd))) {
        set_line(out, may_be_zero(x) || x->maybe_nan);
        if (is_zero(x))
            set_nan(out);
        return;
    }
    if (odd && mixed) {
        odd_power(out, x, n);
        return;
    }
    struct interval m, p;
    interval_init(&m);
    interval_init(&p);
    interval_set_prec(&m, mpfr_get_prec(x->lo));
    interval_set_prec(&p, mpfr_get_prec(out->lo));
    magnitude(&m, x);
    power_of_magnitude(&p, &m, n);
    if (odd && !not_negative(x))
        negate(out, &p);
    else
        interval_set(out, &p);
    interval_clear(&m);
    interval_clear(&p);
}

/* X^Y for X >= 0 is monotone in X for a fixed Y and in Y for a fixed X, so its extremes are at
 * corners. */
static void corner_power(struct interval *out, const struct interval *x, const struct interval *y)
{
    mpfr_t v;
    mpfr_init2(v, mpfr_get_prec(out->lo));
    for (int i = 0; i < 4; i++) {
        mpfr_srcptr base = i & 1 ? x->hi : x->lo, exponent = i & 2 ? y->hi : y->lo;
        bool open = mpfr_pow(v, base, exponent, MPFR_RNDD) != 0;
        int order = i == 0 ? -1 : mpfr_cmp(v, out->lo);
        out->lo_open = order < 0 ? open : order == 0 ? out->lo_open && open : out->lo_open;
        if (order < 0)
            mpfr_set(out->lo, v, MPFR_RNDD);
        open = mpfr_pow(v, base, exponent, MPFR_RNDU) != 0;
        order = i == 0 ? 1 : mpfr_cmp(v, out->hi);
        out->hi_open = order > 0 ? open : order == 0 ? out->hi_open && open : out->hi_open;
        if (order > 0)
            mpfr_set(out->hi, v, MPFR_RNDU);
    }
    mpfr_clear(v);
    out->nonzero = x->nonzero && !may_be_infinite(x) && !may_be_infinite(y);
}

static void power(struct interval *out, const struct interval *x, const struct interval *y)
{
    bool maybe_nan = x->maybe_nan || y->maybe_nan;
    if (interval_is_point(y) && mpfr_number_p(y->lo) && mpfr_integer_p(y->lo)) {
        integer_power(out, x, y->lo);
        out->maybe_nan |= maybe_nan;
    } else if (mpfr_sgn(x->hi) < 0) {
        if (interval_is_point(y))
            set_nan(out);
        else
            set_line(out, true);
    } else {
        struct interval cut;
        interval_init(&cut);
        interval_set_prec(&cut, mpfr_get_prec(x->lo));
        interval_set(&cut, x);
        if (mpfr_sgn(x->lo) < 0) {
            maybe_nan = true;
            mpfr_set_zero(cut.lo, 1);
            cut.lo_open = false;
        }
        corner_power(out, &cut, y);
        out->maybe_nan = maybe_nan || (may_be_zero(&cut) && mpfr_sgn(y->lo) < 0);
        settle_zero(out);
        interval_clear(&cut);
    }
}

/* ------------------------------------------------------------------ all of them */

void interval_apply(struct interval *out, enum op op, const struct interval *a,
                    const struct interval *b)
{
    if (interval_is_nan(a) || (b && interval_is_nan(b))) {
        set_nan(out);
        return;
    }
    switch (op) {
    case OP_NEG:
        negate(out, a);
        break;
    case OP_ADD:
    case OP_SUB:
        add_or_subtract(out, a, b, op == OP_SUB);
        break;
    case OP_MUL:
        if (a == b && sign_class(a) == 2) {
            struct interval m;
            interval_init(&m);
            interval_set_prec(&m, mpfr_get_prec(a->lo));
            magnitude(&m, a);
            multiply(out, &m, &m);
            interval_clear(&m);
        } else {
            multiply(out, a, b);
        }
        break;
    case OP_DIV:
        divide(out, a, b);
        break;
    case OP_FABS:
        magnitude(out, a);
        break;
    case OP_FMIN:
        minimum(out, a, b);
        break;
    case OP_FMAX:
        maximum(out, a, b);
        break;
    case OP_SIN:
    case OP_COS:
        sin_or_cos(out, a, op == OP_COS);
        break;
    case OP_TAN:
        tangent(out, a);
        break;
    case OP_COSH:
        hyperbolic_cosine(out, a);
        break;
    case OP_POW:
        power(out, a, b);
        break;
    default:
        if (unary_table[op].has_start)
            monotone_from(out, a, &unary_table[op]);
        else
            monotone(out, a, &unary_table[op]);
    }
}

/* ------------------------------------------------------------------ comparison */

int interval_less(const struct interval *a, const struct interval *b)
{
    if (interval_is_nan(a) || interval_is_nan(b))
        return 0;
    if (a->maybe_nan || b->maybe_nan)
        return -1;
    int order = mpfr_cmp(a->hi, b->lo);
    if (order < 0 || (order == 0 && (a->hi_open || b->lo_open)))
        return 1;
    return mpfr_cmp(a->lo, b->hi) >= 0 ? 0 : -1;
}

int interval_equal(const struct interval *a, const struct interval *b)
{
    if (interval_is_nan(a) || interval_is_nan(b))
        return 0;
    if (a->maybe_nan || b->maybe_nan)
        return -1;
    if (interval_is_point(a) && interval_is_point(b))
        return mpfr_equal_p(a->lo, b->lo);
    bool zero = (a->nonzero && is_zero(b)) || (b->nonzero && is_zero(a));
    return zero || interval_less(a, b) == 1 || interval_less(b, a) == 1 ? 0 : -1;
}

/* ------------------------------------------------------------------ constants */

/* 1 = N / D of square root R of V: how the constants follow from 1, 2, 10, pi and log 2. */
static void ratio(struct interval *out, long top, const struct interval *bottom)
{
    struct interval t;
    interval_init(&t);
    set_si(&t, top);
    interval_apply(out, OP_DIV, &t, bottom);
    interval_clear(&t);
}

void interval_set_constant(struct interval *out, enum constant c)
{
    struct interval a, b;
    interval_init(&a);
    interval_init(&b);
    interval_set_prec(&a, mpfr_get_prec(out->lo));
    interval_set_prec(&b, mpfr_get_prec(out->lo));
    switch (c) {
    case CONST_E:
        set_si(&a, 1);
        interval_apply(out, OP_EXP, &a, NULL);
        break;
    case CONST_LN2:
    case CONST_LOG2E:
    case CONST_LN10:
    case CONST_LOG10E:
        set_si(&a, c == CONST_LN2 || c == CONST_LOG2E ? 2 : 10);
        interval_apply(c == CONST_LN2 || c == CONST_LN10 ? out : &b, OP_LOG, &a, NULL);
        if (c == CONST_LOG2E || c == CONST_LOG10E)
            ratio(out, 1, &b);
        break;
    case CONST_PI:
    case CONST_PI_2:
    case CONST_PI_4:
        from_low_end(out, mpfr_const_pi(out->lo, MPFR_RNDD));
        mpfr_div_2ui(out->lo, out->lo, c == CONST_PI ? 0 : c == CONST_PI_2 ? 1 : 2, MPFR_RNDD);
        mpfr_div_2ui(out->hi, out->hi, c == CONST_PI ? 0 : c == CONST_PI_2 ? 1 : 2, MPFR_RNDU);
        break;
    case CONST_1_PI:
    case CONST_2_PI:
        from_low_end(&a, mpfr_const_pi(a.lo, MPFR_RNDD));
        ratio(out, c == CONST_1_PI ? 1 : 2, &a);
        break;
    case CONST_2_SQRTPI:
        from_low_end(&a, mpfr_const_pi(a.lo, MPFR_RNDD));
        interval_apply(&b, OP_SQRT, &a, NULL);
        ratio(out, 2, &b);
        break;
    case CONST_SQRT2:
    case CONST_SQRT1_2:
        set_si(&a, 2);
        if (c == CONST_SQRT1_2) {
            interval_set(&b, &a);
            ratio(&a, 1, &b);
        }
        interval_apply(out, OP_SQRT, &a, NULL);
        break;
    case CONST_INFINITY:
        mpfr_set_inf(a.lo, 1);
        interval_set_fr(out, a.lo);
        break;
    default:
        set_nan(out);
    }
    interval_clear(&a);
    interval_clear(&b);
}
