/* numbers.c -- how numbers look: see numbers.h. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "numbers.h"

static const struct num dash = {"-"};

/* "1.68e+07" as "1.68e7". */
static void shorten_exponent(char *text)
{
    char *e = strchr(text, 'e');
    if (!e)
        return;
    char *to = e + 1, *from = e + 1;
    if (*from == '-')
        to++;
    from += *from == '-' || *from == '+';
    while (*from == '0' && from[1])
        from++;
    memmove(to, from, strlen(from) + 1);
}

/* V >= 0 with DECIMALS, rounded up. */
static struct num fixed_up(double v, int decimals)
{
    struct num n;
    snprintf(n.text, sizeof n.text, "%.*f", decimals, v);
    double shown = strtod(n.text, NULL);
    if (shown < v)
        snprintf(n.text, sizeof n.text, "%.*f", decimals, shown + pow(10, -decimals));
    return n;
}

static struct num exponent_up(double v)
{
    struct num n;
    snprintf(n.text, sizeof n.text, "%.2e", v);
    double shown = strtod(n.text, NULL);
    if (shown < v)
        snprintf(n.text, sizeof n.text, "%.2e", shown + pow(10, floor(log10(shown)) - 2));
    shorten_exponent(n.text);
    return n;
}

struct num num_ulp(double ulp)
{
    if (isnan(ulp))
        return dash;
    if (isinf(ulp))
        return (struct num){"inf"};
    if (ulp == 0 || ulp == 0.5) /* exact values look exact */
        return ulp == 0 ? (struct num){"0"} : (struct num){"0.5"};
    if (ulp < 0.001)
        return exponent_up(ulp);
    if (ulp < 10)
        return fixed_up(ulp, 4);
    return ulp < 9999 ? fixed_up(ulp, 1) : exponent_up(ulp);
}

struct num num_share(double share)
{
    struct num n;
    if (isnan(share))
        return dash;
    double percent = 100 * share;
    if (percent <= 0 || percent >= 100) {
        snprintf(n.text, sizeof n.text, "%d", percent <= 0 ? 0 : 100);
        return n;
    }
    double shown = floor(percent * 100) / 100;
    snprintf(n.text, sizeof n.text, shown < 0.01 ? "<0.01" : "%.2f", shown);
    return n;
}

struct num num_ns(double ns)
{
    struct num n;
    if (isnan(ns))
        return dash;
    int decimals = ns < 0.1 ? 4 : ns < 1 ? 3 : ns < 10 ? 2 : ns < 100 ? 1 : 0;
    snprintf(n.text, sizeof n.text, "%.*f", decimals, ns);
    return n;
}

struct num num_general(double v)
{
    struct num n;
    if (isnan(v))
        return dash;
    snprintf(n.text, sizeof n.text, "%.6g", v);
    shorten_exponent(n.text);
    return n;
}

struct num num_exact(double v)
{
    struct num n;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(n.text, sizeof n.text, "%.*g", digits, v);
        if (strtod(n.text, NULL) == v)
            break;
    }
    return n;
}

struct num num_count(uint64_t count)
{
    char digits[24];
    struct num n;
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    char *to = n.text;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = 0;
    return n;
}

struct num num_elements(uint64_t count)
{
    static const struct {
        int shift;
        const char *unit;
    } prefix[] = {{30, "Gi"}, {20, "Mi"}, {10, "Ki"}};
    struct num n;
    for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++)
        if (count >> prefix[i].shift && count % (UINT64_C(1) << prefix[i].shift) == 0) {
            snprintf(n.text, sizeof n.text, "%" PRIu64 " %s", count >> prefix[i].shift,
                     prefix[i].unit);
            return n;
        }
    snprintf(n.text, sizeof n.text, "%" PRIu64, count);
    return n;
}

struct num num_bytes(double bytes)
{
    struct num n;
    if (!(bytes >= 0 && bytes < 0x1p63))
        return dash;
    snprintf(n.text, sizeof n.text, "%.48sB", num_elements((uint64_t)bytes).text);
    if (!strchr(n.text, ' '))
        snprintf(n.text, sizeof n.text, "%.0f B", bytes);
    return n;
}

struct num num_hexfloat(double v)
{
    struct num n;
    snprintf(n.text, sizeof n.text, isnan(v) ? "nan" : "%a", v);
    return n;
}

struct num num_value(double v, const char *dtype)
{
    struct num n;
    int digits = !strncmp(dtype, "f64", 3) ? 17 : !strncmp(dtype, "f32", 3) ? 9 : 6;
    snprintf(n.text, sizeof n.text, isnan(v) ? "nan" : "%.*g", digits, v);
    return n;
}

struct dtype {
    const char *name;
    int bytes, p, emax; /* p significant bits, the implicit one included */
};

static const struct dtype *dtype_named(const char *name, size_t length)
{
    static const struct dtype known[] = {
        {"f32", 4, 24, 127}, {"f16", 2, 11, 15}, {"bf16", 2, 8, 127}, {"f64", 8, 53, 1023}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == length && !strncmp(name, known[i].name, length))
            return &known[i];
    return NULL;
}

static const struct dtype *input_dtype(const char *dtype)
{
    return dtype_named(dtype, strcspn(dtype, ">"));
}

static const struct dtype *output_dtype(const char *dtype)
{
    const char *out = strchr(dtype, '>');
    return out ? dtype_named(out + 1, strlen(out + 1)) : input_dtype(dtype);
}

int dtype_input_bytes(const char *dtype)
{
    const struct dtype *t = input_dtype(dtype);
    return t ? t->bytes : 0;
}

int dtype_output_bytes(const char *dtype)
{
    const struct dtype *t = output_dtype(dtype);
    return t ? t->bytes : 0;
}

double value_of_bits(uint64_t bits, const char *dtype)
{
    const struct dtype *t = output_dtype(dtype);
    if (!t)
        return NAN;
    int width = 8 * t->bytes;
    uint64_t fraction = bits & ((UINT64_C(1) << (t->p - 1)) - 1);
    int exponent = (int)(bits >> (t->p - 1)) & (2 * t->emax + 1);
    double v = exponent == 2 * t->emax + 1 ? (fraction ? NAN : INFINITY)
               : exponent == 0             ? ldexp((double)fraction, 2 - t->emax - t->p)
                                           : ldexp((double)(fraction | UINT64_C(1) << (t->p - 1)),
                                                   exponent - t->emax - t->p + 1);
    return bits >> (width - 1) & 1 ? -v : v;
}

struct num num_bits(uint64_t bits, const char *dtype)
{
    struct num n;
    snprintf(n.text, sizeof n.text, "0x%0*" PRIx64, 2 * dtype_input_bytes(dtype), bits);
    return n;
}

double gigabytes_per_second(const char *dtype, double ns)
{
    int bytes = dtype_input_bytes(dtype) + dtype_output_bytes(dtype);
    return bytes ? bytes / ns : NAN;
}
