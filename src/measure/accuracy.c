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
#include "machine.h"
#include "../mem.h"
#include "../result/stats.h"

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
    if (from->max_distance > into->max_distance ||
        (from->max_distance && from->max_distance == into->max_distance &&
         point_first(&from->farthest, &into->farthest))) {
        into->max_distance = from->max_distance;
        into->farthest = from->farthest;
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
    into->moment.sum += from->moment.sum;
    into->moment.exact_sum += from->moment.exact_sum;
    into->moment.lost += from->moment.lost;
    into->moment.exact_lost += from->moment.exact_lost;
    into->moment.zeros += from->moment.zeros;
    into->moment.exact_zeros += from->moment.exact_zeros;
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
    extremes.inputs = extremes.numbers = extremes.unjudged = extremes.undecided = extremes.correct =
        0;
    memset(extremes.histogram, 0, sizeof extremes.histogram);
    extremes.fine_abs = extremes.fine_signed = extremes.fine_square = 0;
    extremes.coarse_abs = extremes.coarse_signed = extremes.coarse_square = 0;
    memset(&extremes.moment, 0, sizeof extremes.moment);
    extremes.coarse = extremes.flushed_accepted = extremes.digest = 0;
    tally_merge(into, &extremes);
}

/* ---- digests ---- */

static uint64_t mix(uint64_t digest, uint64_t place)
{
    uint64_t z = digest + (place + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t run_digest(const struct lanes *l, const struct grading *g, int n)
{
    uint64_t canonical[BLOCK];
    for (int i = 0; i < n; i++)
        canonical[i] = format_is_nan(g->out, l->yb[i]) ? format_nan(g->out) : l->yb[i];
    return lanes_digest(canonical, &g->lanes, n);
}

/* ---- truths ---- */

/* Does what the fast reference said of lane I agree with MPFR: T, and an enclosure at a precision
 * that makes its ends the doubles next to the exact value?  One step of a double is allowed between
 * the ends, for both are rounded outward. */
static bool audit_agrees(struct grading *g, const struct truth_run *r, int i, const struct truth *t)
{
    enum { BITS = 2048 };
    if (t->kind == TRUTH_UNSETTLED)
        return true;
    if (t->kind != TRUTH_FINITE || (!t->zero && r->t.due[i] != t->due))
        return false;
    struct interval v;
    mpfr_t x;
    mpfr_init2(x, 53);
    mpfr_set_d(x, r->xv[i], MPFR_RNDN);
    interval_init(&v);
    evaluator_at(oracle_evaluator(g->oracle), x, BITS, &v);
    bool inside = mpfr_get_d(v.lo, MPFR_RNDD) >= nextafter(r->t.lo[i], -INFINITY) &&
                  mpfr_get_d(v.hi, MPFR_RNDU) <= nextafter(r->t.hi[i], INFINITY);
    interval_clear(&v);
    mpfr_clear(x);
    return inside;
}

static void use_mpfr(struct grading *g, struct truth_run *r, int i)
{
    struct truth *t = &r->special[i];
    bool nan = format_is_nan(g->in, r->x[i]) ||
               (r->t.tier[i] == TIER_UNDECIDED && r->fast && r->t.undefined[i]);
    if (nan) /* of the input, or of a formula that is surely undefined here */
        *t = (struct truth){.kind = TRUTH_NAN, .due = format_nan(g->out), .lo = NAN, .hi = NAN};
    else
        truth_at(g->oracle, g->in, r->x[i], g->out, g->rounding, t);
    r->t.due[i] = (uint32_t)t->due;
    r->t.tier[i] = TIER_MPFR;
    r->t.lo[i] = t->lo;
    r->t.hi[i] = t->hi;
    /* Lanes that one comparison with `due' cannot judge stay with the full truth. */
    bool plain = t->kind == TRUTH_FINITE && !t->naccept && !t->zero && !t->at_limit &&
                 format_info[g->out].p <= 24;
    if (plain)
        return;
    if (!r->any_slow)
        memset(r->slow, 0, sizeof r->slow);
    r->any_slow = true;
    r->slow[i] = ~UINT64_C(0);
}

/* A NaN is due everywhere. */
static void all_nan(struct grading *g, struct truth_run *r, struct reference_tally *tally)
{
    r->all_nan = true;
    for (int i = 0; i < r->n; i++) {
        r->t.due[i] = (uint32_t)format_nan(g->out);
        r->t.lo[i] = r->t.hi[i] = NAN;
    }
    if (tally)
        tally->tier[TIER_CONSTANT] += (uint64_t)r->n;
}

/* Is the formula surely undefined everywhere in the run? */
static bool all_undefined(const struct grading *g, const struct truth_run *r)
{
    bool all = r->fast && !oracle_function(g->oracle)->pre && format_info[g->out].p <= 24;
    for (int i = 0; all && i < r->n; i++)
        all = r->t.tier[i] == TIER_UNDECIDED && r->t.undefined[i];
    return all;
}

static uint64_t due_of(const struct truth_run *r, int i)
{
    return r->any_slow && r->slow[i] ? r->special[i].due : r->t.due[i];
}

static unsigned zero_accept(const struct grading *g, double x)
{
    return signbit(x) ? g->zero_minus : g->zero_plus;
}

static uint64_t zero_due(const struct grading *g, double x)
{
    return zero_accept(g, x) & ACCEPT_ZERO_POSITIVE ? 0 : format_sign_bit(g->out);
}

/* One in AUDIT_EVERY inputs, or a little more, is asked of MPFR too: of one run in AUDIT_EVERY /
 * BLOCK, one lane.  Which ones depends on the inputs alone. */
static void audit(struct grading *g, const struct truth_run *r, struct reference_tally *tally)
{
    uint64_t h = mix(r->x[0], 0);
    int i = (int)(h / (AUDIT_EVERY / BLOCK) % (uint64_t)r->n);
    if (h % (AUDIT_EVERY / BLOCK) || r->t.tier[i] == TIER_MPFR)
        return;
    struct truth t;
    truth_at(g->oracle, g->in, r->x[i], g->out, g->rounding, &t);
    tally->audits++;
    if (!audit_agrees(g, r, i, &t) && !tally->violations++)
        tally->violation = (struct tally_point){r->x[i], r->t.due[i], t.due, t.lo};
}

/* Asks MPFR about the lanes at X, if the run holds any: a zero, or a point where more is accepted
 * than the formula's value. */
static void settle_point(struct grading *g, struct truth_run *r, double x)
{
    double first = r->xv[0], last = r->xv[r->n - 1];
    if (x < fmin(first, last) || x > fmax(first, last))
        return;
    for (int i = 0; i < r->n; i++)
        if (r->xv[i] == x)
            use_mpfr(g, r, i);
}

static bool all_tiers(const struct truth_run *r)
{
    return r->n == 1 || !memcmp(r->t.tier, r->t.tier + 1, (size_t)r->n - 1);
}

/* What the fast reference left open is asked of MPFR. */
static void settle_lanes(struct grading *g, struct truth_run *r, struct reference_tally *tally)
{
    const struct function *f = oracle_function(g->oracle);
    if (f->pre || memchr(r->t.tier, TIER_UNDECIDED, (size_t)r->n))
        for (int i = 0; i < r->n; i++)
            if (f->pre || r->t.tier[i] == TIER_UNDECIDED)
                use_mpfr(g, r, i);
    settle_point(g, r, 0);
    for (int k = 0; k < g->nspecial; k++)
        settle_point(g, r, g->special[k]);
    if (!g->lanes.zero_both && memchr(r->t.tier, TIER_EXACT, (size_t)r->n))
        for (int i = 0; i < r->n; i++)
            if (r->t.tier[i] == TIER_EXACT && r->t.lo[i] == 0 && r->t.hi[i] == 0)
                r->t.due[i] = (uint32_t)zero_due(g, r->xv[i]);
    int last = r->n - 1;
    bool uniform = all_tiers(r);
    r->constant = uniform && r->t.tier[0] == TIER_CONSTANT && r->t.due[0] == r->t.due[last] &&
                  r->t.lo[0] == r->t.lo[last] && r->t.hi[0] == r->t.hi[last];
    if (!tally)
        return;
    if (uniform)
        tally->tier[r->t.tier[0]] += (uint64_t)r->n;
    else
        for (int i = 0; i < r->n; i++)
            tally->tier[r->t.tier[i]]++;
    audit(g, r, tally);
}

static void find_pieces(struct grading *g, struct truth_run *r)
{
    r->one_piece = true;
    r->piece[0] = -1;
    r->shape[0] = SHAPE_UNKNOWN;
    if (!oracle_function(g->oracle)->npieces)
        return;
    /* The pieces are intervals: if both ends are in one, so is the run. */
    enum shape last;
    r->piece[0] = oracle_piece(g->oracle, r->xv[0], &r->shape[0]);
    r->one_piece = r->piece[0] == oracle_piece(g->oracle, r->xv[r->n - 1], &last);
    for (int i = 1; !r->one_piece && i < r->n; i++)
        r->piece[i] = oracle_piece(g->oracle, r->xv[i], &r->shape[i]);
}

void truth_run_fill(struct grading *g, struct truth_run *r, const uint64_t *x, int n,
                    struct reference_tally *tally)
{
    r->n = n;
    r->any_slow = r->constant = r->all_nan = false;
    if (n == 0)
        return;
    memcpy(r->x, x, (size_t)n * sizeof *x);
    lanes_values(g->in, x, n, r->xv);
    /* NaNs come after all numbers. */
    if (isnan(r->xv[0]) && format_info[g->out].p <= 24) {
        all_nan(g, r, tally);
        find_pieces(g, r);
        return;
    }
    /* The magnitudes are in order, so the last one tells whether all are finite. */
    r->fast = g->block && isfinite(r->xv[n - 1]);
    if (r->fast)
        block_ref_eval(g->block, r->xv, n, g->out, g->rounding, &r->t);
    else
        memset(r->t.tier, TIER_UNDECIDED, sizeof r->t.tier);
    if (all_undefined(g, r))
        all_nan(g, r, tally);
    else
        settle_lanes(g, r, tally);
    find_pieces(g, r);
}

/* ---- one lane ---- */

struct lane {
    uint64_t x, y, due;
    double xv, yv;
};

/* N failures of one kind, the first of them at L. */
static void fail_times(struct tally *t, enum failure kind, enum format in, const struct lane *l,
                       double exact, uint64_t n)
{
    struct tally_count *c = &t->failure[kind];
    if (!c->n || point_before(l->x, c->first.x, in))
        c->first = (struct tally_point){l->x, l->y, l->due, exact};
    c->n += n;
}

static void fail(struct tally *t, enum failure kind, enum format in, const struct lane *l,
                 double exact)
{
    fail_times(t, kind, in, l, exact, 1);
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

static void distance_raise(struct tally *t, enum format in, const struct lane *l, uint64_t d,
                           double exact)
{
    if (d > t->max_distance ||
        (d && d == t->max_distance && point_before(l->x, t->farthest.x, in))) {
        t->max_distance = d;
        t->farthest = (struct tally_point){l->x, l->y, l->due, exact};
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
    if (!correct)
        distance_raise(t, g->in, l, format_distance(g->out, l->y, l->due), exact);
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
    const struct truth *at_zero = &g->at_zero[!format_is_negative(g->in, l->x)];
    struct judgement here = truth_judge(z, g->out, l->y);
    struct judgement there = truth_judge(at_zero, g->out, l->y);
    bool better = there.verdict == VERDICT_NUMBER
                      ? here.verdict != VERDICT_NUMBER || there.hi < here.hi
                      : there.correct && !here.correct;
    if (better)
        *z = *at_zero;
    return better;
}

/* In flush mode subnormal inputs are graded one by one: SLOW marks them, beside those of R; NULL if
 * there is nothing to mark. */
static const uint64_t *lanes_by_one(const struct grading *g, const struct truth_run *r,
                                    uint64_t *slow)
{
    uint64_t magnitude = r->x[0] & ~format_sign_bit(g->in);
    if (!g->ftz || magnitude >= format_min_normal(g->in))
        return r->any_slow ? r->slow : NULL;
    for (int i = 0; i < r->n; i++)
        slow[i] =
            format_is_subnormal(g->in, r->x[i]) || (r->any_slow && r->slow[i]) ? ~UINT64_C(0) : 0;
    return slow;
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

/* The truth of a lane that the block decided, spelt out for truth_judge; asked of MPFR where the
 * enclosure does not tell the binade. */
static void lane_truth(struct grading *g, const struct truth_run *r, int i, struct truth *z)
{
    if (r->all_nan) {
        *z = (struct truth){.kind = TRUTH_NAN, .due = r->t.due[i], .lo = NAN, .hi = NAN};
        return;
    }
    if (r->any_slow && r->slow[i]) {
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
    bool overflows = format_is_inf(g->out, due_of(r, i));
    if (!isfinite(large) || overflows || es != el || es > f->emax) {
        truth_at(g->oracle, g->in, r->x[i], g->out, g->rounding, z);
        return;
    }
    memset(z, 0, sizeof *z);
    z->kind = TRUTH_FINITE;
    z->due = z->nearest = due_of(r, i);
    z->ulp_exponent = es - f->p + 1;
    double anchor = format_to_double(g->out, z->nearest), scale = ldexp(1, -z->ulp_exponent);
    z->offset_lo = (lo - anchor) * scale;
    z->offset_hi = (hi - anchor) * scale;
    z->lo = lo;
    z->hi = hi;
    z->zero = lo == 0 && hi == 0;
    z->accept_zero = zero_accept(g, r->xv[i]);
}

static double middle(const struct truth_run *r, int i)
{
    return 0.5 * r->t.lo[i] + 0.5 * r->t.hi[i];
}

static struct lane lane_of(const struct truth_run *r, const struct lanes *l, int i)
{
    return (struct lane){r->x[i], l->yb[i], due_of(r, i), r->xv[i], l->yv[i]};
}

static uint64_t result_at(const struct grading *g, const void *y, int i)
{
    uint64_t u = 0;
    size_t bytes = (size_t)format_info[g->out].bits / 8;
    memcpy(&u, (const char *)y + (size_t)i * bytes, bytes);
    return u;
}

/* The lane I of R, whose result is in Y. */
static struct lane lane_at(const struct grading *g, const struct truth_run *r, const void *y, int i)
{
    uint64_t u = result_at(g, y, i);
    return (struct lane){r->x[i], u, due_of(r, i), r->xv[i], format_to_double(g->out, u)};
}

static void grade_range(struct grading *g, const struct truth_run *r, const struct lanes *l,
                        const struct lane_sums *s, struct tally *t)
{
    if (!g->has_range || (s->least >= g->range[0] && s->greatest <= g->range[1]))
        return;
    for (int i = 0; i < r->n; i++)
        if (l->yv[i] < g->range[0] || l->yv[i] > g->range[1]) {
            struct lane lane = lane_of(r, l, i);
            fail(t, FAIL_RANGE, g->in, &lane, middle(r, i));
        }
}

/* +1 if results should not decrease with |x|: a negative run goes left. */
static double along(enum shape shape, double x)
{
    return (shape == SHAPE_INCREASING) == !signbit(x) ? 1 : -1;
}

static void step_back(struct grading *g, const struct truth_run *r, const struct lanes *l, int i,
                      double from, struct tally *t)
{
    struct lane lane = lane_of(r, l, i);
    const struct format_info *f = &format_info[g->out];
    double exact = middle(r, i);
    fail(t, FAIL_MONOTONE, g->in, &lane, exact);
    int e;
    frexp(fmin(fabs(exact), ldexp(1, f->emax)), &e);
    e = e - 1 < f->emin ? f->emin : e - 1;
    t->largest_step = larger(t->largest_step, ldexp(fabs(from - l->yv[i]), f->p - 1 - e));
}

static void grade_steps(struct grading *g, const struct truth_run *r, const struct lanes *l,
                        const struct lane_sums *sums, struct run_state *state, struct tally *t)
{
    bool joins = state->has_previous && state->piece == r->piece[0] && r->piece[0] >= 0;
    double before = joins ? format_to_double(g->out, state->y) : NAN;
    double sign = along(r->shape[0], r->xv[0]);
    int last = r->one_piece ? 0 : r->n - 1;
    state->has_previous = true;
    state->y = l->yb[r->n - 1];
    state->piece = r->piece[last];
    if (l->yv[0] * sign < before * sign)
        step_back(g, r, l, 0, before, t);
    if (r->one_piece && (r->piece[0] < 0 || !sums->steps))
        return;
    for (int i = 1; i < r->n; i++) {
        int piece = r->piece[r->one_piece ? 0 : i], previous = r->piece[r->one_piece ? 0 : i - 1];
        sign = along(r->shape[r->one_piece ? 0 : i], r->xv[i]);
        if (piece >= 0 && piece == previous && l->yv[i] * sign < l->yv[i - 1] * sign)
            step_back(g, r, l, i, l->yv[i - 1], t);
    }
}

/* How wide an enclosure of an error may be whose middle stands for it until grade_settle. */
#define TALLY_CRUMB (TALLY_RESOLUTION / 4)

/* Do the sums S of a run tell that it raises the maximum, or may? */
static bool raises_max(const struct lane_sums *s, const struct tally *t)
{
    return s->max > t->max_ulp || s->max_upper > t->max_ulp + TALLY_RESOLUTION;
}

/* The error of lane I to many digits. */
static void max_settled(struct grading *g, const struct truth_run *r, const struct lanes *l, int i,
                        struct tally *t)
{
    struct truth z;
    truth_at(g->oracle, g->in, r->x[i], g->out, g->rounding, &z);
    struct judgement j = truth_judge(&z, g->out, l->yb[i]);
    struct lane lane = lane_of(r, l, i);
    double ulp = 0.5 * j.lo + 0.5 * j.hi;
    if (j.verdict != VERDICT_NUMBER || ulp <= t->max_ulp)
        return;
    worst_raise(t, g->in, &lane, ulp, 0.5 * z.lo + 0.5 * z.hi);
    t->open = 0;
}

static void max_open(struct grading *g, const struct truth_run *r, const struct lanes *l, int i,
                     struct tally *t)
{
    struct lane lane = lane_of(r, l, i);
    worst_raise(t, g->in, &lane, fabs(l->e[i]), middle(r, i));
    t->open = 1;
}

/* The ordinary lane with the largest error; -1: there is none. */
static int worst_lane(const struct truth_run *r, const struct lanes *l)
{
    int worst = -1;
    for (int i = 0; i < r->n; i++)
        if (!l->odd[i] && (worst < 0 || fabs(l->e[i]) > fabs(l->e[worst])))
            worst = i;
    return worst;
}

/* Ordinary lanes that the sums do not cover: new maxima. */
static void grade_outstanding(struct grading *g, const struct truth_run *r, const struct lanes *l,
                              const struct lane_sums *s, struct tally *t)
{
    if (!raises_max(s, t))
        return;
    /* The worst first: where errors grow from lane to lane, each would be a new maximum that MPFR
     * is asked about. */
    int worst = worst_lane(r, l);
    if (worst >= 0 && l->half[worst] > TALLY_CRUMB &&
        fabs(l->e[worst]) + l->half[worst] > t->max_ulp + TALLY_RESOLUTION)
        max_settled(g, r, l, worst, t);
    for (int i = 0; i < r->n; i++) {
        double a = fabs(l->e[i]);
        if (l->odd[i])
            continue;
        if (l->half[i] > TALLY_CRUMB && a + l->half[i] > t->max_ulp + TALLY_RESOLUTION)
            max_settled(g, r, l, i, t);
        else if (l->half[i] <= TALLY_CRUMB && a > t->max_ulp)
            max_open(g, r, l, i, t);
    }
}

void grade_settle(struct grading *g, struct tally *t)
{
    if (!t->open)
        return;
    struct truth z;
    truth_at(g->oracle, g->in, t->worst.x, g->out, g->rounding, &z);
    struct judgement j = truth_judge(&z, g->out, t->worst.y);
    t->max_ulp = 0.5 * j.lo + 0.5 * j.hi;
    t->worst.exact = 0.5 * z.lo + 0.5 * z.hi;
    t->open = 0;
}

static void grade_distance(struct grading *g, const struct truth_run *r, const struct lanes *l,
                           const struct lane_sums *s, struct tally *t)
{
    for (int i = 0; s->apart > t->max_distance && i < r->n; i++) {
        struct lane lane = lane_of(r, l, i);
        if (!l->odd[i] && !l->equal[i])
            distance_raise(t, g->in, &lane, format_distance(g->out, lane.y, lane.due),
                           middle(r, i));
    }
}

static void grade_maxima(struct grading *g, const struct lane_run *run, const struct lane_sums *s,
                         struct tally *t)
{
    if (isfinite(s->max_distance))
        t->max_abs = larger(t->max_abs, s->max_distance);
    /* Two upper bounds on the relative error tell that it is no new maximum: an error in ulps is at
     * most 2^(1-p) of |z|, and no |z| is below the nearest. */
    if (s->farthest < ldexp(1, format_info[g->out].emin) ||
        ldexp(s->max, 1 - format_info[g->out].p) <= t->max_rel ||
        s->max_distance / s->nearest <= t->max_rel)
        return;
    t->max_rel = larger(t->max_rel, lanes_relative(run, &g->lanes));
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
                t->bound[b].worst =
                    (struct tally_point){r->x[i], l->yb[i], due_of(r, i), middle(r, i)};
            }
        }
    }
}

static void segment_max(struct tally *t, int segment, double max)
{
    if (max > t->segment_max[segment])
        t->segment_max[segment] = (float)max;
}

static void grade_segments(const struct truth_run *r, const struct lanes *l,
                           const struct lane_sums *s, struct tally *t)
{
    int n = r->n;
    while (n && !isfinite(r->xv[n - 1])) /* these are on no segment */
        n--;
    if (!n)
        return;
    int first = segment_of(r->xv[0]), last = segment_of(r->xv[n - 1]);
    if (first == last && n == r->n) {
        if (s->odd < (uint64_t)n)
            segment_max(t, first, s->max);
        return;
    }
    for (int i = 0; i < n;) {
        int segment = segment_of(r->xv[i]), j = i;
        double lo, hi, max = -1;
        bool negative;
        segment_ends(segment, &lo, &hi, &negative);
        for (; j < n && (j == i || fabs(r->xv[j]) < hi); j++)
            if (!l->odd[j] && fabs(l->e[j]) > max)
                max = fabs(l->e[j]);
        segment_max(t, segment, max);
        i = j;
    }
}

/* Raises *LAST to the magnitude of the last lane whose pattern is not TAIL. */
static void grade_saturation(const struct grading *g, const struct truth_run *r,
                             const struct lanes *l, const uint64_t *tail, struct tally *t)
{
    uint64_t sign = format_sign_bit(g->in), m;
    int side = r->x[0] & sign ? 0 : 1;
    for (int i = r->n - 1; i >= 0 && (m = r->x[i] & ~sign) > t->last_change[side]; i--)
        if (l->yb[i] != tail[side] && isfinite(r->xv[i]))
            t->last_change[side] = m;
    for (int i = r->n - 1; i >= 0 && (m = r->x[i] & ~sign) > t->exact_last_change[side]; i--)
        if (due_of(r, i) != g->tail[side] && isfinite(r->xv[i]))
            t->exact_last_change[side] = m;
}

/* The errors above 4. */
static void add_large(const struct lane_run *run, const struct lane_format *f,
                      const struct lane_sums *s, uint64_t times, struct tally *t)
{
    if (s->max <= 4)
        return;
    int least = histogram_bin(s->least_other), most = histogram_bin(s->max);
    if (s->least_other > 4 && least == most) {
        t->histogram[most] += ((uint64_t)run->n - s->odd - s->equal) * times;
        return;
    }
    uint64_t bin[LANE_BINS] = {0};
    lanes_histogram(run, f, bin);
    for (int i = 2; i < LANE_BINS; i++)
        t->histogram[HISTOGRAM_BINS - LANE_BINS + i] += bin[i] * times;
}

static void add_sums(struct tally *t, const struct lane_sums *s, uint64_t n, uint64_t times)
{
    t->inputs += n * times;
    t->numbers += (n - s->odd) * times;
    t->correct += s->equal * times;
    t->histogram[0] += s->equal * times;
    t->histogram[1] += s->le_half * times;
    t->histogram[2] += (s->le_one - s->le_half) * times;
    t->histogram[3] += (s->le_two - s->le_one) * times;
    t->histogram[4] += (s->le_four - s->le_two) * times;
    t->fine_abs += (__int128)(int64_t)s->abs * (int64_t)times;
    t->fine_signed += (__int128)(int64_t)s->sign * (int64_t)times;
    t->fine_square += (__int128)(int64_t)s->square * (int64_t)times;
    t->coarse += s->coarse * times;
    t->coarse_abs += (__int128)s->coarse_abs * times;
    t->coarse_signed += (__int128)s->coarse_sign * (int64_t)times;
    t->coarse_square += (((__int128)s->coarse_square[0] << 40) +
                         ((__int128)s->coarse_square[1] << 21) + s->coarse_square[2]) *
                        (int64_t)times;
}

/* Does the promised interval B hold all of the run (1), nothing of it (0), or a part (-1)? */
static int holds(const struct kernel_facts *k, int b, double first, double last)
{
    const struct bound *in = &k->promise.bound[b];
    if (fmax(first, last) < in->lo || fmin(first, last) > in->hi)
        return 0;
    return inside(k, b, first) && inside(k, b, last) ? 1 : -1;
}

/* Numbers that are 0 or of the wrong sign. */
static void add_classes(const struct grading *g, const struct truth_run *r, const void *y,
                        const struct lane_run *run, const struct lane_sums *s, uint64_t times,
                        struct tally *t)
{
    static const enum failure kind[CLASS_COUNT] = {[CLASS_ZERO_LOST] = FAIL_ZERO_LOST,
                                                   [CLASS_FLUSHED] = FAIL_FLUSHED,
                                                   [CLASS_ZERO_SIGN] = FAIL_ZERO_SIGN,
                                                   [CLASS_SIGN] = FAIL_SIGN};
    for (int c = 0; c < CLASS_COUNT; c++) {
        if (!s->class[c])
            continue;
        int i = lanes_first(run, &g->lanes, (enum lane_class)c);
        struct lane lane = lane_at(g, r, y, i);
        fail_times(t, kind[c], g->in, &lane, middle(r, i), s->class[c] * times);
    }
}

/* The lanes in which a run raises a maximum; WITHIN: promised intervals too, which it lies in or
 * out of. */
static void raise_maxima(struct grading *g, const struct truth_run *r, const void *y,
                         const struct lane_run *run, const struct lane_sums *s,
                         const struct kernel_facts *facts, struct tally *t)
{
    double first = r->xv[0], last = r->xv[r->n - 1];
    int worst = -1;
    bool raises = s->max > t->max_ulp;
    for (int b = 0; b < bounds(facts); b++)
        raises |= holds(facts, b, first, last) > 0 && s->max > t->bound[b].max_ulp;
    if (raises)
        worst = lanes_worst(run, &g->lanes, s);
    if (worst >= 0) {
        struct lane lane = lane_at(g, r, y, worst);
        double exact = middle(r, worst);
        if (s->max > t->max_ulp) {
            worst_raise(t, g->in, &lane, s->max, exact);
            t->open = 1;
        }
        for (int b = 0; b < bounds(facts); b++)
            if (holds(facts, b, first, last) > 0 && s->max > t->bound[b].max_ulp) {
                t->bound[b].max_ulp = s->max;
                t->bound[b].worst = (struct tally_point){lane.x, lane.y, lane.due, exact};
            }
    }
    if (s->apart > t->max_distance) {
        int i = lanes_farthest(run, &g->lanes, s);
        struct lane lane = lane_at(g, r, y, i);
        distance_raise(t, g->in, &lane, s->apart, middle(r, i));
    }
}

/* Do the sums S of a run say everything about it?  No lane of it is odd, unless all are and it is
 * known how; a maximum it raises is known to a crumb; it is within the range, steps not back, and
 * lies in one segment, in one piece, and in or out of each promised interval. */
static bool sums_suffice(const struct grading *g, const struct truth_run *r, const void *y,
                         const struct lane_sums *s, const struct kernel_facts *facts,
                         const struct run_state *state, const struct tally *t)
{
    uint64_t first_y = result_at(g, y, 0), last_y = result_at(g, y, r->n - 1);
    double first = r->xv[0], last = r->xv[r->n - 1];
    uint64_t sign = format_sign_bit(g->in), m = r->x[r->n - 1] & ~sign;
    int side = r->x[0] & sign ? 0 : 1;
    if ((raises_max(s, t) && s->max_half > TALLY_CRUMB) || !isfinite(last) ||
        segment_of(first) != segment_of(last) || !r->one_piece)
        return false;
    if (g->has_range && (s->least < g->range[0] || s->greatest > g->range[1]))
        return false;
    bool joins = state->has_previous && state->piece == r->piece[0] && r->piece[0] >= 0;
    double along_x = along(r->shape[0], first);
    if (r->piece[0] >= 0 && s->steps)
        return false;
    if (joins &&
        format_to_double(g->out, first_y) * along_x < format_to_double(g->out, state->y) * along_x)
        return false;
    if ((last_y == facts->tail[side] && t->last_change[side] < m) &&
        !lanes_all(g->out, y, facts->tail[side], r->n))
        return false;
    if (due_of(r, r->n - 1) == g->tail[side] && t->exact_last_change[side] < m &&
        (r->any_slow || !lanes_all(FORMAT_F32, r->t.due, g->tail[side], r->n)))
        return false;
    for (int b = 0; b < bounds(facts); b++)
        if (holds(facts, b, first, last) < 0)
            return false;
    return true;
}

/* What sums_suffice leaves to be noted at the end of a run, odd or not. */
static void end_run(const struct grading *g, const struct truth_run *r, const void *y,
                    uint64_t digest, uint64_t place, const struct kernel_facts *facts,
                    struct run_state *state, struct tally *t)
{
    uint64_t last_y = result_at(g, y, r->n - 1), sign = format_sign_bit(g->in);
    uint64_t m = r->x[r->n - 1] & ~sign;
    int side = r->x[0] & sign ? 0 : 1;
    if (last_y != facts->tail[side] && t->last_change[side] < m)
        t->last_change[side] = m;
    if (due_of(r, r->n - 1) != g->tail[side] && t->exact_last_change[side] < m)
        t->exact_last_change[side] = m;
    t->digest += mix(digest, place);
    *state = (struct run_state){true, last_y, r->piece[0]};
}

/* A run that its sums S say everything about.  TIMES: how often each lane of RUN stands in R.
 * False: look at the lanes. */
static bool grade_ordinary(struct grading *g, const struct truth_run *r, const void *y,
                           const struct lane_run *run, const struct lane_sums *s, int times,
                           uint64_t place, const struct kernel_facts *facts,
                           struct run_state *state, struct tally *t)
{
    uint64_t n = (uint64_t)run->n;
    double first = r->xv[0], last = r->xv[r->n - 1];
    if (s->odd || s->nan || !sums_suffice(g, r, y, s, facts, state, t))
        return false;
    for (int b = 0; b < bounds(facts); b++)
        if (holds(facts, b, first, last) > 0)
            t->bound[b].misrounded += (n - s->equal) * (uint64_t)times;
    add_sums(t, s, n, (uint64_t)times);
    add_large(run, &g->lanes, s, (uint64_t)times, t);
    add_classes(g, r, y, run, s, (uint64_t)times, t);
    raise_maxima(g, r, y, run, s, facts, t);
    grade_maxima(g, run, s, t);
    segment_max(t, segment_of(first), s->max);
    end_run(g, r, y, times > 1 ? result_at(g, y, 0) * g->lanes.weights : s->digest, place, facts,
            state, t);
    return true;
}

/* NaNs for NaNs: all correct, and there is no more to say of them. */
static bool grade_nans(struct grading *g, const struct truth_run *r, const void *y, uint64_t place,
                       struct run_state *state, struct tally *t)
{
    if (!r->all_nan || r->n != BLOCK || !lanes_all_nan(g->out, y, BLOCK))
        return false;
    struct lane_sums s = {.equal = BLOCK};
    add_sums(t, &s, BLOCK, 1);
    t->digest += mix(format_nan(g->out) * g->lanes.weights, place);
    *state = (struct run_state){true, result_at(g, y, BLOCK - 1), r->piece[0]};
    return true;
}

/* The lane whose truth is nearest to 0: an infinity in its place is the farthest off. */
static int nearest_zero(const struct truth_run *r)
{
    int at = 0;
    double least = INFINITY;
    for (int i = 0; i < r->n; i++) {
        double lo = fabs(r->t.lo[i]), hi = fabs(r->t.hi[i]), near = lo < hi ? lo : hi;
        at = near < least ? i : at;
        least = near < least ? near : least;
    }
    return at;
}

/* Nothing but NaNs, or the infinity of their sign, where finite numbers are due: as exp(x) / exp(x)
 * beyond 88 gives. */
static bool grade_lost(struct grading *g, const struct truth_run *r, const void *y, uint64_t place,
                       const struct kernel_facts *facts, struct run_state *state, struct tally *t)
{
    uint64_t y0 = result_at(g, y, 0);
    double first = r->xv[0], last = r->xv[r->n - 1];
    bool nan = format_is_nan(g->out, y0), infinity = format_is_inf(g->out, y0);
    if (!(nan || infinity) || g->ftz || r->any_slow || r->all_nan || r->n != BLOCK ||
        format_info[g->out].p > 24)
        return false;
    if (nan ? !lanes_all_nan(g->out, y, BLOCK) : !lanes_all(g->out, y, y0, BLOCK))
        return false;
    double v = format_to_double(g->out, y0);
    for (int i = 0; infinity && i < BLOCK; i++)
        if (format_is_inf(g->out, r->t.due[i]) || r->t.lo[i] * v < 0)
            return false;
    struct lane_sums s = {
        .odd = BLOCK, .max = -1, .max_upper = -1, .least = INFINITY, .greatest = -INFINITY};
    if (infinity)
        s.least = s.greatest = v;
    if (!sums_suffice(g, r, y, &s, facts, state, t))
        return false;
    struct lane lane = lane_at(g, r, y, 0);
    add_sums(t, &s, BLOCK, 1);
    fail_times(t, nan ? FAIL_NAN : FAIL_INF, g->in, &lane, middle(r, 0), BLOCK);
    for (int b = 0; b < bounds(facts); b++)
        if (holds(facts, b, first, last) > 0) {
            bounds_failure(t, facts, g->in, &lane, middle(r, 0));
            break;
        }
    for (int b = 0; b < bounds(facts); b++)
        if (holds(facts, b, first, last) > 0)
            t->bound[b].failures += BLOCK - 1;
    if (infinity) {
        struct truth z;
        lane_truth(g, r, nearest_zero(r), &z);
        t->inf_as_ulp = larger(t->inf_as_ulp, truth_judge(&z, g->out, y0).hi);
    }
    segment_max(t, segment_of(first), INFINITY);
    end_run(g, r, y, (nan ? format_nan(g->out) : y0) * g->lanes.weights, place, facts, state, t);
    return true;
}

static void moment_add(double v, __int128 *sum, uint64_t *lost)
{
    if (fabs(v) < 0x1p60)
        *sum += (__int128)rint(ldexp(v, MOMENT_BITS));
    else
        ++*lost;
}

static void add_moments(const struct grading *g, const struct truth_run *r, const void *y,
                        struct tally *t)
{
    for (int i = 0; i < r->n; i++) {
        uint64_t u = result_at(g, y, i);
        moment_add(format_to_double(g->out, u), &t->moment.sum, &t->moment.lost);
        moment_add(middle(r, i), &t->moment.exact_sum, &t->moment.exact_lost);
        t->moment.zeros += format_is_zero(g->out, u);
        t->moment.exact_zeros += format_is_zero(g->out, due_of(r, i));
    }
}

void grade_run(struct grading *g, const struct truth_run *r, const void *y, uint64_t place,
               const struct kernel_facts *facts, struct run_state *state, struct tally *t)
{
    struct lanes l;
    struct lane_wide wide;
    int n = r->n;
    if (g->moments)
        add_moments(g, r, y, t);
    if (n == 0 || grade_nans(g, r, y, place, state, t) ||
        grade_lost(g, r, y, place, facts, state, t))
        return;
    struct lane_sums s = {.odd = (uint64_t)n};
    uint64_t slow[BLOCK];
    struct lane_run run = {.n = n,
                           .due = r->t.due,
                           .lo = r->t.lo,
                           .hi = r->t.hi,
                           .slow = lanes_by_one(g, r, slow),
                           .along = along(r->shape[0], r->xv[0])};
    if (format_info[g->out].p <= 24) {
        uint64_t first = result_at(g, y, 0);
        /* Where truth and results are constant, and the error but for a crumb, one lane stands for
         * all. */
        if (r->constant && n == BLOCK && lanes_all(g->out, y, first, n)) {
            run.n = 1;
            lanes_point(&run, g->out, y, &wide);
            s = lanes_sum(&run, &g->lanes);
            if (s.max_upper - s.max < 0.5 * TALLY_RESOLUTION &&
                grade_ordinary(g, r, y, &run, &s, n, place, facts, state, t))
                return;
        }
        run.n = n;
        lanes_point(&run, g->out, y, &wide);
        s = lanes_sum(&run, &g->lanes);
        if (grade_ordinary(g, r, y, &run, &s, 1, place, facts, state, t))
            return;
        lanes_detail(&run, &g->lanes, &l);
        add_large(&run, &g->lanes, &s, 1, t);
        add_classes(g, r, y, &run, &s, 1, t);
    } else {
        lanes_unpack(&l, g->out, y, n);
        memset(l.e, 0, sizeof l.e);
        memset(l.half, 0, sizeof l.half);
        memset(l.odd, 0xff, sizeof l.odd);
        memset(l.equal, 0, sizeof l.equal);
        s.least = -INFINITY;
        s.greatest = INFINITY;
        s.steps = 1;
    }
    add_sums(t, &s, (uint64_t)n, 1);
    grade_outstanding(g, r, &l, &s, t);
    grade_distance(g, r, &l, &s, t);
    if (format_info[g->out].p <= 24)
        grade_maxima(g, &run, &s, t);
    grade_bounds(r, facts, &l, &s, t);
    grade_segments(r, &l, &s, t);
    for (int i = 0; s.odd && i < n; i++)
        if (l.odd[i]) {
            struct truth truth;
            lane_truth(g, r, i, &truth);
            struct lane lane = lane_of(r, &l, i);
            grade_one(g, facts, &lane, &truth, t);
        }
    grade_range(g, r, &l, &s, t);
    grade_steps(g, r, &l, &s, state, t);
    grade_saturation(g, r, &l, facts->tail, t);
    bool summed = format_info[g->out].p <= 24 && !s.nan;
    t->digest += mix(summed ? s.digest : run_digest(&l, g, n), place);
}

/* ---- symmetry ---- */

static void reflect(struct grading *g, const struct truth_run *r, const void *yp, const void *yn,
                    struct tally *t)
{
    const struct function *f = oracle_function(g->oracle);
    struct lane_run p = {.n = r->n}, m = {.n = r->n};
    struct lane_wide wide_p, wide_m;
    if (!(f->reflection_sum || f->reflection_diff) || format_info[g->out].p > 24)
        return;
    if (r->constant && !g->reflection_is_x && lanes_all(g->out, yp, result_at(g, yp, 0), r->n) &&
        lanes_all(g->out, yn, result_at(g, yn, 0), r->n))
        p.n = m.n = 1; /* one lane stands for all */
    lanes_point(&p, g->out, yp, &wide_p);
    lanes_point(&m, g->out, yn, &wide_m);
    double residual =
        lanes_residual(p.yv, m.yv, f->reflection_sum ? 1 : -1, g->reflection_is_x ? r->xv : NULL,
                       g->reflection_value, &g->lanes, p.n);
    t->reflection = larger(t->reflection, residual);
}

void grade_symmetry(struct grading *g, const struct truth_run *r, const void *yp, const void *yn,
                    struct tally *t)
{
    uint64_t flip = g->symmetry == SYMMETRY_ODD ? format_sign_bit(g->out) : 0;
    int i, n = g->symmetry == SYMMETRY_NONE ? 0 : lanes_mirror(g->out, yp, yn, flip, r->n, &i);
    if (n) {
        uint64_t y = result_at(g, yn, i);
        struct lane lane = {r->x[i] | format_sign_bit(g->in), y, result_at(g, yp, i) ^ flip,
                            -r->xv[i], format_to_double(g->out, y)};
        fail_times(t, FAIL_SYMMETRY, g->in, &lane, middle(r, i), (uint64_t)n);
    }
    reflect(g, r, yp, yn, t);
}

/* ---- before and after ---- */

/* An expression in the parameters alone, to the nearest double. */
static double constant_value(const struct function *f, const struct expr *e, const double *param)
{
    struct evaluator *ev = evaluator_new_expr(f, e, param);
    struct interval v;
    mpfr_t zero;
    mpfr_init2(zero, 53);
    mpfr_set_zero(zero, 1);
    interval_init(&v);
    evaluator_at(ev, zero, 64, &v);
    double d = mpfr_get_d(v.lo, MPFR_RNDN);
    interval_clear(&v);
    mpfr_clear(zero);
    evaluator_free(ev);
    return d;
}

/* ACTULP_ISA takes ISAs away from the reference as it does from kernels. */
static const char *reference_isa(void)
{
    return isa_available(ISA_AVX512) ? NULL : isa_available(ISA_AVX2) ? "avx2" : "generic";
}

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
        g->block = block_ref_new_isa(f, oracle_params(g->oracle), reference_isa());
    g->has_range = oracle_range(g->oracle, out, &g->range[0], &g->range[1]);
    g->symmetry = f->symmetry;
    lane_format_init(&g->lanes, out);
    g->zero_plus = g->zero_minus = ACCEPT_ZERO_POSITIVE | ACCEPT_ZERO_NEGATIVE;
    if (f->zero == ZERO_POSITIVE || f->zero == ZERO_SIGN_OF_X)
        g->zero_plus = ACCEPT_ZERO_POSITIVE;
    if (f->zero == ZERO_NEGATIVE)
        g->zero_plus = ACCEPT_ZERO_NEGATIVE;
    if (f->zero == ZERO_NEGATIVE || f->zero == ZERO_SIGN_OF_X)
        g->zero_minus = ACCEPT_ZERO_NEGATIVE;
    if (f->zero == ZERO_POSITIVE)
        g->zero_minus = ACCEPT_ZERO_POSITIVE;
    g->lanes.zero_both = f->zero == ZERO_BOTH;
    g->lanes.excuses = ftz;
    for (int i = 0; i < f->nspecial; i++)
        g->special[g->nspecial++] = constant_value(f, f->special[i].x, oracle_params(g->oracle));
    for (int side = 0; side < 2; side++) {
        struct truth t;
        truth_at(g->oracle, in, format_max(in) | (side ? 0 : format_sign_bit(in)), out, rounding,
                 &t);
        g->tail[side] = t.due;
        truth_at(g->oracle, in, side ? 0 : format_sign_bit(in), out, rounding, &g->at_zero[side]);
    }
    const struct expr *e = f->reflection_sum ? f->reflection_sum : f->reflection_diff;
    if (e) {
        g->reflection_is_x = e->node[e->n - 1]->op == OP_X;
        if (!g->reflection_is_x)
            g->reflection_value = constant_value(f, e, oracle_params(g->oracle));
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
        p->x, p->y, p->due, format_to_double(in, p->x), format_to_double(out, p->y), p->exact};
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
    a->max_distance = t->max_distance;
    record_point(&a->farthest, t->max_distance ? &t->farthest : &t->worst, in, out);
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

const char *const tier_word[TIER_COUNT] = {[TIER_UNDECIDED] = "undecided",
                                           [TIER_EXACT] = "exact",
                                           [TIER_DOUBLE] = "double",
                                           [TIER_NEAR_ZERO] = "near-zero",
                                           [TIER_WIDE] = "wide",
                                           [TIER_CONSTANT] = "constant",
                                           [TIER_MPFR] = "mpfr"};

void tiers_record(const uint64_t count[TIER_COUNT], struct accuracy *a)
{
    a->tier_name = xcalloc(TIER_COUNT, sizeof *a->tier_name);
    a->tier_count = xcalloc(TIER_COUNT, sizeof *a->tier_count);
    for (int t = 0; t < TIER_COUNT; t++)
        if (count[t]) {
            a->tier_name[a->ntiers] = xstrdup(tier_word[t]);
            a->tier_count[a->ntiers++] = count[t];
        }
}

void tiers_read(uint64_t count[TIER_COUNT], const struct accuracy *a)
{
    for (int t = 0; t < TIER_COUNT; t++) {
        count[t] = 0;
        for (int i = 0; i < a->ntiers; i++)
            if (!strcmp(a->tier_name[i], tier_word[t]))
                count[t] += a->tier_count[i];
    }
}

/* ---- as text ---- */

/* The words of the struct in hex, a run of equal ones as WORD*COUNT. */
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
        fprintf(out, n > 1 ? "%s%llx*%d" : "%s%llx", i ? " " : "", (unsigned long long)w[i], n);
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
        unsigned long n = *end == '*' ? strtoul(end + 1, &end, 10) : 1;
        if (end == text || (*end && *end != ' ') || n == 0 || n > (unsigned long)(TALLY_WORDS - i))
            return false;
        while (n--)
            w[i++] = word;
        text = *end ? end + 1 : end;
    }
    memcpy(t, w, sizeof *t);
    return i == TALLY_WORDS;
}
