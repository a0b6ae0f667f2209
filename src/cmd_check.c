/* cmd_check.c -- actulp check, bench and run: one job, measured as far as the command asks. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "job.h"
#include "job_words.h"
#include "measure/machine.h"
#include "mem.h"
#include "output.h"
#include "terminal.h"
#include "result/json.h"

enum {
    KEY_SWEEP = 0x300,
    KEY_SEED,
    KEY_JOBS,
    KEY_JSON,
    KEY_TIME,
    KEY_SIZE,
    KEY_INPUTS,
    KEY_CPU,
    KEY_CLOCK,
    KEY_ROUNDING,
    KEY_FTZ,
    KEY_MPFR,
    KEY_CHECKPOINT,
    KEY_SHARD,
    KEY_EVALS,
    KEY_ULP,
    KEY_MODE,
    KEY_COUNT
};

/* clang-format off */
static const struct argp_option common_options[] = {
    {0, 0, 0, 0, "Measuring:", 3},
    {"inputs", KEY_INPUTS, "INPUTS", 0,
     "a tensor FILE (.npy, or raw little-endian f32), or a distribution: normal(0,3), uniform(-10,10), "
     "saturated, subnormal, positive, mixed, nan-laden, zero", 3},
    {"seed", KEY_SEED, "N", 0, "seed of everything that is drawn (1)", 3},
    {"count", KEY_COUNT, 0, 0,
     "count instructions per element one by one: exact, the same every time; up to some seconds a kernel", 3},
    {0, 0, 0, 0, "Output:", 4},
    {"json", KEY_JSON, 0, 0, "print the whole result as JSON", 4},
    {"output", 'o', "FILE", 0, "write the result to FILE as JSON", 4},
    {"quiet", 'q', 0, 0, "no progress", 4},
    {"verbose", 'v', 0, 0, "check: all details of every kernel, not only of up to three", 4},
    {0}};

static const struct argp_option accuracy_options[] = {
    {"sweep", KEY_SWEEP, "WHICH", 0,
     "quick (the default), full (every input of the format), or A..B (every float between)", 3},
    {"jobs", KEY_JOBS, "N", 0, "work on N cores (all)", 3},
    {"checkpoint", KEY_CHECKPOINT, "FILE", 0,
     "keep what is finished in FILE; the same command, given again after an interruption, goes on from "
     "there", 3},
    {"shard", KEY_SHARD, "I/N", 0, "only the I-th of N parts; actulp merge joins their results", 3},
    {"evals", KEY_EVALS, "N", 0, "f64: evaluations of the search for bad cases, per kernel (100000)", 3},
    {"rounding", KEY_ROUNDING, "MODE", 0, "nearest, up, down or zero, set around kernel calls", 3},
    {"ftz", KEY_FTZ, 0, 0, "flush subnormals (FTZ and DAZ) around kernel calls", 3},
    {"ulp", KEY_ULP, "KIND", 0,
     "real (the default): the error against the exact value; integer: first the distance from the "
     "correctly rounded result, in representable numbers", 3},
    {"mpfr", KEY_MPFR, 0, 0, "take every truth from MPFR, without the fast reference", 3},
    {0}};

static const struct argp_option speed_options[] = {
    {"time", KEY_TIME, "SECONDS", 0, "time budget of the speed measurement (20)", 3},
    {"size", KEY_SIZE, "N,...", 0,
     "elements per call; 0 is the latency of a dependent scalar call; curve: from 1 to beyond the last cache "
     "by factors of 4 (what fits the caches, and the time)", 3},
    {"mode", KEY_MODE, "MODE,...", 0, "throughput (the default), in-place, cold or latency", 3},
    {"cpu", KEY_CPU, "N", 0, "pin to this core", 3},
    {"clock", KEY_CLOCK, "NAME", 0, "tsc, cntvct or monotonic (the best that is valid)", 3},
    {0}};
/* clang-format on */

/* ---- reading the options ---- */

static void set_checkpoint(struct job *j, const char *arg)
{
    char err[512];
    j->checkpoint = checkpoint_open(arg, err, sizeof err);
    if (!j->checkpoint)
        die_usage("--checkpoint: %s", err);
}

static error_t parse_accuracy(int key, char *arg, struct argp_state *state)
{
    struct job *j = state->input;
    switch (key) {
    case KEY_SWEEP:
        job_set_sweep(j, arg);
        break;
    case KEY_JOBS:
        j->jobs = (int)word_whole(arg, "--jobs", 1, 64);
        break;
    case KEY_CHECKPOINT:
        set_checkpoint(j, arg);
        break;
    case KEY_SHARD:
        job_set_shard(j, arg);
        break;
    case KEY_EVALS:
        job_set_evaluations(j, arg);
        break;
    case KEY_ROUNDING:
        job_set_rounding(j, arg);
        break;
    case KEY_FTZ:
        j->ftz = true;
        break;
    case KEY_MPFR:
        j->mpfr_only = true;
        break;
    case KEY_ULP:
        if (strcmp(arg, "real") && strcmp(arg, "integer"))
            die_usage("--ulp %s: expected real or integer", arg);
        j->integer_ulp = *arg == 'i';
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static error_t parse_speed(int key, char *arg, struct argp_state *state)
{
    struct job *j = state->input;
    switch (key) {
    case KEY_TIME:
        job_set_seconds(j, arg);
        break;
    case KEY_SIZE:
        job_set_sizes(j, arg);
        break;
    case KEY_MODE:
        job_set_modes(j, arg);
        break;
    case KEY_CPU:
        j->cpu = (int)word_whole(arg, "--cpu", 0, 4095);
        break;
    case KEY_CLOCK:
        if (strcmp(arg, "tsc") && strcmp(arg, "cntvct") && strcmp(arg, "monotonic"))
            die_usage("--clock %s: expected tsc, cntvct or monotonic", arg);
        j->clock = arg;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct job *j = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &j->selection;
        for (int i = 1; state->root_argp->children[i].argp; i++)
            state->child_inputs[i] = j;
        break;
    case KEY_SEED:
        j->seed = word_whole(arg, "--seed", 0, UINT64_MAX);
        break;
    case KEY_INPUTS:
        job_set_inputs(j, arg);
        break;
    case KEY_COUNT:
        j->count = true;
        break;
    case KEY_JSON:
        j->json = true;
        break;
    case 'o':
        j->output = arg;
        break;
    case 'q':
        j->quiet = true;
        break;
    case 'v':
        j->verbose = true;
        break;
    case ARGP_KEY_ARG:
        selection_pattern(&j->selection, arg);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp accuracy_argp = {accuracy_options, parse_accuracy, 0, 0, 0, 0, 0};
static const struct argp speed_argp = {speed_options, parse_speed, 0, 0, 0, 0, 0};
static const struct argp_child check_children[] = {
    {&selection_argp, 0, 0, 0}, {&accuracy_argp, 0, 0, 0}, {0}};
static const struct argp_child bench_children[] = {
    {&selection_argp, 0, 0, 0}, {&speed_argp, 0, 0, 0}, {0}};
static const struct argp_child run_children[] = {
    {&selection_argp, 0, 0, 0}, {&accuracy_argp, 0, 0, 0}, {&speed_argp, 0, 0, 0}, {0}};

/* ---- the commands ---- */

/* Without patterns, check takes everything; run and bench take what a newcomer wants to see and
 * what ends within a minute: the best-known activations in f32, on the widest ISA of this machine,
 * and by the methods that exist as scalar code only. */
static enum isa_id widest_isa(void)
{
    static const enum isa_id order[] = {ISA_AVX512, ISA_AVX2, ISA_SSE2, ISA_NEON};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (isa_available(order[i]))
            return order[i];
    return ISA_SCALAR;
}

static bool default_kernels(const struct subject *s)
{
    static const char *const scalar[] = {"naive", "naive-fastmath", "stable", "libm",
                                         "via-sigmoid"};
    static const char *const functions[] = {"sigmoid",    "tanh", "relu",
                                            "leaky_relu", "gelu", "silu"};
    bool shown = false;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        shown |= !strcmp(s->function->id, functions[i]);
    if (!shown || s->in != FORMAT_F32 || s->out != FORMAT_F32)
        return false;
    for (size_t i = 0; i < sizeof scalar / sizeof *scalar; i++)
        if (s->kernel->isa == ISA_SCALAR && !strcmp(s->kernel->method, scalar[i]))
            return true;
    return s->kernel->isa == widest_isa();
}

static void write_json(const struct result *r, const char *path)
{
    struct output out;
    char err[512];
    if (!output_open(&out, path, err, sizeof err))
        die_usage("%s", err);
    result_write(r, out.file);
    if (!output_close(&out, err, sizeof err))
        die_usage("%s", err);
}

/* The output must be writable before minutes are spent. */
static void probe_output(const char *path)
{
    struct output out;
    char err[512];
    if (!output_open(&out, path, err, sizeof err))
        die_usage("%s", err);
    output_abandon(&out);
}

enum { DETAILED = 3 }; /* so many kernels get all their details without --verbose */

static void print_result(const struct job *j, const struct result *r)
{
    struct report_options o = terminal_options(NULL);
    o.integer_ulp = j->integer_ulp;
    if (j->json)
        write_json(r, NULL);
    else if (j->speed && !j->accuracy)
        report_speed_text(r, &o, stdout);
    else if (j->accuracy && !j->speed && (j->verbose || r->nkernels <= DETAILED))
        for (int i = 0; i < r->nkernels; i++)
            report_accuracy_text(r, &r->kernel[i], &o, stdout);
    else if (!j->output || !j->speed)
        report_text(r, &o, stdout);
}

static int perform(const struct argp *argp, int argc, char **argv, bool accuracy, bool speed,
                   bool (*defaults)(const struct subject *))
{
    struct job j;
    job_init(&j);
    j.accuracy = accuracy;
    j.speed = speed;
    command_parse(argp, argc, argv, &j);
    if (j.output)
        probe_output(j.output);
    selection_choose(&j.selection, defaults);
    struct result *r = job_run(&j);
    if (j.output)
        write_json(r, j.output);
    print_result(&j, r);
    if (j.checkpoint)
        checkpoint_remove(j.checkpoint);
    int code = job_exit_code(r);
    result_free(r);
    job_free(&j);
    return code;
}

static const char names[] =
    "\vKERNEL is a name such as sigmoid/f32/poly/avx2, the beginning of one, or a "
    "glob.  Exit code 1 if a promise was broken.";

int cmd_check(int argc, char **argv)
{
    char *doc =
        xasprintf("Checks accuracy, shape and contract of kernels; of all, unless named.%s", names);
    const struct argp argp = {common_options, parse, "[KERNEL...]", doc, check_children, 0, 0};
    return perform(&argp, argc, argv, true, false, NULL);
}

int cmd_bench(int argc, char **argv)
{
    char *doc = xasprintf("Times kernels, interleaved in one run.%s", names);
    const struct argp argp = {common_options, parse, "[KERNEL...]", doc, bench_children, 0, 0};
    return perform(&argp, argc, argv, false, true, default_kernels);
}

int cmd_run(int argc, char **argv)
{
    char *doc = xasprintf("Checks and times kernels and keeps the result: the main job.%s", names);
    const struct argp argp = {
        common_options, parse, "[KERNEL...] -o RESULTS.json", doc, run_children, 0, 0};
    return perform(&argp, argc, argv, true, true, default_kernels);
}
