/* region.h -- memory in which kernels find their arrays: between walls that may not be touched, so
 * that an access outside faults, and mapped twice, so that the input can be given read-only.
 */
#ifndef MEASURE_REGION_H
#define MEASURE_REGION_H

#include <stdbool.h>
#include <stddef.h>

struct region {
    char *data, *read_only; /* the same memory; NULL: none */
    size_t bytes;           /* whole pages */
};

/* At least BYTES, with WALL bytes (whole pages) on either side.  False where the system does not
 * give them. */
bool region_make(struct region *r, size_t bytes, size_t wall);

/* Where an array of BYTES ends at the wall; for an input, as the kernel may see it. */
static inline char *region_end(const struct region *r, size_t bytes)
{
    return r->data + r->bytes - bytes;
}

static inline const char *region_end_read_only(const struct region *r, size_t bytes)
{
    return r->read_only + r->bytes - bytes;
}

#endif
