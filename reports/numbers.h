/* numbers.h -- how numbers look: the one place that decides digits, signs and units, for every
 * report.
 *
 * Each function returns a struct so that its text lives as long as the expression it stands in:
 *     fprintf(out, "%s ulp", num_ulp(v).text);
 */
#ifndef REPORTS_NUMBERS_H
#define REPORTS_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

struct num {
    char text[64];
};

/* A dash for NaN everywhere.  Errors are rounded up, shares down, so that no figure looks better
 * than it is. */
struct num num_ulp(double ulp);     /* "0.5001", "45.1", "1.68e7" */
struct num num_share(double share); /* of [0, 1], in percent: "100" only when it is all */
struct num num_ns(double ns);       /* three digits: "0.0912", "1.23", "1230" */
struct num num_general(double v);   /* six digits at most: "0.01", "5.96046e-8" */
struct num num_exact(double v);     /* the fewest of 15 to 17 digits that read back the same */
struct num num_count(uint64_t n);   /* "4,294,967,296" */
struct num
num_elements(uint64_t n); /* "512", "16 Ki", "4 Mi"; the count itself if it is no multiple */
struct num num_bytes(double bytes); /* "32 KiB" */

/* An input or a result: "0x1.62e43p+6", "-0x1p-149", "inf", "nan"; "88.7228394" (nine digits; 17
 * for f64); its pattern, padded to the width of DTYPE: "0x42b17218". */
struct num num_hexfloat(double v);
struct num num_value(double v, const char *dtype);
struct num num_bits(uint64_t bits, const char *dtype);
/* The value of a pattern of the output type of DTYPE; NAN for a type that is not known. */
double value_of_bits(uint64_t bits, const char *dtype);

/* Input and output type of "f32" and "f32>bf16": bytes of an element, 0 if not known. */
int dtype_input_bytes(const char *dtype);
int dtype_output_bytes(const char *dtype);
/* Gigabytes read and written per second at NS per element. */
double gigabytes_per_second(const char *dtype, double ns);

#endif
