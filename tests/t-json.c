/* t-json.c -- results as JSON: what is written reads back, the same bytes come out, and whatever is
 * no result is refused with one line that says where. */
#include <float.h>
#include <math.h>
#include <string.h>
#include <jansson.h>
#include "../src/mem.h"
#include "../src/result/json.h"
#include "../src/result/stats.h"
#include "tap.h"

/* --- a result with something in every field, much of it awkward --- */

static struct witness awkward_witness(void)
{
    return (struct witness){.x = UINT64_MAX,
                            .y = 0,
                            .due = 0x3f800000,
                            .x_value = -INFINITY,
                            .y_value = NAN,
                            .exact = -0.0};
}

static char **texts(int n, const char *const *text)
{
    char **copy = xcalloc((size_t)n, sizeof *copy);
    for (int i = 0; i < n; i++)
        copy[i] = xstrdup(text[i]);
    return copy;
}

static void fill_accuracy(struct accuracy *a)
{
    a->coverage = xstrdup("sampled");
    a->rigour = xstrdup("certified, assuming SLEEF 3.5.1 within 2^-50");
    a->sweep = xstrdup("quick");
    a->inputs = UINT64_C(1) << 32;
    a->numbers = (UINT64_C(1) << 53) + 1; /* no double holds it */
    a->max_distance = UINT64_MAX;
    a->worst = awkward_witness();
    a->max_ulp = 0x1.999999999999ap-4;
    a->max_abs = DBL_MAX;
    a->max_rel = DBL_TRUE_MIN;
    a->mean_ulp = -0.0;
    a->rms_ulp = 1e16;
    a->bias_ulp = -1.0 / 3;
    a->histogram[0] = 7;
    a->histogram[HISTOGRAM_BINS - 1] = 9;
    a->failure[FAIL_NAN] = (struct count){1, awkward_witness()};
    a->failure[FAIL_SYMMETRY] = (struct count){UINT64_C(1) << 40, awkward_witness()};
    a->nsegments = 4;
    a->segment = xcalloc(4, sizeof *a->segment);
    a->segment[0] = (struct segment){0, 0};
    a->segment[1] = (struct segment){1, NAN};
    a->segment[2] = (struct segment){2, 1.00001000001};
    a->segment[3] = (struct segment){segment_count() - 1, 0.5};
    a->digest = 0xfedcba9876543210;
    a->saturates_below = -INFINITY;
    a->saturates_above = 17.328680038452148;
    a->ntiers = 2;
    a->tier_name = texts(2, (const char *[]){"double", "MPFR \"interval\""});
    a->tier_count = xcalloc(2, sizeof *a->tier_count);
    a->tier_count[0] = 5;
}

static void fill_speed(struct kernel_record *k)
{
    static const float sample[] = {0.1f, FLT_MAX, FLT_TRUE_MIN, 1e-3f, 16777217.f};
    k->nspeed = 6;
    k->speed = xcalloc(6, sizeof *k->speed);
    for (int i = 0; i < 6; i++) { /* every length of base64 padding */
        struct speed *s = &k->speed[i];
        *s =
            (struct speed){.n = (uint64_t)i, .ns = 0.1, .ns_lo = NAN, .ratio = 2, .settled = i % 2};
        s->level = i ? xstrdup("L1") : NULL;
        s->inputs = xstrdup("normal(0,3)");
        s->mode = xstrdup("throughput");
        s->nsamples = i;
        s->sample = xcalloc((size_t)i, sizeof *s->sample);
        memcpy(s->sample, sample, (size_t)i * sizeof *sample);
    }
}

static void fill_kernel(struct kernel_record *k)
{
    k->name = xstrdup("tanh/f32/\"quoted\\\"\t\x01\x7f/ext");
    k->function = xstrdup("tanh");
    k->dtype = xstrdup("f32");
    k->method = xstrdup("größe/数/😀");
    k->isa = xstrdup("ext");
    k->origin = xstrdup("/lib/\xff\xc3(\xed\xa0\x80\xf5/x.so"); /* not UTF-8 */
    k->nbounds = 1;
    k->bound = xcalloc(1, sizeof *k->bound);
    *k->bound = (struct bound_record){-INFINITY, INFINITY, 1.5};
    k->nkeeps = 2;
    k->keeps = texts(2, (const char *[]){"range", "nan"});
    k->nbroken = 1;
    k->broken = texts(1, (const char *[]){"0.7 ulp at x = 0x1p-3;\nover 0.6"});
    k->has_contract = k->has_accuracy = true;
    k->contract.verdict = xstrdup("broken");
    k->contract.calls = 10;
    k->contract.nfindings = 2;
    k->contract.finding = xcalloc(2, sizeof *k->contract.finding);
    for (int i = 0; i < 2; i++) {
        struct finding *f = &k->contract.finding[i];
        *f = (struct finding){.fatal = i, .offset_in = -4, .has_input = i, .length = 3};
        f->kind = xstrdup("tail");
        f->text = xstrdup("differs from a call of length 1");
        f->input = awkward_witness();
    }
    fill_accuracy(&k->accuracy);
    k->accuracy.has_under = true;
    k->accuracy.under = (struct under){
        xstrdup("normal(0,3)"), 65536, 0.25, 0.75, 0.125, 0.0625, 0.5, 0, NAN, -1e-300};
    k->nanswers = 2;
    k->answer = xcalloc(2, sizeof *k->answer);
    k->answer[0] = (struct answer){UINT64_MAX, 0x80000000, -INFINITY, NAN, 2, NULL};
    k->answer[0].right = xcalloc(2, sizeof *k->answer[0].right);
    k->answer[0].right[1] = UINT64_MAX;
    fill_speed(k);
    k->has_instructions = true;
    k->instructions = (struct instructions){37.25, 256, xstrdup("normal(0,3)"), true};
}

static void fill_function(struct function_record *f)
{
    f->id = xstrdup("tanh");
    f->formula = xstrdup("(tanh x)");
    f->nparams = 1;
    f->param_name = texts(1, (const char *[]){"alpha"});
    f->param = xcalloc(1, sizeof *f->param);
    f->param[0] = 0.01f;
    f->has_range = true;
    f->range_lo = -1;
    f->range_hi = INFINITY;
    f->ncurve = 2;
    f->curve = xcalloc(2, sizeof *f->curve);
    f->curve[1] = (struct curve_point){1e300, -1e-300};
}

static struct result *full_result(void)
{
    struct result *r = result_new();
    r->request.command = xstrdup("actulp run 'tanh/*'");
    r->request.seed = UINT64_MAX;
    r->noise_floor = 0.013;
    r->machine.cpu_model = xstrdup("Some CPU");
    r->machine.cycles_from = xstrdup("chain");
    r->machine.switches = 3;
    r->modes[0] = 5, r->modes[HISTOGRAM_BINS - 1] = UINT64_MAX;
    struct yardstick_record *y = result_add_yardstick(r);
    y->name = xstrdup("copy");
    y->dtype = xstrdup("f32");
    y->nspeed = 1;
    y->speed = xcalloc(1, sizeof *y->speed);
    y->speed[0] = (struct speed){.n = 1, .inputs = xstrdup(""), .mode = xstrdup("cold")};
    r->build.npasses = 1;
    r->build.pass = xcalloc(1, sizeof *r->build.pass);
    *r->build.pass = (struct pass_flags){xstrdup("avx2-f32"), xstrdup("-O2 -mavx2")};
    fill_function(result_add_function(r));
    result_add_function(r)->id = xstrdup("bare");
    fill_kernel(result_add_kernel(r));
    struct kernel_record *bare = result_add_kernel(r); /* neither contract nor accuracy nor speed */
    bare->name = xstrdup("tanh/f32/bare/scalar");
    bare->function = xstrdup("tanh");
    bare->dtype = xstrdup("f32");
    bare->method = xstrdup("bare");
    bare->isa = xstrdup("scalar");
    return r;
}

static char *written(const struct result *r)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    bool good = result_write(r, out);
    fclose(out);
    if (!good)
        ok(false, "writing to memory fails");
    return text;
}

static struct result *read_text(const char *text, struct json_error *err)
{
    FILE *in = fmemopen((void *)text, strlen(text), "r");
    struct result *r = result_read(in, "some.json", err);
    fclose(in);
    return r;
}

/* --- there and back --- */

static bool same_witness(struct witness a, struct witness b)
{
    return a.x == b.x && a.y == b.y && a.due == b.due && a.x_value == b.x_value &&
           isnan(a.y_value) && isnan(b.y_value) && a.exact == b.exact &&
           signbit(a.exact) == signbit(b.exact);
}

static void test_round_trip(void)
{
    struct json_error err;
    struct result *r = full_result();
    char *first = written(r), *again = written(r);
    ok(!strcmp(first, again), "the same result gives the same bytes");
    struct result *back = read_text(first, &err);
    if (!ok(back != NULL, "what is written reads back (%s)", back ? "" : err.text))
        exit(done_testing());
    char *second = written(back);
    ok(!strcmp(first, second), "and is written the same");
    const struct accuracy *a = &r->kernel[0].accuracy, *b = &back->kernel[0].accuracy;
    ok(b->numbers == a->numbers && b->max_distance == UINT64_MAX, "64-bit counts survive");
    ok(same_witness(a->worst, b->worst), "a witness survives, infinity, NaN, -0 and all");
    ok(b->max_ulp == a->max_ulp && b->max_abs == DBL_MAX && b->max_rel == DBL_TRUE_MIN &&
           b->bias_ulp == a->bias_ulp && b->rms_ulp == 1e16 && signbit(b->mean_ulp),
       "doubles survive to the last bit");
    ok(b->histogram[0] == 7 && b->histogram[HISTOGRAM_BINS - 1] == 9, "the histogram survives");
    ok(b->failure[FAIL_SYMMETRY].n == UINT64_C(1) << 40 && b->failure[FAIL_INF].n == 0 &&
           isnan(b->failure[FAIL_INF].first.exact),
       "failures survive, and those that did not occur stay empty");
    ok(b->nsegments == 4 && isnan(b->segment[1].max_ulp) && b->segment[2].max_ulp == 1.0001,
       "an error per segment is rounded up to five digits: %.9g", b->segment[2].max_ulp);
    ok(isinf(b->saturates_below) && isnan(b->exact_saturates_above), "unknown stays unknown");
    ok(!strcmp(b->tier_name[1], "MPFR \"interval\"") && b->tier_count[0] == 5, "tiers survive");
    const struct kernel_record *k = &back->kernel[0];
    ok(!strcmp(k->name, r->kernel[0].name) && !strcmp(k->method, "größe/数/😀"),
       "quotes, control characters and UTF-8 survive");
    ok(!strcmp(k->origin, "/lib/\\xff\\xc3(\\xed\\xa0\\x80\\xf5/x.so"),
       "bytes that are not UTF-8 are escaped: %s", k->origin);
    ok(k->speed[0].level == NULL && !memcmp(k->speed[5].sample, r->kernel[0].speed[5].sample, 20),
       "samples survive to the last bit");
    ok(isinf(k->bound->lo) && k->bound->ulp == 1.5, "an infinite interval end survives");
    ok(back->request.seed == UINT64_MAX && back->machine.cpu == -1, "seed and CPU survive");
    ok(back->function[0].param[0] == 0.01f && isinf(back->function[0].range_hi),
       "parameters and range survive");
    ok(!back->kernel[1].has_accuracy && !back->kernel[1].has_contract, "what is absent stays so");
    ok(result_function(back, "bare") == &back->function[1] && !result_function(back, "none"),
       "a function is found by its id");
    free(first);
    free(again);
    free(second);
    result_free(r);
    result_free(back);
}

/* Doubles of every size: 17 digits are not always needed, but always enough. */
static void test_doubles(void)
{
    struct json_error err;
    uint64_t state = 20240229;
    int wrong = 0;
    struct result *r = full_result();
    printf("# seed %d\n", 20240229);
    for (int i = 0; i < 200; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint64_t bits = state;
        memcpy(&r->noise_floor, &bits, 8);
        char *text = written(r);
        struct result *back = read_text(text, &err);
        if (!back || (isfinite(r->noise_floor) ? back->noise_floor != r->noise_floor
                                               : !isnan(back->noise_floor)))
            wrong++;
        free(text);
        result_free(back);
    }
    ok(wrong == 0, "200 random doubles read back exactly (%d do not)", wrong);
    result_free(r);
}

/* --- refusals --- */

static void refused(const char *text, const char *message)
{
    struct json_error err;
    struct result *r = read_text(text, &err);
    ok(!r && strstr(err.text, message) && !strchr(err.text, '\n'), "refused: %s",
       r ? "NOT REFUSED" : err.text);
    result_free(r);
}

/* TEXT with its first FROM replaced. */
static void refused_with(const char *text, const char *from, const char *to, const char *message)
{
    const char *at = strstr(text, from);
    if (!at) {
        ok(false, "the document holds no %s", from);
        return;
    }
    char *other = xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    refused(other, message);
    free(other);
}

static void test_refusals(const char *text)
{
    refused(" ", "some.json:1:");
    refused("[]", "some.json: /: is an array, expected a result of actulp");
    refused("{}", "some.json: /schema: is missing, expected 1");
    refused_with(text, "\"schema\": 1", "\"schema\": 2",
                 "/schema: is 2, expected schema version 1");
    refused_with(text, "\"schema\": 1", "\"schema\": \"1\"", "/schema: is \"1\", expected");
    refused_with(text, "\"schema\": 1", "\"schema\": 1, \"schema\": 1", "duplicate");
    refused_with(text, "\"noise_floor\": 0.013", "\"noise_floor\": NaN", "some.json:");
    refused_with(text, "\"noise_floor\": 0.013", "\"noise_floor\": Infinity", "some.json:");
    refused_with(text, "\"noise_floor\": 0.013", "\"noise_floor\": 1e999", "some.json:");
    refused_with(text, "\"noise_floor\": 0.013", "\"noise_floor\": \"inf\"",
                 "/noise_floor: is \"inf\", expected a number or null");
    refused_with(text, "\"max_ulp\"", "\"max\"", "/kernels/0/accuracy/max_ulp: is missing");
    refused_with(text, "\"lo\": \"-inf\"", "\"lo\": \"inf.\"",
                 "/kernels/0/bounds/0/lo: is \"inf.\"");
    refused_with(text, "\"lo\": \"-inf\"", "\"lo\": null",
                 "/kernels/0/bounds/0/lo: is null, expected");
    refused_with(text, "\"ulp\": 1.5", "\"ulp\": null",
                 "/kernels/0/bounds/0/ulp: is null, expected");
    refused_with(text, "\"ns\": 0.1", "\"ns\": null", "/kernels/0/speed/0/ns: is null, expected");
    refused_with(text, "\"per_element\": 37.25", "\"per_element\": null", "per_element: is null");
    refused_with(text, "\"max_ulp\": 0.1", "\"max_ulp\": null",
                 "/kernels/0/accuracy/max_ulp: is no error, expected a number from 0");
    refused_with(text, "\"max_ulp\": 0.1", "\"max_ulp\": -1", "/accuracy/max_ulp: is no error");
    refused_with(text, "\"correctly_rounded\": 0", "\"correctly_rounded\": 5000000000",
                 "/kernels/0/accuracy/correctly_rounded: is more than there are inputs");
    refused_with(text, "[1e+300, -1e-300]", "[1e+300, null]", "is null, expected a number");
    refused_with(text, "\"inputs\": 4294967296", "\"inputs\": -1",
                 "/kernels/0/accuracy/inputs: is -1, expected a count");
    refused_with(text, "\"inputs\": 4294967296", "\"inputs\": 1.5",
                 "is a number, expected a count");
    refused_with(text, "\"seed\": \"0xffff", "\"seed\": \"0xfffff", "expected a hex string");
    refused_with(text, "[2, 1.0001]", "[999999, 1]", "/kernels/0/accuracy/segments/2: is 999999");
    refused_with(text, "[0, 0]", "[0]", "has 1 elements, expected 2");
    refused_with(text, "\"samples\": \"\"", "\"samples\": \"AAA=\"", "base64");
    refused_with(text, "\"samples\": \"\"", "\"samples\": \"zczM-Q==\"", "base64");
    refused_with(text, "\"histogram\": [7", "\"histogram\": [7, 0", "has 35 elements, expected 34");
    refused_with(text, "\"cores\": 0", "\"cores\": 3000000000", "at most 32 bits");
    refused_with(text, "\"origin\"", "\"\\u0000\"", "some.json:");
    refused_with(text, "\n}\n", "\n}\n{}", "some.json:");
    struct json_error err;
    ok(!result_read_file("/nowhere/at/all.json", &err) && strstr(err.text, "cannot be opened"),
       "refused: %s", err.text);
    ok(!result_read_file("/", &err) && strstr(err.text, "/: cannot be read"), "refused: %s",
       err.text);
}

static void test_truncated(const char *text)
{
    size_t length = strlen(text) - 2; /* without the line end and the last brace */
    int accepted = 0, tried = 0;
    char *part = xstrdup(text);
    for (size_t n = length; n > 0; n = n > 37 ? n - 37 : 0) {
        struct json_error err;
        part[n] = 0;
        struct result *r = read_text(part, &err);
        accepted += r != NULL || !err.text[0];
        result_free(r);
        tried++;
    }
    free(part);
    ok(accepted == 0 && tried > 100, "cut off at %d places, refused at all but %d", tried,
       accepted);
}

/* --- every member of every object in turn: without it, and with a value of a type that fits no
 * field --- */

struct survey {
    json_t *root;
    int members, lacking_taken, wrong_taken;
};

/* Members that stand by their own names: their absence means none. */
static bool is_open(const char *key)
{
    return !strcmp(key, "failures") || !strcmp(key, "tiers") || !strcmp(key, "parameters");
}

static bool reads(json_t *root)
{
    struct json_error err;
    char *text = json_dumps(root, 0);
    struct result *r = read_text(text, &err);
    free(text);
    result_free(r);
    return r != NULL;
}

/* Members younger than the first results of schema 1: a reader does without them. */
static bool is_young(const char *key)
{
    static const char *const young[] = {"cycles_from",  "switches", "yardsticks", "modes",
                                        "instructions", "under",    "ideal",      "answers"};
    for (size_t i = 0; i < sizeof young / sizeof *young; i++)
        if (!strcmp(key, young[i]))
            return true;
    return false;
}

static void survey(struct survey *s, json_t *v, bool open)
{
    if (json_is_array(v))
        for (size_t i = 0; i < json_array_size(v); i++)
            survey(s, json_array_get(v, i), false);
    if (!json_is_object(v))
        return;
    json_t *copy = json_copy(v), *member;
    const char *key;
    json_object_foreach(copy, key, member)
    {
        s->members++;
        json_object_del(v, key);
        if (!open && reads(s->root) != is_young(key)) {
            s->lacking_taken++;
            printf("# %s without %s\n", is_young(key) ? "refused" : "taken", key);
        }
        json_object_set_new(v, key, json_pack("[[i]]", 1));
        if (reads(s->root)) {
            s->wrong_taken++;
            printf("# taken with [[1]] as %s\n", key);
        }
        json_object_set(v, key, member);
        survey(s, member, is_open(key));
    }
    json_decref(copy);
}

static void test_every_member(const char *text)
{
    struct survey s = {.root = json_loads(text, 0, NULL)};
    survey(&s, s.root, false);
    ok(s.lacking_taken == 0, "%d members, all but the youngest needed (%d otherwise)", s.members,
       s.lacking_taken);
    ok(s.wrong_taken == 0, "each refused with a wrong type (%d are not)", s.wrong_taken);
    ok(s.members > 200 && reads(s.root), "and the whole document is taken");
    json_object_set_new(s.root, "later", json_true());
    ok(reads(s.root), "an unknown member is skipped");
    json_decref(s.root);
}

static void test_full_disk(void)
{
    FILE *full = fopen("/dev/full", "w");
    if (!full) {
        skip("no /dev/full here");
        return;
    }
    struct result *r = full_result();
    ok(!result_write(r, full), "a full disk is noticed");
    result_free(r);
    fclose(full);
}

int main(int argc, char **argv)
{
    struct result *r = full_result();
    char *text = written(r);
    bool only_write = argc > 1 && !strcmp(argv[1], "--write"); /* for t-schema.sh */
    if (only_write) {
        fputs(text, stdout);
    } else {
        test_round_trip();
        test_doubles();
        test_refusals(text);
        test_truncated(text);
        test_every_member(text);
        test_full_disk();
    }
    free(text);
    result_free(r);
    return only_write ? 0 : done_testing();
}
