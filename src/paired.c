/* paired.c -- see paired.h. */
#include <math.h>
#include <string.h>
#include "measure/count.h"
#include "mem.h"
#include "paired.h"
#include "progress.h"

/* Shares of the time of a cell: the first two are enough for most. */
static const double pass_share[] = {0.05, 0.05, 0.1, 0.2, 0.25, 0.35};
enum { PASSES = sizeof pass_share / sizeof *pass_share };
static const double LEAST_SECONDS =
    0.5; /* of a cell in a pass: ten processes, by which they differ */

/* What is known of a cell while passes go on. */
struct inquiry {
    enum change said; /* by the last pass */
    int agreeing;     /* passes in a row that said so */
    int needed;
    bool closed;
};

struct contest {
    const struct paired_plan *plan;
    struct paired *cell;
    struct inquiry *inquiry;
    struct machine *machine;
    double *noise_floor;
    char *note;
};

static void show(void *arg, double done, double left)
{
    (void)left;
    progress_show(arg, done, "");
}

/* How likely the median of new / old lies at the tolerance or below, by the width of its interval.
 */
static double chance_of(const struct versus *v, double tolerance)
{
    double error = log(v->hi / v->lo) / (2 * 1.96);
    if (isnan(error))
        return 1;
    if (!(error > 0))
        return v->ratio > 1 + tolerance ? 0 : 1;
    return 0.5 * erfc((log(v->ratio) - log1p(tolerance)) / error / sqrt(2));
}

/* Equal only within what was asked for, slower or faster only beyond what can be told apart. */
static enum change said_by(const struct versus *v, double asked, double raised)
{
    enum change change = judge_change(v->lo - 1, v->hi - 1, raised);
    if (change == CHANGE_EQUAL && (isnan(v->lo) || !(v->hi - 1 < asked)))
        return CHANGE_OPEN;
    return change;
}

static void count_both(struct contest *c, int i, struct paired *cell)
{
    const struct paired_plan *p = c->plan;
    for (int side = 0; side < 2; side++) {
        struct instruction_count n;
        char err[200];
        bool good = count_instructions(p->pair[i / p->nsizes][side], &p->inputs, p->seed,
                                       COUNT_ELEMENTS, &n, err, sizeof err);
        cell->count[side] = good && n.repeatable ? n.per_element : NAN;
        if (!good && !*c->note)
            snprintf(c->note, 256, "%s", err);
    }
}

/* What one more pass has to say about cell I. */
static void hear(struct contest *c, int i, struct versus *v, double raised)
{
    struct paired *cell = &c->cell[i];
    struct inquiry *q = &c->inquiry[i];
    enum change said = said_by(v, c->plan->tolerance, raised);
    if (q->closed) { /* another size of the pair is open */
        free(v->sample[0]);
        free(v->sample[1]);
        return;
    }
    free(cell->last.sample[0]);
    free(cell->last.sample[1]);
    cell->last = *v;
    cell->tolerance = raised;
    cell->chance = chance_of(v, raised);
    cell->passes++;
    q->agreeing = said == q->said ? q->agreeing + 1 : 1;
    q->said = said;
    q->needed = said == CHANGE_EQUAL ? 1 : q->needed > 2 ? q->needed : 2;
    if (said == CHANGE_SLOWER && q->agreeing == 2 && q->needed == 2) {
        count_both(c, i, cell);
        if (!(cell->count[1] > cell->count[0]))
            q->needed = 3;
    }
    q->closed = said != CHANGE_OPEN && q->agreeing >= q->needed;
}

/* The pairs of which a cell is open; returns their number. */
static int open_pairs(const struct contest *c, int *pair)
{
    int n = 0, sizes = c->plan->nsizes;
    for (int i = 0; i < c->plan->npairs; i++) {
        bool open = false;
        for (int s = 0; s < sizes; s++)
            open |= !c->inquiry[i * sizes + s].closed;
        if (open)
            pair[n++] = i;
    }
    return n;
}

static void blame(struct contest *c, const int *pair, const struct speed_fault *f)
{
    int sizes = c->plan->nsizes, first = f->subject < 0 ? 0 : pair[f->subject / 2],
        last = f->subject < 0 ? c->plan->npairs - 1 : first;
    for (int i = first * sizes; i < (last + 1) * sizes; i++) {
        if (!c->cell[i].fault)
            c->cell[i].fault = xasprintf("%s%s",
                                         f->subject < 0   ? ""
                                         : f->subject % 2 ? "the new one: "
                                                          : "the old one: ",
                                         f->text);
        c->inquiry[i].closed = true;
        c->inquiry[i].said = CHANGE_OPEN;
    }
}

/* Times the N pairs of the list PAIR once more. */
static void pass(struct contest *c, int number, const int *pair, int n)
{
    const struct paired_plan *p = c->plan;
    char what[48];
    snprintf(what, sizeof what, "old against new, pass %d", number + 1);
    struct speed_plan plan = {.nsubjects = 2 * n,
                              .nsizes = p->nsizes,
                              .inputs = p->inputs,
                              .seed = p->seed + (uint64_t)number,
                              .seconds = fmax(p->seconds * pass_share[number], LEAST_SECONDS) * n *
                                         p->nsizes,
                              .cpu = p->cpu,
                              .clock = p->clock,
                              .progress = show,
                              .progress_arg = what};
    memcpy(plan.size, p->size, (size_t)p->nsizes * sizeof *plan.size);
    plan.subject = xcalloc(2 * (size_t)n, sizeof *plan.subject);
    for (int i = 0; i < n; i++)
        memcpy(&plan.subject[2 * i], p->pair[pair[i]], 2 * sizeof *plan.subject);
    struct versus *v = xcalloc((size_t)(n * p->nsizes), sizeof *v);
    struct speed_fault *fault = xcalloc(2 * (size_t)n + 1, sizeof *fault);
    int nfaults = speed_versus(&plan, v, fault, c->machine, c->noise_floor);
    double raised = fmax(p->tolerance, *c->noise_floor); /* fmax skips a NaN */
    for (int i = 0; i < n; i++)
        for (int s = 0; s < p->nsizes; s++)
            hear(c, pair[i] * p->nsizes + s, &v[i * p->nsizes + s], raised);
    for (int f = 0; f < nfaults; f++)
        blame(c, pair, &fault[f]);
    free(plan.subject);
    free(v);
    free(fault);
}

void paired_run(const struct paired_plan *plan, struct paired *cells, struct machine *machine,
                double *noise_floor, char *note)
{
    int n = plan->npairs * plan->nsizes;
    struct contest c = {plan,    cells,       xcalloc((size_t)n, sizeof *c.inquiry),
                        machine, noise_floor, note};
    int *pair = xcalloc((size_t)plan->npairs, sizeof *pair);
    *note = 0;
    for (int i = 0; i < n; i++) {
        cells[i] = (struct paired){.chance = NAN, .count = {NAN, NAN}};
        c.inquiry[i] = (struct inquiry){.said = CHANGE_OPEN};
    }
    for (int number = 0, left; number < PASSES && (left = open_pairs(&c, pair)) > 0; number++)
        pass(&c, number, pair, left);
    for (int i = 0; i < n; i++)
        cells[i].change = c.inquiry[i].closed ? c.inquiry[i].said : CHANGE_OPEN;
    progress_clear();
    free(pair);
    free(c.inquiry);
}

void paired_free(struct paired *cells, int n)
{
    for (int i = 0; i < n; i++) {
        free(cells[i].fault);
        free(cells[i].last.sample[0]);
        free(cells[i].last.sample[1]);
    }
    free(cells);
}
