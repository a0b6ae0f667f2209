/* lanes.h -- the arithmetic of grading, over a run of up to BLOCK results at a time.
 *
 * These are the loops that an exhaustive sweep goes through four thousand million times, so they
 * are written in vectors of eight and built for several ISA levels.  Each lane is taken apart into
 * what can be summed up, and what cannot: an *odd* lane (a NaN or an infinity that is not due, a
 * truth whose binade is not known) is left to grade_one in accuracy.c.  A zero that is not due, or
 * a wrong sign, has an error as any number has, and is counted in its class besides.
 *
 * Errors are rounded to multiples of 2^-20 ulp before they are summed, from 1024 ulp on to whole
 * ones, so that the sums are exact, and the same in any order and on any ISA.
 */
#ifndef MEASURE_LANES_H
#define MEASURE_LANES_H

#include "../../ref/block.h"

/* A run of results of a format of at most 24 significant bits, and its truths: N of each. */
struct lane_run {
    int n;
    const uint32_t *yb; /* patterns */
    const float *yv;    /* values; for f32 the same memory */
    const uint32_t *due;
    const double *lo, *hi;
    const uint64_t *slow; /* all ones or 0: makes a lane odd; NULL: none is */
    double along;         /* +1: results should not decrease from lane to lane; -1: not increase */
};

struct lane_format {
    uint64_t inf, sign;
    uint64_t emin, emax; /* biased as in a double */
    int p;
    bool zero_both;                  /* where the truth is exactly 0, either zero is correct */
    bool excuses;                    /* wrong zeros and signs are odd: they may be excused */
    uint64_t weight[BLOCK], weights; /* of places, for the digest, and their sum */
};

/* What is wrong with a number besides its error. */
enum lane_class {
    CLASS_ZERO_LOST, /* 0 where a normal number is due */
    CLASS_FLUSHED,   /* 0 where a subnormal number is due */
    CLASS_ZERO_SIGN, /* 0 where the other 0 is due */
    CLASS_SIGN,      /* another sign than that of the exact value, which is not 0 */
    CLASS_COUNT
};

struct lane_sums {
    double abs, sign, square; /* of the errors below 1024, in units of 2^-20 */
    uint64_t coarse;          /* errors from 1024 on; then their sums, clamped to COARSE_MAX: */
    uint64_t coarse_abs;
    int64_t coarse_sign;
    uint64_t coarse_square[3];           /* times 2^40, 2^21, 1 */
    double max, max_upper, max_distance; /* largest |e|, |e| + half, |y - z| */
    double max_half;                     /* largest half */
    double least_other;                  /* smallest |e| of the lanes neither odd nor equal */
    double least,
        greatest; /* result, of all lanes that are no NaN; inf and -inf if there is none */
    double nearest, farthest; /* from 0 that a truth of any lane may lie */
    uint64_t odd, equal;      /* equal: correctly rounded and not odd */
    uint64_t le_half, le_one, le_two,
        le_four; /* of the lanes neither odd nor equal: errors at most ... */
    uint64_t class[CLASS_COUNT];
    uint64_t apart;  /* largest distance of y and due in patterns, of the lanes that are not odd */
    uint64_t steps;  /* against `along', between neighbours in the run */
    uint64_t digest; /* sum of pattern times weight of the place; of no use if nan */
    bool nan;        /* some result is a NaN */
};

#define COARSE_MAX 0x1p40

/* Each lane by itself, where the sums do not do. */
struct lanes {
    uint64_t yb[BLOCK];
    double yv[BLOCK];
    double e[BLOCK]; /* signed error in ulps; 0 in odd lanes and where infinity is due and came */
    double half[BLOCK];  /* half the width of its enclosure */
    uint64_t odd[BLOCK]; /* all ones or 0 */
    uint64_t equal[BLOCK];
};

void lane_format_init(struct lane_format *l, enum format f);

/* The N patterns from FIRST on; patterns X of format F packed; and their values. */
void lanes_count(uint64_t first, uint64_t *x, int n);
void lanes_pack(enum format f, const uint64_t *x, int n, void *out);
void lanes_values(enum format f, const uint64_t *x, int n, double *v);

/* Points R at the N packed results Y of format F; those of 16 bits are widened into WIDE. */
struct lane_wide {
    uint32_t yb[BLOCK];
    float yv[BLOCK];
};
void lanes_point(struct lane_run *r, enum format f, const void *y, struct lane_wide *wide);

struct lane_sums lanes_sum(const struct lane_run *r, const struct lane_format *f);

/* The largest |y - z| / |z| of the lanes that are not odd and whose truth is a normal number. */
double lanes_relative(const struct lane_run *r, const struct lane_format *f);

/* Adds the errors above 4 of the lanes neither odd nor equal to BIN[EXPONENT]: 2^EXPONENT < error
 * <= 2^(EXPONENT + 1); the last bin takes what is larger. */
enum { LANE_BINS = 31 };
void lanes_histogram(const struct lane_run *r, const struct lane_format *f,
                     uint64_t bin[LANE_BINS]);

/* The first lane with the largest error that the sums S tell of; that is farthest from what is due;
 * of class C. */
int lanes_worst(const struct lane_run *r, const struct lane_format *f, const struct lane_sums *s);
int lanes_farthest(const struct lane_run *r, const struct lane_format *f,
                   const struct lane_sums *s);
int lanes_first(const struct lane_run *r, const struct lane_format *f, enum lane_class c);

void lanes_detail(const struct lane_run *r, const struct lane_format *f, struct lanes *l);

/* Patterns and values alone, of any format. */
void lanes_unpack(struct lanes *l, enum format f, const void *y, int n);

uint64_t lanes_digest(const uint64_t *yb, const struct lane_format *f, int n);

/* Are the N packed results all the pattern V?  All NaNs? */
bool lanes_all(enum format f, const void *y, uint64_t v, int n);
bool lanes_all_nan(enum format f, const void *y, int n);

/* In how many lanes is the pattern of A, with FLIP, not the one of B?  Two NaNs count as one
 * pattern, and so do the two zeros if there is no FLIP.  *FIRST: the first of them. */
int lanes_mirror(enum format f, const void *a, const void *b, uint64_t flip, int n, int *first);

/* The largest |a + minus b - c| in ulps of the largest of |a|, |b|, |c|, for values A, B of a
 * format of at most 24 significant bits; C is c[i], or C0 where C is NULL. */
double lanes_residual(const float *a, const float *b, double minus, const double *c, double c0,
                      const struct lane_format *f, int n);

#endif
