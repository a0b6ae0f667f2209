/* folder.c -- see folder.h. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "folder.h"
#include "mem.h"

#define MANIFEST "manifest.txt"
#define TITLE    "Written by actulp, and replaced when it writes this folder again:\n"

struct names {
    char **name;
    int n;
};

struct folder {
    struct report_folder files; /* first: what writers are given */
    char *path, *temporary;
    struct names written, old; /* the files; those of the folder that is replaced */
    bool replaces;
    int error; /* errno of the first thing that failed; 0: none */
};

/* ---- names ---- */

static void add(struct names *s, const char *name)
{
    s->name = xrealloc(s->name, (size_t)(s->n + 1) * sizeof *s->name);
    s->name[s->n++] = xstrdup(name);
}

static bool has(const struct names *s, const char *name)
{
    for (int i = 0; i < s->n; i++)
        if (!strcmp(s->name[i], name))
            return true;
    return false;
}

static void clear(struct names *s)
{
    for (int i = 0; i < s->n; i++)
        free(s->name[i]);
    free(s->name);
    *s = (struct names){0};
}

/* What lies in the folder PATH.  False if it cannot be read (errno). */
static bool list(const char *path, struct names *s)
{
    DIR *d = opendir(path);
    if (!d)
        return false;
    for (struct dirent *e; (e = readdir(d));)
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
            add(s, e->d_name);
    return closedir(d) == 0;
}

/* The files that the manifest of PATH names.  False if there is no manifest of ours. */
static bool read_manifest(const char *path, struct names *s)
{
    char line[512], *file = xasprintf("%s/" MANIFEST, path);
    FILE *in = fopen(file, "r");
    free(file);
    bool ours = in && fgets(line, sizeof line, in) && !strcmp(line, TITLE);
    while (ours && fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = 0;
        if (*line && !strchr(line, '/'))
            add(s, line);
    }
    if (in)
        fclose(in);
    return ours;
}

static void write_manifest(struct folder *f)
{
    FILE *out = f->files.open(&f->files, MANIFEST);
    if (!out)
        return;
    fputs(TITLE, out);
    for (int i = 0; i < f->written.n; i++)
        fprintf(out, "%s\n", f->written.name[i]);
    f->files.close(&f->files, out);
}

/* ---- files ---- */

static void failed(struct folder *f)
{
    if (!f->error)
        f->error = errno ? errno : EIO;
}

static FILE *open_file(struct report_folder *files, const char *name)
{
    struct folder *f = (struct folder *)files;
    char *path = xasprintf("%s/%s", f->temporary, name);
    FILE *out = fopen(path, "wx");
    if (out)
        add(&f->written, name);
    else
        failed(f);
    free(path);
    return out;
}

static bool close_file(struct report_folder *files, FILE *out)
{
    bool good = !ferror(out);
    errno = 0;
    good = fclose(out) == 0 && good;
    if (!good)
        failed((struct folder *)files);
    return good;
}

/* Removes the files NAMES of PATH and, if that empties it, PATH. */
static void remove_files(const char *path, const struct names *names)
{
    for (int i = 0; i < names->n; i++) {
        char *file = xasprintf("%s/%s", path, names->name[i]);
        unlink(file);
        free(file);
    }
    rmdir(path);
}

/* ---- beginning ---- */

/* Is PATH free, or a folder that may be replaced?  If not, WHY says so. */
static bool may_replace(struct folder *f, char *why, size_t length)
{
    struct stat st;
    struct names found = {0};
    if (stat(f->path, &st)) {
        snprintf(why, length, "%s", strerror(errno));
        return errno == ENOENT;
    }
    if (!S_ISDIR(st.st_mode)) {
        snprintf(why, length, "is there and is no folder");
        return false;
    }
    f->replaces = true;
    bool readable = list(f->path, &found);
    snprintf(why, length, "%s", readable ? "" : strerror(errno));
    bool ours = readable && (found.n == 0 || read_manifest(f->path, &f->old));
    if (readable && !ours)
        snprintf(why, length,
                 "holds files that are not actulp's; name an empty folder or a new one");
    clear(&found);
    return ours;
}

static void discard(struct folder *f)
{
    clear(&f->written);
    clear(&f->old);
    free(f->path);
    free(f->temporary);
    free(f);
}

struct folder *folder_begin(const char *path, char *err, size_t errlen)
{
    char why[200];
    struct folder *f = xcalloc(1, sizeof *f);
    f->files = (struct report_folder){open_file, close_file};
    char *real = realpath(path, NULL); /* a link stays what it is: its target is replaced */
    f->path = real ? real : xstrdup(path);
    for (size_t n = strlen(f->path); n > 1 && f->path[n - 1] == '/'; n--)
        f->path[n - 1] = 0;
    f->temporary = xasprintf("%s.%ld.tmp", f->path, (long)getpid());
    if (!may_replace(f, why, sizeof why)) {
        snprintf(err, errlen, "%s: %s", path, why);
    } else if (mkdir(f->temporary, 0777)) {
        snprintf(err, errlen, "%s: cannot write: %s", path, strerror(errno));
    } else {
        return f;
    }
    discard(f);
    return NULL;
}

struct report_folder *folder_files(struct folder *f)
{
    return &f->files;
}

/* ---- end ---- */

/* Of what lies in the old folder and is not ours, the first that has the name of a new file. */
static char *in_the_way(struct folder *f, const struct names *found)
{
    for (int i = 0; i < found->n; i++)
        if (!has(&f->old, found->name[i]) && has(&f->written, found->name[i]))
            return found->name[i];
    return NULL;
}

/* The rest of the old folder, ASIDE, moves into the new one. */
static void keep_rest(struct folder *f, const char *aside, const struct names *found)
{
    for (int i = 0; i < found->n; i++) {
        if (has(&f->old, found->name[i]))
            continue;
        char *from = xasprintf("%s/%s", aside, found->name[i]);
        char *to = xasprintf("%s/%s", f->path, found->name[i]);
        rename(from, to);
        free(from);
        free(to);
    }
}

/* Old folder aside, new one in its place, the rest of the old one into it. */
static bool exchange(struct folder *f, char *why, size_t length)
{
    struct names found = {0};
    if (!list(f->path, &found))
        goto failed;
    const char *name = in_the_way(f, &found);
    if (name) {
        snprintf(why, length, "%s is in the way, which is not actulp's", name);
        clear(&found);
        return false;
    }
    char *aside = xasprintf("%s.%ld.old", f->path, (long)getpid());
    if (rename(f->path, aside)) {
        free(aside);
        goto failed;
    }
    if (rename(f->temporary, f->path)) {
        int error = errno;
        rename(aside, f->path);
        errno = error;
        free(aside);
        goto failed;
    }
    keep_rest(f, aside, &found);
    remove_files(aside, &f->old);
    free(aside);
    clear(&found);
    return true;
failed:
    snprintf(why, length, "cannot write: %s", strerror(errno));
    clear(&found);
    return false;
}

bool folder_end(struct folder *f, char *err, size_t errlen)
{
    char why[300] = "";
    write_manifest(f);
    bool good = !f->error;
    if (!good)
        snprintf(why, sizeof why, "cannot write: %s", strerror(f->error));
    else if (f->replaces)
        good = exchange(f, why, sizeof why);
    else if (rename(f->temporary, f->path)) {
        snprintf(why, sizeof why, "cannot write: %s", strerror(errno));
        good = false;
    }
    if (!good) {
        snprintf(err, errlen, "%s: %s", f->path, why);
        folder_abandon(f);
        return false;
    }
    discard(f);
    return true;
}

void folder_abandon(struct folder *f)
{
    remove_files(f->temporary, &f->written);
    discard(f);
}
