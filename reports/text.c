/* text.c -- the report for a terminal of 80 columns, and its parts as check and bench print them.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../src/result/stats.h"
#include "numbers.h"
#include "report.h"
#include "view.h"
#include "words.h"

/* --- head --- */

/* What this machine could tell apart, and what was going on. */
static void put_conditions(struct text *t, const struct result *r)
{
    char words[512];
    put_labelled(t, "noise floor", "%s%s", noise_floor(r).text,
                 isnan(r->noise_floor) ? "" : " between two timings of the same code");
    clock_sentence(&r->machine, words, sizeof words);
    if (*words)
        put_labelled(t, "clock", "%s", words);
    disturbance_sentence(&r->machine, words, sizeof words);
    if (*words)
        put_labelled(t, "meanwhile", "%s", words);
    modes_sentence(r, words, sizeof words);
    if (*words)
        put_labelled(t, "epochs", "%s", words);
}

static void put_head(struct text *t, const struct result *r)
{
    char words[1024];
    build_sentence(&r->build, words, sizeof words);
    put_heading(t, words);
    machine_sentence(&r->machine, words, sizeof words);
    put_labelled(t, "machine", "%s", words);
    put_labelled(t, "asked", "%s", r->request.command ? r->request.command : "unknown");
    put_labelled(t, "when", "%s, seed 0x%" PRIx64 ", rounding %s%s",
                 r->request.time ? r->request.time : "unknown time", r->request.seed,
                 r->request.rounding ? r->request.rounding : "unknown",
                 r->request.ftz ? ", subnormals flushed" : "");
    if (r->request.ulp)
        put_labelled(t, "ulp", "%s", r->request.ulp);
    put_conditions(t, r);
}

/* --- accuracy of one kernel --- */

static void put_witness(struct text *t, const struct kernel_record *k, const char *label,
                        double max, const char *bound, const struct witness *w)
{
    put_labelled(t, label, "%s%s ulp at x = %s (%s, %s): gives %s, exact %s", bound,
                 num_ulp(max).text, num_hexfloat(w->x_value).text,
                 num_value(w->x_value, k->dtype).text, num_bits(w->x, k->dtype).text,
                 num_value(w->y_value, k->dtype).text, num_general(w->exact).text);
}

/* Bins are put together so that the line stays short: up to 4 ulp each, then by powers of 16. */
static void put_histogram(struct text *t, const struct accuracy *a)
{
    static const int last_bin[] = {0, 1, 2, 3, 4, 6, 10, 14, 18, 22, HISTOGRAM_BINS - 1};
    char words[1024];
    int n = 0, bin = 0;
    uint64_t judged = a->inputs - a->unjudged;
    for (size_t i = 0; i < sizeof last_bin / sizeof *last_bin; i++) {
        uint64_t count = 0;
        int first = bin;
        for (; bin <= last_bin[i]; bin++)
            count += a->histogram[bin];
        if (count == 0)
            continue;
        struct num share = num_share((double)count / (double)judged);
        double end = histogram_upper(last_bin[i]);
        char to[96];
        if (i == 0)
            snprintf(to, sizeof to, "correctly rounded");
        else if (isinf(end))
            snprintf(to, sizeof to, "above %s:", num_general(histogram_upper(first - 1)).text);
        else
            snprintf(to, sizeof to, "to %s:", num_general(end).text);
        n += snprintf(words + n, sizeof words - (size_t)n, "%s%s %s %%", n ? ", " : "", to,
                      share.text);
    }
    if (n)
        put_labelled(t, "histogram", "%s (ulps)", words);
}

static void put_within(struct text *t, const struct accuracy *a, double limit)
{
    enum { MAX = 6 };
    struct x_interval x[MAX + 1];
    char words[1024] = "";
    int n = accuracy_within(a, limit, x, MAX + 1), used = 0;
    if (n == 0)
        return;
    for (int i = 0; i < n && i < MAX; i++)
        used += snprintf(words + used, sizeof words - (size_t)used, "%s[%s, %s]", i ? ", " : "",
                         num_general(x[i].lo).text, num_general(x[i].hi).text);
    put_labelled(t, "within", "%s ulp: x in %s%s", num_general(limit).text, words,
                 n > MAX ? " and more, by segments" : ", by segments");
}

static void put_failures(struct text *t, const struct kernel_record *k)
{
    const char *label = "failures";
    for (int f = 0; f < FAIL_COUNT; f++) {
        if (k->accuracy.failure[f].n == 0)
            continue;
        char words[512];
        failure_sentence(k, f, words, sizeof words);
        put_labelled(t, label, "%s", words);
        label = "";
    }
    if (!isnan(k->accuracy.inf_as_ulp))
        put_labelled(t, "", "as a number, the infinity would be %s ulp off",
                     num_ulp(k->accuracy.inf_as_ulp).text);
    if (!isnan(k->accuracy.largest_step_ulp) && k->accuracy.failure[FAIL_MONOTONE].n)
        put_labelled(t, "", "largest step against the shape: %s ulp",
                     num_ulp(k->accuracy.largest_step_ulp).text);
}

static void put_distance(struct text *t, const struct kernel_record *k)
{
    const struct accuracy *a = &k->accuracy;
    const struct witness *w = &a->farthest;
    if (a->max_distance == 0)
        put_labelled(t, "distance", "0: all results are correctly rounded");
    else
        put_labelled(t, "distance",
                     "at most %s representable numbers, at x = %s (%s, %s): gives %s",
                     num_count(a->max_distance).text, num_hexfloat(w->x_value).text,
                     num_value(w->x_value, k->dtype).text, num_bits(w->x, k->dtype).text,
                     num_value(w->y_value, k->dtype).text);
}

static void put_accuracy(struct text *t, const struct kernel_record *k)
{
    const struct accuracy *a = &k->accuracy;
    char words[512];
    if (t->integer_ulp && !isnan(a->max_ulp))
        put_distance(t, k);
    if (isnan(a->max_ulp))
        put_labelled(t, "max error", "no result has an error in ulps");
    else
        put_witness(t, k, strcmp(a->coverage, "exhaustive") ? "largest found" : "max error",
                    a->max_ulp, "", &a->worst);
    accuracy_word(a, words, sizeof words);
    put_labelled(t, "", "%s", words);
    put_labelled(t, "rounded", "%s %% correctly rounded%s%s; mean %s, rms %s, bias %s ulp",
                 num_share(accuracy_share_correct(a)).text,
                 a->undecided ? ", not settled for " : "",
                 a->undecided ? num_count(a->undecided).text : "", num_general(a->mean_ulp).text,
                 num_general(a->rms_ulp).text, num_general(a->bias_ulp).text);
    put_histogram(t, a);
    put_within(t, a, 1);
    if (!(a->max_ulp <= 4))
        put_within(t, a, 4);
    put_failures(t, k);
    if (!isnan(a->reflection_ulp))
        put_labelled(t, "identity", "residual of at most %s ulp (not judged)",
                     num_ulp(a->reflection_ulp).text);
    saturation_sentence(a, words, sizeof words);
    if (*words)
        put_labelled(t, "saturates", "%s", words);
    under_sentence(a, words, sizeof words);
    if (*words)
        put_labelled(t, "inputs", "%s", words);
    if (a->flushed_accepted)
        put_labelled(t, "flushed", "%s subnormal results accepted as zero",
                     num_count(a->flushed_accepted).text);
    if (a->violations)
        put_labelled(t, "AUDIT", "%s of %s audits found the fast reference wrong",
                     num_count(a->violations).text, num_count(a->audits).text);
    if (k->same_bits_as)
        put_labelled(t, "same bits as", "%s", k->same_bits_as);
}

/* The method error, beside which the error of the kernel is the implementation's. */
static void put_ideal(struct text *t, const struct kernel_record *k)
{
    char words[512];
    ideal_sentence(k, words, sizeof words);
    put_labelled(t, "method error", "%s", words);
}

static void put_answers(struct text *t, const struct kernel_record *k)
{
    char words[1024];
    answers_sentence(k, words, sizeof words);
    put_labelled(t, "chooses", "%s", words);
}

static void put_findings(struct text *t, const struct kernel_record *k, const char *label)
{
    for (int i = 0; i < k->contract.nfindings; i++) {
        const struct finding *f = &k->contract.finding[i];
        const char *weight = finding_weight(f);
        char place[256];
        finding_place(k, f, place, sizeof place);
        put_labelled(t, i ? "" : label, "%s: %s%s%s%s%s%s%s", f->kind, f->text, *place ? " (" : "",
                     place, *place ? ")" : "", *weight ? " [" : "", weight, *weight ? "]" : "");
    }
}

static void put_contract(struct text *t, const struct kernel_record *k)
{
    put_labelled(t, "contract", "%s (%s calls)", k->contract.verdict,
                 num_count(k->contract.calls).text);
    put_findings(t, k, "");
}

/* Promises are for rounding to nearest with subnormals. */
static bool usual_mode(const struct result *r)
{
    return !r->request.ftz && (!r->request.rounding || !strcmp(r->request.rounding, "nearest"));
}

static void put_promise(struct text *t, const struct result *r, const struct kernel_record *k)
{
    char words[512];
    promise_sentence(k, words, sizeof words);
    put_labelled(t, "promise", "%s", words);
    if (!usual_mode(r)) {
        put_labelled(t, "", "not judged in this mode");
        return;
    }
    put_style(t, k->nbroken ? RED : GREEN);
    if (k->nbroken == 0)
        put_labelled(t, "", "kept");
    for (int i = 0; i < k->nbroken; i++)
        put_labelled(t, "", "BROKEN: %s", k->broken[i]);
    put_style(t, PLAIN);
}

void report_accuracy_text(const struct result *r, const struct kernel_record *k,
                          const struct report_options *o, FILE *out)
{
    struct text t = text_to(out, o);
    put_heading(&t, k->name);
    if (k->how)
        put_labelled(&t, "how", "%s", k->how);
    if (!usual_mode(r))
        put_labelled(&t, "mode", "rounding %s%s, around each call",
                     r->request.rounding ? r->request.rounding : "nearest",
                     r->request.ftz ? ", subnormals flushed (FTZ and DAZ)" : "");
    if (k->has_accuracy)
        put_accuracy(&t, k);
    if (k->has_ideal)
        put_ideal(&t, k);
    if (k->nanswers)
        put_answers(&t, k);
    if (k->has_contract)
        put_contract(&t, k);
    put_promise(&t, r, k);
}

/* --- one function: table, verdicts, what went wrong --- */

/* Letters after a line of a table, and what they mean. */
enum mark { MARK_BROKEN, MARK_WRONG, MARK_CONTRACT, MARK_DOMINATED, MARK_UNSETTLED, MARKS };
static const char *const mark_meaning[MARKS] = {
    [MARK_BROKEN] = "B breaks a promise",    [MARK_WRONG] = "W results of a wrong class",
    [MARK_CONTRACT] = "C contract broken",   [MARK_DOMINATED] = "d dominated",
    [MARK_UNSETTLED] = "u time not settled",
};

static unsigned row_marks(const struct row *r)
{
    const struct kernel_record *k = r->kernel;
    unsigned marks = 0;
    if (k->nbroken)
        marks |= 1 << MARK_BROKEN;
    if (k->has_accuracy && accuracy_class_failures(&k->accuracy))
        marks |= 1 << MARK_WRONG;
    if (k->has_contract && !strcmp(k->contract.verdict, "broken"))
        marks |= 1 << MARK_CONTRACT;
    if (r->dominated_by)
        marks |= 1 << MARK_DOMINATED;
    if (r->speed && !r->speed->settled)
        marks |= 1 << MARK_UNSETTLED;
    return marks;
}

static void put_marks(struct text *t, unsigned marks)
{
    for (int m = 0; m < MARKS; m++)
        if (marks & 1u << m)
            fputc(mark_meaning[m][0], t->out);
}

static void put_legend(struct text *t, unsigned marks)
{
    char words[256] = "";
    size_t n = 0;
    for (int m = 0; m < MARKS; m++)
        if (marks & 1u << m)
            n += (size_t)snprintf(words + n, sizeof words - n, "%s%s", n ? ",  " : "",
                                  mark_meaning[m]);
    if (n)
        put_line(t, 2, "%s", words);
}

enum { NUMBERS = 56 }; /* columns of a line after the name */

static int name_columns(const struct text *t, const struct section *s, int numbers)
{
    int w = 6, most = t->columns - numbers - 2;
    for (int i = 0; i < s->nrows; i++) {
        const char *name = kernel_short_name(s->row[i].kernel);
        int needed = words_width(name, strlen(name));
        w = needed > w && needed <= most ? needed : w;
    }
    return w;
}

static void put_row(struct text *t, const struct row *r, int w)
{
    const struct kernel_record *k = r->kernel;
    const struct accuracy *a = &k->accuracy;
    bool graded = k->has_accuracy, numbers = graded && !isnan(a->max_ulp);
    unsigned marks = row_marks(r);
    put_style(t, marks & 1 << MARK_BROKEN ? RED : r->dominated_by ? DIM : PLAIN);
    fputs("  ", t->out);
    put_name(t, kernel_short_name(k), w);
    fprintf(t->out, " %8s %7s", num_ns(r->speed ? r->speed->ns : NAN).text,
            num_ns(r->speed ? r->speed->ratio : NAN).text);
    fprintf(t->out, " %9s %7s",
            t->integer_ulp && numbers ? num_count(a->max_distance).text : kernel_max_ulp(k).text,
            num_share(graded ? accuracy_share_correct(a) : NAN).text);
    const struct witness *w_at = t->integer_ulp ? &a->farthest : &a->worst;
    struct num worst = num_hexfloat(numbers ? w_at->x_value : NAN);
    fprintf(t->out, "  %-*s", marks ? 16 : 0, numbers ? worst.text : "-");
    put_marks(t, marks);
    put_style(t, PLAIN);
    fputc('\n', t->out);
}

static void put_table(struct text *t, const struct view *v, const struct section *s)
{
    int w = name_columns(t, s, NUMBERS);
    unsigned marks = 0;
    put_style(t, BOLD);
    fprintf(t->out, "  %-*s %8s %7s %9s %7s  %s\n", w, "kernel", "ns/elem",
            yardstick_label(v->result).text, t->integer_ulp ? "distance" : "max ulp", "CR %",
            "worst x");
    put_style(t, PLAIN);
    for (int i = 0; i < s->nrows; i++) {
        put_row(t, &s->row[i], w);
        marks |= row_marks(&s->row[i]);
    }
    put_legend(t, marks);
}

/* Implementation error beside method error, where the function stands in for another. */
static void put_ideals(struct text *t, const struct section *s)
{
    if (!section_has_ideal(s))
        return;
    int w = name_columns(t, s, NUMBERS);
    fputc('\n', t->out);
    put_line(t, 2,
             "Graded twice: against its own formula (implementation error) and against %s, "
             "which it stands in for (method error):",
             s->about->approximates);
    put_style(t, BOLD);
    fprintf(t->out, "  %-*s %11s %11s %11s  %s\n", w, "kernel", "own max ulp", "method ulp",
            "method CR %", "worst x");
    put_style(t, PLAIN);
    for (int i = 0; i < s->nrows; i++) {
        const struct kernel_record *k = s->row[i].kernel;
        if (!k->has_ideal)
            continue;
        fputs("  ", t->out);
        put_name(t, kernel_short_name(k), w);
        fprintf(t->out, " %11s %11s %11s  %s\n", kernel_max_ulp(k).text, kernel_ideal_ulp(k).text,
                num_share(accuracy_share_correct(&k->ideal)).text,
                num_hexfloat(k->ideal.worst.x_value).text);
    }
}

static void put_verdicts(struct text *t, const struct section *s)
{
    struct advice v[MAX_VERDICTS];
    int n = section_verdicts(s, v);
    if (n)
        fputc('\n', t->out);
    for (int i = 0; i < n; i++) {
        put_style(t, v[i].row ? GREEN : PLAIN);
        put_line(t, 2, "%s: %s%s%s%s", v[i].need,
                 v[i].row ? kernel_short_name(v[i].row->kernel) : "", v[i].row ? " (" : "",
                 v[i].why, v[i].row ? ")" : "");
        put_style(t, PLAIN);
    }
}

/* Which of several right results the kernels give. */
static void put_several(struct text *t, const struct section *s)
{
    struct several *at;
    int n = section_several(s, &at);
    if (n) {
        fputc('\n', t->out);
        put_line(t, 2, "Where several results are right:");
    }
    for (int i = 0; i < n; i++)
        for (int g = 0; g < at[i].ngiven; g++) {
            char head[256] = "";
            if (g == 0)
                snprintf(head, sizeof head, "at x = %s (right: %s): ", at[i].x.text, at[i].right);
            put_line(t, g ? 6 : 4, "%s%s%s by %s", head, at[i].given[g].value.text,
                     at[i].given[g].is_right ? "" : " (WRONG)", at[i].given[g].kernels);
        }
    free(at);
}

/* One line for each kernel that dominates others. */
static void put_dominated(struct text *t, const struct section *s)
{
    for (int i = 0; i < s->nrows; i++) {
        char words[2048] = "";
        int n = 0;
        for (int j = 0; j < s->nrows; j++)
            if (s->row[j].dominated_by == s->row[i].kernel && n < (int)sizeof words - 1)
                n += snprintf(words + n, sizeof words - (size_t)n, "%s%s", n ? ", " : "",
                              kernel_short_name(s->row[j].kernel));
        if (n)
            put_line(t, 2, "dominated by %s: %s", kernel_short_name(s->row[i].kernel), words);
    }
}

/* Broken promises and failures, shown once for kernels whose results are the same bits. */
static void put_troubles(struct text *t, const struct section *s)
{
    for (int i = 0; i < s->nrows; i++) {
        const struct kernel_record *k = s->row[i].kernel;
        const char *name = kernel_short_name(k);
        put_style(t, RED);
        for (int j = 0; j < k->nbroken; j++)
            put_line(t, 2, "BROKEN promise of %s: %s", name, k->broken[j]);
        put_style(t, PLAIN);
        bool failed = false;
        char words[1024];
        for (int f = 0; k->has_accuracy && !fails_with_another(s, k) && f < FAIL_COUNT; f++) {
            if (k->accuracy.failure[f].n == 0)
                continue;
            failure_sentence(k, f, words, sizeof words);
            put_line(t, 2, "%s: %s", name, words);
            failed = true;
        }
        failing_alike(s, k, words, sizeof words);
        if (failed && *words)
            put_line(t, 4, "with the same results: %s", words);
    }
}

static void put_section(struct text *t, const struct view *v, const struct section *s)
{
    char heading[512];
    const struct function_record *f = s->about;
    snprintf(heading, sizeof heading, "%s %s%s%s", s->function, s->dtype, f && f->name ? ": " : "",
             f && f->name ? f->name : "");
    fputc('\n', t->out);
    put_heading(t, heading);
    if (f && f->formula)
        put_line(t, 2, "%s", f->formula);
    char words[512];
    for (int i = 0; section_coverage(s, i, words, sizeof words) >= 0; i++)
        put_line(t, 2, "%s", words);
    const struct speed *cell = section_cell(s);
    if (cell)
        put_line(t, 2, "times: %s elements a call, in %s, inputs %s", num_count(v->size).text,
                 cell->level ? cell->level : "an unknown place", cell->inputs);
    fputc('\n', t->out);
    put_table(t, v, s);
    put_verdicts(t, s);
    put_ideals(t, s);
    put_several(t, s);
    put_dominated(t, s);
    put_troubles(t, s);
}

/* --- contract --- */

static void put_contracts(struct text *t, const struct result *r)
{
    int kept = 0, not_run = 0, total = 0;
    for (int i = 0; i < r->nkernels; i++) {
        const struct contract *c = &r->kernel[i].contract;
        if (!r->kernel[i].has_contract)
            continue;
        total++;
        kept += !strcmp(c->verdict, "kept");
        not_run += !strcmp(c->verdict, "not run");
    }
    if (total == 0)
        return;
    fputc('\n', t->out);
    put_heading(t, "Contract: lengths, alignments, in place, bounds, NaN in one lane, state");
    put_line(t, 2, "kept by %d of %d kernels%s", kept, total,
             not_run ? "; not checked where it says so" : "");
    for (int i = 0; i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        if (!k->has_contract ||
            (k->contract.nfindings == 0 && !strcmp(k->contract.verdict, "kept")))
            continue;
        put_line(t, 2, "%s: %s", k->name, k->contract.verdict);
        put_findings(t, k, "");
    }
}

void report_text(const struct result *r, const struct report_options *o, FILE *out)
{
    struct text t = text_to(out, o);
    struct view *v = view_new(r, o);
    put_head(&t, r);
    if (v->nsections == 0)
        put_line(&t, 2, "no kernels were measured");
    for (int i = 0; i < v->nsections; i++)
        put_section(&t, v, &v->section[i]);
    put_contracts(&t, r);
    view_free(v);
}

/* --- speed in full --- */

/* What surrounds a line of a table of times. */
struct speed_table {
    const struct result *result;
    const char *dtype;
    const struct speed *first; /* its mode, size, place and inputs are those of the table */
    const struct speed *copy;  /* NULL: the run has no yardstick like it */
    int name_columns;
    bool counted; /* some kernel has its instructions counted */
    bool unsettled;
};

/* The cell of CELLS that belongs to the table; NULL. */
static const struct speed *cell_like(const struct speed_table *t, const struct speed *cell, int n)
{
    for (int i = 0; i < n; i++)
        if (same_conditions(&cell[i], t->first))
            return &cell[i];
    return NULL;
}

/* "3 %": how far the worst of the quarters' minima lies above the best. */
static struct num spread_of(double lo, double hi)
{
    struct num n = {"-"};
    double percent = 100 * (hi / lo - 1);
    if (!isnan(percent))
        snprintf(n.text, sizeof n.text,
                 percent < 9.95   ? "%.1f%%"
                 : percent < 99.5 ? "%.0f%%"
                                  : ">99%%",
                 percent);
    return n;
}

/* Half the width of the interval of a ratio. */
static struct num ratio_half(const struct speed *c)
{
    return isnan(c->ratio_lo) ? (struct num){""}
                              : spread_of(1, 1 + (c->ratio_hi - c->ratio_lo) / (2 * c->ratio));
}

static void put_cell(struct text *t, struct speed_table *table, const char *name,
                     const struct speed *c, const struct instructions *count)
{
    bool calls = c->n > 0;
    double ns = c->ns;
    fputs("  ", t->out);
    put_name(t, name, table->name_columns);
    fprintf(t->out, " %7s %6s", num_ns(ns).text, spread_of(c->ns_lo, c->ns_hi).text);
    fprintf(t->out, " %6s", num_ns(c->cycles).text);
    if (table->counted)
        fprintf(t->out, " %6s", num_ns(count ? count->per_element : NAN).text);
    else
        fprintf(t->out, " %6s", num_ns(calls ? 1 / ns : NAN).text);
    fprintf(t->out, " %6s %5s", num_ns(calls ? gigabytes_per_second(table->dtype, ns) : NAN).text,
            num_ns(calls && table->copy ? 100 * table->copy->ns / ns : NAN).text);
    fprintf(t->out, " %6s %*s%s\n", num_ns(c->ratio).text, c->settled ? 0 : -5, ratio_half(c).text,
            c->settled ? "" : " u");
    table->unsettled |= !c->settled;
}

/* What the kernels of the table are compared with. */
static void put_yardsticks(struct text *t, struct speed_table *table)
{
    put_style(t, DIM);
    for (int i = 0; i < table->result->nyardsticks; i++) {
        const struct yardstick_record *y = &table->result->yardsticks[i];
        const struct speed *c = cell_like(table, y->speed, y->nspeed);
        if (c && !strcmp(y->dtype, table->dtype)) {
            char name[64];
            snprintf(name, sizeof name, "(%s)", y->name);
            put_cell(t, table, name, c, NULL);
        }
    }
    put_style(t, PLAIN);
}

enum { SPEED_NUMBERS = 57 }; /* columns of a line of times after the name */

/* The kernels of S that have a cell like FIRST. */
static void put_speed_table(struct text *t, const struct view *v, const struct section *s,
                            const struct speed *first)
{
    char heading[256];
    if (first->n)
        snprintf(heading, sizeof heading, "%s %s: %s, %s elements a call, in %s, inputs %s",
                 s->function, s->dtype, first->mode, num_count(first->n).text,
                 first->level ? first->level : "an unknown place", first->inputs);
    else
        snprintf(heading, sizeof heading, "%s %s: latency of a dependent call, inputs %s",
                 s->function, s->dtype, first->inputs);
    fputc('\n', t->out);
    put_heading(t, heading);
    struct speed_table table = {.result = v->result, .dtype = s->dtype, .first = first};
    table.copy = yardstick_cell(v->result, s->dtype, first);
    table.name_columns = name_columns(t, s, SPEED_NUMBERS);
    for (int i = 0; i < s->nrows; i++)
        table.counted |= s->row[i].kernel->has_instructions;
    fprintf(t->out, "  %-*s %7s %6s %6s %6s %6s %5s %6s %s\n", table.name_columns, "kernel",
            "ns/elem", "spread", "cycles", table.counted ? "insns" : "G/s", "GB/s", "%copy",
            yardstick_label(v->result).text, "+-");
    for (int i = 0; i < s->nrows; i++) {
        const struct kernel_record *k = s->row[i].kernel;
        const struct speed *c = cell_like(&table, k->speed, k->nspeed);
        if (c)
            put_cell(t, &table, kernel_short_name(k), c,
                     k->has_instructions ? &k->instructions : NULL);
    }
    put_yardsticks(t, &table);
    if (table.unsettled)
        put_line(t, 2, "u: not settled when the time was up");
}

/* Is CELL of row ROW the first of its table? */
static bool begins_table(const struct section *s, int row, int cell)
{
    const struct speed *c = &s->row[row].kernel->speed[cell];
    for (int i = 0; i <= row; i++) {
        const struct kernel_record *k = s->row[i].kernel;
        for (int j = 0; j < (i < row ? k->nspeed : cell); j++)
            if (same_conditions(&k->speed[j], c))
                return false;
    }
    return true;
}

void report_speed_text(const struct result *r, const struct report_options *o, FILE *out)
{
    struct text t = text_to(out, o);
    struct view *v = view_new(r, o);
    put_conditions(&t, r);
    if (v->nsections)
        put_labelled(
            &t, "columns", "%s",
            "ns/elem: the least; spread: of the least in the four quarters of the run; G/s: "
            "elements; insns: per element; %copy: of the bandwidth of the copy; +-: half "
            "the 95 % interval of the ratio, which is a median of pairs");
    for (int i = 0; i < v->nsections; i++) {
        const struct section *s = &v->section[i];
        for (int row = 0; row < s->nrows; row++)
            for (int cell = 0; cell < s->row[row].kernel->nspeed; cell++)
                if (begins_table(s, row, cell))
                    put_speed_table(&t, v, s, &s->row[row].kernel->speed[cell]);
    }
    view_free(v);
}
