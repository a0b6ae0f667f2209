/* choose.h -- which kernel: a pure function of a result and of what is asked for.
 *
 * The fastest kernel of the function that meets every condition, the next one, and for every other
 * the reason why not.
 */
#ifndef REPORTS_CHOOSE_H
#define REPORTS_CHOOSE_H

#include "report.h"

struct wish {
    const char *function;
    const char *dtype;  /* NULL: f32 */
    const char *isas;   /* "sse2,avx2": one of these; NULL: any */
    const char *inputs; /* distribution of the times; NULL: the first at hand */
    double max_ulp;     /* 0: whatever is promised */
    unsigned require;   /* bits in the order of keeps_word: promised, and not seen to fail */
    bool ftz_safe;      /* graded with subnormals flushed, without fault */
    uint64_t size;      /* elements per call; 0: the largest that fits L1 */
    bool latency;       /* of single dependent calls instead of throughput */
};

/* Reads "monotone,in-range,ftz-safe,..." into W: the words of keeps_word, and in-range, ftz-safe.
 * False with one line in ERR for another word. */
bool wish_require(struct wish *w, const char *list, char *err, size_t length);

struct candidate {
    const struct kernel_record *kernel;
    const struct speed *speed; /* NULL: not timed as asked */
    bool qualifies;
    char why[200]; /* why it is not the pick */
};

struct choice {
    struct wish wish;
    const struct candidate *pick, *runner_up; /* NULL: none */
    bool close;                               /* the intervals of their times overlap */
    int n;
    struct candidate
        *candidate; /* all of the function and dtype: those that qualify first, by time */
};

struct choice *choose(const struct result *r, const struct wish *w);
void choice_free(struct choice *c);

void choice_text(const struct choice *c, const struct report_options *o, FILE *out);
void choice_json(const struct choice *c, FILE *out); /* one object: for build systems */

#endif
