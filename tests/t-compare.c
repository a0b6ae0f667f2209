/* t-compare.c -- compare judges a golden result against itself with one thing changed at a time. */
#include <math.h>
#include <string.h>
#include "../reports/compare.h"
#include "../src/mem.h"
#include "../src/result/json.h"
#include "tap.h"

static const char *small_path;

static struct result *load(void)
{
    struct json_error err;
    struct result *r = result_read_file(small_path, &err);
    if (!r) {
        printf("Bail out! %s\n", err.text);
        exit(1);
    }
    return r;
}

static struct kernel_record *named(struct result *r, const char *name)
{
    for (int i = 0; i < r->nkernels; i++)
        if (!strcmp(r->kernel[i].name, name))
            return &r->kernel[i];
    abort();
}

static char *text_of(const struct comparison *c)
{
    static const struct report_options options = {.columns = 400};
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    comparison_text(c, &options, out);
    fclose(out);
    return text;
}

#define POLY  "sigmoid/f32/poly/sse2"
#define NAIVE "tanh/f32/naive/scalar"

/* --- changes, each to a fresh copy --- */

static struct accuracy *accuracy_of(struct result *r)
{
    return &named(r, POLY)->accuracy;
}

static void nothing(struct result *r)
{
    (void)r;
}
static void larger_maximum(struct result *r)
{
    accuracy_of(r)->max_ulp = nextafter(accuracy_of(r)->max_ulp, INFINITY);
}
static void smaller_maximum(struct result *r)
{
    accuracy_of(r)->max_ulp = 1.5;
}
static void one_misrounded(struct result *r)
{
    accuracy_of(r)->correctly_rounded--;
}
static void one_better_rounded(struct result *r)
{
    accuracy_of(r)->correctly_rounded++;
}
static void one_nan(struct result *r)
{
    accuracy_of(r)->failure[FAIL_NAN] =
        (struct count){1, {.x = 0x42b0, .x_value = 88.5, .y_value = NAN}};
}
static void one_flushed(struct result *r)
{
    accuracy_of(r)->failure[FAIL_FLUSHED].n = 1;
}
static void fewer_nans(struct result *r)
{
    named(r, NAIVE)->accuracy.failure[FAIL_NAN].n--;
}
static void other_digest(struct result *r)
{
    accuracy_of(r)->digest ^= 1;
}
static void other_coverage(struct result *r)
{
    strcpy(accuracy_of(r)->coverage, "sampled");
}
static void other_sweep(struct result *r)
{
    accuracy_of(r)->inputs--;
}
static void other_formula(struct result *r)
{
    free(r->function[0].formula);
    r->function[0].formula = xstrdup("exp(x)");
}
static void other_rounding(struct result *r)
{
    strcpy(r->request.rounding, "upward!");
}
static void other_seed(struct result *r)
{
    r->request.seed++;
} /* matters to the sampled ones */
static void searched_maximum(struct result *r)
{
    strcpy(named(r, NAIVE)->accuracy.coverage, "search!");
}
static void no_accuracy(struct result *r)
{
    named(r, POLY)->has_accuracy = false;
}
static void broken_promise(struct result *r)
{
    struct kernel_record *k = named(r, POLY);
    free(k->broken);
    k->nbroken = 1;
    k->broken = xcalloc(1, sizeof *k->broken);
    k->broken[0] = xstrdup("monotone: a step back");
}
static void mended_promise(struct result *r)
{
    struct kernel_record *k = named(r, "sigmoid/f32/poly/avx2");
    free(k->broken[0]);
    free(k->broken);
    k->broken = NULL;
    k->nbroken = 0;
}
static void lost_property(struct result *r)
{
    struct kernel_record *k = named(r, POLY);
    free(k->keeps[--k->nkeeps]);
}
static void new_finding(struct result *r)
{
    struct contract *c = &named(r, POLY)->contract;
    free(c->finding);
    c->nfindings = 1;
    c->finding = xcalloc(1, sizeof *c->finding);
    c->finding[0] = (struct finding){
        .kind = xstrdup("tail"), .text = xstrdup("differs"), .judged = true, .length = 3};
}
static void waived_finding(struct result *r)
{
    new_finding(r);
    named(r, POLY)->contract.finding[0].waived = true;
}
static void renamed(struct result *r)
{
    named(r, POLY)->name[0] = 'S';
}
static void all_renamed(struct result *r)
{
    for (int i = 0; i < r->nkernels; i++)
        r->kernel[i].name[0] = '#';
}
static void no_avx2(struct result *r)
{
    strcpy(r->machine.isas, "scalar sse2");
    renamed(r);
}

/* All times of a kernel by a factor, the samples with them. */
static void scale_times(struct kernel_record *k, double factor)
{
    for (int i = 0; i < k->nspeed; i++) {
        struct speed *s = &k->speed[i];
        s->ns *= factor;
        s->ns_lo *= factor;
        s->ns_hi *= factor;
        for (int j = 0; j < s->nsamples; j++)
            s->sample[j] *= (float)factor;
    }
}
/* The golden cells have four samples; give them 40 that spread by 1 %. */
static void many_samples(struct result *r)
{
    for (int i = 0; i < r->nkernels; i++)
        for (int j = 0; j < r->kernel[i].nspeed; j++) {
            struct speed *s = &r->kernel[i].speed[j];
            s->nsamples = 40;
            s->settled = true;
            s->sample = xrealloc(s->sample, 40 * sizeof *s->sample);
            for (int k = 0; k < 40; k++)
                s->sample[k] = (float)(s->ns * (1 + 0.00025 * k));
        }
}
static void slower(struct result *r)
{
    scale_times(named(r, POLY), 1.10);
}
static void slightly_slower(struct result *r)
{
    scale_times(named(r, POLY), 1.03);
}
static void about_the_limit(struct result *r)
{
    scale_times(named(r, POLY), 1.055);
}
static void faster(struct result *r)
{
    scale_times(named(r, POLY), 0.80);
}
static void slower_unsettled(struct result *r)
{
    slower(r);
    named(r, POLY)->speed[0].settled = false;
}
static void slower_few_samples(struct result *r)
{
    slower(r);
    named(r, POLY)->speed[0].nsamples = 4;
}
static void noisy_and_slower(struct result *r)
{
    r->noise_floor = 0.2;
    slower(r);
}
static void other_machine(struct result *r)
{
    r->machine.stepping++;
    slower(r);
}
static void unknown_machine(struct result *r)
{
    free(r->machine.cpu_model);
    r->machine.cpu_model = NULL;
}
static void no_times(struct result *r)
{
    for (int i = 0; i < r->nkernels; i++) {
        struct kernel_record *k = &r->kernel[i];
        for (int j = 0; j < k->nspeed; j++) {
            free(k->speed[j].level);
            free(k->speed[j].inputs);
            free(k->speed[j].mode);
            free(k->speed[j].sample);
        }
        k->nspeed = 0;
    }
}

static const struct allowance allowed[] = {{"sigmoid/*", 2}, {"sigmoid/f32/naive/*", 0}};
static const struct compare_options plain = {0};
static const struct compare_options tolerant = {.nallowances = 2, .allowance = allowed};
static const struct compare_options without_speed = {.speed = SPEED_IGNORED};
static const struct compare_options with_speed = {.speed = SPEED_REQUIRED};

static const struct {
    const char *name;
    void (*change)(struct result *r);
    const struct compare_options *options;
    enum verdict_code verdict;
    const char *says; /* NULL: nothing in particular */
} mutation[] = {
#define CHANGE(f) #f, f
    {CHANGE(nothing), &plain, VERDICT_HELD,
     "Nothing got worse: 8 kernels in both results, 8 compared, 8 without"},
    {CHANGE(larger_maximum), &plain, VERDICT_REGRESSION,
     "largest error 1.9734217 -> 1.9734217000000003 ulp at x = -0x1.bda512p-10 (0xbaded289)"},
    {CHANGE(larger_maximum), &tolerant, VERDICT_HELD, "Worse within what is allowed"},
    {CHANGE(smaller_maximum), &plain, VERDICT_HELD, "Better"},
    {CHANGE(one_misrounded), &plain, VERDICT_REGRESSION,
     "results not correctly rounded: 708,468,278 -> 708,468,279"},
    {CHANGE(one_better_rounded), &plain, VERDICT_HELD, "Better"},
    {CHANGE(one_nan), &plain, VERDICT_REGRESSION,
     "NaN where a number was due: 0 -> 1 inputs, first x = 0x1.62p+6 (0x000042b0) gives nan"},
    {CHANGE(one_nan), &tolerant, VERDICT_REGRESSION, "NaN where a number was due"},
    {CHANGE(one_flushed), &plain, VERDICT_REGRESSION, "zero where a subnormal"},
    {CHANGE(fewer_nans), &plain, VERDICT_HELD, "263,144 -> 263,143"},
    {CHANGE(other_digest), &plain, VERDICT_HELD, "equal figures"},
    {CHANGE(other_coverage), &plain, VERDICT_INCOMPARABLE, "another coverage"},
    {CHANGE(other_sweep), &plain, VERDICT_INCOMPARABLE, "another number of inputs"},
    {CHANGE(other_formula), &plain, VERDICT_INCOMPARABLE, "another formula"},
    {CHANGE(other_rounding), &plain, VERDICT_INCOMPARABLE, "another rounding mode"},
    {CHANGE(other_seed), &plain, VERDICT_INCOMPARABLE,
     NAIVE ": accuracy measured otherwise: another seed"},
    {CHANGE(searched_maximum), &plain, VERDICT_INCOMPARABLE, "another coverage"},
    {CHANGE(no_accuracy), &plain, VERDICT_INCOMPARABLE, "accuracy not measured any more"},
    {CHANGE(broken_promise), &plain, VERDICT_REGRESSION, "breaks a promise: monotone: a step back"},
    {CHANGE(mended_promise), &plain, VERDICT_HELD, "keeps its promises again"},
    {CHANGE(lost_property), &plain, VERDICT_REGRESSION, "no longer promises bitwise-stable"},
    {CHANGE(new_finding), &plain, VERDICT_REGRESSION, "contract: tail: differs (n = 3"},
    {CHANGE(waived_finding), &plain, VERDICT_HELD, "Changed"},
    {CHANGE(renamed), &plain, VERDICT_HELD, "Not there any more"},
    {CHANGE(no_avx2), &without_speed, VERDICT_HELD, POLY ": gone"},
    {CHANGE(all_renamed), &plain, VERDICT_INCOMPARABLE, "no kernel is in both results"},
    {CHANGE(slower), &plain, VERDICT_REGRESSION,
     "slower: throughput, n = 2048: 0.420 -> 0.462 ns (+8.7 to +11.3 %)"},
    {CHANGE(slower), &without_speed, VERDICT_HELD, NULL},
    {CHANGE(slightly_slower), &plain, VERDICT_HELD, "8 without"},
    {CHANGE(about_the_limit), &plain, VERDICT_INCONCLUSIVE, "Inconclusive"},
    {CHANGE(faster), &plain, VERDICT_HELD, "faster: throughput"},
    {CHANGE(slower_unsettled), &plain, VERDICT_INCONCLUSIVE, "not settled"},
    {CHANGE(slower_few_samples), &plain, VERDICT_INCONCLUSIVE, "time: throughput"},
    {CHANGE(noisy_and_slower), &plain, VERDICT_HELD, NULL},
    {CHANGE(other_machine), &plain, VERDICT_HELD,
     "speed not compared: the machines differ or are not known in stepping"},
    {CHANGE(other_machine), &with_speed, VERDICT_INCOMPARABLE, "stepping"},
    {CHANGE(unknown_machine), &with_speed, VERDICT_INCOMPARABLE, "cpu_model"},
    {CHANGE(no_times), &plain, VERDICT_HELD, "the new result has no times"},
    {CHANGE(no_times), &with_speed, VERDICT_INCOMPARABLE, "the new result has no times"},
};

static void test_mutations(void)
{
    for (size_t i = 0; i < sizeof mutation / sizeof *mutation; i++) {
        struct result *old = load(), *new = load();
        many_samples(old);
        many_samples(new);
        mutation[i].change(new);
        struct comparison *c = compare_results(old, new, mutation[i].options);
        char *text = text_of(c);
        bool good =
            ok(c->verdict == mutation[i].verdict, "%s: verdict %d", mutation[i].name, c->verdict);
        if (mutation[i].says)
            good &= ok(strstr(text, mutation[i].says) != NULL, "%s: says %s", mutation[i].name,
                       mutation[i].says);
        if (!good)
            printf("# %s", text);
        free(text);
        comparison_free(c);
        result_free(old);
        result_free(new);
    }
}

/* A search finds other maxima from time to time: told, never a regression. */
static void test_searched(void)
{
    struct result *old = load(), *new = load();
    char **word[] = {&accuracy_of(old)->coverage, &accuracy_of(new)->coverage};
    for (int i = 0; i < 2; i++) {
        free(*word[i]);
        *word[i] = xstrdup("searched");
    }
    accuracy_of(new)->max_ulp = 17;
    struct comparison *c = compare_results(old, new, &without_speed);
    char *text = text_of(c);
    ok(c->verdict == VERDICT_HELD && strstr(text, "lower bound"),
       "a maximum found by a search: verdict %d", c->verdict);
    free(text);
    comparison_free(c);
    result_free(old);
    result_free(new);
}

static void test_nothing_matched(void)
{
    struct result *old = load(), *empty = result_new();
    struct comparison *c = compare_results(old, empty, &plain);
    ok(c->verdict == VERDICT_INCOMPARABLE, "an empty result is no success: verdict %d", c->verdict);
    comparison_free(c);
    c = compare_results(empty, empty, &plain);
    ok(c->verdict == VERDICT_INCOMPARABLE, "nor are two: verdict %d", c->verdict);
    comparison_free(c);
    result_free(old);
    result_free(empty);
}

/* What must not be said. */
static void silent(const char *name, void (*change)(struct result *), const char *unwanted)
{
    struct result *old = load(), *new = load();
    change(new);
    struct comparison *c = compare_results(old, new, &without_speed);
    char *text = text_of(c);
    ok(!strstr(text, unwanted), "%s: does not say %s", name, unwanted);
    free(text);
    comparison_free(c);
    result_free(old);
    result_free(new);
}

static void larger_maximum_other_digest(struct result *r)
{
    larger_maximum(r);
    other_digest(r);
}

static void test_silence(void)
{
    silent("other_seed", other_seed, POLY); /* exhaustive: drew nothing */
    silent("larger_maximum_other_digest", larger_maximum_other_digest, "digest");
}

static void test_nothing_judged(void)
{
    struct result *old = load(), *new = load();
    for (int i = 0; i < old->nkernels; i++)
        old->kernel[i].has_accuracy = old->kernel[i].has_contract = false;
    struct comparison *c = compare_results(old, new, &without_speed);
    ok(c->verdict == VERDICT_INCOMPARABLE, "nothing judged is no success: verdict %d", c->verdict);
    comparison_free(c);
    result_free(old);
    result_free(new);
}

static void test_judge_change(void)
{
    ok(judge_change(0.06, 0.09, 0.05) == CHANGE_SLOWER, "all above the tolerance: slower");
    ok(judge_change(0.04, 0.09, 0.05) == CHANGE_OPEN, "across it: open");
    ok(judge_change(-0.20, 0.049, 0.05) == CHANGE_EQUAL, "all below: equal");
    ok(judge_change(-0.20, -0.06, 0.05) == CHANGE_FASTER, "all below the other end: faster");
    ok(judge_change(NAN, 0, 0.05) == CHANGE_OPEN, "unknown: open");
}

int main(void)
{
    const char *srcdir = getenv("srcdir");
    char *path = xasprintf("%s/tests/golden/small.json", srcdir ? srcdir : ".");
    small_path = path;
    test_mutations();
    test_searched();
    test_nothing_matched();
    test_silence();
    test_nothing_judged();
    test_judge_change();
    free(path);
    return done_testing();
}
