/* job_words.h -- what the options of check, bench, run, baseline and versus say about a job, read.
 *
 * All end the program with one line on bad input.
 */
#ifndef SRC_JOB_WORDS_H
#define SRC_JOB_WORDS_H

#include "job.h"

/* A whole number from MIN to MAX, given to OPTION. */
uint64_t word_whole(const char *arg, const char *option, uint64_t min, uint64_t max);

void job_set_sweep(struct job *j, const char *arg);   /* "quick", "full", "-8..8" */
void job_set_seconds(struct job *j, const char *arg); /* "20", "500ms", "2min" */
void job_set_sizes(struct job *j, const char *arg);   /* "2048", "64,2048", "curve" */
void job_set_modes(struct job *j, const char *arg);   /* "throughput,cold" */
void job_set_inputs(struct job *j, const char *arg);
void job_set_rounding(struct job *j, const char *arg);
void job_set_shard(struct job *j, const char *arg);
void job_set_evaluations(struct job *j, const char *arg);

#endif
