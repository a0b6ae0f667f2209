/* result.h -- the records: what was measured, and all that a report may know.
 *
 * A result is one JSON document (doc/result.schema.json); json.c reads and writes it, both from the
 * field tables of fields.c.  Derived numbers (median of samples, rate, ratio) are functions in
 * stats.h, not fields, unless they cannot be recomputed.  An unknown fact is NULL or NAN (null in
 * JSON), never a guess.
 *
 * Bit patterns (inputs, results, digests) are uint64_t here and hex strings in JSON.
 *
 * To add a field: here, in its table in fields.c, in doc/result.schema.json; raise RESULT_SCHEMA
 * when an old reader would misread the document.
 */
#ifndef RESULT_RESULT_H
#define RESULT_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RESULT_SCHEMA = 1 };

/* The input at which something happened, and what came out. NAN where the exact value is not a
 * number. */
struct witness {
    uint64_t x, y;                  /* patterns of the input and the result */
    uint64_t due;                   /* the pattern that was due */
    double x_value, y_value, exact; /* as doubles, for printing */
};

/* One countable kind of failure: how often, and the first input in order of |x| (then sign). */
struct count {
    uint64_t n;
    struct witness first; /* meaningless while n = 0 */
};

/* Failures by class: each judged result is in at most one of the first eight. */
enum failure {
    FAIL_NAN,       /* NaN where a number was due */
    FAIL_NOT_NAN,   /* a number where NaN was due */
    FAIL_INF,       /* an infinity where a finite number was due */
    FAIL_NOT_INF,   /* a finite number where an infinity was due by the formula or its limit */
    FAIL_LIMIT,     /* another value than the declared limit at an infinite input */
    FAIL_ZERO_LOST, /* zero where a normal number was due */
    FAIL_FLUSHED,   /* zero where a subnormal number was due */
    FAIL_SIGN,      /* a nonzero result of the wrong sign */
    FAIL_ZERO_SIGN, /* a zero of the wrong sign */
    FAIL_RANGE,     /* outside the declared range */
    FAIL_MONOTONE,  /* a step against the declared shape */
    FAIL_SYMMETRY,  /* f(-x) is not the mirror image of f(x), bitwise */
    FAIL_COUNT
};

extern const char *const failure_word[FAIL_COUNT];  /* "nan", "not-nan", ...: the word in JSON */
extern const char *const failure_title[FAIL_COUNT]; /* "NaN where a number was due", ... */

/* Errors in ulps of numbers, by size: [0] correctly rounded, [1] at most 0.5 but not so, [2] at
 * most 1, [k] at most 2^(k-2), the last everything above. */
enum { HISTOGRAM_BINS = 34 };

struct segment { /* consecutive inputs of one sign: see segment_of in stats.h */
    int index;
    double max_ulp; /* the largest error in it; NAN if a failure of the first five classes lies in
                       it */
};

/* What becomes of inputs of a distribution, each value beside that of the exact function. */
struct under {
    char *inputs;                      /* "normal(0,3)", "file x.npy" */
    uint64_t n;                        /* drawn */
    double mean_ulp;                   /* error */
    double correct;                    /* shares of the inputs: correctly rounded, */
    double saturated, exact_saturated; /* beyond the thresholds where the result is constant, */
    double zero, exact_zero;           /* with a result of 0 */
    double mean, exact_mean;           /* output; NAN if any is no number, or beyond 2^60 */
};

struct accuracy {
    char *coverage;   /* "exhaustive", "sampled", "searched" */
    char *rigour;     /* "certified", or "certified, assuming SLEEF 3.5.1 within 2^-50" */
    char *sweep;      /* "quick", "full", "A..B", "file NAME" */
    uint64_t inputs;  /* inputs graded: numbers + failures + unjudged */
    uint64_t numbers; /* those with an error in ulps */
    uint64_t unjudged;
    uint64_t undecided; /* the precision limit did not settle whether correctly rounded */
    uint64_t correctly_rounded;
    struct witness worst; /* of the largest error */
    double max_ulp; /* the largest error, rounded up in the last of 17 digits; NAN if no numbers */
    uint64_t max_distance;   /* the largest integer distance from the correctly rounded result */
    struct witness farthest; /* of it; worst where all are correctly rounded */
    double max_abs, max_rel; /* largest absolute and relative error (relative: of |z| >= 2^emin) */
    double mean_ulp, rms_ulp, bias_ulp; /* bias: mean of the signed error */
    uint64_t histogram[HISTOGRAM_BINS];
    struct count failure[FAIL_COUNT];
    double inf_as_ulp;       /* largest FAIL_INF as 2^(emax+1), for show; NAN if none */
    double largest_step_ulp; /* FAIL_MONOTONE: largest step back */
    double reflection_ulp; /* residual of the declared identity, largest; NAN if none is declared */
    uint64_t flushed_accepted; /* under --ftz: zeros accepted where |z| is subnormal */
    int nsegments;
    struct segment *segment;
    uint64_t digest; /* of all outputs in order, NaNs canonical */
    /* Where learning stops.  Unsettled or meaningless: NAN. */
    double saturates_below, saturates_above; /* the result is constant from here to -inf, +inf */
    double exact_saturates_below,
        exact_saturates_above; /* the same of the correctly rounded function */
    bool has_under;
    struct under under;
    /* How it was decided: inputs per tier of the reference, and audits of it. */
    int ntiers;
    char **tier_name;
    uint64_t *tier_count;
    uint64_t audits, violations;
    double seconds_kernel, seconds_reference, seconds_bookkeeping;
    char *shard; /* "1/4": of a part of a sweep; NULL: the whole */
    char *tally; /* of a part: the sums, for actulp merge; NULL otherwise */
};

/* One finding of the guard, or a fault during a measurement. */
struct finding {
    char *kind; /* "tail", "alignment", "in-place", "overrun", "crash", "hang", ...:
                   doc/measuring.md */
    char *text; /* one sentence for people */
    bool fatal; /* the kernel was not graded further */
    bool waived;
    bool judged;               /* false: reported only */
    uint64_t length;           /* of the smallest failing call */
    int offset_in, offset_out; /* bytes from a 64-byte boundary */
    bool has_input;
    struct witness input;
};

struct contract {
    char *verdict; /* "kept", "broken", "not run" */
    uint64_t calls;
    int nfindings;
    struct finding *finding;
};

/* One cell of speed: a kernel at one size, place and input distribution. */
struct speed {
    uint64_t n;                /* elements per call; 0: latency of a dependent scalar call */
    char *level;               /* "L1", "L2", "L3", "memory": where input and output together fit */
    char *inputs;              /* "normal(0,3)", "file x.npy" */
    char *mode;                /* "throughput", "in-place", "cold", "latency" */
    double ns;                 /* per element: minimum of the samples, clock overhead subtracted */
    double ns_lo, ns_hi;       /* range of the minima of the four quarters of the run */
    double cycles;             /* per element, core cycles; NAN where not known */
    double ratio;              /* to the yardstick of the run, from paired samples: median */
    double ratio_lo, ratio_hi; /* 95 % interval of it by the sign test */
    bool settled;
    int nsamples;
    float *sample; /* ns per element, in order of time; at most 200 */
};

/* Instructions counted one by one: exact, and the same every time. */
struct instructions {
    double per_element; /* (of a call on twice the elements - of one on ELEMENTS) / ELEMENTS */
    uint64_t elements;
    char *inputs;
    bool repeatable; /* the second count of the longer call gave the same */
};

struct bound_record {
    double lo, hi, ulp; /* lo, hi may be infinite ("-inf" in JSON) */
};

/* What a kernel gives where its function declares several results to be right. */
struct answer {
    uint64_t x, y;           /* patterns of the input and the result */
    double x_value, y_value; /* as doubles */
    int nright;
    uint64_t *right; /* patterns of the results that are right, the formula's own first */
};

struct kernel_record {
    char *name; /* "sigmoid/f32/poly/avx2" */
    char *function, *dtype, *method, *isa;
    char *how;
    char *origin;                             /* "built-in" or the path of the library */
    char *origin_digest, *symbol, *signature; /* of outside kernels, else NULL */
    char *arithmetic;                         /* "plain", "fma" or NULL */
    int nbounds;
    struct bound_record *bound; /* the promise */
    int nkeeps;
    char **keeps; /* "range", "monotone", ...: the words of keeps_word */
    bool has_contract, has_accuracy;
    struct contract contract;
    struct accuracy accuracy;
    bool has_ideal;
    struct accuracy ideal; /* against the function that its own approximates: the method error */
    int nanswers;
    struct answer *answer;
    int nspeed;
    struct speed *speed;
    bool has_instructions;
    struct instructions instructions;
    int nbroken;
    char **broken;      /* broken promises, one sentence each; none: all held */
    char *same_bits_as; /* the kernel of the same arithmetic class whose outputs have the same
                           digest */
};

struct curve_point {
    double x, y;
};

struct function_record {
    char *id, *name, *group, *description;
    char *formula, *latex;
    int nparams;
    char **param_name;
    double *param;
    char *gradient, *gradient_of, *approximates;
    bool has_range;
    double range_lo, range_hi;
    int ncurve;
    struct curve_point *curve; /* the exact function, sampled where it bends */
    double vanishes_below,
        vanishes_above; /* |x| beyond which the exact gradient rounds to 0 in f32 */
};

/* The machine.  NULL and NAN: not readable here. */
struct machine {
    char *cpu_vendor, *cpu_model;
    int family, model, stepping;
    char *isas; /* "scalar fma sse2 avx2 avx512" */
    int cores;
    double l1d_bytes, l2_bytes, l3_bytes;
    char *governor, *hypervisor, *kernel, *libc, *os;
    char *clock; /* "tsc", "cntvct", "monotonic" */
    double clock_hz, clock_step_ns, clock_overhead_ns;
    double core_ghz_min, core_ghz_max; /* by a chain of dependent additions, during the run */
    char *cycles_from; /* "chain" of dependent additions; "counter" of the processor, by perf */
    double load_before, load_after, steal_share;
    double switches; /* times that the timed process was put off its core */
    int cpu;         /* pinned to; -1: not pinned */
};

struct pass_flags {
    char *pass, *flags;
};

struct build {
    char *version, *revision, *compiler, *cflags;
    char *mpfr, *gmp, *jansson;
    int npasses;
    struct pass_flags *pass;
    char *formulas_digest;
};

struct request {
    char *command; /* the command line, quoted for a shell */
    char *time;    /* UTC, ISO 8601 */
    uint64_t seed;
    char *ulp; /* the definition used: "error of y = |y - z| / ulp(z), ..." */
    char *rounding;
    bool ftz;
    double seconds; /* wall clock of the run */
};

/* What kernels are compared with, timed in the same run. */
struct yardstick_record {
    char *name, *dtype; /* "copy", "relu", "libm" */
    char *how;
    int nspeed;
    struct speed *speed; /* ratios are to the first yardstick of the dtype */
};

struct result {
    int schema;
    struct request request;
    struct machine machine;
    struct build build;
    double noise_floor; /* A/A spread of the yardstick, relative; NAN: not measured */
    char *yardstick;    /* "copy" */
    int nyardsticks;
    struct yardstick_record *yardsticks;
    /* Epochs of cells in cache by their time: [k] from 1.03^k times the least of their cell up. */
    uint64_t modes[HISTOGRAM_BINS];
    int nfunctions;
    struct function_record *function;
    int nkernels;
    struct kernel_record *kernel;
};

/* An empty result with NAN and NULL where nothing is known. */
struct result *result_new(void);
void result_free(struct result *r);
/* Appends an empty record and returns it (valid until the next append). */
struct kernel_record *result_add_kernel(struct result *r);
struct function_record *result_add_function(struct result *r);
struct yardstick_record *result_add_yardstick(struct result *r);
/* Frees what a cell owns, not the cell itself. */
void speed_clear(struct speed *cell);
const struct function_record *result_function(const struct result *r, const char *id);

#endif
