/* markdown.c -- the report as GitHub shows it: tables of the same content as the text report. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "../src/result/stats.h"
#include "markup.h"
#include "numbers.h"
#include "report.h"
#include "view.h"

__attribute__((format(printf, 2, 3))) static void putf(FILE *out, const char *format, ...)
{
    char text[4096];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    put_markdown(out, text);
}

static void put_head(const struct result *r, FILE *out)
{
    char machine[1024], build[1024];
    machine_sentence(&r->machine, machine, sizeof machine);
    build_sentence(&r->build, build, sizeof build);
    fputs("# Activation functions: accuracy and speed\n\n", out);
    const struct {
        const char *label, *text;
    } row[] = {
        {"Machine", machine},
        {"Build", build},
        {"Command", r->request.command},
        {"Time", r->request.time},
        {"Rounding", r->request.rounding},
        {"Ulp", r->request.ulp},
    };
    fputs("| | |\n|---|---|\n", out);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (row[i].text) {
            fprintf(out, "| %s | ", row[i].label);
            put_markdown(out, row[i].text);
            fputs(" |\n", out);
        }
    fprintf(out, "| Seed | 0x%" PRIx64 "%s |\n", r->request.seed,
            r->request.ftz ? "; subnormals flushed" : "");
    fprintf(out, "| Noise floor | %s |\n", noise_floor(r).text);
}

/* What a reader should know before using a kernel, in the last column. */
static void put_notes(const struct row *r, FILE *out)
{
    const struct kernel_record *k = r->kernel;
    const char *semicolon = "";
    if (k->nbroken) {
        fputs("**breaks a promise**", out);
        semicolon = "; ";
    }
    uint64_t wrong = k->has_accuracy ? accuracy_class_failures(&k->accuracy) : 0;
    if (wrong) {
        fprintf(out, "%s**%s result%s of a wrong class**", semicolon, num_count(wrong).text,
                wrong == 1 ? "" : "s");
        semicolon = "; ";
    }
    if (k->has_contract && strcmp(k->contract.verdict, "kept")) {
        fprintf(out, "%scontract ", semicolon);
        put_markdown(out, k->contract.verdict);
        semicolon = "; ";
    }
    if (r->dominated_by) {
        fprintf(out, "%sdominated by ", semicolon);
        put_markdown(out, kernel_short_name(r->dominated_by));
        semicolon = "; ";
    }
    if (r->speed && !r->speed->settled)
        fprintf(out, "%stime not settled", semicolon);
}

static void put_row(const struct row *r, FILE *out)
{
    const struct kernel_record *k = r->kernel;
    const struct accuracy *a = &k->accuracy;
    bool graded = k->has_accuracy, numbers = graded && !isnan(a->max_ulp);
    fputs("| ", out);
    put_markdown(out, kernel_short_name(k));
    fprintf(out, " | %s | %s", num_ns(r->speed ? r->speed->ns : NAN).text,
            num_ns(r->speed ? r->speed->ratio : NAN).text);
    const char *at_least = numbers && strcmp(a->coverage, "exhaustive") ? "&ge; " : "";
    fprintf(out, " | %s%s", at_least, num_ulp(numbers ? a->max_ulp : NAN).text);
    fprintf(out, " | %s | ", num_share(graded ? accuracy_share_correct(a) : NAN).text);
    fprintf(out, numbers ? "`%s` | " : "%s | ",
            numbers ? num_hexfloat(a->worst.x_value).text : "-");
    put_notes(r, out);
    fputs(" |\n", out);
}

/* Implementation error beside method error, where the function stands in for another. */
static void put_ideals(const struct section *s, FILE *out)
{
    if (!section_has_ideal(s))
        return;
    fputs("\nGraded twice: against its own formula (implementation error) and against ", out);
    put_markdown(out, s->about->approximates);
    fputs(", which it stands in for (method error):\n\n"
          "| kernel | own max ulp | method max ulp | method correctly rounded % | worst x |\n"
          "|:---|---:|---:|---:|:---|\n",
          out);
    for (int i = 0; i < s->nrows; i++) {
        const struct kernel_record *k = s->row[i].kernel;
        if (!k->has_ideal)
            continue;
        fputs("| ", out);
        put_markdown(out, kernel_short_name(k));
        fputs(" | ", out);
        put_markdown(out, kernel_max_ulp(k).text);
        fputs(" | ", out);
        put_markdown(out, kernel_ideal_ulp(k).text);
        fprintf(out, " | %s | `%s` |\n", num_share(accuracy_share_correct(&k->ideal)).text,
                num_hexfloat(k->ideal.worst.x_value).text);
    }
}

/* Which of several right results the kernels give. */
static void put_several(const struct section *s, FILE *out)
{
    struct several *at;
    int n = section_several(s, &at);
    if (n)
        fputs("\nWhere several results are right:\n\n| x | right | gives | kernels |\n"
              "|---:|:---|---:|:---|\n",
              out);
    for (int i = 0; i < n; i++)
        for (int g = 0; g < at[i].ngiven; g++) {
            fprintf(out, "| %s | %s | %s%s | ", g ? "" : at[i].x.text, g ? "" : at[i].right,
                    at[i].given[g].value.text, at[i].given[g].is_right ? "" : " **wrong**");
            put_markdown(out, at[i].given[g].kernels);
            fputs(" |\n", out);
        }
    free(at);
}

static void put_verdicts(const struct section *s, FILE *out)
{
    struct advice v[MAX_VERDICTS];
    int n = section_verdicts(s, v);
    for (int i = 0; i < n; i++) {
        fprintf(out, "- %s: ", v[i].need);
        if (v[i].row) {
            fputs("**", out);
            put_markdown(out, kernel_short_name(v[i].row->kernel));
            fputs("** (", out);
        }
        put_markdown(out, v[i].why);
        fputs(v[i].row ? ")\n" : "\n", out);
    }
}

static void put_troubles(const struct section *s, FILE *out)
{
    for (int i = 0; i < s->nrows; i++) {
        const struct kernel_record *k = s->row[i].kernel;
        const char *name = kernel_short_name(k);
        for (int j = 0; j < k->nbroken; j++) {
            fputs("- **broken promise** of ", out);
            putf(out, "%s: %s", name, k->broken[j]);
            fputc('\n', out);
        }
        bool failed = false;
        char words[1024];
        for (int f = 0; k->has_accuracy && !fails_with_another(s, k) && f < FAIL_COUNT; f++) {
            if (k->accuracy.failure[f].n == 0)
                continue;
            failure_sentence(k, f, words, sizeof words);
            fputs("- ", out);
            putf(out, "%s: %s", name, words);
            fputc('\n', out);
            failed = true;
        }
        failing_alike(s, k, words, sizeof words);
        if (failed && *words) {
            fputs("  - with the same results: ", out);
            put_markdown(out, words);
            fputc('\n', out);
        }
    }
}

static void put_section(const struct view *v, const struct section *s, FILE *out)
{
    const struct function_record *f = s->about;
    fputs("\n## ", out);
    putf(out, "%s %s%s%s", s->function, s->dtype, f && f->name ? ": " : "",
         f && f->name ? f->name : "");
    fputs("\n\n", out);
    if (f && f->formula) {
        fputs("Formula: ", out);
        put_markdown(out, f->formula);
        fputs("\n\n", out);
    }
    char words[512];
    for (int i = 0; section_coverage(s, i, words, sizeof words) >= 0; i++) {
        put_markdown(out, words);
        fputs(".\n", out);
    }
    const struct speed *cell = section_cell(s);
    if (cell) {
        putf(out, "Times: %s elements a call, in %s, inputs %s.", num_count(v->size).text,
             cell->level ? cell->level : "an unknown place", cell->inputs);
        fputc('\n', out);
    }
    fputs("\n| kernel | ns/elem | ", out);
    put_markdown(out, yardstick_label(v->result).text);
    fputs(" | max ulp | correctly rounded % | worst x | notes |\n"
          "|:---|---:|---:|---:|---:|:---|:---|\n",
          out);
    for (int i = 0; i < s->nrows; i++)
        put_row(&s->row[i], out);
    fputc('\n', out);
    put_verdicts(s, out);
    put_troubles(s, out);
    put_ideals(s, out);
    put_several(s, out);
}

static void put_findings(const struct kernel_record *k, FILE *out)
{
    for (int i = 0; i < k->contract.nfindings; i++) {
        const struct finding *f = &k->contract.finding[i];
        const char *weight = finding_weight(f);
        char place[256];
        finding_place(k, f, place, sizeof place);
        fputs("| ", out);
        put_markdown(out, k->name);
        fputs(" | ", out);
        put_markdown(out, f->kind);
        fputs(" | ", out);
        put_markdown(out, f->text);
        fputs(" | ", out);
        put_markdown(out, place);
        fprintf(out, " | %s |\n", weight);
    }
}

static void put_contracts(const struct result *r, FILE *out)
{
    int checked = 0, kept = 0, findings = 0;
    for (int i = 0; i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        checked += k->has_contract;
        kept += k->has_contract && !strcmp(k->contract.verdict, "kept");
        findings += k->has_contract ? k->contract.nfindings : 0;
    }
    if (checked == 0)
        return;
    fprintf(out,
            "\n## Contract\n\nKept by %d of %d kernels: lengths, alignments, in place, bounds, "
            "NaN in one lane, state.\n",
            kept, checked);
    if (findings == 0)
        return;
    fputs("\n| kernel | finding | | smallest failing call | |\n|:---|:---|:---|:---|:---|\n", out);
    for (int i = 0; i < r->nkernels; i++)
        if (r->kernel[i].has_contract)
            put_findings(&r->kernel[i], out);
}

void report_markdown(const struct result *r, const struct report_options *o, FILE *out)
{
    struct view *v = view_new(r, o);
    put_head(r, out);
    if (v->nsections == 0)
        fputs("\nNo kernels were measured.\n", out);
    for (int i = 0; i < v->nsections; i++)
        put_section(v, &v->section[i], out);
    put_contracts(r, out);
    view_free(v);
}
