/* findings.c -- a comparison in the forms that people and programs read: a terminal, a summary in
 * Markdown, JSON, JUnit's XML, GitHub's annotations, the arrays of github-action-benchmark.
 *
 * To add a form: a writer and a row in `comparison_formats'.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "../src/result/json.h"
#include "../src/result/stats.h"
#include "alloc.h"
#include "compare.h"
#include "markup.h"
#include "numbers.h"
#include "plot.h"
#include "view.h"
#include "words.h"

const struct comparison_format comparison_formats[] = {
    {"text", "for a terminal of 80 columns", comparison_text},
    {"markdown", "a summary as GitHub and GitLab show it", comparison_markdown},
    {"json", "verdict and findings, for programs", comparison_json},
    {"junit", "XML of JUnit: a test case a kernel", comparison_junit},
    {"github", "annotations for the log of GitHub Actions", comparison_github},
    {"benchmark", "the new figures, for github-action-benchmark", comparison_benchmark},
    {NULL, NULL, NULL},
};

const struct comparison_format *comparison_format_find(const char *name)
{
    for (const struct comparison_format *f = comparison_formats; f->name; f++)
        if (!strcmp(f->name, name))
            return f;
    return NULL;
}

/* --- words --- */

static const struct {
    const char *word, *heading;
    enum style style;
} kind_words[FOUND_KINDS] = {
    [FOUND_WORSE] = {"worse", "Worse", RED},
    [FOUND_INCOMPARABLE] = {"incomparable", "Cannot be compared", RED},
    [FOUND_INCONCLUSIVE] = {"inconclusive", "Inconclusive", PLAIN},
    [FOUND_ALLOWED] = {"allowed", "Worse within what is allowed", PLAIN},
    [FOUND_BETTER] = {"better", "Better", GREEN},
    [FOUND_CHANGED] = {"changed", "Changed", PLAIN},
    [FOUND_ADDED] = {"added", "Added", PLAIN},
    [FOUND_REMOVED] = {"removed", "Not there any more", PLAIN},
    [FOUND_NOTE] = {"note", "Notes", PLAIN},
};

static const struct {
    const char *word, *sentence;
} verdict_words[] = {
    [VERDICT_HELD] = {"held", "Nothing got worse"},
    [VERDICT_REGRESSION] = {"regression", "REGRESSION"},
    [VERDICT_INCOMPARABLE] = {"incomparable", "Cannot be compared"},
    [VERDICT_INCONCLUSIVE] = {"inconclusive", "Inconclusive"},
};

const char *verdict_word(enum verdict_code verdict)
{
    return verdict_words[verdict].word;
}

const char *finding_word(enum finding_kind kind)
{
    return kind_words[kind].word;
}

static void summary(const struct comparison *c, char *text, size_t length)
{
    snprintf(text, length,
             "%s: %d kernel%s in both results, %d compared, %d without any difference.",
             verdict_words[c->verdict].sentence, c->pairs, c->pairs == 1 ? "" : "s", c->compared,
             c->equal);
}

static int count_of(const struct comparison *c, enum finding_kind kind)
{
    int n = 0;
    for (int i = 0; i < c->nfound; i++)
        n += c->found[i].kind == kind;
    return n;
}

/* --- a terminal --- */

void comparison_text(const struct comparison *c, const struct report_options *o, FILE *out)
{
    struct text t = text_to(out, o);
    char words[200];
    for (int i = 0; i < c->nfound; i++) {
        const struct found *f = &c->found[i];
        if (i == 0 || f->kind != c->found[i - 1].kind) {
            put_style(&t, kind_words[f->kind].style);
            put_heading(&t, kind_words[f->kind].heading);
        }
        if (f->kernel)
            put_line(&t, 2, "%s: %s", f->kernel, f->text);
        else
            put_line(&t, 2, "%s", f->text);
    }
    summary(c, words, sizeof words);
    put_line(&t, 0, "%s", words);
}

/* --- Markdown --- */

enum { MARKDOWN_ROWS = 50 }; /* of one kind; a summary has room for a megabyte, a reader for less */

static void markdown_kind(const struct comparison *c, enum finding_kind kind, FILE *out)
{
    int n = count_of(c, kind), shown = 0;
    if (n == 0)
        return;
    bool folded = kind > FOUND_ALLOWED;
    if (folded)
        fprintf(out, "<details><summary>%s: %d</summary>\n\n", kind_words[kind].heading, n);
    else
        fprintf(out, "#### %s: %d\n\n", kind_words[kind].heading, n);
    fputs("| kernel | |\n|---|---|\n", out);
    for (int i = 0; i < c->nfound && shown < MARKDOWN_ROWS; i++) {
        const struct found *f = &c->found[i];
        if (f->kind != kind)
            continue;
        shown++;
        fputs("| ", out);
        put_markdown(out, f->kernel ? f->kernel : "");
        fputs(" | ", out);
        put_markdown(out, f->text);
        fputs(" |\n", out);
    }
    if (shown < n)
        fprintf(out, "| | and %d more |\n", n - shown);
    fputs(folded ? "\n</details>\n\n" : "\n", out);
}

void comparison_markdown(const struct comparison *c, const struct report_options *o, FILE *out)
{
    static const char *const mark[] = {[VERDICT_HELD] = ":white_check_mark:",
                                       [VERDICT_REGRESSION] = ":x:",
                                       [VERDICT_INCOMPARABLE] = ":warning:",
                                       [VERDICT_INCONCLUSIVE] = ":grey_question:"};
    char words[2048];
    (void)o;
    fprintf(out, "### %s actulp: %s\n\n", mark[c->verdict], verdict_words[c->verdict].sentence);
    summary(c, words, sizeof words);
    put_markdown(out, words);
    fputs("\n\n", out);
    for (int kind = 0; kind < FOUND_KINDS; kind++)
        markdown_kind(c, (enum finding_kind)kind, out);
    const struct {
        const char *label;
        const struct result *result;
    } side[] = {{"Baseline", c->old}, {"New", c->new}};
    fputs("<sub>", out);
    for (int i = 0, n = 0; i < 2; i++) {
        const struct result *r = side[i].result;
        if (!r->build.version)
            continue; /* a baseline: of no one machine */
        machine_sentence(&r->machine, words, sizeof words);
        fprintf(out, "%s%s: ", n++ ? "<br>" : "", side[i].label);
        put_markdown(out, r->request.time ? r->request.time : "");
        fputs("; ", out);
        put_markdown(out, words);
        fputs("; ", out);
        build_sentence(&r->build, words, sizeof words);
        put_markdown(out, words);
    }
    fputs("</sub>\n", out);
}

/* --- JSON --- */

void comparison_json(const struct comparison *c, const struct report_options *o, FILE *out)
{
    (void)o;
    fprintf(out,
            "{\n  \"verdict\": \"%s\",\n  \"exit_code\": %d,\n  \"kernels_in_both\": %d,\n"
            "  \"compared\": %d,\n  \"without_difference\": %d,\n  \"findings\": [",
            verdict_word(c->verdict), c->verdict, c->pairs, c->compared, c->equal);
    for (int i = 0; i < c->nfound; i++) {
        const struct found *f = &c->found[i];
        fprintf(out, "%s\n    {\"kind\": \"%s\", \"kernel\": ", i ? "," : "",
                finding_word(f->kind));
        json_write_text(out, f->kernel);
        fputs(", \"text\": ", out);
        json_write_text(out, f->text);
        fputc('}', out);
    }
    fputs(c->nfound ? "\n  ]\n}\n" : "]\n}\n", out);
}

/* --- JUnit --- */

/* What becomes of a test case, by its worst finding. */
static const char *junit_element(enum finding_kind kind)
{
    return kind == FOUND_WORSE          ? "failure"
           : kind == FOUND_INCOMPARABLE ? "error"
           : kind == FOUND_INCONCLUSIVE ? "skipped"
           : kind == FOUND_REMOVED      ? "skipped"
                                        : NULL;
}

static bool concerns(const struct found *f, const char *kernel)
{
    return kernel && f->kernel ? !strcmp(f->kernel, kernel) : kernel == f->kernel;
}

/* The worst finding about KERNEL (NULL: about the whole) that is no mere remark; NULL: none. */
static const struct found *junit_finding(const struct comparison *c, const char *kernel)
{
    for (int i = 0; i < c->nfound; i++)
        if (concerns(&c->found[i], kernel) && junit_element(c->found[i].kind))
            return &c->found[i];
    return NULL;
}

static void junit_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    put_xml(out, value);
    fputc('"', out);
}

static void junit_case(const struct comparison *c, const char *class, const char *kernel,
                       double seconds, FILE *out)
{
    const struct found *worst = junit_finding(c, kernel);
    fputs("    <testcase", out);
    junit_attribute(out, "classname", class);
    junit_attribute(out, "name", kernel ? kernel : "comparison");
    fprintf(out, " time=\"%.6f\"", seconds > 0 ? seconds : 0);
    const char *element = worst ? junit_element(worst->kind) : NULL;
    if (!element) {
        fputs("/>\n", out);
        return;
    }
    fprintf(out, ">\n      <%s", element);
    if (strcmp(element, "skipped")) {
        junit_attribute(out, "type", finding_word(worst->kind));
        junit_attribute(out, "message", worst->text);
    }
    fputc('>', out);
    for (int i = 0, n = 0; i < c->nfound; i++)
        if (concerns(&c->found[i], kernel)) {
            fputs(n++ ? "\n" : "", out);
            putf_xml(out, "%s: %s", finding_word(c->found[i].kind), c->found[i].text);
        }
    fprintf(out, "</%s>\n    </testcase>\n", element);
}

static void junit_property(FILE *out, const char *side, const char *name, const char *value)
{
    if (!value)
        return;
    fputs("      <property", out);
    fprintf(out, " name=\"%s.%s\"", side, name);
    junit_attribute(out, "value", value);
    fputs("/>\n", out);
}

static void junit_environment(FILE *out, const char *side, const struct result *r)
{
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, r->request.seed);
    const struct {
        const char *name, *value;
    } property[] = {{"cpu", r->machine.cpu_model},    {"isas", r->machine.isas},
                    {"libc", r->machine.libc},        {"os", r->machine.os},
                    {"kernel", r->machine.kernel},    {"version", r->build.version},
                    {"revision", r->build.revision},  {"compiler", r->build.compiler},
                    {"cflags", r->build.cflags},      {"formulas", r->build.formulas_digest},
                    {"command", r->request.command},  {"seed", seed},
                    {"rounding", r->request.rounding}};
    for (size_t i = 0; i < sizeof property / sizeof *property; i++)
        junit_property(out, side, property[i].name, property[i].value);
}

/* "2026-01-31T12:00:00", as the schema has it: without a zone. */
static struct num junit_time(const struct result *r)
{
    int year, month, day, hour, minute, second;
    struct num n = {"1970-01-01T00:00:00"};
    if (r->request.time && sscanf(r->request.time, "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day,
                                  &hour, &minute, &second) == 6)
        snprintf(n.text, sizeof n.text, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, hour,
                 minute, second);
    return n;
}

static struct num junit_class(const struct kernel_record *k)
{
    struct num n;
    snprintf(n.text, sizeof n.text, "actulp.%.30s.%.20s", k->function, k->dtype);
    return n;
}

struct junit_counts {
    int tests, failures, errors, skipped;
};

static void junit_count(const struct comparison *c, const char *kernel, struct junit_counts *n)
{
    const struct found *worst = junit_finding(c, kernel);
    const char *element = worst ? junit_element(worst->kind) : "";
    n->tests++;
    n->failures += !strcmp(element, "failure");
    n->errors += !strcmp(element, "error");
    n->skipped += !strcmp(element, "skipped");
}

/* Was the kernel of finding I told of before? */
static bool told_before(const struct comparison *c, int i)
{
    for (int j = 0; j < i; j++)
        if (concerns(&c->found[j], c->found[i].kernel))
            return true;
    return false;
}

/* The text verdict, line by line. */
static void junit_text(const struct comparison *c, FILE *out)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = alloc_checked(open_memstream(&text, &length));
    comparison_text(c, &(struct report_options){.columns = 100}, memory);
    fclose(memory);
    for (char *line = alloc_checked(text), *end; *line; line = end + 1) {
        end = line + strcspn(line, "\n");
        bool last = !*end;
        *end = 0;
        put_xml(out, line);
        fputc('\n', out);
        if (last)
            break;
    }
    free(text);
}

void comparison_junit(const struct comparison *c, const struct report_options *o, FILE *out)
{
    struct junit_counts n = {0};
    (void)o;
    junit_count(c, NULL, &n);
    for (int i = 0; i < c->new->nkernels; i++)
        if (c->chosen[i])
            junit_count(c, c->new->kernel[i].name, &n);
    for (int i = 0; i < c->nfound; i++)
        if (c->found[i].kind == FOUND_REMOVED && !told_before(c, i))
            junit_count(c, c->found[i].kernel, &n);
    double seconds = c->new->request.seconds;
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
            "  <testsuite name=\"actulp\" package=\"actulp\" id=\"0\" hostname=\"localhost\""
            " timestamp=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\""
            " time=\"%.3f\">\n    <properties>\n",
            junit_time(c->new).text, n.tests, n.failures, n.errors, n.skipped,
            seconds > 0 ? seconds : 0);
    junit_environment(out, "baseline", c->old);
    junit_environment(out, "new", c->new);
    fputs("    </properties>\n", out);
    junit_case(c, "actulp", NULL, 0, out);
    for (int i = 0; i < c->new->nkernels; i++) {
        const struct kernel_record *k = &c->new->kernel[i];
        if (c->chosen[i])
            junit_case(c, junit_class(k).text, k->name,
                       k->has_accuracy ? k->accuracy.seconds_kernel : 0, out);
    }
    for (int i = 0; i < c->nfound; i++)
        if (c->found[i].kind == FOUND_REMOVED && !told_before(c, i))
            junit_case(c, "actulp.removed", c->found[i].kernel, 0, out);
    fputs("    <system-out>", out);
    junit_text(c, out);
    fputs("</system-out>\n    <system-err/>\n  </testsuite>\n</testsuites>\n", out);
}

/* --- GitHub's annotations --- */

enum { ANNOTATIONS = 5 }; /* GitHub shows ten of a step; the rest is in the log */

/* Workflow commands end at the end of a line; in a property ':' and ',' have a meaning too. */
static void put_command(FILE *out, const char *s, bool property)
{
    for (; *s; s++) {
        if (*s == '%' || *s == '\r' || *s == '\n' || (property && (*s == ':' || *s == ',')))
            fprintf(out, "%%%02X", (unsigned char)*s);
        else
            fputc((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s, out);
    }
}

static void annotate(FILE *out, const char *level, const char *title, const char *text)
{
    fprintf(out, "::%s title=", level);
    put_command(out, title, true);
    fputs("::", out);
    put_command(out, text, false);
    fputc('\n', out);
}

/* A step's command ends where a line does, so nothing else may be on it: first the findings that
 * decide, then the verdict. */
void comparison_github(const struct comparison *c, const struct report_options *o, FILE *out)
{
    static const struct {
        enum finding_kind kind;
        const char *level;
    } told[] = {
        {FOUND_WORSE, "error"}, {FOUND_INCOMPARABLE, "warning"}, {FOUND_INCONCLUSIVE, "warning"}};
    int shown = 0, all = 0;
    char words[300];
    (void)o;
    for (size_t t = 0; t < sizeof told / sizeof *told; t++)
        for (int i = 0; i < c->nfound; i++) {
            const struct found *f = &c->found[i];
            if (f->kind != told[t].kind)
                continue;
            if (shown < ANNOTATIONS) {
                annotate(out, told[t].level, f->kernel ? f->kernel : "actulp", f->text);
                shown++;
            }
            all++;
        }
    summary(c, words, sizeof words);
    if (all > shown)
        snprintf(words + strlen(words), sizeof words - strlen(words), " %d more in the log.",
                 all - shown);
    annotate(out,
             c->verdict == VERDICT_HELD         ? "notice"
             : c->verdict == VERDICT_REGRESSION ? "error"
                                                : "warning",
             "actulp", words);
}

void comparison_benchmark(const struct comparison *c, const struct report_options *o, FILE *out)
{
    report_benchmark(c->new, o, out);
}
