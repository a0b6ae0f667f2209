/* writers.c -- the formats of a report.  A new one: its writer in a file of its own, a row here. */
#include <string.h>
#include "report.h"

const struct report_format report_formats[] = {
    {"text", "for a terminal of 80 columns", report_text},
    {"markdown", "tables as GitHub shows them", report_markdown},
    {"html", "one page with figures, for a browser", report_html},
    {"csv", "one row a measurement, comma-separated", report_csv},
    {"tsv", "the same, tab-separated", report_tsv},
    {"json", "the result itself, normalized", report_json},
    {"benchmark", "times and largest errors, for github-action-benchmark", report_benchmark},
    {NULL, NULL, NULL},
};

const struct report_format *report_format_find(const char *name)
{
    for (const struct report_format *f = report_formats; f->name; f++)
        if (!strcmp(f->name, name))
            return f;
    return NULL;
}

const struct report_folder_format report_folder_formats[] = {
    {"latex", "tables and figures for a paper, and a document that shows them", report_latex},
    {"svg", "every figure as a file", report_svg},
    {"pdf", "the same, by librsvg's rsvg-convert", report_svg},
    {NULL, NULL, NULL},
};

const struct report_folder_format *report_folder_format_find(const char *name)
{
    for (const struct report_folder_format *f = report_folder_formats; f->name; f++)
        if (!strcmp(f->name, name))
            return f;
    return NULL;
}
