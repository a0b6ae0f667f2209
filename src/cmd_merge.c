/* cmd_merge.c -- actulp merge: the parts of a sharded sweep become the result of the whole. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "measure/accuracy.h"
#include "mem.h"
#include "output.h"
#include "under.h"
#include "result/json.h"
#include "verdict.h"

enum { MAX_PARTS = 4096 };

struct arguments {
    const char *path[MAX_PARTS], *output;
    int n;
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "write the result to FILE instead of standard output", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'o':
        a->output = arg;
        break;
    case ARGP_KEY_ARG:
        if (a->n == MAX_PARTS)
            die_usage("at most %d parts", MAX_PARTS);
        a->path[a->n++] = arg;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {options,
                                 parse,
                                 "PART.json...",
                                 "Joins the results of `actulp check --shard I/N', all N of them.",
                                 0,
                                 0,
                                 0};

/* ---- do the parts fit? ---- */

static bool same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static void must_fit(const struct result *a, const struct result *b, const char *path)
{
    if (a->nkernels != b->nkernels || !same(a->build.formulas_digest, b->build.formulas_digest) ||
        !same(a->build.version, b->build.version) || a->request.seed != b->request.seed ||
        !same(a->request.rounding, b->request.rounding) || a->request.ftz != b->request.ftz)
        die(EXIT_INCOMPARABLE, "%s: of another build or another job than the first part", path);
    for (int i = 0; i < a->nkernels; i++)
        if (!same(a->kernel[i].name, b->kernel[i].name))
            die(EXIT_INCOMPARABLE, "%s: kernel %s where the first part has %s", path,
                b->kernel[i].name, a->kernel[i].name);
}

/* Part I of N of a kernel's sweep; dies if the record is no part. */
static int shard_of(const struct accuracy *a, int *of, const char *path)
{
    int i, n;
    if (!a->shard || !a->tally || sscanf(a->shard, "%d/%d", &i, &n) != 2 || i < 1 || i > n)
        die_usage("%s: not a part of a sharded sweep", path);
    *of = n;
    return i;
}

/* ---- joining ---- */

static void formats(const char *dtype, enum format *in, enum format *out)
{
    const char *gt = strchr(dtype, '>');
    char first[8];
    snprintf(first, sizeof first, "%.*s", gt ? (int)(gt - dtype) : 7, dtype);
    int a = format_by_name(first), b = gt ? format_by_name(gt + 1) : a;
    if (a < 0 || b < 0)
        die_usage("dtype %s: unknown", dtype);
    *in = (enum format)a;
    *out = (enum format)b;
}

/* What the reference did, and how long all took. */
static void add_efforts(struct accuracy *a, const struct accuracy *b)
{
    uint64_t ours[TIER_COUNT], theirs[TIER_COUNT];
    tiers_read(ours, a);
    tiers_read(theirs, b);
    for (int t = 0; t < TIER_COUNT; t++)
        ours[t] += theirs[t];
    for (int i = 0; i < a->ntiers; i++)
        free(a->tier_name[i]);
    free(a->tier_name);
    free(a->tier_count);
    a->ntiers = 0;
    tiers_record(ours, a);
    a->audits += b->audits;
    a->violations += b->violations;
    a->seconds_kernel += b->seconds_kernel;
    a->seconds_reference += b->seconds_reference;
    a->seconds_bookkeeping += b->seconds_bookkeeping;
}

static void read_tally(struct tally *t, const struct accuracy *a, const char *path)
{
    if (!tally_parse(t, a->tally))
        die_usage("%s: the tally of a part is damaged", path);
}

static void forget_verdict(struct kernel_record *k)
{
    for (int i = 0; i < k->nbroken; i++)
        free(k->broken[i]);
    free(k->broken);
    k->broken = NULL;
    k->nbroken = 0;
}

/* Joins the accuracy at AT of the N kernels of all parts into that of the first; their SUM. */
static void join(struct accuracy **at, const struct arguments *a, enum format in, enum format out,
                 struct tally *sum)
{
    bool seen[MAX_PARTS] = {false};
    struct tally t;
    tally_init(sum);
    for (int p = 0; p < a->n; p++) {
        int of, shard = shard_of(at[p], &of, a->path[p]);
        if (of != a->n)
            die(EXIT_INCOMPARABLE, "%s: part %s, but %d parts were given", a->path[p], at[p]->shard,
                a->n);
        if (seen[shard - 1])
            die(EXIT_INCOMPARABLE, "%s: part %s a second time", a->path[p], at[p]->shard);
        seen[shard - 1] = true;
        read_tally(&t, at[p], a->path[p]);
        tally_merge(sum, &t);
        if (p)
            add_efforts(at[0], at[p]);
    }
    free(at[0]->segment);
    free(at[0]->shard);
    free(at[0]->tally);
    at[0]->shard = at[0]->tally = NULL;
    tally_record(sum, in, out, !isnan(at[0]->reflection_ulp), at[0]);
}

/* Joins kernel I of all parts into that of the first. */
static void join_kernel(struct result **part, const struct arguments *a, int i)
{
    struct kernel_record *k = &part[0]->kernel[i];
    struct accuracy **at = xcalloc((size_t)a->n, sizeof *at);
    enum format in, out;
    struct tally sum;
    formats(k->dtype, &in, &out);
    for (int p = 0; p < a->n; p++) {
        struct kernel_record *q = &part[p]->kernel[i];
        if (!q->has_accuracy || q->has_ideal != k->has_ideal)
            die(EXIT_INCOMPARABLE, "%s: %s was not graded to the end", a->path[p], k->name);
        at[p] = &q->accuracy;
    }
    join(at, a, in, out, &sum);
    under_again(&k->accuracy, part[0]->request.seed, in);
    forget_verdict(k);
    bool judged = same(part[0]->request.rounding, "nearest") && !part[0]->request.ftz;
    verdict_judge(k, judged ? &sum : NULL, in, out);
    for (int p = 0; p < a->n; p++)
        at[p] = &part[p]->kernel[i].ideal;
    if (k->has_ideal)
        join(at, a, in, out, &sum);
    free(at);
}

int cmd_merge(int argc, char **argv)
{
    struct arguments a = {0};
    command_parse(&argp, argc, argv, &a);
    if (!a.n)
        die_usage("usage: actulp merge part1.json part2.json... -o results.json");
    struct result **part = xcalloc((size_t)a.n, sizeof *part);
    for (int p = 0; p < a.n; p++) {
        struct json_error bad;
        part[p] = result_read_file(a.path[p], &bad);
        if (!part[p])
            die_usage("%s", bad.text);
        if (p)
            must_fit(part[0], part[p], a.path[p]);
    }
    struct result *r = part[0];
    int code = EXIT_HELD;
    for (int i = 0; i < r->nkernels; i++) {
        join_kernel(part, &a, i);
        if (r->kernel[i].nbroken || r->kernel[i].accuracy.violations)
            code = EXIT_BROKEN;
    }
    free(r->request.command);
    r->request.command = command_line();
    struct output out;
    char err[512];
    if (!output_open(&out, a.output, err, sizeof err))
        die_usage("%s", err);
    result_write(r, out.file);
    if (!output_close(&out, err, sizeof err))
        die_usage("%s", err);
    for (int p = 0; p < a.n; p++)
        result_free(part[p]);
    free(part);
    return code;
}
