/* plot.c -- axes and marks of a figure as SVG: see plot.h. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "../src/result/stats.h"
#include "assets.h"
#include "numbers.h"
#include "plot.h"

/* --- text --- */

void put_xml(FILE *out, const char *text)
{
    for (const char *s = text; *s; s++) {
        unsigned char c = (unsigned char)*s;
        const char *entity = c == '<'                ? "&lt;"
                             : c == '>'              ? "&gt;"
                             : c == '&'              ? "&amp;"
                             : c == '"'              ? "&quot;"
                             : c == '\''             ? "&#39;"
                             : c < 0x20 || c == 0x7f ? " "
                                                     : NULL;
        if (entity)
            fputs(entity, out);
        else
            fputc(c, out);
    }
}

void putf_xml(FILE *out, const char *format, ...)
{
    char text[4096];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    put_xml(out, text);
}

/* A coordinate: one decimal, and none where it is a whole number. */
static struct num at(double v)
{
    struct num n;
    double tenths = round(10 * v);
    if (fmod(tenths, 10) == 0)
        snprintf(n.text, sizeof n.text, "%.0f", tenths / 10 + 0.0);
    else
        snprintf(n.text, sizeof n.text, "%.1f", tenths / 10);
    return n;
}

/* --- axes --- */

/* The place of X on the axis of segments: one unit a segment, zero at 0. */
static double segment_place(double x)
{
    if (x == 0)
        return 0;
    double lo, hi;
    bool negative;
    int index = segment_of(fabs(x));
    segment_ends(index, &lo, &hi, &negative);
    double within = isinf(hi) || isinf(x) ? 1 : (fabs(x) - lo) / (hi - lo);
    return copysign(index - 1 + within, x);
}

/* Errors of a few ulps are what a reader compares; a bad kernel beside them may be off by 2^24. */
static double ulp_stretched(const struct axis *a, double ulp)
{
    double below = log2(ULP_KNEE) - log2(a->lo), above = log2(a->hi) - log2(ULP_KNEE);
    if (ulp <= ULP_KNEE || above <= below / 3)
        return log2(ulp);
    return log2(ULP_KNEE) + (log2(ulp) - log2(ULP_KNEE)) * (below / 3) / above;
}

/* Narrow formats begin far from zero, so that the inner segments, which they lack, are left out. */
static double stretched(const struct axis *a, double value)
{
    if (a->scale == SCALE_ULP)
        return ulp_stretched(a, value);
    if (a->scale == SCALE_LOG)
        return log2(value);
    if (a->scale == SCALE_LINEAR)
        return value;
    if (a->scale == SCALE_CURVE)
        return fabs(value) <= CURVE_KNEE
                   ? value
                   : copysign(CURVE_KNEE * (1 + log10(fabs(value) / CURVE_KNEE)), value);
    double place = segment_place(value), skipped = segment_place(a->lo);
    double most = segment_place(a->hi);
    double magnitude = fabs(place) > skipped ? fabs(place) - skipped : 0;
    return copysign(magnitude < most - skipped ? magnitude : most - skipped, value);
}

double axis_at(const struct axis *a, double value)
{
    double lo = a->scale == SCALE_SEGMENTS ? -stretched(a, a->hi) : stretched(a, a->lo);
    double hi = stretched(a, a->hi);
    bool logarithmic = a->scale == SCALE_LOG || a->scale == SCALE_ULP;
    double v = logarithmic && value <= 0 ? lo : stretched(a, value);
    v = v < lo ? lo : v > hi ? hi : v;
    return a->start + (v - lo) / (hi - lo) * (a->end - a->start);
}

struct tick {
    double value;
    char label[24];
};
enum { MAX_TICKS = 24 };

static void label_tick(struct tick *t, double v)
{
    double magnitude = fabs(v);
    if (v != 0 && (magnitude >= 1e5 || magnitude < 1e-3))
        snprintf(t->label, sizeof t->label, "%.0e", v);
    else
        snprintf(t->label, sizeof t->label, "%.6g", v);
    char *e = strchr(t->label, 'e');
    if (e) { /* 1e+06 as 1e6 */
        int exponent = atoi(e + 1);
        snprintf(e, sizeof t->label - (size_t)(e - t->label), "e%d", exponent);
    }
    t->value = v;
}

/* Steps of 1, 2 or 5 times a power of ten, at most six of them. */
static int linear_ticks(const struct axis *a, struct tick *t)
{
    static const double factor[] = {2, 2.5, 2};
    double step = pow(10, floor(log10(a->hi - a->lo)) - 1);
    for (int i = 0; (a->hi - a->lo) / step > 6; i++)
        step *= factor[i % 3];
    int n = 0;
    for (double k = ceil(a->lo / step - 1e-9); k * step <= a->hi + step * 1e-9; k++)
        label_tick(&t[n++], k * step + 0.0);
    return n;
}

/* Powers of ten (or two), every so many that about six remain; 1, 2, 5 where the axis is short. */
static int log_ticks(const struct axis *a, struct tick *t)
{
    int n = 0;
    double base = a->powers_of_two ? 2 : 10;
    int first = (int)ceil(log2(a->lo) / log2(base) - 1e-9);
    int last = (int)floor(log2(a->hi) / log2(base) + 1e-9);
    int step = (last - first) / 7 + 1;
    bool dense = !a->powers_of_two && last - first < 3;
    for (int e = dense ? first - 1 : first; e <= last && n < MAX_TICKS - 3; e += step) {
        static const double leading[] = {1, 2, 5};
        for (int i = 0; i < (dense ? 3 : 1); i++) {
            double v = leading[i] * pow(base, e);
            if (v >= a->lo * (1 - 1e-9) && v <= a->hi * (1 + 1e-9))
                label_tick(&t[n++], v);
        }
    }
    if (a->powers_of_two)
        for (int i = 0; i < n; i++) {
            struct num name = num_elements((uint64_t)t[i].value);
            snprintf(t[i].label, sizeof t[i].label, "%.20s", name.text);
        }
    return n;
}

static int ulp_ticks(const struct axis *a, struct tick *t)
{
    static const double ulp[] = {0.25, 0.5, 1, 2, 4, 8, ULP_KNEE, 1e4, 1e7, 1e15};
    int n = 0;
    for (size_t i = 0; i < sizeof ulp / sizeof *ulp; i++)
        if (ulp[i] >= a->lo && ulp[i] <= a->hi)
            label_tick(&t[n++], ulp[i]);
    return n;
}

static int segment_ticks(const struct axis *a, struct tick *t)
{
    static const double magnitude[] = {1e-30, 1e-10, 1e-3, 0.1, 1, 10, 100, 1e10, 1e30};
    int n = 0;
    enum { COUNT = sizeof magnitude / sizeof *magnitude };
    for (int i = COUNT - 1; i >= 0; i--)
        if (magnitude[i] > a->lo && magnitude[i] < a->hi)
            label_tick(&t[n++], -magnitude[i]);
    label_tick(&t[n++], 0);
    for (int i = 0; i < COUNT; i++)
        if (magnitude[i] > a->lo && magnitude[i] < a->hi)
            label_tick(&t[n++], magnitude[i]);
    return n;
}

static int curve_ticks(const struct axis *a, struct tick *t)
{
    static const double magnitude[] = {1000, 300, 100, 30, 8, 4, 2};
    enum { COUNT = sizeof magnitude / sizeof *magnitude };
    int n = 0;
    for (int i = 0; i < COUNT; i++)
        if (-magnitude[i] >= a->lo)
            label_tick(&t[n++], -magnitude[i]);
    label_tick(&t[n++], 0);
    for (int i = COUNT - 1; i >= 0; i--)
        if (magnitude[i] <= a->hi)
            label_tick(&t[n++], magnitude[i]);
    return n;
}

static int axis_ticks(const struct axis *a, struct tick *t)
{
    return a->scale == SCALE_LINEAR  ? linear_ticks(a, t)
           : a->scale == SCALE_LOG   ? log_ticks(a, t)
           : a->scale == SCALE_ULP   ? ulp_ticks(a, t)
           : a->scale == SCALE_CURVE ? curve_ticks(a, t)
                                     : segment_ticks(a, t);
}

/* --- the frame --- */

void plot_place(struct plot *p, double width, double height)
{
    p->width = width;
    p->height = height;
    p->x = (struct axis){.start = 52, .end = width - 14};
    p->y = (struct axis){.start = height - 40, .end = 16};
}

/* The style of a figure alone: var(--name, value) as its value, for programs that know no
 * variables. */
static void put_plain_style(FILE *out)
{
    for (const char *s = figure_css; *s;) {
        const char *value = strchr(s, ',');
        if (strncmp(s, "var(", 4) || !value) {
            fputc(*s++, out);
            continue;
        }
        s = value + 1 + strspn(value + 1, " ");
        size_t length = strcspn(s, ")");
        fwrite(s, 1, length, out);
        s += length + (s[length] == ')');
    }
}

void plot_begin(struct plot *p, const char *title, const char *description, bool standalone)
{
    fprintf(p->out, "<svg class=\"figure\" viewBox=\"0 0 %s %s\" role=\"img\"", at(p->width).text,
            at(p->height).text);
    if (standalone)
        fprintf(p->out, " xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\"",
                at(p->width).text, at(p->height).text);
    fputs(" aria-label=\"", p->out);
    put_xml(p->out, title);
    fputs(". ", p->out);
    put_xml(p->out, description);
    fputs("\">", p->out);
    if (standalone) {
        fputs("<title>", p->out);
        put_xml(p->out, title);
        fputs("</title><style>\n", p->out);
        put_plain_style(p->out);
        fputs("</style>", p->out);
    }
    fputc('\n', p->out);
}

void plot_end(struct plot *p)
{
    fputs("</svg>\n", p->out);
}

void plot_text(struct plot *p, double x, double y, const char *anchor, const char *class,
               const char *text)
{
    fprintf(p->out, "<text x=\"%s\" y=\"%s\"", at(x).text, at(y).text);
    if (strcmp(anchor, "start"))
        fprintf(p->out, " text-anchor=\"%s\"", anchor);
    fprintf(p->out, " class=\"%s\">", class);
    put_xml(p->out, text);
    fputs("</text>\n", p->out);
}

/* Labels that would touch the one before are left out. */
static void x_ticks(struct plot *p)
{
    struct tick t[MAX_TICKS];
    int n = axis_ticks(&p->x, t);
    double free_from = 0;
    fputs("<path class=\"grid\" d=\"", p->out);
    for (int i = 0; i < n; i++)
        fprintf(p->out, "M%s %sV%s", at(axis_at(&p->x, t[i].value)).text, at(p->y.start).text,
                at(p->y.end).text);
    fputs("\"/>\n", p->out);
    for (int i = 0; i < n; i++) {
        double x = axis_at(&p->x, t[i].value), half = 3.2 * (double)strlen(t[i].label);
        if (x - half < free_from)
            continue;
        plot_text(p, x, p->y.start + 14, "middle", "tick", t[i].label);
        free_from = x + half + 4;
    }
}

static void y_ticks(struct plot *p)
{
    struct tick t[MAX_TICKS];
    int n = axis_ticks(&p->y, t);
    double free_to = p->y.start;
    fputs("<path class=\"grid\" d=\"", p->out);
    for (int i = 0; i < n; i++)
        fprintf(p->out, "M%s %sH%s", at(p->x.start).text, at(axis_at(&p->y, t[i].value)).text,
                at(p->x.end).text);
    fputs("\"/>\n", p->out);
    for (int i = 0; i < n; i++) {
        double y = axis_at(&p->y, t[i].value);
        if (i && y > free_to)
            continue;
        plot_text(p, p->x.start - 5, y + 3.5, "end", "tick", t[i].label);
        free_to = y - 10;
    }
}

/* Where the scale changes. */
static void mark_knee(struct plot *p)
{
    double y = axis_at(&p->y, ULP_KNEE);
    if (p->y.scale != SCALE_ULP || p->y.hi <= ULP_KNEE)
        return;
    fprintf(p->out, "<path class=\"limit\" d=\"M%s %sH%s\"/>\n", at(p->x.start).text, at(y).text,
            at(p->x.end).text);
}

void plot_axes(struct plot *p)
{
    x_ticks(p);
    plot_frame(p);
}

void plot_frame(struct plot *p)
{
    y_ticks(p);
    mark_knee(p);
    fprintf(p->out, "<path class=\"axis\" d=\"M%s %sV%sH%s\"/>\n", at(p->x.start).text,
            at(p->y.end).text, at(p->y.start).text, at(p->x.end).text);
    plot_text(p, (p->x.start + p->x.end) / 2, p->height - 8, "middle", "label", p->x.label);
    double middle = (p->y.start + p->y.end) / 2;
    fprintf(p->out,
            "<text transform=\"translate(13 %s) rotate(-90)\" text-anchor=\"middle\" "
            "class=\"label\">",
            at(middle).text);
    put_xml(p->out, p->y.label);
    fputs("</text>\n", p->out);
}

/* --- lines and marks --- */

void pen_begin(struct pen *pen, struct plot *p, const char *class)
{
    *pen = (struct pen){.plot = p};
    fprintf(p->out, "<path class=\"%s\" d=\"", class);
}

void pen_to(struct pen *pen, double x, double y)
{
    if (isnan(x) || isnan(y)) {
        pen->down = false;
        return;
    }
    double unit = pen->coarse ? 1 : 10; /* so that equal coordinates are equal as written */
    double to_x = round(axis_at(&pen->plot->x, x) * unit) / unit;
    double to_y = round(axis_at(&pen->plot->y, y) * unit) / unit;
    FILE *out = pen->plot->out;
    if (!pen->down)
        fprintf(out, "M%s %s", at(to_x).text, at(to_y).text);
    else if (to_x == pen->x && to_y == pen->y)
        return;
    else if (to_y == pen->y)
        fprintf(out, "H%s", at(to_x).text);
    else if (to_x == pen->x)
        fprintf(out, "V%s", at(to_y).text);
    else
        fprintf(out, "L%s %s", at(to_x).text, at(to_y).text);
    pen->down = true;
    pen->x = to_x;
    pen->y = to_y;
}

void pen_end(struct pen *pen)
{
    fputs("\"/>\n", pen->plot->out);
}

void plot_vertical(struct plot *p, double x, const char *class, const char *label)
{
    double place = axis_at(&p->x, x);
    bool right = place < (p->x.start + p->x.end) / 2;
    fprintf(p->out, "<path class=\"%s\" d=\"M%s %sV%s\"/>\n", class, at(place).text,
            at(p->y.start).text, at(p->y.end).text);
    if (label)
        plot_text(p, place + (right ? 3 : -3), p->y.end + 9, right ? "start" : "end", "note",
                  label);
}

void plot_horizontal(struct plot *p, double y, double from, double to, const char *class,
                     const char *label)
{
    double place = axis_at(&p->y, y), end = axis_at(&p->x, to);
    fprintf(p->out, "<path class=\"%s\" d=\"M%s %sH%s\"/>\n", class, at(axis_at(&p->x, from)).text,
            at(place).text, at(end).text);
    if (label)
        plot_text(p, end - 2, place - 3, "end", "note", label);
}

void plot_mark(struct plot *p, enum shape shape, double x, double y, const char *class,
               const char *link, const char *text)
{
    if (link)
        fprintf(p->out, "<a href=\"%s\">", link);
    fprintf(p->out, "<g class=\"mark %s\"><title>", class);
    put_xml(p->out, text);
    fputs("</title>", p->out);
    switch (shape) {
    case SHAPE_DISC:
    case SHAPE_RING:
        fprintf(p->out, "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"4\"/>",
                shape == SHAPE_DISC ? "solid" : "hollow", at(x).text, at(y).text);
        break;
    case SHAPE_CROSS:
        fprintf(p->out, "<path class=\"hollow\" d=\"M%s %sl8 8m0 -8l-8 8\"/>", at(x - 4).text,
                at(y - 4).text);
        break;
    case SHAPE_TRIANGLE:
        fprintf(p->out, "<path class=\"hollow\" d=\"M%s %sl5 -9l5 9z\"/>", at(x - 5).text,
                at(y + 4).text);
        break;
    }
    fputs(link ? "</g></a>\n" : "</g>\n", p->out);
}
