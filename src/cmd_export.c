/* cmd_export.c -- actulp export: a kernel as one C file to take home. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "export.h"
#include "folder.h"
#include "mem.h"
#include "output.h"
#include "registry.h"
#include "result/json.h"

struct arguments {
    const char *kernel, *results, *output, *name;
};

enum { KEY_NAME = 0x300 };

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0,
     "write to FILE instead of standard output; without an ISA: into the folder FILE", 0},
    {"name", KEY_NAME, "NAME", 0, "the name of the function (sigmoid_f32_poly_avx2 and the like)",
     0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'o':
        a->output = arg;
        break;
    case KEY_NAME:
        a->name = arg;
        break;
    case ARGP_KEY_ARG:
        if (a->results)
            die_usage("one kernel and one result at a time; %s is one too many", arg);
        *(a->kernel ? &a->results : &a->kernel) = arg;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {
    options,
    parse,
    "KERNEL [RESULTS.json]",
    "Writes a built-in kernel as one C file that needs nothing else: its helpers folded in, its "
    "promise and the licence at the head."
    "\vWith a result that holds the kernel the figures measured there stand in the head too.  "
    "FUNCTION/DTYPE/METHOD, without an ISA, writes a folder: a file for each ISA, one that picks "
    "among them at run time, a header and a Makefile.",
    0,
    0,
    0};

static void check_name(const char *name)
{
    bool good = isalpha((unsigned char)*name) || *name == '_';
    for (const char *c = name; *c; c++)
        good &= isalnum((unsigned char)*c) || *c == '_';
    if (!good)
        die_usage("--name %s: not a C identifier", name);
}

static const struct subject *find(const struct registry *r, const char *name)
{
    char err[512];
    const struct subject *found = NULL;
    for (int i = 0; i < r->n; i++)
        if (!strcmp(r->subject[i]->name, name))
            found = r->subject[i];
    if (!found)
        die_usage("no kernel is named %s; actulp list FUNCTION names them", name);
    if (!export_possible(found, err, sizeof err))
        die_usage("%s", err);
    return found;
}

/* The record of the kernel, of which R goes on owning everything. */
static const struct kernel_record *measured(const struct result *r, const struct arguments *a)
{
    for (int i = 0; i < r->nkernels; i++)
        if (!strcmp(r->kernel[i].name, a->kernel) && !strcmp(r->kernel[i].origin, "built-in"))
            return &r->kernel[i];
    die(EXIT_INCOMPARABLE, "%s: holds no kernel %s", a->results, a->kernel);
}

static int slashes(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += *s == '/';
    return n;
}

/* FUNCTION/DTYPE/METHOD: all its ISAs, into a folder. */
static void export_all(const struct registry *r, const struct arguments *a)
{
    char err[512];
    const struct subject **s = xcalloc((size_t)r->n, sizeof *s);
    int n = 0;
    for (int i = 0; i < r->n; i++)
        if (pattern_matches(a->kernel, r->subject[i]->name))
            s[n++] = r->subject[i];
    if (!n || !pattern_is_literal(a->kernel))
        die_usage("no kernel is named %s; actulp list FUNCTION names them", a->kernel);
    if (!export_possible(s[0], err, sizeof err))
        die_usage("%s", err);
    if (!a->output || !strcmp(a->output, "-"))
        die_usage("%s, without an ISA, fills a folder: name it, as -o kernels", a->kernel);
    if (a->results)
        die_usage("figures of a result go with one kernel; %s names several", a->kernel);
    char *name = a->name ? xstrdup(a->name) : export_name(s[0]);
    if (!a->name)
        *strrchr(name, '_') = 0; /* the ISA */
    struct folder *folder = folder_begin(a->output, err, sizeof err);
    if (!folder)
        die_usage("%s", err);
    if (!export_dispatch(s, n, name, folder_files(folder), err, sizeof err)) {
        folder_abandon(folder);
        die_usage("%s", err);
    }
    if (!folder_end(folder, err, sizeof err))
        die_usage("%s", err);
    free(name);
    free(s);
}

static void export_one(const struct registry *registry, const struct arguments *a)
{
    struct json_error bad;
    struct output out;
    char err[512];
    const struct subject *s = find(registry, a->kernel);
    struct result *r = a->results ? result_read_file(a->results, &bad) : NULL;
    if (a->results && !r)
        die_usage("%s", bad.text);
    const struct kernel_record *k = r ? measured(r, a) : NULL;
    char *name = a->name ? xstrdup(a->name) : export_name(s);
    if (!output_open(&out, a->output, err, sizeof err))
        die_usage("%s", err);
    if (!export_write(s, name, k, out.file, err, sizeof err)) {
        output_abandon(&out);
        die_usage("%s", err);
    }
    if (!output_close(&out, err, sizeof err))
        die_usage("%s", err);
    free(name);
    result_free(r);
}

int cmd_export(int argc, char **argv)
{
    struct arguments a = {0};
    struct registry registry;
    command_parse(&argp, argc, argv, &a);
    if (!a.kernel)
        die_usage("which kernel? usage: actulp export sigmoid/f32/poly/avx2 -o sigmoid.c");
    if (a.name)
        check_name(a.name);
    registry_init(&registry);
    if (slashes(a.kernel) == 2)
        export_all(&registry, &a);
    else
        export_one(&registry, &a);
    registry_free(&registry);
    return EXIT_HELD;
}
