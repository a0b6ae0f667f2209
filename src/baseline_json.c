/* baseline_json.c -- a baseline as a file, and back.
 *
 * Reading is strict, as the file is one that people edit and merge: a field that is not known, or
 * figures that do not fit each other, are refused.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <jansson.h>
#include "baseline_records.h"
#include "mem.h"
#include "result/json.h"

/* ---- writing ---- */

static void write_key(FILE *out, const char *separator, const char *key)
{
    fputs(separator, out);
    json_write_text(out, key);
    fputs(": ", out);
}

static void write_texts(FILE *out, char *const *text, int n)
{
    fputc('[', out);
    for (int i = 0; i < n; i++) {
        fputs(i ? ", " : "", out);
        json_write_text(out, text[i]);
    }
    fputc(']', out);
}

static void write_kinds(FILE *out, const struct contract *c)
{
    for (int i = 0; i < c->nfindings; i++) {
        fputs(i ? ", " : "[", out);
        json_write_text(out, c->finding[i].kind);
    }
    fputc(']', out);
}

static void write_failures(FILE *out, const struct accuracy *a)
{
    int n = 0;
    for (int f = 0; f < FAIL_COUNT; f++)
        if (a->failure[f].n) {
            write_key(out, n++ ? ", " : ", \"failures\": {", failure_word[f]);
            fprintf(out, "%" PRIu64, a->failure[f].n);
        }
    fputs(n ? "}" : "", out);
}

static void write_kernel(FILE *out, const struct kernel_record *k)
{
    const struct accuracy *a = &k->accuracy;
    const char *separator = "";
    fputc('{', out);
    if (k->has_accuracy) {
        if (!isnan(a->max_ulp)) {
            fputs("\"max_ulp\": ", out);
            if (isinf(a->max_ulp)) /* beyond all doubles */
                fputs("\"inf\"", out);
            else
                json_write_number(out, a->max_ulp);
            fprintf(out, ", \"x\": \"0x%" PRIx64 "\", ", a->worst.x);
        }
        fprintf(out, "\"misrounded\": %" PRIu64 ", \"inputs\": %" PRIu64 ", \"coverage\": ",
                a->inputs - a->correctly_rounded, a->inputs);
        json_write_text(out, a->coverage);
        fprintf(out, ", \"digest\": \"0x%" PRIx64 "\"", a->digest);
        write_failures(out, a);
        separator = ", ";
    }
    if (k->contract.nfindings) {
        write_key(out, separator, "findings");
        write_kinds(out, &k->contract);
        separator = ", ";
    }
    if (k->nbroken) {
        write_key(out, separator, "broken");
        write_texts(out, k->broken, k->nbroken);
    }
    fputc('}', out);
}

static char *kernel_text(const struct kernel_record *k)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        mem_exhausted();
    write_kernel(out, k);
    if (fclose(out))
        mem_exhausted();
    return text;
}

static bool same_but_isa(const struct kernel_record *a, const struct kernel_record *b)
{
    return !strcmp(a->function, b->function) && !strcmp(a->dtype, b->dtype) &&
           !strcmp(a->method, b->method);
}

/* One that has the figures of another ISA just names that, so that a change is one line. */
static void write_kernels(FILE *out, const char *indent, const struct result *r)
{
    char **text = xcalloc((size_t)r->nkernels, sizeof *text);
    for (int i = 0; i < r->nkernels; i++) {
        int like = 0;
        text[i] = kernel_text(&r->kernel[i]);
        while (like < i &&
               (!same_but_isa(&r->kernel[like], &r->kernel[i]) || strcmp(text[like], text[i])))
            like++;
        fprintf(out, "%s\n%s", i ? "," : "", indent);
        write_key(out, "", r->kernel[i].name);
        if (like < i) {
            write_key(out, "{", "same_as");
            json_write_text(out, r->kernel[like].name);
            fputc('}', out);
        } else {
            fputs(text[i], out);
        }
    }
    for (int i = 0; i < r->nkernels; i++)
        free(text[i]);
    free(text);
}

static void write_cell(FILE *out, const struct speed *s)
{
    fprintf(out, "{\"n\": %" PRIu64 ", \"mode\": ", s->n);
    json_write_text(out, s->mode);
    fputs(", \"inputs\": ", out);
    json_write_text(out, s->inputs);
    const struct {
        const char *key;
        double v;
    } number[] = {{"ns", s->ns}, {"ns_lo", s->ns_lo}, {"ns_hi", s->ns_hi}};
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        fprintf(out, ", \"%s\": %.5g", number[i].key, number[i].v);
    fprintf(out, ", \"settled\": %s, \"quantiles\": [", s->settled ? "true" : "false");
    for (int i = 0; i < s->nsamples; i++)
        fprintf(out, "%s%.5g", i ? ", " : "", (double)s->sample[i]);
    fputs("]}", out);
}

static void write_machine(FILE *out, const struct result *r)
{
    fputs("\n    {", out);
    for (int i = 0; i < MACHINE_FACTS; i++) {
        const char *at = (const char *)&r->machine + machine_facts[i].at;
        write_key(out, i ? ", " : "", machine_facts[i].key);
        if (machine_facts[i].kind == FACT_TEXT)
            json_write_text(out, *(char *const *)at);
        else if (machine_facts[i].kind == FACT_INT)
            fprintf(out, "%d", *(const int *)at);
        else
            json_write_number(out, *(const double *)at);
    }
    fputs(",\n     \"noise_floor\": ", out);
    json_write_number(out, r->noise_floor);
    fputs(",\n     \"kernels\": {", out);
    for (int i = 0; i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        write_key(out, i ? ",\n      " : "\n      ", k->name);
        for (int j = 0; j < k->nspeed; j++) {
            fputs(j ? ",\n        " : "[", out);
            write_cell(out, &k->speed[j]);
        }
        fputc(']', out);
    }
    fputs("}}", out);
}

void baseline_write(const struct baseline *b, FILE *out)
{
    fprintf(out, "{\n  \"actulp_baseline\": %d,\n  \"sweep\": ", BASELINE_VERSION);
    json_write_text(out, b->sweep);
    fprintf(out,
            ",\n  \"seed\": %" PRIu64 ",\n  \"evaluations\": %" PRIu64 ",\n  \"ulp\": ", b->seed,
            b->evaluations);
    json_write_text(out, b->ulp);
    fputs(",\n  \"covers\": ", out);
    write_texts(out, b->covers, b->ncovers);
    fputs(",\n  \"reasons\": [", out);
    for (int i = 0; i < b->nreasons; i++) {
        fprintf(out, "%s\n    {\"date\": ", i ? "," : "");
        json_write_text(out, b->reason[i].date);
        fputs(", \"reason\": ", out);
        json_write_text(out, b->reason[i].text);
        fputc('}', out);
    }
    fputs("\n  ],\n  \"formulas\": {", out);
    for (int i = 0; i < b->nformulas; i++) {
        write_key(out, i ? ",\n    " : "\n    ", b->formula[i].function);
        json_write_text(out, b->formula[i].text);
    }
    fputs("\n  },\n  \"kernels\": {", out);
    for (int i = 0, n = 0; i < b->nparts; i++) {
        if (!b->part[i].result->nkernels)
            continue;
        write_key(out, n++ ? ",\n    " : "\n    ", b->part[i].key);
        fputc('{', out);
        write_kernels(out, "      ", b->part[i].result);
        fputs("\n    }", out);
    }
    fputs("\n  }", out);
    for (int i = 0; i < b->nmachines; i++) {
        fputs(i ? "," : ",\n  \"times\": [", out);
        write_machine(out, b->machine[i]);
    }
    fputs(b->nmachines ? "\n  ]\n}\n" : "\n}\n", out);
}

/* ---- reading ---- */

struct reader {
    const char *path;
    char *err;
    size_t errlen;
    bool good;
};

__attribute__((format(printf, 3, 4))) static bool refuse(struct reader *in, const char *where,
                                                         const char *format, ...)
{
    char what[300];
    va_list ap;
    va_start(ap, format);
    vsnprintf(what, sizeof what, format, ap);
    va_end(ap);
    if (in->good)
        snprintf(in->err, in->errlen, "%s: %.200s: %s; expected a baseline of actulp", in->path,
                 where, what);
    in->good = false;
    for (char *c = in->err; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    return false;
}

static bool read_bits(struct reader *in, const char *where, const char *text, uint64_t *bits)
{
    char *end;
    errno = 0;
    *bits = strtoull(text, &end, 16);
    if (strncmp(text, "0x", 2) || *end || end == text + 2 || errno)
        return refuse(in, where, "`%.40s' is no pattern such as 0x3f800000", text);
    return true;
}

static bool read_texts(struct reader *in, const char *where, const json_t *list, char ***text,
                       int *n)
{
    size_t i;
    json_t *v;
    if (list && !json_is_array(list))
        return refuse(in, where, "no list of strings");
    *text = xcalloc(json_array_size(list), sizeof **text);
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        if (!json_is_string(v))
            return refuse(in, where, "a list of something else than strings");
        (*text)[(*n)++] = xstrdup(json_string_value(v));
    }
    return true;
}

static bool read_failures(struct reader *in, const char *where, json_t *object, struct accuracy *a)
{
    const char *key;
    json_t *v;
    if (!json_is_object(object))
        return refuse(in, where, "failures: no object");
    json_object_foreach(object, key, v)
    {
        int f = 0;
        while (f < FAIL_COUNT && strcmp(failure_word[f], key))
            f++;
        if (f == FAIL_COUNT || !json_is_integer(v) || json_integer_value(v) <= 0)
            return refuse(in, where, "failures: %.40s: no such count", key);
        a->failure[f].n = (uint64_t)json_integer_value(v);
    }
    return true;
}

static void set_findings(struct contract *c, char **kind, int n)
{
    c->verdict = xstrdup(n ? "broken" : "kept");
    c->finding = xcalloc((size_t)n, sizeof *c->finding);
    for (int i = 0; i < n; i++)
        c->finding[c->nfindings++] =
            (struct finding){.kind = kind[i], .text = xstrdup("of the baseline"), .judged = true};
    free(kind);
}

static bool read_kernel(struct reader *in, const char *name, json_t *v, struct kernel_record *k)
{
    json_error_t e;
    json_t *max = NULL, *failures = NULL, *findings = NULL, *broken = NULL;
    const char *x = NULL, *coverage = NULL, *digest = NULL;
    json_int_t misrounded = 0, inputs = -1;
    struct accuracy *a = &k->accuracy;
    baseline_name(k, name);
    if (json_unpack_ex(v, &e, JSON_STRICT, "{s?o, s?s, s?I, s?I, s?s, s?s, s?o, s?o, s?o}",
                       "max_ulp", &max, "x", &x, "misrounded", &misrounded, "inputs", &inputs,
                       "coverage", &coverage, "digest", &digest, "failures", &failures, "findings",
                       &findings, "broken", &broken))
        return refuse(in, name, "%s", e.text);
    char **kind = NULL;
    int kinds = 0;
    if (!read_texts(in, name, findings, &kind, &kinds) ||
        !read_texts(in, name, broken, &k->broken, &k->nbroken)) {
        set_findings(&k->contract, kind, kinds);
        return false;
    }
    k->has_contract = true;
    set_findings(&k->contract, kind, kinds);
    if (inputs < 0 && !coverage && !digest)
        return true; /* it was not graded */
    a->max_ulp = json_is_string(max) && !strcmp(json_string_value(max), "inf") ? INFINITY
                 : json_is_number(max) ? json_number_value(max)
                                       : NAN;
    if (inputs < misrounded || misrounded < 0 || !coverage || !digest ||
        (max != NULL) != (x != NULL) || (max && !(a->max_ulp >= 0)))
        return refuse(in, name, "figures are missing, or do not fit each other");
    k->has_accuracy = true;
    a->coverage = xstrdup(coverage);
    a->inputs = (uint64_t)inputs;
    a->correctly_rounded = (uint64_t)(inputs - misrounded);
    if (!read_bits(in, name, digest, &a->digest) || (x && !read_bits(in, name, x, &a->worst.x)) ||
        (failures && !read_failures(in, name, failures, a)))
        return false;
    a->worst.x_value = baseline_input(k->dtype, a->worst.x);
    return true;
}

/* The kernel that V says NAME is like; V itself if it says no such thing; NULL if there is none. */
static json_t *resolved(struct reader *in, json_t *part, const char *name, json_t *v)
{
    const json_t *like = json_object_get(v, "same_as");
    if (!like)
        return v;
    json_t *other = json_is_string(like) ? json_object_get(part, json_string_value(like)) : NULL;
    if (json_object_size(v) == 1 && other && !json_object_get(other, "same_as"))
        return other;
    refuse(in, name, "\"same_as\" names no kernel with figures");
    return NULL;
}

static bool read_parts(struct reader *in, struct baseline *b, json_t *kernels)
{
    const char *key, *name;
    json_t *part, *v;
    if (!json_is_object(kernels))
        return refuse(in, "kernels", "no object");
    json_object_foreach(kernels, key, part)
    {
        if (!json_is_object(part))
            return refuse(in, key, "no object");
        struct result *r = baseline_part(b, key)->result;
        json_object_foreach(part, name, v)
        {
            json_t *figures = resolved(in, part, name, v);
            if (!figures || !read_kernel(in, name, figures, result_add_kernel(r)))
                return false;
        }
        baseline_sort(r);
    }
    return true;
}

static bool read_reasons(struct reader *in, struct baseline *b, json_t *list)
{
    size_t i;
    json_t *v;
    json_error_t e;
    json_array_foreach(list, i, v)
    {
        const char *date, *text;
        if (json_unpack_ex(v, &e, JSON_STRICT, "{s:s, s:s}", "date", &date, "reason", &text))
            return refuse(in, "reasons", "%s", e.text);
        baseline_add_reason(b, date, text);
    }
    return true;
}

static bool read_formulas(struct reader *in, struct baseline *b, json_t *object)
{
    const char *key;
    json_t *v;
    if (!json_is_object(object))
        return refuse(in, "formulas", "no object");
    json_object_foreach(object, key, v)
    {
        if (!json_is_string(v))
            return refuse(in, key, "a formula that is no string");
        baseline_set_formula(b, key, xstrdup(json_string_value(v)));
    }
    return true;
}

static bool read_cell(struct reader *in, const char *name, json_t *v, struct speed *s)
{
    json_error_t e;
    const char *mode, *inputs;
    json_int_t n;
    json_t *quantiles, *q;
    size_t i;
    int settled;
    if (json_unpack_ex(v, &e, JSON_STRICT, "{s:I, s:s, s:s, s:F, s:F, s:F, s:b, s:o}", "n", &n,
                       "mode", &mode, "inputs", &inputs, "ns", &s->ns, "ns_lo", &s->ns_lo, "ns_hi",
                       &s->ns_hi, "settled", &settled, "quantiles", &quantiles))
        return refuse(in, name, "%s", e.text);
    if (n < 0 || !(s->ns > 0) || json_array_size(quantiles) > 1000)
        return refuse(in, name, "a time that is none");
    s->n = (uint64_t)n;
    s->mode = xstrdup(mode);
    s->inputs = xstrdup(inputs);
    s->level = xstrdup("");
    s->settled = settled;
    s->sample = xcalloc(json_array_size(quantiles), sizeof *s->sample);
    json_array_foreach(quantiles, i, q) s->sample[s->nsamples++] = (float)json_number_value(q);
    return true;
}

static bool read_facts(struct reader *in, json_t *v, struct machine *m)
{
    for (int i = 0; i < MACHINE_FACTS; i++) {
        const json_t *fact = json_object_get(v, machine_facts[i].key);
        char *at = (char *)m + machine_facts[i].at;
        if (!fact)
            return refuse(in, "times", "a machine without %s", machine_facts[i].key);
        if (machine_facts[i].kind == FACT_TEXT)
            *(char **)at = xstrdup(json_string_value(fact));
        else if (machine_facts[i].kind == FACT_INT)
            *(int *)at = (int)json_integer_value(fact);
        else
            *(double *)at = json_is_number(fact) ? json_number_value(fact) : NAN;
    }
    return true;
}

static bool read_machine(struct reader *in, json_t *v, struct result *r)
{
    const char *name;
    json_t *cells, *cell;
    size_t i;
    const json_t *noise = json_object_get(v, "noise_floor");
    if (!read_facts(in, v, &r->machine))
        return false;
    r->noise_floor = json_is_number(noise) ? json_number_value(noise) : NAN;
    json_object_foreach(json_object_get(v, "kernels"), name, cells)
    {
        struct kernel_record *k = result_add_kernel(r);
        baseline_name(k, name);
        k->speed = xcalloc(json_array_size(cells), sizeof *k->speed);
        json_array_foreach(
            cells, i, cell) if (!read_cell(in, name, cell, &k->speed[k->nspeed++])) return false;
    }
    return true;
}

static bool read_times(struct reader *in, struct baseline *b, json_t *list)
{
    size_t i;
    json_t *v;
    json_array_foreach(list, i, v)
    {
        b->machine = xrealloc(b->machine, (size_t)(b->nmachines + 1) * sizeof *b->machine);
        struct result *r = b->machine[b->nmachines++] = result_new();
        if (!read_machine(in, v, r))
            return false;
    }
    return true;
}

static bool read_root(struct reader *in, struct baseline *b, json_t *root)
{
    json_error_t e;
    const char *sweep, *ulp;
    json_t *covers, *reasons, *formulas, *kernels, *times = NULL;
    json_int_t seed, evaluations;
    const json_t *version = json_object_get(root, "actulp_baseline");
    int number = 0;
    if (!json_is_integer(version))
        return refuse(in, "/",
                      json_object_get(root, "schema")
                          ? "a result; actulp baseline save makes a baseline"
                          : "no \"actulp_baseline\"");
    if (json_integer_value(version) != BASELINE_VERSION)
        return refuse(in, "/", "version %" JSON_INTEGER_FORMAT " is not known, only %d",
                      json_integer_value(version), BASELINE_VERSION);
    if (json_unpack_ex(root, &e, JSON_STRICT, "{s:i, s:s, s:I, s:I, s:s, s:o, s:o, s:o, s:o, s?o}",
                       "actulp_baseline", &number, "sweep", &sweep, "seed", &seed, "evaluations",
                       &evaluations, "ulp", &ulp, "covers", &covers, "reasons", &reasons,
                       "formulas", &formulas, "kernels", &kernels, "times", &times))
        return refuse(in, "/", "%s", e.text);
    if (strcmp(sweep, "quick") && strcmp(sweep, "full"))
        return refuse(in, "/sweep", "`%.40s' is neither quick nor full", sweep);
    if (seed < 0 || evaluations < 0)
        return refuse(in, "/", "a seed or number of evaluations below 0");
    b->sweep = xstrdup(sweep);
    b->ulp = xstrdup(ulp);
    b->seed = (uint64_t)seed;
    b->evaluations = (uint64_t)evaluations;
    return read_texts(in, "/covers", covers, &b->covers, &b->ncovers) &&
           read_reasons(in, b, reasons) && read_formulas(in, b, formulas) &&
           read_parts(in, b, kernels) && read_times(in, b, times);
}

struct baseline *baseline_read(const char *path, char *err, size_t errlen)
{
    json_error_t e;
    FILE *file = fopen(path, "r");
    if (!file) {
        snprintf(err, errlen, "%s: cannot read: %s", path, strerror(errno));
        return NULL;
    }
    json_t *root = json_loadf(file, JSON_REJECT_DUPLICATES, &e);
    fclose(file);
    if (!root) {
        snprintf(err, errlen, "%s:%d:%d: %s, expected the JSON of a baseline", path, e.line,
                 e.column, e.text);
        return NULL;
    }
    struct baseline *b = baseline_new();
    struct reader in = {path, err, errlen, true};
    bool good = read_root(&in, b, root);
    json_decref(root);
    if (good)
        return b;
    baseline_free(b);
    return NULL;
}
