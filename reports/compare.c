/* compare.c -- what got worse between two results: see compare.h.
 *
 * To judge another figure of accuracy: a row in `figures'.
 */
#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "../src/result/stats.h"
#include "alloc.h"
#include "compare.h"
#include "numbers.h"
#include "view.h"

enum { FIRST_TOLERANCE_PERCENT = 5 };

/* One kernel in both results. */
struct pair {
    struct comparison *c;
    const struct compare_options *o;
    const struct result *old_result, *new_result;
    const struct kernel_record *old, *new;
    bool *judged; /* the comparison's */
    bool told;    /* anything about it */
};

static void vtell(struct comparison *c, enum finding_kind kind, const char *kernel,
                  const char *format, va_list ap)
{
    c->found = reallocate(c->found, (size_t)(c->nfound + 1) * sizeof *c->found);
    c->found[c->nfound++] =
        (struct found){.kind = kind, .kernel = duplicate(kernel), .text = formatted(format, ap)};
}

__attribute__((format(printf, 4, 5))) static void tell(struct comparison *c, enum finding_kind kind,
                                                       const char *kernel, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vtell(c, kind, kernel, format, ap);
    va_end(ap);
}

#define TELL(pair, kind, ...)                                  \
    do {                                                       \
        tell((pair)->c, kind, (pair)->new->name, __VA_ARGS__); \
        (pair)->told = true;                                   \
    } while (0)

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

/* As patterns of kernels on the command line: a glob, or the beginning of a name. */
static bool matches(const char *pattern, const char *name)
{
    int slashes = 0;
    for (const char *c = pattern; *c; c++)
        slashes += *c == '/';
    if (!fnmatch(pattern, name, 0))
        return true;
    size_t n = strlen(pattern);
    char *prefix = allocate(n + 3, 1);
    memcpy(prefix, pattern, n);
    memcpy(prefix + n, "/*", 2);
    bool begins = slashes < 3 && !fnmatch(prefix, name, 0);
    free(prefix);
    return begins;
}

static bool chosen(const struct compare_options *o, const char *name)
{
    for (int i = 0; i < o->npatterns; i++)
        if (matches(o->pattern[i], name))
            return true;
    return o->npatterns == 0;
}

/* --- accuracy --- */

/* Why the figures of two gradings cannot be set against each other; NULL: they can. */
static const char *unlike(const struct pair *p)
{
    const struct accuracy *a = &p->old->accuracy, *b = &p->new->accuracy;
    const struct request *qa = &p->old_result->request, *qb = &p->new_result->request;
    const struct function_record *fa = result_function(p->old_result, p->old->function);
    const struct function_record *fb = result_function(p->new_result, p->new->function);
    const struct {
        bool differ;
        const char *what;
    } reason[] = {
        {!same_text(a->coverage, b->coverage), "coverage"},
        {!same_text(a->sweep, b->sweep), "sweep"},
        {!same_text(a->shard, b->shard), "shard"},
        {a->inputs != b->inputs, "number of inputs"},
        {strcmp(a->coverage, "exhaustive") && qa->seed != qb->seed, "seed"},
        {!same_text(qa->ulp, qb->ulp), "definition of an ulp"},
        {!same_text(qa->rounding, qb->rounding), "rounding mode"},
        {qa->ftz != qb->ftz, "flushing of subnormals"},
        {fa && fb && !same_text(fa->formula, fb->formula), "formula"},
        {fa && fb &&
             (fa->nparams != fb->nparams ||
              (fa->nparams && memcmp(fa->param, fb->param, (size_t)fa->nparams * sizeof(double)))),
         "parameters"},
    };
    for (size_t i = 0; i < sizeof reason / sizeof *reason; i++)
        if (reason[i].differ)
            return reason[i].what;
    return NULL;
}

/* The limit that is allowed to KERNEL; the last that matches counts. */
static double allowed_ulp(const struct compare_options *o, const char *kernel)
{
    double ulp = -INFINITY;
    for (int i = 0; i < o->nallowances; i++)
        if (matches(o->allowance[i].glob, kernel))
            ulp = o->allowance[i].ulp;
    return ulp;
}

static struct num witness_text(const struct kernel_record *k, const struct witness *w)
{
    struct num n;
    snprintf(n.text, sizeof n.text, "x = %.24s (%.20s)", num_hexfloat(w->x_value).text,
             num_bits(w->x, k->dtype).text);
    return n;
}

static void compare_maximum(struct pair *p)
{
    const struct accuracy *a = &p->old->accuracy, *b = &p->new->accuracy;
    bool searched = !strcmp(b->coverage, "searched");
    bool allowed = b->max_ulp <= allowed_ulp(p->o, p->new->name);
    if (isnan(a->max_ulp) && isnan(b->max_ulp))
        return;
    if (a->max_ulp == b->max_ulp)
        return;
    bool worse = b->max_ulp > a->max_ulp || isnan(b->max_ulp);
    enum finding_kind kind = !worse     ? FOUND_BETTER
                             : searched ? FOUND_CHANGED
                             : allowed  ? FOUND_ALLOWED
                                        : FOUND_WORSE;
    TELL(p, kind, "largest error %s -> %s ulp at %s%s", num_exact(a->max_ulp).text,
         num_exact(b->max_ulp).text, witness_text(p->new, &b->worst).text,
         searched ? " (found by a search: a lower bound)" : "");
}

static uint64_t misrounded(const struct accuracy *a)
{
    return a->inputs - a->unjudged - a->correctly_rounded;
}

static void compare_misrounded(struct pair *p)
{
    uint64_t a = misrounded(&p->old->accuracy), b = misrounded(&p->new->accuracy);
    if (a == b || !strcmp(p->new->accuracy.coverage, "searched"))
        return;
    bool allowed = p->new->accuracy.max_ulp <= allowed_ulp(p->o, p->new->name);
    TELL(p,
         b < a     ? FOUND_BETTER
         : allowed ? FOUND_ALLOWED
                   : FOUND_WORSE,
         "results not correctly rounded: %s -> %s of %s, largest error %s ulp at %s",
         num_count(a).text, num_count(b).text, num_count(p->new->accuracy.inputs).text,
         num_ulp(p->new->accuracy.max_ulp).text,
         witness_text(p->new, &p->new->accuracy.worst).text);
}

static void compare_failures(struct pair *p)
{
    for (int f = 0; f < FAIL_COUNT; f++) {
        const struct count *a = &p->old->accuracy.failure[f], *b = &p->new->accuracy.failure[f];
        if (a->n == b->n)
            continue;
        if (b->n < a->n)
            TELL(p, FOUND_BETTER, "%s: %s -> %s inputs", failure_title[f], num_count(a->n).text,
                 num_count(b->n).text);
        else
            TELL(p, FOUND_WORSE, "%s: %s -> %s inputs, first %s gives %s", failure_title[f],
                 num_count(a->n).text, num_count(b->n).text, witness_text(p->new, &b->first).text,
                 num_value(b->first.y_value, p->new->dtype).text);
    }
}

static bool has_histogram(const struct accuracy *a)
{
    for (int i = 0; i < HISTOGRAM_BINS; i++)
        if (a->histogram[i])
            return true;
    return false; /* a baseline keeps none */
}

/* Errors moved between bins, or only the bits differ. */
static void compare_bits(struct pair *p)
{
    const struct accuracy *a = &p->old->accuracy, *b = &p->new->accuracy;
    if (a->digest == b->digest || p->told)
        return;
    const char *libc_old = p->old_result->machine.libc, *libc_new = p->new_result->machine.libc;
    bool same = !has_histogram(a) || !memcmp(a->histogram, b->histogram, sizeof a->histogram);
    TELL(p, FOUND_CHANGED,
         "other results (digest 0x%016" PRIx64 " -> 0x%016" PRIx64 "), %s%s%s%s%s", a->digest,
         b->digest, same ? "equal figures" : "errors in other places, equal maximum",
         same_text(libc_old, libc_new) ? "" : "; C library ",
         same_text(libc_old, libc_new) ? ""
         : libc_old                    ? libc_old
                                       : "unknown",
         same_text(libc_old, libc_new) ? "" : " -> ",
         same_text(libc_old, libc_new) ? ""
         : libc_new                    ? libc_new
                                       : "unknown");
}

/* Returns whether it was judged. */
static bool compare_accuracy(struct pair *p)
{
    if (!p->old->has_accuracy && !p->new->has_accuracy)
        return false;
    if (!p->old->has_accuracy || !p->new->has_accuracy) {
        if (p->old->has_accuracy)
            TELL(p, FOUND_INCOMPARABLE, "accuracy not measured any more");
        return false;
    }
    const char *why = unlike(p);
    if (why) {
        TELL(p, FOUND_INCOMPARABLE, "accuracy measured otherwise: another %s", why);
        return false;
    }
    compare_maximum(p);
    compare_misrounded(p);
    compare_failures(p);
    compare_bits(p);
    return true;
}

/* --- promises and contract --- */

static bool has_text(char *const *text, int n, const char *wanted)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(text[i], wanted))
            return true;
    return false;
}

/* The largest bound, NAN if there is none. */
static double promised(const struct kernel_record *k)
{
    double most = NAN;
    for (int i = 0; i < k->nbounds; i++)
        most = fmax(most, k->bound[i].ulp);
    return most;
}

static void compare_promises(struct pair *p)
{
    const struct kernel_record *a = p->old, *b = p->new;
    if (a->nbroken == 0 && b->nbroken)
        for (int i = 0; i < b->nbroken; i++)
            TELL(p, FOUND_WORSE, "breaks a promise: %s", b->broken[i]);
    if (a->nbroken && b->nbroken)
        for (int i = 0; i < b->nbroken; i++)
            if (!has_text(a->broken, a->nbroken, b->broken[i]))
                TELL(p, FOUND_WORSE, "breaks a promise otherwise than before: %s", b->broken[i]);
    if (a->nbroken && b->nbroken == 0)
        TELL(p, FOUND_BETTER, "keeps its promises again");
    double bound_old = promised(a), bound_new = promised(b);
    if (bound_old != bound_new && !(isnan(bound_old) && isnan(bound_new)))
        TELL(p, FOUND_CHANGED, "promises %s ulp instead of %s", num_general(bound_new).text,
             num_general(bound_old).text);
    for (int i = 0; i < a->nkeeps; i++)
        if (!has_text(b->keeps, b->nkeeps, a->keeps[i]))
            TELL(p, FOUND_WORSE, "no longer promises %s", a->keeps[i]);
    for (int i = 0; i < b->nkeeps; i++)
        if (!has_text(a->keeps, a->nkeeps, b->keeps[i]))
            TELL(p, FOUND_BETTER, "promises %s", b->keeps[i]);
}

static bool has_finding(const struct contract *c, const struct finding *f)
{
    for (int i = 0; i < c->nfindings; i++)
        if (!strcmp(c->finding[i].kind, f->kind))
            return true;
    return false;
}

/* Returns whether it was judged. */
static bool compare_contract(struct pair *p)
{
    const struct contract *a = &p->old->contract, *b = &p->new->contract;
    if (!p->old->has_contract || !p->new->has_contract)
        return false;
    for (int i = 0; i < b->nfindings; i++) {
        const struct finding *f = &b->finding[i];
        char place[256];
        if (has_finding(a, f))
            continue;
        finding_place(p->new, f, place, sizeof place);
        TELL(p, f->judged && !f->waived ? FOUND_WORSE : FOUND_CHANGED, "contract: %s: %s%s%s%s",
             f->kind, f->text, *place ? " (" : "", place, *place ? ")" : "");
    }
    for (int i = 0; i < a->nfindings; i++)
        if (!has_finding(b, &a->finding[i]))
            TELL(p, FOUND_BETTER, "contract: no longer: %s: %s", a->finding[i].kind,
                 a->finding[i].text);
    return true;
}

/* --- speed --- */

enum change judge_change(double lo, double hi, double tolerance)
{
    if (isnan(lo) || isnan(hi))
        return CHANGE_OPEN;
    if (lo > tolerance)
        return CHANGE_SLOWER;
    if (hi < -tolerance)
        return CHANGE_FASTER;
    return hi < tolerance ? CHANGE_EQUAL : CHANGE_OPEN;
}

static bool differ(double a, double b)
{
    return !(a == b);
} /* unknown equals nothing */

void machine_differences(const struct machine *a, const struct machine *b, char *text,
                         size_t length)
{
    const struct {
        const char *name;
        bool differ;
    } fact[] = {
        {"cpu_vendor", !a->cpu_vendor || !same_text(a->cpu_vendor, b->cpu_vendor)},
        {"cpu_model", !a->cpu_model || !same_text(a->cpu_model, b->cpu_model)},
        {"family", a->family != b->family},
        {"model", a->model != b->model},
        {"stepping", a->stepping != b->stepping},
        {"isas", !a->isas || !same_text(a->isas, b->isas)},
        {"cores", a->cores != b->cores},
        {"l1d_bytes", differ(a->l1d_bytes, b->l1d_bytes)},
        {"l2_bytes", differ(a->l2_bytes, b->l2_bytes)},
        {"l3_bytes", differ(a->l3_bytes, b->l3_bytes)},
    };
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < sizeof fact / sizeof *fact; i++)
        if (fact[i].differ && used < length)
            used += (size_t)snprintf(text + used, length - used, "%s%s", used ? ", " : "",
                                     fact[i].name);
}

/* Two cells of one kernel, and how likely the new samples would come out so large by chance. */
struct timing {
    struct pair *pair;
    const struct speed *old, *new;
    double p;
};

static const struct speed *counterpart(const struct kernel_record *k, const struct speed *c)
{
    for (int i = 0; i < k->nspeed; i++) {
        const struct speed *s = &k->speed[i];
        if (s->n == c->n && same_text(s->mode, c->mode) && same_text(s->inputs, c->inputs))
            return s;
    }
    return NULL;
}

/* Samples beyond the tolerance, by ranks: does more than the tolerance separate them? */
static double chance(const struct speed *a, const struct speed *b, double tolerance)
{
    double *x = allocate((size_t)a->nsamples, sizeof *x),
           *y = allocate((size_t)b->nsamples, sizeof *y);
    for (int i = 0; i < a->nsamples; i++)
        x[i] = (double)a->sample[i] * (1 + tolerance);
    for (int i = 0; i < b->nsamples; i++)
        y[i] = (double)b->sample[i];
    double p = stats_rank_test(x, (size_t)a->nsamples, y, (size_t)b->nsamples);
    free(x);
    free(y);
    return p;
}

static void judge_timing(const struct timing *t, double tolerance, bool beyond_chance)
{
    struct comparison *c = t->pair->c;
    const struct speed *a = t->old, *b = t->new;
    double lo = b->ns_lo / a->ns_hi - 1, hi = b->ns_hi / a->ns_lo - 1;
    enum change change = judge_change(lo, hi, tolerance);
    bool settled = a->settled && b->settled;
    char what[256];
    snprintf(what, sizeof what, "%s, n = %" PRIu64 ": %s -> %s ns (%+.1f to %+.1f %%)", b->mode,
             b->n, num_ns(a->ns).text, num_ns(b->ns).text, 100 * lo, 100 * hi);
    if (change == CHANGE_EQUAL)
        return;
    if (change == CHANGE_FASTER)
        TELL(t->pair, FOUND_BETTER, "faster: %s", what);
    else if (change == CHANGE_SLOWER && settled && beyond_chance)
        TELL(t->pair, FOUND_WORSE, "slower: %s", what);
    else
        TELL(t->pair, FOUND_INCONCLUSIVE, "time: %s%s", what, settled ? "" : "; not settled");
    c->found[c->nfound - 1].speed = true;
}

/* No finer than what the machine could tell apart in either run. */
static double tolerance_of(struct comparison *c, const struct compare_options *o)
{
    double asked = o->tolerance > 0 ? o->tolerance : FIRST_TOLERANCE_PERCENT / 100.0;
    double floor = fmax(c->old->noise_floor, c->new->noise_floor); /* fmax skips a NaN */
    if (!(floor > asked))
        return asked;
    tell(c, FOUND_NOTE, NULL, "tolerance of times raised from %.3g %% to the noise floor, %.3g %%",
         100 * asked, 100 * floor);
    return floor;
}

/* The cells that both have, of all pairs; returns their number. */
static size_t collect_timings(struct pair *pair, int npairs, double tolerance, struct timing **list)
{
    size_t n = 0;
    *list = NULL;
    for (int i = 0; i < npairs; i++)
        for (int j = 0; j < pair[i].new->nspeed; j++) {
            const struct speed *new = &pair[i].new->speed[j];
            const struct speed *old = counterpart(pair[i].old, new);
            if (!old || !(old->ns > 0) || !(new->ns > 0))
                continue;
            *list = reallocate(*list, (n + 1) * sizeof **list);
            (*list)[n++] = (struct timing){&pair[i], old, new, chance(old, new, tolerance)};
        }
    return n;
}

static void refuse_speed(struct comparison *c, const struct compare_options *o, const char *why)
{
    tell(c, o->speed == SPEED_REQUIRED ? FOUND_INCOMPARABLE : FOUND_NOTE, NULL,
         "speed not compared: %s", why);
}

static bool any_times(const struct result *r)
{
    for (int i = 0; i < r->nkernels; i++)
        if (r->kernel[i].nspeed)
            return true;
    return false;
}

static void compare_speed(struct comparison *c, struct pair *pair, int npairs,
                          const struct compare_options *o)
{
    const struct result *old = c->old, *new = c->new;
    char differences[256], why[320];
    for (int i = 0; i < npairs && o->speed == SPEED_BY_CALLER; i++)
        *pair[i].judged = true;
    if (o->speed == SPEED_IGNORED || o->speed == SPEED_BY_CALLER)
        return;
    if (!any_times(old) || !any_times(new)) {
        if (o->speed == SPEED_REQUIRED || any_times(old) != any_times(new))
            refuse_speed(c, o,
                         any_times(old) ? "the new result has no times"
                                        : "the old result has no times");
        return;
    }
    machine_differences(&old->machine, &new->machine, differences, sizeof differences);
    if (*differences) {
        snprintf(why, sizeof why, "the machines differ or are not known in %s", differences);
        refuse_speed(c, o, why);
        return;
    }
    double tolerance = tolerance_of(c, o);
    struct timing *t;
    size_t n = collect_timings(pair, npairs, tolerance, &t);
    double *p = allocate(n, sizeof *p);
    bool *falls = allocate(n, sizeof *falls);
    for (size_t i = 0; i < n; i++)
        p[i] = t[i].p;
    stats_holm(p, n, 0.05, falls);
    for (size_t i = 0; i < n; i++) {
        judge_timing(&t[i], tolerance, falls[i]);
        *t[i].pair->judged = true;
    }
    if (n == 0)
        refuse_speed(c, o, "no size, mode and inputs in common");
    free(p);
    free(falls);
    free(t);
}

/* --- all of it --- */

static const struct kernel_record *kernel_named(const struct result *r, const char *name)
{
    for (int i = 0; i < r->nkernels; i++)
        if (!strcmp(r->kernel[i].name, name))
            return &r->kernel[i];
    return NULL;
}

static const char *why_gone(const struct kernel_record *k, const struct result *new)
{
    if (!strcmp(k->isa, "ext"))
        return "not measured: of an outside library";
    if (new->machine.isas && !strstr(new->machine.isas, k->isa))
        return "not measured: this machine cannot run it";
    return "gone";
}

static void tell_unpaired(struct comparison *c, const struct compare_options *o)
{
    const struct result *old = c->old, *new = c->new;
    for (int i = 0; i < new->nkernels; i++)
        if (c->chosen[i] && !kernel_named(old, new->kernel[i].name))
            tell(c, FOUND_ADDED, new->kernel[i].name, "new");
    for (int i = 0; i < old->nkernels; i++)
        if (chosen(o, old->kernel[i].name) && !kernel_named(new, old->kernel[i].name))
            tell(c, FOUND_REMOVED, old->kernel[i].name, "%s", why_gone(&old->kernel[i], new));
}

/* A limit for nothing is a slip of the pen. */
static void tell_idle_allowances(struct comparison *c, const struct compare_options *o)
{
    for (int i = 0; i < o->nallowances; i++) {
        bool any = false;
        for (int k = 0; k < c->new->nkernels; k++)
            any |= matches(o->allowance[i].glob, c->new->kernel[k].name);
        if (!any)
            tell(c, FOUND_NOTE, NULL, "the limit for %s concerns no kernel", o->allowance[i].glob);
    }
}

/* Stable: by kind, then as told. */
static void sort_found(struct comparison *c)
{
    struct found *sorted = allocate((size_t)c->nfound, sizeof *sorted);
    int n = 0;
    for (int kind = 0; kind < FOUND_KINDS; kind++)
        for (int i = 0; i < c->nfound; i++)
            if (c->found[i].kind == (enum finding_kind)kind)
                sorted[n++] = c->found[i];
    free(c->found);
    c->found = sorted;
}

static bool any_found(const struct comparison *c, enum finding_kind kind)
{
    for (int i = 0; i < c->nfound; i++)
        if (c->found[i].kind == kind)
            return true;
    return false;
}

static enum verdict_code verdict_of(const struct comparison *c)
{
    if (any_found(c, FOUND_WORSE))
        return VERDICT_REGRESSION;
    if (any_found(c, FOUND_INCOMPARABLE))
        return VERDICT_INCOMPARABLE;
    return any_found(c, FOUND_INCONCLUSIVE) ? VERDICT_INCONCLUSIVE : VERDICT_HELD;
}

/* The kernels of both that are chosen. */
static int collect_pairs(struct comparison *c, const struct compare_options *o, struct pair *pair)
{
    int n = 0;
    for (int i = 0; i < c->new->nkernels; i++) {
        const struct kernel_record *now = &c->new->kernel[i];
        const struct kernel_record *before = kernel_named(c->old, now->name);
        c->chosen[i] = chosen(o, now->name);
        if (before && c->chosen[i])
            pair[n++] = (struct pair){c, o, c->old, c->new, before, now, &c->judged[i], false};
    }
    return n;
}

void comparison_tell(struct comparison *c, enum finding_kind kind, const char *kernel,
                     const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vtell(c, kind, kernel, format, ap);
    va_end(ap);
}

static bool anything_told(const struct comparison *c, const char *kernel)
{
    for (int i = 0; i < c->nfound; i++)
        if (c->found[i].kernel && c->found[i].kind != FOUND_NOTE &&
            !strcmp(c->found[i].kernel, kernel))
            return true;
    return false;
}

void comparison_settle(struct comparison *c)
{
    sort_found(c);
    c->compared = c->equal = 0;
    for (int i = 0; i < c->new->nkernels; i++) {
        c->compared += c->judged[i];
        c->equal += c->judged[i] && !anything_told(c, c->new->kernel[i].name);
    }
    c->verdict = verdict_of(c);
}

struct comparison *compare_results(const struct result *old, const struct result *new,
                                   const struct compare_options *o)
{
    struct comparison *c = allocate(1, sizeof *c);
    size_t n = (size_t) new->nkernels;
    struct pair *pair = allocate(n, sizeof *pair);
    bool any = false;
    *c = (struct comparison){.old = old,
                             .new = new,
                             .chosen = allocate(n, sizeof *c->chosen),
                             .judged = allocate(n, sizeof *c->judged)};
    c->pairs = collect_pairs(c, o, pair);
    for (int i = 0; i < c->pairs && !o->no_accuracy; i++) {
        *pair[i].judged |= compare_accuracy(&pair[i]);
        compare_promises(&pair[i]);
        *pair[i].judged |= compare_contract(&pair[i]);
    }
    compare_speed(c, pair, c->pairs, o);
    tell_unpaired(c, o);
    tell_idle_allowances(c, o);
    for (int i = 0; i < c->pairs; i++)
        any |= *pair[i].judged;
    if (c->pairs == 0)
        tell(c, FOUND_INCOMPARABLE, NULL,
             o->npatterns ? "no kernel that matches is in both results"
                          : "no kernel is in both results");
    if (c->pairs && !any && !any_found(c, FOUND_INCOMPARABLE))
        tell(c, FOUND_INCOMPARABLE, NULL, "nothing was measured in both results");
    comparison_settle(c);
    free(pair);
    return c;
}

void comparison_free(struct comparison *c)
{
    for (int i = 0; i < c->nfound; i++) {
        free(c->found[i].kernel);
        free(c->found[i].text);
    }
    free(c->found);
    free(c->chosen);
    free(c->judged);
    free(c);
}
