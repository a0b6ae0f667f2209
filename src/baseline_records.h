/* baseline_records.h -- what baseline.c and baseline_json.c share: how a baseline is made up
 * inside.
 */
#ifndef SRC_BASELINE_RECORDS_H
#define SRC_BASELINE_RECORDS_H

#include <stddef.h>
#include "baseline.h"

/* Sets the name of the empty record K, and function, dtype, method and ISA from its parts. */
void baseline_name(struct kernel_record *k, const char *name);
/* The part of KEY, made if there is none. */
struct baseline_part *baseline_part(struct baseline *b, const char *key);
void baseline_sort(struct result *r);
/* TEXT is the baseline's from then on. */
void baseline_set_formula(struct baseline *b, const char *id, char *text);
/* The value of the input pattern X of a kernel of DTYPE. */
double baseline_input(const char *dtype, uint64_t x);

/* The facts that make the kind of a machine. */
enum fact_kind { FACT_TEXT, FACT_INT, FACT_NUMBER };
struct machine_fact {
    const char *key;
    size_t at; /* in struct machine */
    enum fact_kind kind;
};
enum { MACHINE_FACTS = 10 };
extern const struct machine_fact machine_facts[MACHINE_FACTS];

#endif
