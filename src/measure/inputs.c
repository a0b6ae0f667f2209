/* inputs.c -- distributions and tensors, the same bits on every machine.
 *
 * A distribution is a row of `distributions': its word, how many parameters it takes and their
 * defaults, and a function that draws one pattern.  To add one, write that function and its row.
 *
 * Drawing uses only steps that IEEE 754 rounds correctly (+ - * / sqrt, scaling by powers of two)
 * and integers: no function of the C library, whose last bits differ between systems, and no fused
 * operation (the build turns contraction off).
 */
#include "inputs.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../mem.h"
#include "npy.h"

uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* Random numbers, and the second of the two normal numbers that are made at once. */
struct source {
    uint64_t state;
    bool has_spare;
    double spare;
};

/* Uniform on [0, 1), a multiple of 2^-53. */
static double draw_unit(struct source *s)
{
    return (double)(random_next(&s->state) >> 11) * 0x1p-53;
}

/* ln x for 0 < x < inf, to about 2^-51, by correctly rounded steps only: with x = m 2^e and
 * sqrt(1/2) <= m < sqrt(2), ln m = 2 artanh z, z = (m - 1) / (m + 1), |z| < 0.172; the series ends
 * where its terms no longer matter (z^24 < 2^-60). */
static double portable_log(double x)
{
    int e;
    double m = frexp(x, &e);
    if (m < 0x1.6a09e667f3bcdp-1) {
        m *= 2;
        e--;
    }
    double z = (m - 1) / (m + 1), w = z * z, sum = 0;
    for (int k = 23; k >= 1; k -= 2)
        sum = sum * w + 1.0 / k;
    return 2 * z * sum + e * 0x1.62e42fefa39efp-1;
}

/* Standard normal, by Marsaglia's polar method: two from a point in the unit disc. */
static double draw_normal(struct source *s)
{
    double u, v, r;
    if (s->has_spare) {
        s->has_spare = false;
        return s->spare;
    }
    do {
        u = 2 * draw_unit(s) - 1;
        v = 2 * draw_unit(s) - 1;
        r = u * u + v * v;
    } while (r >= 1 || r == 0);
    double scale = sqrt(-2 * portable_log(r) / r);
    s->has_spare = true;
    s->spare = v * scale;
    return u * scale;
}

static double with_random_sign(struct source *s, double x)
{
    return random_next(&s->state) >> 63 ? -x : x;
}

/* What one row draws: a pattern of format F. */
typedef uint64_t draw_fn(const struct inputs *in, struct source *s, enum format f);

static uint64_t normal(const struct inputs *in, struct source *s, enum format f)
{
    return format_from_double(f, in->a + in->b * draw_normal(s));
}

static uint64_t uniform(const struct inputs *in, struct source *s, enum format f)
{
    double u = draw_unit(s);
    return format_from_double(f, in->a * (1 - u) + in->b * u);
}

/* Where sigmoids have long reached their limits, yet exp does not overflow in f32. */
static uint64_t saturated(const struct inputs *in, struct source *s, enum format f)
{
    (void)in;
    double magnitude = 20 + 60 * draw_unit(s);
    return format_from_double(f, with_random_sign(s, magnitude));
}

static uint64_t subnormal(const struct inputs *in, struct source *s, enum format f)
{
    (void)in;
    uint64_t r = random_next(&s->state);
    uint64_t magnitude = 1 + (r >> 1) % (format_min_normal(f) - 1);
    return magnitude | (r & 1 ? format_sign_bit(f) : 0);
}

static uint64_t positive(const struct inputs *in, struct source *s, enum format f)
{
    (void)in;
    return format_from_double(f, fabs(3 * draw_normal(s)));
}

/* Every branch of a kernel in no order: either sign, magnitudes uniform in their logarithm. */
static uint64_t mixed(const struct inputs *in, struct source *s, enum format f)
{
    (void)in;
    int e = (int)(random_next(&s->state) % 27) - 20; /* 2^-20 <= |x| < 2^7 */
    double magnitude = ldexp(1 + draw_unit(s), e);
    return format_from_double(f, with_random_sign(s, magnitude));
}

static uint64_t nan_laden(const struct inputs *in, struct source *s, enum format f)
{
    (void)in;
    double x = 3 * draw_normal(s);
    return random_next(&s->state) >> 61 == 0 ? format_nan(f) : format_from_double(f, x);
}

static uint64_t zero(const struct inputs *in, struct source *s, enum format f)
{
    (void)in, (void)s, (void)f;
    return 0;
}

static const struct distribution {
    const char *word;
    int nparams;
    double a, b; /* defaults */
    draw_fn *draw;
} distributions[] = {
    {"normal", 2, 0, 3, normal},       /* mean, standard deviation */
    {"uniform", 2, -10, 10, uniform},  /* ends */
    {"saturated", 0, 0, 0, saturated}, /* 20 <= |x| < 80, either sign */
    {"subnormal", 0, 0, 0, subnormal}, /* all subnormal patterns alike, either sign */
    {"positive", 0, 0, 0, positive},   /* |normal(0,3)| */
    {"mixed", 0, 0, 0, mixed},         /* 2^-20 <= |x| < 2^7 uniform in log |x|, either sign */
    {"nan-laden", 0, 0, 0, nan_laden}, /* normal(0,3), one in eight replaced by a NaN */
    {"zero", 0, 0, 0, zero},           /* +0 */
};

enum { DISTRIBUTIONS = sizeof distributions / sizeof *distributions };

__attribute__((format(printf, 3, 4))) static bool complain(char *err, size_t errlen,
                                                           const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vsnprintf(err, errlen, format, ap);
    va_end(ap);
    return false;
}

/* A short decimal number that reads back as V. */
static const char *shortest(double v, char buf[32])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(buf, 32, "%.*g", digits, v);
        if (strtod(buf, NULL) == v)
            break;
    }
    return buf;
}

/* Reads "A,B" at TEXT, or "B" alone if LONE, then CLOSE, then the end. */
static bool read_pair(const char *text, char close, bool lone, double *a, double *b)
{
    char *end;
    const char *second = text;
    if (!lone || strchr(text, ',')) {
        *a = strtod(text, &end);
        end += strspn(end, " ");
        if (end == text || *end != ',')
            return false;
        second = end + 1;
    }
    *b = strtod(second, &end);
    if (end == second)
        return false;
    end += strspn(end, " ");
    if (close && *end++ != close)
        return false;
    return *end == '\0' && isfinite(*a) && isfinite(*b);
}

static const struct distribution *distribution_of(const char *word, size_t len)
{
    for (int i = 0; i < DISTRIBUTIONS; i++)
        if (strlen(distributions[i].word) == len && memcmp(distributions[i].word, word, len) == 0)
            return &distributions[i];
    return NULL;
}

static bool unknown_distribution(const char *text, char *err, size_t errlen)
{
    size_t used =
        (size_t)snprintf(err, errlen, "inputs `%.60s': no such distribution; known are", text);
    for (int i = 0; i < DISTRIBUTIONS && used < errlen; i++)
        used += (size_t)snprintf(err + used, errlen - used, "%s %s%s", i ? "," : "",
                                 distributions[i].word, distributions[i].nparams ? "(A,B)" : "");
    return false;
}

bool inputs_parse(struct inputs *in, const char *text, char *err, size_t errlen)
{
    char a[32], b[32];
    size_t word = strcspn(text, "(:");
    const struct distribution *d = distribution_of(text, word);
    memset(in, 0, sizeof *in);
    if (!d)
        return unknown_distribution(text, err, errlen);
    in->kind = (int)(d - distributions);
    in->a = d->a;
    in->b = d->b;
    if (text[word] && d->nparams == 0)
        return complain(err, errlen, "inputs `%.60s': %s takes no parameters", text, d->word);
    char close = text[word] == '(' ? ')' : '\0';
    if (text[word] && !read_pair(text + word + 1, close, d->draw == normal, &in->a, &in->b))
        return complain(err, errlen, "inputs `%.60s': two numbers are expected, as in %s(%g,%g)",
                        text, d->word, d->a, d->b);
    if (d->draw == normal && !(in->b > 0))
        return complain(err, errlen, "inputs `%.60s': the standard deviation must be above 0",
                        text);
    if (d->draw == uniform && !(in->a < in->b))
        return complain(err, errlen, "inputs `%.60s': the first end must be below the second",
                        text);
    in->name = d->nparams ? xasprintf("%s(%s,%s)", d->word, shortest(in->a, a), shortest(in->b, b))
                          : xstrdup(d->word);
    return true;
}

/* All of a file, which may be a pipe.  NULL with errno set. */
static uint8_t *read_all(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    uint8_t *data = NULL;
    size_t room = 0;
    *len = 0;
    do {
        if (*len == room) {
            uint8_t *more = realloc(data, room = room ? 2 * room : 1 << 16);
            if (!more) {
                errno = ENOMEM;
                goto failed;
            }
            data = more;
        }
        errno = 0;
        *len += fread(data + *len, 1, room - *len, f);
    } while (!feof(f) && !ferror(f));
    if (ferror(f)) {
        errno = errno ? errno : EIO;
        goto failed;
    }
    fclose(f);
    return data;
failed:;
    int why = errno;
    free(data);
    fclose(f);
    errno = why;
    return NULL;
}

/* The number whose BYTES bytes stand at P. */
static double number_at(const uint8_t *p, int bytes, bool big_endian)
{
    static const enum format format_of[] = {[2] = FORMAT_F16, [4] = FORMAT_F32, [8] = FORMAT_F64};
    uint64_t bits = 0;
    for (int i = 0; i < bytes; i++)
        bits |= (uint64_t)p[big_endian ? bytes - 1 - i : i] << 8 * i;
    return format_to_double(format_of[bytes], bits);
}

/* The elements of DATA, .npy or raw. */
static bool find_elements(struct npy *npy, const uint8_t *data, size_t len, char *err,
                          size_t errlen)
{
    if (npy_is(data, len))
        return npy_read(npy, data, len, err, errlen);
    if (len >= 4 && memcmp(data, "PK\3\4", 4) == 0)
        return complain(err, errlen, "a zip archive, perhaps .npz; one array as .npy is expected");
    if (len == 0 || len % 4 != 0)
        return complain(
            err, errlen,
            "%zu bytes that do not open as .npy; raw little-endian f32, 4 bytes each, are expected",
            len);
    *npy = (struct npy){.bytes = 4, .big_endian = false, .n = len / 4, .data = data};
    return true;
}

bool inputs_load(struct inputs *in, const char *path, char *err, size_t errlen)
{
    size_t len;
    struct npy npy;
    char why[256];
    memset(in, 0, sizeof *in);
    uint8_t *data = read_all(path, &len);
    if (!data)
        return complain(err, errlen, "%s: %s; a readable tensor (.npy or raw f32) is expected",
                        path, strerror(errno));
    if (!find_elements(&npy, data, len, why, sizeof why)) {
        free(data);
        return complain(err, errlen, "%s: %s", path, why);
    }
    in->value =
        malloc(npy.n * sizeof *in->value); /* n elements of 2 bytes or more fitted: no overflow */
    if (!in->value) {
        free(data);
        return complain(err, errlen, "%s: no memory for its %zu elements", path, npy.n);
    }
    for (size_t i = 0; i < npy.n; i++)
        in->value[i] = number_at(npy.data + i * (size_t)npy.bytes, npy.bytes, npy.big_endian);
    in->n = npy.n;
    free(data);
    const char *slash = strrchr(path, '/');
    in->name = xasprintf("file %s", slash ? slash + 1 : path);
    return true;
}

void inputs_clear(struct inputs *in)
{
    free(in->name);
    free(in->value);
    memset(in, 0, sizeof *in);
}

static void store(void *out, size_t i, enum format f, uint64_t bits)
{
    switch (format_info[f].bits) {
    case 16:
        ((uint16_t *)out)[i] = (uint16_t)bits;
        break;
    case 32:
        ((uint32_t *)out)[i] = (uint32_t)bits;
        break;
    default:
        ((uint64_t *)out)[i] = bits;
    }
}

void inputs_fill(const struct inputs *in, uint64_t seed, enum format f, void *out, size_t n)
{
    struct source s = {.state = seed};
    for (size_t i = 0; i < n; i++)
        store(out, i, f,
              in->value ? format_from_double(f, in->value[i % in->n])
                        : distributions[in->kind].draw(in, &s, f));
}
