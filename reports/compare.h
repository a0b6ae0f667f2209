/* compare.h -- what got worse between two results: a pure function of both, and its words.
 *
 * Kernels are paired by name.  Accuracy is exact: any worsening is a regression.  Speed is judged
 * from intervals of the change, each either a regression, equal or inconclusive, corrected for the
 * number of comparisons.
 */
#ifndef REPORTS_COMPARE_H
#define REPORTS_COMPARE_H

#include "report.h"

/* As exit codes of actulp compare; the first of these that applies is the verdict: 1, 3, 4, 0. */
enum verdict_code {
    VERDICT_HELD = 0,
    VERDICT_REGRESSION = 1,
    VERDICT_INCOMPARABLE = 3,
    VERDICT_INCONCLUSIVE = 4
};

/* A limit for kernels whose name matches: up to ULP a larger maximum or more misrounded results are
 * no regression.  A glob of fewer than four parts stands for all names that begin so. */
struct allowance {
    const char *glob;
    double ulp;
};

enum speed_wish {
    SPEED_IF_COMPARABLE, /* where both have times on the same kind of machine; said where not */
    SPEED_IGNORED,
    SPEED_REQUIRED,  /* VERDICT_INCOMPARABLE where not */
    SPEED_BY_CALLER, /* who tells what it finds */
};

struct compare_options {
    bool no_accuracy; /* nor promises, nor contract */
    enum speed_wish speed;
    double tolerance; /* relative, of times; 0: 5 %; raised to the noise floor of either result */
    int npatterns;    /* globs of kernels, all if none */
    const char *const *pattern;
    int nallowances;
    const struct allowance *allowance;
};

enum finding_kind {
    FOUND_WORSE,
    FOUND_INCOMPARABLE,
    FOUND_INCONCLUSIVE,
    FOUND_ALLOWED,
    FOUND_BETTER,
    FOUND_CHANGED, /* neither better nor worse: other bits with equal figures */
    FOUND_ADDED,
    FOUND_REMOVED,
    FOUND_NOTE,
    FOUND_KINDS
};

struct found {
    enum finding_kind kind;
    bool speed;   /* of times; else of accuracy, promises, contract, or the whole */
    char *kernel; /* NULL: of the whole */
    char *text;
};

struct comparison {
    enum verdict_code verdict;
    int pairs;    /* kernels in both */
    int compared; /* of them, those whose accuracy or speed was judged */
    int equal;    /* of those, those of which nothing is told but notes */
    int nfound;
    struct found *found;            /* by kind, the worst first, then in the order of the results */
    const struct result *old, *new; /* the caller's */
    bool *chosen,
        *judged; /* of each kernel of NEW: it matches the patterns; something was judged */
};

struct comparison *compare_results(const struct result *old, const struct result *new,
                                   const struct compare_options *o);
void comparison_free(struct comparison *c);

/* For what a caller that can run kernels finds out besides: one more finding (KERNEL NULL: of the
 * whole); and, when findings were added or their kinds changed, order and verdict anew. */
__attribute__((format(printf, 4, 5))) void comparison_tell(struct comparison *c,
                                                           enum finding_kind kind,
                                                           const char *kernel, const char *format,
                                                           ...);
void comparison_settle(struct comparison *c);

/* An interval of new time / old time - 1: what it says at TOLERANCE. */
enum change { CHANGE_SLOWER, CHANGE_EQUAL, CHANGE_FASTER, CHANGE_OPEN };
enum change judge_change(double lo, double hi, double tolerance);

/* The stable facts in which two machines differ ("cpu_model, l3_bytes"), or that one of them does
 * not know; empty for machines of one kind. */
void machine_differences(const struct machine *a, const struct machine *b, char *text,
                         size_t length);

/* "regression", "held", ...; "worse", "better", ... */
const char *verdict_word(enum verdict_code verdict);
const char *finding_word(enum finding_kind kind);

/* A comparison as people and other programs read it (findings.c; to add a format: a row there). */
typedef void comparison_writer(const struct comparison *c, const struct report_options *o,
                               FILE *out);
struct comparison_format {
    const char *name; /* "junit" */
    const char *about;
    comparison_writer *write;
};
extern const struct comparison_format comparison_formats[]; /* ended by name = NULL */
const struct comparison_format *comparison_format_find(const char *name);

comparison_writer comparison_text, comparison_markdown, comparison_json, comparison_junit,
    comparison_github, comparison_benchmark;

#endif
