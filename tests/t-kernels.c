/* t-kernels.c -- every row of src/fn/ is complete and consistent, and no two have the same name. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "passes.h"
#include "tap.h"

enum { MAX_ROWS = 4096 };
static const struct kernel *row[MAX_ROWS];
static int rows;

static const char *const isa_name[ISA_COUNT] = {"scalar", "fma",  "sse2", "avx2",
                                                "avx512", "neon", "ext"};

static void gather(void)
{
    for (int p = 0; p < PASSES; p++)
        for (const struct kernel *const *t = pass_list[p]->tables; *t; t++)
            for (const struct kernel *k = *t; k->call; k++) {
                if (rows == MAX_ROWS) {
                    printf("Bail out! more than %d rows\n", MAX_ROWS);
                    exit(EXIT_FAILURE);
                }
                row[rows++] = k;
            }
}

static void name_of(const struct kernel *k, char *buf, size_t len)
{
    snprintf(buf, len, "%s/%s/%s/%s", k->function, k->dtype, k->method, isa_name[k->isa]);
}

/* What is wrong with the words of a row, or NULL. */
static const char *words_fault(const struct kernel *k)
{
    const char *const text[] = {k->function, k->dtype, k->method};
    for (int i = 0; i < 3; i++)
        if (!text[i] || !*text[i] || strpbrk(text[i], "/* ?[]"))
            return "a part of the name is empty or holds a character that patterns use";
    if (!k->how || strlen(k->how) < 8)
        return "no line on how it works";
    if (strchr(k->how, '\n') || strlen(k->how) > 100)
        return "how it works is not one line";
    return NULL;
}

/* What is wrong with its promise, or NULL. */
static const char *promise_fault(const struct kernel *k)
{
    const struct promise *p = &k->promise;
    if (p->keeps == 0 && strcmp(k->method, "naive-fastmath"))
        return "it promises to keep nothing, not even stable results";
    if (p->keeps & ~(unsigned)(KEEPS_ALL | KEEPS_CR))
        return "it keeps something unknown";
    bool ended = false;
    for (int i = 0; i < MAX_BOUNDS; i++) {
        const struct bound *b = &p->bound[i];
        if (b->plain == 0) {
            ended = true;
            if (b->fma != 0 || b->lo != 0 || b->hi != 0)
                return "a bound without a figure for the plain class";
            continue;
        }
        if (ended)
            return "a bound after the end";
        if (!(b->lo <= b->hi))
            return "an interval with its ends the wrong way round";
        if (!(b->plain > 0 && b->fma > 0 && isfinite(b->plain) && isfinite(b->fma)))
            return "a bound that is not a positive number";
        if ((p->keeps & KEEPS_CR) && (b->plain > 0.5 || b->fma > 0.5))
            return "correctly rounded, but with a bound above half an ulp";
        for (int j = 0; j < i; j++)
            if (b->lo <= p->bound[j].hi && p->bound[j].lo <= b->hi)
                return "intervals that overlap";
    }
    return NULL;
}

static void check_rows(void)
{
    for (int i = 0; i < rows; i++) {
        char name[200];
        name_of(row[i], name, sizeof name);
        const char *fault = words_fault(row[i]);
        if (!fault)
            fault = promise_fault(row[i]);
        ok(!fault, "%s: %s", name, fault ? fault : "complete");
    }
}

static int by_name(const void *a, const void *b)
{
    char x[200], y[200];
    name_of(*(const struct kernel *const *)a, x, sizeof x);
    name_of(*(const struct kernel *const *)b, y, sizeof y);
    return strcmp(x, y);
}

static void check_unique(void)
{
    qsort(row, (size_t)rows, sizeof *row, by_name);
    int same = 0;
    char name[200] = "";
    for (int i = 1; i < rows; i++)
        if (by_name(&row[i - 1], &row[i]) == 0) {
            name_of(row[i], name, sizeof name);
            same++;
        }
    ok(same == 0, "%d rows, names that occur twice: %d %s", rows, same, name);
}

/* Each row belongs to the pass it stands in. */
static void check_passes(void)
{
    for (int p = 0; p < PASSES; p++) {
        int wrong = 0, n = 0;
        for (const struct kernel *const *t = pass_list[p]->tables; *t; t++)
            for (const struct kernel *k = *t; k->call; k++, n++)
                wrong += k->isa != pass_list[p]->isa || strcmp(k->dtype, pass_list[p]->dtype) != 0;
        ok(n > 0 && wrong == 0, "pass %s %s: %d rows, of another pass: %d", pass_list[p]->dtype,
           isa_name[pass_list[p]->isa], n, wrong);
    }
}

int main(void)
{
    gather();
    check_passes();
    check_rows();
    check_unique();
    return done_testing();
}
