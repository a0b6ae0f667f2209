/* html.c -- the report as one page: no file beside it, no network, readable without script and on
 * paper.
 *
 * Order: what to use, what it costs, then each function with its figures, its table and its
 * kernels, then one table of all that sorts and filters, contract findings, and how to repeat the
 * run.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "../src/result/stats.h"
#include "alloc.h"
#include "assets.h"
#include "figures.h"
#include "numbers.h"
#include "plot.h"
#include "report.h"
#include "view.h"

static int kernel_index(const struct view *v, const struct kernel_record *k)
{
    return (int)(k - v->result->kernel);
}

static void put_kernel_link(FILE *out, const struct view *v, const struct kernel_record *k,
                            const char *text)
{
    fprintf(out, "<a href=\"#k%d\">", kernel_index(v, k));
    put_xml(out, text);
    fputs("</a>", out);
}

/* Words with figures: lower bounds with their own sign. */
static void put_shown(FILE *out, const char *shown)
{
    for (const char *bound; (bound = strstr(shown, ">=")); shown = bound + 2) {
        putf_xml(out, "%.*s", (int)(bound - shown), shown);
        fputs("\u2265 ", out);
    }
    put_xml(out, shown);
}

/* A cell with a number: shown as SHOWN, sorted by V. */
static void put_number(FILE *out, double v, const char *shown)
{
    if (isnan(v)) {
        fputs("<td class=\"n\" data-v=\"\">-</td>", out);
        return;
    }
    fprintf(out, "<td class=\"n\" data-v=\"%s\">", num_exact(v).text);
    put_shown(out, shown);
    fputs("</td>", out);
}

static void put_text_cell(FILE *out, const char *text)
{
    fputs("<td>", out);
    put_xml(out, text);
    fputs("</td>", out);
}

/* --- what to use --- */

static void put_verdict_row(FILE *out, const struct view *v, int section)
{
    const struct section *s = &v->section[section];
    struct advice verdict[MAX_VERDICTS];
    int n = section_verdicts(s, verdict);
    fprintf(out, "<tr><th scope=\"row\"><a href=\"#f%d\">", section);
    putf_xml(out, "%s %s", s->function, s->dtype);
    fputs("</a></th><td>", out);
    for (int i = 0; i < n; i++) {
        fprintf(out, "%s%s: ", i ? "<br>" : "", verdict[i].need);
        if (verdict[i].row) {
            put_kernel_link(out, v, verdict[i].row->kernel,
                            kernel_short_name(verdict[i].row->kernel));
            fputs(" <span class=\"quiet\">(", out);
            put_shown(out, verdict[i].why);
            fputs(")</span>", out);
        } else {
            put_xml(out, verdict[i].why);
        }
    }
    if (n == 0)
        fputs("nothing was measured", out);
    fputs("</td></tr>\n", out);
}

static void put_verdicts(FILE *out, const struct view *v)
{
    fputs("<h2 id=\"verdict\">What to use</h2>\n<div class=\"scroll\"><table><thead><tr>"
          "<th scope=\"col\">function</th><th scope=\"col\">which kernel for which need</th></tr>"
          "</thead><tbody>\n",
          out);
    for (int i = 0; i < v->nsections; i++)
        put_verdict_row(out, v, i);
    fputs("</tbody></table></div>\n", out);
}

/* --- what it costs --- */

static const struct section *relu_section(const struct view *v, const char *dtype)
{
    for (int i = 0; i < v->nsections; i++)
        if (!strcmp(v->section[i].function, "relu") && !strcmp(v->section[i].dtype, dtype))
            return &v->section[i];
    return NULL;
}

/* The time of R as a multiple of that of the fastest relu of its dtype; NAN: there is none. */
static double relu_ratio(const struct view *v, const struct row *r, const char *dtype)
{
    const struct section *relu = relu_section(v, dtype);
    const struct row *fastest = relu ? section_fastest(relu) : NULL;
    return r && fastest ? r->speed->ns / fastest->speed->ns : NAN;
}

static void put_cost_cells(FILE *out, const struct view *v, const struct section *s,
                           const struct row *r, bool relu_known)
{
    double relu = relu_ratio(v, r, s->dtype);
    fputs("<td class=\"gap\">", out);
    if (r)
        put_kernel_link(out, v, r->kernel, kernel_short_name(r->kernel));
    else
        fputs("none", out);
    fputs("</td>", out);
    put_number(out, r ? r->speed->ns : NAN, num_ns(r ? r->speed->ns : NAN).text);
    put_number(out, r ? r->speed->ratio : NAN, num_ns(r ? r->speed->ratio : NAN).text);
    if (relu_known)
        put_number(out, relu, num_ns(relu).text);
}

static void put_cost_row(FILE *out, const struct view *v, const struct section *s, double most,
                         bool relu_known)
{
    const struct row *r = section_fastest(s);
    if (!r)
        return;
    double copy = r->speed->ratio;
    fputs("<tr><th scope=\"row\">", out);
    putf_xml(out, "%s %s", s->function, s->dtype);
    fputs("</th>", out);
    put_cost_cells(out, v, s, section_fastest_within(s, 1), relu_known);
    put_cost_cells(out, v, s, r, relu_known);
    fprintf(out, "<td><span class=\"meter\" style=\"width:%.1frem\"></span></td></tr>\n",
            isnan(copy) ? 0 : 10 * log2(1 + copy) / log2(1 + most));
}

/* "sigmoid 15.9" of the functions whose exponential people ask about, in words. */
static void put_cost_words(FILE *out, const struct view *v)
{
    static const char *const asked[] = {"sigmoid", "tanh", "silu", "gelu", "softplus", "exp"};
    const char *comma = "<p>As a multiple of the fastest relu, within 1 ulp: ";
    for (size_t a = 0; a < sizeof asked / sizeof *asked; a++)
        for (int i = 0; i < v->nsections; i++) {
            const struct section *s = &v->section[i];
            double ratio = relu_ratio(v, section_fastest_within(s, 1), s->dtype);
            if (strcmp(s->function, asked[a]) || isnan(ratio))
                continue;
            fputs(comma, out);
            putf_xml(out, "%s %s %s", s->function, s->dtype, num_ns(ratio).text);
            comma = ", ";
        }
    if (!strcmp(comma, ", "))
        fputs(" times.</p>\n", out);
}

static void put_cost_head(FILE *out, const struct view *v, bool relu_known)
{
    const int columns = relu_known ? 4 : 3;
    fprintf(out,
            "<div class=\"scroll\"><table class=\"sortable\"><thead><tr><td></td>"
            "<th scope=\"colgroup\" class=\"gap\" colspan=\"%d\">fastest within 1 ulp</th>"
            "<th scope=\"colgroup\" class=\"gap\" colspan=\"%d\">fastest that keeps its "
            "promises</th><td></td>"
            "</tr><tr><th scope=\"col\">function</th>",
            columns, columns);
    for (int i = 0; i < 2; i++) {
        fputs(
            "<th scope=\"col\" class=\"gap\">kernel</th><th scope=\"col\" class=\"n\">ns/elem</th>"
            "<th scope=\"col\" class=\"n\">",
            out);
        put_xml(out, yardstick_label(v->result).text);
        fputs(relu_known ? "</th><th scope=\"col\" class=\"n\">x relu</th>" : "</th>", out);
    }
    fputs("<th scope=\"col\"></th></tr></thead><tbody>\n", out);
}

/* The largest multiple of the yardstick among the fastest kernels; 0: nothing was timed. */
static double largest_cost(const struct view *v)
{
    double most = 0;
    for (int i = 0; i < v->nsections; i++) {
        const struct row *r = section_fastest(&v->section[i]);
        most = r && r->speed->ratio > most ? r->speed->ratio : most;
    }
    return most;
}

static void put_costs(FILE *out, const struct view *v)
{
    double most = largest_cost(v);
    bool relu_known = false;
    if (most == 0)
        return;
    for (int i = 0; i < v->nsections; i++)
        relu_known |= !isnan(relu_ratio(v, section_fastest(&v->section[i]), v->section[i].dtype));
    fputs("<h2 id=\"cost\">What the exponential costs</h2>\n", out);
    if (relu_known)
        put_cost_words(out, v);
    fputs("<p>Each function's time as a multiple of ", out);
    put_xml(out, v->result->yardstick ? v->result->yardstick : "the yardstick");
    fprintf(out, "%s; bars (of the fastest) are logarithmic.</p>\n",
            relu_known ? " and of the fastest relu" : "");
    put_cost_head(out, v, relu_known);
    for (int i = 0; i < v->nsections; i++)
        put_cost_row(out, v, &v->section[i], most, relu_known);
    fputs("</tbody></table></div>\n", out);
}

/* --- tables of kernels --- */

static void put_state(FILE *out, const struct row *r)
{
    const struct kernel_record *k = r->kernel;
    const char *comma = "";
    if (k->nbroken) {
        fputs("<span class=\"bad\">broken</span>", out);
        comma = ", ";
    } else if (k->has_accuracy || k->has_contract) {
        fputs("<span class=\"fine\">kept</span>", out);
        comma = ", ";
    }
    if (k->has_accuracy && accuracy_class_failures(&k->accuracy))
        fprintf(out, "%s<span class=\"bad\">wrong class</span>", comma);
}

static void put_remarks(FILE *out, const struct view *v, const struct row *r)
{
    const char *semicolon = "";
    if (r->dominated_by) {
        fputs("dominated by ", out);
        put_kernel_link(out, v, r->dominated_by, kernel_short_name(r->dominated_by));
        semicolon = "; ";
    }
    if (r->kernel->has_contract && strcmp(r->kernel->contract.verdict, "kept")) {
        fprintf(out, "%scontract ", semicolon);
        put_xml(out, r->kernel->contract.verdict);
        semicolon = "; ";
    }
    if (r->speed && !r->speed->settled)
        fprintf(out, "%stime not settled", semicolon);
}

/* Was anything of S timed, or of all of V?  Columns of nothing are left out. */
static bool section_timed(const struct section *s)
{
    for (int i = 0; i < s->nrows; i++)
        if (s->row[i].speed)
            return true;
    return false;
}

static bool view_timed(const struct view *v)
{
    for (int i = 0; i < v->nsections; i++)
        if (section_timed(&v->section[i]))
            return true;
    return false;
}

static void put_figures_of_row(FILE *out, const struct row *r, bool timed)
{
    const struct kernel_record *k = r->kernel;
    const struct accuracy *a = &k->accuracy;
    bool numbers = k->has_accuracy && !isnan(a->max_ulp);
    double share = k->has_accuracy ? accuracy_share_correct(a) : NAN;
    if (timed) {
        double ns = r->speed ? r->speed->ns : NAN, ratio = r->speed ? r->speed->ratio : NAN;
        put_number(out, ns, num_ns(ns).text);
        put_number(out, ratio, num_ns(ratio).text);
    }
    put_number(out, numbers ? a->max_ulp : NAN, kernel_max_ulp(k).text);
    put_number(out, share, num_share(share).text);
    fputs("<td class=\"mono\">", out);
    fputs(numbers ? num_hexfloat(a->worst.x_value).text : "", out);
    fputs("</td><td>", out);
    put_state(out, r);
    fputs("</td>", out);
}

static void put_figure_headers(FILE *out, const struct view *v, bool timed)
{
    if (timed) {
        fputs("<th scope=\"col\" class=\"n\">ns/elem</th><th scope=\"col\" class=\"n\">", out);
        put_xml(out, yardstick_label(v->result).text);
        fputs("</th>", out);
    }
    fputs("<th scope=\"col\" class=\"n\">max ulp</th><th scope=\"col\" class=\"n\">correctly "
          "rounded %</th>"
          "<th scope=\"col\">worst x</th><th scope=\"col\" data-filter>promise</th>",
          out);
}

/* Would B's line repeat A's, but for the ISA?  Where nothing was timed, such kernels share one. */
static bool tells_the_same(const struct row *a, const struct row *b)
{
    const struct kernel_record *k = a->kernel, *l = b->kernel;
    return !a->speed && !b->speed && k->method && l->method && l->isa &&
           !strcmp(k->method, l->method) && k->has_accuracy && l->has_accuracy &&
           k->accuracy.max_ulp == l->accuracy.max_ulp &&
           k->accuracy.worst.x == l->accuracy.worst.x &&
           k->accuracy.histogram[0] == l->accuracy.histogram[0] && k->nbroken == l->nbroken &&
           accuracy_class_failures(&k->accuracy) == accuracy_class_failures(&l->accuracy) &&
           k->has_contract == l->has_contract &&
           (!k->has_contract || !strcmp(k->contract.verdict, l->contract.verdict));
}

/* Do A and B share a line of the table of their section?  Timed, all ISAs of a method do. */
static bool shares_line(const struct row *a, const struct row *b)
{
    const struct kernel_record *k = a->kernel, *l = b->kernel;
    if (!a->speed || !b->speed)
        return tells_the_same(a, b);
    return !k->symbol && !l->symbol && k->method && l->method && !strcmp(k->method, l->method);
}

/* Does a timed line of S stand for several kernels? */
static bool section_has_isas(const struct section *s)
{
    for (int i = 0; i < s->nrows; i++)
        for (int j = 0; j < i; j++)
            if (s->row[i].speed && s->row[j].speed && shares_line(&s->row[i], &s->row[j]))
                return true;
    return false;
}

/* The other ISAs of a timed line, the fastest first: their times, and what else they have of their
 * own. */
static void put_other_isa(FILE *out, const struct view *v, const struct row *head,
                          const struct row *r, bool first)
{
    const struct kernel_record *k = r->kernel;
    const char *ulp = kernel_max_ulp(k).text;
    fputs(first ? "" : ", ", out);
    fputs("<span class=\"isa\">", out);
    put_kernel_link(out, v, k, k->isa);
    fprintf(out, " %s", num_ns(r->speed->ns).text);
    if (k->has_accuracy && strcmp(ulp, kernel_max_ulp(head->kernel).text)) {
        fputs(" (", out);
        put_shown(out, ulp);
        fputs(" ulp)", out);
    }
    if (k->nbroken && !head->kernel->nbroken)
        fputs(" <span class=\"bad\">broken</span>", out);
    fputs("</span>", out);
}

/* The line of row I of S and of those that share it, which are marked in SHOWN. */
static void put_section_line(FILE *out, const struct view *v, const struct section *s, int i,
                             bool *shown, bool timed, bool isas)
{
    const struct row *r = &s->row[i];
    bool first = true;
    fprintf(out, "<tr%s><td>", r->dominated_by ? " class=\"dominated\"" : "");
    put_kernel_link(out, v, r->kernel, kernel_short_name(r->kernel));
    for (int j = i + 1; j < s->nrows; j++)
        if (!shown[j] && !r->speed && shares_line(r, &s->row[j])) {
            shown[j] = true;
            fputs(", ", out);
            put_kernel_link(out, v, s->row[j].kernel, s->row[j].kernel->isa);
        }
    fputs("</td>", out);
    put_figures_of_row(out, r, timed);
    if (isas)
        fputs("<td>", out);
    for (int j = i + 1; j < s->nrows; j++)
        if (!shown[j] && r->speed && shares_line(r, &s->row[j])) {
            shown[j] = true;
            put_other_isa(out, v, r, &s->row[j], first);
            first = false;
        }
    fputs(isas ? "</td><td>" : "<td>", out);
    put_remarks(out, v, r);
    fputs("</td></tr>\n", out);
}

static void put_section_table(FILE *out, const struct view *v, const struct section *s)
{
    const bool timed = section_timed(s), isas = timed && section_has_isas(s);
    bool *shown = allocate((size_t)s->nrows, sizeof *shown);
    fputs(
        "<div class=\"scroll\"><table class=\"sortable\"><thead><tr><th scope=\"col\">kernel</th>",
        out);
    put_figure_headers(out, v, timed);
    fprintf(out, "%s<th scope=\"col\">remarks</th></tr></thead><tbody>\n",
            isas ? "<th scope=\"col\">other ISAs, ns/elem</th>" : "");
    for (int i = 0; i < s->nrows; i++)
        if (!shown[i])
            put_section_line(out, v, s, i, shown, timed, isas);
    fputs("</tbody></table></div>\n", out);
    free(shown);
}

/* Implementation error beside method error, where the function stands in for another. */
static void put_ideals(FILE *out, const struct section *s)
{
    if (!section_has_ideal(s))
        return;
    fputs("<p>Graded twice: against its own formula (implementation error) and against ", out);
    put_xml(out, s->about->approximates);
    fputs(", which it stands in for (method error).</p>\n<div class=\"scroll\"><table "
          "class=\"sortable\"><thead><tr><th scope=\"col\">kernel</th>"
          "<th scope=\"col\" class=\"n\">own max ulp</th><th scope=\"col\" "
          "class=\"n\">method max ulp</th><th scope=\"col\" class=\"n\">method correctly rounded %"
          "</th><th scope=\"col\">worst x</th></tr></thead><tbody>\n",
          out);
    for (int i = 0; i < s->nrows; i++) {
        const struct kernel_record *k = s->row[i].kernel;
        if (!k->has_ideal)
            continue;
        fputs("<tr>", out);
        put_text_cell(out, kernel_short_name(k));
        put_number(out, k->has_accuracy ? k->accuracy.max_ulp : NAN, kernel_max_ulp(k).text);
        put_number(out, k->ideal.max_ulp, kernel_ideal_ulp(k).text);
        double share = accuracy_share_correct(&k->ideal);
        put_number(out, share, num_share(share).text);
        fprintf(out, "<td class=\"mono\">%s</td>", num_hexfloat(k->ideal.worst.x_value).text);
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

/* Which of several right results the kernels give. */
static void put_several(FILE *out, const struct section *s)
{
    struct several *at;
    int n = section_several(s, &at);
    if (n)
        fputs("<details><summary>Where several results are right</summary><div class=\"scroll\">"
              "<table><thead><tr><th scope=\"col\" class=\"n\">x</th><th scope=\"col\">right"
              "</th><th scope=\"col\" class=\"n\">gives</th><th scope=\"col\">kernels</th></tr>"
              "</thead><tbody>\n",
              out);
    for (int i = 0; i < n; i++)
        for (int g = 0; g < at[i].ngiven; g++) {
            fprintf(out, "<tr><td class=\"n\">%s</td><td>%s</td><td class=\"%s\">%s%s</td><td>",
                    g ? "" : at[i].x.text, g ? "" : at[i].right,
                    at[i].given[g].is_right ? "n" : "n bad",
                    at[i].given[g].is_right ? "" : "wrong: ", at[i].given[g].value.text);
            put_xml(out, at[i].given[g].kernels);
            fputs("</td></tr>\n", out);
        }
    if (n)
        fputs("</tbody></table></div></details>\n", out);
    free(at);
}

static void put_all_kernels(FILE *out, const struct view *v)
{
    static const char *const column[] = {"function", "dtype", "method", "isa"};
    const bool timed = view_timed(v);
    fputs("<h2 id=\"kernels\">All kernels</h2>\n<div class=\"scroll\"><table class=\"sortable\" "
          "id=\"all\">"
          "<thead><tr><th scope=\"col\">kernel</th>",
          out);
    for (int i = 0; i < 4; i++)
        fprintf(out, "<th scope=\"col\" data-filter>%s</th>", column[i]);
    put_figure_headers(out, v, timed);
    fputs("</tr></thead><tbody>\n", out);
    for (int i = 0; i < v->nsections; i++)
        for (int j = 0; j < v->section[i].nrows; j++) {
            const struct row *r = &v->section[i].row[j];
            const struct kernel_record *k = r->kernel;
            fprintf(out, "<tr%s><td>", r->dominated_by ? " class=\"dominated\"" : "");
            put_kernel_link(out, v, k, k->name);
            fputs("</td>", out);
            put_text_cell(out, k->function);
            put_text_cell(out, k->dtype);
            put_text_cell(out, k->method);
            put_text_cell(out, k->isa);
            put_figures_of_row(out, r, timed);
            fputs("</tr>\n", out);
        }
    fputs("</tbody></table></div>\n", out);
}

/* --- one kernel --- */

__attribute__((format(printf, 3, 4))) static void put_fact(FILE *out, const char *label,
                                                           const char *format, ...)
{
    char text[4096];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    fprintf(out, "<dt>%s</dt><dd>", label);
    put_xml(out, text);
    fputs("</dd>\n", out);
}

static void put_accuracy_facts(FILE *out, const struct kernel_record *k)
{
    const struct accuracy *a = &k->accuracy;
    char text[512];
    if (!isnan(a->max_ulp))
        put_fact(out, strcmp(a->coverage, "exhaustive") ? "largest found" : "largest error",
                 "%s ulp at x = %s (%s, %s): gives %s, exact %s; %s representable numbers away",
                 num_ulp(a->max_ulp).text, num_hexfloat(a->worst.x_value).text,
                 num_value(a->worst.x_value, k->dtype).text, num_bits(a->worst.x, k->dtype).text,
                 num_value(a->worst.y_value, k->dtype).text, num_general(a->worst.exact).text,
                 num_count(a->max_distance).text);
    accuracy_word(a, text, sizeof text);
    put_fact(out, "graded", "%s", text);
    put_fact(out, "correctly rounded", "%s %%%s%s", num_share(accuracy_share_correct(a)).text,
             a->undecided ? "; not settled for " : "",
             a->undecided ? num_count(a->undecided).text : "");
    put_fact(out, "mean, rms, bias", "%s, %s, %s ulp", num_general(a->mean_ulp).text,
             num_general(a->rms_ulp).text, num_general(a->bias_ulp).text);
    put_fact(out, "absolute, relative", "at most %s; at most %s", num_general(a->max_abs).text,
             num_general(a->max_rel).text);
    for (int f = 0; f < FAIL_COUNT; f++)
        if (a->failure[f].n) {
            failure_sentence(k, f, text, sizeof text);
            put_fact(out, "failure", "%s", text);
        }
    saturation_sentence(a, text, sizeof text);
    if (*text)
        put_fact(out, "saturates", "%s", text);
    under_sentence(a, text, sizeof text);
    if (*text)
        put_fact(out, "inputs", "%s", text);
    ideal_sentence(k, text, sizeof text);
    if (*text)
        put_fact(out, "method error", "%s", text);
    answers_sentence(k, text, sizeof text);
    if (*text)
        put_fact(out, "chooses", "%s", text);
    put_fact(out, "digest", "0x%016" PRIx64 "%s%s", a->digest, k->same_bits_as ? ", as " : "",
             k->same_bits_as ? k->same_bits_as : "");
}

static void put_contract_facts(FILE *out, const struct kernel_record *k)
{
    const struct contract *c = &k->contract;
    put_fact(out, "contract", "%s (%s calls)", c->verdict, num_count(c->calls).text);
    for (int i = 0; i < c->nfindings; i++) {
        const char *weight = finding_weight(&c->finding[i]);
        char place[256];
        finding_place(k, &c->finding[i], place, sizeof place);
        put_fact(out, "finding", "%s: %s%s%s%s%s%s%s", c->finding[i].kind, c->finding[i].text,
                 *place ? " (" : "", place, *place ? ")" : "", *weight ? " [" : "", weight,
                 *weight ? "]" : "");
    }
}

static void put_speed_cells(FILE *out, const struct view *v, const struct kernel_record *k)
{
    if (k->nspeed == 0)
        return;
    fputs(
        "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">mode</th><th scope=\"col\" "
        "class=\"n\">elements</th>"
        "<th scope=\"col\">in</th><th scope=\"col\">inputs</th><th scope=\"col\" "
        "class=\"n\">ns/elem</th>"
        "<th scope=\"col\" class=\"n\">least .. most</th><th scope=\"col\" class=\"n\">cycles</th>"
        "<th scope=\"col\" class=\"n\">GB/s</th><th scope=\"col\" class=\"n\">",
        out);
    put_xml(out, yardstick_label(v->result).text);
    fputs("</th><th scope=\"col\">95 %</th><th scope=\"col\"></th></tr></thead><tbody>\n", out);
    for (int i = 0; i < k->nspeed; i++) {
        const struct speed *c = &k->speed[i];
        double rate = c->n ? gigabytes_per_second(k->dtype, c->ns) : NAN;
        fputs("<tr>", out);
        put_text_cell(out, c->mode);
        fprintf(out, "<td class=\"n\">%s</td>", c->n ? num_count(c->n).text : "-");
        put_text_cell(out, c->level ? c->level : "-");
        put_text_cell(out, c->inputs);
        put_number(out, c->ns, num_ns(c->ns).text);
        fprintf(out, "<td class=\"n\">%s .. %s</td>", num_ns(c->ns_lo).text, num_ns(c->ns_hi).text);
        put_number(out, c->cycles, num_ns(c->cycles).text);
        put_number(out, rate, num_ns(rate).text);
        put_number(out, c->ratio, num_ns(c->ratio).text);
        fprintf(out, "<td>%s .. %s</td><td>%s</td></tr>\n", num_ns(c->ratio_lo).text,
                num_ns(c->ratio_hi).text, c->settled ? "" : "not settled");
    }
    fputs("</tbody></table></div>\n", out);
}

/* Figures are drawn once, with the first kernel of the same bits. */
static void put_figures_elsewhere(FILE *out, const struct view *v, const struct kernel_record *k)
{
    for (int i = 0; i < v->result->nkernels; i++) {
        const struct kernel_record *other = &v->result->kernel[i];
        if (strcmp(other->name, k->same_bits_as))
            continue;
        fputs("<p class=\"quiet\">Its errors are drawn with ", out);
        put_kernel_link(out, v, other, kernel_short_name(other));
        fputs(", which gives the same bits.</p>\n", out);
        return;
    }
}

static void put_kernel_figures(FILE *out, const struct view *v, const struct kernel_record *k)
{
    if (k->same_bits_as)
        put_figures_elsewhere(out, v, k);
    if (k->same_bits_as || !k->has_accuracy)
        return;
    fputs("<div class=\"pair\">", out);
    if (figure_error(NULL, k, FIGURE_IN_PAGE)) {
        fputs("<figure class=\"wide\">", out);
        figure_error(out, k, FIGURE_IN_PAGE);
        fputs("<figcaption>Largest error against x; dashed: the promise; shaded: results of a "
              "wrong class.</figcaption></figure>\n",
              out);
    }
    if (figure_histogram(NULL, k, FIGURE_IN_PAGE)) {
        fputs("<figure>", out);
        figure_histogram(out, k, FIGURE_IN_PAGE);
        fputs("<figcaption>Errors by size.</figcaption></figure>\n", out);
    }
    fputs("</div>\n", out);
}

static void put_kernel(FILE *out, const struct view *v, const struct row *r)
{
    const struct kernel_record *k = r->kernel;
    char text[512];
    fprintf(out, "<details id=\"k%d\"><summary><strong>", kernel_index(v, k));
    put_xml(out, kernel_short_name(k));
    fputs("</strong> <span class=\"quiet\">", out);
    if (r->speed)
        fprintf(out, "%s ns ", num_ns(r->speed->ns).text);
    if (k->has_accuracy) {
        put_shown(out, kernel_max_ulp(k).text);
        fputs(" ulp ", out);
    }
    fputs("</span>", out);
    put_state(out, r);
    fputs("</summary>\n<dl>\n", out);
    if (k->how)
        put_fact(out, "how", "%s", k->how);
    promise_sentence(k, text, sizeof text);
    put_fact(out, "promises", "%s", text);
    for (int i = 0; i < k->nbroken; i++)
        put_fact(out, "<span class=\"bad\">broken</span>", "%s", k->broken[i]);
    if (k->symbol)
        put_fact(out, "origin", "%s in %s (%s)", k->symbol, k->origin ? k->origin : "?",
                 k->signature ? k->signature : "?");
    if (k->has_accuracy)
        put_accuracy_facts(out, k);
    if (k->has_contract)
        put_contract_facts(out, k);
    fputs("</dl>\n", out);
    put_kernel_figures(out, v, k);
    put_speed_cells(out, v, k);
    fputs("</details>\n", out);
}

/* --- one function --- */

static void put_section_figures(FILE *out, const struct view *v, const struct section *s)
{
    static const struct {
        section_figure *draw;
        const char *caption;
    } figure[] = {
        {figure_front,
         "Largest error against time: lower left is better. Discs: no other kernel is both faster "
         "and more accurate; rings: dominated; crosses: a promise is broken; triangles: "
         "results of a wrong class."},
        {figure_throughput,
         "Throughput against size: higher is faster. Grey: dominated or unsound."},
        {figure_curve,
         "The function (solid) and its gradient (dashed). Below, thick: where results are "
         "constant, "
         "so that nothing is learnt; of the exact function, rounded, with the kernels that agree, "
         "then of the others."},
    };
    fputs("<div class=\"figures\">\n", out);
    for (size_t i = 0; i < sizeof figure / sizeof *figure; i++) {
        if (!figure[i].draw(NULL, v, s, FIGURE_IN_PAGE))
            continue;
        fputs("<figure>", out);
        figure[i].draw(out, v, s, FIGURE_IN_PAGE);
        fprintf(out, "<figcaption>%s</figcaption></figure>\n", figure[i].caption);
    }
    fputs("</div>\n", out);
}

/* Where learning stops: beside the exact thresholds those of each kernel of the function and its
 * gradient. */
static void put_thresholds(FILE *out, const struct section *s)
{
    bool any = false;
    for (int i = 0; i < s->nrows && !any; i++) {
        const struct accuracy *a = &s->row[i].kernel->accuracy;
        any = s->row[i].kernel->has_accuracy &&
              !(isnan(a->saturates_below) && isnan(a->saturates_above));
    }
    if (!any)
        return;
    fputs("<details><summary>Where results become constant</summary><table><thead><tr><th "
          "scope=\"col\">kernel</th>"
          "<th scope=\"col\" class=\"n\">below</th><th scope=\"col\" "
          "class=\"n\">above</th></tr></thead><tbody>\n",
          out);
    for (int i = 0; i < s->nrows; i++) {
        const struct accuracy *a = &s->row[i].kernel->accuracy;
        if (!s->row[i].kernel->has_accuracy)
            continue;
        if (any) {
            fprintf(out,
                    "<tr><td>the exact function, rounded</td><td class=\"n\">%s</td><td "
                    "class=\"n\">%s</td></tr>\n",
                    num_general(a->exact_saturates_below).text,
                    num_general(a->exact_saturates_above).text);
            any = false;
        }
        fputs("<tr>", out);
        put_text_cell(out, kernel_short_name(s->row[i].kernel));
        fprintf(out, "<td class=\"n\">%s</td><td class=\"n\">%s</td></tr>\n",
                num_general(a->saturates_below).text, num_general(a->saturates_above).text);
    }
    fputs("</tbody></table></details>\n", out);
}

static void put_about(FILE *out, const struct section *s)
{
    const struct function_record *f = s->about;
    if (!f)
        return;
    if (f->description) {
        fputs("<p>", out);
        put_xml(out, f->description);
        fputs("</p>\n", out);
    }
    if (f->formula) {
        fputs("<p><code>", out);
        putf_xml(out, "%s(x) = %s", f->id, f->formula);
        fputs("</code>", out);
        for (int i = 0; i < f->nparams; i++)
            putf_xml(out, "%s%s = %s", i ? ", " : " with ", f->param_name[i],
                     num_general(f->param[i]).text);
        fputs("</p>\n", out);
    }
    if (!isnan(f->vanishes_below) || !isnan(f->vanishes_above)) {
        fputs("<p>Rounds to 0 in f32", out);
        if (!isnan(f->vanishes_below))
            fprintf(out, " below %s", num_general(f->vanishes_below).text);
        if (!isnan(f->vanishes_above))
            fprintf(out, "%s above %s", isnan(f->vanishes_below) ? "" : " and",
                    num_general(f->vanishes_above).text);
        fputs(": the gradient vanishes.</p>\n", out);
    }
}

static void put_section(FILE *out, const struct view *v, int section)
{
    const struct section *s = &v->section[section];
    char words[512];
    fprintf(out, "<section>\n<h2 id=\"f%d\">", section);
    putf_xml(out, "%s %s%s%s", s->function, s->dtype, s->about && s->about->name ? ": " : "",
             s->about && s->about->name ? s->about->name : "");
    fputs("</h2>\n", out);
    put_about(out, s);
    for (int i = 0; section_coverage(s, i, words, sizeof words) >= 0; i++) {
        fputs("<p class=\"quiet\">", out);
        putf_xml(out, "Accuracy: %s.", words);
        fputs("</p>\n", out);
    }
    const struct speed *cell = section_cell(s);
    if (cell) {
        fputs("<p class=\"quiet\">", out);
        putf_xml(out, "Times: %s elements a call, in %s, inputs %s.", num_count(v->size).text,
                 cell->level ? cell->level : "an unknown place", cell->inputs);
        fputs("</p>\n", out);
    }
    put_section_figures(out, v, s);
    put_section_table(out, v, s);
    put_ideals(out, s);
    put_thresholds(out, s);
    put_several(out, s);
    fputs("<h3>Each kernel</h3>\n<div class=\"kernels\">\n", out);
    for (int i = 0; i < s->nrows; i++)
        put_kernel(out, v, &s->row[i]);
    fputs("</div>\n", out);
    fputs("</section>\n", out);
}

/* --- contract, environment --- */

static void put_findings(FILE *out, const struct view *v)
{
    const struct result *r = v->result;
    int checked = 0, kept = 0, findings = 0;
    for (int i = 0; i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        checked += k->has_contract;
        kept += k->has_contract && !strcmp(k->contract.verdict, "kept");
        findings += k->has_contract ? k->contract.nfindings : 0;
    }
    if (checked == 0)
        return;
    fprintf(
        out,
        "<h2 id=\"contract\">Contract</h2>\n<p>Every length and alignment gives the same bits, in "
        "place too; "
        "nothing is touched outside; a NaN changes no other lane; the floating-point state stays. "
        "Kept by %d of %d kernels.</p>\n",
        kept, checked);
    if (findings == 0)
        return;
    fputs(
        "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">kernel</th><th "
        "scope=\"col\">finding</th>"
        "<th scope=\"col\">smallest failing call</th><th scope=\"col\"></th></tr></thead><tbody>\n",
        out);
    for (int i = 0; i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        for (int j = 0; k->has_contract && j < k->contract.nfindings; j++) {
            const struct finding *f = &k->contract.finding[j];
            char place[256];
            finding_place(k, f, place, sizeof place);
            fputs("<tr><td>", out);
            put_kernel_link(out, v, k, k->name);
            fputs("</td><td>", out);
            putf_xml(out, "%s: %s", f->kind, f->text);
            fputs("</td>", out);
            put_text_cell(out, place);
            put_text_cell(out, finding_weight(f));
            fputs("</tr>\n", out);
        }
    }
    fputs("</tbody></table></div>\n", out);
}

static void put_environment(FILE *out, const struct result *r)
{
    char text[1024];
    fputs("<h2 id=\"repeat\">How to repeat it</h2>\n", out);
    if (r->request.command) {
        fputs("<pre><code>", out);
        put_xml(out, r->request.command);
        fputs("</code></pre>\n", out);
    }
    fputs("<dl>\n", out);
    machine_sentence(&r->machine, text, sizeof text);
    put_fact(out, "machine", "%s", text);
    build_sentence(&r->build, text, sizeof text);
    put_fact(out, "build", "%s", text);
    put_fact(out, "when", "%s, %s s of wall clock, seed 0x%" PRIx64,
             r->request.time ? r->request.time : "unknown", num_general(r->request.seconds).text,
             r->request.seed);
    if (r->request.ulp)
        put_fact(out, "ulp", "%s", r->request.ulp);
    put_fact(out, "rounding", "%s%s", r->request.rounding ? r->request.rounding : "unknown",
             r->request.ftz ? ", subnormals flushed" : "");
    put_fact(out, "noise floor", "%s%s", noise_floor(r).text,
             isnan(r->noise_floor) ? "" : " between two timings of the same code");
    if (r->machine.clock)
        put_fact(out, "clock", "%s, step %s ns, overhead %s ns", r->machine.clock,
                 num_general(r->machine.clock_step_ns).text,
                 num_general(r->machine.clock_overhead_ns).text);
    put_fact(out, "load", "%s before, %s after; stolen by the host: %s %%",
             num_general(r->machine.load_before).text, num_general(r->machine.load_after).text,
             num_general(100 * r->machine.steal_share).text);
    for (int i = 0; i < r->build.npasses; i++)
        put_fact(out, i ? "" : "flags", "%s: %s", r->build.pass[i].pass, r->build.pass[i].flags);
    fputs("</dl>\n", out);
}

static void put_head(FILE *out, const struct view *v)
{
    char text[1024];
    const char *title = "Activation functions: accuracy and speed";
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
            "<link rel=\"icon\" href=\"data:,\">\n<title>%s</title>\n<style>\n%s%s</style>\n"
            "</head>\n<body>\n<header><h1>%s</h1>\n<p class=\"quiet\">",
            title, page_css, figure_css, title);
    machine_sentence(&v->result->machine, text, sizeof text);
    put_xml(out, text);
    fputs(". Noise floor ", out);
    put_xml(out, noise_floor(v->result).text);
    fputs(".</p></header>\n<nav aria-label=\"Parts\"><a href=\"#verdict\">use</a> "
          "<a href=\"#kernels\">all</a> <a href=\"#repeat\">repeat</a> ",
          out);
    if (largest_cost(v) > 0)
        fputs("<a href=\"#cost\">cost</a> ", out);
    for (int i = 0; i < v->nsections; i++) {
        fprintf(out, "<a href=\"#f%d\">", i);
        putf_xml(out, "%s %s", v->section[i].function, v->section[i].dtype);
        fputs("</a> ", out);
    }
    fputs("</nav>\n<main>\n", out);
}

void report_html(const struct result *r, const struct report_options *o, FILE *out)
{
    struct view *v = view_new(r, o);
    put_head(out, v);
    put_verdicts(out, v);
    put_costs(out, v);
    for (int i = 0; i < v->nsections; i++)
        put_section(out, v, i);
    put_all_kernels(out, v);
    put_findings(out, v);
    put_environment(out, r);
    fprintf(out, "</main>\n<script>\n%s</script>\n</body>\n</html>\n", page_js);
    view_free(v);
}
