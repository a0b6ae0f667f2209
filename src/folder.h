/* folder.h -- folders that are whole or not there.
 *
 * The files are written into a temporary folder beside the wanted one, which is renamed when all is
 * well.  A folder written here holds `manifest.txt', the list of its files: that is how it is known
 * again, and replaced.  What else lies in it then (a compiled document, say) is kept.  Any other
 * folder that is not empty is refused.
 */
#ifndef SRC_FOLDER_H
#define SRC_FOLDER_H

#include "../reports/report.h"

struct folder;

/* Begins the folder PATH.  NULL with one line "PATH: why" in ERR. */
struct folder *folder_begin(const char *path, char *err, size_t errlen);

/* What a report writes its files through; good until the end. */
struct report_folder *folder_files(struct folder *f);

/* Puts the folder in its place.  On failure nothing is left of it, and ERR is filled. */
bool folder_end(struct folder *f, char *err, size_t errlen);

/* Removes what was written. */
void folder_abandon(struct folder *f);

#endif
