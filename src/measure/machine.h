/* machine.h -- what machine this is and how the program was built, for the result. */
#ifndef MEASURE_MACHINE_H
#define MEASURE_MACHINE_H

#include "../isa.h"
#include "../result/result.h"

/* Fills the stable facts (CPU, caches, ISAs, kernel, libc) of M as result_new made it; the clock's
 * fields, load and steal are filled by the speed measurement. */
void machine_describe(struct machine *m);
/* Fills the build: compiler, flags of every pass, revision, libraries; formulas_digest is the
 * caller's. */
void build_describe(struct build *b);
/* Appends a row for each line "PASS:FLAGS" of TEXT (may be NULL). */
void build_add_passes(struct build *b, const char *text);

/* Data cache sizes in bytes by level 1..3; 0 where not known. */
size_t machine_cache(int level);
/* Load average over a minute, NAN if unknown; jiffies stolen by the host so far and in all. */
double machine_load(void);
void machine_steal(uint64_t *stolen, uint64_t *total);

#endif
