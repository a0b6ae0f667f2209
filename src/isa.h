/* isa.h -- instruction sets: their words, and which of them this machine runs. */
#ifndef SRC_ISA_H
#define SRC_ISA_H

#include "kernel.h"

/* Can this machine run ISA?  By cpuid and xgetbv (the operating system must save the registers);
 * ISA_EXT always. */
bool isa_runs(enum isa_id isa);
/* The same, narrowed by ACTULP_ISA="scalar sse2" in the environment, for tests: words
 * of isa_word, parted by spaces or commas. */
bool isa_available(enum isa_id isa);
/* NULL, or one line naming a word in ACTULP_ISA that is no ISA; programs ask once, when they start.
 */
const char *isa_environment_error(void);
extern const char *const isa_word[ISA_COUNT];
/* "plain" or "fma"; NULL for ISA_EXT. */
const char *isa_arithmetic(enum isa_id isa);

#endif
