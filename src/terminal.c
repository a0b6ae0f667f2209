/* terminal.c -- see terminal.h. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "terminal.h"

struct report_options terminal_options(const char *path)
{
    struct report_options o = {.columns = 80};
    bool standard = !path || !strcmp(path, "-");
    if (!standard || !isatty(STDOUT_FILENO))
        return o;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    o.colour = !(no_color && *no_color) && !(term && !strcmp(term, "dumb"));
    struct winsize w;
    if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_col > 80)
        o.columns = w.ws_col > 132 ? 132 : w.ws_col;
    return o;
}
