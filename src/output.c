/* output.c -- see output.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "output.h"
#include "mem.h"

static bool failed(const char *path, int error, char *err, size_t errlen)
{
    snprintf(err, errlen, "%s: cannot write: %s", path ? path : "standard output", strerror(error));
    return false;
}

/* Is PATH a regular file, or nothing yet? Only those are replaced by renaming. */
static bool replaceable(const char *path)
{
    struct stat st;
    return stat(path, &st) ? errno == ENOENT : S_ISREG(st.st_mode);
}

bool output_open(struct output *o, const char *path, char *err, size_t errlen)
{
    memset(o, 0, sizeof *o);
    if (!path || !strcmp(path, "-")) {
        o->file = stdout;
        return true;
    }
    o->path = xstrdup(path);
    if (replaceable(path)) {
        o->temporary = xasprintf("%s.%ld.tmp", path, (long)getpid());
        int fd = open(o->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        o->file = fd < 0 ? NULL : fdopen(fd, "w");
    } else {
        o->file = fopen(path, "w");
    }
    if (o->file)
        return true;
    failed(path, errno, err, errlen);
    free(o->path);
    free(o->temporary);
    memset(o, 0, sizeof *o);
    return false;
}

static void forget(struct output *o)
{
    free(o->path);
    free(o->temporary);
    memset(o, 0, sizeof *o);
}

bool output_close(struct output *o, char *err, size_t errlen)
{
    bool bad = ferror(o->file) != 0;
    int error = 0;
    if (fflush(o->file)) {
        bad = true;
        error = errno;
    }
    if (o->path && fclose(o->file) && !bad) {
        bad = true;
        error = errno;
    }
    if (!bad && o->temporary && rename(o->temporary, o->path)) {
        bad = true;
        error = errno;
    }
    if (bad) {
        failed(o->path, error ? error : EIO, err, errlen);
        if (o->temporary)
            unlink(o->temporary);
    }
    forget(o);
    return !bad;
}

void output_abandon(struct output *o)
{
    if (o->path && o->file)
        fclose(o->file);
    if (o->temporary)
        unlink(o->temporary);
    forget(o);
}
