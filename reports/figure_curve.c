/* figure_curve.c -- a function and its gradient, and where the results of kernels become constant:
 * there nothing is learnt any more.
 *
 * Under the curve stands a line for the exact function and one for each group of kernels that
 * differ from it, thick where the results are constant; then the same for the gradient, where the
 * result has its kernels.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../src/result/stats.h"
#include "alloc.h"
#include "figures.h"
#include "numbers.h"
#include "plot.h"

/* Results are constant from BELOW down, from ABOVE up; NAN: they are not. */
struct ends {
    double below, above;
};

struct lane {
    struct ends ends;
    char names[512];
};
enum { MAX_LANES = 9, GRADIENT_LANES = 3, LANE_HEIGHT = 23 };

static bool same_end(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool same_ends(struct ends a, struct ends b)
{
    return same_end(a.below, b.below) && same_end(a.above, b.above);
}

static struct ends kernel_ends(const struct kernel_record *k)
{
    return (struct ends){k->accuracy.saturates_below, k->accuracy.saturates_above};
}

/* Of the exact function, rounded to the format: every kernel of S that was graded carries them. */
static struct ends exact_ends(const struct section *s)
{
    for (int i = 0; s && i < s->nrows; i++) {
        const struct accuracy *a = &s->row[i].kernel->accuracy;
        if (s->row[i].kernel->has_accuracy)
            return (struct ends){a->exact_saturates_below, a->exact_saturates_above};
    }
    return (struct ends){NAN, NAN};
}

/* The lane of ENDS: WHAT, then the kernels of S that share them. */
static struct lane lane_of(const struct section *s, struct ends ends, const char *what,
                           bool is_exact)
{
    struct lane lane = {.ends = ends};
    const struct kernel_record **k = allocate((size_t)s->nrows, sizeof *k);
    int n = 0;
    for (int i = 0; i < s->nrows; i++)
        if (s->row[i].kernel->has_accuracy && same_ends(kernel_ends(s->row[i].kernel), ends))
            k[n++] = s->row[i].kernel;
    char names[400];
    kernel_names(s, k, n, names, sizeof names);
    snprintf(lane.names, sizeof lane.names, "%s%s%s", what, is_exact && n ? ", " : "", names);
    free(k);
    return lane;
}

/* Appends the lanes of S to the N there are, as far as to MOST: that of the exact function and one
 * for each other pair of ends, each after WHAT.  The table on the page has all of them. */
static int add_lanes(const struct section *s, const char *what, struct lane *lane, int n, int most)
{
    struct ends exact = exact_ends(s);
    char exactly[64];
    int first = n;
    if (!s || n >= most || (isnan(exact.below) && isnan(exact.above)))
        return n;
    snprintf(exactly, sizeof exactly, "%sexact", what);
    lane[n++] = lane_of(s, exact, exactly, true);
    for (int i = 0; i < s->nrows && n < most; i++) {
        const struct kernel_record *k = s->row[i].kernel;
        bool told = !k->has_accuracy;
        for (int j = first; j < n; j++)
            told |= same_ends(lane[j].ends, kernel_ends(k));
        if (!told)
            lane[n++] = lane_of(s, kernel_ends(k), what, false);
    }
    return n;
}

static const struct section *section_named(const struct view *v, const char *function,
                                           const char *dtype)
{
    for (int i = 0; function && i < v->nsections; i++)
        if (!strcmp(v->section[i].function, function) && !strcmp(v->section[i].dtype, dtype))
            return &v->section[i];
    return NULL;
}

/* --- the axes --- */

/* Values within +-CURVE_KNEE decide on the height. */
static void extend(struct plot *p, const struct function_record *f)
{
    for (int i = 0; f && i < f->ncurve; i++) {
        double x = f->curve[i].x, y = f->curve[i].y;
        if (fabs(x) > CURVE_KNEE)
            continue;
        p->x.lo = fmin(p->x.lo, x);
        p->x.hi = fmax(p->x.hi, x);
        p->y.lo = fmin(p->y.lo, y);
        p->y.hi = fmax(p->y.hi, y);
    }
}

static void axes(struct plot *p, const struct function_record *f, const struct function_record *g,
                 const struct lane *lane, int n)
{
    p->x.lo = p->y.lo = INFINITY;
    p->x.hi = p->y.hi = -INFINITY;
    extend(p, f);
    extend(p, g);
    double margin = (p->y.hi - p->y.lo) * 0.06 + (p->y.hi == p->y.lo);
    p->y.lo -= margin;
    p->y.hi += margin;
    for (int i = 0; i < n; i++) { /* comparisons with NAN are false */
        if (lane[i].ends.below * 1.3 < p->x.lo)
            p->x.lo = lane[i].ends.below * 1.3;
        if (lane[i].ends.above * 1.3 > p->x.hi)
            p->x.hi = lane[i].ends.above * 1.3;
    }
    p->x.scale = SCALE_CURVE;
    p->x.label = "x, logarithmic beyond 8";
    p->y.label = g ? "value and gradient" : "value";
    p->y.start -= n * LANE_HEIGHT; /* the lanes stand between the ticks and the label of x */
}

/* --- what is drawn --- */

static void curve(struct plot *p, const struct function_record *f, const char *class)
{
    struct pen pen;
    pen_begin(&pen, p, class);
    for (int i = 0; i < f->ncurve; i++) {
        double x = f->curve[i].x, y = f->curve[i].y;
        bool inside = x >= p->x.lo && x <= p->x.hi && y >= p->y.lo && y <= p->y.hi;
        pen_to(&pen, x, inside ? y : NAN);
    }
    pen_end(&pen);
}

/* Above the plot, one after the other: the line and its name. */
static double legend(struct plot *p, double x, const char *class, const char *name)
{
    fprintf(p->out, "<path class=\"%s\" d=\"M%.1f 7h20\"/>\n", class, x);
    plot_text(p, x + 24, 10.5, "start", "name", name);
    return x + 24 + 6 * (double)strlen(name) + 16;
}

/* Vertical lines at the thresholds of the exact function, the label in ROW from the top. */
static void thresholds(struct plot *p, struct ends e, const char *label, int row)
{
    const double x[] = {e.below, e.above};
    for (int i = 0; i < 2; i++)
        if (x[i] > p->x.lo && x[i] < p->x.hi) {
            double at = axis_at(&p->x, x[i]);
            plot_vertical(p, x[i], "limit", NULL);
            plot_text(p, i ? at - 3 : at + 3, p->y.end + 9 + 11 * row, i ? "end" : "start", "note",
                      label);
        }
}

/* "NAMES: constant below -104, above 17.3", over a line that is thick there. */
static void draw_lane(struct plot *p, const struct lane *lane, double top)
{
    enum { CHARACTERS = 70 };
    const struct ends *e = &lane->ends;
    char where[160] = "never constant", text[sizeof lane->names + sizeof where];
    if (!isnan(e->below) && !isnan(e->above))
        snprintf(where, sizeof where, "constant below %s, above %s", num_general(e->below).text,
                 num_general(e->above).text);
    else if (!isnan(e->below) || !isnan(e->above))
        snprintf(where, sizeof where, "constant %s %s", isnan(e->below) ? "above" : "below",
                 num_general(isnan(e->below) ? e->above : e->below).text);
    int room = CHARACTERS - (int)strlen(where), length = (int)strlen(lane->names);
    while (length > room && ((unsigned char)lane->names[room] & 0xc0) == 0x80)
        room--; /* not within a character */
    snprintf(text, sizeof text, "%.*s%s: %s", room, lane->names, length > room ? "..." : "", where);
    plot_text(p, p->x.start, top + 9, "start", "name", text);
    fprintf(p->out, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>\n", p->x.start, top + 15,
            p->x.end);
    if (!isnan(e->below))
        fprintf(p->out, "<path class=\"constant\" d=\"M%.1f %.1fH%.1f\"/>\n", p->x.start, top + 15,
                axis_at(&p->x, e->below));
    if (!isnan(e->above))
        fprintf(p->out, "<path class=\"constant\" d=\"M%.1f %.1fH%.1f\"/>\n",
                axis_at(&p->x, e->above), top + 15, p->x.end);
}

bool figure_curve(FILE *out, const struct view *v, const struct section *s, enum figure_place place)
{
    const struct function_record *f = s->about;
    struct plot p = {.out = out};
    struct lane lane[MAX_LANES];
    char title[256];
    if (!f || f->ncurve < 2 || !out)
        return f && f->ncurve >= 2;
    const struct function_record *g = f->gradient ? result_function(v->result, f->gradient) : NULL;
    const struct section *gradient = section_named(v, f->gradient, s->dtype);
    int n = add_lanes(s, "", lane, 0, gradient ? MAX_LANES - GRADIENT_LANES : MAX_LANES);
    n = add_lanes(gradient, "gradient: ", lane, n, MAX_LANES);
    plot_place(&p, 480, 280 + n * LANE_HEIGHT);
    axes(&p, f, g, lane, n);
    snprintf(title, sizeof title, "%s %s: curve%s, and where results are constant", s->function,
             s->dtype, g ? " and gradient" : "");
    plot_begin(&p, title, f->formula ? f->formula : "", place == FIGURE_ALONE);
    plot_axes(&p);
    thresholds(&p, exact_ends(s), "constant", 0);
    if (g)
        thresholds(&p, (struct ends){g->vanishes_below, g->vanishes_above}, "gradient 0", 1);
    if (g)
        curve(&p, g, "series gradient");
    curve(&p, f, "series s1");
    double x = legend(&p, p.x.start, "series s1", f->id);
    if (g)
        legend(&p, x, "series gradient", "gradient");
    for (int i = 0; i < n; i++)
        draw_lane(&p, &lane[i], p.y.start + 20 + i * LANE_HEIGHT);
    plot_end(&p);
    return true;
}
