/* under.c -- see under.h. */
#include <math.h>
#include <string.h>
#include "under.h"
#include "mem.h"

enum { DRAWN = 1 << 16, DRAWN_F64 = 1 << 12 }; /* f64 has no fast reference */

/* As inputs in memory, exact in F. */
static struct inputs draw(const struct inputs *in, uint64_t seed, enum format f)
{
    size_t bytes = format_bytes(f);
    struct inputs drawn = {.name = in->name, .n = f == FORMAT_F64 ? DRAWN_F64 : DRAWN};
    unsigned char *packed = xcalloc(drawn.n, bytes);
    drawn.value = xcalloc(drawn.n, sizeof *drawn.value);
    inputs_fill(in, seed, f, packed, drawn.n);
    for (size_t i = 0; i < drawn.n; i++) {
        uint64_t pattern = 0;
        memcpy(&pattern, packed + i * bytes, bytes);
        drawn.value[i] = format_to_double(f, pattern);
    }
    free(packed);
    return drawn;
}

static double share_outside(double below, double above, const double *x, size_t n)
{
    size_t outside = 0;
    for (size_t i = 0; i < n; i++)
        outside += x[i] <= below || x[i] >= above; /* false where there is no threshold: NAN */
    return (double)outside / (double)n;
}

static void shares(struct accuracy *a, const double *x, size_t n)
{
    a->under.saturated = share_outside(a->saturates_below, a->saturates_above, x, n);
    a->under.exact_saturated =
        share_outside(a->exact_saturates_below, a->exact_saturates_above, x, n);
}

void under_record(const struct tally *t, const char *name, const double *x, size_t n,
                  struct accuracy *a)
{
    struct accuracy b = {0};
    tally_record(t, FORMAT_F32, FORMAT_F32, false, &b);
    double inputs = (double)t->inputs;
    a->has_under = t->inputs > 0;
    a->under = (struct under){
        .inputs = xstrdup(name),
        .n = t->inputs,
        .mean_ulp = b.mean_ulp,
        .correct = (double)t->correct / inputs,
        .mean = t->moment.lost ? NAN : ldexp((double)t->moment.sum, -MOMENT_BITS) / inputs,
        .exact_mean =
            t->moment.exact_lost ? NAN : ldexp((double)t->moment.exact_sum, -MOMENT_BITS) / inputs,
        .zero = (double)t->moment.zeros / inputs,
        .exact_zero = (double)t->moment.exact_zeros / inputs,
    };
    shares(a, x, n);
    free(b.segment);
}

void under_sweep(const struct sweep_plan *plan, const struct inputs *in, struct accuracy **a)
{
    struct sweep_plan again = *plan;
    struct inputs drawn = draw(in, plan->seed, plan->subject[0]->in);
    int *place = xcalloc((size_t)plan->nsubjects, sizeof *place);
    struct sweep_outcome out;
    again.kind = SWEEP_FILE;
    again.file = &drawn;
    again.shard = 0;
    again.shards = 1;
    again.checkpoint = NULL;
    again.evaluations = 0;
    again.progress = NULL;
    again.subject = xcalloc((size_t)plan->nsubjects, sizeof *again.subject);
    again.nsubjects = 0;
    for (int i = 0; i < plan->nsubjects; i++)
        if (a[i]) {
            place[again.nsubjects] = i;
            again.subject[again.nsubjects++] = plan->subject[i];
        }
    if (again.nsubjects) {
        sweep_run(&again, &out);
        for (int i = 0; i < again.nsubjects && !out.interrupted; i++)
            if (out.graded[i])
                under_record(&out.tally[i], in->name, drawn.value, drawn.n, a[place[i]]);
        sweep_free(&out, again.nsubjects);
    }
    free(again.subject);
    free(place);
    free(drawn.value);
}

void under_again(struct accuracy *a, uint64_t seed, enum format f)
{
    struct inputs in;
    char err[256];
    if (!a->has_under || !inputs_parse(&in, a->under.inputs, err, sizeof err))
        return;
    struct inputs drawn = draw(&in, seed, f);
    shares(a, drawn.value, drawn.n);
    free(drawn.value);
    inputs_clear(&in);
}
