/* sexpr.c -- reads text into S-expressions: lists in () or [], symbols, :keywords, numbers,
 * strings, and comments from `;' to the end of the line.
 *
 * Whatever bytes come in, the answer is a tree or one line that says where and what.  A token is a
 * number if it starts as one; whether it is a well-formed one is decided where it is used.
 */
#include "sexpr.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include "mem.h"

enum { MAX_DEPTH = 200, MAX_TOKEN = 4096 };

struct sexpr_text {
    const char *file;
    const char *at, *end;
    int line, column;
    char *err;
    size_t errlen;
    void **block; /* everything allocated */
    size_t nblocks, room;
};

static void *keep(struct sexpr_text *t, void *block)
{
    if (t->nblocks == t->room) {
        t->room = t->room ? 2 * t->room : 64;
        t->block = ref_realloc(t->block, t->room, sizeof *t->block);
    }
    return t->block[t->nblocks++] = block;
}

void sexpr_free(struct sexpr_text *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->nblocks; i++)
        free(t->block[i]);
    free(t->block);
    free(t);
}

__attribute__((format(printf, 4, 5))) static bool fail(struct sexpr_text *t, int line, int column,
                                                       const char *what, ...)
{
    int n = snprintf(t->err, t->errlen, "%s:%d:%d: ", t->file, line, column);
    if (n >= 0 && (size_t)n < t->errlen) {
        va_list ap;
        va_start(ap, what);
        vsnprintf(t->err + n, t->errlen - (size_t)n, what, ap);
        va_end(ap);
    }
    return false;
}

static bool fail_here(struct sexpr_text *t, const char *what)
{
    return fail(t, t->line, t->column, "%s", what);
}

/* The length of the UTF-8 sequence at P, or 0 if there is none. */
static int utf8_length(const char *p, const char *end)
{
    unsigned char c = (unsigned char)*p;
    int n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    if (n == 0 || end - p < n)
        return 0;
    for (int i = 1; i < n; i++)
        if (((unsigned char)p[i] & 0xc0) != 0x80)
            return 0;
    unsigned char d = n > 1 ? (unsigned char)p[1] : 0;
    bool overlong = (c == 0xe0 && d < 0xa0) || (c == 0xf0 && d < 0x90);
    bool outside = (c == 0xed && d >= 0xa0) || (c == 0xf4 && d >= 0x90);
    return overlong || outside ? 0 : n;
}

/* Moves over one character, refusing what is no text. */
static bool advance(struct sexpr_text *t)
{
    unsigned char c = (unsigned char)*t->at;
    if (c == 0)
        return fail_here(t, "a NUL byte; expected a text file in FPCore format");
    if ((c < 0x20 && !strchr("\t\n\v\f\r", c)) || c == 0x7f)
        return fail(t, t->line, t->column, "control character 0x%02x; expected text", c);
    int n = utf8_length(t->at, t->end);
    if (n == 0)
        return fail(t, t->line, t->column, "byte 0x%02x is not UTF-8; expected text", c);
    t->at += n;
    if (c == '\n') {
        t->line++;
        t->column = 1;
    } else {
        t->column++;
    }
    return true;
}

static bool skip_blanks(struct sexpr_text *t)
{
    while (t->at < t->end) {
        if (*t->at == ';') {
            while (t->at < t->end && *t->at != '\n')
                if (!advance(t))
                    return false;
        } else if (*t->at && strchr(" \t\n\v\f\r", *t->at)) {
            if (!advance(t))
                return false;
        } else {
            break;
        }
    }
    return true;
}

static struct sexpr *new_sexpr(struct sexpr_text *t, enum sexpr_kind kind)
{
    struct sexpr *s = keep(t, ref_calloc(1, sizeof *s));
    s->kind = kind;
    s->line = t->line;
    s->column = t->column;
    return s;
}

static struct sexpr *parse_string(struct sexpr_text *t)
{
    struct sexpr *s = new_sexpr(t, SEXPR_STRING);
    const char *start = t->at + 1;
    char *text;
    size_t n = 0;
    do {
        if (*t->at == '\\' && t->end - t->at > 1 && !advance(t))
            return NULL;
        if (!advance(t))
            return NULL;
    } while (t->at < t->end && *t->at != '"');
    if (t->at == t->end) {
        fail(t, s->line, s->column, "this string has no end; expected '\"'");
        return NULL;
    }
    s->text = text = keep(t, ref_calloc((size_t)(t->at - start) + 1, 1));
    for (const char *p = start; p < t->at; p++) {
        if (*p == '\\' && p + 1 < t->at)
            p++;
        text[n++] = *p;
    }
    return advance(t) ? s : NULL;
}

static bool is_symbol_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("~!@$%^&*_-+=<>.?/:", c));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum sexpr_kind kind_of(const char *text)
{
    if (text[0] == ':')
        return SEXPR_KEYWORD;
    if (text[0] == '+' || text[0] == '-')
        text++;
    if (text[0] == '.')
        text++;
    return is_digit(text[0]) ? SEXPR_NUMBER : SEXPR_SYMBOL;
}

static struct sexpr *parse_atom(struct sexpr_text *t)
{
    struct sexpr *s = new_sexpr(t, SEXPR_SYMBOL);
    const char *start = t->at;
    while (t->at < t->end && is_symbol_char(*t->at))
        if (!advance(t))
            return NULL;
    if (t->at == start) {
        char c = *start;
        if (advance(t)) /* which has a better message for what is no text at all */
            fail(t, s->line, s->column,
                 "unexpected character%s%.1s%s; expected a list, a symbol or a number",
                 c > 0 ? " '" : "", c > 0 ? start : "", c > 0 ? "'" : " outside ASCII");
        return NULL;
    }
    if (t->at - start > MAX_TOKEN) {
        fail(t, s->line, s->column, "this word has %ld characters; at most %d are read",
             (long)(t->at - start), MAX_TOKEN);
        return NULL;
    }
    s->text = keep(t, ref_strndup(start, (size_t)(t->at - start)));
    s->kind = kind_of(s->text);
    return s;
}

static struct sexpr *parse_one(struct sexpr_text *t, int depth);

static struct sexpr *parse_list(struct sexpr_text *t, int depth)
{
    struct sexpr *s = new_sexpr(t, SEXPR_LIST), **tail = &s->first;
    char close = *t->at == '(' ? ')' : ']';
    if (depth > MAX_DEPTH) {
        fail(t, t->line, t->column, "nested more than %d deep", MAX_DEPTH);
        return NULL;
    }
    if (!advance(t))
        return NULL;
    for (;;) {
        if (!skip_blanks(t))
            return NULL;
        if (t->at == t->end) {
            fail(t, s->line, s->column, "this list has no end; expected '%c'", close);
            return NULL;
        }
        if (*t->at == ')' || *t->at == ']')
            break;
        if (!(*tail = parse_one(t, depth + 1)))
            return NULL;
        tail = &(*tail)->next;
    }
    if (*t->at != close) {
        fail(t, t->line, t->column, "'%c' where the list from %d:%d ends; expected '%c'", *t->at,
             s->line, s->column, close);
        return NULL;
    }
    return advance(t) ? s : NULL;
}

static struct sexpr *parse_one(struct sexpr_text *t, int depth)
{
    if (*t->at == '(' || *t->at == '[')
        return parse_list(t, depth);
    return *t->at == '"' ? parse_string(t) : parse_atom(t);
}

static bool parse_all(struct sexpr_text *t, const struct sexpr **first)
{
    struct sexpr *head = NULL, **tail = &head;
    while (skip_blanks(t)) {
        *first = head;
        if (t->at == t->end)
            return true;
        if (*t->at == ')' || *t->at == ']')
            return fail(t, t->line, t->column, "'%c' without a list; expected '(FPCore'", *t->at);
        if (!(*tail = parse_one(t, 1)))
            return false;
        tail = &(*tail)->next;
    }
    return false;
}

struct sexpr_text *sexpr_parse(const char *text, size_t len, const char *file,
                               const struct sexpr **first, char *err, size_t errlen)
{
    struct sexpr_text *t = ref_calloc(1, sizeof *t);
    *t = (struct sexpr_text){.file = file, .at = text, .end = text + len, .line = 1, .column = 1};
    t->err = err;
    t->errlen = errlen;
    if (parse_all(t, first))
        return t;
    sexpr_free(t);
    return NULL;
}

int sexpr_length(const struct sexpr *list)
{
    int n = 0;
    for (const struct sexpr *s = list->first; s; s = s->next)
        n++;
    return n;
}

bool sexpr_is(const struct sexpr *s, enum sexpr_kind kind, const char *text)
{
    return s && s->kind == kind && strcmp(s->text, text) == 0;
}
