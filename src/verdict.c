/* verdict.c -- see verdict.h.  One row of `properties' per promise that is a count of failures. */
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include "verdict.h"
#include "measure/machine.h"
#include "mem.h"
#include "result/stats.h"

static const struct property {
    enum keeps keeps;
    enum failure failure;
    const char *what; /* what happened instead */
} properties[] = {
    {KEEPS_RANGE, FAIL_RANGE, "left its range"},
    {KEEPS_MONOTONE, FAIL_MONOTONE, "stepped back where the function is monotone"},
    {KEEPS_SYMMETRY, FAIL_SYMMETRY, "broke the symmetry"},
    {KEEPS_SUBNORMAL, FAIL_FLUSHED, "flushed a subnormal result to zero"},
    {KEEPS_NAN, FAIL_NAN, "gave NaN where a number was due"},
    {KEEPS_NAN, FAIL_NOT_NAN, "gave a number for a NaN"},
    {KEEPS_INF, FAIL_INF, "gave an infinity where a finite number was due"},
    {KEEPS_INF, FAIL_NOT_INF, "gave a finite number where an infinity was due"},
    {KEEPS_INF, FAIL_LIMIT, "missed the limit at an infinite input"},
    {KEEPS_ZERO, FAIL_ZERO_SIGN, "gave a zero of the wrong sign"},
};

static bool fused(const struct subject *s)
{
    const char *a = isa_arithmetic(s->kernel->isa);
    return a && !strcmp(a, "fma");
}

static double promised(const struct subject *s, const struct bound *b)
{
    return fused(s) ? b->fma : b->plain;
}

void verdict_promise(const struct subject *s, struct kernel_record *k)
{
    const struct promise *p = &s->kernel->promise;
    while (k->nbounds < MAX_BOUNDS && p->bound[k->nbounds].plain > 0)
        k->nbounds++;
    k->bound = xcalloc((size_t)k->nbounds + 1, sizeof *k->bound);
    for (int i = 0; i < k->nbounds; i++)
        k->bound[i] =
            (struct bound_record){p->bound[i].lo, p->bound[i].hi, promised(s, &p->bound[i])};
    k->keeps = xcalloc(KEEPS_WORDS + 1, sizeof *k->keeps);
    for (int i = 0; i < KEEPS_WORDS; i++)
        if (p->keeps & (1u << i))
            k->keeps[k->nkeeps++] = xstrdup(keeps_word[i]);
}

__attribute__((format(printf, 2, 3))) static void broken(struct kernel_record *k,
                                                         const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    k->broken = xrealloc(k->broken, (size_t)(k->nbroken + 1) * sizeof *k->broken);
    k->broken[k->nbroken++] = xvasprintf(format, ap);
    va_end(ap);
}

static bool promises(const struct kernel_record *k, enum keeps bit)
{
    for (int i = 0; i < KEEPS_WORDS; i++)
        for (int w = 0; (bit & (1u << i)) && w < k->nkeeps; w++)
            if (!strcmp(k->keeps[w], keeps_word[i]))
                return true;
    return false;
}

static void judge_bounds(struct kernel_record *k, const struct tally *t, enum format in,
                         enum format out)
{
    for (int i = 0; i < k->nbounds; i++) {
        const struct bound_record *b = &k->bound[i];
        if (t->bound[i].max_ulp > b->ulp + TALLY_RESOLUTION)
            broken(k, "%.6g ulp at x = %a, where at most %g is promised", t->bound[i].max_ulp,
                   format_to_double(in, t->bound[i].worst.x), b->ulp);
        if (t->bound[i].failures) {
            const struct tally_point *p = &t->bound[i].first_failure;
            broken(k, "no number for %llu inputs of the promised interval, first x = %a: %g",
                   (unsigned long long)t->bound[i].failures, format_to_double(in, p->x),
                   format_to_double(out, p->y));
        }
        if (promises(k, KEEPS_CR) && t->bound[i].misrounded)
            broken(k, "%llu results are not correctly rounded, as promised",
                   (unsigned long long)t->bound[i].misrounded);
    }
}

void verdict_judge(struct kernel_record *k, const struct tally *tally, enum format in,
                   enum format out)
{
    if (k->has_contract)
        for (int i = 0; i < k->contract.nfindings; i++) {
            const struct finding *f = &k->contract.finding[i];
            if (f->judged && !f->waived)
                broken(k, "contract: %s: %s", f->kind, f->text);
        }
    if (!tally)
        return;
    judge_bounds(k, tally, in, out);
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        const struct property *p = &properties[i];
        const struct tally_count *c = &tally->failure[p->failure];
        if (promises(k, p->keeps) && c->n)
            broken(k, "%s for %llu inputs, first x = %a: %.9g", p->what, (unsigned long long)c->n,
                   format_to_double(in, c->first.x), format_to_double(out, c->first.y));
    }
}
