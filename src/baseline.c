/* baseline.c -- see baseline.h: what is put into a baseline, and what a result is compared with.
 * The file is baseline_json.c's. */
#include <math.h>
#include <string.h>
#include "baseline_records.h"
#include "mem.h"
#include "../ref/format.h"
#include "../reports/compare.h"

enum { QUANTILES = 15 }; /* of the samples of a time: enough for a rank test, few enough to read */

struct baseline *baseline_new(void)
{
    return xcalloc(1, sizeof(struct baseline));
}

void baseline_free(struct baseline *b)
{
    free(b->sweep);
    free(b->ulp);
    for (int i = 0; i < b->ncovers; i++)
        free(b->covers[i]);
    free(b->covers);
    for (int i = 0; i < b->nreasons; i++) {
        free(b->reason[i].date);
        free(b->reason[i].text);
    }
    for (int i = 0; i < b->nformulas; i++) {
        free(b->formula[i].function);
        free(b->formula[i].text);
    }
    for (int i = 0; i < b->nparts; i++) {
        free(b->part[i].key);
        result_free(b->part[i].result);
    }
    for (int i = 0; i < b->nmachines; i++)
        result_free(b->machine[i]);
    free(b->reason);
    free(b->formula);
    free(b->part);
    free(b->machine);
    free(b);
}

/* ---- records ---- */

/* Function, dtype, method and ISA from the parts of a name. */
void baseline_name(struct kernel_record *k, const char *name)
{
    char **const part[] = {&k->function, &k->dtype, &k->method, &k->isa};
    const char *s = name;
    k->name = xstrdup(name);
    k->origin = xstrdup("baseline");
    for (int i = 0; i < 3; i++) {
        size_t n = strcspn(s, "/");
        *part[i] = xasprintf("%.*s", (int)n, s);
        s += n + (s[n] == '/');
    }
    const char *slash = strrchr(name, '/');
    k->isa = xstrdup(slash ? slash + 1 : "");
}

static char **texts_copy(char *const *text, int n)
{
    char **copy = xcalloc((size_t)n, sizeof *copy);
    for (int i = 0; i < n; i++)
        copy[i] = xstrdup(text[i]);
    return copy;
}

double baseline_input(const char *dtype, uint64_t x)
{
    char in[8];
    snprintf(in, sizeof in, "%.*s", (int)strcspn(dtype, ">"), dtype);
    int f = format_by_name(in);
    return f < 0 ? NAN : format_to_double((enum format)f, x);
}

static void accuracy_copy(struct accuracy *a, const struct accuracy *from)
{
    a->coverage = xstrdup(from->coverage);
    a->inputs = from->inputs;
    /* Of inputs judged, the misrounded ones are what is kept. */
    a->correctly_rounded = from->correctly_rounded + from->unjudged;
    a->max_ulp = from->max_ulp;
    a->worst.x = from->worst.x;
    a->worst.x_value = from->worst.x_value;
    for (int f = 0; f < FAIL_COUNT; f++)
        a->failure[f].n = from->failure[f].n;
    a->digest = from->digest;
}

/* What is kept of FROM, into the empty record K. */
static void kernel_copy(struct kernel_record *k, const struct kernel_record *from)
{
    baseline_name(k, from->name);
    k->has_contract = from->has_contract;
    if (from->has_contract) {
        const struct contract *c = &from->contract;
        k->contract.verdict = xstrdup(c->verdict);
        k->contract.finding = xcalloc((size_t)c->nfindings, sizeof *c->finding);
        for (int i = 0; i < c->nfindings; i++)
            k->contract.finding[k->contract.nfindings++] =
                (struct finding){.kind = xstrdup(c->finding[i].kind),
                                 .text = xstrdup("of the baseline"),
                                 .judged = c->finding[i].judged};
    }
    k->nbroken = from->nbroken;
    k->broken = texts_copy(from->broken, from->nbroken);
    k->has_accuracy = from->has_accuracy;
    if (from->has_accuracy)
        accuracy_copy(&k->accuracy, &from->accuracy);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct kernel_record *)a)->name, ((const struct kernel_record *)b)->name);
}

void baseline_sort(struct result *r)
{
    qsort(r->kernel, (size_t)r->nkernels, sizeof *r->kernel, by_name);
}

static int find_kernel(const struct result *r, const char *name)
{
    for (int i = 0; i < r->nkernels; i++)
        if (!strcmp(r->kernel[i].name, name))
            return i;
    return -1;
}

/* Removes kernel I by the means that result_free has: in a result of its own. */
static void drop_kernel(struct result *r, int i)
{
    struct result *grave = result_new();
    *result_add_kernel(grave) = r->kernel[i];
    result_free(grave);
    memmove(&r->kernel[i], &r->kernel[i + 1], (size_t)(--r->nkernels - i) * sizeof *r->kernel);
}

struct baseline_part *baseline_part(struct baseline *b, const char *key)
{
    int i = 0;
    while (i < b->nparts && strcmp(b->part[i].key, key) < 0)
        i++;
    if (i < b->nparts && !strcmp(b->part[i].key, key))
        return &b->part[i];
    b->part = xrealloc(b->part, (size_t)(b->nparts + 1) * sizeof *b->part);
    memmove(&b->part[i + 1], &b->part[i], (size_t)(b->nparts++ - i) * sizeof *b->part);
    b->part[i] = (struct baseline_part){xstrdup(key), result_new()};
    return &b->part[i];
}

void baseline_put(struct baseline *b, const char *key, const struct kernel_record *k)
{
    struct result *r = baseline_part(b, key)->result;
    int old = find_kernel(r, k->name);
    if (old >= 0)
        drop_kernel(r, old);
    kernel_copy(result_add_kernel(r), k);
    baseline_sort(r);
}

void baseline_drop(struct baseline *b, const char *name)
{
    for (int i = 0; i < b->nparts; i++) {
        int k = find_kernel(b->part[i].result, name);
        if (k >= 0)
            drop_kernel(b->part[i].result, k);
    }
}

const struct kernel_record *baseline_find(const struct baseline *b, const char *key,
                                          const char *name)
{
    for (int i = 0; i < b->nparts; i++) {
        int k = key && strcmp(key, b->part[i].key) ? -1 : find_kernel(b->part[i].result, name);
        if (k >= 0)
            return &b->part[i].result->kernel[k];
    }
    return NULL;
}

/* ---- formulas and reasons ---- */

char *baseline_formula_text(const struct function_record *f)
{
    char *text = xstrdup(f->formula);
    for (int i = 0; i < f->nparams; i++) {
        char *more = xasprintf("%s; %s = %.17g", text, f->param_name[i], f->param[i]);
        free(text);
        text = more;
    }
    return text;
}

const char *baseline_formula(const struct baseline *b, const char *id)
{
    for (int i = 0; i < b->nformulas; i++)
        if (!strcmp(b->formula[i].function, id))
            return b->formula[i].text;
    return NULL;
}

void baseline_set_formula(struct baseline *b, const char *id, char *text)
{
    int i = 0;
    while (i < b->nformulas && strcmp(b->formula[i].function, id) < 0)
        i++;
    if (i < b->nformulas && !strcmp(b->formula[i].function, id)) {
        free(b->formula[i].text);
        b->formula[i].text = text;
        return;
    }
    b->formula = xrealloc(b->formula, (size_t)(b->nformulas + 1) * sizeof *b->formula);
    memmove(&b->formula[i + 1], &b->formula[i], (size_t)(b->nformulas++ - i) * sizeof *b->formula);
    b->formula[i] = (struct baseline_formula){xstrdup(id), text};
}

void baseline_put_formula(struct baseline *b, const struct function_record *f)
{
    baseline_set_formula(b, f->id, baseline_formula_text(f));
}

void baseline_cover(struct baseline *b, const char *pattern)
{
    for (int i = 0; i < b->ncovers; i++)
        if (!strcmp(b->covers[i], pattern))
            return;
    b->covers = xrealloc(b->covers, (size_t)(b->ncovers + 1) * sizeof *b->covers);
    b->covers[b->ncovers++] = xstrdup(pattern);
}

void baseline_add_reason(struct baseline *b, const char *date, const char *text)
{
    b->reason = xrealloc(b->reason, (size_t)(b->nreasons + 1) * sizeof *b->reason);
    b->reason[b->nreasons++] = (struct baseline_reason){xstrdup(date), xstrdup(text)};
}

/* ---- times ---- */

const struct machine_fact machine_facts[MACHINE_FACTS] = {
    {"cpu_vendor", offsetof(struct machine, cpu_vendor), FACT_TEXT},
    {"cpu_model", offsetof(struct machine, cpu_model), FACT_TEXT},
    {"family", offsetof(struct machine, family), FACT_INT},
    {"model", offsetof(struct machine, model), FACT_INT},
    {"stepping", offsetof(struct machine, stepping), FACT_INT},
    {"isas", offsetof(struct machine, isas), FACT_TEXT},
    {"cores", offsetof(struct machine, cores), FACT_INT},
    {"l1d_bytes", offsetof(struct machine, l1d_bytes), FACT_NUMBER},
    {"l2_bytes", offsetof(struct machine, l2_bytes), FACT_NUMBER},
    {"l3_bytes", offsetof(struct machine, l3_bytes), FACT_NUMBER},
};

static void copy_facts(struct machine *m, const struct machine *from)
{
    for (int i = 0; i < MACHINE_FACTS; i++) {
        char *at = (char *)m + machine_facts[i].at;
        const char *source = (const char *)from + machine_facts[i].at;
        if (machine_facts[i].kind == FACT_TEXT)
            *(char **)at = xstrdup(*(char *const *)source);
        else if (machine_facts[i].kind == FACT_INT)
            *(int *)at = *(const int *)source;
        else
            *(double *)at = *(const double *)source;
    }
}

const struct result *baseline_times(const struct baseline *b, const struct machine *m)
{
    char differences[256];
    for (int i = 0; i < b->nmachines; i++) {
        machine_differences(&b->machine[i]->machine, m, differences, sizeof differences);
        if (!*differences)
            return b->machine[i];
    }
    return NULL;
}

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* A cell with QUANTILES of its samples instead of all. */
static void copy_speed(struct speed *s, const struct speed *from)
{
    *s = *from;
    s->level = xstrdup(from->level);
    s->inputs = xstrdup(from->inputs);
    s->mode = xstrdup(from->mode);
    s->nsamples = from->nsamples < QUANTILES ? from->nsamples : QUANTILES;
    s->sample = xcalloc((size_t)s->nsamples, sizeof *s->sample);
    float *sorted = xcalloc((size_t)from->nsamples, sizeof *sorted);
    if (from->nsamples)
        memcpy(sorted, from->sample, (size_t)from->nsamples * sizeof *sorted);
    qsort(sorted, (size_t)from->nsamples, sizeof *sorted, ascending);
    for (int i = 0; i < s->nsamples; i++)
        s->sample[i] = sorted[(2 * i + 1) * from->nsamples / (2 * s->nsamples)];
    free(sorted);
}

void baseline_put_times(struct baseline *b, const struct result *r)
{
    struct result *m = (struct result *)(uintptr_t)baseline_times(b, &r->machine);
    if (!m) {
        b->machine = xrealloc(b->machine, (size_t)(b->nmachines + 1) * sizeof *b->machine);
        m = b->machine[b->nmachines++] = result_new();
        copy_facts(&m->machine, &r->machine);
    }
    m->noise_floor = r->noise_floor;
    for (int i = 0; i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        int old = find_kernel(m, k->name);
        if (!k->nspeed)
            continue;
        if (old >= 0)
            drop_kernel(m, old);
        struct kernel_record *new = result_add_kernel(m);
        baseline_name(new, k->name);
        new->speed = xcalloc((size_t)k->nspeed, sizeof *new->speed);
        for (int j = 0; j < k->nspeed; j++)
            copy_speed(&new->speed[new->nspeed++], &k->speed[j]);
    }
    baseline_sort(m);
}

/* ---- what a result is compared with ---- */

/* A baseline keeps no promises: those of the new record count for both. */
static void assume_promises(struct result *old, const struct result *new)
{
    for (int i = 0; i < old->nkernels; i++)
        for (int j = 0; j < new->nkernels; j++) {
            struct kernel_record *k = &old->kernel[i];
            const struct kernel_record *from = &new->kernel[j];
            if (strcmp(k->name, from->name) || k->nbounds || k->nkeeps)
                continue;
            k->nbounds = from->nbounds;
            k->bound = xcalloc((size_t)from->nbounds, sizeof *k->bound);
            memcpy(k->bound, from->bound, (size_t)from->nbounds * sizeof *k->bound);
            k->nkeeps = from->nkeeps;
            k->keeps = xcalloc((size_t)from->nkeeps, sizeof *k->keeps);
            for (int w = 0; w < from->nkeeps; w++)
                k->keeps[w] = xstrdup(from->keeps[w]);
        }
}

/* A function whose formula is not the one of the baseline: the old record says so. */
static void assume_formulas(struct result *old, const struct baseline *b, const struct result *new)
{
    for (int i = 0; i < new->nfunctions; i++) {
        const struct function_record *f = &new->function[i];
        const char *was = baseline_formula(b, f->id);
        char *is = baseline_formula_text(f);
        if (was && strcmp(was, is)) {
            struct function_record *other = result_add_function(old);
            other->id = xstrdup(f->id);
            other->formula = xstrdup(was);
        }
        free(is);
    }
}

static void assume_times(struct result *old, const struct baseline *b, const struct result *new)
{
    const struct result *times = baseline_times(b, &new->machine);
    if (!times && b->nmachines)
        times = b->machine[0]; /* compare says in what the machines differ */
    if (!times)
        return;
    struct baseline *copy = baseline_new();
    baseline_put_times(copy, times);
    struct result *r = copy->machine[0];
    struct machine machine = old->machine;
    old->machine = r->machine;
    r->machine = machine;
    old->noise_floor = r->noise_floor;
    for (int i = 0; i < old->nkernels; i++)
        for (int j = 0; j < r->nkernels; j++)
            if (!strcmp(old->kernel[i].name, r->kernel[j].name)) {
                old->kernel[i].speed = r->kernel[j].speed;
                old->kernel[i].nspeed = r->kernel[j].nspeed;
                r->kernel[j].speed = NULL;
                r->kernel[j].nspeed = 0;
            }
    baseline_free(copy);
}

/* The records under any of KEYS. */
static struct result *records_under(const struct baseline *b, const char *const *keys)
{
    struct result *r = result_new();
    for (int i = 0; i < b->nparts; i++) {
        bool wanted = false;
        for (const char *const *key = keys; *key; key++)
            wanted |= !strcmp(b->part[i].key, *key);
        for (int k = 0; wanted && k < b->part[i].result->nkernels; k++)
            kernel_copy(result_add_kernel(r), &b->part[i].result->kernel[k]);
    }
    return r;
}

struct result *baseline_result(const struct baseline *b, const char *const *keys,
                               const struct result *new)
{
    struct result *old = records_under(b, keys);
    old->request.seed = b->seed;
    old->request.ulp = xstrdup(b->ulp);
    old->request.rounding = xstrdup(new->request.rounding);
    for (int i = 0; i < old->nkernels; i++)
        if (old->kernel[i].has_accuracy)
            old->kernel[i].accuracy.sweep = xstrdup(b->sweep);
    assume_promises(old, new);
    assume_formulas(old, b, new);
    assume_times(old, b, new);
    old->machine.libc = xstrdup(new->machine.libc); /* the keys have seen to it */
    return old;
}
