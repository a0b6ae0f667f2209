/* choose.c -- which kernel: see choose.h.
 *
 * To add a condition: a row in `conditions', the first that fails is the reason.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "../src/result/json.h"
#include "../src/result/stats.h"
#include "alloc.h"
#include "choose.h"
#include "numbers.h"
#include "view.h"
#include "words.h"

/* --- what is asked --- */

static int keeps_bit(const char *word, size_t length)
{
    static const struct {
        const char *word, *means;
    } alias[] = {{"in-range", "range"}, {"odd", "symmetry"}, {"even", "symmetry"}};
    for (size_t i = 0; i < sizeof alias / sizeof *alias; i++)
        if (strlen(alias[i].word) == length && !strncmp(alias[i].word, word, length))
            return keeps_bit(alias[i].means, strlen(alias[i].means));
    for (int i = 0; i < KEEPS_WORDS; i++)
        if (strlen(keeps_word[i]) == length && !strncmp(keeps_word[i], word, length))
            return i;
    return -1;
}

bool wish_require(struct wish *w, const char *list, char *err, size_t length)
{
    if (!*list) {
        snprintf(err, length, "expected one or more properties, as monotone,in-range");
        return false;
    }
    for (const char *word = list; *word;) {
        size_t n = strcspn(word, ",");
        int bit = keeps_bit(word, n);
        if (n == strlen("ftz-safe") && !strncmp(word, "ftz-safe", n))
            w->ftz_safe = true;
        else if (bit >= 0)
            w->require |= 1u << bit;
        else {
            snprintf(err, length,
                     "no property is called '%.*s'; expected one of in-range, monotone, "
                     "symmetry, subnormal, nan, inf, zero-sign, bitwise-stable, "
                     "correctly-rounded, ftz-safe",
                     (int)n, word);
            return false;
        }
        word += n + (word[n] == ',');
    }
    return true;
}

/* --- conditions: each says why CANDIDATE fails it, or returns true --- */

typedef bool condition(const struct result *r, const struct wish *w, struct candidate *c);

static bool in_list(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ','))
        if (strcspn(at, ",") == n && !strncmp(at, word, n))
            return true;
    return false;
}

static bool right_isa(const struct result *r, const struct wish *w, struct candidate *c)
{
    (void)r;
    if (!w->isas || in_list(w->isas, c->kernel->isa))
        return true;
    snprintf(c->why, sizeof c->why, "needs %.20s", c->kernel->isa);
    return false;
}

static bool was_graded(const struct result *r, const struct wish *w, struct candidate *c)
{
    (void)r, (void)w;
    if (c->kernel->has_accuracy)
        return true;
    snprintf(c->why, sizeof c->why, "its accuracy was not measured");
    return false;
}

static bool keeps_promises(const struct result *r, const struct wish *w, struct candidate *c)
{
    (void)r, (void)w;
    if (c->kernel->nbroken == 0)
        return true;
    snprintf(c->why, sizeof c->why, "breaks a promise: %.150s", c->kernel->broken[0]);
    return false;
}

static bool right_class(const struct result *r, const struct wish *w, struct candidate *c)
{
    (void)r, (void)w;
    for (int f = FAIL_NAN; f <= FAIL_LIMIT; f++) {
        const struct count *failure = &c->kernel->accuracy.failure[f];
        if (failure->n == 0)
            continue;
        snprintf(c->why, sizeof c->why, "%s, for %s input%s, first x = %s", failure_title[f],
                 num_count(failure->n).text, failure->n == 1 ? "" : "s",
                 num_hexfloat(failure->first.x_value).text);
        return false;
    }
    return true;
}

static bool accurate_enough(const struct result *r, const struct wish *w, struct candidate *c)
{
    (void)r;
    const struct accuracy *a = &c->kernel->accuracy;
    if (w->max_ulp == 0 || a->max_ulp <= w->max_ulp)
        return true;
    snprintf(c->why, sizeof c->why, "%s ulp at x = %s", kernel_max_ulp(c->kernel).text,
             num_hexfloat(a->worst.x_value).text);
    return false;
}

/* Failures that contradict a property, by the bit of keeps_word. */
static bool contradicts(int bit, enum failure f)
{
    static const struct {
        const char *word;
        enum failure failure;
    } row[] = {
        {"range", FAIL_RANGE},         {"monotone", FAIL_MONOTONE},
        {"symmetry", FAIL_SYMMETRY},   {"subnormal", FAIL_FLUSHED},
        {"subnormal", FAIL_ZERO_LOST}, {"nan", FAIL_NAN},
        {"nan", FAIL_NOT_NAN},         {"inf", FAIL_INF},
        {"inf", FAIL_NOT_INF},         {"inf", FAIL_LIMIT},
        {"zero-sign", FAIL_ZERO_SIGN},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (row[i].failure == f && !strcmp(row[i].word, keeps_word[bit]))
            return true;
    return false;
}

static bool has_properties(const struct result *r, const struct wish *w, struct candidate *c)
{
    (void)r;
    const struct kernel_record *k = c->kernel;
    for (int bit = 0; bit < KEEPS_WORDS; bit++) {
        if (!(w->require & 1u << bit))
            continue;
        bool promised = false;
        for (int i = 0; i < k->nkeeps; i++)
            promised |= !strcmp(k->keeps[i], keeps_word[bit]);
        if (!promised) {
            snprintf(c->why, sizeof c->why, "does not promise %s", keeps_word[bit]);
            return false;
        }
        for (int f = 0; f < FAIL_COUNT; f++)
            if (contradicts(bit, f) && k->accuracy.failure[f].n) {
                snprintf(c->why, sizeof c->why, "%s, for %s input%s", failure_title[f],
                         num_count(k->accuracy.failure[f].n).text,
                         k->accuracy.failure[f].n == 1 ? "" : "s");
                return false;
            }
    }
    return true;
}

static bool ftz_safe(const struct result *r, const struct wish *w, struct candidate *c)
{
    if (!w->ftz_safe || r->request.ftz)
        return true; /* graded so, and the other conditions hold */
    snprintf(c->why, sizeof c->why, "was not graded with subnormals flushed (--ftz)");
    return false;
}

static const char not_timed[] = "was not timed so";

static bool was_timed(const struct result *r, const struct wish *w, struct candidate *c)
{
    (void)r, (void)w;
    if (c->speed && c->speed->ns > 0)
        return true;
    snprintf(c->why, sizeof c->why, "%s", not_timed);
    return false;
}

static condition *const conditions[] = {right_isa,   was_graded,      keeps_promises,
                                        right_class, accurate_enough, has_properties,
                                        ftz_safe,    was_timed};

/* --- the choice --- */

static const struct speed *cell_of(const struct kernel_record *k, const struct wish *w)
{
    for (int i = 0; i < k->nspeed; i++) {
        const struct speed *s = &k->speed[i];
        if (strcmp(s->mode, w->latency ? "latency" : "throughput"))
            continue;
        if ((w->latency || s->n == w->size) && (!w->inputs || !strcmp(s->inputs, w->inputs)))
            return s;
    }
    return NULL;
}

static int by_merit(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->qualifies != y->qualifies)
        return x->qualifies ? -1 : 1;
    if (x->qualifies && x->speed->ns != y->speed->ns)
        return x->speed->ns < y->speed->ns ? -1 : 1;
    double ulp_x = x->kernel->accuracy.max_ulp, ulp_y = y->kernel->accuracy.max_ulp;
    if (x->qualifies && ulp_x != ulp_y)
        return ulp_x < ulp_y ? -1 : 1;
    return strcmp(x->kernel->name, y->kernel->name);
}

/* Why the I-th, which would do, was not taken: it is slower than the first, and perhaps another
 * that is not slower errs no more. */
static void explain_slower(const struct choice *c, int i)
{
    struct candidate *mine = &c->candidate[i];
    const struct candidate *pick = c->pick, *by = NULL;
    double ulp = mine->kernel->accuracy.max_ulp;
    for (int j = 0; j < i && !by; j++)
        if (c->candidate[j].kernel->accuracy.max_ulp <= ulp)
            by = &c->candidate[j];
    snprintf(mine->why, sizeof mine->why, "%.2f times as slow, %s (%s ulp)%s%s",
             mine->speed->ns / pick->speed->ns,
             ulp < pick->kernel->accuracy.max_ulp ? "more accurate" : "not more accurate",
             kernel_max_ulp(mine->kernel).text, by ? ": dominated by " : "",
             by ? kernel_short_name(by->kernel) : "");
}

struct choice *choose(const struct result *r, const struct wish *w)
{
    struct choice *c = allocate(1, sizeof *c);
    c->wish = *w;
    if (!c->wish.dtype)
        c->wish.dtype = "f32";
    if (!c->wish.size)
        c->wish.size = result_main_size(r);
    c->candidate = allocate((size_t)r->nkernels, sizeof *c->candidate);
    for (int i = 0; i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        if (strcmp(k->function, w->function) || strcmp(k->dtype, c->wish.dtype))
            continue;
        struct candidate *new = &c->candidate[c->n++];
        *new = (struct candidate){.kernel = k, .speed = cell_of(k, &c->wish), .qualifies = true};
        for (size_t j = 0; j < sizeof conditions / sizeof *conditions && new->qualifies; j++)
            new->qualifies = conditions[j](r, &c->wish, new);
    }
    qsort(c->candidate, (size_t)c->n, sizeof *c->candidate, by_merit);
    if (c->n > 0 && c->candidate[0].qualifies)
        c->pick = &c->candidate[0];
    if (c->n > 1 && c->candidate[1].qualifies)
        c->runner_up = &c->candidate[1];
    c->close = c->runner_up && c->runner_up->speed->ns_lo <= c->pick->speed->ns_hi;
    for (int i = 1; i < c->n && c->candidate[i].qualifies; i++)
        explain_slower(c, i);
    return c;
}

void choice_free(struct choice *c)
{
    free(c->candidate);
    free(c);
}

/* --- words --- */

enum { MIND_ULP = 4 }; /* a pick that errs by more is told of, unless --max-ulp allowed it */

static void put_candidate(struct text *t, const char *label, const struct candidate *c)
{
    put_labelled(t, label, "%s", c->kernel->name);
    put_labelled(t, "", "%s ns per element (%s to %s), %s %s ulp, %s %% correctly rounded",
                 num_ns(c->speed->ns).text, num_ns(c->speed->ns_lo).text,
                 num_ns(c->speed->ns_hi).text,
                 strcmp(c->kernel->accuracy.coverage, "exhaustive") ? "largest found" : "at most",
                 num_ulp(c->kernel->accuracy.max_ulp).text,
                 num_share(accuracy_share_correct(&c->kernel->accuracy)).text);
}

static void put_use(struct text *t, const struct kernel_record *k)
{
    if (!strcmp(k->method, "naive-fastmath"))
        put_labelled(t, "use",
                     "its function compiled with -ffast-math; whether others keep these "
                     "figures depends on compiler and version");
    else if (k->symbol)
        put_labelled(t, "use", "%s of %s (%s)", k->symbol, k->origin ? k->origin : "its library",
                     k->signature ? k->signature : "signature not known");
    else
        put_labelled(t, "use", "actulp export '%s' -o kernel.c writes it as one C file", k->name);
}

/* Why each lost; those that lost for the same reason together. */
static void put_reasons(struct text *t, const struct choice *c)
{
    const struct kernel_record **same = allocate((size_t)c->n, sizeof *same);
    for (int i = 0; i < c->n; i++) {
        const char *why = c->candidate[i].why;
        char names[1024];
        int n = 0;
        bool told = &c->candidate[i] == c->pick;
        for (int j = 0; j < i; j++)
            told |= !strcmp(c->candidate[j].why, why) && &c->candidate[j] != c->pick;
        if (told)
            continue;
        for (int j = i; j < c->n; j++)
            if (!strcmp(c->candidate[j].why, why))
                same[n++] = c->candidate[j].kernel;
        kernel_names(NULL, same, n, names, sizeof names);
        put_line(t, 2, "%s: %s", names, why);
    }
    free(same);
}

/* What was timed, for whoever asked for what was not. */
static void put_timed(struct text *t, const struct choice *c)
{
    const struct kernel_record *k = c->n ? c->candidate[0].kernel : NULL;
    char words[512] = "";
    size_t used = 0;
    bool asked = false;
    for (int i = 0; i < c->n; i++)
        asked |= !strcmp(c->candidate[i].why, not_timed);
    for (int i = 0; asked && i < k->nspeed && used < sizeof words; i++) {
        const struct speed *s = &k->speed[i];
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s of %s, %s", i ? "; " : "",
                                 s->mode, num_count(s->n).text, s->inputs);
    }
    if (*words)
        put_labelled(t, "timed were", "%s", words);
}

void choice_text(const struct choice *c, const struct report_options *o, FILE *out)
{
    struct text t = text_to(out, o);
    char heading[256];
    if (c->wish.latency)
        snprintf(heading, sizeof heading, "%s %s, by the latency of single calls", c->wish.function,
                 c->wish.dtype);
    else
        snprintf(heading, sizeof heading, "%s %s, %s elements a call", c->wish.function,
                 c->wish.dtype, num_count(c->wish.size).text);
    put_heading(&t, heading);
    if (c->pick) {
        put_style(&t, GREEN);
        put_candidate(&t, "pick", c->pick);
        put_style(&t, PLAIN);
        put_use(&t, c->pick->kernel);
        if (c->wish.max_ulp == 0 && c->pick->kernel->accuracy.max_ulp > MIND_ULP)
            put_labelled(&t, "mind", "it errs by %s ulp; --max-ulp %d asks for less",
                         num_ulp(c->pick->kernel->accuracy.max_ulp).text, MIND_ULP);
    } else {
        put_labelled(&t, "pick", "none of %d kernels meets every condition", c->n);
    }
    if (c->runner_up) {
        put_candidate(&t, "runner-up", c->runner_up);
        if (c->close)
            put_labelled(&t, "", "their times overlap: either may be the faster");
    }
    put_reasons(&t, c);
    if (!c->pick)
        put_timed(&t, c);
}

static void json_candidate(FILE *out, const struct candidate *c)
{
    if (!c) {
        fputs("null", out);
        return;
    }
    const struct kernel_record *k = c->kernel;
    fputs("{\"kernel\": ", out);
    json_write_text(out, k->name);
    fputs(", \"method\": ", out);
    json_write_text(out, k->method);
    fputs(", \"isa\": ", out);
    json_write_text(out, k->isa);
    fputs(", \"ns_per_element\": ", out);
    json_write_number(out, c->speed ? c->speed->ns : NAN);
    fputs(", \"max_ulp\": ", out);
    json_write_number(out, k->has_accuracy ? k->accuracy.max_ulp : NAN);
    fputs(", \"coverage\": ", out);
    if (k->has_accuracy)
        json_write_text(out, k->accuracy.coverage);
    else
        fputs("null", out);
    if (c->why[0]) {
        fputs(", \"why_not\": ", out);
        json_write_text(out, c->why);
    }
    fputc('}', out);
}

void choice_json(const struct choice *c, FILE *out)
{
    fputs("{\n  \"function\": ", out);
    json_write_text(out, c->wish.function);
    fputs(",\n  \"dtype\": ", out);
    json_write_text(out, c->wish.dtype);
    fprintf(out, ",\n  \"elements_per_call\": %" PRIu64 ",\n  \"pick\": ",
            c->wish.latency ? 0 : c->wish.size);
    json_candidate(out, c->pick);
    fputs(",\n  \"runner_up\": ", out);
    json_candidate(out, c->runner_up);
    fprintf(out, ",\n  \"close\": %s,\n  \"others\": [", c->close ? "true" : "false");
    int shown = 0;
    for (int i = 0; i < c->n; i++) {
        if (&c->candidate[i] == c->pick || &c->candidate[i] == c->runner_up)
            continue;
        fputs(shown++ ? ",\n    " : "\n    ", out);
        json_candidate(out, &c->candidate[i]);
    }
    fputs(shown ? "\n  ]\n}\n" : "]\n}\n", out);
}
