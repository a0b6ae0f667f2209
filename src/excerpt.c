/* excerpt.c -- see excerpt.h.  In order: tokens, the preprocessor, substitution, cutting into
 * pieces, rows, reach.
 *
 * For a new way to define kernels in src/fn/pass.h: its macro in `kernel_macros', or its row macro
 * in `row_macros'.
 */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include "embedded.h"
#include "excerpt.h"
#include "measure/machine.h"
#include "mem.h"

/* ---- text that grows ---- */

struct text {
    char *s;
    size_t n;
};

static void put(struct text *t, const char *s, size_t n)
{
    t->s = xrealloc(t->s, t->n + n + 1);
    memcpy(t->s + t->n, s, n);
    t->n += n;
    t->s[t->n] = 0;
}

static void puts_to(struct text *t, const char *s)
{
    put(t, s, strlen(s));
}

static char *cut(const char *s, size_t n)
{
    return xasprintf("%.*s", (int)n, s);
}

static bool is(const char *s, size_t n, const char *word)
{
    return strlen(word) == n && !memcmp(s, word, n);
}

/* ---- tokens ---- */

enum token { END, SPACE, COMMENT, LITERAL, WORD, NUMBER, PUNCTUATION };

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static size_t literal_length(const char *s)
{
    size_t n = 1;
    while (s[n] && s[n] != *s)
        n += s[n] == '\\' && s[n + 1] ? 2 : 1;
    return s[n] ? n + 1 : n;
}

static size_t number_length(const char *s)
{
    size_t n = 0;
    while (word_char(s[n]) || s[n] == '.' ||
           (n && (s[n] == '+' || s[n] == '-') && strchr("eEpP", s[n - 1])))
        n++;
    return n;
}

/* The kind and length of the token at S. */
static enum token token(const char *s, size_t *n)
{
    *n = 0;
    if (!*s)
        return END;
    if (isspace((unsigned char)*s)) {
        while (isspace((unsigned char)s[*n]))
            ++*n;
        return SPACE;
    }
    if (s[0] == '/' && s[1] == '*') {
        const char *end = strstr(s + 2, "*/");
        *n = end ? (size_t)(end - s) + 2 : strlen(s);
        return COMMENT;
    }
    if (*s == '"' || *s == '\'') {
        *n = literal_length(s);
        return LITERAL;
    }
    if (isdigit((unsigned char)*s) || (*s == '.' && isdigit((unsigned char)s[1]))) {
        *n = number_length(s);
        return NUMBER;
    }
    if (word_char(*s)) {
        while (word_char(s[*n]))
            ++*n;
        return WORD;
    }
    *n = 1;
    return PUNCTUATION;
}

/* S without spaces and comments before its next token. */
static const char *next(const char *s)
{
    size_t n;
    for (enum token k; (k = token(s, &n)) == SPACE || k == COMMENT;)
        s += n;
    return s;
}

/* Behind the bracket that closes the one at S. */
static const char *behind_bracket(const char *s)
{
    size_t n;
    int depth = 0;
    for (; token(s, &n) != END; s += n) {
        depth += *s == '(' || *s == '{' || *s == '[';
        depth -= *s == ')' || *s == '}' || *s == ']';
        if (depth == 0)
            return s + n;
    }
    return s;
}

/* The length of the line at S with its continuations, the last line end included. */
static size_t line_length(const char *s)
{
    size_t n = strcspn(s, "\n");
    while (s[n] && n && s[n - 1] == '\\')
        n += 1 + strcspn(s + n + 1, "\n");
    return s[n] ? n + 1 : n;
}

/* Does a comment go on behind LINE, in which one goes on if OPEN? */
static bool comment_open(const char *line, size_t length, bool open)
{
    for (size_t i = 0; i < length; i++) {
        if (!open && line[i] == '"')
            i += literal_length(line + i) - 1;
        else if (!strncmp(line + i, open ? "*/" : "/*", 2)) {
            open = !open;
            i++;
        }
    }
    return open;
}

/* A directive ends where its last comment does. */
static size_t directive_length(const char *s)
{
    size_t n = line_length(s);
    while (s[n] && comment_open(s, n, false))
        n += line_length(s + n);
    return n;
}

/* ---- the preprocessor: conditionals, our own headers, macros without arguments ---- */

struct macro {
    char *name, *body; /* the body of one with arguments is "" */
    bool fixed;        /* known before; a definition in the text is left out */
};

struct reader {
    struct text out;
    struct macro *macro;
    int nmacros;
    char **header;
    int nheaders;
    char error[256]; /* the first thing that was not understood */
};

__attribute__((format(printf, 2, 3))) static void fail(struct reader *r, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    if (!*r->error)
        vsnprintf(r->error, sizeof r->error, format, ap);
    va_end(ap);
}

static struct macro *macro_find(const struct reader *r, const char *name, size_t n)
{
    for (int i = 0; i < r->nmacros; i++)
        if (is(name, n, r->macro[i].name))
            return &r->macro[i];
    return NULL;
}

static struct macro *macro_add(struct reader *r, const char *name, size_t n, const char *body)
{
    struct macro *m = macro_find(r, name, n);
    if (m && m->fixed)
        return m;
    if (!m) {
        r->macro = xrealloc(r->macro, (size_t)(r->nmacros + 1) * sizeof *r->macro);
        m = &r->macro[r->nmacros++];
        m->name = cut(name, n);
    } else {
        free(m->body);
    }
    m->body = xstrdup(body);
    m->fixed = false;
    return m;
}

static void macro_remove(struct reader *r, const char *name, size_t n)
{
    struct macro *m = macro_find(r, name, n);
    if (!m || m->fixed)
        return;
    free(m->name);
    free(m->body);
    *m = r->macro[--r->nmacros];
}

struct expression {
    struct reader *reader;
    const char *at;
};

static long binary(struct expression *e, int least);

static long value_of_word(struct reader *r, const char *word, size_t n, int depth)
{
    const struct macro *m = macro_find(r, word, n);
    size_t length;
    if (n > 2 && !memcmp(word, "__", 2))
        fail(r, "a condition on %.*s", (int)n, word);
    if (!m || depth > 8)
        return 0;
    const char *body = next(m->body);
    switch (token(body, &length)) {
    case NUMBER:
        return strtol(body, NULL, 0);
    case WORD:
        return value_of_word(r, body, length, depth + 1);
    default:
        return 0;
    }
}

static long operand(struct expression *e)
{
    size_t n;
    e->at = next(e->at);
    enum token kind = token(e->at, &n);
    const char *s = e->at;
    e->at += n;
    if (kind == NUMBER)
        return strtol(s, NULL, 0);
    if (*s == '!')
        return !operand(e);
    if (*s == '-')
        return -operand(e);
    if (*s == '(') {
        long v = binary(e, 0);
        e->at = next(e->at);
        if (*e->at == ')')
            e->at++;
        return v;
    }
    if (kind != WORD) {
        fail(e->reader, "the condition before `%.20s'", s);
        return 0;
    }
    if (!is(s, n, "defined"))
        return value_of_word(e->reader, s, n, 0);
    e->at = next(e->at);
    bool bracket = *e->at == '(';
    e->at = next(e->at + bracket);
    token(e->at, &n);
    bool known = macro_find(e->reader, e->at, n) != NULL;
    e->at = next(e->at + n);
    e->at += bracket && *e->at == ')';
    return known;
}

/* Operators by how tightly they bind, from `least' on. */
static long binary(struct expression *e, int least)
{
    static const struct {
        const char *sign;
        int binds;
    } operators[] = {{"||", 0}, {"&&", 1}, {"==", 2}, {"!=", 2}, {"<=", 3},
                     {">=", 3}, {"<", 3},  {">", 3},  {"+", 4},  {"-", 4}};
    enum { OPERATORS = sizeof operators / sizeof *operators };
    long a = operand(e);
    for (;;) {
        int o = 0;
        e->at = next(e->at);
        while (o < OPERATORS && strncmp(e->at, operators[o].sign, strlen(operators[o].sign)))
            o++;
        if (o == OPERATORS || operators[o].binds < least)
            return a;
        e->at += strlen(operators[o].sign);
        long b = binary(e, operators[o].binds + 1);
        const long result[OPERATORS] = {a || b, a && b,    a == b, a != b, a <= b,
                                        a >= b, a<b, a> b, a + b,  a - b};
        a = result[o];
    }
}

static bool condition(struct reader *r, const char *text)
{
    struct expression e = {r, text};
    return binary(&e, 0) != 0;
}

struct branch {
    bool outer; /* what surrounds the conditional is read */
    bool taken; /* one of its branches was read */
    bool here;  /* this one is */
};

enum { MAX_NESTING = 16 };

struct file {
    const char *name;
    struct branch branch[MAX_NESTING];
    int depth; /* branch[depth] is the present one */
    bool in_comment;
};

static void read_file(struct reader *r, const char *name);

static void include(struct reader *r, const char *what)
{
    size_t n = strcspn(what + 1, ">\"\n") + 2;
    char *name = cut(what, n);
    if (*what == '<') {
        for (int i = 0; i < r->nheaders; i++)
            if (!strcmp(r->header[i], name)) {
                free(name);
                return;
            }
        r->header = xrealloc(r->header, (size_t)(r->nheaders + 1) * sizeof *r->header);
        r->header[r->nheaders++] = name;
        return;
    }
    name[n - 1] = 0;
    const char *slash = strrchr(name, '/');
    const char *file = slash ? slash + 1 : name + 1;
    if (strcmp(file, "kernel.h")) /* what measures needs of a kernel, not what a kernel needs */
        read_file(r, file);
    free(name);
}

static void define(struct reader *r, const char *line, size_t length, const char *rest)
{
    size_t n;
    token(rest, &n);
    char *body = rest[n] == '(' ? xstrdup("") : cut(rest + n, length - (size_t)(rest + n - line));
    struct macro *m = macro_add(r, rest, n, body);
    free(body);
    if (!m->fixed)
        put(&r->out, line, length);
}

static void open_branch(struct reader *r, struct file *f, bool holds)
{
    if (f->depth + 1 == MAX_NESTING) {
        fail(r, "%s: conditionals too deep", f->name);
        return;
    }
    bool outer = f->branch[f->depth].here;
    f->branch[++f->depth] = (struct branch){outer, holds, outer && holds};
}

static void conditional(struct reader *r, struct file *f, const char *word, size_t n,
                        const char *rest)
{
    struct branch *b = &f->branch[f->depth];
    size_t length;
    token(rest, &length);
    if (is(word, n, "ifdef") || is(word, n, "ifndef"))
        open_branch(r, f, (macro_find(r, rest, length) != NULL) == (n == 5));
    else if (is(word, n, "if"))
        open_branch(r, f, b->here && condition(r, rest));
    else if (f->depth == 0)
        fail(r, "%s: #%.*s without #if", f->name, (int)n, word);
    else if (is(word, n, "endif"))
        f->depth--;
    else {
        bool holds = !b->taken && b->outer && (is(word, n, "else") || condition(r, rest));
        b->taken |= holds;
        b->here = holds;
    }
}

static void directive(struct reader *r, struct file *f, const char *line, size_t length)
{
    const char *word = line + strspn(line, " \t") + 1;
    word += strspn(word, " \t");
    size_t n;
    token(word, &n);
    char *copy = cut(word, length - (size_t)(word - line));
    const char *rest = copy + n + strspn(copy + n, " \t");
    const char *in_line = word + (rest - copy);
    static const char *const conditionals[] = {"if", "ifdef", "ifndef", "elif", "else", "endif"};
    bool known = false;
    for (size_t i = 0; i < sizeof conditionals / sizeof *conditionals; i++)
        known |= is(word, n, conditionals[i]);
    if (known) {
        conditional(r, f, word, n, rest);
    } else if (f->branch[f->depth].here) {
        size_t m;
        if (is(word, n, "include"))
            include(r, rest);
        else if (is(word, n, "define"))
            define(r, line, length, in_line);
        else if (is(word, n, "undef")) {
            token(rest, &m);
            macro_remove(r, rest, m);
        } else {
            fail(r, "%s: #%.*s", f->name, (int)n, word);
        }
    }
    free(copy);
}

static const char *source_text(const char *name)
{
    for (const struct embedded_file *f = kernel_sources; f->name; f++)
        if (!strcmp(f->name, name))
            return f->text;
    return NULL;
}

static void read_file(struct reader *r, const char *name)
{
    struct file f = {.name = name, .branch = {{true, true, true}}};
    const char *s = source_text(name);
    if (!s) {
        fail(r, "%s: not one of the embedded sources", name);
        return;
    }
    while (*s && !*r->error) {
        bool directs = !f.in_comment && s[strspn(s, " \t")] == '#';
        size_t n = directs ? directive_length(s) : line_length(s);
        if (directs)
            directive(r, &f, s, n);
        else if (f.branch[f.depth].here)
            put(&r->out, s, n);
        f.in_comment = comment_open(s, n, f.in_comment);
        s += n;
    }
}

/* ---- substitution: what a type is, and constants of it ---- */

struct type {
    const char *dtype, *real, *stored, *suffix;
};

static const struct type types[] = {
    {"f32", "float", "float", "f"},
    {"f64", "double", "double", ""},
    {"f16", "float", "uint16_t", "f"},
    {"bf16", "float", "uint16_t", "f"},
};
static const struct type wide_type = {"f16", "double", "uint16_t", ""};

/* Is K of a wide pass, that computes a 16-bit format in double? */
static bool is_wide(const struct kernel *k)
{
    return !strcmp(k->method, "u1") && strstr(k->dtype, "16");
}

static const struct type *type_of(const struct kernel *k)
{
    if (is_wide(k))
        return &wide_type;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(types[i].dtype, k->dtype))
            return &types[i];
    return NULL;
}

/* The I-th argument of the call whose bracket opens at S, without spaces around it. */
static char *argument(const char *s, int i)
{
    size_t n;
    const char *end = behind_bracket(s) - 1;
    const char *from = ++s;
    int depth = 0;
    for (; s < end; s += n) {
        token(s, &n);
        depth += *s == '(' || *s == '[' || *s == '{';
        depth -= *s == ')' || *s == ']' || *s == '}';
        if (depth == 0 && *s == ',') {
            if (i-- == 0)
                break;
            from = s + 1;
        }
    }
    if (i > 0)
        return NULL;
    while (from < s && isspace((unsigned char)*from))
        from++;
    while (s > from && isspace((unsigned char)s[-1]))
        s--;
    return cut(from, (size_t)(s - from));
}

static char *substituted(const char *s, const struct type *type)
{
    struct text out = {0};
    size_t n;
    puts_to(&out, "");
    for (enum token kind; (kind = token(s, &n)) != END; s += n) {
        bool call = kind == WORD && s[n] == '(';
        if (kind == WORD && is(s, n, "real")) {
            puts_to(&out, type->real);
        } else if (kind == WORD && is(s, n, "stored")) {
            puts_to(&out, type->stored);
        } else if (call && (is(s, n, "R") || is(s, n, "REST"))) {
            bool rest = n > 1;
            char *a = argument(s + n, rest && !*type->suffix);
            if (a)
                puts_to(&out, a);
            if (!rest)
                puts_to(&out, type->suffix);
            free(a);
            n = (size_t)(behind_bracket(s + n) - s);
        } else {
            put(&out, s, n);
        }
    }
    return out.s;
}

/* ---- pieces ---- */

static const struct {
    const char *word;
    enum piece_kind kind;
} kernel_macros[] = {
    {"KERNEL", PIECE_KERNEL}, {"VKERNEL", PIECE_VKERNEL}, {"DKERNEL", PIECE_DKERNEL}};

static void name_piece(struct piece *p, const char *s, size_t n)
{
    if (p->nnames < (int)(sizeof p->name / sizeof *p->name))
        p->name[p->nnames++] = cut(s, n);
}

/* The names between the braces of an enum. */
static void name_enumerators(struct piece *p, const char *s)
{
    size_t n;
    const char *end = behind_bracket(s);
    bool begins = true;
    for (s++; s < end; s += n) {
        enum token kind = token(s, &n);
        if (kind == WORD && begins)
            name_piece(p, s, n);
        if (kind != SPACE && kind != COMMENT)
            begins = *s == ',';
    }
}

/* typedef ... NAME; and typedef ... NAME __attribute__(...); */
static void name_typedef(struct piece *p, const char *s)
{
    const char *name = NULL;
    size_t n, length = 0;
    for (; *s && *s != ';'; s += n) {
        enum token kind = token(s, &n);
        if (*s == '{')
            n = (size_t)(behind_bracket(s) - s);
        if (kind == WORD && is(s, n, "__attribute__"))
            break;
        if (kind == WORD) {
            name = s;
            length = n;
        }
    }
    if (name)
        name_piece(p, name, length);
}

/* The word before the first bracket, `=' or `;'. */
static void name_object(struct piece *p, const char *s)
{
    const char *name = NULL;
    size_t n, length = 0;
    for (; *s; s += n) {
        enum token kind = token(s, &n);
        if (kind == WORD && is(s, n, "__attribute__")) {
            n = (size_t)(behind_bracket(next(s + n)) - s);
        } else if (kind == WORD) {
            name = s;
            length = n;
        } else if (kind == PUNCTUATION && strchr("([=;", *s)) {
            break;
        }
    }
    if (name)
        name_piece(p, name, length);
}

static void name_declaration(struct piece *p)
{
    const char *s = p->text, *brace = strchr(s, '{');
    size_t n;
    token(s, &n);
    if (is(s, n, "typedef"))
        name_typedef(p, s);
    else if (is(s, n, "enum") && brace)
        name_enumerators(p, brace);
    else if (is(s, n, "struct") && brace && brace < s + strcspn(s, "(=")) {
        s = next(s + n);
        token(s, &n);
        name_piece(p, s, n);
    } else {
        name_object(p, s);
    }
}

/* The end of the declaration at S: its `;', or the brace that ends a function. */
static const char *declaration_end(const char *s)
{
    size_t n;
    char last = 0;
    for (; token(s, &n) != END; s += n) {
        bool opens = *s == '(' || *s == '{' || *s == '[';
        if (*s == ';')
            return s + 1;
        if (opens) {
            const char *end = behind_bracket(s);
            if (*s == '{' && last == ')')
                return end;
            last = end[-1];
            n = (size_t)(end - s);
        } else if (token(s, &n) != SPACE && token(s, &n) != COMMENT) {
            last = s[n - 1];
        }
    }
    return s;
}

/* A comment behind it on the same line belongs to it. */
static const char *with_remark(const char *end)
{
    const char *s = end + strspn(end, " \t");
    size_t n;
    return token(s, &n) == COMMENT ? s + n : end;
}

static void kernel_piece(struct piece *p, const char *s)
{
    const char *bracket = strchr(s, '(');
    p->name[p->nnames++] = argument(bracket, 0);
    p->name[p->nnames++] = xasprintf("%s_at", p->name[0]);
    while (p->nparams < EXCERPT_PARAMS &&
           (p->param[p->nparams] = argument(bracket, p->nparams + 1)))
        p->nparams++;
    const char *body = next(behind_bracket(bracket));
    p->text = cut(body, (size_t)(behind_bracket(body) - body));
}

static struct piece *add_piece(struct excerpt *e, const char *comment, size_t length)
{
    e->piece = xrealloc(e->piece, (size_t)(e->n + 1) * sizeof *e->piece);
    struct piece *p = &e->piece[e->n++];
    *p = (struct piece){.comment = length ? cut(comment, length) : NULL};
    return p;
}

/* A declaration from S to END; returns that of ROWS apart. */
static void add_declaration(struct excerpt *e, const char *s, const char *end, const char *comment,
                            size_t length, char **rows)
{
    size_t n;
    token(s, &n);
    if (is(s, n, "ROWS")) {
        *rows = cut(s, (size_t)(end - s));
        return;
    }
    struct piece *p = add_piece(e, comment, length);
    for (size_t i = 0; i < sizeof kernel_macros / sizeof *kernel_macros; i++)
        if (is(s, n, kernel_macros[i].word)) {
            p->kind = kernel_macros[i].kind;
            kernel_piece(p, s);
            return;
        }
    p->text = cut(s, (size_t)(end - s));
    name_declaration(p);
    for (size_t i = 0; i < sizeof types / sizeof *types && p->nnames; i++)
        if (!strcmp(p->name[0], types[i].real) || !strcmp(p->name[0], types[i].stored))
            free(p->name[--p->nnames]); /* typedef float real, with `real' replaced */
}

static void add_macro(struct excerpt *e, const char *s, size_t length, const char *comment,
                      size_t comment_length)
{
    size_t n;
    struct piece *p = add_piece(e, comment, comment_length);
    while (length && isspace((unsigned char)s[length - 1]))
        length--;
    p->text = cut(s, length);
    const char *name = p->text + strlen("#define");
    name += strspn(name, " \t");
    token(name, &n);
    name_piece(p, name, n);
}

/* Cuts S into pieces.  A comment that touches a declaration goes with it; others are left out. */
static char *cut_into_pieces(struct excerpt *e, const char *s)
{
    char *rows = NULL;
    const char *comment = NULL, *comment_end = NULL;
    size_t n;
    for (enum token kind; (kind = token(s, &n)) != END; s += n) {
        size_t length = comment ? (size_t)(comment_end - comment) : 0;
        if (kind == SPACE) {
            const char *end = memchr(s, '\n', n);
            if (end && memchr(end + 1, '\n', n - (size_t)(end + 1 - s)))
                comment = NULL;
        } else if (kind == COMMENT) {
            comment = comment ? comment : s;
            comment_end = s + n;
        } else if (*s == '#') {
            n = directive_length(s);
            add_macro(e, s, n, comment, length);
            comment = NULL;
            n -= n && s[n - 1] == '\n';
        } else {
            const char *end = with_remark(declaration_end(s));
            add_declaration(e, s, end, comment, length, &rows);
            comment = NULL;
            n = (size_t)(end - s);
        }
    }
    return rows;
}

/* ---- rows ---- */

static const struct {
    const char *word;
    const char *method; /* NULL: its first argument is the method */
    const char *lanes;  /* it stands in every pass of this dtype; NULL: in the scalar passes */
} row_macros[] = {{"NAIVE", "naive", NULL}, {"LIBM", NULL, NULL},   {"U1", "u1", NULL},
                  {"TABLE", "table", NULL}, {"WORDS", NULL, "f32"}, {"FUSED", NULL, "f32"},
                  {"DOUBLES", NULL, "f64"}};

/* Does the row macro M with its arguments at BRACKET stand for K?  Then *BODY is the name of its
 * body. */
static bool row_is(size_t m, const char *bracket, const struct kernel *k, char **body)
{
    const char *lanes = row_macros[m].lanes;
    if (lanes ? strcmp(k->dtype, lanes) != 0 : k->isa != ISA_SCALAR)
        return false;
    if (!strcmp(row_macros[m].word, "U1") && !is_wide(k))
        return false;
    const char *fixed = row_macros[m].method;
    char *first = argument(bracket, 0);
    char *quoted = xasprintf("\"%s\"", k->method);
    bool same = fixed ? !strcmp(k->method, fixed) : !strcmp(first, quoted);
    if (same)
        *body = fixed ? xstrdup(first) : argument(bracket, 1);
    free(first);
    free(quoted);
    return same;
}

/* The name of the body of K; NULL if ROWS has no such row, or several. */
static char *row_body(const char *rows, const struct kernel *k)
{
    char *body = NULL;
    int found = 0;
    size_t n;
    for (const char *s = rows; token(s, &n) != END; s += n)
        for (size_t m = 0; m < sizeof row_macros / sizeof *row_macros; m++) {
            const char *bracket = next(s + n);
            char *this = NULL;
            if (is(s, n, row_macros[m].word) && *bracket == '(' && row_is(m, bracket, k, &this)) {
                free(body);
                body = this;
                found++;
            }
        }
    if (found == 1)
        return body;
    free(body);
    return NULL;
}

/* ---- reach ---- */

static bool defines(const struct piece *p, const char *s, size_t n)
{
    for (int i = 0; i < p->nnames; i++)
        if (is(s, n, p->name[i]))
            return true;
    return false;
}

static void need(struct excerpt *e, const char *s, size_t n)
{
    for (int i = 0; i < e->n; i++) {
        struct piece *p = &e->piece[i];
        if (p->needed || !defines(p, s, n))
            continue;
        p->needed = true;
        size_t length;
        for (const char *t = p->text; *t; t += length)
            if (token(t, &length) == WORD)
                need(e, t, length);
    }
}

void excerpt_need(struct excerpt *e, const char *name)
{
    need(e, name, strlen(name));
}

bool excerpt_uses(const struct excerpt *e, const char *word)
{
    size_t n;
    for (int i = 0; i < e->n; i++)
        for (const char *t = e->piece[i].text; e->piece[i].needed && *t; t += n)
            if (token(t, &n) == WORD && is(t, n, word))
                return true;
    return false;
}

/* Words of <math.h>, those after NULL exact or correctly rounded in every C library. */
static const char *const math_words[] = {
    "exp",   "exp2",     "expm1",    "log",   "log1p", "log2",     "tanh",      "sinh",    "cosh",
    "atan",  "sin",      "cos",      "tan",   "erf",   "erfc",     "pow",       "cbrt",    "asinh",
    "hypot", NULL,       "fabs",     "fma",   "sqrt",  "copysign", "fmin",      "fmax",    "floor",
    "ceil",  "trunc",    "rint",     "round", "ldexp", "scalbn",   "nearbyint", "signbit", "isnan",
    "isinf", "isfinite", "INFINITY", "NAN",   NULL};

/* Is one of WORDS, up to a NULL, used for float or double? */
static bool uses_one(const struct excerpt *e, const char *const *words)
{
    for (; *words; words++) {
        char single[16];
        snprintf(single, sizeof single, "%sf", *words);
        if (excerpt_uses(e, *words) || excerpt_uses(e, single))
            return true;
    }
    return false;
}

bool excerpt_calls_libm(const struct excerpt *e)
{
    return uses_one(e, math_words);
}

bool excerpt_uses_math(const struct excerpt *e)
{
    const char *const *exact = math_words;
    while (*exact)
        exact++;
    return uses_one(e, math_words) || uses_one(e, exact + 1);
}

/* ---- all of it ---- */

static void reader_free(struct reader *r)
{
    for (int i = 0; i < r->nmacros; i++) {
        free(r->macro[i].name);
        free(r->macro[i].body);
    }
    free(r->macro);
    free(r->out.s);
}

/* The words PASS and DTYPE, which pass.h makes from the command line. */
static void define_pass(struct reader *r, const struct kernel *k)
{
    char body[32];
    snprintf(body, sizeof body, "PASS_%s", is_wide(k) ? "wide" : isa_word[k->isa]);
    macro_add(r, "PASS", 4, body)->fixed = true;
    snprintf(body, sizeof body, "DTYPE_%s", k->dtype);
    macro_add(r, "DTYPE", 5, body)->fixed = true;
}

struct excerpt *excerpt_of(const struct kernel *k, char *err, size_t errlen)
{
    struct reader r = {0};
    char file[128];
    const struct type *type = type_of(k);
    snprintf(file, sizeof file, "%s.c", k->function);
    if (!type || k->isa == ISA_EXT || !source_text(file)) {
        snprintf(err, errlen, "%s/%s/%s/%s: its source is not part of the program", k->function,
                 k->dtype, k->method, isa_word[k->isa]);
        return NULL;
    }
    struct excerpt *e = xcalloc(1, sizeof *e);
    e->real = type->real;
    define_pass(&r, k);
    read_file(&r, file);
    char *code = substituted(r.out.s ? r.out.s : "", type);
    char *rows = cut_into_pieces(e, code);
    char *body = rows ? row_body(rows, k) : NULL;
    size_t n;
    const char *about = source_text(file);
    e->about = token(about, &n) == COMMENT ? cut(about, n) : NULL;
    e->header = r.header;
    e->nheaders = r.nheaders;
    for (int i = 0; i < e->n && body; i++)
        if (e->piece[i].kind != PIECE_CODE && defines(&e->piece[i], body, strlen(body)))
            e->kernel = &e->piece[i];
    if (*r.error)
        snprintf(err, errlen, "%s: cannot be taken apart: %s", file, r.error);
    else if (!e->kernel)
        snprintf(err, errlen, "%s: no body of %s was found", file, k->method);
    else
        excerpt_need(e, body);
    bool good = !*r.error && e->kernel;
    free(code);
    free(rows);
    free(body);
    reader_free(&r);
    if (good)
        return e;
    excerpt_free(e);
    return NULL;
}

void excerpt_free(struct excerpt *e)
{
    for (int i = 0; i < e->n; i++) {
        struct piece *p = &e->piece[i];
        free(p->comment);
        free(p->text);
        for (int j = 0; j < p->nnames; j++)
            free(p->name[j]);
        for (int j = 0; j < p->nparams; j++)
            free(p->param[j]);
    }
    for (int i = 0; i < e->nheaders; i++)
        free(e->header[i]);
    free(e->header);
    free(e->piece);
    free(e->about);
    free(e);
}
