/* convert.h -- figures as PDF: a folder that turns the SVG files put into it into PDF on the way.
 */
#ifndef SRC_CONVERT_H
#define SRC_CONVERT_H

#include "../reports/report.h"

struct convert {
    struct report_folder files; /* first: what writers are given */
    struct report_folder *inner;
    char name[256]; /* of the file that is being written */
};

/* Is the converter there?  Otherwise one line in ERR. */
bool convert_possible(char *err, size_t errlen);

/* Begins to write through C into INNER. */
struct report_folder *convert_begin(struct convert *c, struct report_folder *inner);

#endif
