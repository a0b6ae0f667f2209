/* csv.c -- one row a measurement, for pandas, R and spreadsheets: comma-separated (RFC 4180) or
 * tab-separated.
 *
 * A row is a kernel at one size, mode and input distribution, with the kernel's accuracy repeated;
 * a kernel that was not timed has one row.  Units stand in the names of the columns, numbers have
 * all their digits, what is not known is empty.  To add a column: a row in the table.
 */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <string.h>
#include "../src/result/json.h"
#include "../src/result/stats.h"
#include "numbers.h"
#include "report.h"
#include "view.h"

struct table {
    FILE *out;
    char separator;
};

/* CSV quotes what needs it; TSV has no quoting that all readers share, and gets other characters
 * instead. */
static void put_text(struct table *t, const char *s)
{
    bool quoted = t->separator == ',' && s[strcspn(s, ",\"\r\n")];
    if (quoted)
        fputc('"', t->out);
    for (; *s; s++) {
        if (t->separator == '\t' && strchr("\t\r\n\"", *s))
            fputc(*s == '"' ? '\'' : ' ', t->out);
        else if (quoted && *s == '"')
            fputs("\"\"", t->out);
        else
            fputc(*s, t->out);
    }
    if (quoted)
        fputc('"', t->out);
}

static void put_number(struct table *t, double v)
{
    if (!isnan(v))
        fputs(num_exact(v).text, t->out);
}

/* One measurement; SPEED is NULL for a kernel that was not timed. */
struct measurement {
    const struct result *result;
    const struct kernel_record *kernel;
    const struct accuracy *accuracy; /* NULL: not graded */
    const struct speed *speed;
};

enum source { KERNEL, ACCURACY, SPEED };
enum value { TEXT, NUMBER, COUNT, BITS, BOOLEAN, DERIVED };

struct column {
    const char *name;
    enum source source;
    enum value value;
    size_t at;
    void (*put)(struct table *t,
                const struct measurement *m); /* DERIVED, where the source is there */
};

static void put_gigabytes(struct table *t, const struct measurement *m)
{
    if (m->speed->n)
        put_number(t, gigabytes_per_second(m->kernel->dtype, m->speed->ns));
}

static void put_elements(struct table *t, const struct measurement *m)
{
    if (m->speed->n)
        put_number(t, 1e9 / m->speed->ns);
}

static void put_copy_share(struct table *t, const struct measurement *m)
{
    const struct speed *copy = yardstick_cell(m->result, m->kernel->dtype, m->speed);
    if (copy && m->speed->n)
        put_number(t, copy->ns / m->speed->ns);
}

static void put_instructions(struct table *t, const struct measurement *m)
{
    if (m->kernel->has_instructions)
        put_number(t, m->kernel->instructions.per_element);
}

static void put_repeatable(struct table *t, const struct measurement *m)
{
    if (m->kernel->has_instructions)
        fputs(m->kernel->instructions.repeatable ? "TRUE" : "FALSE", t->out);
}

static void put_median(struct table *t, const struct measurement *m)
{
    put_number(t, speed_median(m->speed));
}

static void put_share(struct table *t, const struct measurement *m)
{
    put_number(t, accuracy_share_correct(m->accuracy));
}

static void put_class_failures(struct table *t, const struct measurement *m)
{
    fprintf(t->out, "%" PRIu64, accuracy_class_failures(m->accuracy));
}

static void put_worst_x(struct table *t, const struct measurement *m)
{
    if (!isnan(m->accuracy->max_ulp))
        fputs(num_hexfloat(m->accuracy->worst.x_value).text, t->out);
}

static void put_promised(struct table *t, const struct measurement *m)
{
    double most = NAN;
    for (int i = 0; i < m->kernel->nbounds; i++)
        most = fmax(most, m->kernel->bound[i].ulp);
    put_number(t, most);
}

static void put_broken(struct table *t, const struct measurement *m)
{
    fprintf(t->out, "%d", m->kernel->nbroken);
}

/* "-inf:-0;0:0.5": what it gives where several results are right. */
static void put_answers(struct table *t, const struct measurement *m)
{
    const struct kernel_record *k = m->kernel;
    for (int i = 0; i < k->nanswers; i++)
        fprintf(t->out, "%s%s:%s", i ? ";" : "", num_value(k->answer[i].x_value, k->dtype).text,
                num_value(value_of_bits(k->answer[i].y, k->dtype), k->dtype).text);
}

static void put_verdict(struct table *t, const struct measurement *m)
{
    if (m->kernel->has_contract)
        put_text(t, m->kernel->contract.verdict);
}

#define K(name, value, member) \
    name, KERNEL               \
    , value, offsetof(struct kernel_record, member), NULL
#define A(name, value, member) name, ACCURACY, value, offsetof(struct accuracy, member), NULL
#define S(name, value, member) name, SPEED, value, offsetof(struct speed, member), NULL
#define D(name, source, put)   name, source, DERIVED, 0, put
#define FAILURE(name, which)   A(name, COUNT, failure[which].n)

static const struct column columns[] = {
    {K("kernel", TEXT, name)},
    {K("function", TEXT, function)},
    {K("dtype", TEXT, dtype)},
    {K("method", TEXT, method)},
    {K("isa", TEXT, isa)},
    {K("origin", TEXT, origin)},
    {S("mode", TEXT, mode)},
    {S("elements_per_call", COUNT, n)},
    {S("level", TEXT, level)},
    {S("distribution", TEXT, inputs)},
    {S("time_ns_per_element", NUMBER, ns)},
    {S("time_lo_ns_per_element", NUMBER, ns_lo)},
    {S("time_hi_ns_per_element", NUMBER, ns_hi)},
    {D("time_median_ns_per_element", SPEED, put_median)},
    {S("cycles_per_element", NUMBER, cycles)},
    {D("elements_per_s", SPEED, put_elements)},
    {D("gigabytes_per_s", SPEED, put_gigabytes)},
    {D("copy_bandwidth_share", SPEED, put_copy_share)},
    {S("ratio_to_yardstick", NUMBER, ratio)},
    {S("ratio_lo_to_yardstick", NUMBER, ratio_lo)},
    {S("ratio_hi_to_yardstick", NUMBER, ratio_hi)},
    {S("settled", BOOLEAN, settled)},
    {D("instructions_per_element", KERNEL, put_instructions)},
    {D("instructions_repeatable", KERNEL, put_repeatable)},
    {A("coverage", TEXT, coverage)},
    {A("rigour", TEXT, rigour)},
    {A("sweep", TEXT, sweep)},
    {A("inputs_graded", COUNT, inputs)},
    {A("max_error_ulp", NUMBER, max_ulp)},
    {D("worst_x", ACCURACY, put_worst_x)},
    {A("worst_x_bits", BITS, worst.x)},
    {A("max_distance_representable", COUNT, max_distance)},
    {D("correctly_rounded_share", ACCURACY, put_share)},
    {A("undecided", COUNT, undecided)},
    {A("mean_error_ulp", NUMBER, mean_ulp)},
    {A("rms_error_ulp", NUMBER, rms_ulp)},
    {A("bias_ulp", NUMBER, bias_ulp)},
    {A("max_absolute_error", NUMBER, max_abs)},
    {A("max_relative_error", NUMBER, max_rel)},
    {D("class_failures", ACCURACY, put_class_failures)},
    {FAILURE("failures_nan", FAIL_NAN)},
    {FAILURE("failures_not_nan", FAIL_NOT_NAN)},
    {FAILURE("failures_inf", FAIL_INF)},
    {FAILURE("failures_not_inf", FAIL_NOT_INF)},
    {FAILURE("failures_limit", FAIL_LIMIT)},
    {FAILURE("failures_zero_lost", FAIL_ZERO_LOST)},
    {FAILURE("failures_flushed", FAIL_FLUSHED)},
    {FAILURE("failures_sign", FAIL_SIGN)},
    {FAILURE("failures_zero_sign", FAIL_ZERO_SIGN)},
    {FAILURE("failures_range", FAIL_RANGE)},
    {FAILURE("failures_monotone", FAIL_MONOTONE)},
    {FAILURE("failures_symmetry", FAIL_SYMMETRY)},
    {A("saturates_below_x", NUMBER, saturates_below)},
    {A("saturates_above_x", NUMBER, saturates_above)},
    {A("digest", BITS, digest)},
    {D("promised_ulp", KERNEL, put_promised)},
    {D("broken_promises", KERNEL, put_broken)},
    {D("contract", KERNEL, put_verdict)},
    {D("answers_where_several_are_right", KERNEL, put_answers)},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void put_value(struct table *t, const struct column *c, const struct measurement *m)
{
    const void *source = c->source == KERNEL
    ? (const void *)m->kernel
    : c->source == ACCURACY ? (const void *)m->accuracy
                            : (const void *)m->speed;
    if (!source)
        return;
    const void *at = (const char *)source + c->at;
    switch (c->value) {
    case TEXT:
        if (*(char *const *)at)
            put_text(t, *(char *const *)at);
        break;
    case NUMBER:
        put_number(t, *(const double *)at);
        break;
    case COUNT:
        fprintf(t->out, "%" PRIu64, *(const uint64_t *)at);
        break;
    case BITS:
        fprintf(t->out, "0x%" PRIx64, *(const uint64_t *)at);
        break;
    case BOOLEAN:
        fputs(*(const bool *)at ? "TRUE" : "FALSE", t->out);
        break;
    case DERIVED:
        c->put(t, m);
        break;
    }
}

static void put_row(struct table *t, const struct measurement *m)
{
    for (int i = 0; i < COLUMNS; i++) {
        if (i)
            fputc(t->separator, t->out);
        put_value(t, &columns[i], m);
    }
    fputc('\n', t->out);
}

static void put_table(struct table *t, const struct result *r)
{
    for (int i = 0; i < COLUMNS; i++)
        fprintf(t->out, "%s%c", columns[i].name, i < COLUMNS - 1 ? t->separator : '\n');
    for (int i = 0; i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        struct measurement m = {r, k, k->has_accuracy ? &k->accuracy : NULL, NULL};
        if (k->nspeed == 0)
            put_row(t, &m);
        for (int j = 0; j < k->nspeed; j++) {
            m.speed = &k->speed[j];
            put_row(t, &m);
        }
    }
}

void report_csv(const struct result *r, const struct report_options *o, FILE *out)
{
    (void)o;
    put_table(&(struct table){out, ','}, r);
}

void report_tsv(const struct result *r, const struct report_options *o, FILE *out)
{
    (void)o;
    put_table(&(struct table){out, '\t'}, r);
}

void report_json(const struct result *r, const struct report_options *o, FILE *out)
{
    (void)o;
    result_write(r, out);
}
