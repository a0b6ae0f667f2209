/* report.h -- writers: from a result, and only from a result, to what people read.
 *
 * A report includes src/result/ and nothing else of src/, nor anything of ref/; the same result
 * gives the same bytes.  To add a format: a writer and a row in writers.c.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include <stdio.h>
#include "../src/result/result.h"

struct report_options {
    int columns;      /* for text: 80 unless the terminal is wider */
    bool colour;      /* text on a terminal without NO_COLOR */
    bool integer_ulp; /* text: the distance in representable numbers stands before the error */
    uint64_t size;    /* elements per call of the times in tables; 0: the largest that fits L1 */
};

/* Writes R to OUT; stream errors are left for the caller to see with ferror. */
typedef void report_writer(const struct result *r, const struct report_options *o, FILE *out);

struct report_format {
    const char *name; /* "markdown" */
    const char *about;
    report_writer *write;
};

/* Formats of several files write them into a folder that the caller keeps: OPEN gives a stream for
 * the file called NAME (letters, digits, hyphens, one dot), CLOSE ends it; each says whether it
 * went well. */
struct report_folder {
    FILE *(*open)(struct report_folder *folder, const char *name);
    bool (*close)(struct report_folder *folder, FILE *out);
};
typedef bool report_folder_writer(const struct result *r, const struct report_options *o,
                                  struct report_folder *folder);
report_folder_writer
    report_latex;                /* tables and figures to \input, and document.tex that shows all */
report_folder_writer report_svg; /* every figure as a file */

struct report_folder_format {
    const char *name; /* "latex" */
    const char *about;
    report_folder_writer *write;
};
extern const struct report_folder_format report_folder_formats[]; /* ended by name = NULL */
const struct report_folder_format *report_folder_format_find(const char *name);

extern const struct report_format report_formats[]; /* ended by name = NULL */
const struct report_format *report_format_find(const char *name);

report_writer report_text, report_markdown, report_html, report_csv, report_tsv, report_json,
    report_benchmark;

/* The parts of the text report that commands print as they go: one kernel's accuracy and contract,
 * for `actulp check'; all times with their intervals, for `actulp bench'. */
void report_accuracy_text(const struct result *r, const struct kernel_record *k,
                          const struct report_options *o, FILE *out);
void report_speed_text(const struct result *r, const struct report_options *o, FILE *out);

#endif
