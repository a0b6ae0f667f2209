/* table.c -- the kernels of one pass, gathered.  functions.def has a line FUNCTION(name) for each
 * file of this folder; the build makes it. */
#include "pass.h"

#define FUNCTION(name) extern const struct kernel PASS_SYMBOL(kernels_##name)[];
#include "functions.def"
#undef FUNCTION

#define FUNCTION(name) PASS_SYMBOL(kernels_##name),
static const struct kernel *const tables[] = {
#include "functions.def"
    NULL};
#undef FUNCTION

extern const struct kernel_pass PASS_SYMBOL(kernel_pass);
const struct kernel_pass PASS_SYMBOL(kernel_pass) = {PASS_ISA, PASS_TEXT(ACTULP_DTYPE), tables};
