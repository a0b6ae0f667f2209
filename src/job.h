/* job.h -- what check, bench and run do: guard, grade and time the chosen kernels, and collect a
 * result.
 *
 * Nothing here prints but progress; the commands do.
 */
#ifndef SRC_JOB_H
#define SRC_JOB_H

#include "measure/inputs.h"
#include "measure/speed.h"
#include "measure/sweep.h"
#include "options.h"
#include "result/result.h"

struct job {
    struct selection selection;
    bool accuracy, speed;
    /* accuracy */
    enum sweep_kind sweep;
    double from, to;
    const char *sweep_text; /* "quick", "full", "-8..8" */
    const char *rounding;   /* "nearest", "up", "down", "zero" */
    bool ftz, mpfr_only;
    int jobs, shard, shards;
    struct checkpoint *checkpoint; /* NULL: none */
    uint64_t evaluations;          /* of the search for bad cases of f64 kernels, each */
    uint64_t seed;
    /* inputs: of speed, and of accuracy when they come from a file */
    struct inputs inputs;
    bool inputs_file;
    /* speed */
    double seconds;
    uint64_t size[SPEED_MAX_SIZES];
    int nsizes; /* 0: what fits this machine and the time */
    enum lane_mode mode[LANE_MODES];
    int nmodes; /* 0: throughput */
    int cpu;
    const char *clock;
    bool count; /* instructions, one by one */
    bool quiet, verbose, json, integer_ulp;
    const char *output;
};

void job_init(struct job *j);
void job_free(struct job *j);

/* Measures.  The result is the caller's; never NULL. Ends the program with one clear line on a bad
 * plan. */
struct result *job_run(struct job *j);

/* EXIT_HELD or EXIT_BROKEN. */
int job_exit_code(const struct result *r);

#endif
