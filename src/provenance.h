/* provenance.h -- on what the results of a kernel depend besides its source.
 *
 * One version of a C library has variants (with and without fused steps, say) that differ in last
 * bits, so the key of one holds a digest of what its functions give.
 */
#ifndef SRC_PROVENANCE_H
#define SRC_PROVENANCE_H

#include "subject.h"

struct provenance {
    char *libm;     /* "glibc 2.36, variant 1f0c2a77" */
    char *compiler; /* "gcc 12.2.0, -ffast-math, glibc 2.36, variant 1f0c2a77" */
};

void provenance_here(struct provenance *p);
void provenance_free(struct provenance *p);

/* The key of S: "" where its source alone decides (and for those of others, of which we cannot
 * know), else one of the above. */
const char *provenance_of(const struct provenance *p, const struct subject *s);

#endif
