/* fields.h -- the field tables: what each record holds and how each field stands in JSON.
 *
 * One set of tables serves the writer and the reader (json.c), and sets up and frees records
 * (result.c). The order of a table is the order in the document.
 *
 * To add a field: a row in fields.c.  A new kind of field: an enumerator here, a row in the kind
 * tables of json.c, its case in result.c where it owns memory.
 */
#ifndef RESULT_FIELDS_H
#define RESULT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* What a field is in C and in JSON. */
enum field_kind {
    FIELD_TEXT,       /* char *: a string */
    FIELD_TEXT_NULL,  /* char *: a string, or null for NULL */
    FIELD_BOOL,       /* bool */
    FIELD_INT,        /* int */
    FIELD_COUNT,      /* uint64_t: an integer, beyond 2^53 a hex string */
    FIELD_BITS,       /* uint64_t: a hex string */
    FIELD_NUMBER,     /* double: a number, or null if not finite */
    FIELD_FINITE,     /* double: a number, never null */
    FIELD_END,        /* double: a number, "inf" or "-inf", never null */
    FIELD_EXTENDED,   /* double: as FIELD_NUMBER, but "inf" and "-inf" for infinities */
    FIELD_RECORD,     /* an embedded struct of type `of' */
    FIELD_OPTIONAL,   /* the same, or null unless the bool at `count' is set */
    FIELD_RECORDS,    /* pointer to `count' structs of type `of': an array of objects */
    FIELD_TEXTS,      /* char ** of `count': an array of strings */
    FIELD_PATTERNS,   /* uint64_t * of `count': an array of hex strings */
    FIELD_RANGE,      /* double[2]: [lo, hi], or null unless the bool at `count' is set */
    FIELD_PARAMETERS, /* double * of `count', char ** at `names': an object of numbers */
    FIELD_TIERS,      /* uint64_t * of `count', char ** at `names': an object of counts */
    FIELD_HISTOGRAM,  /* uint64_t[HISTOGRAM_BINS]: an array of counts */
    FIELD_FAILURES,   /* struct count[FAIL_COUNT]: an object by failure_word, those that occurred */
    FIELD_SEGMENTS, /* struct segment * of `count': [[index, ulp], ...], ulp rounded up to 5 digits
                     */
    FIELD_CURVE,    /* struct curve_point * of `count': [[x, y], ...] */
    FIELD_SAMPLES,  /* float * of `count': base64 of little-endian binary32 */
    FIELD_KINDS
};

struct record_type;

struct field {
    const char *key;
    enum field_kind kind;
    bool may_lack; /* a reader takes a document without it: for fields younger than their schema */
    size_t at;     /* offsets in the struct: of the value, ... */
    size_t count;  /* ... of its number of elements (int) or of the bool that says whether it is
                      there, */
    size_t names;  /* ... of the names */
    const struct record_type *of;
};

struct record_type {
    const char *name;
    size_t bytes;
    bool one_line;             /* written on one line */
    const struct field *field; /* ended by key = NULL */
};

extern const struct record_type result_type, kernel_type, function_type, speed_type, yardstick_type,
    count_type, witness_type;

/* Sets a record of TYPE to what is known before anything is: NULL, NAN, 0. */
void record_init(const struct record_type *type, void *record);
/* Frees what the record owns, not the record itself. */
void record_clear(const struct record_type *type, void *record);

#endif
