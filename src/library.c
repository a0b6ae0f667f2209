/* library.c -- the kernels as a library (include/actulp/actulp.h), and as a table for actulp itself
 * to load (include/actulp/kernel.h).
 *
 * The list is made once, when the library is loaded: the rows of all passes that this processor
 * runs.
 */
#include "config.h"
#include "isa.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../include/actulp/actulp.h"
#include "../include/actulp/kernel.h"

_Static_assert((int)ACTULP_KEEPS_RANGE == KEEPS_RANGE && (int)ACTULP_KEEPS_CR == KEEPS_CR &&
                   (int)ACTULP_KEEPS_SUBNORMAL == KEEPS_SUBNORMAL &&
                   (int)ACTULP_KEEPS_STABLE == KEEPS_STABLE,
               "the bits of actulp.h are those of kernel.h");

#define EXPORT __attribute__((visibility("default")))

struct entry {
    struct actulp_builtin shown;
    kernel_fn *call;
    double value[ACTULP_MAX_PARAMS];
};

static struct entry *entries;
static size_t count;

/* ---- parameters ---- */

static const struct parameters {
    const char *function;
    int n;
    const char *name[ACTULP_MAX_PARAMS];
    double value[ACTULP_MAX_PARAMS];
} parameters[] = {
#define PARAMETERS(function, n, name0, value0, name1, value1) \
    {#function, n, {name0, name1}, {value0, value1}},
#include "src/parameters.def" /* made by the build */
};

static void add_parameters(struct entry *e)
{
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        const struct parameters *p = &parameters[i];
        if (strcmp(p->function, e->shown.function) != 0)
            continue;
        e->shown.nparams = p->n;
        e->shown.param = p->name;
        for (int j = 0; j < p->n; j++)
            e->value[j] = strcmp(e->shown.dtype, "f64") ? (double)(float)p->value[j] : p->value[j];
    }
    e->shown.param_value = e->value;
}

/* ---- the list ---- */

/* The bound of a promise for all inputs, 0 if it does not hold for all. */
static double everywhere(const struct kernel *k)
{
    const struct bound *b = &k->promise.bound[0];
    const char *arithmetic = isa_arithmetic(k->isa);
    if (b->plain <= 0 || b->lo != -INFINITY || b->hi != INFINITY)
        return 0;
    return strcmp(arithmetic, "fma") ? b->plain : b->fma;
}

static char *full_name(const struct kernel *k)
{
    const char *isa = isa_word[k->isa];
    size_t size = strlen(k->function) + strlen(k->dtype) + strlen(k->method) + strlen(isa) + 4;
    char *name = malloc(size);
    if (name)
        snprintf(name, size, "%s/%s/%s/%s", k->function, k->dtype, k->method, isa);
    return name;
}

/* The best instruction set first. */
static int rank(const char *isa)
{
    static const char *const order[] = {"avx512", "avx2", "neon", "sse2", "scalar", "fma"};
    int i = 0;
    while (i < 5 && strcmp(order[i], isa))
        i++;
    return i;
}

static int by_place(const void *a, const void *b)
{
    const struct actulp_builtin *x = &((const struct entry *)a)->shown,
                                *y = &((const struct entry *)b)->shown;
    int d = strcmp(x->function, y->function);
    d = d ? d : strcmp(x->dtype, y->dtype);
    d = d ? d : rank(x->isa) - rank(y->isa);
    return d ? d : strcmp(x->method, y->method);
}

static void add(const struct kernel *k)
{
    struct entry *grown = realloc(entries, (count + 1) * sizeof *entries);
    char *name = full_name(k);
    if (!grown || !name)
        abort(); /* out of memory while the library is loaded */
    entries = grown;
    entries[count++] =
        (struct entry){.shown = {name, k->function, k->dtype, k->method, isa_word[k->isa], k->how,
                                 everywhere(k), k->promise.keeps, 0, NULL, NULL},
                       .call = k->call};
}

static void make_table(void);

__attribute__((constructor)) static void make_list(void)
{
    for (int p = 0; kernel_passes[p]; p++)
        for (const struct kernel *const *t = kernel_passes[p]->tables; *t; t++)
            for (int i = 0; (*t)[i].call; i++)
                if (isa_runs((*t)[i].isa))
                    add(&(*t)[i]);
    qsort(entries, count, sizeof *entries, by_place);
    for (size_t i = 0; i < count; i++)
        add_parameters(&entries[i]);
    make_table();
}

EXPORT size_t actulp_count(void)
{
    return count;
}

EXPORT const struct actulp_builtin *actulp_at(size_t i)
{
    return i < count ? &entries[i].shown : NULL;
}

EXPORT const char *actulp_version(void)
{
    return PACKAGE_VERSION;
}

/* Is NAME that of K, or that without its last part? */
static bool names(const char *name, const struct actulp_builtin *k)
{
    size_t n = strlen(name);
    return strncmp(name, k->name, n) == 0 &&
           (!k->name[n] || (k->name[n] == '/' && !strchr(k->name + n + 1, '/')));
}

EXPORT const struct actulp_builtin *actulp_find(const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (names(name, &entries[i].shown))
            return &entries[i].shown;
    return NULL;
}

EXPORT const struct actulp_builtin *actulp_pick(const char *function, const char *dtype,
                                                double max_ulp, unsigned keeps)
{
    const struct actulp_builtin *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct actulp_builtin *k = &entries[i].shown;
        if (strcmp(k->function, function) || strcmp(k->dtype, dtype) || !(k->max_ulp > 0) ||
            k->max_ulp > max_ulp || (k->keeps & keeps) != keeps)
            continue;
        if (!best || (rank(k->isa) == rank(best->isa) && k->max_ulp > best->max_ulp))
            best = k;
    }
    return best;
}

EXPORT void actulp_apply(const struct actulp_builtin *kernel, const void *x, void *y, size_t n,
                         const double *param)
{
    const struct entry *e = (const struct entry *)(const void *)kernel; /* shown comes first */
    e->call(x, y, n, param ? param : e->value);
}

/* ---- the table ---- */

/* What actulp/kernel.h declares constant is written once, before anyone can see it; so this file
 * does not look at that declaration of it. */
EXPORT extern struct actulp_kernel_table library_table __asm__("actulp_kernels");
struct actulp_kernel_table library_table = {.abi = ACTULP_ABI,
                                            .row_size = sizeof(struct actulp_kernel)};

static const char *const keeps_words[] = {"range", "monotone", "symmetry",  "subnormal",
                                          "nan",   "inf",      "zero-sign", "bitwise-stable"};

/* The words of what KEEPS lacks, parted by commas; malloc'ed. */
static char *waived(unsigned keeps)
{
    char *text = calloc(1, 128);
    if (!text)
        abort();
    for (size_t i = 0; i < sizeof keeps_words / sizeof *keeps_words; i++)
        if (!(keeps >> i & 1)) {
            strcat(text, *text ? "," : "");
            strcat(text, keeps_words[i]);
        }
    return text;
}

/* "u1.avx2" */
static char *row_name(const struct actulp_builtin *k)
{
    size_t size = strlen(k->method) + strlen(k->isa) + 2;
    char *name = malloc(size);
    if (!name)
        abort();
    snprintf(name, size, "%s.%s", k->method, k->isa);
    return name;
}

static void make_table(void)
{
    struct actulp_kernel *row = calloc(count, sizeof *row);
    if (!row)
        abort();
    for (size_t i = 0; i < count; i++) {
        const struct actulp_builtin *k = &entries[i].shown;
        row[i] = (struct actulp_kernel){.function = k->function,
                                        .dtype = k->dtype,
                                        .name = row_name(k),
                                        .signature = ACTULP_PARAMETERS,
                                        .call = ACTULP_CALL(entries[i].call),
                                        .max_ulp = k->max_ulp,
                                        .waive = waived(k->keeps),
                                        .how = k->how};
    }
    library_table.count = (unsigned)count;
    library_table.kernel = row;
}
