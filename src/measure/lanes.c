/* lanes.c -- see lanes.h. */
#include <math.h>
#include <string.h>
#include "lanes.h"

/* Chosen at load time from the levels of the ABI; clang and the sanitizers take the plain build. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
#define HOT __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HOT
#endif

#define INLINE inline __attribute__((always_inline))

enum { W = 8 };
typedef double vd __attribute__((vector_size(8 * W), aligned(8), may_alias));
typedef uint64_t vu __attribute__((vector_size(8 * W), aligned(8), may_alias));
typedef float vf __attribute__((vector_size(4 * W), aligned(4), may_alias));
typedef uint32_t vw __attribute__((vector_size(4 * W), aligned(4), may_alias));
typedef int64_t vi __attribute__((vector_size(8 * W), aligned(8), may_alias));

#define SPLAT(v)          ((vu){} + (uint64_t)(v))
#define SPLATD(v)         ((vd){} + (double)(v))
#define IF(mask, a, b)    (((vu)(a) & (vu)(mask)) | ((vu)(b) & ~(vu)(mask)))
#define LOAD(type, p)     (*(const type *)(p))
#define STORE(type, p, v) (*(type *)(p) = (type)(v))

/* A = the larger or the smaller of A and B, lanes whose top bit is 0, of integers or of doubles
 * alike: shorter from end to end than a comparison and a blend. */
#define RAISE(a, b)                    \
    do {                               \
        vi gap = (vi)((b)-a);          \
        a += (vu)(gap & ~(gap >> 63)); \
    } while (0)
#define LOWER(a, b)                   \
    do {                              \
        vi gap = (vi)((b)-a);         \
        a += (vu)(gap & (gap >> 63)); \
    } while (0)

static const uint64_t ABS = UINT64_C(0x7fffffffffffffff), MANTISSA = UINT64_C(0x000fffffffffffff);

/* ---- formats ---- */

/* Odd numbers that differ in every bit from place to place: an additive generator, finalised. */
static uint64_t weight(uint64_t i)
{
    uint64_t z = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) | 1;
}

void lane_format_init(struct lane_format *l, enum format f)
{
    const struct format_info *i = &format_info[f];
    *l = (struct lane_format){.inf = format_inf(f),
                              .sign = format_sign_bit(f),
                              .emin = (uint64_t)(i->emin + 1023),
                              .emax = (uint64_t)(i->emax + 1023),
                              .p = i->p,
                              .zero_both = true};
    for (uint64_t k = 0; k < BLOCK; k++)
        l->weights += l->weight[k] = weight(k);
}

HOT uint64_t lanes_digest(const uint64_t *yb, const struct lane_format *f, int n)
{
    uint64_t sum = 0;
    for (int i = 0; i < n; i++)
        sum += yb[i] * f->weight[i];
    return sum;
}

/* ---- unpacking ---- */

static uint64_t pattern(enum format f, const void *y, int i)
{
    uint64_t u = 0;
    size_t bytes = (size_t)format_info[f].bits / 8;
    memcpy(&u, (const char *)y + (size_t)i * bytes, bytes);
    return u;
}

HOT static void count_up(uint64_t first, uint64_t *x)
{
    vu v = SPLAT(first) + (vu){0, 1, 2, 3, 4, 5, 6, 7};
    for (int i = 0; i < BLOCK; i += W, v += W)
        STORE(vu, x + i, v);
}

HOT static void narrow32(const uint64_t *x, uint32_t *out)
{
    for (int i = 0; i < BLOCK; i += W)
        STORE(vw, out + i, __builtin_convertvector(LOAD(vu, x + i), vw));
}

HOT static void values32(const uint64_t *x, double *v)
{
    for (int i = 0; i < BLOCK; i += W) {
        vf f = (vf) __builtin_convertvector(LOAD(vu, x + i), vw);
        STORE(vd, v + i, __builtin_convertvector(f, vd));
    }
}

void lanes_count(uint64_t first, uint64_t *x, int n)
{
    if (n == BLOCK)
        count_up(first, x);
    else
        for (int i = 0; i < n; i++)
            x[i] = first + (uint64_t)i;
}

void lanes_pack(enum format f, const uint64_t *x, int n, void *out)
{
    size_t bytes = (size_t)format_info[f].bits / 8;
    if (f == FORMAT_F32 && n == BLOCK)
        narrow32(x, out);
    else
        for (int i = 0; i < n; i++)
            memcpy((char *)out + (size_t)i * bytes, &x[i], bytes);
}

void lanes_values(enum format f, const uint64_t *x, int n, double *v)
{
    if (f == FORMAT_F32 && n == BLOCK)
        values32(x, v);
    else
        for (int i = 0; i < n; i++)
            v[i] = format_to_double(f, x[i]);
}

void lanes_point(struct lane_run *r, enum format f, const void *y, struct lane_wide *wide)
{
    r->yb = y;
    r->yv = y;
    if (f == FORMAT_F32)
        return;
    for (int i = 0; i < r->n; i++) {
        wide->yb[i] = (uint32_t)pattern(f, y, i);
        wide->yv[i] = (float)format_to_double(f, wide->yb[i]);
    }
    r->yb = wide->yb;
    r->yv = wide->yv;
}

void lanes_unpack(struct lanes *l, enum format f, const void *y, int n)
{
    for (int i = 0; i < n; i++) {
        l->yb[i] = pattern(f, y, i);
        l->yv[i] = format_to_double(f, l->yb[i]);
    }
}

/* ---- sums ---- */

static INLINE double sum_up(const vd *v)
{
    double s = 0;
    for (int i = 0; i < W; i++)
        s += (*v)[i];
    return s;
}

static INLINE uint64_t count(const vu *v)
{
    uint64_t s = 0;
    for (int i = 0; i < W; i++)
        s += (*v)[i];
    return s;
}

static INLINE uint64_t most(const vu *v)
{
    uint64_t m = (*v)[0];
    for (int i = 1; i < W; i++)
        m = (*v)[i] > m ? (*v)[i] : m;
    return m;
}

static INLINE double greatest(const vd *v)
{
    double m = (*v)[0];
    for (int i = 1; i < W; i++)
        m = (*v)[i] > m ? (*v)[i] : m;
    return m;
}

static INLINE double least(const vd *v)
{
    double m = (*v)[0];
    for (int i = 1; i < W; i++)
        m = (*v)[i] < m ? (*v)[i] : m;
    return m;
}

/* Eight lanes taken apart. */
struct eight {
    vu y, due, odd, equal, keep, valid, magnitude;
    vu amiss;                               /* kept, but 0 or of the wrong sign */
    vd yv, z, near, far, distance, e, half; /* near <= |z| <= far */
};

static INLINE void take_eight(const struct lane_run *r, const struct lane_format *f, int i,
                              struct eight *k)
{
    const vu place = {0, 1, 2, 3, 4, 5, 6, 7};
    const vu emin = SPLAT(f->emin), sign = SPLAT(f->sign);
    k->valid = (vu)(place < SPLAT(r->n - i));
    vd lo = LOAD(vd, r->lo + i), hi = LOAD(vd, r->hi + i);
    k->yv = __builtin_convertvector(LOAD(vf, r->yv + i), vd);
    k->y = __builtin_convertvector(LOAD(vw, r->yb + i), vu);
    vu due = k->due = __builtin_convertvector(LOAD(vw, r->due + i), vu);
    vu lb = (vu)lo & ABS, hb = (vu)hi & ABS, less = (vu)(lb < hb);
    vu small = IF(less, lb, hb), large = IF(less, hb, lb);
    /* The binade of z; a power of two at the outer end is an open end: see block.h. */
    vu es = small >> 52, el = large >> 52;
    el += (vu)((large & MANTISSA) == 0) & (vu)(large != small);
    es = IF((vi)es < (vi)emin, emin, es);
    el = IF((vi)el < (vi)emin, emin, el);
    k->magnitude = k->y & ~sign;
    vu is_zero = (vu)(k->magnitude == 0);
    vu equal = (vu)(k->y == due);
    if (f->zero_both)
        equal |= (vu)(large == 0) & is_zero;
    vu due_inf = (vu)((due & ~sign) == f->inf);
    vu amiss = (vu)(((k->y ^ due) & sign) != 0) | is_zero;
    vu wrong = (vu)(k->magnitude >= f->inf) | due_inf | (amiss & SPLAT(-(uint64_t)f->excuses));
    vu unclear = (vu)(es != el) | (vu)(es > f->emax);
    vu odd = (~equal & wrong) | (~due_inf & unclear);
    if (r->slow)
        odd |= LOAD(vu, r->slow + i);
    k->odd = odd & k->valid;
    k->keep = ~(odd | due_inf) & k->valid;
    k->equal = equal & ~odd & k->valid;
    k->amiss = amiss & ~equal & k->keep;
    vd scale = (vd)((SPLAT(2046 + f->p - 1) - es) << 52);
    k->near = (vd)small;
    k->far = (vd)large;
    k->z = 0.5 * lo + 0.5 * hi;
    k->distance = k->yv - k->z;
    k->e = (vd)((vu)(k->distance * scale) & k->keep);
    k->half = (vd)((vu)(0.5 * (hi - lo) * scale) & k->keep);
}

/* MASK: the lanes of class C. */
static INLINE void class_of(const struct eight *k, const struct lane_format *f, enum lane_class c,
                            vu *mask)
{
    const vu sign = SPLAT(f->sign), normal = SPLAT(UINT64_C(1) << (f->p - 1));
    vu zero = (vu)(k->magnitude == 0), due = k->due & ~sign;
    if (c == CLASS_ZERO_LOST)
        *mask = k->amiss & zero & (vu)(due >= normal);
    else if (c == CLASS_FLUSHED)
        *mask = k->amiss & zero & (vu)(due != 0) & (vu)(due < normal);
    else if (c == CLASS_ZERO_SIGN)
        *mask = k->amiss & zero & (vu)(due == 0);
    else
        *mask = k->amiss & ~zero & (vu)(((k->y ^ k->due) & sign) != 0) & (vu)(k->far != 0.0);
}

/* How many patterns lie between result and due, of the lanes neither odd nor equal; else 0. */
static INLINE void distance_of(const struct eight *k, const struct lane_format *f, vu *distance)
{
    const vu sign = SPLAT(f->sign);
    vu due = k->due & ~sign, difference = k->magnitude - due;
    vu backward = (vu)((vi)difference >> 63);
    difference = (difference ^ backward) - backward;
    difference = IF(((k->y ^ k->due) & sign) != 0, k->magnitude + due, difference);
    *distance = difference & ~k->equal & ~k->odd & k->valid;
}

/* Most runs are all ordinary: truths of one binade, results that are numbers of their sign, 0 only
 * where it is due, errors below 1024.  Then one scale serves all, and much of take_eight falls
 * away.  The three loops below give what the general one gives, or say that the run is not of the
 * kind. */

typedef float vf16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint32_t vw16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t vi16 __attribute__((vector_size(64), aligned(4), may_alias));

#define IF16(mask, a, b) ((vf16)(((vw16)(a) & (vw16)(mask)) | ((vw16)(b) & ~(vw16)(mask))))

/* Patterns: sixteen at a time. */
static INLINE bool ordinary_patterns(const struct lane_run *r, const struct lane_format *f,
                                     struct lane_sums *s)
{
    const uint32_t sign = (uint32_t)f->sign, inf = (uint32_t)f->inf;
    const float along = (float)r->along;
    vw16 bad = {}, equal = {}, steps = {};
    vi16 apart = {};
    vf16 low = (vf16){} + INFINITY, high = (vf16){} - INFINITY;
    for (int i = 0; i < BLOCK; i += 16) {
        vw16 y = LOAD(vw16, r->yb + i), due = LOAD(vw16, r->due + i);
        vf16 v = LOAD(vf16, r->yv + i);
        vw16 wrong = (vw16)(((y ^ due) & sign) != 0) | (vw16)((y & ~sign) == 0);
        bad |=
            (wrong & (vw16)(y != due)) | (vw16)((y & ~sign) >= inf) | (vw16)((due & ~sign) >= inf);
        equal -= (vw16)(y == due);
        vi16 difference = (vi16)(y - due), backward = difference >> 31;
        vi16 further = (difference ^ backward) - backward - apart;
        apart += further & ~(further >> 31);
        low = IF16(v < low, v, low);
        high = IF16(v > high, v, high);
        if (i > 0)
            steps -= (vw16)(v * along < LOAD(vf16, r->yv + i - 1) * along);
    }
    uint32_t any = 0;
    for (int i = 0; i < 16; i++) {
        any |= bad[i];
        s->apart = (uint64_t)apart[i] > s->apart ? (uint64_t)apart[i] : s->apart;
        s->equal += equal[i];
        s->steps += steps[i];
        s->least = low[i] < s->least ? low[i] : s->least;
        s->greatest = high[i] > s->greatest ? high[i] : s->greatest;
    }
    for (int i = 1; i < 16; i++)
        s->steps += r->yv[i] * r->along < r->yv[i - 1] * r->along;
    return !any;
}

/* The exponent of Z >= 0, biased, not below that of the smallest normal number. */
static INLINE uint64_t binade(double z, const struct lane_format *f)
{
    uint64_t u;
    memcpy(&u, &z, sizeof u);
    return u >> 52 < f->emin ? f->emin : u >> 52;
}

/* Errors, their sums and maxima, and the digest, as long as all truths lie in one binade.  ERROR:
 * the absolute errors. */
static INLINE bool ordinary_errors(const struct lane_run *r, const struct lane_format *f,
                                   struct lane_sums *s, double *error)
{
    const uint64_t es = binade(fmin(fabs(r->lo[0]), fabs(r->hi[0])), f);
    const vd magic = SPLATD(0x1.8p52), unit = SPLATD(0x1p20);
    const vd scale = (vd)(SPLAT((2046 + (uint64_t)f->p - 1 - es) << 52));
    if (es > f->emax)
        return false;
    vd sa = {}, ss = {}, sq = {};
    vu max = {}, upper = {}, width = {}, digest = {}, near = SPLAT(ABS), far = {};
    for (int i = 0; i < BLOCK; i += W) {
        vd lo = LOAD(vd, r->lo + i), hi = LOAD(vd, r->hi + i);
        vd yv = __builtin_convertvector(LOAD(vf, r->yv + i), vd);
        vu y = __builtin_convertvector(LOAD(vw, r->yb + i), vu);
        vu larger = (vu)lo & ABS, smaller = larger;
        RAISE(larger, ((vu)hi & ABS));
        LOWER(smaller, ((vu)hi & ABS));
        RAISE(far, larger);
        LOWER(near, smaller);
        vd e = (yv - (0.5 * lo + 0.5 * hi)) * scale;
        vd half = 0.5 * (hi - lo) * scale, a = (vd)((vu)e & ABS), u = a + half;
        sa += (a * unit + magic) - magic;
        ss += (e * unit + magic) - magic;
        sq += (e * e * unit + magic) - magic;
        RAISE(max, (vu)a);
        RAISE(upper, (vu)u);
        RAISE(width, (vu)half);
        digest += y * LOAD(vu, f->weight + i);
        STORE(vd, error + i, a);
    }
    s->abs = sum_up(&sa);
    s->sign = sum_up(&ss);
    s->square = sum_up(&sq);
    s->max = greatest((vd *)&max);
    s->max_upper = greatest((vd *)&upper);
    s->max_half = greatest((vd *)&width);
    s->max_distance = s->max / scale[0];
    s->nearest = least((vd *)&near);
    s->farthest = greatest((vd *)&far);
    s->digest = count(&digest);
    return s->max < 1024 && binade(s->nearest, f) == es && binade(s->farthest, f) == es;
}

static INLINE void ordinary_histogram(const struct lane_run *r, const double *error,
                                      struct lane_sums *s)
{
    s->le_half = s->le_one = s->le_two = s->le_four = BLOCK - s->equal;
    if (s->max <= 0.5)
        return;
    vu c0 = {}, c1 = {}, c2 = {}, c4 = {};
    for (int i = 0; i < BLOCK; i += W) {
        vd a = LOAD(vd, error + i);
        vu other = __builtin_convertvector(LOAD(vw, r->yb + i) ^ LOAD(vw, r->due + i), vu);
        other = (vu)(other != 0);
        c0 -= other & (vu)(a <= 0.5);
        c1 -= other & (vu)(a <= 1.0);
        c2 -= other & (vu)(a <= 2.0);
        c4 -= other & (vu)(a <= 4.0);
    }
    s->le_half = count(&c0);
    s->le_one = count(&c1);
    s->le_two = count(&c2);
    s->le_four = count(&c4);
}

/* Is there no need to look further than the first result, which is 0 where it should not be? */
static INLINE bool plainly_amiss(const struct lane_run *r, const struct lane_format *f)
{
    return (r->yb[0] & ~f->sign) == 0 && r->yb[0] != r->due[0];
}

HOT static bool sum_ordinary(const struct lane_run *r, const struct lane_format *f,
                             struct lane_sums *s)
{
    double error[BLOCK];
    *s = (struct lane_sums){.least = INFINITY, .greatest = -INFINITY};
    if (r->n != BLOCK || r->slow || plainly_amiss(r, f) || !ordinary_patterns(r, f, s) ||
        !ordinary_errors(r, f, s, error))
        return false;
    ordinary_histogram(r, error, s);
    return true;
}

/* Those of the errors E that are 1024 or more. */
static INLINE void sum_coarse(const double *e, int n, struct lane_sums *s)
{
    vu number = {}, abs = {}, sign = {}, high = {}, mixed = {}, low = {};
    for (int i = 0; i < n; i += W) {
        vd v = LOAD(vd, e + i), a = (vd)((vu)v & ABS);
        vu coarse = (vu)(a >= 1024.0);
        a = (vd)(IF(a > COARSE_MAX, SPLATD(COARSE_MAX), a) & coarse);
        vu k = (vu)(a + 0x1p52) & MANTISSA, h = k >> 20, l = k & 0xfffff;
        vu negative = (vu)((vi)v >> 63);
        number -= coarse;
        abs += k;
        sign += (k ^ negative) - negative;
        high += h * h;
        mixed += h * l;
        low += l * l;
    }
    s->coarse = count(&number);
    s->coarse_abs = count(&abs);
    s->coarse_sign = (int64_t)count(&sign);
    s->coarse_square[0] = count(&high);
    s->coarse_square[1] = count(&mixed);
    s->coarse_square[2] = count(&low);
}

HOT static struct lane_sums sum_any(const struct lane_run *r, const struct lane_format *f)
{
    const vd magic = SPLATD(0x1.8p52), unit = SPLATD(0x1p20), along = SPLATD(r->along);
    double error[BLOCK];
    vd sa = {}, ss = {}, sq = {}, max = {}, upper = {}, width = {}, far = {};
    vd least_other = SPLATD(INFINITY);
    vu class[CLASS_COUNT] = {{}};
    vd low = SPLATD(INFINITY), high = SPLATD(-INFINITY), near = SPLATD(INFINITY), outer = {};
    vu odd = {}, equal = {}, c0 = {}, c1 = {}, c2 = {}, c4 = {}, nans = {}, steps = {}, digest = {},
       apart = {};
    for (int i = 0; i < r->n; i += W) {
        struct eight k;
        take_eight(r, f, i, &k);
        vd a = (vd)((vu)k.e & ABS), u = a + k.half, d = (vd)((vu)k.distance & k.keep & ABS);
        STORE(vd, error + i, k.e);
        vd fine = (vd)((vu)k.e & (vu)(a < 1024.0));
        sa += ((vd)((vu)fine & ABS) * unit + magic) - magic;
        ss += (fine * unit + magic) - magic;
        sq += (fine * fine * unit + magic) - magic;
        max = (vd)IF(a > max, a, max);
        upper = (vd)IF(u > upper, u, upper);
        width = (vd)IF(k.half > width, k.half, width);
        far = (vd)IF(d > far, d, far);
        low = (vd)IF((vu)(k.yv < low) & k.valid, k.yv, low);
        high = (vd)IF((vu)(k.yv > high) & k.valid, k.yv, high);
        near = (vd)IF((vu)(k.near < near) & k.valid, k.near, near);
        outer = (vd)IF((vu)(k.far > outer) & k.valid, k.far, outer);
        nans |= (vu)(k.magnitude > f->inf) & k.valid;
        vu other = ~k.equal & ~k.odd & k.valid;
        vu mask, distance;
        distance_of(&k, f, &distance);
        RAISE(apart, distance);
        least_other = (vd)IF((vu)(a < least_other) & other, a, least_other);
        for (int c = 0; c < CLASS_COUNT; c++) {
            class_of(&k, f, (enum lane_class)c, &mask);
            class[c] -= mask;
        }
        odd -= k.odd;
        equal -= k.equal;
        c0 -= other & (vu)(a <= 0.5);
        c1 -= other & (vu)(a <= 1.0);
        c2 -= other & (vu)(a <= 2.0);
        c4 -= other & (vu)(a <= 4.0);
        digest += (k.y & k.valid) * LOAD(vu, f->weight + i);
        if (i > 0) {
            vd before = __builtin_convertvector(LOAD(vf, r->yv + i - 1), vd);
            steps -= (vu)(k.yv * along < before * along) & k.valid;
        }
    }
    uint64_t first_steps = 0;
    for (int i = 1; i < W && i < r->n; i++)
        first_steps += r->yv[i] * r->along < r->yv[i - 1] * r->along;
    struct lane_sums s = {.abs = sum_up(&sa),
                          .sign = sum_up(&ss),
                          .square = sum_up(&sq),
                          .max = greatest(&max),
                          .max_upper = greatest(&upper),
                          .max_half = greatest(&width),
                          .least_other = least(&least_other),
                          .max_distance = greatest(&far),
                          .least = least(&low),
                          .greatest = greatest(&high),
                          .nearest = least(&near),
                          .farthest = greatest(&outer),
                          .odd = count(&odd),
                          .equal = count(&equal),
                          .le_half = count(&c0),
                          .le_one = count(&c1),
                          .le_two = count(&c2),
                          .le_four = count(&c4),
                          .apart = most(&apart),
                          .steps = count(&steps) + first_steps,
                          .digest = count(&digest),
                          .nan = count(&nans) != 0};
    for (int c = 0; c < CLASS_COUNT; c++)
        s.class[c] = count(&class[c]);
    if (s.max >= 1024)
        sum_coarse(error, r->n, &s);
    return s;
}

struct lane_sums lanes_sum(const struct lane_run *r, const struct lane_format *f)
{
    struct lane_sums s;
    return sum_ordinary(r, f, &s) ? s : sum_any(r, f);
}

HOT double lanes_relative(const struct lane_run *r, const struct lane_format *f)
{
    const vu normal = SPLAT(f->emin << 52), inf = SPLAT(UINT64_C(0x7ff) << 52);
    vd max = {};
    for (int i = 0; i < r->n; i += W) {
        struct eight k;
        take_eight(r, f, i, &k);
        vu z = (vu)k.z & ABS;
        vu keep = k.keep & (vu)(z >= normal) & (vu)(z < inf);
        vd relative = (vd)((vu)(k.distance / k.z) & ABS & keep);
        max = (vd)IF(relative > max, relative, max);
    }
    return greatest(&max);
}

HOT void lanes_histogram(const struct lane_run *r, const struct lane_format *f,
                         uint64_t bin[LANE_BINS])
{
    double error[BLOCK];
    for (int i = 0; i < r->n; i += W) {
        struct eight k;
        take_eight(r, f, i, &k);
        STORE(vu, error + i, (vu)k.e & ABS & ~k.equal);
    }
    for (int i = 0; i < r->n; i++) {
        uint64_t u;
        memcpy(&u, &error[i], sizeof u);
        int exponent = (int)((u - 1) >> 52) - 1023;
        if (error[i] > 4)
            bin[exponent < LANE_BINS ? exponent : LANE_BINS - 1]++;
    }
}

/* The first lane whose error is ERROR; else whose distance is APART; else of class C. */
HOT static int first_lane(const struct lane_run *r, const struct lane_format *f, double error,
                          uint64_t apart, enum lane_class c)
{
    vu first = SPLAT(BLOCK);
    for (int i = 0; i < r->n; i += W) {
        const vu place = (vu){0, 1, 2, 3, 4, 5, 6, 7} + (uint64_t)i;
        struct eight k;
        take_eight(r, f, i, &k);
        vu here, distance;
        if (error >= 0) {
            here = (vu)((vd)((vu)k.e & ABS) == error) & ~k.odd & k.valid;
        } else if (apart > 0) {
            distance_of(&k, f, &distance);
            here = (vu)(distance == apart);
        } else {
            class_of(&k, f, c, &here);
        }
        vu at = IF(here, place, SPLAT(BLOCK));
        LOWER(first, at);
    }
    uint64_t least = first[0];
    for (int i = 1; i < W; i++)
        least = first[i] < least ? first[i] : least;
    return (int)least;
}

int lanes_worst(const struct lane_run *r, const struct lane_format *f, const struct lane_sums *s)
{
    return first_lane(r, f, s->max, 0, CLASS_COUNT);
}

int lanes_farthest(const struct lane_run *r, const struct lane_format *f, const struct lane_sums *s)
{
    return first_lane(r, f, -1, s->apart, CLASS_COUNT);
}

int lanes_first(const struct lane_run *r, const struct lane_format *f, enum lane_class c)
{
    return first_lane(r, f, -1, 0, c);
}

HOT void lanes_detail(const struct lane_run *r, const struct lane_format *f, struct lanes *l)
{
    for (int i = 0; i < r->n; i += W) {
        struct eight k;
        take_eight(r, f, i, &k);
        STORE(vu, l->yb + i, k.y);
        STORE(vd, l->yv + i, k.yv);
        STORE(vd, l->e + i, k.e);
        STORE(vd, l->half + i, k.half);
        STORE(vu, l->odd + i, k.odd);
        STORE(vu, l->equal + i, k.equal);
    }
}

/* ---- comparisons ---- */

/* Is any of the N words of A, with FLIP, not the one of B? */
HOT static bool differs32(const uint32_t *a, const uint32_t *b, uint32_t flip, int n)
{
    vw d = {};
    int i = 0;
    for (; i + W <= n; i += W)
        d |= LOAD(vw, a + i) ^ flip ^ LOAD(vw, b + i);
    uint32_t rest = 0;
    for (; i < n; i++)
        rest |= a[i] ^ flip ^ b[i];
    for (i = 0; i < W; i++)
        rest |= d[i];
    return rest != 0;
}

HOT static bool differs_from32(const uint32_t *a, uint32_t v, int n)
{
    vw d = {};
    int i = 0;
    for (; i + W <= n; i += W)
        d |= LOAD(vw, a + i) ^ v;
    uint32_t rest = 0;
    for (; i < n; i++)
        rest |= a[i] ^ v;
    for (i = 0; i < W; i++)
        rest |= d[i];
    return rest != 0;
}

bool lanes_all(enum format f, const void *y, uint64_t v, int n)
{
    if (f == FORMAT_F32)
        return !differs_from32(y, (uint32_t)v, n);
    for (int i = 0; i < n; i++)
        if (pattern(f, y, i) != v)
            return false;
    return true;
}

HOT static bool all_nan32(const uint32_t *a, int n)
{
    vw number = {};
    int i = 0, rest = 0;
    for (; i + W <= n; i += W)
        number |= (vw)((LOAD(vw, a + i) & 0x7fffffff) <= 0x7f800000);
    for (; i < n; i++)
        rest |= (a[i] & 0x7fffffff) <= 0x7f800000;
    for (i = 0; i < W; i++)
        rest |= number[i] != 0;
    return !rest;
}

bool lanes_all_nan(enum format f, const void *y, int n)
{
    if (f == FORMAT_F32)
        return all_nan32(y, n);
    for (int i = 0; i < n; i++)
        if (!format_is_nan(f, pattern(f, y, i)))
            return false;
    return true;
}

/* As lanes_mirror, of a whole block of floats. */
HOT static int mirror32(const uint32_t *a, const uint32_t *b, uint32_t flip, int *first)
{
    vw places = {}, least = (vw){} + (uint32_t)BLOCK;
    const vw place = {0, 1, 2, 3, 4, 5, 6, 7};
    for (int i = 0; i < BLOCK; i += W) {
        vw p = LOAD(vw, a + i), q = LOAD(vw, b + i), m = p & 0x7fffffff, k = q & 0x7fffffff;
        vw same = (vw)((p ^ flip) == q) | ((vw)(m > 0x7f800000) & (vw)(k > 0x7f800000));
        if (flip == 0)
            same |= (vw)((m | k) == 0);
        vw at = (place + (uint32_t)i) | (same & BLOCK);
        places += same + 1;
        least = ((vw)(at < least) & at) | ((vw)(at >= least) & least);
    }
    int differ = 0;
    *first = BLOCK;
    for (int i = 0; i < W; i++) {
        differ += (int)places[i];
        *first = (int)least[i] < *first ? (int)least[i] : *first;
    }
    return differ;
}

static bool mirrored(enum format f, uint64_t a, uint64_t b, uint64_t flip)
{
    return (a ^ flip) == b || (format_is_nan(f, a) && format_is_nan(f, b)) ||
           (flip == 0 && format_is_zero(f, a) && format_is_zero(f, b));
}

int lanes_mirror(enum format f, const void *a, const void *b, uint64_t flip, int n, int *first)
{
    if (f == FORMAT_F32 && !differs32(a, b, (uint32_t)flip, n))
        return 0;
    if (f == FORMAT_F32 && n == BLOCK)
        return mirror32(a, b, (uint32_t)flip, first);
    int differ = 0;
    for (int i = n - 1; i >= 0; i--)
        if (!mirrored(f, pattern(f, a, i), pattern(f, b, i), flip)) {
            differ++;
            *first = i;
        }
    return differ;
}

HOT double lanes_residual(const float *a, const float *b, double minus, const double *c, double c0,
                          const struct lane_format *f, int n)
{
    vd max = {};
    const vu emin = SPLAT(f->emin), place = {0, 1, 2, 3, 4, 5, 6, 7};
    for (int i = 0; i < n; i += W) {
        vu valid = (vu)(place < SPLAT(n - i));
        vd va = __builtin_convertvector(LOAD(vf, a + i), vd);
        vd vb = __builtin_convertvector(LOAD(vf, b + i), vd) * minus;
        vd vc = SPLATD(c0);
        if (c)
            vc = LOAD(vd, c + i);
        vu ab = (vu)va & ABS, bb = (vu)vb & ABS, cb = (vu)vc & ABS;
        vu big = IF(ab < bb, bb, ab);
        big = IF(big < cb, cb, big);
        vu e = big >> 52;
        e = IF((vi)e < (vi)emin, emin, e);
        vu keep = (vu)(e < 2047) & (vu)(big != 0) & valid;
        vd scale = (vd)((SPLAT(2046 + f->p - 1) - e) << 52);
        vd r = (vd)((vu)((va + vb - vc) * scale) & ABS & keep);
        max = (vd)IF(r > max, r, max);
    }
    return greatest(&max);
}
