/* job_words.c -- see job_words.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "job_words.h"
#include "mem.h"

uint64_t word_whole(const char *arg, const char *option, uint64_t min, uint64_t max)
{
    char *end;
    errno = 0;
    unsigned long long v = strtoull(arg, &end, 0);
    if (end == arg || *end || errno || *arg == '-' || v < min || v > max)
        die_usage("%s %s: expected a whole number from %llu to %llu", option, arg,
                  (unsigned long long)min, (unsigned long long)max);
    return v;
}

void job_set_sweep(struct job *j, const char *arg)
{
    while (*arg == ' ')
        arg++;
    j->sweep_text = arg;
    if (!strcmp(arg, "quick") || !strcmp(arg, "full")) {
        j->sweep = *arg == 'q' ? SWEEP_QUICK : SWEEP_FULL;
        return;
    }
    /* Cut at the dots first: strtod would take one of them for a decimal point. */
    char *text = xstrdup(arg), *dots = strstr(text, ".."), *end = NULL, *stop = NULL;
    if (dots) {
        *dots = 0;
        j->from = strtod(text, &end);
        j->to = strtod(dots + 2, &stop);
    }
    if (!dots || end == text || *end || stop == dots + 2 || *stop || !(j->from <= j->to))
        die_usage("--sweep %s: expected quick, full or A..B with A not above B, as -8..8", arg);
    free(text);
    j->sweep = SWEEP_RANGE;
}

void job_set_seconds(struct job *j, const char *arg)
{
    char *end;
    j->seconds = strtod(arg, &end);
    if (!strcmp(end, "ms"))
        j->seconds *= 1e-3;
    else if (!strcmp(end, "m") || !strcmp(end, "min"))
        j->seconds *= 60;
    else if (end == arg || (*end && strcmp(end, "s")))
        j->seconds = NAN;
    if (!(j->seconds >= 0.01 && j->seconds <= 86400))
        die_usage("--time %s: expected seconds from 0.01 to 86400, as 20, 20s, 500ms or 2min", arg);
}

void job_set_sizes(struct job *j, const char *arg)
{
    if (!strcmp(arg, "curve")) {
        j->nsizes = speed_curve_sizes(j->size, FORMAT_F32);
        return;
    }
    char *copy = xstrdup(arg), *save = NULL;
    j->nsizes = 0;
    for (char *w = strtok_r(copy, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
        if (j->nsizes == SPEED_MAX_SIZES)
            die_usage("--size: at most %d sizes", SPEED_MAX_SIZES);
        j->size[j->nsizes++] = word_whole(w, "--size", 0, UINT64_C(1) << 32);
    }
    if (!j->nsizes)
        die_usage("--size %s: expected numbers of elements", arg);
    free(copy);
}

void job_set_modes(struct job *j, const char *arg)
{
    char *copy = xstrdup(arg), *save = NULL;
    bool chosen[LANE_MODES] = {false};
    for (char *w = strtok_r(copy, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
        int m = 0;
        while (m < LANE_MODES && strcmp(w, lane_mode_word[m]))
            m++;
        if (m == LANE_MODES)
            die_usage("--mode %s: expected throughput, in-place, cold or latency", w);
        chosen[m] = true;
    }
    j->nmodes = 0;
    for (int m = 0; m < LANE_MODES; m++)
        if (chosen[m])
            j->mode[j->nmodes++] = (enum lane_mode)m;
    if (!j->nmodes)
        die_usage("--mode %s: expected throughput, in-place, cold or latency", arg);
    free(copy);
}

/* A name with a parenthesis or a colon, or a known word, is a distribution; all else is a file. */
void job_set_inputs(struct job *j, const char *arg)
{
    char err[512], distribution[512];
    inputs_clear(&j->inputs);
    if (inputs_parse(&j->inputs, arg, distribution, sizeof distribution))
        return;
    if (strpbrk(arg, "(:") && !strchr(arg, '/'))
        die_usage("--inputs: %s", distribution);
    if (!inputs_load(&j->inputs, arg, err, sizeof err))
        die_usage("--inputs: %s", err);
    j->inputs_file = true;
}

void job_set_rounding(struct job *j, const char *arg)
{
    static const char *const words[] = {"nearest", "up", "down", "zero"};
    for (int i = 0; i < 4; i++)
        if (!strcmp(words[i], arg)) {
            j->rounding = words[i];
            return;
        }
    die_usage("--rounding %s: expected nearest, up, down or zero", arg);
}

void job_set_shard(struct job *j, const char *arg)
{
    int end = 0;
    if (sscanf(arg, "%d/%d%n", &j->shard, &j->shards, &end) != 2 || arg[end] || j->shard < 1 ||
        j->shards > 4096 || j->shard > j->shards)
        die_usage("--shard %s: expected I/N with I from 1 to N, as 1/4", arg);
    j->shard--;
}

void job_set_evaluations(struct job *j, const char *arg)
{
    char *end;
    double v = strtod(arg, &end);
    if (end == arg || *end || !(v >= 0 && v <= 1e12))
        die_usage("--evals %s: expected a number of evaluations, as 1e6", arg);
    j->evaluations = (uint64_t)v;
}
