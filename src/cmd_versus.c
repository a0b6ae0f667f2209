/* cmd_versus.c -- actulp versus: two builds of a library, compared in one process.
 *
 * The kernels that both have are graded in one sweep, compared bit by bit, and timed in turns.  The
 * records of either side become a result, so that compare_results judges accuracy and contract;
 * what is found besides is told to the same comparison.
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "difference.h"
#include "job.h"
#include "job_words.h"
#include "judge.h"
#include "mem.h"
#include "measure/guard.h"
#include "measure/machine.h"
#include "paired.h"
#include "progress.h"
#include "recheck.h"
#include "../reports/numbers.h"

enum { FIRST_TOLERANCE_PERCENT = 2, FEW_PAIRS = 12 };
static const double FIRST_SECONDS = 20; /* for each pair and size, at most */

struct arguments {
    struct job job; /* its selection is the new side */
    struct selection old;
    struct judging judging;
    const char *prefix, *library[2]; /* old, new */
    bool named;                      /* the one kernel has a name of its own */
    bool timed;
    double bits_seconds; /* for comparing all inputs bit by bit, of all pairs together */
};

/* ---- options ---- */

enum {
    KEY_OLD = 0x600,
    KEY_SWEEP,
    KEY_SEED,
    KEY_JOBS,
    KEY_TIME,
    KEY_SIZE,
    KEY_INPUTS,
    KEY_CPU,
    KEY_BITS
};

/* clang-format off */
static const struct argp_option options[] = {
    {"old", KEY_OLD, "PREFIX", 0,
     "the built-in kernels of this program against those of an actulp that was installed under PREFIX", 0},
    {0, 0, 0, 0, "Measuring:", 3},
    {"sweep", KEY_SWEEP, "WHICH", 0, "quick (the default), full, or A..B: the inputs that are graded", 3},
    {"bits", KEY_BITS, "SECONDS", 0,
     "for comparing bit by bit more than a sample, which is all 2^32 inputs, of all kernels together (60)", 3},
    {"seed", KEY_SEED, "N", 0, "seed of everything that is drawn (1)", 3},
    {"jobs", KEY_JOBS, "N", 0, "grade on N cores (all)", 3},
    {"time", KEY_TIME, "SECONDS", 0,
     "at most so long for each pair of kernels and size (20); most are settled by a tenth of that", 3},
    {"size", KEY_SIZE, "N,...", 0, "elements per call (what fits the first cache)", 3},
    {"inputs", KEY_INPUTS, "INPUTS", 0, "a distribution, as normal(0,3), or a tensor FILE, for the times", 3},
    {"cpu", KEY_CPU, "N", 0, "pin to this core", 3},
    {"quiet", 'q', 0, 0, "no progress", 3},
    {0}};
/* clang-format on */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->job.selection;
        state->child_inputs[1] = &a->judging;
        break;
    case KEY_OLD:
        a->prefix = arg;
        break;
    case KEY_SWEEP:
        job_set_sweep(&a->job, arg);
        break;
    case KEY_BITS:
        a->bits_seconds = (double)word_whole(arg, "--bits", 0, 1000000);
        break;
    case KEY_SEED:
        a->job.seed = word_whole(arg, "--seed", 0, UINT64_MAX);
        break;
    case KEY_JOBS:
        a->job.jobs = (int)word_whole(arg, "--jobs", 1, 64);
        break;
    case KEY_TIME:
        job_set_seconds(&a->job, arg);
        a->timed = true;
        break;
    case KEY_SIZE:
        job_set_sizes(&a->job, arg);
        break;
    case KEY_INPUTS:
        job_set_inputs(&a->job, arg);
        break;
    case KEY_CPU:
        a->job.cpu = (int)word_whole(arg, "--cpu", 0, 4095);
        break;
    case 'q':
        a->job.quiet = true;
        break;
    case ARGP_KEY_ARG:
        judging_pattern(&a->judging, arg);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp_child children[] = {
    {&selection_argp, 0, NULL, 0}, {&judging_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    options,
    parse,
    "OLD.so NEW.so [KERNEL...]\n--old PREFIX [KERNEL...]",
    "Compares two builds of a library: results bit by bit, accuracy, contract, and times, measured "
    "in turns until they are settled."
    "\vWhich kernels: those that both libraries name in a table (actulp/kernel.h), or those that "
    "--symbol and --function name.  Both libraries are loaded and run, so load only what you "
    "trust.  A kernel is slower if all of the interval of its change, in two runs, lies above the "
    "tolerance, of 2 % unless told otherwise.  Exit codes: 0 nothing is worse, 1 a regression, 2 "
    "bad "
    "usage or input, 3 cannot be compared, 4 inconclusive.",
    children,
    0,
    0};

/* Without --old the first two words are the libraries. */
static void take_libraries(struct arguments *a)
{
    struct judging *j = &a->judging;
    if (a->prefix)
        return;
    if (j->options.npatterns < 2)
        die_usage("usage: actulp versus OLD.so NEW.so [KERNEL...], or --old PREFIX [KERNEL...]");
    for (int side = 0; side < 2; side++) {
        const char *path = j->pattern[side];
        /* A bare name is a file here, if there is one, and not for the loader's search. */
        bool here = !strchr(path, '/') && !access(path, F_OK);
        a->library[side] = here ? xasprintf("./%s", path) : path;
    }
    j->options.npatterns -= 2;
    memmove(j->pattern, j->pattern + 2, (size_t)j->options.npatterns * sizeof *j->pattern);
}

/* ---- which kernels ---- */

struct pairs {
    int n;
    struct subject *(*pair)[2];
    char **name; /* what both are called */
};

/* libactulp.so in one of the N folders PLACES of DIR; NULL: in none. */
static char *library_in(const char *dir, const char *const *places, int n)
{
    for (int i = 0; i < n; i++) {
        char *path = xasprintf("%s/%s/libactulp.so", dir, places[i]);
        if (!access(path, R_OK))
            return path;
        free(path);
    }
    return NULL;
}

static char *installed_library(const char *prefix)
{
    static const char *const places[] = {"lib", "lib64", "."};
    char *path = library_in(prefix, places, 3);
    if (!path)
        die_usage("--old %s: no lib/libactulp.so there", prefix);
    return path;
}

/* The library that was built with this program.  Not the kernels that are linked into it: the same
 * code at other addresses differs by some per cent, and a library has the old one's layout. */
static char *own_library(void)
{
    static const char *const places[] = {".", "../lib", "../lib64"};
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    program[n < 0 ? 0 : n] = 0;
    char *slash = strrchr(program, '/');
    if (slash)
        *slash = 0;
    char *path = slash ? library_in(program, places, 3) : NULL;
    if (!path)
        die_usage("--old: no libactulp.so beside this program (%s) or in ../lib", program);
    return path;
}

/* The kernels of LIBRARY, by the groups of options OF; without a group those of its table. */
static void choose_side(struct selection *s, const struct selection *of, const char *library)
{
    int n = of->noutside ? of->noutside : 1;
    struct outside *group = xcalloc((size_t)n, sizeof *group);
    for (int i = 0; i < n; i++) {
        group[i] = of->noutside ? of->outside[i] : of->base;
        if (group[i].library)
            die_usage("--library %s: versus takes its libraries as arguments", group[i].library);
        group[i].library = library;
    }
    if (s != of) {
        s->registry.functions = of->registry.functions; /* those of --fpcore too */
        s->param = of->param;
        s->nparams = of->nparams;
    }
    s->outside = group;
    s->noutside = n;
    selection_choose(s, NULL);
}

/* What a kernel is called whatever the name of its library's file; a row of our own library,
 * "u1.avx2", as the built-in kernel that it is. */
static char *common_name(const struct arguments *a, const struct subject *s)
{
    const char *dot = a->prefix ? strrchr(s->symbol, '.') : NULL;
    if (dot)
        return xasprintf("%s/%s/%.*s/%s", s->function->id, s->kernel->dtype, (int)(dot - s->symbol),
                         s->symbol, dot + 1);
    if (a->named && !s->row)
        return xstrdup(s->name);
    return xasprintf("%s/%s/%s/ext", s->function->id, s->kernel->dtype, s->symbol);
}

static struct subject *counterpart(const struct arguments *a, const char *name)
{
    for (int i = 0; i < a->old.nsubjects; i++) {
        char *other = common_name(a, a->old.subject[i]);
        bool same = !strcmp(other, name);
        free(other);
        if (same)
            return a->old.subject[i];
    }
    return NULL;
}

static bool wanted(const struct arguments *a, const char *name)
{
    for (int i = 0; i < a->judging.options.npatterns; i++)
        if (pattern_matches(a->judging.pattern[i], name))
            return true;
    return a->judging.options.npatterns == 0;
}

/* Pairs what both sides have; *ALONE of the new side, and of the old one, become lists of names. */
static struct pairs pair_up(const struct arguments *a, struct pairs *only_new,
                            struct pairs *only_old)
{
    const struct selection *new = &a->job.selection, *old = &a->old;
    struct pairs p = {0};
    bool *used = xcalloc((size_t)old->nsubjects, sizeof *used);
    p.pair = xcalloc((size_t) new->nsubjects, sizeof *p.pair);
    p.name = xcalloc((size_t) new->nsubjects, sizeof *p.name);
    only_new->name = xcalloc((size_t) new->nsubjects, sizeof *p.name);
    only_old->name = xcalloc((size_t)old->nsubjects, sizeof *p.name);
    for (int i = 0; i < new->nsubjects; i++) {
        char *name = common_name(a, new->subject[i]);
        struct subject *u = counterpart(a, name);
        for (int k = 0; k < old->nsubjects; k++)
            used[k] |= old->subject[k] == u;
        if (!wanted(a, name)) {
            free(name);
        } else if (u) {
            p.pair[p.n][0] = u;
            p.pair[p.n][1] = new->subject[i];
            p.name[p.n++] = name;
        } else {
            only_new->name[only_new->n++] = name;
        }
    }
    for (int k = 0; k < old->nsubjects; k++) {
        char *name = common_name(a, old->subject[k]);
        if (!used[k] && wanted(a, name))
            only_old->name[only_old->n++] = name;
        else
            free(name);
    }
    free(used);
    return p;
}

static void free_pairs(struct pairs *p)
{
    for (int i = 0; i < p->n; i++)
        free(p->name[i]);
    free(p->name);
    free(p->pair);
}

/* ---- accuracy ---- */

/* All kernels of both sides in one job, which pays once for each truth; then a result for each. */
static void measure(struct arguments *a, const struct pairs *p, struct result *side[2])
{
    struct job job = a->job;
    struct subject **all = xcalloc(2 * (size_t)p->n, sizeof *all);
    for (int i = 0; i < 2 * p->n; i++)
        all[i] = p->pair[i / 2][i % 2];
    job.selection.subject = all;
    job.selection.nsubjects = 2 * p->n;
    job.accuracy = !a->judging.options.no_accuracy;
    side[1] = job_run(&job);
    side[0] = result_new();
    struct kernel_record *kernel = side[1]->kernel;
    side[1]->kernel = NULL;
    side[1]->nkernels = 0;
    for (int i = 0; i < 2 * p->n; i++) {
        struct kernel_record *k = result_add_kernel(side[i % 2]);
        *k = kernel[i];
        free(k->name);
        k->name = xstrdup(p->name[i / 2]);
    }
    side[0]->request.seed = side[1]->request.seed;
    side[0]->request.ulp = xstrdup(side[1]->request.ulp);
    side[0]->request.rounding = xstrdup(side[1]->request.rounding);
    side[0]->machine.libc = xstrdup(side[1]->machine.libc);
    free(kernel);
    free(all);
}

static bool usable(const struct result *const side[2], int i)
{
    return !guard_is_fatal(&side[0]->kernel[i].contract) &&
           !guard_is_fatal(&side[1]->kernel[i].contract);
}

/* ---- bit by bit ---- */

/* Of pair I; LEFT seconds may be spent on all inputs, of this and the pairs to come. */
static void compare_bits(struct comparison *c, const struct arguments *a, const struct pairs *p,
                         int i, double *left, int *sampled)
{
    struct difference d;
    char err[512];
    struct subject *const *pair = p->pair[i];
    const char *dtype = pair[1]->kernel->dtype;
    progress_show("bit by bit", (double)i / p->n, p->name[i]);
    if (!difference_find(pair, *left / (p->n - i), a->job.jobs, a->job.seed, &d, err, sizeof err)) {
        comparison_tell(c, FOUND_INCOMPARABLE, p->name[i], "bit by bit: %s", err);
        return;
    }
    *left -= d.seconds;
    *sampled += !d.complete && !d.differ;
    if (d.differ)
        comparison_tell(
            c, FOUND_CHANGED, p->name[i],
            "other results for %s of %s inputs%s, first x = %s (%s): %s -> %s",
            num_count(d.differ).text, num_count(d.inputs).text, d.complete ? ", which are all" : "",
            num_hexfloat(format_to_double(pair[1]->in, d.x)).text, num_bits(d.x, dtype).text,
            num_hexfloat(format_to_double(pair[1]->out, d.y[0])).text,
            num_hexfloat(format_to_double(pair[1]->out, d.y[1])).text);
}

/* ---- times ---- */

static void speed_found(struct comparison *c, enum finding_kind kind, const char *kernel,
                        const char *text)
{
    comparison_tell(c, kind, kernel, "%s", text);
    c->found[c->nfound - 1].speed = true;
}

static char *change_text(const struct paired *cell, uint64_t n)
{
    const struct versus *v = &cell->last;
    char count[160] = "";
    if (!isnan(cell->count[0]) && !isnan(cell->count[1]))
        snprintf(count, sizeof count, "; %s -> %s instructions per element",
                 num_general(cell->count[0]).text, num_general(cell->count[1]).text);
    return xasprintf("n = %llu: %s -> %s ns (%+.1f to %+.1f %%, %d pass%s)%s",
                     (unsigned long long)n, num_ns(v->first.ns).text, num_ns(v->second.ns).text,
                     100 * (v->lo - 1), 100 * (v->hi - 1), cell->passes,
                     cell->passes == 1 ? "" : "es", count);
}

/* FALLS: that it is within the tolerance is refuted, of all cells together. */
static void tell_cell(struct comparison *c, const char *name, const struct paired *cell, uint64_t n,
                      bool falls, bool all)
{
    static const char *const words[] = {[CHANGE_SLOWER] = "slower",
                                        [CHANGE_EQUAL] = "as fast",
                                        [CHANGE_FASTER] = "faster",
                                        [CHANGE_OPEN] = "time not settled"};
    static const enum finding_kind kinds[] = {[CHANGE_SLOWER] = FOUND_WORSE,
                                              [CHANGE_EQUAL] = FOUND_NOTE,
                                              [CHANGE_FASTER] = FOUND_BETTER,
                                              [CHANGE_OPEN] = FOUND_INCONCLUSIVE};
    enum change change = cell->change == CHANGE_SLOWER && !falls ? CHANGE_OPEN : cell->change;
    if (cell->fault) {
        char *text = xasprintf("not timed: %s", cell->fault);
        speed_found(c, FOUND_INCONCLUSIVE, name, text);
        free(text);
        return;
    }
    if (change == CHANGE_EQUAL && !all)
        return;
    char *text = change_text(cell, n);
    char *line = xasprintf("%s: %s", words[change], text);
    speed_found(c, kinds[change], name, line);
    free(text);
    free(line);
}

/* So that the reports of times have them. */
static void record(struct kernel_record *k, const struct paired *cell, int side, uint64_t n,
                   const char *inputs)
{
    const struct versus *v = &cell->last;
    struct least least = side ? v->second : v->first;
    if (!(least.ns > 0))
        return;
    k->speed = xrealloc(k->speed, (size_t)(k->nspeed + 1) * sizeof *k->speed);
    struct speed *s = &k->speed[k->nspeed++];
    *s = (struct speed){.n = n,
                        .level = xstrdup(speed_level(0)),
                        .inputs = xstrdup(inputs),
                        .mode = xstrdup(lane_mode_word[n ? LANE_THROUGHPUT : LANE_LATENCY]),
                        .ns = least.ns,
                        .ns_lo = least.lo,
                        .ns_hi = least.hi,
                        .cycles = NAN,
                        .ratio = NAN,
                        .ratio_lo = NAN,
                        .ratio_hi = NAN,
                        .settled = v->settled,
                        .nsamples = v->nsamples};
    s->sample = xcalloc((size_t)v->nsamples, sizeof *s->sample);
    if (v->nsamples)
        memcpy(s->sample, v->sample[side], (size_t)v->nsamples * sizeof *s->sample);
}

static void tell_raised(struct comparison *c, const struct paired *cells, int n, double asked)
{
    double most = 0;
    for (int i = 0; i < n; i++)
        if (cells[i].change == CHANGE_OPEN && !cells[i].fault)
            most = fmax(most, cells[i].tolerance);
    if (most > asked)
        comparison_tell(c, FOUND_NOTE, NULL,
                        "tolerance of times raised from %.3g %% to the noise floor, %.3g %%",
                        100 * asked, 100 * most);
}

static void compare_times(struct comparison *c, struct arguments *a, const struct pairs *p,
                          struct result *const side[2], const int *place, int n)
{
    struct job *j = &a->job;
    double asked = a->judging.options.tolerance > 0 ? a->judging.options.tolerance
                                                    : FIRST_TOLERANCE_PERCENT / 100.0;
    struct subject *(*pair)[2] = xcalloc((size_t)n, sizeof *pair);
    for (int i = 0; i < n; i++)
        memcpy(pair[i], p->pair[place[i]], sizeof *pair);
    if (!j->nsizes) {
        speed_default_sizes(j->size, pair[0][1]->in);
        j->nsizes = 1;
    }
    struct paired_plan plan = {.pair = pair,
                               .npairs = n,
                               .size = j->size,
                               .nsizes = j->nsizes,
                               .inputs = j->inputs,
                               .seed = j->seed,
                               .seconds = a->timed ? j->seconds : FIRST_SECONDS,
                               .tolerance = asked,
                               .cpu = j->cpu,
                               .clock = j->clock};
    int ncells = n * j->nsizes;
    struct paired *cell = xcalloc((size_t)ncells, sizeof *cell);
    double *chance = xcalloc((size_t)ncells, sizeof *chance);
    bool *falls = xcalloc((size_t)ncells, sizeof *falls);
    char note[256];
    paired_run(&plan, cell, &side[1]->machine, &side[1]->noise_floor, note);
    for (int i = 0; i < ncells; i++)
        chance[i] = cell[i].chance;
    stats_holm(chance, (size_t)ncells, 0.05, falls);
    for (int i = 0; i < ncells; i++) {
        int k = place[i / j->nsizes];
        uint64_t size = j->size[i % j->nsizes];
        tell_cell(c, p->name[k], &cell[i], size, falls[i], ncells <= FEW_PAIRS);
        for (int s = 0; s < 2; s++)
            record(&side[s]->kernel[k], &cell[i], s, size, j->inputs.name);
    }
    tell_raised(c, cell, ncells, asked);
    if (*note)
        comparison_tell(c, FOUND_NOTE, NULL, "instructions were not counted: %s", note);
    paired_free(cell, ncells);
    free(pair);
    free(chance);
    free(falls);
}

/* ---- the command ---- */

static int judge(struct arguments *a, const struct pairs *p, const struct pairs *only_new,
                 const struct pairs *only_old)
{
    struct result *side[2];
    struct compare_options options = *judging_options(&a->judging);
    bool timed = options.speed != SPEED_IGNORED;
    int *place = xcalloc((size_t)p->n, sizeof *place), n = 0, sampled = 0;
    double left = a->job.sweep == SWEEP_FULL ? INFINITY : a->bits_seconds;
    measure(a, p, side);
    options.speed = timed ? SPEED_BY_CALLER : SPEED_IGNORED;
    options.npatterns = 0;
    struct comparison *c = compare_results(side[0], side[1], &options);
    struct subject **by_side[2];
    for (int k = 0; k < 2; k++) {
        by_side[k] = xcalloc((size_t)p->n, sizeof *by_side[k]);
        for (int i = 0; i < p->n; i++)
            by_side[k][i] = p->pair[i][k];
    }
    if (!options.no_accuracy)
        recheck_searched(c, by_side[1], by_side[0]);
    for (int i = 0; i < p->n; i++) {
        if (!usable((const struct result *const *)side, i)) {
            comparison_tell(c, FOUND_NOTE, p->name[i], "not run any further");
            continue;
        }
        if (!options.no_accuracy)
            compare_bits(c, a, p, i, &left, &sampled);
        place[n++] = i;
    }
    progress_clear();
    if (sampled)
        comparison_tell(
            c, FOUND_NOTE, NULL,
            "%d of %d kernels gave the same bits as far as was tried, which was not all "
            "inputs (--bits)",
            sampled, n);
    if (timed && n)
        compare_times(c, a, p, side, place, n);
    for (int i = 0; i < only_new->n; i++)
        comparison_tell(c, FOUND_ADDED, only_new->name[i], "new");
    for (int i = 0; i < only_old->n; i++)
        comparison_tell(c, FOUND_REMOVED, only_old->name[i], "gone");
    comparison_settle(c);
    judging_write(&a->judging, c);
    int code = c->verdict;
    comparison_free(c);
    result_free(side[0]);
    result_free(side[1]);
    free(by_side[0]);
    free(by_side[1]);
    free(place);
    return code;
}

int cmd_versus(int argc, char **argv)
{
    struct arguments a = {.bits_seconds = 60};
    struct pairs only_new = {0}, only_old = {0};
    job_init(&a.job);
    command_parse(&argp, argc, argv, &a);
    a.named = a.job.selection.noutside == 1 && a.job.selection.outside[0].name;
    take_libraries(&a);
    if (a.prefix && (a.job.selection.noutside || a.job.selection.base.function))
        die_usage("--old compares kernels of ours; --symbol and --function are for libraries");
    struct selection given = a.job.selection;
    selection_init(&a.old);
    choose_side(&a.old, &given, a.prefix ? installed_library(a.prefix) : a.library[0]);
    choose_side(&a.job.selection, &given, a.prefix ? own_library() : a.library[1]);
    struct pairs p = pair_up(&a, &only_new, &only_old);
    if (!p.n)
        die(EXIT_INCOMPARABLE, "no kernel that %sboth libraries have",
            a.judging.options.npatterns ? "matches is one that " : "");
    int code = judge(&a, &p, &only_new, &only_old);
    free_pairs(&p);
    free_pairs(&only_new);
    free_pairs(&only_old);
    judging_free(&a.judging);
    return code;
}
