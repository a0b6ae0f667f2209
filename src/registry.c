/* registry.c -- gathers the passes of this build.  See registry.h. */
#include <fnmatch.h>
#include <string.h>
#include "registry.h"
#include "measure/machine.h"
#include "mem.h"

static void add_row(struct registry *r, const struct function *f, const struct kernel *k)
{
    struct subject *s = xcalloc(1, sizeof *s);
    s->name = xasprintf("%s/%s/%s/%s", k->function, k->dtype, k->method, isa_word[k->isa]);
    s->kernel = k;
    s->function = f;
    s->in = s->out = (enum format)format_by_name(k->dtype);
    s->signature = SIGNATURE_KERNEL;
    s->entry = (void *)k->call;
    registry_add(r, s);
}

/* Place of a row in the order of names: the formulas' order, the formats', the order in which the
 * methods are written, the ISAs'. */
struct place {
    int function, dtype, method;
    const struct kernel *kernel;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->function != y->function)
        return x->function - y->function;
    if (x->dtype != y->dtype)
        return x->dtype - y->dtype;
    if (x->method != y->method)
        return x->method - y->method;
    return (int)x->kernel->isa - (int)y->kernel->isa;
}

static int function_index(const struct function_set *set, const char *id)
{
    for (int i = 0; i < set->n; i++)
        if (!strcmp(set->function[i]->id, id))
            return i;
    return -1;
}

int registry_rows(void)
{
    int n = 0;
    for (int p = 0; kernel_passes[p]; p++)
        for (const struct kernel *const *t = kernel_passes[p]->tables; *t; t++)
            for (int i = 0; (*t)[i].call; i++)
                n++;
    return n;
}

void registry_init(struct registry *r)
{
    memset(r, 0, sizeof *r);
    const struct function_set *builtin = fpcore_builtin();
    r->functions.function = xcalloc((size_t)builtin->n, sizeof *r->functions.function);
    r->functions.n = builtin->n;
    memcpy(r->functions.function, builtin->function,
           (size_t)builtin->n * sizeof *builtin->function);

    struct place *place = NULL;
    size_t n = 0;
    for (int p = 0; kernel_passes[p]; p++)
        for (const struct kernel *const *t = kernel_passes[p]->tables; *t; t++)
            for (int i = 0; (*t)[i].call; i++) {
                int f = function_index(&r->functions, (*t)[i].function);
                if (f < 0)
                    continue; /* tests/t-registry finds it */
                place = xrealloc(place, (n + 1) * sizeof *place);
                place[n] = (struct place){f, format_by_name((*t)[i].dtype), (int)n, &(*t)[i]};
                for (size_t j = 0; j < n; j++)
                    if (place[j].function == f &&
                        !strcmp(place[j].kernel->method, (*t)[i].method)) {
                        place[n].method = place[j].method;
                        break;
                    }
                n++;
            }
    qsort(place, n, sizeof *place, by_place);
    for (size_t i = 0; i < n; i++)
        add_row(r, r->functions.function[place[i].function], place[i].kernel);
    free(place);
}

void registry_free(struct registry *r)
{
    for (int i = 0; i < r->n; i++) {
        free(r->subject[i]->name);
        free(r->subject[i]->library);
        free(r->subject[i]->symbol);
        if (r->subject[i]->signature != SIGNATURE_KERNEL || r->subject[i]->library)
            free((void *)(uintptr_t)r->subject[i]->kernel);
        free(r->subject[i]);
    }
    free(r->subject);
    free(r->functions.function);
}

void registry_add(struct registry *r, struct subject *s)
{
    r->subject = xrealloc(r->subject, (size_t)(r->n + 1) * sizeof *r->subject);
    r->subject[r->n++] = s;
}

bool pattern_is_literal(const char *pattern)
{
    return !strpbrk(pattern, "*?[");
}

static int parts(const char *s)
{
    int n = 1;
    for (; *s; s++)
        n += *s == '/';
    return n;
}

bool pattern_matches(const char *pattern, const char *name)
{
    if (fnmatch(pattern, name, 0) == 0)
        return true;
    if (parts(pattern) >= 4)
        return false;
    char *prefix = xasprintf("%s/*", pattern);
    bool yes = fnmatch(prefix, name, 0) == 0;
    free(prefix);
    return yes;
}

bool subject_runs_here(const struct subject *s)
{
    return s->kernel->isa == ISA_EXT || isa_available(s->kernel->isa);
}
