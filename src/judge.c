/* judge.c -- see judge.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "judge.h"
#include "mem.h"
#include "output.h"
#include "terminal.h"

enum {
    KEY_ALLOW = 0x400,
    KEY_TOLERANCE,
    KEY_ACCURACY_ONLY,
    KEY_SPEED_ONLY,
    KEY_REQUIRE_SPEED,
    KEY_FORMAT,
    KEY_WRITE
};

/* clang-format off */
static const struct argp_option options[] = {
    {0, 0, 0, 0, "Judging:", 5},
    {"allow-ulp", KEY_ALLOW, "GLOB=N", 0,
     "for kernels that match, errors of up to N ulps are no regression (repeat it; the last that "
     "matches counts)", 5},
    {"tolerance", KEY_TOLERANCE, "T", 0,
     "times that grow by less are equal: 5% (the default), 0.02, ...; at least 2 %", 5},
    {"accuracy-only", KEY_ACCURACY_ONLY, 0, 0, "leave times alone", 5},
    {"speed-only", KEY_SPEED_ONLY, 0, 0, "judge times alone; exit code 3 where there are none to compare", 5},
    {"require-speed", KEY_REQUIRE_SPEED, 0, 0, "exit code 3 where times cannot be compared", 5},
    {0, 0, 0, 0, "The verdict:", 6},
    {"format", KEY_FORMAT, "FORMAT", 0, "text (the default), markdown, ...: --format help lists them", 6},
    {"output", 'o', "FILE", 0, "write it to FILE instead of standard output", 6},
    {"write", KEY_WRITE, "FORMAT=FILE", 0,
     "write it to FILE as well, as junit=actulp.xml (repeat it)", 6},
    {0}};
/* clang-format on */

static double number(const char *text, const char **end)
{
    char *stop;
    double v = strtod(text, &stop);
    *end = stop;
    return stop == text ? NAN : v;
}

static void add_allowance(struct judging *j, const char *arg)
{
    const char *equals = strrchr(arg, '='), *end;
    double ulp = equals && equals > arg ? number(equals + 1, &end) : NAN;
    if (!(ulp >= 0) || *end)
        die_usage("--allow-ulp %s: expected GLOB=N with N ulps, as 'sigmoid/f32=2.5'", arg);
    int n = j->options.nallowances++;
    j->allowance = xrealloc(j->allowance, (size_t)(n + 1) * sizeof *j->allowance);
    j->allowance[n] = (struct allowance){xasprintf("%.*s", (int)(equals - arg), arg), ulp};
}

/* Where the linker puts a function changes its speed by more than a per cent. */
static const double LEAST_TOLERANCE = 0.02;

/* A share of one, or with a sign for per cent. */
static void set_tolerance(struct judging *j, const char *arg)
{
    const char *end;
    double v = number(arg, &end);
    if (*end == '%') {
        v /= 100;
        end++;
    }
    if (!(v > 0 && v < 1) || *end)
        die_usage("--tolerance %s: expected a share such as 5%% or 0.05", arg);
    if (v < LEAST_TOLERANCE)
        die_usage("--tolerance %s: below 2 %% the place of the code decides and not the code "
                  "(doc/measuring.md)",
                  arg);
    j->options.tolerance = v;
}

static const struct comparison_format *find_format(const char *name, const char *option)
{
    const struct comparison_format *f = comparison_format_find(name);
    if (!f)
        die_usage("%s %s: unknown; --format help lists the formats", option, name);
    return f;
}

static void set_format(struct judging *j, const char *arg)
{
    if (strcmp(arg, "help")) {
        j->format = find_format(arg, "--format");
        return;
    }
    for (const struct comparison_format *f = comparison_formats; f->name; f++)
        printf("  %-10s %s\n", f->name, f->about);
    exit(EXIT_HELD);
}

static void add_file(struct judging *j, const char *arg)
{
    const char *equals = strchr(arg, '=');
    if (!equals || !equals[1])
        die_usage("--write %s: expected FORMAT=FILE, as junit=actulp.xml", arg);
    if (j->nfiles == MAX_VERDICT_FILES)
        die_usage("--write: at most %d files", MAX_VERDICT_FILES);
    char *name = xasprintf("%.*s", (int)(equals - arg), arg);
    j->file[j->nfiles].format = find_format(name, "--write");
    j->file[j->nfiles++].path = equals + 1;
    free(name);
}

static void set_speed(struct judging *j, enum speed_wish speed)
{
    if (j->options.speed != SPEED_IF_COMPARABLE && j->options.speed != speed)
        die_usage("--accuracy-only excludes --speed-only and --require-speed");
    j->options.speed = speed;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct judging *j = state->input;
    switch (key) {
    case KEY_ALLOW:
        add_allowance(j, arg);
        break;
    case KEY_TOLERANCE:
        set_tolerance(j, arg);
        break;
    case KEY_ACCURACY_ONLY:
        set_speed(j, SPEED_IGNORED);
        break;
    case KEY_SPEED_ONLY:
        j->options.no_accuracy = true;
        set_speed(j, SPEED_REQUIRED);
        break;
    case KEY_REQUIRE_SPEED:
        set_speed(j, SPEED_REQUIRED);
        break;
    case KEY_FORMAT:
        set_format(j, arg);
        break;
    case KEY_WRITE:
        add_file(j, arg);
        break;
    case 'o':
        j->output = arg;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp judging_argp = {options, parse, 0, 0, 0, 0, 0};

void judging_pattern(struct judging *j, const char *pattern)
{
    int n = j->options.npatterns++;
    j->pattern = xrealloc(j->pattern, (size_t)(n + 1) * sizeof *j->pattern);
    j->pattern[n] = pattern;
}

const struct compare_options *judging_options(struct judging *j)
{
    j->options.allowance = j->allowance;
    j->options.pattern = j->pattern;
    return &j->options;
}

static void write_one(const struct comparison *c, const struct comparison_format *f,
                      const char *path)
{
    struct report_options o = terminal_options(path);
    struct output out;
    char err[512];
    if (!output_open(&out, path, err, sizeof err))
        die_usage("%s", err);
    f->write(c, &o, out.file);
    if (!output_close(&out, err, sizeof err))
        die_usage("%s", err);
}

void judging_write(const struct judging *j, const struct comparison *c)
{
    for (int i = 0; i < j->nfiles; i++)
        write_one(c, j->file[i].format, j->file[i].path);
    write_one(c, j->format ? j->format : comparison_format_find("text"), j->output);
}

void judging_free(struct judging *j)
{
    for (int i = 0; i < j->options.nallowances; i++)
        free((char *)j->allowance[i].glob);
    free(j->allowance);
    free(j->pattern);
}
