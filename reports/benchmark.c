/* benchmark.c -- the array that github-action-benchmark charts over time, as its tool
 * `customSmallerIsBetter': times and largest errors of every kernel. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "../src/result/json.h"
#include "report.h"
#include "view.h"

struct array {
    FILE *out;
    int n;
};

/* EXTRA and RANGE may be NULL. */
static void put_entry(struct array *a, const char *name, const char *unit, double value,
                      const char *range, const char *extra)
{
    fputs(a->n++ ? ",\n  {\"name\": " : "\n  {\"name\": ", a->out);
    json_write_text(a->out, name);
    fprintf(a->out, ", \"unit\": \"%s\", \"value\": ", unit);
    json_write_number(a->out, value);
    if (range) {
        fputs(", \"range\": ", a->out);
        json_write_text(a->out, range);
    }
    if (extra) {
        fputs(", \"extra\": ", a->out);
        json_write_text(a->out, extra);
    }
    fputc('}', a->out);
}

static void put_time(struct array *a, const struct kernel_record *k, const struct speed *s)
{
    char name[512], range[64];
    if (!isfinite(s->ns))
        return;
    if (strcmp(s->mode, "latency"))
        snprintf(name, sizeof name, "%s: %s of %" PRIu64 ", %s", k->name, s->mode, s->n, s->inputs);
    else
        snprintf(name, sizeof name, "%s: latency, %s", k->name, s->inputs);
    snprintf(range, sizeof range, "%.6g to %.6g", s->ns_lo, s->ns_hi);
    put_entry(a, name, "ns/element", s->ns, isfinite(s->ns_lo + s->ns_hi) ? range : NULL,
              s->settled ? NULL : "not settled");
}

void report_benchmark(const struct result *r, const struct report_options *o, FILE *out)
{
    struct array a = {out, 0};
    (void)o;
    fputc('[', out);
    for (int i = 0; i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        char name[512], extra[256];
        if (k->has_accuracy && isfinite(k->accuracy.max_ulp)) {
            snprintf(name, sizeof name, "%s: largest error", k->name);
            accuracy_word(&k->accuracy, extra, sizeof extra);
            put_entry(&a, name, "ulp", k->accuracy.max_ulp, NULL, extra);
        }
        for (int s = 0; s < k->nspeed; s++)
            put_time(&a, k, &k->speed[s]);
    }
    fputs(a.n ? "\n]\n" : "]\n", out);
}
