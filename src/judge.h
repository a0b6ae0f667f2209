/* judge.h -- what compare and baseline check share: how strictly to judge, and where the verdict
 * goes. */
#ifndef SRC_JUDGE_H
#define SRC_JUDGE_H

#include <argp.h>
#include "../reports/compare.h"

enum { MAX_VERDICT_FILES = 8 };

struct judging {
    struct compare_options options;
    struct allowance *allowance;
    const char **pattern;
    const struct comparison_format *format; /* of standard output or -o; NULL: text */
    const char *output;
    struct {
        const struct comparison_format *format;
        const char *path;
    } file[MAX_VERDICT_FILES]; /* of --write */
    int nfiles;
};

/* Child parser for these options; its input is a struct judging of zeros. */
extern const struct argp judging_argp;

/* Only kernels that match one of the patterns are judged. */
void judging_pattern(struct judging *j, const char *pattern);
const struct compare_options *judging_options(struct judging *j);

/* Writes the verdict wherever it was asked for; ends the program if that is not possible. */
void judging_write(const struct judging *j, const struct comparison *c);
void judging_free(struct judging *j);

#endif
