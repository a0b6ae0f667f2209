/* t-registry.c -- names, patterns, and that every row has a function, a promise that is in order,
 * and a name of its own. */
#include <math.h>
#include <string.h>
#include "tap.h"
#include "../src/registry.h"
#include "../src/measure/machine.h"

static void test_patterns(void)
{
    static const struct {
        const char *pattern, *name;
        bool matches;
    } cases[] = {
        {"sigmoid", "sigmoid/f32/poly/avx2", true},
        {"sigmoid", "sigmoid_grad/f32/poly/avx2", false},
        {"sigmoid/f32", "sigmoid/f32/poly/avx2", true},
        {"sigmoid/f3", "sigmoid/f32/poly/avx2", false},
        {"sigmoid/f32/poly/avx2", "sigmoid/f32/poly/avx2", true},
        {"sigmoid/f32/poly/avx", "sigmoid/f32/poly/avx2", false},
        {"*", "sigmoid/f32/poly/avx2", true},
        {"*/avx2", "sigmoid/f32/poly/avx2", true},
        {"*/f32/poly/*", "tanh/f32/poly/sse2", true},
        {"tanh/f32/*", "tanh/f32/naive/scalar", true},
        {"sig*", "sigmoid_grad/f32/poly/avx2", true},
        {"tanh/f32/[np]*/*", "tanh/f32/stable/scalar", false},
        {"naive", "tanh/f32/naive/scalar", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ok(pattern_matches(cases[i].pattern, cases[i].name) == cases[i].matches, "%s %s %s",
           cases[i].pattern, cases[i].matches ? "matches" : "does not match", cases[i].name);
    ok(pattern_is_literal("tanh/f32") && !pattern_is_literal("tanh/*"), "literal patterns");
}

static const char *trouble(const struct subject *s)
{
    const struct promise *p = &s->kernel->promise;
    for (int i = 0; i < MAX_BOUNDS && p->bound[i].plain > 0; i++) {
        const struct bound *b = &p->bound[i];
        if (!(b->lo < b->hi))
            return "an interval of its promise is empty";
        if (!(b->fma > 0))
            return "a bound has no figure for fused steps";
    }
    if ((p->keeps & KEEPS_CR) && !(p->bound[0].plain > 0))
        return "it promises correct rounding nowhere";
    if (!s->kernel->how || !*s->kernel->how)
        return "it does not say how it works";
    if (!s->kernel->method || strpbrk(s->kernel->method, "/*?[ "))
        return "its method is no word";
    return NULL;
}

int main(void)
{
    test_patterns();
    struct registry r;
    registry_init(&r);
    ok(r.n > 0, "%d kernels of %d functions", r.n, r.functions.n);
    int bad = 0;
    for (int i = 0; i < r.n; i++) {
        const char *t = trouble(r.subject[i]);
        if (t)
            bad += !ok(false, "%s: %s", r.subject[i]->name, t);
        for (int j = 0; j < i; j++)
            if (!strcmp(r.subject[i]->name, r.subject[j]->name))
                bad += !ok(false, "two kernels named %s", r.subject[i]->name);
    }
    ok(bad == 0, "every row is in order and has a name of its own");
    int rows = registry_rows();
    ok(rows == r.n, "every row names a function that has a formula (%d rows, %d registered)", rows,
       r.n);
    registry_free(&r);
    return done_testing();
}
