/* cmd_report.c -- actulp report: a readable report from a result file. */
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "convert.h"
#include "folder.h"
#include "output.h"
#include "terminal.h"
#include "result/json.h"

struct arguments {
    const char *input, *format, *output;
    uint64_t size;
    bool no_samples;
};

enum { KEY_FORMAT = 0x300, KEY_SIZE, KEY_NO_SAMPLES };

static const struct argp_option options[] = {
    {"format", KEY_FORMAT, "FORMAT", 0,
     "text (the default), markdown, ...: --format help lists them", 0},
    {"output", 'o', "FILE", 0,
     "write to FILE instead of standard output; latex, svg and pdf: into the folder FILE", 0},
    {"no-samples", KEY_NO_SAMPLES, NULL, 0, "json: without the samples of timings", 0},
    {"size", KEY_SIZE, "N", 0, "show the times of calls with N elements", 0},
    {0}};

static void list_formats(void)
{
    for (const struct report_format *f = report_formats; f->name; f++)
        printf("  %-10s %s\n", f->name, f->about);
    for (const struct report_folder_format *f = report_folder_formats; f->name; f++)
        printf("  %-10s %s (a folder)\n", f->name, f->about);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_FORMAT:
        a->format = arg;
        if (!strcmp(arg, "help")) {
            list_formats();
            exit(EXIT_HELD);
        }
        break;
    case KEY_SIZE: {
        char *end;
        a->size = strtoull(arg, &end, 0);
        if (!a->size || *end)
            die_usage("--size %s: expected a number of elements", arg);
        break;
    }
    case KEY_NO_SAMPLES:
        a->no_samples = true;
        break;
    case 'o':
        a->output = arg;
        break;
    case ARGP_KEY_ARG:
        if (a->input)
            die_usage("one result file at a time; %s is one too many", arg);
        a->input = arg;
        break;
    case ARGP_KEY_END:
        if (!a->input)
            die_usage(
                "which result? usage: actulp report results.json --format markdown -o report.md");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {options,
                                 parse,
                                 "RESULTS.json",
                                 "Writes a report from a result of `actulp run', check or bench.",
                                 0,
                                 0,
                                 0};

/* What every figure but the samples themselves is without. */
static void drop_samples(struct result *r)
{
    for (int i = 0; i < r->nkernels; i++)
        for (int j = 0; j < r->kernel[i].nspeed; j++)
            r->kernel[i].speed[j].nsamples = 0;
    for (int i = 0; i < r->nyardsticks; i++)
        for (int j = 0; j < r->yardsticks[i].nspeed; j++)
            r->yardsticks[i].speed[j].nsamples = 0;
}

static void write_file(const struct result *r, const struct report_format *f,
                       const struct arguments *a)
{
    struct report_options o = terminal_options(a->output);
    struct output out;
    char err[512];
    o.size = a->size;
    if (!output_open(&out, a->output, err, sizeof err))
        die_usage("%s", err);
    f->write(r, &o, out.file);
    if (!output_close(&out, err, sizeof err))
        die_usage("%s", err);
}

static void write_folder(const struct result *r, const struct report_folder_format *f,
                         const struct arguments *a)
{
    const struct report_options o = {.columns = 80, .size = a->size};
    const bool pdf = !strcmp(f->name, "pdf");
    struct convert convert;
    char err[512];
    if (pdf && !convert_possible(err, sizeof err))
        die_usage("%s", err);
    struct folder *folder = folder_begin(a->output, err, sizeof err);
    if (!folder)
        die_usage("%s", err);
    struct report_folder *files = folder_files(folder);
    bool written = f->write(r, &o, pdf ? convert_begin(&convert, files) : files);
    if (pdf && !written) {
        folder_abandon(folder);
        die_usage("%s: a figure could not be converted to PDF", a->output);
    } /* what else fails is told at the end */
    if (!folder_end(folder, err, sizeof err))
        die_usage("%s", err);
}

int cmd_report(int argc, char **argv)
{
    struct arguments a = {.format = "text"};
    command_parse(&argp, argc, argv, &a);
    const struct report_format *file = report_format_find(a.format);
    const struct report_folder_format *folder = report_folder_format_find(a.format);
    if (!file && !folder)
        die_usage("--format %s: unknown; --format help lists the formats", a.format);
    if (folder && (!a.output || !strcmp(a.output, "-")))
        die_usage("--format %s fills a folder: name it, as -o figures", a.format);
    struct json_error bad;
    struct result *r = result_read_file(a.input, &bad);
    if (!r)
        die_usage("%s", bad.text);
    if (a.no_samples)
        drop_samples(r);
    if (file)
        write_file(r, file, &a);
    else
        write_folder(r, folder, &a);
    result_free(r);
    return EXIT_HELD;
}
