/* export.h -- one kernel as a C file that needs nothing of ours. */
#ifndef SRC_EXPORT_H
#define SRC_EXPORT_H

#include <stdio.h>
#include "result/result.h"
#include "subject.h"
#include "../reports/report.h"

/* Can S be exported?  If not, one line in ERR. */
bool export_possible(const struct subject *s, char *err, size_t errlen);

/* "tanh_f32_poly_avx2", for the subject S; malloc'ed. */
char *export_name(const struct subject *s);

/* Writes S, which can be exported, as the function NAME.  MEASURED, if not NULL, is its record in a
 * result, whose figures stand in the head.  False with one line in ERR. */
bool export_write(const struct subject *s, const char *name, const struct kernel_record *measured,
                  FILE *out, char *err, size_t errlen);

/* The function's head, "void NAME(const float *x, float *y, size_t n)", without its end. */
void export_prototype(const struct subject *s, const char *name, FILE *out);

/* One method for several ISAs, S[0..N) in any order: a file for each, NAME.c that picks the best
 * one when it is called, NAME.h, and a Makefile. False with one line in ERR; what fails in FOLDER
 * it tells itself. */
bool export_dispatch(const struct subject *const *s, int n, const char *name,
                     struct report_folder *folder, char *err, size_t errlen);

/* Compiler flags that its ISA needs: "-mavx2 -mfma", or "". */
const char *export_flags(const struct subject *s);

/* Do the results of S depend on the C library? */
bool export_calls_libm(const struct subject *s);

#endif
