/* job.c -- see job.h. */
#include "config.h"
#include <math.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "job.h"
#include "answers.h"
#include "command.h"
#include "describe.h"
#include "measure/clock.h"
#include "measure/count.h"
#include "measure/guard.h"
#include "measure/machine.h"
#include "measure/yardstick.h"
#include "mem.h"
#include "progress.h"
#include "under.h"
#include "verdict.h"

static const char *const ulp_definition =
    "error of y = |y - z| / ulp(z) for the exact value z; ulp(z) = 2^(max(e, emin) - p + 1) where "
    "2^e <= |z| < 2^(e+1), e capped at emax; at z = 0 the smallest subnormal";

void job_init(struct job *j)
{
    memset(j, 0, sizeof *j);
    selection_init(&j->selection);
    j->sweep = SWEEP_QUICK;
    j->sweep_text = "quick";
    j->rounding = "nearest";
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    j->jobs = cores > 0 ? (int)cores : 1;
    j->shards = 1;
    j->evaluations = 100000;
    j->seed = 1;
    j->seconds = 20;
    j->cpu = -1;
    char err[256];
    if (!inputs_parse(&j->inputs, "normal(0,3)", err, sizeof err))
        die_usage("%s", err);
}

void job_free(struct job *j)
{
    inputs_clear(&j->inputs);
    checkpoint_close(j->checkpoint);
    selection_free(&j->selection);
}

static double now(void)
{
    return clock_seconds();
}

static void on_interrupt(int signal)
{
    (void)signal;
    sweep_interrupt();
}

static mpfr_rnd_t direction(const char *word)
{
    return !strcmp(word, "up")     ? MPFR_RNDU
           : !strcmp(word, "down") ? MPFR_RNDD
           : !strcmp(word, "zero") ? MPFR_RNDZ
                                   : MPFR_RNDN;
}

/* ---- the frame of the result ---- */

static void describe_request(const struct job *j, struct request *q)
{
    char stamp[32];
    time_t t = time(NULL);
    struct tm utc;
    gmtime_r(&t, &utc);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
    q->command = command_line();
    q->time = xstrdup(stamp);
    q->seed = j->seed;
    q->ulp = xstrdup(ulp_definition);
    q->rounding = xstrdup(j->rounding);
    q->ftz = j->ftz;
}

static void describe_subject(const struct subject *s, struct kernel_record *k)
{
    k->name = xstrdup(s->name);
    k->function = xstrdup(s->function->id);
    k->dtype = xstrdup(s->kernel->dtype);
    k->method = xstrdup(s->kernel->method);
    k->isa = xstrdup(isa_word[s->kernel->isa]);
    k->how = xstrdup(s->kernel->how);
    k->origin = xstrdup(s->library ? s->library : "built-in");
    k->symbol = xstrdup(s->symbol);
    if (s->library)
        k->signature = xstrdup(signature_word[s->signature]);
    k->arithmetic = xstrdup(isa_arithmetic(s->kernel->isa));
    verdict_promise(s, k);
}

/* ---- guard ---- */

/* usable[i]: nothing fatal was found. */
static void guard_all(struct job *j, struct result *r, bool *usable)
{
    const struct selection *sel = &j->selection;
    for (int i = 0; i < sel->nsubjects; i++) {
        progress_show("guard", (double)i / sel->nsubjects, sel->subject[i]->name);
        struct kernel_record *k = &r->kernel[i];
        struct guard_options options = {
            .seed = j->seed, .waive = sel->subject[i]->waive, .nwaive = sel->subject[i]->nwaive};
        guard_run(sel->subject[i], &options, &k->contract);
        k->has_contract = true;
        usable[i] = !guard_is_fatal(&k->contract);
    }
    progress_clear();
}

/* A fault met after the guard. */
static void add_finding(struct kernel_record *k, struct finding f)
{
    struct contract *c = &k->contract;
    c->finding = xrealloc(c->finding, (size_t)(c->nfindings + 1) * sizeof *c->finding);
    c->finding[c->nfindings++] = f;
    if (f.judged && !f.waived) {
        free(c->verdict);
        c->verdict = xstrdup("broken");
    }
    k->has_contract = true;
}

/* ---- accuracy ---- */

struct sweep_view {
    char what[64];
    double started;
};

static void show_sweep(void *arg, double share, double inputs)
{
    struct sweep_view *v = arg;
    char rate[48] = "";
    double used = now() - v->started;
    if (used > 0.2)
        snprintf(rate, sizeof rate, "%.3g M inputs/s", 1e-6 * share * inputs / used);
    progress_show(v->what, share, rate);
}

static void record_accuracy(struct job *j, const struct sweep_outcome *out, int i,
                            struct accuracy *a)
{
    const struct function *f = oracle_function(out->grading.oracle);
    tally_record(&out->tally[i], out->grading.in, out->grading.out,
                 (f->reflection_sum || f->reflection_diff) && format_info[out->grading.out].p <= 24,
                 a);
    a->coverage = xstrdup(out->searched ? "searched" : out->exhaustive ? "exhaustive" : "sampled");
    if (j->shards > 1) {
        a->shard = xasprintf("%d/%d", j->shard + 1, j->shards);
        a->tally = tally_text(&out->tally[i]);
    }
    a->rigour = xstrdup("certified");
    a->sweep = xstrdup(j->inputs_file ? j->inputs.name : j->sweep_text);
    tiers_record(out->reference.tier, a);
    a->audits = out->reference.audits;
    a->violations = out->reference.violations;
    a->seconds_kernel = out->seconds_kernel[i];
    a->seconds_reference = out->seconds_reference;
    a->seconds_bookkeeping = out->seconds_bookkeeping;
}

static bool same_truth(const struct subject *a, const struct subject *b)
{
    return a->function == b->function && a->in == b->in && a->out == b->out;
}

static struct sweep_plan plan_of(struct job *j, struct subject **subject, int n,
                                 struct sweep_view *view)
{
    return (struct sweep_plan){.kind = j->inputs_file ? SWEEP_FILE : j->sweep,
                               .from = j->from,
                               .to = j->to,
                               .file = &j->inputs,
                               .subject = subject,
                               .nsubjects = n,
                               .rounding = direction(j->rounding),
                               .ftz = j->ftz,
                               .mpfr_only = j->mpfr_only,
                               .seed = j->seed,
                               .jobs = j->jobs,
                               .shard = j->shard,
                               .shards = j->shards,
                               .checkpoint = j->checkpoint,
                               .evaluations = subject[0]->in == FORMAT_F64 &&
                                                      j->sweep == SWEEP_QUICK && !j->inputs_file
                                                  ? j->evaluations
                                                  : 0,
                               .progress = show_sweep,
                               .progress_arg = view};
}

static void run_plan(const struct job *j, const struct sweep_plan *plan, struct sweep_outcome *out)
{
    const char *bad = sweep_check(plan);
    if (bad)
        die_usage("%s", bad);
    sweep_run(plan, out);
    if (out->interrupted)
        die(128 + SIGINT, j->checkpoint
                              ? "interrupted; the same command goes on from the checkpoint"
                              : "interrupted; nothing was written");
}

/* What the subjects' function approximates; NULL: nothing. */
static const struct function *ideal_of(const struct job *j, const struct subject *s)
{
    const char *id = s->function->approximates;
    return id ? function_find(&j->selection.registry.functions, id) : NULL;
}

/* Grades those of N subjects that are usable against IDEAL too: the method error.  Nothing is
 * judged by it. */
static void sweep_ideal(struct job *j, struct result *r, struct subject **subject, const int *place,
                        int n, const bool *usable, const struct function *ideal)
{
    struct sweep_view view = {.started = now()};
    snprintf(view.what, sizeof view.what, "check %s/%s against %s", subject[0]->function->id,
             subject[0]->kernel->dtype, ideal->id);
    struct subject **still = xcalloc((size_t)n, sizeof *still);
    int *at = xcalloc((size_t)n, sizeof *at), members = 0;
    for (int i = 0; i < n; i++)
        if (usable[place[i]]) {
            at[members] = place[i];
            still[members++] = subject[i];
        }
    double param[MAX_PARAMS];
    selection_params(&j->selection, ideal, param);
    struct oracle *o =
        oracle_new(ideal, subject[0]->in == FORMAT_F64 ? FORMAT_F64 : FORMAT_F32, param);
    struct sweep_plan plan = plan_of(j, still, members, &view);
    plan.ideal = ideal;
    plan.ideal_param = oracle_params(o);
    if (members) {
        struct sweep_outcome out;
        run_plan(j, &plan, &out);
        for (int i = 0; i < members; i++)
            if (out.graded[i]) {
                r->kernel[at[i]].has_ideal = true;
                record_accuracy(j, &out, i, &r->kernel[at[i]].ideal);
            }
        sweep_free(&out, members);
    }
    oracle_free(o);
    free(still);
    free(at);
}

/* What those that were graded answer where several results are right. */
static void ask_graded(struct result *r, struct oracle *o, struct subject **subject,
                       const int *place, int n, const bool *graded)
{
    struct subject **asked = xcalloc((size_t)n, sizeof *asked);
    struct kernel_record **k = xcalloc((size_t)n, sizeof *k);
    int members = 0;
    for (int i = 0; i < n; i++)
        if (graded[i]) {
            k[members] = &r->kernel[place[i]];
            asked[members++] = subject[i];
        }
    if (members)
        answers_record(o, asked, members, k);
    free(asked);
    free(k);
}

/* Sweeps subjects that share their truths; place[i] is the index of the i-th in the result. */
static void sweep_group(struct job *j, struct result *r, struct subject **subject, const int *place,
                        int n, bool *usable)
{
    struct sweep_view view = {.started = now()};
    snprintf(view.what, sizeof view.what, "check %s/%s", subject[0]->function->id,
             subject[0]->kernel->dtype);
    struct sweep_plan plan = plan_of(j, subject, n, &view);
    struct sweep_outcome out;
    run_plan(j, &plan, &out);
    for (int f = 0; f < out.nfaults; f++) {
        struct sweep_fault *fault = &out.fault[f];
        add_finding(&r->kernel[place[fault->subject]], fault->finding);
        fault->finding.kind = fault->finding.text = NULL;
        usable[place[fault->subject]] = false;
    }
    bool judged = direction(j->rounding) == MPFR_RNDN && !j->ftz && j->shards == 1;
    struct accuracy **graded = xcalloc((size_t)n, sizeof *graded);
    for (int i = 0; i < n; i++) {
        struct kernel_record *k = &r->kernel[place[i]];
        if (out.graded[i]) {
            k->has_accuracy = true;
            record_accuracy(j, &out, i, &k->accuracy);
            graded[i] = &k->accuracy;
            if (j->inputs_file && j->shards == 1)
                under_record(&out.tally[i], j->inputs.name, j->inputs.value, j->inputs.n,
                             graded[i]);
        }
        verdict_judge(k, out.graded[i] && judged ? &out.tally[i] : NULL, subject[i]->in,
                      subject[i]->out);
    }
    if (!j->inputs_file)
        under_sweep(&plan, &j->inputs, graded);
    if (direction(j->rounding) == MPFR_RNDN && !j->ftz)
        ask_graded(r, out.grading.oracle, subject, place, n, out.graded);
    free(graded);
    sweep_free(&out, n);
    const struct function *ideal = ideal_of(j, subject[0]);
    if (ideal)
        sweep_ideal(j, r, subject, place, n, usable, ideal);
}

static void sweep_all(struct job *j, struct result *r, bool *usable)
{
    const struct selection *sel = &j->selection;
    int n = sel->nsubjects;
    bool *done = xcalloc((size_t)n, sizeof *done);
    struct subject **group = xcalloc((size_t)n, sizeof *group);
    int *place = xcalloc((size_t)n, sizeof *place);
    for (int i = 0; i < n; i++) {
        int members = 0;
        for (int k = i; k < n && usable[i]; k++)
            if (!done[k] && usable[k] && same_truth(sel->subject[i], sel->subject[k])) {
                done[k] = true;
                group[members] = sel->subject[k];
                place[members++] = k;
            }
        if (members)
            sweep_group(j, r, group, place, members, usable);
    }
    progress_clear();
    free(done);
    free(group);
    free(place);
}

/* Kernels of one arithmetic class that gave the same outputs say so. */
static void note_same_bits(struct result *r)
{
    for (int i = 0; i < r->nkernels; i++) {
        struct kernel_record *a = &r->kernel[i];
        for (int b = 0; b < i && a->has_accuracy && !a->same_bits_as; b++) {
            const struct kernel_record *k = &r->kernel[b];
            if (k->has_accuracy && k->accuracy.digest == a->accuracy.digest &&
                k->accuracy.inputs == a->accuracy.inputs && !strcmp(k->function, a->function) &&
                !strcmp(k->dtype, a->dtype))
                a->same_bits_as = xstrdup(k->same_bits_as ? k->same_bits_as : k->name);
        }
    }
}

/* ---- speed ---- */

static void show_speed(void *arg, double done, double left)
{
    (void)arg;
    (void)left;
    progress_show("bench", done, "");
}

/* The yardsticks of a run beside the copy that ratios are to, for every pair of formats in use. */
struct yardsticks {
    int n;
    struct subject subject[(YARDSTICKS - 1) * FORMAT_COUNT];
};

static void add_yardsticks(struct speed_plan *plan, struct yardsticks *y)
{
    int n = plan->nsubjects;
    y->n = 0;
    for (int i = 0; i < n; i++) {
        const struct subject *s = plan->subject[i];
        bool known = false;
        for (int k = 0; k < y->n; k++)
            known |= y->subject[k].in == s->in;
        for (int which = YARDSTICK_COPY + 1; which < YARDSTICKS && !known && s->in == s->out;
             which++)
            if (yardstick_make(&y->subject[y->n], (enum yardstick)which, s->in, s->out))
                y->n++;
    }
    for (int k = 0; k < y->n; k++)
        plan->subject[plan->nsubjects++] = &y->subject[k];
}

/* Moves the cells that were timed from CELL to a list; their number. */
static int keep_cells(struct speed *cell, int n, struct speed **list)
{
    int kept = 0;
    *list = xcalloc((size_t)n, sizeof **list);
    for (int i = 0; i < n; i++)
        if (cell[i].level)
            (*list)[kept++] = cell[i];
        else
            speed_clear(&cell[i]);
    return kept;
}

static void record_yardsticks(struct result *r, const struct subject *s, int n, struct speed *cell,
                              int nsizes)
{
    for (int i = 0; i < n; i++) {
        struct yardstick_record *y = result_add_yardstick(r);
        y->name = xstrdup(s[i].name);
        y->dtype = xstrdup(format_info[s[i].in].name);
        y->how = xstrdup(s[i].kernel->how);
        y->nspeed = keep_cells(cell + i * nsizes, nsizes, &y->speed);
    }
}

/* FAULT became of a kernel, or of nobody. */
static void record_speed_fault(struct result *r, const struct speed_fault *fault, const int *place,
                               int nkernels)
{
    if (fault->subject < 0 || fault->subject >= nkernels) { /* no memory, no child */
        warn("speed was not measured: %s", fault->text);
        return;
    }
    struct kernel_record *k = &r->kernel[place[fault->subject]];
    struct finding finding = {
        .kind = xstrdup("crash"), .text = xstrdup(fault->text), .fatal = true, .judged = true};
    add_finding(k, finding);
    k->broken = xrealloc(k->broken, (size_t)(k->nbroken + 1) * sizeof *k->broken);
    k->broken[k->nbroken++] = xasprintf("while it was timed: %s", fault->text);
}

/* Every size in every mode asked for; without --size, what fits the caches and the time. */
static void choose_sizes(const struct job *j, struct speed_plan *plan)
{
    uint64_t size[SPEED_MAX_SIZES];
    int n = j->nsizes, nmodes = j->nmodes ? j->nmodes : 1;
    memcpy(size, j->size, sizeof size);
    if (!n) {
        n = speed_default_sizes(size, plan->subject[0]->in);
        n = speed_affordable_sizes(size, n, plan->nsubjects, j->seconds);
    }
    for (int m = 0; m < nmodes; m++)
        for (int i = 0; i < (j->mode[m] == LANE_LATENCY ? 1 : n); i++) {
            if (plan->nsizes == SPEED_MAX_SIZES)
                die_usage("--size, --mode: at most %d of both together", SPEED_MAX_SIZES);
            plan->mode[plan->nsizes] = j->mode[m];
            plan->size[plan->nsizes++] = j->mode[m] == LANE_LATENCY ? 0 : size[i];
        }
}

static void time_plan(struct speed_plan *plan, struct result *r, const int *place)
{
    int nkernels = plan->nsubjects, nsizes = plan->nsizes;
    struct yardsticks others;
    struct subject copy;
    add_yardsticks(plan, &others);
    yardstick_make(&copy, YARDSTICK_COPY, plan->subject[0]->in, plan->subject[0]->out);
    struct speed *cell = xcalloc((size_t)plan->nsubjects * (size_t)nsizes, sizeof *cell);
    struct speed *copied = xcalloc((size_t)nsizes, sizeof *copied);
    struct speed_fault *fault = xcalloc((size_t)plan->nsubjects + 1, sizeof *fault);
    plan->yardstick = copied;
    plan->modes = r->modes;
    int faults = speed_run(plan, cell, fault, &r->machine, &r->noise_floor);
    r->yardstick = xstrdup(copy.name);
    for (int i = 0; i < nkernels; i++) {
        struct kernel_record *k = &r->kernel[place[i]];
        k->nspeed = keep_cells(cell + i * nsizes, nsizes, &k->speed);
    }
    record_yardsticks(r, &copy, 1, copied, nsizes);
    record_yardsticks(r, others.subject, others.n, cell + nkernels * nsizes, nsizes);
    for (int f = 0; f < faults; f++)
        record_speed_fault(r, &fault[f], place, nkernels);
    free(cell);
    free(copied);
    free(fault);
}

static void time_all(struct job *j, struct result *r, const bool *usable)
{
    const struct selection *sel = &j->selection;
    char note[256] = "";
    struct speed_plan plan = {.inputs = j->inputs,
                              .seed = j->seed,
                              .seconds = j->seconds,
                              .cpu = j->cpu,
                              .clock = j->clock,
                              .note = note,
                              .notelen = sizeof note,
                              .progress = show_speed};
    size_t most = (size_t)sel->nsubjects + (YARDSTICKS - 1) * FORMAT_COUNT;
    plan.subject = xcalloc(most, sizeof *plan.subject);
    int *place = xcalloc(most, sizeof *place);
    for (int i = 0; i < sel->nsubjects; i++)
        if (usable[i]) {
            place[plan.nsubjects] = i;
            plan.subject[plan.nsubjects++] = sel->subject[i];
        }
    if (plan.nsubjects) {
        choose_sizes(j, &plan);
        time_plan(&plan, r, place);
    }
    if (note[0])
        warn("%s", note);
    free(plan.subject);
    free(place);
    progress_clear();
}

/* ---- instructions ---- */

static void count_all(const struct job *j, struct result *r, const bool *usable)
{
    const struct selection *sel = &j->selection;
    for (int i = 0; i < sel->nsubjects; i++) {
        struct kernel_record *k = &r->kernel[i];
        struct instruction_count count;
        char err[300];
        if (!usable[i])
            continue;
        progress_show("count", (double)i / sel->nsubjects, k->name);
        if (!count_instructions(sel->subject[i], &j->inputs, j->seed, COUNT_ELEMENTS, &count, err,
                                sizeof err)) {
            progress_clear();
            warn("instructions were not counted: %s", err);
            continue;
        }
        k->has_instructions = true;
        k->instructions = (struct instructions){.per_element = count.per_element,
                                                .elements = COUNT_ELEMENTS,
                                                .inputs = xstrdup(j->inputs.name),
                                                .repeatable = count.repeatable};
    }
    progress_clear();
}

/* ---- all of it ---- */

struct result *job_run(struct job *j)
{
    const struct selection *sel = &j->selection;
    struct result *r = result_new();
    double started = now();
    progress_init(j->quiet);
    struct sigaction act = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART}, old_int, old_term;
    sigaction(SIGINT, &act, &old_int);
    sigaction(SIGTERM, &act, &old_term);
    describe_request(j, &r->request);
    machine_describe(&r->machine);
    build_describe(&r->build);
    free(r->build.formulas_digest);
    r->build.formulas_digest = xstrdup(fpcore_builtin_digest());
    bool *usable = xcalloc((size_t)sel->nsubjects, sizeof *usable);
    for (int i = 0; i < sel->nsubjects; i++)
        describe_subject(sel->subject[i], result_add_kernel(r));
    describe_functions(sel, r);
    guard_all(j, r, usable);
    if (j->accuracy)
        sweep_all(j, r, usable);
    else
        for (int i = 0; i < sel->nsubjects; i++)
            verdict_judge(&r->kernel[i], NULL, sel->subject[i]->in, sel->subject[i]->out);
    note_same_bits(r);
    if (j->speed) {
        sigaction(SIGINT, &old_int, NULL);
        sigaction(SIGTERM, &old_term, NULL);
        time_all(j, r, usable);
    }
    if (j->count)
        count_all(j, r, usable);
    for (int i = 0; i < sel->nsubjects && j->accuracy; i++)
        if (!usable[i] && !r->kernel[i].nbroken)
            verdict_judge(&r->kernel[i], NULL, sel->subject[i]->in, sel->subject[i]->out);
    r->request.seconds = now() - started;
    sigaction(SIGINT, &old_int, NULL);
    sigaction(SIGTERM, &old_term, NULL);
    free(usable);
    return r;
}

int job_exit_code(const struct result *r)
{
    int code = EXIT_HELD;
    for (int i = 0; i < r->nkernels; i++)
        if (r->kernel[i].nbroken || (r->kernel[i].has_accuracy && r->kernel[i].accuracy.violations))
            code = EXIT_BROKEN;
    return code;
}
