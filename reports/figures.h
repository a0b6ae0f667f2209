/* figures.h -- the figures of a report, each one SVG element, for the page and for files of their
 * own. */
#ifndef REPORTS_FIGURES_H
#define REPORTS_FIGURES_H

#include <stdio.h>
#include "view.h"

/* Where a figure stands. */
enum figure_place {
    FIGURE_IN_PAGE, /* marks link to #k0, #k1, ...: the kernels of the result in order */
    FIGURE_ALONE    /* an SVG document with its own style */
};

/* Each returns whether there is anything to draw; with OUT = NULL it draws nothing and only says
 * so. */
typedef bool section_figure(FILE *out, const struct view *v, const struct section *s,
                            enum figure_place place);
section_figure figure_front;      /* error against time */
section_figure figure_throughput; /* against the size of a call */
section_figure figure_curve;      /* the function and its gradient */

typedef bool kernel_figure(FILE *out, const struct kernel_record *k, enum figure_place place);
kernel_figure figure_error;     /* against x */
kernel_figure figure_histogram; /* errors by size */

#endif
