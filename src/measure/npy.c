/* npy.c -- the .npy format: a magic, a version, the length of a header, a header that is a Python
 * dictionary written out, and the elements.
 *
 *     \x93NUMPY 1 0 0x0076 {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }   \n
 *
 * The dictionary is parsed as Python would: any order of its keys, any spacing, either quote.  To
 * read one more key, add a row to `keys'.
 */
#include "npy.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const uint8_t magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

bool npy_is(const uint8_t *data, size_t len)
{
    return len > 0 && memcmp(data, magic, len < sizeof magic ? len : sizeof magic) == 0;
}

/* A place in the header, and where complaints go. */
struct cursor {
    const char *p, *end;
    char *err;
    size_t errlen;
};

__attribute__((format(printf, 2, 3))) static bool complain(const struct cursor *c,
                                                           const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vsnprintf(c->err, c->errlen, format, ap);
    va_end(ap);
    return false;
}

static char peek(struct cursor *c)
{
    while (c->p < c->end && isspace((unsigned char)*c->p))
        c->p++;
    return c->p < c->end ? *c->p : '\0';
}

static bool accept(struct cursor *c, char wanted)
{
    if (peek(c) != wanted)
        return false;
    c->p++;
    return true;
}

static bool expect(struct cursor *c, char wanted)
{
    return accept(c, wanted) ||
           complain(c, "malformed .npy header at byte %zu from its end; `%c' is expected",
                    (size_t)(c->end - c->p), wanted);
}

/* A quoted string without escapes, cut to SIZE. */
static bool read_string(struct cursor *c, char *out, size_t size)
{
    char quote = peek(c);
    if (quote != '\'' && quote != '"')
        return complain(c, "malformed .npy header; a quoted string is expected");
    const char *start = ++c->p;
    while (c->p < c->end && *c->p != quote)
        c->p++;
    if (c->p == c->end)
        return complain(c, "malformed .npy header; a closing quote is expected");
    snprintf(out, size, "%.*s", (int)(c->p - start < 100 ? c->p - start : 100), start);
    c->p++;
    return true;
}

static bool read_descr(struct cursor *c, struct npy *npy)
{
    static const char wanted[] = "a float type (f2, f4 or f8) is expected";
    char type[32];
    if (peek(c) == '[')
        return complain(c, "structured elements; %s", wanted);
    if (!read_string(c, type, sizeof type))
        return false;
    static const struct {
        char letter;
        const char *name;
    } kinds[] = {{'i', "integers"},        {'u', "unsigned integers"}, {'b', "booleans"},
                 {'c', "complex numbers"}, {'O', "Python objects"},    {'S', "strings"},
                 {'U', "strings"},         {'V', "raw data"},          {'M', "dates"},
                 {'m', "time spans"}};
    const char *t = type + strspn(type, "<>=|");
    npy->big_endian = type[0] == '>';
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    npy->big_endian |= type[0] == '=' || type[0] == 'f';
#endif
    if (t - type <= 1 && t[0] == 'f' && (t[1] == '2' || t[1] == '4' || t[1] == '8') && !t[2]) {
        npy->bytes = t[1] - '0';
        return true;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (t[0] == kinds[i].letter)
            return complain(c, "elements of type `%s' (%s); %s", type, kinds[i].name, wanted);
    return complain(c, "elements of type `%s'; %s", type, wanted);
}

static bool read_order(struct cursor *c, struct npy *npy)
{
    static const char *const words[] = {"True", "False"};
    (void)npy; /* every element is used, whatever the order */
    peek(c);
    for (int i = 0; i < 2; i++) {
        size_t len = strlen(words[i]);
        if ((size_t)(c->end - c->p) >= len && memcmp(c->p, words[i], len) == 0) {
            c->p += len;
            return true;
        }
    }
    return complain(c, "malformed .npy header; fortran_order is expected to be True or False");
}

/* (), (3,), (3, 4), with the L that Python 2 wrote after long integers. */
static bool read_shape(struct cursor *c, struct npy *npy)
{
    bool empty = false, huge = false;
    npy->n = 1;
    if (!expect(c, '('))
        return false;
    while (!accept(c, ')')) {
        if (!isdigit((unsigned char)peek(c)))
            return complain(c, "malformed .npy header; shape is expected to be whole numbers");
        size_t dimension = 0;
        for (; c->p < c->end && isdigit((unsigned char)*c->p); c->p++) {
            huge |= __builtin_mul_overflow(dimension, (size_t)10, &dimension);
            huge |= __builtin_add_overflow(dimension, (size_t)(*c->p - '0'), &dimension);
        }
        if (c->p < c->end && *c->p == 'L')
            c->p++;
        empty |= dimension == 0 && !huge;
        huge |= __builtin_mul_overflow(npy->n, dimension, &npy->n);
        if (peek(c) != ')' && !expect(c, ','))
            return false;
    }
    if (empty)
        return complain(c, "an empty tensor; at least one element is expected");
    if (huge)
        return complain(
            c, "a shape of more elements than a computer can hold; a real one is expected");
    return true;
}

static const struct key {
    const char *name;
    bool (*read)(struct cursor *c, struct npy *npy);
} keys[] = {{"descr", read_descr}, {"fortran_order", read_order}, {"shape", read_shape}};

enum { KEYS = sizeof keys / sizeof *keys };

static bool read_dictionary(struct cursor *c, struct npy *npy)
{
    bool seen[KEYS] = {false};
    if (!expect(c, '{'))
        return false;
    while (!accept(c, '}')) {
        char name[32];
        int k = 0;
        if (!read_string(c, name, sizeof name))
            return false;
        while (k < KEYS && strcmp(keys[k].name, name) != 0)
            k++;
        if (k == KEYS || seen[k])
            return complain(
                c, "%s key `%s' in the .npy header; descr, fortran_order and shape are expected",
                k == KEYS ? "unknown" : "repeated", name);
        seen[k] = true;
        if (!expect(c, ':') || !keys[k].read(c, npy))
            return false;
        if (peek(c) != '}' && !expect(c, ','))
            return false;
    }
    for (int k = 0; k < KEYS; k++)
        if (!seen[k])
            return complain(c, "no `%s' in the .npy header; it is expected there", keys[k].name);
    return peek(c) == '\0' ||
           complain(c, "text after the dictionary of the .npy header; none is expected");
}

bool npy_read(struct npy *npy, const uint8_t *data, size_t len, char *err, size_t errlen)
{
    struct cursor c = {.err = err, .errlen = errlen};
    size_t prefix, header;
    if (len < 12)
        return complain(&c, "truncated after %zu bytes; a whole .npy header is expected", len);
    switch (data[6]) {
    case 1:
        prefix = 10;
        header = data[8] | (size_t)data[9] << 8;
        break;
    case 2:
    case 3:
        prefix = 12;
        header = data[8] | (size_t)data[9] << 8 | (size_t)data[10] << 16 | (size_t)data[11] << 24;
        break;
    default:
        return complain(&c, "version %d of .npy; 1, 2 or 3 is expected", data[6]);
    }
    if (header > len - prefix)
        return complain(&c, "truncated in its header; %zu bytes of it are expected, %zu are there",
                        header, len - prefix);
    c.p = (const char *)data + prefix;
    c.end = c.p + header;
    if (!read_dictionary(&c, npy))
        return false;
    size_t have = len - prefix - header, need;
    if (__builtin_mul_overflow(npy->n, (size_t)npy->bytes, &need) || need > have)
        return complain(
            &c, "truncated in its data; %zu elements of %d bytes are expected, %zu bytes are there",
            npy->n, npy->bytes, have);
    npy->data = data + prefix + header;
    return true;
}
