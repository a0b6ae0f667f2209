/* plot.h -- axes and marks of a figure, written as SVG: what the figures have in common.
 *
 * Coordinates have one decimal and nothing depends on time or place, so that a figure is
 * byte-stable.  Colours are CSS classes (figure.css), so that one figure serves light and dark
 * pages, print, and a file of its own.
 */
#ifndef REPORTS_PLOT_H
#define REPORTS_PLOT_H

#include <stdbool.h>
#include <stdio.h>

/* Text as content or attribute of HTML and SVG; control characters become spaces. */
void put_xml(FILE *out, const char *text);
__attribute__((format(printf, 2, 3))) void putf_xml(FILE *out, const char *format, ...);

enum scale {
    SCALE_LINEAR,
    SCALE_LOG,
    SCALE_ULP,     /* logarithmic; what lies above ULP_KNEE is pressed into the last quarter */
    SCALE_CURVE,   /* linear within +-CURVE_KNEE, logarithmic outside */
    SCALE_SEGMENTS /* of the input axis: signed, logarithmic, with -256 to 256 magnified */
};

#define ULP_KNEE   16.0
#define CURVE_KNEE 8.0

struct axis {
    enum scale scale;
    double lo, hi;      /* values at the ends */
    double start, end;  /* their coordinates */
    const char *label;  /* "time in ns per element" */
    bool powers_of_two; /* ticks of a logarithmic axis */
};

double axis_at(const struct axis *a, double value); /* clamped to the ends */

struct plot {
    FILE *out;
    double width, height;
    struct axis x, y;
};

/* Sets up the place of both axes inside a figure; scales and labels are the caller's. */
void plot_place(struct plot *p, double width, double height);
/* The frame: TITLE and DESCRIPTION are read to those who do not see the figure. */
void plot_begin(struct plot *p, const char *title, const char *description, bool standalone);
void plot_axes(struct plot *p);  /* grid, ticks and labels */
void plot_frame(struct plot *p); /* the same without ticks along x */
void plot_end(struct plot *p);

/* Lines through points: pen up at a NaN.  CLASS is that of figure.css. */
struct pen {
    struct plot *plot;
    bool coarse; /* whole coordinates: for lines of many points */
    bool down;
    double x, y;
};
void pen_begin(struct pen *pen, struct plot *p, const char *class);
void pen_to(struct pen *pen, double x, double y); /* values */
void pen_end(struct pen *pen);

void plot_vertical(struct plot *p, double x, const char *class, const char *label);
void plot_horizontal(struct plot *p, double y, double from, double to, const char *class,
                     const char *label);
enum shape { SHAPE_DISC, SHAPE_RING, SHAPE_CROSS, SHAPE_TRIANGLE };
/* At coordinates, with a text that shows when pointed at, and a place in the page to go to (NULL:
 * none). */
void plot_mark(struct plot *p, enum shape shape, double x, double y, const char *class,
               const char *link, const char *text);
/* ANCHOR: "start", "middle" or "end". */
void plot_text(struct plot *p, double x, double y, const char *anchor, const char *class,
               const char *text);

#endif
