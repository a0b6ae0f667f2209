/* sexpr.h -- S-expressions with their place in the file: the layer below the FPCore reader. */
#ifndef REF_SEXPR_H
#define REF_SEXPR_H

#include <stdbool.h>
#include <stddef.h>

enum sexpr_kind { SEXPR_LIST, SEXPR_SYMBOL, SEXPR_KEYWORD, SEXPR_NUMBER, SEXPR_STRING };

struct sexpr {
    enum sexpr_kind kind;
    int line, column;
    const char *text;    /* all but lists: as written; a string without quotes and escapes */
    struct sexpr *first; /* lists: the elements, chained by next */
    struct sexpr *next;
};

/* What was read; all of it is freed at once. */
struct sexpr_text;

/* The top-level S-expressions of TEXT, chained from *FIRST.  NULL on error, with one line in ERR.
 */
struct sexpr_text *sexpr_parse(const char *text, size_t len, const char *file,
                               const struct sexpr **first, char *err, size_t errlen);
void sexpr_free(struct sexpr_text *t);

int sexpr_length(const struct sexpr *list);
bool sexpr_is(const struct sexpr *s, enum sexpr_kind kind, const char *text);

#endif
