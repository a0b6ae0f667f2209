/* cmd_choose.c -- actulp choose: the kernel to use, and why not the others.
 *
 * The choice is a pure function of a result (reports/choose.h); without a result the command first
 * measures what the choice needs, and no more.
 */
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
#include "../reports/choose.h"

struct arguments {
    struct wish wish;
    const char *results, *inputs, *output;
    bool json, quiet;
    double seconds;
};

enum {
    KEY_MAX_ULP = 0x300,
    KEY_DTYPE,
    KEY_ISA,
    KEY_REQUIRE,
    KEY_SIZE,
    KEY_INPUTS,
    KEY_FORMAT,
    KEY_TIME
};

/* clang-format off */
static const struct argp_option options[] = {
    {0, 0, 0, 0, "Conditions:", 1},
    {"max-ulp", KEY_MAX_ULP, "N", 0, "errors of at most N ulps (any)", 1},
    {"dtype", KEY_DTYPE, "DTYPE", 0, "f32 (the default), f16, bf16, f64, ...", 1},
    {"isa", KEY_ISA, "ISA,...", 0, "one of these: scalar, fma, sse2, avx2, avx512, neon (any)", 1},
    {"require", KEY_REQUIRE, "WORD,...", 0,
     "promised, and not seen to fail: in-range, monotone, symmetry, subnormal, nan, inf, zero-sign, "
     "bitwise-stable, correctly-rounded; ftz-safe: graded with subnormals flushed", 1},
    {"size", KEY_SIZE, "N", 0,
     "fastest in calls with N elements; 0: of single dependent calls (what fits L1)", 1},
    {"inputs", KEY_INPUTS, "INPUTS", 0,
     "fastest on this distribution or tensor FILE, as for bench", 1},
    {0, 0, 0, 0, "Measuring (without RESULTS.json):", 2},
    {"time", KEY_TIME, "SECONDS", 0, "time budget of the speed measurement (5)", 2},
    {"quiet", 'q', 0, 0, "no progress", 2},
    {0, 0, 0, 0, "Output:", 3},
    {"format", KEY_FORMAT, "FORMAT", 0, "text (the default), or json for build systems", 3},
    {"output", 'o', "FILE", 0, "write to FILE instead of standard output", 3},
    {0}};
/* clang-format on */

static double number(const char *arg, const char *option, const char *expected)
{
    char *end;
    double v = strtod(arg, &end);
    if (end == arg || *end || !(v >= 0) || isinf(v))
        die_usage("%s %s: expected %s", option, arg, expected);
    return v;
}

static void set_size(struct wish *w, const char *arg)
{
    char *end;
    errno = 0;
    w->size = strtoull(arg, &end, 0);
    if (end == arg || *end || errno || *arg == '-' || w->size > UINT64_C(1) << 32)
        die_usage("--size %s: expected a number of elements", arg);
    w->latency = w->size == 0;
}

/* The ISA that the N characters at WORD name; -1: none. */
static int isa_named(const char *word, size_t n)
{
    for (int i = 0; i < ISA_COUNT; i++)
        if (strlen(isa_word[i]) == n && !strncmp(isa_word[i], word, n))
            return i;
    return -1;
}

/* An ISA that does not exist would only ever exclude every kernel. */
static void set_isas(struct wish *w, const char *arg)
{
    if (!*arg)
        die_usage("--isa: expected one or more of scalar, fma, sse2, avx2, avx512, neon");
    for (const char *word = arg; *word;) {
        size_t n = strcspn(word, ",");
        if (isa_named(word, n) < 0)
            die_usage("--isa %s: `%.*s' is none of scalar, fma, sse2, avx2, avx512, neon, ext", arg,
                      (int)n, word);
        word += n + (word[n] == ',');
    }
    w->isas = arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    char err[400];
    switch (key) {
    case KEY_MAX_ULP:
        a->wish.max_ulp = number(arg, "--max-ulp", "a number of ulps");
        if (!(a->wish.max_ulp > 0))
            die_usage("--max-ulp %s: must be above 0; 0.5 is the least there is", arg);
        break;
    case KEY_DTYPE:
        a->wish.dtype = arg;
        break;
    case KEY_ISA:
        set_isas(&a->wish, arg);
        break;
    case KEY_REQUIRE:
        if (!wish_require(&a->wish, arg, err, sizeof err))
            die_usage("--require %s: %s", arg, err);
        break;
    case KEY_SIZE:
        set_size(&a->wish, arg);
        break;
    case KEY_INPUTS:
        a->inputs = arg;
        break;
    case KEY_TIME:
        a->seconds = number(arg, "--time", "seconds from 0.01 to 86400");
        if (!(a->seconds >= 0.01 && a->seconds <= 86400))
            die_usage("--time %s: expected seconds from 0.01 to 86400", arg);
        break;
    case KEY_FORMAT:
        if (strcmp(arg, "text") && strcmp(arg, "json"))
            die_usage("--format %s: expected text or json", arg);
        a->json = *arg == 'j';
        break;
    case 'o':
        a->output = arg;
        break;
    case 'q':
        a->quiet = true;
        break;
    case ARGP_KEY_ARG:
        if (a->results)
            die_usage("one function and one result at a time; %s is one too many", arg);
        *(a->wish.function ? &a->results : &a->wish.function) = arg;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    options,
    parse,
    "FUNCTION [RESULTS.json]",
    "Names the fastest kernel of FUNCTION that meets every condition, the next one, and why each "
    "other one lost."
    "\vWith a result of `actulp run' it only reads; without one it measures first.  Exit code 3 "
    "if no kernel meets the conditions.",
    0,
    0,
    0};

/* ---- from a result ---- */

/* "swish" stands for silu; a name that we do not know may be of the user's own formula. */
static const char *function_id(const char *name)
{
    const struct function *f = function_find(fpcore_builtin(), name);
    return f ? f->id : name;
}

/* What results call these inputs. */
static const char *inputs_name(const char *text)
{
    struct inputs inputs;
    char err[400];
    const char *slash = strrchr(text, '/');
    if (!inputs_parse(&inputs, text, err, sizeof err))
        return xasprintf("file %s", slash ? slash + 1 : text);
    char *name = xstrdup(inputs.name);
    inputs_clear(&inputs);
    return name;
}

static struct result *read_results(struct arguments *a)
{
    struct json_error bad;
    struct result *r = result_read_file(a->results, &bad);
    if (!r)
        die_usage("%s", bad.text);
    a->wish.function = function_id(a->wish.function);
    if (a->inputs)
        a->wish.inputs = inputs_name(a->inputs);
    const char *dtype = a->wish.dtype ? a->wish.dtype : "f32";
    const struct kernel_record *other = NULL;
    for (int i = 0; i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        if (strcmp(k->function, a->wish.function))
            continue;
        if (!strcmp(k->dtype, dtype))
            return r;
        other = k;
    }
    if (other)
        die(EXIT_INCOMPARABLE, "%s: has no kernel of %s in %s; --dtype %s is there", a->results,
            a->wish.function, dtype, other->dtype);
    die(EXIT_INCOMPARABLE, "%s: has no kernel of '%s'", a->results, a->wish.function);
}

/* ---- by measuring ---- */

static void load_inputs(struct inputs *in, const char *text)
{
    char distribution[400], err[400];
    inputs_clear(in);
    if (inputs_parse(in, text, distribution, sizeof distribution))
        return;
    if (strpbrk(text, "(:") && !strchr(text, '/'))
        die_usage("--inputs: %s", distribution);
    if (!inputs_load(in, text, err, sizeof err))
        die_usage("--inputs: %s", err);
}

/* FUNCTION/DTYPE, or FUNCTION/DTYPE/ * /ISA for each ISA that is asked for. */
static void select_kernels(struct selection *s, const struct wish *w)
{
    const char *dtype = w->dtype ? w->dtype : "f32";
    if (!w->isas)
        selection_pattern(s, xasprintf("%s/%s", w->function, dtype));
    for (const char *isa = w->isas; isa && *isa;) {
        size_t n = strcspn(isa, ",");
        if (isa_available((enum isa_id)isa_named(isa, n)))
            selection_pattern(s, xasprintf("%s/%s/*/%.*s", w->function, dtype, (int)n, isa));
        isa += n + (isa[n] == ',');
    }
    if (!s->npatterns)
        die(EXIT_INCOMPARABLE, "this machine has none of %s", w->isas);
}

static struct result *measure(struct arguments *a)
{
    struct job j;
    uint64_t fits[SPEED_MAX_SIZES];
    job_init(&j);
    j.accuracy = j.speed = true;
    j.quiet = a->quiet;
    j.seconds = a->seconds;
    j.ftz = a->wish.ftz_safe;
    if (a->inputs)
        load_inputs(&j.inputs, a->inputs);
    select_kernels(&j.selection, &a->wish);
    selection_choose(&j.selection, NULL);
    speed_default_sizes(fits, j.selection.subject[0]->in);
    j.size[0] = a->wish.size || a->wish.latency ? a->wish.size : fits[0];
    j.nsizes = 1;
    struct result *r = job_run(&j);
    a->wish.function = xstrdup(j.selection.subject[0]->function->id);
    a->wish.size = j.size[0];
    job_free(&j);
    return r;
}

int cmd_choose(int argc, char **argv)
{
    struct arguments a = {.seconds = 5};
    command_parse(&argp, argc, argv, &a);
    if (!a.wish.function)
        die_usage("which function? usage: actulp choose sigmoid --max-ulp 1");
    if (strchr(a.wish.function, '/'))
        die_usage("%s: expected a function, as sigmoid; --dtype and --isa say more",
                  a.wish.function);
    struct result *r = a.results ? read_results(&a) : measure(&a);
    struct choice *c = choose(r, &a.wish);
    struct report_options o = terminal_options(a.output);
    struct output out;
    char err[512];
    if (!output_open(&out, a.output, err, sizeof err))
        die_usage("%s", err);
    if (a.json)
        choice_json(c, out.file);
    else
        choice_text(c, &o, out.file);
    if (!output_close(&out, err, sizeof err))
        die_usage("%s", err);
    int code = c->pick ? EXIT_HELD : EXIT_INCOMPARABLE;
    choice_free(c);
    result_free(r);
    return code;
}
