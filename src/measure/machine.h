/* machine.h -- what machine this is and how the program was built, for the result. */
#ifndef MEASURE_MACHINE_H
#define MEASURE_MACHINE_H

#include "../kernel.h"
#include "../result/result.h"

/* Fills R->machine with the stable facts (CPU, caches, ISAs, kernel, libc); the clock's fields are filled
 * by the speed measurement. */
void machine_describe(struct machine *m);
/* Fills the build: compiler, flags of every pass, revision, libraries. */
void build_describe(struct build *b);

/* Can this machine run ISA?  By cpuid and xgetbv (the operating system must save the registers), decided
 * once; ACTULP_ISA="scalar sse2" in the environment narrows it, for tests. */
bool isa_available(enum isa_id isa);
extern const char *const isa_word[ISA_COUNT];
/* "plain" or "fma"; NULL for ISA_EXT. */
const char *isa_arithmetic(enum isa_id isa);

/* Data cache sizes in bytes by level 1..3; 0 where not known. */
size_t machine_cache(int level);
/* Load average over a minute, NAN if unknown; jiffies stolen by the host so far and in all. */
double machine_load(void);
void machine_steal(uint64_t *stolen, uint64_t *total);

#endif
