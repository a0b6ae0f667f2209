/* terminal.h -- how wide and how colourful text may be. */
#ifndef SRC_TERMINAL_H
#define SRC_TERMINAL_H

#include "../reports/report.h"

/* Options for text that goes to PATH (NULL or "-": standard output): 80 columns without colour
 * unless that is a terminal. */
struct report_options terminal_options(const char *path);

#endif
