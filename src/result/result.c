/* result.c -- records come and go: set up and freed by the field tables of fields.c. */
#include <math.h>
#include "../mem.h"
#include "fields.h"
#include "result.h"

const char *const failure_word[FAIL_COUNT] = {
    [FAIL_NAN] = "nan",         [FAIL_NOT_NAN] = "not-nan",   [FAIL_INF] = "inf",
    [FAIL_NOT_INF] = "not-inf", [FAIL_LIMIT] = "limit",       [FAIL_ZERO_LOST] = "zero-lost",
    [FAIL_FLUSHED] = "flushed", [FAIL_SIGN] = "sign",         [FAIL_ZERO_SIGN] = "zero-sign",
    [FAIL_RANGE] = "range",     [FAIL_MONOTONE] = "monotone", [FAIL_SYMMETRY] = "symmetry",
};

const char *const failure_title[FAIL_COUNT] = {
    [FAIL_NAN] = "NaN where a number was due",
    [FAIL_NOT_NAN] = "a number where NaN was due",
    [FAIL_INF] = "an infinity where a finite number was due",
    [FAIL_NOT_INF] = "a finite number where an infinity was due",
    [FAIL_LIMIT] = "not the limit at an infinite input",
    [FAIL_ZERO_LOST] = "zero where a normal number was due",
    [FAIL_FLUSHED] = "zero where a subnormal number was due",
    [FAIL_SIGN] = "wrong sign",
    [FAIL_ZERO_SIGN] = "a zero of the wrong sign",
    [FAIL_RANGE] = "outside the range",
    [FAIL_MONOTONE] = "a step against the declared shape",
    [FAIL_SYMMETRY] = "not the mirror image of f(-x)",
};

void record_init(const struct record_type *type, void *record)
{
    memset(record, 0, type->bytes);
    for (const struct field *f = type->field; f->key; f++) {
        char *at = (char *)record + f->at;
        switch (f->kind) {
        case FIELD_NUMBER:
        case FIELD_FINITE:
        case FIELD_END:
        case FIELD_EXTENDED:
            *(double *)at = NAN;
            break;
        case FIELD_RANGE:
            ((double *)at)[0] = ((double *)at)[1] = NAN;
            break;
        case FIELD_RECORD:
        case FIELD_OPTIONAL:
            record_init(f->of, at);
            break;
        default:
            break;
        }
    }
}

static void free_texts(char **text, int n)
{
    for (int i = 0; i < n; i++)
        free(text[i]);
    free(text);
}

void record_clear(const struct record_type *type, void *record)
{
    for (const struct field *f = type->field; f->key; f++) {
        char *at = (char *)record + f->at;
        const int *n = (int *)((char *)record + f->count); /* of the kinds that have one */
        switch (f->kind) {
        case FIELD_RECORD:
        case FIELD_OPTIONAL:
            record_clear(f->of, at);
            break;
        case FIELD_RECORDS:
            for (int i = 0; i < *n; i++)
                record_clear(f->of, *(char **)at + (size_t)i * f->of->bytes);
            free(*(void **)at);
            break;
        case FIELD_TEXTS:
            free_texts(*(char ***)at, *n);
            break;
        case FIELD_PARAMETERS:
        case FIELD_TIERS:
            free_texts(*(char ***)((char *)record + f->names), *n);
            free(*(void **)at);
            break;
        case FIELD_TEXT:
        case FIELD_TEXT_NULL:
        case FIELD_PATTERNS:
        case FIELD_SEGMENTS:
        case FIELD_CURVE:
        case FIELD_SAMPLES:
            free(*(void **)at);
            break;
        default:
            break;
        }
    }
}

struct result *result_new(void)
{
    struct result *r = xmalloc(sizeof *r);
    record_init(&result_type, r);
    r->schema = RESULT_SCHEMA;
    r->machine.cpu = -1;
    return r;
}

void result_free(struct result *r)
{
    if (!r)
        return;
    record_clear(&result_type, r);
    free(r);
}

struct kernel_record *result_add_kernel(struct result *r)
{
    r->kernel = xrealloc(r->kernel, (size_t)(r->nkernels + 1) * sizeof *r->kernel);
    struct kernel_record *k = &r->kernel[r->nkernels++];
    record_init(&kernel_type, k);
    return k;
}

struct function_record *result_add_function(struct result *r)
{
    r->function = xrealloc(r->function, (size_t)(r->nfunctions + 1) * sizeof *r->function);
    struct function_record *f = &r->function[r->nfunctions++];
    record_init(&function_type, f);
    return f;
}

struct yardstick_record *result_add_yardstick(struct result *r)
{
    r->yardsticks = xrealloc(r->yardsticks, (size_t)(r->nyardsticks + 1) * sizeof *r->yardsticks);
    struct yardstick_record *y = &r->yardsticks[r->nyardsticks++];
    record_init(&yardstick_type, y);
    return y;
}

void speed_clear(struct speed *cell)
{
    record_clear(&speed_type, cell);
}

const struct function_record *result_function(const struct result *r, const char *id)
{
    for (int i = 0; i < r->nfunctions; i++)
        if (!strcmp(r->function[i].id, id))
            return &r->function[i];
    return NULL;
}
