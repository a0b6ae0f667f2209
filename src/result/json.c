/* json.c -- a result as JSON text and back, from the field tables of fields.c.
 *
 * Writing is our own, for bytes that never change and lines that read well in a diff; parsing is
 * jansson's. Each kind of field has one row of writer and reader here.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <jansson.h>
#include "../mem.h"
#include "fields.h"
#include "json.h"
#include "stats.h"

/* --- writing --- */

struct writer {
    FILE *out;
    int depth;     /* of nesting, for indentation */
    bool one_line; /* inside a record that stands on one line */
};

/* The length of the UTF-8 sequence at S, or 0 if there is none (overlong forms, surrogates and
 * values beyond U+10FFFF are none). */
static int utf8_length(const unsigned char *s)
{
    static const struct {
        unsigned char lo, hi, second_lo, second_hi;
        int length;
    } form[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
        if (s[0] < form[i].lo || s[0] > form[i].hi)
            continue;
        int n = form[i].length;
        if (n > 1 && (s[1] < form[i].second_lo || s[1] > form[i].second_hi))
            return 0;
        for (int k = 2; k < n; k++)
            if ((s[k] & 0xc0) != 0x80)
                return 0;
        return n;
    }
    return 0;
}

/* A byte that belongs to no UTF-8 sequence (a path may hold any) becomes the four characters \xNN.
 */
static void write_string(struct writer *w, const char *text)
{
    fputc('"', w->out);
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        int n = utf8_length(s);
        if (n == 0)
            fprintf(w->out, "\\\\x%02x", *s++);
        else if (*s == '"' || *s == '\\')
            fprintf(w->out, "\\%c", *s++);
        else if (*s < 0x20 || *s == 0x7f)
            fprintf(w->out, "\\u%04x", *s++);
        else
            for (; n > 0; n--)
                fputc(*s++, w->out);
    }
    fputc('"', w->out);
}

static void write_text(struct writer *w, const char *text)
{
    if (text)
        write_string(w, text);
    else
        fputs("null", w->out);
}

/* The first of 15, 16 and 17 digits that reads back as V. */
static void write_double(struct writer *w, double v)
{
    char buf[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(buf, sizeof buf, "%.*g", digits, v);
        if (strtod(buf, NULL) == v)
            break;
    }
    char *comma = strchr(buf, ','); /* where the locale has one */
    if (comma)
        *comma = '.';
    fputs(v == 0 && signbit(v) ? "-0.0" : buf, w->out);
}

static void write_number(struct writer *w, double v)
{
    if (isfinite(v))
        write_double(w, v);
    else
        fputs("null", w->out);
}

void json_write_text(FILE *out, const char *text)
{
    write_text(&(struct writer){.out = out}, text);
}

void json_write_number(FILE *out, double v)
{
    write_number(&(struct writer){.out = out}, v);
}

static void write_extended(struct writer *w, double v)
{
    if (isinf(v))
        fputs(v > 0 ? "\"inf\"" : "\"-inf\"", w->out);
    else
        write_number(w, v);
}

static void write_bits(struct writer *w, uint64_t v)
{
    fprintf(w->out, "\"0x%" PRIx64 "\"", v);
}

/* Integers beyond 2^53 are not exact in many readers of JSON. */
static void write_count(struct writer *w, uint64_t v)
{
    if (v <= UINT64_C(1) << 53)
        fprintf(w->out, "%" PRIu64, v);
    else
        write_bits(w, v);
}

/* V rounded up to five digits, so that reading and writing again changes nothing. */
static void write_rounded_up(struct writer *w, double v)
{
    char buf[32];
    snprintf(buf, sizeof buf, "%.4e", v);
    if (isfinite(v) && strtod(buf, NULL) < v) {
        double step = pow(10, atoi(strchr(buf, 'e') + 1) - 4);
        snprintf(buf, sizeof buf, "%.4e", strtod(buf, NULL) + step);
    }
    write_number(w, isfinite(v) ? strtod(buf, NULL) : NAN);
}

static void write_samples(struct writer *w, const float *v, int n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t bytes = (size_t)n * 4;
    unsigned char *raw = xcalloc(bytes + 2, 1);
    for (int i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &v[i], 4);
        for (int k = 0; k < 4; k++)
            raw[4 * i + k] = (unsigned char)(bits >> 8 * k);
    }
    fputc('"', w->out);
    for (size_t i = 0; i < bytes; i += 3) {
        uint32_t three = (uint32_t)raw[i] << 16 | (uint32_t)raw[i + 1] << 8 | raw[i + 2];
        size_t left = bytes - i;
        for (size_t k = 0; k < 4; k++)
            fputc(k <= left ? digit[three >> (18 - 6 * k) & 63] : '=', w->out);
    }
    fputc('"', w->out);
    free(raw);
}

static void new_line(struct writer *w)
{
    fprintf(w->out, "\n%*s", 2 * w->depth, "");
}

static void write_value(struct writer *w, const struct field *f, const char *record);

static void write_record(struct writer *w, const struct record_type *type, const char *record)
{
    bool outer = w->one_line;
    w->one_line = outer || type->one_line;
    w->depth++;
    fputc('{', w->out);
    for (const struct field *f = type->field; f->key; f++) {
        if (f != type->field)
            fputs(w->one_line ? ", " : ",", w->out);
        if (!w->one_line)
            new_line(w);
        fprintf(w->out, "\"%s\": ", f->key);
        write_value(w, f, record);
    }
    w->depth--;
    if (!w->one_line)
        new_line(w);
    fputc('}', w->out);
    w->one_line = outer;
}

static void write_records(struct writer *w, const struct record_type *type, const char *first,
                          int n)
{
    w->depth++;
    fputc('[', w->out);
    for (int i = 0; i < n; i++) {
        if (i)
            fputc(',', w->out);
        new_line(w);
        write_record(w, type, first + (size_t)i * type->bytes);
    }
    w->depth--;
    if (n)
        new_line(w);
    fputc(']', w->out);
}

static void write_failures(struct writer *w, const struct count *failure)
{
    bool any = false;
    w->depth++;
    fputc('{', w->out);
    for (int i = 0; i < FAIL_COUNT; i++) {
        if (failure[i].n == 0)
            continue;
        if (any)
            fputc(',', w->out);
        new_line(w);
        fprintf(w->out, "\"%s\": ", failure_word[i]);
        bool outer = w->one_line;
        w->one_line = true;
        write_record(w, &count_type, (const char *)&failure[i]);
        w->one_line = outer;
        any = true;
    }
    w->depth--;
    if (any)
        new_line(w);
    fputc('}', w->out);
}

/* A list on one line: N times ITEM between OPEN and CLOSE. */
#define LIST(open, n, close, item)      \
    do {                                \
        fputc(open, w->out);            \
        for (int i = 0; i < (n); i++) { \
            if (i)                      \
                fputs(", ", w->out);    \
            item;                       \
        }                               \
        fputc(close, w->out);           \
    } while (0)

static void write_value(struct writer *w, const struct field *f, const char *record)
{
    const void *at = record + f->at;
    const int *n = (const int *)(record + f->count);         /* of the kinds that have elements */
    char *const *const *names = (void *)(record + f->names); /* of those with names */
    switch (f->kind) {
    case FIELD_TEXT:
    case FIELD_TEXT_NULL:
        write_text(w, *(char *const *)at);
        break;
    case FIELD_BOOL:
        fputs(*(const bool *)at ? "true" : "false", w->out);
        break;
    case FIELD_INT:
        fprintf(w->out, "%d", *(const int *)at);
        break;
    case FIELD_COUNT:
        write_count(w, *(const uint64_t *)at);
        break;
    case FIELD_BITS:
        write_bits(w, *(const uint64_t *)at);
        break;
    case FIELD_NUMBER:
    case FIELD_FINITE:
        write_number(w, *(const double *)at);
        break;
    case FIELD_END:
    case FIELD_EXTENDED:
        write_extended(w, *(const double *)at);
        break;
    case FIELD_RECORD:
        write_record(w, f->of, at);
        break;
    case FIELD_OPTIONAL:
        if (*(const bool *)(record + f->count))
            write_record(w, f->of, at);
        else
            fputs("null", w->out);
        break;
    case FIELD_RECORDS:
        write_records(w, f->of, *(char *const *)at, *n);
        break;
    case FIELD_TEXTS:
        LIST('[', *n, ']', write_text(w, (*(char **const *)at)[i]));
        break;
    case FIELD_PATTERNS:
        LIST('[', *n, ']', write_bits(w, (*(uint64_t *const *)at)[i]));
        break;
    case FIELD_RANGE:
        if (*(const bool *)(record + f->count))
            LIST('[', 2, ']', write_extended(w, ((const double *)at)[i]));
        else
            fputs("null", w->out);
        break;
    case FIELD_PARAMETERS:
        LIST('{', *n, '}',
             (write_string(w, (*names)[i]), fputs(": ", w->out),
              write_number(w, (*(double *const *)at)[i])));
        break;
    case FIELD_TIERS:
        LIST('{', *n, '}',
             (write_string(w, (*names)[i]), fputs(": ", w->out),
              write_count(w, (*(uint64_t *const *)at)[i])));
        break;
    case FIELD_HISTOGRAM:
        LIST('[', HISTOGRAM_BINS, ']', write_count(w, ((const uint64_t *)at)[i]));
        break;
    case FIELD_FAILURES:
        write_failures(w, at);
        break;
    case FIELD_SEGMENTS: {
        const struct segment *s = *(struct segment *const *)at;
        LIST('[', *n, ']',
             (fprintf(w->out, "[%d, ", s[i].index), write_rounded_up(w, s[i].max_ulp),
              fputc(']', w->out)));
        break;
    }
    case FIELD_CURVE: {
        const struct curve_point *p = *(struct curve_point *const *)at;
        LIST('[', *n, ']',
             (fputc('[', w->out), write_number(w, p[i].x), fputs(", ", w->out),
              write_number(w, p[i].y), fputc(']', w->out)));
        break;
    }
    case FIELD_SAMPLES:
        write_samples(w, *(float *const *)at, *n);
        break;
    case FIELD_KINDS:
        break;
    }
}

bool result_write(const struct result *r, FILE *out)
{
    struct writer w = {.out = out};
    write_record(&w, &result_type, (const char *)r);
    fputc('\n', out);
    return fflush(out) == 0 && !ferror(out);
}

/* --- reading --- */

struct reader {
    const char *name;
    struct json_error *err;
    char pointer[300]; /* where we are: "/kernels/3/accuracy" */
    size_t length;
};

/* Printable on one line, whatever the file is called or holds. */
__attribute__((format(printf, 2, 3))) static void put_line(struct json_error *err,
                                                           const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vsnprintf(err->text, sizeof err->text, format, ap);
    va_end(ap);
    for (char *s = err->text; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            *s = '?';
}

__attribute__((format(printf, 2, 3))) static bool refuse(struct reader *in, const char *format, ...)
{
    char what[256];
    va_list ap;
    va_start(ap, format);
    vsnprintf(what, sizeof what, format, ap);
    va_end(ap);
    put_line(in->err, "%s: %s: %s", in->name, in->length ? in->pointer : "/", what);
    return false;
}

/* Steps down into KEY; the former length leads back. */
static size_t step_down(struct reader *in, const char *key)
{
    size_t former = in->length;
    int n = snprintf(in->pointer + in->length, sizeof in->pointer - in->length, "/%s", key);
    in->length += (size_t)n;
    if (in->length >= sizeof in->pointer)
        in->length = sizeof in->pointer - 1;
    return former;
}

static size_t step_into(struct reader *in, size_t index)
{
    char key[24];
    snprintf(key, sizeof key, "%zu", index);
    return step_down(in, key);
}

static void step_up(struct reader *in, size_t former)
{
    in->length = former;
    in->pointer[former] = 0;
}

static const char *type_of(const json_t *v)
{
    static const char *const word[] = {
        [JSON_OBJECT] = "an object",   [JSON_ARRAY] = "an array", [JSON_STRING] = "a string",
        [JSON_INTEGER] = "an integer", [JSON_REAL] = "a number",  [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",        [JSON_NULL] = "null",
    };
    return word[json_typeof(v)];
}

static bool wrong(struct reader *in, const json_t *v, const char *expected)
{
    if (json_is_string(v))
        return refuse(in, "is \"%.40s\", expected %s", json_string_value(v), expected);
    if (json_is_integer(v))
        return refuse(in, "is %" JSON_INTEGER_FORMAT ", expected %s", json_integer_value(v),
                      expected);
    return refuse(in, "is %s, expected %s", type_of(v), expected);
}

static bool read_text(struct reader *in, const json_t *v, char **text)
{
    if (!json_is_string(v))
        return wrong(in, v, "a string");
    *text = xstrdup(json_string_value(v));
    return true;
}

static bool read_text_or_null(struct reader *in, const json_t *v, char **text)
{
    if (json_is_null(v))
        return true;
    if (!json_is_string(v))
        return wrong(in, v, "a string or null");
    return read_text(in, v, text);
}

static bool read_bool(struct reader *in, const json_t *v, bool *b)
{
    if (!json_is_boolean(v))
        return wrong(in, v, "true or false");
    *b = json_is_true(v);
    return true;
}

static bool read_int(struct reader *in, const json_t *v, int *i)
{
    json_int_t n = json_integer_value(v);
    if (!json_is_integer(v) || n < INT32_MIN || n > INT32_MAX)
        return wrong(in, v, "an integer of at most 32 bits");
    *i = (int)n;
    return true;
}

static bool parse_hex(const json_t *v, uint64_t *bits)
{
    const char *s = json_string_value(v);
    if (!s || strncmp(s, "0x", 2) || strlen(s) > 18 || strlen(s) < 3)
        return false;
    if (s[2 + strspn(s + 2, "0123456789abcdef")])
        return false;
    *bits = strtoull(s + 2, NULL, 16);
    return true;
}

static bool read_bits(struct reader *in, const json_t *v, uint64_t *bits)
{
    return parse_hex(v, bits) || wrong(in, v, "a hex string of at most 64 bits such as \"0x3f\"");
}

static bool read_count(struct reader *in, const json_t *v, uint64_t *n)
{
    if (parse_hex(v, n))
        return true;
    if (!json_is_integer(v) || json_integer_value(v) < 0)
        return wrong(in, v, "a count: an integer from 0, or a hex string");
    *n = (uint64_t)json_integer_value(v);
    return true;
}

static bool read_number(struct reader *in, const json_t *v, double *d)
{
    if (!json_is_number(v) && !json_is_null(v))
        return wrong(in, v, "a number or null");
    *d = json_is_null(v) ? NAN : json_number_value(v);
    return true;
}

static bool read_extended(struct reader *in, const json_t *v, double *d)
{
    const char *s = json_string_value(v);
    if (s && (!strcmp(s, "inf") || !strcmp(s, "-inf"))) {
        *d = *s == '-' ? -INFINITY : INFINITY;
        return true;
    }
    if (!json_is_number(v) && !json_is_null(v))
        return wrong(in, v, "a number, null, \"inf\" or \"-inf\"");
    return read_number(in, v, d);
}

static bool read_array(struct reader *in, const json_t *v, size_t length, const char *expected)
{
    if (!json_is_array(v) || json_array_size(v) > INT32_MAX)
        return wrong(in, v, expected);
    if (length && json_array_size(v) != length)
        return refuse(in, "has %zu elements, expected %zu", json_array_size(v), length);
    return true;
}

/* Reads every element of V with ITEM, an expression of the element E and the index I; false as soon
 * as one is.  COUNT counts what was begun, so that a refused document can be freed. */
#define READ_EACH(v, count, item)                                  \
    ({                                                             \
        bool good_ = true;                                         \
        for (size_t i = 0; good_ && i < json_array_size(v); i++) { \
            const json_t *e = json_array_get(v, i);                \
            size_t former_ = step_into(in, i);                     \
            (count)++;                                             \
            good_ = item;                                          \
            step_up(in, former_);                                  \
        }                                                          \
        good_;                                                     \
    })

static bool read_value(struct reader *in, const json_t *v, const struct field *f, char *record);

static bool read_record(struct reader *in, const json_t *v, const struct record_type *type,
                        char *record)
{
    if (!json_is_object(v))
        return wrong(in, v, "an object");
    bool good = true;
    for (const struct field *f = type->field; good && f->key; f++) {
        const json_t *member = json_object_get(v, f->key);
        size_t former = step_down(in, f->key);
        if (member)
            good = read_value(in, member, f, record);
        else if (!f->may_lack)
            good = refuse(in, "is missing from this %s", type->name);
        step_up(in, former);
    }
    return good;
}

static bool read_records(struct reader *in, const json_t *v, const struct record_type *type,
                         char **first, int *n)
{
    if (!read_array(in, v, 0, "an array of objects"))
        return false;
    *first = xcalloc(json_array_size(v), type->bytes);
    for (size_t i = 0; i < json_array_size(v); i++)
        record_init(type, *first + i * type->bytes);
    return READ_EACH(v, *n, read_record(in, e, type, *first + i * type->bytes));
}

static bool read_texts(struct reader *in, const json_t *v, char ***text, int *n)
{
    if (!read_array(in, v, 0, "an array of strings"))
        return false;
    *text = xcalloc(json_array_size(v), sizeof **text);
    return READ_EACH(v, *n, read_text(in, e, &(*text)[i]));
}

static bool read_patterns(struct reader *in, const json_t *v, uint64_t **bits, int *n)
{
    if (!read_array(in, v, 0, "an array of hex strings"))
        return false;
    *bits = xcalloc(json_array_size(v), sizeof **bits);
    return READ_EACH(v, *n, read_bits(in, e, &(*bits)[i]));
}

static bool read_histogram(struct reader *in, const json_t *v, uint64_t *bin)
{
    int n = 0;
    if (!read_array(in, v, HISTOGRAM_BINS, "an array of counts"))
        return false;
    return READ_EACH(v, n, read_count(in, e, &bin[i]));
}

static bool read_range(struct reader *in, const json_t *v, double *end, bool *has)
{
    int n = 0;
    *has = !json_is_null(v);
    if (!*has)
        return true;
    if (!read_array(in, v, 2, "[lo, hi] or null"))
        return false;
    return READ_EACH(v, n, read_extended(in, e, &end[i]));
}

static bool read_segment(struct reader *in, const json_t *v, struct segment *s)
{
    if (!read_array(in, v, 2, "[index, ulp]"))
        return false;
    const json_t *index = json_array_get(v, 0);
    if (!json_is_integer(index) || json_integer_value(index) < 0 ||
        json_integer_value(index) >= segment_count())
        return wrong(in, index, "the index of a segment");
    s->index = (int)json_integer_value(index);
    return read_number(in, json_array_get(v, 1), &s->max_ulp);
}

static bool read_segments(struct reader *in, const json_t *v, struct segment **s, int *n)
{
    if (!read_array(in, v, 0, "an array of [index, ulp]"))
        return false;
    *s = xcalloc(json_array_size(v), sizeof **s);
    return READ_EACH(v, *n, read_segment(in, e, &(*s)[i]));
}

static bool read_point(struct reader *in, const json_t *v, struct curve_point *p)
{
    if (!read_array(in, v, 2, "[x, y]"))
        return false;
    const json_t *x = json_array_get(v, 0), *y = json_array_get(v, 1);
    if (!json_is_number(x) || !json_is_number(y))
        return wrong(in, json_is_number(x) ? y : x, "a number");
    return read_number(in, x, &p->x) && read_number(in, y, &p->y);
}

static bool read_curve(struct reader *in, const json_t *v, struct curve_point **p, int *n)
{
    if (!read_array(in, v, 0, "an array of [x, y]"))
        return false;
    *p = xcalloc(json_array_size(v), sizeof **p);
    return READ_EACH(v, *n, read_point(in, e, &(*p)[i]));
}

static bool read_failures(struct reader *in, const json_t *v, struct count *failure)
{
    if (!json_is_object(v))
        return wrong(in, v, "an object");
    bool good = true;
    for (int i = 0; good && i < FAIL_COUNT; i++) {
        const json_t *member = json_object_get(v, failure_word[i]);
        record_init(&count_type, &failure[i]);
        if (!member)
            continue;
        size_t former = step_down(in, failure_word[i]);
        good = read_record(in, member, &count_type, (char *)&failure[i]);
        step_up(in, former);
    }
    return good;
}

/* An object of counts (TIER) or of numbers (PARAMETER): the other is NULL. */
static bool read_named(struct reader *in, const json_t *v, char ***name, uint64_t **tier,
                       double **parameter, int *n)
{
    if (!json_is_object(v))
        return wrong(in, v, "an object");
    size_t size = json_object_size(v);
    *name = xcalloc(size, sizeof **name);
    if (tier)
        *tier = xcalloc(size, sizeof **tier);
    else
        *parameter = xcalloc(size, sizeof **parameter);
    const char *key;
    json_t *e;
    bool good = true;
    json_object_foreach((json_t *)v, key, e)
    {
        size_t former = step_down(in, key);
        (*name)[*n] = xstrdup(key);
        if (good)
            good = tier ? read_count(in, e, &(*tier)[*n]) : read_number(in, e, &(*parameter)[*n]);
        (*n)++;
        step_up(in, former);
    }
    return good;
}

static int base64_digit(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

static bool read_samples(struct reader *in, const json_t *v, float **sample, int *n)
{
    static const char expected[] = "base64 of little-endian binary32 numbers";
    const char *s = json_string_value(v);
    if (!s)
        return wrong(in, v, expected);
    size_t digits = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    size_t padding = strspn(s + digits, "=");
    size_t bytes = digits * 3 / 4;
    if (s[digits + padding] || padding > 2 || (digits + padding) % 4 || bytes % 4)
        return refuse(in, "is no %s", expected);
    *sample = xcalloc(bytes / 4, sizeof **sample);
    uint32_t group = 0, bits = 0;
    size_t done = 0;
    for (size_t i = 0; i < digits + padding; i++) {
        group = group << 6 | (uint32_t)(i < digits ? base64_digit(s[i]) : 0);
        for (int k = 2; i % 4 == 3 && k >= 0 && done < bytes; k--) {
            bits |= (group >> 8 * k & 0xff) << 8 * (done % 4);
            if (++done % 4 == 0) {
                memcpy(&(*sample)[(*n)++], &bits, 4);
                bits = 0;
            }
        }
    }
    return true;
}

static bool read_value(struct reader *in, const json_t *v, const struct field *f, char *record)
{
    void *at = record + f->at;
    int *n = (int *)(record + f->count);         /* of the kinds that have elements */
    char ***names = (void *)(record + f->names); /* of those with names */
    bool *has = (bool *)(record + f->count);
    switch (f->kind) {
    case FIELD_TEXT:
        return read_text(in, v, at);
    case FIELD_TEXT_NULL:
        return read_text_or_null(in, v, at);
    case FIELD_BOOL:
        return read_bool(in, v, at);
    case FIELD_INT:
        return read_int(in, v, at);
    case FIELD_COUNT:
        return read_count(in, v, at);
    case FIELD_BITS:
        return read_bits(in, v, at);
    case FIELD_NUMBER:
        return read_number(in, v, at);
    case FIELD_FINITE:
        return json_is_number(v) ? read_number(in, v, at) : wrong(in, v, "a number");
    case FIELD_END:
        return json_is_null(v) ? wrong(in, v, "a number, \"inf\" or \"-inf\"")
                               : read_extended(in, v, at);
    case FIELD_EXTENDED:
        return read_extended(in, v, at);
    case FIELD_RECORD:
        return read_record(in, v, f->of, at);
    case FIELD_OPTIONAL:
        *has = !json_is_null(v);
        return !*has || read_record(in, v, f->of, at);
    case FIELD_RECORDS:
        return read_records(in, v, f->of, at, n);
    case FIELD_TEXTS:
        return read_texts(in, v, at, n);
    case FIELD_PATTERNS:
        return read_patterns(in, v, at, n);
    case FIELD_RANGE:
        return read_range(in, v, at, has);
    case FIELD_PARAMETERS:
        return read_named(in, v, names, NULL, at, n);
    case FIELD_TIERS:
        return read_named(in, v, names, at, NULL, n);
    case FIELD_HISTOGRAM:
        return read_histogram(in, v, at);
    case FIELD_FAILURES:
        return read_failures(in, v, at);
    case FIELD_SEGMENTS:
        return read_segments(in, v, at, n);
    case FIELD_CURVE:
        return read_curve(in, v, at, n);
    case FIELD_SAMPLES:
        return read_samples(in, v, at, n);
    case FIELD_KINDS:
        break;
    }
    return false;
}

/* What no field can tell by itself: errors that were counted have a largest, and no more results
 * are right than there are. */
static bool check_accuracy(struct reader *in, const struct accuracy *a, bool has, const char *key)
{
    bool good = true;
    size_t former = step_down(in, key);
    if (has && a->numbers && !(a->max_ulp >= 0)) {
        step_down(in, "max_ulp");
        good = refuse(in, "is no error, expected a number from 0: %s has numbers", key);
    } else if (has && a->correctly_rounded > a->inputs) {
        step_down(in, "correctly_rounded");
        good = refuse(in, "is more than there are inputs");
    }
    step_up(in, former);
    return good;
}

static bool check_kernels(struct reader *in, const struct result *r)
{
    bool good = true;
    step_down(in, "kernels");
    for (int i = 0; good && i < r->nkernels; i++) {
        const struct kernel_record *k = &r->kernel[i];
        size_t former = step_into(in, (size_t)i);
        good = check_accuracy(in, &k->accuracy, k->has_accuracy, "accuracy") &&
               check_accuracy(in, &k->ideal, k->has_ideal, "ideal");
        step_up(in, former);
    }
    step_up(in, 0);
    return good;
}

/* A document of another schema is refused before anything else in it is judged. */
static bool check_schema(struct reader *in, const json_t *root)
{
    if (!json_is_object(root))
        return refuse(in, "is %s, expected a result of actulp", type_of(root));
    const json_t *schema = json_object_get(root, "schema");
    step_down(in, "schema");
    if (!schema)
        return refuse(in, "is missing, expected %d: this is no result of actulp", RESULT_SCHEMA);
    if (!json_is_integer(schema) || json_integer_value(schema) != RESULT_SCHEMA) {
        char expected[60];
        snprintf(expected, sizeof expected, "schema version %d, that of this program",
                 RESULT_SCHEMA);
        return wrong(in, schema, expected);
    }
    step_up(in, 0);
    return true;
}

struct result *result_read(FILE *file, const char *name, struct json_error *err)
{
    struct reader in = {.name = name, .err = err};
    json_error_t parse;
    err->text[0] = 0;
    errno = 0;
    json_t *root = json_loadf(file, JSON_REJECT_DUPLICATES, &parse);
    if (!root) {
        if (ferror(file))
            put_line(err, "%s: cannot be read: %s", name, strerror(errno));
        else
            put_line(err, "%s:%d:%d: %s, expected the JSON of a result", name, parse.line,
                     parse.column, parse.text);
        return NULL;
    }
    struct result *r = result_new();
    if (!check_schema(&in, root) || !read_record(&in, root, &result_type, (char *)r) ||
        !check_kernels(&in, r)) {
        result_free(r);
        r = NULL;
    }
    json_decref(root);
    return r;
}

struct result *result_read_file(const char *path, struct json_error *err)
{
    FILE *in = fopen(path, "r");
    if (!in) {
        put_line(err, "%s: cannot be opened: %s", path, strerror(errno));
        return NULL;
    }
    struct result *r = result_read(in, path, err);
    fclose(in);
    return r;
}
