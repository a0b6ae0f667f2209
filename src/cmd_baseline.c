/* cmd_baseline.c -- actulp baseline: the figures that a project commits, and whether they still
 * hold.
 *
 * Every action is a row in `actions'.  Nothing but save and update ever writes the file.
 */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "baseline.h"
#include "command.h"
#include "job.h"
#include "job_words.h"
#include "judge.h"
#include "measure/machine.h"
#include "mem.h"
#include "output.h"
#include "provenance.h"
#include "recheck.h"
#include "terminal.h"
#include "../reports/numbers.h"

struct arguments {
    struct job job;
    struct judging judging;
    const char *path, *reason;
    const char **pattern; /* kernels as given */
    int npatterns;
    bool speed, strict, seeded, swept;
};

typedef int action_fn(struct arguments *a);
static action_fn save, show, update, check;

static const struct action {
    const char *name;
    action_fn *run;
    const char *about;
} actions[] = {
    {"save", save, "measures and writes a new FILE"},
    {"show", show, "prints what FILE holds"},
    {"update", update, "measures and replaces figures, with a reason that is kept"},
    {"check", check, "measures and tells what is worse than FILE says"},
};
enum { ACTIONS = sizeof actions / sizeof *actions };

/* ---- options ---- */

enum {
    KEY_REASON = 0x500,
    KEY_SPEED,
    KEY_STRICT,
    KEY_SWEEP,
    KEY_SEED,
    KEY_JOBS,
    KEY_EVALS,
    KEY_TIME,
    KEY_SIZE
};

/* clang-format off */
static const struct argp_option options[] = {
    {0, 0, 0, 0, "Measuring:", 3},
    {"sweep", KEY_SWEEP, "WHICH", 0, "save: quick (the default) or full; check and update do as was saved", 3},
    {"seed", KEY_SEED, "N", 0, "save: seed of everything that is drawn (1)", 3},
    {"evals", KEY_EVALS, "N", 0, "save: f64: evaluations of the search for bad cases, per kernel (100000)", 3},
    {"jobs", KEY_JOBS, "N", 0, "work on N cores (all)", 3},
    {"speed", KEY_SPEED, 0, 0, "times too, for machines of the kind that this one is", 3},
    {"time", KEY_TIME, "SECONDS", 0, "time budget of the speed measurement (20)", 3},
    {"size", KEY_SIZE, "N,...", 0, "elements per call (what fits the caches)", 3},
    {"quiet", 'q', 0, 0, "no progress", 3},
    {0, 0, 0, 0, "Baseline:", 4},
    {"reason", KEY_REASON, "TEXT", 0, "save and update: why the figures are what they are now", 4},
    {"strict", KEY_STRICT, 0, 0,
     "check: exit code 3 also where there are no figures for this C library or compiler", 4},
    {0}};
/* clang-format on */

static void set_sweep(struct arguments *a, const char *arg)
{
    if (strcmp(arg, "quick") && strcmp(arg, "full"))
        die_usage("--sweep %s: expected quick or full", arg);
    job_set_sweep(&a->job, arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    const uint64_t most = INT64_MAX; /* what JSON readers take for an integer */
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->job.selection;
        state->child_inputs[1] = &a->judging;
        break;
    case KEY_SWEEP:
        set_sweep(a, arg);
        a->swept = true;
        break;
    case KEY_SEED:
        a->job.seed = word_whole(arg, "--seed", 0, most);
        a->seeded = true;
        break;
    case KEY_EVALS:
        a->job.evaluations = word_whole(arg, "--evals", 0, most);
        a->seeded = true;
        break;
    case KEY_JOBS:
        a->job.jobs = (int)word_whole(arg, "--jobs", 1, 64);
        break;
    case KEY_SPEED:
        a->speed = true;
        break;
    case KEY_TIME:
        job_set_seconds(&a->job, arg);
        break;
    case KEY_SIZE:
        job_set_sizes(&a->job, arg);
        break;
    case KEY_REASON:
        a->reason = arg;
        break;
    case KEY_STRICT:
        a->strict = true;
        break;
    case 'q':
        a->job.quiet = true;
        break;
    case ARGP_KEY_ARG:
        if (!a->path) {
            a->path = arg;
            break;
        }
        a->pattern = xrealloc(a->pattern, (size_t)(a->npatterns + 1) * sizeof *a->pattern);
        a->pattern[a->npatterns++] = arg;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp_child children[] = {
    {&selection_argp, 0, NULL, 0}, {&judging_argp, 0, NULL, 0}, {0}};

/* ---- measuring ---- */

static struct result *measure(struct job *j)
{
    struct result *r = job_run(j);
    for (int i = 0; i < r->nkernels; i++)
        if (r->kernel[i].has_accuracy && r->kernel[i].accuracy.violations)
            die(EXIT_BROKEN, "%s: the fast reference was found wrong by MPFR: please report it",
                r->kernel[i].name);
    return r;
}

static void today(char date[16])
{
    time_t t = time(NULL);
    struct tm utc;
    gmtime_r(&t, &utc);
    strftime(date, 16, "%Y-%m-%d", &utc);
}

/* Everything of R goes into B. */
static void put_all(struct baseline *b, const struct arguments *a, const struct provenance *here,
                    const struct result *r)
{
    const struct selection *sel = &a->job.selection;
    for (int i = 0; i < r->nkernels; i++) {
        /* The result has the subjects in their order. */
        const struct function_record *f = result_function(r, r->kernel[i].function);
        baseline_put(b, provenance_of(here, sel->subject[i]), &r->kernel[i]);
        if (f)
            baseline_put_formula(b, f);
    }
    if (a->speed)
        baseline_put_times(b, r);
}

/* What the baseline is about: what was asked for; everything if nothing was, but outside kernels.
 */
static void cover(struct baseline *b, const struct arguments *a)
{
    for (int i = 0; i < a->npatterns; i++)
        baseline_cover(b, a->pattern[i]);
    if (!a->npatterns && !a->job.selection.noutside)
        baseline_cover(b, "*");
}

static bool covered(const struct baseline *b, const char *name)
{
    for (int i = 0; i < b->ncovers; i++)
        if (pattern_matches(b->covers[i], name))
            return true;
    return false;
}

static void write_baseline(const struct baseline *b, const char *path)
{
    struct output out;
    char err[512];
    if (!output_open(&out, path, err, sizeof err))
        die_usage("%s", err);
    baseline_write(b, out.file);
    if (!output_close(&out, err, sizeof err))
        die_usage("%s", err);
}

static void tell_contents(const struct baseline *b, const char *path)
{
    int kernels = 0;
    for (int i = 0; i < b->nparts; i++)
        kernels += b->part[i].result->nkernels;
    printf("%s: %d kernels\n", path, kernels);
    for (int i = 0; i < b->nparts; i++)
        if (b->part[i].result->nkernels)
            printf("  %5d %s\n", b->part[i].result->nkernels,
                   *b->part[i].key ? b->part[i].key : "whatever the C library");
}

/* ---- save ---- */

static int save(struct arguments *a)
{
    char date[16];
    if (access(a->path, F_OK) == 0)
        die_usage("%s is there already; actulp baseline update changes it", a->path);
    for (int i = 0; i < a->npatterns; i++)
        selection_pattern(&a->job.selection, a->pattern[i]);
    selection_choose(&a->job.selection, NULL);
    a->job.accuracy = true;
    a->job.speed = a->speed;
    struct result *r = measure(&a->job);
    struct baseline *b = baseline_new();
    struct provenance here;
    provenance_here(&here);
    b->sweep = xstrdup(a->job.sweep_text);
    b->ulp = xstrdup(r->request.ulp);
    b->seed = a->job.seed;
    b->evaluations = a->job.evaluations;
    today(date);
    baseline_add_reason(b, date, a->reason ? a->reason : "first");
    put_all(b, a, &here, r);
    cover(b, a);
    write_baseline(b, a->path);
    tell_contents(b, a->path);
    for (int i = 0; i < r->nkernels; i++)
        if (r->kernel[i].nbroken)
            warn("%s breaks a promise, and is saved so: %s", r->kernel[i].name,
                 r->kernel[i].broken[0]);
    provenance_free(&here);
    baseline_free(b);
    result_free(r);
    return EXIT_HELD;
}

/* ---- show ---- */

static bool asked_for(const struct arguments *a, const char *name)
{
    for (int i = 0; i < a->npatterns; i++)
        if (pattern_matches(a->pattern[i], name))
            return true;
    return a->npatterns == 0;
}

static void show_kernel(const struct kernel_record *k)
{
    const struct accuracy *a = &k->accuracy;
    printf("  %-34s ", k->name);
    if (!k->has_accuracy)
        printf("not graded");
    else if (isnan(a->max_ulp))
        printf("no numbers");
    else
        printf("%10s ulp at %-16s %s misrounded", num_ulp(a->max_ulp).text,
               num_hexfloat(a->worst.x_value).text,
               num_count(a->inputs - a->correctly_rounded).text);
    for (int f = 0; f < FAIL_COUNT && k->has_accuracy; f++)
        if (a->failure[f].n)
            printf(", %s %s", num_count(a->failure[f].n).text, failure_word[f]);
    for (int i = 0; i < k->contract.nfindings; i++)
        printf(", contract: %s", k->contract.finding[i].kind);
    if (k->nbroken)
        printf(", %d promise%s broken", k->nbroken, k->nbroken == 1 ? "" : "s");
    putchar('\n');
}

static struct baseline *read_baseline(const struct arguments *a)
{
    char err[800];
    struct baseline *b = baseline_read(a->path, err, sizeof err);
    if (!b)
        die_usage("%s", err);
    return b;
}

static int show(struct arguments *a)
{
    struct baseline *b = read_baseline(a);
    int shown = 0;
    printf("%s: sweep %s, seed %llu\n", a->path, b->sweep, (unsigned long long)b->seed);
    for (int i = 0; i < b->nreasons; i++)
        printf("  %s %s\n", b->reason[i].date, b->reason[i].text);
    for (int i = 0; i < b->nparts; i++) {
        const struct result *r = b->part[i].result;
        printf("%s\n", *b->part[i].key ? b->part[i].key : "Whatever the C library");
        for (int k = 0; k < r->nkernels; k++)
            if (asked_for(a, r->kernel[k].name)) {
                show_kernel(&r->kernel[k]);
                shown++;
            }
    }
    for (int i = 0; i < b->nmachines; i++)
        printf("Times of %d kernels on %s\n", b->machine[i]->nkernels,
               b->machine[i]->machine.cpu_model ? b->machine[i]->machine.cpu_model
                                                : "an unknown processor");
    baseline_free(b);
    if (!shown)
        die(EXIT_INCOMPARABLE, "%s holds no kernel that matches", a->path);
    return EXIT_HELD;
}

/* ---- what check and update measure ---- */

/* Are there figures of S that hold here? */
static bool has_figures(const struct baseline *b, const struct provenance *here,
                        const struct subject *s)
{
    return baseline_find(b, provenance_of(here, s), s->name) != NULL;
}

/* The subjects that are measured: those asked for that run here; ONLY_KNOWN: of them those that the
 * baseline has figures of. */
static void choose_subjects(struct arguments *a, const struct baseline *b,
                            const struct provenance *here, bool only_known)
{
    struct selection *sel = &a->job.selection;
    selection_choose(sel, NULL);
    int n = 0;
    for (int i = 0; i < sel->nsubjects; i++) {
        bool known = has_figures(b, here, sel->subject[i]);
        bool wanted = a->npatterns ? asked_for(a, sel->subject[i]->name)
                                   : known || covered(b, sel->subject[i]->name);
        if (sel->subject[i]->library || (wanted && (known || !only_known)))
            sel->subject[n++] = sel->subject[i];
    }
    sel->nsubjects = n;
}

/* The job is that of the baseline. */
static void take_over(struct arguments *a, const struct baseline *b)
{
    if (a->swept || a->seeded)
        die_usage("%s says which sweep and seed: --sweep, --seed and --evals are for save",
                  a->path);
    set_sweep(a, b->sweep);
    a->job.seed = b->seed;
    a->job.evaluations = b->evaluations;
}

/* A pattern that matched when it was saved may name nothing any more. */
static bool names_any(const struct registry *r, const char *pattern)
{
    for (int i = 0; i < r->n; i++)
        if (pattern_matches(pattern, r->subject[i]->name))
            return true;
    return false;
}

/* Job, subjects and patterns of check and update. */
static void prepare(struct arguments *a, const struct baseline *b, const struct provenance *here,
                    bool only_known)
{
    take_over(a, b);
    for (int i = 0; i < a->npatterns; i++) {
        selection_pattern(&a->job.selection, a->pattern[i]);
        judging_pattern(&a->judging, a->pattern[i]);
    }
    for (int i = 0; i < b->ncovers && !a->npatterns; i++)
        if (names_any(&a->job.selection.registry, b->covers[i]))
            selection_pattern(&a->job.selection, b->covers[i]);
    choose_subjects(a, b, here, only_known);
}

static struct result *old_result(const struct baseline *b, const struct provenance *here,
                                 const struct result *new)
{
    const char *const keys[] = {"", here->libm, here->compiler, NULL};
    return baseline_result(b, keys, new);
}

/* ---- check ---- */

/* Kernels that there are here, without figures in the baseline: by reason, not one by one. */
static void tell_unknown(struct comparison *c, const struct arguments *a, const struct baseline *b,
                         const struct provenance *here)
{
    const struct registry *r = &a->job.selection.registry;
    int other = 0;
    for (int i = 0; i < r->n; i++) {
        const struct subject *s = r->subject[i];
        if (!asked_for(a, s->name) || !subject_runs_here(s) || has_figures(b, here, s))
            continue;
        if (baseline_find(b, NULL, s->name))
            other++;
        else if (covered(b, s->name))
            comparison_tell(c, FOUND_ADDED, s->name, "new: the baseline has no figures of it");
    }
    if (other)
        comparison_tell(c, a->strict ? FOUND_INCOMPARABLE : FOUND_NOTE, NULL,
                        "%d kernels that depend on C library or compiler are not compared: the "
                        "baseline has no figures for %s",
                        other, here->compiler);
}

static int check(struct arguments *a)
{
    struct baseline *b = read_baseline(a);
    struct provenance here;
    struct compare_options *o = &a->judging.options;
    if (a->reason)
        die_usage("--reason is for update; check changes nothing");
    provenance_here(&here);
    prepare(a, b, &here, true);
    if (!a->job.selection.nsubjects)
        die(EXIT_INCOMPARABLE, "%s: has no figures of kernels that can be measured here", a->path);
    a->job.speed = a->speed || o->speed == SPEED_REQUIRED;
    if (!a->job.speed)
        o->speed = SPEED_IGNORED;
    a->job.accuracy = !o->no_accuracy;
    struct result *new = measure(&a->job), *old = old_result(b, &here, new);
    struct comparison *c = compare_results(old, new, judging_options(&a->judging));
    tell_unknown(c, a, b, &here);
    if (a->job.accuracy) {
        recheck_searched(c, a->job.selection.subject, NULL);
        recheck_accuracy(c, &a->job);
    }
    if (a->job.speed)
        recheck_speed(c, &a->job, judging_options(&a->judging));
    comparison_settle(c);
    judging_write(&a->judging, c);
    int code = c->verdict;
    comparison_free(c);
    result_free(new);
    result_free(old);
    provenance_free(&here);
    baseline_free(b);
    return code;
}

/* ---- update ---- */

/* Built-in kernels that exist no more, of those that were asked for. */
static void drop_gone(struct baseline *b, const struct arguments *a)
{
    const struct registry *r = &a->job.selection.registry;
    for (int p = 0; p < b->nparts; p++)
        for (int i = 0; i < b->part[p].result->nkernels; i++) {
            const struct kernel_record *k = &b->part[p].result->kernel[i];
            bool there = !strcmp(k->isa, "ext") || !asked_for(a, k->name);
            for (int s = 0; s < r->n && !there; s++)
                there = !strcmp(r->subject[s]->name, k->name);
            /* An ISA that this build does not have says nothing. */
            bool built = false;
            for (int s = 0; s < r->n && !built; s++)
                built = !strcmp(isa_word[r->subject[s]->kernel->isa], k->isa);
            if (there || !built)
                continue;
            char *name = xstrdup(k->name);
            baseline_drop(b, name);
            free(name);
            i--;
        }
}

static int update(struct arguments *a)
{
    struct baseline *b = read_baseline(a);
    struct provenance here;
    char date[16];
    if (!a->reason || !*a->reason)
        die_usage("--reason is missing: why do the figures change? It is kept in %s", a->path);
    provenance_here(&here);
    prepare(a, b, &here, false);
    a->job.accuracy = true;
    a->job.speed = a->speed;
    a->judging.options.speed = SPEED_IGNORED;
    struct result *new = measure(&a->job), *old = old_result(b, &here, new);
    struct comparison *c = compare_results(old, new, judging_options(&a->judging));
    judging_write(&a->judging, c);
    today(date);
    baseline_add_reason(b, date, a->reason);
    for (int i = 0; i < new->nkernels; i++) {
        struct subject *s = a->job.selection.subject[i];
        const struct kernel_record *k = baseline_find(b, provenance_of(&here, s), s->name);
        if (k)
            recheck_raise(&new->kernel[i], k, s);
    }
    drop_gone(b, a);
    put_all(b, a, &here, new);
    if (a->npatterns)
        cover(b, a);
    write_baseline(b, a->path);
    comparison_free(c);
    result_free(new);
    result_free(old);
    provenance_free(&here);
    baseline_free(b);
    return EXIT_HELD;
}

/* ---- the command ---- */

static const struct action *action_of(int argc, char **argv)
{
    for (int i = 0; argc > 1 && i < ACTIONS; i++)
        if (!strcmp(argv[1], actions[i].name))
            return &actions[i];
    return NULL;
}

int cmd_baseline(int argc, char **argv)
{
    struct text {
        char *s;
        size_t n;
    } doc = {0};
    FILE *out = open_memstream(&doc.s, &doc.n);
    if (!out)
        mem_exhausted();
    fprintf(out, "Keeps the figures of kernels in a file that a project commits.\v"
                 "What to do is the first word:\n");
    for (int i = 0; i < ACTIONS; i++)
        fprintf(out, "  %-7s %s\n", actions[i].name, actions[i].about);
    fprintf(out,
            "\nExit codes of check: 0 nothing is worse, 1 a regression, 2 bad usage or input, 3 "
            "cannot be compared, 4 inconclusive.");
    if (fclose(out))
        mem_exhausted();
    const struct argp argp = {
        options, parse, "save|show|update|check FILE [KERNEL...]", doc.s, children, 0, 0};
    const struct action *action = action_of(argc, argv);
    struct arguments a = {0};
    job_init(&a.job);
    if (action) {
        argv[1] = xasprintf("actulp baseline %s", action->name);
        argc--;
        argv++;
    }
    command_parse(&argp, argc, argv, &a);
    if (!action || !a.path)
        die_usage("usage: actulp baseline save|show|update|check FILE [KERNEL...]");
    int code = action->run(&a);
    judging_free(&a.judging);
    job_free(&a.job);
    free(a.pattern);
    free(doc.s);
    return code;
}
