/* accuracy.c -- grading.  See accuracy.h.
 *
 * The work is split in two: loops over whole runs that take every ordinary lane (the result is a
 * number of the right sign near a decided truth), and grade_one for the others.  What a lane needs
 * to be ordinary is stated at `struct lanes'.
 */
#include <assert.h>
#include <math.h>
#include <string.h>
#include "accuracy.h"
#include "../mem.h"
#include "../result/stats.h"

/* The hot loops are built for several ISA levels and chosen at load time. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
#define HOT __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HOT
#endif

static inline uint64_t double_bits(double v)
{
    uint64_t u;
    memcpy(&u, &v, sizeof u);
    return u;
}

static inline double bits_double(uint64_t u)
{
    double v;
    memcpy(&v, &u, sizeof v);
    return v;
}

void tally_init(struct tally *t)
{
    memset(t, 0, sizeof *t);
    t->max_ulp = t->inf_as_ulp = -1;
    for (int i = 0; i < TALLY_SEGMENTS; i++)
        t->segment_max[i] = -1;
    for (int i = 0; i < MAX_BOUNDS; i++)
        t->bound[i].max_ulp = -1;
}

/* Order of inputs: by |x|, the positive one first. */
static bool point_before(uint64_t a, uint64_t b, enum format f)
{
    uint64_t s = format_sign_bit(f);
    uint64_t ma = a & ~s, mb = b & ~s;
    return ma != mb ? ma < mb : (a & s) < (b & s);
}

/* Tallies are merged without knowing the format: patterns of 16, 32 and 64 bits differ in where the
 * sign is, so the order is kept in the merge by the place of the top bit, found from the tally
 * itself. */
static bool point_first(const struct tally_point *a, const struct tally_point *b)
{
    uint64_t top = (a->x | b->x) >> 32   ? UINT64_C(1) << 63
                   : (a->x | b->x) >> 16 ? UINT64_C(1) << 31
                                         : UINT64_C(1) << 15;
    uint64_t ma = a->x & ~top, mb = b->x & ~top;
    return ma != mb ? ma < mb : (a->x & top) < (b->x & top);
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

void tally_merge(struct tally *into, const struct tally *from)
{
    into->inputs += from->inputs;
    into->numbers += from->numbers;
    into->unjudged += from->unjudged;
    into->undecided += from->undecided;
    into->correct += from->correct;
    for (int i = 0; i < HISTOGRAM_BINS; i++)
        into->histogram[i] += from->histogram[i];
    for (int i = 0; i < FAIL_COUNT; i++) {
        struct tally_count *a = &into->failure[i];
        const struct tally_count *b = &from->failure[i];
        if (b->n && (!a->n || point_first(&b->first, &a->first)))
            a->first = b->first;
        a->n += b->n;
    }
    if (from->max_ulp > into->max_ulp || (from->max_ulp == into->max_ulp && from->max_ulp >= 0 &&
                                          point_first(&from->worst, &into->worst))) {
        into->max_ulp = from->max_ulp;
        into->worst = from->worst;
    }
    into->max_abs = larger(into->max_abs, from->max_abs);
    into->max_rel = larger(into->max_rel, from->max_rel);
    into->inf_as_ulp = larger(into->inf_as_ulp, from->inf_as_ulp);
    into->largest_step = larger(into->largest_step, from->largest_step);
    into->reflection = larger(into->reflection, from->reflection);
    into->fine_abs += from->fine_abs;
    into->fine_signed += from->fine_signed;
    into->fine_square += from->fine_square;
    into->coarse_abs += from->coarse_abs;
    into->coarse_signed += from->coarse_signed;
    into->coarse_square += from->coarse_square;
    into->coarse += from->coarse;
    into->flushed_accepted += from->flushed_accepted;
    for (int i = 0; i < TALLY_SEGMENTS; i++)
        if (from->segment_max[i] > into->segment_max[i])
            into->segment_max[i] = from->segment_max[i];
    into->digest += from->digest;
    for (int s = 0; s < 2; s++) {
        if (from->last_change[s] > into->last_change[s])
            into->last_change[s] = from->last_change[s];
        if (from->exact_last_change[s] > into->exact_last_change[s])
            into->exact_last_change[s] = from->exact_last_change[s];
    }
    for (int i = 0; i < MAX_BOUNDS; i++) {
        if (from->bound[i].max_ulp > into->bound[i].max_ulp ||
            (from->bound[i].max_ulp == into->bound[i].max_ulp && from->bound[i].max_ulp >= 0 &&
             point_first(&from->bound[i].worst, &into->bound[i].worst))) {
            into->bound[i].max_ulp = from->bound[i].max_ulp;
            into->bound[i].worst = from->bound[i].worst;
        }
        if (from->bound[i].failures &&
            (!into->bound[i].failures ||
             point_first(&from->bound[i].first_failure, &into->bound[i].first_failure)))
            into->bound[i].first_failure = from->bound[i].first_failure;
        into->bound[i].misrounded += from->bound[i].misrounded;
        into->bound[i].failures += from->bound[i].failures;
    }
}

void tally_raise(struct tally *into, const struct tally *from)
{
    struct tally extremes = *from;
    extremes.inputs = extremes.numbers = extremes.unjudged = extremes.undecided = extremes.correct = 0;
    memset(extremes.histogram, 0, sizeof extremes.histogram);
    extremes.fine_abs = extremes.fine_signed = extremes.fine_square = 0;
    extremes.coarse_abs = extremes.coarse_signed = extremes.coarse_square = 0;
    extremes.coarse = extremes.flushed_accepted = extremes.digest = 0;
    tally_merge(into, &extremes);
}

/* ---- digests ---- */

uint64_t digest_results(uint64_t h, enum format f, const void *y, size_t n)
{
    size_t bytes = (size_t)format_info[f].bits / 8;
    for (size_t i = 0; i < n; i++) {
        uint64_t u = 0;
        memcpy(&u, (const char *)y + i * bytes, bytes);
        if (format_is_nan(f, u))
            u = format_nan(f);
        h = (h ^ u) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    return h;
}

/* ---- truths ---- */

static bool audited(uint64_t x)
{
    x *= UINT64_C(0x9e3779b97f4a7c15);
    return (x >> 40) % AUDIT_EVERY == 0;
}

/* Does what the fast reference said of lane I agree with MPFR's T? The ends of both are outward
 * rounded doubles, so one step of a double is allowed between them. */
static bool audit_agrees(const struct truth_block *b, int i, const struct truth *t)
{
    if (t->kind == TRUTH_UNSETTLED)
        return true;
    if (t->kind != TRUTH_FINITE)
        return false;
    bool inside = t->lo >= nextafter(b->lo[i], -INFINITY) && t->hi <= nextafter(b->hi[i], INFINITY);
    return inside && (t->zero || b->due[i] == t->due);
}

static void use_mpfr(struct grading *g, struct truth_run *r, int i)
{
    struct truth *t = &r->special[i];
    if (format_is_nan(g->in, r->x[i]))
        *t = (struct truth){.kind = TRUTH_NAN, .due = format_nan(g->out), .lo = NAN, .hi = NAN};
    else
        truth_at(g->oracle, g->in, r->x[i], g->out, g->rounding, t);
    r->due[i] = t->due;
    r->t.tier[i] = TIER_MPFR;
    r->t.lo[i] = t->lo;
    r->t.hi[i] = t->hi;
    /* Lanes that one comparison with `due' cannot judge stay with the full truth. */
    r->slow[i] = t->kind != TRUTH_FINITE || t->naccept || t->zero || t->at_limit ||
                 format_info[g->out].p > 24;
}

static bool special_input(const struct grading *g, uint64_t x)
{
    return format_is_nan(g->in, x) || format_is_inf(g->in, x) || format_is_zero(g->in, x);
}

void truth_run_fill(struct grading *g, struct truth_run *r, const uint64_t *x, int n,
                    struct reference_tally *tally)
{
    const struct function *f = oracle_function(g->oracle);
    bool fast = g->block && format_info[g->out].p <= 24;
    bool finite = true;
    r->n = n;
    for (int i = 0; i < n; i++) {
        r->x[i] = x[i];
        r->xv[i] = format_to_double(g->in, x[i]);
        r->slow[i] = 0;
        r->piece[i] = -1;
        r->shape[i] = SHAPE_UNKNOWN;
        r->t.tier[i] = TIER_UNDECIDED;
        finite &= isfinite(r->xv[i]) != 0;
    }
    /* A run with infinities or NaNs in it is short and rare. */
    if (fast && finite) {
        block_ref_eval(g->block, r->xv, n, g->out, g->rounding, &r->t);
        for (int i = 0; i < n; i++)
            r->due[i] = r->t.due[i];
    }
    bool everywhere = !f->pre && !f->nspecial;
    bool zero_plain = f->zero == ZERO_BOTH;
    for (int i = 0; i < n; i++) {
        bool exact_zero = r->t.tier[i] != TIER_UNDECIDED && r->t.lo[i] == 0 && r->t.hi[i] == 0;
        if (r->t.tier[i] == TIER_UNDECIDED || !everywhere || special_input(g, x[i]) ||
            (exact_zero && !zero_plain)) {
            use_mpfr(g, r, i);
        } else if (exact_zero) {
            /* Both zeros are right: nothing to ask MPFR, but nothing a comparison settles. */
            r->special[i] =
                (struct truth){.kind = TRUTH_FINITE,
                               .ulp_exponent = format_info[g->out].emin - format_info[g->out].p + 1,
                               .zero = true,
                               .accept_zero = ACCEPT_ZERO_POSITIVE | ACCEPT_ZERO_NEGATIVE};
            r->slow[i] = 1;
        } else if (tally && audited(x[i])) {
            struct truth t;
            truth_at(g->oracle, g->in, x[i], g->out, g->rounding, &t);
            tally->audits++;
            if (!audit_agrees(&r->t, i, &t) && !tally->violations++)
                tally->violation = (struct tally_point){x[i], r->due[i], t.due, t.lo};
        }
        if (tally)
            tally->tier[r->t.tier[i]]++;
    }
    if (f->npieces && n > 0) {
        /* The pieces are intervals: if both ends are in one, so is the run. */
        enum shape first, last;
        int a = oracle_piece(g->oracle, r->xv[0], &first);
        int b = oracle_piece(g->oracle, r->xv[n - 1], &last);
        for (int i = 0; i < n; i++) {
            r->piece[i] = a;
            r->shape[i] = first;
            if (a != b)
                r->piece[i] = oracle_piece(g->oracle, r->xv[i], &r->shape[i]);
        }
    }
}

/* ---- one lane ---- */

struct lane {
    uint64_t x, y, due;
    double xv, yv;
};

static void fail(struct tally *t, enum failure kind, enum format in, const struct lane *l,
                 double exact)
{
    struct tally_count *c = &t->failure[kind];
    if (!c->n++ || point_before(l->x, c->first.x, in))
        c->first = (struct tally_point){l->x, l->y, l->due, exact};
}

/* Segments tell where on the line the errors are: infinite inputs are on none. */
static void segment_raise(struct tally *t, double x, double v)
{
    int s = segment_of(x);
    if (isfinite(x) && v > t->segment_max[s])
        t->segment_max[s] = (float)v;
}

static void worst_raise(struct tally *t, enum format in, const struct lane *l, double ulp,
                        double exact)
{
    if (ulp > t->max_ulp || (ulp == t->max_ulp && point_before(l->x, t->worst.x, in))) {
        t->max_ulp = ulp;
        t->worst = (struct tally_point){l->x, l->y, l->due, exact};
    }
}

/* Adds an error E (signed, in ulps) to the sums. */
static void sums_add(struct tally *t, double e)
{
    double a = fabs(e);
    if (a < 1024) {
        t->fine_abs += (int64_t)rint(a * 0x1p20);
        t->fine_signed += (int64_t)rint(e * 0x1p20);
        t->fine_square += (int64_t)rint(e * e * 0x1p20);
    } else {
        double c = fmin(a, 0x1p40);
        __int128 k = (int64_t)rint(c);
        t->coarse++;
        t->coarse_abs += k;
        t->coarse_signed += e < 0 ? -k : k;
        t->coarse_square += k * k;
    }
}

/* Number of promised intervals, and whether X lies in the I-th. */
static int bounds(const struct kernel_facts *k)
{
    int n = 0;
    while (n < MAX_BOUNDS && k->promise.bound[n].plain > 0)
        n++;
    return n;
}

static bool inside(const struct kernel_facts *k, int i, double x)
{
    return x >= k->promise.bound[i].lo && x <= k->promise.bound[i].hi;
}

/* A number with error ULP in the promised intervals. */
static void bounds_number(struct tally *t, const struct kernel_facts *k, enum format in,
                          const struct lane *l, double ulp, double exact, bool correct)
{
    for (int i = 0; i < bounds(k); i++) {
        if (!inside(k, i, l->xv))
            continue;
        t->bound[i].misrounded += !correct;
        if (ulp > t->bound[i].max_ulp ||
            (ulp == t->bound[i].max_ulp && point_before(l->x, t->bound[i].worst.x, in))) {
            t->bound[i].max_ulp = ulp;
            t->bound[i].worst = (struct tally_point){l->x, l->y, l->due, exact};
        }
    }
}

static void bounds_failure(struct tally *t, const struct kernel_facts *k, enum format in,
                           const struct lane *l, double exact)
{
    for (int i = 0; i < bounds(k); i++)
        if (inside(k, i, l->xv) &&
            (!t->bound[i].failures++ || point_before(l->x, t->bound[i].first_failure.x, in)))
            t->bound[i].first_failure = (struct tally_point){l->x, l->y, l->due, exact};
}

/* An ordinary number with error E in ulps. */
static void number_add(struct tally *t, const struct grading *g, const struct kernel_facts *k,
                       const struct lane *l, double e, double exact, bool correct)
{
    double a = fabs(e);
    bounds_number(t, k, g->in, l, a, exact, correct);
    t->numbers++;
    t->correct += correct;
    t->histogram[correct ? 0 : histogram_bin(a)]++;
    sums_add(t, e);
    segment_raise(t, l->xv, a);
    worst_raise(t, g->in, l, a, exact);
    double abs_error = fabs(l->yv - exact);
    if (isfinite(abs_error))
        t->max_abs = larger(t->max_abs, abs_error);
    if (fabs(exact) >= ldexp(1, format_info[g->out].emin) && isfinite(exact))
        t->max_rel = larger(t->max_rel, abs_error / fabs(exact));
}

static enum failure failure_of(enum verdict v)
{
    switch (v) {
    case VERDICT_NAN:
        return FAIL_NAN;
    case VERDICT_NOT_NAN:
        return FAIL_NOT_NAN;
    case VERDICT_INF:
        return FAIL_INF;
    case VERDICT_NOT_INF:
        return FAIL_NOT_INF;
    default:
        return FAIL_LIMIT;
    }
}

/* Zeros and signs of a result that is a number. */
static void number_classes(struct tally *t, const struct grading *g, const struct lane *l,
                           const struct truth *z, const struct judgement *j, double exact)
{
    enum format f = g->out;
    if (format_is_zero(f, l->y) && !format_is_zero(f, l->due))
        fail(t, format_is_subnormal(f, l->due) ? FAIL_FLUSHED : FAIL_ZERO_LOST, g->in, l, exact);
    else if (j->sign_wrong && format_is_zero(f, l->y))
        fail(t, FAIL_ZERO_SIGN, g->in, l, exact);
    else if (j->sign_wrong && !z->zero)
        fail(t, FAIL_SIGN, g->in, l, exact);
}

/* In flush mode: is Y excused, being a zero of the right sign where |z| < 2^emin? */
static bool flush_excused(const struct grading *g, const struct lane *l, const struct truth *z)
{
    double normal = ldexp(1, format_info[g->out].emin);
    return g->ftz && z->kind == TRUTH_FINITE && format_is_zero(g->out, l->y) && !z->zero &&
           z->lo > -normal && z->hi < normal &&
           format_is_negative(g->out, l->y) == format_is_negative(g->out, z->due);
}

/* What the kernel may have computed instead, taking a subnormal x for a zero of its sign. */
static bool denormal_as_zero(struct grading *g, const struct lane *l, struct truth *z)
{
    if (!g->ftz || !format_is_subnormal(g->in, l->x))
        return false;
    struct truth at_zero;
    truth_at(g->oracle, g->in, l->x & format_sign_bit(g->in), g->out, g->rounding, &at_zero);
    struct judgement here = truth_judge(z, g->out, l->y);
    struct judgement there = truth_judge(&at_zero, g->out, l->y);
    bool better =
        there.verdict == VERDICT_NUMBER && (here.verdict != VERDICT_NUMBER || there.hi < here.hi);
    if (better)
        *z = at_zero;
    return better;
}

static void grade_one(struct grading *g, const struct kernel_facts *k, const struct lane *lane,
                      const struct truth *truth, struct tally *t)
{
    struct lane l = *lane;
    struct truth z = *truth;
    if (z.kind == TRUTH_UNJUDGED) {
        t->unjudged++;
        return;
    }
    if (flush_excused(g, &l, &z)) {
        t->flushed_accepted++;
        t->numbers++;
        t->correct++;
        t->histogram[0]++;
        return;
    }
    if (denormal_as_zero(g, &l, &z))
        l.due = z.due;
    double exact =
        z.kind == TRUTH_FINITE || z.kind == TRUTH_UNSETTLED ? 0.5 * z.lo + 0.5 * z.hi : NAN;
    struct judgement j = truth_judge(&z, g->out, l.y);
    switch (j.verdict) {
    case VERDICT_NUMBER: {
        if (z.kind == TRUTH_UNSETTLED)
            t->undecided++;
        double e = 0.5 * j.lo + 0.5 * j.hi;
        number_add(t, g, k, &l, l.yv < exact ? -e : e, exact, j.correct);
        number_classes(t, g, &l, &z, &j, exact);
        break;
    }
    case VERDICT_ACCEPTED:
        t->numbers++;
        t->correct++;
        t->histogram[0]++;
        if (j.sign_wrong)
            fail(t, format_is_zero(g->out, l.y) ? FAIL_ZERO_SIGN : FAIL_SIGN, g->in, &l, exact);
        break;
    default:
        fail(t, failure_of(j.verdict), g->in, &l, exact);
        bounds_failure(t, k, g->in, &l, exact);
        if (j.verdict == VERDICT_INF)
            t->inf_as_ulp = larger(t->inf_as_ulp, j.hi);
        segment_raise(t, l.xv, INFINITY);
    }
}

/* ---- whole runs ---- */

/* One run of results, taken apart.  A lane is ordinary unless odd[i]: then it goes to grade_one. */
struct lanes {
    uint64_t yb[BLOCK];
    double yv[BLOCK];
    double e[BLOCK];       /* the signed error in ulps; 0 in odd lanes */
    double half[BLOCK];    /* half the width of its enclosure */
    uint64_t odd[BLOCK];   /* 1 or 0 */
    uint64_t equal[BLOCK]; /* y is due: correctly rounded */
};

static void unpack(enum format f, const void *y, int n, uint64_t *bits, double *value)
{
    if (f == FORMAT_F32) {
        const float *v = y;
        for (int i = 0; i < n; i++) {
            uint32_t u;
            memcpy(&u, &v[i], sizeof u);
            bits[i] = u;
            value[i] = v[i];
        }
        return;
    }
    size_t bytes = (size_t)format_info[f].bits / 8;
    for (int i = 0; i < n; i++) {
        bits[i] = 0;
        memcpy(&bits[i], (const char *)y + (size_t)i * bytes, bytes);
        value[i] = format_to_double(f, bits[i]);
    }
}

/* What the loops need to know of the output format. */
struct loop_format {
    uint64_t inf, sign;
    uint64_t emin, emax; /* biased as in a double */
    int p;
};

HOT static void measure_lanes(struct lanes *l, const struct truth_run *r, struct loop_format f,
                              int n)
{
    const uint64_t mask = UINT64_C(0x7fffffffffffffff), mantissa = UINT64_C(0x000fffffffffffff);
    for (int i = 0; i < n; i++) {
        uint64_t lb = double_bits(r->t.lo[i]) & mask, hb = double_bits(r->t.hi[i]) & mask;
        uint64_t small = lb < hb ? lb : hb, large = lb < hb ? hb : lb;
        uint64_t es = small >> 52, el = large >> 52;
        uint64_t open_power =
            (large & mantissa) == 0 ? 1 : 0; /* see block.h: such an end is open */
        es = es < f.emin ? f.emin : es;
        el -= open_power & (large != small);
        el = el < f.emin ? f.emin : el;
        uint64_t y = l->yb[i], due = r->due[i];
        uint64_t equal = y == due, due_inf = (due & ~f.sign) == f.inf;
        uint64_t differs = (y ^ due) & f.sign ? 1 : 0;
        uint64_t extreme = (y & ~f.sign) >= f.inf || (y & ~f.sign) == 0;
        uint64_t odd = r->slow[i] | (((differs | extreme | due_inf) & (equal ^ 1))) |
                       ((due_inf ^ 1) & ((es != el) | (es > f.emax)));
        uint64_t keep = (odd | due_inf) - 1; /* all ones where the error is to be computed */
        double scale = bits_double((uint64_t)(2046 + f.p - 1 - (int64_t)es) << 52);
        double mid = 0.5 * r->t.lo[i] + 0.5 * r->t.hi[i];
        double e = (l->yv[i] - mid) * scale;
        double half = 0.5 * (r->t.hi[i] - r->t.lo[i]) * scale;
        l->e[i] = bits_double(double_bits(e) & keep);
        l->half[i] = bits_double(double_bits(half) & keep);
        l->odd[i] = odd;
        l->equal[i] = equal & (odd ^ 1);
    }
}

/* What the ordinary lanes of a run sum up to.  The errors are rounded to multiples of 2^-20 first,
 * so that these sums of doubles are exact. */
struct lane_sums {
    double abs, sign, square, max, max_upper;
    uint64_t odd, equal, le_half, le_one, le_two, le_four;
};

HOT static struct lane_sums sum_lanes(const struct lanes *l, int n)
{
    const double magic = 0x1.8p52;
    double sa = 0, ss = 0, sq = 0, max = 0, upper = 0;
    uint64_t odd = 0, equal = 0, c0 = 0, c1 = 0, c2 = 0, c4 = 0;
    for (int i = 0; i < n; i++) {
        double a = fabs(l->e[i]);
        double u = a + l->half[i];
        uint64_t fine = a < 1024, other = l->equal[i] ^ 1;
        double fe = bits_double(double_bits(l->e[i]) & -fine);
        sa += (fabs(fe) * 0x1p20 + magic) - magic;
        ss += (fe * 0x1p20 + magic) - magic;
        sq += (fe * fe * 0x1p20 + magic) - magic;
        max = a > max ? a : max;
        upper = u > upper ? u : upper;
        odd += l->odd[i];
        equal += l->equal[i];
        other &= l->odd[i] ^ 1;
        c0 += other & (a <= 0.5);
        c1 += other & (a <= 1);
        c2 += other & (a <= 2);
        c4 += other & (a <= 4);
    }
    return (struct lane_sums){sa, ss, sq, max, upper, odd, equal, c0, c1, c2, c4};
}

HOT static double max_distance(const double *y, const double *lo, const double *hi,
                               const uint64_t *odd, int n)
{
    double max = 0;
    for (int i = 0; i < n; i++) {
        double d = fabs(y[i] - (0.5 * lo[i] + 0.5 * hi[i]));
        d = odd[i] ? 0 : d;
        max = d > max ? d : max;
    }
    return max;
}

HOT static uint64_t count_outside(const double *y, double lo, double hi, int n)
{
    uint64_t c = 0;
    for (int i = 0; i < n; i++)
        c += (y[i] < lo) | (y[i] > hi);
    return c;
}

/* Steps of y against SIGN (+1: y should not decrease with the index). */
HOT static uint64_t count_steps(const double *y, double sign, int n)
{
    uint64_t c = 0;
    for (int i = 1; i < n; i++)
        c += y[i] * sign < y[i - 1] * sign;
    return c;
}

/* The truth of a lane that the block decided, spelt out for truth_judge; asked of MPFR where the
 * enclosure does not tell the binade. */
static void lane_truth(struct grading *g, const struct truth_run *r, int i, struct truth *z)
{
    if (r->slow[i]) {
        *z = r->special[i];
        return;
    }
    const struct format_info *f = &format_info[g->out];
    double lo = r->t.lo[i], hi = r->t.hi[i];
    double small = fmin(fabs(lo), fabs(hi)), large = fmax(fabs(lo), fabs(hi));
    int es, el;
    bool power = frexp(large, &el) == 0.5;
    if (small == 0 || frexp(small, &es) == 0)
        es = f->emin + 1;
    if (power && large != small)
        el--;
    es = es - 1 < f->emin ? f->emin : es - 1;
    el = el - 1 < f->emin ? f->emin : el - 1;
    bool overflows = format_is_inf(g->out, r->due[i]);
    if (!isfinite(large) || overflows || es != el || es > f->emax) {
        truth_at(g->oracle, g->in, r->x[i], g->out, g->rounding, z);
        return;
    }
    memset(z, 0, sizeof *z);
    z->kind = TRUTH_FINITE;
    z->due = z->nearest = r->due[i];
    z->ulp_exponent = es - f->p + 1;
    double anchor = format_to_double(g->out, z->nearest), scale = ldexp(1, -z->ulp_exponent);
    z->offset_lo = (lo - anchor) * scale;
    z->offset_hi = (hi - anchor) * scale;
    z->lo = lo;
    z->hi = hi;
    z->zero = lo == 0 && hi == 0;
    z->accept_zero = ACCEPT_ZERO_POSITIVE | ACCEPT_ZERO_NEGATIVE;
}

static void grade_shape(struct grading *g, const struct truth_run *r, const struct lanes *l,
                        struct run_state *state, struct tally *t)
{
    int n = r->n;
    if (g->has_range && count_outside(l->yv, g->range[0], g->range[1], n))
        for (int i = 0; i < n; i++)
            if (l->yv[i] < g->range[0] || l->yv[i] > g->range[1]) {
                struct lane lane = {r->x[i], l->yb[i], r->due[i], r->xv[i], l->yv[i]};
                fail(t, FAIL_RANGE, g->in, &lane, 0.5 * r->t.lo[i] + 0.5 * r->t.hi[i]);
            }

    /* With |x| growing, a negative run goes left: what should increase must not increase here. */
    bool one_piece = n > 0 && r->piece[0] >= 0 && r->piece[0] == r->piece[n - 1];
    double sign = r->n && (r->shape[0] == SHAPE_INCREASING) == !signbit(r->xv[0]) ? 1 : -1;
    bool joins = state->has_previous && n > 0 && state->piece == r->piece[0] && r->piece[0] >= 0;
    uint64_t previous = state->y;
    double before = joins ? format_to_double(g->out, previous) : NAN;
    if (one_piece && !(before * sign > l->yv[0] * sign) && !count_steps(l->yv, sign, n))
        goto done;
    for (int i = 0; i < n; i++) {
        double from = i ? l->yv[i - 1] : before;
        bool same = i ? r->piece[i] >= 0 && r->piece[i] == r->piece[i - 1] : joins;
        sign = (r->shape[i] == SHAPE_INCREASING) == !signbit(r->xv[i]) ? 1 : -1;
        if (!same || !(l->yv[i] * sign < from * sign))
            continue;
        struct lane lane = {r->x[i], l->yb[i], r->due[i], r->xv[i], l->yv[i]};
        double exact = 0.5 * r->t.lo[i] + 0.5 * r->t.hi[i];
        fail(t, FAIL_MONOTONE, g->in, &lane, exact);
        int e;
        frexp(fmin(fabs(exact), ldexp(1, format_info[g->out].emax)), &e);
        e = e - 1 < format_info[g->out].emin ? format_info[g->out].emin : e - 1;
        t->largest_step =
            larger(t->largest_step, ldexp(fabs(from - l->yv[i]), format_info[g->out].p - 1 - e));
    }
done:
    if (n > 0) {
        state->has_previous = true;
        state->x = r->x[n - 1];
        state->y = l->yb[n - 1];
        state->piece = r->piece[n - 1];
    }
}

/* Ordinary lanes that the sums do not cover: large errors, and candidates for the maxima. */
static void grade_outstanding(struct grading *g, const struct truth_run *r, const struct lanes *l,
                              const struct lane_sums *s, struct tally *t)
{
    bool coarse = s->max >= 1024, bins = s->max > 4;
    bool candidate = s->max_upper > t->max_ulp + TALLY_RESOLUTION;
    if (!coarse && !bins && !candidate)
        return;
    for (int i = 0; i < r->n; i++) {
        double a = fabs(l->e[i]);
        if (l->odd[i])
            continue;
        if (a >= 1024)
            sums_add(t, l->e[i]);
        if (a > 4)
            t->histogram[histogram_bin(a)]++;
        if (a + l->half[i] > t->max_ulp + TALLY_RESOLUTION) {
            struct truth z;
            truth_at(g->oracle, g->in, r->x[i], g->out, g->rounding, &z);
            struct judgement j = truth_judge(&z, g->out, l->yb[i]);
            struct lane lane = {r->x[i], l->yb[i], r->due[i], r->xv[i], l->yv[i]};
            if (j.verdict == VERDICT_NUMBER)
                worst_raise(t, g->in, &lane, 0.5 * j.lo + 0.5 * j.hi, 0.5 * z.lo + 0.5 * z.hi);
        }
    }
}

static void grade_maxima(struct grading *g, const struct truth_run *r, const struct lanes *l,
                         const struct lane_sums *s, struct tally *t)
{
    double d = max_distance(l->yv, r->t.lo, r->t.hi, l->odd, r->n);
    if (isfinite(d))
        t->max_abs = larger(t->max_abs, d);
    /* err ulps of z are at most err 2^(1-p) of |z|: only a larger one can raise the relative
     * maximum. */
    if (ldexp(s->max, 1 - format_info[g->out].p) > t->max_rel) {
        double normal = ldexp(1, format_info[g->out].emin);
        for (int i = 0; i < r->n; i++) {
            double mid = fabs(0.5 * r->t.lo[i] + 0.5 * r->t.hi[i]);
            if (!l->odd[i] && mid >= normal && isfinite(mid))
                t->max_rel = larger(t->max_rel, fabs(fabs(l->yv[i]) - mid) / mid);
        }
    }
}

/* The promised intervals, for the ordinary lanes. */
static void grade_bounds(const struct truth_run *r, const struct kernel_facts *k,
                         const struct lanes *l, const struct lane_sums *s, struct tally *t)
{
    double first = r->xv[0], last = r->xv[r->n - 1];
    for (int b = 0; b < bounds(k); b++) {
        const struct bound *in = &k->promise.bound[b];
        if (fmax(first, last) < in->lo || fmin(first, last) > in->hi)
            continue;
        bool whole = inside(k, b, first) && inside(k, b, last);
        if (whole)
            t->bound[b].misrounded += (uint64_t)r->n - s->odd - s->equal;
        if (whole && s->max <= t->bound[b].max_ulp)
            continue;
        for (int i = 0; i < r->n; i++) {
            double a = fabs(l->e[i]);
            if (l->odd[i] || !inside(k, b, r->xv[i]))
                continue;
            if (!whole)
                t->bound[b].misrounded += !l->equal[i];
            if (a > t->bound[b].max_ulp) {
                t->bound[b].max_ulp = a;
                t->bound[b].worst = (struct tally_point){r->x[i], l->yb[i], r->due[i],
                                                         0.5 * r->t.lo[i] + 0.5 * r->t.hi[i]};
            }
        }
    }
}

static void grade_segments(const struct truth_run *r, const struct lanes *l, struct tally *t)
{
    for (int i = 0; i < r->n && isfinite(r->xv[i]);) {
        int s = segment_of(r->xv[i]), j = i;
        double lo, hi, max = -1;
        bool negative;
        segment_ends(s, &lo, &hi, &negative);
        for (; j < r->n && (j == i || fabs(r->xv[j]) < hi); j++)
            if (!l->odd[j] && fabs(l->e[j]) > max)
                max = fabs(l->e[j]);
        if (max > t->segment_max[s])
            t->segment_max[s] = (float)max;
        i = j;
    }
}

static void grade_saturation(const struct grading *g, const struct truth_run *r,
                             const struct lanes *l, struct tally *t, const uint64_t *tail)
{
    int side = format_is_negative(g->in, r->x[0]) ? 0 : 1;
    uint64_t sign = format_sign_bit(g->in);
    for (int i = r->n - 1; i >= 0; i--)
        if (l->yb[i] != tail[side] && isfinite(r->xv[i])) {
            if ((r->x[i] & ~sign) > t->last_change[side])
                t->last_change[side] = r->x[i] & ~sign;
            break;
        }
    for (int i = r->n - 1; i >= 0; i--)
        if (r->due[i] != g->tail[side] && isfinite(r->xv[i])) {
            if ((r->x[i] & ~sign) > t->exact_last_change[side])
                t->exact_last_change[side] = r->x[i] & ~sign;
            break;
        }
}

void grade_run(struct grading *g, const struct truth_run *r, const void *y,
               const struct kernel_facts *facts, struct run_state *state, struct tally *t)
{
    struct lanes l;
    int n = r->n;
    if (n == 0)
        return;
    const struct format_info *f = &format_info[g->out];
    unpack(g->out, y, n, l.yb, l.yv);
    if (f->p <= 24) {
        struct loop_format lf = {format_inf(g->out), format_sign_bit(g->out),
                                 (uint64_t)(f->emin + 1023), (uint64_t)(f->emax + 1023), f->p};
        measure_lanes(&l, r, lf, n);
    } else {
        for (int i = 0; i < n; i++) {
            l.e[i] = l.half[i] = 0;
            l.odd[i] = 1;
            l.equal[i] = 0;
        }
    }
    struct lane_sums s = sum_lanes(&l, n);
    t->inputs += (uint64_t)n;
    t->numbers += (uint64_t)n - s.odd;
    t->correct += s.equal;
    t->histogram[0] += s.equal;
    t->histogram[1] += s.le_half;
    t->histogram[2] += s.le_one - s.le_half;
    t->histogram[3] += s.le_two - s.le_one;
    t->histogram[4] += s.le_four - s.le_two;
    t->fine_abs += (int64_t)s.abs;
    t->fine_signed += (int64_t)s.sign;
    t->fine_square += (int64_t)s.square;
    grade_outstanding(g, r, &l, &s, t);
    grade_maxima(g, r, &l, &s, t);
    grade_bounds(r, facts, &l, &s, t);
    grade_segments(r, &l, t);
    if (s.odd)
        for (int i = 0; i < n; i++)
            if (l.odd[i]) {
                struct truth z;
                lane_truth(g, r, i, &z);
                struct lane lane = {r->x[i], l.yb[i], r->due[i], r->xv[i], l.yv[i]};
                grade_one(g, facts, &lane, &z, t);
            }
    grade_shape(g, r, &l, state, t);
    grade_saturation(g, r, &l, t, facts->tail);
}

/* ---- symmetry ---- */

static void reflect(struct grading *g, const struct truth_run *r, const struct lanes *p,
                    const struct lanes *m, struct tally *t)
{
    const struct function *f = oracle_function(g->oracle);
    const struct expr *e = f->reflection_sum ? f->reflection_sum : f->reflection_diff;
    if (!e)
        return;
    double minus = f->reflection_sum ? 1 : -1;
    for (int i = 0; i < r->n; i++) {
        double c = g->reflection_is_x ? r->xv[i] : g->reflection_value;
        double a = p->yv[i], b = minus * m->yv[i];
        double big = fmax(fmax(fabs(a), fabs(b)), fabs(c));
        if (!isfinite(big) || big == 0)
            continue;
        int ex = ilogb(big);
        ex = ex < format_info[g->out].emin ? format_info[g->out].emin : ex;
        t->reflection =
            larger(t->reflection, ldexp(fabs(a + b - c), format_info[g->out].p - 1 - ex));
    }
}

void grade_symmetry(struct grading *g, const struct truth_run *r, const void *yp, const void *yn,
                    struct tally *t)
{
    struct lanes p, m;
    unpack(g->out, yp, r->n, p.yb, p.yv);
    unpack(g->out, yn, r->n, m.yb, m.yv);
    if (g->symmetry != SYMMETRY_NONE) {
        uint64_t flip = g->symmetry == SYMMETRY_ODD ? format_sign_bit(g->out) : 0;
        for (int i = 0; i < r->n; i++) {
            bool nans = format_is_nan(g->out, p.yb[i]) && format_is_nan(g->out, m.yb[i]);
            bool zeros = p.yv[i] == 0 && m.yv[i] == 0 && g->symmetry == SYMMETRY_EVEN;
            if ((p.yb[i] ^ flip) != m.yb[i] && !nans && !zeros) {
                uint64_t x = r->x[i] | format_sign_bit(g->in);
                struct lane lane = {x, m.yb[i], p.yb[i] ^ flip, -r->xv[i], m.yv[i]};
                fail(t, FAIL_SYMMETRY, g->in, &lane, 0.5 * r->t.lo[i] + 0.5 * r->t.hi[i]);
            }
        }
    }
    reflect(g, r, &p, &m, t);
}

/* ---- before and after ---- */

void grading_init(struct grading *g, const struct function *f, enum format in, enum format out,
                  const double *param, mpfr_rnd_t rounding, bool ftz, bool fast)
{
    memset(g, 0, sizeof *g);
    enum format compute = in == FORMAT_F64 ? FORMAT_F64 : FORMAT_F32;
    g->oracle = oracle_new(f, compute, param);
    g->in = in;
    g->out = out;
    g->rounding = rounding;
    g->ftz = ftz;
    if (fast && format_info[out].p <= 24)
        g->block = block_ref_new(f, oracle_params(g->oracle));
    g->has_range = oracle_range(g->oracle, out, &g->range[0], &g->range[1]);
    g->symmetry = f->symmetry;
    for (int side = 0; side < 2; side++) {
        struct truth t;
        truth_at(g->oracle, in, format_max(in) | (side ? 0 : format_sign_bit(in)), out, rounding,
                 &t);
        g->tail[side] = t.due;
    }
    const struct expr *e = f->reflection_sum ? f->reflection_sum : f->reflection_diff;
    if (e) {
        g->reflection_is_x = e->node[e->n - 1]->op == OP_X;
        if (!g->reflection_is_x) {
            struct evaluator *ev = evaluator_new_expr(f, e, oracle_params(g->oracle));
            struct interval v;
            mpfr_t zero;
            mpfr_init2(zero, 53);
            mpfr_set_zero(zero, 1);
            interval_init(&v);
            evaluator_at(ev, zero, 64, &v);
            g->reflection_value = mpfr_get_d(v.lo, MPFR_RNDN);
            interval_clear(&v);
            mpfr_clear(zero);
            evaluator_free(ev);
        }
    }
}

void grading_free(struct grading *g)
{
    block_ref_free(g->block);
    oracle_free(g->oracle);
}

static void record_point(struct witness *w, const struct tally_point *p, enum format in,
                         enum format out)
{
    *w = (struct witness){
        p->x,    p->y, p->due, format_to_double(in, p->x), format_to_double(out, p->y),
        p->exact};
}

/* The value next to the pattern LAST towards infinity: where saturation begins.  NAN if it does not
 * begin before the last two binades: the function grows, it does not saturate. */
static double saturation(enum format in, uint64_t last, int side)
{
    uint64_t binade = UINT64_C(1) << (format_info[in].p - 1);
    if (last + 2 * binade > format_max(in))
        return NAN;
    double v = format_to_double(in, last + 1);
    return side ? v : -v;
}

void tally_record(const struct tally *t, enum format in, enum format out, bool reflects,
                  struct accuracy *a)
{
    double n = (double)t->numbers;
    a->inputs = t->inputs;
    a->numbers = t->numbers;
    a->unjudged = t->unjudged;
    a->undecided = t->undecided;
    a->correctly_rounded = t->correct;
    a->max_ulp = t->max_ulp < 0 ? (t->numbers ? 0 : NAN) : t->max_ulp;
    record_point(&a->worst, &t->worst, in, out);
    a->max_distance = t->max_ulp < 0 ? 0 : format_distance(out, t->worst.y, t->worst.due);
    a->max_abs = t->max_abs;
    a->max_rel = t->max_rel;
    a->mean_ulp = n ? ((double)t->fine_abs * 0x1p-20 + (double)t->coarse_abs) / n : NAN;
    a->bias_ulp = n ? ((double)t->fine_signed * 0x1p-20 + (double)t->coarse_signed) / n : NAN;
    a->rms_ulp = n ? sqrt(((double)t->fine_square * 0x1p-20 + (double)t->coarse_square) / n) : NAN;
    memcpy(a->histogram, t->histogram, sizeof a->histogram);
    for (int i = 0; i < FAIL_COUNT; i++) {
        a->failure[i].n = t->failure[i].n;
        record_point(&a->failure[i].first, &t->failure[i].first, in, out);
    }
    a->inf_as_ulp = t->inf_as_ulp < 0 ? NAN : t->inf_as_ulp;
    a->largest_step_ulp = t->largest_step;
    a->reflection_ulp = reflects ? t->reflection : NAN;
    a->flushed_accepted = t->flushed_accepted;
    a->nsegments = 0;
    a->segment = xcalloc(TALLY_SEGMENTS, sizeof *a->segment);
    for (int i = 0; i < segment_count(); i++)
        if (t->segment_max[i] >= 0)
            a->segment[a->nsegments++] =
                (struct segment){i, isinf(t->segment_max[i]) ? NAN : (double)t->segment_max[i]};
    a->digest = t->digest;
    a->saturates_below = saturation(in, t->last_change[0], 0);
    a->saturates_above = saturation(in, t->last_change[1], 1);
    a->exact_saturates_below = saturation(in, t->exact_last_change[0], 0);
    a->exact_saturates_above = saturation(in, t->exact_last_change[1], 1);
}

/* ---- as text ---- */

/* The words of the struct in hex, a run of equal ones as WORDxCOUNT. */
enum { TALLY_WORDS = sizeof(struct tally) / sizeof(uint64_t) };
_Static_assert(sizeof(struct tally) % sizeof(uint64_t) == 0, "a tally is whole words");

char *tally_text(const struct tally *t)
{
    uint64_t w[TALLY_WORDS];
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        mem_exhausted();
    memcpy(w, t, sizeof w);
    for (int i = 0, n; i < TALLY_WORDS; i += n) {
        for (n = 1; i + n < TALLY_WORDS && w[i + n] == w[i]; n++)
            ;
        fprintf(out, n > 1 ? "%s%llxx%d" : "%s%llx", i ? " " : "", (unsigned long long)w[i], n);
    }
    if (fclose(out))
        mem_exhausted();
    return text;
}

bool tally_parse(struct tally *t, const char *text)
{
    uint64_t w[TALLY_WORDS];
    int i = 0;
    while (*text) {
        char *end;
        uint64_t word = strtoull(text, &end, 16);
        unsigned long n = *end == 'x' ? strtoul(end + 1, &end, 10) : 1;
        if (end == text || (*end && *end != ' ') || n == 0 || n > (unsigned long)(TALLY_WORDS - i))
            return false;
        while (n--)
            w[i++] = word;
        text = *end ? end + 1 : end;
    }
    memcpy(t, w, sizeof *t);
    return i == TALLY_WORDS;
}
