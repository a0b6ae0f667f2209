/* study-timer.c -- does the timer keep what doc/measuring.md says?  Not a test: it takes a quarter
 * of an hour and its answer depends on the machine.  `make study-timer' runs it, part by part,
 * through study-timer.sh.
 *
 *     study-timer paired CONDITION RUNS    RUNS comparisons of each kernel with each slow-down
 *     study-timer window INDEX SECONDS     one long window over both kernels
 *     study-timer load CONDITION           only the load, until it is killed
 *
 * CONDITION is idle, other-core or same-core.  Prints tab-separated lines:
 *
 *     paired   CONDITION KERNEL PERCENT RUN RATIO LO HI NOISE ROUNDS
 *     single   CONDITION KERNEL RUN MINIMUM MEDIAN          of one run alone, for comparison
 *     window   CONDITION KERNEL WINDOW MINIMUM QUARTER_LO QUARTER_HI MEDIAN CYCLES
 *     load     CONDITION LOAD                               the system's load average when it began
 *     sample   CONDITION KERNEL WINDOW I NS                 of the first window: the modes of the
 * host
 *
 * Each line of `paired' comes of a process of its own that had 200 ms for old and new together, the
 * validation of the clock and the calibration included.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../src/measure/machine.h"
#include "../src/measure/speed.h"
#include "../src/result/result.h"
#include "../src/result/stats.h"
#include "study-kernels.h"

static const uint64_t seed = 20;
static const double PAIR_SECONDS = 0.2;

/* ---- Load ---- */

enum condition { IDLE, OTHER_CORE, SAME_CORE, CONDITIONS };
static const char *const condition_word[CONDITIONS] = {"idle", "other-core", "same-core"};

enum { OUR_CPU = 0 };

static void pin_to(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

/* Computes and walks over 8 MB, in bursts of some milliseconds, for ever. */
__attribute__((noreturn)) static void be_load(int cpu)
{
    enum { BYTES = 8 << 20 };
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pin_to(cpu);
    unsigned char *memory = malloc(BYTES);
    volatile double sum = 0;
    if (!memory)
        _exit(1);
    for (uint64_t random = seed;;) {
        uint64_t burst = random_next(&random) % 8;
        if (burst < 4)
            memset(memory, (int)burst, BYTES);
        else if (burst < 7)
            for (int i = 1; i < 400000; i++)
                sum = sum + sqrt(i);
        else
            usleep(1000);
    }
}

static pid_t start_load(enum condition c)
{
    if (c == IDLE)
        return -1;
    pid_t pid = fork();
    if (pid == 0)
        be_load(c == SAME_CORE ? OUR_CPU : OUR_CPU + 1);
    return pid;
}

static void stop_load(pid_t pid)
{
    if (pid <= 0)
        return;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* ---- Runs ---- */

static const struct kernel no_row = {.function = "study", .dtype = "f32"};

static struct subject subject_of(study_fn *call)
{
    return (struct subject){
        .name = "study", .kernel = &no_row, .signature = SIGNATURE_KERNEL, .entry = (void *)call};
}

static struct speed_plan plan_of(struct subject **subjects, int n, double seconds, uint64_t run)
{
    struct speed_plan plan = {.subject = subjects,
                              .nsubjects = n,
                              .size = {STUDY_N},
                              .nsizes = 1,
                              .seed = seed + run,
                              .seconds = seconds,
                              .cpu = OUR_CPU};
    char err[256];
    if (!inputs_parse(&plan.inputs, "normal(0,3)", err, sizeof err))
        abort();
    return plan;
}

static double median_of(const float *sample, int n)
{
    double v[SPEED_SAMPLES];
    for (int i = 0; i < n; i++)
        v[i] = sample[i];
    return stats_median(v, (size_t)n);
}

/* One comparison: the whole kernel against the one slowed by study_slowdown[s]. */
static void compare(enum condition c, const struct study_kernel *k, int s, int run)
{
    struct subject subjects[2] = {subject_of(k->call[0]), subject_of(k->call[s])};
    struct subject *list[2] = {&subjects[0], &subjects[1]};
    struct speed_plan plan = plan_of(list, 2, PAIR_SECONDS, (uint64_t)run);
    struct speed_fault fault[2];
    struct result *r = result_new();
    struct versus v;
    double noise;
    if (speed_versus(&plan, &v, fault, &r->machine, &noise) == 0) {
        printf("paired\t%s\t%s\t%d\t%d\t%.5f\t%.5f\t%.5f\t%.5f\t%u\n", condition_word[c], k->name,
               study_slowdown[s], run, v.ratio, v.lo, v.hi, noise, v.rounds);
        if (s == 0)
            printf("single\t%s\t%s\t%d\t%.6g\t%.6g\n", condition_word[c], k->name, run, v.first.ns,
                   median_of(v.sample[0], v.nsamples));
        fflush(stdout);
        free(v.sample[0]);
        free(v.sample[1]);
    }
    inputs_clear(&plan.inputs);
    result_free(r);
}

/* One long window over both kernels, whole and slowed. */
static void watch(enum condition c, int window, double seconds)
{
    enum { N = STUDY_KERNELS * 3 };
    static const int slowdowns[3] = {0, 3, 4};
    struct subject subjects[N], *list[N];
    for (int i = 0; i < N; i++) {
        subjects[i] = subject_of(study_kernel[i / 3].call[slowdowns[i % 3]]);
        list[i] = &subjects[i];
    }
    struct speed_plan plan = plan_of(list, N, seconds, (uint64_t)window);
    struct speed cell[N];
    struct speed_fault fault[N];
    struct result *r = result_new();
    double noise;
    if (speed_run(&plan, cell, fault, &r->machine, &noise) == 0)
        for (int i = 0; i < N; i++) {
            const char *name = study_kernel[i / 3].name;
            int percent = study_slowdown[slowdowns[i % 3]];
            printf("window\t%s\t%s+%d\t%d\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\n", condition_word[c], name,
                   percent, window, cell[i].ns, cell[i].ns_lo, cell[i].ns_hi,
                   median_of(cell[i].sample, cell[i].nsamples), cell[i].cycles);
            for (int k = 0; k < cell[i].nsamples && window == 0 && percent == 0; k++)
                printf("sample\t%s\t%s\t%d\t%d\t%.6g\n", condition_word[c], name, window, k,
                       cell[i].sample[k]);
        }
    fflush(stdout);
    for (int i = 0; i < N; i++) {
        free(cell[i].level);
        free(cell[i].inputs);
        free(cell[i].mode);
        free(cell[i].sample);
    }
    inputs_clear(&plan.inputs);
    result_free(r);
}

static void pairs(enum condition c, int runs)
{
    pid_t load = start_load(c);
    printf("load\t%s\t%.2f\n", condition_word[c], machine_load());
    for (int run = 0; run < runs; run++)
        for (int k = 0; k < STUDY_KERNELS; k++)
            for (int s = 0; s < STUDY_SLOWDOWNS; s++)
                compare(c, &study_kernel[k], s, run);
    stop_load(load);
}

static int condition_of(const char *word)
{
    for (int c = 0; c < CONDITIONS; c++)
        if (strcmp(word, condition_word[c]) == 0)
            return c;
    return -1;
}

int main(int argc, char **argv)
{
    const char *part = argc > 2 ? argv[1] : "";
    int c = argc > 2 ? condition_of(argv[2]) : -1;
    if (strcmp(part, "load") == 0 && c > IDLE)
        be_load(c == SAME_CORE ? OUR_CPU : OUR_CPU + 1);
    else if (strcmp(part, "paired") == 0 && c >= 0 && argc == 4)
        pairs((enum condition)c, atoi(argv[3]));
    else if (strcmp(part, "window") == 0 && argc == 4) {
        if (atoi(argv[2]) == 0)
            printf("load\twindows\t%.2f\n", machine_load());
        watch(IDLE, atoi(argv[2]), atof(argv[3]));
    } else {
        fprintf(stderr, "usage: study-timer paired|window|load ...; see study-timer.sh\n");
        return 2;
    }
    return 0;
}
