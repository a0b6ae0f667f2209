/* progress.c -- see progress.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "measure/clock.h"
#include "progress.h"

static struct {
    bool on, visible;
    char what[64];
    double started, shown;
} line;

static double now(void)
{
    return clock_seconds();
}

void progress_init(bool quiet)
{
    const char *term = getenv("TERM");
    line.on = !quiet && isatty(STDERR_FILENO) && !(term && !strcmp(term, "dumb"));
}

void progress_clear(void)
{
    if (line.visible)
        fputs("\r\033[K", stderr);
    line.visible = false;
    line.what[0] = 0;
}

void progress_show(const char *what, double share, const char *rate)
{
    if (!line.on)
        return;
    double t = now();
    if (strncmp(line.what, what, sizeof line.what - 1)) {
        snprintf(line.what, sizeof line.what, "%s", what);
        line.started = t;
        line.shown = 0;
    }
    if (t - line.shown < 0.1)
        return;
    line.shown = t;
    double used = t - line.started, left = share > 0.01 ? used / share - used : -1;
    fprintf(stderr, "\r\033[K%s  %3.0f %%", line.what, 100 * share);
    if (rate && *rate)
        fprintf(stderr, "  %s", rate);
    if (left >= 0 && used > 0.5)
        fprintf(stderr, "  %.0f s left", left);
    fflush(stderr);
    line.visible = true;
}
