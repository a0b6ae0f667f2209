/* convert.c -- see convert.h.  The converter is librsvg's rsvg-convert. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "convert.h"

/* Runs the converter from IN to OUT (-1: its version, to nowhere). */
static bool run(int in, int out)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (out < 0) {
            if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
                _exit(126);
            execlp("rsvg-convert", "rsvg-convert", "--version", NULL);
            _exit(127);
        }
        setenv("SOURCE_DATE_EPOCH", "0", 0); /* the same result, the same bytes */
        if (dup2(in, 0) == 0 && dup2(out, 1) == 1)
            execlp("rsvg-convert", "rsvg-convert", "--format", "pdf", NULL);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

bool convert_possible(char *err, size_t errlen)
{
    fflush(NULL);
    if (run(-1, -1))
        return true;
    snprintf(err, errlen,
             "--format pdf: needs rsvg-convert, which is not here (Debian: apt-get install "
             "librsvg2-bin); --format svg writes the same figures");
    return false;
}

static FILE *begin(struct report_folder *files, const char *name)
{
    struct convert *c = (struct convert *)files;
    const char *dot = strrchr(name, '.');
    snprintf(c->name, sizeof c->name, "%.*s.pdf", dot ? (int)(dot - name) : 200, name);
    return tmpfile();
}

static bool end(struct report_folder *files, FILE *svg)
{
    struct convert *c = (struct convert *)files;
    bool good = fflush(svg) == 0 && !ferror(svg) && fseek(svg, 0, SEEK_SET) == 0;
    FILE *pdf = good ? c->inner->open(c->inner, c->name) : NULL;
    fflush(NULL);
    good = pdf && lseek(fileno(svg), 0, SEEK_SET) == 0 && run(fileno(svg), fileno(pdf));
    if (pdf)
        good &= c->inner->close(c->inner, pdf);
    fclose(svg);
    return good;
}

struct report_folder *convert_begin(struct convert *c, struct report_folder *inner)
{
    *c = (struct convert){.files = {begin, end}, .inner = inner};
    return &c->files;
}
