/* table.c -- libraries that name their kernels themselves: see table.h. */
#define _GNU_SOURCE
#include "table.h"

#include <ctype.h>
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../include/actulp/kernel.h"
#include "measure/child.h"
#include "mem.h"

enum { MAX_ROWS = 4096, READ_SECONDS = 10 };

static const enum signature signatures[] = {
    [ACTULP_ARRAY] = SIGNATURE_ARRAY,       [ACTULP_SCALAR] = SIGNATURE_SCALAR,
    [ACTULP_YXN] = SIGNATURE_YXN,           [ACTULP_NXY] = SIGNATURE_NXY,
    [ACTULP_PARAMETERS] = SIGNATURE_KERNEL,
};

/* The table of a library that is loaded, if it is one that we can read. */
static const struct actulp_kernel_table *find_table(void *handle, const char *library, char *err,
                                                    size_t errlen)
{
    const struct actulp_kernel_table *t = dlsym(handle, "actulp_kernels");
    if (!t)
        snprintf(err, errlen,
                 "%s: has no table actulp_kernels (actulp/kernel.h); name a kernel with --symbol",
                 library);
    else if (t->abi != ACTULP_ABI)
        snprintf(err, errlen, "%s: its table has ABI %u; this program reads ABI %d", library,
                 t->abi, ACTULP_ABI);
    else if (t->row_size < offsetof(struct actulp_kernel, max_ulp) || t->row_size > 65536)
        snprintf(err, errlen,
                 "%s: rows of %u bytes in its table; sizeof(struct actulp_kernel) is %zu", library,
                 t->row_size, sizeof(struct actulp_kernel));
    else if (!t->count || t->count > MAX_ROWS || !t->kernel)
        snprintf(err, errlen, "%s: %u kernels in its table; expected 1 to %d", library, t->count,
                 MAX_ROWS);
    else
        return t;
    return NULL;
}

/* Row I, with zero for fields that the library does not know of. */
static struct actulp_kernel row_of(const struct actulp_kernel_table *t, unsigned i)
{
    struct actulp_kernel k = {0};
    memcpy(&k, (const char *)t->kernel + (size_t)i * t->row_size,
           t->row_size < sizeof k ? t->row_size : sizeof k);
    return k;
}

/* Copies a text of printable characters that fits, or an empty one for NULL. */
static bool copy(char *to, size_t size, const char *from)
{
    size_t n = from ? strnlen(from, size) : 0;
    if (n >= size)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!isprint((unsigned char)from[i]))
            return false;
    memcpy(to, from ? from : "", n);
    to[n] = 0;
    return true;
}

static bool is_name(const char *s)
{
    if (!*s)
        return false;
    for (; *s; s++)
        if (!isalnum((unsigned char)*s) && !strchr("_-.", *s))
            return false;
    return true;
}

/* NULL, or what is wrong with the row K; R becomes its copy. */
static const char *copy_row(struct table_row *r, const struct actulp_kernel *k)
{
    if (!copy(r->function, sizeof r->function, k->function) || !is_name(r->function))
        return "function is not a name";
    if (!copy(r->dtype, sizeof r->dtype, k->dtype) || !*r->dtype)
        return "dtype is not one of f32, f64, f16, bf16, f32>f16, f32>bf16";
    if (!copy(r->name, sizeof r->name, k->name) || !is_name(r->name))
        return "name is not of letters, digits, _ - and .";
    if (!copy(r->waive, sizeof r->waive, k->waive))
        return "waive is too long or not plain text";
    if (!copy(r->how, sizeof r->how, k->how))
        return "how is too long or not plain text of one line";
    if (k->signature < 0 || k->signature > ACTULP_PARAMETERS)
        return "signature is none of enum actulp_signature";
    if (!k->call)
        return "call is NULL";
    if (!isfinite(k->max_ulp) || k->max_ulp < 0)
        return "max_ulp is not a number of ulps";
    r->signature = signatures[k->signature];
    r->max_ulp = k->max_ulp;
    return NULL;
}

void *table_entry(void *handle, const char *library, int row, char *err, size_t errlen)
{
    const struct actulp_kernel_table *t = find_table(handle, library, err, errlen);
    if (!t)
        return NULL;
    if (row < 1 || (unsigned)row > t->count) {
        snprintf(err, errlen, "%s: its table has no row %d", library, row);
        return NULL;
    }
    return (void *)(uintptr_t)row_of(t, (unsigned)row - 1).call;
}

struct read_job {
    const char *library;
    int n;
    struct table_row row[MAX_ROWS];
    char err[1024];
};

static int read_work(void *arg)
{
    struct read_job *job = arg;
    void *handle = subject_load(job->library, NULL, job->err, sizeof job->err);
    if (!handle)
        return 1;
    const struct actulp_kernel_table *t =
        find_table(handle, job->library, job->err, sizeof job->err);
    if (!t)
        return 1;
    for (unsigned i = 0; i < t->count; i++) {
        struct actulp_kernel k = row_of(t, i);
        const char *wrong = copy_row(&job->row[i], &k);
        if (wrong) {
            snprintf(job->err, sizeof job->err, "%s: row %u of its table: %s", job->library, i + 1,
                     wrong);
            return 1;
        }
    }
    job->n = (int)t->count;
    return 0;
}

enum probe table_read(const char *library, struct table_row **rows, int *nrows, char *err,
                      size_t errlen)
{
    struct read_job *job = shared_alloc(sizeof *job);
    job->library = library;
    struct child_result r =
        child_run(read_work, job, (struct child_limits){.seconds = READ_SECONDS});
    enum probe end = subject_probe_end(library, &r, job->err, err, errlen);
    *rows = NULL;
    *nrows = 0;
    if (end == PROBE_FINE) {
        *nrows = job->n;
        *rows = xmalloc((size_t)job->n * sizeof **rows);
        memcpy(*rows, job->row, (size_t)job->n * sizeof **rows);
    }
    shared_free(job, sizeof *job);
    return end;
}
