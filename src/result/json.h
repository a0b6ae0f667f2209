/* json.h -- a result as JSON text and back.
 *
 * Same result in, same bytes out: keys in the order of the field tables (fields.c), doubles in the
 * fewest of 15 to 17 digits that read back exactly, non-finite doubles as null or, where the schema
 * says so (values, interval ends), "inf" and "-inf".  Patterns, and counts beyond 2^53, are hex
 * strings.  Samples are the base64 of little-endian binary32 numbers
 * (numpy.frombuffer(base64.b64decode(s), "<f4")); segments are [index, ulp], the error rounded up
 * to five digits.  A byte that is not UTF-8 stands as \xNN.
 */
#ifndef RESULT_JSON_H
#define RESULT_JSON_H

#include <stdio.h>
#include "result.h"

struct json_error {
    char text[512]; /* one line: FILE:LINE:COLUMN, or FILE and a JSON pointer; what; what was
                       expected */
};

/* Writes R to OUT, a line end at the end.  False if the stream failed (errno tells). */
bool result_write(const struct result *r, FILE *out);

/* A string (NULL: null) and a number (not finite: null) as they stand in a document, for others
 * that are written by hand. */
void json_write_text(FILE *out, const char *text);
void json_write_number(FILE *out, double v);

/* Reads a document of FILE (NAME is for messages).  NULL with ERR filled on malformed JSON,
 * repeated keys, a missing or unknown schema version, a missing field, a wrong type, a number out
 * of its range. Fields that are not known are skipped. */
struct result *result_read(FILE *in, const char *name, struct json_error *err);
struct result *result_read_file(const char *path, struct json_error *err);

#endif
