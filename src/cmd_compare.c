/* cmd_compare.c -- actulp compare: what got worse between two results. */
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "judge.h"
#include "mem.h"
#include "result/json.h"

struct arguments {
    struct judging judging;
    const char *baseline, *new;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->judging;
        break;
    case ARGP_KEY_ARG:
        if (!a->baseline)
            a->baseline = arg;
        else if (!a->new)
            a->new = arg;
        else
            judging_pattern(&a->judging, arg);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp_child children[] = {{&judging_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    0,
    parse,
    "BASELINE.json NEW.json [KERNEL...]",
    "Tells what got worse between two results of `actulp run', check or bench."
    "\vAccuracy is exact: any worsening is a regression.  Times are judged by their intervals, "
    "and only between results of one kind of machine.  Exit codes: 0 nothing is worse, 1 a "
    "regression, 2 bad usage or input, 3 cannot be compared, 4 inconclusive.",
    children,
    0,
    0};

static struct result *read_result(const char *path)
{
    struct json_error bad;
    struct result *r = result_read_file(path, &bad);
    if (!r)
        die_usage("%s", bad.text);
    return r;
}

int cmd_compare(int argc, char **argv)
{
    struct arguments a = {0};
    command_parse(&argp, argc, argv, &a);
    if (!a.new)
        die_usage("which results? usage: actulp compare baseline.json new.json");
    struct result *old = read_result(a.baseline), *new = read_result(a.new);
    struct comparison *c = compare_results(old, new, judging_options(&a.judging));
    judging_write(&a.judging, c);
    int code = c->verdict;
    comparison_free(c);
    judging_free(&a.judging);
    result_free(old);
    result_free(new);
    return code;
}
