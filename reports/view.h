/* view.h -- what every report shows, before it has a form: kernels in the order of their times,
 * verdicts, sentences.
 *
 * Text, Markdown, HTML and LaTeX all write the same view, so that they say the same.
 */
#ifndef REPORTS_VIEW_H
#define REPORTS_VIEW_H

#include "../src/result/result.h"
#include "numbers.h"
#include "report.h"

/* A kernel as a line of a table. */
struct row {
    const struct kernel_record *kernel;
    const struct speed *speed; /* at the size of the view; NULL: not timed there */
    const struct kernel_record
        *dominated_by; /* by one that is neither slower nor less accurate; NULL */
};

/* The kernels of one function and dtype, the fastest first, those without a time last. */
struct section {
    const char *function, *dtype;
    const struct function_record *about; /* NULL: the result does not describe it */
    int nrows;
    struct row *row;
};

struct view {
    const struct result *result;
    uint64_t size; /* elements per call of the times; 0: nothing was timed */
    int nsections;
    struct section *section;
};

struct view *view_new(const struct result *r, const struct report_options *o);
void view_free(struct view *v);

/* Which kernel for which need; needs that one kernel meets are told together. */
struct advice {
    char need[128];        /* "fastest within 1 ulp, most accurate" */
    const struct row *row; /* NULL: none meets it */
    char why[160];         /* "0.0912 ns, 0.93 ulp" */
};
enum { MAX_VERDICTS = 5 };
int section_verdicts(const struct section *s, struct advice *v);

/* The cell that stands for the times of S; NULL if nothing was timed. */
const struct speed *section_cell(const struct section *s);
/* The I-th way in which kernels of S were graded ("exhaustive: all 4,294,967,296 inputs;
 * certified"); -1: there are no more. */
int section_coverage(const struct section *s, int i, char *text, size_t length);

/* The fastest that keeps its promises and gives no result of a wrong class; NULL: none was timed.
 */
const struct row *section_fastest(const struct section *s);
const struct row *section_fastest_within(const struct section *s, double max_ulp);
/* "constant below -9.1 (exactly rounded: -9.0109)"; empty if not known. */
void saturation_sentence(const struct accuracy *a, char *text, size_t length);
/* What becomes of inputs of a distribution; empty if that was not looked at. */
void under_sentence(const struct accuracy *a, char *text, size_t length);

/* An input at which several results are right, and which kernels of a section give which. */
enum { MAX_GIVEN = 8 };
struct several {
    struct num x;    /* "-inf", "0" */
    char right[160]; /* "0, -0, 0.5" */
    int ngiven;
    struct {
        uint64_t y;
        struct num value;
        bool is_right;
        int nkernels;
        char kernels[1024]; /* "naive/scalar, poly/{sse2,avx2}", or "all" */
    } given[MAX_GIVEN];
};
/* Those of S, in ascending order of x: their number, at *LIST, which is freed with free(). */
int section_several(const struct section *s, struct several **list);
/* "-0 at x = -inf (right: 0, -0); ..." of one kernel; empty: there is no such input. */
void answers_sentence(const struct kernel_record *k, char *text, size_t length);

/* "method/isa", the part of the name after function and dtype; the whole name if it is built
 * otherwise. */
const char *kernel_short_name(const struct kernel_record *k);

/* Of N kernels of S: "naive/scalar, poly/{sse2,avx2}, u1/" and a star where all of a method are
 * among them; S may be NULL. */
void kernel_names(const struct section *s, const struct kernel_record *const *k, int n, char *text,
                  size_t length);

/* Those of S that fail with the very results of K, in the same words; empty: none does. */
void failing_alike(const struct section *s, const struct kernel_record *k, char *names,
                   size_t length);
/* Is K told of with another kernel of S, whose results it has? */
bool fails_with_another(const struct section *s, const struct kernel_record *k);

/* "max ulp" figures found by a sample or a search are lower bounds: ">=0.93". */
struct num kernel_max_ulp(const struct kernel_record *k);
struct num kernel_ideal_ulp(const struct kernel_record *k); /* the same of the method error */
/* The same for one kernel. */
void accuracy_word(const struct accuracy *a, char *text, size_t length);
/* Is a kernel of S graded against what its function approximates? */
bool section_has_ideal(const struct section *s);
/* "4.7e7 ulp at x = -0x1p+3; 61.2 % correctly rounded": the error against what the function
 * approximates; empty if it was not graded so. */
void ideal_sentence(const struct kernel_record *k, char *text, size_t length);
/* "2,147 times, first at x = 0x1.62e43p+6 (88.7228394): nan, due 1". */
void failure_sentence(const struct kernel_record *k, enum failure f, char *text, size_t length);
/* "n = 3, input 4 and output 0 bytes past alignment, x = ..."; empty if nothing is known. */
void finding_place(const struct kernel_record *k, const struct finding *f, char *text,
                   size_t length);
/* "fatal", "waived", "reported only", or "". */
const char *finding_weight(const struct finding *f);
/* "Intel Xeon, 2 cores, L1d 32 KiB, ..." */
void machine_sentence(const struct machine *m, char *text, size_t length);
void build_sentence(const struct build *b, char *text, size_t length);
/* "x copy": what ratios are multiples of. */
struct num yardstick_label(const struct result *r);
/* "1.3 %" or "not measured". */
struct num noise_floor(const struct result *r);
/* "tsc in steps of 10 ns; core at 3.41 to 3.62 GHz (chain), 1.32 to 1.4 times the clock": how the
 * times were taken; empty if nothing was timed. */
void clock_sentence(const struct machine *m, char *text, size_t length);
/* "load 0.4 before and 1.2 after; 0.1 % of the time stolen; put off its core 12 times". */
void disturbance_sentence(const struct machine *m, char *text, size_t length);
/* "71 % within 1.03 times the least of their cell, 20 % up to 1.2, ...": the modes of the host;
 * empty if not known. */
void modes_sentence(const struct result *r, char *text, size_t length);
/* Do two cells differ only in the kernel? */
bool same_conditions(const struct speed *a, const struct speed *b);
/* The first yardstick's cell under the conditions of C, for kernels of DTYPE; NULL: it has none. */
const struct speed *yardstick_cell(const struct result *r, const char *dtype,
                                   const struct speed *c);
/* The promise in words: "0.93 ulp on [-inf, inf]; keeps range, monotone"; "nothing". */
void promise_sentence(const struct kernel_record *k, char *text, size_t length);

#endif
