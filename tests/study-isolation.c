/* study-isolation.c -- what do children, walls and watching cost in a sweep?  Not a test: it takes
 * a minute.  `make study-isolation' runs it; doc/measuring.md has what it said.
 *
 * The same inputs through the same kernel, graded by the same functions, in turn as a sweep does it
 * and in one plain loop of this process.  What is compared is the time of the processor, with all
 * that the system did for the children; per pair of turns a ratio, and the median of these.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../src/measure/sweep.h"
#include "../src/registry.h"
#include "../src/result/stats.h"

enum { TURNS = 7, UNIT = 1 << 20, SHARDS = 16 }; /* a sixteenth of all floats: 2^28 */

static double processor_seconds(int who)
{
    struct rusage r;
    getrusage(who, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           1e-6 * (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static double as_a_sweep(struct subject *s, struct tally *t)
{
    struct sweep_plan p = {
        .kind = SWEEP_FULL, .subject = &s, .nsubjects = 1, .seed = 1, .jobs = 1, .shards = SHARDS};
    struct sweep_outcome out;
    double start = processor_seconds(RUSAGE_SELF) + processor_seconds(RUSAGE_CHILDREN);
    sweep_run(&p, &out);
    double end = processor_seconds(RUSAGE_SELF) + processor_seconds(RUSAGE_CHILDREN);
    *t = out.tally[0];
    sweep_free(&out, 1);
    return end - start;
}

static double in_a_loop(struct subject *s, struct tally *t)
{
    static _Alignas(64) char in[8 * BLOCK], y[2][8 * BLOCK];
    static struct truth_run run[2];
    struct grading g;
    struct reference_tally reference = {0};
    struct kernel_facts facts = {.promise = s->kernel->promise};
    double start = processor_seconds(RUSAGE_SELF);
    grading_init(&g, s->function, s->in, s->out, s->param, MPFR_RNDN, false, true);
    tally_init(t);
    for (uint64_t unit = 0; unit < format_sign_bit(s->in); unit += (uint64_t)UNIT * SHARDS) {
        struct run_state state[2] = {{0}};
        struct tally part;
        tally_init(&part);
        for (uint64_t at = unit; at < unit + UNIT; at += BLOCK) {
            for (int minus = 0; minus < 2; minus++) {
                uint64_t x[BLOCK];
                lanes_count(at | (minus ? format_sign_bit(s->in) : 0), x, BLOCK);
                lanes_pack(s->in, x, BLOCK, in);
                truth_run_fill(&g, &run[minus], x, BLOCK, &reference);
                subject_call(s, in, y[minus], BLOCK);
                grade_run(&g, &run[minus], y[minus], at << 1 | (uint64_t)minus, &facts,
                          &state[minus], &part);
            }
            grade_symmetry(&g, &run[0], y[0], y[1], &part);
        }
        grade_settle(&g, &part);
        tally_merge(t, &part);
    }
    grading_free(&g);
    return processor_seconds(RUSAGE_SELF) - start;
}

static int study(struct registry *r, const char *name)
{
    struct subject *s = NULL;
    for (int i = 0; i < r->n; i++)
        if (!strcmp(r->subject[i]->name, name))
            s = r->subject[i];
    if (!s || !subject_runs_here(s)) {
        printf("%-28s does not run here\n", name);
        return 0;
    }
    double cost[TURNS], apart[TURNS];
    struct tally a, b;
    for (int i = 0; i < TURNS; i++) {
        apart[i] = as_a_sweep(s, &a);
        double plain = in_a_loop(s, &b);
        cost[i] = 100 * (apart[i] / plain - 1);
        apart[i] *= 1e9 / (double)a.inputs;
    }
    struct interval_estimate e = stats_median_interval(cost, TURNS, 0.95);
    struct interval_estimate ns = stats_median_interval(apart, TURNS, 0.95);
    printf("%-28s isolation costs %+.2f %% (%+.2f to %+.2f, 95 %%) of %.2f ns an input\n", name,
           e.value, e.lo, e.hi, ns.value);
    if (a.inputs != b.inputs || a.correct != b.correct || a.max_ulp != b.max_ulp) {
        printf("%-28s but the two did not grade the same\n", name);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const usual[] = {"relu/f32/naive/scalar", "tanh/f32/u1/avx2",
                                        "sigmoid/f32/naive/scalar"};
    struct registry r;
    int bad = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    registry_init(&r);
    for (int i = 1; i < argc; i++)
        bad |= study(&r, argv[i]);
    for (int i = 0; argc < 2 && i < 3; i++)
        bad |= study(&r, usual[i]);
    registry_free(&r);
    return bad;
}
