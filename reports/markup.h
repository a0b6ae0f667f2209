/* markup.h -- text as it is, in Markdown: for markdown.c and findings.c. */
#ifndef REPORTS_MARKUP_H
#define REPORTS_MARKUP_H

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Text in a cell or a line: no markup, no HTML, no end of cell or line. */
static inline void put_markdown(FILE *out, const char *s)
{
    for (size_t i = 0; s[i]; i++) {
        unsigned char c = (unsigned char)s[i];
        bool word_edge = c == '_' && !(i && isalnum((unsigned char)s[i - 1]) &&
                                       isalnum((unsigned char)s[i + 1]));
        if (c < 0x20 || c == 0x7f)
            fputc(c == '\n' || c == '\t' ? ' ' : '?', out);
        else if (c == '<')
            fputs("&lt;", out);
        else if (c == '&')
            fputs("&amp;", out);
        else if (strchr("|\\`*[]~#", c) || word_edge)
            fprintf(out, "\\%c", c);
        else
            fputc(c, out);
    }
}

#endif
