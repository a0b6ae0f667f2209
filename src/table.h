/* table.h -- libraries that name their kernels themselves: what include/actulp/kernel.h describes.
 *
 * The table is read in a child, since loading a library runs its code, and checked there: nothing
 * in it is trusted.
 */
#ifndef SRC_TABLE_H
#define SRC_TABLE_H

#include "subject.h"

/* A row, copied out of the library.  Function, dtype and waived words are the library's own:
 * whether actulp knows them is for the caller to find out. */
struct table_row {
    char function[64], dtype[16], name[64], waive[256], how[256];
    enum signature signature;
    double max_ulp; /* 0: nothing is promised */
};

/* The rows of LIBRARY's table, malloc'ed.  Bad input (no library, no table, another ABI, a row that
 * makes no sense) and faults give one line in ERR, as subject_probe does.  To measure row I, set
 * subject.row to I + 1. */
enum probe table_read(const char *library, struct table_row **rows, int *nrows, char *err,
                      size_t errlen);

/* In a child: the function of row number ROW (from 1 on) of a library that is loaded, NULL with a
 * line in ERR. */
void *table_entry(void *handle, const char *library, int row, char *err, size_t errlen);

#endif
