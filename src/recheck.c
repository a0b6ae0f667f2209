/* recheck.c -- see recheck.h. */
#include <math.h>
#include <string.h>
#include "measure/child.h"
#include "mem.h"
#include "recheck.h"
#include "../ref/truth.h"
#include "../reports/numbers.h"

static const struct kernel_record *named(const struct result *r, const char *name)
{
    for (int i = 0; r && i < r->nkernels; i++)
        if (!strcmp(r->kernel[i].name, name))
            return &r->kernel[i];
    return NULL;
}

/* ---- one input again ---- */

/* A kernel called for one input, in a child. */
struct replay {
    struct subject *subject;
    uint64_t x;
    uint64_t *y; /* shared */
};

static int replay_call(void *arg)
{
    struct replay *p = arg;
    char err[256];
    uint64_t in[8] = {p->x}, out[8] = {0};
    if (!subject_open(p->subject, err, sizeof err))
        return 1;
    subject_call(p->subject, in, out, 1);
    memcpy(p->y, out, format_bytes(p->subject->out));
    return 0;
}

/* The least that the error of S at X can be; NAN if it did not answer with a number. */
static double replay(struct subject *s, uint64_t x)
{
    struct replay p = {s, x, shared_alloc(sizeof *p.y)};
    struct child_result r = child_run(replay_call, &p, (struct child_limits){.seconds = 10});
    double error = NAN;
    if (r.end == CHILD_OK) {
        struct oracle *o =
            oracle_new(s->function, s->in == FORMAT_F64 ? FORMAT_F64 : FORMAT_F32, s->param);
        struct truth t;
        truth_at(o, s->in, x, s->out, MPFR_RNDN, &t);
        struct judgement j = truth_judge(&t, s->out, *p.y);
        if (j.verdict == VERDICT_NUMBER)
            error = j.lo;
        oracle_free(o);
    }
    shared_free(p.y, sizeof *p.y);
    return error;
}

static bool was_searched(const struct kernel_record *k)
{
    return k && k->has_accuracy && !strcmp(k->accuracy.coverage, "searched") &&
           !isnan(k->accuracy.max_ulp);
}

static void tell_at(struct comparison *c, enum finding_kind kind, const struct kernel_record *k,
                    const char *which, const struct witness *w, double old, double new)
{
    comparison_tell(c, kind, k->name, "error at the %s worst input, x = %s (%s): %s -> %s ulp",
                    which, num_hexfloat(w->x_value).text, num_bits(w->x, k->dtype).text,
                    num_exact(old).text, num_exact(new).text);
}

void recheck_searched(struct comparison *c, struct subject *const *new_subject,
                      struct subject *const *old_subject)
{
    for (int i = 0; i < c->new->nkernels; i++) {
        const struct kernel_record *new = &c->new->kernel[i], *old = named(c->old, new->name);
        if (!was_searched(new) || !was_searched(old))
            continue;
        const struct accuracy *a = &old->accuracy, *b = &new->accuracy;
        double error = replay(new_subject[i], a->worst.x);
        if (error > a->max_ulp)
            tell_at(c, FOUND_WORSE, new, "old", &a->worst, a->max_ulp, error);
        if (old_subject && b->max_ulp > a->max_ulp)
            tell_at(c, FOUND_CHANGED, new, "new", &b->worst, replay(old_subject[i], b->worst.x),
                    b->max_ulp);
    }
    comparison_settle(c);
}

void recheck_raise(struct kernel_record *new, const struct kernel_record *old, struct subject *s)
{
    if (!was_searched(new) || !was_searched(old))
        return;
    double error = replay(s, old->accuracy.worst.x);
    if (error > new->accuracy.max_ulp) {
        new->accuracy.max_ulp = error;
        new->accuracy.worst.x = old->accuracy.worst.x;
        new->accuracy.worst.x_value = old->accuracy.worst.x_value;
    }
}

/* ---- a second run ---- */

/* The subjects of which something got worse: in accuracy (SPEED false) or in time. */
static int worse_subjects(const struct comparison *c, const struct job *j, bool speed,
                          struct subject **list)
{
    const struct selection *sel = &j->selection;
    int n = 0;
    for (int i = 0; i < sel->nsubjects; i++) {
        bool worse = false;
        for (int f = 0; f < c->nfound; f++)
            worse |= c->found[f].kind == FOUND_WORSE && c->found[f].speed == speed &&
                     c->found[f].kernel && !strcmp(c->found[f].kernel, sel->subject[i]->name);
        if (worse)
            list[n++] = sel->subject[i];
    }
    return n;
}

/* The job for the N subjects of LIST alone, accuracy or speed. */
static struct result *run_again(const struct job *j, struct subject **list, int n, bool speed)
{
    struct job again = *j;
    again.selection.subject = list;
    again.selection.nsubjects = n;
    again.accuracy = !speed;
    again.speed = speed;
    again.checkpoint = NULL;
    return job_run(&again);
}

void recheck_accuracy(struct comparison *c, struct job *j)
{
    struct subject **list = xcalloc((size_t)j->selection.nsubjects, sizeof *list);
    int n = worse_subjects(c, j, false, list);
    struct result *again = n ? run_again(j, list, n, false) : NULL;
    for (int i = 0; i < n; i++) {
        const struct kernel_record *one = named(c->new, list[i]->name);
        const struct kernel_record *two = named(again, list[i]->name);
        if (one->has_accuracy && two->has_accuracy && one->accuracy.digest != two->accuracy.digest)
            comparison_tell(c, FOUND_WORSE, list[i]->name,
                            "a second run gave other results: it is not deterministic");
    }
    result_free(again);
    free(list);
    comparison_settle(c);
}

static bool worse_in(const struct comparison *c, const char *kernel)
{
    for (int i = 0; i < c->nfound; i++)
        if (c->found[i].kind == FOUND_WORSE && c->found[i].kernel &&
            !strcmp(c->found[i].kernel, kernel))
            return true;
    return false;
}

void recheck_speed(struct comparison *c, struct job *j, const struct compare_options *o)
{
    struct subject **list = xcalloc((size_t)j->selection.nsubjects, sizeof *list);
    int n = worse_subjects(c, j, true, list);
    if (n) {
        struct compare_options times = *o;
        struct result *again = run_again(j, list, n, true);
        times.no_accuracy = true;
        struct comparison *second = compare_results(c->old, again, &times);
        for (int i = 0; i < c->nfound; i++) {
            struct found *f = &c->found[i];
            if (f->kind != FOUND_WORSE || !f->speed || worse_in(second, f->kernel))
                continue;
            char *text = xasprintf("%s; not so in a second run", f->text);
            free(f->text);
            f->text = text;
            f->kind = FOUND_INCONCLUSIVE;
        }
        comparison_free(second);
        result_free(again);
    }
    free(list);
    comparison_settle(c);
}
