/* latex.c -- tables and figures for a paper: a folder of files, each to be \input, and a document
 * that shows them all.
 *
 * Tables are booktabs and siunitx, figures pgfplots; `preamble.tex' loads what they need.  Captions
 * say what a reviewer asks: machine, compiler, inputs, what an ulp is, what is exhaustive.  To add
 * a file: a row in `section_files'.
 */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include "../src/result/stats.h"
#include "alloc.h"
#include "numbers.h"
#include "report.h"
#include "view.h"

/* --- text --- */

/* What TeX would take for itself is escaped, so is the dash that it makes of two hyphens;
 * characters beyond Latin-1, which few fonts have, become question marks. */
static void put(FILE *out, const char *text)
{
    static const struct {
        char c;
        const char *tex;
    } special[] = {
        {'\\', "\\textbackslash{}"},
        {'~', "\\textasciitilde{}"},
        {'^', "\\textasciicircum{}"},
        {'<', "\\textless{}"},
        {'>', "\\textgreater{}"},
        {'|', "\\textbar{}"},
        {'"', "\\textquotedbl{}"},
        {'`', "\\textasciigrave{}"},
        {'\'', "\\textquotesingle{}"},
        {'&', "\\&"},
        {'%', "\\%"},
        {'$', "\\$"},
        {'#', "\\#"},
        {'_', "\\_"},
        {'{', "\\{"},
        {'}', "\\}"},
    };
    for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
        const char *tex = NULL;
        for (size_t i = 0; i < sizeof special / sizeof *special; i++)
            if (special[i].c == (char)*s)
                tex = special[i].tex;
        bool latin = *s == 0xc3 && s[1] >= 0x80 && s[1] <= 0xbf;
        if (tex)
            fputs(tex, out);
        else if (*s == '-' && s[1] == '-')
            fputs("-{}", out);
        else if (latin)
            fprintf(out, "%c%c", s[0], s[1]);
        else if (*s < 0x20 || *s == 0x7f)
            fputc(' ', out);
        else if (*s < 0x80)
            fputc(*s, out);
        else if ((*s & 0xc0) != 0x80)
            fputc('?', out);
        s += latin;
    }
}

__attribute__((format(printf, 2, 3))) static void putf(FILE *out, const char *format, ...)
{
    char text[4096];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    put(out, text);
}

/* The same with "2^e" and "2^(max(e, emin) - p + 1)" as powers. */
static void put_powers(FILE *out, const char *text)
{
    while (*text) {
        size_t plain = strcspn(text, "^"), power = 0;
        putf(out, "%.*s", (int)plain, text);
        text += plain;
        if (*text != '^')
            break;
        text++;
        bool bracket = *text == '(';
        if (bracket)
            for (int depth = 0; text[power] && (power == 0 || depth > 0); power++)
                depth += (text[power] == '(') - (text[power] == ')');
        else
            power = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789");
        fputs("\\textsuperscript{", out);
        if (bracket && power > 2)
            putf(out, "%.*s", (int)power - 2, text + 1);
        else
            putf(out, "%.*s", (int)power, text);
        fputc('}', out);
        text += power;
    }
}

/* "sigmoid-f32": of letters, digits and hyphens, for files and labels. */
static void slug(const struct section *s, char *text, size_t length)
{
    snprintf(text, length, "%s-%s", s->function, s->dtype);
    for (char *c = text; *c; c++)
        if (!isalnum((unsigned char)*c) || (unsigned char)*c > 0x7f)
            *c = '-';
}

/* --- captions --- */

static void put_conditions(FILE *out, const struct view *v, const struct section *s)
{
    char text[1024];
    for (int i = 0; section_coverage(s, i, text, sizeof text) >= 0; i++)
        putf(out, " Accuracy: %s.", text);
    const struct speed *cell = section_cell(s);
    if (cell)
        putf(out, " Times: %s elements a call, in %s, inputs %s; noise floor %s.",
             num_count(v->size).text, cell->level ? cell->level : "an unknown place", cell->inputs,
             noise_floor(v->result).text);
    machine_sentence(&v->result->machine, text, sizeof text);
    putf(out, " Machine: %s.", text);
    build_sentence(&v->result->build, text, sizeof text);
    putf(out, " Build: %s.", text);
    if (v->result->request.ulp) {
        fputs(" Ulp: ", out);
        put_powers(out, v->result->request.ulp);
        fputc('.', out);
    }
}

/* --- tables --- */

/* A number for an S column; what is not known stands in braces, as text. */
static void put_cell(FILE *out, struct num n)
{
    fprintf(out, strcmp(n.text, "-") ? " & %s" : " & {--}", n.text);
}

static void put_row(FILE *out, const struct row *r, bool best)
{
    const struct kernel_record *k = r->kernel;
    const struct accuracy *a = &k->accuracy;
    bool numbers = k->has_accuracy && !isnan(a->max_ulp);
    fputs(best ? "\\textbf{" : "", out);
    put(out, kernel_short_name(k));
    fputs(best ? "}" : "", out);
    if (k->nbroken)
        fputs("\\,$\\times$", out);
    if (k->has_accuracy && accuracy_class_failures(a))
        fputs("\\,$\\triangle$", out);
    put_cell(out, num_ns(r->speed ? r->speed->ns : NAN));
    put_cell(out, num_ns(r->speed ? r->speed->ratio : NAN));
    if (numbers)
        fprintf(out, " & %s\\num{%s}", strcmp(a->coverage, "exhaustive") ? "$\\geq$\\," : "",
                num_ulp(a->max_ulp).text);
    else
        fputs(" & --", out);
    struct num share = num_share(k->has_accuracy ? accuracy_share_correct(a) : NAN);
    if (share.text[0] == '<')
        fputs(" & {$<0.01$}", out);
    else
        put_cell(out, share);
    fprintf(out, numbers ? " & \\texttt{%s}" : " & %s",
            numbers ? num_hexfloat(a->worst.x_value).text : "--");
    fputs(" \\\\\n", out);
}

static void table_file(FILE *out, const struct view *v, const struct section *s)
{
    char name[128];
    slug(s, name, sizeof name);
    fputs("\\begin{table}[htbp]\n\\centering\n\\setlength{\\belowcaptionskip}{6pt}\n\\caption{",
          out);
    putf(out, "%s (%s): implementations by time.",
         s->about && s->about->name ? s->about->name : s->function, s->dtype);
    fputs(" Bold: no other is both faster and more accurate. $\\times$: breaks a promise. "
          "$\\triangle$: results of a "
          "wrong class, such as NaN for a number. $\\geq$: the largest error found by a sample.",
          out);
    put_conditions(out, v, s);
    fprintf(out,
            "}\n\\label{tab:%s}\n\\footnotesize\n"
            "\\begin{tabular}{l S[table-format=4.4] S[table-format=4.4] r S[table-format=3.2] l}\n"
            "\\toprule\nkernel & {\\si{\\nano\\second} per element} & {",
            name);
    put(out, yardstick_label(v->result).text);
    fputs("} & max.\\ error (ulp) & {correctly rounded (\\si{\\percent})} & worst $x$ "
          "\\\\\n\\midrule\n",
          out);
    for (int i = 0; i < s->nrows; i++)
        put_row(out, &s->row[i],
                s->row[i].speed && s->row[i].kernel->has_accuracy && !s->row[i].dominated_by &&
                    kernel_is_sound(s->row[i].kernel));
    fputs("\\bottomrule\n\\end{tabular}\n\\end{table}\n", out);
}

/* --- figures --- */

static void begin_figure(FILE *out, const char *axis, const char *options)
{
    fprintf(out,
            "\\begin{figure}[htbp]\n\\centering\n\\begin{tikzpicture}\n\\begin{%s}[width=0."
            "8\\linewidth, "
            "height=0.5\\linewidth, grid=major, major grid style={gray!25}, %s]\n",
            axis, options);
}

static void end_figure(FILE *out, const char *axis, const struct view *v, const struct section *s,
                       const char *kind, const char *caption)
{
    char name[128];
    slug(s, name, sizeof name);
    fprintf(out, "\\end{%s}\n\\end{tikzpicture}\n\\caption{", axis);
    putf(out, "%s (%s): %s", s->about && s->about->name ? s->about->name : s->function, s->dtype,
         caption);
    put_conditions(out, v, s);
    fprintf(out, "}\n\\label{fig:%s-%s}\n\\end{figure}\n", kind, name);
}

static bool on_front(const struct row *r)
{
    return r->speed && r->kernel->has_accuracy && !r->dominated_by && kernel_is_sound(r->kernel) &&
           r->kernel->accuracy.max_ulp > 0;
}

static bool drawable(const struct row *r)
{
    return r->speed && r->speed->ns > 0 && r->kernel->has_accuracy &&
           r->kernel->accuracy.max_ulp > 0 && !accuracy_class_failures(&r->kernel->accuracy);
}

static void put_points(FILE *out, const struct section *s, bool front, const char *style)
{
    fprintf(out, "\\addplot[%s] coordinates {", style);
    for (int i = 0; i < s->nrows; i++)
        if (drawable(&s->row[i]) && on_front(&s->row[i]) == front)
            fprintf(out, " (%s,%s)", num_exact(s->row[i].speed->ns).text,
                    num_exact(s->row[i].kernel->accuracy.max_ulp).text);
    fputs("};\n", out);
}

/* Up to this many ulps errors are small enough to be compared: by powers of two, or on a linear
 * axis. */
enum { SMALL_ULP = 64 };

static void ulp_options(const struct section *s, char *options, size_t length)
{
    double lo = INFINITY, hi = 0;
    for (int i = 0; i < s->nrows; i++)
        if (drawable(&s->row[i])) {
            lo = fmin(lo, s->row[i].kernel->accuracy.max_ulp);
            hi = fmax(hi, s->row[i].kernel->accuracy.max_ulp);
        }
    snprintf(options, length, "ymin=%g, ymax=%g, ytick={%s}", lo / 2, hi * (hi > SMALL_ULP ? 8 : 2),
             hi > SMALL_ULP ? "1,10,100,1000,10000,100000,1000000,10000000,100000000"
                            : "0.001,0.01,0.25,0.5,1,2,4,8,16,32,64");
}

static void front_file(FILE *out, const struct view *v, const struct section *s)
{
    char ulps[256], options[1024];
    ulp_options(s, ulps, sizeof ulps);
    snprintf(options, sizeof options,
             "xlabel={time (\\si{\\nano\\second} per element)}, ylabel={largest error (ulp)}, "
             "clip=false, log ticks with fixed point, "
             "xtick={0.01,0.02,0.05,0.1,0.2,0.5,1,2,5,10,20,50,100}, %s",
             ulps);
    begin_figure(out, "loglogaxis", options);
    put_points(out, s, false, "only marks, mark=o, gray");
    put_points(out, s, true, "const plot, mark=*, thick, blue!60!black");
    for (int i = 0; i < s->nrows; i++) {
        if (!drawable(&s->row[i]) || !on_front(&s->row[i]))
            continue;
        fprintf(out, "\\node[anchor=south west, font=\\scriptsize] at (axis cs:%s,%s) {",
                num_exact(s->row[i].speed->ns).text,
                num_exact(s->row[i].kernel->accuracy.max_ulp).text);
        put(out, kernel_short_name(s->row[i].kernel));
        fputs("};\n", out);
    }
    end_figure(out, "loglogaxis", v, s, "front",
               "largest error against time; filled: no other is both faster and more accurate. "
               "Kernels with results of a wrong class are left out.");
}

enum { MAX_LINES = 6, MAX_SIZES = 64 };

static int by_size(const void *a, const void *b)
{
    const struct speed *x = *(const struct speed *const *)a, *y = *(const struct speed *const *)b;
    return (x->n > y->n) - (x->n < y->n);
}

/* The lines of a figure: those on the front, the fastest first. */
static int front_rows(const struct section *s, const struct row **row)
{
    int n = 0;
    for (int i = 0; i < s->nrows && n < MAX_LINES; i++)
        if (on_front(&s->row[i]))
            row[n++] = &s->row[i];
    return n;
}

static void put_legend(FILE *out, const struct kernel_record *k)
{
    fputs("\\addlegendentry{", out);
    put(out, kernel_short_name(k));
    fputs("}\n", out);
}

static int throughput_cells(const struct kernel_record *k, const struct speed **cell)
{
    int n = 0;
    for (int i = 0; i < k->nspeed && n < MAX_SIZES; i++)
        if (!strcmp(k->speed[i].mode, "throughput") && k->speed[i].n && k->speed[i].ns > 0)
            cell[n++] = &k->speed[i];
    qsort(cell, (size_t)n, sizeof *cell, by_size);
    return n;
}

/* The sizes themselves are the ticks. */
static void throughput_options(const struct kernel_record *k, char *options, size_t length)
{
    const struct speed *cell[MAX_SIZES];
    char ticks[1024] = "", labels[1024] = "";
    int n = throughput_cells(k, cell);
    for (int i = 0; i < n; i++) {
        size_t used = strlen(ticks), written = strlen(labels);
        snprintf(ticks + used, sizeof ticks - used, "%s%llu", i ? "," : "",
                 (unsigned long long)cell[i]->n);
        snprintf(labels + written, sizeof labels - written, "%s%s", i ? "," : "",
                 num_elements(cell[i]->n).text);
    }
    snprintf(
        options, length,
        "log ticks with fixed point, xtick={%s}, xticklabels={%s}, "
        "ytick={0.005,0.01,0.02,0.05,0.1,0.2,0.5,1,2,5,10,20,50,100}, xlabel={elements per call}, "
        "ylabel={elements per \\si{\\nano\\second}}, legend pos=outer north east, "
        "legend style={font=\\scriptsize}, cycle list name=exotic",
        ticks, labels);
}

static void throughput_file(FILE *out, const struct view *v, const struct section *s)
{
    const struct row *row[MAX_LINES];
    char options[3072];
    int n = front_rows(s, row), most = 0;
    const struct speed *sizes[MAX_SIZES];
    for (int i = 1; i < n; i++)
        if (throughput_cells(row[i]->kernel, sizes) > throughput_cells(row[most]->kernel, sizes))
            most = i;
    throughput_options(row[most]->kernel, options, sizeof options);
    begin_figure(out, "loglogaxis", options);
    for (int i = 0; i < n; i++) {
        const struct speed *cell[MAX_SIZES];
        int cells = throughput_cells(row[i]->kernel, cell);
        fputs("\\addplot coordinates {", out);
        for (int j = 0; j < cells; j++)
            fprintf(out, " (%llu,%s)", (unsigned long long)cell[j]->n,
                    num_exact(1 / cell[j]->ns).text);
        fputs("};\n", out);
        put_legend(out, row[i]->kernel);
    }
    end_figure(out, "loglogaxis", v, s, "throughput", "throughput against the size of a call.");
}

/* Inputs stand at their segments, so that the axis is logarithmic on both sides of zero. */
static double segment_place(int index)
{
    double lo, hi;
    bool negative;
    segment_ends(index, &lo, &hi, &negative);
    if (index == 0)
        return 0;
    int magnitude = segment_of(lo);
    return negative ? -magnitude : magnitude;
}

static int by_place(const void *a, const void *b)
{
    double x = segment_place(((const struct segment *)a)->index);
    double y = segment_place(((const struct segment *)b)->index);
    return (x > y) - (x < y);
}

/* The place of the innermost segment that holds a number of the format, 0 taken apart. */
static double innermost(const struct accuracy *a)
{
    double least = INFINITY;
    for (int i = 0; i < a->nsegments; i++)
        if (a->segment[i].index)
            least = fmin(least, fabs(segment_place(a->segment[i].index)));
    return isinf(least) ? 0 : least;
}

static double shifted(double place, double skipped)
{
    return place == 0 ? 0 : copysign(fmax(fabs(place) - skipped + 1, 0), place);
}

static void error_options(double skipped, double worst, char *options, size_t length)
{
    static const int exponent[] = {-30, -10, -3, 0, 2, 10, 30};
    char ticks[512] = "0", labels[1024] = "$0$";
    for (size_t i = 0; i < sizeof exponent / sizeof *exponent; i++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double place = sign * shifted(segment_of(pow(10, exponent[i])), skipped);
            if (place == 0)
                continue;
            size_t used = strlen(ticks), written = strlen(labels);
            snprintf(ticks + used, sizeof ticks - used, ",%g", place);
            snprintf(labels + written, sizeof labels - written, ",$%s10^{%d}$", sign < 0 ? "-" : "",
                     exponent[i]);
        }
    snprintf(
        options, length,
        "xtick={%s}, xticklabels={%s}, xticklabel style={font=\\tiny, rotate=60, anchor=east}, "
        "xlabel={$x$}, ylabel={largest error (ulp)}, %s, legend pos=outer north east, "
        "legend style={font=\\scriptsize}, no markers, cycle list name=exotic",
        ticks, labels, worst > SMALL_ULP ? "ymode=log, ymin=0.1" : "ymin=0");
}

static void put_error_line(FILE *out, const struct kernel_record *k, double skipped)
{
    const struct accuracy *a = &k->accuracy;
    struct segment *s = allocate((size_t)a->nsegments, sizeof *s);
    memcpy(s, a->segment, (size_t)a->nsegments * sizeof *s);
    qsort(s, (size_t)a->nsegments, sizeof *s, by_place);
    fputs("\\addplot+[const plot, unbounded coords=jump] coordinates {", out);
    for (int i = 0; i < a->nsegments; i++)
        fprintf(out, "%s(%g,%s)", i % 8 ? " " : "\n", shifted(segment_place(s[i].index), skipped),
                isnan(s[i].max_ulp) ? "nan" : num_general(s[i].max_ulp).text);
    fputs("};\n", out);
    free(s);
}

static void error_file(FILE *out, const struct view *v, const struct section *s)
{
    const struct row *row[MAX_LINES];
    char options[2048];
    int n = front_rows(s, row);
    double skipped = n ? innermost(&row[0]->kernel->accuracy) : 0;
    double worst = 0;
    for (int i = 0; i < n; i++)
        worst = fmax(worst, row[i]->kernel->accuracy.max_ulp);
    error_options(skipped, worst, options, sizeof options);
    begin_figure(out, "axis", options);
    for (int i = 0; i < n; i++) {
        put_error_line(out, row[i]->kernel, skipped);
        put_legend(out, row[i]->kernel);
    }
    end_figure(out, "axis", v, s, "error",
               "largest error against x, logarithmic on both sides of 0, the middle magnified.");
}

/* --- the folder --- */

static bool has_rows(const struct section *s)
{
    const struct row *row[MAX_LINES];
    return front_rows(s, row) > 0;
}

static bool has_sizes(const struct section *s)
{
    const struct row *row[MAX_LINES];
    const struct speed *cell[MAX_SIZES];
    bool several = false;
    for (int i = 0, n = front_rows(s, row); i < n; i++)
        several |= throughput_cells(row[i]->kernel, cell) > 1;
    return several;
}

static bool has_segments(const struct section *s)
{
    const struct row *row[MAX_LINES];
    return front_rows(s, row) > 0 && row[0]->kernel->accuracy.nsegments > 1;
}

static bool always(const struct section *s)
{
    (void)s;
    return true;
}

static const struct {
    const char *kind;
    bool (*wanted)(const struct section *s);
    void (*write)(FILE *out, const struct view *v, const struct section *s);
} section_files[] = {
    {"table", always, table_file},
    {"front", has_rows, front_file},
    {"throughput", has_sizes, throughput_file},
    {"error", has_segments, error_file},
};
enum { SECTION_FILES = sizeof section_files / sizeof *section_files };

static void preamble_file(FILE *out)
{
    fputs("% What the tables and figures need.\n"
          "\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n\\usepackage{textcomp}\n"
          "\\usepackage{amssymb}\n\\usepackage{booktabs}\n\\usepackage{siunitx}\n\\usepackage{"
          "pgfplots}\n"
          "\\pgfplotsset{compat=1.16}\n",
          out);
}

static void document_file(FILE *out, const struct view *v)
{
    fputs(
        "\\documentclass[a4paper]{article}\n\\usepackage[margin=2cm]{geometry}\n\\input{preamble}\n"
        "\\IfFileExists{lmodern.sty}{\\usepackage{lmodern}}{}\n"
        "\\begin{document}\n\\section*{Activation functions: accuracy and speed}\n",
        out);
    if (v->result->request.command) {
        fputs("Made by \\texttt{", out);
        put(out, v->result->request.command);
        fputs("}.\n", out);
    }
    for (int i = 0; i < v->nsections; i++) {
        char name[128];
        slug(&v->section[i], name, sizeof name);
        for (int j = 0; j < SECTION_FILES; j++)
            if (section_files[j].wanted(&v->section[i]))
                fprintf(out, "\\input{%s-%s}\n", section_files[j].kind, name);
        fputs("\\clearpage\n", out);
    }
    fputs("\\end{document}\n", out);
}

/* What WRITE_ writes goes into NAME. */
#define INTO(folder, good, name, write_)                          \
    do {                                                          \
        FILE *out = (good) ? (folder)->open(folder, name) : NULL; \
        if (out)                                                  \
            write_;                                               \
        (good) = out && (folder)->close(folder, out);             \
    } while (0)

bool report_latex(const struct result *r, const struct report_options *o,
                  struct report_folder *folder)
{
    struct view *v = view_new(r, o);
    bool good = true;
    INTO(folder, good, "preamble.tex", preamble_file(out));
    INTO(folder, good, "document.tex", document_file(out, v));
    for (int i = 0; i < v->nsections; i++) {
        char name[128], file[192];
        slug(&v->section[i], name, sizeof name);
        for (int j = 0; j < SECTION_FILES; j++) {
            if (!section_files[j].wanted(&v->section[i]))
                continue;
            snprintf(file, sizeof file, "%s-%s.tex", section_files[j].kind, name);
            INTO(folder, good, file, section_files[j].write(out, v, &v->section[i]));
        }
    }
    view_free(v);
    return good;
}
