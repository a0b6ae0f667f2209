/* figures.c -- the figures of a report as SVG.
 *
 * To add one: a function here, its line in figures.h and a row in svg.c, its place in html.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../src/result/stats.h"
#include "alloc.h"
#include "figures.h"
#include "numbers.h"
#include "plot.h"

/* --- labels that keep out of each other's way --- */

struct box {
    double left, right, top, bottom;
};

enum { MAX_BOXES = 256 };
struct boxes {
    int n;
    struct box box[MAX_BOXES];
};

static bool is_free(const struct boxes *b, struct box new)
{
    for (int i = 0; i < b->n; i++) {
        const struct box *old = &b->box[i];
        if (new.left < old->right && old->left < new.right &&new.top < old->bottom &&
            old->top < new.bottom)
            return false;
    }
    return true;
}

static void take(struct boxes *b, struct box new)
{
    if (b->n < MAX_BOXES)
        b->box[b->n++] = new;
}

static struct box label_box(double x, double y, int side, const char *text)
{
    double w = 6 * (double)strlen(text), left = side > 0 ? x + 7 : x - 7 - w;
    return (struct box){left, left + w, y - 5, y + 5};
}

static bool put_label(struct plot *p, struct boxes *b, struct box box, int side, const char *class,
                      const char *text)
{
    if (box.left < p->x.start || box.right > p->width || box.top < p->y.end - 10 ||
        box.bottom > p->y.start || !is_free(b, box))
        return false;
    take(b, box);
    plot_text(p, side > 0 ? box.left : box.right, box.top + 8.5, side > 0 ? "start" : "end", class,
              text);
    return true;
}

/* A label beside the point (x, y), on either side, level or shifted, wherever there is room; else
 * none. */
static void place_label(struct plot *p, struct boxes *b, double x, double y, const char *class,
                        const char *text)
{
    static const struct {
        int side, down;
    } choice[] = {{1, 0}, {-1, 0}, {1, -9}, {1, 9}, {-1, -9}, {-1, 9}, {1, -18}, {1, 18}};
    for (size_t i = 0; i < sizeof choice / sizeof *choice; i++) {
        struct box box = label_box(x, y + choice[i].down, choice[i].side, text);
        if (put_label(p, b, box, choice[i].side, class, text))
            return;
    }
}

/* A label at the right end of a line, moved up or down until there is room, with a stroke back to
 * the end. */
static void label_end(struct plot *p, struct boxes *b, double y, const char *class,
                      const char *text)
{
    for (int i = 0; i < 24; i++) {
        double down = (i % 2 ? -5.5 : 5.5) * ((i + 1) / 2);
        struct box box = label_box(p->x.end + 8, y + down, 1, text);
        if (!put_label(p, b, box, 1, class, text))
            continue;
        fprintf(p->out, "<path class=\"leader\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", p->x.end + 1, y,
                box.left - 2, y + down);
        return;
    }
}

/* --- error against time --- */

static bool has_point(const struct row *r)
{
    return r->speed && r->speed->ns > 0 && r->kernel->has_accuracy &&
           (!isnan(r->kernel->accuracy.max_ulp) || accuracy_class_failures(&r->kernel->accuracy));
}

static bool is_wrong(const struct row *r)
{
    return accuracy_class_failures(&r->kernel->accuracy);
}

static bool front_axes(struct plot *p, const struct section *s)
{
    double ns_lo = INFINITY, ns_hi = 0, ulp_hi = 4;
    int n = 0;
    for (int i = 0; i < s->nrows; i++) {
        const struct row *r = &s->row[i];
        if (!has_point(r))
            continue;
        n++;
        ns_lo = fmin(ns_lo, r->speed->ns);
        ns_hi = fmax(ns_hi, r->speed->ns);
        if (!is_wrong(r))
            ulp_hi = fmax(ulp_hi, r->kernel->accuracy.max_ulp);
    }
    p->x.scale = SCALE_LOG;
    p->y.scale = SCALE_ULP;
    p->x.lo = ns_lo / 1.3;
    p->x.hi = ns_hi * 1.6;
    p->y.lo = 0.4;
    p->y.hi = ulp_hi > 16 ? ulp_hi * ulp_hi : ulp_hi * 2; /* room for the name of the worst */
    p->x.label = "time, ns per element";
    p->y.label = "largest error, ulp";
    return n > 0;
}

static double front_y(const struct plot *p, const struct row *r)
{
    return is_wrong(r) ? p->y.end : axis_at(&p->y, r->kernel->accuracy.max_ulp);
}

/* Down a step at each kernel that is more accurate than all faster ones. */
static void front_line(struct plot *p, const struct section *s)
{
    struct pen pen;
    double best = NAN;
    pen_begin(&pen, p, "front");
    for (int i = 0; i < s->nrows; i++) {
        const struct row *r = &s->row[i];
        if (!has_point(r) || !kernel_is_sound(r->kernel) || r->kernel->accuracy.max_ulp >= best)
            continue;
        pen_to(&pen, r->speed->ns, isnan(best) ? p->y.hi : best);
        best = r->kernel->accuracy.max_ulp;
        pen_to(&pen, r->speed->ns, best);
    }
    if (!isnan(best))
        pen_to(&pen, p->x.hi, best);
    pen_end(&pen);
}

static void front_mark(struct plot *p, const struct view *v, const struct row *r,
                       enum figure_place place)
{
    const struct kernel_record *k = r->kernel;
    char text[512], link[32];
    bool broken = k->nbroken, wrong = is_wrong(r);
    enum shape shape = broken            ? SHAPE_CROSS
                       : wrong           ? SHAPE_TRIANGLE
                       : r->dominated_by ? SHAPE_RING
                                         : SHAPE_DISC;
    snprintf(text, sizeof text, "%s: %s ns, %s ulp%s%s%s%s", kernel_short_name(k),
             num_ns(r->speed->ns).text, kernel_max_ulp(k).text, broken ? "; breaks a promise" : "",
             wrong ? "; results of a wrong class" : "", r->dominated_by ? "; dominated by " : "",
             r->dominated_by ? kernel_short_name(r->dominated_by) : "");
    snprintf(link, sizeof link, "#k%d", (int)(k - v->result->kernel));
    plot_mark(p, shape, axis_at(&p->x, r->speed->ns), front_y(p, r),
              broken || wrong   ? "bad"
              : r->dominated_by ? "dominated"
                                : "good",
              place == FIGURE_IN_PAGE ? link : NULL, text);
}

bool figure_front(FILE *out, const struct view *v, const struct section *s, enum figure_place place)
{
    struct plot p = {.out = out};
    char title[256];
    plot_place(&p, 480, 320);
    bool any = front_axes(&p, s);
    if (!any || !out)
        return any;
    snprintf(title, sizeof title, "%s %s: largest error against time", s->function, s->dtype);
    plot_begin(&p, title, "Logarithmic axes; lower and further left is better.",
               place == FIGURE_ALONE);
    plot_axes(&p);
    front_line(&p, s);
    struct boxes boxes = {0};
    for (int i = 0; i < s->nrows; i++) {
        if (!has_point(&s->row[i]))
            continue;
        front_mark(&p, v, &s->row[i], place);
        double x = axis_at(&p.x, s->row[i].speed->ns), y = front_y(&p, &s->row[i]);
        take(&boxes, (struct box){x - 4, x + 4, y - 4, y + 4});
    }
    for (int pass = 0; pass < 2; pass++) /* those on the front choose their places first */
        for (int i = 0; i < s->nrows; i++) {
            const struct row *r = &s->row[i];
            bool on_front = has_point(r) && !r->dominated_by && kernel_is_sound(r->kernel);
            if (has_point(r) && on_front == (pass == 0))
                place_label(&p, &boxes, axis_at(&p.x, r->speed->ns), front_y(&p, r),
                            on_front ? "name" : "name dominated", kernel_short_name(r->kernel));
        }
    plot_end(&p);
    return true;
}

/* --- throughput against size --- */

static bool is_throughput(const struct speed *c)
{
    return !strcmp(c->mode, "throughput") && c->n > 0 && c->ns > 0;
}

static int by_size(const void *a, const void *b)
{
    const struct speed *x = *(const struct speed *const *)a, *y = *(const struct speed *const *)b;
    return (x->n > y->n) - (x->n < y->n);
}

enum { MAX_CELLS = 64 };
static int throughput_cells(const struct kernel_record *k, const struct speed **cell)
{
    int n = 0;
    for (int i = 0; i < k->nspeed && n < MAX_CELLS; i++)
        if (is_throughput(&k->speed[i]))
            cell[n++] = &k->speed[i];
    qsort(cell, (size_t)n, sizeof *cell, by_size);
    return n;
}

/* ns per element of the yardstick at size N, from the ratios to it; NAN if there are none. */
static double yardstick_ns(const struct section *s, uint64_t n)
{
    double v[MAX_CELLS];
    int count = 0;
    for (int i = 0; i < s->nrows && count < MAX_CELLS; i++) {
        const struct speed *c = kernel_speed(s->row[i].kernel, n);
        if (c && c->ns > 0 && c->ratio > 0)
            v[count++] = c->ns / c->ratio;
    }
    return stats_median(v, (size_t)count);
}

static bool throughput_axes(struct plot *p, const struct section *s)
{
    double n_lo = INFINITY, n_hi = 0, lo = INFINITY, hi = 0;
    for (int i = 0; i < s->nrows; i++) {
        const struct speed *cell[MAX_CELLS];
        int n = throughput_cells(s->row[i].kernel, cell);
        for (int j = 0; j < n; j++) {
            n_lo = fmin(n_lo, (double)cell[j]->n);
            n_hi = fmax(n_hi, (double)cell[j]->n);
            lo = fmin(lo, 1 / cell[j]->ns);
            hi = fmax(hi, fmax(1 / cell[j]->ns, 1 / yardstick_ns(s, cell[j]->n)));
        }
    }
    p->x = (struct axis){.scale = SCALE_LOG,
                         .lo = n_lo,
                         .hi = n_hi,
                         .start = p->x.start,
                         .end = p->x.end - 96, /* names stand at the ends of lines */
                         .label = "elements per call",
                         .powers_of_two = true};
    p->y.scale = SCALE_LOG;
    p->y.lo = lo / 1.3;
    p->y.hi = hi * 1.3;
    p->y.label = "elements per ns";
    return n_lo < n_hi;
}

static void throughput_yardstick(struct plot *p, struct boxes *boxes, const struct view *v,
                                 const struct section *s)
{
    const struct speed *cell[MAX_CELLS];
    int n = 0;
    for (int i = 0; i < s->nrows && n < 2; i++)
        n = throughput_cells(s->row[i].kernel, cell);
    struct pen pen;
    double last = NAN;
    pen_begin(&pen, p, "yardstick");
    for (int j = 0; j < n; j++) {
        last = 1 / yardstick_ns(s, cell[j]->n);
        pen_to(&pen, (double)cell[j]->n, last);
    }
    pen_end(&pen);
    if (!isnan(last))
        label_end(p, boxes, axis_at(&p->y, last), "note",
                  v->result->yardstick ? v->result->yardstick : "yardstick");
}

static void throughput_caches(struct plot *p, const struct view *v, const struct section *s)
{
    const struct machine *m = &v->result->machine;
    const struct {
        const char *name;
        double bytes;
    } cache[] = {{"L1d", m->l1d_bytes}, {"L2", m->l2_bytes}, {"L3", m->l3_bytes}};
    int bytes = dtype_input_bytes(s->dtype) + dtype_output_bytes(s->dtype);
    for (int i = 0; i < 3 && bytes; i++) {
        double n = cache[i].bytes / bytes;
        if (n > p->x.lo && n < p->x.hi)
            plot_vertical(p, n, "limit", cache[i].name);
    }
}

enum { COLOURS = 6 };

bool figure_throughput(FILE *out, const struct view *v, const struct section *s,
                       enum figure_place place)
{
    struct plot p = {.out = out};
    char title[256];
    plot_place(&p, 480, 320);
    bool any = throughput_axes(&p, s);
    if (!any || !out)
        return any;
    snprintf(title, sizeof title, "%s %s: throughput against size", s->function, s->dtype);
    plot_begin(&p, title,
               "Higher is faster; vertical lines mark where input and output fill a cache.",
               place == FIGURE_ALONE);
    plot_axes(&p);
    throughput_caches(&p, v, s);
    struct boxes boxes = {0};
    throughput_yardstick(&p, &boxes, v, s);
    int colour = 0;
    for (int pass = 0; pass < 2; pass++) /* dominated ones first, under the others */
        for (int i = 0; i < s->nrows; i++) {
            const struct kernel_record *k = s->row[i].kernel;
            const struct speed *cell[MAX_CELLS];
            int n = throughput_cells(k, cell);
            bool shown = !s->row[i].dominated_by && kernel_is_sound(k) && k->has_accuracy;
            if (n < 2 || shown != (pass == 1))
                continue;
            char class[32];
            snprintf(class, sizeof class, shown ? "series s%d" : "series", 1 + colour % COLOURS);
            colour += shown;
            struct pen pen;
            fputs("<g><title>", out);
            put_xml(out, kernel_short_name(k));
            fputs("</title>", out);
            pen_begin(&pen, &p, class);
            for (int j = 0; j < n; j++)
                pen_to(&pen, (double)cell[j]->n, 1 / cell[j]->ns);
            pen_end(&pen);
            fputs("</g>\n", out);
            if (shown) {
                char name[24];
                snprintf(name, sizeof name, "%.17s", kernel_short_name(k));
                label_end(&p, &boxes, axis_at(&p.y, 1 / cell[n - 1]->ns), "name", name);
            }
        }
    plot_end(&p);
    return true;
}

/* --- error against x --- */

enum { COLUMN_SEGMENTS = 3 }; /* segments drawn as one column, the largest error of them */

static double place_of(const struct segment *s)
{
    double lo, hi;
    bool negative;
    segment_ends(s->index, &lo, &hi, &negative);
    return negative ? -lo : lo;
}

static int by_x(const void *a, const void *b)
{
    double x = place_of(a), y = place_of(b);
    return (x > y) - (x < y);
}

static void error_axes(struct plot *p, const struct kernel_record *k)
{
    const struct accuracy *a = &k->accuracy;
    double lo = INFINITY, hi = 0, most = isnan(a->max_ulp) ? 1 : fmax(1, a->max_ulp);
    for (int i = 0; i < a->nsegments; i++) {
        double from, to;
        bool negative;
        segment_ends(a->segment[i].index, &from, &to, &negative);
        if (a->segment[i].index == 0)
            continue;
        lo = fmin(lo, from);
        hi = fmax(hi, isinf(to) ? from : to);
    }
    for (int i = 0; i < k->nbounds; i++)
        if (k->bound[i].ulp < 1e9)
            most = fmax(most, k->bound[i].ulp);
    p->x.scale = SCALE_SEGMENTS;
    p->x.lo = lo;
    p->x.hi = hi;
    p->x.label = "x, logarithmic on both sides of 0";
    p->y.scale = most > ULP_KNEE ? SCALE_ULP : SCALE_LINEAR;
    p->y.lo = most > ULP_KNEE ? 0.25 : 0;
    p->y.hi = most > ULP_KNEE ? most * 3 : most * 1.15;
    p->y.label = "largest error, ulp";
}

/* From LO to HI, where a result of a wrong class lies. */
static void error_band(struct plot *p, double lo, double hi)
{
    double left = axis_at(&p->x, lo), right = axis_at(&p->x, hi);
    fprintf(p->out, "<rect class=\"band\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
            left, p->y.end, fmax(right - left, 0.5), p->y.start - p->y.end);
}

static void signed_ends(const struct segment *s, double *lo, double *hi)
{
    bool negative;
    double from, to;
    segment_ends(s->index, &from, &to, &negative);
    *lo = negative ? -to : from;
    *hi = negative ? -from : to;
}

/* Bands under the line: runs of segments with results of a wrong class. */
static void error_bands(struct plot *p, const struct segment *s, int n)
{
    for (int i = 0; i < n; i++) {
        if (!isnan(s[i].max_ulp))
            continue;
        double lo, hi, end;
        signed_ends(&s[i], &lo, &hi);
        for (; i + 1 < n && isnan(s[i + 1].max_ulp); i++)
            signed_ends(&s[i + 1], &end, &hi);
        error_band(p, lo, hi);
    }
}

static void error_line(struct plot *p, const struct segment *s, int n)
{
    struct pen pen;
    pen_begin(&pen, p, "series s1");
    pen.coarse = true;
    for (int i = 0; i < n; i += COLUMN_SEGMENTS) {
        double lo, hi, end, most = NAN;
        signed_ends(&s[i], &lo, &hi);
        for (int j = i; j < n && j < i + COLUMN_SEGMENTS; j++) {
            most = fmax(most, s[j].max_ulp);
            signed_ends(&s[j], &end, &hi);
        }
        pen_to(&pen, lo, most);
        pen_to(&pen, hi, most);
    }
    pen_end(&pen);
}

bool figure_error(FILE *out, const struct kernel_record *k, enum figure_place place)
{
    const struct accuracy *a = &k->accuracy;
    struct plot p = {.out = out};
    char text[256];
    if (!k->has_accuracy || a->nsegments < 2 || !out)
        return k->has_accuracy && a->nsegments >= 2;
    struct segment *s = allocate((size_t)a->nsegments, sizeof *s);
    memcpy(s, a->segment, (size_t)a->nsegments * sizeof *s);
    qsort(s, (size_t)a->nsegments, sizeof *s, by_x);
    plot_place(&p, 640, 260);
    error_axes(&p, k);
    snprintf(text, sizeof text, "%s: error against x", k->name);
    plot_begin(&p, text,
               "The largest error in each part of the input axis; shaded where results "
               "are of a wrong class.",
               place == FIGURE_ALONE);
    plot_axes(&p);
    error_bands(&p, s, a->nsegments);
    error_line(&p, s, a->nsegments);
    for (int i = 0; i < k->nbounds; i++) {
        snprintf(text, sizeof text, "promised %s", num_general(k->bound[i].ulp).text);
        plot_horizontal(&p, k->bound[i].ulp, k->bound[i].lo, k->bound[i].hi, "bound", text);
    }
    if (!isnan(a->max_ulp)) {
        double x = axis_at(&p.x, a->worst.x_value), y = axis_at(&p.y, a->max_ulp);
        snprintf(text, sizeof text, "%s ulp at x = %s", kernel_max_ulp(k).text,
                 num_hexfloat(a->worst.x_value).text);
        plot_mark(&p, SHAPE_RING, x, y, "worst", NULL, text);
        plot_text(&p, p.x.start + 2, p.y.end - 4, "start", "note", text);
    }
    plot_end(&p);
    free(s);
    return true;
}

/* --- histogram --- */

static void histogram_label(int bin, char *text, size_t length)
{
    static const char *const small[] = {"CR", "1/2", "1"};
    if (bin < 3)
        snprintf(text, length, "%s", small[bin]);
    else if (bin == HISTOGRAM_BINS - 1)
        snprintf(text, length, "more");
    else if (bin <= 12)
        snprintf(text, length, "%d", 1 << (bin - 2));
    else
        snprintf(text, length, "2^%d", bin - 2);
}

bool figure_histogram(FILE *out, const struct kernel_record *k, enum figure_place place)
{
    const struct accuracy *a = &k->accuracy;
    int last = -1;
    uint64_t least = UINT64_MAX, judged = a->inputs - a->unjudged;
    for (int i = 0; k->has_accuracy && i < HISTOGRAM_BINS; i++)
        if (a->histogram[i]) {
            last = i;
            least = a->histogram[i] < least ? a->histogram[i] : least;
        }
    if (last < 0 || judged == 0 || !out)
        return last >= 0 && judged > 0;
    struct plot p = {.out = out};
    char text[256];
    plot_place(&p, 320, 260);
    last = last < 4 ? 4 : last;
    p.y.scale = SCALE_LOG;
    p.y.lo = 100.0 * (double)least / (double)judged / 4;
    p.y.hi = 100;
    p.y.label = "% of inputs";
    p.x.lo = 0;
    p.x.hi = last + 1;
    p.x.label = "error up to, ulp (CR: correctly rounded)";
    snprintf(text, sizeof text, "%s: errors by size", k->name);
    plot_begin(&p, text, "Share of inputs by size of error, on a logarithmic scale.",
               place == FIGURE_ALONE);
    plot_frame(&p);
    int every = last > 20 ? 6 : last > 10 ? 3 : 1;
    for (int i = 0; i <= last; i++) {
        double left = axis_at(&p.x, i) + 1, right = axis_at(&p.x, i + 1) - 1;
        char label[24];
        histogram_label(i, label, sizeof label);
        if (i % every == 0)
            plot_text(&p, (left + right) / 2, p.y.start + 14, "middle", "tick", label);
        if (a->histogram[i] == 0)
            continue;
        double share = (double)a->histogram[i] / (double)judged, top = axis_at(&p.y, 100 * share);
        fprintf(
            out,
            "<rect class=\"bar%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>",
            i ? "" : " exact", left, top, right - left, p.y.start - top);
        putf_xml(out, "%s: %s (%s %%)", label, num_count(a->histogram[i]).text,
                 num_share(share).text);
        fputs("</title></rect>\n", out);
    }
    plot_end(&p);
    return true;
}
