/* checkpoint.h -- what is finished of long work, in a file that survives being killed at any
 * moment.
 *
 * The file is a set of sections, each under a key that is a digest of everything its content
 * depends on (library, formula, build, options).  It is written beside itself, synced and renamed.
 */
#ifndef MEASURE_CHECKPOINT_H
#define MEASURE_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct checkpoint;

/* Opens PATH, or starts it if there is none.  NULL with one line in ERR if it is no checkpoint, is
 * damaged, or its folder cannot be written. */
struct checkpoint *checkpoint_open(const char *path, char *err, size_t errlen);
void checkpoint_close(struct checkpoint *c);

/* The content under KEY, or NULL. */
const void *checkpoint_find(const struct checkpoint *c, uint64_t key, size_t *bytes);

/* Replaces the content under KEY and writes the file.  False if it could not be written (the
 * content is kept in memory, and the next call tries again). */
bool checkpoint_put(struct checkpoint *c, uint64_t key, const void *data, size_t bytes);

/* Removes the file: the work is done. */
void checkpoint_remove(struct checkpoint *c);

/* 64-bit FNV-1a over BYTES, chained from H (CHECKPOINT_SEED to begin); and over the content of a
 * file, as far as it can be read. */
#define CHECKPOINT_SEED UINT64_C(0xcbf29ce484222325)
uint64_t checkpoint_hash(uint64_t h, const void *data, size_t bytes);
uint64_t checkpoint_hash_file(uint64_t h, const char *path);

#endif
