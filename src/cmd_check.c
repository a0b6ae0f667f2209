/* cmd_check.c -- actulp check, bench and run: one job, measured as far as the command asks. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "job.h"
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

/* ---- words of the options ---- */

static uint64_t whole(const char *arg, const char *option, uint64_t min, uint64_t max)
{
    char *end;
    errno = 0;
    unsigned long long v = strtoull(arg, &end, 0);
    if (end == arg || *end || errno || *arg == '-' || v < min || v > max)
        die_usage("%s %s: expected a whole number from %llu to %llu", option, arg,
                  (unsigned long long)min, (unsigned long long)max);
    return v;
}

static void set_sweep(struct job *j, const char *arg)
{
    while (*arg == ' ')
        arg++;
    j->sweep_text = arg;
    if (!strcmp(arg, "quick") || !strcmp(arg, "full")) {
        j->sweep = *arg == 'q' ? SWEEP_QUICK : SWEEP_FULL;
        return;
    }
    /* Cut at the dots first: strtod would take one of them for a decimal point. */
    char *text = xstrdup(arg), *dots = strstr(text, ".."), *end = NULL, *stop = NULL;
    if (dots) {
        *dots = 0;
        j->from = strtod(text, &end);
        j->to = strtod(dots + 2, &stop);
    }
    if (!dots || end == text || *end || stop == dots + 2 || *stop || !(j->from <= j->to))
        die_usage("--sweep %s: expected quick, full or A..B with A not above B, as -8..8", arg);
    free(text);
    j->sweep = SWEEP_RANGE;
}

static void set_seconds(struct job *j, const char *arg)
{
    char *end;
    j->seconds = strtod(arg, &end);
    if (!strcmp(end, "ms"))
        j->seconds *= 1e-3;
    else if (!strcmp(end, "m") || !strcmp(end, "min"))
        j->seconds *= 60;
    else if (end == arg || (*end && strcmp(end, "s")))
        j->seconds = NAN;
    if (!(j->seconds >= 0.01 && j->seconds <= 86400))
        die_usage("--time %s: expected seconds from 0.01 to 86400, as 20, 20s, 500ms or 2min", arg);
}

static void set_sizes(struct job *j, const char *arg)
{
    if (!strcmp(arg, "curve")) {
        j->nsizes = speed_curve_sizes(j->size, FORMAT_F32);
        return;
    }
    char *copy = xstrdup(arg), *save = NULL;
    j->nsizes = 0;
    for (char *w = strtok_r(copy, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
        if (j->nsizes == SPEED_MAX_SIZES)
            die_usage("--size: at most %d sizes", SPEED_MAX_SIZES);
        j->size[j->nsizes++] = whole(w, "--size", 0, UINT64_C(1) << 32);
    }
    if (!j->nsizes)
        die_usage("--size %s: expected numbers of elements", arg);
    free(copy);
}

static void set_modes(struct job *j, const char *arg)
{
    char *copy = xstrdup(arg), *save = NULL;
    bool chosen[LANE_MODES] = {false};
    for (char *w = strtok_r(copy, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
        int m = 0;
        while (m < LANE_MODES && strcmp(w, lane_mode_word[m]))
            m++;
        if (m == LANE_MODES)
            die_usage("--mode %s: expected throughput, in-place, cold or latency", w);
        chosen[m] = true;
    }
    j->nmodes = 0;
    for (int m = 0; m < LANE_MODES; m++)
        if (chosen[m])
            j->mode[j->nmodes++] = (enum lane_mode)m;
    if (!j->nmodes)
        die_usage("--mode %s: expected throughput, in-place, cold or latency", arg);
    free(copy);
}

/* A name with a parenthesis or a colon, or a known word, is a distribution; all else is a file. */
static void set_inputs(struct job *j, const char *arg)
{
    char err[512], distribution[512];
    inputs_clear(&j->inputs);
    if (inputs_parse(&j->inputs, arg, distribution, sizeof distribution))
        return;
    if (strpbrk(arg, "(:") && !strchr(arg, '/'))
        die_usage("--inputs: %s", distribution);
    if (!inputs_load(&j->inputs, arg, err, sizeof err))
        die_usage("--inputs: %s", err);
    j->inputs_file = true;
}

static void set_rounding(struct job *j, const char *arg)
{
    static const char *const words[] = {"nearest", "up", "down", "zero"};
    for (int i = 0; i < 4; i++)
        if (!strcmp(words[i], arg)) {
            j->rounding = words[i];
            return;
        }
    die_usage("--rounding %s: expected nearest, up, down or zero", arg);
}

static void set_shard(struct job *j, const char *arg)
{
    int end = 0;
    if (sscanf(arg, "%d/%d%n", &j->shard, &j->shards, &end) != 2 || arg[end] || j->shard < 1 ||
        j->shards > 4096 || j->shard > j->shards)
        die_usage("--shard %s: expected I/N with I from 1 to N, as 1/4", arg);
    j->shard--;
}

static void set_evaluations(struct job *j, const char *arg)
{
    char *end;
    double v = strtod(arg, &end);
    if (end == arg || *end || !(v >= 0 && v <= 1e12))
        die_usage("--evals %s: expected a number of evaluations, as 1e6", arg);
    j->evaluations = (uint64_t)v;
}

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
        set_sweep(j, arg);
        break;
    case KEY_JOBS:
        j->jobs = (int)whole(arg, "--jobs", 1, 64);
        break;
    case KEY_CHECKPOINT:
        set_checkpoint(j, arg);
        break;
    case KEY_SHARD:
        set_shard(j, arg);
        break;
    case KEY_EVALS:
        set_evaluations(j, arg);
        break;
    case KEY_ROUNDING:
        set_rounding(j, arg);
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
        set_seconds(j, arg);
        break;
    case KEY_SIZE:
        set_sizes(j, arg);
        break;
    case KEY_MODE:
        set_modes(j, arg);
        break;
    case KEY_CPU:
        j->cpu = (int)whole(arg, "--cpu", 0, 4095);
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
        j->seed = whole(arg, "--seed", 0, UINT64_MAX);
        break;
    case KEY_INPUTS:
        set_inputs(j, arg);
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
            report_accuracy_text(&r->kernel[i], &o, stdout);
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
