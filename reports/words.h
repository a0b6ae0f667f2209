/* words.h -- words on the lines of a terminal: wrapped, labelled, in colour where it is wanted.
 *
 * Names come from outside (paths, symbols): whatever is printed here goes through put_clean, so
 * that no control character reaches the terminal.  Small and static, for text.c, compare.c and
 * choose.c alike.
 */
#ifndef REPORTS_WORDS_H
#define REPORTS_WORDS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "report.h"

struct text {
    FILE *out;
    int columns;
    bool colour;
    bool integer_ulp; /* distances instead of errors in tables, before them elsewhere */
};

static inline struct text text_to(FILE *out, const struct report_options *o)
{
    return (struct text){out, o && o->columns > 40 ? o->columns : 80, o && o->colour,
                         o && o->integer_ulp};
}

static inline int words_width(const char *s, size_t length)
{
    int n = 0;
    for (size_t i = 0; i < length; i++)
        n += ((unsigned char)s[i] & 0xc0) != 0x80; /* the first byte of a character */
    return n;
}

static inline void put_clean(struct text *t, const char *s, size_t length)
{
    for (size_t i = 0; i < length; i++)
        fputc((unsigned char)s[i] < 0x20 || s[i] == 0x7f ? '?' : s[i], t->out);
}

enum style { PLAIN, BOLD, DIM, RED, GREEN };

static inline void put_style(struct text *t, enum style style)
{
    static const char *const code[] = {"\033[0m", "\033[1m", "\033[2m", "\033[31m", "\033[32m"};
    if (t->colour)
        fputs(code[style], t->out);
}

/* Words from COLUMN on, where the cursor stands; further lines begin at HANGING. */
static inline void put_words(struct text *t, int column, int hanging, const char *s)
{
    for (bool first = true;; first = false) {
        s += strspn(s, " \n");
        size_t length = strcspn(s, " \n");
        if (length == 0)
            break;
        int w = words_width(s, length);
        if (!first && column + 1 + w > t->columns) {
            fprintf(t->out, "\n%*s", hanging, "");
            column = hanging;
        } else if (!first) {
            fputc(' ', t->out);
            column++;
        }
        put_clean(t, s, length);
        column += w;
        s += length;
    }
    fputc('\n', t->out);
}

/* An indented line, its further lines indented by two more. */
__attribute__((format(printf, 3, 4), unused)) static void put_line(struct text *t, int indent,
                                                                   const char *format, ...)
{
    char words[4096];
    va_list ap;
    va_start(ap, format);
    vsnprintf(words, sizeof words, format, ap);
    va_end(ap);
    fprintf(t->out, "%*s", indent, "");
    put_words(t, indent, indent + 2, words);
}

enum { LABEL = 17 }; /* columns of a label and its indentation */

/* "  label      words", the words in a column of their own. */
__attribute__((format(printf, 3, 4), unused)) static void
put_labelled(struct text *t, const char *label, const char *format, ...)
{
    char words[4096];
    va_list ap;
    va_start(ap, format);
    vsnprintf(words, sizeof words, format, ap);
    va_end(ap);
    fprintf(t->out, "  %-*s", LABEL - 2, label);
    put_words(t, LABEL, LABEL, words);
}

static inline void put_heading(struct text *t, const char *heading)
{
    put_style(t, BOLD);
    put_words(t, 0, 0, heading);
    put_style(t, PLAIN);
}

/* A name in a column of W; one that is wider gets a line of its own. */
static inline void put_name(struct text *t, const char *name, int w)
{
    size_t length = strlen(name);
    put_clean(t, name, length);
    int used = words_width(name, length);
    if (used > w)
        fprintf(t->out, "\n%*s", w + 2, "");
    else
        fprintf(t->out, "%*s", w - used, "");
}

#endif
