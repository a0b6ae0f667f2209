/* t-choose.c -- choose on a golden result: the pick for each wish, and the reasons against the
 * others. */
#include <string.h>
#include <jansson.h>
#include "../reports/choose.h"
#include "../src/mem.h"
#include "../src/result/json.h"
#include "tap.h"

#define SIGMOID .function = "sigmoid"

static const struct {
    const char *what;
    struct wish wish;
    const char *require;
    const char *pick;      /* NULL: none */
    const char *runner_up; /* NULL: none */
    const char *against, *because;
} row[] = {
    {"no condition: the fastest that keeps its promises",
     {SIGMOID},
     "",
     "u1/avx2",
     "poly/sse2",
     "poly/avx2",
     "breaks a promise: bitwise-stable"},
    {"an error",
     {SIGMOID, .max_ulp = 1},
     "",
     "u1/avx2",
     NULL,
     "poly/sse2",
     ">1.9735 ulp at x = -0x1.bda512p-10"},
    {"an ISA",
     {SIGMOID, .isas = "scalar,sse2"},
     "",
     "poly/sse2",
     "poly/scalar",
     "u1/avx2",
     "needs avx2"},
    {"one of one ISA only",
     {SIGMOID, .isas = "scalar"},
     "",
     "poly/scalar",
     "naive/scalar",
     "poly/sse2",
     "needs sse2"},
    {"properties",
     {SIGMOID, .isas = "scalar"},
     "in-range,monotone",
     "poly/scalar",
     NULL,
     "naive/scalar",
     "does not promise range"},
    {"a size", {SIGMOID, .size = 1 << 20}, "", "naive/scalar", NULL, "u1/avx2", "was not timed so"},
    {"inputs", {SIGMOID, .inputs = "uniform(0,1)"}, "", NULL, NULL, "u1/avx2", "was not timed so"},
    {"latency",
     {.function = "tanh", .latency = true},
     "",
     "stable/avx2",
     NULL,
     "naive/scalar",
     "NaN where a number was due, for 263,144 inputs, first x = 0x1.66p+6"},
    {"flushing",
     {SIGMOID},
     "ftz-safe",
     NULL,
     NULL,
     "u1/avx2",
     "was not graded with subnormals flushed"},
    {"too much", {SIGMOID, .max_ulp = 0.5}, "", NULL, NULL, "u1/avx2", "0.9312 ulp"},
    {"another dtype", {SIGMOID, .dtype = "f16"}, "", NULL, NULL, NULL, NULL},
    {"no such function", {.function = "sigmo"}, "", NULL, NULL, NULL, NULL},
};

static bool ends_with(const struct candidate *c, const char *name)
{
    if (!c || !name)
        return !c && !name;
    size_t n = strlen(c->kernel->name), m = strlen(name);
    return n >= m && !strcmp(c->kernel->name + n - m, name);
}

static const char *reason(const struct choice *c, const char *name)
{
    for (int i = 0; i < c->n; i++)
        if (ends_with(&c->candidate[i], name))
            return c->candidate[i].why;
    return "not a candidate";
}

static void test_rows(const struct result *r)
{
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct wish w = row[i].wish;
        char err[300];
        wish_require(&w, row[i].require, err, sizeof err);
        struct choice *c = choose(r, &w);
        ok(ends_with(c->pick, row[i].pick), "%s: picks %s", row[i].what,
           c->pick ? c->pick->kernel->name : "none");
        ok(ends_with(c->runner_up, row[i].runner_up), "%s: then %s", row[i].what,
           c->runner_up ? c->runner_up->kernel->name : "none");
        if (row[i].against) {
            const char *why = reason(c, row[i].against), *because = row[i].because;
            because += *because == '>';
            ok(strstr(why, because) != NULL, "%s: not %s: %s", row[i].what, row[i].against, why);
        }
        choice_free(c);
    }
}

static void test_require(void)
{
    struct wish w = {SIGMOID};
    char err[300];
    ok(wish_require(&w, "odd,nan,ftz-safe", err, sizeof err) && w.ftz_safe &&
           w.require == (1u << 2 | 1u << 4),
       "words become bits: 0x%x", w.require);
    ok(!wish_require(&w, "monotone,montone", err, sizeof err) && strstr(err, "'montone'"), "%s",
       err);
    ok(!wish_require(&w, "nan,,inf", err, sizeof err), "an empty word is none: %s", err);
}

/* A property that is promised and fails all the same is none. */
static void test_contradiction(struct result *r)
{
    for (int i = 0; i < r->nkernels; i++)
        r->kernel[i].accuracy.failure[FAIL_FLUSHED].n = 7;
    struct wish w = {SIGMOID, .isas = "avx2"};
    char err[300];
    wish_require(&w, "subnormal", err, sizeof err);
    struct choice *c = choose(r, &w);
    ok(!c->pick && strstr(reason(c, "u1/avx2"), "zero where a subnormal number was due, for 7"),
       "promised but seen to fail: %s", reason(c, "u1/avx2"));
    choice_free(c);
}

static void test_close(struct result *r)
{
    struct wish w = {SIGMOID};
    struct choice *c = choose(r, &w);
    ok(!c->close, "0.251 and 0.420 ns are apart");
    ((struct speed *)c->runner_up->speed)->ns_lo = c->pick->speed->ns_hi;
    choice_free(c);
    c = choose(r, &w);
    ok(c->close, "overlapping times are told");
    choice_free(c);
}

static void test_output(const struct result *r)
{
    struct wish w = {.function = "tanh"};
    struct choice *c = choose(r, &w);
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    choice_text(c, &(struct report_options){.columns = 200}, out);
    fflush(out);
    ok(strstr(text, "pick           tanh/f32/stable/avx2") &&
           strstr(text, "largest found 1.5000 ulp"),
       "the text names the pick and says how its error is known");
    rewind(out);
    choice_json(c, out);
    fclose(out);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const char *pick = json_string_value(json_object_get(json_object_get(json, "pick"), "kernel"));
    ok(pick && !strcmp(pick, "tanh/f32/stable/avx2"), "the JSON parses and names it: %s",
       pick ? pick : text);
    ok(json_array_size(json_object_get(json, "others")) == 2,
       "and the others, awkward names and all");
    json_decref(json);
    free(text);
    choice_free(c);
}

int main(void)
{
    const char *srcdir = getenv("srcdir");
    char *path = xasprintf("%s/tests/golden/small.json", srcdir ? srcdir : ".");
    struct json_error err;
    struct result *r = result_read_file(path, &err);
    free(path);
    if (!r) {
        printf("Bail out! %s\n", err.text);
        return 1;
    }
    test_rows(r);
    test_require();
    test_output(r);
    test_close(r);
    test_contradiction(r);
    result_free(r);
    return done_testing();
}
